"""When a feed is polled next, from what the last polls brought."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from monitor.config.sections import PollSettings
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.next_poll import after_poll, coefficient, entries_per_day, poll_interval, quieter
from monitor.feeds.poll_result import FailureKind, NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedKey, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Feed(key=FeedKey("f"), url="https://a.example/rss")
SETTINGS = PollSettings()


class Middle(random.Random):
    """Chance that always takes the middle: no jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def entry(published: datetime | None) -> Entry:
    return Entry(feed=FEED.key, id=str(published), published=published)


def body(*ages: timedelta, title: str = "A \x1b[31m feed") -> NewBody:
    entries = tuple(entry(NOW - age) for age in ages)
    parsed = ParsedFeed(format="rss20", title=title, entries=entries)
    return NewBody(parsed=parsed, keys=(), body_hash="h2", etag="e2", last_modified="m2")


def learn(
    state: FeedState, result: PollResult, *, feed: Feed = FEED, minutes: float = 60
) -> tuple[FeedState, timedelta]:
    """Return the new state and the wait in front of the next poll."""
    learnt, due = after_poll(state, result, now=NOW, feed=feed, settings=SETTINGS, coefficient=minutes, rng=Middle())
    return learnt, due - NOW


def failed(kind: FailureKind = "status", retry_after: timedelta | None = None, body_hash: str = "") -> PollFailed:
    return PollFailed(kind=kind, reason="it failed", retry_after=retry_after, body_hash=body_hash)


# The interval


@pytest.mark.parametrize(
    ("rate", "minutes", "expected"),
    [
        pytest.param(0.0, 60, 60 / 0.5**0.5 * MINUTE, id="a silent feed"),
        pytest.param(3.5, 60, 30 * MINUTE, id="a slow feed"),
        pytest.param(99.5, 60, 6 * MINUTE, id="a busy feed"),
        pytest.param(99.5, 10, 2 * MINUTE, id="not under the floor"),
        pytest.param(0.0, 1e9, DAY, id="not over the ceiling"),
        pytest.param(None, 1e9, 15 * MINUTE, id="a feed not measured yet waits a quarter of an hour at most"),
        pytest.param(None, 0.0, 2 * MINUTE, id="and less if the budget allows it"),
    ],
)
def test_the_interval_falls_with_the_root_of_the_rate(rate: float | None, minutes: float, expected: timedelta) -> None:
    assert poll_interval(rate, coefficient=minutes, floor=2 * MINUTE, ceiling=DAY) == pytest.approx(expected, rel=1e-6)


def test_the_coefficient_spends_the_budget() -> None:
    rates = [0.0, 0.5, 3.5, 24.5, 99.5]
    minutes = coefficient(10, rates)
    polls = sum(
        HOUR / poll_interval(rate, coefficient=minutes, floor=timedelta(0), ceiling=365 * DAY) for rate in rates
    )
    assert polls == pytest.approx(10, rel=0.02)


def test_what_feeds_at_the_floor_leave_goes_to_the_others() -> None:
    rates = [10_000.0] * 5 + [1.0] * 5
    minutes = coefficient(200, rates, floor=2 * MINUTE, ceiling=DAY)
    waits = [poll_interval(rate, coefficient=minutes, floor=2 * MINUTE, ceiling=DAY) for rate in rates]
    assert waits[0] == 2 * MINUTE
    assert waits[-1] / MINUTE == pytest.approx(6, rel=0.02)


def test_few_feeds_and_a_large_budget_go_to_the_floor() -> None:
    minutes = coefficient(2000, [1.0, 20.0, None])
    assert poll_interval(1.0, coefficient=minutes, floor=2 * MINUTE, ceiling=DAY) == 2 * MINUTE


def test_no_feeds_have_a_coefficient_too() -> None:
    assert coefficient(2000, []) >= 0


# The rate


def test_a_document_is_counted_back_to_its_oldest_entry() -> None:
    rate = entries_per_day([entry(NOW - hours * HOUR) for hours in range(1, 25)], NOW)
    assert rate == pytest.approx(24 / 1.1)


def test_entries_older_than_two_weeks_only_say_that_the_document_reaches_back() -> None:
    rate = entries_per_day([entry(NOW - DAY), entry(NOW - 100 * DAY)], NOW)
    assert rate == pytest.approx(1 / 14.1)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        pytest.param([], None, id="no entries"),
        pytest.param([None, None], None, id="no dates"),
        pytest.param([NOW - 400 * DAY], 0.0, id="long dead"),
        pytest.param([NOW - MINUTE], pytest.approx(9.93, abs=0.01), id="one entry just now is not 1 440 a day"),
        pytest.param([NOW + 400 * DAY], 10.0, id="dates in the future count as now"),
    ],
)
def test_rates_of_odd_documents(dates: list[datetime | None], expected: float | None) -> None:
    assert entries_per_day([entry(date) for date in dates], NOW) == expected


def test_silence_makes_a_feed_quieter() -> None:
    assert quieter(20.0, DAY) == 10.0
    assert quieter(0.0, DAY) == 0.0
    assert quieter(1.0, 14 * DAY) == 0.5


