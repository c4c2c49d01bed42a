"""One poll of one feed: ask, compare, read in the sandbox. What comes of it is a value; nothing is stored here."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

from monitor.clock import Clock
from monitor.config.sections import NetworkSettings
from monitor.errors import Crashed, FetchError, SandboxError
from monitor.feeds.failures import (
    blocked,
    failed_child,
    failed_fetch,
    failed_reading,
    failed_status,
    unreadable_mark,
)
from monitor.feeds.formats.format import Document, ParsedFeed
from monitor.feeds.parse import READING, Unreadable, read_document
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.feeds.websub import Advertised, discover
from monitor.fetch.caching import conditional_headers
from monitor.fetch.challenge import is_challenge
from monitor.fetch.client import Fetcher, Response
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool, job_name

__all__ = ["NewBody", "NotModified", "PollFailed", "PollResult", "Poller", "SameBody"]

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " application/json;q=0.8, */*;q=0.5"
)
PARSE_LIMIT = timedelta(seconds=5)  # wall time; a real feed of 100 KB takes 0.03 s, one of 10 MiB some 3 s
# Some servers answer 304 although the feed has changed, so validators are left out now and then.
UNCONDITIONAL_EVERY = 50


Known = Callable[[], Awaitable[frozenset[str]]]


async def nothing_known() -> frozenset[str]:
    """Return that no item was seen before."""
    return frozenset()


class Poller:
    """Polls feeds through one Fetcher and one SandboxPool; holds no state of its own.

    Args:
        fetcher: asks.
        sandbox: reads.
        clock: for times in answers.
        network: limits.
        starts_are_reserved: whoever polls has reserved the start at the feed's host, as a claim does.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        sandbox: SandboxPool,
        clock: Clock,
        network: NetworkSettings,
        *,
        starts_are_reserved: bool = False,
    ) -> None:
        self._starts_are_reserved = starts_are_reserved
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._clock = clock
        self._network = network

    async def poll(self, feed: Feed, state: FeedState, known: Known = nothing_known) -> PollResult:
        """Return what asking for a feed once brings, given what its earlier polls taught. Bad feeds never raise.

        Args:
            feed: whom to ask.
            state: what its earlier polls taught.
            known: the digests of the last document's items, asked for if there is another document.
        """
        headers = {"Accept": ACCEPT}
        if state.polls % UNCONDITIONAL_EVERY != UNCONDITIONAL_EVERY - 1:
            headers |= conditional_headers(state.etag, state.last_modified)
        is_conditional = len(headers) > 1
        try:
            response = await self._fetcher.get(
                feed.url,
                headers=headers,
                max_bytes=self._network.max_feed_bytes,
                delay=self._network.host_delay,
                is_reserved=self._starts_are_reserved,
            )
        except FetchError as error:
            return failed_fetch(error)
        if response.status == 304 and is_conditional:
            return NotModified()
        if response.status not in (200, 203, 226):
            return failed_status(response.status, response.headers, response.body, now=self._clock.now())
        return await self._read(feed, state, response)

    async def read(self, feed: Feed, document: Document) -> PollResult:
        """Return what a document of a feed holds that was pushed, as if it was polled; all of its entries."""
        headers = {"Content-Type": document.content_type}
        response = Response(status=200, url=document.url, headers=headers, body=document.body)
        return await self._read(feed, FeedState(), response)

    async def _read(self, feed: Feed, state: FeedState, response: Response) -> PollResult:
        etag, last_modified = response.headers.get("ETag", ""), response.headers.get("Last-Modified", "")
        body_hash = hashlib.blake2b(response.body, digest_size=16).hexdigest()
        if state.body_hash == body_hash:
            return SameBody(etag=etag, last_modified=last_modified)
        if state.body_hash == unreadable_mark(body_hash) and state.error:
            return failed_reading(state.error, body_hash=body_hash)
        document = Document(body=response.body, url=response.url, content_type=response.headers.get("Content-Type", ""))
        try:
            reading = await self._sandbox.run(read_document, document, READING, wall_limit=PARSE_LIMIT)
        except SandboxError as error:
            return failed_child(error)
        if isinstance(reading, Unreadable):
            if is_challenge(response.headers, response.body):
                return blocked(f"HTTP {response.status}")
            return failed_reading(reading.reason, body_hash=body_hash)
        if not reading.is_whole:
            return failed_child(Crashed(job_name(read_document), "answers with entries and keys that do not match"))
        return NewBody(
            parsed=_placed(feed.key, _with_hub(reading.parsed, response, address=state.address or feed.url)),
            keys=reading.keys,
            body_hash=body_hash,
            etag=etag,
            last_modified=last_modified,
        )


def _placed(feed: FeedKey, parsed: ParsedFeed) -> ParsedFeed:
    return replace(parsed, entries=tuple(replace(entry, feed=feed) for entry in parsed.entries))


def _with_hub(parsed: ParsedFeed, response: Response, *, address: str) -> ParsedFeed:
    document = Advertised(hub=parsed.hub, topic=parsed.topic)
    found = discover(document, response.all("Link"), address=address, base=response.url)
    return replace(parsed, hub=found.hub, topic=found.topic)
