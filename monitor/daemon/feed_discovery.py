"""The feeds of a site: what its pages name and where sites have them, each fetched and read. Nothing is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from monitor.clock import Clock
from monitor.config.feed_list import feed_key
from monitor.daemon.feed_check import Asked, Asker, FeedReport
from monitor.feeds.discovery import (
    Candidate,
    Origin,
    common_addresses,
    in_order,
    indexed_sitemaps,
    is_comments,
    is_news_sitemap,
    robots_sitemaps,
)
from monitor.feeds.poll_result import NewBody, PollFailed
from monitor.fetch.client import Response
from monitor.model import Feed
from monitor.urls import address_key

AT_ONCE = 4  # candidates asked at a time; those of one host wait for one another
BETWEEN_REQUESTS = timedelta(seconds=1)  # at one host: a person waits, and browsers ask far more
MAX_ASKED = 20  # candidates asked by default
MAX_ROBOTS = 512 * 1024  # bytes of a robots.txt that are read; RFC 9309 wants at least 500 KiB
MAX_INDEXES = 2  # sitemap indexes looked into
MAX_NEWS_SITEMAPS = 3
_FRESH = (timedelta(days=2), timedelta(days=14), timedelta(days=90))


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed of a site, with all addresses that lead to it."""

    report: FeedReport
    origin: Origin
    language: str = ""
    also: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """Return the address to list."""
        return self.report.moved_to or self.report.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """The feeds of a site, the best first; without any, why."""

    feeds: tuple[FoundFeed, ...] = ()
    asked: int = 0  # addresses
    left: int = 0  # candidates not asked, as there were too many
    reason: str = ""
    hint: str = ""


class _Search:
    """One search: what was asked already, and what came of it."""

    def __init__(self, asker: Asker, clock: Clock, *, limit: int, on_step: Callable[[], None]) -> None:
        self._asker = asker
        self._clock = clock
        self._limit = limit
        self._on_step = on_step
        self._known: set[str] = set()
        self.answers: list[tuple[Candidate, Asked]] = []
        self.left = 0

    async def ask(self, candidates: Iterable[Candidate]) -> bool:
        """Ask those that were not asked before, as far as the limit allows; return whether any is a feed."""
        fresh = []
        for candidate in candidates:
            if (key := address_key(candidate.url)) and key not in self._known:
                self._known.add(key)
                fresh.append(candidate)
        room = max(self._limit - len(self.answers), 0)
        self.left += len(fresh[room:])
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(candidate: Candidate) -> tuple[Candidate, Asked]:
            """Ask for one candidate."""
            async with gate:
                asked = await self._asker.ask(Feed(key=feed_key(candidate.url), url=candidate.url))
            self._on_step()
            return candidate, asked

        answers = await asyncio.gather(*(one(candidate) for candidate in fresh[:room]))
        self.answers += answers
        return any(asked.report.ok for _, asked in answers)

    async def page(self, address: str) -> list[Candidate]:
        """Return the feeds that a page names."""
        page = await self._asker.fetch(address)
        self._on_step()
        if not isinstance(page, Response) or page.status != 200:
            return []
        links = await self._asker.links(page)
        return in_order((*links.declared, *links.anchors), address=page.url)

    async def news_sitemaps(self, address: str) -> list[Candidate]:
        """Return the news sitemaps that robots.txt leads to."""
        robots = await self._asker.fetch(urljoin(address, "/robots.txt"), max_bytes=MAX_ROBOTS)
        self._on_step()
        if not isinstance(robots, Response) or robots.status != 200:
            return []
        named = robots_sitemaps(robots.body.decode("utf-8", "replace"), robots.url)
        found = [url for url in named if is_news_sitemap(url)]
        for index in named[:MAX_INDEXES]:
            answer = await self._asker.fetch(index)
            self._on_step()
            inner = indexed_sitemaps(answer.body, answer.url) if isinstance(answer, Response) else None
            if inner is not None:
                found = [url for url in found if url != index]
                found += [url for url in inner if is_news_sitemap(url)]
        return [Candidate(url=url, origin="sitemap") for url in dict.fromkeys(found[:MAX_NEWS_SITEMAPS])]


