"""What a feed that was asked once is reported to be."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from monitor.daemon.feed_check import FeedReport, report_of
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedKey

URL = "https://gulf.example/rss"
FEED = Feed(key=FeedKey("gulf"), url=URL)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_feed_is_reported_with_its_format_title_and_newest_entry() -> None:
    entries = (Entry(feed=FEED.key, id="1", published=NOON), Entry(feed=FEED.key, id="2"))
    parsed = ParsedFeed(format="rss", title="Gulf Courier", entries=entries)
    result = NewBody(parsed=parsed, keys=(("guid:1",), ("guid:2",)), body_hash="h")
    assert report_of(FEED, result, seconds=0.5) == FeedReport(
        url=URL, ok=True, format="rss", title="Gulf Courier", entries=2, newest=NOON, seconds=0.5
    )


def test_a_failure_is_reported_in_its_own_words() -> None:
    result = PollFailed(kind="status", reason="the site has no such page (HTTP 404)", hint="check its address")
    assert report_of(FEED, result, seconds=0.5) == FeedReport(
        url=URL, ok=False, reason="the site has no such page (HTTP 404)", hint="check its address", seconds=0.5
    )


@pytest.mark.parametrize("result", [NotModified(), SameBody()], ids=["not modified", "the same body"])
def test_an_answer_of_nothing_new_is_no_feed_yet(result: PollResult) -> None:
    report = report_of(FEED, result, seconds=0.5)
    assert (report.ok, report.reason, report.hint) == (
        False,
        "the site says that nothing changed, though it was asked for the whole feed",
        "try again later",
    )
