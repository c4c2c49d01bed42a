"""What a compiled condition does with one article: whether it holds, and the places in the text that say so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from monitor.rules.expression import Unit
from monitor.rules.proximity import chains, may_meet
from monitor.rules.reading import WHOLE_BODY, Found, Hit, Reading, Scope, Span, Text
from monitor.urls import host_key

Groups = tuple[frozenset[int], ...]
# Norwegian is nb or nn to those who tell its two written forms apart, no to others.
_NORWEGIAN = {"no": ("nb", "nn"), "nb": ("no",), "nn": ("no",)}
MAX_POSITIONS = 1_000_000  # words: farther apart than any two of a text


class Plan(Protocol):
    """A condition that can be asked."""

    def holds(self, reading: Reading) -> bool:
        """Return whether the condition holds for the article."""
        ...

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what shows it, of every part that holds; only asked if it holds."""
        ...

    def groups(self) -> Groups:
        """Return sets of terms, of each of which one must be found; none if it can hold whatever the words are."""
        ...

    @property
    def is_exact(self) -> bool:
        """Whether the condition holds whenever one term of each group stands in title, summary or text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class TermsPlan:
    """Any of some terms, in a scope. `labels` gives the name of each in evidence."""

    labels: Mapping[int, str]
    scope: Scope

    def holds(self, reading: Reading) -> bool:
        """Return whether one of the terms stands in the scope."""
        common = self.labels.keys() & reading.terms
        if self.is_exact:
            return bool(common)
        return any(True for term in common for _ in reading.hits_of(term, self.scope))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield all hits of all the terms."""
        for term in self.labels.keys() & reading.terms:
            for hit in reading.hits_of(term, self.scope):
                yield Found(hit, self.labels[term])

    def groups(self) -> Groups:
        """Return the terms."""
        return (frozenset(self.labels),)

    @property
    def is_exact(self) -> bool:
        """Terms of a field beside the body are numbered apart, so only a part of the body has to be looked at."""
        return self.scope == WHOLE_BODY or self.scope.group is not None


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
                return any(
                    language == value or language.startswith(f"{value}-")
                    for language in _languages(article.language)
                    for value in self.values
                )
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

    def groups(self) -> Groups:
        """Return nothing: it may hold whatever the words are."""
        return ()

    is_exact = False


def _languages(code: str) -> tuple[str, ...]:
    """Return the code of a language as rules write it, and what else it is called."""
    language = code.lower().replace("_", "-")
    return (language, *_NORWEGIAN.get(language.partition("-")[0], ()))


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

    def groups(self) -> Groups:
        """Return the groups of all parts."""
        return tuple(group for part in self.parts for group in part.groups())

    @property
    def is_exact(self) -> bool:
        """Whether all parts are."""
        return all(part.is_exact for part in self.parts)


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

    def groups(self) -> Groups:
        """Return one group: of each part the one that is likely the rarest."""
        return _union([part.groups() for part in self.parts])

    @property
    def is_exact(self) -> bool:
        """Whether any term of any part is enough."""
        return self.count == 1 and all(part.is_exact and len(part.groups()) == 1 for part in self.parts)


def _union(groups: Sequence[Groups]) -> Groups:
    if not all(groups):
        return ()
    return (frozenset().union(*(min(each, key=len) for each in groups)),)


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

    def groups(self) -> Groups:
        """Return nothing: it holds for an article without words."""
        return ()

    is_exact = False


