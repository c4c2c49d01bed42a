"""Feeds that fail, for all daemons of a workspace: noted by whoever polls them, told by one daemon at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.failing import FailingFeed, ToldFailing
from monitor.model import FeedKey
from monitor.store.codec import decode, encode
from monitor.store.connect import Command, Connection
from monitor.store.keys import TURN_LIFETIME, Keys
from monitor.store.scripts import milliseconds


class FailingFeeds:
    """The feeds that fail, and what people were told of them. Only who holds a feed's claim writes of it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def note(self, feed: FailingFeed, *, if_known: bool = False) -> bool:
        """Note that a feed fails; when it was noted first stays, and that it was back is forgotten.

        With `if_known` only if it is noted already, or has been back for too short a time to be told. Return whether it
        is noted now.
        """
        before = await self._connection.call("HGET", self._keys.failing, feed.feed)
        if if_known and not before:
            return False
        if before:
            feed = replace(feed, noted=decode(before, FailingFeed).noted)
        await self._connection.call("HSET", self._keys.failing, feed.feed, encode(feed))
        return True

    async def recover(self, feed: FeedKey, *, now: datetime) -> bool:
        """Note that a feed was read; return whether that is news, until people were told of it."""
        before = await self._connection.call("HGET", self._keys.failing, feed)
        if not before:
            return False
        failing = decode(before, FailingFeed)
        if failing.back is None:
            await self._connection.call("HSET", self._keys.failing, feed, encode(replace(failing, back=now)))
        return True

    async def all(self) -> tuple[tuple[FailingFeed, ...], dict[FeedKey, ToldFailing]]:
        """Return the failing feeds, those that are back included, and what people know of them."""
        commands: list[Command] = [("HVALS", self._keys.failing), ("HGETALL", self._keys.failing_told)]
        failing, told = await self._connection.call_all(commands)
        pairs = zip(told[::2], told[1::2], strict=True)
        return (
            tuple(decode(text, FailingFeed) for text in failing),
            {FeedKey(feed): decode(text, ToldFailing) for feed, text in pairs},
        )

    async def settle(self, told: Mapping[FeedKey, ToldFailing], forgotten: Collection[FeedKey]) -> None:
        """Remember what people were told, and forget feeds of which nothing more is to be said."""
        commands: list[Command] = []
        if told:
            fields = [part for feed, what in told.items() for part in (feed, encode(what))]
            commands.append(("HSET", self._keys.failing_told, *fields))
        if forgotten:
            commands += [("HDEL", name, *forgotten) for name in (self._keys.failing, self._keys.failing_told)]
        if commands:
            await self._connection.call_all(commands)

    async def take_turn(self, pause: timedelta = TURN_LIFETIME) -> bool:
        """Return whether it is ours to tell; then nobody else's within `pause`."""
        lifetime = milliseconds(pause)
        return await self._connection.call("SET", self._keys.failing_turn, 1, "NX", "PX", lifetime) is not None

    async def keep_only(self, feeds: Collection[FeedKey]) -> None:
        """Forget feeds that are no longer scheduled."""
        noted = await self._connection.call("HKEYS", self._keys.failing)
        await self.settle({}, [FeedKey(feed) for feed in noted if feed not in feeds])
