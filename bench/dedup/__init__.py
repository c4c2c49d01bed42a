"""Deduplication: copies, stories and addresses, measured beside other ways."""

from __future__ import annotations

from bench.dedup import copies, stories, updates, urls

PARTS = {"copies": copies.run, "stories": stories.run, "addresses": urls.run, "updates": updates.run}


def run() -> str:
    """Return the tables of all parts."""
    return "\n\n".join(part() for part in PARTS.values())
