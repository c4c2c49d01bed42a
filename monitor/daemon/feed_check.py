"""Feeds asked once on a person's order: what format, how much, how fresh. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.articles.feed_text import feed_markup, read_feed_text_roughly
from monitor.articles.full_text import could_be_whole
from monitor.clock import Clock
from monitor.config.sections import NetworkSettings, PollSettings
from monitor.config.settings import Settings
from monitor.daemon.build import open_fetcher, open_sandbox
from monitor.errors import FetchError, SandboxError
from monitor.feeds.discovery import PageLinks, header_links, read_links
from monitor.feeds.failures import BY_ITSELF
from monitor.feeds.formats.format import Document
from monitor.feeds.next_poll import coefficient, poll_interval
from monitor.feeds.poll_result import NewBody, PollFailed, PollResult
from monitor.feeds.poller import Poller
from monitor.feeds.rates import entries_per_day
from monitor.fetch.client import Fetcher, Response
from monitor.model import Entry, Feed, FeedState
from monitor.sandbox.pool import SandboxPool

MAX_SUGGESTED = 3
PAGE_ACCEPT = "text/html, application/xhtml+xml, */*;q=0.5"


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
    full_text: bool = False  # by their length, most of its entries are whole articles
    seconds: float = 0.0
    moved_to: str = ""  # where the site says that the feed is for good
    hub: str = ""  # WebSub
    interval_seconds: int | None = None  # in which it would be polled
    suggestions: tuple[str, ...] = ()  # feeds that the page names which stands there instead of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report with what it was made from."""

    report: FeedReport
    result: PollResult
    entries_per_day: float | None = None  # as far as its dates say it

    @property
    def is_page(self) -> bool:
        """Whether something came that is no feed: mostly a page."""
        return isinstance(self.result, PollFailed) and self.result.kind == "unreadable"


class Asker:
    """Asks feeds and sites on a person's order."""

    def __init__(self, fetcher: Fetcher, sandbox: SandboxPool, *, clock: Clock, network: NetworkSettings) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._clock = clock
        self._network = network
        self._poller = Poller(fetcher, sandbox, clock=clock, network=network)

    async def ask(self, feed: Feed) -> Asked:
        """Return what asking for a feed now brings. Bad feeds never raise."""
        started = self._clock.monotonic()
        result = await self._poller.poll(feed, FeedState())
        seconds = round(self._clock.monotonic() - started, 3)
        entries = result.parsed.entries if isinstance(result, NewBody) else ()
        rate = entries_per_day(entries, self._clock.now())
        return Asked(report=report_of(feed, result, seconds=seconds), result=result, entries_per_day=rate)

    async def fetch(self, url: str, *, max_bytes: int | None = None) -> Response | FetchError:
        """Return what an address answers."""
        most = max_bytes or self._network.max_page_bytes
        try:
            return await self._fetcher.get(
                url, headers={"Accept": PAGE_ACCEPT}, max_bytes=most, delay=self._network.host_delay
            )
        except FetchError as error:
            return error

    async def links(self, page: Response) -> PageLinks:
        """Return the feeds that a page names, nothing for a page that no parser should see."""
        # One header of that name or several, it is one list.
        headers = header_links([value for name, value in page.headers.items() if name.lower() == "link"], page.url)
        document = Document(body=page.body, url=page.url, content_type=page.headers.get("Content-Type", ""))
        try:
            links = await self._sandbox.run(read_links, document, PageLinks)
        except SandboxError:
            links = PageLinks()
        return replace(links, declared=(*links.declared, *headers))

    async def suggested(self, url: str) -> tuple[str, ...]:
        """Return some feeds that the page at an address names as its own."""
        page = await self.fetch(url)
        if not isinstance(page, Response) or page.status != 200:
            return ()
        links = await self.links(page)
        return tuple(candidate.url for candidate in links.declared if candidate.url != url)[:MAX_SUGGESTED]


