"""Alerts by email: text and HTML, sent over SMTP.

The mail server is the operator's own choice and often on a private network, so the address guard of HTTP does not
apply to it. A password is never sent over an unencrypted connection unless `security: none` says so.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import aiosmtplib
from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from monitor.config.paths import user_path
from monitor.model import DeliveryId, Severity
from monitor.notify.compose import field_words, more_sources_words, plain_text, published_words, sources_words
from monitor.notify.notifier import Delivered, Message, Outcome, Permanent, Tools, Transient
from monitor.notify.options import Zone, one_or_more
from monitor.text import clean_line

SERVER_TIMEOUT = 10.0  # seconds for one answer of the server; a whole sending is cut at 15
REMEMBERED = 1_000  # deliveries of which some recipients are settled and others are not

# Lines as ASCII on the wire: no server has to offer 8BITMIME or SMTPUTF8.
_POLICY = SMTP_POLICY.clone(cte_type="7bit")
_COLORS = {Severity.CRITICAL: "#a50e0e", Severity.HIGH: "#c5221f", Severity.LOW: "#b06000", Severity.INFO: "#1967d2"}
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")


def _mailbox(value: str) -> str:
    if not _MAILBOX.fullmatch(value):
        raise ValueError("is not an email address; write name@example.org")
    return value


Mailbox = Annotated[str, AfterValidator(_mailbox)]


class SmtpServer(BaseModel):
    """The mail server that takes our messages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1, description="Name or address of the mail server.")
    port: int = Field(587, ge=1, le=65_535, description="Usually 587, with implicit TLS 465, for a local relay 25.")
    user: str = Field("", description="User name; empty: no login.")
    password: SecretStr | None = Field(None, description="Password of the user: env:NAME or file:PATH.")
    security: Literal["auto", "starttls", "tls", "none"] = Field(
        "auto",
        description="auto: TLS from the start on port 465, else STARTTLS if the server offers it; none: unencrypted.",
    )
    verify: bool = Field(default=True, description="Check the server's certificate.")
    ca_file: Path | None = Field(None, description="Certificates to trust instead of the system's, a PEM file.")

    @field_validator("ca_file")
    @classmethod
    def _exists(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            return None
        path = user_path(str(value), base=(info.context or {}).get("base", Path()))
        if not path.is_file():
            raise ValueError("is not a file; relative paths start at the folder of monitor.yaml")
        return path

    @model_validator(mode="after")
    def _both_or_none(self) -> SmtpServer:
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password belong together: give both or neither")
        return self


class EmailOptions(BaseModel):
    """Options of an email channel."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    to: Annotated[tuple[Mailbox, ...], BeforeValidator(one_or_more), Field(min_length=1)] = Field(
        description="One address or a list; all of them see one another."
    )
    sender: Mailbox | None = Field(
        None,
        alias="from",
        description="Sender; default: smtp.user if it is an address, else monitor@ the first recipient's domain.",
    )
    smtp: SmtpServer = Field(description="The mail server.")
    timezone: Zone = Field(None, description="Clock for times: local, UTC or a name like Europe/Berlin.")

    @property
    def from_address(self) -> str:
        """The sender's address."""
        if self.sender:
            return self.sender
        if _MAILBOX.fullmatch(self.smtp.user):
            return self.smtp.user
        return f"{self.smtp.user or 'monitor'}@{self.to[0].rpartition('@')[2]}"


@dataclass(slots=True)
class Progress:
    """How far one delivery has come; a later attempt only writes to those whose fate is open."""

    accepted: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)  # for good, with the server's words

    def settle(self, asked: Iterable[str], refusals: Mapping[str, tuple[int, str]], *, said: str) -> Outcome:
        """Take in the server's answers, one for each refused recipient of `asked`, and return what to do next."""
        later = []
        for recipient in asked:
            code, words = refusals.get(recipient, (250, ""))
            if code < 300:
                self.accepted.add(recipient)
            elif code >= 500:
                self.refused[recipient] = _reply(code, words)
            else:
                later.append(f"{recipient}: {_reply(code, words)}")
        if later:
            return Transient("; ".join(later))
        refused = "; ".join(f"{recipient}: {words}" for recipient, words in self.refused.items())
        if not self.accepted:
            return Permanent(refused)
        return Delivered(f"{clean_line(said, 200)}; refused for {refused}" if refused else clean_line(said, 200))


