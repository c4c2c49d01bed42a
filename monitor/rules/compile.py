"""Conditions into one program for all rules: terms numbered, what they look for in vocabularies, an index of rules.

The chunks of an article are looked up once whatever the number of rules. Then only those rules are asked of which a
term of the rarest group was found (the pivot); a condition that is nothing but groups of terms is answered by them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from monitor.model import Article, ArticleField
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Count,
    FieldName,
    Near,
    NoneOf,
    Place,
    Regex,
    Same,
    Score,
    Term,
    Within,
    make_term,
)
from monitor.rules.gazetteer import PartNames
from monitor.rules.lexicon import Lexicon, Spelling, Vocabulary, stem_language
from monitor.rules.places import PlacePart, PlacePlan
from monitor.rules.plan import (
    AboutPlan,
    AllPlan,
    CountPlan,
    NearPlan,
    NonePlan,
    OccurrencesPlan,
    Plan,
    SamePlan,
    ScorePlan,
    TermsPlan,
)
from monitor.rules.reading import BODY, EVERY_FIELD, WHOLE_BODY, Reading, Scope, Text
from monitor.rules.regex import Regexes, RegexPlan
from monitor.rules.terms import as_written, plurals, spellings

MAX_LEXICONS = 12  # fields and languages whose words are remembered: bounds the memory, at most 12 MB each

_Group: TypeAlias = ArticleField | None
_Compound: TypeAlias = AllOf | AnyOf | NoneOf | AtLeast | Near | Same | Count | Score


class Program:
    """All conditions, ready to run. New rules are a new program; what it remembers of words changes no answer."""

    def __init__(self, conditions: Sequence[Condition], *, street_words: frozenset[str] = frozenset()) -> None:
        """Number the terms and index the conditions; `street_words` make a street of a place's name."""
        self.conditions = conditions
        self._compiler = _Compiler(street_words)
        self._groups: list[tuple[tuple[int, ...], ...]] = []  # beside the pivot
        self._exact = bytearray()
        self._always: list[int] = []
        by_term: dict[int, list[int]] = defaultdict(list)
        for number, condition in enumerate(conditions):
            plan = self._compiler.plan(condition)
            pivot, *others = sorted(plan.groups(), key=self._compiler.frequency) or [frozenset()]
            self._groups.append(tuple(tuple(group) for group in others))
            self._exact.append(plan.is_exact)
            if not pivot:
                self._always.append(number)
            for term in pivot:
                by_term[term].append(number)
        self._by_term = dict(by_term)
        self._plans: dict[int, Plan] = {}
        self._vocabularies = self._compiler.vocabularies()
        self._lexicons: dict[tuple[_Group, str], Lexicon] = {}

    def read(self, article: Article) -> Reading:
        """Return an article split and looked up for the terms of all rules."""
        texts: dict[ArticleField, Text] = {}
        reading = Reading(article, texts)
        for group, vocabulary in self._vocabularies.items():
            language = stem_language(article.language) if vocabulary.stems else ""
            lexicon = self._lexicons.get((group, language))
            if lexicon is None:
                if len(self._lexicons) == MAX_LEXICONS:
                    del self._lexicons[next(iter(self._lexicons))]
                lexicon = self._lexicons[group, language] = Lexicon(vocabulary, language)
            lexicon.tidy()
            for name in (group,) if group else BODY:
                texts[name] = text = Text(name, article.field(name), lexicon)
                reading.terms |= text.scan()
        return reading

    def holding(self, reading: Reading) -> list[int]:
        """Return the numbers of the conditions that hold, in their order."""
        terms, by_term = reading.terms, self._by_term
        asked = set(self._always)
        for term in terms & by_term.keys():
            asked.update(by_term[term])
        groups, exact = self._groups, self._exact
        holding = []
        for number in asked:
            for group in groups[number]:
                if terms.isdisjoint(group):
                    break
            else:
                if exact[number] or self.plan(number).holds(reading):
                    holding.append(number)
        holding.sort()
        return holding

    def plan(self, number: int) -> Plan:
        """Return the plan of a condition, made when first asked for: of many rules few ever come so far."""
        if number not in self._plans:
            self._plans[number] = self._compiler.plan(self.conditions[number])
        return self._plans[number]


@dataclass(slots=True)
class _Numbered:
    """The terms of one vocabulary."""

    spellings: list[Spelling] = field(default_factory=list)
    stems: dict[int, str] = field(default_factory=dict)


