"""Files → the object graph. The composition root: nothing else constructs stages."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TextIO

from monitor.articles import extract
from monitor.articles.page_hosts import PageHosts
from monitor.articles.reader import ArticleReader, PageLimits
from monitor.articles.site_memory import SiteMemory
from monitor.clock import Clock
from monitor.config.sections import NetworkSettings
from monitor.config.settings import Settings
from monitor.daemon.callbacks import Callbacks
from monitor.daemon.files import Files
from monitor.daemon.health import FeedHealth
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.daemon.ops_alerts import OpsAlerts
from monitor.daemon.pipeline import Pipeline
from monitor.daemon.polls import Polls
from monitor.daemon.pushed_documents import PushedDocuments
from monitor.daemon.pushes import Pushes
from monitor.daemon.stores import open_store
from monitor.feeds.next_poll import fit_budget
from monitor.feeds.poller import Poller
from monitor.fetch.client import Fetcher, user_agent
from monitor.fetch.guard import Guard
from monitor.fetch.politeness import LONGEST_WAIT, Reserve
from monitor.model import ChannelName, Feed, FeedKey, FeedState
from monitor.notify.deliver import Attempt, Deliverer
from monitor.notify.notifier import Delivered, Permanent, Throttled, Tools, Transient
from monitor.notify.registry import Channel, build_channel
from monitor.sandbox.pool import SandboxPool
from monitor.store.deliveries import Taken
from monitor.store.keys import host_of
from monitor.store.scripts import Pace
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from monitor.urls import host_slug

# Imported once in the fork server: a respawned child is ready within some ten milliseconds.
PRELOAD = (*extract.PRELOAD, "monitor.feeds.parse")
_RESULTS = {Delivered: "delivered", Throttled: "throttled", Transient: "transient", Permanent: "permanent"}


class Current:
    """The user's files in force; `take` swaps them whole, so that no reader sees half of an edit.

    The settings stay those of the start, routes included: they belong to the channels that were built from them.
    """

    def __init__(
        self, files: Files, *, extra_feeds: Mapping[FeedKey, Feed], followers: frozenset[ChannelName], guard: Guard
    ) -> None:
        self._extra_feeds = extra_feeds
        self._guard = guard
        self._followers = followers
        self.settings = files.settings
        self.take(files)
        self.tune({})

    def take(self, files: Files) -> None:
        """Put the feeds and rules of files without errors in force."""
        assert files.rules is not None
        self.listed = files.feeds
        self.feeds: Mapping[FeedKey, Feed] = {**self._extra_feeds, **files.feeds}
        self.policy = Policy(rules=files.rules, routes=self.settings.routes, followers=self._followers)
        network = self.settings.network
        self.pace = Pace(
            spacing=network.host_delay,
            slots=network.host_slots,
            request_limit=network.timeout,
            open_hosts=frozenset(host_of(feed.key) for feed in self.feeds.values() if self._guard.owns(feed.url)),
        )

    def tune(self, states: Mapping[FeedKey, FeedState]) -> None:
        """Fit the polling budget to what is known of the feeds."""
        self.coefficient = fit_budget(self.feeds.values(), states, self.settings.poll)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """The daemon's parts, joined and open."""

    current: Current
    store: Store
    server: EmbeddedServer | None
    middle: Middle
    polls: Polls
    pushes: Pushes
    callbacks: Callbacks
    channels: tuple[Channel, ...]
    deliverers: tuple[Deliverer[Taken], ...]
    health: FeedHealth
    ops: OpsAlerts
    metrics: Metrics
    consumer: str  # this process's name in the queues


@asynccontextmanager
async def open_fetcher(
    network: NetworkSettings, clock: Clock, *, allow: tuple[str, ...] = (), reserve: Reserve | None = None
) -> AsyncIterator[Fetcher]:
    """Open the HTTP door of the settings; `allow` adds addresses to the user's allow-list.

    `reserve` gives out the starts at a host, see Politeness.
    """
    async with Fetcher(
        clock,
        allow=(*network.allow, *allow),
        user_agent=user_agent(network.user_agent, contact=network.contact),
        timeout=network.timeout,
        host_slots=network.host_slots,
        reserve=reserve,
    ) as fetcher:
        yield fetcher


@asynccontextmanager
async def open_sandbox(settings: Settings) -> AsyncIterator[SandboxPool]:
    """Open the pool of child processes of the settings."""
    articles = settings.articles
    async with SandboxPool(
        articles.workers, articles.wall_limit, memory_bytes=articles.memory, preload=PRELOAD
    ) as pool:
        yield pool


def article_reader(
    settings: Settings, *, fetcher: Fetcher, sandbox: SandboxPool, clock: Clock, hosts: PageHosts
) -> ArticleReader:
    """Return the reader of articles with the limits of the settings; `hosts` remembers who refuses us pages."""
    limits = PageLimits(
        max_bytes=settings.network.max_page_bytes,
        delay=settings.network.page_delay,
        detect_language=settings.articles.language_detection,
    )
    return ArticleReader(fetcher, sandbox, clock=clock, limits=limits, sites=SiteMemory(), hosts=hosts)


