"""WebSub, the protocol: whom to ask for pushes, what is asked, what an answer means. Pure.

https://www.w3.org/TR/websub/ and its forerunner PubSubHubbub 0.4, which most hubs speak. What is kept of a subscription
is `model.Subscription`; who asks, when, and what comes of a push is joined in `daemon/pushes.py` and `callbacks.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from monitor.model import Subscription
from monitor.text import clean_line

Mode = Literal["subscribe", "unsubscribe"]

FORM_TYPE = "application/x-www-form-urlencoded"
LONGEST_ADDRESS = 2_048  # characters of a hub or topic
LONGEST_CHALLENGE = 4_096  # characters; hubs send 20 to 64

LONGEST_LEASE = timedelta(days=30)  # a longer one is asked for again all the same: hubs lose subscriptions
SHORTEST_RENEWAL = timedelta(minutes=5)  # a hub that grants seconds must not make us ask all the time
ANSWERED_WITHIN = timedelta(days=1)  # how long after our request a hub may ask whether it was ours
FIRST_RETRY = timedelta(minutes=5)
LONGEST_RETRY = timedelta(days=1)

# While pushes come, polls only make sure that none was lost: so many times rarer, but one an hour.
SAFETY_FACTOR = 4
SAFETY_INTERVAL = timedelta(hours=1)

# YouTube's feeds name no hub, and the topic of the pushes is not the feed's own address.
# https://developers.google.com/youtube/v3/guides/push_notifications
YOUTUBE_HUB = "https://pubsubhubbub.appspot.com/subscribe"
YOUTUBE_TOPIC = "https://www.youtube.com/xml/feeds/videos.xml?channel_id={channel}"
_YOUTUBE_FEED = re.compile(
    r"https?://(?:www\.)?youtube\.com/(?:xml/)?feeds/videos\.xml\?(?:[^#]*&)?channel_id=(?P<channel>[A-Za-z0-9_-]{1,64})"
)

_LINK = re.compile(r'<([^<>]*)>((?:[^<"]|"[^"]*")*)')
_REL = re.compile(r'(?:^|[;\s,])rel\s*=\s*(?:"([^"]*)"|([^\s;,"]+))', re.IGNORECASE)
_ANCHOR = re.compile(r"(?:^|[;\s])anchor\s*=", re.IGNORECASE)

# The digests that the specification names; sha1 is what most hubs still send, and as an HMAC it holds.
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertised:
    """Where a publisher says that its pushes can be had, and of which topic; hub "" if nowhere."""

    hub: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A POST to a hub."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a hub sent to a callback address; foreign until its signature was checked."""

    body: bytes
    content_type: str = ""
    content_encoding: str = ""
    signature: str = ""  # X-Hub-Signature

    @property
    def is_light(self) -> bool:
        """Whether it only says that there is news: it holds no document, or one that we do not unpack."""
        return not self.body.strip() or self.content_encoding.strip().lower() not in ("", "identity")


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """The hub asks whether a subscription was our wish: it was, and lasts so long."""

    challenge: str
    lease: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The hub asks whether the end of a subscription was our wish: it was."""

    challenge: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The hub gives us no pushes of this topic, or none any more."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOurs:
    """We asked for no such thing."""


Answer = Confirmed | Ended | Denied | NotOurs


def discover(document: Advertised, links: Sequence[str], *, address: str, base: str) -> Advertised:
    """Return where to have pushes of a feed.

    Args:
        document: what the feed itself says.
        links: the values of the `Link` headers that came with it; what they say stands above the document.
        address: of the feed, as it is polled; the topic if nothing else is said.
        base: the address that the document came from, against which relative addresses are read.
    """
    if youtube := _YOUTUBE_FEED.match(address):
        return Advertised(hub=YOUTUBE_HUB, topic=YOUTUBE_TOPIC.format(channel=youtube["channel"]))
    hub = _first_usable([*link_targets(links, "hub"), document.hub], base)
    if not hub:
        return Advertised()
    return Advertised(hub=hub, topic=_first_usable([*link_targets(links, "self"), document.topic, address], base))


def link_targets(links: Sequence[str], relation: str) -> list[str]:
    """Return the addresses that `Link` headers give for a relation, as written, in order."""
    found = []
    for value in links:
        for target, parameters in _LINK.findall(value):
            rel = _REL.search(parameters)
            # A link with an anchor speaks of another document.
            if rel and relation in (rel[1] or rel[2] or "").lower().split() and not _ANCHOR.search(parameters):
                found.append(target.strip())
    return found


def ask(mode: Mode, subscription: Subscription, *, callback: str, lease: timedelta) -> Request:
    """Return the request that asks a hub to send a topic's pushes to `callback` for `lease`, or to stop it."""
    fields = {
        "hub.mode": mode,
        "hub.topic": subscription.topic,
        "hub.callback": callback,
        "hub.verify": "async",  # hubs of PubSubHubbub 0.3 refuse requests without it; others ignore it
    }
    if mode == "subscribe":
        fields |= {"hub.secret": subscription.secret, "hub.lease_seconds": str(int(lease.total_seconds()))}
    return Request(url=subscription.hub, body=urlencode(fields).encode(), headers={"Content-Type": FORM_TYPE})


