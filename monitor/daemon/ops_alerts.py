"""Feeds that fail and come back, told like any alert: queued in the store, sent by the channels, never lost.

What counts and who is told is decided in monitor.alerts.ops; here it is read, queued and remembered.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from monitor.alerts.ops import OpsNews, failing_feed, has_failed_long, needless, ops_news
from monitor.clock import Clock
from monitor.config.channels import Route
from monitor.config.sections import OpsSettings
from monitor.daemon.metrics import Metrics
from monitor.model import Feed, FeedState
from monitor.store.alerts import Draft
from monitor.store.keys import TURN_LIFETIME
from monitor.store.store import Store
from monitor.urls import redact

log = structlog.get_logger()


class OpsAlerts:
    """Tells the people who run the monitor of feeds; several daemons on one store tell each thing once."""

    def __init__(
        self,
        store: Store,
        *,
        settings: OpsSettings,
        routes: Sequence[Route],
        metrics: Metrics,
        clock: Clock,
        pause: timedelta = TURN_LIFETIME,
    ) -> None:
        """Speak for one daemon; after one had its turn, all are silent for `pause`."""
        self._store = store
        self._settings = settings
        self._routes = routes
        self._metrics = metrics
        self._clock = clock
        self._pause = pause

    async def polled(self, feed: Feed, before: FeedState, after: FeedState) -> bool:
        """Note how a poll went; return what `failure_told` of the feed's state is to be.

        To be called before the state is saved, so that a crash in between repeats it and loses nothing.

        Args:
            feed: what was polled.
            before: the state before the poll.
            after: what the poll taught.

        Raises:
            StoreError: it could not be noted.
        """
        _log_news(feed, before, after)
        now = self._clock.now()
        if not after.failures:
            return before.failure_told and await self._store.failing.recover(feed.key, now=now)
        is_long = has_failed_long(after, now=now)
        if not (is_long or before.failure_told):
            return False
        return await self._store.failing.note(failing_feed(feed, after, now=now), if_known=not is_long)

    async def tell(self) -> tuple[OpsNews, ...]:
        """Queue the alerts that are due, if no other daemon has just done so; return them.

        Raises:
            StoreError: those not queued are queued the next time.
        """
        if not await self._store.failing.take_turn(self._pause):
            return ()
        failing, told = await self._store.failing.all()
        await self._store.failing.settle({}, needless(failing, told.keys()))
        news = ops_news(failing, told, channels=self._settings.channels, routes=self._routes, now=self._clock.now())
        for item in news:
            await self._queue(item)
            await self._store.failing.settle(item.told, item.forgotten)
        return news

    async def _queue(self, news: OpsNews) -> None:
        alert = news.alert
        log.warning("feeds_alert", alert=alert.id, says=alert.lead.title, reason=alert.reason)
        if self._settings.alerts:
            enqueued = await self._store.alerts.announce(Draft(alert=alert))
            if enqueued.kind == "new":
                self._metrics.alerts.labels(alert.rule).inc()


def _log_news(feed: Feed, before: FeedState, after: FeedState) -> None:
    """Log, once, what nobody needs to act on."""
    if after.address != before.address:
        if after.address:
            log.info(
                "feed_moved",
                feed=feed.key,
                to=redact(after.address, keep_path=True),
                hint="put the new address into the feed list",
            )
        else:
            log.warning("feed_address_given_up", feed=feed.key, reason=after.error or "the feed moved back")
    if after.validators_lie and not before.validators_lie:
        hint = "the server says 'not modified' though there is news; it is asked for the whole feed each time"
        log.info("feed_validators_lie", feed=feed.key, hint=hint)
