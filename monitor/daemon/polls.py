"""Polling as a whole: claim due feeds, poll each, carry its entries, then save what was learnt."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

import structlog

from monitor.clock import Clock
from monitor.config.sections import PollSettings
from monitor.daemon.health import Failure, FeedHealth
from monitor.daemon.metrics import Metrics
from monitor.daemon.ops_alerts import OpsAlerts
from monitor.daemon.pipeline import Carried, Pipeline
from monitor.daemon.pushes import Pushes
from monitor.daemon.settling import Settler
from monitor.errors import StoreError
from monitor.feeds.next_poll import after_poll, host_wait
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.feeds.poller import Poller
from monitor.model import Feed, FeedKey, FeedState
from monitor.store.feed_state import Claim, Settlement
from monitor.store.scripts import Pace
from monitor.store.store import Store

log = structlog.get_logger()

# A claim is renewed at a third of its lease, so a feed with many slow pages is not polled twice, and a dead daemon's
# feeds are free again after this time.
LEASE = timedelta(seconds=30)
# How soon a feed comes back whose poll the store's outage cut short. No hammer: a full store grants no claims.
RETRY_SOON = timedelta(seconds=5)
# Between two tries to give a claim back while the store is away.
PAUSE = timedelta(seconds=1)
# Marks of seen entries live 30 days and are renewed when the feed is read. A feed that answers "not modified" all the
# time is read in full this often, so that its marks stay.
REREAD = timedelta(days=7)
# How long a feed that this daemon does not list is left to others.
NOT_OURS = timedelta(minutes=1)


class Polls:
    """Polls the feeds that are due; `tick` is called each second."""

    def __init__(
        self,
        *,
        store: Store,
        poller: Poller,
        pipeline: Pipeline,
        pushes: Pushes,
        feeds: Callable[[], Mapping[FeedKey, Feed]],
        coefficient: Callable[[], float],
        settings: PollSettings,
        health: FeedHealth,
        ops: OpsAlerts,
        metrics: Metrics,
        clock: Clock,
        rng: random.Random,
        pace: Callable[[], Pace] = Pace,
    ) -> None:
        self._store = store
        self._poller = poller
        self._pipeline = pipeline
        self._pushes = pushes
        self._feeds = feeds
        self._coefficient = coefficient
        self._settings = settings
        self._health = health
        self._ops = ops
        self._metrics = metrics
        self._clock = clock
        self._rng = rng
        self._pace = pace
        self._settler = Settler(store.schedule.settle)
        self._active: dict[FeedKey, tuple[Claim, asyncio.Task[None]]] = {}
        self._keeper: asyncio.Task[None] | None = None
        self._was_full = False  # the last claim: more feeds may be due
        self.on_room: Callable[[], None] = lambda: None  # called when more feeds may be due and half the slots are free
        self.polled: set[FeedKey] = set()  # since the start, for readiness
        self.new_entries = 0

    @property
    def active(self) -> int:
        """How many polls are under way."""
        return len(self._active)

    async def tick(self, *, once: bool = False) -> int:
        """Claim due feeds up to the free slots and start their polls; return how many.

        Args:
            once: leave out feeds that were polled since the start.

        Raises:
            StoreError: the schedule cannot be read.
        """
        free = self._settings.concurrency - self.active
        if free <= 0:
            return 0
        pace, seed = self._pace(), self._rng.getrandbits(31)
        claims = await self._store.schedule.claim(free, LEASE, pace=pace, seed=seed)
        self._was_full = len(claims) == free
        if once:
            for claim in [claim for claim in claims if claim.feed in self.polled]:
                await self._release(claim, RETRY_SOON, patience=timedelta(0))
                claims.remove(claim)
        for claim in claims:
            if claim.feed in self._active:  # its lease was lost in an outage: the poll under way is enough
                continue
            self._metrics.poll_lag.observe(claim.overdue.total_seconds())
            task = asyncio.create_task(self._hold(claim))
            self._active[claim.feed] = claim, task
            task.add_done_callback(partial(self._ended, claim.feed))
        if self._active and (self._keeper is None or self._keeper.done()):
            self._keeper = asyncio.create_task(self._keep())
        return len(claims)

    def _ended(self, feed: FeedKey, _task: asyncio.Task[None]) -> None:
        self._active.pop(feed, None)
        if self._was_full and self.active <= self._settings.concurrency // 2:
            self._was_full = False
            self.on_room()

    async def wait_for_one(self) -> None:
        """Wait until one of the polls under way has ended."""
        if self._active:
            await asyncio.wait([task for _, task in self._active.values()], return_when=asyncio.FIRST_COMPLETED)

    async def stop(self, grace: timedelta) -> None:
        """Let the polls under way end within `grace`, then cut them short; their feeds come due again at once."""
        tasks = [task for _, task in self._active.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=grace.total_seconds())
        tasks += [self._keeper] if self._keeper else []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _hold(self, claim: Claim) -> None:
        """Poll one feed; the end of a unit of work."""
        try:
            await self._poll(claim)
        except StoreError as error:
            log.warning("poll_cut_short", feed=claim.feed, reason=str(error))
            await self._release(claim, RETRY_SOON)
        except asyncio.CancelledError:
            await self._release(claim, timedelta(0), patience=timedelta(0))
            raise
        except Exception:  # where a unit of work ends: a bug in it is told and counted, and ends nothing else
            self._metrics.bugs.labels("poll").inc()
            log.exception("bug", feed=claim.feed)
            await self._release(claim, timedelta(minutes=15))

    async def _keep(self) -> None:
        """Keep the claims of all polls under way alive."""
        while True:
            await asyncio.sleep(LEASE.total_seconds() / 3)
            claims = [claim for claim, _ in self._active.values()]
            if not claims:
                return
            try:
                await self._store.schedule.renew(claims, LEASE)
            except StoreError as error:
                log.warning("leases_not_renewed", feeds=len(claims), reason=str(error))

    async def _release(self, claim: Claim, wait: timedelta, *, patience: timedelta = LEASE) -> None:
        """Give a claim back, so that the feed need not wait for the end of the lease once the store is back."""
        end = self._clock.monotonic() + patience.total_seconds()
        while True:
            try:
                await self._store.schedule.release(claim, self._clock.now() + wait)
            except StoreError:
                if self._clock.monotonic() >= end:  # then the lease has ended by itself
                    log.debug("claim_left_to_expire", feed=claim.feed)
                    return
            else:
                return
            await asyncio.sleep(PAUSE.total_seconds())

    async def _poll(self, claim: Claim) -> None:
        feed = self._feeds().get(claim.feed)
        if feed is None:  # removed by a reload since, or listed only by another daemon on this store
            await self._release(claim, NOT_OURS)
            return
        state, known = claim.state, _Known(partial(self._store.schedule.items, feed.key))
        if self._wants_all(state):
            state, known = _without_validators(state), _Known(None)
        started = self._clock.monotonic()
        result = await self._poller.poll(feed, state, known)
        self._metrics.poll_seconds.observe(self._clock.monotonic() - started)
        is_new = isinstance(result, NewBody)
        if is_new:  # its pages may take long: the next feed of the host need not wait for them
            await self._settler.end(Settlement(claim=claim, due=None))
        carried = await self._carry(feed, state, result)
        now = self._clock.now()
        learnt, due = after_poll(
            state,
            result,
            now=now,
            feed=feed,
            settings=self._settings,
            coefficient=self._coefficient(),
            rng=self._rng,
            new=carried.new,
            delays=carried.delays,
            yield_=carried.yield_,
            full_texts=carried.full_texts,
            pushed=await self._pushes.take_news(feed.key),
            is_pushed=self._pushes.is_pushed(feed.key),
        )
        items: Sequence[str] | None = None
        if isinstance(result, NewBody):
            learnt, items = replace(learnt, last_read=state.last_read if known.were_left_out else now), result.items
        again_due = _again_due(state, result, known, carried, now=now)
        if again_due is not None and not isinstance(result, PollFailed):
            due = min(due, again_due)
        failure_told = await self._ops.polled(feed, state, learnt)
        if (again_due, failure_told) != (learnt.again_due, learnt.failure_told):
            learnt = replace(learnt, again_due=again_due, failure_told=failure_told)
        end = Settlement(
            claim=claim,
            due=due,
            state=learnt,
            items=items,
            host_wait=host_wait(result, failures=learnt.failures) or timedelta(0),
            has_left=is_new,
        )
        await self._settler.end(end)
        self.polled.add(feed.key)
        if not isinstance(result, PollFailed):
            await self._pushes.follow(feed.key, learnt, new_entries=carried.new)

    async def _carry(self, feed: Feed, state: FeedState, result: PollResult) -> Carried:
        match result:
            case NotModified() | SameBody():
                self._metrics.polls.labels("not_modified" if isinstance(result, NotModified) else "same_body").inc()
                self._health.succeeded(feed.key)
                return Carried()
            case NewBody():
                self._metrics.polls.labels("new_body").inc()
                self._health.succeeded(feed.key)
                return await self._carry_entries(feed, state, result)
            case PollFailed():
                self._metrics.polls.labels("failed").inc()
                self._metrics.poll_failures.labels(result.kind).inc()
                self._health.failed(Failure(feed=feed.key, reason=result.reason, hint=result.hint))
                return Carried()
            case _:
                assert_never(result)

    async def _carry_entries(self, feed: Feed, state: FeedState, body: NewBody) -> Carried:
        carried = await self._pipeline.carry(
            feed, body.parsed.entries, body.keys, state=state, feed_title=body.parsed.title
        )
        self.new_entries += carried.new
        for delay in carried.delays:
            self._metrics.entry_delay.observe(delay.total_seconds())
        if carried.new:
            log.info("feed_polled", feed=feed.key, new_entries=carried.new)
        return carried

    def _wants_all(self, state: FeedState) -> bool:
        """Return whether validators and known items would hide what is to be looked at: old marks, or another try."""
        now = self._clock.now()
        is_old = state.last_read is not None and now - state.last_read > REREAD
        return is_old or (state.again_due is not None and now >= state.again_due)


class _Known:
    """The items of a feed's last document, asked for only if a poll brings another one."""

    def __init__(self, look: Callable[[], Awaitable[frozenset[str]]] | None) -> None:
        self._look = look  # None: all is to be read again
        self.were_left_out = False

    async def __call__(self) -> frozenset[str]:
        items = await self._look() if self._look else frozenset()
        self.were_left_out = bool(items)
        return items


def _without_validators(state: FeedState) -> FeedState:
    return replace(state, etag="", last_modified="", body_hash="")


def _again_due(
    state: FeedState, result: PollResult, known: _Known, carried: Carried, *, now: datetime
) -> datetime | None:
    """Return when all of a feed is to be read again after a poll: what waited still waits unless all was read now."""
    was_whole = isinstance(result, NewBody) and not known.were_left_out
    dues = [] if was_whole or state.again_due is None else [state.again_due]
    if carried.again is not None:
        dues.append(now + carried.again)
    return min(dues, default=None)
