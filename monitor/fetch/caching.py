"""What HTTP headers say about when to ask again, and how to ask for changes only. Pure: the caller brings `now`.

`headers` is a mapping of which `get` finds names in the spelling used here, as Response.headers does in any spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RETRY_AFTER_CAP = timedelta(days=1)  # Media Cloud's rss-fetcher saw 317 100 s once and caps at a day too
FRESHNESS_CAP = timedelta(days=1)  # some sites cache their feeds for a year
LONGEST_SECONDS = 10 * 365 * 86_400  # more digits than that are nonsense and would overflow timedelta
LONGEST_VALIDATOR = 1_024  # characters; real ETags have at most some hundred


def conditional_headers(etag: str, last_modified: str) -> dict[str, str]:
    """Return the request headers that ask for a body only if it changed; empty without usable validators.

    Validators are foreign text: those that could not be sent back unharmed are left out.
    """
    headers = {}
    if etag and is_sendable(etag):
        headers["If-None-Match"] = etag
    if last_modified and is_sendable(last_modified):
        headers["If-Modified-Since"] = last_modified
    return headers


def retry_after(headers: Mapping[str, str], now: datetime, *, cap: timedelta = RETRY_AFTER_CAP) -> timedelta | None:
    """Return how long the server asks us to stay away (seconds or HTTP date), 0..cap; None if it doesn't say."""
    text = headers.get("Retry-After", "").strip()
    if not text:
        return None
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        wait = timedelta(seconds=min(float(text[:20]), LONGEST_SECONDS))
    elif (date := http_date(text)) is not None:
        wait = date - now
    else:
        return None
    return min(max(wait, timedelta(0)), cap)


def freshness(headers: Mapping[str, str], now: datetime, *, cap: timedelta = FRESHNESS_CAP) -> timedelta | None:
    """Return for how long the server says that its answer stays good, up to `cap`; None if it doesn't say, or for none.

    Source: RFC 9111, 4.2.1, for a private cache.
    """
    directives = [part.strip().lower() for part in headers.get("Cache-Control", "").split(",")]
    if any(part.partition("=")[0] in ("no-cache", "no-store") for part in directives):
        return None
    max_age = next((part.partition("=")[2].strip(' "') for part in directives if part.startswith("max-age=")), "")
    if max_age:
        left = _seconds(max_age) - _seconds(headers.get("Age", ""))
    elif (expires := http_date(headers.get("Expires", ""))) is not None:
        # By the server's own clock, whatever that shows.
        left = expires - (http_date(headers.get("Date", "")) or now)
    else:
        return None
    return min(left, cap) if left > timedelta(0) else None


def http_date(text: str) -> datetime | None:
    """Return an HTTP date as aware UTC, None if it is not one."""
    try:
        date = parsedate_to_datetime(text[:100])
    except (ValueError, TypeError, OverflowError):
        return None
    try:
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def _seconds(text: str) -> timedelta:
    """Return so many seconds, none if it is no whole number."""
    text = text.strip()
    is_number = text.isascii() and text.isdigit()
    return timedelta(seconds=min(int(text[:20]), LONGEST_SECONDS) if is_number else 0)


def is_sendable(validator: str) -> bool:
    """Tell whether a stored validator can go into a request header as it is."""
    return len(validator) <= LONGEST_VALIDATOR and validator.isascii() and validator.isprintable()
