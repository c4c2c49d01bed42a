"""A feed document -> entries and their keys: unpack, decode, find the format, read. Polls run it in the sandbox."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, replace
from types import UnionType
from typing import cast

from monitor.errors import FeedMalformed
from monitor.feeds.formats.decoding import clean_utf8
from monitor.feeds.formats.format import (
    HEAD_BYTES,
    MAX_ENTRIES,
    Document,
    ParsedFeed,
    Reading,
    find_format,
    load_formats,
    malformed,
)
from monitor.feeds.identity import assign_keys
from monitor.feeds.scan import scan
from monitor.feeds.splice import splice
from monitor.model import Entry
from monitor.text import clean_line

# To tell what a guid or link is the address of takes 30 µs, and 256 KiB may hold 18 000 of them. Feeds of that size
# hold a thousand at most; what holds more is left to the sandbox, for the daemon itself must not be held up.
MOST_NAMES_SPARED = 2_000
MAX_UNPACKED_BYTES = 20 * 2**20  # of a document that is itself packed, as sitemaps are
_GZIP = b"\x1f\x8b"
_UTF8 = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A document to read, and the digests of the items that were read before."""

    document: Document
    known: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What a child process answers for a feed: its new entries. Repeated and empty ones are dropped."""

    parsed: ParsedFeed
    keys: tuple[tuple[str, ...], ...]  # of the entries, in their order; see identity.assign_keys
    items: tuple[str, ...] = ()  # digests of all items of the document; () if they cannot be told apart

    @property
    def is_whole(self) -> bool:
        """Whether each entry has keys; a child that hostile bytes have taken over may answer anything."""
        return len(self.keys) == len(self.parsed.entries) and all(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class NothingNew:
    """What a child process answers for a feed whose items are all known; the feed's head was not read either."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What a child process answers instead of a feed: why there is none, in words for people."""

    reason: str


# What `read_document` answers, for SandboxPool.run; mypy takes the expression for the class of one of them.
READING = cast("UnionType", Identified | NothingNew | Unreadable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spared:
    """What is left to read of a document after a look at its items."""

    items: tuple[str, ...]  # digests of all the document's items
    request: Request | None  # to read what is left; None: nothing is new


def parse_document(document: Document) -> ParsedFeed:
    """Return what a feed document of any known format says.

    Raises:
        FeedMalformed: it is not a feed, is broken beyond reading, or is made to hurt; the reason says which.
    """
    feed = take_apart(document, frozenset()).feed
    assert feed is not None  # only known items can be nothing new
    return feed


def read_document(request: Request) -> Identified | NothingNew | Unreadable:
    """Return what a document says as a value that crosses a process boundary: nothing expected is raised."""
    try:
        return identified(take_apart(request.document, request.known))
    except FeedMalformed as error:
        return Unreadable(reason=error.reason)


def identified(reading: Reading) -> Identified | NothingNew:
    """Return the new entries with their keys, which all entries of the reading have a say in."""
    feed = reading.feed
    if feed is None:
        return NothingNew(items=reading.items)
    entries: list[Entry] = []
    keys: list[tuple[str, ...]] = []
    taken: set[str] = set()
    for entry, is_new, own in zip(feed.entries, reading.is_new, assign_keys(feed.entries), strict=True):
        if own and own[0] not in taken:
            taken.add(own[0])
            if is_new:
                entries.append(entry)
                keys.append(own)
    return Identified(parsed=replace(feed, entries=tuple(entries)), keys=tuple(keys), items=reading.items)


def spare(request: Request) -> Spared | None:
    """Return what is left to read after about a millisecond's look at the document, None if that tells nothing.

    This is `read_document` without the costly half: what it leaves to read gives the same entries and keys.
    """
    body = clean_utf8(request.document.body, request.document.content_type)
    if not request.known or not body.startswith(b"<"):
        return None
    found = scan(body, max_items=MAX_ENTRIES)
    if not found.spans or not found.is_well_formed:
        return None
    if sum(len(item.naming) for item in found.spans) > MOST_NAMES_SPARED:
        return None
    part = splice(body, found, request.known, base=request.document.url)
    if not part.has_news:
        return Spared(items=part.items, request=None)
    document = replace(request.document, body=part.body, content_type=_UTF8)
    return Spared(items=part.items, request=replace(request, document=document) if part.is_cut else request)


def take_apart(document: Document, known: frozenset[str]) -> Reading:
    """Return what a document of any known format says, its entries beside its items.

    Raises:
        FeedMalformed: as for `parse_document`.
    """
    body = clean_utf8(_unpacked(document), document.content_type)
    if not body:
        raise malformed(document, "the answer is empty")
    found = find_format(body[:HEAD_BYTES], load_formats())
    if found is None:
        start = clean_line(body[:200].decode("utf-8", "replace"), 40)
        raise malformed(document, f'the address answers with neither XML nor JSON; it begins "{start}"')
    return found.read(replace(document, body=body), known)


def _unpacked(document: Document) -> bytes:
    """Return the document's bytes, unpacked if they are a gzip file (`sitemap.xml.gz`)."""
    if not document.body.startswith(_GZIP):
        return document.body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        body = unpacker.decompress(document.body, MAX_UNPACKED_BYTES)
    except zlib.error as broken:
        raise malformed(document, "the address answers with a broken gzip file") from broken
    if unpacker.unconsumed_tail:
        raise malformed(document, f"the document unpacks to more than {MAX_UNPACKED_BYTES // 2**20} MiB")
    return body
