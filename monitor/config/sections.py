"""The parts of the settings, with defaults and bounds; each object of the program gets its own part only."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from monitor.config.allowed import ALLOWED_FORM, parse_allowed
from monitor.config.units import format_duration, parse_duration, parse_rate, parse_size
from monitor.model import ChannelName

LISTEN_FORM = 'write HOST:PORT such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080, or "off"'
PUBLIC_URL_FORM = "write https://HOST or https://HOST/PATH, without user, query or fragment"
REDIS_FORM = 'write "embedded", or an address redis://HOST:6379/0, rediss://HOST:6379/0 or unix:///PATH'

_HOST_PORT = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):(?P<port>[0-9]{1,5})", re.ASCII)


def _span(value: object) -> object:
    return parse_duration(value) if isinstance(value, str) else value


def _bytes(value: object) -> object:
    return parse_size(value) if isinstance(value, str) else value


def _per_hour(value: object) -> object:
    return parse_rate(value) if isinstance(value, str) else value


def _allowed(entry: str) -> str:
    try:
        parse_allowed(entry)
    except ValueError:
        raise ValueError(ALLOWED_FORM) from None
    return entry


def _listen(value: object) -> object:
    if not isinstance(value, str) or value == "off":
        return value
    found = _HOST_PORT.fullmatch(value)
    if not found or int(found["port"]) > 65_535:
        raise ValueError(LISTEN_FORM)
    return value


def _redis(value: SecretStr) -> SecretStr:
    written = value.get_secret_value()
    try:
        parts = urlsplit(written)
        target = parts.path if parts.scheme == "unix" else parts.hostname
        database = "" if parts.scheme == "unix" else parts.path.strip("/")
        usable = parts.scheme in ("redis", "rediss", "unix") and bool(target) and parts.port != 0
        usable = usable and (not database or database.isdecimal())
    except ValueError:
        usable = False
    if written != "embedded" and not usable:
        raise ValueError(REDIS_FORM)
    return value


def _printable(value: str) -> str:
    # It goes into an HTTP header.
    if not (value.isascii() and value.isprintable()):
        raise ValueError("only ASCII letters, digits and signs can stand here")
    return value


def _workspace(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value, re.ASCII):
        raise ValueError("a workspace has letters, digits, - and _, at most 64")
    return value


def _public_url(value: str) -> str:
    if not value:
        return value
    try:
        parts = urlsplit(value)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_usable = False
    if not is_usable or "@" in parts.netloc or parts.query or parts.fragment or not value.isprintable() or " " in value:
        raise ValueError(PUBLIC_URL_FORM)
    return value.rstrip("/")


Span = Annotated[timedelta, BeforeValidator(_span)]
Size = Annotated[int, BeforeValidator(_bytes)]
PerHour = Annotated[float, BeforeValidator(_per_hour)]
Allowed = Annotated[str, AfterValidator(_allowed)]
Header = Annotated[str, AfterValidator(_printable)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
RedisAddress = Annotated[SecretStr, AfterValidator(_redis)]
Workspace = Annotated[str, AfterValidator(_workspace)]


class Section(BaseModel):
    """A part of the settings; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class NetworkSettings(Section):
    """How the outside world is spoken to."""

    allow: tuple[Allowed, ...] = Field(
        (), description="Addresses that may be dialled although they are not public: CIDR, ADDRESS or ADDRESS:PORT."
    )
    user_agent: Header = Field("", max_length=300, description="User-Agent of all requests; empty: the program's own.")
    contact: Header = Field("", max_length=200, description="Address or page for publishers, named in the User-Agent.")
    timeout: Span = Field(
        timedelta(seconds=20),
        ge=timedelta(seconds=1),
        le=timedelta(minutes=10),
        description="Limit of a whole request.",
    )
    max_feed_bytes: Size = Field(10 * 1024**2, ge=1024, le=1024**3, description="Largest feed, after decompression.")
    max_page_bytes: Size = Field(4 * 1024**2, ge=1024, le=1024**3, description="Largest page, after decompression.")
    host_delay: Span = Field(
        timedelta(seconds=5), ge=timedelta(0), le=timedelta(hours=1), description="Between two polls of one host."
    )
    page_delay: Span = Field(
        timedelta(seconds=1), ge=timedelta(0), le=timedelta(hours=1), description="Between two pages of one host."
    )
    host_slots: int = Field(2, ge=1, le=100, description="Requests in flight to one host.")


class WebSettings(Section):
    """The pages, /healthz, /readyz and /metrics."""

    listen: Annotated[str, BeforeValidator(_listen)] = Field("127.0.0.1:8080", description='HOST:PORT, or "off".')

    @property
    def address(self) -> tuple[str, int] | None:
        """Host (without brackets) and port to listen on, or None if off."""
        host, _, port = self.listen.rpartition(":")
        return (host.strip("[]"), int(port)) if host else None


