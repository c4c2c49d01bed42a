"""What a feed format is: a document in, a parsed feed out.

A new format is one class with a name, `detect` and `read`, and one entry point in the group `monitor.feed_formats`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

from monitor.errors import FeedMalformed
from monitor.model import Entry
from monitor.urls import redact

GROUP = "monitor.feed_formats"
HEAD_BYTES = 4_096  # what `detect` gets to see
MAX_ENTRIES = 5_000  # the largest of 835 real feeds holds 1 046; 40 000 cost feedparser 18 s

# Reasons that have their own advice, see `failures.failed_reading`.
CONSENT_PAGE = "the address answers with a page that asks for consent to cookies, not a feed"
LOGIN_PAGE = "the address answers with a login page, not a feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """The bytes of a feed as received, with the final address ("" if unknown) and the Content-Type header."""

    body: bytes
    url: str = ""
    content_type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A further document that belongs to this one."""

    url: str
    changed: datetime | None = None  # None if that is not known to the minute


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """What a feed document says. Nothing is cleaned or trusted; entries carry no feed key yet."""

    format: str  # rss20, atom10, jsonfeed …
    title: str = ""
    language: str = ""  # as written, meant to be BCP 47
    link: str = ""  # the site the feed belongs to
    hub: str = ""  # WebSub: where pushes can be had, and of which topic
    topic: str = ""
    ttl: timedelta | None = None  # how long the document says that it stays good
    entries: tuple[Entry, ...] = ()
    parts: tuple[Part, ...] = ()  # of a sitemap index: the sitemaps to read in its place, the newest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a document of which some items were known."""

    feed: ParsedFeed | None  # with the new entries, and those to compare them with; None: nothing is new
    items: tuple[str, ...] = ()  # digests of all the document's items, () if they cannot be told apart
    is_new: tuple[bool, ...] = ()  # of each entry


class FeedFormat(Protocol):
    """One family of feed documents. Instances hold no state; `read` runs in a killable child process."""

    name: str

    def detect(self, head: bytes) -> bool:
        """Return whether a document with this head (UTF-8, first 4 096 bytes, no BOM or leading space) is ours."""
        ...

    def read(self, document: Document, known: frozenset[str]) -> Reading:
        """Return what the document says; its body is UTF-8 already.

        Args:
            document: its bytes.
            known: digests of items that need not be read again; empty: all is read.

        Raises:
            FeedMalformed: it cannot be read, with a reason for people.
        """
        ...


# Cached because looking through the installed packages takes 10 ms, ten times as long as a small feed.
@cache
def load_formats() -> tuple[FeedFormat, ...]:
    """Return all installed formats, by name; the XML one last, because it takes whatever begins with a tag."""
    loaded: list[FeedFormat] = [point.load()() for point in entry_points(group=GROUP)]
    return tuple(sorted(loaded, key=lambda known: (known.name == "xml", known.name)))


def malformed(document: Document, reason: str) -> FeedMalformed:
    """Return the error that a document is no feed we can read; `reason` is a whole clause for people."""
    return FeedMalformed(redact(document.url, keep_path=True) if document.url else "this document", reason)


def find_format(head: bytes, formats: Sequence[FeedFormat]) -> FeedFormat | None:
    """Return the first format that knows a document by its head, None if none does."""
    return next((known for known in formats if known.detect(head)), None)
