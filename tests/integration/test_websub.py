"""Subscriptions and pushes with a real hub, a real store and the real callback address behind a reverse proxy."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict

from monitor.config.sections import NetworkSettings, WebSubSettings
from monitor.daemon.callbacks import AT_ONCE, Callbacks
from monitor.daemon.metrics import Metrics
from monitor.daemon.pushes import Pushes
from monitor.errors import StoreUnavailable
from monitor.feeds.formats.format import Document
from monitor.feeds.poll_result import NewBody
from monitor.feeds.poller import Poller
from monitor.fetch.client import Fetcher
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool
from monitor.store.store import Store
from monitor.web.app import Readiness, WebServer, create_app
from monitor.web.websub import AT_ONCE as ANSWERED_AT_ONCE
from monitor.web.websub import callback_route
from tests.support.clock import ManualClock
from tests.support.hub import Hub
from tests.support.proxy import ReverseProxy
from tests.support.publisher import Publisher

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = FeedKey("news.example-1")
TOPIC = "https://news.example/feed.xml"
RSS = "<rss version='2.0'><channel><title>x</title></channel></rss>"


@dataclass(slots=True)
class Node:
    """One daemon's part in pushes: what it asks, and what it does with what comes."""

    pushes: Pushes
    callbacks: Callbacks
    metrics: Metrics
    carried: list[tuple[FeedKey, Document]] = field(default_factory=list)
    made_due: list[FeedKey] = field(default_factory=list)
    failing: int = 0  # so many documents are not carried, as if the store were away
    gate: asyncio.Event = field(default_factory=asyncio.Event)  # documents are carried while it is set

    async def carry(self, feed: FeedKey, document: Document) -> None:
        await self.gate.wait()
        if self.failing:
            self.failing -= 1
            raise StoreUnavailable("away")
        self.carried.append((feed, document))

    async def make_due(self, feed: FeedKey) -> bool:
        self.made_due.append(feed)
        return True

    def counted(self, name: str, *labels: str) -> float:
        counter = getattr(self.metrics, name)
        return float((counter.labels(*labels) if labels else counter)._value.get())


@dataclass(slots=True)
class World:
    """A hub, and daemons on one store behind one public address; the first of them answers callbacks."""

    hub: Hub
    store: Store
    clock: ManualClock
    proxy: ReverseProxy
    stack: AsyncExitStack
    nodes: list[Node] = field(default_factory=list)

    @property
    def node(self) -> Node:
        return self.nodes[0]

    async def add_node(
        self, *, public_url: str | None = None, allow: tuple[str, ...] = ("127.0.0.0/8",), polling: bool = True
    ) -> Node:
        metrics, fetcher = Metrics(), Fetcher(self.clock, allow=allow, timeout=timedelta(seconds=2))
        pushes = Pushes(
            subscriptions=self.store.subscriptions,
            fetcher=await self.stack.enter_async_context(fetcher),
            settings=WebSubSettings(public_url=self.proxy.url if public_url is None else public_url),
            metrics=metrics,
            clock=self.clock,
            rng=random.Random(len(self.nodes)),
        )
        node: Node
        callbacks = Callbacks(
            pushes,
            carry=(lambda feed, document: node.carry(feed, document)) if polling else None,
            make_due=lambda feed: node.make_due(feed),
            metrics=metrics,
            clock=self.clock,
            answer_within=timedelta(seconds=0.3),
        )
        node = Node(pushes=pushes, callbacks=callbacks, metrics=metrics)
        node.gate.set()
        self.nodes.append(node)
        return node

    async def listen(self, node: Node) -> None:
        """Let the public address lead to a node."""
        route = callback_route(node.callbacks, max_bytes=100_000)

        async def readiness() -> Readiness:
            return Readiness(ready=True)

        async def metrics() -> bytes:
            return b""

        server = WebServer(create_app(readiness=readiness, metrics=metrics, metrics_type="text/plain", extra=[route]))
        self.proxy.upstream = f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}"
        self.stack.push_async_callback(server.stop)

    def state(self, *, hub: str | None = None, topic: str = TOPIC) -> FeedState:
        return FeedState(hub=self.hub.url if hub is None else hub, topic=topic, last_success=NOON)

    async def subscribe(self, node: Node | None = None) -> None:
        """Follow the feed and wait until the hub has asked back."""
        node = node or self.node
        await node.pushes.follow(FEED, self.state(), new_entries=0)
        before = len(self.hub.requests)
        await node.pushes.tick()
        await self.hub.asked(before + 1)


