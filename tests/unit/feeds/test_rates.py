"""How many entries a feed publishes a day."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.rates import entries_per_day, first_counted, recounted
from monitor.model import Entry, FeedKey

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def entry(published: datetime | None) -> Entry:
    return Entry(feed=FeedKey("f"), id=str(published), published=published)


# By the dates of a document


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


# By counting on


@pytest.mark.parametrize(
    ("rate", "new", "elapsed", "expected"),
    [
        pytest.param(20.0, 0, DAY, 10.0, id="a day of silence instead of twenty entries"),
        pytest.param(20.0, 20, DAY, 20.0, id="as many as expected"),
        pytest.param(20.0, 20, 0 * DAY, 40.0, id="a burst"),
        pytest.param(0.0, 0, DAY, 0.0, id="a dead feed stays dead"),
        pytest.param(0.0, 1, 0 * DAY, 1 / 14, id="a dead feed comes back"),
        pytest.param(1.0, 0, 14 * DAY, 0.5, id="no more than two weeks are remembered"),
    ],
)
def test_entries_are_counted_on(rate: float, new: int, elapsed: timedelta, expected: float) -> None:
    assert recounted(rate, new, elapsed) == pytest.approx(expected)


@given(st.floats(2.0, 1_000), st.lists(st.floats(0, 48), min_size=1, max_size=20))
def test_silence_counts_the_same_in_however_many_polls(rate: float, hours: list[float]) -> None:
    step = rate
    for pause in hours:
        step = recounted(step, 0, pause * HOUR)
        if step < 20 / 14:  # from there on the window is the memory
            return
    assert step == pytest.approx(recounted(rate, 0, sum(hours) * HOUR))


@given(st.floats(0, 10_000), st.integers(0, 5_000), st.floats(-1e6, 1e6))
def test_no_rate_is_absurd(rate: float, new: int, seconds: float) -> None:
    most = rate + max(rate, 1.5) * new
    assert 0 <= recounted(rate, new, timedelta(seconds=seconds)) <= most * (1 + 1e-9)


@pytest.mark.parametrize("true_rate", [0.3, 3.0, 40.0, 400.0])
@pytest.mark.parametrize("start", [0.0, 1.0, 1_000.0])
def test_counting_finds_the_rate_wherever_it_began(start: float, true_rate: float) -> None:
    rng = random.Random(5)
    # Four polls an entry, a thousand entries; the mean of the second half, for the count of one moment wavers.
    pause, rate, seen = DAY / true_rate / 4, start, []
    for _ in range(4_000):
        rate = recounted(rate, sum(rng.random() < 1 / 80 for _ in range(20)), pause)
        seen.append(rate)
    assert sum(seen[2_000:]) / 2_000 == pytest.approx(true_rate, rel=0.1)


@pytest.mark.parametrize(
    ("new", "elapsed", "watched", "expected"),
    [
        pytest.param(0, HOUR, HOUR, None, id="too early to say"),
        pytest.param(0, HOUR, DAY, 0.5, id="nothing for a day"),
        pytest.param(3, 2.4 * HOUR, HOUR, 15.0, id="the first ones to come"),
    ],
)
def test_without_dates_the_first_entries_to_come_say_the_rate(
    new: int, elapsed: timedelta, watched: timedelta, expected: float | None
) -> None:
    assert first_counted(new, elapsed, watched) == expected
