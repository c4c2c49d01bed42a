"""Entry -> Article: fetch the page if it is needed, read it in a child process, fall back to the feed's own text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

import structlog

from monitor.articles.compose import READ, Reading, absolute_link, compose_article
from monitor.articles.dates import not_after
from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.articles.feed_text import FeedMarkup, FeedText, feed_markup, read_feed_text, read_feed_text_roughly
from monitor.articles.full_text import needs_page, said_it_all
from monitor.articles.page_hosts import PageHosts, text_digest
from monitor.articles.site_memory import SiteMemory
from monitor.articles.verdict import judge_response
from monitor.clock import Clock
from monitor.errors import Crashed, FetchRefused, FetchTransient, OutOfMemory, TimedOut
from monitor.fetch.caching import retry_after
from monitor.fetch.challenge import has_challenge_header
from monitor.fetch.client import Fetcher, Response
from monitor.model import Article, ArticleStatus, Entry, Feed
from monitor.sandbox.pool import SandboxPool
from monitor.urls import host_slug, page_key, redact, site

log = structlog.get_logger()

PATIENCE = 3  # pages that a host may refuse one after another before it is left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLimits:
    """What reading a page may cost.

    Args:
        max_bytes: of a page, after decompression.
        delay: between two requests to one host.
        detect_language: by the text's own words; else what page and feed claim is taken.
    """

    max_bytes: int
    delay: timedelta
    detect_language: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An article, and what came of asking for its page."""

    article: Article
    feed_said_all: bool | None = None  # whether the feed's own text had said all of it; None: not compared
    held: timedelta = timedelta(0)  # for how long the host's pages are left alone from now on
    was_asked: bool = True  # False: its page was not asked for because of that


class _Answer(NamedTuple):
    """A page as it was read, with `Read.held` and `Read.was_asked`."""

    page: ExtractedPage
    held: timedelta = timedelta(0)
    was_asked: bool = True


