"""When all of a feed is read again, past validators and known items: for what waits for another try, and for marks."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

import pytest

from monitor.config.sections import PollSettings
from monitor.daemon.health import FeedHealth
from monitor.daemon.metrics import Metrics
from monitor.daemon.ops_alerts import OpsAlerts
from monitor.daemon.pipeline import Carried, Pipeline
from monitor.daemon.polls import REREAD, Polls
from monitor.daemon.pushes import Pushes
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult
from monitor.feeds.poller import Known, Poller
from monitor.model import Entry, Feed, FeedKey, FeedState
from monitor.store.scripts import Pace
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.newsdesk import Silent

FEED = Feed(key=FeedKey("paper.example-1"), url="https://paper.example/rss", interval=timedelta(minutes=1))
MINUTE = timedelta(minutes=1)
BODY = NewBody(parsed=ParsedFeed(format="rss20"), keys=(), body_hash="h", items=("item-1",), etag="e")


class Asking:
    """A poller that gives the test's answers and notes with what it was called."""

    def __init__(self) -> None:
        self.answer: PollResult = BODY
        self.asked: list[tuple[str, frozenset[str]]] = []

    async def poll(self, feed: Feed, state: FeedState, known: Known) -> PollResult:
        items = await known() if isinstance(self.answer, NewBody) else frozenset()
        self.asked.append((state.etag, items))
        return self.answer


class Carrying:
    """A pipeline whose answers are the test's."""

    def __init__(self) -> None:
        self.again: timedelta | None = None

    async def carry(
        self, feed: Feed, entries: Sequence[Entry], keys: Sequence[tuple[str, ...]], **_: object
    ) -> Carried:
        return Carried(again=self.again)


SILENT = Silent()


class Bench:
    """A feed that is polled each minute."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.asking, self.carrying = Asking(), Carrying()
        self._store, self._clock = store, clock
        self._polls = Polls(
            store=store,
            poller=cast("Poller", self.asking),
            pipeline=cast("Pipeline", self.carrying),
            feeds=lambda: {FEED.key: FEED},
            coefficient=lambda: 1.0,
            settings=PollSettings(),
            health=FeedHealth(),
            ops=cast("OpsAlerts", SILENT),
            pushes=cast("Pushes", SILENT),
            metrics=Metrics(),
            clock=clock,
            rng=random.Random(1),
            pace=lambda: Pace(spacing=timedelta(0)),
        )

    async def poll(self, *, after: timedelta = MINUTE) -> tuple[str, frozenset[str]]:
        """Poll the feed after a while; return the validator that was sent, and the items that were left out."""
        self._clock.advance(after)
        await self._store.schedule.sync([FEED], spread=timedelta(0))
        await self._store.schedule.make_due(FEED.key)
        assert await self._polls.tick() == 1
        await self._polls.stop(timedelta(seconds=5))
        return self.asking.asked[-1]

    async def waits(self) -> timedelta:
        """Return in how long the feed is due."""
        ((_, due),) = (await self._store.schedule.all()).values()
        return due - self._clock.now()


@pytest.fixture
def bench(store: Store, clock: ManualClock) -> Bench:
    return Bench(store, clock)


WHOLE: tuple[str, frozenset[str]] = ("", frozenset())
SPLICED = ("e", frozenset({"item-1"}))


async def test_a_settled_feed_is_asked_with_validators_and_read_without_known_items(bench: Bench) -> None:
    assert await bench.poll() == WHOLE
    assert await bench.poll() == SPLICED
    assert await bench.poll() == SPLICED


async def test_what_waits_is_read_when_its_time_has_come_and_not_before(bench: Bench) -> None:
    await bench.poll()
    bench.carrying.again = 10 * MINUTE
    assert await bench.poll() == SPLICED
    bench.carrying.again = None
    for _ in range(9):
        assert await bench.poll() == SPLICED
    assert await bench.poll() == WHOLE
    assert await bench.poll() == SPLICED


async def test_the_feed_is_due_when_the_first_that_waits_is(bench: Bench) -> None:
    bench.carrying.again = timedelta(seconds=20)
    await bench.poll()
    assert timedelta(seconds=19) < await bench.waits() <= timedelta(seconds=20)


async def test_a_later_wait_does_not_hide_an_earlier_one(bench: Bench) -> None:
    await bench.poll()
    bench.carrying.again = 3 * MINUTE
    await bench.poll()
    bench.carrying.again = 30 * MINUTE
    assert [await bench.poll() for _ in range(3)] == [SPLICED, SPLICED, WHOLE]
    bench.carrying.again = None
    assert [await bench.poll() for _ in range(3)] == [SPLICED, SPLICED, SPLICED]


async def test_a_failed_poll_leaves_what_waits_waiting_and_backs_off(bench: Bench) -> None:
    bench.carrying.again = 2 * MINUTE
    await bench.poll()
    bench.carrying.again = None
    bench.asking.answer = PollFailed(kind="server", reason="HTTP 503")
    for _ in range(4):
        await bench.poll()
        assert await bench.waits() > timedelta(seconds=50)
    bench.asking.answer = BODY
    assert await bench.poll() == WHOLE
    assert await bench.poll() == SPLICED


async def test_an_unchanged_feed_leaves_what_waits_waiting(bench: Bench) -> None:
    bench.carrying.again = 3 * MINUTE
    await bench.poll()
    bench.carrying.again = None
    bench.asking.answer = NotModified()
    assert [(await bench.poll())[0] for _ in range(2)] == ["e", "e"]
    bench.asking.answer = BODY
    assert await bench.poll() == WHOLE


async def test_a_feed_is_read_as_a_whole_each_week_so_that_marks_are_renewed(bench: Bench) -> None:
    await bench.poll()
    assert await bench.poll(after=REREAD - 2 * MINUTE) == SPLICED
    assert await bench.poll(after=3 * MINUTE) == WHOLE
    assert await bench.poll() == SPLICED
