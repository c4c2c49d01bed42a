from __future__ import annotations

from datetime import UTC, datetime, timedelta

from monitor.daemon.feed_check import Asked, report_of
from monitor.daemon.feed_discovery import ranked
from monitor.feeds.discovery import Candidate, Origin
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.poll_result import NewBody, PollFailed
from monitor.model import Entry, Feed, FeedKey

NOW = datetime(2026, 11, 24, tzinfo=UTC)
WHOLE = "All the words of it. " * 200


def asked(
    url: str,
    *guids: str,
    text: str = "",
    days_old: int = 0,
    title: str = "T",
    moved_to: str = "",
    origin: Origin = "link",
    body_hash: str = "h",
) -> tuple[Candidate, Asked]:
    entries = tuple(
        Entry(feed=FeedKey("f"), id=guid, content=text, updated=NOW - timedelta(days=days_old)) for guid in guids
    )
    result = NewBody(
        parsed=ParsedFeed(format="rss20", title=title, entries=entries),
        keys=tuple((guid,) for guid in guids),
        body_hash=body_hash,
        moved_to=moved_to,
    )
    feed = Feed(key=FeedKey("f"), url=url)
    return Candidate(url=url, origin=origin), Asked(report=report_of(feed, result, seconds=0.1), result=result)


def order(*answers: tuple[Candidate, Asked]) -> list[str]:
    return [feed.url.removeprefix("https://e.org/") for feed in ranked(answers, now=NOW)]


def test_whole_texts_recent_news_and_many_entries_come_first_comments_and_sitemaps_last() -> None:
    assert order(
        asked("https://e.org/comments/feed", "a", text=WHOLE),
        asked("https://e.org/map", *"bcdefgh", origin="sitemap"),
        asked("https://e.org/old", *"ijk", days_old=30),
        asked("https://e.org/few", "l"),
        asked("https://e.org/many", *"mno"),
        asked("https://e.org/whole", "p", text=WHOLE),
    ) == ["whole", "many", "few", "old", "map", "comments/feed"]


def test_one_feed_under_several_addresses_is_one() -> None:
    found = ranked(
        [
            asked("https://e.org/rss", "a", "b"),
            asked("https://e.org/feed", "a", "b"),
            asked("https://e.org/old", "c", moved_to="https://e.org/new"),
            asked("https://e.org/new", "d"),
        ],
        now=NOW,
    )
    assert [(feed.url, feed.also) for feed in found] == [
        ("https://e.org/rss", ("https://e.org/feed",)),
        ("https://e.org/new", ("https://e.org/old",)),
    ]


def test_empty_feeds_are_told_apart_by_their_bytes() -> None:
    assert len(order(asked("https://e.org/1", body_hash="x"), asked("https://e.org/2", body_hash="y"))) == 2
    assert len(order(asked("https://e.org/1", body_hash="x"), asked("https://e.org/2", body_hash="x"))) == 1


def test_what_is_no_feed_is_left_out() -> None:
    failed = PollFailed(kind="status", reason="no")
    feed = Feed(key=FeedKey("f"), url="https://e.org/")
    answer = Asked(report=report_of(feed, failed, seconds=0.1), result=failed)
    assert ranked([(Candidate(url="https://e.org/", origin="address"), answer)], now=NOW) == ()