# What is learnt


def test_a_new_body_teaches_all() -> None:
    learnt, wait = learn(
        FeedState(failures=3, error="x", polls=7, first_polled=NOW - DAY), body(HOUR, DAY - 2.4 * HOUR)
    )
    assert learnt == FeedState(
        etag="e2",
        last_modified="m2",
        body_hash="h2",
        title="A [31m feed",
        format="rss20",
        polls=8,
        first_polled=NOW - DAY,
        last_polled=NOW,
        last_success=NOW,
        entries_per_day=2.0,
    )
    assert wait == pytest.approx(60 / 2.5**0.5 * MINUTE, rel=1e-6)


@pytest.mark.parametrize("result", [NotModified(), SameBody(etag="e1")])
def test_an_unchanged_feed_keeps_its_validators_and_slows_down(result: PollResult) -> None:
    before = FeedState(etag="e1", body_hash="h1", entries_per_day=20.0, last_polled=NOW - DAY, failures=2, error="x")
    learnt, wait = learn(before, result)
    assert (learnt.etag, learnt.body_hash, learnt.failures, learnt.error) == ("e1", "h1", 0, "")
    assert (learnt.entries_per_day, learnt.last_success) == (10.0, NOW)
    assert wait == pytest.approx(60 / 10.5**0.5 * MINUTE, rel=1e-6)


def test_a_failure_keeps_what_is_known() -> None:
    before = FeedState(etag="e1", body_hash="h1", title="T", last_success=NOW - DAY, entries_per_day=3.5)
    learnt, _ = learn(before, failed())
    assert (learnt.etag, learnt.body_hash, learnt.title, learnt.last_success) == ("e1", "h1", "T", NOW - DAY)
    assert (learnt.failures, learnt.error, learnt.gone) == (1, "it failed", False)


def test_an_unreadable_body_is_remembered_until_something_else_fails() -> None:
    unreadable, _ = learn(FeedState(body_hash="h1"), failed("unreadable", body_hash="unreadable:1:h2"))
    assert unreadable.body_hash == "unreadable:1:h2"
    unreachable, _ = learn(unreadable, failed("unreachable"))
    assert unreachable.body_hash == ""


# Backing off


@pytest.mark.parametrize(
    ("failures", "kind", "expected"),
    [
        pytest.param(0, "status", 30 * MINUTE, id="the first failure costs nothing"),
        pytest.param(3, "status", 120 * MINUTE, id="the fourth waits four times as long"),
        pytest.param(999, "status", DAY, id="never longer than a day"),
        pytest.param(999, "unreachable", HOUR, id="an hour at most when the network may be at fault"),
        pytest.param(999, "server", HOUR, id="an hour at most when the site has trouble"),
    ],
)
def test_failures_back_off_linearly(failures: int, kind: FailureKind, expected: timedelta) -> None:
    assert learn(FeedState(entries_per_day=3.5, failures=failures), failed(kind))[1] == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(3 * HOUR, 3 * HOUR * 1.05, id="as long as told, and a little more"),
        pytest.param(MINUTE, 30 * MINUTE, id="never sooner than without being told"),
        pytest.param(30 * DAY, DAY * 1.05, id="a day at most"),
    ],
)
def test_retry_after_is_respected(told: timedelta, expected: timedelta) -> None:
    assert learn(FeedState(entries_per_day=3.5), failed("throttled", retry_after=told))[1] == expected


def test_a_feed_that_is_gone_is_left_alone() -> None:
    learnt, wait = learn(FeedState(), failed("gone"))
    assert learnt.gone
    assert wait == 3650 * DAY


def test_a_gone_feed_that_answers_again_is_not_gone() -> None:
    assert not learn(FeedState(gone=True), body(HOUR))[0].gone


# The user's interval


def test_a_users_interval_stands_even_below_the_floor() -> None:
    feed = Feed(key=FeedKey("f"), url="x", interval=timedelta(seconds=10))
    assert learn(FeedState(), NotModified(), feed=feed)[1] == timedelta(seconds=10)


def test_a_users_interval_yields_to_retry_after() -> None:
    feed = Feed(key=FeedKey("f"), url="x", interval=timedelta(seconds=10))
    assert learn(FeedState(), failed("throttled", retry_after=HOUR), feed=feed)[1] == HOUR * 1.05


def test_waits_are_spread_by_a_tenth_and_never_under_the_floor() -> None:
    rng = random.Random(7)
    waits = [
        after_poll(
            FeedState(entries_per_day=rate),
            NotModified(),
            now=NOW,
            feed=FEED,
            settings=SETTINGS,
            coefficient=20,
            rng=rng,
        )[1]
        - NOW
        for rate in [3.5, 99.5] * 200
    ]
    assert 9 * MINUTE <= min(waits[::2]) < 9.1 * MINUTE
    assert 10.9 * MINUTE < max(waits[::2]) <= 11 * MINUTE
    assert min(waits[1::2]) == 2 * MINUTE
    assert max(waits[1::2]) <= 2.2 * MINUTE
