"""When each feed is due, who polls it now, and what its polls taught."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from monitor.clock import Clock
from monitor.model import Feed, FeedKey, FeedState
from monitor.store.codec import decode, encode_sparse
from monitor.store.connect import Command, Connection
from monitor.store.keys import GATE_LIFETIME, SHARDS, Keys, digest, shard_of
from monitor.store.scripts import Pace, Scripts, milliseconds

SETTLED = "-"  # before the token of a claim that has ended (settle_feeds.lua)
DIGEST = 8  # characters of an item's digest
UNPACED = Pace(spacing=timedelta(0), slots=1_000)
ROUNDS = 4
MOST_COMMANDS = 5_000  # sent together
MOST_OF_SHARD = 1_000  # feeds that one script claims: Lua takes some thousand arguments


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to poll a feed until the lease ends; the token tells a late poller from the present one."""

    feed: FeedKey
    token: str
    overdue: timedelta = timedelta(0)
    stored: str = field(default="", repr=False)

    @property
    def state(self) -> FeedState:
        """What the feed's polls taught before."""
        return _state(self.stored)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The end of a claim: when the feed is due again and, after a poll, what that taught."""

    claim: Claim
    due: datetime | None  # None: only the request has ended; the claim goes on while entries are carried
    state: FeedState | None = None  # None: as it was
    items: Sequence[str] | None = None  # digests of the document's items; None: as they were
    host_wait: timedelta = timedelta(0)  # how long the host asks us to stay away
    has_left: bool = False  # the end of the request was told before


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """What a new list of feeds changed."""

    added: tuple[FeedKey, ...]
    removed: tuple[FeedKey, ...]


class FeedStates:
    """The schedule. Due times are kept in the server's time; ours are turned into waits, so that clocks may differ."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._scripts = Scripts(connection, keys)

    async def sync(
        self,
        feeds: Iterable[Feed],
        *,
        spread: timedelta | Callable[[int], timedelta] = timedelta(seconds=2),
        keep_unlisted: timedelta = timedelta(0),
    ) -> Synced:
        """Make the schedule hold these feeds, and say that they are still listed.

        New ones are due now, spread over a time (or what is told for their number); listed ones keep their due time.
        Feeds that no daemon has listed for `keep_unlisted` are forgotten: zero for a daemon that is alone, else longer
        than the time between two syncs of the others.
        """
        listed = {feed.key for feed in feeds}
        known = {FeedKey(feed) for shard in range(SHARDS) for feed in await self._scheduled(shard)}
        now = await self._server_now()
        added = sorted(listed - known)
        span = milliseconds(spread(len(added)) if callable(spread) else spread)
        commands: list[Command] = []
        for feed in added:
            due = now + int(digest(feed).encode().hex(), 16) % (span + 1)
            commands.append(("ZADD", self._keys.due(shard_of(feed)), "NX", due, feed))
        commands += [("ZADD", self._keys.listed(shard_of(feed)), now, feed) for feed in sorted(listed)]
        removed = []
        for feed, last in await self._last_listed(sorted(known - listed), now):
            if last + milliseconds(keep_unlisted) > now:
                commands.append(("ZADD", self._keys.listed(shard_of(feed)), "NX", now, feed))
                continue
            removed.append(feed)
            shard = shard_of(feed)
            commands.append(("ZREM", self._keys.due(shard), feed))
            commands.append(("ZREM", self._keys.listed(shard), feed))
            commands.append(("HDEL", self._keys.claims(shard), feed))
            commands.append(("HDEL", self._keys.states(shard), feed))
            commands.append(("HDEL", self._keys.items(shard), feed))
        for start in range(0, len(commands), MOST_COMMANDS):
            await self._connection.call_all(commands[start : start + MOST_COMMANDS])
        return Synced(added=tuple(added), removed=tuple(removed))

    async def claim(self, count: int, lease: timedelta, *, pace: Pace = UNPACED, seed: int = 0) -> list[Claim]:
        """Return at most `count` due feeds, the longest overdue first; until the lease ends they are ours alone.

        A feed whose host was asked too recently is put back instead: to the end of its host's queue.

        Args:
            count: how many.
            lease: how long.
            pace: of requests to one host.
            seed: of the jitter in the queues.
        """
        claims: list[Claim] = []
        for _ in range(ROUNDS):  # feeds that were put back make room for others
            orders, are_all = await self._due(count - len(claims))
            if not orders:
                break
            token = uuid4().hex
            rows = await self._scripts.claim_feeds(orders, token=token, lease=lease, pace=pace, seed=seed)
            won = [
                Claim(feed=FeedKey(feed), token=token, stored=state, overdue=timedelta(milliseconds=int(late)))
                for row in rows
                for feed, late, state in zip(row[::3], row[1::3], row[2::3], strict=True)
            ]
            claims += won
            if are_all and len(won) == sum(most for _, most in orders):
                break
        return claims

    async def _due(self, count: int) -> tuple[list[tuple[int, int]], bool]:
        """Return which shards hold the `count` longest overdue feeds, how many each, and whether no more are due."""
        if count <= 0:
            return [], True
        now = await self._server_now()
        most = 3 * count // SHARDS + 4  # hosts are spread evenly, so more of one shard would be for the next round
        rows = await self._connection.call_all(
            [("ZRANGEBYSCORE", self._keys.due(s), "-inf", now, "WITHSCORES", "LIMIT", 0, most) for s in range(SHARDS)]
        )
        overdue = ((due, shard) for shard, row in enumerate(rows) for _, due in _pairs(row))
        wanted = Counter(shard for _, shard in heapq.nsmallest(count, overdue))
        are_all = all(len(row) < 2 * most for row in rows) and sum(wanted.values()) < count
        return [(shard, min(wanted[shard], MOST_OF_SHARD)) for shard in wanted], are_all

    async def renew(self, claims: Sequence[Claim], lease: timedelta) -> int:
        """Lengthen leases from now on; return how many of the claims are still ours."""
        groups: defaultdict[tuple[int, str], list[FeedKey]] = defaultdict(list)
        for claim in claims:
            groups[shard_of(claim.feed), claim.token].append(claim.feed)
        ours = 0
        for (shard, token), feeds in groups.items():
            ours += await self._scripts.renew_feeds(shard, token=token, lease=lease, feeds=feeds)
        return ours

    async def complete(
        self, claim: Claim, state: FeedState, due: datetime, *, items: Sequence[str] | None = None
    ) -> bool:
        """Save what a poll taught and when the next is due; False, with nothing saved, if the claim was lost."""
        return (await self.settle([Settlement(claim=claim, due=due, state=state, items=items)]))[0]

    async def release(self, claim: Claim, due: datetime) -> bool:
        """Give a claim back unused, to be due again at `due`; False if it was lost."""
        return (await self.settle([Settlement(claim=claim, due=due)]))[0]

    async def settle(self, ends: Sequence[Settlement]) -> list[bool]:
        """End claims, all in one round trip; return for each False, with nothing saved, if it was lost."""
        now = self._clock.now()
        places: defaultdict[int, list[int]] = defaultdict(list)
        for place, end in enumerate(ends):
            places[shard_of(end.claim.feed)].append(place)
        answers = await self._scripts.settle_feeds(
            {shard: [_row(ends[place], now) for place in own] for shard, own in places.items()}
        )
        settled = {
            place: ours for shard, own in places.items() for place, ours in zip(own, answers[shard], strict=True)
        }
        return [settled[place] for place in range(len(ends))]

    async def amend(self, feed: FeedKey, learn: Callable[[FeedState], FeedState]) -> bool:
        """Change what is known of a feed outside a poll; False, with nothing saved, if polls keep changing it as well.

        A poll under way knows nothing of the change and may undo it: for what is learnt again, or does not matter.
        """
        for _ in range(ROUNDS):
            before = await self._connection.call("HGET", self._keys.states(shard_of(feed)), feed)
            if not before:  # never polled, or no longer listed
                return False
            if await self._scripts.amend_state(feed, before, encode_sparse(learn(_state(before)))):
                return True
        return False

    async def items(self, feed: FeedKey) -> frozenset[str]:
        """Return the digests of the items of a feed's last document."""
        text = await self._connection.call("HGET", self._keys.items(shard_of(feed)), feed) or ""
        return frozenset(text[start : start + DIGEST] for start in range(0, len(text), DIGEST))

    async def take_turn(
        self, host: str, spacing: timedelta, *, longest: timedelta = timedelta(seconds=60)
    ) -> timedelta:
        """Reserve the next start at a host, named as in its feeds' keys; return how long to wait for it.

        If that is longer than `longest`, nothing is reserved.
        """
        return await self._scripts.take_turn(host, spacing=spacing, longest=longest)

    async def release_all(self) -> int:
        """Let every claimed feed be polled at once; return how many. For a daemon that starts and is alone."""
        now, released = await self._server_now(), 0
        for shard in range(SHARDS):
            fields = await self._connection.call("HGETALL", self._keys.claims(shard))
            claims = zip(fields[::2], fields[1::2], strict=True)
            claimed = [feed for feed, token in claims if not token.startswith(SETTLED)]
            commands: list[Command] = []
            for feed in claimed:
                commands.append(("HDEL", self._keys.claims(shard), feed))
                commands.append(("ZADD", self._keys.due(shard), "XX", now, feed))
            await self._connection.call_all(commands)
            released += len(claimed)
        return released

    async def make_due(self, feed: FeedKey) -> bool:
        """Let a feed be polled next, or again at once if it is being polled; False if it is not scheduled."""
        return await self._scripts.make_due(feed)

    async def load(self, feeds: Sequence[FeedKey]) -> dict[FeedKey, FeedState]:
        """Return what is known of these feeds; a feed never polled has the defaults."""
        texts = await self._connection.call_all([("HGET", self._keys.states(shard_of(feed)), feed) for feed in feeds])
        return {feed: _state(text) for feed, text in zip(feeds, texts, strict=True)}

    async def size(self) -> int:
        """Return how many feeds are scheduled."""
        return sum(await self._connection.call_all([("ZCARD", self._keys.due(shard)) for shard in range(SHARDS)]))

    async def all(self) -> dict[FeedKey, tuple[FeedState, datetime]]:
        """Return each scheduled feed with its state and when it is due (while it is polled: when its lease ends)."""
        server_now, now = await self._server_now(), self._clock.now()
        found: dict[FeedKey, tuple[FeedState, datetime]] = {}
        for shard in range(SHARDS):
            commands = [("ZRANGE", self._keys.due(shard), 0, -1, "WITHSCORES"), ("HGETALL", self._keys.states(shard))]
            row, fields = await self._connection.call_all(commands)
            states = dict(zip(fields[::2], fields[1::2], strict=True))
            for feed, due in _pairs(row):
                found[feed] = _state(states.get(feed)), now + timedelta(milliseconds=due - server_now)
        return found

    async def _last_listed(self, feeds: Sequence[FeedKey], now: int) -> list[tuple[FeedKey, float]]:
        """Return when each feed was last listed, in the server's ms; `now` where that is not known."""
        asked: list[Command] = [("ZSCORE", self._keys.listed(shard_of(feed)), feed) for feed in feeds]
        scores = await self._connection.call_all(asked)
        return [(feed, now if score is None else float(score)) for feed, score in zip(feeds, scores, strict=True)]

    async def _scheduled(self, shard: int) -> list[str]:
        return list(await self._connection.call("ZRANGE", self._keys.due(shard), 0, -1))

    async def _server_now(self) -> int:
        seconds, microseconds = await self._connection.call("TIME")
        return int(seconds) * 1000 + int(microseconds) // 1000


def _row(end: Settlement, now: datetime) -> list[str | int]:
    wait = "" if end.due is None else milliseconds(end.due - now)
    state = encode_sparse(end.state) if end.state is not None else ""
    items = "-" if end.items is None else "".join(end.items)
    away = -1 if end.has_left else milliseconds(min(end.host_wait, GATE_LIFETIME))
    return [end.claim.feed, end.claim.token, wait, state, items, away]


def _state(text: str | None) -> FeedState:
    return decode(text, FeedState) if text else FeedState()


def _pairs(row: Sequence[str]) -> Iterable[tuple[FeedKey, float]]:
    """Return the pairs of a sorted set's flat answer: member, score, member, score ..."""
    return ((FeedKey(feed), float(due)) for feed, due in zip(row[::2], row[1::2], strict=True))
