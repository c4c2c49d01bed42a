"""`monitor` with the order of two steps reversed: an entry is marked as seen before its alert is safe.

A control: what the kill tests check must fail with it, or they check nothing.
"""

from __future__ import annotations

from monitor.cli.main import main
from monitor.daemon.pipeline import Pipeline, _Poll
from monitor.feeds.known import Offer

_settle = Pipeline._settle


async def settle(self: Pipeline, poll: _Poll, offer: Offer) -> float:
    """Mark, then carry."""
    await self._store.seen.mark(poll.feed.key, [(offer.keys, offer.mark)])
    return await _settle(self, poll, offer)


if __name__ == "__main__":
    Pipeline._settle = settle  # type: ignore[method-assign]
    main()
