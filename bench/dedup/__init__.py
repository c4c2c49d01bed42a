"""Deduplication: copies, stories, addresses and updates, whole replays, and what it costs; beside other ways."""

from __future__ import annotations

from collections.abc import Callable

from bench.dedup import copies, cost, stories, updates, urls, world

PARTS: dict[str, Callable[[], str]] = {
    "dedup-copies": copies.run,
    "dedup-stories": stories.run,
    "dedup-addresses": urls.run,
    "dedup-updates": updates.run,
    "dedup-world": world.run,
    "dedup-cost": cost.run,
}


def run() -> str:
    """Return the tables of all parts."""
    return "\n\n".join(part() for part in PARTS.values())