@asynccontextmanager
async def open_asker(
    settings: Settings, clock: Clock, *, longest_delay: timedelta = timedelta.max
) -> AsyncIterator[Asker]:
    """Open an asker; `longest_delay` shortens the time between two requests to one host, for a person who waits."""
    shortened = {"host_delay": min(settings.network.host_delay, longest_delay)}
    network = settings.network.model_copy(update=shortened)
    async with open_fetcher(network, clock) as fetcher, open_sandbox(settings) as sandbox:
        yield Asker(fetcher, sandbox, clock=clock, network=network)


async def check_each(
    feeds: Sequence[Feed], settings: Settings, clock: Clock, *, listed: int = 0, on_report: Callable[[], None]
) -> list[FeedReport]:
    """Ask each feed once, several at a time, and return the reports in the feeds' order.

    Args:
        feeds: which.
        settings: limits, and the polling budget by which the intervals are reckoned.
        clock: for the times.
        listed: how many feeds share the budget, if more than these.
        on_report: called after each.
    """
    gate = asyncio.Semaphore(settings.poll.concurrency)
    async with open_asker(settings, clock) as asker:

        async def one(feed: Feed) -> Asked:
            """Check one feed when there is room."""
            async with gate:
                asked = await asker.ask(feed)
                if asked.is_page:
                    suggestions = await asker.suggested(feed.url)
                    asked = replace(asked, report=replace(asked.report, suggestions=suggestions))
            on_report()
            return asked

        all_asked = list(await asyncio.gather(*(one(feed) for feed in feeds)))
    rates = [asked.entries_per_day for asked in all_asked] + [None] * (listed - len(feeds))
    minutes = coefficient(
        settings.poll.budget, rates, floor=settings.poll.min_interval, ceiling=settings.poll.max_interval
    )
    return [
        with_interval(asked, feed, settings.poll, minutes=minutes) for feed, asked in zip(feeds, all_asked, strict=True)
    ]


def report_of(feed: Feed, result: PollResult, *, seconds: float) -> FeedReport:
    """Return what the answer to a first request says of a feed. Pure."""
    if isinstance(result, PollFailed):
        # The daemon tries again by itself; here nobody does.
        hint = "try again later" if result.hint == BY_ITSELF else result.hint
        return FeedReport(url=feed.url, ok=False, reason=result.reason, hint=hint, seconds=seconds)
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
        full_text=2 * sum(map(_may_be_whole, entries)) > len(entries),
        seconds=seconds,
        moved_to=result.moved_to,
        hub=result.parsed.hub,
        hint=_hint(feed, result),
    )


def with_interval(asked: Asked, feed: Feed, poll: PollSettings, *, minutes: float) -> FeedReport:
    """Return the report with the interval that the feed would have, jitter aside; see `poll_interval`. Pure."""
    if not isinstance(asked.result, NewBody):
        return asked.report
    span = feed.interval
    if span is None:
        own = poll_interval(
            asked.entries_per_day, coefficient=minutes, floor=poll.min_interval, ceiling=poll.max_interval
        )
        span = max(own, min(asked.result.fresh_for or timedelta(0), poll.publisher_wish_cap))
    return replace(asked.report, interval_seconds=round(span.total_seconds()))


def _hint(feed: Feed, result: NewBody) -> str:
    entries = result.parsed.entries
    if result.moved_to and result.moved_to != feed.url:
        return f"it has moved for good: list {result.moved_to}"
    if not entries:
        return "it is empty now; that may be so between two items"
    if not any(entry.updated or entry.published for entry in entries):
        return "its entries have no dates: an entry counts as new when it is seen first"
    if not any(entry.link for entry in entries):
        return "its entries have no links: only the feed's own text can be matched"
    return ""


def _may_be_whole(entry: Entry) -> bool:
    words = read_feed_text_roughly(feed_markup(entry, claimed_language="", detect_language=False))
    return could_be_whole(words.content)
