"""Dates as pages write them -> aware UTC. Pure: what is too late to be true is decided with `now` by the caller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # the Web's first newspapers; anything before is a default value
CLOCK_SKEW = timedelta(minutes=10)
MAX_DATE = 80  # characters

_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
# "2024-05-01 10:00:00 +0100": the space before the zone is more than fromisoformat takes.
_SPACED_ZONE = re.compile(r"(\d)\s+(?=[+-]\d\d:?\d\d$|Z$)", re.ASCII)
_LONG_FRACTION = re.compile(r"(\.\d{6})\d+", re.ASCII)
# "Tue Nov 24 2026 06:40:00 GMT+0100 (Central European Time)", as JavaScript prints a date.
_SCRIPT_ZONE = re.compile(r"\s*\b(?:GMT|UTC)(?=[+-]\d)|\s*\([^()]*\)$")
# Zones that RFC 2822 does not know and news sites print; only names that mean one thing.
_ZONES = {
    "UTC": "+0000",
    "GMT": "+0000",
    "CET": "+0100",
    "CEST": "+0200",
    "MEZ": "+0100",
    "MESZ": "+0200",
    "EET": "+0200",
    "EEST": "+0300",
    "MSK": "+0300",
    "JST": "+0900",
    "KST": "+0900",
    "HKT": "+0800",
}
_ZONE_NAME = re.compile(r"\b(" + "|".join(_ZONES) + r")\b")
_TIME_OF_DAY = re.compile(r"(?<![\d.,])([01]?\d|2[0-3])\s?[:h時시点]\s?([0-5]\d)(?:[:分분]([0-5]\d))?(?!\d)")
_DOTTED_TIME = re.compile(r"\W{1,4}([01]?\d|2[0-3])\.([0-5]\d)(?![\d.])")
_AFTERNOON = re.compile(r"(?::[0-5]\d)?\s?([ap])\.?m\b", re.IGNORECASE)
# 2026年11月24日, 2026. 11. 24., 2026-11-24, 2026/11/24
_YEAR_FIRST = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[年년./-]\s?(\d{1,2})\s?[月월./-]\s?(\d{1,2})(?!\d)")
# 24.11.2026, 24/11/26, 24-11-2026
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})([./-])\s?(\d{1,2})\2\s?((?:20)?\d\d)(?![\d.])")
_IN_PATH = re.compile(r"/(20\d\d)[/-](\d{1,2})[/-](\d{1,2})(?=[/_-])", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """A moment as a page writes it, in UTC."""

    moment: datetime
    is_day_only: bool = False  # no time of day was given, or midnight, which is no newsroom's hour
    offset: timedelta | None = None  # of its zone; None: it has none, and its time was taken as UTC

    @property
    def is_vague(self) -> bool:
        """Whether the time of day is none: midnight there, which stands for the day."""
        local = self.moment + (self.offset or timedelta(0))
        return (local.hour, local.minute, local.second) == (0, 0, 0)

    @property
    def swapped(self) -> datetime | None:
        """The same with day and month exchanged, if that is a date and another one."""
        try:
            other = self.moment.replace(month=self.moment.day, day=self.moment.month)
        except ValueError:
            return None
        return other if other != self.moment else None


def parse_date(text: str) -> datetime | None:
    """Return the moment that a text names, UTC; None if it cannot be read. Without a zone it is taken as UTC."""
    found = read_date(text)
    return found.moment if found else None


def read_date(text: str) -> PageDate | None:
    """Return the date that a field is.

    Reads ISO 8601, RFC 2822, seconds or milliseconds since 1970, and dates in digits as `date_in_text` does.
    """
    text = text.strip()
    if not text or len(text) > MAX_DATE:
        return None
    try:
        moment = _read(text)
        offset = moment.utcoffset()
        return _page_date(moment.replace(tzinfo=UTC) if offset is None else moment.astimezone(UTC), offset=offset)
    except (ValueError, OverflowError, TypeError, IndexError):
        return date_in_text(text)


def date_in_text(text: str) -> PageDate | None:
    """Return the first date in digits that stands in a short text, with the time beside it; None if there is none.

    Digits are read alike in all languages: 24.11.2026 15:25, 2026年11月24日. Of 3/4/2026 the day comes first.
    """
    text = text[:MAX_DATE]
    year_first = _YEAR_FIRST.search(text)
    year_last = None if year_first else _YEAR_LAST.search(text)
    if year_first:
        year, month, day = (int(part) for part in year_first.groups())
        rest = text[year_first.end() :]
    elif year_last:
        day, month, year = int(year_last[1]), int(year_last[3]), int(year_last[4])
        year += 2000 if year < 100 else 0
        day, month = (month, day) if month > 12 else (day, month)
        rest = text[year_last.end() :]
    else:
        return None
    hour, minute, second = time_in_text(rest) or _dotted_time(rest) or (0, 0, 0)
    try:
        return _page_date(datetime(year, month, day, hour, minute, second, tzinfo=UTC), offset=None)
    except ValueError:
        return None


def time_in_text(text: str) -> tuple[int, int, int] | None:
    """Return the hour, minute and second of the first time of day in a text; None if there is none."""
    found = _TIME_OF_DAY.search(text)
    if not found:
        return None
    hour = int(found[1])
    half = _AFTERNOON.match(text, found.end())
    if half and hour <= 12:
        hour = hour % 12 + (12 if half[1] in "pP" else 0)
    return hour, int(found[2]), int(found[3] or 0)


def _dotted_time(text: str) -> tuple[int, int, int] | None:
    """Return the time right behind a date where it is written with a dot: 24.11.2026, 15.25."""
    found = _DOTTED_TIME.match(text)
    return (int(found[1]), int(found[2]), 0) if found else None


def date_in_path(url: str) -> PageDate | None:
    """Return the day that a path like /2024/05/01/ names; None if there is none."""
    found = _IN_PATH.search(url)
    if not found:
        return None
    try:
        return PageDate(moment=datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC), is_day_only=True)
    except ValueError:
        return None


def not_after(moment: datetime | None, now: datetime) -> datetime | None:
    """Return the date if it can be true at `now`: a little ahead counts as now, later is no date at all.

    Clocks differ by minutes; more is a wrong zone or an embargo, and nothing is younger than its reading.
    """
    if moment is None or moment > now + CLOCK_SKEW:
        return None
    return min(moment, now)


def _page_date(moment: datetime, *, offset: timedelta | None) -> PageDate | None:
    if moment < EARLIEST:
        return None
    is_day_only = not offset and (moment.hour, moment.minute, moment.second) == (0, 0, 0)
    return PageDate(moment=moment, is_day_only=is_day_only, offset=offset)


def _read(text: str) -> datetime:
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if text[:4].isdigit():
        named = _ZONE_NAME.sub(lambda name: _ZONES[name[1]], text.replace("/", "-"))
        return datetime.fromisoformat(_LONG_FRACTION.sub(r"\1", _SPACED_ZONE.sub(r"\1", named)))
    named = _ZONE_NAME.sub(lambda name: _ZONES[name[1]], _SCRIPT_ZONE.sub(" ", text))
    moment = parsedate_to_datetime(named if ":" in named else f"{named} 00:00")
    time = time_in_text(named)  # knows that 6:40 p.m. is 18:40
    return moment.replace(hour=time[0]) if time else moment
