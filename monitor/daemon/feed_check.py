"""Feeds asked once on a person's order: what format, how much, how fresh. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.articles.page import needs_page
from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.daemon.build import open_fetcher, open_sandbox
from monitor.feeds.poll_result import NewBody, PollFailed, PollResult
from monitor.feeds.poller import Poller
from monitor.model import Entry, Feed, FeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """What a feed is, or in plain words why it is none."""

    url: str
    ok: bool
    reason: str = ""
    hint: str = ""
    format: str = ""
    title: str = ""
    entries: int = 0
    newest: datetime | None = None
    full_text: bool = False  # the feed carries its articles' whole text
    seconds: float = 0.0


async def check_each(
    feeds: Sequence[Feed], settings: Settings, clock: Clock, *, on_report: Callable[[], None]
) -> list[FeedReport]:
    """Ask each feed once, several at a time, and return the reports in the feeds' order."""
    gate = asyncio.Semaphore(settings.poll.concurrency)
    async with open_fetcher(settings.network, clock) as fetcher, open_sandbox(settings) as sandbox:
        poller = Poller(fetcher, sandbox, clock=clock, network=settings.network)

        async def one(feed: Feed) -> FeedReport:
            async with gate:
                report = await _check(feed, poller, clock)
            on_report()
            return report

        return list(await asyncio.gather(*(one(feed) for feed in feeds)))


async def _check(feed: Feed, poller: Poller, clock: Clock) -> FeedReport:
    started = clock.monotonic()
    result = await poller.poll(feed, FeedState())
    seconds = round(clock.monotonic() - started, 3)
    return report_of(feed, result, seconds=seconds)


def report_of(feed: Feed, result: PollResult, *, seconds: float) -> FeedReport:
    """Return what the answer to a first request says of a feed. Pure."""
    if isinstance(result, PollFailed):
        return FeedReport(url=feed.url, ok=False, reason=result.reason, hint=result.hint, seconds=seconds)
    if not isinstance(result, NewBody):
        reason = "the site says that nothing changed, though it was asked for the whole feed"
        return FeedReport(url=feed.url, ok=False, reason=reason, hint="try again later", seconds=seconds)
    entries = result.parsed.entries
    dates = [date for entry in entries if (date := entry.updated or entry.published)]
    return FeedReport(
        url=feed.url,
        ok=True,
        format=result.parsed.format,
        title=result.parsed.title,
        entries=len(entries),
        newest=max(dates, default=None),
        full_text=bool(entries) and not any(_needs_page(entry) for entry in entries),
        seconds=seconds,
    )


def _needs_page(entry: Entry) -> bool:
    return needs_page(
        "auto", link=entry.link or "https://unknown.invalid/", content=entry.content, summary=entry.summary
    )
