"""A pushed document, carried as a poll's is: the same reader, the same way to the alerts, the same marks.

The feed's state is left to its polls, but for what pages taught of its texts. A push may hold one entry of a feed of a
hundred, so its validators and items say nothing about the feed's document; and what a push brought, the next poll finds
known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import structlog

from monitor.clock import Clock
from monitor.daemon.metrics import Metrics
from monitor.daemon.pipeline import Pipeline
from monitor.feeds.formats.format import Document
from monitor.feeds.full_text import learn_full_text
from monitor.feeds.poll_result import NewBody, PollFailed
from monitor.feeds.poller import Poller
from monitor.model import Feed, FeedKey, FeedState
from monitor.store.store import Store

log = structlog.get_logger()


class PushedDocuments:
    """Carries documents that hubs sent."""

    def __init__(
        self,
        *,
        store: Store,
        poller: Poller,
        pipeline: Pipeline,
        feeds: Callable[[], Mapping[FeedKey, Feed]],
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._store = store
        self._poller = poller
        self._pipeline = pipeline
        self._feeds = feeds
        self._metrics = metrics
        self._clock = clock

    async def push(self, feed_key: FeedKey, document: Document) -> None:
        """Carry a document to the alerts; a feed is polled instead if another daemon lists it or this cannot be read.

        Raises:
            StoreError: it is not safe; offer it again.
        """
        feed = self._feeds().get(feed_key)
        if feed is None:
            await self._store.schedule.make_due(feed_key)
            return
        result = await self._poller.read(feed, document, await self._store.schedule.items(feed_key))
        if isinstance(result, PollFailed):
            log.debug("push_unreadable", feed=feed_key, reason=result.reason)
            await self._store.schedule.make_due(feed_key)
        else:
            await self._carry(feed, result)

    async def _carry(self, feed: Feed, body: NewBody) -> None:
        state = (await self._store.schedule.load([feed.key])).get(feed.key, FeedState())
        carried = await self._pipeline.carry(
            feed, body.parsed.entries, body.keys, state=state, feed_title=state.title or body.parsed.title
        )
        if carried.full_texts:
            learn = partial(learn_full_text, lessons=carried.full_texts, now=self._clock.now())
            await self._store.schedule.amend(feed.key, learn)
        for delay in carried.delays:
            self._metrics.entry_delay.observe(delay.total_seconds())
        if carried.new:
            await self._store.subscriptions.add_news(feed.key, carried.new)
            log.info("feed_pushed", feed=feed.key, new_entries=carried.new)
        if carried.again is not None:  # a page did not answer: the poll tries it, and keeps on trying
            await self._store.schedule.make_due(feed.key)
