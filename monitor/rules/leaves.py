"""The ends of a condition: terms, lists, places, regular expressions, properties of the article; read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import get_args

from monitor.config import yaml_marks
from monitor.config.expect import expect_scalars, expect_str, is_half, note, warn
from monitor.config.spelling import did_you_mean, nearest, quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Problem
from monitor.rules.expression import (
    About,
    AnyOf,
    Aspect,
    Condition,
    FieldName,
    Place,
    Regex,
    Term,
    any_of,
    make_term,
)
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.languages import LANGUAGES
from monitor.rules.regex import complaint
from monitor.rules.terms import is_unspaced, is_word, spellings
from monitor.urls import host_key

FIELDS: tuple[FieldName, ...] = ("title", "summary", "text", "lead", "author", "url", "feed")
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
_BOOLEAN = re.compile(r"\S (?:AND|OR|NOT|AND NOT) \S")
MIN_WILDCARD = 3  # letters before *: with fewer, a term finds most of the dictionary
_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]")  # of letters, in a regex; or a letter escaped
MAX_TERM = 200  # characters: a longer one is a sentence, and found in the one text it was copied from
MAX_NAMES = 1_000  # of countries, regions, lists, sources in one condition


@dataclass(slots=True)
class Names:
    """What a condition may refer to, and where problems go."""

    gazetteer: Gazetteer
    lists: Mapping[str, AnyOf]
    problems: list[Problem] = field(default_factory=list)


Reader = Callable[[Node, Names], Condition | None]
"""Reads the value of one operator; None if it cannot be used, which is noted."""


def read_term(node: Scalar, names: Names, *, label: str = "") -> Term | None:
    """Return the term of a node, checked: not empty, * at its ends only and after enough letters."""
    text = node.text.strip()
    if node.is_null or not text:
        note(names.problems, node.at, "an empty term", "write a word, or delete it; quote text that begins with #")
        return None
    if 1 < len(text) <= MAX_TERM and text.isascii() and text.replace(" ", "").isalnum():
        # Most terms: nothing can be wrong with English words in a row.
        return Term(text=text, label=label or text, at=node.at)
    if len(text) > MAX_TERM:
        message = f"a term of {len(text)} characters: {quoted(text)}"
        note(names.problems, node.at, message, f"{MAX_TERM} are allowed; a part of it will find it too")
        return None
    term = make_term(text, label=label, at=node.at)
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
    if _BOOLEAN.search(text):
        message = f"AND, OR and NOT are plain words in the term {quoted(text)}"
        warn(names.problems, node.at, message, "write any: […], all: […] or none: […], or all of it as query: '…'")
    if term.stem and not _can_be_stemmed(term, node, names):
        return None
    _warn_of_term(term, node, names)
    return term


def _can_be_stemmed(term: Term, node: Scalar, names: Names) -> bool:
    if term.open_start or term.open_end:
        note(names.problems, node.at, f"both ~ and * in {quoted(node.text)}", "one of them is enough")
        return False
    if not all(map(is_word, term.text)) or any(map(str.isdecimal, term.text)):
        hint = f"put {quoted(term.text)} into near: {{within: 0, ordered: true, of: [~…, ~…]}}"
        note(names.problems, node.at, f"~ is for one word, this is {quoted(term.text)}", hint)
        return False
    return True


def _warn_of_term(term: Term, node: Scalar, names: Names) -> None:
    if is_half(term.text):
        hint = "write both halves, or none"
        warn(names.problems, node.at, f"{quoted(node.text)} has one half of brackets or quotes", hint)
    if len(term.text) == 1 and not is_unspaced(term.text):
        warn(names.problems, node.at, f"the term {quoted(term.text)} is a single letter", "is it meant?")
    if term.text[0] in "-+!" and term.text[1:2].isalpha():
        message = f"{quoted(term.label)} begins with a sign that neither denies nor demands the word here"
        warn(names.problems, node.at, message, "put what must not be there under none: […]")
    if term.exact and term.text.islower():
        hint = f"= asks for this case; write {quoted(term.text)} to find it in any"
        warn(names.problems, node.at, f"{quoted(term.label)} is in lower case only", hint)


def _read_list(node: Node, names: Names) -> Condition | None:
    """Return the terms of the lists that are named."""

    def read(scalar: Scalar) -> Condition | None:
        """Look a list up."""
        known = names.lists.get(scalar.text.strip())
        if known is None:
            hint = _two_lines(scalar.text) or did_you_mean(scalar.text, names.lists) or "no file has lists: yet"
            note(names.problems, scalar.at, f"unknown list {quoted(scalar.text)}", hint)
        # A list in which nothing can be used has said so itself.
        return replace(known, at=scalar.at) if known is not None and known.conditions else None

    return _read_named(node, names, what="list", read=read)


def _read_region(node: Node, names: Names) -> Condition | None:
    def read(scalar: Scalar) -> Condition | None:
        """Look a region up."""
        name = region_key(scalar.text)
        if name in names.gazetteer.regions:
            return Place(label=f"region:{name}", names=names.gazetteer.region(name), at=scalar.at)
        hint = _two_lines(scalar.text) or did_you_mean(scalar.text, names.gazetteer.regions)
        note(names.problems, scalar.at, f"unknown region {quoted(scalar.text)}", hint)
        return None

    return _read_named(node, names, what="region", read=read)


def _read_country(node: Node, names: Names) -> Condition | None:
    def read(scalar: Scalar) -> Condition | None:
        """Look a country up."""
        code = scalar.text.strip().upper()
        if code in names.gazetteer.countries:
            return Place(label=f"country:{code}", names=names.gazetteer.country(code), at=scalar.at)
        hint = country_hint(scalar.text, names.gazetteer.countries)
        note(names.problems, scalar.at, f"unknown country {quoted(scalar.text)}", hint)
        return None

    return _read_named(node, names, what="country", read=read)


def _two_lines(text: str) -> str:
    """Return a hint if a name has another condition after it: lines of YAML without "- " are one text."""
    _, blank, rest = text.partition(" ")
    return f'is a "- " missing before {quoted(rest)}?' if blank and ":" in rest else ""


def _read_named(node: Node, names: Names, *, what: str, read: Callable[[Scalar], Condition | None]) -> Condition | None:
    """Return what is named: one, or a list of which one is enough; None if a name is not known."""
    scalars = _named(node, names, what=what)
    known = [condition for scalar in scalars if (condition := read(scalar))]
    return any_of(known, at=node.at) if known and len(known) == len(scalars) else None


def country_hint(text: str, countries: Mapping[str, str]) -> str:
    """Return the code of the country that was meant by its name, UK or EN."""
    if text.strip().upper() in ("UK", "EN"):
        return 'did you mean "GB"?'
    by_name = {name: code for code, name in countries.items()}
    near = nearest(text, by_name) if len(text) > 2 else ""
    return f"did you mean {quoted(by_name[near])}, {near}?" if near else "write its code of two letters: IL, TR, US"


def region_key(text: str) -> str:
    """Return the key of a region as rules may write it: Middle East is middle-east."""
    return text.strip().lower().replace(" ", "-").replace("_", "-")


def _named(node: Node, names: Names, *, what: str) -> tuple[Scalar, ...]:
    """Return the names in a node: one, or a list of which one is enough."""
    if isinstance(node, yaml_marks.Sequence) and not len(node):
        note(names.problems, node.at, f"{quoted(what)} has an empty list", "write a name, or delete it")
    if isinstance(node, yaml_marks.Sequence) and len(node) > MAX_NAMES:
        note(names.problems, node.at, f"{quoted(what)} has {len(node)} names", f"{MAX_NAMES} are allowed")
        return ()
    return expect_scalars(node, names.problems, what=what)


def _about(aspect: Aspect) -> Reader:
    def read(node: Node, names: Names) -> Condition | None:
        """Read the values that the article may have."""
        scalars = _named(node, names, what=aspect)
        values = tuple(scalar.text.strip().lower() for scalar in scalars)
        if aspect == "source":
            values = tuple(map(_site, values))
        if aspect == "language":
            known = [_check_language(scalar, names) for scalar in scalars]
            if not all(known):
                return None
        return About(aspect=aspect, values=values, at=node.at) if values else None

    return read


def _site(source: str) -> str:
    """Return what a source is compared by: of an address its site, of other names themselves."""
    bare = source.removeprefix("*.")
    return host_key(bare if "://" in bare else f"https://{bare}") if "." in bare and " " not in bare else bare


def _check_language(scalar: Scalar, names: Names) -> bool:
    code = scalar.text.strip().lower().partition("-")[0]
    if code in LANGUAGES:
        return True
    by_name = {name: code for code, name in LANGUAGES.items()}
    near = nearest(scalar.text, by_name)
    hint = f"did you mean {quoted(by_name[near])}?" if near else "write its code: en, ar, zh"
    note(names.problems, scalar.at, f"unknown language {quoted(scalar.text)}", hint)
    return False


def _read_regex(node: Node, names: Names) -> Condition | None:
    pattern = expect_str(node, names.problems, what="regex")
    if pattern is None:
        return None
    reason = complaint(pattern)
    if reason:
        hint = "RE2 has no look-around and no back-references: with them one article could take minutes"
        note(names.problems, node.at, f"the regex {quoted(pattern)} cannot be used: {reason}", hint)
        return None
    if pattern[-1] in "'\"" and (pattern[0] == pattern[-1] or pattern.count(pattern[-1]) == 1):
        message = f"the quotes of {quoted(pattern)} belong to the regex"
        warn(names.problems, node.at, message, "write them around the whole value, after a space, or nowhere")
    if "]" in _CLASS.sub("", pattern):
        warn(names.problems, node.at, f'a "]" without "[" in the regex {quoted(pattern)}', "write both, or \\]")
    if "(i?)" in pattern:
        warn(names.problems, node.at, '"(i?)" asks for a letter i that may be missing', 'did you mean "(?i)"?')
    return Regex(pattern=pattern, at=node.at)


LEAVES: dict[str, Reader] = {
    "list": _read_list,
    "region": _read_region,
    "country": _read_country,
    "regex": _read_regex,
    **{aspect: _about(aspect) for aspect in ASPECTS if aspect != "feed"},
}
"""The operators that stand for something by themselves."""
