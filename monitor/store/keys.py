"""Every key that we keep in the server: its name, type, lifetime and content, as one table.

The part in braces is the hash tag: keys with the same tag live on the same node of a cluster, so a script may touch
them together. Alerts, stories and channels of a workspace share one tag; the schedule and the marks of entries, which
grow with the number of feeds, are spread over `SHARDS` tags by the feed's host.
"""

from __future__ import annotations

import re
from base64 import b32encode
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from typing import Literal

from monitor.model import AlertId, ArticleId, ChannelName, DeliveryId, FeedKey, RuleId

SHARDS = 16

SEEN_LIFETIME = timedelta(days=30)  # at least; renewed while a feed still lists the entry
SEEN_GENERATION = SEEN_LIFETIME / 2  # a feed gets a new hash of marks so often; it and the two before are read
ATTEMPT_LIFETIME = timedelta(days=1)
ALERT_LIFETIME = timedelta(days=30)  # since its last report; as long as it lives the (rule, story) is not new
ADDRESS_LIFETIME = timedelta(days=30)
COPY_LIFETIME = timedelta(days=7)  # since its last article
NAME_LIFETIME = COPY_LIFETIME * 4  # of a number; a copy that is told again and again lives longer than others
STORY_REST = timedelta(hours=72)  # since its last article, then a story is over
STORY_LIFETIME = timedelta(days=7)  # since its first
HEADLINE_LIFETIME = timedelta(hours=48)
SERIES_LIFETIME = timedelta(days=30)
PIN_LIFETIME = ALERT_LIFETIME
SLOT = timedelta(hours=6)  # in which the sizes of what is remembered are counted
SERIES_GENERATION = SERIES_LIFETIME / 2  # a new set of buckets so often; it and the two before are read
DELIVERY_LIFETIME = timedelta(days=30)  # since it was delivered or dropped; never before
VOLUME_LIFETIME = COPY_LIFETIME  # of a volume rule's tally since its last article; longer if its baseline is
GATE_LIFETIME = timedelta(days=1)  # the longest that a host may keep us away
PAGE_GATE_LIFETIME = timedelta(days=2)  # the longest wait, and then refusals are remembered for a day
SHORT_TEXT_LIFETIME = timedelta(days=7)  # since the host's last one
TURN_LIFETIME = timedelta(seconds=10)  # between two looks at the feeds that fail, by whichever daemon
PROBE_LIFETIME = timedelta(seconds=10)
CALL_LIFETIME = timedelta(minutes=2)  # far longer than a client goes on repeating one call

# 35 000 matched articles a week put about 20 fields into a bucket; up to 128 a server keeps them packed. More articles
# cost memory, not correctness.
SERIES_BUCKETS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyKind:
    """One row of the table; lifetime None: kept until we delete it."""

    name: str  # what stands behind the tag, up to the next colon
    type: Literal["string", "hash", "list", "set", "zset", "stream"]
    lifetime: timedelta | None
    holds: str
    tag: Literal["workspace", "shard"] = "workspace"


