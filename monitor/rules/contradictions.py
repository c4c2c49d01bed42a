"""Conditions that no article can fulfil: what must be there must not be there, languages that exclude one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from monitor.config.expect import Problems, note, warn
from monitor.config.spelling import quoted
from monitor.errors import Location
from monitor.rules.covers import Cover
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
    Term,
    Within,
)
from monitor.rules.gazetteer import Gazetteer

_Scope = FieldName | None  # the field that a condition is about, None: title, summary and text


def check_denied(
    node: AllOf, *, required: bool, covers: Mapping[str, Cover], gazetteer: Gazetteer, problems: Problems
) -> None:
    """Note something that must be there and must not; if the rule can do without, it is a warning.

    Args:
        node: conditions that must all hold.
        required: whether `node` must hold for the rule to match.
        covers: the terms of the lists, by the label of the list.
        gazetteer: tells which countries a region has.
        problems: where it is noted.
    """
    denied = [each for each in node.conditions if isinstance(each, NoneOf)]
    if not denied:
        return
    vetoes = _Vetoes(covers, gazetteer)
    for each in denied:
        vetoes.add(each.conditions, None)
    for part in node.conditions:
        found = vetoes.find(part, None)
        if found is not None:
            there, not_there = found
            message = f"{_shown(there)} must be there and must not"
            if _shown(there) != _shown(not_there):
                message = f"{_shown(there)} must be there, and where it is {_shown(not_there)} is, which must not"
            at = not_there.at or denied[0].at or Location("")
            never = "the rule can never match" if required else "this part of the rule can never hold"
            (note if required else warn)(problems, at, f"{message}: {never}", "take one of the two out")
            return


@dataclass(slots=True)
class _Vetoes:
    """What must not be there."""

    covers: Mapping[str, Cover]
    gazetteer: Gazetteer
    terms: dict[_Scope, list[Term]] = field(default_factory=dict)
    lists: list[tuple[_Scope, AnyOf]] = field(default_factory=list)
    places: list[tuple[_Scope, Place]] = field(default_factory=list)
    others: list[Regex | About] = field(default_factory=list)
    _made: dict[_Scope, Cover] = field(default_factory=dict)

    def add(self, conditions: Iterable[Condition], scope: _Scope) -> None:
        """Add conditions that must all hold."""
        for each in conditions:
            match each:
                case Term():
                    self.terms.setdefault(scope, []).append(each)
                case AnyOf() if each.label:
                    self.lists.append((scope, each))
                case AnyOf():
                    self.add(each.conditions, scope)
                case Within():
                    self.add((each.condition,), each.field)
                case Place():
                    self.places.append((scope, each))
                case Regex() if scope is None:
                    self.others.append(each)
                case About():
                    self.others.append(each)

    def find(self, node: Condition, scope: _Scope) -> tuple[Condition, Condition] | None:
        """Return what of `node` cannot be missing, and what keeps it from being there; None if `node` can hold."""
        match node:
            case Term():
                found = next(self._over(node, scope), None)
                return (node, found) if found is not None else None
            case AnyOf():
                for its, listed in self.lists if node.label else ():
                    if listed.label == node.label and _is_in(scope, its):
                        return node, listed
                return self._too_few(node.conditions, 1, scope)
            case AtLeast():
                return self._too_few(node.conditions, node.count, scope)
            case AllOf() | Near() | Same():
                return next(filter(None, (self.find(each, scope) for each in node.conditions)), None)
            case Within():
                return self.find(node.condition, node.field)
            case Count():
                return self.find(node.condition, scope)
            case Place():
                veto = next((veto for its, veto in self.places if _is_in(scope, its) and self._has(veto, node)), None)
                return (node, veto) if veto is not None else None
            case Regex() | About():
                other = next((other for other in self.others if _implies(node, other)), None)
                return (node, other) if other is not None else None
            case _:
                return None

    def _too_few(
        self, conditions: tuple[Condition, ...], count: int, scope: _Scope
    ) -> tuple[Condition, Condition] | None:
        left = len(conditions)
        for each in conditions:
            found = self.find(each, scope)
            if found is None and count == 1:
                return None
            left -= found is not None
            if left < count:
                return found
        return None

    def _over(self, term: Term, scope: _Scope) -> Iterator[Term]:
        for its, terms in self.terms.items():
            if _is_in(scope, its):
                if its not in self._made:
                    self._made[its] = Cover(terms)
                yield from self._made[its].all(term)
        for its, node in self.lists:
            if _is_in(scope, its) and node.label in self.covers:
                yield from (replace(found, at=node.at) for found in self.covers[node.label].all(term))

    def _has(self, veto: Place, place: Place) -> bool:
        return veto.label == place.label or place.label in countries_of(veto, self.gazetteer)


def countries_of(place: Place, gazetteer: Gazetteer) -> frozenset[str]:
    """Return the labels of the countries in a region; none if the place is a country."""
    kind, _, name = place.label.partition(":")
    seen: set[str] = set()
    codes: set[str] = set()
    names = [name] if kind == "region" else []
    while names:
        name = names.pop()
        if name not in seen and name in gazetteer.regions:
            seen.add(name)
            codes.update(gazetteer.regions[name].countries)
            names += gazetteer.regions[name].regions
    return frozenset(f"country:{code}" for code in codes)


def check_languages(
    asked: Sequence[About], inherited: tuple[str, ...], *, required: bool, problems: Problems
) -> tuple[str, ...]:
    """Return the languages in which an article fulfils all that is asked; note if there are none.

    Args:
        asked: what must hold together.
        inherited: the languages that the conditions around it leave; empty if any will do.
        required: whether it must hold for the rule to match.
        problems: where it is noted.
    """
    for each in asked:
        both = tuple(value for value in each.values if not inherited or any(_same(value, one) for one in inherited))
        if not both:
            languages = f"{' or '.join(inherited)} and {' or '.join(each.values)}"
            never = "the rule can never match" if required else "this part of the rule can never hold"
            message = f"the article must be in {languages} at once: {never}"
            at = each.at or Location("")
            (note if required else warn)(problems, at, message, "language: [en, fr] asks for one of them")
            return inherited
        inherited = both
    return inherited


def _same(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}-") or other.startswith(f"{one}-")


def _implies(one: Condition, other: Condition) -> bool:
    """Return whether a property or pattern holds only where the other does."""
    if isinstance(one, About) and isinstance(other, About) and one.aspect == other.aspect:
        if one.aspect == "language":
            return all(any(value == its or value.startswith(f"{its}-") for its in other.values) for value in one.values)
        return set(one.values) <= set(other.values)
    return one == other


def _is_in(scope: _Scope, other: _Scope) -> bool:
    """Return whether what stands in one scope stands in the other too."""
    if scope == other:
        return True
    if other is None:
        return scope in ("title", "summary", "text", "lead")
    return other == "lead" and scope in ("title", "summary")


def _shown(condition: Condition) -> str:
    match condition:
        case Term():
            return quoted(condition.label)
        case Place() | AnyOf():
            return quoted(condition.label)
        case Regex():
            return quoted(f"regex:{condition.pattern}")
        case About():
            return f"{condition.aspect} {' or '.join(condition.values)}"
        case _:
            return "this condition"
