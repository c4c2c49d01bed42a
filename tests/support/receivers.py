"""What alerts arrive at: a webhook receiver and a mail server, real ones on the loopback address."""

from __future__ import annotations

import asyncio
import email
import json
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default as default_policy
from types import TracebackType
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

from tests.support.publisher import Publisher


class Hook:
    """A webhook receiver that keeps what it accepted; `accepting` False answers 503."""

    def __init__(self, publisher: Publisher, path: str = "/hook") -> None:
        self.url = publisher.url(path)
        self.accepted: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.refused = 0
        self.accepting = True
        self._arrived = asyncio.Condition()
        publisher.serve(path, self._take)

    async def _take(self, request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        async with self._arrived:
            self._arrived.notify_all()
            if (refusal := self.refuse(request, body)) is not None:
                self.refused += 1
                return refusal
            self.ids.append(request.headers["webhook-id"])
            self.accepted.append(body)
        return web.Response(status=204)

    def refuse(self, request: web.Request, body: dict[str, Any]) -> web.Response | None:
        """Return the answer that refuses a request, None to accept it."""
        return None if self.accepting else web.Response(status=503)

    async def wait_until(self, condition: Callable[[], bool], *, within: float = 20.0) -> None:
        """Wait until a condition on what arrived holds."""
        try:
            async with asyncio.timeout(within), self._arrived:
                await self._arrived.wait_for(condition)
        except TimeoutError:
            raise AssertionError(f"not within {within} s; accepted: {self.headlines()}") from None

    def headlines(self) -> list[str]:
        """Return the headlines accepted, in order."""
        return [str(body["data"]["headline"]) for body in self.accepted]


class Mailbox:
    """An SMTP server on a free port, in the test's own loop; messages arrive in `messages`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Mailbox:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: SMTP(self, hostname="localhost"), "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message (called by aiosmtpd)."""
        parsed = email.message_from_bytes(envelope.content, policy=default_policy)
        assert isinstance(parsed, EmailMessage)
        if refusal := self.refuse(parsed):
            return refusal
        self.messages.append(parsed)
        return "250 OK"

    def refuse(self, message: EmailMessage) -> str:
        """Return the reply that refuses a message, "" to accept it."""
        return ""
