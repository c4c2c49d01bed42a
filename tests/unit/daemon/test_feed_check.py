"""What a feed that was asked once is reported to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.config.sections import PollSettings
from monitor.daemon.feed_check import Asked, FeedReport, report_of, with_interval
from monitor.feeds.failures import BY_ITSELF
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedKey

URL = "https://gulf.example/rss"
FEED = Feed(key=FeedKey("gulf"), url=URL)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_feed_is_reported_with_its_format_title_and_newest_entry() -> None:
    entries = (Entry(feed=FEED.key, id="1", link=f"{URL}/1", published=NOON), Entry(feed=FEED.key, id="2"))
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


def test_nobody_is_told_that_a_check_is_tried_again_by_itself() -> None:
    result = PollFailed(kind="unreachable", reason="name not found", hint=BY_ITSELF)
    assert report_of(FEED, result, seconds=0.5).hint == "try again later"


@pytest.mark.parametrize("result", [NotModified(), SameBody()], ids=["not modified", "the same body"])
def test_an_answer_of_nothing_new_is_no_feed_yet(result: PollResult) -> None:
    report = report_of(FEED, result, seconds=0.5)
    assert (report.ok, report.reason, report.hint) == (
        False,
        "the site says that nothing changed, though it was asked for the whole feed",
        "try again later",
    )


def body(*entries: Entry, **options: Any) -> NewBody:
    keys = tuple((f"guid:{number}",) for number, _ in enumerate(entries))
    return NewBody(parsed=ParsedFeed(format="rss20", entries=entries), keys=keys, body_hash="h", **options)


DATED = Entry(feed=FEED.key, id="1", link=f"{URL}/1", published=NOON)


@pytest.mark.parametrize(
    ("result", "hint"),
    [
        pytest.param(body(DATED), "", id="nothing to say"),
        pytest.param(body(DATED, moved_to=URL), "", id="moved to where it was asked"),
        pytest.param(
            body(DATED, moved_to="https://new.example/rss"),
            "it has moved for good: list https://new.example/rss",
            id="moved",
        ),
        pytest.param(body(), "it is empty now; that may be so between two items", id="empty"),
        pytest.param(
            body(replace(DATED, published=None)),
            "its entries have no dates: an entry counts as new when it is seen first",
            id="no dates",
        ),
        pytest.param(
            body(replace(DATED, link="")),
            "its entries have no links: only the feed's own text can be matched",
            id="no links",
        ),
    ],
)
def test_what_is_worth_knowing_of_a_good_feed_is_said(result: NewBody, hint: str) -> None:
    assert report_of(FEED, result, seconds=0.5).hint == hint


@pytest.mark.parametrize(
    ("feed", "result", "rate", "expected"),
    [
        pytest.param(FEED, body(DATED), 100.0, 120, id="busy: the shortest"),
        pytest.param(FEED, body(DATED), 0.5, 600, id="calm"),
        pytest.param(FEED, body(DATED, fresh_for=timedelta(minutes=30)), 24.0, 1_800, id="as the publisher wishes"),
        pytest.param(FEED, body(DATED, fresh_for=timedelta(days=9)), 24.0, 3_600, id="within bounds"),
        pytest.param(replace(FEED, interval=timedelta(minutes=5)), body(DATED), 24.0, 300, id="as the user says"),
        pytest.param(FEED, PollFailed(kind="status", reason="no"), None, None, id="no feed"),
    ],
)
def test_the_interval_is_the_one_that_polling_would_choose(
    feed: Feed, result: PollResult, rate: float | None, expected: int | None
) -> None:
    asked = Asked(report=report_of(feed, result, seconds=0.5), result=result, entries_per_day=rate)
    assert with_interval(asked, feed, PollSettings(), minutes=10).interval_seconds == expected