@pytest.fixture
async def world(store: Store, clock: ManualClock) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        hub = await stack.enter_async_context(Hub(clock))
        proxy = await stack.enter_async_context(ReverseProxy("/monitor"))
        made = World(hub=hub, store=store, clock=clock, proxy=proxy, stack=stack)
        await store.schedule.sync([Feed(key=FEED, url=TOPIC)])
        await made.listen(await made.add_node())
        yield made


async def get(url: str, **query: str) -> tuple[int, dict[str, str], str]:
    async with aiohttp.ClientSession() as session, session.get(url, params=query) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() != "date"}
        return answer.status, headers, await answer.text()


# Subscribing


async def test_a_feed_with_a_hub_is_subscribed_and_its_pushes_are_carried_as_polls_are(world: World) -> None:
    await world.subscribe()
    (request,) = world.hub.requests
    assert request["hub.mode"] == "subscribe"
    assert request["hub.topic"] == TOPIC
    assert request["hub.lease_seconds"] == "864000"
    assert request["hub.callback"].startswith(f"{world.proxy.url}/websub/")
    assert world.hub.answers == [(200, "challenge <b>1</b>")]
    assert await world.hub.publish(TOPIC, RSS) == [202]
    document = Document(body=RSS.encode(), url=TOPIC, content_type="application/rss+xml")
    assert world.node.carried == [(FEED, document)]
    assert world.node.counted("websub_requests", "subscribe", "accepted") == 1
    assert world.node.counted("websub_verifications", "confirmed") == 1
    assert world.node.counted("websub_pushes", "fat") == 1


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_every_signature_of_the_specification_is_taken(world: World, method: str) -> None:
    await world.subscribe()
    world.hub.method = method
    assert await world.hub.publish(TOPIC, RSS) == [202]
    assert len(world.node.carried) == 1


async def test_a_feed_counts_as_pushed_only_once_a_push_came(world: World) -> None:
    await world.subscribe()
    assert not world.node.pushes.is_pushed(FEED)
    await world.hub.publish(TOPIC, RSS)
    assert world.node.pushes.is_pushed(FEED)
    await world.node.pushes.refresh()
    assert world.node.pushes.is_pushed(FEED)
    assert world.node.counted("websub_subscriptions") == 1


async def test_a_followed_feed_is_asked_for_once(world: World) -> None:
    await world.subscribe()
    for _ in range(3):
        await world.node.pushes.follow(FEED, world.state(), new_entries=1)
        await world.node.pushes.tick()
    assert len(await world.hub.asked(1)) == 1


async def test_each_subscription_has_an_address_and_a_secret_of_its_own(world: World) -> None:
    other = FeedKey("other.example-1")
    await world.store.schedule.sync([Feed(key=FEED, url=TOPIC), Feed(key=other, url=TOPIC)])
    await world.node.pushes.follow(other, world.state(), new_entries=0)
    await world.node.pushes.follow(FEED, world.state(), new_entries=0)
    await world.node.pushes.tick()
    requests = await world.hub.asked(2)
    assert len({request["hub.callback"] for request in requests}) == 2
    assert len({request["hub.secret"] for request in requests}) == 2
    assert all(len(request["hub.callback"].rpartition("/")[2]) == 33 for request in requests)


