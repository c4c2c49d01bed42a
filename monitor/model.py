"""The vocabulary: frozen values that the stages hand to one another. No IO, no behaviour beyond derived properties.

All times are aware UTC. All ids are opaque strings. Records that live in Redis or on a queue are made of these only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType

FeedKey = NewType("FeedKey", str)
ArticleId = NewType("ArticleId", str)
RuleId = NewType("RuleId", str)
StoryId = NewType("StoryId", str)
AlertId = NewType("AlertId", str)
DeliveryId = NewType("DeliveryId", str)
ChannelName = NewType("ChannelName", str)

FullText = Literal["auto", "fetch", "feed"]
"""Where the text comes from: auto = the page unless the feed carries it all, fetch = the page, feed = never a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address to poll with its options, as the user wrote them."""

    key: FeedKey
    url: str
    title: str = ""
    source: str = ""  # publisher's name, if the user gave one
    language: str = ""  # BCP 47, of the feed as a whole
    tags: tuple[str, ...] = ()
    interval: timedelta | None = None  # overrides the computed interval
    full_text: FullText = "auto"
    origin: str = ""  # file:line:column where it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What the last polls of a feed taught. A feed never polled has the defaults."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    items_hash: str = ""  # of the bytes from the first item to the last
    title: str = ""  # as the feed calls itself
    format: str = ""  # rss20, atom10, jsonfeed ...
    polls: int = 0
    first_polled: datetime | None = None
    last_polled: datetime | None = None
    last_success: datetime | None = None
    last_read: datetime | None = None  # the last time that its entries were looked at, not only asked for
    again_due: datetime | None = None  # when all of it is to be read again, for entries that wait for another try
    last_changed: datetime | None = None  # the last time that the document was another one
    entries_per_day: float | None = None  # None until measured
    failures: int = 0  # consecutive
    failing_since: datetime | None = None
    failure_told: bool = False  # ops know that it fails
    error: str = ""  # last failure in plain words, empty after a success
    error_hint: str = ""  # what to do about it
    error_kind: str = ""  # see poll_result.FailureKind
    gone: bool = False  # HTTP 410: not polled again until the user acts
    not_modified: int = 0  # polls answered with 304
    last_whole: datetime | None = None  # the last body got without sending validators
    validators_lie: bool = False  # the server said "not modified" though there was news: no validators are sent
    lie_seen: datetime | None = None  # the last time that it did
    fresh_for: timedelta | None = None  # how long the publisher says that the document stays good
    typical_delay: timedelta | None = None  # from publication to our first sight of an entry, older ones fade
    alert_yield: float = 0.0  # how often its entries end in alerts, by severity, older ones fade: 0 = never
    address: str = ""  # where a permanent redirect led for long enough; polled instead of the feed's url
    new_address: str = ""  # where a permanent redirect leads, not yet believed
    new_address_polls: int = 0
    new_address_since: datetime | None = None
    hub: str = ""  # WebSub: whom to ask for pushes, and for which topic
    topic: str = ""
    full_texts: int = 0  # pages in a row that said nothing which the feed's own text had not said
    full_text_checked: datetime | None = None  # the last time that a page was compared with the feed's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What we asked of a hub for a feed, and until when it sends us pushes (WebSub). Changed hub, new subscription."""

    token: str  # the end of its callback address; not to be guessed
    feed: FeedKey
    hub: str
    topic: str
    secret: str = field(repr=False)  # the hub signs pushes with it
    leaving: bool = False  # to be ended
    callback: str = ""  # the address given to the hub; another one is asked for anew
    asked: datetime | None = None  # our last request
    tries: int = 0  # requests since the hub's last confirmation
    until: datetime | None = None  # the end of the lease; None: never confirmed, or denied


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed as published: not fetched, not trusted; text fields may hold HTML."""

    feed: FeedKey
    id: str = ""  # guid / atom:id, empty if the feed gives none
    link: str = ""
    title: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    updated: datetime | None = None
    summary: str = ""
    content: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is remembered of an entry that was processed."""

    content: str  # digest of what it said, see feeds.content
    carried: datetime  # when it was processed last, for being new or changed; to the minute
    updates: int = 0  # changes carried one after another without two quiet days between; 0 to 15
    rekeyed: int = 0  # how often it came under further keys; 0 to 15


