"""Durations, sizes and rates as people write them: 15m, 1h30m, 10 MiB, 2000/h."""

from __future__ import annotations

import re
from datetime import timedelta

MAX_DURATION = timedelta(days=3660)

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_UNIT_NAMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hour", "hours"), "h"),
    **dict.fromkeys(("d", "day", "days"), "d"),
    **dict.fromkeys(("w", "week", "weeks"), "w"),
}
_DURATION_PART = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*([a-z]{1,7})\s*", re.ASCII)
_BYTES = {
    "b": 1,
    **{f"{letter}b": 1000**power for power, letter in enumerate("kmgt", start=1)},
    **{f"{letter}ib": 1024**power for power, letter in enumerate("kmgt", start=1)},
}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)\s*([a-z]{1,3})", re.ASCII)
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s*/\s*([a-z]{1,7})", re.ASCII)

DURATION_FORM = "a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w"
SIZE_FORM = "a size is a number with a unit: 512 KiB, 10 MiB, 1 GiB (or kB, MB, GB)"
RATE_FORM = "a rate is a number for a time: 2000/h, 30/m, 1/s, 5000/d"


def parse_duration(text: str) -> timedelta:
    """Return the time span written in `text`: 30s, 15m, 1h30m, 1.5h, 2 days; at most about ten years.

    Raises:
        ValueError: anything else; the message says what is accepted.
    """
    rest, seconds, largest = text.strip().lower(), 0.0, float("inf")
    while rest:
        part = _DURATION_PART.match(rest)
        unit = _SECONDS[_UNIT_NAMES[part[2]]] if part and part[2] in _UNIT_NAMES else 0
        # From large to small, each unit once: 5m1h is more likely a slip than a wish.
        if not part or not unit or unit >= largest:
            raise ValueError(DURATION_FORM)
        seconds, largest, rest = seconds + float(part[1]) * unit, unit, rest[part.end() :]
    if largest == float("inf"):
        raise ValueError(DURATION_FORM)
    if seconds > MAX_DURATION.total_seconds():
        raise ValueError(f"a time span is at most {MAX_DURATION.days} days")
    return timedelta(seconds=seconds)


def format_duration(span: timedelta) -> str:
    """Return a time span as it would be written: 1h30m, 15m, 0s; what is below a second stays as a fraction."""
    rest, parts = span.total_seconds(), []
    for unit in ("d", "h", "m"):
        count = int(rest // _SECONDS[unit])
        rest -= count * _SECONDS[unit]
        if count:
            parts.append(f"{count}{unit}")
    if rest or not parts:
        parts.append(f"{rest:g}s")
    return "".join(parts)


def parse_size(text: str) -> int:
    """Return the bytes written in `text`: 10 MiB, 512 KiB, 1.5 GB.

    Raises:
        ValueError: anything else; the message says what is accepted.
    """
    found = _SIZE.fullmatch(text.strip().lower())
    if not found or found[2] not in _BYTES:
        raise ValueError(SIZE_FORM)
    return int(float(found[1]) * _BYTES[found[2]])


def parse_rate(text: str) -> float:
    """Return how often an hour: 2000/h, 30/m, 1/s, 5000/d.

    Raises:
        ValueError: anything else; the message says what is accepted.
    """
    found = _RATE.fullmatch(text.strip().lower())
    if not found or found[2] not in _UNIT_NAMES:
        raise ValueError(RATE_FORM)
    return float(found[1]) * 3600 / _SECONDS[_UNIT_NAMES[found[2]]]
