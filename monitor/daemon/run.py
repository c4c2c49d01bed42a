"""The daemon's life: start in order, run until told to stop, stop in order within seconds."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO

import structlog

from monitor.clock import Clock, SystemClock
from monitor.config.settings import Settings
from monitor.daemon.build import Graph, open_graph
from monitor.daemon.files import Files, read_files
from monitor.daemon.jobs import Jobs
from monitor.daemon.metrics import CONTENT_TYPE
from monitor.daemon.sampling import open_sample
from monitor.errors import StoreError, StoreUnavailable
from monitor.notify.deliver import Deliverer
from monitor.rules.read import RuleReader, without_collector
from monitor.store.deliveries import Taken
from monitor.web.app import Readiness, WebServer, create_app
from monitor.web.websub import callback_route

log = structlog.get_logger()

Roles = frozenset[str]
ALL_ROLES: Roles = frozenset({"poll", "deliver", "web"})
# Of the five seconds that Ctrl-C may take, this much goes to polls under way; deliveries in flight have the same time.
POLL_GRACE = timedelta(seconds=1.5)
# A store that does not answer must not hold up the end: what it was not told is found and done again later.
STOP_LIMIT = timedelta(seconds=5)
# With --once: what comes due within a moment is due, and for how long a feed may queue before its host.
AT_ONCE, LONGEST_QUEUE = timedelta(seconds=1), timedelta(minutes=1)
REVIVE_AFTER = timedelta(seconds=1)  # a deliverer that a bug has ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run: from the command line."""

    config: Path | None = None
    state: Path | None = None
    sample: bool = False
    roles: Roles = ALL_ROLES
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What runs now, for the banner and the log."""

    store: str
    feeds: int
    rules: int
    channels: tuple[str, ...]
    web: str  # base address, empty if off


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What one round did."""

    feeds: int
    failing: int
    new_entries: int
    alerts: int
    attempts: int
    waiting: int  # deliveries that wait for a retry

    def __str__(self) -> str:
        waiting = f", waiting for a retry: {self.waiting}" if self.waiting else ""
        return (
            f"feeds polled: {self.feeds} ({self.failing} failing), new entries: {self.new_entries}, "
            f"new alerts: {self.alerts}, deliveries tried: {self.attempts}{waiting}"
        )


@asynccontextmanager
async def open_daemon(
    options: Options, *, clock: Clock, rng: random.Random, stdout: TextIO, spread: timedelta | None = None
) -> AsyncIterator[tuple[Graph, Jobs]]:
    """Read the files, build the parts and sync the schedule; nothing is polled yet.

    Args:
        options: how to run.
        clock: of everything but the store.
        rng: for jitter.
        stdout: where the console channel writes.
        spread: time within which new feeds come due; None: as few polls a second as the budget asks for.

    Raises:
        ConfigError: the user's files have errors.
        StoreError: the store cannot be opened.
    """
    reader = RuleReader()

    def reread() -> Files:
        """Read all files again."""
        with without_collector():
            return read_files(options.config, state=options.state, environ=options.environ, reader=reader)

    files = reread()
    files.require()
    async with AsyncExitStack() as stack:
        sample = await stack.enter_async_context(open_sample(files.settings, clock=clock, wanted=options.sample))
        graph = await stack.enter_async_context(
            open_graph(
                files,
                clock=clock,
                rng=rng,
                stdout=stdout,
                extra_feeds=sample.feeds,
                extra_allow=sample.addresses,
                polling="poll" in options.roles,
            )
        )
        for problem in files.problems:
            log.warning("file_warning", at=str(problem.at), reason=problem.message, hint=problem.hint)
        jobs = Jobs(graph, reread=reread, files=files, polling="poll" in options.roles)
        await jobs.sync_feeds(spread=spread)
        await warn_of_unserved(graph)
        yield graph, jobs


