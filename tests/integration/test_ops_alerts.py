"""Feeds that fail and come back: alerts in the store, once, whatever daemon polled and whatever was cut short."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta

from structlog.testing import capture_logs

from monitor.config.channels import Route
from monitor.config.sections import OpsSettings, PollSettings
from monitor.daemon.metrics import Metrics
from monitor.daemon.ops_alerts import OpsAlerts
from monitor.feeds.next_poll import after_poll
from monitor.feeds.poll_result import NotModified, PollFailed, PollResult
from monitor.model import ChannelName, Feed, FeedKey, FeedState
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import BLOCK, DESK

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AWAY = PollFailed(kind="status", reason="the site has no such page (HTTP 404)", hint="check its address")
ROUTES = (Route(channels=(DESK,)),)


class World:
    """Daemons on one store that poll feeds in turn, and a clock."""

    def __init__(
        self, store: Store, clock: ManualClock, *, daemons: int = 1, settings: OpsSettings | None = None
    ) -> None:
        self.store = store
        self.clock = clock
        self.states: dict[FeedKey, FeedState] = {}
        self.daemons = [
            OpsAlerts(
                store,
                settings=settings or OpsSettings(),
                routes=ROUTES,
                metrics=Metrics(),
                clock=clock,
                pause=timedelta(milliseconds=1),
            )
            for _ in range(daemons)
        ]
        self._rng = random.Random(3)

    async def poll(self, result: PollResult, *names: str) -> None:
        """Poll the feeds, each by one of the daemons."""
        for name in names:
            feed = Feed(key=FeedKey(name), url=f"https://{name}.example/rss", title=f"News {name}")
            before = self.states.get(feed.key, FeedState())
            after, _ = after_poll(
                before,
                result,
                now=self.clock.now(),
                feed=feed,
                settings=PollSettings(),
                coefficient=1.0,
                rng=self._rng,
            )
            told = await self._rng.choice(self.daemons).polled(feed, before, after)
            self.states[feed.key] = replace(after, failure_told=told)

    async def fail(self, *names: str, polls: int = 3) -> None:
        """Let polls fail, five minutes apart."""
        for _ in range(polls):
            self.clock.advance(5 * MINUTE)
            await self.poll(AWAY, *names)

    async def tell(self) -> None:
        """Let all daemons tell, at the same time and once more."""
        await asyncio.gather(*(daemon.tell() for daemon in self.daemons))
        for daemon in self.daemons:
            await asyncio.sleep(0.002)
            await daemon.tell()

    async def sent(self, channel: ChannelName = DESK) -> list[str]:
        """Return the headlines of what is to be sent, and take it away."""
        taken = await self.store.deliveries.take(channel, "reader", count=99, block=BLOCK)
        return [one.alert.lead.title for one in taken]


async def test_a_feed_that_fails_three_times_is_one_alert_and_one_when_it_is_back(
    store: Store, clock: ManualClock
) -> None:
    world = World(store, clock)
    await world.fail("a", polls=2)
    clock.advance(HOUR)
    await world.tell()
    assert await world.sent() == []
    await world.fail("a", polls=1)
    clock.advance(MINUTE)
    await world.tell()
    assert await world.sent() == ["Feed News a is failing: the site has no such page (HTTP 404)"]
    await world.fail("a", polls=5)
    await world.tell()
    assert await world.sent() == []
    await world.poll(NotModified(), "a")
    clock.advance(10 * MINUTE)
    await world.tell()
    assert await world.sent() == ["Feed News a is back"]
    await world.poll(NotModified(), "a")
    assert not world.states[FeedKey("a")].failure_told
    assert await store.failing.all() == ((), {})


async def test_after_it_was_back_a_feed_must_fail_three_times_again(store: Store, clock: ManualClock) -> None:
    world = World(store, clock)
    await world.fail("a")
    clock.advance(MINUTE)
    await world.tell()
    await world.poll(NotModified(), "a")
    clock.advance(10 * MINUTE)
    await world.tell()
    assert len(await world.sent()) == 2
    await world.fail("a", polls=2)  # the state does not know yet that people were told of the end
    clock.advance(HOUR)
    await world.tell()
    assert await world.sent() == []
    await world.fail("a", polls=1)
    clock.advance(MINUTE)
    await world.tell()
    assert len(await world.sent()) == 1


async def test_four_daemons_tell_each_thing_once(store: Store, clock: ManualClock) -> None:
    world = World(store, clock, daemons=4)
    await world.fail("a", "b")
    clock.advance(MINUTE)
    await world.tell()
    assert sorted(await world.sent()) == [
        "Feed News a is failing: the site has no such page (HTTP 404)",
        "Feed News b is failing: the site has no such page (HTTP 404)",
    ]
    await world.poll(NotModified(), "a", "b")
    clock.advance(10 * MINUTE)
    await world.tell()
    assert sorted(await world.sent()) == ["Feed News a is back", "Feed News b is back"]


async def test_many_feeds_of_four_daemons_are_one_alert(store: Store, clock: ManualClock) -> None:
    world = World(store, clock, daemons=4)
    names = [f"f{number}" for number in range(40)]
    await world.fail(*names)
    clock.advance(MINUTE)
    await world.tell()
    assert await world.sent() == ["40 feeds are failing: the site has no such page (HTTP 404)"]
    await world.poll(NotModified(), *names)
    clock.advance(10 * MINUTE)
    await world.tell()
    assert await world.sent() == ["40 feeds are back"]


async def test_an_alert_that_was_queued_before_a_crash_is_not_queued_again(store: Store, clock: ManualClock) -> None:
    world = World(store, clock)
    await world.fail("a")
    clock.advance(MINUTE)
    await world.tell()
    _, told = await store.failing.all()
    await store.failing.settle({}, [FeedKey("a")])  # as if it had not been remembered
    await world.fail("a", polls=1)
    clock.advance(MINUTE)
    await world.tell()
    assert (await store.failing.all())[1].keys() == told.keys()
    assert len(await world.sent()) == 1


async def test_ops_alerts_may_have_channels_of_their_own(store: Store, clock: ManualClock) -> None:
    pager = ChannelName("pager")
    world = World(store, clock, settings=OpsSettings(channels=(pager,)))
    await world.fail("a")
    clock.advance(MINUTE)
    await world.tell()
    assert (len(await world.sent(pager)), await world.sent()) == (1, [])


async def test_ops_alerts_may_be_left_to_the_log(store: Store, clock: ManualClock) -> None:
    world = World(store, clock, settings=OpsSettings(alerts=False))
    await world.fail("a")
    clock.advance(MINUTE)
    with capture_logs() as lines:
        await world.tell()
    assert [line["event"] for line in lines] == ["feeds_alert"]
    assert await store.alerts.list(9) == ()


async def test_feeds_that_were_taken_out_of_the_list_are_forgotten(store: Store, clock: ManualClock) -> None:
    world = World(store, clock)
    await world.fail("a", "b")
    clock.advance(MINUTE)
    await world.tell()
    await store.failing.keep_only({FeedKey("b")})
    failing, told = await store.failing.all()
    assert ([feed.feed for feed in failing], list(told)) == (["b"], ["b"])


async def test_what_nobody_needs_to_act_on_is_in_the_log_once(store: Store, clock: ManualClock) -> None:
    world = World(store, clock)
    (daemon,) = world.daemons
    feed = Feed(key=FeedKey("a"), url="https://a.example/rss")
    before = FeedState(polls=9)
    moved = replace(before, address="https://user:pass@b.example/rss")
    with capture_logs() as lines:
        await daemon.polled(feed, before, replace(before, validators_lie=True))
        await daemon.polled(feed, before, moved)
        await daemon.polled(feed, moved, moved)
        await daemon.polled(feed, moved, before)
    assert [(line["event"], line.get("to")) for line in lines] == [
        ("feed_validators_lie", None),
        ("feed_moved", "https://b.example/rss"),
        ("feed_address_given_up", None),
    ]