ArticleField = Literal["title", "summary", "text", "url", "author", "feed"]
"""What of an article rules look at."""


class ArticleStatus(StrEnum):
    """How much of the article we hold. A verdict never suppresses what the headline alone would match."""

    FULL = "full"  # the page's text
    FEED = "feed"  # the feed's own text was enough, no page fetched
    TEASER = "teaser"  # the page gave little more than a teaser
    PAYWALLED = "paywalled"
    BLOCKED = "blocked"  # challenge or refusal: the text is not the article's
    CONSENT = "consent"
    GALLERY = "gallery"
    LIVE = "live"
    EMPTY = "empty"  # a page without text
    HOSTILE = "hostile"  # refused before or killed during a parse
    UNREACHABLE = "unreachable"  # the page could not be fetched; worth another try


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveUpdate:
    """One entry of a live blog, cleaned like an article. It is news of its own."""

    id: str  # the publisher's, else made of its words: the same whenever the page is read again
    title: str = ""
    text: str = ""
    url: str = ""  # its own address, if it has one
    published: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry with its text, cleaned: plain text, NFC, no control or bidi override characters."""

    id: ArticleId
    title: str
    url: str = ""  # the link to show
    link: str = ""  # as the feed has it; may lead to `url` by redirects
    canonical_url: str = ""
    summary: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    seen: datetime | None = None  # when we first read it
    language: str = ""
    status: ArticleStatus = ArticleStatus.FULL
    extractor: str = ""
    feed: FeedKey | None = None
    feed_title: str = ""
    source: str = ""  # publisher: the user's name for it, else the site
    tags: tuple[str, ...] = ()  # the user's, from the feed list
    section: str = ""  # of the publication, in its own words
    keywords: tuple[str, ...] = ()  # the publisher's
    image: str = ""  # address of the picture that stands for it
    free: bool | None = None  # isAccessibleForFree: False = the text may be cut
    is_day_only: bool = False  # of `published` only the day is known; the time is midnight UTC
    reason: str = ""  # why the status is not "full"
    updates: tuple[LiveUpdate, ...] = ()  # of a live blog, the newest first
    seconds: float = 0.0  # CPU and waiting spent on fetching and extracting

    def field(self, name: ArticleField) -> str:
        """Return a field as rules see it and as the positions of evidence count."""
        match name:
            case "author":
                return ", ".join(self.authors)
            case "feed":
                return self.feed_title or self.feed or ""
            case "url":
                return self.url
            case "title":
                return self.title
            case "summary":
                return self.summary
            case "text":
                return self.text


class Severity(StrEnum):
    """How loud an alert is, from quiet to loud."""

    INFO = "info"
    LOW = "low"
    HIGH = "high"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much of what a rule matches must come together for an alert: so many, or so many times the usual."""

    within: timedelta  # the window: the time in which it must come
    stories: int = 1  # the least; with a factor the absolute minimum
    sources: int = 1  # sites that told these stories, the least
    factor: float | None = None  # so many times the stories that a window usually holds
    baseline: timedelta | None = None  # the time before the window that says what is usual; goes with the factor


DedupUnit = Literal["story", "copy", "item", "off"]
"""What alerts once: an event · a text · an article · nothing is folded, each version of an article alerts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What the rest of the program needs to know of a rule; its condition stays inside monitor.rules."""

    id: RuleId
    title: str = ""
    severity: Severity = Severity.LOW
    labels: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[ChannelName, ...] = ()  # empty: the routes decide
    repeat_after: timedelta | None = None
    dedup: DedupUnit = "story"
    group_window: timedelta | None = None  # a story that rests so long alerts anew; None: as long as it is remembered
    realert_after_edit: bool = False  # an edited rule tells its stories anew
    volume: Volume | None = None  # None: each story alerts
    expires: date | None = None  # the last day, in UTC, on which the rule is in force
    version: str = ""  # content hash: recorded in each alert


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A piece of an article that made a rule match: text == article field[start:end]; for author the joined names."""

    field: ArticleField
    start: int
    end: int
    text: str
    term: str  # the author's term it stands for, e.g. "ceasefire" or "region:middle-east"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A rule that holds for an article, with every span that says why, in order of appearance."""

    rule: Rule
    article: ArticleId
    evidence: tuple[Evidence, ...]


