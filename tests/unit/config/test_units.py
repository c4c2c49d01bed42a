from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.units import format_duration, parse_duration, parse_rate, parse_size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("1 h 30 m", timedelta(minutes=90)),
        ("1.5h", timedelta(minutes=90)),
        ("2 days", timedelta(days=2)),
        ("1w", timedelta(days=7)),
        ("15 min", timedelta(minutes=15)),
        ("0s", timedelta(0)),
        ("0.5S", timedelta(milliseconds=500)),
    ],
)
def test_a_time_span_is_read(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "15", "m", "5m1h", "5m5m", "1 month", "-5m", "1h30", "1:30", "١٥m", "nan s", "1e9h"]
)
def test_what_is_no_time_span_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match="a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w"):
        parse_duration(text)


def test_a_time_span_of_centuries_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3660 days"):
        parse_duration("999999999w")


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (timedelta(minutes=90), "1h30m"),
        (timedelta(days=1, seconds=5), "1d5s"),
        (timedelta(0), "0s"),
        (timedelta(milliseconds=500), "0.5s"),
    ],
)
def test_a_time_span_is_written_as_people_do(span: timedelta, expected: str) -> None:
    assert format_duration(span) == expected


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=3660 * 86_400))
def test_a_written_time_span_is_read_back(seconds: int) -> None:
    assert parse_duration(format_duration(timedelta(seconds=seconds))) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10 MiB", 10_485_760),
        ("512KiB", 524_288),
        ("1 GiB", 1_073_741_824),
        ("4MB", 4_000_000),
        ("1.5 kB", 1500),
        ("7 b", 7),
    ],
)
def test_a_size_is_read(text: str, expected: int) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize("text", ["", "10", "MiB", "10 M", "10 XB", "-1 MiB", "1e3 kB"])
def test_what_is_no_size_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match="a size is a number with a unit: 512 KiB, 10 MiB, 1 GiB"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("2000/h", 2000.0), ("30 / min", 1800.0), ("1/s", 3600.0), ("4800/d", 200.0), ("0.5/h", 0.5)]
)
def test_a_rate_is_read_as_times_an_hour(text: str, expected: float) -> None:
    assert parse_rate(text) == expected


@pytest.mark.parametrize("text", ["", "2000", "2000/", "/h", "2000/year", "2000 per h"])
def test_what_is_no_rate_is_refused_with_the_accepted_forms(text: str) -> None:
    with pytest.raises(ValueError, match="a rate is a number for a time: 2000/h, 30/m, 1/s, 5000/d"):
        parse_rate(text)