async def test_without_a_public_address_nothing_is_asked_and_no_callback_is_known(world: World) -> None:
    await world.subscribe()
    off = await world.add_node(public_url="")
    await world.listen(off)
    await off.pushes.refresh()
    await off.pushes.follow(FeedKey("other.example-1"), world.state(), new_entries=0)
    await off.pushes.tick()
    await off.pushes.remove([FEED])
    assert len(world.hub.requests) == 1
    assert not off.pushes.is_pushed(FEED)
    assert await world.hub.publish(TOPIC, RSS) == [404, 404, 404]


async def test_a_hub_inside_the_operators_network_is_never_called(world: World) -> None:
    careful = await world.add_node(allow=())
    await careful.pushes.follow(FEED, world.state(), new_entries=0)
    await careful.pushes.tick()
    assert world.hub.requests == []
    assert careful.counted("websub_requests", "subscribe", "failed") == 1


@pytest.mark.parametrize("status", [307, 308])
async def test_a_redirect_that_keeps_the_post_is_followed_once(world: World, status: int) -> None:
    site = world.hub.site
    site.redirect("/moved", "/", status=status)
    site.redirect("/again", "/moved", status=status)
    await world.node.pushes.follow(FEED, world.state(hub=site.url("/moved")), new_entries=0)
    await world.node.pushes.tick()
    assert len(await world.hub.asked(1)) == 1
    await world.node.pushes.follow(FEED, world.state(hub=site.url("/again")), new_entries=0)
    await world.node.pushes.tick()
    assert world.node.counted("websub_requests", "subscribe", "refused") == 1


async def test_a_redirect_that_would_make_a_get_of_it_is_not_followed(world: World) -> None:
    world.hub.site.redirect("/moved", "/", status=302)
    await world.node.pushes.follow(FEED, world.state(hub=world.hub.site.url("/moved")), new_entries=0)
    await world.node.pushes.tick()
    assert world.hub.requests == []
    assert world.node.counted("websub_requests", "subscribe", "refused") == 1


# Leases


async def test_a_lease_is_renewed_after_half_of_it(world: World) -> None:
    world.hub.lease = 2 * DAY
    await world.subscribe()
    world.clock.advance(DAY - MINUTE)
    await world.node.pushes.tick()
    assert len(world.hub.requests) == 1
    world.clock.advance(8 * HOUR + 2 * MINUTE)
    await world.node.pushes.tick()
    first, second = await world.hub.asked(2)
    assert first == second
    assert [subscriber.until for subscriber in world.hub.subscribers] == [world.clock.now() + 2 * DAY]


async def test_a_lease_that_ends_unrenewed_means_polling_as_before(world: World) -> None:
    world.hub.lease = 2 * DAY
    await world.subscribe()
    await world.hub.publish(TOPIC, RSS)
    world.hub.refusing = 503
    for _ in range(4):
        world.clock.advance(DAY / 2 - MINUTE)
        await world.node.pushes.tick()
    assert world.node.pushes.is_pushed(FEED)
    world.clock.advance(5 * MINUTE)
    assert not world.node.pushes.is_pushed(FEED)
    await world.node.pushes.refresh()
    assert world.node.counted("websub_subscriptions") == 0


async def test_a_hub_that_does_not_answer_is_asked_again_ever_more_rarely(world: World) -> None:
    world.hub.refusing = 500
    await world.node.pushes.follow(FEED, world.state(), new_entries=0)
    for _ in range(24 * 12):
        await world.node.pushes.tick()
        world.clock.advance(5 * MINUTE)
    assert 6 <= len(world.hub.requests) <= 9
    world.hub.refusing = 0
    world.clock.advance(DAY)
    await world.subscribe()
    assert len(world.hub.subscribers) == 1


async def test_a_hub_that_says_when_to_come_back_is_heard(world: World) -> None:
    world.hub.refusing, world.hub.refusal_headers = 503, {"Retry-After": "7200"}
    await world.node.pushes.follow(FEED, world.state(), new_entries=0)
    await world.node.pushes.tick()
    world.clock.advance(119 * MINUTE)
    await world.node.pushes.tick()
    assert len(world.hub.requests) == 1
    world.clock.advance(2 * MINUTE)
    await world.node.pushes.tick()
    assert len(world.hub.requests) == 2


