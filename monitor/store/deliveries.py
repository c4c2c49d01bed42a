"""Deliveries: alerts on their way to channels. Taken, then settled: done, retry or bury; nothing in between is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import uuid4

import structlog

from monitor.clock import Clock
from monitor.errors import StoreError
from monitor.model import (
    Alert,
    AlertId,
    Change,
    ChannelName,
    Delivery,
    DeliveryId,
    DeliveryRecord,
    DeliveryStatus,
    Report,
)
from monitor.store.codec import VERSION, decode
from monitor.store.connect import LONGEST_BLOCK_MS, Connection
from monitor.store.keys import Keys
from monitor.store.scripts import GROUP, Place, Scripts, milliseconds

MOST_MOVED = 100  # deliveries put back on a channel by one call of the script
PAGE = 200
RECORD_FIELDS = (
    *("delivery", "channel", "status", "attempts", "sources", "queued", "changed", "reason", "next_try"),
    *("report", "changes", "added"),
)
GONE_READER = timedelta(hours=1)  # a reader asks every two seconds

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A delivery in our hands: to be sent, then settled with `done`, `retry` or `bury`."""

    token: str
    delivery: Delivery
    alert: Alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How full a channel is."""

    waiting: int
    pending: int  # in some reader's hands
    delayed: int
    dead: int
    oldest: timedelta | None  # age of what waits longest on the channel or, delayed, is due next; None: nothing open

    @property
    def open(self) -> int:
        """Deliveries that are still to be settled."""
        return self.waiting + self.pending + self.delayed


class Deliveries:
    """The channels' queues of one workspace."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock, *, take_over_after: timedelta) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._take_over_after = take_over_after
        self._scripts = Scripts(connection, keys)

    async def take(self, channel: ChannelName, consumer: str, *, count: int, block: timedelta) -> tuple[Taken, ...]:
        """Return at most `count` deliveries, oldest first: those a dead reader left behind, then waiting ones.

        Args:
            channel: whose.
            consumer: who reads; a name that no other process uses.
            count: free slots, at least 1.
            block: how long to wait if there is nothing; at most 2 s are waited.
        """
        stream = self._keys.channel(channel)
        try:
            entries = await self._read(stream, consumer, count, block)
        except StoreError as error:
            if "NOGROUP" not in str(error):
                raise
            await self._make_group(stream)
            entries = await self._read(stream, consumer, count, block)
        return await self._load(channel, entries)

    async def done(self, taken: Taken) -> bool:
        """Settle a delivery that reached its receiver; False if it was settled before. Sure even after a take-over."""
        return await self._scripts.done(_place(taken))

    async def retry(self, taken: Taken, *, wait: timedelta, reason: str) -> bool:
        """Plan another attempt after `wait`; False if another reader took the delivery over, or it was dropped."""
        return await self._scripts.retry(_place(taken), wait=wait, reason=reason)

    async def bury(self, taken: Taken, *, reason: str) -> bool:
        """Give a delivery up: it becomes a dead letter; False as for `retry`."""
        return await self._scripts.bury(_place(taken), reason=reason)

    async def move_due(self, channel: ChannelName) -> int:
        """Put the deliveries whose wait is over back on their channel; return how many."""
        moved = 0
        while (step := await self._scripts.due(channel, most=MOST_MOVED)) == MOST_MOVED:
            moved += step
        return moved + step

    async def release(self, channel: ChannelName, consumer: str | None = None) -> int:
        """Let others take over at once what a reader holds, or what all hold; return how much that is.

        For a reader that ends, and for a daemon that starts and knows itself alone: what is in flight is left over.
        """
        stream = self._keys.channel(channel)
        await self._make_group(stream)
        reader = (consumer,) if consumer is not None else ()
        idle = milliseconds(self._take_over_after) + 1
        released, start = 0, "-"
        while rows := await self._connection.call("XPENDING", stream, GROUP, start, "+", PAGE, *reader):
            entries = [row[0] for row in rows]
            await self._connection.call("XCLAIM", stream, GROUP, "released", 0, *entries, "IDLE", idle, "JUSTID")
            released += len(entries)
            start = f"({entries[-1]}"
        await self._scripts.forget_consumers(channel, silence=GONE_READER)
        return released

    async def channels(self) -> tuple[ChannelName, ...]:
        """Return the names of all channels that ever had a delivery."""
        return tuple(sorted(map(ChannelName, await self._connection.call("SMEMBERS", self._keys.channels))))

    async def depth(self, channel: ChannelName) -> Depth:
        """Return how full a channel is."""
        stream, delayed = self._keys.channel(channel), self._keys.delayed(channel)
        length, first, waits, due_next, dead = await self._connection.call_all(
            [
                ("XLEN", stream),
                ("XRANGE", stream, "-", "+", "COUNT", 1),
                ("ZCARD", delayed),
                ("ZRANGE", delayed, 0, 0),
                ("XLEN", self._keys.dead(channel)),
            ]
        )
        oldest = await self._load_records([DeliveryId(entry[1][1]) for entry in first] + due_next)
        queued = [record.delivery.queued for record in oldest]
        pending = await self._pending(stream) if length else 0
        return Depth(
            waiting=length - pending,
            pending=pending,
            delayed=waits,
            dead=dead,
            oldest=max(timedelta(0), self._clock.now() - min(queued)) if queued else None,
        )

    async def get(self, delivery: DeliveryId) -> DeliveryRecord | None:
        """Return how a delivery stands, None if there is none or it was settled long ago."""
        return next(iter(await self._load_records([delivery])), None)

    async def list(
        self, limit: int, *, status: DeliveryStatus | None = None, channel: ChannelName | None = None
    ) -> tuple[DeliveryRecord, ...]:
        """Return the newest deliveries, newest first."""
        found: list[DeliveryRecord] = []
        start = 0
        while len(found) < limit:
            ids = await self._connection.call("ZREVRANGE", self._keys.deliveries, start, start + PAGE - 1)
            if not ids:
                break
            found += [
                record
                for record in await self._load_records(ids)
                if status in (None, record.status) and channel in (None, record.delivery.channel)
            ]
            start += PAGE
        return tuple(found[:limit])

    async def of_alert(self, alert: AlertId) -> tuple[DeliveryRecord, ...]:
        """Return all deliveries of an alert, the first queued first."""
        ids = await self._connection.call("SMEMBERS", self._keys.told(alert))
        records = await self._load_records(ids)
        return tuple(sorted(records, key=lambda record: (record.delivery.queued, record.delivery.channel)))

    async def dead(self, channel: ChannelName | None = None) -> tuple[DeliveryRecord, ...]:
        """Return the dead letters of a channel or of all, the oldest of each channel first."""
        found: list[DeliveryRecord] = []
        for name in [channel] if channel is not None else await self.channels():
            entries = await self._connection.call("XRANGE", self._keys.dead(name), "-", "+")
            found += await self._load_records([fields[1] for _, fields in entries])
        return tuple(found)

    async def requeue(self, deliveries: Sequence[DeliveryId] | None = None) -> tuple[DeliveryId, ...]:
        """Send dead letters again, all of them if none are named; return those that were dead."""
        records = await self.dead() if deliveries is None else await self._load_records(deliveries)
        sent: list[DeliveryId] = []
        for record in records:
            delivery = record.delivery
            if await self._scripts.requeue(delivery.channel, delivery.id, token=uuid4().hex):
                sent.append(delivery.id)
        return tuple(sent)

    async def drop(self, deliveries: Sequence[DeliveryId]) -> tuple[DeliveryId, ...]:
        """Take deliveries out of their channels unsent; return those that were not delivered before.

        One that is being sent at this moment still arrives.
        """
        known = [record.delivery for record in await self._load_records(deliveries)]
        return tuple([one.id for one in known if await self._scripts.drop(one.channel, one.id)])

    async def _read(self, stream: str, consumer: str, count: int, block: timedelta) -> tuple[_Entry, ...]:
        entries = await self._left_behind(stream, consumer, count)
        if len(entries) >= count:
            return entries
        wait = min(milliseconds(block), LONGEST_BLOCK_MS)
        blocking = ("BLOCK", wait) if wait and not entries else ()  # BLOCK 0 would wait for ever
        answer = await self._connection.call(
            "XREADGROUP", "GROUP", GROUP, consumer, "COUNT", count - len(entries), *blocking, "STREAMS", stream, ">"
        )
        fresh = answer[0][1] if answer else []
        return entries + tuple(_entry(entry) for entry in fresh)

    async def _left_behind(self, stream: str, consumer: str, count: int) -> tuple[_Entry, ...]:
        """Take over what others held too long; a call looks at ten times `count` entries, so it may need several."""
        idle = milliseconds(self._take_over_after)
        entries: tuple[_Entry, ...] = ()
        start = "0-0"
        while len(entries) < count:
            start, left, *_ = await self._connection.call(
                "XAUTOCLAIM", stream, GROUP, consumer, idle, start, "COUNT", count - len(entries)
            )
            # Redis 6.2 answers None for an entry that is gone from the stream.
            entries += tuple(_entry(entry) for entry in left if entry and entry[1])
            if start == "0-0":
                break
        return entries

    async def _load(self, channel: ChannelName, entries: Sequence[_Entry]) -> tuple[Taken, ...]:
        """Return the deliveries of stream entries; entries whose delivery was settled otherwise are thrown away."""
        rows = await self._connection.call_all(
            [("HMGET", self._keys.delivery(entry.delivery), *RECORD_FIELDS, "alert") for entry in entries]
        )
        taken: list[Taken] = []
        for entry, row in zip(entries, rows, strict=True):
            *fields, alert = row
            status = fields[RECORD_FIELDS.index("status")]
            if status in (None, "delivered", "dropped"):
                if status is None:
                    log.warning("delivery_without_record", channel=channel, delivery=entry.delivery)
                stream = self._keys.channel(channel)
                await self._connection.call_all([("XACK", stream, GROUP, entry.id), ("XDEL", stream, entry.id)])
                continue
            try:
                record = _record(entry.delivery, fields)
                taken.append(Taken(token=entry.id, delivery=record.delivery, alert=decode(alert, Alert)))
            except StoreError as error:
                log.error("delivery_unreadable", channel=channel, delivery=entry.delivery, reason=str(error))
                place = Place(channel=channel, delivery=entry.delivery, entry=entry.id)
                await self._scripts.bury(place, reason=str(error))
        return tuple(taken)

    async def _load_records(self, ids: Sequence[DeliveryId]) -> tuple[DeliveryRecord, ...]:
        rows = await self._connection.call_all([("HMGET", self._keys.delivery(id_), *RECORD_FIELDS) for id_ in ids])
        records: list[DeliveryRecord] = []
        for id_, row in zip(ids, rows, strict=True):
            if row[0] is None:
                continue
            try:
                records.append(_record(id_, row))
            except StoreError as error:
                log.error("delivery_unreadable", delivery=id_, reason=str(error))
        return tuple(records)

    async def _pending(self, stream: str) -> int:
        try:
            return int((await self._connection.call("XPENDING", stream, GROUP))[0])
        except StoreError as error:
            if "NOGROUP" in str(error):  # nobody has read the channel yet
                return 0
            raise

    async def _make_group(self, stream: str) -> None:
        try:
            await self._connection.call("XGROUP", "CREATE", stream, GROUP, "0", "MKSTREAM")
        except StoreError as error:
            if "BUSYGROUP" not in str(error):  # there is one
                raise


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An entry of a channel's stream."""

    id: str
    delivery: DeliveryId


