"""Pushes instead of waiting for the next poll: which feeds have a subscription at a WebSub hub, asked for and renewed.

What the hubs send us is in `callbacks.py`. Of many daemons on one store, one asks for each renewal, by a claim.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from monitor.clock import Clock
from monitor.config.sections import WebSubSettings
from monitor.daemon.metrics import Metrics
from monitor.errors import FetchError, StoreError
from monitor.feeds.websub import (
    LONGEST_RETRY,
    Answer,
    Mode,
    Request,
    answer,
    ask,
    redirected,
    refusal,
    renewal_wait,
    retry_wait,
)
from monitor.fetch.caching import retry_after
from monitor.fetch.client import Fetcher, Response
from monitor.model import FeedKey, FeedState, Subscription
from monitor.store.subscriptions import Standing, Subscriptions
from monitor.urls import redact

log = structlog.get_logger()

CALLBACK_PATH = "/websub/"

AT_ONCE = 20  # requests to hubs in one tick; at a tick each 5 s a hub of 10 000 feeds is asked about all in an hour
CLAIM_LEASE = timedelta(minutes=2)  # longer than a request may take
GOODBYES = 3  # requests to end a subscription, after which it is left to run out
# News that a poll finds this soon after a push is that push's, or of a moment when a push was on its way.
PUSH_MARGIN = timedelta(minutes=10)


class Pushes:
    """The subscriptions of this daemon's feeds. Without a public address there are none, and nothing is asked."""

    def __init__(
        self,
        *,
        subscriptions: Subscriptions,
        fetcher: Fetcher,
        settings: WebSubSettings,
        metrics: Metrics,
        clock: Clock,
        rng: random.Random,
    ) -> None:
        self._subscriptions = subscriptions
        self._fetcher = fetcher
        self._settings = settings
        self._metrics = metrics
        self._clock = clock
        self._rng = rng
        self._known: dict[FeedKey, Standing] = {}  # as of the last refresh; another daemon may know better
        self._refreshed = False

    @property
    def is_on(self) -> bool:
        """Whether hubs can reach us at all."""
        return bool(self._settings.public_url)

    def is_pushed(self, feed: FeedKey) -> bool:
        """Whether a feed's news is pushed to us now, so that polls only look for what was lost; costs nothing."""
        standing = self._known.get(feed)
        return standing is not None and standing.is_trusted and self._is_in_force(standing.subscription)

    async def refresh(self) -> None:
        """Read how the subscriptions stand; each minute is enough.

        Raises:
            StoreError: they cannot be read.
        """
        if not self.is_on:
            return
        self._known = await self._subscriptions.present()
        if not self._refreshed:
            self._refreshed = True
            await self._ask_anew()
        in_force = sum(self._is_in_force(standing.subscription) for standing in self._known.values())
        self._metrics.websub_subscriptions.set(in_force)

    async def follow(self, feed: FeedKey, state: FeedState, *, new_entries: int) -> None:
        """Take up what a successful poll taught: a hub, another one, none any more; or news that no push had brought.

        An outage of the store is no matter: the next poll teaches the same.
        """
        if not self.is_on or state.last_success is None:
            return
        known = self._known.get(feed)
        now = self._clock.now()
        try:
            if not state.hub:
                if known is not None:
                    await self._end([feed])
            elif known is None or (known.subscription.hub, known.subscription.topic) != (state.hub, state.topic):
                made = await self._subscriptions.start(feed, hub=state.hub, topic=state.topic, now=now)
                self._know(Standing(subscription=made, is_trusted=False))
            elif new_entries and known.is_trusted:
                await self._doubt(known)
        except StoreError as error:
            log.warning("push_state_not_saved", feed=feed, reason=str(error))

    async def take_news(self, feed: FeedKey) -> int:
        """Return how many new entries came by pushes since this was last asked.

        Raises:
            StoreError: it cannot be looked up.
        """
        return await self._subscriptions.take_news(feed) if self.is_on and feed in self._known else 0

    async def remove(self, feeds: Iterable[FeedKey]) -> None:
        """Have the subscriptions of feeds that are no longer listed anywhere ended.

        Raises:
            StoreError: that cannot be noted; it is found when they are to be renewed.
        """
        if self.is_on:
            await self._end(feeds)

    async def tick(self) -> None:
        """Ask the hubs for what is due: a subscription, its renewal, its end.

        Raises:
            StoreError: what is due cannot be read.
        """
        if not self.is_on:
            return
        due = await self._subscriptions.claim(AT_ONCE, now=self._clock.now(), lease=CLAIM_LEASE)
        await asyncio.gather(*(self._ask(subscription) for subscription in due))

    async def find(self, token: str) -> Subscription | None:
        """Return the subscription whose callback address ends with this token, None if there is none, or we are off.

        Raises:
            StoreError: it cannot be looked up. The same holds for what follows.
        """
        return await self._subscriptions.find(token) if self.is_on else None

    def judge(self, subscription: Subscription, query: Mapping[str, str]) -> Answer:
        """Return whether what a hub asks at a callback address is our wish."""
        return answer(subscription, query, lease=self._settings.lease, now=self._clock.now())

    async def confirm(self, subscription: Subscription, lease: timedelta) -> None:
        """Take up that the hub sends pushes from now on, for this long."""
        now = self._clock.now()
        is_first = subscription.until is None
        confirmed = replace(subscription, tries=0, until=now + lease)
        await self._subscriptions.save(confirmed, due=now + renewal_wait(lease, self._rng))
        self._know(replace(self._standing(confirmed), subscription=confirmed))
        self._metrics.websub_verifications.labels("confirmed").inc()
        tell = log.info if is_first else log.debug
        tell("push_subscribed", feed=subscription.feed, hub=redact(subscription.hub), until=confirmed.until)

    async def deny(self, subscription: Subscription, reason: str) -> None:
        """Take up that the hub sends no pushes; it is asked again in a day, and the feed polled meanwhile."""
        denied = replace(subscription, until=None)
        due = self._clock.now() + LONGEST_RETRY * self._rng.uniform(1, 1.25)
        await self._subscriptions.save(denied, due=due)
        self._know(Standing(subscription=denied, is_trusted=False))
        self._metrics.websub_verifications.labels("denied").inc()
        log.warning("push_denied", feed=subscription.feed, hub=redact(subscription.hub), reason=reason)

    async def forget(self, subscription: Subscription) -> None:
        """Take up that a subscription has ended."""
        await self._subscriptions.drop(subscription)
        self._metrics.websub_verifications.labels("ended").inc()
        log.debug("push_ended", feed=subscription.feed, hub=redact(subscription.hub))

    async def trust(self, subscription: Subscription) -> None:
        """Take up that a valid push came: polls may be rarer."""
        await self._subscriptions.trust(subscription.feed, now=self._clock.now())
        self._know(replace(self._standing(subscription), is_trusted=True))

    def callback(self, subscription: Subscription) -> str:
        """Return the address that a hub is to send a subscription's pushes to."""
        return f"{self._settings.public_url}{CALLBACK_PATH}{subscription.token}"

    async def _ask(self, subscription: Subscription) -> None:
        """Send one request; the end of a unit of work. What comes of it is told at the callback, or by the next try."""
        try:
            if await self._subscriptions.is_wanted(subscription):
                await self._request("subscribe", subscription)
            elif subscription.asked is None or (subscription.leaving and subscription.tries >= GOODBYES):
                await self._subscriptions.drop(subscription)
            else:
                tries = subscription.tries if subscription.leaving else 0
                await self._request("unsubscribe", replace(subscription, leaving=True, tries=tries))
        except StoreError as error:
            log.warning("push_state_not_saved", feed=subscription.feed, reason=str(error))
        except Exception:  # where a unit of work ends: a bug in it is told and counted, and ends nothing else
            self._metrics.bugs.labels("websub").inc()
            log.exception("bug", feed=subscription.feed)

    async def _request(self, mode: Mode, subscription: Subscription) -> None:
        now = self._clock.now()
        # A request counts as failed until the hub confirms it at our callback, which may be before this one returns:
        # so all is written before, and nothing that a confirmation writes is written after.
        callback = self.callback(subscription) if mode == "subscribe" else subscription.callback
        until = subscription.until if subscription.callback == callback else None
        asked = replace(subscription, callback=callback, until=until, asked=now, tries=subscription.tries + 1)
        due = now + retry_wait(asked.tries, self._rng)
        await self._subscriptions.save(asked, due=due)
        request = ask(mode, asked, callback=callback, lease=self._settings.lease)
        hub = redact(asked.hub)
        try:
            response = await self._post(request)
        except FetchError as error:
            self._metrics.websub_requests.labels(mode, "failed").inc()
            self._tell_failure(asked, hub, error.reason)
            return
        if reason := refusal(response.status, response.body):
            self._metrics.websub_requests.labels(mode, "refused").inc()
            self._tell_failure(asked, hub, reason)
            wait = retry_after(response.headers, now)
            if wait is not None and now + wait > due:
                await self._subscriptions.make_due(asked, now + wait)
            return
        self._metrics.websub_requests.labels(mode, "accepted").inc()
        log.debug("push_asked", feed=asked.feed, mode=mode, hub=hub)

    async def _ask_anew(self) -> None:
        """Ask the hubs at once that know us by another address; only at the start, in case daemons differ in theirs."""
        for standing in self._known.values():
            known = standing.subscription
            if known.callback not in ("", self.callback(known)):
                await self._subscriptions.make_due(known, self._clock.now())

    async def _post(self, request: Request) -> Response:
        response = await self._fetcher.post(request.url, body=request.body, headers=request.headers)
        target = redirected(request, status=response.status, location=response.headers.get("Location", ""))
        if target:
            return await self._fetcher.post(target, body=request.body, headers=request.headers)
        return response

    def _tell_failure(self, subscription: Subscription, hub: str, reason: str) -> None:
        # Told once in a row of failures; the feed is polled meanwhile.
        tell = log.warning if subscription.tries == 1 else log.debug
        tell(
            "hub_failed", feed=subscription.feed, hub=hub, reason=reason, hint="asked again by itself; polling goes on"
        )

    async def _doubt(self, known: Standing) -> None:
        feed = known.subscription.feed
        if await self._subscriptions.distrust(feed, since=self._clock.now() - PUSH_MARGIN):
            self._know(replace(known, is_trusted=False))
            log.info(
                "push_missed", feed=feed, reason="a poll found news that was not pushed: polled as often as before"
            )

    async def _end(self, feeds: Iterable[FeedKey]) -> None:
        gone = set(feeds)
        await self._subscriptions.end(gone, now=self._clock.now())
        for feed in gone:
            self._known.pop(feed, None)

    def _standing(self, subscription: Subscription) -> Standing:
        """Return what is known, which another daemon's callback may be ahead of."""
        return self._known.get(subscription.feed) or Standing(subscription=subscription, is_trusted=False)

    def _know(self, standing: Standing) -> None:
        self._known[standing.subscription.feed] = standing

    def _is_in_force(self, subscription: Subscription) -> bool:
        is_ours = subscription.callback == self.callback(subscription)
        return is_ours and subscription.until is not None and self._clock.now() < subscription.until
