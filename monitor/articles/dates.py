"""Dates as pages write them -> aware UTC. Pure: what is too late to be true is decided with `now` by the caller."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the Web's first newspapers; anything before is a default value
CLOCK_SKEW = timedelta(minutes=10)

_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
# "2024-05-01 10:00:00 +0100": the space before the zone is more than fromisoformat takes.
_SPACED_ZONE = re.compile(r"(\d)\s+(?=[+-]\d\d:?\d\d$|Z$)", re.ASCII)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+", re.ASCII)
# Zones that RFC 2822 does not know and news sites print; only names that mean one thing.
_ZONES = {
    "CET": "+0100",
    "CEST": "+0200",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
    "HKT": "+0800",
}
_ZONE_NAME = re.compile(r"\b(" + "|".join(_ZONES) + r")\b")
_IN_PATH = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_-])", re.ASCII)


def parse_date(text: str) -> datetime | None:
    """Return the moment a page names, UTC; None if it cannot be read. Without a zone it is taken as UTC.

    Reads ISO 8601, RFC 2822 and seconds or milliseconds since 1970.
    """
    text = text.strip()
    if not text or len(text) > 80:
        return None
    try:
        moment = _read(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if moment >= EARLIEST else None


def date_in_path(url: str) -> datetime | None:
    """Return the day that a path like /2024/05/01/ names, at midnight UTC; None if there is none."""
    found = _IN_PATH.search(url)
    if not found:
        return None
    try:
        return datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC)
    except ValueError:
        return None


def not_after(moment: datetime | None, now: datetime) -> datetime | None:
    """Return the date if it can be true at `now`: a little ahead counts as now, later is no date at all.

    Clocks differ by minutes; more is a wrong zone or an embargo, and nothing is younger than its reading.
    """
    if moment is None or moment > now + CLOCK_SKEW:
        return None
    return min(moment, now)


def _read(text: str) -> datetime:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    iso = _LONG_FRACTION.sub(r"\1", _SPACED_ZONE.sub(r"\1", text.replace("/", "-") if text[:4].isdigit() else text))
    try:
        return datetime.fromisoformat(iso)
    except ValueError:
        return parsedate_to_datetime(_ZONE_NAME.sub(lambda name: _ZONES[name[1]], text))
