"""Names of places in a text: which of them mean the place that a rule asks for."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from monitor.model import Article
from monitor.rules.reading import POSITION_BITS, Found, Hit, Reading, Scope
from monitor.rules.surroundings import (
    Surroundings,
    is_in_north_america,
    is_of_a_state,
    is_part_of_a_name,
    is_street,
    is_team,
    is_where_something_is,
)

# How far before a name a longer one with it inside may begin.
LONGEST_STOP = 12  # chunks
LONGEST_IN_CHUNK = 60  # characters, where both are in one chunk


@dataclass(frozen=True, slots=True, eq=False)
class PlacePart:
    """The names of one country, or of a region itself, as numbers of terms. See PartNames for what each list means."""

    code: str
    strong: frozenset[int]
    guarded: frozenset[int]
    weak: frozenset[int]
    shared: frozenset[int]
    near: frozenset[int]
    against: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class PlacePlan:
    """A country or region, in a scope. Names inside longer names do not count; weak and shared ones need a hint."""

    label: str
    parts: tuple[PlacePart, ...]
    stops: frozenset[int]
    tags: frozenset[str]
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
        return (frozenset().union(*(part.strong | part.guarded | part.weak | part.shared for part in self.parts)),)

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
        strong = {part: self._free(part, part.strong, stops, reading) for part in self.parts}
        found = [hit for hits in strong.values() for hit in hits]
        for part in self.parts:
            # For a name of the region itself, such as GCC, any of its countries is a hint.
            is_hinted = bool(strong[part] or (found and not part.code)) or self._is_tagged(reading.article)
            found += self._doubtful(part, stops, reading, is_hinted=is_hinted)
        return found

    def _doubtful(self, part: PlacePart, stops: list[Hit], reading: Reading, *, is_hinted: bool) -> Iterator[Hit]:
        """Yield the hits of weak and shared names that mean the place."""
        is_near = not part.near.isdisjoint(reading.terms)
        is_elsewhere = not part.against.isdisjoint(reading.terms)
        for terms, is_told, hinted in (
            (part.guarded, _is_no_team, is_hinted or is_near),
            (part.weak, _is_of_a_place, is_hinted or is_near),
            (part.shared, is_of_a_state, is_hinted or (is_near and not is_elsewhere)),
        ):
            free = [(hit, _around(reading, hit)) for hit in self._free(part, terms, stops, reading)]
            free = [(hit, around) for hit, around in free if not is_part_of_a_name(around)]
            told = {around.name for _, around in free if hinted or is_told(around)}
            if told and not is_hinted:
                # Who writes "Birmingham, Alabama" once means that one further down.
                told -= {
                    around.name
                    for hit in self._each(terms, reading)
                    if self._is_town(part, around := _around(reading, hit))
                }
            yield from (hit for hit, around in free if around.name in told)

    def _each(self, terms: frozenset[int], reading: Reading) -> list[Hit]:
        common = terms & reading.terms
        return sorted(hit for term in common for hit in reading.hits_of(term, self.scope))

    def _free(self, part: PlacePart, terms: frozenset[int], stops: list[Hit], reading: Reading) -> Iterable[Hit]:
        """Return the hits that are not part of a longer stop name, of a street's name, or of a town in a state."""
        return [
            hit
            for hit in self._each(terms, reading)
            if not _is_inside(hit, stops) and not self._is_other(part, _around(reading, hit))
        ]

    def _is_other(self, part: PlacePart, around: Surroundings) -> bool:
        return is_street(around, self.street_words) or self._is_town(part, around)

    def _is_town(self, part: PlacePart, around: Surroundings) -> bool:
        """Return whether the name is that of a town in North America; Georgia is a state, but a country as well."""
        return part.code not in ("US", "CA", "GE") and is_in_north_america(around)

    def _is_tagged(self, article: Article) -> bool:
        """Return whether the feed's tags name the place: then its weak names mean it."""
        return any(tag.lower().replace(" ", "-") in self.tags for tag in article.tags)


def _is_of_a_place(around: Surroundings) -> bool:
    return is_of_a_state(around) or is_where_something_is(around)


def _is_no_team(around: Surroundings) -> bool:
    return _is_of_a_place(around) or not is_team(around)


def _around(reading: Reading, hit: Hit) -> Surroundings:
    return Surroundings.of(reading.texts[hit.field].original, *reading.span(hit))


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
