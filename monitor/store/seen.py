"""Which entries were processed, and what they said. A mark lives as long as its feed lists the entry, and a month more.

Marks of a feed stand together in a hash, which the server keeps packed: a third of the memory and of the time of a key
for each. Every half month a feed gets a new one, and the old one expires as a whole, so nothing needs to be trimmed.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import islice

from monitor.clock import Clock
from monitor.model import FeedKey, Mark
from monitor.store.connect import Command, Connection
from monitor.store.keys import ATTEMPT_LIFETIME, SEEN_GENERATION, Keys
from monitor.store.scripts import Scripts, milliseconds

MOST_KEYS_AT_ONCE = 2_000  # a script takes 8 000 arguments at most

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What is known of entries that a feed lists: for each of them a mark, or None, for each of its keys."""

    marks: list[tuple[Mark | None, ...]]
    is_blank: bool  # no entry of this feed is remembered


class Seen:
    """Marks of entries, by feed and by each of an entry's identity keys."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._scripts = Scripts(connection, keys)

    async def look(self, feed: FeedKey, keys: Sequence[tuple[str, ...]]) -> Remembered:
        """Return what is remembered of entries, given by their keys; their marks live a month more from now on."""
        generation, kept = self._generation()
        digests = [_digest(key) for entry in keys for key in entry]
        marks: list[Mark | None] = []
        is_blank = True
        for start in range(0, max(len(digests), 1), MOST_KEYS_AT_ONCE):
            part = digests[start : start + MOST_KEYS_AT_ONCE]
            has_marks, texts = await self._scripts.look_seen(feed, generation, kept=kept, digests=part)
            is_blank = is_blank and not has_marks
            marks += [_decode(text) if text else None for text in texts]
        rest = iter(marks)
        return Remembered(marks=[tuple(islice(rest, len(entry))) for entry in keys], is_blank=is_blank)

    async def mark(self, feed: FeedKey, marks: Iterable[tuple[tuple[str, ...], Mark]]) -> None:
        """Remember entries, each given by its keys, as processed."""
        generation, kept = self._generation()
        words = [word for keys, mark in marks for key in keys for word in (_digest(key), _encode(mark))]
        for start in range(0, len(words), 2 * MOST_KEYS_AT_ONCE):
            part = words[start : start + 2 * MOST_KEYS_AT_ONCE]
            await self._scripts.mark_seen(feed, generation, kept=kept, marks=part)

    async def attempt(self, feed: FeedKey, key: str) -> int:
        """Count a try at an entry and return how many there were within a day, this one included."""
        name = self._keys.attempts(feed, key)
        commands: list[Command] = [("INCR", name), ("PEXPIRE", name, milliseconds(ATTEMPT_LIFETIME))]
        return int((await self._connection.call_all(commands))[0])

    def _generation(self) -> tuple[int, timedelta]:
        """Return the generation that is written now, and how long it will be read."""
        age = self._clock.now() - _EPOCH
        generation = age // SEEN_GENERATION
        return generation, (generation + 3) * SEEN_GENERATION - age


def _digest(key: str) -> str:
    # 64 bits: who can put entries into a feed must not find one that hides another, and nobody looks for 2^64.
    return urlsafe_b64encode(blake2b(key.encode("utf-8", "replace"), digest_size=8).digest())[:11].decode()


def _encode(mark: Mark) -> str:
    minutes = (mark.carried - _EPOCH) // _MINUTE
    return f"{minutes:07x}{mark.updates:x}{mark.rekeyed:x}{mark.content}"


def _decode(text: str) -> Mark:
    return Mark(
        content=text[9:],
        carried=_EPOCH + int(text[:7], 16) * _MINUTE,
        updates=int(text[7], 16),
        rekeyed=int(text[8], 16),
    )