JoinedBy = Literal["opened", "article", "address", "headline", "text", "copy", "story"]
"""Why an article is in its story: it opened it · same article again · same address · same headline, one of them without
a text · same words · near copy · other words for the same event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounds:
    """What an article was compared with when it joined its story, the figures, and what both share; shares are 0..1."""

    other: ArticleId | None = None  # the version of a copy, or the first article at the address or under the headline
    rule: str = ""  # of the copy gate, by which they are one
    containment: float | None = None  # of the shorter text in the longer
    jaccard: float | None = None
    lost_numbers: float | None = None  # share of the shorter text's that the longer does not have
    lost_names: float | None = None
    titles: float | None = None  # overlap over the smaller title
    cosine: float | None = None  # with the story, less what plain words say, faded with its rest
    frequencies: int | None = None  # version of the table of word frequencies that the cosine was made with
    passages: tuple[str, ...] = ()  # of the article, shared word by word
    words: tuple[str, ...] = ()  # of the article, shared with the story, the heaviest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The story an article belongs to, and why."""

    story: StoryId
    joined: JoinedBy
    copy_of: ArticleId | None = None
    score: float | None = None  # containment for a near copy, cosine for a story
    grounds: Grounds | None = None
    related: tuple[StoryId, ...] = ()  # other stories that this article shows to be of the same event


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A sentence that shows why a rule matched; marks are (start, end) of the matched words inside `text`."""

    field: ArticleField
    text: str
    marks: tuple[tuple[int, int], ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One article that told a story, as an alert lists it."""

    article: ArticleId
    title: str
    url: str
    site: str  # registrable domain (host if there is none): sources are counted by it
    source: str
    seen: datetime
    published: datetime | None = None
    joined: JoinedBy = "opened"
    score: float | None = None
    grounds: Grounds | None = None
    why: tuple[Snippet, ...] = ()  # the sentence that matched best; the lead's are the alert's


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """The one record that people should know of a (rule, story), or of a volume rule's surge.

    Later reports are kept beside it, not in it.
    """

    id: AlertId
    rule: RuleId
    rule_title: str
    rule_version: str
    severity: Severity
    labels: Mapping[str, str]
    story: StoryId
    created: datetime
    lead: Report
    why: tuple[Snippet, ...]
    terms: tuple[str, ...]  # each term found, once, in order
    language: str = ""
    status: ArticleStatus = ArticleStatus.FULL
    reason: str = ""  # of a volume rule, in words: what came together
    channels: tuple[ChannelName, ...] = ()
    is_late: bool = False  # published long before it was seen, and no copy of it was known
    drill: bool = False  # a test sent by a person, not news


DeliveryKind = Literal["new", "update", "source", "drill"]
"""new = first word of an alert · update = it changed · source = one more site tells it · drill = a test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a later version of a story says otherwise, enough to tell people again."""

    kind: Literal["figures", "correction", "denial", "severity"]
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert on its way to one channel. `id` is the same over all attempts: receivers may deduplicate by it."""

    id: DeliveryId
    alert: AlertId
    channel: ChannelName
    kind: DeliveryKind
    queued: datetime
    attempt: int = 0  # tries so far
    report: Report | None = None  # kind source: the further report · kind update: the one that changed
    changes: tuple[Change, ...] = ()  # kind update
    sources: int = 1  # sites known when it was queued
    added: int = 1  # kind source: sites that are new since the last message


DeliveryStatus = Literal["queued", "retrying", "delivered", "dead", "dropped"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRecord:
    """Where a delivery stands, for people who ask."""

    delivery: Delivery
    status: DeliveryStatus
    attempts: int
    changed: datetime
    reason: str = ""  # of the last failure
    next_try: datetime | None = None
