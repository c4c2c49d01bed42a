"""What a compiled condition does with one article: whether it holds, and the places in the text that say so."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from monitor.model import Article, ArticleField
from monitor.rules.fold import Folded
from monitor.rules.terms import is_unspaced
from monitor.urls import host_key

BODY: tuple[ArticleField, ...] = ("title", "summary", "text")
"""Where a condition without a field looks, in the order of reading."""

EVERY_FIELD: tuple[ArticleField, ...] = (*BODY, "url", "author", "feed")
LEAD_WORDS = 80
LONGEST_STOP = 60  # characters of a longer name before the name in it


class Hit(NamedTuple):
    """Where a term was found, in positions of the folded field."""

    field: ArticleField
    start: int
    end: int


class Found(NamedTuple):
    """A hit with the name that evidence gives it."""

    hit: Hit
    label: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The fields in which a condition looks; `lead` stops in the text after its first words."""

    fields: tuple[ArticleField, ...] = BODY
    lead: bool = False


@dataclass(slots=True)
class Reading:
    """An article as the plans see it: folded fields, and for each term found there its hits."""

    article: Article
    fields: Mapping[ArticleField, Folded]
    hits: dict[int, list[Hit]] = field(default_factory=dict)
    places: dict[PlacePlan, tuple[Hit, ...]] = field(default_factory=dict)  # each place is worked out once an article
    _lead_end: int | None = None

    def hits_of(self, term: int, scope: Scope) -> Iterator[Hit]:
        """Yield the hits of a term within a scope."""
        for hit in self.hits.get(term, ()):
            if hit.field in scope.fields and not (scope.lead and hit.field == "text" and hit.start >= self.lead_end):
                yield hit

    @property
    def lead_end(self) -> int:
        """The position in the folded text where its first 80 words end; two characters of Chinese count as a word."""
        if self._lead_end is None:
            text = self.fields["text"].text
            self._lead_end = len(text)
            words = 0.0
            for word in re.finditer(r"\S+", text):
                words += len(word[0]) / 2 if is_unspaced(word[0][0]) else 1
                if words >= LEAD_WORDS:
                    excess = int((words - LEAD_WORDS) * 2) if is_unspaced(word[0][0]) else 0
                    self._lead_end = word.end() - excess
                    break
        return self._lead_end

    def original(self, hit: Hit) -> str:
        """Return what the article has at a hit, as written."""
        folded = self.fields[hit.field]
        start, end = folded.span(hit.start, hit.end)
        return folded.original[start:end]


class Plan(Protocol):
    """A condition that can be asked."""

    def holds(self, reading: Reading) -> bool:
        """Return whether the condition holds for the article."""
        ...

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what shows it, of every part that holds; only asked if it holds."""
        ...

    def needs(self) -> frozenset[int] | None:
        """Return terms of which at least one must be found for it to hold; None if it can hold without any."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TermsPlan:
    """Any of some terms, in a scope. `labels` gives the name of each in evidence."""

    labels: Mapping[int, str]
    scope: Scope

    def holds(self, reading: Reading) -> bool:
        """Return whether one of the terms stands in the scope."""
        common = self.labels.keys() & reading.hits.keys()
        return any(True for term in common for _ in reading.hits_of(term, self.scope))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield all hits of all the terms."""
        for term in self.labels.keys() & reading.hits.keys():
            for hit in reading.hits_of(term, self.scope):
                yield Found(hit, self.labels[term])

    def needs(self) -> frozenset[int]:
        """Return the terms."""
        return frozenset(self.labels)


@dataclass(frozen=True, slots=True, eq=False)
class PlacePlan:
    """A country or region, in a scope. Names inside longer names do not count; weak ones need a hint."""

    label: str
    strong: frozenset[int]
    weak: frozenset[int]
    locative: frozenset[int]
    stops: frozenset[int]
    hints: frozenset[int]
    street_words: frozenset[str]
    scope: Scope

    def holds(self, reading: Reading) -> bool:
        """Return whether a name of the place is there."""
        return bool(self._hits(reading))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield the names found."""
        return (Found(hit, self.label) for hit in self._hits(reading))

    def needs(self) -> frozenset[int]:
        """Return all names that can count."""
        return self.strong | self.weak | self.locative

    def _hits(self, reading: Reading) -> tuple[Hit, ...]:
        if self not in reading.places:
            reading.places[self] = tuple(self._work_out(reading))
        return reading.places[self]

    def _work_out(self, reading: Reading) -> list[Hit]:
        stops = self._each(self.stops, reading)
        strong = self._free(self._each(self.strong, reading), stops, reading)
        weak = self._free(self._each(self.weak, reading), stops, reading)
        locative = self._free(self._each(self.locative, reading), stops, reading)
        hinted = strong or not self.hints.isdisjoint(reading.hits) or self._is_tagged(reading.article)
        if hinted:
            return [*strong, *weak, *locative]
        told = [hit for hit in locative if _is_locative(reading.fields[hit.field].text, hit)]
        return [*locative, *weak] if told else []

    def _each(self, terms: frozenset[int], reading: Reading) -> list[Hit]:
        common = terms & reading.hits.keys()
        return sorted(hit for term in common for hit in reading.hits_of(term, self.scope))

    def _free(self, hits: list[Hit], stops: list[Hit], reading: Reading) -> list[Hit]:
        """Return the hits that are not part of a longer stop name or of a street's name."""
        return [hit for hit in hits if not _is_inside(hit, stops) and not self._is_street(reading, hit)]

    def _is_street(self, reading: Reading, hit: Hit) -> bool:
        folded = reading.fields[hit.field]
        after = re.compile(r" ([a-z]+)").match(folded.text, hit.end)
        if not after or after[1] not in self.street_words:
            return False
        start, _ = folded.span(after.start(1), after.end(1))
        return folded.original[start].isupper()

    def _is_tagged(self, article: Article) -> bool:
        """Return whether the feed's tags name the place: then its weak names mean it."""
        name = self.label.partition(":")[2].lower()
        return any(tag.lower().replace(" ", "-") == name for tag in article.tags)


