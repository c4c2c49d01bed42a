"""A reverse proxy as operators put before the daemon: it has the public address, the daemon need not know its own."""

from __future__ import annotations

from types import TracebackType

import aiohttp
from aiohttp import web

_HOP_BY_HOP = frozenset({"host", "connection", "transfer-encoding", "keep-alive"})


class ReverseProxy:
    """Hands everything below `prefix` on to `upstream`, which is set once the daemon listens; 502 until then."""

    def __init__(self, prefix: str = "") -> None:
        self.upstream = ""
        self.url = ""
        self._prefix = prefix
        self._runner: web.AppRunner | None = None
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> ReverseProxy:
        self._session = aiohttp.ClientSession(auto_decompress=False)
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{tail:.*}", self._hand_on)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}{self._prefix}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._runner is not None
        assert self._session is not None
        await self._runner.cleanup()
        await self._session.close()

    async def _hand_on(self, request: web.Request) -> web.Response:
        if not self.upstream or not request.path_qs.startswith(self._prefix):
            return web.Response(status=502)
        assert self._session is not None
        url = self.upstream + request.path_qs.removeprefix(self._prefix)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in _HOP_BY_HOP}
        try:
            async with self._session.request(
                request.method, url, data=await request.read(), headers=headers, allow_redirects=False
            ) as answer:
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
                kept.pop("Content-Length", None)
                return web.Response(status=answer.status, body=await answer.read(), headers=kept)
        except aiohttp.ClientError:
            return web.Response(status=502)
