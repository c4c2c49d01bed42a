"""What is remembered, in plain Python: texts and stories by name, probes in sets that begin anew each week."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import ArticleId, StoryId
from monitor.remembered import Story, TextPrint

WEEK = timedelta(days=7)
STORY_REST = timedelta(hours=72)
ADDRESS_LIFETIME = timedelta(days=30)


@dataclass
class KnownCopy:
    """A text with its versions."""

    life: int  # told apart from one of the same name that was forgotten before
    story: StoryId
    first: TextPrint
    longest: TextPrint
    told: datetime


@dataclass
class KnownStory:
    """A story, its words and when it was told."""

    life: int
    centroid: dict[int, float]
    texts: int
    first: datetime
    last: datetime


@dataclass
class Index:
    """The probes of a week: who had them last."""

    opened: datetime
    holders: dict[int, int] = field(default_factory=dict)


@dataclass
class Memory:
    """All that a workspace remembers."""

    copies: dict[ArticleId, KnownCopy] = field(default_factory=dict)
    stories: dict[StoryId, KnownStory] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    terms: dict[int, list[int]] = field(default_factory=dict)  # lives of stories, the newest last
    addresses: dict[str, tuple[ArticleId, datetime]] = field(default_factory=dict)  # with the last time they were told
    lives: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def copy(self, name: ArticleId, now: datetime) -> KnownCopy | None:
        """Return a text that is not forgotten."""
        known = self.copies.get(name)
        return known if known and known.told + WEEK > now else None

    def story(self, name: StoryId, now: datetime) -> KnownStory | None:
        """Return a story that is open."""
        known = self.stories.get(name)
        return known if known and known.last + STORY_REST > now and known.first + WEEK > now else None

    def at(self, address: str, now: datetime) -> ArticleId | None:
        """Return the text that an address stands for."""
        copy, told = self.addresses.get(address, (None, now))
        return copy if told + ADDRESS_LIFETIME > now else None

    def near_copies(self, fingerprint: TextPrint, now: datetime) -> set[ArticleId]:
        """Return the texts that share two probes, and the article's own."""
        alive = [
            index
            for index, later in itertools.zip_longest(self.indexes, self.indexes[1:])
            if later is None or later.opened + WEEK > now
        ]
        shared: Counter[int] = Counter()
        for probe in fingerprint.probes:
            shared.update({index.holders[probe] for index in alive if probe in index.holders})
        near = {name for name, known in self.copies.items() if shared[known.life] >= 2 or name == fingerprint.article}
        return {name for name in near if self.copy(name, now)}

    def near_stories(self, heavy: dict[int, float], now: datetime) -> set[StoryId]:
        """Return the stories that share two heavy terms which say enough."""
        shared: dict[int, list[float]] = {}
        for term, share in heavy.items():
            for life in self.terms.get(term, []):
                shared.setdefault(life, []).append(share)
        near = {life for life, shares in shared.items() if len(shares) >= 2 and sum(shares) >= 0.05}
        return {name for name, known in self.stories.items() if known.life in near and self.story(name, now)}

    def remember(
        self, fingerprint: TextPrint, copy: ArticleId, story: Story, address: str, *, seen_texts: int, now: datetime
    ) -> None:
        """Take an article in: of a copy, in a story as it is then, unless the story is no longer what was seen."""
        known = self.copy(copy, now)
        if known is None:
            life = next(self.lives)
            known = KnownCopy(life=life, story=story.id, first=fingerprint, longest=fingerprint, told=now)
            self.copies[copy] = known
        known.told = now
        if fingerprint.words > known.longest.words:
            known.longest = fingerprint
        if fingerprint.probes:
            if not self.indexes or self.indexes[-1].opened + WEEK <= now:
                self.indexes.append(Index(opened=now))
            self.indexes[-1].holders.update(dict.fromkeys(fingerprint.probes, known.life))
        self.addresses[address] = (self.at(address, now) or copy, now)
        told = self.story(story.id, now)
        if told is None:
            life = known.life if str(story.id) == copy else next(self.lives)
            told = KnownStory(life=life, centroid={}, texts=0, first=now, last=now)
            self.stories[story.id] = told
            seen_texts = 0
        told.last = now
        if told.texts == seen_texts:
            told.centroid, told.texts = dict(story.centroid), story.texts
        for term in story.centroid:
            newest = [life for life in self.terms.get(term, []) if life != told.life]
            self.terms[term] = [*newest, told.life][-32:]