@asynccontextmanager
async def open_graph(
    files: Files,
    *,
    clock: Clock,
    rng: random.Random,
    stdout: TextIO,
    extra_feeds: Mapping[FeedKey, Feed],
    extra_allow: tuple[str, ...] = (),
    polling: bool = True,
) -> AsyncIterator[Graph]:
    """Build all parts and open what needs opening, in the order of their dependence; closing is the reverse.

    Args:
        files: without errors.
        clock: for everything but the store's own times.
        rng: for jitter.
        stdout: where the console channel writes.
        extra_feeds: feeds beside those in the lists (the sample newsroom's).
        extra_allow: addresses beside the user's allow-list (the sample newsroom's).
        polling: whether what hubs push is carried here, or left to the daemons that poll.
    """
    settings = files.settings
    metrics, health = Metrics(), FeedHealth()
    async with AsyncExitStack() as stack:
        store, server = await stack.enter_async_context(open_store(settings, clock))

        async def reserve(host: str, delay: timedelta) -> timedelta:
            """Take the next start at a host's gate in the store."""
            return await store.schedule.take_turn(host_slug(f"http://{host}"), delay, longest=LONGEST_WAIT)

        fetcher = await stack.enter_async_context(
            open_fetcher(settings.network, clock, allow=extra_allow, reserve=reserve)
        )
        sandbox = await stack.enter_async_context(open_sandbox(settings))
        tools = Tools(fetcher=fetcher, clock=clock, stdout=stdout)
        channels = tuple(build_channel(spec, options, tools) for spec, options in files.channels)
        for channel in channels:
            stack.push_async_callback(channel.notifier.close)
        current = Current(
            files,
            extra_feeds=extra_feeds,
            followers=frozenset(channel.name for channel in channels if channel.follows_sources),
            guard=Guard((*settings.network.allow, *extra_allow)),
        )
        middle = Middle(store=store, policy=lambda: current.policy, clock=clock, metrics=metrics)
        pipeline = Pipeline(
            store=store,
            reader=article_reader(settings, fetcher=fetcher, sandbox=sandbox, clock=clock, hosts=store.pages),
            middle=middle,
            clock=clock,
            metrics=metrics,
            max_age=settings.poll.first_poll_max_age,
        )
        ops = OpsAlerts(store, settings=settings.ops, routes=settings.routes, metrics=metrics, clock=clock)
        pushes = Pushes(
            subscriptions=store.subscriptions,
            fetcher=fetcher,
            settings=settings.websub,
            metrics=metrics,
            clock=clock,
            rng=rng,
        )
        poller = Poller(fetcher, sandbox, clock=clock, network=settings.network)
        documents = PushedDocuments(
            store=store,
            poller=poller,
            pipeline=pipeline,
            feeds=lambda: current.feeds,
            metrics=metrics,
            clock=clock,
        )
        callbacks = Callbacks(
            pushes,
            carry=documents.push if polling else None,
            make_due=store.schedule.make_due,
            metrics=metrics,
            clock=clock,
        )
        polls = Polls(
            store=store,
            poller=poller,
            pipeline=pipeline,
            pushes=pushes,
            feeds=lambda: current.feeds,
            coefficient=lambda: current.coefficient,
            settings=settings.poll,
            health=health,
            ops=ops,
            metrics=metrics,
            clock=clock,
            rng=rng,
            pace=lambda: current.pace,
        )
        consumer = f"{socket.gethostname()}-{os.getpid()}-{rng.randrange(1 << 32):08x}"
        deliverers = tuple(
            Deliverer(
                channel,
                store.deliveries,
                patience=settings.delivery,
                clock=clock,
                rng=rng,
                consumer=consumer,
                on_attempt=lambda attempt: count_attempt(metrics, attempt, clock),
            )
            for channel in channels
        )
        yield Graph(
            current=current,
            store=store,
            server=server,
            middle=middle,
            polls=polls,
            pushes=pushes,
            callbacks=callbacks,
            channels=channels,
            deliverers=deliverers,
            health=health,
            ops=ops,
            metrics=metrics,
            consumer=consumer,
        )


def count_attempt(metrics: Metrics, attempt: Attempt, clock: Clock) -> None:
    """Count one try to deliver."""
    result = _RESULTS[type(attempt.outcome)]
    metrics.attempts.labels(attempt.channel, result).inc()
    metrics.attempt_seconds.labels(attempt.channel).observe(attempt.seconds)
    if result == "delivered" and attempt.delivery.kind in {"new", "update"}:
        age: timedelta = clock.now() - attempt.delivery.queued
        metrics.alert_latency.labels(attempt.channel).observe(age.total_seconds())
