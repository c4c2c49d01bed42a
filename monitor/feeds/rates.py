"""How many entries a feed publishes a day. Pure.

The first document says it by its entries' dates; from then on the new entries are counted as they come, which needs no
dates and works on documents of which only the new part is read.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from monitor.model import Entry

WINDOW = timedelta(days=14)  # older entries say nothing about today's rate
MEMORY = 20  # entries after which an older one has faded to a third, unless the window is shorter

_DAY = timedelta(days=1)
_SMOOTHING_DAYS = 0.1  # keeps one entry of a minute ago from meaning 1 440 a day
_SILENT = 0.5  # of a feed without dates that brought nothing for a day


def entries_per_day(entries: Iterable[Entry], now: datetime) -> float | None:
    """Return how many entries a day a document shows over at most the last 14 days; None if no entry has a date.

    A document holds only the newest entries, so they are counted over the time back to its oldest one.
    """
    dates = (entry.published or entry.updated for entry in entries)
    ages = [max(now - date, timedelta(0)) for date in dates if date is not None]
    if not ages:
        return None
    recent = sum(age <= WINDOW for age in ages)
    span = min(max(ages), WINDOW)
    return recent / (span / _DAY + _SMOOTHING_DAYS)


def recounted(rate: float, new: int, elapsed: timedelta) -> float:
    """Return a feed's rate, in entries a day, after `elapsed` more time in which `new` entries came.

    As if its last 20 entries, or those of 14 days, were remembered and counted again. With no new entries it makes no
    difference into how many polls the time was cut.
    """
    if rate < 0:
        raise ValueError(f"a rate cannot be {rate}")
    window = WINDOW / _DAY
    reach = min(window, MEMORY / rate) if rate else window
    return (rate * reach + new) / (reach + max(elapsed / _DAY, 0.0))


def first_counted(new: int, elapsed: timedelta, watched: timedelta) -> float | None:
    """Return the rate of a feed whose dates told nothing; None if it is too early to say.

    Args:
        new: entries that came since the poll before.
        elapsed: since then.
        watched: since the first poll.
    """
    if new:
        return new / (elapsed / _DAY + _SMOOTHING_DAYS)
    return _SILENT if watched >= _DAY else None
