"""When a feed is polled next, from what the last polls brought."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.sections import PollSettings
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.next_poll import (
    after_poll,
    coefficient,
    first_spread,
    first_wait,
    fit_budget,
    host_wait,
    poll_interval,
    poll_weight,
)
from monitor.feeds.poll_result import FailureKind, NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedKey, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Feed(key=FeedKey("f"), url="https://a.example/rss")
OWN = Feed(key=FeedKey("f"), url="https://a.example/rss", interval=timedelta(seconds=10))
SETTINGS = PollSettings()
WEIGHT_ONE = 1 / 30  # the yield of a feed that weighs 1


class Middle(random.Random):
    """Chance that always takes the middle: no jitter."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def known(rate: float | None = 3.5, *, failures: int = 0) -> FeedState:
    """Return the state of a feed of weight 1; at the default rate it waits half an hour."""
    return FeedState(entries_per_day=rate, last_success=NOW, alert_yield=WEIGHT_ONE, failures=failures)


def wait_after(
    state: FeedState, result: PollResult, *, feed: Feed = FEED, settings: PollSettings = SETTINGS, minutes: float = 60
) -> timedelta:
    """Return the wait in front of the next poll."""
    _, due = after_poll(state, result, now=NOW, feed=feed, settings=settings, coefficient=minutes, rng=Middle())
    return due - NOW


def failed(kind: FailureKind = "status", retry_after: timedelta | None = None) -> PollFailed:
    return PollFailed(kind=kind, reason="it failed", retry_after=retry_after)


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


# The weight


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(FeedState(), 1.0, id="a feed not measured yet"),
        pytest.param(FeedState(entries_per_day=5.0), 0.5, id="a feed that never alerted"),
        pytest.param(FeedState(entries_per_day=5.0, alert_yield=0.2), 2.25, id="one entry in five alerts"),
        pytest.param(FeedState(entries_per_day=5.0, alert_yield=1e9), pytest.approx(4.0), id="at most four"),
    ],
)
def test_a_feed_weighs_by_its_alerts(state: FeedState, expected: float) -> None:
    assert poll_weight(state) == expected


def test_a_feed_of_four_times_the_weight_is_polled_twice_as_often() -> None:
    light = poll_interval(9.5, coefficient=60, floor=MINUTE, ceiling=DAY)
    heavy = poll_interval(9.5, coefficient=60, floor=MINUTE, ceiling=DAY, weight=4.0)
    assert light / heavy == pytest.approx(2.0)


rates = st.one_of(st.none(), st.floats(0, 10_000))
needs = st.lists(st.tuples(rates, st.floats(0.5, 4.0)), min_size=1, max_size=50)


@given(needs, st.floats(0.1, 100_000))
def test_the_budget_is_kept_unless_the_ceiling_forbids(feeds: list[tuple[float | None, float]], budget: float) -> None:
    minutes = coefficient(
        budget, [rate for rate, _ in feeds], weights=[weight for _, weight in feeds], floor=2 * MINUTE, ceiling=DAY
    )
    waits = [
        # A feed not measured counts as one a day; that it waits 15 minutes at most is not paid by the others.
        poll_interval(1.0 if rate is None else rate, coefficient=minutes, floor=2 * MINUTE, ceiling=DAY, weight=weight)
        for rate, weight in feeds
    ]
    assert sum(HOUR / wait for wait in waits) <= max(budget, len(feeds) / 24) * 1.05


@given(st.floats(0, 10_000), st.floats(0, 10_000), st.floats(0.5, 4.0), st.floats(0, 1_000))
def test_a_busier_feed_never_waits_longer(rate: float, other: float, weight: float, minutes: float) -> None:
    busy, slow = (
        poll_interval(r, coefficient=minutes, floor=MINUTE, ceiling=DAY, weight=weight)
        for r in (max(rate, other), min(rate, other))
    )
    assert MINUTE <= busy <= slow <= DAY