async def discover(
    address: str,
    asker: Asker,
    clock: Clock,
    *,
    limit: int = MAX_ASKED,
    everywhere: bool = False,
    on_step: Callable[[], None],
) -> Discovery:
    """Return the feeds of a site, the best first.

    Looks where it costs least first and stops where something is found: at the address itself, at what its page names,
    at the front page, at customary paths and the news sitemaps of robots.txt.

    Args:
        address: of a site, a page or a feed.
        asker: with short delays, for a person waits.
        clock: for the age of entries.
        limit: candidates that are asked at most.
        everywhere: look at customary paths and for news sitemaps although the page names feeds.
        on_step: called after each request.
    """
    search = _Search(asker, clock, limit=limit, on_step=on_step)
    if await search.ask([Candidate(url=address, origin="address")]):
        return _discovery(search, clock.now())
    first = search.answers[0][1]
    if not first.is_page and not _is_missing(first):
        # Whoever refuses us is not asked ten times more.
        return Discovery(asked=1, reason=first.report.reason, hint=first.report.hint)
    found = await search.ask(await search.page(address)) if first.is_page else False
    if not found and urlsplit(address).path.strip("/"):
        found = await search.ask(await search.page(urljoin(address, "/")))
    if everywhere or not found:
        await search.ask(in_order(common_addresses(address), address=address))
        await search.ask(await search.news_sitemaps(address))
    return _discovery(search, clock.now())


def _is_missing(asked: Asked) -> bool:
    """Return whether the site has no such page, but may have others."""
    result = asked.result
    return isinstance(result, PollFailed) and (result.gone or "HTTP 404" in result.reason)


def _discovery(search: _Search, now: datetime) -> Discovery:
    feeds = ranked(search.answers, now=now)
    if feeds:
        return Discovery(feeds=feeds, asked=len(search.answers), left=search.left)
    failures = [(candidate, asked.report) for candidate, asked in search.answers[1:] if candidate.origin != "custom"]
    reason = "its pages name no feed, and there is none at the usual addresses"
    hint = "look for RSS on the site in a browser, or use a news sitemap; some publishers offer no feed at all"
    if failures:
        candidate, report = failures[0]
        reason = f"what its pages name as feeds cannot be read: {candidate.url}: {report.reason}"
        hint = report.hint
    return Discovery(asked=len(search.answers), left=search.left, reason=reason, hint=hint)


def ranked(answers: Sequence[tuple[Candidate, Asked]], *, now: datetime) -> tuple[FoundFeed, ...]:
    """Return the feeds among the answers, the best first; addresses that lead to one feed are joined. Pure.

    Before all: no comments and no sitemaps, then whole texts, recent news, and how much the feed holds.
    """
    groups: dict[object, list[tuple[Candidate, Asked]]] = {}
    at_addresses: dict[str, object] = {}
    for candidate, asked in answers:
        if not isinstance(asked.result, NewBody):
            continue
        # The same entries are the same feed, whatever its form; an empty feed is known by its bytes only.
        same: object = asked.result.keys or asked.result.body_hash
        final = address_key(asked.result.moved_to or candidate.url)
        groups.setdefault(at_addresses.setdefault(final, same), []).append((candidate, asked))
    found = [_joined(group) for group in groups.values()]
    return tuple(sorted(found, key=lambda feed: _rank(feed, now)))


def _joined(group: Sequence[tuple[Candidate, Asked]]) -> FoundFeed:
    candidate, asked = min(group, key=lambda pair: (not pair[1].report.full_text, bool(pair[1].report.moved_to)))
    assert isinstance(asked.result, NewBody)
    best = asked.report.moved_to or asked.report.url
    addresses = (address for one, twin in group for address in (one.url, twin.report.moved_to))
    return FoundFeed(
        report=asked.report,
        origin=candidate.origin,
        language=asked.result.parsed.language,
        also=tuple(dict.fromkeys(address for address in addresses if address and address != best)),
    )


def _rank(feed: FoundFeed, now: datetime) -> tuple[bool, bool, bool, int, int]:
    report = feed.report
    age = len(_FRESH) + 1 if report.newest is None else sum(now - report.newest > limit for limit in _FRESH)
    comments = is_comments(feed.url, report.title)
    return comments, feed.origin == "sitemap" or "sitemap" in report.format, not report.full_text, age, -report.entries
