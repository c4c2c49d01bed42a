"""The only door to the web: guarded GET and POST with caps on bytes, time and redirects.

Every address is foreign: it may lead inside the operator's network, never end, or unpack to a thousand times its size.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType

import aiohttp
from yarl import URL

from monitor import __version__
from monitor.clock import Clock
from monitor.errors import FetchError, FetchRefused, FetchTransient
from monitor.fetch.failures import UNREADABLE_ENCODING, failure
from monitor.fetch.guard import Guard
from monitor.fetch.names import LookUp, Names, system_look_up
from monitor.fetch.politeness import Politeness
from monitor.urls import redact

MAX_REDIRECTS = 5
MAX_POST_ANSWER = 64 * 1024  # bytes of a webhook's answer that we look at
MAX_ERROR_PAGE = 256 * 1024  # bytes of a page with status 400 and above: enough to recognise a challenge
DNS_SECONDS = 60  # how long a looked-up name is trusted; the guard looks at the address of each connection anyway
GET_LOOK_UPS = 32  # names looked up at once; those of dead feeds may hang for half a minute each
POST_LOOK_UPS = 8  # deliveries have places of their own, so that no number of dead feeds delays an alert

# Real news sites send up to some 12 KB in one header (Content-Security-Policy, Link); aiohttp's default of 8 KB fails.
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 200

# Brotli and zstd are left out: what we offer must unpack in bounded steps, and both need another library.
OFFERED_ENCODINGS = "gzip, deflate"
DECODED = frozenset({"", "identity", "gzip", "deflate"})

ACCEPT = "*/*"
BODILESS = frozenset({204, 304})  # their Content-Length speaks of the answer not sent
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
# What may follow a redirect to another host: nothing that could be a secret.
TRAVELLING = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer of any status. `headers` is case-insensitive; `body` is unpacked and within the cap."""

    status: int
    url: str  # final address, after redirects
    moved_to: str = ""  # the same, if there were redirects and all of them said that they are for good
    headers: Mapping[str, str]
    body: bytes = b""
    seconds: float = 0.0  # request to last byte, without waiting for a turn

    def all(self, name: str) -> list[str]:
        """Return every value of a header that may come more than once."""
        return [value for known, value in self.headers.items() if known.lower() == name.lower()]


def user_agent(name: str = "", *, contact: str = "") -> str:
    """Return the honest name we go by: `name` or monitor/VERSION, and whom to write to if we are a nuisance."""
    own = name or f"monitor/{__version__}"
    return f"{own} (+{contact})" if contact else own


