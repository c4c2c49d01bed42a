"""The deliverer between the real queue and a real receiver."""

from __future__ import annotations

import asyncio
import io
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from monitor.clock import SystemClock
from monitor.config.sections import DeliverySettings
from monitor.fetch.client import Fetcher
from monitor.notify.console import ConsoleNotifier, ConsoleOptions
from monitor.notify.deliver import Deliverer
from monitor.notify.notifier import Notifier, Tools
from monitor.notify.registry import Channel
from monitor.notify.webhook import WebhookNotifier, WebhookOptions
from monitor.store.deliveries import Taken
from monitor.store.store import Store
from tests.support.publisher import Publisher
from tests.support.store import DESK, put

SOON = timedelta(milliseconds=20)
CLOCK = SystemClock()


@pytest.fixture
async def queue(valkey_url: str, workspace: str) -> AsyncIterator[Store]:
    """A store that hands over what a dead reader held after half a second."""
    opened = await Store.open(valkey_url, workspace, clock=CLOCK, take_over_after=timedelta(milliseconds=500))
    yield opened
    await opened.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Publisher]:
    async with Publisher() as site:
        site.serve("/hook", b"")
        yield site


@pytest.fixture
async def tools() -> AsyncIterator[Tools]:
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"], timeout=timedelta(seconds=10)) as fetcher:
        yield Tools(fetcher=fetcher, clock=CLOCK, stdout=io.StringIO())


def deliverer(store: Store, notifier: Notifier, *, consumer: str = "one") -> Deliverer[Taken]:
    return Deliverer(
        Channel(name=DESK, kind="test", notifier=notifier, follows_sources=False),
        store.deliveries,
        patience=DeliverySettings(base_delay=SOON, max_delay=SOON),
        clock=CLOCK,
        rng=random.Random(1),
        consumer=consumer,
    )


def hook(receiver: Publisher, tools: Tools) -> WebhookNotifier:
    return WebhookNotifier(WebhookOptions.model_validate({"url": receiver.url("/hook")}), tools)


async def until(condition: Any, *, within: float = 10.0) -> None:
    """Wait until an async condition holds."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110 - the condition lives in the server
            await asyncio.sleep(0.01)


async def is_empty(store: Store) -> bool:
    return (await store.deliveries.depth(DESK)).open == 0


async def run_until_empty(store: Store, *deliverers: Deliverer[Taken]) -> None:
    stop = asyncio.Event()
    running = [asyncio.create_task(each.run(stop)) for each in deliverers]
    try:
        await until(lambda: is_empty(store))
    finally:
        stop.set()
        await asyncio.wait_for(asyncio.gather(*running), 10)


async def test_an_alert_reaches_its_receiver_once_and_leaves_an_empty_queue(
    queue: Store, receiver: Publisher, tools: Tools
) -> None:
    await put(queue, "first")
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools)))
    assert len(receiver.hits_on("/hook")) == 1
    (record,) = await queue.deliveries.list(10)
    assert (record.status, record.delivery.channel) == ("delivered", DESK)


async def test_a_receiver_that_fails_at_first_gets_it_in_the_end_under_the_same_id(
    queue: Store, receiver: Publisher, tools: Tools
) -> None:
    receiver.serve_in_turn(
        "/hook",
        lambda _: web.Response(status=503),
        lambda _: web.Response(status=500),
        lambda _: web.Response(status=204),
    )
    await put(queue, "first")
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools)))
    hits = receiver.hits_on("/hook")
    assert len(hits) == 3
    assert len({hit.headers["webhook-id"] for hit in hits}) == 1
    (record,) = await queue.deliveries.list(10)
    assert record.status == "delivered"


async def test_retry_after_is_obeyed(queue: Store, receiver: Publisher, tools: Tools) -> None:
    receiver.serve_in_turn(
        "/hook",
        lambda _: web.Response(status=429, headers={"Retry-After": "1"}),
        lambda _: web.Response(status=204),
    )
    await put(queue, "first")
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools)))
    first, second = receiver.hits_on("/hook")
    assert 1.0 <= second.at - first.at < 4.0


async def test_a_receiver_that_is_gone_makes_a_dead_letter_that_can_be_sent_again(
    queue: Store, receiver: Publisher, tools: Tools
) -> None:
    receiver.serve("/hook", b"no_service", status=404, content_type="text/plain")
    await put(queue, "first")
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools)))
    (dead,) = await queue.deliveries.dead(DESK)
    assert (dead.status, dead.reason) == ("dead", "HTTP 404: no_service")
    receiver.serve("/hook", b"")
    await queue.deliveries.requeue([dead.delivery.id])
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools)))
    (record,) = await queue.deliveries.list(10)
    assert record.status == "delivered"


async def test_what_a_dead_daemon_held_is_taken_over(queue: Store, receiver: Publisher, tools: Tools) -> None:
    release = receiver.hang("/hook")
    await put(queue, "first")
    dying = asyncio.create_task(deliverer(queue, hook(receiver, tools), consumer="dying").run(asyncio.Event()))

    async def is_pending() -> bool:
        return (await queue.deliveries.depth(DESK)).pending == 1

    await until(is_pending)
    dying.cancel()
    receiver.serve("/hook", b"")
    release.set()
    await asyncio.gather(dying, return_exceptions=True)
    await run_until_empty(queue, deliverer(queue, hook(receiver, tools), consumer="heir"))
    (record,) = await queue.deliveries.list(10)
    assert record.status == "delivered"


async def test_two_daemons_share_a_channel_without_repeating_anything(
    queue: Store, receiver: Publisher, tools: Tools
) -> None:
    for number in range(40):
        await put(queue, f"story-{number}")
    pair = [deliverer(queue, hook(receiver, tools), consumer=name) for name in ("one", "two")]
    await run_until_empty(queue, *pair)
    ids = [hit.headers["webhook-id"] for hit in receiver.hits_on("/hook")]
    assert len(ids) == 40
    assert len(set(ids)) == 40


async def test_draining_prints_what_is_queued_in_order(queue: Store, tools: Tools) -> None:
    for name in ("first", "second", "third"):
        await put(queue, name)
    console = ConsoleNotifier(ConsoleOptions.model_validate({"timezone": "UTC"}), tools)
    assert await deliverer(queue, console).drain() == 3
    assert isinstance(tools.stdout, io.StringIO)
    blocks = tools.stdout.getvalue().rstrip().split("\n\n")
    assert [block.splitlines()[1].strip() for block in blocks] == ["first", "second", "third"]
    assert await is_empty(queue)