async def test_a_hub_that_takes_the_request_and_never_asks_back_is_asked_again(world: World) -> None:
    world.hub.asking_back = False
    await world.subscribe()
    world.clock.advance(10 * MINUTE)
    world.hub.asking_back = True
    await world.node.pushes.tick()
    await world.hub.asked(2)
    assert len(world.hub.subscribers) == 1


async def test_a_denied_subscription_is_left_alone_for_a_day(world: World) -> None:
    world.hub.denying = "not this topic"
    await world.subscribe()
    assert world.node.counted("websub_verifications", "denied") == 1
    world.clock.advance(23 * HOUR)
    await world.node.pushes.tick()
    assert len(world.hub.requests) == 1
    world.hub.denying = ""
    world.clock.advance(8 * HOUR)
    await world.node.pushes.tick()
    await world.hub.asked(2)
    assert len(world.hub.subscribers) == 1


async def test_a_subscription_may_be_denied_later_and_then_the_feed_is_polled_as_before(world: World) -> None:
    await world.subscribe()
    await world.hub.publish(TOPIC, RSS)
    callback = world.hub.requests[0]["hub.callback"]
    status, _, _ = await get(callback, **{"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "gone"})
    assert status == 200
    assert not world.node.pushes.is_pushed(FEED)


# Changes


async def test_a_feed_that_names_another_hub_moves_there(world: World) -> None:
    await world.subscribe()
    await world.hub.publish(TOPIC, RSS)
    async with Hub(world.clock, host="127.0.0.2") as second:
        await world.node.pushes.follow(FEED, world.state(hub=second.url), new_entries=0)
        await world.node.pushes.tick()
        await second.asked(1)
        await world.hub.asked(2)
        assert not world.node.pushes.is_pushed(FEED)
        assert [request["hub.mode"] for request in world.hub.requests] == ["subscribe", "unsubscribe"]
        assert world.hub.subscribers == []
        assert await second.publish(TOPIC, RSS) == [202]
        assert second.requests[0]["hub.callback"] != world.hub.requests[0]["hub.callback"]
    status, _, _ = await get(world.hub.requests[0]["hub.callback"])
    assert status == 404


async def test_a_feed_that_names_another_topic_is_subscribed_to_that(world: World) -> None:
    await world.subscribe()
    await world.node.pushes.follow(FEED, world.state(topic="https://news.example/new.xml"), new_entries=0)
    await world.node.pushes.tick()
    await world.hub.asked(3)
    assert [subscriber.topic for subscriber in world.hub.subscribers] == ["https://news.example/new.xml"]


async def test_a_feed_that_names_no_hub_any_more_leaves_it(world: World) -> None:
    await world.subscribe()
    await world.node.pushes.follow(FEED, world.state(hub=""), new_entries=0)
    await world.node.pushes.tick()
    await world.hub.asked(2)
    assert world.hub.subscribers == []
    assert await world.store.subscriptions.present() == {}


async def test_a_feed_that_was_removed_is_unsubscribed(world: World) -> None:
    await world.subscribe()
    synced = await world.store.schedule.sync([])
    await world.node.pushes.remove(synced.removed)
    await world.node.pushes.tick()
    await world.hub.asked(2)
    assert world.hub.subscribers == []


async def test_a_removal_that_nobody_noted_is_found_at_the_renewal(world: World) -> None:
    await world.subscribe()
    await world.store.schedule.sync([])
    world.clock.advance(7 * DAY)
    await world.node.pushes.tick()
    await world.hub.asked(2)
    assert world.hub.subscribers == []


async def test_a_hub_that_does_not_let_go_is_forgotten(world: World) -> None:
    await world.subscribe()
    callback = world.hub.requests[0]["hub.callback"]
    world.hub.refusing = 500
    await world.node.pushes.remove([FEED])
    for _ in range(5):
        await world.node.pushes.tick()
        world.clock.advance(DAY)
    assert [request["hub.mode"] for request in world.hub.requests] == ["subscribe"] + ["unsubscribe"] * 3
    assert (await get(callback))[0] == 404


async def test_a_new_public_address_is_given_to_the_hubs_at_the_start(world: World) -> None:
    await world.subscribe()
    await world.hub.publish(TOPIC, RSS)
    async with ReverseProxy("/elsewhere") as proxy:
        moved = await world.add_node(public_url=proxy.url)
        await moved.pushes.refresh()
        assert not moved.pushes.is_pushed(FEED)
        proxy.upstream = world.proxy.upstream
        await moved.pushes.tick()
        await world.hub.asked(2)
        assert world.hub.requests[1]["hub.callback"].startswith(proxy.url)
        assert world.hub.answers[1][0] == 200


# Pushes


async def test_a_forged_push_is_answered_and_ignored(world: World) -> None:
    await world.subscribe()
    assert await world.hub.publish(TOPIC, RSS, signature="sha256=" + "0" * 64) == [202]
    assert await world.hub.publish(TOPIC, RSS, signature="rot13=x") == [202]
    assert (world.node.carried, world.node.made_due) == ([], [])
    assert world.node.counted("websub_pushes", "forged") == 2
    assert not world.node.pushes.is_pushed(FEED)


async def test_a_push_without_a_signature_is_answered_and_ignored(world: World) -> None:
    await world.subscribe()
    world.hub.method = ""
    assert await world.hub.publish(TOPIC, RSS) == [202]
    assert await world.hub.publish(TOPIC, "") == [202]
    assert (world.node.carried, world.node.made_due) == ([], [])
    assert world.node.counted("websub_pushes", "unsigned") == 2


async def test_a_push_without_a_document_makes_the_feed_due(world: World) -> None:
    await world.subscribe()
    assert await world.hub.publish(TOPIC, "") == [202]
    assert (world.node.carried, world.node.made_due) == ([], [FEED])
    assert world.node.pushes.is_pushed(FEED)


async def test_a_push_that_is_not_safe_is_sent_again_by_the_hub(world: World) -> None:
    await world.subscribe()
    world.node.failing = 2
    assert await world.hub.publish(TOPIC, RSS) == [503, 503, 202]
    assert len(world.node.carried) == 1
    assert world.node.made_due == []


async def test_a_push_that_takes_long_is_answered_and_goes_on(world: World) -> None:
    await world.subscribe()
    world.node.gate.clear()
    assert await world.hub.publish(TOPIC, RSS) == [202]
    assert world.node.carried == []
    world.node.gate.set()
    await world.node.callbacks.stop(timedelta(seconds=5))
    assert len(world.node.carried) == 1


async def test_a_push_that_a_stop_cuts_short_leaves_the_feed_due(world: World) -> None:
    await world.subscribe()
    world.node.gate.clear()
    await world.hub.publish(TOPIC, RSS)
    await world.node.callbacks.stop(timedelta(0))
    assert (world.node.carried, world.node.made_due) == ([], [FEED])


async def test_too_many_pushes_at_once_are_left_to_polls(world: World) -> None:
    feeds = [FeedKey(f"many{number}.example-1") for number in range(AT_ONCE + 2)]
    await world.store.schedule.sync([Feed(key=feed, url=TOPIC) for feed in feeds])
    for feed in feeds:
        await world.node.pushes.follow(feed, world.state(), new_entries=0)
    await world.node.pushes.tick()
    await world.hub.asked(len(feeds))
    world.node.gate.clear()
    assert await world.hub.publish(TOPIC, RSS) == [202] * len(feeds)
    assert len(world.node.made_due) == 2
    world.node.gate.set()
    await world.node.callbacks.stop(timedelta(seconds=5))
    assert {*(feed for feed, _ in world.node.carried), *world.node.made_due} == set(feeds)


async def test_one_feed_pushed_all_the_time_is_polled_instead(world: World) -> None:
    await world.subscribe()
    for _ in range(3):
        await world.hub.publish(TOPIC, RSS)
    assert (len(world.node.carried), world.node.made_due) == (1, [FEED, FEED])
    world.clock.advance(MINUTE)
    await world.hub.publish(TOPIC, RSS)
    assert len(world.node.carried) == 2


async def test_a_daemon_that_does_not_poll_leaves_pushes_to_those_that_do(world: World) -> None:
    await world.subscribe()
    other = await world.add_node(polling=False)
    await world.listen(other)
    assert await world.hub.publish(TOPIC, RSS) == [202]
    assert (other.carried, other.made_due) == ([], [FEED])


async def test_a_push_that_is_too_big_is_refused_whether_it_says_its_size_or_not(world: World) -> None:
    await world.subscribe()
    assert await world.hub.publish(TOPIC, "x" * 100_001) == [413] * 3
    callback = world.hub.requests[0]["hub.callback"]

    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b"x" * 10_000

    direct = callback.replace(world.proxy.url, world.proxy.upstream)
    async with aiohttp.ClientSession() as session, session.post(direct, data=chunks()) as answer:
        assert answer.status == 413
    assert world.node.counted("websub_pushes", "too_big") == 4


async def test_news_that_only_a_poll_finds_ends_the_trust_in_pushes_until_the_next_one(world: World) -> None:
    await world.subscribe()
    await world.hub.publish(TOPIC, RSS)
    world.clock.advance(HOUR)
    await world.node.pushes.follow(FEED, world.state(), new_entries=0)
    assert world.node.pushes.is_pushed(FEED)
    await world.node.pushes.follow(FEED, world.state(), new_entries=2)
    assert not world.node.pushes.is_pushed(FEED)
    await world.node.pushes.refresh()
    assert not world.node.pushes.is_pushed(FEED)
    await world.hub.publish(TOPIC, RSS)
    assert world.node.pushes.is_pushed(FEED)


async def test_news_that_a_poll_finds_just_after_a_push_is_that_pushs(world: World) -> None:
    await world.subscribe()
    await world.hub.publish(TOPIC, "")
    world.clock.advance(MINUTE)
    await world.node.pushes.follow(FEED, world.state(), new_entries=2)
    assert world.node.pushes.is_pushed(FEED)


# Strangers


async def test_a_callback_that_is_not_ours_is_answered_like_any_unknown_address(world: World) -> None:
    await world.subscribe()
    nowhere = await get(f"{world.proxy.url}/nothing/here")
    callback = world.hub.requests[0]["hub.callback"]
    questions = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "x"}
    base = f"{world.proxy.url}/websub"
    assert nowhere[0] == 404
    assert await get(f"{base}/{'0' * 33}", **questions) == nowhere
    assert await get(f"{base}/short") == nowhere
    assert await get(f"{base}/") == nowhere
    assert await get(callback) == nowhere
    assert await get(callback, **{**questions, "hub.topic": "https://other.example/"}) == nowhere
    assert await get(callback, **{**questions, "hub.mode": "unsubscribe"}) == nowhere
    async with aiohttp.ClientSession() as session, session.post(f"{base}/{'0' * 33}", data=b"x") as answer:
        assert (answer.status, await answer.text()) == (404, nowhere[2])
    denied = {**questions, "hub.mode": "denied"}
    async with aiohttp.ClientSession() as session, session.head(callback, params=denied) as answer:
        assert answer.status == 404
    assert world.node.counted("websub_verifications", "denied") == 0


async def test_nobody_can_end_a_subscription_or_have_another_topic_confirmed(world: World) -> None:
    await world.subscribe()
    request = world.hub.requests[0]
    assert not await world.hub.ask_back(request, mode="unsubscribe")
    assert not await world.hub.ask_back(request, topic="https://evil.example/feed.xml")
    world.clock.advance(2 * DAY)
    assert not await world.hub.ask_back(request)
    assert [status for status, _ in world.hub.answers] == [200, 404, 404, 404]
    assert len(await world.store.subscriptions.present()) == 1
    assert await world.hub.publish(TOPIC, RSS) == [202]


async def test_no_browser_takes_a_challenge_for_a_page(world: World) -> None:
    await world.subscribe()
    callback = world.hub.requests[0]["hub.callback"]
    questions = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "<script>alert(1)</script>"}
    status, headers, text = await get(callback, **questions)
    assert (status, text) == (200, "<script>alert(1)</script>")
    assert headers["content-type"] == "text/plain; charset=utf-8"
    assert headers["x-content-type-options"] == "nosniff"