TABLE = (
    KeyKind(name="due", type="zset", lifetime=None, tag="shard", holds="feed -> when it is due, ms"),
    KeyKind(name="listed", type="zset", lifetime=None, tag="shard", holds="feed -> when a daemon last listed it, ms"),
    KeyKind(
        name="claims",
        type="hash",
        lifetime=None,
        tag="shard",
        holds="feed -> token of its last claim, with a dash once settled",
    ),
    KeyKind(name="states", type="hash", lifetime=None, tag="shard", holds="feed -> FeedState"),
    KeyKind(
        name="items", type="hash", lifetime=None, tag="shard", holds="feed -> digests of its last document's items"
    ),
    KeyKind(
        name="gate",
        type="string",
        lifetime=GATE_LIFETIME,
        tag="shard",
        holds="by host: next start, end of the queue, ends of requests in flight, ms; expires when all are past",
    ),
    KeyKind(
        name="page-gate",
        type="string",
        lifetime=PAGE_GATE_LIFETIME,
        tag="shard",
        holds="by host that refused a page: until when its pages are left alone, ms, refusals in a row",
    ),
    KeyKind(
        name="short-texts",
        type="hash",
        lifetime=SHORT_TEXT_LIFETIME,
        tag="shard",
        holds="by host: digest of a page's text -> when it was last seen, on which addresses; cut at 120",
    ),
    KeyKind(name="claimed", type="string", lifetime=CALL_LIFETIME, tag="shard", holds="what one claim got, as JSON"),
    KeyKind(name="subscriptions", type="hash", lifetime=None, tag="shard", holds="token -> Subscription at a hub"),
    KeyKind(name="subscribed", type="hash", lifetime=None, tag="shard", holds="feed -> token of its subscription"),
    KeyKind(name="renewals", type="zset", lifetime=None, tag="shard", holds="token -> when to ask its hub again, ms"),
    KeyKind(name="pushed", type="hash", lifetime=None, tag="shard", holds="feed -> its last push, ms, while all come"),
    KeyKind(name="push-news", type="hash", lifetime=None, tag="shard", holds="feed -> news pushed since its last poll"),
    KeyKind(
        name="seen",
        type="hash",
        lifetime=SEEN_GENERATION * 3,
        tag="shard",
        holds="by generation and feed: entry key -> Mark; expires by itself as a whole",
    ),
    KeyKind(name="attempts", type="string", lifetime=ATTEMPT_LIFETIME, holds="by feed and entry key: tries so far"),
    KeyKind(
        name="remembered",
        type="hash",
        lifetime=None,
        holds="revision, last number, generations of the probes, version of the frequencies, window if shortened",
    ),
    KeyKind(
        name="remembered-sizes", type="hash", lifetime=None, holds="by six hours: texts and bytes that were remembered"
    ),
    KeyKind(name="names", type="hash", lifetime=NAME_LIFETIME, holds="by 64 numbers: number % 64 -> copy or story"),
    KeyKind(name="addresses", type="string", lifetime=ADDRESS_LIFETIME, holds="by address: [copy, story, title words]"),
    KeyKind(
        name="probes",
        type="string",
        lifetime=COPY_LIFETIME * 2,
        holds="by generation and bucket: probe and number of the copy, 4 bytes each",
    ),
    KeyKind(name="copies", type="string", lifetime=COPY_LIFETIME, holds="story, prints of first and longest version"),
    KeyKind(name="story", type="string", lifetime=STORY_REST, holds="its words, its alerts, stories that are related"),
    KeyKind(name="term", type="string", lifetime=STORY_REST, holds="by heavy term: numbers of its newest 32 stories"),
    KeyKind(name="headline", type="string", lifetime=HEADLINE_LIFETIME, holds="by headline: the Headline"),
    KeyKind(
        name="series",
        type="hash",
        lifetime=SERIES_GENERATION * 3,
        holds="by generation and bucket: site and headline -> digests of the figures in its texts",
    ),
    KeyKind(name="pin", type="string", lifetime=PIN_LIFETIME, holds="by article: the story where a person has put it"),
    KeyKind(name="frequencies", type="string", lifetime=None, holds="how many of the texts read use each term"),
    KeyKind(
        name="read-terms",
        type="list",
        lifetime=None,
        holds="terms of texts that the frequencies do not know; cut at 8000",
    ),
    KeyKind(
        name="alert", type="hash", lifetime=ALERT_LIFETIME, holds="the Alert; it exists = (rule, story) was alerted"
    ),
    KeyKind(name="reports", type="hash", lifetime=ALERT_LIFETIME, holds="by alert: article -> Report"),
    KeyKind(name="sites", type="set", lifetime=ALERT_LIFETIME, holds="by alert: sites that told the story"),
    KeyKind(name="told", type="set", lifetime=ALERT_LIFETIME, holds="by alert: its deliveries"),
    KeyKind(name="said", type="set", lifetime=ALERT_LIFETIME, holds="by alert: what it told: figures, marks, denials"),
    KeyKind(name="alerts", type="zset", lifetime=None, holds="alert -> when it was made, ms; cut at ALERT_LIFETIME"),
    KeyKind(name="failing", type="hash", lifetime=None, holds="feed -> FailingFeed, until people know that it is back"),
    KeyKind(name="failing-told", type="hash", lifetime=None, holds="feed -> ToldFailing: what people know of it"),
    KeyKind(name="failing-turn", type="string", lifetime=TURN_LIFETIME, holds="exists while nobody may tell of feeds"),
    KeyKind(
        name="volume",
        type="hash",
        lifetime=VOLUME_LIFETIME,
        holds="by rule: revision of its tally, since when it is watched, its last alert, when it was last met",
    ),
    KeyKind(name="volume-stories", type="zset", lifetime=VOLUME_LIFETIME, holds="by rule: story -> when first met, ms"),
    KeyKind(
        name="volume-sites",
        type="zset",
        lifetime=VOLUME_LIFETIME,
        holds="by rule: site -> when the newest story that it told was first met, ms; cut at two windows",
    ),
    KeyKind(
        name="volume-articles",
        type="zset",
        lifetime=VOLUME_LIFETIME,
        holds="by rule: article -> when its story was first met, ms; cut at two windows and 200",
    ),
    KeyKind(name="volume-reports", type="hash", lifetime=VOLUME_LIFETIME, holds="by rule: article -> Report"),
    KeyKind(
        name="volume-gaps",
        type="zset",
        lifetime=VOLUME_LIFETIME,
        holds="by rule: times when nobody listened -> end, ms",
    ),
    KeyKind(name="call", type="string", lifetime=CALL_LIFETIME, holds="the answer of one enqueue, for its repetition"),
    KeyKind(name="channels", type="set", lifetime=None, holds="names of the channels that ever had a delivery"),
    KeyKind(name="channel", type="stream", lifetime=None, holds="by channel: ids of deliveries to send"),
    KeyKind(name="delayed", type="zset", lifetime=None, holds="by channel: delivery -> when to try again, ms"),
    KeyKind(name="dead", type="stream", lifetime=None, holds="by channel: ids of deliveries given up, with the reason"),
    KeyKind(
        name="delivery", type="hash", lifetime=None, holds="the Delivery, how it stands; expires once it is settled"
    ),
    KeyKind(name="probe", type="string", lifetime=PROBE_LIFETIME, holds="nothing: it is written to see that it can be"),
    KeyKind(name="deliveries", type="zset", lifetime=None, holds="delivery -> when it was queued, ms; cut at 30 days"),
)


