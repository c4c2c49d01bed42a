"""JSON Feed 1.0 and 1.1 (https://jsonfeed.org/version/1.1), by the standard library, tolerant of wrong types."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from monitor.feeds.formats.fields import link_of, text_of, unique
from monitor.feeds.formats.format import MAX_ENTRIES, Document, ParsedFeed, Reading, malformed
from monitor.feeds.splice import item_digest
from monitor.model import Entry, FeedKey

MAX_BRACKETS = 200_000  # 5,000 items of 40 lists and objects each


class JsonFeedFormat:
    """JSON Feed, and whatever looks like it: an object with a list of items."""

    name = "jsonfeed"

    def detect(self, head: bytes) -> bool:
        """Return whether the document is JSON."""
        return head.startswith((b"{", b"["))

    def read(self, document: Document, known: frozenset[str]) -> Reading:
        """Return the feed; see `FeedFormat.read`."""
        feed = _load(document)
        items = feed.get("items")
        if not isinstance(items, list):
            raise malformed(document, "the address answers with JSON, but not a JSON Feed: there is no list of items")
        if len(items) > MAX_ENTRIES:
            raise malformed(document, f"the document holds more than {MAX_ENTRIES} entries")
        items = [item for item in items if isinstance(item, dict)]
        digests = tuple(item_digest(json.dumps(item, sort_keys=True).encode()) for item in items)
        is_new = tuple(digest not in known for digest in digests)
        if digests and not any(is_new):
            return Reading(feed=None, items=digests)
        language = text_of(feed.get("language"))
        parsed = ParsedFeed(
            format="jsonfeed",
            title=text_of(feed.get("title")),
            language=language,
            link=link_of(document.url, feed.get("home_page_url")),
            hub=_hub(feed.get("hubs")),
            topic=text_of(feed.get("feed_url")),
            entries=tuple(_entry(item, base=document.url, language=language) for item in items),
        )
        return Reading(feed=parsed, items=digests, is_new=is_new)


def _load(document: Document) -> dict[str, Any]:
    # Each costs 56 bytes and more where it took two: 8 MB of empty lists took 200 MB.
    if document.body.count(b"{") + document.body.count(b"[") > MAX_BRACKETS:
        raise malformed(document, "the document's JSON has more parts than any feed")
    try:
        loaded = json.loads(document.body, strict=False)  # raw line breaks inside strings do occur
    except RecursionError as deep:
        raise malformed(document, "the document's JSON is nested too deep") from deep
    except ValueError as broken:
        raise malformed(document, f"the document is broken JSON ({broken})") from broken
    if not isinstance(loaded, dict):
        raise malformed(document, "the address answers with JSON, but not a JSON Feed")
    return loaded


def _entry(item: Mapping[str, Any], *, base: str, language: str) -> Entry:
    authors = item.get("authors")
    return Entry(
        feed=FeedKey(""),
        id=text_of(item.get("id")),
        link=link_of(base, item.get("url") or item.get("external_url")),
        title=text_of(item.get("title")),
        authors=_names(authors if isinstance(authors, list) and authors else [item.get("author")]),
        published=_time(item.get("date_published")),
        updated=_time(item.get("date_modified")),
        summary=text_of(item.get("summary")),
        content=text_of(item.get("content_html")) or text_of(item.get("content_text")),
        categories=unique(text_of(tag) for tag in _list(item.get("tags"))),
        language=text_of(item.get("language")) or language,
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(authors: Iterable[object]) -> tuple[str, ...]:
    return unique(text_of(author.get("name")) if isinstance(author, dict) else text_of(author) for author in authors)


def _hub(hubs: object) -> str:
    found = (hub for hub in _list(hubs) if isinstance(hub, dict) and text_of(hub.get("type")).lower() == "websub")
    return next((text_of(hub.get("url")) for hub in found), "")


def _time(value: object) -> datetime | None:
    """Return an RFC 3339 time, or one as in mails, as aware UTC; without a zone it is taken as UTC."""
    text = text_of(value).strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None