async def test_more_callers_than_can_be_answered_are_sent_away_before_anything_is_looked_up(world: World) -> None:
    await world.subscribe()
    callback = world.hub.requests[0]["hub.callback"].replace(world.proxy.url, world.proxy.upstream)
    never = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield b"x"
        await never.wait()

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        callers = [asyncio.ensure_future(session.post(callback, data=endless())) for _ in range(2 * ANSWERED_AT_ONCE)]
        refused = islice(asyncio.as_completed(callers, timeout=9), ANSWERED_AT_ONCE)
        assert {(await answer).status for answer in refused} == {503}
        status, headers, text = await get(f"{world.proxy.upstream}/websub/{'0' * 33}")
        assert (status, headers["retry-after"], text) == (503, "60", "")
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)
    await answered(callback, 404)


async def answered(url: str, status: int) -> None:
    """Return as soon as an address answers with a status."""
    for _ in range(500):
        if (await get(url))[0] == status:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"{url} does not answer {status}")


# Many daemons


async def test_of_many_daemons_one_asks(world: World) -> None:
    nodes = [world.node, *[await world.add_node() for _ in range(4)]]
    await asyncio.gather(*(node.pushes.follow(FEED, world.state(), new_entries=0) for node in nodes[:1]))
    await asyncio.gather(*(node.pushes.tick() for node in nodes))
    assert len(await world.hub.asked(1)) == 1
    world.clock.advance(7 * DAY)
    await asyncio.gather(*(node.pushes.tick() for node in nodes))
    assert len(await world.hub.asked(2)) == 2