def test_feeds_with_an_interval_of_their_own_are_paid_first() -> None:
    own = Feed(key=FeedKey("own"), url="https://b.example/rss", interval=MINUTE)
    settings = PollSettings(budget=66.0)
    minutes = fit_budget([FEED, own], {FEED.key: known(3.5)}, settings)
    assert poll_interval(3.5, coefficient=minutes, floor=MINUTE, ceiling=DAY) == pytest.approx(9 * MINUTE, rel=0.2)


def test_a_feed_that_is_gone_uses_nothing_of_the_budget() -> None:
    gone = Feed(key=FeedKey("gone"), url="https://b.example/rss")
    settings = PollSettings(budget=6.0)
    states = {FEED.key: known(3.5)}
    alone = fit_budget([FEED], states, settings)
    assert fit_budget([FEED, gone], {**states, gone.key: FeedState(gone=True)}, settings) == alone


# Backing off


@pytest.mark.parametrize(
    ("failures", "kind", "expected"),
    [
        pytest.param(0, "status", 30 * MINUTE, id="the first failure costs nothing"),
        pytest.param(3, "status", 120 * MINUTE, id="the fourth waits four times as long"),
        pytest.param(999, "status", DAY, id="a missing page is asked for once a day, and never forgotten"),
        pytest.param(999, "blocked", DAY, id="once a day where robots are kept out"),
        pytest.param(1, "unreachable", 30 * MINUTE, id="two without an answer count as one"),
        pytest.param(2, "unreachable", 45 * MINUTE, id="three as one and a half"),
        pytest.param(2, "server", 45 * MINUTE, id="and so does trouble of the site"),
        pytest.param(999, "unreachable", HOUR, id="an hour at most when the network may be at fault"),
        pytest.param(999, "server", HOUR, id="an hour at most when the site has trouble"),
        pytest.param(999, "unreadable", 2 * DAY, id="no feed at all: as long as the settings allow"),
    ],
)
def test_failures_back_off_linearly(failures: int, kind: FailureKind, expected: timedelta) -> None:
    settings = PollSettings(max_interval=2 * DAY)
    assert wait_after(known(failures=failures), failed(kind), settings=settings) == expected


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        pytest.param(3 * HOUR, 3 * HOUR * 1.05, id="as long as told, and a little more"),
        pytest.param(MINUTE, 30 * MINUTE, id="never sooner than without being told"),
        pytest.param(30 * DAY, DAY * 1.05, id="a day at most"),
    ],
)
def test_retry_after_is_respected(told: timedelta, expected: timedelta) -> None:
    assert wait_after(known(), failed("throttled", retry_after=told)) == expected


@given(st.integers(0, 10**6), st.floats(0, 86_400), st.sampled_from(["throttled", "server", "blocked", "unreachable"]))
def test_nobody_comes_back_before_the_time_told(seed: int, seconds: float, kind: FailureKind) -> None:
    told = timedelta(seconds=seconds)
    result = failed(kind, retry_after=told)
    _, due = after_poll(known(), result, now=NOW, feed=OWN, settings=SETTINGS, coefficient=1, rng=random.Random(seed))
    assert due - NOW >= told


@pytest.mark.parametrize(
    ("result", "failures", "expected"),
    [
        pytest.param(NotModified(), 0, None, id="an answer"),
        pytest.param(failed("server"), 1, None, id="trouble without a word about time"),
        pytest.param(failed("server", retry_after=HOUR), 1, HOUR, id="503 with Retry-After"),
        pytest.param(failed("throttled", retry_after=MINUTE), 9, MINUTE, id="429 with Retry-After"),
        pytest.param(failed("throttled", retry_after=9 * DAY), 1, DAY, id="a day at most"),
        pytest.param(failed("throttled"), 1, 2 * MINUTE, id="429 without"),
        pytest.param(failed("throttled"), 3, 6 * MINUTE, id="429 without, for the third time"),
        pytest.param(failed("throttled"), 999, HOUR, id="429 without, for ever"),
    ],
)
def test_what_a_host_says_holds_for_all_its_feeds(
    result: PollResult, failures: int, expected: timedelta | None
) -> None:
    assert host_wait(result, failures=failures) == expected


