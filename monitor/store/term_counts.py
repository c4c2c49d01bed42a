"""How many of the texts read lately hold a term: a table in versions, one for all, and what it has yet to learn."""

from __future__ import annotations

import struct
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime

import structlog

from monitor.errors import StoreError
from monitor.remembered import TermCounts
from monitor.store.codec import pack, unpack
from monitor.store.connect import Connection
from monitor.store.keys import Keys
from monitor.store.scripts import Scripts
from monitor.store.volume import unix_ms

MOST_WAITING = 8000  # texts; whoever counts comes long before
log = structlog.get_logger()

BLOCK = 500  # texts from which a version learns: always so many, so that the same texts give the same versions

MOST_ROUNDS = 50  # more than all that may wait

_HEAD = struct.Struct("<dd")  # documents, ms of the last one
_TIME = struct.Struct("<d")  # before the terms of a text that waits


Learn = Callable[[TermCounts, Sequence[Collection[int]], datetime], TermCounts]
"""Counts, further texts and the time of the last of them → the next version."""


class TermCounting:
    """The counts of one workspace, as this process knows them."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._scripts = Scripts(connection, keys)
        self._counts = TermCounts()
        self._version = -1  # of the newest table that we heard of; -1: the store was never asked
        self._waiting = 0

    def hear(self, version: int, waiting: int) -> None:
        """Take note of the newest version and of how many texts wait, as `Alerts.enqueue` is told."""
        self._version, self._waiting = version, waiting

    async def current(self, learn: Learn) -> TermCounts:
        """Return the newest counts, after they have learnt what waits, block by block.

        Raises:
            StoreError: they cannot be read or written.
        """
        # Others learn at the same time, each from the newest: whoever is late has less to do. Never without end.
        for _ in range(MOST_ROUNDS):
            if self._version == self._counts.version and self._waiting < BLOCK:
                break
            await self._refresh()
            if self._waiting >= BLOCK:
                await self._learn(learn)
        return self._counts

    async def note_read(self, documents: Sequence[Collection[int]], *, now: datetime) -> None:
        """Let texts be counted that are not remembered, each given by its terms; call it for many at once.

        Raises:
            StoreError: they may be counted or not.
        """
        if documents:
            records = [_TIME.pack(unix_ms(now)) + pack("I", sorted(document)) for document in documents]
            waiting = await self._connection.call("RPUSH", self._keys.read_terms, *records)
            if waiting > MOST_WAITING:  # nobody has counted for long
                await self._connection.call("LTRIM", self._keys.read_terms, -MOST_WAITING, -1)
            self._waiting = min(waiting, MOST_WAITING)

    async def _refresh(self) -> None:
        version, waiting = await self._connection.call_all(
            [("HGET", self._keys.remembered, "frequencies"), ("LLEN", self._keys.read_terms)]
        )
        if int(version or 0) != self._counts.version:
            record = await self._connection.read(self._keys.frequencies)
            self._counts = _readable(record, int(version or 0))
        self._version, self._waiting = self._counts.version, waiting

    async def _learn(self, learn: Learn) -> None:
        records = await self._connection.read_list(self._keys.read_terms, BLOCK)
        if len(records) < BLOCK:  # another daemon was faster
            self._waiting = len(records)
            return
        documents = [unpack("I", record[_TIME.size :]) for record in records]
        (last,) = _TIME.unpack_from(records[-1])
        counts = learn(self._counts, documents, datetime.fromtimestamp(last / 1000, UTC))
        record = _write_counts(counts)
        if await self._scripts.publish_counts(record, before=self._counts.version, version=counts.version, taken=BLOCK):
            # As others read them: numbers are rounded in the store.
            self._counts = _read_counts(record)
        self._version = -1


def _readable(record: bytes | None, version: int) -> TermCounts:
    """Return the counts of a record; with none, or one that cannot be read, all is learnt anew from that version on."""
    try:
        counts = _read_counts(record) if record else TermCounts()
    except StoreError as error:
        log.warning("term_counts_unreadable", reason=str(error), hint="nothing to do: words are counted anew")
        counts = TermCounts()
    return counts if counts.version == version else TermCounts(version=version)


def _write_counts(counts: TermCounts) -> bytes:
    terms = sorted(counts.counts)
    updated = unix_ms(counts.updated) if counts.updated else 0
    weights = struct.pack(f"<{len(terms)}f", *map(counts.counts.__getitem__, terms))
    return pack("I", [counts.version]) + _HEAD.pack(counts.documents, updated) + pack("I", terms) + weights


def _read_counts(record: bytes) -> TermCounts:
    start = 4 + _HEAD.size
    count = (len(record) - start) // 8
    try:
        (version,) = unpack("I", record[:4])
        documents, updated = _HEAD.unpack_from(record, 4)
        terms = unpack("I", record[start : start + 4 * count])
        weights = struct.unpack(f"<{count}f", record[start + 4 * count :])
    except struct.error as error:
        raise StoreError(f"the stored term counts cannot be read: {error}") from error
    return TermCounts(
        version=version,
        documents=documents,
        counts=dict(zip(terms, weights, strict=True)),
        updated=datetime.fromtimestamp(updated / 1000, UTC) if updated else None,
    )
