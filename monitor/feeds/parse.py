"""A feed document -> entries and their keys: decode, find the format, parse. Polls run it in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import UnionType
from typing import cast

from monitor.errors import FeedMalformed
from monitor.feeds.formats.decoding import clean_utf8
from monitor.feeds.formats.format import HEAD_BYTES, Document, ParsedFeed, find_format, load_formats, malformed
from monitor.feeds.identity import assign_keys
from monitor.model import Entry
from monitor.text import clean_line


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """What a child process answers for a feed. Repeated and empty entries are dropped."""

    parsed: ParsedFeed
    keys: tuple[tuple[str, ...], ...]  # of the entries, in their order; see identity.assign_keys

    @property
    def is_whole(self) -> bool:
        """Whether each entry has keys; a child that hostile bytes have taken over may answer anything."""
        return len(self.keys) == len(self.parsed.entries) and all(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """What a child process answers instead of a feed: why there is none, in words for people."""

    reason: str


# What `read_document` answers, for SandboxPool.run; mypy takes the expression for the class of one of the two.
READING = cast("UnionType", Identified | Unreadable)


def parse_document(document: Document) -> ParsedFeed:
    """Return what a feed document of any known format says.

    Raises:
        FeedMalformed: it is not a feed, is broken beyond reading, or is made to hurt; the reason says which.
    """
    body = clean_utf8(document.body, document.content_type)
    if not body:
        raise malformed(document, "the answer is empty")
    found = find_format(body[:HEAD_BYTES], load_formats())
    if found is None:
        start = clean_line(body[:200].decode("utf-8", "replace"), 40)
        raise malformed(document, f'the address answers with neither XML nor JSON; it begins "{start}"')
    return found.parse(replace(document, body=body))


def read_document(document: Document) -> Identified | Unreadable:
    """Return what a document says as a value that crosses a process boundary: nothing expected is raised."""
    try:
        return identified(parse_document(document))
    except FeedMalformed as error:
        return Unreadable(reason=error.reason)


def identified(parsed: ParsedFeed) -> Identified:
    """Return the feed with the keys of its entries; thousands of long links take seconds."""
    entries: list[Entry] = []
    keys: list[tuple[str, ...]] = []
    known: set[str] = set()
    for entry, own in zip(parsed.entries, assign_keys(parsed.entries), strict=True):
        if own and own[0] not in known:
            known.add(own[0])
            entries.append(entry)
            keys.append(own)
    return Identified(parsed=replace(parsed, entries=tuple(entries)), keys=tuple(keys))
