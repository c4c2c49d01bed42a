"""What polls teach over days: servers that move a feed, lie about news, go away; real HTTP, a clock moved by hand."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from monitor.clock import SystemClock
from monitor.config.sections import NetworkSettings, PollSettings
from monitor.feeds.next_poll import after_poll
from monitor.feeds.poll_result import NewBody, PollResult
from monitor.feeds.poller import Poller
from monitor.fetch.client import Fetcher
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool
from tests.support.clock import ManualClock
from tests.support.publisher import Publisher

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class Life:
    """One feed of a site, polled when we say."""

    def __init__(self, site: Publisher, poller: Poller, clock: ManualClock) -> None:
        self.site = site
        self.feed = Feed(key=FeedKey("f"), url=site.url("/old.xml"))
        self.state = FeedState()
        self.due = clock.now()
        self._poller = poller
        self._clock = clock
        self._items: frozenset[str] = frozenset()
        self._rng = random.Random(1)

    async def poll(self, *, later: timedelta = timedelta(0)) -> PollResult:
        """Let time pass, poll and learn."""
        self._clock.advance(later)
        result = await self._poller.poll(self.feed, self.state, self._known)
        self.state, self.due = after_poll(
            self.state,
            result,
            now=self._clock.now(),
            feed=self.feed,
            settings=PollSettings(),
            coefficient=60.0,
            rng=self._rng,
            new=len(result.parsed.entries) if isinstance(result, NewBody) else 0,
        )
        if isinstance(result, NewBody):
            self._items = frozenset(result.items)
        return result

    def is_believed(self) -> bool:
        """Return whether the server's "not modified" counts."""
        return not self.state.validators_lie

    async def _known(self) -> frozenset[str]:
        return self._items


@pytest.fixture
async def life(clock: ManualClock) -> AsyncIterator[Life]:
    network = NetworkSettings(host_delay=timedelta(0))
    async with (
        Publisher() as site,
        Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=5)) as fetcher,
        SandboxPool(1, timedelta(seconds=20), memory_bytes=2**30, preload=["monitor.feeds.parse"]) as sandbox,
    ):
        yield Life(site, Poller(fetcher, sandbox, clock, network), clock)


def rss(*names: str, at: datetime) -> str:
    """Return a feed whose entries came an hour apart, the last one at a time."""
    items = "".join(
        f"<item><title>{name}</title><guid>{name}</guid>"
        f"<pubDate>{at - age * HOUR:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for age, name in enumerate(reversed(names))
    )
    return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"


async def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(life: Life, clock: ManualClock) -> None:
    life.site.redirect("/old.xml", life.site.url("/new.xml"), status=308)
    life.site.serve("/new.xml", rss("a", at=clock.now()), etag='"1"')
    await life.poll()
    await life.poll(later=12 * HOUR)
    assert life.state.address == ""
    await life.poll(later=12 * HOUR)
    assert life.state.address == life.site.url("/new.xml")
    await life.poll(later=HOUR)
    assert len(life.site.hits_on("/old.xml")) == 3
    assert life.state.polls == 4


async def test_a_feed_that_moved_for_now_keeps_its_address(life: Life, clock: ManualClock) -> None:
    life.site.redirect("/old.xml", life.site.url("/new.xml"), status=302)
    life.site.serve("/new.xml", rss("a", at=clock.now()))
    for _ in range(5):
        await life.poll(later=12 * HOUR)
    assert (life.state.address, life.state.new_address) == ("", "")


async def test_a_new_address_that_fails_is_given_up_for_the_one_in_the_list(life: Life, clock: ManualClock) -> None:
    life.site.redirect("/old.xml", life.site.url("/new.xml"), status=301)
    life.site.serve("/new.xml", rss("a", at=clock.now()))
    for _ in range(3):
        await life.poll(later=12 * HOUR)
    life.site.remove("/new.xml")
    life.site.serve("/old.xml", rss("a", "b", at=clock.now()))
    for _ in range(3):
        await life.poll(later=HOUR)
    assert (life.state.address, life.state.failures) == ("", 3)
    await life.poll(later=HOUR)
    assert (life.state.failures, life.state.error) == (0, "")


async def test_a_server_that_hides_news_behind_its_etag_is_found_out_within_a_day(
    life: Life, clock: ManualClock
) -> None:
    life.site.serve("/old.xml", rss("a", at=clock.now()), etag='"for ever"')
    await life.poll()
    life.site.serve("/old.xml", rss("a", "b", at=clock.now()), etag='"for ever"')
    for _ in range(23):
        await life.poll(later=HOUR)
    assert life.is_believed()
    await life.poll(later=HOUR)
    assert not life.is_believed()
    await life.poll(later=HOUR)
    assert "If-None-Match" not in life.site.hits_on("/old.xml")[-1].headers


async def test_an_honest_server_is_believed(life: Life, clock: ManualClock) -> None:
    for number in range(5):
        life.site.serve("/old.xml", rss("a", str(number), at=clock.now()), etag=f'"{number}"')
        for _ in range(12):
            await life.poll(later=HOUR)
    assert life.is_believed()
    assert life.state.not_modified > 50


async def test_a_throttled_feed_stays_away_as_long_as_told(life: Life, clock: ManualClock) -> None:
    life.site.serve("/old.xml", b"", status=429, headers={"Retry-After": "7200"})
    await life.poll()
    assert 2 * HOUR <= life.due - clock.now() <= 2.2 * HOUR


async def test_a_feed_that_is_gone_is_not_asked_again(life: Life, clock: ManualClock) -> None:
    life.site.serve("/old.xml", b"", status=410)
    await life.poll()
    assert life.state.gone
    assert life.due - clock.now() > timedelta(days=365)
