"""What happens by the clock, ticked by APScheduler: claim due feeds, tell health, look for edited files, measure."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import get_args

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.daemon.build import Graph
from monitor.daemon.files import Files
from monitor.errors import StoreError, StoreFull
from monitor.feeds.learn import Standing, standing
from monitor.feeds.next_poll import first_spread
from monitor.model import FeedState
from monitor.web.app import Readiness

log = structlog.get_logger()

TICK_SECONDS = 1
HEALTH_SECONDS = 3
GAUGE_SECONDS = 5
WATCH_SECONDS = 2
LISTEN_SECONDS = 60  # far below the pause from which a volume rule's history has a gap
TUNE_SECONDS = 600
OPS_SECONDS = 5
MEMORY_SECONDS = 60
PUSHES_SECONDS = 60  # how soon another daemon's subscriptions are known here
HUBS_SECONDS = 5
KEEP_UNLISTED = timedelta(days=1)  # far longer than TUNE_SECONDS, at which each daemon says what it lists
FIRST_TICKS = 4  # after which a daemon with nothing due counts as ready

Stamp = dict[Path, tuple[int, int]]


class Jobs:
    """The periodic work of a daemon; each job ends its own failures."""

    def __init__(self, graph: Graph, *, reread: Callable[[], Files], files: Files, polling: bool) -> None:
        self._graph = graph
        self._reread = reread
        self._files = files  # as last read, whether in force or not
        self._polling = polling
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._store_lost = False
        self._backlogged = ""
        self._ticks = 0
        self._stamp = edited_since(files)

    def start(self) -> None:
        """Start the ticks, the first of each at once."""
        # A tick that overruns its second is normal when the store is slow; APScheduler would warn each time.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        jobs: list[tuple[Callable[[], object], int]] = [
            (self.gauge, GAUGE_SECONDS),
            (self._report_health, HEALTH_SECONDS),
            (self._watch_files, WATCH_SECONDS),
        ]
        if self._polling:
            jobs += [(self._tick, TICK_SECONDS), (self._tune, TUNE_SECONDS), (self._listen, LISTEN_SECONDS)]
            jobs += [(self._tell_ops, OPS_SECONDS), (self._keep_memory, MEMORY_SECONDS)]
            jobs += [(self._refresh_pushes, PUSHES_SECONDS), (self._ask_hubs, HUBS_SECONDS)]
            self._graph.polls.on_room = self._tick_soon
        for job, seconds in jobs:
            self._scheduler.add_job(
                job,
                "interval",
                id=job.__name__,
                seconds=seconds,
                next_run_time=datetime.now(self._scheduler.timezone),
                coalesce=True,
            )
        self._scheduler.start()

    def stop(self) -> None:
        """Stop the ticks."""
        self._scheduler.shutdown(wait=False)

    async def readiness(self) -> Readiness:
        """Tell whether the daemon can do its work, and if not, what it waits for."""
        missing = []
        try:
            await self._graph.store.ping()
        except StoreError:
            missing.append("store")
        if not self._graph.current.policy.rules.rules:
            missing.append("rules")
        polls = self._graph.polls
        if self._polling and not polls.polled and (self._ticks < FIRST_TICKS or polls.active):
            missing.append("first poll")
        return Readiness(ready=not missing, missing=tuple(missing))

    async def sync_feeds(self, *, spread: timedelta | None = None) -> None:
        """Make the schedule hold the listed feeds; only who polls has a say in it.

        Args:
            spread: within which new ones come due; None: as few polls a second as the budget asks for.

        Raises:
            StoreError: the schedule cannot be written.
        """
        feeds = self._graph.current.feeds
        metrics = self._graph.metrics
        metrics.feeds.set(len(feeds))
        metrics.rules.set(len(self._graph.current.policy.rules.rules))
        metrics.reload_ok.set(1)
        if self._polling:
            # On a shared store another daemon may have feeds that we don't list.
            keep = timedelta(0) if self._graph.server else KEEP_UNLISTED
            budget = self._graph.current.settings.poll.budget
            synced = await self._graph.store.schedule.sync(
                feeds.values(),
                spread=partial(first_spread, budget_per_hour=budget) if spread is None else spread,
                keep_unlisted=keep,
            )
            self._graph.health.keep_only(set(feeds))
            await self._graph.pushes.remove(synced.removed)

    def reload_soon(self) -> None:
        """Let the next look at the files, within seconds, read them again whether they were edited or not."""
        self._stamp = {}

    async def reload(self) -> None:
        """Read the files again; without errors they are in force at once, else the last good ones stay.

        They are read and compiled in a thread: articles go on being matched by the rules in force until the swap.
        """
        current = self._graph.current
        started = time.monotonic()
        # Stamped before the read: an edit in the middle of it is seen the next time.
        self._stamp = await asyncio.to_thread(file_stamp, self._files)
        files = self._files = await asyncio.to_thread(self._reread)
        if files.errors or files.rules is None:
            self._graph.metrics.reload_ok.set(0)
            for problem in files.errors:
                log.error("file_error", at=str(problem.at), reason=problem.message, hint=problem.hint)
            log.error(
                "reload_refused",
                errors=len(files.errors),
                in_force=current.policy.rules.version,
                hint="the last good rules and feeds stay in force; mend the files, they are read again by themselves",
            )
            return
        if gone := self._emptied(files):
            # More likely a slip, or an editor between deleting and writing, than a wish to hear nothing any more.
            self._graph.metrics.reload_ok.set(0)
            log.error("reload_refused", errors=1, reason=f"no {gone} are left", hint=f"the last {gone} stay in force")
            return
        if files.settings != current.settings:
            log.warning("restart_needed", hint="monitor.yaml or the environment changed; that counts after a restart")
        if unserved := self._unserved(files):
            self._graph.metrics.reload_ok.set(0)
            log.error(
                "reload_refused",
                errors=1,
                reason=f"rules name channels that do not run yet: {unserved}",
                hint="restart the daemon; the last good rules stay in force",
            )
            return
        current.take(files)
        try:
            await self.sync_feeds()
        except StoreError as error:
            log.warning("feeds_not_synced", reason=str(error), hint="tried again within seconds")
            self._stamp = {}
            return
        log.info(
            "rules_reloaded",
            rules=len(files.rules),
            version=files.rules.version,
            files_parsed=files.read_rules.parsed,
            feeds=len(current.feeds),
            seconds=round(time.monotonic() - started, 3),
        )

    def _emptied(self, files: Files) -> str:
        """Return what is gone from the files altogether, "" if nothing is."""
        current = self._graph.current
        if current.policy.rules.rules and not (files.rules and files.rules.rules):
            return "rules"
        return "feeds" if current.listed and not files.feeds else ""

    def _unserved(self, files: Files) -> str:
        """Return the channels that new rules name and no deliverer serves, "" if there are none."""
        assert files.rules is not None
        running = {channel.name for channel in self._graph.channels}
        named = {name for rule in files.rules.rules for name in rule.channels}
        return ", ".join(sorted(named - running))

    async def gauge(self) -> None:
        """Measure the queues; too long a backlog on any channel pauses polling."""
        graph = self._graph
        metrics, limit = graph.metrics, graph.current.settings.delivery.backlog_limit
        backlogged = ""
        try:
            for channel in graph.channels:
                depth = await graph.store.deliveries.depth(channel.name)
                metrics.queue_depth.labels(channel.name).set(depth.waiting)
                metrics.queue_pending.labels(channel.name).set(depth.pending)
                metrics.queue_delayed.labels(channel.name).set(depth.delayed)
                metrics.dead_letters.labels(channel.name).set(depth.dead)
                if depth.waiting + depth.delayed >= limit:
                    backlogged = channel.name
            if self._polling and graph.current.feeds and not await graph.store.schedule.size():
                await self._relist_feeds()
        except StoreError as error:
            self._lost(error)
            return
        metrics.feeds_failing.set(graph.health.failing)
        metrics.store_up.set(1)
        if not self._polling:  # else the next tick tells: a full store can still be read
            self._found()
        if backlogged != self._backlogged:
            if backlogged:
                log.error("polling_paused", channel=backlogged, reason=f"{limit} deliveries wait; nothing is dropped")
            else:
                log.info("polling_resumed", channel=self._backlogged)
            self._backlogged = backlogged
        metrics.polling_paused.set(bool(backlogged) or self._store_lost)

    async def _tick(self) -> None:
        if self._backlogged:
            return
        try:
            claimed = await self._graph.polls.tick()
            if self._store_lost and not claimed:  # a full store can be read, and nothing due says no more
                await self._graph.store.probe()
        except StoreError as error:
            self._lost(error)
            return
        self._ticks += 1
        self._found()

    def _tick_soon(self) -> None:
        """Claim again at once: more feeds were due than there were free slots."""
        if self._scheduler.running:
            self._scheduler.modify_job(self._tick.__name__, next_run_time=datetime.now(self._scheduler.timezone))

    async def _relist_feeds(self) -> None:
        """Write the feeds into a schedule that has lost them: the store came back without its data, or was emptied."""
        log.error("schedule_lost", hint="the store was emptied; its feeds are listed again, old news may alert again")
        await self.sync_feeds()

    def _found(self) -> None:
        if self._store_lost:
            self._store_lost = False
            log.info("store_recovered")

    def _lost(self, error: StoreError) -> None:
        """Tell an outage once; polling pauses by itself, since nothing can be claimed."""
        self._graph.metrics.polling_paused.set(1)
        if not isinstance(error, StoreFull):  # that one answers, if only to say no
            self._graph.metrics.store_up.set(0)
        if not self._store_lost:
            self._store_lost = True
            log.error("store_lost", reason=str(error), hint="polling pauses; nothing is dropped")

    async def _report_health(self) -> None:
        self._graph.health.report()

    async def _tune(self) -> None:
        """Fit the polling budget to what the feeds publish."""
        current = self._graph.current
        try:
            states = await self._graph.store.schedule.all()
            await self._graph.store.failing.keep_only(states.keys())
        except StoreError as error:
            self._lost(error)
            return
        current.tune({key: state for key, (state, _) in states.items()})
        counts = Counter(standing(states[key][0] if key in states else FeedState()) for key in current.feeds)
        for state in get_args(Standing):
            self._graph.metrics.feeds_by_state.labels(state).set(counts[state])

    async def _tell_ops(self) -> None:
        """Queue alerts of feeds that fail or are back."""
        try:
            await self._graph.ops.tell()
        except StoreError as error:
            self._lost(error)

    async def _keep_memory(self) -> None:
        """Keep what is remembered within its bound."""
        metrics = self._graph.metrics
        try:
            standing = await self._graph.store.memory.keep_within(self._graph.current.settings.stories.memory)
        except StoreError as error:
            self._lost(error)
            return
        metrics.remembered_texts.set(standing.texts)
        metrics.remembered_bytes.set(standing.bytes)
        metrics.remembered_seconds.set(standing.window.total_seconds())

    async def _refresh_pushes(self) -> None:
        """Read how the subscriptions at hubs stand."""
        try:
            await self._graph.pushes.refresh()
        except StoreError as error:
            self._lost(error)

    async def _ask_hubs(self) -> None:
        """Ask hubs for subscriptions that are due."""
        try:
            await self._graph.pushes.tick()
        except StoreError as error:
            self._lost(error)

    async def _listen(self) -> None:
        """Note that somebody listens for volume rules."""
        try:
            await self._graph.middle.watch()
        except StoreError as error:
            self._lost(error)

    async def _watch_files(self) -> None:
        """Reload when a rule or feed file was edited, added or removed."""
        stamp = await asyncio.to_thread(file_stamp, self._files)
        if stamp != self._stamp:
            await self.reload()


def edited_since(files: Files) -> Stamp:
    """Return the stamp of files just read; an empty one, which nothing matches, if one was edited since it began."""
    stamp = file_stamp(files)
    return {} if any(changed >= files.read_at_ns for changed, _ in stamp.values()) else stamp


def file_stamp(files: Files) -> Stamp:
    """Return what tells an edit of the settings, rule and feed files: time and size of each."""
    stamp: Stamp = {}
    for path in _watched(files):
        try:
            status = path.stat()
        except OSError:
            continue  # removed between listing and looking
        stamp[path] = (status.st_mtime_ns, status.st_size)
    return stamp


def _watched(files: Files) -> Iterable[Path]:
    if files.settings_file is not None:
        yield files.settings_file
    for path in (*files.settings.feeds, *files.settings.rules):
        yield path
        if path.is_dir():
            yield from path.rglob("*")
