"""The day a page was published, guessed from all it shows: the last resort, where neither feed nor page says it."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser

from monitor.sandbox.deadline import DeadlinePassed, cpu_deadline

MAX_SEARCHED = 200_000  # characters without scripts and styles; a real page has 70,000, dates stand near the top
_NO_TEXT = ["script", "style", "svg", "iframe", "noscript", "template"]
MAX_SECONDS = 1.0  # of CPU; hostile pages took 0.25 s at most
FORMAT = "%Y-%m-%d"


def search_day(tree: LexborHTMLParser, url: str, now: datetime | None) -> datetime | None:
    """Return the day, as its midnight in UTC; None if nothing looks like it.

    Args:
        tree: of the page; its scripts and styles are taken out.
        url: final address.
        now: nothing later is a date of publication.
    """
    # Imported on first use: trafilatura brings it along, and only the children need it.
    from htmldate import find_date

    tree.strip_tags(_NO_TEXT)
    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    # Its extensive search finds a few more days, but loads the month names of 200 locales first: 3 s of every child.
    try:
        with cpu_deadline(MAX_SECONDS):
            found: str | None = find_date(
                (tree.html or "")[:MAX_SEARCHED],
                url=url or None,
                extensive_search=False,
                original_date=True,
                outputformat=FORMAT,
                max_date=now,
            )
    except DeadlinePassed:
        return None
    return datetime.strptime(found, FORMAT).replace(tzinfo=UTC) if found else None