_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:in|from|across|inside|throughout|outside|leave|left|into|near|nach|aus|im"
    r"|(?:king|queen|kingdom|republic|president|government|minister|ambassador|people|capital|army|parliament) of) $"
)
_LONGEST_BEFORE = 16  # characters that _BEFORE may look at
_AFTER = re.compile(
    r"(?:'s)? (?:king|queen|president|prime|foreign|interior|defen[cs]e|government|minister|ministry|army|military"
    r"|troops|parliament|capital|borders?|police|embassy|ambassador|opposition|elections?|authorities|airport)(?![a-z])"
)


def _is_locative(text: str, hit: Hit) -> bool:
    """Return whether the words around a hit are those around the name of a country: in Jordan, Jordan's king."""
    return bool(_BEFORE.search(text, max(0, hit.start - _LONGEST_BEFORE), hit.start) or _AFTER.match(text, hit.end))


def _is_inside(hit: Hit, longer: list[Hit]) -> bool:
    """Return whether one of some hits, sorted, has this one inside it and is longer."""
    for index in range(bisect_right(longer, Hit(hit.field, hit.start, sys.maxsize)) - 1, -1, -1):
        other = longer[index]
        if other.field != hit.field or other.start < hit.start - LONGEST_STOP:
            return False
        if other.end >= hit.end and other.end - other.start > hit.end - hit.start:
            return True
    return False


@dataclass(frozen=True, slots=True, eq=False)
class AboutPlan:
    """A property of the article."""

    aspect: str
    values: tuple[str, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether the article has one of the values."""
        article = reading.article
        match self.aspect:
            case "language":
                language = article.language.lower().replace("_", "-")
                return any(language == value or language.startswith(f"{value}-") for value in self.values)
            case "source":
                source, host = article.source.lower(), host_key(article.canonical_url or article.url)
                return any(value in (source, host) or host.endswith(f".{value}") for value in self.values)
            case "feed":
                return article.feed in self.values
            case _:
                return any(tag.lower() in self.values for tag in article.tags)

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield nothing: the words of the article do not show it."""
        return iter(())

    def needs(self) -> None:
        """Return None: it may hold whatever the words are."""
        return


@dataclass(frozen=True, slots=True, eq=False)
class AllPlan:
    """Every part."""

    parts: tuple[Plan, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether every part holds."""
        return all(part.holds(reading) for part in self.parts)

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what every part found."""
        for part in self.parts:
            yield from part.found(reading)

    def needs(self) -> frozenset[int] | None:
        """Return the smallest need of a part: the fewer the terms, the fewer articles have one."""
        needs = [need for part in self.parts if (need := part.needs()) is not None]
        return min(needs, key=len) if needs else None


@dataclass(frozen=True, slots=True, eq=False)
class CountPlan:
    """At least `count` of the parts; any is 1."""

    count: int
    parts: tuple[Plan, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether enough parts hold."""
        holding = 0
        for part in self.parts:
            holding += part.holds(reading)
            if holding >= self.count:
                return True
        return False

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what the parts found that hold."""
        for part in self.parts:
            if part.holds(reading):
                yield from part.found(reading)

    def needs(self) -> frozenset[int] | None:
        """Return the needs of all parts together, if each has one."""
        needs = [part.needs() for part in self.parts]
        return None if None in needs else frozenset().union(*(need for need in needs if need))


@dataclass(frozen=True, slots=True, eq=False)
class NonePlan:
    """None of the parts."""

    parts: tuple[Plan, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether no part holds."""
        return not any(part.holds(reading) for part in self.parts)

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield nothing: absence leaves no trace."""
        return iter(())

    def needs(self) -> None:
        """Return None: it holds for an article without words."""
        return
