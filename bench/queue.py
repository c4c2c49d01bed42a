"""One alert's way through the queue, beside a bare stream: no record, no deduplication, no retries, no dead letters."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Awaitable
from datetime import timedelta
from pathlib import Path

import redis.asyncio

from bench.material import prose
from bench.table import ROUNDS, Row, compared
from monitor.clock import SystemClock
from monitor.model import Article, ArticleId
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from tests.support.store import DESK, NOON, offer

MESSAGES = 500
AT_ONCE = 4  # as the deliverer takes them
TEXTS = [prose(number, 300) for number in range(MESSAGES)]


async def run() -> list[Row]:
    """Return the CPU cost of an alert in this process and in the server."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedServer(Path(folder) / "store")
        url = await server.start()
        try:
            client = redis.asyncio.Redis.from_url(url, decode_responses=True)
            ours, plain = [], []
            for turn in range(ROUNDS):
                store = await Store.open(url, f"bench-{turn}", clock=SystemClock())
                ours.append(await _costs(client, _ours(store)))
                assert (await store.deliveries.depth(DESK)).open == 0
                await store.close()
                plain.append(await _costs(client, _plainly(client, f"plain-{turn}")))
            await client.aclose()
        finally:
            await server.stop()
    here, there = zip(min(ours), min(plain), strict=True)
    note = f"{MESSAGES} alerts one by one, {AT_ONCE} taken at once; ours with fingerprint, story, record, dedup"
    return [
        compared("look, enqueue, take, done: client", *here, unit="µs/alert", note=note),
        compared("the same: server", *there, unit="µs/alert", note="its own CPU time"),
    ]


async def _costs(client: redis.asyncio.Redis, work: Awaitable[None]) -> tuple[float, float]:
    """Return the microseconds of CPU for a message, here and in the server."""
    here, there = time.process_time(), await _server_seconds(client)
    await work
    costs = time.process_time() - here, await _server_seconds(client) - there
    return costs[0] / MESSAGES * 1e6, costs[1] / MESSAGES * 1e6


async def _ours(store: Store) -> None:
    for number, text in enumerate(TEXTS):
        url = f"https://one.example/{number}"
        await offer(store, Article(id=ArticleId(f"a{number}"), title=text[:60], url=url, text=text, seen=NOON))
    for _ in range(MESSAGES // AT_ONCE):
        for taken in await store.deliveries.take(DESK, "bench", count=AT_ONCE, block=timedelta(seconds=1)):
            await store.deliveries.done(taken)


async def _plainly(client: redis.asyncio.Redis, stream: str) -> None:
    await client.xgroup_create(stream, "readers", id="0", mkstream=True)
    for text in TEXTS:
        await client.xadd(stream, {"alert": text[:400]})
    for _ in range(MESSAGES // AT_ONCE):
        answer = await client.execute_command(  # type: ignore[no-untyped-call]  # redis-py's own gap
            "XREADGROUP", "GROUP", "readers", "bench", "COUNT", AT_ONCE, "STREAMS", stream, ">"
        )
        for entry, _ in answer[0][1]:
            await client.xack(stream, "readers", entry)


async def _server_seconds(client: redis.asyncio.Redis) -> float:
    facts = await client.info("cpu")
    return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])