class Keys:
    """Makes the names of one workspace's keys."""

    def __init__(self, workspace: str) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,64}", workspace):
            raise ValueError(f"workspace {workspace!r}: use 1 to 64 letters, digits, dots, dashes and underscores")
        self._tag = f"{{{workspace}}}:"
        self._shard_tags = tuple(f"{{{workspace}:s{shard}}}:" for shard in range(SHARDS))
        self.alerts = f"{self._tag}alerts"
        self.channels = f"{self._tag}channels"
        self.deliveries = f"{self._tag}deliveries"
        self.probe = f"{self._tag}probe"
        self.remembered = f"{self._tag}remembered"
        self.remembered_sizes = f"{self._tag}remembered-sizes"
        self.frequencies = f"{self._tag}frequencies"
        self.read_terms = f"{self._tag}read-terms"
        self.some = f"{self._tag}[acs]*"  # pattern that addresses, copies and stories match, and no name that is bytes
        # What the names of many keys begin with: scripts put the rest behind it.
        self.addresses = f"{self._tag}addresses:"
        self.copies = f"{self._tag}copies:"
        self.stories = f"{self._tag}story:"
        self.probes = f"{self._tag}probes:"
        self.terms = f"{self._tag}term:"
        self.names = f"{self._tag}names:"
        self.failing = f"{self._tag}failing"
        self.failing_told = f"{self._tag}failing-told"
        self.failing_turn = f"{self._tag}failing-turn"

    def due(self, shard: int) -> str:
        """When the shard's feeds are due."""
        return f"{self._shard_tags[shard]}due"

    def listed(self, shard: int) -> str:
        """When the shard's feeds were last in a daemon's list."""
        return f"{self._shard_tags[shard]}listed"

    def claims(self, shard: int) -> str:
        """Who may settle the shard's feeds."""
        return f"{self._shard_tags[shard]}claims"

    def states(self, shard: int) -> str:
        """What polls of the shard's feeds taught."""
        return f"{self._shard_tags[shard]}states"

    def items(self, shard: int) -> str:
        """What the last documents of the shard's feeds held."""
        return f"{self._shard_tags[shard]}items"

    def gates(self, shard: int) -> str:
        """What the names of a shard's gates begin with; behind it stands the host."""
        return f"{self._shard_tags[shard]}gate:"

    def page_gate(self, host: str) -> str:
        """Until when the pages of a host are left alone."""
        return f"{self._shard_tags[shard_of_host(host)]}page-gate:{host}"

    def short_texts(self, host: str) -> str:
        """The short texts on a host's pages."""
        return f"{self._shard_tags[shard_of_host(host)]}short-texts:{host}"

    def claimed(self, shard: int, token: str) -> str:
        """What one claim got."""
        return f"{self._shard_tags[shard]}claimed:{token}"

    def subscriptions(self, shard: int) -> str:
        """What was asked of hubs for the shard's feeds."""
        return f"{self._shard_tags[shard]}subscriptions"

    def subscribed(self, shard: int) -> str:
        """Which subscription each of the shard's feeds has."""
        return f"{self._shard_tags[shard]}subscribed"

    def renewals(self, shard: int) -> str:
        """When the hubs of the shard's feeds are asked again."""
        return f"{self._shard_tags[shard]}renewals"

    def pushed(self, shard: int) -> str:
        """Which of the shard's feeds can rely on pushes."""
        return f"{self._shard_tags[shard]}pushed"

    def push_news(self, shard: int) -> str:
        """How much was pushed since the polls of the shard's feeds."""
        return f"{self._shard_tags[shard]}push-news"

    def seen(self, feed: FeedKey, generation: int) -> str:
        """The marks of a feed's entries that were written or renewed in one generation."""
        return f"{self._shard_tags[shard_of(feed)]}seen:{generation}:{feed}"

    def attempts(self, feed: FeedKey, key: str) -> str:
        """How often an entry was tried."""
        return f"{self._tag}attempts:{digest(feed, key)}"

    def address(self, address: str) -> str:
        """The copy that an address belongs to."""
        return f"{self.addresses}{digest(address)}"

    def headline(self, headline: str) -> str:
        """The article that was last seen under a headline."""
        return f"{self._tag}headline:{digest(headline)}"

    def series(self, generation: int, series: str) -> str:
        """The bucket that holds the figures of a site's texts under one headline."""
        return f"{self._tag}series:{generation}:{_number(series) % SERIES_BUCKETS}"

    def pin(self, article: ArticleId) -> str:
        """The story where a person has put an article."""
        return f"{self._tag}pin:{article}"

    def alert(self, alert: AlertId) -> str:
        """An alert's record."""
        return f"{self._tag}alert:{alert}"

    def reports(self, alert: AlertId) -> str:
        """The articles that told an alert's story."""
        return f"{self._tag}reports:{alert}"

    def sites(self, alert: AlertId) -> str:
        """The sites that told an alert's story."""
        return f"{self._tag}sites:{alert}"

    def told(self, alert: AlertId) -> str:
        """The deliveries of an alert."""
        return f"{self._tag}told:{alert}"

    def said(self, alert: AlertId) -> str:
        """What an alert has told."""
        return f"{self._tag}said:{alert}"

    def volume(self, rule: RuleId) -> str:
        """How the surge of a volume rule stands."""
        return f"{self._tag}volume:{rule}"

    def volume_stories(self, rule: RuleId) -> str:
        """The stories that a volume rule met."""
        return f"{self._tag}volume-stories:{rule}"

    def volume_sites(self, rule: RuleId) -> str:
        """The sites that told a volume rule's stories."""
        return f"{self._tag}volume-sites:{rule}"

    def volume_articles(self, rule: RuleId) -> str:
        """The articles that a volume rule's next alert would list."""
        return f"{self._tag}volume-articles:{rule}"

    def volume_reports(self, rule: RuleId) -> str:
        """The reports of these articles."""
        return f"{self._tag}volume-reports:{rule}"

    def volume_gaps(self, rule: RuleId) -> str:
        """When nobody listened for a volume rule."""
        return f"{self._tag}volume-gaps:{rule}"

    def call(self, token: str) -> str:
        """The answer of one enqueue."""
        return f"{self._tag}call:{token}"

    def channel(self, channel: ChannelName) -> str:
        """What is to be sent on a channel."""
        return f"{self._tag}channel:{channel}"

    def delayed(self, channel: ChannelName) -> str:
        """What is to be tried again on a channel."""
        return f"{self._tag}delayed:{channel}"

    def dead(self, channel: ChannelName) -> str:
        """What was given up on a channel."""
        return f"{self._tag}dead:{channel}"

    def delivery(self, delivery: DeliveryId) -> str:
        """How a delivery stands."""
        return f"{self._tag}delivery:{delivery}"


def shard_of(feed: FeedKey) -> int:
    """Return the shard of a feed: all feeds of a host share one, so that the host's gate may stand beside them."""
    return shard_of_host(host_of(feed))


def host_of(feed: FeedKey) -> str:
    """Return what of a feed's key names its host, and so the gate before it."""
    return feed.rpartition("-")[0] or feed


def shard_of_host(host: str) -> int:
    """Return the shard of a host, named as in the keys of its feeds."""
    return _number(host) % SHARDS


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest())


def digest(*parts: str) -> str:
    """Return 16 characters that stand for the parts. Not to be forged: a feed must not hide another's entries."""
    return b32encode(blake2b("\n".join(parts).encode(), digest_size=10).digest()).decode().lower()