async def test_any_daemon_may_be_called_back(world: World) -> None:
    other = await world.add_node()
    await world.subscribe(other)
    assert await world.hub.publish(TOPIC, RSS) == [202]
    assert len(world.node.carried) == 1
    await other.pushes.refresh()
    assert other.pushes.is_pushed(FEED)


async def test_a_subscription_that_another_daemon_made_is_not_made_twice(world: World) -> None:
    await world.subscribe()
    other = await world.add_node()
    await other.pushes.follow(FEED, world.state(), new_entries=0)
    await other.pushes.tick()
    assert len(await world.hub.asked(1)) == 1


async def test_what_a_daemon_that_died_while_asking_left_is_asked_by_another(world: World) -> None:
    await world.node.pushes.follow(FEED, world.state(), new_entries=0)
    await world.store.subscriptions.claim(10, now=world.clock.now(), lease=2 * MINUTE)
    other = await world.add_node()
    await other.pushes.tick()
    assert world.hub.requests == []
    world.clock.advance(3 * MINUTE)
    await other.pushes.tick()
    assert len(await world.hub.asked(1)) == 1


# What a poll finds


async def test_a_poll_finds_the_hub_in_any_of_several_link_headers(clock: ManualClock) -> None:
    headers = CIMultiDict([("Link", '</style.css>; rel="preload"'), ("link", '</hub>; rel="hub"')])
    headers.add("Link", "<https://news.example/self.xml>; rel=self")
    async with Publisher() as site, Fetcher(clock, allow=["127.0.0.0/8"]) as fetcher:
        site.serve("/feed.xml", lambda _: web.Response(text=RSS, content_type="text/xml", headers=headers))
        async with SandboxPool(
            1, timedelta(seconds=20), memory_bytes=2**30, preload=["monitor.feeds.parse"]
        ) as sandbox:
            poller = Poller(fetcher, sandbox, clock, NetworkSettings())
            result = await poller.poll(Feed(key=FEED, url=site.url("/feed.xml")), FeedState())
        assert isinstance(result, NewBody)
        assert (result.parsed.hub, result.parsed.topic) == (site.url("/hub"), "https://news.example/self.xml")