class WebSubSettings(Section):
    """Pushes from hubs (WebSub), instead of waiting for the next poll. Off without a public address."""

    public_url: PublicUrl = Field(
        "",
        max_length=500,
        description="Address under which the internet reaches web.listen, such as https://monitor.example.org.",
    )
    lease: Span = Field(
        timedelta(days=10),
        ge=timedelta(hours=1),
        le=timedelta(days=30),
        description="How long a hub is asked to send pushes; renewed at about half of it.",
    )


class PollSettings(Section):
    """When feeds are asked."""

    budget: PerHour = Field(2000.0, gt=0, le=10_000_000, description="Polls an hour over all feeds.")
    min_interval: Span = Field(
        timedelta(minutes=2),
        ge=timedelta(seconds=1),
        le=timedelta(days=30),
        description="Shortest time between two polls of a feed.",
    )
    max_interval: Span = Field(
        timedelta(days=1),
        ge=timedelta(seconds=1),
        le=timedelta(days=30),
        description="Longest time between two polls of a feed.",
    )
    publisher_wish_cap: Span = Field(
        timedelta(hours=1),
        ge=timedelta(0),
        le=timedelta(days=30),
        description="A feed may ask not to be read again for a while (ttl, max-age): the longest it gets; 0s: no time.",
    )
    first_poll_max_age: Span = Field(
        timedelta(hours=24), ge=timedelta(0), description="Older entries of a new feed raise no alert."
    )
    concurrency: int = Field(20, ge=1, le=1000, description="Feeds polled at the same time.")

    @model_validator(mode="after")
    def _in_order(self) -> PollSettings:
        if self.min_interval > self.max_interval:
            shortest, longest = format_duration(self.min_interval), format_duration(self.max_interval)
            raise ValueError(f"min_interval {shortest} is longer than max_interval {longest}")
        return self


class ArticleSettings(Section):
    """How articles are read."""

    workers: int = Field(2, ge=1, le=64, description="Child processes that extract text.")
    wall_limit: Span = Field(
        timedelta(seconds=10),
        ge=timedelta(seconds=1),
        le=timedelta(minutes=5),
        description="A page may take this long.",
    )
    memory: Size = Field(320 * 1024**2, ge=256 * 1024**2, le=64 * 1024**3, description="Memory of a child process.")
    language_detection: bool = Field(default=True, description="Guess the language where feed and page name none.")


class StorySettings(Section):
    """What is remembered of articles, to tell each story once."""

    memory: Size = Field(
        512 * 1024**2,
        ge=1024**2,
        le=1024**4,
        description="Room for what is remembered, a week of it at most; with more news it is remembered for less time.",
    )


class DeliverySettings(Section):
    """How alerts reach channels."""

    in_flight: int = Field(4, ge=1, le=100, description="Deliveries of one channel at the same time.")
    give_up_after: Span = Field(
        timedelta(hours=24),
        ge=timedelta(minutes=1),
        le=timedelta(days=30),
        description="Then a delivery is a dead letter.",
    )
    base_delay: Span = Field(
        timedelta(seconds=5), ge=timedelta(milliseconds=10), le=timedelta(hours=1), description="First wait of a retry."
    )
    max_delay: Span = Field(
        timedelta(minutes=15),
        ge=timedelta(milliseconds=10),
        le=timedelta(days=1),
        description="Longest wait of a retry.",
    )
    take_over_after: Span = Field(
        timedelta(seconds=60),
        ge=timedelta(seconds=30),
        le=timedelta(days=1),
        description="Then a dead deliverer's work is redone; an attempt that still runs (up to 15 s) must not be.",
    )
    backlog_limit: int = Field(10_000, ge=1, description="Deliveries waiting on a channel at which polling pauses.")

    @model_validator(mode="after")
    def _in_order(self) -> DeliverySettings:
        if self.base_delay > self.max_delay:
            first, longest = format_duration(self.base_delay), format_duration(self.max_delay)
            raise ValueError(f"base_delay {first} is longer than max_delay {longest}")
        return self


class OpsSettings(Section):
    """What the people who run the monitor are told: feeds that fail and come back."""

    alerts: bool = Field(default=True, description="Raise an alert for them; else they are only in the log.")
    channels: tuple[ChannelName, ...] = Field(
        (), description="Where these alerts go; empty: as the routes say, which may ask for the label `kind: ops`."
    )


class LogSettings(Section):
    """What the daemon says about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Quieter than this is left out.")
    format: Literal["auto", "console", "json"] = Field("auto", description="auto: console on a terminal, else JSON.")
