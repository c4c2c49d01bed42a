"""What happens by the clock, ticked by APScheduler: claim due feeds, tell health, look for edited files, measure."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from monitor.daemon.build import Graph
from monitor.daemon.files import Files
from monitor.errors import StoreError
from monitor.web.app import Readiness

log = structlog.get_logger()

TICK_SECONDS = 1
HEALTH_SECONDS = 3
GAUGE_SECONDS = 5
WATCH_SECONDS = 2
TUNE_SECONDS = 600
FIRST_POLLS = timedelta(seconds=2)  # new feeds come due within this time, so that a long list is no burst
FIRST_TICKS = 4  # after which a daemon with nothing due counts as ready

Stamp = dict[Path, tuple[int, int]]


class Jobs:
    """The periodic work of a daemon; each job ends its own failures."""

    def __init__(self, graph: Graph, *, reread: Callable[[], Files]) -> None:
        self._graph = graph
        self._reread = reread
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._store_lost = False
        self._backlogged = ""
        self._ticks = 0
        self._stamp = file_stamp(graph.current.files)

    def start(self, *, polling: bool) -> None:
        """Start the ticks, the first of each at once."""
        # A tick that overruns its second is normal when the store is slow; APScheduler would warn each time.
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        jobs: list[tuple[Callable[[], object], int]] = [
            (self.gauge, GAUGE_SECONDS),
            (self._report_health, HEALTH_SECONDS),
            (self._watch_files, WATCH_SECONDS),
        ]
        if polling:
            jobs += [(self._tick, TICK_SECONDS), (self._tune, TUNE_SECONDS)]
        for job, seconds in jobs:
            self._scheduler.add_job(
                job, "interval", seconds=seconds, next_run_time=datetime.now(self._scheduler.timezone), coalesce=True
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
        if not self._graph.polls.polled and (self._ticks < FIRST_TICKS or self._graph.polls.active):
            missing.append("first poll")
        return Readiness(ready=not missing, missing=tuple(missing))

    async def sync_feeds(self, *, spread: timedelta = FIRST_POLLS) -> None:
        """Make the schedule hold exactly the listed feeds; new ones come due within `spread`.

        Raises:
            StoreError: the schedule cannot be written.
        """
        feeds = self._graph.current.feeds
        await self._graph.store.schedule.sync(feeds.values(), spread=spread)
        self._graph.health.keep_only(set(feeds))
        self._graph.metrics.feeds.set(len(feeds))
        self._graph.metrics.rules.set(len(self._graph.current.policy.rules.rules))
        self._graph.metrics.reload_ok.set(1)

    async def reload(self) -> None:
        """Read the files again; without errors they are in force at once, else the last good ones stay."""
        current = self._graph.current
        files = self._reread()
        self._stamp = file_stamp(files)
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
        if files.settings != current.files.settings:
            log.warning("restart_needed", hint="monitor.yaml or the environment changed; that counts after a restart")
        current.take(files)
        try:
            await self.sync_feeds()
        except StoreError as error:
            log.warning("feeds_not_synced", reason=str(error), hint="tried again at the next reload")
            return
        log.info("reloaded", rules=len(files.rules.rules), version=files.rules.version, feeds=len(current.feeds))

    async def gauge(self) -> None:
        """Measure the queues; too long a backlog on any channel pauses polling."""
        graph = self._graph
        metrics, limit = graph.metrics, graph.current.files.settings.delivery.backlog_limit
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
        except StoreError as error:
            self._lost(error)
            return
        metrics.feeds_failing.set(graph.health.failing)
        metrics.store_up.set(1)
        if backlogged != self._backlogged:
            if backlogged:
                log.error("polling_paused", channel=backlogged, reason=f"{limit} deliveries wait; nothing is dropped")
            else:
                log.info("polling_resumed", channel=self._backlogged)
            self._backlogged = backlogged
        metrics.polling_paused.set(bool(backlogged))

    async def _tick(self) -> None:
        if self._backlogged:
            return
        try:
            await self._graph.polls.tick()
        except StoreError as error:
            self._lost(error)
            return
        self._ticks += 1
        if self._store_lost:
            self._store_lost = False
            log.info("store_recovered")

    def _lost(self, error: StoreError) -> None:
        """Tell an outage once; polling pauses by itself, since nothing can be claimed."""
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
        except StoreError as error:
            self._lost(error)
            return
        rates = [states[key][0].entries_per_day if key in states else None for key in current.feeds]
        current.tune(rates)

    async def _watch_files(self) -> None:
        """Reload when a rule or feed file was edited, added or removed."""
        if file_stamp(self._graph.current.files) != self._stamp:
            await self.reload()


def file_stamp(files: Files) -> Stamp:
    """Return what tells an edit of the rule and feed files: time and size of each."""
    stamp: Stamp = {}
    for path in _watched(files):
        try:
            status = path.stat()
        except OSError:
            continue  # removed between listing and looking
        stamp[path] = (status.st_mtime_ns, status.st_size)
    return stamp


def _watched(files: Files) -> Iterable[Path]:
    for path in (*files.settings.feeds, *files.settings.rules):
        yield path
        if path.is_dir():
            yield from path.rglob("*")
