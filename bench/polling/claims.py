"""The schedule in the store: how many feeds a second are claimed and given back, beside a scheduler with a job each."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import redis.asyncio
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bench.table import figure, grid
from monitor.clock import SystemClock
from monitor.model import Feed, FeedKey, FeedState
from monitor.store.feed_state import Claim, Settlement
from monitor.store.scripts import Pace
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from tests.support.processes import resident_bytes

SIZES = (1_000, 1_000_000)
BATCHES = (50, 200, 1_000)
CLAIMS = 40_000  # of each size and batch
LEASE = timedelta(minutes=10)
PACE = Pace(spacing=timedelta(0))  # gates are looked at, but let all pass: at 1,000 feeds each is asked 40 times
MEASURED = 100_000  # feeds whose states are weighed
GATE_SECONDS = 3  # until the gates have expired
JOBS = (1_000, 10_000)
PERIOD_SECONDS = 10  # of APScheduler's jobs, each of which fires once in it

_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
STATE = FeedState(
    etag='"5f8c1b2e-1a2b3"',
    last_modified="Tue, 24 Nov 2026 11:58:00 GMT",
    body_hash="0123456789abcdef0123456789abcdef",
    title="Gulf Courier: the latest news",
    format="rss20",
    polls=1_234,
    first_polled=_NOW - timedelta(days=60),
    last_polled=_NOW,
    last_success=_NOW,
    last_read=_NOW,
    entries_per_day=14.3,
    not_modified=700,
    last_whole=_NOW,
    typical_delay=timedelta(minutes=9),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one of some calls took, in seconds."""

    wall: float
    client: float  # CPU
    server: float  # CPU


def run() -> str:
    """Return a table of claims and settlements, one of memory, and APScheduler's figures."""
    return asyncio.run(_run())


async def _run() -> str:
    claims: list[list[str]] = []
    memory: list[list[str]] = []
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            server = EmbeddedServer(Path(folder) / "store")
            url = await server.start()
            try:
                store = await Store.open(url, "bench", clock=SystemClock())
                client = redis.asyncio.Redis.from_url(url, decode_responses=True)
                await _measure(store, client, size, claims, memory)
                await client.aclose()
                await store.close()
            finally:
                await server.stop()
    rows = [await _scheduler(jobs) for jobs in JOBS]
    return "\n\n".join(
        (
            f"{CLAIMS:,} claims each with the state of the feed, hosts' gates asked, every feed on a host of its own",
            grid(("feeds", "batch", "claims/s", "client", "server", "settled/s", "client", "server"), claims),
            grid(("feeds", "add them", "bytes a feed: schedule", "with states"), memory),
            grid(("APScheduler, jobs", "add them", "memory", "CPU of a firing", "late, p50 / p99"), rows),
        )
    )


async def _measure(
    store: Store, client: redis.asyncio.Redis, size: int, claims: list[list[str]], memory: list[list[str]]
) -> None:
    empty, started = await _used_memory(client), time.perf_counter()
    feeds = [_feed(number) for number in range(size)]
    await store.schedule.sync(feeds, spread=timedelta(0))
    added, listed = time.perf_counter() - started, await _used_memory(client)
    for batch in BATCHES:
        claiming, settling = await _costs(store, client, batch, size)
        cells = [f"{1 / claiming.wall:,.0f}", _micro(claiming.client), _micro(claiming.server)]
        cells += [f"{1 / settling.wall:,.0f}", _micro(settling.client), _micro(settling.server)]
        claims.append([f"{size:,}", str(batch), *cells])
    schedule = (listed - empty) / size
    # Anew, so that gates and answers of the last claims do not count as states.
    await client.flushdb()
    share = feeds[:MEASURED]
    await store.schedule.sync(share, spread=timedelta(0))
    bare, due = await _used_memory(client), datetime.now(UTC) + timedelta(hours=1)
    while taken := await store.schedule.claim(1_000, LEASE):
        await store.schedule.settle([Settlement(claim=claim, due=due, state=STATE) for claim in taken])
    await asyncio.sleep(GATE_SECONDS)
    states = (await _used_memory(client) - bare) / len(share)
    memory.append([f"{size:,}", f"{added:.1f} s", f"{schedule:.0f}", f"{schedule + states:.0f}"])


async def _costs(store: Store, client: redis.asyncio.Redis, batch: int, size: int) -> tuple[Cost, Cost]:
    """Return what a claim and its end cost; feeds are due again at once, behind all others."""
    spent = [[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    done = 0
    while done < CLAIMS:
        wanted, taken = min(size, CLAIMS), list[list[Claim]]()
        moments = [await _moment(client)]
        while sum(map(len, taken)) < wanted:
            taken.append(await store.schedule.claim(batch, LEASE, pace=PACE))
        moments.append(await _moment(client))
        now = datetime.now(UTC)
        for claims in taken:
            await store.schedule.settle([Settlement(claim=claim, due=now, state=STATE) for claim in claims])
        moments.append(await _moment(client))
        for part, (first, last) in zip(spent, pairwise(moments), strict=True):
            part[:] = [known + after - before for known, before, after in zip(part, first, last, strict=True)]
        done += sum(map(len, taken))
    claiming, settling = (Cost(wall=w / done, client=c / done, server=s / done) for w, c, s in spent)
    return claiming, settling


async def _moment(client: redis.asyncio.Redis) -> tuple[float, float, float]:
    server = await _server_seconds(client)
    return time.perf_counter(), time.process_time(), server


def _feed(number: int) -> Feed:
    key = FeedKey(f"site{number}.example-{number:08x}")
    return Feed(key=key, url=f"https://site{number}.example/feed.xml")


def _micro(seconds: float) -> str:
    return f"{figure(seconds * 1e6)} µs"


async def _used_memory(client: redis.asyncio.Redis) -> int:
    return int((await client.info("memory"))["used_memory"])


async def _server_seconds(client: redis.asyncio.Redis) -> float:
    facts = await client.info("cpu")
    return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])


async def _scheduler(jobs: int) -> list[str]:
    """Return what a job for each feed costs: IntervalTrigger, memory store, an empty coroutine."""
    late: list[float] = []
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.start()
    resident = resident_bytes(os.getpid())
    begin = datetime.now(UTC) + timedelta(seconds=jobs / 5_000)

    async def fire(due: datetime) -> None:
        late.append((datetime.now(UTC) - due).total_seconds())

    started = time.perf_counter()
    for number in range(jobs):
        due = begin + timedelta(seconds=PERIOD_SECONDS * number / jobs)
        scheduler.add_job(fire, "interval", seconds=PERIOD_SECONDS * 100, next_run_time=due, args=[due])
    added = time.perf_counter() - started
    grown = resident_bytes(os.getpid()) - resident
    spent = time.process_time()
    while len(late) < jobs:  # noqa: ASYNC110 -- jobs end by themselves, and an event each would count as their cost
        await asyncio.sleep(0.1)
    spent = time.process_time() - spent
    scheduler.shutdown(wait=False)
    late.sort()
    lateness = f"{late[jobs // 2] * 1e3:.0f} / {late[jobs * 99 // 100] * 1e3:.0f} ms"
    return [f"{jobs:,}", f"{added:.2f} s", f"{grown / 2**20:.0f} MiB", _micro(spent / jobs), lateness]
