"""Which entries were processed. A mark lives as long as its feed lists the entry, and a month more."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from monitor.clock import Clock
from monitor.model import FeedKey
from monitor.store.connect import Command, Connection
from monitor.store.keys import ATTEMPT_LIFETIME, SEEN_LIFETIME, Keys
from monitor.store.scripts import milliseconds

MOST_KEYS_AT_ONCE = 2_000


class Seen:
    """Marks of entries, by feed and by each of an entry's identity keys."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock

    async def unseen(self, feed: FeedKey, keys: Sequence[tuple[str, ...]]) -> list[bool]:
        """Return for each entry, given by its keys, whether it is new: none of its keys is marked.

        Marks that are a day old are renewed, and a seen entry's keys that had no mark get one: so an entry stays known
        whose guid changed but not its link, then its link but not its guid.
        """
        names = [self._keys.seen(feed, key) for entry in keys for key in entry]
        days = await self._days(names)
        today = self._today()
        rest = iter(names)
        answer: list[bool] = []
        stale: list[str] = []
        for entry in keys:
            marks = list(islice(rest, len(entry)))
            is_new = all(days[mark] is None for mark in marks)
            answer.append(is_new)
            if not is_new:
                stale += [mark for mark in marks if days[mark] != today]
        await self._write(stale, today)
        return answer

    async def mark(self, feed: FeedKey, keys: Sequence[tuple[str, ...]]) -> None:
        """Mark entries, each given by its keys, as processed."""
        await self._write([self._keys.seen(feed, key) for entry in keys for key in entry], self._today())

    async def attempt(self, feed: FeedKey, key: str) -> int:
        """Count a try at an entry and return how many there were within a day, this one included."""
        name = self._keys.attempts(feed, key)
        commands: list[Command] = [("INCR", name), ("PEXPIRE", name, milliseconds(ATTEMPT_LIFETIME))]
        return int((await self._connection.call_all(commands))[0])

    async def _days(self, names: Sequence[str]) -> dict[str, str | None]:
        days: dict[str, str | None] = {}
        for start in range(0, len(names), MOST_KEYS_AT_ONCE):
            part = names[start : start + MOST_KEYS_AT_ONCE]
            days.update(zip(part, await self._connection.call("MGET", *part), strict=True))
        return days

    async def _write(self, names: Sequence[str], today: str) -> None:
        lifetime = milliseconds(SEEN_LIFETIME)
        for start in range(0, len(names), MOST_KEYS_AT_ONCE):
            part = names[start : start + MOST_KEYS_AT_ONCE]
            await self._connection.call_all([("SET", name, today, "PX", lifetime) for name in part])

    def _today(self) -> str:
        return str(self._clock.now().toordinal())
