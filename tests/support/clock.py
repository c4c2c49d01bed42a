"""A clock that tests move by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands still until `advance` is called; starts at 24 November 2026, noon UTC."""

    def __init__(self, start: datetime = datetime(2026, 11, 24, 12, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 1_000.0

    def now(self) -> datetime:
        """Return the hand-set time of day."""
        return self._now

    def monotonic(self) -> float:
        """Return the hand-set monotonic seconds."""
        return self._monotonic

    def advance(self, span: timedelta) -> None:
        """Move both clocks forward by `span`."""
        self._now += span
        self._monotonic += span.total_seconds()
