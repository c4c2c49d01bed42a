"""When to ask again, and how to ask for changes only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.caching import conditional_headers, retry_after

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_validators_come_back_as_conditional_headers() -> None:
    assert conditional_headers('W/"1"', "Tue, 24 Nov 2026 11:00:00 GMT") == {
        "If-None-Match": 'W/"1"',
        "If-Modified-Since": "Tue, 24 Nov 2026 11:00:00 GMT",
    }


def test_without_validators_nothing_is_sent() -> None:
    assert conditional_headers("", "") == {}


@pytest.mark.parametrize("etag", ['"a\r\nX-Evil: 1"', '"é"', '"\udce9"', '"' + "x" * 2_000 + '"', '"\x00"'])
def test_a_validator_that_cannot_be_sent_unharmed_is_left_out(etag: str) -> None:
    assert conditional_headers(etag, "") == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("120", 120 * SECOND, id="seconds"),
        pytest.param("1.5", 1.5 * SECOND, id="fractions are not standard but clear"),
        pytest.param("0", timedelta(0), id="zero"),
        pytest.param("Tue, 24 Nov 2026 12:05:00 GMT", timedelta(minutes=5), id="a date"),
        pytest.param("Tue, 24 Nov 2026 11:00:00 GMT", timedelta(0), id="a date in the past"),
        pytest.param("317100", timedelta(days=1), id="too long is capped"),
        pytest.param("9" * 400, timedelta(days=1), id="a number beyond reason is capped"),
        pytest.param("Tue, 24 Nov 9999 12:05:00 GMT", timedelta(days=1), id="a far date is capped"),
        pytest.param("soon", None, id="no number, no date"),
        pytest.param("-5", None, id="negative"),
        pytest.param("", None, id="empty"),
    ],
)
def test_retry_after_is_read_in_both_forms(text: str, expected: timedelta | None) -> None:
    assert retry_after({"Retry-After": text}, NOW) == expected


def test_retry_after_takes_another_cap_and_may_be_absent() -> None:
    assert retry_after({"Retry-After": "7200"}, NOW, cap=timedelta(hours=1)) == timedelta(hours=1)
    assert retry_after({}, NOW) is None


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_text_breaks_the_readers(first: str, second: str) -> None:
    retry_after({"Retry-After": first}, NOW)
    conditional_headers(first, second)
