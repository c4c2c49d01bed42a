"""`monitor` with the order of two steps reversed: an entry is marked as seen before its alert is safe.

A control: what the kill tests check must fail with it, or they check nothing.
"""

from __future__ import annotations

from datetime import timedelta

from monitor.cli.main import main
from monitor.daemon.pipeline import Pipeline
from monitor.model import Entry, Feed

_settle = Pipeline._settle


async def settle(self: Pipeline, feed: Feed, entry: Entry, keys: tuple[str, ...], feed_title: str) -> timedelta | None:
    """Mark, then carry."""
    await self._store.seen.mark(feed.key, [keys])
    return await _settle(self, feed, entry, keys, feed_title)


if __name__ == "__main__":
    Pipeline._settle = settle  # type: ignore[method-assign]
    main()
