"""What one poll of a feed can bring. Expected outcomes are values, not exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from monitor.feeds.formats.format import ParsedFeed

FailureKind = Literal[
    "unreachable", "server", "throttled", "blocked", "gone", "status", "refused", "unreadable", "hostile"
]
"""unreachable = no answer · server = its trouble (5xx) · throttled = told to wait · blocked = a robot check
gone = 410 · status = another bad status · refused = by us while fetching · unreadable = no feed · hostile = was killed
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that nothing changed (304)."""

    fresh_for: timedelta | None = None
    moved_to: str = ""  # the final address if each redirect on the way was permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class SameBody:
    """The server sent the items that we know already, byte for byte; many feeds stamp the time on each answer."""

    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta | None = None
    is_whole: bool = False  # the answer to a request without validators
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBody:
    """A document not read before, and its entries whose bytes are not known. They carry the feed's key."""

    parsed: ParsedFeed
    keys: tuple[tuple[str, ...], ...]  # of the entries, in their order; see identity.assign_keys
    body_hash: str
    items_hash: str = ""
    items: tuple[str, ...] = ()  # digests of all the document's items; by them the next poll knows what it has seen
    etag: str = ""
    last_modified: str = ""
    fresh_for: timedelta | None = None
    is_whole: bool = False  # the answer to a request without validators
    moved_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollFailed:
    """No feed this time. Reason and hint are clauses for people and the same each time the same thing happens."""

    kind: FailureKind
    reason: str
    hint: str = ""  # what to do about it, "" if nothing
    retry_after: timedelta | None = None
    body_hash: str = ""  # marks an unreadable body, so that it is not parsed again; see failures.unreadable_mark

    @property
    def gone(self) -> bool:
        """Whether the publisher says that the feed will not come back."""
        return self.kind == "gone"


PollResult = NotModified | SameBody | NewBody | PollFailed