async def run_daemon(options: Options, *, on_started: Callable[[Started], None], stdout: TextIO = sys.stdout) -> None:
    """Run until SIGINT or SIGTERM; SIGHUP reads the files again.

    Raises:
        ConfigError: the user's files have errors at the start.
        StoreError: the store cannot be opened at the start.
        StoreUnavailable: the web address is in use.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        rng = random.SystemRandom()
        graph, jobs = await stack.enter_async_context(open_daemon(options, clock=SystemClock(), rng=rng, stdout=stdout))
        loop.add_signal_handler(signal.SIGHUP, jobs.reload_soon)
        web = await stack.enter_async_context(_web(graph, jobs, options.roles))
        if graph.server is not None:
            await stack.enter_async_context(_background(graph.server.watch()))
        deliverers = [
            asyncio.create_task(_deliver(deliverer, stop, graph))
            for deliverer in graph.deliverers
            if "deliver" in options.roles
        ]
        jobs.start()
        started = _started(graph, web)
        log.info(
            "daemon_started",
            store=started.store,
            feeds=started.feeds,
            rules=started.rules,
            channels=list(started.channels),
            web=started.web,
        )
        on_started(started)
        await stop.wait()
        log.info("daemon_stopping")
        jobs.stop()
        try:
            async with asyncio.timeout(STOP_LIMIT.total_seconds()):
                await asyncio.gather(graph.polls.stop(POLL_GRACE), graph.callbacks.stop(POLL_GRACE), *deliverers)
                for channel in graph.channels:
                    await graph.store.deliveries.release(channel.name, graph.consumer)
        except (StoreError, TimeoutError):
            log.warning("stopped_unsettled", hint="the store does not answer; what was in flight is taken over later")
        graph.health.report()
    log.info("daemon_stopped")


async def _deliver(deliverer: Deliverer[Taken], stop: asyncio.Event, graph: Graph) -> None:
    """Keep a channel served: a bug there must not silence it until somebody looks."""
    while not stop.is_set():
        try:
            await deliverer.run(stop)
        except Exception:  # where a unit of work ends: a bug in it is told and counted, and ends nothing else
            graph.metrics.bugs.labels("delivery").inc()
            log.exception("bug", hint="the channel's deliverer is started again")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), REVIVE_AFTER.total_seconds())


async def warn_of_unserved(graph: Graph) -> None:
    """Tell of deliveries to channels that are no longer configured: nothing takes them until the channel is back."""
    running = {channel.name for channel in graph.channels}
    for name in await graph.store.deliveries.channels():
        if name not in running and (waiting := (await graph.store.deliveries.depth(name)).open):
            hint = "configure the channel again, and they are sent"
            log.warning("channel_unserved", channel=name, waiting=waiting, hint=hint)


async def run_once(options: Options, *, stdout: TextIO = sys.stdout) -> Summary:
    """Poll everything that is due once, carry it through to delivery, and return what was done.

    Raises:
        ConfigError: the user's files have errors.
        StoreError: the store cannot be opened, or fails meanwhile.
    """
    rng = random.SystemRandom()
    now = timedelta(0)
    async with open_daemon(options, clock=SystemClock(), rng=rng, stdout=stdout, spread=now) as (graph, _):
        if "poll" in options.roles:
            await _poll_once(graph)
        graph.health.report()
        attempts = sum([await deliverer.drain() for deliverer in graph.deliverers if "deliver" in options.roles])
        depths = [await graph.store.deliveries.depth(channel.name) for channel in graph.channels]
        return Summary(
            feeds=len(graph.polls.polled),
            failing=graph.health.failing,
            new_entries=graph.polls.new_entries,
            alerts=graph.middle.new_alerts,
            attempts=attempts,
            waiting=sum(depth.delayed for depth in depths),
        )


async def _poll_once(graph: Graph) -> None:
    """Poll every feed that is due, also those that have to queue before their host for a while."""
    polls, clock = graph.polls, SystemClock()
    schedule = await graph.store.schedule.all()
    due = {key for key, (_, at) in schedule.items() if key in graph.current.feeds and at <= clock.now() + AT_ONCE}
    while due - polls.polled:
        if await polls.tick(once=True) or polls.active:
            await polls.wait_for_one()
            continue
        schedule = await graph.store.schedule.all()
        waits = [schedule[key][1] - clock.now() for key in due - polls.polled if key in schedule]
        shortest = min(waits, default=LONGEST_QUEUE)
        if shortest >= LONGEST_QUEUE:  # their host asked to be left alone
            return
        await asyncio.sleep(max(shortest.total_seconds(), 0.01))


def _started(graph: Graph, web: str) -> Started:
    embedded = graph.server is not None
    return Started(
        store=f"embedded valkey, data in {graph.current.settings.state}" if embedded else graph.store.where,
        feeds=len(graph.current.feeds),
        rules=len(graph.current.policy.rules.rules),
        channels=tuple(channel.name for channel in graph.channels),
        web=web,
    )


@asynccontextmanager
async def _web(graph: Graph, jobs: Jobs, roles: Roles) -> AsyncIterator[str]:
    """Serve health and metrics; yields the base address, empty if off."""
    settings: Settings = graph.current.settings
    address = settings.web.address
    if address is None or "web" not in roles:
        if graph.pushes.is_on and "web" in roles:
            hint = "no hub can call us: let web.listen be an address, or take websub.public_url out"
            log.warning("websub_not_served", reason="web.listen is off", hint=hint)
        yield ""
        return

    async def readiness() -> Readiness:
        """Tell whether the work can be done."""
        return await jobs.readiness()

    async def metrics() -> bytes:
        """Measure, and return the exposition text."""
        await jobs.gauge()
        return graph.metrics.render()

    callbacks = callback_route(graph.callbacks, max_bytes=settings.network.max_feed_bytes)
    extra = [callbacks] if graph.pushes.is_on else []
    server = WebServer(create_app(readiness=readiness, metrics=metrics, metrics_type=CONTENT_TYPE, extra=extra))
    host, port = address
    try:
        port = await server.start(host, port)
    except OSError as error:
        if "web" in settings.model_fields_set:
            raise StoreUnavailable(
                f"web.listen {settings.web.listen}: {error.strerror or error}; "
                "choose another address, or off (MONITOR_WEB__LISTEN)"
            ) from error
        # Nobody asked for this very address: a second daemon on a developer's machine is no reason to give up.
        log.warning("web_address_in_use", address=settings.web.listen, hint="another free port is used; set web.listen")
        port = await server.start(host, 0)
    try:
        yield f"http://{f'[{host}]' if ':' in host else host}:{port}"
    finally:
        await server.stop()


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