class EmailNotifier:
    """Sends one mail for each message, to all recipients in one transaction."""

    kind: ClassVar[str] = "email"
    Options: ClassVar[type[BaseModel]] = EmailOptions
    follows_sources: ClassVar[bool] = False
    max_in_flight: ClassVar[int] = 2

    def __init__(self, options: EmailOptions, tools: Tools) -> None:
        self._options = options
        self._clock = tools.clock
        self._template = load_template()
        self._progress: OrderedDict[DeliveryId, Progress] = OrderedDict()
        self._tls: ssl.SSLContext | None = None

    async def send(self, message: Message) -> Outcome:
        """Send `message`; the Message-ID stays the same over all attempts, so mail programs can drop repetitions."""
        progress = self._progress.get(message.id, Progress())
        asked = [to for to in self._options.to if to not in progress.accepted and to not in progress.refused]
        mail = compose_mail(message, self._options, template=self._template, now=self._clock.now())
        server = self._client()
        try:
            await server.connect()
            refusal = await self._secure_and_log_in(server)
            if refusal:
                return refusal
            refusals, said = await self._hand_over(server, asked, mail)
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await server.quit(timeout=1)  # it has the mail already: whatever happens now is no failure
        except aiosmtplib.SMTPResponseException as error:
            return by_code(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Transient(f"{self._options.smtp.host}:{self._options.smtp.port}: {_plain_words(error)}")
        finally:
            server.close()
        outcome = progress.settle(asked, refusals, said=said)
        self._remember(message.id, progress, keep=isinstance(outcome, Transient))
        return outcome

    async def close(self) -> None:
        """Nothing to let go: each sending has its own connection."""

    def _client(self) -> aiosmtplib.SMTP:
        smtp = self._options.smtp
        implicit = smtp.security == "tls" or (smtp.security == "auto" and smtp.port == 465)
        if self._tls is None and smtp.security != "none":
            self._tls = ssl.create_default_context(cafile=str(smtp.ca_file) if smtp.ca_file else None)
            if not smtp.verify:
                self._tls.check_hostname = False
                self._tls.verify_mode = ssl.CERT_NONE
        return aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            # By default the library asks the DNS for our own name, which can take longer than the sending.
            local_hostname=self._options.from_address.rpartition("@")[2],
            timeout=SERVER_TIMEOUT,
            use_tls=implicit,
            start_tls=False,  # we decide below, to be able to say why not
            tls_context=self._tls,
        )

    async def _secure_and_log_in(self, server: aiosmtplib.SMTP) -> Outcome | None:
        smtp = self._options.smtp
        with contextlib.suppress(aiosmtplib.SMTPHeloError):  # a server that only knows HELO offers nothing
            await server.ehlo()
        encrypted = server.use_tls
        if not encrypted and smtp.security != "none" and server.supports_extension("starttls"):
            await server.starttls()
            await server.ehlo()
            encrypted = True
        if not encrypted and smtp.security == "starttls":
            return Permanent(
                f"{smtp.host}:{smtp.port} offers no STARTTLS: use another port, or smtp.security auto or none"
            )
        if not smtp.user or not smtp.password:
            return None
        if not encrypted and smtp.security != "none":
            return Permanent(
                f"{smtp.host}:{smtp.port} offers no encryption, so the password was not sent: "
                "use port 465 or 587, or smtp.security: none if the network is your own"
            )
        if not server.supports_extension("auth"):
            return Permanent(
                f"{smtp.host}:{smtp.port} takes no login here: use port 465 or 587, or leave out smtp.user"
            )
        try:
            await server.login(smtp.user, smtp.password.get_secret_value())
        except aiosmtplib.SMTPAuthenticationError as error:
            return by_code(
                error.code, error.message, hint="check smtp.user and password; some providers want an app password"
            )
        return None

    async def _hand_over(
        self, server: aiosmtplib.SMTP, recipients: list[str], mail: EmailMessage
    ) -> tuple[dict[str, tuple[int, str]], str]:
        try:
            answers, said = await server.sendmail(self._options.from_address, recipients, mail.as_bytes())
        except aiosmtplib.SMTPRecipientsRefused as error:
            return {each.recipient: (each.code, each.message) for each in error.recipients}, ""
        return {recipient: (answer.code, answer.message) for recipient, answer in answers.items()}, said

    def _remember(self, delivery: DeliveryId, progress: Progress, *, keep: bool) -> None:
        self._progress.pop(delivery, None)
        if keep:
            self._progress[delivery] = progress
            while len(self._progress) > REMEMBERED:
                self._progress.popitem(last=False)


