"""The room that remembered texts take: estimated, and kept within a bound by remembering them for less time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.clock import Clock
from monitor.store.connect import Connection
from monitor.store.keys import ADDRESS_LIFETIME, COPY_LIFETIME, SLOT, STORY_REST, Keys
from monitor.store.scripts import Scripts, milliseconds
from monitor.store.volume import unix_ms

log = structlog.get_logger()

SHORTEST = timedelta(hours=6)
ROOM = 0.45  # of the bound: with less in use, twice the time fits
STEP = 200  # keys that are looked at, or unlinked, in one call: less than a millisecond of the server
ABANDONED = timedelta(minutes=1)  # without a step, then another daemon goes on

_DEAD = "dead:"  # and the generation, in front of the digits that name its buckets


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryStanding:
    """What is remembered, and for how long."""

    texts: int
    bytes: int  # estimated, of the whole: prints, index, addresses, stories
    window: timedelta  # a text is remembered for so long after its last article

    @property
    def is_shortened(self) -> bool:
        """Whether the bound leaves less time than usual."""
        return self.window < COPY_LIFETIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What was remembered in each slot of time, and how it is kept."""

    texts: Mapping[int, int]
    bytes: Mapping[int, int]
    window: timedelta = COPY_LIFETIME

    def within(self, window: timedelta, now: datetime) -> MemoryStanding:
        """Return what of it a window holds."""
        first = unix_ms(now - window) // milliseconds(SLOT)
        return MemoryStanding(
            texts=sum(count for slot, count in self.texts.items() if slot >= first),
            bytes=sum(size for slot, size in self.bytes.items() if slot >= first),
            window=window,
        )


def fitting_window(sizes: Sizes, bound: int, now: datetime) -> timedelta:
    """Return for how long texts can be remembered: half as long as now, and again, until they fit; or twice as long."""
    window, longer = sizes.window, min(2 * sizes.window, COPY_LIFETIME)
    # What was forgotten is still counted: a longer window is one that its own news would fit into.
    if sizes.within(window, now).bytes <= ROOM * bound and sizes.within(longer, now).bytes <= bound:
        return longer
    while sizes.within(window, now).bytes > bound and window > SHORTEST:
        window = max(window / 2, SHORTEST)
    return window


class Memory:
    """The memory of one workspace."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._scripts = Scripts(connection, keys)

    async def standing(self) -> MemoryStanding:
        """Return what is remembered, and for how long.

        Raises:
            StoreError: it cannot be read.
        """
        sizes, _ = await self._read()
        return sizes.within(sizes.window, self._clock.now())

    async def keep_within(self, bound: int) -> MemoryStanding:
        """Remember texts for less time if they take more than `bound` bytes, for more if there is room.

        Call it now and then. What is too old then is forgotten in small steps, by one daemon, which says it in its log.

        Raises:
            StoreError: it is done in part; the next call goes on.
        """
        now = self._clock.now()
        sizes, state = await self._read()
        window = fitting_window(sizes, bound, now)
        if window != sizes.window:
            before = sizes.within(sizes.window, now)
            is_shorter = window < sizes.window
            if await self._scripts.set_window(state.get("window", b""), window, is_shorter=is_shorter):
                tell = log.warning if is_shorter else log.info
                tell(
                    "memory_bound_reached" if is_shorter else "memory_has_room",
                    texts=before.texts,
                    bytes=before.bytes,
                    bound=bound,
                    remembered_for=f"{window / timedelta(hours=1):g}h",
                    hint="texts are remembered for less time; give stories.memory more room" if is_shorter else "",
                )
            sizes, state = await self._read()
        last_step = state.get("shortening")
        if last_step is not None and unix_ms(now) - int(last_step) >= milliseconds(ABANDONED):
            await self._forget(sizes.window, now)
        for name, digits in state.items():
            if name.startswith(_DEAD):
                await self._empty(name, int(digits))
        await self._drop_old_slots(sizes, now)
        return sizes.within(sizes.window, now)

    async def _read(self) -> tuple[Sizes, dict[str, bytes]]:
        state = await self._connection.read_hash(self._keys.remembered)
        counted: dict[str, dict[int, int]] = {"texts": {}, "bytes": {}}
        for name, number in (await self._connection.read_hash(self._keys.remembered_sizes)).items():
            slot, _, kind = name.partition(":")
            counted[kind][int(slot)] = int(number)
        window = timedelta(milliseconds=int(state["window"])) if "window" in state else COPY_LIFETIME
        return Sizes(texts=counted["texts"], bytes=counted["bytes"], window=window), state

    async def _forget(self, window: timedelta, now: datetime) -> None:
        """Go through all keys and forget texts, stories and addresses that are older than the window allows."""
        prefixes = (self._keys.copies, self._keys.stories, self._keys.addresses)
        lifetimes = (window, min(STORY_REST, window), ADDRESS_LIFETIME * (window / COPY_LIFETIME))
        cursor = "0"
        while True:
            cursor, found = await self._connection.call("SCAN", cursor, "MATCH", self._keys.some, "COUNT", STEP)
            keys = [key for key in found if key.startswith(prefixes)]
            is_last = cursor == "0"
            forgotten = await self._scripts.shorten(
                keys, now=unix_ms(now), lifetimes=lifetimes, window=window, is_last=is_last
            )
            if is_last or forgotten < 0:
                break

    async def _empty(self, name: str, digits: int) -> None:
        """Unlink the buckets of a generation of the index whose texts are all forgotten."""
        prefix = f"{self._keys.probes}{name.removeprefix(_DEAD)}:"
        for start in range(0, 16**digits, STEP):
            numbers = range(start, min(start + STEP, 16**digits))
            await self._connection.call("UNLINK", *(f"{prefix}{number:0{digits}x}" for number in numbers))
        await self._connection.call("HDEL", self._keys.remembered, name)

    async def _drop_old_slots(self, sizes: Sizes, now: datetime) -> None:
        oldest = unix_ms(now - COPY_LIFETIME) // milliseconds(SLOT)
        old = [f"{slot}:{kind}" for kind in ("texts", "bytes") for slot in sizes.bytes if slot < oldest]
        if old:
            await self._connection.call("HDEL", self._keys.remembered_sizes, *old)