def _entry(answer: Sequence[Any]) -> _Entry:
    name, fields = answer
    return _Entry(id=name, delivery=DeliveryId(fields[1]))


def _place(taken: Taken) -> Place:
    return Place(channel=taken.delivery.channel, delivery=taken.delivery.id, entry=taken.token)


def _record(id_: DeliveryId, row: Sequence[str | None]) -> DeliveryRecord:
    fields = dict(zip(RECORD_FIELDS, row, strict=True))
    delivery = decode(fields["delivery"] or "", Delivery)
    delivery = replace(
        delivery,
        # What the script knows better: it names the channels of an update, and rewrites a delivery while that waits.
        id=id_,
        channel=ChannelName(fields["channel"] or delivery.channel),
        report=decode(fields["report"], Report) if fields["report"] else delivery.report,
        changes=decode(f"{VERSION}[{fields['changes'] or ''}]", tuple[Change, ...]),
        added=int(fields["added"] or 1),
        attempt=int(fields["attempts"] or 0),
        sources=int(fields["sources"] or 1),
        queued=_moment(fields["queued"]),
    )
    next_try = fields["next_try"]
    return DeliveryRecord(
        delivery=delivery,
        status=cast("DeliveryStatus", fields["status"]),
        attempts=delivery.attempt,
        changed=_moment(fields["changed"]),
        reason=fields["reason"] or "",
        next_try=_moment(next_try) if next_try else None,
    )


def _moment(unix_ms: str | None) -> datetime:
    return datetime.fromtimestamp(int(float(unix_ms or 0)) / 1000, UTC)
