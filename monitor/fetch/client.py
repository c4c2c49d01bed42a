"""The only door to the web: guarded GET and POST with caps on bytes, time and redirects.

Every address is foreign: it may lead inside the operator's network, never end, or unpack to a thousand times its size.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from types import TracebackType

from yarl import URL

from monitor import __version__
from monitor.clock import Clock
from monitor.errors import FetchError, FetchRefused, FetchTransient
from monitor.fetch.answer import REDIRECTS, Answer, Wanted
from monitor.fetch.curl import PUBLIC_CURVES, Call, Lane, TransferFailed, system_trust
from monitor.fetch.decoding import OFFERED_ENCODINGS
from monitor.fetch.failures import failure, flaw
from monitor.fetch.guard import Guard, is_literal
from monitor.fetch.names import LookUp, Names, system_look_up
from monitor.fetch.politeness import Politeness, Reserve
from monitor.urls import redact

MAX_REDIRECTS = 5
MAX_POST_ANSWER = 64 * 1024  # bytes of a webhook's answer that we look at
MAX_ERROR_PAGE = 256 * 1024  # bytes of a page with status 400 and above: enough to recognise a challenge
GET_LOOK_UPS = 32  # names looked up at once; those of dead feeds may hang for half a minute each
POST_LOOK_UPS = 8  # deliveries have places of their own, so that no number of dead feeds delays an alert

PERMANENT = frozenset({301, 308})
# What may follow a redirect to another host: nothing that could be a secret.
TRAVELLING = frozenset({"accept", "accept-language", "if-none-match", "if-modified-since"})

_HOST_NAME = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?")
_NO_TEXT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")  # in a header's value; a line break would begin another header
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


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
        timeout: for a whole request, from the first to the last byte over all redirects; time spent waiting for a turn
            at the host does not count.
        host_slots: GETs in flight at one host.
        reserve: gives out the starts at a host, see Politeness; without it this process counts for itself.
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
        reserve: Reserve | None = None,
        look_up: LookUp = system_look_up,
    ) -> None:
        self._clock = clock
        self._guard = Guard(allow)
        self._politeness = Politeness(clock, host_slots, is_own=self._guard.is_own, reserve=reserve)
        self._headers = {"User-Agent": user_agent, "Accept": "*/*", "Accept-Encoding": OFFERED_ENCODINGS}
        self._timeout = timeout
        self._look_up = look_up
        self._getting: _Way | None = None
        self._posting: _Way | None = None

    async def __aenter__(self) -> Fetcher:
        trust = system_trust()
        self._has_trust = bool(trust)
        self._getting = _Way(Lane(self._guard, trust, curves=PUBLIC_CURVES), Names(GET_LOOK_UPS, look_up=self._look_up))
        self._posting = _Way(Lane(self._guard, trust), Names(POST_LOOK_UPS, look_up=self._look_up))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for way in (self._getting, self._posting):
            if way is not None:
                await way.lane.close()
                way.names.close()
        self._getting = self._posting = None

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        max_bytes: int,
        delay: timedelta = timedelta(0),
        is_reserved: bool = False,
    ) -> Response:
        """Return the answer to a GET, whatever its status, after at most five redirects.

        Args:
            url: http or https, without user and password.
            headers: sent as well; to another host after a redirect only harmless ones go along.
            max_bytes: cap on the unpacked body.
            delay: least time since the last start at the same host; 0 for a user's own single request.
            is_reserved: this start at the address's host was reserved before; those after redirects were not.

        Raises:
            FetchTransient: no name, no connection, no answer in time, a broken answer, or a host that wants to be left
                alone for longer than we wait.
            FetchRefused: an address that may not be dialled, too many bytes or redirects, not http(s).
        """
        shown = redact(url, keep_path=True)
        target = _web_address(url, shown=shown)
        limit = self._timeout
        extra = dict(headers or {})
        spent = 0.0
        for_good = True
        for hop in range(MAX_REDIRECTS + 1):
            left = limit - timedelta(seconds=spent)
            async with self._politeness.turn(str(target), None if is_reserved and hop == 0 else delay):
                with _told_from(shown, redirected=hop > 0):
                    at = redact(str(target), keep_path=True) if hop else shown
                    response = await self._get_once(target, extra, max_bytes, shown=at, limit=limit, left=left)
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
    ) -> Response:
        """Return the answer to a POST, whatever its status: redirects are not followed, long answers are cut.

        Raises:
            FetchTransient, FetchRefused: as for get; the error shows the host only, as a webhook's path is a secret.
        """
        shown = redact(url)
        target = _web_address(url, shown=shown)
        limit = self._timeout
        answer = Answer(Wanted(max_bytes=MAX_POST_ANSWER, max_error_page=MAX_POST_ANSWER, cut=True))
        return await self._ask(_ready(self._posting), target, headers, answer, shown=shown, limit=limit, body=body)

    async def _get_once(
        self, target: URL, extra: Mapping[str, str], max_bytes: int, *, shown: str, limit: timedelta, left: timedelta
    ) -> Response:
        answer = Answer(Wanted(max_bytes=max_bytes, max_error_page=MAX_ERROR_PAGE))
        return await self._ask(_ready(self._getting), target, extra, answer, shown=shown, limit=limit, left=left)

    async def _ask(
        self,
        way: _Way,
        target: URL,
        extra: Mapping[str, str],
        answer: Answer,
        *,
        shown: str,
        limit: timedelta,
        left: timedelta | None = None,
        body: bytes | None = None,
    ) -> Response:
        """Do one request within what is `left` of the `limit`."""
        lines = _header_lines({**self._headers, **extra}, shown=shown, is_post=body is not None)
        if target.scheme == "https" and not self._has_trust:
            raise FetchTransient(shown, "this machine has no trusted certificates; install them or set SSL_CERT_FILE")
        started = self._clock.monotonic()
        try:
            async with asyncio.timeout((limit if left is None else left).total_seconds()) as deadline:
                host, port = target.raw_host or "", target.port or 0
                addresses = () if is_literal(host) else await _addresses(way.names, host, port)
                final = str(target.with_fragment(None))
                call = Call(url=final, host=host, port=port, addresses=addresses, headers=lines, body=body)
                await way.lane.perform(call, answer)
        except (TransferFailed, OSError, UnicodeError) as error:
            # TimeoutError is an OSError too: ours is the deadline's, another one comes from the system.
            if deadline.expired():
                does = "does not finish its answer" if answer.begun else "does not answer"
                raise FetchTransient(shown, f"{does} within {limit.total_seconds():g} s") from None
            if not (answer.begun and answer.is_cut):  # its status says it all, however broken the rest may be
                raise failure(error, shown) from error
        if answer.flaw is not None:
            raise flaw(answer.flaw, shown, answer.wanted.max_bytes)
        if not answer.begun:
            raise FetchTransient(shown, "closed the connection without an answer")
        return Response(
            status=answer.status,
            url=final,
            headers=answer.headers,
            body=answer.body,
            seconds=self._clock.monotonic() - started,
        )


@dataclass(frozen=True, slots=True)
class _Way:
    """What the requests of one kind have for themselves."""

    lane: Lane
    names: Names


def _ready(way: _Way | None) -> _Way:
    if way is None:
        raise RuntimeError("Fetcher is used outside its async with block")
    return way


async def _addresses(names: Names, host: str, port: int) -> Sequence[str]:
    # The dot that ends a full name is for name servers only; with it, not every system knows its own names.
    found = await names.resolve(host.removesuffix("."), port)
    usable = [address for address in found if "%" not in address]  # those with a zone lead to this very network
    if not usable:
        raise OSError("the name has no address that can be dialled")
    return usable


def _header_lines(headers: Mapping[str, str], *, shown: str, is_post: bool) -> list[bytes]:
    """Return the headers as libcurl takes them; a later name replaces an earlier one in any case."""
    lines: dict[str, str] = {}
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name) or _NO_TEXT.search(value):
            raise FetchRefused(shown, "a header of ours has a line break or another character that it must not have")
        lines[name.lower()] = f"{name}: {value}" if value.strip() else f"{name};"
    if is_post:
        lines.setdefault("content-type", "Content-Type:")  # without a value: libcurl sends none of its own
        lines["expect"] = "Expect:"
    return [line.encode() for line in lines.values()]


@contextmanager
def _told_from(shown: str, *, redirected: bool) -> Iterator[None]:
    """Let an error after a redirect name the address that the user knows."""
    try:
        yield
    except FetchError as error:
        if redirected:
            raise type(error)(shown, f"after a redirect to {error.url}: {error.reason}") from error
        raise


def _web_address(url: str, *, shown: str) -> URL:
    """Return the address if it may be asked for at all; where it leads is the guard's matter."""
    try:
        address = URL(url)
        port = address.port
    except (ValueError, TypeError):
        raise FetchRefused(shown, "not a valid web address") from None
    if address.scheme not in ("http", "https"):
        raise FetchRefused(shown, "only http and https addresses are fetched")
    host = address.raw_host or ""
    if not port or not (is_literal(host) or _HOST_NAME.fullmatch(host)):
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
