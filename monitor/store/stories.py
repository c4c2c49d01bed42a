"""What was told before: an index of copies by address and by the fingerprints of their texts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from monitor.clock import Clock
from monitor.errors import StoreError
from monitor.model import ArticleId, StoryId
from monitor.remembered import Copy, TextPrint
from monitor.store.codec import decode_print
from monitor.store.connect import Command, Connection
from monitor.store.keys import GENERATION, Keys

log = structlog.get_logger()

MIN_SHARED_PROBES = 2  # dedup.md 2.2: finds all copies worth verifying, with 1 % of other texts beside them
MOST_CANDIDATES = 8

# Newest first. One ahead, because another daemon's clock may already be there; two behind hold COPY_LIFETIME.
READ_GENERATIONS = (1, 0, -1, -2)

_EMPTY = TextPrint(
    article=ArticleId(""),
    text_hash="",
    probes=(),
    sequence=(),
    by_character=False,
    numbers=frozenset(),
    names=frozenset(),
    title_words=frozenset(),
    words=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What may be the same text: to be compared, then handed to `Alerts.enqueue` as `checked`."""

    candidates: tuple[Copy, ...]  # those that share most probes first
    by_address: Copy | None  # known under one of the addresses; without prints if only the address is remembered
    checked: frozenset[ArticleId]  # every copy that was met, the forgotten and the too weak ones too


class Stories:
    """The copies of one workspace; written by `Alerts.enqueue` alone."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock

    async def look(self, fingerprint: TextPrint, addresses: Sequence[str]) -> Look:
        """Return the copies that share at least two probes with the text, eight at most, and the one at an address."""
        generations = read_generations(self._clock.now())
        commands: list[Command] = [("GET", self._keys.address(address)) for address in addresses]
        commands += [
            ("HGET", self._keys.probes(generation, probe), str(probe))
            for probe in fingerprint.probes
            for generation in generations
        ]
        answers = await self._connection.call_all(commands)
        known = [json.loads(answer) for answer in answers[: len(addresses)] if answer]
        hits = answers[len(addresses) :]
        shared: Counter[str] = Counter()
        for start in range(0, len(hits), len(generations)):
            shared.update({copy for copy in hits[start : start + len(generations)] if copy})
        near = [copy for copy, count in shared.most_common() if count >= MIN_SHARED_PROBES][:MOST_CANDIDATES]
        wanted = dict.fromkeys(ArticleId(copy) for copy in [*near, *(copy for copy, *_ in known[:1])])
        copies = await self._load(list(wanted))
        by_address = None
        if known:
            copy, story, *titles = known[0]
            bare = replace(_EMPTY, article=ArticleId(copy), title_words=frozenset(*titles))
            by_address = copies.get(ArticleId(copy)) or Copy(
                id=ArticleId(copy), story=StoryId(story), first=bare, longest=bare
            )
        return Look(
            candidates=tuple(copies[ArticleId(copy)] for copy in near if copy in copies),
            by_address=by_address,
            checked=frozenset(ArticleId(copy) for copy in [*shared, *(copy for copy, *_ in known)]),
        )

    async def _load(self, ids: Sequence[ArticleId]) -> dict[ArticleId, Copy]:
        """Return the copies of these ids; those that have expired are left out."""
        rows = await self._connection.call_all(
            [("HMGET", self._keys.copy(id_), "story", "first", "longest") for id_ in ids]
        )
        found: dict[ArticleId, Copy] = {}
        for id_, (story, first, longest) in zip(ids, rows, strict=True):
            if story is None:
                continue
            try:
                version = decode_print(first)
                longest_version = decode_print(longest) if longest else version
            except StoreError as error:  # of a newer program: one alert too many is better than none
                log.warning("copy_unreadable", copy=id_, reason=str(error))
                continue
            found[id_] = Copy(id=id_, story=StoryId(story), first=version, longest=longest_version)
        return found


def read_generations(now: datetime) -> tuple[int, ...]:
    """Return the generations of the index to read, newest first."""
    present = write_generation(now)
    return tuple(present + step for step in READ_GENERATIONS)


def write_generation(now: datetime) -> int:
    """Return the generation of the index to write."""
    return (now - datetime(1970, 1, 1, tzinfo=UTC)) // GENERATION
