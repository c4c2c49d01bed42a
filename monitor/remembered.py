"""What is remembered of texts, stories and surges, so that what was told before is recognised. Values only, no IO."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import AlertId, ArticleId, Change, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPrint:
    """What of an article's text is kept to recognise copies of it: its words in order, each as a 16-bit hash.

    Three words in a row are told from three others by 48 bits, so that the hash of one may be short.
    """

    article: ArticleId
    text_hash: str  # of the normalised words; empty when there is too little text to compare
    probes: tuple[int, ...]  # 32-bit fingerprints by which candidates are looked up
    sequence: tuple[int, ...]  # hashes of the words as they follow one another, empty as the text_hash
    by_character: bool  # of a script without spaces, where each character is a word of the sequence
    numbers: frozenset[str]
    names: frozenset[int]  # hashes, as the sequence holds them
    title_words: frozenset[str]
    words: int
    is_roundup: bool = False  # several matters in one text: it shares passages with articles whose story it is not


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A text that was told in one or more articles: the first version and the longest one."""

    id: ArticleId  # the first article
    story: StoryId
    first: TextPrint
    longest: TextPrint


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The article that was last seen under a headline."""

    article: ArticleId
    story: StoryId
    site: str
    has_text: bool
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The words of an article as the comparison of stories sees them: 32-bit hashes of stems, weighed before idf."""

    weights: Mapping[int, float]  # (1 + ln tf), more for names and numbers
    spelled: Mapping[int, str]  # as the article writes them, to show what is shared
    words: int  # that were read for them


@dataclass(frozen=True, slots=True, kw_only=True)
class TermCounts:
    """In how many texts each term was, older ones counting less."""

    version: int = 0
    documents: float = 0.0
    counts: Mapping[int, float] = field(default_factory=dict)
    updated: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An event as its texts tell it so far; articles that fit join until it has rested too long."""

    id: StoryId  # the first article
    centroid: Mapping[int, float]  # sum of its texts' weights, before idf, the heaviest terms only
    texts: int  # that went into the centroid; copies do not
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was found for one article, to be compared with it; given back when the article is enqueued."""

    copies: tuple[Copy, ...] = ()  # those that share most probes first
    stories: tuple[Story, ...] = ()  # those that share most of the article's heaviest terms first
    by_address: Copy | None = None  # known under one of its addresses; without prints if only that is remembered
    by_headline: Headline | None = None
    pinned: StoryId | None = None  # where a person has put it
    is_series: bool = False  # its site uses the headline again and again, with other figures
    revision: int = -1  # of the store when it looked; -1: it was never asked
    met: frozenset[str] = frozenset()  # the store's own names of all that was found, the weak and the forgotten too


NOTHING_KNOWN = Look()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What the window of a volume rule holds, the article in hand counted in, and what is known from before."""

    stories: int
    sources: int  # sites that told these stories
    adds: bool  # the article brings a story or a site that the window did not hold
    start: datetime  # of the window
    before: int = 0  # stories of the baseline
    watched: timedelta = timedelta(0)  # how much of the baseline is known: somebody listened, or caught up on it
    caught_up: timedelta = timedelta(0)  # time just before the window when nobody listened: its news came in the window
    alert: AlertId | None = None  # the rule's last one
    alerted: datetime | None = None
    met: datetime | None = None  # when an article last made the window hold as much as the rule asks for
    revision: int = 0  # goes up with each article that is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacedFigure:
    """A figure of a text that a later version has replaced."""

    place: str  # the words around it, or "title": the same in all versions
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What an article says otherwise than the text it joined. An alert that knows the first fact has told it."""

    facts: tuple[str, ...]  # what an alert knows once it has told this; two texts that say the same give the same
    change: Change
