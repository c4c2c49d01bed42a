"""A mail server for tests: the real protocol on loopback, with logins, encryption and refusals as a test wants them."""

from __future__ import annotations

import asyncio
import email
import ssl
import warnings
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATE = Path(__file__).parent.parent / "data" / "tls" / "localhost.pem"


class MailServer:
    """Accepts mail on a free port of 127.0.0.1.

    Args:
        security: "none", "starttls" (offered), or "tls" (from the first byte).
        login: user and password that are asked for before any mail; None: no login is offered.
    """

    def __init__(self, *, security: str = "none", login: tuple[str, str] | None = None) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.envelopes: list[tuple[str, list[str]]] = []
        self.encrypted: list[bool] = []
        self.refusals: dict[str, str] = {}  # recipient -> reply
        self.data_reply = ""  # instead of accepting the message
        self.silent = False  # takes connections, says nothing
        self.connected = asyncio.Event()  # a silent server's first connection
        self.hung_up = asyncio.Event()  # its end
        self._security = security
        self._login = login
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> MailServer:
        context = None
        if self._security != "none":
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: self._protocol(context if self._security == "starttls" else None),
            "127.0.0.1",
            0,
            ssl=context if self._security == "tls" else None,
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Listen no longer."""
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    def _protocol(self, context: ssl.SSLContext | None) -> asyncio.BaseProtocol:
        if self.silent:
            return _Silent(self)
        with warnings.catch_warnings():
            # It warns of servers that offer logins without STARTTLS; we are one on purpose.
            warnings.simplefilter("ignore")
            protocol: asyncio.BaseProtocol = SMTP(
                self,
                hostname="localhost",
                tls_context=context,
                authenticator=self._authenticate if self._login else None,
                auth_required=self._login is not None,
                auth_require_tls=self._security == "starttls",
            )
        return protocol

    def _authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        known = self._login and (data.login.decode(), data.password.decode()) == self._login
        return AuthResult(success=bool(known), handled=False)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Accept or refuse a recipient (called by aiosmtpd)."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep a message (called by aiosmtpd)."""
        if self.data_reply:
            return self.data_reply
        parsed = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        self.encrypted.append(session.ssl is not None or self._security == "tls")
        return f"250 OK queued as {len(self.mails)}"


class _Silent(asyncio.Protocol):
    def __init__(self, server: MailServer) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.connected.set()

    def connection_lost(self, error: Exception | None) -> None:
        self._server.hung_up.set()
