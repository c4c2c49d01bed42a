"""When the people who run the monitor are told of feeds, and how often."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.ops import failing_feed, has_failed_long, needless, ops_news
from monitor.config.channels import Route
from monitor.failing import FailingFeed, ToldFailing
from monitor.model import ChannelName, Feed, FeedKey, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SCREEN, OPS = ChannelName("screen"), ChannelName("ops")
ROUTES = (
    Route(match={"labels.kind": ("ops",)}, channels=(OPS,)),
    Route(channels=(SCREEN,)),
)
AWAY = "the name cannot be found"


class Desk:
    """Stands for the store: takes notes, is told, and remembers."""

    def __init__(self) -> None:
        self.failing: dict[FeedKey, FailingFeed] = {}
        self.told: dict[FeedKey, ToldFailing] = {}

    def fail(self, *names: str, at: datetime = NOW, reason: str = AWAY) -> None:
        for name in names:
            feed = a_failing_feed(name, at=at, reason=reason)
            before = self.failing.get(feed.feed)
            self.failing[feed.feed] = replace(feed, noted=before.noted) if before else feed

    def recover(self, *names: str, at: datetime = NOW) -> None:
        for name in names:
            self.failing[FeedKey(name)] = replace(self.failing[FeedKey(name)], back=at)

    def hear(self, at: datetime = NOW, *, channels: Sequence[ChannelName] = ()) -> list[str]:
        """Return what is told at a time, and remember it."""
        for feed in needless(self.failing.values(), self.told.keys()):
            del self.failing[feed]
        news = ops_news(self.failing.values(), self.told, channels=channels, routes=ROUTES, now=at)
        for item in news:
            self.told |= item.told
            for feed in item.forgotten:
                del self.failing[feed]
                del self.told[feed]
        return [item.alert.lead.title for item in news]


def a_failing_feed(name: str, *, at: datetime = NOW, reason: str = AWAY) -> FailingFeed:
    return FailingFeed(
        feed=FeedKey(name),
        name=f"News {name}",
        url=f"https://{name}.example/rss",
        since=at - HOUR,
        noted=at,
        failures=3,
        reason=reason,
        hint="check the address",
    )


# Which feeds count


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(FeedState(failures=3, failing_since=NOW - HOUR), True, id="three polls, an hour"),
        pytest.param(FeedState(failures=2, failing_since=NOW - HOUR), False, id="two polls"),
        pytest.param(FeedState(failures=9, failing_since=NOW - 9 * MINUTE), False, id="nine minutes"),
        pytest.param(FeedState(failures=1, failing_since=NOW, gone=True), True, id="gone for good, at once"),
    ],
)
def test_a_feed_counts_as_failing(state: FeedState, expected: bool) -> None:
    assert has_failed_long(state, now=NOW) is expected


def test_a_failing_feed_has_a_name_and_an_address_for_people() -> None:
    feed = Feed(key=FeedKey("k"), url="https://user:pass@a.example/rss?token=1")
    state = FeedState(title="A feed", failures=3, failing_since=NOW - HOUR, error="it failed", error_hint="mend it")
    assert failing_feed(feed, state, now=NOW) == FailingFeed(
        feed=FeedKey("k"),
        name="A feed",
        url="https://a.example/rss",
        since=NOW - HOUR,
        noted=NOW,
        failures=3,
        reason="it failed",
        hint="mend it",
    )
    assert failing_feed(replace(feed, title="Ours"), state, now=NOW).name == "Ours"
    assert failing_feed(feed, FeedState(), now=NOW).name == "https://a.example/rss"


# One feed


def test_a_failing_feed_is_told_once_and_once_when_it_is_back() -> None:
    desk = Desk()
    desk.fail("a")
    assert desk.hear(NOW + MINUTE) == ["Feed News a is failing: the name cannot be found"]
    desk.fail("a", at=NOW + HOUR)
    assert desk.hear(NOW + HOUR) == []
    desk.recover("a", at=NOW + 2 * HOUR)
    assert desk.hear(NOW + 2 * HOUR + 9 * MINUTE) == []
    assert desk.hear(NOW + 2 * HOUR + 10 * MINUTE) == ["Feed News a is back"]
    assert desk.hear(NOW + 3 * HOUR) == []
    assert (desk.failing, desk.told) == ({}, {})


def test_a_feed_that_comes_and_goes_is_told_once() -> None:
    desk = Desk()
    desk.fail("a")
    desk.hear(NOW + MINUTE)
    desk.recover("a", at=NOW + HOUR)
    desk.fail("a", at=NOW + HOUR + 5 * MINUTE)
    assert desk.hear(NOW + 2 * HOUR) == []


def test_a_feed_that_was_back_before_anybody_knew_is_not_told() -> None:
    desk = Desk()
    desk.fail("a")
    desk.recover("a", at=NOW + 30 * SECOND)
    assert desk.hear(NOW + HOUR) == []
    assert desk.failing == {}


def test_the_next_time_a_feed_fails_is_another_alert() -> None:
    first = ops_news([a_failing_feed("a")], {}, channels=(), routes=ROUTES, now=NOW + MINUTE)
    again = ops_news([a_failing_feed("a")], {}, channels=(), routes=ROUTES, now=NOW + HOUR)
    later = ops_news([a_failing_feed("a", at=NOW + HOUR)], {}, channels=(), routes=ROUTES, now=NOW + 2 * HOUR)
    assert first[0].alert.id == again[0].alert.id
    assert first[0].alert.id != later[0].alert.id


def test_an_alert_says_since_when_and_what_to_do() -> None:
    (news,) = ops_news([a_failing_feed("a")], {}, channels=(), routes=ROUTES, now=NOW + MINUTE)
    assert news.alert.reason == "3 polls in a row failed since 24 Nov 2026, 11:00 UTC; check the address"
    assert (news.alert.lead.url, news.alert.rule) == ("https://a.example/rss", "monitor-feed-failing")


def test_a_feed_that_is_gone_is_told_as_such() -> None:
    gone = replace(a_failing_feed("a", reason="the site has removed this feed for good (HTTP 410)"), gone=True)
    (news,) = ops_news([gone], {}, channels=(), routes=ROUTES, now=NOW + MINUTE)
    assert news.alert.lead.title == "Feed News a is gone: the site has removed this feed for good (HTTP 410)"
    assert news.alert.reason == "it is not polled any more; check the address"


# Many feeds


def test_many_feeds_that_fail_for_one_reason_are_one_alert() -> None:
    desk = Desk()
    desk.fail("a", "b")
    desk.fail("c", "d", "e", at=NOW + 30 * SECOND)
    desk.fail("x", reason="HTTP 404")
    assert desk.hear(NOW + 59 * SECOND) == []
    assert desk.hear(NOW + MINUTE) == [
        "5 feeds are failing: the name cannot be found",
        "Feed News x is failing: HTTP 404",
    ]


def test_up_to_three_feeds_are_told_one_by_one_and_the_fourth_makes_a_group() -> None:
    desk = Desk()
    desk.fail("a", "b", "c")
    assert len(desk.hear(NOW + MINUTE)) == 3
    desk.fail("d", at=NOW + 5 * MINUTE)
    assert desk.hear(NOW + 6 * MINUTE) == ["4 feeds are failing: the name cannot be found"]


def test_who_joins_an_outage_is_no_news_for_six_hours() -> None:
    desk = Desk()
    desk.fail("a", "b", "c", "d")
    desk.hear(NOW + MINUTE)
    desk.fail("e", at=NOW + HOUR)
    assert desk.hear(NOW + 6 * HOUR) == []
    assert desk.hear(NOW + 6 * HOUR + MINUTE) == ["Feed News e is failing: the name cannot be found"]


def test_feeds_that_failed_together_are_told_back_together() -> None:
    desk = Desk()
    names = "abcdefghij"
    desk.fail(*names)
    desk.hear(NOW + MINUTE)
    desk.recover(*names[:8], at=NOW + HOUR)
    assert desk.hear(NOW + HOUR + 10 * MINUTE) == []
    desk.recover("i", at=NOW + HOUR + MINUTE)
    assert desk.hear(NOW + HOUR + 11 * MINUTE) == ["9 feeds are back"]
    assert desk.hear(NOW + 9 * HOUR) == []
    desk.recover("j", at=NOW + 10 * HOUR)
    assert desk.hear(NOW + 11 * HOUR) == ["Feed News j is back"]


def test_those_that_are_back_do_not_wait_for_the_others_for_ever() -> None:
    desk = Desk()
    desk.fail("a", "b", "c", "d")
    desk.hear(NOW + MINUTE)
    desk.recover("a", at=NOW + HOUR)
    assert desk.hear(NOW + 2 * HOUR - SECOND) == []
    assert desk.hear(NOW + 2 * HOUR) == ["Feed News a is back"]
    assert desk.hear(NOW + 3 * HOUR) == []


def test_the_same_feeds_have_the_same_alert_whoever_tells_it() -> None:
    feeds = [a_failing_feed(name) for name in "abcdef"]
    one, other = (ops_news(some, {}, channels=(), routes=ROUTES, now=NOW + MINUTE) for some in (feeds, feeds[::-1]))
    assert one == other


# Where to


@pytest.mark.parametrize(
    ("channels", "expected"),
    [
        pytest.param((), (OPS,), id="where the routes lead, which may ask for the label"),
        pytest.param((SCREEN,), (SCREEN,), id="where the settings say"),
    ],
)
def test_ops_alerts_go(channels: tuple[ChannelName, ...], expected: tuple[ChannelName, ...]) -> None:
    (news,) = ops_news([a_failing_feed("a")], {}, channels=channels, routes=ROUTES, now=NOW + MINUTE)
    assert news.alert.channels == expected