def by_code(code: int, words: str, *, hint: str = "") -> Outcome:
    """Return what an SMTP reply means: 5yz is permanent, everything else worth another try."""
    reason = f"{_reply(code, words)} ({hint})" if hint else _reply(code, words)
    return Permanent(reason) if code >= 500 else Transient(reason)


def load_template() -> Template:
    """Return the HTML part's template; all it is given is escaped."""
    environment = Environment(
        loader=PackageLoader("monitor.notify"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("email.html")


def compose_mail(message: Message, options: EmailOptions, *, template: Template, now: datetime) -> EmailMessage:
    """Return the mail for `message`; its Message-ID depends on the delivery alone."""
    sender = options.from_address
    domain = sender.rpartition("@")[2]
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(display_name="monitor", addr_spec=sender)
    mail["To"] = [Address(addr_spec=to) for to in options.to]
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{_atom(message.id)}@{domain}>"
    # Nobody has sent the mail with this id, but mail programs put all that refer to it into one thread.
    mail["References"] = f"<alert.{_atom(message.alert.id)}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Monitor-Rule"] = _atom(message.alert.rule)
    mail["X-Monitor-Severity"] = message.alert.severity.value
    if message.alert.severity is Severity.CRITICAL and message.kind in ("new", "update"):
        mail["X-Priority"] = "1"
    mail.set_content(plain_text(message, options.timezone) + "\n")
    mail.add_alternative(compose_html(message, options, template=template), subtype="html")
    return mail


def compose_html(message: Message, options: EmailOptions, *, template: Template) -> str:
    """Return the HTML part: no pictures, no scripts, nothing that is fetched when the mail is opened."""
    return template.render(
        message=message,
        color=_COLORS[message.alert.severity] if message.kind in ("new", "update") else _COLORS[Severity.INFO],
        published=published_words(message, options.timezone),
        sources=sources_words(message),
        more_sources=more_sources_words(message),
        field_words=field_words,
    )


def _atom(text: str) -> str:
    """Return an id as it may stand in a header: letters, digits and a few signs."""
    return re.sub(r"[^A-Za-z0-9._+=-]", "-", text)


def _reply(code: int, words: str) -> str:
    return f"SMTP {code}: {clean_line(words, 200)}" if words.strip() else f"SMTP {code}"


def _plain_words(error: Exception) -> str:
    """Return what happened to a connection as a person would say it."""
    cause: BaseException = error.__cause__ or error
    match cause:
        case ssl.SSLCertVerificationError():
            return (
                f"certificate not valid: {cause.verify_message}; trust it with smtp.ca_file, or set smtp.verify: false"
            )
        case ssl.SSLError():
            return "the encrypted connection failed: smtp.security or smtp.port does not fit this server"
        case socket.gaierror():
            return "name not found"
        case ConnectionRefusedError():
            return "connection refused"
        case TimeoutError():
            return f"does not answer within {SERVER_TIMEOUT:.0f} s"
        case _:
            return clean_line(str(error), 200) or "the connection was lost"
