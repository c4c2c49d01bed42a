"""JSON Feed, as specified and as sloppy programs write it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from monitor.errors import FeedMalformed
from monitor.feeds.formats.format import Document, ParsedFeed
from monitor.feeds.parse import parse_document
from monitor.model import Entry, FeedKey

FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Gulf Courier",
    "home_page_url": "https://gulf.example/",
    "feed_url": "https://gulf.example/feed.json",
    "language": "en",
    "hubs": [{"type": "rssCloud", "url": "https://no.example/"}, {"type": "WebSub", "url": "https://hub.example/"}],
    "items": [
        {
            "id": 17,
            "url": "/news/17",
            "title": "Truce holds",
            "content_html": "<p>Long</p>",
            "content_text": "Long",
            "summary": "Short",
            "date_published": "2026-11-24T13:00:00+03:00",
            "date_modified": "Tue, 24 Nov 2026 11:00:00 GMT",
            "authors": [{"name": "Amal Haddad"}, {"url": "https://x.example"}],
            "tags": ["World", "World", 7, None],
            "language": "en-GB",
        }
    ],
}


def parse(feed: object, url: str = "https://gulf.example/feed.json") -> ParsedFeed:
    body = feed if isinstance(feed, bytes) else json.dumps(feed).encode()
    return parse_document(Document(body=body, url=url))


def test_a_json_feed_is_read_whole() -> None:
    assert parse(FEED) == ParsedFeed(
        format="jsonfeed",
        title="Gulf Courier",
        language="en",
        link="https://gulf.example/",
        hub="https://hub.example/",
        topic="https://gulf.example/feed.json",
        entries=(
            Entry(
                feed=FeedKey(""),
                id="17",
                link="https://gulf.example/news/17",
                title="Truce holds",
                authors=("Amal Haddad",),
                published=datetime(2026, 11, 24, 10, tzinfo=UTC),
                updated=datetime(2026, 11, 24, 11, tzinfo=UTC),
                summary="Short",
                content="<p>Long</p>",
                categories=("World", "7"),
                language="en-GB",
            ),
        ),
    )


def test_version_1_0_names_one_author() -> None:
    assert parse({"items": [{"id": "1", "author": {"name": "A"}}]}).entries[0].authors == ("A",)


def test_wrong_types_are_left_out_and_not_fatal() -> None:
    item: dict[str, object] = {"id": None, "url": {}, "title": True, "authors": "A", "tags": "x"}
    sloppy = {"title": ["no"], "hubs": "x", "items": [None, 3, item]}
    assert parse(sloppy).entries == (Entry(feed=FeedKey("")),)


def test_a_feed_in_utf_16_with_a_mark_is_read() -> None:
    assert parse('{"items": [{"id": "1", "title": "停火"}]}'.encode("utf-16")).entries[0].title == "停火"


def test_half_a_surrogate_pair_does_not_survive() -> None:
    assert parse(b'{"items": [{"title": "a\\ud800b"}]}').entries[0].title == "a?b"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b'{"error": "rate limited"}', "JSON, but not a JSON Feed", id="another API"),
        pytest.param(b'{"items": [', "the document is broken JSON", id="cut off"),
        pytest.param(b'{"a":' * 100_000, "nested too deep", id="deep objects"),
        pytest.param(b'{"a":' + b"[" * 100_000, "nested too deep", id="deep lists"),
        pytest.param(b'{"a":' + b"[" * 1_000_000, "more parts than any feed", id="a million lists"),
        pytest.param(b'{"a": ' + b"9" * 100_000 + b"}", "the document is broken JSON", id="a number of 100 000 digits"),
        pytest.param(b'{"items": [' + b"{}," * 5_001 + b"{}]}", "more than 5000 entries", id="too many entries"),
    ],
)
def test_what_is_no_json_feed_is_named(body: bytes, reason: str) -> None:
    with pytest.raises(FeedMalformed, match=reason):
        parse(body)
