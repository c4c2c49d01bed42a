"""RSS 0.9x, 1.0, 2.0 and Atom by feedparser, the authority on their dialects, behind a scan that refuses attacks."""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import feedparser

from monitor.feeds.formats.fields import link_of, text_of, unique
from monitor.feeds.formats.format import CONSENT_PAGE, LOGIN_PAGE, MAX_ENTRIES, Document, ParsedFeed, Reading, malformed
from monitor.feeds.scan import Scan, scan
from monitor.feeds.splice import splice
from monitor.fetch.challenge import page_kind
from monitor.model import Entry, FeedKey

MAX_TTL = timedelta(days=1)  # some publishers write a year
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}

_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_MARKUP = re.compile(rb"<[?!A-Za-z]")
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_FEED_TAG = re.compile(rb"<(?:\w{1,30}:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_FEED_END = re.compile(rb"</(?:\w{1,30}:)?(?:rss|feed|rdf|channel)\b", re.IGNORECASE)
_ITEM_EDGE = re.compile(rb"<(/?)(?:\w{1,30}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")

_PAGES = {
    "challenge": "the address answers with a check for robots, not a feed",
    "consent": CONSENT_PAGE,
    "login": LOGIN_PAGE,
    "": "the address answers with an HTML page, not a feed",
}

# What feedparser raises on bytes that nobody foresaw: it says no more than that the document is beyond it.
_PARSER_FAULTS = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError, ArithmeticError)


class XmlFormat:
    """All dialects of RSS and Atom, well-formed or not."""

    name = "xml"

    def detect(self, head: bytes) -> bool:
        """Return whether there is any markup; what kind of markup is for `parse` to say, in words for people."""
        return bool(_MARKUP.search(head))

    def read(self, document: Document, known: frozenset[str]) -> Reading:
        """Return the feed; see `FeedFormat.read`."""
        found = scan(document.body, max_items=MAX_ENTRIES)
        reason = found.refusal or _no_feed(found, document.body)
        if reason:
            raise malformed(document, reason)
        part = splice(document.body, found, known, base=document.url)
        if part.items and not part.has_news:
            return Reading(feed=None, items=part.items)
        try:
            feed = _parsed(replace(document, body=part.body), found)
            if part.is_cut and len(feed.entries) != len(part.is_new):
                part = splice(document.body, found, frozenset())
                feed = _parsed(document, found)
        except _PARSER_FAULTS as fault:
            reason = f"the document is beyond the parser ({type(fault).__name__})"
            raise malformed(document, reason) from fault
        if not feed.entries:
            reason = _why_empty(found, document.body)
            if reason:
                raise malformed(document, reason)
        # Which entry is which item can be told only if each item is one entry.
        is_told = len(feed.entries) == len(part.is_new)
        return Reading(feed=feed, items=part.items, is_new=part.is_new if is_told else (True,) * len(feed.entries))


def _no_feed(found: Scan, body: bytes) -> str:
    """Return what the document is if a look is enough to know that it is no feed, else ""."""
    # An XHTML page can carry an Atom feed inside; a page without any tag of a feed is just a page.
    if _is_html(found, body) and not found.items and not _FEED_TAG.search(body):
        return _PAGES[page_kind(body)]
    # Random bytes cost the tolerant parser 120 MB to find nothing.
    if not found.items and not found.is_well_formed and not _FEED_TAG.search(body):
        return _why_empty(found, body)
    return ""


def _why_empty(found: Scan, body: bytes) -> str:
    """Return why a document without readable entries is not simply a feed that is empty today, else ""."""
    if found.items:
        return f"none of the document's {found.items} items can be read ({found.error or 'unknown dialect'})"
    if _is_html(found, body):
        return _PAGES[page_kind(body)]
    if found.root not in _FEED_ROOTS:
        return (
            f"the address answers with XML, but <{found.root}> is no feed"
            if found.root
            else "the document is empty XML"
        )
    if not found.is_well_formed and not _FEED_END.search(body):
        return f"the document is cut off before its first entry ({found.error})"
    return ""


def _is_html(found: Scan, body: bytes) -> bool:
    return found.root == "html" or bool(_HTML_START.search(body, 0, 4_096))