@dataclass(frozen=True, slots=True, eq=False)
class NearPlan:
    """An occurrence of each part near the others, in one field."""

    within: int
    ordered: bool
    parts: tuple[Plan, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether there is such a place."""
        return any(True for _ in self.found(reading))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield the occurrences that are near one another."""
        if not any(self._may_meet(text, reading) for text in reading.texts.values()):
            return
        for text, operands in _by_field(self.parts, reading):
            for chain in chains(text, operands, within=self.within, ordered=self.ordered):
                yield from chain

    def _may_meet(self, text: Text, reading: Reading) -> bool:
        """Return whether terms of all parts come close in a field; where parts are more than terms, they may."""
        if not text.chunks or not all(isinstance(part, TermsPlan) for part in self.parts):
            return bool(text.chunks)
        terms = (part.labels.keys() & reading.terms for part in self.parts if isinstance(part, TermsPlan))
        return may_meet(text, [text.chunks_with(each) for each in terms], within=self.within)

    def distance(self, reading: Reading) -> float | None:
        """Return the fewest words between occurrences of all parts in one field, None if there is no such field."""
        least: float | None = None
        for text, operands in _by_field(self.parts, reading):
            for chain in chains(text, operands, within=MAX_POSITIONS, ordered=self.ordered):
                ordered = sorted(found.hit for found in chain)
                between = sum(
                    text.words_before(right.start) - text.words_before(left.end)
                    for left, right in itertools.pairwise(ordered)
                )
                least = between if least is None else min(least, between)
        return least

    def groups(self) -> Groups:
        """Return the groups of all parts."""
        return tuple(group for part in self.parts for group in part.groups())

    is_exact = False


@dataclass(frozen=True, slots=True, eq=False)
class SamePlan:
    """An occurrence of each part in one sentence or paragraph."""

    unit: Unit
    parts: tuple[Plan, ...]

    def holds(self, reading: Reading) -> bool:
        """Return whether there is such a sentence or paragraph."""
        return any(True for _ in self.found(reading))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield the occurrences in each of them."""
        for text, operands in _by_field(self.parts, reading):
            number: Callable[[Hit | Span], int] = text.sentence if self.unit == "sentence" else text.paragraph
            units = [{number(found.hit) for found in operand} for operand in operands]
            common = set.intersection(*units)
            if common:
                yield from (found for operand in operands for found in operand if number(found.hit) in common)

    def groups(self) -> Groups:
        """Return the groups of all parts."""
        return tuple(group for part in self.parts for group in part.groups())

    is_exact = False


def _by_field(parts: Sequence[Plan], reading: Reading) -> Iterator[tuple[Text, list[list[Found]]]]:
    """Yield for each field in which every part has an occurrence the occurrences of each."""
    operands = []
    for part in parts:
        found = list(part.found(reading)) if part.holds(reading) else []
        if not found:
            return
        operands.append(found)
    for name, text in reading.texts.items():
        inside = [[found for found in operand if found.hit.field == name] for operand in operands]
        if all(inside):
            yield text, inside


@dataclass(frozen=True, slots=True, eq=False)
class OccurrencesPlan:
    """At least `count` occurrences of the part; those that overlap count once."""

    count: int
    part: Plan

    def holds(self, reading: Reading) -> bool:
        """Return whether there are enough."""
        if not self.part.holds(reading):
            return False
        spans = sorted((found.hit.field, *reading.span(found.hit)) for found in self.part.found(reading))
        seen, last = 0, ("", 0)
        for name, start, end in spans:
            if name != last[0] or start >= last[1]:
                seen += 1
                last = (name, end)
        return seen >= self.count

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield all of them."""
        return self.part.found(reading)

    def groups(self) -> Groups:
        """Return the groups of the part."""
        return self.part.groups()

    is_exact = False


@dataclass(frozen=True, slots=True, eq=False)
class ScorePlan:
    """The weights of the parts that hold add up to enough."""

    at_least: float
    parts: tuple[tuple[Plan, Plan, float], ...]  # the part, the same within the title, its weight
    title_factor: float

    def holds(self, reading: Reading) -> bool:
        """Return whether the sum is reached."""
        return self.score(reading) >= self.at_least

    def score(self, reading: Reading) -> float:
        """Return the sum."""
        total = 0.0
        for part, in_title, weight in self.parts:
            if part.holds(reading):
                is_title = self.title_factor != 1 and in_title.holds(reading)
                total += weight * (self.title_factor if is_title else 1)
        return total

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what adds to the sum."""
        for part, _, weight in self.parts:
            if weight > 0 and part.holds(reading):
                yield from part.found(reading)

    def groups(self) -> Groups:
        """Return one group: of all that can add to the sum, for something must."""
        return _union([part.groups() for part, _, weight in self.parts if weight > 0]) if self.at_least > 0 else ()

    is_exact = False
