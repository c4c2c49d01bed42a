"""Why a poll failed, in plain words, and what to do about it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from monitor import __version__
from monitor.errors import FetchError, FetchRefused, OutOfMemory, SandboxError, TimedOut
from monitor.feeds.formats.format import CONSENT_PAGE, LOGIN_PAGE
from monitor.feeds.poll_result import FailureKind, PollFailed
from monitor.fetch.caching import retry_after
from monitor.fetch.challenge import is_challenge

UNREADABLE_HINT = "look at the address in a browser; the publisher's site may link to another feed"
_PAGE_HINTS = {
    CONSENT_PAGE: "some sites ask visitors from some countries even for feeds: look for another address of this one",
    LOGIN_PAGE: "monitor reads public feeds only; look for a public one",
}
BY_ITSELF = "nothing to do now: it is tried again by itself"

_STATUS: dict[int, tuple[FailureKind, str, str]] = {
    304: ("server", "says that nothing changed, though we have nothing of it yet", BY_ITSELF),
    401: ("status", "asks for a password", "monitor reads public feeds only; look for a public one"),
    402: ("status", "asks for payment", "look for a public feed of the same site"),
    403: ("status", "refuses us", "the site may keep robots out: set network.contact so that it can write to you"),
    404: ("status", "has no such page", "the feed may have moved: check its address on the publisher's site"),
    406: ("status", "does not serve this to us", "check the address on the publisher's site"),
    408: ("server", "says that the request took too long", BY_ITSELF),
    410: ("gone", "has removed this feed for good", "take it out of the list, or find its new address"),
    421: ("server", "is not set up for this address", "check the host name in the address"),
    425: ("server", "is not ready yet", BY_ITSELF),
    429: ("throttled", "asks us to come less often", "give the feed a longer interval"),
    451: ("status", "may not show this here for legal reasons", "look for another source"),
}


def failed_status(status: int, headers: Mapping[str, str], body: bytes, *, now: datetime) -> PollFailed:
    """Return what an answer with a status other than 200 or 304 means for the feed."""
    wait = retry_after(headers, now)
    if status != 410 and is_challenge(headers, body):
        return blocked(f"HTTP {status}", wait)
    kind, words, hint = _STATUS.get(status, _other_status(status))
    if status == 503 and wait is not None:
        kind, words, hint = "throttled", "asks us to wait", BY_ITSELF
    return PollFailed(kind=kind, reason=f"the site {words} (HTTP {status})", hint=hint, retry_after=wait)


def blocked(shown: str, wait: timedelta | None = None) -> PollFailed:
    """Return that the site checks for robots and does not let us pass."""
    return PollFailed(
        kind="blocked",
        reason=f"the site answers with a check for robots ({shown})",
        hint="monitor does not evade such checks: ask the publisher to let its feed through, or use another feed",
        retry_after=wait,
    )


def failed_fetch(error: FetchError) -> PollFailed:
    """Return what a request without an answer means."""
    if isinstance(error, FetchRefused):
        return PollFailed(kind="refused", reason=error.reason, hint="check the feed's address")
    return PollFailed(kind="unreachable", reason=error.reason, hint=BY_ITSELF)


def failed_reading(reason: str, *, body_hash: str) -> PollFailed:
    """Return that a body is no feed we can read, and mark the body so that it costs no second parse."""
    hint = _PAGE_HINTS.get(reason, UNREADABLE_HINT)
    return PollFailed(kind="unreadable", reason=reason, hint=hint, body_hash=unreadable_mark(body_hash))


def failed_child(error: SandboxError) -> PollFailed:
    """Return that reading a feed had to be ended by force."""
    if isinstance(error, TimedOut):
        reason = "reading it took too long and was stopped"
    elif isinstance(error, OutOfMemory):
        reason = "reading it takes more memory than we allow"
    else:
        reason = "the process that read it died of it"
    return PollFailed(kind="hostile", reason=reason, hint="if you know the publisher, tell them; else remove the feed")


def unreadable_mark(body_hash: str) -> str:
    """Return what to keep instead of the hash of an unreadable body; a new version of ours tries the body again."""
    return f"unreadable:{__version__}:{body_hash}"


def is_unreadable_mark(kept: str) -> bool:
    """Return whether a kept hash marks an unreadable body."""
    return kept.startswith("unreadable:")


def _other_status(status: int) -> tuple[FailureKind, str, str]:
    if 500 <= status <= 599:
        return "server", "has trouble of its own", BY_ITSELF
    if 300 <= status <= 399:
        return "status", "redirects without saying where to", "check the address on the publisher's site"
    return "status", "gives an answer we cannot use", "check the address on the publisher's site"