def test_a_feed_that_is_gone_is_left_alone() -> None:
    assert wait_after(FeedState(), failed("gone")) == 3650 * DAY


def test_a_believed_address_that_is_gone_is_left_for_the_written_one() -> None:
    moved = FeedState(address="https://b.example/rss", entries_per_day=3.5, alert_yield=WEIGHT_ONE)
    assert wait_after(moved, failed("gone")) == 30 * MINUTE


# The publisher's wish and the user's interval


@pytest.mark.parametrize(
    ("wish", "cap", "expected"),
    [
        pytest.param(None, HOUR, 30 * MINUTE, id="no wish"),
        pytest.param(10 * MINUTE, HOUR, 30 * MINUTE, id="a wish shorter than our interval"),
        pytest.param(40 * MINUTE, HOUR, 42 * MINUTE, id="a longer wish, and a little more"),
        pytest.param(DAY, HOUR, 63 * MINUTE, id="an hour at most"),
        pytest.param(DAY, 2 * DAY, 1.05 * DAY, id="the whole wish if the user says so"),
        pytest.param(DAY, 0 * DAY, 30 * MINUTE, id="no wish is heeded if the user says so"),
    ],
)
def test_a_publishers_wish_is_heeded_up_to_a_cap(wish: timedelta | None, cap: timedelta, expected: timedelta) -> None:
    settings = PollSettings(publisher_wish_cap=cap)
    assert wait_after(known(), NotModified(fresh_for=wish), settings=settings) == expected


def test_a_users_interval_stands_even_below_the_floor() -> None:
    assert wait_after(FeedState(), NotModified(), feed=OWN) == 10 * SECOND


def test_a_users_interval_stands_against_the_publishers_wish() -> None:
    assert wait_after(FeedState(), NotModified(fresh_for=HOUR), feed=OWN) == 10 * SECOND


def test_a_users_interval_yields_to_back_off_and_retry_after() -> None:
    assert wait_after(FeedState(failures=5), failed(), feed=OWN) == 60 * SECOND
    assert wait_after(FeedState(), failed("throttled", retry_after=HOUR), feed=OWN) == HOUR * 1.05


