"""Deduplication: copies, stories and addresses, measured beside other ways."""

from __future__ import annotations

from bench.dedup import copies, urls

PARTS = {"copies": copies.run, "addresses": urls.run}


def run() -> str:
    """Return the tables of all parts."""
    return "\n\n".join(part() for part in PARTS.values())
