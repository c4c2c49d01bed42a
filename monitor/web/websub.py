"""The addresses that WebSub hubs call: they ask there whether a subscription was our wish, and push what is new.

Anybody on the internet may call them. A callback that is none of ours, and a wish that was not ours, are answered like
any address that does not exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from monitor.errors import StoreError
from monitor.feeds.websub import Push
from monitor.model import Subscription

AT_ONCE = 16  # requests answered at the same time; each may hold a whole feed in memory
BODY_WITHIN = timedelta(seconds=10)
COME_BACK_SECONDS = 60

# What a hub writes in a challenge is foreign, and no browser may take it for a page.
_AS_TEXT = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'"}


class Hubs(Protocol):
    """Whom hubs speak to."""

    async def find(self, token: str) -> Subscription | None:
        """Return the subscription of a callback address, None if it is none of ours."""
        ...

    async def verify(self, subscription: Subscription, query: Mapping[str, str]) -> str | None:
        """Return what to answer a hub's question: "" says only yes, None that it is not our wish."""
        ...

    async def receive(self, subscription: Subscription, push: Push | None) -> None:
        """Take a push, None for one that is too big; raises StoreError if the hub is to send it again."""
        ...


def callback_route(hubs: Hubs, *, max_bytes: int) -> Route:
    """Return the route of all callback addresses.

    Args:
        hubs: whom to hand on to.
        max_bytes: of a push.
    """
    busy = 0

    async def callback(request: Request) -> Response:
        """Answer a hub."""
        nonlocal busy
        if busy >= AT_ONCE:  # before anything is looked up, so that it tells nothing about the token
            return _come_back()
        busy += 1
        try:
            return await _answer(hubs, request, max_bytes=max_bytes)
        except (StoreError, TimeoutError, ClientDisconnect):
            return _come_back()
        finally:
            busy -= 1

    return Route("/websub/{token}", callback, methods=["GET", "POST"])


async def _answer(hubs: Hubs, request: Request, *, max_bytes: int) -> Response:
    subscription = await hubs.find(request.path_params["token"])
    if subscription is None or request.method == "HEAD":
        raise HTTPException(404)
    if request.method == "GET":
        answer = await hubs.verify(subscription, request.query_params)
        if answer is None:
            raise HTTPException(404)
        return PlainTextResponse(answer, headers=_AS_TEXT)
    body = await _read(request, max_bytes)
    if body is None:
        await hubs.receive(subscription, None)
        return Response(status_code=413)
    headers = request.headers
    push = Push(
        body=body,
        content_type=headers.get("Content-Type", ""),
        content_encoding=headers.get("Content-Encoding", ""),
        signature=headers.get("X-Hub-Signature", ""),
    )
    await hubs.receive(subscription, push)
    return Response(status_code=202)


async def _read(request: Request, max_bytes: int) -> bytes | None:
    """Return the body, None if it is longer than it may be; TimeoutError if it does not end."""
    announced = request.headers.get("Content-Length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > max_bytes):
        return None
    body = bytearray()
    async with asyncio.timeout(BODY_WITHIN.total_seconds()):
        async for chunk in request.stream():
            body += chunk
            if len(body) > max_bytes:
                return None
    return bytes(body)


def _come_back() -> Response:
    return Response(status_code=503, headers={"Retry-After": str(COME_BACK_SECONDS)})
