"""Feeds made to hurt: each ends as a result in plain words, within limits, and leaves the other feeds alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import pytest_asyncio

from monitor.clock import SystemClock
from monitor.config.sections import ArticleSettings, NetworkSettings
from monitor.daemon.build import PRELOAD
from monitor.feeds.poll_result import NewBody, PollFailed
from monitor.feeds.poller import PARSE_LIMIT, Poller
from monitor.fetch.client import Fetcher
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool
from tests.support.hostile_feeds import FEEDS, GOOD, HostileFeed
from tests.support.processes import cpu_seconds, descendants, peak_bytes
from tests.support.publisher import Publisher

MIB = 2**20
# Twice the goals of bench/polling/hostile.py, which measures them: here another process may take the machine.
MAX_CPU_SECONDS = 2 * PARSE_LIMIT.total_seconds()
MAX_BYTES = 300 * MIB
PATIENCE = 60  # seconds; only so that a test ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Rig:
    """A poller with a site of its own."""

    site: Publisher
    poller: Poller

    def feed(self, name: str) -> Feed:
        return Feed(key=FeedKey(name), url=self.site.url(f"/{name}.xml"))


# One for all, because the children's process takes a second to start.
@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def rig() -> AsyncIterator[Rig]:
    clock, articles = SystemClock(), ArticleSettings()
    async with (
        Publisher() as site,
        Fetcher(clock, allow=["127.0.0.0/8"], timeout=timedelta(seconds=3)) as fetcher,
        SandboxPool(2, articles.wall_limit, memory_bytes=articles.memory, preload=PRELOAD) as sandbox,
    ):
        yield Rig(site=site, poller=Poller(fetcher, sandbox, clock, NetworkSettings(host_delay=timedelta(0))))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("hostile", FEEDS, ids=str)
async def test_a_hostile_feed_ends_in_plain_words_and_leaves_others_alone(rig: Rig, hostile: HostileFeed) -> None:
    hostile.serve(rig.site, "/hostile.xml")
    rig.site.serve("/good.xml", GOOD)
    before = _cpu_seconds()
    async with asyncio.timeout(PATIENCE):
        result, other = await asyncio.gather(
            rig.poller.poll(rig.feed("hostile"), FeedState()), rig.poller.poll(rig.feed("good"), FeedState())
        )
    spent = _cpu_seconds() - before
    assert isinstance(other, NewBody)
    assert [entry.title for entry in other.parsed.entries] == ["Ministers agree on a ceasefire"]
    assert (result.kind if isinstance(result, PollFailed) else "read") in hostile.outcomes, result
    if isinstance(result, PollFailed):
        assert result.reason
        assert "Traceback" not in result.reason
        assert "Error" not in result.reason
    assert spent < MAX_CPU_SECONDS
    assert max(peak_bytes(pid) for pid in descendants()) < MAX_BYTES


def _cpu_seconds() -> float:
    """Return the CPU time of all children so far: of those that ended, too, as their parent has waited for them."""
    return sum(cpu_seconds(pid) for pid in descendants())
