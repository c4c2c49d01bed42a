"""Health, readiness and metrics over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from monitor.web.app import Readiness, WebServer, create_app


@pytest.fixture
async def served() -> AsyncIterator[Callable[[Readiness], Awaitable[str]]]:
    servers: list[WebServer] = []

    async def serve(state: Readiness) -> str:
        async def readiness() -> Readiness:
            return state

        async def metrics() -> bytes:
            return b"monitor_feeds 3.0\n"

        server = WebServer(create_app(readiness=readiness, metrics=metrics, metrics_type="text/plain; version=1.0.0"))
        servers.append(server)
        return f"http://127.0.0.1:{await server.start('127.0.0.1', 0)}"

    yield serve
    for server in servers:
        await server.stop()


async def get(url: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.get(url) as answer:
        return answer.status, await answer.text()


async def test_health_is_fine_even_when_not_ready(served: Callable[[Readiness], Awaitable[str]]) -> None:
    base = await served(Readiness(ready=False, missing=("store",)))
    assert await get(f"{base}/healthz") == (200, "ok\n")


async def test_readiness_names_what_is_missing(served: Callable[[Readiness], Awaitable[str]]) -> None:
    base = await served(Readiness(ready=False, missing=("store",)))
    assert await get(f"{base}/readyz") == (503, '{"ready":false,"missing":["store"]}')


async def test_metrics_are_served_as_text(served: Callable[[Readiness], Awaitable[str]]) -> None:
    base = await served(Readiness(ready=True))
    assert await get(f"{base}/metrics") == (200, "monitor_feeds 3.0\n")


async def test_an_address_in_use_is_an_error_and_not_the_end_of_the_process(
    served: Callable[[Readiness], Awaitable[str]],
) -> None:
    base = await served(Readiness(ready=True))

    async def unused() -> Readiness:
        return Readiness(ready=True)

    async def nothing() -> bytes:
        return b""

    second = WebServer(create_app(readiness=unused, metrics=nothing, metrics_type="text/plain"))
    with pytest.raises(OSError, match="in use"):
        await second.start("127.0.0.1", int(base.rsplit(":", 1)[1]))
