"""Polling: when feeds are asked, what a poll costs, how many feeds a second are claimed, what hostile feeds do."""

from __future__ import annotations

from bench.polling import claims, hostile, polls, simulator

PARTS = {"simulation": simulator.run, "polls": polls.run, "claims": claims.run, "hostile": hostile.run}


def run() -> str:
    """Return the tables of all parts."""
    return "\n\n".join(f"### {name}\n\n{part()}" for name, part in PARTS.items())
