"""When to ask again, and how to ask for changes only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.fetch.caching import conditional_headers, freshness, retry_after

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


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({"Cache-Control": "public, max-age=300"}, 300 * SECOND, id="max-age"),
        pytest.param({"Cache-Control": 'Max-Age="300"', "Age": "100"}, 200 * SECOND, id="less the time on the way"),
        pytest.param({"Cache-Control": "max-age=300", "Age": "400"}, None, id="used up"),
        pytest.param({"Cache-Control": "max-age=300", "Expires": "0"}, 300 * SECOND, id="max-age before Expires"),
        pytest.param({"Cache-Control": "no-cache, max-age=300"}, None, id="no-cache"),
        pytest.param({"Cache-Control": "no-store"}, None, id="no-store"),
        pytest.param({"Cache-Control": "s-maxage=300"}, None, id="for shared caches only"),
        pytest.param({"Cache-Control": "max-age=" + "9" * 400}, timedelta(days=1), id="capped"),
        pytest.param({"Cache-Control": "max-age=soon"}, None, id="no number"),
        pytest.param({"Expires": "Tue, 24 Nov 2026 12:05:00 GMT"}, timedelta(minutes=5), id="Expires"),
        pytest.param(
            {"Expires": "Tue, 24 Nov 2026 13:05:00 GMT", "Date": "Tue, 24 Nov 2026 13:00:00 GMT"},
            timedelta(minutes=5),
            id="by the clock of the server",
        ),
        pytest.param({"Expires": "0"}, None, id="no date"),
        pytest.param({"Expires": "Tue, 24 Nov 2020 12:05:00 GMT"}, None, id="long ago"),
        pytest.param({}, None, id="nothing"),
    ],
)
def test_a_server_says_how_long_its_answer_stays_good(headers: dict[str, str], expected: timedelta | None) -> None:
    assert freshness(headers, NOW) == expected


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_header_text_breaks_the_readers(first: str, second: str) -> None:
    retry_after({"Retry-After": first}, NOW)
    conditional_headers(first, second)
    freshness({"Cache-Control": f"max-age={first}", "Age": second}, NOW)
    freshness({"Cache-Control": first, "Expires": second, "Date": first}, NOW)
