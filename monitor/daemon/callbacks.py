"""What hubs say at our callback addresses: whether a subscription was our wish, and what is new.

A push proves itself by its signature. It is carried like a poll before it is answered, so that the hub sends one again
that a crash cuts short; whatever cannot be carried here is polled for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import assert_never

import structlog

from monitor.clock import Clock
from monitor.daemon.metrics import Metrics
from monitor.daemon.pushes import Pushes
from monitor.errors import StoreError
from monitor.feeds.formats.format import Document
from monitor.feeds.websub import Answer, Confirmed, Denied, Ended, NotOurs, Push, check_signature
from monitor.model import FeedKey, Subscription

log = structlog.get_logger()

Carry = Callable[[FeedKey, Document], Awaitable[None]]

# Hubs wait 10 to 30 s for an answer. What takes longer, because of slow pages, goes on by itself.
ANSWER_WITHIN = timedelta(seconds=5)
AT_ONCE = 8  # pushes carried at the same time; the feeds of others are made due instead
# Of a feed that is pushed more often than this the next push is left out: one poll fetches all that came meanwhile.
SHORTEST_PAUSE = timedelta(seconds=1)


class Callbacks:
    """Answers hubs.

    Args:
        pushes: the subscriptions.
        carry: carries a document as if it had been polled; None: this daemon does not poll, and has the feed polled by
            those that do.
        make_due: has a feed polled next; False if it is not scheduled.
        metrics: what is counted.
        clock: for the pause between two pushes.
        answer_within: the longest that a hub waits; the push goes on after that.
    """

    def __init__(
        self,
        pushes: Pushes,
        *,
        carry: Carry | None,
        make_due: Callable[[FeedKey], Awaitable[bool]],
        metrics: Metrics,
        clock: Clock,
        answer_within: timedelta = ANSWER_WITHIN,
    ) -> None:
        self._pushes = pushes
        self._carry = carry
        self._make_due = make_due
        self._metrics = metrics
        self._clock = clock
        self._answer_within = answer_within
        self._is_stopping = False
        self._under_way: dict[asyncio.Task[None], FeedKey] = {}
        self._last: dict[FeedKey, float] = {}  # monotonic times of the last pushes, as far as SHORTEST_PAUSE reaches

    async def find(self, token: str) -> Subscription | None:
        """Return the subscription that a callback address belongs to, None if it is none of ours.

        Raises:
            StoreError: it cannot be looked up.
        """
        return await self._pushes.find(token)

    async def verify(self, subscription: Subscription, query: Mapping[str, str]) -> str | None:
        """Return what to answer a hub that asks at a callback address: "" says only yes, None that it is not our wish.

        Raises:
            StoreError: what it told cannot be kept.
        """
        answer: Answer = self._pushes.judge(subscription, query)
        match answer:
            case Confirmed():
                await self._pushes.confirm(subscription, answer.lease)
                return answer.challenge
            case Ended():
                await self._pushes.forget(subscription)
                return answer.challenge
            case Denied():
                await self._pushes.deny(subscription, answer.reason)
                return ""
            case NotOurs():
                self._metrics.websub_verifications.labels("not_ours").inc()
                return None
            case _:
                assert_never(answer)

    async def receive(self, subscription: Subscription, push: Push | None) -> None:
        """Take a push, None for one that is too big: when this returns, the hub may forget it.

        Raises:
            StoreError: it is not safe; the hub is to send it again.
        """
        feed = subscription.feed
        if push is None:
            self._metrics.websub_pushes.labels("too_big").inc()
            log.warning("push_ignored", feed=feed, reason="it is larger than network.max_feed_bytes")
            return
        if (signature := check_signature(push, subscription.secret)) != "valid":
            # The specification wants it answered like a good one, and nothing done.
            self._metrics.websub_pushes.labels("unsigned" if signature == "missing" else "forged").inc()
            log.warning("push_ignored", feed=feed, reason=f"its signature is {signature}")
            return
        if subscription.leaving:
            self._metrics.websub_pushes.labels("late").inc()
            return
        await self._pushes.trust(subscription)
        if push.is_light:
            self._metrics.websub_pushes.labels("light").inc()
            await self._make_due(feed)
        elif self._carry is None or self._is_stopping or self._is_too_much(feed):
            self._metrics.websub_pushes.labels("left_to_poll").inc()
            await self._make_due(feed)
        else:
            self._metrics.websub_pushes.labels("fat").inc()
            document = Document(body=push.body, url=subscription.topic, content_type=push.content_type)
            task = asyncio.create_task(self._hold(self._carry, feed, document))
            self._under_way[task] = feed
            task.add_done_callback(self._ended)
            await asyncio.wait([task], timeout=self._answer_within.total_seconds())
            if task.done():
                await task

    async def stop(self, grace: timedelta) -> None:
        """Let the pushes under way end within `grace`, then cut them short and have their feeds polled."""
        self._is_stopping = True
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=grace.total_seconds())
        cut_short = dict(self._under_way)
        for task in cut_short:
            task.cancel()
        await asyncio.gather(*cut_short, return_exceptions=True)

    async def _hold(self, carry: Carry, feed: FeedKey, document: Document) -> None:
        """Carry one push; the end of a unit of work."""
        try:
            await carry(feed, document)
        except StoreError as error:
            self._last.pop(feed, None)  # the hub may send it again at once
            log.warning("push_cut_short", feed=feed, reason=str(error))
            raise
        except asyncio.CancelledError:
            await self._poll_instead(feed)
            raise
        except Exception:  # where a unit of work ends: a bug in it is told and counted, and ends nothing else
            self._metrics.bugs.labels("push").inc()
            log.exception("bug", feed=feed)
            await self._poll_instead(feed)

    async def _poll_instead(self, feed: FeedKey) -> None:
        try:
            await self._make_due(feed)
        except StoreError as error:  # then the next poll by the clock finds it
            log.warning("push_cut_short", feed=feed, reason=str(error))

    def _is_too_much(self, feed: FeedKey) -> bool:
        now = self._clock.monotonic()
        self._last = {other: at for other, at in self._last.items() if now - at < SHORTEST_PAUSE.total_seconds()}
        if feed in self._last or len(self._under_way) >= AT_ONCE:
            return True
        self._last[feed] = now
        return False

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._under_way.pop(task, None)
        if not task.cancelled():
            task.exception()  # told already; asyncio would tell it again if nobody waited that long
