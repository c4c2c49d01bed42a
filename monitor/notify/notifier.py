"""The one page to read before writing a notifier: what it is given, what it answers, and how answers are classified.

A notifier says one message to one destination and reports what became of it. Queues, retries, waiting, giving up and
dead letters are not its business: monitor.notify.deliver does that from the Outcome. docs/writing-a-notifier.md has a
complete example.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TextIO

from pydantic import BaseModel

from monitor.clock import Clock
from monitor.model import Alert, ArticleField, Change, ChannelName, DeliveryId, DeliveryKind, Report

if TYPE_CHECKING:  # the HTTP library takes long to import, and checking a configuration needs none
    from monitor.fetch.client import Fetcher


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver has accepted the message; `detail` is what it said, for the delivery log."""

    detail: str = ""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The receiver asks for patience: the whole channel is quiet for `wait`. Zero: it named no time."""

    wait: timedelta
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transient:
    """It failed now and may work later: time-out, connection, HTTP 5xx, SMTP 4yz."""

    reason: str


@dataclass(frozen=True, slots=True)
class Permanent:
    """Trying the same again cannot help; the delivery becomes a dead letter. `gone`: the destination itself is gone."""

    reason: str
    gone: bool = False


Outcome = Delivered | Throttled | Transient | Permanent

_RETRIED = frozenset({408, 425, 429})
_GONE = frozenset({404, 410})


def classify(status: int, retry_after: timedelta | None, *, said: str = "") -> Outcome:
    """Return what an HTTP status means for a delivery.

    2xx is delivered. 408, 425, 429 and 5xx are worth another try, after the receiver's Retry-After where it gave one.
    Everything else is permanent, redirects included: they are not followed, since they could lead a message with
    its secrets anywhere. 404 and 410 say that the destination is gone.

    Args:
        status: the HTTP status.
        retry_after: the receiver's wish, None if it has none.
        said: the start of the answer in plain words, added to the reason.
    """
    reason = f"HTTP {status}: {said}" if said else f"HTTP {status}"
    if 200 <= status < 300:
        return Delivered(reason)
    if status == 429:
        return Throttled(retry_after or timedelta(0), reason)
    if status in _RETRIED or status >= 500:
        return Transient(reason) if retry_after is None else Throttled(retry_after, reason)
    if 300 <= status < 400:
        return Permanent(f"{reason}, a redirect: write the final address into the channel's url")
    return Permanent(reason, gone=status in _GONE)


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text, and whether it is among the words that made the rule match."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A sentence of the article that shows why the rule matched; the joined runs are the sentence."""

    field: ArticleField
    runs: tuple[Run, ...]
    in_headline: bool = False  # it is the headline again, with its words marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An alert as a channel shall say it. Its own texts are one clean line each; escaping is left to the channel.

    `id` is the same over all attempts, so hand it on wherever the receiver can recognise a repetition by it.
    """

    id: DeliveryId
    kind: DeliveryKind  # new · update (it changed) · source (more sites tell it) · drill (a test by a person)
    channel: ChannelName
    alert: Alert
    report: Report  # the article this message is about: the alert's first one, the changed one, or the further source
    sources: int  # sites known to tell the story
    added: int  # kind source: how many of them are new
    changes: tuple[Change, ...]  # kind update: what is otherwise now
    changed: tuple[str, ...]  # the same in words, a clean line each, at most 6
    label: str  # HIGH, UPDATE, +1 source, +4 sources, TEST
    subject: str  # label, headline, source; at most 180 characters
    headline: str
    headline_runs: tuple[Run, ...]  # the headline with the matched words marked
    first_headline: str  # of the alert's first article; differs from headline for the kinds update and source
    rule: str  # the rule's title, or its id
    source: str  # the publisher
    link: str  # http(s) address, safe to print in any context that escapes; "" if there is none
    host: str  # where the link really leads
    joined: str  # kinds update and source: why the article is of this story, in words
    time: datetime  # of the alert or, kinds update and source, of that article
    published: datetime | None
    age: timedelta | None  # from publication to `time`; None without a date
    excerpts: tuple[Excerpt, ...]
    terms: tuple[str, ...]  # the rule's terms that were found, in order
    notes: tuple[str, ...]  # what the reader should know: a test, a paywall, a late delivery
    text: str = field(default="", repr=False)  # all of it as plain text with times in UTC

    @property
    def is_news(self) -> bool:
        """Whether an article stands behind it; else it is about the monitor itself, such as a feed that fails."""
        return bool(self.report.article)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What every notifier may use. HTTP goes through `fetcher` only (monitor.notify.http.post): it guards addresses."""

    fetcher: Fetcher
    clock: Clock
    stdout: TextIO


class Notifier(Protocol):
    """Code that speaks one protocol. One instance serves one channel; it is built once and may keep a connection."""

    kind: ClassVar[str]  # the `type:` in monitor.yaml, equal to the name of the entry point
    Options: ClassVar[type[BaseModel]]  # frozen, extra="forbid"; secrets are SecretStr; a description on each field
    follows_sources: ClassVar[bool]  # True: also wants "+1 source" messages
    max_in_flight: ClassVar[int]  # messages it can say at once; 1 keeps their order while nothing fails

    def __init__(self, options: Any, tools: Tools) -> None:
        """Take the checked options (an instance of `Options`) and the tools; no network here."""
        ...

    async def send(self, message: Message) -> Outcome:
        """Say `message` and return what became of it. It is cancelled after 15 s; an exception counts as Transient."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...