class _Compiler:
    """Numbers the terms, collects their spellings, and builds plans of both."""

    def __init__(self, street_words: frozenset[str]) -> None:
        self._street_words = street_words
        self._numbered: dict[_Group, _Numbered] = {None: _Numbered()}
        self._terms: dict[tuple[object, ...], int] = {}
        self._frequencies: list[float] = []
        self._places: dict[tuple[str, str, Scope], PlacePlan] = {}
        self._patterns: dict[str, int] = {}
        self._regexes: Regexes | None = None

    def vocabularies(self) -> Mapping[_Group, Vocabulary]:
        """Return what is looked for in the body (None), and in each field beside it that some rule names."""
        names = (None, *(name for name in EVERY_FIELD if name in self._numbered))
        return {name: Vocabulary(tuple(self._numbered[name].spellings), self._numbered[name].stems) for name in names}

    def frequency(self, group: frozenset[int]) -> float:
        """Return how often one of some terms is likely to be found: the pivot is the group with the least."""
        return sum(self._frequencies[term] for term in group)

    def plan(self, condition: Condition, scope: Scope = WHOLE_BODY) -> Plan:
        """Return the plan of a condition whose terms are looked for in `scope`."""
        match condition:
            case Term():
                return TermsPlan({self._term(condition, scope): condition.label}, scope)
            case Place():
                return self._place(condition, scope)
            case Regex():
                return RegexPlan(
                    self._pattern(condition.pattern), f"regex:{condition.pattern}", self._all_regexes, scope
                )
            case About():
                return AboutPlan(condition.aspect, tuple(value.lower() for value in condition.values))
            case Within():
                return self.plan(condition.condition, self._narrow(condition.field))
            case _:
                return self._compound(condition, scope)

    def _compound(self, condition: _Compound, scope: Scope) -> Plan:
        """Return the plan of a condition that is made of several."""
        match condition:
            case AllOf():
                return AllPlan(self._parts(condition.conditions, scope))
            case AnyOf():
                return self._any(condition.conditions, scope)
            case NoneOf():
                return NonePlan(self._parts(condition.conditions, scope))
            case AtLeast():
                return CountPlan(condition.count, self._parts(condition.conditions, scope))
            case Near():
                return NearPlan(condition.within, condition.ordered, self._parts(condition.conditions, scope))
            case Same():
                return SamePlan(condition.unit, self._parts(condition.conditions, scope))
            case Count():
                return OccurrencesPlan(condition.count, self.plan(condition.condition, scope))
            case Score():
                in_title = Scope(("title",))
                parts = (
                    (self.plan(each, scope), self.plan(each, in_title), weight)
                    for each, weight in zip(condition.conditions, condition.weights, strict=True)
                )
                return ScorePlan(condition.at_least, tuple(parts), condition.title_factor)

    def _parts(self, conditions: Iterable[Condition], scope: Scope) -> tuple[Plan, ...]:
        return tuple(self.plan(each, scope) for each in conditions)

    def _narrow(self, name: FieldName) -> Scope:
        scope = Scope(BODY, lead=True) if name == "lead" else Scope((name,))
        self._numbered.setdefault(scope.group, _Numbered())
        return scope

    def _any(self, conditions: Iterable[Condition], scope: Scope) -> Plan:
        """Return a plan in which all terms of an `any` are one set, so that a list of thousands costs a look-up."""
        labels: dict[int, str] = {}
        others: list[Plan] = []
        for condition in _flat(conditions):
            if isinstance(condition, Term):
                labels.setdefault(self._term(condition, scope), condition.label)
            else:
                others.append(self.plan(condition, scope))
        if labels:
            others.insert(0, TermsPlan(labels, scope))
        return others[0] if len(others) == 1 else CountPlan(1, tuple(others))

    def _place(self, place: Place, scope: Scope) -> PlacePlan:
        key = (place.label, place.names.version, scope)
        if key not in self._places:
            self._places[key] = PlacePlan(
                label=place.label,
                parts=tuple(self._place_part(part, scope) for part in place.names.parts),
                stops=frozenset(self._term(make_term(name), scope) for name in place.names.stops),
                tags=place.names.tags,
                street_words=self._street_words,
                scope=scope,
            )
        return self._places[key]

    def _place_part(self, part: PartNames, scope: Scope) -> PlacePart:
        return PlacePart(
            code=part.code,
            strong=self._names(part.plain, scope) | self._names(part.capitalised, scope, is_capitalised=True),
            guarded=self._names(part.guarded, scope, is_capitalised=True),
            weak=self._names(part.weak, scope, is_capitalised=True),
            shared=self._names(part.shared, scope, is_capitalised=True),
            near=self._names(part.near, scope),
            against=self._names(part.against, scope),
        )

    def _names(self, names: Iterable[str], scope: Scope, *, is_capitalised: bool = False) -> frozenset[int]:
        return frozenset(
            self._term(make_term(name), scope, is_place=True, is_capitalised=is_capitalised) for name in names
        )

    def _pattern(self, pattern: str) -> int:
        return self._patterns.setdefault(pattern, len(self._patterns))

    def _all_regexes(self) -> Regexes:
        """Return all patterns compiled together, once no more of them come."""
        if self._regexes is None:
            self._regexes = Regexes(tuple(self._patterns))
        return self._regexes

    def _term(self, term: Term, scope: Scope, *, is_place: bool = False, is_capitalised: bool = False) -> int:
        """Return the number of a term; terms that are found in the same way have the same number."""
        signs = (term.exact, term.stem, term.open_start, term.open_end, is_place, is_capitalised)
        key = (scope.group, term.text, signs)
        known = self._terms.get(key)
        if known is not None:
            return known
        number = self._terms[key] = len(self._terms)
        exact = as_written(term.text) if term.exact else ""
        numbered = self._numbered[scope.group]
        self._frequencies.append(_frequency(term))
        if term.stem:
            numbered.stems[number] = term.text
            return number
        # Names of places come with the plurals that they have: Frances is not several countries.
        plural = not (term.exact or term.open_end or is_place)
        for form in spellings(term.text):
            numbered.spellings.append(
                Spelling(
                    term=number,
                    form=form,
                    plural=plural,
                    open_start=term.open_start,
                    open_end=term.open_end,
                    exact=exact,
                    is_place=is_place,
                    is_capitalised=is_capitalised and not exact,
                )
            )
            for other in plurals(form) if plural else ():
                numbered.spellings.append(Spelling(term=number, form=other, open_start=term.open_start))
        return number


def _frequency(term: Term) -> float:
    """Return a guess at how often a term is found: short words often, long words and phrases seldom (Zipf 1935)."""
    length = len(term.text) * (2 if term.text[:1] > "\u10ff" else 1)
    return math.pow(4, -min(length / 3, 8)) * (3 if term.open_end or term.open_start or term.stem else 1)


def _flat(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions with any-of within any-of dissolved: a list inside `any` is more of the same."""
    for condition in conditions:
        if isinstance(condition, AnyOf):
            yield from _flat(condition.conditions)
        else:
            yield condition
