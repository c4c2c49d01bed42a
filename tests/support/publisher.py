"""A loopback web site under a test's control: feeds, pages, redirects, and every way of being a bad server.

async with Publisher() as site:
    site.serve("/feed.xml", "<rss/>", content_type="application/rss+xml", etag='"1"')
    await fetcher.get(site.url("/feed.xml"), max_bytes=1_000_000)
    assert site.hits_on("/feed.xml")[0].headers["User-Agent"].startswith("monitor")
"""

from __future__ import annotations

import asyncio
import gzip
import inspect
import socket
import ssl
import struct
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType

from aiohttp import web

Answer = web.StreamResponse | bytes | str
Body = bytes | str | Callable[[web.Request], Answer | Awaitable[Answer]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request that arrived; `at` is event loop time, in seconds."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]  # case-insensitive
    body: bytes
    at: float


class Publisher:
    """One site on a free port. Paths answer 404 until something is served there; the last call for a path wins.

    Args:
        host: loopback address to listen on; any of 127.0.0.0/8 makes another host of it.
        tls: serve https with this context.
    """

    def __init__(self, host: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None) -> None:
        self.host = host
        self.port = 0
        self.hits: list[Hit] = []
        self._tls = tls
        self._handlers: dict[str, Handler] = {}
        self._arrived = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Publisher:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{tail:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        listener = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET)
        listener.bind((self.host, 0))
        self.port = listener.getsockname()[1]
        await web.SockSite(self._runner, listener, ssl_context=self._tls).start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        assert self._runner is not None
        await self._runner.cleanup()

    def url(self, path: str = "/", *, host: str = "") -> str:
        """Return the absolute address of a path; `host` replaces the address, e.g. by "localhost"."""
        name = host or (f"[{self.host}]" if ":" in self.host else self.host)
        return f"{'https' if self._tls else 'http'}://{name}:{self.port}{path}"

    # What to answer

    def serve(
        self,
        path: str,
        body: Body = b"",
        *,
        content_type: str = "text/html; charset=utf-8",
        headers: Mapping[str, str] | None = None,
        status: int = 200,
        etag: str = "",
        last_modified: str = "",
    ) -> None:
        """Answer `path` with a body, or with what a (sync or async) function of the request returns.

        With `etag` or `last_modified` a matching conditional request gets 304.
        """
        extra = dict(headers or {})
        if etag:
            extra["ETag"] = etag
        if last_modified:
            extra["Last-Modified"] = last_modified

        async def handler(request: web.Request) -> web.StreamResponse:
            asked = request.headers
            if (etag and asked.get("If-None-Match") == etag) or (
                last_modified and "If-None-Match" not in asked and asked.get("If-Modified-Since") == last_modified
            ):
                return web.Response(status=304, headers=extra)
            answer: object = body
            if callable(body):
                called = body(request)
                answer = await called if inspect.isawaitable(called) else called
            if isinstance(answer, web.StreamResponse):
                return answer
            content = answer.encode() if isinstance(answer, str) else answer
            assert isinstance(content, bytes)
            return web.Response(body=content, status=status, headers={"Content-Type": content_type, **extra})

        self._handlers[path] = handler

    def serve_in_turn(self, path: str, *answers: Callable[[web.Request], Answer]) -> None:
        """Answer the first request by the first function, the second by the second …; the last one repeats."""
        waiting = list(answers)

        def next_answer(request: web.Request) -> Answer:
            return (waiting.pop(0) if len(waiting) > 1 else waiting[0])(request)

        self.serve(path, next_answer)

    def redirect(self, path: str, to: str, *, status: int = 302) -> None:
        """Answer `path` with a redirect to `to`, sent as it is."""
        self.serve(path, b"", status=status, headers={"Location": to})

    def remove(self, path: str) -> None:
        """Answer 404 there again."""
        self._handlers.pop(path, None)

    # How to be a bad server

    def hang(self, path: str) -> asyncio.Event:
        """Accept requests and stay silent until the returned event is set; then answer "late"."""
        release = asyncio.Event()

        async def handler(request: web.Request) -> web.StreamResponse:
            await self._wait_or_close(release)
            return web.Response(text="late")

        self._handlers[path] = handler
        return release

    def drip(self, path: str, *, every: float = 0.05, chunk: bytes = b"x") -> None:
        """Answer at once with headers, then send `chunk` every so many seconds without an end."""

        async def chunks() -> AsyncIterator[bytes]:
            while not await self._wait_or_close(asyncio.Event(), every):
                yield chunk

        self._stream(path, chunks)

    def flood(self, path: str, *, chunk: bytes = b"x" * 65_536) -> None:
        """Send an endless body as fast as the client reads it."""

        async def chunks() -> AsyncIterator[bytes]:
            while not self._closing.is_set():
                yield chunk

        self._stream(path, chunks)

    def gzip_bomb(self, path: str, *, size: int, encoding: str = "gzip") -> int:
        """Serve `size` zero bytes compressed (gzip or deflate); returns how many bytes go over the wire."""
        packed = zlib.compress(bytes(size), 9) if encoding == "deflate" else gzip.compress(bytes(size), 9)
        self.serve(path, packed, content_type="application/xml", headers={"Content-Encoding": encoding})
        return len(packed)

    def reset(self, path: str) -> None:
        """Cut the connection (RST) instead of answering."""

        self.serve(path, cut)

    def raw(self, path: str, wire: bytes) -> None:
        """Write exactly these bytes as the whole answer and close: broken or endless headers, short bodies."""

        async def handler(request: web.Request) -> web.StreamResponse:
            transport = request.transport
            assert isinstance(transport, asyncio.Transport)
            transport.write(wire)
            transport.close()
            return web.Response()

        self._handlers[path] = handler

    # What arrived

    def hits_on(self, path: str) -> list[Hit]:
        """Return the requests for a path, oldest first."""
        return [hit for hit in self.hits if hit.path == path]

    async def wait_for(self, path: str, count: int = 1, *, within: float = 10.0) -> list[Hit]:
        """Wait until a path got `count` requests and return them; fails after `within` seconds."""
        async with asyncio.timeout(within), self._arrived:
            await self._arrived.wait_for(lambda: len(self.hits_on(path)) >= count)
        return self.hits_on(path)

    # Inside

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        hit = Hit(
            method=request.method,
            path=request.path,
            query=request.query_string,
            headers=request.headers,
            body=await request.read(),
            at=asyncio.get_running_loop().time(),
        )
        async with self._arrived:
            self.hits.append(hit)
            self._arrived.notify_all()
        handler = self._handlers.get(request.path)
        return await handler(request) if handler else web.Response(status=404, text="not here")

    def _stream(self, path: str, chunks: Callable[[], AsyncIterator[bytes]]) -> None:
        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "text/html"})
            await response.prepare(request)
            try:
                async for chunk in chunks():
                    await response.write(chunk)
            except ConnectionError:
                pass  # the client left, which is what these paths are for
            return response

        self._handlers[path] = handler

    async def _wait_or_close(self, event: asyncio.Event, seconds: float | None = None) -> bool:
        """Wait for the event, the time or the end of the site; true if the site ends."""
        waits = [asyncio.ensure_future(event.wait()), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._closing.is_set()


def cut(request: web.Request) -> web.Response:
    """Cut the connection (RST) of a request; what is returned is never sent."""
    transport = request.transport
    assert transport is not None
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    return web.Response()
