"""What it costs to remember: bytes a text, and CPU here and in the server, beside an index of one key a fingerprint."""

from __future__ import annotations

import asyncio
import random
import struct
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path

import redis.asyncio

from bench.table import compared, grid, markdown
from monitor.clock import SystemClock
from monitor.model import ArticleId, Assignment, StoryId
from monitor.remembered import NOTHING_KNOWN, Look, Story, TextPrint
from monitor.store.alerts import Conflict
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from monitor.store.telling import Telling

SIZES = (10_000, 100_000)
MILLION = 1_000_000
MEASURED = 1_000  # articles, after so many were remembered
COPIES = 5  # every fifth is a copy: 60 % of its fingerprints are those of a text that is remembered
_VOCABULARY = 60_000  # two texts share two of their heaviest terms as often as two of news that have nothing in common
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cost:
    """Of one article."""

    here: float  # µs of CPU
    there: float  # of the server's
    trips: float = 1.0
    third: float = 0.0  # share that took more than two


def run() -> str:
    """Return what remembering costs with ten and a hundred thousand texts."""
    return asyncio.run(_tables(SIZES))


def run_million() -> str:
    """Return the same with a million texts; it takes about a quarter of an hour."""
    return asyncio.run(_tables((MILLION,)))


async def _tables(sizes: tuple[int, ...]) -> str:
    rows, plain_rows = [], []
    for size in sizes:
        memory, cost = await _served(_ours, size)
        plain_memory, plain = await _served(_plainly, size) if size < MILLION else (0.0, None)
        figures = (memory, cost.there, cost.here)
        rows.append([f"{size:,}", *(f"{each:,.0f}" for each in figures), f"{cost.trips:.2f}", f"{cost.third:.2%}"])
        if plain is not None:
            note = "24 strings a text, each with a lifetime; nothing else is stored"
            plain_rows.append(compared(f"bytes a text of {size:,}", memory, plain_memory, unit="B", note=note))
            note = "all of the enqueue, beside an MGET of 24 and 24 SET"
            plain_rows.append(compared(f"server, {size:,} texts", cost.there, plain.there, unit="µs", note=note))
    columns = ("texts remembered", "bytes a text", "server µs an article", "client µs", "trips", "more than two")
    tables = [grid(columns, rows)]
    return "\n\n".join([*tables, markdown(plain_rows)] if plain_rows else tables)