def test_waits_are_spread_by_a_tenth_and_never_under_the_floor() -> None:
    rng = random.Random(7)
    waits = [
        after_poll(
            known(rate),
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


def test_what_became_of_the_entries_is_learnt() -> None:
    parsed = ParsedFeed(format="rss20", title="T", entries=(Entry(feed=FEED.key, id="1"),))
    body = NewBody(parsed=parsed, keys=(), body_hash="h", items=("1", "2"))
    before = FeedState(entries_per_day=20.0, last_success=NOW - DAY)
    learnt, _ = after_poll(
        before,
        body,
        now=NOW,
        feed=FEED,
        settings=SETTINGS,
        coefficient=60,
        rng=Middle(),
        new=20,
        delays=[MINUTE],
        yield_=7.0,
    )
    assert (learnt.entries_per_day, learnt.typical_delay, learnt.alert_yield) == (20.0, MINUTE, 0.1)


# Pushes


def wait_if_pushed(result: PollResult, *, feed: Feed = FEED, settings: PollSettings = SETTINGS) -> timedelta:
    _, due = after_poll(
        known(), result, now=NOW, feed=feed, settings=settings, coefficient=20, rng=Middle(), is_pushed=True
    )
    return due - NOW


def test_a_feed_whose_news_is_pushed_is_polled_four_times_as_rarely() -> None:
    assert wait_after(known(), NotModified(), minutes=20) == 10 * MINUTE
    assert wait_if_pushed(NotModified()) == 40 * MINUTE


def test_pushes_do_not_stretch_what_the_user_set_nor_the_way_back_from_a_failure() -> None:
    assert wait_if_pushed(NotModified(), feed=OWN) == 10 * SECOND
    assert wait_if_pushed(NotModified(), settings=PollSettings(max_interval=15 * MINUTE)) == 15 * MINUTE
    assert wait_if_pushed(failed()) == wait_after(known(), failed(), minutes=20)


def test_entries_that_were_pushed_count_for_the_rate_of_their_feed() -> None:
    def rate(pushed: int) -> float | None:
        learnt, _ = after_poll(
            FeedState(entries_per_day=20.0, last_success=NOW - DAY),
            NotModified(),
            now=NOW,
            feed=FEED,
            settings=SETTINGS,
            coefficient=60,
            rng=Middle(),
            pushed=pushed,
        )
        return learnt.entries_per_day

    assert rate(0) == 10.0
    assert rate(10) == pytest.approx(15.0)


# The first poll


@pytest.mark.parametrize(
    ("feeds", "budget", "expected"),
    [
        pytest.param(1, 2000, 2 * SECOND, id="one feed"),
        pytest.param(50, 2000, 2 * SECOND, id="a short list: somebody waits for the first alert"),
        pytest.param(1_000, 2_000, 40 * SECOND, id="a thousand"),
        pytest.param(1_000_000, 2_000_000, 30 * MINUTE, id="a million, with the budget for it"),
    ],
)
def test_first_polls_are_spread_in_proportion(feeds: int, budget: float, expected: timedelta) -> None:
    assert first_spread(feeds, budget_per_hour=budget) == expected


def test_first_polls_are_spread_evenly_and_always_alike() -> None:
    waits = sorted(first_wait(FeedKey(f"feed {number}"), HOUR) for number in range(1000))
    assert waits[0] >= timedelta(0)
    assert waits[-1] < HOUR
    assert 28 * MINUTE < waits[500] < 32 * MINUTE
    assert first_wait(FeedKey("a"), HOUR) == first_wait(FeedKey("a"), HOUR)


# Any life


@st.composite
def any_result(draw: st.DrawFn) -> PollResult:
    wish = draw(st.one_of(st.none(), st.timedeltas(timedelta(0), 30 * DAY)))
    moved_to = draw(st.sampled_from(["", "https://b.example/rss", FEED.url]))
    etag = draw(st.sampled_from(["", "1", "2"]))
    is_whole = draw(st.booleans())
    match draw(st.sampled_from(["not modified", "same", "new", "failed"])):
        case "not modified":
            return NotModified(fresh_for=wish, moved_to=moved_to)
        case "same":
            return SameBody(etag=etag, fresh_for=wish, is_whole=is_whole, moved_to=moved_to)
        case "new":
            ages = draw(st.lists(st.one_of(st.none(), st.timedeltas(-400 * DAY, 400 * DAY)), max_size=5))
            entries = tuple(Entry(feed=FEED.key, published=None if age is None else NOW - age) for age in ages)
            parsed = ParsedFeed(format="rss20", entries=entries)
            return NewBody(parsed=parsed, keys=(), body_hash="h", etag=etag, is_whole=is_whole, moved_to=moved_to)
        case _:
            told = draw(st.one_of(st.none(), st.timedeltas(timedelta(0), 60 * DAY)))
            return PollFailed(kind=draw(st.sampled_from(get_args(FailureKind))), reason="x", retry_after=told)


@given(
    st.lists(st.tuples(any_result(), st.timedeltas(timedelta(0), 40 * DAY)), max_size=12),
    st.sampled_from([FEED, OWN]),
    st.floats(0.0, 10_000),
)
def test_whatever_happens_a_feed_is_polled_again_in_time(
    life: list[tuple[PollResult, timedelta]], feed: Feed, minutes: float
) -> None:
    state, now, rng = FeedState(), NOW, random.Random(1)
    for polls, (result, later) in enumerate(life, start=1):
        now += later
        state, due = after_poll(
            state, result, now=now, feed=feed, settings=SETTINGS, coefficient=minutes, rng=rng, yield_=1.0
        )
        assert state.polls == polls
        assert bool(state.failures) is bool(state.error) is isinstance(result, PollFailed)
        assert state.entries_per_day is None or 0 <= state.entries_per_day < 1e6
        assert state.gone or timedelta(0) < due - now <= 1.1 * DAY
