"""The Lua scripts, a typed function each. What a script does and which keys it touches stands in its own header."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from hashlib import sha1
from importlib.resources import files
from typing import Any

import msgspec

from monitor.model import ChannelName, DeliveryId, FeedKey, RuleId, StoryId
from monitor.store.connect import Connection, Script
from monitor.store.keys import (
    CALL_LIFETIME,
    DELIVERY_LIFETIME,
    GATE_LIFETIME,
    SHORT_TEXT_LIFETIME,
    Keys,
    shard_of,
    shard_of_host,
)

GROUP = "senders"  # the one consumer group of every channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a delivery is being handled: its channel and the entry of the stream that its sender holds."""

    channel: ChannelName
    delivery: DeliveryId
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How hard all daemons together may press one host."""

    spacing: timedelta = timedelta(seconds=5)  # between two starts
    slots: int = 2  # requests in flight
    request_limit: timedelta = timedelta(seconds=20)  # after which a request's place is free, whatever became of it
    open_hosts: frozenset[str] = frozenset()  # as `gate_host` names them: the operator's own, which need no protection


class Scripts:
    """All scripts of one workspace."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def claim_feeds(
        self, orders: Sequence[tuple[int, int]], *, token: str, lease: timedelta, pace: Pace, seed: int
    ) -> list[list[Any]]:
        """Lease due feeds, (shard, most) each; return for each shard its rows: feed, ms overdue, FeedState, flat."""
        own: defaultdict[int, list[str]] = defaultdict(list)
        for host in pace.open_hosts:
            own[shard_of_host(host)].append(host)
        calls = []
        for shard, most in orders:
            keys = [
                self._keys.due(shard),
                self._keys.claims(shard),
                self._keys.claimed(shard, token),
                self._keys.states(shard),
                self._keys.gates(shard),
            ]
            spans = [milliseconds(pace.spacing), pace.slots, milliseconds(pace.request_limit)]
            spans = [milliseconds(lease), milliseconds(CALL_LIFETIME), *spans]
            calls.append((keys, [token, most, *spans, seed, *own[shard]]))
        return await self._run_all("claim_feeds", calls)

    async def renew_feeds(self, shard: int, *, token: str, lease: timedelta, feeds: Sequence[FeedKey]) -> int:
        """Lengthen leases; return how many feeds are still ours."""
        keys = [self._keys.due(shard), self._keys.claims(shard)]
        return int(await self._run("renew_feeds", keys, [token, milliseconds(lease), *feeds]))

    async def settle_feeds(self, ends: Mapping[int, Sequence[Sequence[str | int]]]) -> dict[int, list[bool]]:
        """End claims, by shard, each with the six arguments that the script names; return which were still ours."""
        calls = []
        for shard, rows in ends.items():
            keys = [
                self._keys.due(shard),
                self._keys.claims(shard),
                self._keys.states(shard),
                self._keys.items(shard),
                self._keys.gates(shard),
            ]
            calls.append((keys, [argument for row in rows for argument in row]))
        answers = await self._run_all("settle_feeds", calls)
        return {shard: [bool(ours) for ours in answer] for shard, answer in zip(ends, answers, strict=True)}

    async def amend_state(self, feed: FeedKey, before: str, after: str) -> bool:
        """Replace a FeedState, both as stored; False if it is another one than before."""
        return bool(await self._run("amend_state", [self._keys.states(shard_of(feed))], [feed, before, after]))

    async def take_turn(self, host: str, *, spacing: timedelta, longest: timedelta) -> timedelta:
        """Reserve the next start at a host; return how long to wait for it, and if that is too long reserve nothing."""
        gate = f"{self._keys.gates(shard_of_host(host))}{host}"
        wait = await self._run("take_turn", [gate], [milliseconds(spacing), milliseconds(longest)])
        return timedelta(milliseconds=int(wait))

    async def knock(self, host: str, *, finding_out: timedelta) -> tuple[timedelta, int]:
        """Return how long to stay away from a host's pages, zero to go on, and how often it refused them in a row."""
        wait, refusals = await self._run("knock", [self._keys.page_gate(host)], [milliseconds(finding_out)])
        return timedelta(milliseconds=int(wait)), int(refusals)

    async def shut_pages(
        self, host: str, *, asked: timedelta, first: timedelta, longest: timedelta, patience: int
    ) -> timedelta:
        """Leave a host's pages alone, for `asked` unless that is zero; return how long, zero with patience left."""
        spans = [milliseconds(span) for span in (asked, first, longest, GATE_LIFETIME)]
        wait = await self._run("shut_pages", [self._keys.page_gate(host)], [*spans, patience])
        return timedelta(milliseconds=int(wait))

    async def note_text(self, host: str, *, text: str, address: str, kept: int, most_texts: int) -> int:
        """Return on how many addresses of a host a text stood, at most `kept`, this one included."""
        arguments = [text, address, kept, milliseconds(SHORT_TEXT_LIFETIME), most_texts]
        return int(await self._run("note_text", [self._keys.short_texts(host)], arguments))

    async def make_due(self, feed: FeedKey) -> bool:
        """Let a feed be polled next, or again if it is being polled; False if it is not scheduled."""
        shard = shard_of(feed)
        return bool(await self._run("make_due", [self._keys.due(shard), self._keys.claims(shard)], [feed]))

    async def claim_renewals(self, shard: int, *, now: int, most: int, lease: timedelta) -> list[str]:
        """Take subscriptions of a shard that are due at `now`, in ms; return their tokens."""
        arguments = [now, most, milliseconds(lease)]
        return list(await self._run("claim_renewals", [self._keys.renewals(shard)], arguments))

    async def look_seen(
        self, feed: FeedKey, generation: int, *, kept: timedelta, digests: Sequence[str]
    ) -> tuple[bool, list[str | None]]:
        """Return whether a feed has marks at all, and the mark of each digest; renew those that are found."""
        keys = [self._keys.seen(feed, generation - age) for age in range(3)]
        has_marks, *marks = await self._run("look_seen", keys, [milliseconds(kept), *digests])
        return bool(has_marks), marks

    async def mark_seen(self, feed: FeedKey, generation: int, *, kept: timedelta, marks: Sequence[str]) -> None:
        """Remember entries of a feed, given as digest and mark in turns."""
        await self._run("mark_seen", [self._keys.seen(feed, generation)], [milliseconds(kept), *marks])

    async def enqueue(
        self, keys: Sequence[str], plan: object, packed: Sequence[bytes]
    ) -> list[Any] | dict[str, list[Any]]:
        """Remember an article, write its alerts and deliveries; return what was found, or the answer by its names."""
        arguments = [msgspec.msgpack.encode(plan), *packed]
        answer = await self._connection.run(read_script("enqueue"), keys, arguments, as_bytes=True)
        return answer if isinstance(answer, list) else json.loads(answer)

    async def publish_counts(self, counts: bytes, *, before: int, version: int, taken: int) -> bool:
        """Replace the term counts by their next version; False if another daemon did."""
        keys = [self._keys.frequencies, self._keys.read_terms, self._keys.remembered]
        arguments: list[str | bytes | int] = [before, version, counts, taken]
        return bool(await self._connection.run(read_script("publish_counts"), keys, arguments))

    async def set_window(self, before: bytes, after: timedelta, *, is_shorter: bool) -> bool:
        """Remember texts for another time, given the one before as stored; False if another daemon has changed it."""
        arguments = [before.decode(), milliseconds(after), int(is_shorter)]
        return bool(await self._run("set_window", [self._keys.remembered], arguments))

    async def shorten(
        self, keys: Sequence[str], *, now: int, lifetimes: Sequence[timedelta], window: timedelta, is_last: bool
    ) -> int:
        """Forget those keys of copies, stories and addresses that are older than their lifetime; return how many.

        -1, and nothing was done, if the window is another one by now.
        """
        prefixes = [self._keys.copies, self._keys.stories, self._keys.addresses]
        arguments = [now, *map(milliseconds, lifetimes), milliseconds(window), int(is_last)]
        return int(await self._run("shorten", [self._keys.remembered, *prefixes, *keys], arguments))

    async def split(self, keys: Sequence[str], arguments: Sequence[str | int]) -> str:
        """Make an alert of its own of a report; return what the script's header names."""
        return str(await self._run("split", keys, arguments))

    async def tally(
        self,
        rule: RuleId,
        *,
        now: int,
        within: timedelta,
        baseline: timedelta,
        story: StoryId,
        site: str,
        catch_up: timedelta,
    ) -> list[Any]:
        """Count what a volume rule's window holds; return the row of figures that the script's header names."""
        keys = [
            self._keys.volume(rule),
            self._keys.volume_stories(rule),
            self._keys.volume_sites(rule),
            self._keys.volume_gaps(rule),
        ]
        spans = [milliseconds(within), milliseconds(baseline), milliseconds(catch_up)]
        return list(await self._run("tally", keys, [now, *spans, story, site]))

    async def watch(self, rules: Sequence[tuple[RuleId, timedelta]], *, now: int, pause: timedelta) -> int:
        """Note that somebody listens for rules, each with its keys' lifetime; return how many have a new gap."""
        keys = [key for rule, _ in rules for key in (self._keys.volume(rule), self._keys.volume_gaps(rule))]
        lifetimes = [milliseconds(lifetime) for _, lifetime in rules]
        return int(await self._run("watch", keys, [now, milliseconds(pause), *lifetimes]))

    async def done(self, place: Place) -> bool:
        """Settle a delivery as delivered; False if it was settled before."""
        keys = [
            self._keys.delivery(place.delivery),
            self._keys.channel(place.channel),
            self._keys.delayed(place.channel),
            self._keys.dead(place.channel),
        ]
        arguments = [GROUP, place.entry, place.delivery, milliseconds(DELIVERY_LIFETIME)]
        return bool(await self._run("done", keys, arguments))

    async def retry(self, place: Place, *, wait: timedelta, reason: str) -> bool:
        """Plan another attempt; False if the delivery is no longer held by us."""
        keys = [
            self._keys.delivery(place.delivery),
            self._keys.channel(place.channel),
            self._keys.delayed(place.channel),
        ]
        arguments = [GROUP, place.entry, place.delivery, milliseconds(wait), reason]
        return bool(await self._run("retry", keys, arguments))

    async def bury(self, place: Place, *, reason: str) -> bool:
        """Give a delivery up; False if it is no longer held by us."""
        keys = [
            self._keys.delivery(place.delivery),
            self._keys.channel(place.channel),
            self._keys.dead(place.channel),
        ]
        return bool(await self._run("bury", keys, [GROUP, place.entry, place.delivery, reason]))

    async def due(self, channel: ChannelName, *, most: int) -> int:
        """Put deliveries whose wait is over back on their channel; return how many."""
        return int(await self._run("due", [self._keys.delayed(channel), self._keys.channel(channel)], [most]))

    async def requeue(self, channel: ChannelName, delivery: DeliveryId, *, token: str) -> bool:
        """Send a dead delivery again; False if it is not dead."""
        keys = [self._keys.delivery(delivery), self._keys.channel(channel), self._keys.dead(channel)]
        return bool(await self._run("requeue", keys, [delivery, token]))

    async def drop(self, channel: ChannelName, delivery: DeliveryId) -> bool:
        """Take a delivery out of its channel unsent; False if it was delivered."""
        keys = [self._keys.delivery(delivery), self._keys.delayed(channel), self._keys.dead(channel)]
        return bool(await self._run("drop", keys, [delivery, milliseconds(DELIVERY_LIFETIME)]))

    async def forget_consumers(self, channel: ChannelName, *, silence: timedelta) -> int:
        """Remove readers of a channel that hold nothing and are gone; return how many."""
        return int(await self._run("forget_consumers", [self._keys.channel(channel)], [GROUP, milliseconds(silence)]))

    async def _run_all(self, name: str, calls: Sequence[tuple[Sequence[str], Sequence[object]]]) -> list[Any]:
        rows = [(keys, [str(argument) for argument in arguments]) for keys, arguments in calls]
        return await self._connection.run_all(read_script(name), rows)

    async def _run(self, name: str, keys: Sequence[str], arguments: Sequence[object]) -> Any:
        return await self._connection.run(read_script(name), keys, [str(argument) for argument in arguments])


@cache
def read_script(name: str) -> Script:
    """Return a script of this package by its name without `.lua`; one in a folder is its parts in order of names."""
    folder = files("monitor.store").joinpath("scripts")
    parts = folder.joinpath(name)
    found = sorted(parts.iterdir(), key=lambda part: part.name) if parts.is_dir() else [folder.joinpath(f"{name}.lua")]
    source = "\n".join(part.read_text(encoding="utf-8") for part in found)
    return Script(name, source, sha1(source.encode(), usedforsecurity=False).hexdigest())


def milliseconds(span: timedelta) -> int:
    """Return a span in whole milliseconds, never negative."""
    return max(0, round(span / timedelta(milliseconds=1)))