async def _served(measure: Callable[[str, int], Awaitable[tuple[float, _Cost]]], size: int) -> tuple[float, _Cost]:
    """Return what is measured on a server of its own."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "store")
        try:
            return await measure(await server.start(), size)
        finally:
            await server.stop()


async def _ours(url: str, size: int) -> tuple[float, _Cost]:
    """Return the bytes of a text, and what an article costs, with so many remembered."""
    store = await Store.open(url, "bench", clock=SystemClock())
    client = redis.asyncio.Redis.from_url(url)
    tellings = _tellings(random.Random(7))
    before = (await store.info()).used_memory_bytes
    for revision, telling in enumerate(islice(tellings, size)):
        # As if it had looked and found nothing: the index fills in half of the time.
        answer = await store.alerts.enqueue(telling, look=replace(NOTHING_KNOWN, revision=revision), drafts=[])
        assert not isinstance(answer, Conflict)
        await store.terms.current(lambda before, read, now: replace(before, version=before.version + 1))
    assert (await store.memory.standing()).texts == size
    memory = ((await store.info()).used_memory_bytes - before) / size
    trips: list[int] = []
    measured = list(islice(tellings, MEASURED))

    async def work() -> None:
        """Remember further articles, one by one."""
        trips.extend([await _tell(store, telling) for telling in measured])

    cost = await _cost(client, work())
    await client.aclose()
    await store.close()
    third = sum(count > 2 for count in trips) / MEASURED
    return memory, replace(cost, trips=sum(trips) / MEASURED, third=third)


async def _tell(store: Store, telling: Telling) -> int:
    """Remember an article and return how many trips it took."""
    look: Look = NOTHING_KNOWN
    for trips in range(1, 20):
        answer = await store.alerts.enqueue(telling, look=look, drafts=[])
        if not isinstance(answer, Conflict):
            return trips
        look = answer.look
        if look.copies and len(set(look.copies[0].first.probes) & set(telling.fingerprint.probes)) > 8:
            copy = look.copies[0]
            joined = Assignment(story=copy.story, joined="copy", copy_of=copy.id)
            telling = replace(telling, assignment=joined, story=None, heavy=())
    raise AssertionError("conflicts without end")


def _tellings(rng: random.Random) -> Iterator[Telling]:
    """Yield articles of usual sizes, with texts that nobody wrote."""
    recent: list[TextPrint] = []
    number = 0
    while True:
        number += 1
        probes = {rng.getrandbits(32) for _ in range(24)}
        if recent and number % COPIES == 0:
            kept = rng.choice(recent).probes
            probes = {*rng.sample(kept, 14), *islice(probes, 10)}
        words = rng.randint(120, 600)
        fingerprint = TextPrint(
            article=ArticleId(f"{rng.getrandbits(64):016x}"),
            text_hash=f"{rng.getrandbits(128):032x}",
            probes=tuple(sorted(probes)),
            sequence=struct.unpack(f"<{words}H", rng.randbytes(2 * words)),
            by_character=False,
            numbers=frozenset(str(rng.randrange(2000)) for _ in range(10)),
            names=frozenset(rng.getrandbits(16) for _ in range(20)),
            title_words=frozenset(f"word{rng.randrange(999)}" for _ in range(8)),
            words=words,
        )
        if len(recent) < 5000:
            recent.append(fingerprint)
        else:
            recent[rng.randrange(5000)] = fingerprint
        yield _telling(rng, fingerprint)


def _telling(rng: random.Random, fingerprint: TextPrint) -> Telling:
    heavy = {int(_VOCABULARY * rng.random() ** 3) for _ in range(20)}
    terms = {*heavy, *(rng.getrandbits(32) for _ in range(60))}
    story, now = StoryId(fingerprint.article), SystemClock().now()
    return Telling(
        assignment=Assignment(story=story, joined="opened"),
        fingerprint=fingerprint,
        site="one.example",
        seen=now,
        addresses=[f"one.example/news/{fingerprint.article}"],
        headline=" ".join(sorted(fingerprint.title_words)),
        series=" ".join(sorted(fingerprint.title_words)),
        terms=terms,
        story=Story(id=story, centroid=dict.fromkeys(terms, 0.1), texts=1, first=now, last=now),
        heavy=tuple((term, 0.03) for term in sorted(heavy)),
    )


async def _plainly(url: str, size: int) -> tuple[float, _Cost]:
    """Return the same for an index of one key a fingerprint, and nothing else."""
    client = redis.asyncio.Redis.from_url(url)
    rng = random.Random(7)
    before = (await client.info("memory"))["used_memory"]

    async def tell() -> None:
        """Look 24 fingerprints up, and write them."""
        probes = [b"{bench}:probe:" + rng.randbytes(4) for _ in range(24)]
        await client.mget(probes)
        pipeline = client.pipeline(transaction=False)
        for probe in probes:
            pipeline.set(probe, rng.randbytes(4), px=7 * _DAY)
        await pipeline.execute()

    for _ in range(size):
        await tell()
    memory = ((await client.info("memory"))["used_memory"] - before) / size

    async def work() -> None:
        """Remember further texts, one by one."""
        for _ in range(MEASURED):
            await tell()

    cost = await _cost(client, work())
    await client.aclose()
    return memory, cost


async def _cost(client: redis.asyncio.Redis, work: Awaitable[None]) -> _Cost:
    here, there = time.process_time(), await _server_seconds(client)
    await work
    there = await _server_seconds(client) - there
    return _Cost(here=(time.process_time() - here) / MEASURED * 1e6, there=there / MEASURED * 1e6)


async def _server_seconds(client: redis.asyncio.Redis) -> float:
    facts = await client.info("cpu")
    return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])