def _parsed(document: Document, found: Scan) -> ParsedFeed:
    body = document.body if found.is_well_formed else _REFERENCE.sub(_valid_reference, document.body)
    result = _feedparser(body)
    if found.items and not result.entries and found.is_well_formed:
        # An open bracket makes it malformed, which sends feedparser to its tolerant half.
        result = _feedparser(body + b"<")
    entries = result.entries
    if not found.is_well_formed and entries and _is_cut_off(body):
        last = entries[-1]
        # Half an entry without an identity would come again under another one as soon as the feed is whole.
        entries = entries if last.get("id") or last.get("link") else entries[:-1]
    feed = result.feed
    language = text_of(feed.get("language"))
    return ParsedFeed(
        format=result.version or (found.root if found.root in _FEED_ROOTS else "xml"),
        title=text_of(feed.get("title")),
        language=language,
        link=link_of(document.url, feed.get("link")),
        hub=_linked(feed, "hub"),
        topic=_linked(feed, "self"),
        ttl=max((wish for wish in (_ttl(text_of(feed.get("ttl"))), _update_period(feed)) if wish), default=None),
        entries=tuple(_entry(item, base=document.url, language=language) for item in entries),
    )


def _linked(feed: dict[str, Any], relation: str) -> str:
    links = (link for link in feed.get("links", ()) if link.get("rel") == relation)
    return next((text_of(link.get("href")) for link in links), "")


def _feedparser(body: bytes) -> Any:
    # A stream, because bytes would first be tried as the name of a file. The sanitiser and the rewriting of relative
    # addresses take 60 % of the time and are not needed: our text never reaches a browser as it is.
    return feedparser.parse(
        BytesIO(body),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _entry(item: dict[str, Any], *, base: str, language: str) -> Entry:
    # dict.get, because feedparser's own `get` answers a missing `updated` with `published`.
    def get(name: str) -> Any:
        """Return what the item itself says, without feedparser's substitutes."""
        return dict.get(item, name)

    title_detail = get("title_detail") or {}
    return Entry(
        feed=FeedKey(""),
        id=text_of(get("id")),
        link=link_of(base, get("link")),
        title=text_of(get("title")),
        authors=_authors(get("authors") or (), text_of(get("author"))),
        published=_time(get("published_parsed")),
        updated=_time(get("updated_parsed")),
        summary=text_of(get("summary")),
        content="".join(text_of(part.get("value")) for part in get("content") or ()),
        categories=unique(text_of(tag.get("term")) or text_of(tag.get("label")) for tag in get("tags") or ()),
        language=text_of(get("language")) or text_of(title_detail.get("language")) or language,
    )


def _authors(authors: Iterable[Mapping[str, Any]], author: str) -> tuple[str, ...]:
    names = unique(text_of(one.get("name")) for one in authors)
    return names or ((author,) if author else ())


def _time(parsed: object) -> datetime | None:
    """Return feedparser's nine numbers as aware UTC, None if there is no such moment."""
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _ttl(minutes: str) -> timedelta | None:
    minutes = minutes.strip()
    if not (minutes.isascii() and minutes.isdigit()) or len(minutes) > 9:
        return None
    return min(timedelta(minutes=int(minutes)), MAX_TTL) or None


def _update_period(feed: Mapping[str, Any]) -> timedelta | None:
    """Return the time between two updates as the syndication module of RSS 1.0 tells it, None if it does not."""
    period = _PERIODS.get(text_of(feed.get("sy_updateperiod")).strip().lower())
    often = text_of(feed.get("sy_updatefrequency")).strip()
    times = int(often) if often.isascii() and often.isdigit() and len(often) < 6 else 1
    return min(period / max(times, 1), MAX_TTL) if period else None


def _valid_reference(reference: re.Match[bytes]) -> bytes:
    """Return a character reference as it stands, nothing if no such character exists: feedparser would raise."""
    digits = reference[1] or reference[2]
    code = int(digits[:9], 16 if reference[1] else 10)
    is_character = (
        code in (9, 10, 13) or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    )
    return reference[0] if is_character else b""


def _is_cut_off(body: bytes) -> bool:
    """Return whether the last item is never closed."""
    edges = _ITEM_EDGE.findall(body)
    return bool(edges) and edges[-1] == b""
