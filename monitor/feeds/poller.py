"""One poll of one feed: ask, compare, read in the sandbox. What comes of it is a value; nothing is stored here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

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
from monitor.feeds.parse import READING, Identified, NothingNew, Request, Unreadable, read_document, spare
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.feeds.validators import wants_whole
from monitor.feeds.websub import Advertised, discover
from monitor.fetch.caching import conditional_headers, freshness
from monitor.fetch.challenge import is_challenge
from monitor.fetch.client import Fetcher, Response
from monitor.model import Entry, Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool, job_name
from monitor.urls import site

__all__ = ["NewBody", "NotModified", "PollFailed", "PollResult", "Poller", "SameBody"]

READABLE = frozenset({200, 203, 226})
NO_PARTS = "the address answers with a list of sitemaps that names none of the same site"
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, text/xml;q=0.9,"
    " application/json;q=0.8, */*;q=0.5"
)
PARSE_LIMIT = timedelta(seconds=1.8)  # wall time; a real feed of 1 MB takes 0.4 s, and only what is new is read
_ITEM = re.compile(rb"<(?:item|entry)[\s>]")
_ODD_ITEM = re.compile(rb"<(?:\w{1,30}:)?(?:item|entry)[\s>]", re.IGNORECASE)
# Once more, for an honest feed on a machine that was busy; after that the same bytes are not read again.
SECOND_LIMIT = timedelta(seconds=6)
# The daemon itself looks through documents up to this size for something new, in a millisecond or two; larger ones go
# to the sandbox at once. Measured: 256 KiB made of nothing but tags take 50 ms.
LOOKED_THROUGH_BYTES = 256 * 1024
MAX_PARTS = 3  # of a list of sitemaps are read with each poll


Known = Callable[[], Awaitable[frozenset[str]]]


async def nothing_known() -> frozenset[str]:
    """Return that all of a feed is to be read."""
    return frozenset()


class Poller:
    """Polls feeds through one Fetcher and one SandboxPool; holds no state of its own."""

    def __init__(self, fetcher: Fetcher, sandbox: SandboxPool, clock: Clock, network: NetworkSettings) -> None:
        self._fetcher = fetcher
        self._sandbox = sandbox
        self._clock = clock
        self._network = network

    async def poll(self, feed: Feed, state: FeedState, known: Known = nothing_known) -> PollResult:
        """Return what asking for a feed once brings. Bad feeds never raise.

        Args:
            feed: whom to ask, unless a permanent redirect was believed.
            state: what earlier polls taught.
            known: gives the digests of the items that the last document held; asked for only if there is a new one.
        """
        now = self._clock.now()
        validators = {} if wants_whole(state, now) else conditional_headers(state.etag, state.last_modified)
        try:
            response = await self._get(state.address or feed.url, validators)
        except FetchError as error:
            return failed_fetch(error)
        if response.status == 304 and validators:
            return NotModified(fresh_for=_still_fresh(response, state, now), moved_to=response.moved_to)
        if response.status not in READABLE:
            return failed_status(response.status, response.headers, response.body, now=now)
        body_hash, items_hash = _hash(response.body), _items_hash(response.body)
        if state.body_hash == body_hash or (state.body_hash and items_hash and state.items_hash == items_hash):
            return SameBody(
                etag=response.headers.get("ETag", ""),
                last_modified=response.headers.get("Last-Modified", ""),
                fresh_for=_still_fresh(response, state, now),
                is_whole=not validators,
                moved_to=response.moved_to,
            )
        if state.body_hash == unreadable_mark(body_hash) and state.error:
            return failed_reading(state.error, body_hash=body_hash)
        # Who forgets the body wants all to be read again.
        items = await known() if state.body_hash else frozenset()
        is_second = state.error_kind == "hostile"
        read = await self._read(_document(response), items, limit=SECOND_LIMIT if is_second else PARSE_LIMIT)
        if isinstance(read, PollFailed):
            if read.kind == "hostile" and is_second:
                read = replace(read, body_hash=unreadable_mark(body_hash))
            is_check = read.kind == "unreadable" and is_challenge(response.headers, response.body)
            return blocked(f"HTTP {response.status}") if is_check else read
        result = NewBody(
            parsed=_unread(state),
            keys=(),
            items=read.items,
            body_hash=body_hash,
            items_hash=items_hash,
            etag=response.headers.get("ETag", ""),
            last_modified=response.headers.get("Last-Modified", ""),
            fresh_for=_still_fresh(response, state, now),
            is_whole=not validators,
            moved_to=response.moved_to,
        )
        if isinstance(read, NothingNew):
            return result
        if read.parsed.parts:
            return await self._with_parts(feed, read.parsed, result, items, address=response.url)
        parsed = _with_hub(read.parsed, response, address=state.address or feed.url)
        return replace(
            result,
            parsed=_placed(feed.key, parsed),
            keys=read.keys,
            fresh_for=_longer(parsed.ttl, freshness(response.headers, now)),
        )

    async def _get(self, url: str, validators: Mapping[str, str]) -> Response:
        return await self._fetcher.get(
            url,
            headers={"Accept": ACCEPT, **validators},
            max_bytes=self._network.max_feed_bytes,
            delay=self._network.host_delay,
        )

    async def read(self, feed: Feed, document: Document, known: frozenset[str]) -> NewBody | PollFailed:
        """Return what is new in a document of a feed that was pushed to us."""
        read = await self._read(document, known)
        if isinstance(read, PollFailed):
            return read
        if isinstance(read, NothingNew):
            read = Identified(parsed=ParsedFeed(format=""), keys=(), items=read.items)
        return NewBody(
            parsed=_placed(feed.key, read.parsed), keys=read.keys, items=read.items, body_hash=_hash(document.body)
        )

    async def _read(
        self, document: Document, known: frozenset[str], *, limit: timedelta = PARSE_LIMIT
    ) -> Identified | NothingNew | PollFailed:
        """Return what is new in a document; most hold nothing new, and a look is enough to know it."""
        request = Request(document=document, known=known)
        spared = spare(request) if len(document.body) <= LOOKED_THROUGH_BYTES else None
        if spared and spared.request is None:
            return NothingNew(items=spared.items)
        try:
            read = await self._sandbox.run(
                read_document, spared.request if spared and spared.request else request, READING, wall_limit=limit
            )
        except SandboxError as error:
            return failed_child(error)
        if isinstance(read, Unreadable):
            return failed_reading(read.reason, body_hash=_hash(document.body))
        if isinstance(read, Identified) and not read.is_whole:
            return failed_child(Crashed(job_name(read_document), "answers with entries and keys that do not match"))
        return replace(read, items=spared.items) if spared else read

    async def _with_parts(
        self, feed: Feed, index: ParsedFeed, result: NewBody, known: frozenset[str], *, address: str
    ) -> NewBody | PollFailed:
        """Return the entries of the newest sitemaps of a list; failed if none of them can be read."""
        own = {site(feed.url), site(address)}
        parts = [part for part in index.parts if site(part.url) in own][:MAX_PARTS]
        read: list[Identified | NothingNew] = []
        failed: list[PollFailed] = []
        hashes = []
        for part in parts:
            try:
                response = await self._get(part.url, {})
            except FetchError as error:
                failed.append(failed_fetch(error))
                continue
            hashes.append(_hash(response.body))
            if response.status not in READABLE:
                now = self._clock.now()
                failed.append(failed_status(response.status, response.headers, response.body, now=now))
                continue
            answer = await self._read(_document(response), known)
            if isinstance(answer, PollFailed):
                failed.append(answer)
            else:
                read.append(answer)
        if not read:
            return failed[0] if failed else failed_reading(NO_PARTS, body_hash=result.body_hash)
        joined = _joined(index, [one for one in read if isinstance(one, Identified)])
        result = replace(
            result,
            parsed=_placed(feed.key, joined.parsed),
            keys=joined.keys,
            items=tuple(dict.fromkeys(item for one in read for item in one.items)),
        )
        if not failed and all(part.changed for part in parts):
            return result
        # The list does not say when a part changes, so neither its bytes nor its validators can stand for them.
        return replace(result, body_hash=_hash("".join(hashes).encode()), etag="", last_modified="")


def _document(response: Response) -> Document:
    return Document(body=response.body, url=response.url, content_type=response.headers.get("Content-Type", ""))


def _hash(body: bytes | memoryview) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def _items_hash(body: bytes) -> str:
    """Return a hash of the bytes from a feed's first item to the end of its last, "" if there is no such stretch."""
    first = _ITEM.search(body)
    end = max(body.rfind(b"</item>"), body.rfind(b"</entry>"))
    if first is None or end < first.start():
        return ""
    # An item of another spelling outside would be missed.
    if _ODD_ITEM.search(body, 0, first.start()) or _ODD_ITEM.search(body, end):
        return ""
    return _hash(memoryview(body)[first.start() : end])


