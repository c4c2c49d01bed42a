"""The daemon over HTTP: health (does the process live?), readiness (can it do its work?) and metrics."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Generator, Sequence
from dataclasses import dataclass

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the daemon can do its work; `missing` names what it waits for."""

    ready: bool
    missing: tuple[str, ...] = ()


def create_app(
    *,
    readiness: Callable[[], Awaitable[Readiness]],
    metrics: Callable[[], Awaitable[bytes]],
    metrics_type: str,
    extra: Sequence[Route] = (),
) -> Starlette:
    """Return the application: /healthz never depends on the store, or its outage would cause restarts as well.

    Args:
        readiness: whether the daemon can do its work.
        metrics: the text for Prometheus.
        metrics_type: its media type.
        extra: further routes, see `websub.callback_route`.
    """

    async def healthz(_: Request) -> Response:
        """Say that the process lives."""
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        """Say whether the work can be done."""
        state = await readiness()
        body = {"ready": state.ready, "missing": list(state.missing)}
        return JSONResponse(body, status_code=200 if state.ready else 503)

    async def metrics_page(_: Request) -> Response:
        """Return the metrics."""
        return Response(await metrics(), media_type=metrics_type)

    return Starlette(
        routes=[
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics_page),
            *extra,
        ]
    )


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the daemon keeps the signals and stops everything in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals alone."""
        yield


class WebServer:
    """uvicorn inside the daemon's own loop."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="off", server_header=False, timeout_graceful_shutdown=1
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen on host:port and return the port, which is a free one if 0 was asked for.

        Raises:
            OSError: the address cannot be used.
        """
        # Bound here and not by uvicorn, which would end the process when the address is in use.
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
        self._task = asyncio.create_task(self._server.serve([listener]))
        bound: int = listener.getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Finish the requests under way, at most a second, and close."""
        if self._task is not None:
            self._server.should_exit = True
            await self._task
            self._task = None