class Fetcher:
    """One HTTP client for the whole program; an async context manager. GETs and POSTs share no connections or look-ups.

    Args:
        clock: for spacing and measuring.
        allow: addresses that may be dialled although they are not public (see Guard).
        user_agent: what we call ourselves, see user_agent().
        timeout: for a whole request, from the first to the last byte over all redirects.
        host_slots: GETs in flight at one host.
        look_up: looks up a name, in a thread; default is the system's way.

    Raises:
        ValueError: an allow-list entry is malformed.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allow: Sequence[str] = (),
        user_agent: str = f"monitor/{__version__}",
        timeout: timedelta = timedelta(seconds=20),
        host_slots: int = 2,
        look_up: LookUp = system_look_up,
    ) -> None:
        self._clock = clock
        self._guard = Guard(allow)
        self._politeness = Politeness(clock, host_slots, is_own=self._guard.is_own)
        self._user_agent = user_agent
        self._timeout = timeout
        self._look_up = look_up
        self._getting: aiohttp.ClientSession | None = None
        self._posting: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Fetcher:
        tls = ssl.create_default_context()
        tls.set_alpn_protocols(["http/1.1"])
        self._getting = self._open_session(tls, look_ups=GET_LOOK_UPS)
        self._posting = self._open_session(tls, look_ups=POST_LOOK_UPS)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in (self._getting, self._posting):
            if session is not None:
                await session.close()
        self._getting = self._posting = None

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int,
        timeout: timedelta | None = None,  # noqa: ASYNC109 - covers a request, not the waiting for a turn
        delay: timedelta = timedelta(0),
    ) -> Response:
        """Return the answer to a GET, whatever its status, after at most five redirects.

        Args:
            url: http or https, without user and password.
            headers: sent as well; to another host after a redirect only harmless ones go along.
            max_bytes: cap on the unpacked body.
            timeout: instead of the Fetcher's; time spent waiting for a turn at the host does not count.
            delay: least time since the last start at the same host; 0 for a user's own single request.

        Raises:
            FetchTransient: no name, no connection, no answer in time, a broken answer.
            FetchRefused: an address that may not be dialled, too many bytes or redirects, not http(s).
        """
        shown = redact(url, keep_path=True)
        target = _web_address(url, shown=shown)
        limit = self._timeout if timeout is None else timeout
        extra = dict(headers or {})
        spent = 0.0
        for_good = True
        for hop in range(MAX_REDIRECTS + 1):
            left = limit - timedelta(seconds=spent)
            async with self._politeness.turn(str(target), delay):
                with _told_from(shown, redirected=hop > 0):
                    response = await self._get_once(target, extra, max_bytes=max_bytes, limit=limit, left=left)
            spent += response.seconds
            location = response.headers.get("Location", "") if response.status in REDIRECTS else ""
            if not location:
                return replace(response, moved_to=response.url if hop and for_good else "", seconds=spent)
            for_good = for_good and response.status in PERMANENT
            following = _redirect_target(target, location, shown=shown)
            if following.origin() != target.origin():
                extra = {name: value for name, value in extra.items() if name.lower() in TRAVELLING}
            # A redirect within a host belongs to the same visit; another host gets its own spacing.
            delay = timedelta(0) if following.host == target.host else delay
            target = following
        raise FetchRefused(shown, f"redirects more than {MAX_REDIRECTS} times")

    async def post(
        self,
        url: str,
        *,
        body: bytes,
        headers: Mapping[str, str],
        timeout: timedelta | None = None,  # noqa: ASYNC109 - same meaning as for get
    ) -> Response:
        """Return the answer to a POST, whatever its status: redirects are not followed, long answers are cut.

        Raises:
            FetchTransient, FetchRefused: as for get; the error shows the host only, as a webhook's path is a secret.
        """
        shown = redact(url)
        target = _web_address(url, shown=shown)
        limit = self._timeout if timeout is None else timeout
        progress = _Progress(limit)
        async with _guarded(limit, shown=shown, progress=progress):
            started = self._clock.monotonic()
            async with _ready(self._posting).post(target, data=body, headers=headers, allow_redirects=False) as answer:
                content = await _read_start(answer, MAX_POST_ANSWER)
                return self._response(answer, content, started)

    async def _get_once(
        self, target: URL, extra: Mapping[str, str], *, max_bytes: int, limit: timedelta, left: timedelta
    ) -> Response:
        shown = redact(str(target), keep_path=True)
        progress = _Progress(limit)
        async with _guarded(left, shown=shown, progress=progress):
            started = self._clock.monotonic()
            async with _ready(self._getting).get(target, headers=extra, allow_redirects=False) as answer:
                progress.answered = True
                if answer.status in REDIRECTS and "Location" in answer.headers:
                    body = b""
                elif answer.status >= 400:
                    body = await _read_start(answer, min(max_bytes, MAX_ERROR_PAGE))
                else:
                    body = await _read_all(answer, max_bytes, shown=shown, progress=progress)
                return self._response(answer, body, started)

    def _open_session(self, tls: ssl.SSLContext, *, look_ups: int) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                socket_factory=self._open_socket,
                ssl=tls,
                resolver=Names(look_ups, look_up=self._look_up),
                ttl_dns_cache=DNS_SECONDS,
                limit=0,  # callers bound their own concurrency; a shared limit would let slow sites starve deliveries
            ),
            headers={"User-Agent": self._user_agent, "Accept": ACCEPT, "Accept-Encoding": OFFERED_ENCODINGS},
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),  # _guarded() holds the one clock
            max_line_size=MAX_HEADER_BYTES,
            max_field_size=MAX_HEADER_BYTES,
            max_headers=MAX_HEADERS,
        )

    def _response(self, answer: aiohttp.ClientResponse, body: bytes, started: float) -> Response:
        return Response(
            status=answer.status,
            url=str(answer.url.with_fragment(None)),
            headers=answer.headers,
            body=body,
            seconds=self._clock.monotonic() - started,
        )

    def _open_socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        self._guard.check(str(address[0]), int(address[1]))
        return socket.socket(family, kind, protocol)


def _ready(session: aiohttp.ClientSession | None) -> aiohttp.ClientSession:
    if session is None:
        raise RuntimeError("Fetcher is used outside its async with block")
    return session


@dataclass(slots=True)
class _Progress:
    """How far a request got, for the words of a time-out."""

    limit: timedelta
    answered: bool = False

    def __str__(self) -> str:
        span = f"within {self.limit.total_seconds():g} s"
        if self.answered:
            return f"does not finish its answer {span}"
        return f"does not answer {span}"


@asynccontextmanager
async def _guarded(left: timedelta, *, shown: str, progress: _Progress) -> AsyncIterator[None]:
    """End the block at its deadline, and turn the library's errors into ours."""
    try:
        async with asyncio.timeout(left.total_seconds()) as deadline:
            yield
    except (aiohttp.ClientError, OSError, UnicodeError) as error:
        # TimeoutError is an OSError too: ours is the deadline's, another one comes from the system.
        if deadline.expired():
            raise FetchTransient(shown, str(progress)) from None
        raise failure(error, shown) from error


