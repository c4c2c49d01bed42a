"""When a server's "not modified" is believed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.feeds.validators import caught_lying, wants_whole
from monitor.model import Entry, FeedKey, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

READ = FeedState(
    etag='"a"',
    last_modified="Mon, 23 Nov 2026 12:00:00 GMT",
    last_whole=NOW - 4 * HOUR,
    last_changed=NOW - 4 * HOUR,
    last_polled=NOW - HOUR,
    last_success=NOW - HOUR,
    entries_per_day=10.0,
)


def whole(*ages: timedelta, etag: str = '"b"', last_modified: str = "", is_whole: bool = True) -> NewBody:
    entries = tuple(Entry(feed=FeedKey("f"), id=str(age), published=NOW - age) for age in ages)
    return NewBody(
        parsed=ParsedFeed(format="rss20", title="", entries=entries),
        keys=(),
        body_hash="h",
        etag=etag,
        last_modified=last_modified,
        is_whole=is_whole,
    )


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(FeedState(), True, id="a feed never read"),
        pytest.param(READ, False, id="a feed read whole some hours ago"),
        pytest.param(replace(READ, last_whole=NOW - DAY), True, id="once a day"),
        pytest.param(replace(READ, validators_lie=True), True, id="a server that lies"),
        pytest.param(replace(READ, entries_per_day=60.0), True, id="ten entries should have come"),
        pytest.param(replace(READ, entries_per_day=59.0), False, id="nine entries should have come"),
        pytest.param(
            replace(READ, entries_per_day=999.0, last_whole=NOW - 2 * HOUR), False, id="we looked two hours ago"
        ),
        pytest.param(replace(READ, entries_per_day=None), False, id="a feed whose rate is not known"),
    ],
)
def test_a_document_is_asked_for_whole(state: FeedState, expected: bool) -> None:
    assert wants_whole(state, NOW) is expected


@pytest.mark.parametrize(
    ("state", "result", "new", "expected"),
    [
        pytest.param(READ, whole(HOUR, etag='"a"'), 1, True, id="news under the same ETag"),
        pytest.param(READ, whole(HOUR), 1, False, id="news under another ETag"),
        pytest.param(READ, whole(HOUR, etag='"a"'), 0, False, id="another stamp in the head, no news"),
        pytest.param(READ, whole(HOUR, etag='"a"', is_whole=False), 1, False, id="the server did answer"),
        pytest.param(
            READ, whole(HOUR, last_modified=READ.last_modified), 1, False, id="the same date, but the ETag tells"
        ),
        pytest.param(
            replace(READ, etag=""),
            whole(HOUR, last_modified=READ.last_modified),
            1,
            True,
            id="the same date where there is no ETag",
        ),
        pytest.param(
            replace(READ, etag="", last_modified=""),
            whole(HOUR, etag="", last_modified=""),
            1,
            False,
            id="no validators, no lie",
        ),
        pytest.param(READ, whole(*[3 * HOUR] * 3), 3, True, id="news from before the last time that nothing was new"),
        pytest.param(READ, whole(*[3 * HOUR] * 2), 2, False, id="two entries may be listed late"),
        pytest.param(READ, whole(*[5 * HOUR] * 9), 9, False, id="old entries, listed late"),
        pytest.param(
            replace(READ, last_success=NOW - DAY), whole(*[3 * HOUR] * 9), 9, False, id="the last poll had failed"
        ),
        pytest.param(
            replace(READ, last_whole=READ.last_polled), whole(*[3 * HOUR] * 9), 9, False, id="the last poll saw it all"
        ),
        pytest.param(
            replace(READ, etag="", last_modified=""),
            whole(*[3 * HOUR] * 9, etag=""),
            9,
            False,
            id="listed late by a server that has no validators",
        ),
        pytest.param(READ, SameBody(etag='"a"', is_whole=True), 0, False, id="the same bytes"),
        pytest.param(READ, NotModified(), 0, False, id="not modified"),
        pytest.param(READ, PollFailed(kind="server", reason="trouble"), 0, False, id="a failure"),
    ],
)
def test_a_server_is_caught_lying(state: FeedState, result: PollResult, new: int, expected: bool) -> None:
    assert caught_lying(state, result, new=new) is expected
