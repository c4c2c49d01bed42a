"""How hard we press one host: starts are spaced and few requests run at once. Other hosts are never held up by it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit

from monitor.clock import Clock
from monitor.config.units import format_duration
from monitor.errors import FetchTransient
from monitor.urls import host_key

# A host and the least time between starts there -> how long to wait before this one; it counts as started then.
Reserve = Callable[[str, timedelta], Awaitable[timedelta]]

# A request that would have to wait for longer holds up its poll for nothing: it is made another time.
LONGEST_WAIT = timedelta(seconds=60)
SWEEP_FROM = 1_024  # hosts remembered before idle ones are looked for; one costs about 1 KB


@dataclass(slots=True)
class _Line:
    """The queue before one host; times are monotonic seconds."""

    slots: asyncio.Semaphore
    users: int = 0  # inside or waiting
    last_start: float = float("-inf")
    idle_from: float = float("-inf")  # when the last start stops mattering


class Politeness:
    """Gives out turns at hosts, first come first served.

    Args:
        clock: for spacing.
        slots: requests in flight at one host, >= 1.
        is_own: tells (host, port) of the operator's own network, which needs no protection from us.
        reserve: gives out the starts at a host to all daemons that share a store; without it each counts for itself.
        sleep: how to wait some seconds; tests bring their own.
    """

    def __init__(
        self,
        clock: Clock,
        slots: int,
        *,
        is_own: Callable[[str, int], bool],
        reserve: Reserve | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._clock = clock
        self._slots = slots
        self._is_own = is_own
        self._reserve = reserve
        self._sleep = sleep
        self._lines: dict[str, _Line] = {}
        self._sweep_at = SWEEP_FROM

    @asynccontextmanager
    async def turn(self, url: str, delay: timedelta | None) -> AsyncIterator[None]:
        """Wait for a turn at the URL's host and hold it: at least `delay` after the last start there.

        None: whoever asks has reserved this start already, and needs only a free slot.

        Raises:
            FetchTransient: the host wants to be left alone for longer than we wait.
        """
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if self._is_own(parts.hostname or "", port):
            yield
            return
        host = host_key(url)
        line = self._line(host)
        line.users += 1
        try:
            async with line.slots:
                if delay is not None:
                    await self._space(host, line, delay)
                yield
        finally:
            line.users -= 1

    @property
    def hosts(self) -> int:
        """Return how many hosts are remembered."""
        return len(self._lines)

    async def _space(self, host: str, line: _Line, delay: timedelta) -> None:
        if self._reserve is None:
            wait = self._own_reserve(line, delay.total_seconds())
        elif delay > timedelta(0):
            # Only who holds a slot reserves: a crowd in one daemon must not take all starts of the next minutes.
            wait = (await self._reserve(host, delay)).total_seconds()
        else:
            wait = 0.0
        if wait > LONGEST_WAIT.total_seconds():
            raise FetchTransient(host, f"wants to be left alone for {format_duration(timedelta(seconds=round(wait)))}")
        if wait > 0:
            await self._sleep(wait)

    def _own_reserve(self, line: _Line, delay: float) -> float:
        now = self._clock.monotonic()
        # Reserved before the wait, so that the next one counts from here; a cancelled wait leaves a gap, no crowd.
        line.last_start = max(now, line.last_start + delay)
        line.idle_from = max(line.idle_from, line.last_start + delay)
        return line.last_start - now

    def _line(self, host: str) -> _Line:
        if host not in self._lines:
            if len(self._lines) >= self._sweep_at:
                self._sweep()
            self._lines[host] = _Line(asyncio.Semaphore(self._slots))
        return self._lines[host]

    def _sweep(self) -> None:
        """Forget hosts that nobody uses and whose spacing is over; next time at twice what is left."""
        now = self._clock.monotonic()
        self._lines = {host: line for host, line in self._lines.items() if line.users or line.idle_from > now}
        self._sweep_at = max(SWEEP_FROM, 2 * len(self._lines))
