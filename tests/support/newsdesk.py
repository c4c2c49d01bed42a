"""One feed of a loopback site, polled over HTTP through the whole pipeline; the clock is moved by hand."""

from __future__ import annotations

import html
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import cast

from monitor.articles.page_hosts import NoMemory, PageHosts
from monitor.articles.reader import ArticleReader, PageLimits
from monitor.articles.site_memory import SiteMemory
from monitor.clock import SystemClock
from monitor.config.channels import Route
from monitor.config.sections import NetworkSettings, PollSettings
from monitor.daemon.build import PRELOAD
from monitor.daemon.health import FeedHealth
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.daemon.ops_alerts import OpsAlerts
from monitor.daemon.pipeline import Pipeline
from monitor.daemon.polls import Polls
from monitor.daemon.pushed_documents import PushedDocuments
from monitor.daemon.pushes import Pushes
from monitor.feeds.formats.format import Document
from monitor.feeds.poller import Poller
from monitor.fetch.client import Fetcher
from monitor.model import ChannelName, Feed, FeedKey, FeedState
from monitor.rules.read import read_rules
from monitor.sandbox.pool import SandboxPool
from monitor.store.scripts import Pace
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.publisher import Publisher

DESK = ChannelName("desk")
MAX_AGE = timedelta(hours=24)


class Silent:
    """Tells nobody of failing feeds, and knows no hub."""

    async def polled(self, feed: Feed, before: FeedState, after: FeedState) -> bool:
        return False

    def is_pushed(self, feed: FeedKey) -> bool:
        return False

    async def take_news(self, feed: FeedKey) -> int:
        return 0

    async def follow(self, feed: FeedKey, state: FeedState, *, new_entries: int) -> None:
        pass


@dataclass(slots=True)
class Newsdesk:
    """A feed whose items are the test's, and what became of them."""

    site: Publisher
    store: Store
    clock: ManualClock
    feed: Feed
    pipeline: Pipeline
    polls: Polls
    documents: PushedDocuments
    metrics: Metrics
    items: list[str] = field(default_factory=list)

    def publish(
        self, name: str, *, title: str = "", text: str = "", page: str | None = None, at: datetime | None = None
    ) -> None:
        """Put an entry at the head of the feed, and its page onto the site; an entry of that name is replaced."""
        link, moment = self.site.url(f"/{name}.html"), at or self.clock.now()
        self.items = [item for item in self.items if f"<guid>{link}</guid>" not in item]
        self.items.insert(
            0,
            f"<item><title>{html.escape(title or f'Report {name} of the day')}</title><link>{link}</link>"
            f"<guid>{link}</guid><pubDate>{format_datetime(moment)}</pubDate>"
            f"<description>{html.escape(text)}</description></item>",
        )
        if page is not None:
            self.site.serve(f"/{name}.html", page)

    def document(self) -> str:
        """Return the feed as RSS."""
        return f"<rss version='2.0'><channel><title>The Paper</title>{''.join(self.items)}</channel></rss>"

    async def poll(self, *, later: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass, and poll the feed."""
        self.clock.advance(later)
        await self.store.schedule.sync([self.feed], spread=timedelta(0))
        await self.store.schedule.make_due(self.feed.key)
        assert await self.polls.tick() == 1
        await self.polls.stop(timedelta(seconds=30))

    async def push(self, *, later: timedelta = timedelta(minutes=1)) -> None:
        """Let time pass, and have a hub push the feed's document."""
        self.clock.advance(later)
        await self.documents.push(self.feed.key, Document(body=self.document().encode(), url=self.feed.url))

    async def state(self) -> FeedState:
        """Return what is known of the feed."""
        return (await self.store.schedule.load([self.feed.key]))[self.feed.key]

    async def waits(self) -> timedelta:
        """Return in how long the feed is due."""
        ((_, due),) = (await self.store.schedule.all()).values()
        return due - self.clock.now()

    def fetched(self, name: str) -> int:
        """Return how often an entry's page was fetched."""
        return len(self.site.hits_on(f"/{name}.html"))

    def matches(self, rule: str) -> int:
        """Return how often a rule held for an article."""
        return int(self.metrics.matches.labels(rule)._value.get())

    async def alerts(self) -> list[tuple[str, str]]:
        """Return rule and headline of each alert, sorted."""
        return sorted((alert.rule, alert.lead.title) for alert in await self.store.alerts.list(999))


@asynccontextmanager
async def open_newsdesk(
    store: Store, clock: ManualClock, folder: Path, *, rules: str, hosts: PageHosts | None = None
) -> AsyncIterator[Newsdesk]:
    """Open a desk with rules as in a file; without a memory of `hosts` nobody is left alone."""
    (folder / "rules.yaml").write_text(rules)
    read, problems = read_rules([folder], channels={DESK})
    assert read is not None, problems
    policy = Policy(rules=read, routes=(Route(channels=(DESK,)),), followers=frozenset())
    metrics, silent = Metrics(), Silent()
    async with (
        Publisher() as site,
        Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=10), host_slots=8) as fetcher,
        SandboxPool(2, timedelta(seconds=20), memory_bytes=2**30, preload=PRELOAD) as sandbox,
    ):
        feed = Feed(key=FeedKey("paper.example-1"), url=site.url("/feed.xml"), interval=timedelta(hours=1))
        reader = ArticleReader(
            fetcher,
            sandbox,
            clock=clock,
            limits=PageLimits(max_bytes=4 * 1024 * 1024, delay=timedelta(0)),
            sites=SiteMemory(),
            hosts=hosts or NoMemory(),
        )
        middle = Middle(store=store, policy=lambda: policy, clock=clock, metrics=metrics)
        pipeline = Pipeline(store=store, reader=reader, middle=middle, clock=clock, metrics=metrics, max_age=MAX_AGE)
        poller = Poller(fetcher, sandbox, clock=clock, network=NetworkSettings(host_delay=timedelta(0)))
        desk = Newsdesk(
            site=site,
            store=store,
            clock=clock,
            feed=feed,
            pipeline=pipeline,
            metrics=metrics,
            polls=Polls(
                store=store,
                poller=poller,
                pipeline=pipeline,
                pushes=cast("Pushes", silent),
                feeds=lambda: {feed.key: feed},
                coefficient=lambda: 1.0,
                settings=PollSettings(),
                health=FeedHealth(),
                ops=cast("OpsAlerts", silent),
                metrics=metrics,
                clock=clock,
                rng=random.Random(1),
                pace=lambda: Pace(spacing=timedelta(0)),
            ),
            documents=PushedDocuments(
                store=store,
                poller=poller,
                pipeline=pipeline,
                feeds=lambda: {feed.key: feed},
                metrics=metrics,
                clock=clock,
            ),
        )
        site.serve("/feed.xml", lambda _: desk.document(), content_type="application/rss+xml")
        yield desk
