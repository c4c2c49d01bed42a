"""A receiver for each kind of notifier, and what is needed to make it misbehave. The contract suite runs over these.

A new notifier needs a rig here: options that lead it to a real local receiver, and the receiver's moods.
"""

from __future__ import annotations

import io
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from aiohttp import web

from tests.support.publisher import Publisher
from tests.support.smtp import MailServer

SECRET = "T0PS3CRET"


class Rig(Protocol):
    """A receiver of one kind of notifier."""

    options: dict[str, object]  # of the channel, as in monitor.yaml
    environ: dict[str, str]  # what its env: references name
    stdout: io.StringIO

    def received(self) -> list[str]:
        """Return the text of each message that the receiver accepted."""
        ...

    def ids(self) -> list[str]:
        """Return what the receiver could recognise each message by, empty if the protocol has nothing."""
        ...

    def fail(self) -> None:
        """From now on fail in a way that may pass."""
        ...

    def refuse(self) -> None:
        """From now on refuse for good."""
        ...

    async def vanish(self) -> None:
        """Be there no longer."""
        ...


class ConsoleRig:
    """A standard output."""

    def __init__(self) -> None:
        self.options: dict[str, object] = {"timezone": "UTC"}
        self.environ: dict[str, str] = {}
        self.stdout = io.StringIO()

    def received(self) -> list[str]:
        return [block for block in self.stdout.getvalue().split("\n\n") if block]

    def ids(self) -> list[str]:
        return []

    def fail(self) -> None:
        self.stdout.close()

    def refuse(self) -> None:
        """A terminal refuses nothing for good."""

    async def vanish(self) -> None:
        self.stdout.close()


class HttpRig:
    """A site that accepts, fails or refuses every POST, after a look at what was sent."""

    def __init__(self, site: Publisher, check: Callable[[web.Request, Any], str]) -> None:
        self.environ = {"HOOK": site.url(f"/services/{SECRET}"), "KEY": f"whsec_{SECRET * 4}"}
        self.stdout = io.StringIO()
        self.options: dict[str, object] = {"url": "env:HOOK"}
        self._site = site
        self._check = check
        self._status = 200
        self._accepted: list[tuple[str, str]] = []
        site.serve(f"/services/{SECRET}", self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        text = (await request.read()).decode("utf-8")
        complaint = self._check(request, json.loads(text))
        if complaint:
            return web.Response(status=400, text=complaint)
        if self._status == 200:
            self._accepted.append((text, request.headers.get("webhook-id", "")))
        return web.Response(status=self._status, text="ok")

    def received(self) -> list[str]:
        return [text for text, _ in self._accepted]

    def ids(self) -> list[str]:
        return [name for _, name in self._accepted if name]

    def fail(self) -> None:
        self._status = 503

    def refuse(self) -> None:
        self._status = 410

    async def vanish(self) -> None:
        self.environ["HOOK"] = f"http://127.0.0.1:{free_port()}/services/{SECRET}"


class EmailRig:
    """A mail server."""

    def __init__(self, server: MailServer) -> None:
        self.stdout = io.StringIO()
        self.environ = {"PASSWORD": SECRET}
        smtp = {"host": "127.0.0.1", "port": server.port, "user": "me", "password": "env:PASSWORD", "security": "none"}
        self.options: dict[str, object] = {"to": ["desk@example.org"], "smtp": smtp, "timezone": "UTC"}
        self._server = server

    def received(self) -> list[str]:
        texts = []
        for mail in self._server.mails:
            body = mail.get_body(preferencelist=("plain",))
            assert body is not None
            texts.append(str(body.get_content()))
        return texts

    def ids(self) -> list[str]:
        return [str(mail["Message-ID"]) for mail in self._server.mails]

    def fail(self) -> None:
        self._server.data_reply = "451 4.3.0 try later"

    def refuse(self) -> None:
        self._server.data_reply = "554 5.7.1 refused"

    async def vanish(self) -> None:
        await self._server.stop()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def slack_complaint(request: web.Request, document: Any) -> str:
    """Return what Slack's incoming webhooks say about a request, empty if they accept it."""
    if request.content_type != "application/json":
        return "invalid_payload"
    if not document.get("text"):
        return "no_text"
    for block in document.get("blocks", []):
        for part in block.get("elements", [block.get("text")]):
            if part["type"] not in ("mrkdwn", "plain_text") or not 1 <= len(part["text"]) <= 3000:
                return "invalid_blocks"
    return "" if len(document.get("blocks", [])) <= 50 else "invalid_blocks"


def webhook_complaint(request: web.Request, document: Any) -> str:
    """Return what a receiver of Standard Webhooks misses, empty if all is there."""
    wanted = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    missing = wanted - {name.lower() for name in request.headers}
    return f"missing {missing}" if missing or set(document) != {"type", "timestamp", "data"} else ""


@asynccontextmanager
async def _console() -> AsyncIterator[Rig]:
    yield ConsoleRig()


@asynccontextmanager
async def _slack() -> AsyncIterator[Rig]:
    async with Publisher() as site:
        yield HttpRig(site, slack_complaint)


@asynccontextmanager
async def _webhook() -> AsyncIterator[Rig]:
    async with Publisher() as site:
        rig = HttpRig(site, webhook_complaint)
        rig.options["secret"] = "env:KEY"
        yield rig


@asynccontextmanager
async def _email() -> AsyncIterator[Rig]:
    async with MailServer(login=("me", SECRET)) as server:
        yield EmailRig(server)


RIGS: dict[str, Callable[[], AbstractAsyncContextManager[Rig]]] = {
    "console": _console,
    "email": _email,
    "slack": _slack,
    "webhook": _webhook,
}
NEVER_REFUSES = frozenset({"console"})
HAS_IDS = frozenset({"email", "webhook"})