def _still_fresh(response: Response, state: FeedState, now: datetime) -> timedelta | None:
    """Return the publisher's wish where only headers were read: what the document said before still holds."""
    return freshness(response.headers, now) or state.fresh_for


def _longer(one: timedelta | None, other: timedelta | None) -> timedelta | None:
    return max((wish for wish in (one, other) if wish), default=None)


def _unread(state: FeedState) -> ParsedFeed:
    """Return the head of a feed as it was when last read."""
    return ParsedFeed(format=state.format, title=state.title, hub=state.hub, topic=state.topic)


def _joined(index: ParsedFeed, parts: Sequence[Identified]) -> Identified:
    """Return the entries of several sitemaps, each once."""
    found: dict[str, tuple[Entry, tuple[str, ...]]] = {}
    for part in parts:
        for entry, keys in zip(part.parsed.entries, part.keys, strict=True):
            found.setdefault(keys[0], (entry, keys))
    title = next((part.parsed.title for part in parts if part.parsed.title), "")
    language = next((part.parsed.language for part in parts if part.parsed.language), "")
    return Identified(
        parsed=replace(index, title=title, language=language, entries=tuple(entry for entry, _ in found.values())),
        keys=tuple(keys for _, keys in found.values()),
    )


def _placed(feed: FeedKey, parsed: ParsedFeed) -> ParsedFeed:
    return replace(parsed, entries=tuple(replace(entry, feed=feed) for entry in parsed.entries))


def _with_hub(parsed: ParsedFeed, response: Response, *, address: str) -> ParsedFeed:
    document = Advertised(hub=parsed.hub, topic=parsed.topic)
    found = discover(document, response.all("Link"), address=address, base=response.url)
    return replace(parsed, hub=found.hub, topic=found.topic)
