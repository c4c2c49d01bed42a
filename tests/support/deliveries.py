"""The queue of deliveries in memory, for tests of the deliverer alone: due times by a manual clock, calls recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.model import Alert, ChannelName, Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryTaken:
    """A delivery in hand."""

    delivery: Delivery
    alert: Alert


class MemoryDeliveries:
    """One channel's queue; set `away` to make every call fail as if the store could not be reached."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.waiting: list[MemoryTaken] = []
        self.delayed: list[tuple[datetime, MemoryTaken]] = []
        self.finished: list[str] = []
        self.retried: list[tuple[str, timedelta, str]] = []
        self.dead: list[tuple[str, str]] = []
        self.pending: dict[str, MemoryTaken] = {}
        self.away = False
        self.calls = 0
        self._changed = asyncio.Condition()

    def put(self, *taken: MemoryTaken) -> None:
        """Queue deliveries."""
        self.waiting += taken

    async def take(self, channel: ChannelName, consumer: str, *, count: int, block: timedelta) -> Sequence[MemoryTaken]:
        """Return waiting ones at once; with none, let the loop turn a few times instead of blocking."""
        await self._note()
        batch, self.waiting = self.waiting[:count], self.waiting[count:]
        self.pending |= {taken.delivery.id: taken for taken in batch}
        if not batch:
            await asyncio.sleep(min(block.total_seconds(), 0.001))
        return batch

    async def done(self, taken: MemoryTaken) -> None:
        """Record success."""
        await self._note()
        del self.pending[taken.delivery.id]
        self.finished.append(taken.delivery.id)

    async def retry(self, taken: MemoryTaken, *, wait: timedelta, reason: str) -> None:
        """Record the failure and delay the delivery."""
        await self._note()
        del self.pending[taken.delivery.id]
        self.retried.append((taken.delivery.id, wait, reason))
        older = replace(taken.delivery, attempt=taken.delivery.attempt + 1)
        self.delayed.append((self._clock.now() + wait, replace(taken, delivery=older)))

    async def bury(self, taken: MemoryTaken, *, reason: str) -> None:
        """Record the end."""
        await self._note()
        del self.pending[taken.delivery.id]
        self.dead.append((taken.delivery.id, reason))

    async def move_due(self, channel: ChannelName) -> None:
        """Make delayed ones waiting when their time has come."""
        await self._note()
        now = self._clock.now()
        self.put(*(taken for due, taken in self.delayed if due <= now))
        self.delayed = [(due, taken) for due, taken in self.delayed if due > now]

    async def wait_until(self, condition: Callable[[], bool], *, within: float = 5.0) -> None:
        """Wait until `condition()` holds when some call comes in."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def _note(self) -> None:
        self.calls += 1
        async with self._changed:
            self._changed.notify_all()
        if self.away:
            raise StoreUnavailable("the store cannot be reached")
