"""Names of places in a text: which of them mean the place that a rule asks for."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from monitor.model import Article
from monitor.rules.reading import POSITION_BITS, Found, Hit, Reading, Scope

# How far before a name a longer one with it inside may begin.
LONGEST_STOP = 12  # chunks
LONGEST_IN_CHUNK = 60  # characters, where both are in one chunk
_AROUND = 3  # chunks of the words beside a name that are looked at


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

    def groups(self) -> tuple[frozenset[int], ...]:
        """Return all names that can count."""
        return (self.strong | self.weak | self.locative,)

    @property
    def is_exact(self) -> bool:
        """A name that was found may still not count."""
        return False

    def _hits(self, reading: Reading) -> tuple[Hit, ...]:
        if self not in reading.places:
            reading.places[self] = tuple(self._work_out(reading))
        return reading.places[self]

    def _work_out(self, reading: Reading) -> list[Hit]:
        stops = self._each(self.stops, reading)
        strong = self._free(self._each(self.strong, reading), stops, reading)
        weak = self._free(self._each(self.weak, reading), stops, reading)
        locative = self._free(self._each(self.locative, reading), stops, reading)
        hinted = strong or not self.hints.isdisjoint(reading.terms) or self._is_tagged(reading.article)
        if hinted:
            return [*strong, *weak, *locative]
        told = [hit for hit in locative if _is_locative(reading, hit)]
        return [*locative, *weak] if told else []

    def _each(self, terms: frozenset[int], reading: Reading) -> list[Hit]:
        common = terms & reading.terms
        return sorted(hit for term in common for hit in reading.hits_of(term, self.scope))

    def _free(self, hits: list[Hit], stops: list[Hit], reading: Reading) -> list[Hit]:
        """Return the hits that are not part of a longer stop name or of a street's name."""
        return [hit for hit in hits if not _is_inside(hit, stops) and not self._is_street(reading, hit)]

    def _is_street(self, reading: Reading, hit: Hit) -> bool:
        """Return whether a capitalised word after the name makes a street or a firm of it: Gaza Street."""
        text = reading.texts[hit.field]
        after = _NEXT_WORD.match(text.original, text.span(hit)[1])
        return after is not None and after[1].lower() in self.street_words

    def _is_tagged(self, article: Article) -> bool:
        """Return whether the feed's tags name the place: then its weak names mean it."""
        name = self.label.partition(":")[2].lower()
        return any(tag.lower().replace(" ", "-") == name for tag in article.tags)


_NEXT_WORD = re.compile(r"\s([A-Z][A-Za-z]*)")
_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:in|from|across|inside|throughout|outside|leave|left|into|near|nach|aus|im"
    r"|(?:king|queen|kingdom|republic|president|government|minister|ambassador|people|capital|army|parliament) of) $"
)
_LONGEST_BEFORE = 16  # characters that _BEFORE may look at
_AFTER = re.compile(
    r"(?:'s)? (?:king|queen|president|prime|foreign|interior|defen[cs]e|government|minister|ministry|army|military"
    r"|troops|parliament|capital|borders?|police|embassy|ambassador|opposition|elections?|authorities|airport)(?![a-z])"
)


def _is_locative(reading: Reading, hit: Hit) -> bool:
    """Return whether the words around a hit are those around the name of a country: in Jordan, Jordan's king."""
    text, start, end = reading.texts[hit.field].around(hit, chunks=_AROUND)
    return bool(_BEFORE.search(text, max(0, start - _LONGEST_BEFORE), start) or _AFTER.match(text, end))


def _is_inside(hit: Hit, longer: list[Hit]) -> bool:
    """Return whether one of some hits, sorted, has this one inside it and is longer."""
    for index in range(bisect_right(longer, Hit(hit.field, hit.start, sys.maxsize)) - 1, -1, -1):
        other = longer[index]
        distance = hit.start - other.start
        if other.field != hit.field or distance > LONGEST_STOP << POSITION_BITS:
            return False
        is_same_chunk = hit.start >> POSITION_BITS == other.start >> POSITION_BITS
        if is_same_chunk and distance > LONGEST_IN_CHUNK:
            return False
        if other.end >= hit.end and (other.start, other.end) != (hit.start, hit.end):
            return True
    return False
