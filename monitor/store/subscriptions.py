"""The subscriptions at WebSub hubs: what was asked for, when to ask again, and which feeds' pushes come.

A subscription lies in its feed's shard, which its token begins with, so that a callback finds it by the token alone.
Times here are the daemons' own: renewals are hours apart, and clocks need not agree to the second.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import FeedKey, Subscription
from monitor.store.codec import decode, encode
from monitor.store.connect import Command, Connection
from monitor.store.keys import SHARDS, Keys, shard_of
from monitor.store.scripts import Scripts

_TOKEN = re.compile(r"[0-9a-f][A-Za-z0-9_-]{32}", re.ASCII)
_TOKEN_BYTES = 24  # 192 random bits
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A subscription, and whether valid pushes came by it of late without polls finding what they missed."""

    subscription: Subscription
    is_trusted: bool


class Subscriptions:
    """What is known of pushes. Each feed has at most one present subscription; others are those to be ended."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._scripts = Scripts(connection, keys)

    async def start(self, feed: FeedKey, *, hub: str, topic: str, now: datetime) -> Subscription:
        """Return the feed's subscription to this topic at this hub: the present one, else a new one that is due."""
        shard = shard_of(feed)
        token = await self._connection.call("HGET", self._keys.subscribed(shard), feed)
        present = await self.find(token) if token else None
        if present is not None and (present.hub, present.topic, present.leaving) == (hub, topic, False):
            return present
        made = Subscription(
            token=f"{shard:x}{secrets.token_urlsafe(_TOKEN_BYTES)}",
            feed=feed,
            hub=hub,
            topic=topic,
            secret=secrets.token_urlsafe(_SECRET_BYTES),
        )
        await self.save(made, due=now)
        await self._connection.call_all(
            [
                ("HSET", self._keys.subscribed(shard), feed, made.token),
                ("HDEL", self._keys.pushed(shard), feed),
            ]
        )
        if present is not None:
            await self.make_due(present, now)  # it is found to be no longer wanted, and ended
        return made

    async def find(self, token: str) -> Subscription | None:
        """Return the subscription whose callback address ends with this token, None if there is none."""
        if not _TOKEN.fullmatch(token):
            return None
        text = await self._connection.call("HGET", self._keys.subscriptions(_shard(token)), token)
        return decode(text, Subscription) if text else None

    async def save(self, subscription: Subscription, *, due: datetime) -> None:
        """Keep a subscription, which is looked at again at `due`."""
        shard = _shard(subscription.token)
        # In this order: a renewal without a subscription does no harm, the reverse would never be renewed or ended.
        await self._connection.call_all(
            [
                ("ZADD", self._keys.renewals(shard), _milliseconds(due), subscription.token),
                ("HSET", self._keys.subscriptions(shard), subscription.token, encode(subscription)),
            ]
        )

    async def make_due(self, subscription: Subscription, due: datetime) -> None:
        """Have a subscription looked at again at `due`, if it is still kept."""
        key = self._keys.renewals(_shard(subscription.token))
        await self._connection.call("ZADD", key, "XX", _milliseconds(due), subscription.token)

    async def drop(self, subscription: Subscription) -> None:
        """Forget a subscription; its callback address is unknown from now on."""
        shard, token = _shard(subscription.token), subscription.token
        commands: list[Command] = [
            ("HDEL", self._keys.subscriptions(shard), token),
            ("ZREM", self._keys.renewals(shard), token),
        ]
        if await self._connection.call("HGET", self._keys.subscribed(shard), subscription.feed) == token:
            commands.append(("HDEL", self._keys.subscribed(shard), subscription.feed))
            commands.append(("HDEL", self._keys.pushed(shard), subscription.feed))
            commands.append(("HDEL", self._keys.push_news(shard), subscription.feed))
        await self._connection.call_all(commands)

    async def claim(self, count: int, *, now: datetime, lease: timedelta) -> list[Subscription]:
        """Return at most `count` subscriptions that are due; nobody else gets them until the lease ends."""
        due = [
            ("ZRANGEBYSCORE", self._keys.renewals(shard), "-inf", _milliseconds(now), "LIMIT", 0, 1)
            for shard in range(SHARDS)
        ]
        claimed: list[Subscription] = []
        for shard, row in enumerate(await self._connection.call_all(due)):
            if row and len(claimed) < count:
                claimed += await self._claim(shard, count - len(claimed), now=now, lease=lease)
        return claimed

    async def _claim(self, shard: int, count: int, *, now: datetime, lease: timedelta) -> list[Subscription]:
        tokens = await self._scripts.claim_renewals(shard, now=_milliseconds(now), most=count, lease=lease)
        key = self._keys.subscriptions(shard)
        texts = await self._connection.call_all([("HGET", key, token) for token in tokens])
        lost = [token for token, text in zip(tokens, texts, strict=True) if not text]
        await self._connection.call_all([("ZREM", self._keys.renewals(shard), token) for token in lost])
        return [decode(text, Subscription) for text in texts if text]

    async def is_wanted(self, subscription: Subscription) -> bool:
        """Whether it is its feed's present one, and some daemon has the feed in its list."""
        shard, feed = _shard(subscription.token), subscription.feed
        token, due = await self._connection.call_all(
            [("HGET", self._keys.subscribed(shard), feed), ("ZSCORE", self._keys.due(shard), feed)]
        )
        return token == subscription.token and due is not None and not subscription.leaving

    async def end(self, feeds: Iterable[FeedKey], *, now: datetime) -> None:
        """Have the subscriptions of these feeds ended at their hubs."""
        asked = list(feeds)
        looks: list[Command] = [("HGET", self._keys.subscribed(shard_of(feed)), feed) for feed in asked]
        commands: list[Command] = []
        for feed, token in zip(asked, await self._connection.call_all(looks), strict=True):
            if token:
                shard = shard_of(feed)
                commands.append(("HDEL", self._keys.subscribed(shard), feed))
                commands.append(("HDEL", self._keys.pushed(shard), feed))
                commands.append(("HDEL", self._keys.push_news(shard), feed))
                commands.append(("ZADD", self._keys.renewals(shard), "XX", _milliseconds(now), token))
        await self._connection.call_all(commands)

    async def present(self) -> dict[FeedKey, Standing]:
        """Return the present subscription of each feed that has one."""
        found: dict[FeedKey, Standing] = {}
        for shard in range(SHARDS):
            tokens, records, pushed = await self._connection.call_all(
                [
                    ("HVALS", self._keys.subscribed(shard)),
                    ("HGETALL", self._keys.subscriptions(shard)),
                    ("HKEYS", self._keys.pushed(shard)),
                ]
            )
            texts, trusted = dict(zip(records[::2], records[1::2], strict=True)), frozenset(pushed)
            for token in tokens:
                if text := texts.get(token):
                    subscription = decode(text, Subscription)
                    standing = Standing(subscription=subscription, is_trusted=subscription.feed in trusted)
                    found[subscription.feed] = standing
        return found

    async def trust(self, feed: FeedKey, *, now: datetime) -> None:
        """Note that a valid push came."""
        await self._connection.call("HSET", self._keys.pushed(shard_of(feed)), feed, _milliseconds(now))

    async def add_news(self, feed: FeedKey, entries: int) -> None:
        """Note that so many new entries came by pushes."""
        await self._connection.call("HINCRBY", self._keys.push_news(shard_of(feed)), feed, entries)

    async def take_news(self, feed: FeedKey) -> int:
        """Return how many new entries came by pushes since this was last asked."""
        key = self._keys.push_news(shard_of(feed))
        entries = int(await self._connection.call("HGET", key, feed) or 0)
        if entries:
            await self._connection.call("HINCRBY", key, feed, -entries)
        return entries

    async def distrust(self, feed: FeedKey, *, since: datetime) -> bool:
        """Note that a poll found what no push had brought; False, and nothing noted, if one came after `since`."""
        key = self._keys.pushed(shard_of(feed))
        last = await self._connection.call("HGET", key, feed)
        if last is None or int(last) > _milliseconds(since):
            return False
        await self._connection.call("HDEL", key, feed)
        return True


def _shard(token: str) -> int:
    return int(token[0], 16)


def _milliseconds(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(milliseconds=1))
