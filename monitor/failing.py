"""Feeds that fail and come back: the values by which daemons tell one another, and what people were told. No IO."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.model import AlertId, FeedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingFeed:
    """A feed that failed for long enough that people should know of it, until they know that it is back."""

    feed: FeedKey
    name: str  # for people
    url: str  # as it may be shown
    since: datetime  # its first failed poll
    noted: datetime  # when it had failed for long enough
    failures: int
    reason: str
    hint: str = ""
    gone: bool = False  # HTTP 410
    back: datetime | None = None  # its first good poll since


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldFailing:
    """What people were told of a failing feed."""

    alert: AlertId
    reason: str
    at: datetime
    feeds: int = 1  # of which the alert tells
