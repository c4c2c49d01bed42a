"""Conditions as rule files write them, into trees. Everything that is wrong is noted with its place; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import get_args

from monitor.config import yaml_marks
from monitor.config.expect import expect_int, expect_scalars, note, warn
from monitor.config.spelling import did_you_mean, nearest, quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Location, Problem
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    Aspect,
    AtLeast,
    Condition,
    FieldName,
    NoneOf,
    Place,
    Term,
    Within,
    is_positive,
    make_term,
)
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.languages import LANGUAGES
from monitor.rules.terms import is_unspaced, spellings

FIELDS: tuple[FieldName, ...] = ("title", "summary", "text", "lead", "author", "url", "feed")
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
GROUPS = ("all", "any", "none")
PLACES = ("region", "country")
OPERATORS = (*GROUPS, "at_least", "of", *FIELDS, *PLACES, "list", "language", "source", "tags")
NOT_YET = ("near", "same", "count", "score", "regex", "query", "volume")
MIN_WILDCARD = 3  # letters before *: with fewer, a term finds most of the dictionary
_PREFIX = re.compile(r"([a-z_-]+):(?=\S)")


@dataclass(slots=True)
class Names:
    """What a condition may refer to, and where problems go."""

    gazetteer: Gazetteer
    lists: Mapping[str, tuple[Term, ...]]
    problems: list[Problem] = field(default_factory=list)


def read_condition(node: Node, names: Names) -> Condition | None:
    """Return the condition that a node writes, or None if nothing of it can be used."""
    match node:
        case Scalar():
            return _read_text(node, names)
        case yaml_marks.Sequence():
            hint = 'write "any: […]" if one of them is enough, "all: […]" if every one must be there'
            note(names.problems, node.at, "a list does not say how many of it must be there", hint)
            return None
        case yaml_marks.Mapping():
            return _read_mapping(node, names)


def check_positive(condition: Condition, at: Location, names: Names) -> bool:
    """Note a condition that asks for nothing to be there; return whether it does ask."""
    if is_positive(condition):
        return True
    note(
        names.problems,
        at,
        "this condition only says what must not be there",
        "add what must be there: all, any, or a term",
    )
    return False


def read_term(node: Scalar, names: Names, *, label: str = "") -> Term | None:
    """Return the term of a node, checked: not empty, * at its ends only and after enough letters."""
    text = node.text.strip()
    if node.is_null or not text:
        note(names.problems, node.at, "an empty term", "write a word, or delete it")
        return None
    if text.startswith("~"):
        note(names.problems, node.at, f"stems such as {quoted(text)} are not supported yet", 'use "*": negotiat*')
        return None
    term = make_term(text, label=label)
    letters = [character for character in term.text if character.isalnum()]
    if not spellings(term.text) or not letters:
        note(names.problems, node.at, f"the term {quoted(text)} has no letter or digit to look for")
        return None
    if "*" in term.text:
        hint = "a * stands only at the beginning or the end of a term, for the rest of the word"
        note(names.problems, node.at, f"a * inside the term {quoted(text)}", hint)
        return None
    # A syllable of Korean or a character of Chinese says as much as two letters.
    is_short = sum(2 if letter > "\u10ff" else 1 for letter in letters) < MIN_WILDCARD
    if is_short and (term.open_start or term.open_end):
        message = f"{quoted(text)} has fewer than {MIN_WILDCARD} letters before its *"
        note(names.problems, node.at, message, "it would find every word that begins so")
        return None
    _warn_of_term(term, node, names)
    return term


def _warn_of_term(term: Term, node: Scalar, names: Names) -> None:
    if len(term.text) == 1 and not is_unspaced(term.text):
        warn(names.problems, node.at, f"the term {quoted(term.text)} is a single letter", "is it meant?")
    if term.exact and term.text.islower():
        hint = f"= asks for this case; write {quoted(term.text)} to find it in any"
        warn(names.problems, node.at, f"{quoted(term.label)} is in lower case only", hint)


def _read_text(node: Scalar, names: Names) -> Condition | None:
    """Return what a string means: an operator and its argument, or a term."""
    text = node.text.strip()
    prefix = _PREFIX.match(text)
    if prefix is None:
        return read_term(node, names)
    word = prefix[1]
    rest = Scalar(text[prefix.end() :].strip(), node.at, plain=False)
    if word in OPERATORS and word not in GROUPS and word not in ("at_least", "of"):
        return _OPERATORS[word](rest, names)
    if word in NOT_YET:
        _refuse(word, node.at, names)
        return None
    near = nearest(word, [*FIELDS, *PLACES, *ASPECTS, "list"])
    if near:
        hint = f"did you mean {quoted(f'{near}:{rest.text}')}?"
        note(names.problems, node.at, f"unknown word {quoted(word)} before the colon in {quoted(text)}", hint)
        return None
    return read_term(node, names)


def _read_mapping(node: yaml_marks.Mapping, names: Names) -> Condition | None:
    """Return the conditions of a mapping, which must all hold."""
    if not len(node):
        note(names.problems, node.at, "an empty condition", "write a term, or all, any, none")
        return None
    read: list[Condition | None] = []
    for key, value in node.items():
        if key.text == "at_least":
            read.append(_read_at_least(node, names))
        elif key.text in _OPERATORS:
            read.append(_OPERATORS[key.text](value, names))
        elif key.text in NOT_YET:
            _refuse(key.text, key.at, names)
            read.append(None)
        elif key.text != "of":
            hint = did_you_mean(key.text, OPERATORS)
            note(names.problems, key.at, f"unknown key {quoted(key.text)} in a condition", hint)
            read.append(None)
        elif "at_least" not in node:
            note(names.problems, key.at, '"of" without "at_least"', "write at_least: 2 beside it, or use any")
            read.append(None)
    conditions = tuple(condition for condition in read if condition)
    if None in read or not conditions:
        return None
    return conditions[0] if len(conditions) == 1 else AllOf(conditions=conditions)


def _read_many(node: Node, names: Names, *, what: str) -> tuple[Condition, ...] | None:
    """Return the conditions of a list, or None if one of them cannot be used."""
    nodes: Iterable[Node] = node.nodes if isinstance(node, yaml_marks.Sequence) else (node,)
    if isinstance(node, yaml_marks.Sequence) and not len(node):
        note(names.problems, node.at, f"{quoted(what)} has an empty list", "write a condition, or delete it")
        return None
    conditions = [read_condition(each, names) for each in nodes]
    known = tuple(condition for condition in conditions if condition)
    return known if len(known) == len(conditions) else None


def _read_all(node: Node, names: Names) -> Condition | None:
    conditions = _read_many(node, names, what="all")
    return AllOf(conditions=conditions) if conditions else None


def _read_any(node: Node, names: Names) -> Condition | None:
    conditions = _read_many(node, names, what="any")
    return AnyOf(conditions=conditions) if conditions else None


def _read_none(node: Node, names: Names) -> Condition | None:
    conditions = _read_many(node, names, what="none")
    return NoneOf(conditions=conditions) if conditions else None


def _read_at_least(node: yaml_marks.Mapping, names: Names) -> Condition | None:
    count_node, of = node.get("at_least"), node.get("of")
    if of is None or count_node is None:
        note(names.problems, node.at, '"at_least" without "of"', "write of: [condition, …] beside it")
        return None
    conditions = _read_many(of, names, what="of")
    count = expect_int(count_node, names.problems, what="at_least", minimum=1)
    if conditions is None or count is None:
        return None
    if count > len(conditions):
        message = f"at_least {count} of {len(conditions)} can never hold"
        note(names.problems, count_node.at, message, "ask for fewer, or add conditions")
        return None
    return AtLeast(count=count, conditions=conditions)


def _within(name: FieldName) -> Callable[[Node, Names], Condition | None]:
    def read(node: Node, names: Names) -> Condition | None:
        if isinstance(node, yaml_marks.Sequence):
            conditions = _read_many(node, names, what=name)
            inner: Condition | None = AnyOf(conditions=conditions) if conditions else None
        else:
            inner = read_condition(node, names)
        if inner is None:
            return None
        scoped = Within(field=name, condition=inner)
        if name != "feed":
            return scoped
        # A feed is named by its key or by words of its title.
        keys = tuple(term.text for term in _terms_of(inner))
        return AnyOf(conditions=(scoped, About(aspect="feed", values=keys))) if keys else scoped

    return read


def _terms_of(condition: Condition) -> tuple[Term, ...]:
    match condition:
        case Term():
            return (condition,)
        case AnyOf():
            return tuple(term for each in condition.conditions for term in _terms_of(each))
        case _:
            return ()


def _read_list(node: Node, names: Names) -> Condition | None:
    """Return the terms of the lists that are named."""
    terms: list[Term] = []
    for scalar in _named(node, names, what="list"):
        if scalar.text not in names.lists:
            hint = did_you_mean(scalar.text, names.lists) or "no file has lists: yet"
            note(names.problems, scalar.at, f"unknown list {quoted(scalar.text)}", hint)
            return None
        terms += names.lists[scalar.text]
    return AnyOf(conditions=tuple(terms)) if terms else None


def _read_region(node: Node, names: Names) -> Condition | None:
    places: list[Condition] = []
    for scalar in _named(node, names, what="region"):
        name = scalar.text.strip().lower().replace(" ", "-").replace("_", "-")
        if name not in names.gazetteer.regions:
            hint = did_you_mean(scalar.text, names.gazetteer.regions)
            note(names.problems, scalar.at, f"unknown region {quoted(scalar.text)}", hint)
            return None
        places.append(Place(label=f"region:{name}", names=names.gazetteer.region(name)))
    return _one_of(places)


def _read_country(node: Node, names: Names) -> Condition | None:
    places: list[Condition] = []
    for scalar in _named(node, names, what="country"):
        code = scalar.text.strip().upper()
        if code not in names.gazetteer.countries:
            hint = _country_hint(scalar.text, names.gazetteer.countries)
            note(names.problems, scalar.at, f"unknown country {quoted(scalar.text)}", hint)
            return None
        places.append(Place(label=f"country:{code}", names=names.gazetteer.country(code)))
    return _one_of(places)


def _country_hint(text: str, countries: Mapping[str, str]) -> str:
    """Return the code of the country that was meant by its name, UK or EN."""
    if text.strip().upper() in ("UK", "EN"):
        return 'did you mean "GB"?'
    by_name = {name: code for code, name in countries.items()}
    near = nearest(text, by_name) if len(text) > 2 else ""
    return f"did you mean {quoted(by_name[near])}, {near}?" if near else "write its code of two letters: IL, TR, US"


def _one_of(places: list[Condition]) -> Condition | None:
    if not places:
        return None
    return places[0] if len(places) == 1 else AnyOf(conditions=tuple(places))


def _named(node: Node, names: Names, *, what: str) -> tuple[Scalar, ...]:
    """Return the names in a node: one, or a list of which one is enough."""
    if isinstance(node, yaml_marks.Sequence) and not len(node):
        note(names.problems, node.at, f"{quoted(what)} has an empty list", "write a name, or delete it")
    return expect_scalars(node, names.problems, what=what)


def _about(aspect: Aspect) -> Callable[[Node, Names], Condition | None]:
    def read(node: Node, names: Names) -> Condition | None:
        scalars = _named(node, names, what=aspect)
        values = tuple(scalar.text.strip().lower() for scalar in scalars)
        if aspect == "language":
            known = [_check_language(scalar, names) for scalar in scalars]
            if not all(known):
                return None
        return About(aspect=aspect, values=values) if values else None

    return read


def _check_language(scalar: Scalar, names: Names) -> bool:
    code = scalar.text.strip().lower().partition("-")[0]
    if code in LANGUAGES:
        return True
    by_name = {name: code for code, name in LANGUAGES.items()}
    near = nearest(scalar.text, by_name)
    hint = f"did you mean {quoted(by_name[near])}?" if near else "write its code: en, ar, zh"
    note(names.problems, scalar.at, f"unknown language {quoted(scalar.text)}", hint)
    return False


def _refuse(word: str, at: Location, names: Names) -> None:
    hint = f"what there is: {', '.join(OPERATORS)} (see docs/rules.md)"
    note(names.problems, at, f"{quoted(word)} is not supported yet", hint)


_OPERATORS: dict[str, Callable[[Node, Names], Condition | None]] = {
    "all": _read_all,
    "any": _read_any,
    "none": _read_none,
    "list": _read_list,
    "region": _read_region,
    "country": _read_country,
    **{name: _within(name) for name in FIELDS},
    **{aspect: _about(aspect) for aspect in ASPECTS if aspect != "feed"},
}