@contextmanager
def _told_from(shown: str, *, redirected: bool) -> Iterator[None]:
    """Let an error after a redirect name the address that the user knows."""
    try:
        yield
    except FetchError as error:
        if redirected:
            raise type(error)(shown, f"after a redirect to {error.url}: {error.reason}") from error
        raise


async def _read_all(answer: aiohttp.ClientResponse, max_bytes: int, *, shown: str, progress: _Progress) -> bytes:
    """Return the whole unpacked body; FetchRefused as soon as it is known to exceed the cap."""
    encoding = answer.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in DECODED:
        raise FetchTransient(shown, UNREADABLE_ENCODING)
    too_big = FetchRefused(shown, f"sends more than {_size_words(max_bytes)}, our limit for it")
    announced = answer.content_length or 0
    if announced > max_bytes and answer.status not in BODILESS:
        raise too_big
    body = bytearray()
    async for chunk in answer.content.iter_any():
        if len(body) + len(chunk) > max_bytes:
            raise too_big
        body += chunk
    return bytes(body)


async def _read_start(answer: aiohttp.ClientResponse, max_bytes: int) -> bytes:
    """Return at most the first bytes: for answers whose status says it all, however broken the rest may be."""
    body = bytearray()
    with suppress(aiohttp.ClientPayloadError):
        async for chunk in answer.content.iter_any():
            body += chunk
            if len(body) >= max_bytes:
                answer.close()
                break
    return bytes(body[:max_bytes])


def _size_words(size_bytes: int) -> str:
    return f"{size_bytes / 2**20:.3g} MiB" if size_bytes >= 2**20 else f"{size_bytes} bytes"


def _web_address(url: str, *, shown: str) -> URL:
    """Return the address if it may be asked for at all; where it leads is the guard's matter."""
    try:
        address = URL(url)
        port = address.port
    except (ValueError, TypeError):
        raise FetchRefused(shown, "not a valid web address") from None
    if address.scheme not in ("http", "https"):
        raise FetchRefused(shown, "only http and https addresses are fetched")
    if not address.host or not port:
        raise FetchRefused(shown, "not a valid web address")
    if address.user is not None or address.password is not None:
        raise FetchRefused(shown, "addresses with a user name or password are not fetched")
    return address


def _redirect_target(base: URL, location: str, *, shown: str) -> URL:
    try:
        joined = str(base.join(URL(location)))
    except (ValueError, TypeError):
        raise FetchRefused(shown, "redirects to something that is not an address") from None
    with _told_from(shown, redirected=True):
        return _web_address(joined, shown=redact(joined, keep_path=True))