class ArticleReader:
    """Reads articles; whatever a page does, there is an article, and its status says what it is worth."""

    def __init__(
        self,
        fetcher: Fetcher,
        sandbox: SandboxPool,
        *,
        clock: Clock,
        limits: PageLimits,
        sites: SiteMemory,
        hosts: PageHosts,
    ) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._clock = clock
        self._limits = limits
        self._sites = sites
        self._hosts = hosts

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "", is_believed: bool = False) -> Read:
        """Return the article of an entry, whatever its feed's text and its page are like.

        Args:
            entry: as the feed has it.
            feed: where it comes from; `full_text` says where the text is taken from.
            feed_title: as the feed calls itself; the user's own title for it goes first.
            is_believed: the feed has proven to carry whole articles; pages of those that seem whole are not fetched.

        Raises:
            SandboxError: we are closing, or the machine gives no process; nothing is known of the article.
        """
        started = self._clock.monotonic()
        words = await self._feed_words(entry, feed)
        link = absolute_link(entry, feed)
        page, held, was_asked = None, timedelta(0), True
        if needs_page(feed.full_text, link=link, text=words.content, is_believed=is_believed):
            is_dated = not_after(entry.published, self._clock.now()) is not None
            page, held, was_asked = await self._ask(link, summary=words.summary, is_dated=is_dated)
            self._log(page, feed, link)
        reading = Reading(entry=entry, feed=feed, words=words, page=page, link=link, feed_title=feed_title)
        article = compose_article(reading, now=self._clock.now(), seconds=self._clock.monotonic() - started)
        lesson = said_it_all(words.content, page) if feed.full_text == "auto" else None
        return Read(article=article, feed_said_all=lesson, held=held, was_asked=was_asked)

    async def read_page(self, url: str) -> ExtractedPage:
        """Fetch and read one page; failures are statuses with a reason."""
        return (await self._ask(url, summary="", is_dated=False)).page

    async def _ask(self, url: str, *, summary: str, is_dated: bool) -> _Answer:
        """Fetch and read one page; failures are statuses with a reason.

        Args:
            url: of the page.
            summary: what the feed says of it.
            is_dated: the feed says when it was published.
        """
        wait, refusals = await self._hosts.knock(host_slug(url))
        if wait > timedelta(0):
            reason = f"the site refused its pages; {self._asked_again(wait)}"
            page = ExtractedPage(status=ArticleStatus.BLOCKED, url=url, reason=reason)
            return _Answer(page, held=wait, was_asked=False)
        try:
            response = await self._fetcher.get(url, max_bytes=self._limits.max_bytes, delay=self._limits.delay)
        except FetchTransient as error:
            return _Answer(ExtractedPage(status=ArticleStatus.UNREACHABLE, url=url, reason=error.reason))
        except FetchRefused as error:
            return _Answer(ExtractedPage(status=ArticleStatus.HOSTILE, url=url, reason=error.reason))
        refused = judge_response(response.status, response.headers, url=response.url, asked=url)
        if refused:
            # The address asked for: where we were led (a login, a consent host) is not the article's.
            page = ExtractedPage(status=refused.status, url=url, reason=refused.reason)
            return await self._heed(page, response, asked=url, refusals=refusals)
        is_trusted = self._sites.trusts(response.url)
        page = await self.extract(
            PageInput(
                body=response.body,
                url=response.url,
                content_type=response.headers.get("Content-Type", ""),
                summary=summary,
                trusted=is_trusted,
                is_dated=is_dated,
                detect_language=self._limits.detect_language,
            )
        )
        self._sites.learn(response.url, trusted=is_trusted, confirmed=page.confirmed)
        return await self._heed(page, response, asked=url, refusals=refusals)

    async def _heed(self, page: ExtractedPage, response: Response, *, asked: str, refusals: int) -> _Answer:
        """Leave a host alone that refuses its pages, and take note of one that gives them, and of texts that repeat.

        Args:
            page: what was made of the answer.
            response: the answer.
            asked: the address that was asked for; the host that answered may be another one.
            refusals: of the asked host before this answer.
        """
        hosts = {host_slug(response.url)}
        if site(asked) == site(response.url):  # else it only led there, as it leads to other sites
            hosts.add(host_slug(asked))
        if page.status is ArticleStatus.BLOCKED:
            wish = retry_after(response.headers, self._clock.now())
            # A single page may be for members, for adults or for another country; a host that means all says so.
            means_all = response.status in (429, 503) or has_challenge_header(response.headers)
            patience = 1 if means_all else PATIENCE
            wait = max([await self._hosts.shut(host, wish, patience=patience) for host in sorted(hosts)])
            page = replace(page, reason=f"{page.reason}; {self._asked_again(wait)}") if wait else page
            return _Answer(page, held=wait)
        # Of a host that we were led to it is not known whether it had refused.
        if response.status < 300 and (refusals or host_slug(asked) not in hosts):
            for host in sorted(hosts):
                await self._hosts.open(host)
        if page.status not in READ:
            return _Answer(page)
        digest = text_digest(page.text, page.title)
        address = page_key(page.canonical_url) or page_key(page.url)
        if digest and address and await self._hosts.is_repeated(host_slug(page.url), text=digest, address=address):
            reason = "other pages of the site have the same text: it is no article's"
            page = ExtractedPage(status=ArticleStatus.BLOCKED, url=page.url, reason=reason)
        return _Answer(page)

    def _asked_again(self, wait: timedelta) -> str:
        return f"they are asked for again from {self._clock.now() + wait:%Y-%m-%d %H:%M} UTC"

    async def extract(self, page: PageInput) -> ExtractedPage:
        """Read a page's bytes, as of now, in a child process; one that had to be killed is hostile."""
        try:
            return await self._sandbox.run(extract_page, replace(page, now=self._clock.now()), ExtractedPage)
        except (TimedOut, OutOfMemory, Crashed) as error:
            return ExtractedPage(status=ArticleStatus.HOSTILE, url=page.url, reason=error.reason)

    async def _feed_words(self, entry: Entry, feed: Feed) -> FeedText:
        claimed = entry.language or feed.language
        markup: FeedMarkup = feed_markup(entry, claimed_language=claimed, detect_language=self._limits.detect_language)
        try:
            return await self._sandbox.run(read_feed_text, markup, FeedText)
        except (TimedOut, OutOfMemory, Crashed) as error:
            log.warning("feed_text_stripped", feed=feed.key, reason=error.reason)
            return read_feed_text_roughly(markup)

    def _log(self, page: ExtractedPage, feed: Feed, link: str) -> None:
        if page.status is ArticleStatus.HOSTILE:
            log.warning("page_refused", feed=feed.key, url=redact(link, keep_path=True), reason=page.reason)
        else:
            log.debug("page_read", feed=feed.key, status=page.status, reason=page.reason, seconds=page.seconds)
