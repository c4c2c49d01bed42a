"""Feeds made to hurt, each polled by the real poller while a good feed is polled beside it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bench.table import grid
from monitor.clock import SystemClock
from monitor.config.sections import ArticleSettings, NetworkSettings
from monitor.daemon.build import PRELOAD
from monitor.feeds.poll_result import NewBody, PollFailed, PollResult
from monitor.feeds.poller import Poller
from monitor.fetch.client import Fetcher
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool
from tests.support.hostile_feeds import FEEDS, GOOD, SEED, HostileFeed
from tests.support.processes import cpu_seconds, descendants, forget_peak, peak_bytes, resident_bytes
from tests.support.publisher import Publisher

MIB = 2**20
GOAL_SECONDS, GOAL_BYTES = 2.0, 150 * MIB
REQUEST_LIMIT = timedelta(seconds=1.5)  # the setting's 20 s would only mean that the two servers that stall take 20 s
SAMPLE_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What a hostile feed did."""

    feed: HostileFeed
    outcome: str
    words: str
    seconds: float
    child_seconds: float  # CPU
    own_seconds: float  # CPU of our process, the publisher's part included
    child_bytes: int  # at most, what all children share included
    own_bytes: int  # by which our process grew, at most
    others: float  # longest poll of the good feed meanwhile

    @property
    def is_within(self) -> bool:
        """Whether the goal is met."""
        return self.seconds <= GOAL_SECONDS and self.child_bytes <= GOAL_BYTES and self.outcome in self.feed.outcomes


def run() -> str:
    """Return a table of all hostile feeds, and how many keep within the limits."""
    harms = asyncio.run(measure(FEEDS))
    within = sum(harm.is_within for harm in harms)
    head = (
        f"Hostile feeds: {within} of {len(harms)} end within {GOAL_SECONDS:g} s wall and {GOAL_BYTES // MIB} MiB"
        f" (seed {SEED}; a request may take {REQUEST_LIMIT.total_seconds():g} s)"
    )
    columns = (
        "feed",
        "wall",
        "CPU of the child",
        "CPU of ours",
        "child's memory",
        "ours grew",
        "a good feed meanwhile",
        "outcome",
    )
    return f"{head}\n\n{grid(columns, [_cells(harm) for harm in harms])}"


def _cells(harm: Harm) -> list[str]:
    return [
        harm.feed.name if harm.is_within else f"**{harm.feed.name}**",
        f"{harm.seconds:.2f} s",
        f"{harm.child_seconds:.2f} s",
        f"{harm.own_seconds:.2f} s",
        f"{harm.child_bytes / MIB:.0f} MiB",
        f"{harm.own_bytes / MIB:.0f} MiB",
        f"{harm.others:.2f} s",
        f"{harm.outcome}: {harm.words}".replace("|", "\\|"),
    ]


async def measure(feeds: tuple[HostileFeed, ...]) -> list[Harm]:
    """Return what each feed did to a poller with two children, one of which is kept busy by a good feed."""
    return [await _harm(feed) for feed in feeds]


async def _harm(feed: HostileFeed) -> Harm:
    async with Publisher() as site, _poller() as poller:
        site.serve("/good.xml", lambda _: GOOD + os.urandom(8).hex().join(("<!--", "-->")).encode())
        feed.serve(site, "/hostile.xml")
        good, hostile = (Feed(key=FeedKey(path), url=site.url(f"/{path}.xml")) for path in ("good", "hostile"))
        await asyncio.gather(poller.poll(good, FeedState()), poller.poll(good, FeedState()))  # both children are there
        forget_peak(os.getpid())
        held = resident_bytes(os.getpid())
        before, own = {pid: cpu_seconds(pid) for pid in descendants()}, time.process_time()
        started = time.perf_counter()
        poll = asyncio.create_task(poller.poll(hostile, FeedState()))
        watch = asyncio.create_task(_watch(poll))
        others = await _poll_beside(poller, good, poll)
        result = await poll
        seconds, own = time.perf_counter() - started, time.process_time() - own
        after, peak = await watch
        spent = sum(used - before.get(pid, 0.0) for pid, used in after.items())
        return Harm(
            feed=feed,
            outcome=_outcome(result),
            words=_words(result),
            seconds=seconds,
            child_seconds=spent,
            own_seconds=own,
            child_bytes=peak,
            own_bytes=peak_bytes(os.getpid()) - held,
            others=others,
        )


async def _poll_beside(poller: Poller, good: Feed, poll: asyncio.Task[PollResult]) -> float:
    """Poll the good feed until the other poll has ended; return the longest time it took."""
    longest = 0.0
    while not poll.done():
        started = time.perf_counter()
        result = await poller.poll(good, FeedState())
        assert isinstance(result, NewBody), result
        longest = max(longest, time.perf_counter() - started)
        await asyncio.sleep(0.05)
    return longest


async def _watch(poll: asyncio.Task[PollResult]) -> tuple[dict[int, float], int]:
    """Return the CPU time of each child and the most memory that one held, seen while a poll went on."""
    used: dict[int, float] = {}
    peak = 0
    while True:
        is_last = poll.done()
        for pid in descendants():
            used[pid] = max(used.get(pid, 0.0), cpu_seconds(pid))
            peak = max(peak, peak_bytes(pid))
        if is_last:
            return used, peak
        await asyncio.sleep(SAMPLE_SECONDS)


def _outcome(result: PollResult) -> str:
    return result.kind if isinstance(result, PollFailed) else "read" if isinstance(result, NewBody) else "unchanged"


def _words(result: PollResult) -> str:
    if isinstance(result, PollFailed):
        return result.reason
    return f"{len(result.parsed.entries)} entries" if isinstance(result, NewBody) else ""


@asynccontextmanager
async def _poller() -> AsyncIterator[Poller]:
    """Open a poller with the limits that the settings have by default."""
    clock, articles = SystemClock(), ArticleSettings()
    async with (
        Fetcher(clock, allow=["127.0.0.0/8"], timeout=REQUEST_LIMIT) as fetcher,
        SandboxPool(2, articles.wall_limit, memory_bytes=articles.memory, preload=PRELOAD) as sandbox,
    ):
        yield Poller(fetcher, sandbox, clock, NetworkSettings(host_delay=timedelta(0)))
