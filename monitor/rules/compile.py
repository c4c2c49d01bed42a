"""Conditions into one matcher for all rules: an Aho-Corasick automaton over all terms, a plan for each rule, an index.

An article is scanned once whatever the number of rules. Then only those are asked of whose needs a term was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import ahocorasick_rs

from monitor.model import Article, ArticleField
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    FieldName,
    NoneOf,
    Place,
    Term,
    Within,
    make_term,
)
from monitor.rules.fold import Folded, fold
from monitor.rules.plan import (
    BODY,
    EVERY_FIELD,
    AboutPlan,
    AllPlan,
    CountPlan,
    Hit,
    NonePlan,
    PlacePlan,
    Plan,
    Reading,
    Scope,
    TermsPlan,
)
from monitor.rules.terms import as_written, inside_katakana, plurals, spellings, word_end, word_start

MAX_HITS = 1_000  # of one term in an article: more is a flood, and says no more than these
_BLANKS = " .,\n"


@dataclass(frozen=True, slots=True)
class _Spelling:
    """What must be true around a pattern for it to be a hit of a term."""

    term: int
    plural: bool = False
    open_start: bool = False
    open_end: bool = False
    exact: str = ""
    is_place: bool = False
    is_capitalised: bool = False
    is_particular: bool = False  # a whole word is not enough: exact or capitalised

    def accept(self, field: ArticleField, folded: Folded, start: int, end: int) -> Hit | None:
        """Return the word or words that the pattern stands for, or None if it is part of others."""
        text = folded.text
        begin = word_start(text, start, is_open=self.open_start)
        if begin < 0:
            return None
        stop = word_end(text, end, is_open=self.open_end, plural=self.plural)
        if stop < 0 or (self.is_place and inside_katakana(text, begin, stop)):
            return None
        if self.is_particular and not self._is_as_written(folded, begin, stop):
            return None
        return Hit(field, begin, stop)

    def _is_as_written(self, folded: Folded, begin: int, stop: int) -> bool:
        start, end = folded.span(begin, stop)
        if self.is_capitalised:
            return not folded.original[start].islower()
        written = as_written(folded.original[start:end])
        if self.open_start and self.open_end:
            return self.exact in written
        if self.open_end:
            return written.startswith(self.exact)
        return written.endswith(self.exact) if self.open_start else written == self.exact


@dataclass(frozen=True, slots=True)
class Program:
    """All conditions, ready to run. Immutable; a new set of rules is a new program."""

    plans: tuple[Plan, ...]
    fields: tuple[ArticleField, ...]  # those in which some rule looks
    _automaton: ahocorasick_rs.AhoCorasick | None
    _spellings: tuple[tuple[_Spelling, ...], ...]
    _always: tuple[int, ...]  # plans that need no term
    _by_term: Mapping[int, tuple[int, ...]]

    def read(self, article: Article) -> Reading:
        """Return an article folded and scanned for the terms of all rules."""
        reading = Reading(article, {name: fold(article.field(name)) for name in self.fields})
        if self._automaton is not None:
            for name, folded in reading.fields.items():
                self._scan(name, folded, reading.hits)
        return reading

    def holding(self, reading: Reading) -> Iterator[int]:
        """Yield the numbers of the conditions that hold, in their order."""
        asked = set(self._always)
        for term in reading.hits:
            asked.update(self._by_term.get(term, ()))
        return (number for number in sorted(asked) if self.plans[number].holds(reading))

    def _scan(self, name: ArticleField, folded: Folded, hits: dict[int, list[Hit]]) -> None:
        assert self._automaton is not None
        text, size = folded.text, len(folded.text)
        for pattern, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            # Most hits are whole words between blanks: for them the rules of scripts need not be asked.
            is_clear = (start == 0 or text[start - 1] in _BLANKS) and (end == size or text[end] in _BLANKS)
            for spelling in self._spellings[pattern]:
                if is_clear and not spelling.is_particular:
                    hit: Hit | None = Hit(name, start, end)
                else:
                    hit = spelling.accept(name, folded, start, end)
                if hit:
                    found = hits.setdefault(spelling.term, [])
                    if len(found) < MAX_HITS:
                        found.append(hit)


def compile_conditions(conditions: Sequence[Condition], *, street_words: frozenset[str] = frozenset()) -> Program:
    """Return one program for all conditions; their order is that of its plans."""
    compiler = _Compiler(street_words)
    plans = tuple(compiler.plan(condition, Scope()) for condition in conditions)
    always, by_term = [], defaultdict(list)
    for number, plan in enumerate(plans):
        needs = plan.needs()
        if needs is None:
            always.append(number)
        else:
            for term in needs:
                by_term[term].append(number)
    patterns = compiler.patterns
    return Program(
        plans=plans,
        fields=tuple(name for name in EVERY_FIELD if name in compiler.fields),
        _automaton=ahocorasick_rs.AhoCorasick(list(patterns), store_patterns=False) if patterns else None,
        _spellings=tuple(tuple(each) for each in patterns.values()),
        _always=tuple(always),
        _by_term={term: tuple(numbers) for term, numbers in by_term.items()},
    )


class _Compiler:
    """Numbers the terms, collects their patterns, and builds plans that share both."""

    def __init__(self, street_words: frozenset[str]) -> None:
        self.street_words = street_words
        self.patterns: dict[str, list[_Spelling]] = {}
        self.fields: set[ArticleField] = set(BODY)
        self._terms: dict[tuple[object, ...], int] = {}
        self._places: dict[tuple[str, str, Scope], PlacePlan] = {}

    def plan(self, condition: Condition, scope: Scope) -> Plan:
        """Return the plan of a condition whose terms are looked for in `scope`."""
        match condition:
            case Term():
                return TermsPlan({self._term(condition): condition.label}, scope)
            case Place():
                return self._place(condition, scope)
            case About():
                return AboutPlan(condition.aspect, tuple(value.lower() for value in condition.values))
            case Within():
                return self.plan(condition.condition, self._narrow(condition.field))
            case AllOf():
                return AllPlan(tuple(self.plan(each, scope) for each in condition.conditions))
            case AnyOf():
                return self._any(condition.conditions, scope)
            case NoneOf():
                return NonePlan(tuple(self.plan(each, scope) for each in condition.conditions))
            case AtLeast():
                return CountPlan(condition.count, tuple(self.plan(each, scope) for each in condition.conditions))

    def _narrow(self, field: FieldName) -> Scope:
        scope = Scope(BODY, lead=True) if field == "lead" else Scope((field,))
        self.fields.update(scope.fields)
        return scope

    def _any(self, conditions: Iterable[Condition], scope: Scope) -> Plan:
        """Return a plan in which all terms of an `any` are one set, so that a list of thousands costs a look-up."""
        labels: dict[int, str] = {}
        others: list[Plan] = []
        for condition in _flat(conditions):
            if isinstance(condition, Term):
                labels.setdefault(self._term(condition), condition.label)
            else:
                others.append(self.plan(condition, scope))
        if labels:
            others.insert(0, TermsPlan(labels, scope))
        return others[0] if len(others) == 1 else CountPlan(1, tuple(others))

    def _place(self, place: Place, scope: Scope) -> PlacePlan:
        key = (place.label, place.names.version, scope)
        if key not in self._places:
            names = place.names
            strong = self._names(names.plain) | self._names(names.capitalised, is_capitalised=True)
            self._places[key] = PlacePlan(
                label=place.label,
                strong=strong,
                weak=self._names(names.weak, is_capitalised=True),
                locative=self._names(names.locative, is_capitalised=True),
                stops=self._names(names.stops),
                hints=self._names(names.hints),
                street_words=self.street_words,
                scope=scope,
            )
        return self._places[key]

    def _names(self, names: Iterable[str], *, is_capitalised: bool = False) -> frozenset[int]:
        return frozenset(self._term(make_term(name), is_place=True, is_capitalised=is_capitalised) for name in names)

    def _term(self, term: Term, *, is_place: bool = False, is_capitalised: bool = False) -> int:
        """Return the number of a term; terms that are found in the same way have the same number."""
        exact = as_written(term.text) if term.exact else ""
        key = (term.text, exact, term.open_start, term.open_end, is_place, is_capitalised)
        if key in self._terms:
            return self._terms[key]
        number = self._terms[key] = len(self._terms)
        plural = not (term.exact or term.open_end)
        spelling = _Spelling(
            term=number,
            plural=plural,
            open_start=term.open_start,
            open_end=term.open_end,
            exact=exact,
            is_place=is_place,
            is_capitalised=is_capitalised and not exact,
            is_particular=is_capitalised or bool(exact),
        )
        forms = spellings(term.text)
        for form in forms:
            self.patterns.setdefault(form, []).append(spelling)
            for other in plurals(form) if plural else ():
                self.patterns.setdefault(other, []).append(_Spelling(term=number, open_start=term.open_start))
        return number


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions with any-of within any-of dissolved: a list inside `any` is more of the same."""
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from _flat(condition.conditions)
        else:
            yield condition