def redirected(request: Request, *, status: int, location: str) -> str:
    """Return where a hub sends a request on to, "" if nowhere we follow it: only by 307 and 308, never off TLS."""
    if status not in (307, 308):
        return ""
    target = _first_usable([location], request.url)
    is_downgrade = request.url.startswith("https:") and not target.startswith("https:")
    return "" if is_downgrade else target


def refusal(status: int, body: bytes) -> str:
    """Return why a hub did not take a request, a clause for people; "" if it did."""
    if 200 <= status <= 299:
        return ""
    said = clean_line(body[:400].decode("utf-8", "replace"), 120)
    return f'answers HTTP {status}: "{said}"' if said else f"answers HTTP {status}"


def answer(subscription: Subscription, query: Mapping[str, str], *, lease: timedelta, now: datetime) -> Answer:
    """Return what to tell a hub that asks at a subscription's callback whether something was our wish.

    Args:
        subscription: whose callback it is.
        query: the parameters of its request.
        lease: what we asked for; it stands where the hub names none.
        now: when it asks.
    """
    mode = query.get("hub.mode", "")
    # Hubs write a topic back with other escapes; that it is our callback is shown by the token already.
    if unquote(query.get("hub.topic", "")) != unquote(subscription.topic):
        return NotOurs()
    if mode == "denied":
        return Denied(reason=clean_line(query.get("hub.reason", ""), 200) or "no reason given")
    challenge = query.get("hub.challenge", "")
    wished = "unsubscribe" if subscription.leaving else "subscribe"
    is_expected = subscription.asked is not None and now - subscription.asked <= ANSWERED_WITHIN
    if mode != wished or not is_expected or not 0 < len(challenge) <= LONGEST_CHALLENGE:
        return NotOurs()
    if mode == "unsubscribe":
        return Ended(challenge=challenge)
    return Confirmed(challenge=challenge, lease=granted(query.get("hub.lease_seconds", ""), asked=lease))


def granted(seconds: str, *, asked: timedelta) -> timedelta:
    """Return the lease that a hub grants, at most 30 days; what was asked for where it names none."""
    if not re.fullmatch(r"[0-9]{1,12}", seconds.strip(), re.ASCII) or int(seconds) == 0:
        return asked
    return min(timedelta(seconds=int(seconds)), LONGEST_LEASE)


def renewal_wait(lease: timedelta, rng: random.Random) -> timedelta:
    """Return how long after its start a lease is asked for again: 1/2 to 2/3 of it, so that a retry fits in."""
    return max(lease * rng.uniform(1 / 2, 2 / 3), SHORTEST_RENEWAL)


def retry_wait(tries: int, rng: random.Random) -> timedelta:
    """Return how long to wait for the hub after so many requests without a confirmation: 5 minutes to a day."""
    wait = min(FIRST_RETRY * (1 << min(max(tries, 1) - 1, 16)), LONGEST_RETRY)
    return wait * rng.uniform(1, 1.25)


def safety_wait(wait: timedelta) -> timedelta:
    """Return how long to wait between two polls of a feed whose pushes come; `wait` is the time without pushes."""
    return max(wait, min(wait * SAFETY_FACTOR, SAFETY_INTERVAL))


def check_signature(push: Push, secret: str) -> Literal["valid", "missing", "wrong"]:
    """Return whether a push was signed with the secret that only its hub has."""
    method, _, digest = push.signature.strip().partition("=")
    if not push.signature.strip():
        return "missing"
    if (method := method.strip().lower()) not in _METHODS:
        return "wrong"
    expected = hmac.new(secret.encode(), push.body, getattr(hashlib, method)).hexdigest()
    is_right = hmac.compare_digest(expected.encode(), digest.strip().lower().encode())
    return "valid" if is_right else "wrong"


def _first_usable(addresses: Sequence[str], base: str) -> str:
    """Return the first that is a web address once it is made absolute, "" if none is."""
    for address in addresses:
        if not address or len(address) > LONGEST_ADDRESS or not address.isprintable() or " " in address:
            continue
        try:
            absolute = urljoin(base, address) if base else address
            parts = urlsplit(absolute)
            is_usable = bool(parts.hostname) and parts.username is None and parts.port != 0
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and is_usable:
            return absolute
    return ""
