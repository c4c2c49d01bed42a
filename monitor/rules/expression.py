"""The condition of a rule as a tree of frozen values. conditions.py and query.py make it, compile.py makes it run."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.errors import Location
from monitor.model import ArticleField
from monitor.rules.gazetteer import PlaceNames

FieldName: TypeAlias = ArticleField | Literal["lead"]
"""A field of an article, or lead: title, summary and the first 80 words of the text."""

Aspect: TypeAlias = Literal["language", "source", "feed", "tags"]
Unit: TypeAlias = Literal["sentence", "paragraph"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words in a row. `label` is what evidence calls it: the term as written, or the name it is an alias of."""

    text: str
    label: str
    exact: bool = False  # =TERM: this case and form only
    open_start: bool = False  # *TERM: any beginning of the word
    open_end: bool = False  # TERM*: any continuation of the word
    stem: bool = False  # ~TERM: any word of the same stem
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


def make_term(text: str, *, label: str = "", at: Location | None = None) -> Term:
    """Return the term that `text` writes: words, before them = for exact case or ~ for a stem, * at an open end."""
    words = text.removeprefix("=") if text.startswith("=") else text.removeprefix("~")
    return Term(
        text=words.removeprefix("*").removesuffix("*").strip(),
        label=label or text,
        exact=text.startswith("="),
        stem=text.startswith("~"),
        open_start=words.startswith("*"),
        open_end=words.endswith("*") and len(words) > 1,
        at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country or region: any of its names counts, weak ones only with a hint."""

    label: str  # region:middle-east
    names: PlaceNames
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Regex:
    """A regular expression of RE2 that matches somewhere in a field as it was written."""

    pattern: str
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A property of the article itself; holds if it has one of the values. Leaves no evidence."""

    aspect: Aspect
    values: tuple[str, ...]
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The condition, with its terms looked for in one field only. Without it: in title, summary and text."""

    field: FieldName
    condition: Condition
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one must hold."""

    conditions: tuple[Condition, ...]
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one must hold. `label` names the list that it stands for, `version` is the hash of what is in it."""

    conditions: tuple[Condition, ...]
    label: str = ""
    version: str = ""
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf:
    """None may hold."""

    conditions: tuple[Condition, ...]
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` different ones must hold, however often each occurs."""

    count: int
    conditions: tuple[Condition, ...]
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """An occurrence of each in one field, not overlapping, with at most `within` other words between first and last."""

    within: int
    conditions: tuple[Condition, ...]
    ordered: bool = False
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """An occurrence of each in one sentence or paragraph."""

    unit: Unit
    conditions: tuple[Condition, ...]
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """At least `count` occurrences of the condition, over all fields."""

    count: int
    condition: Condition
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The weights of the conditions that hold add up to `at_least`; in the title each counts `title_factor` times."""

    at_least: float
    conditions: tuple[Condition, ...]
    weights: tuple[float, ...]  # of the conditions, in their order
    title_factor: float = 1
    at: Location | None = dataclasses.field(default=None, compare=False, repr=False)


Condition: TypeAlias = (
    Term | Place | Regex | About | Within | AllOf | AnyOf | NoneOf | AtLeast | Near | Same | Count | Score
)


def all_of(conditions: Iterable[Condition], *, at: Location | None = None) -> Condition:
    """Return the conjunction, flat: one condition is itself, a conjunction inside it is part of it."""
    parts: list[Condition] = []
    for each in conditions:
        parts.extend(each.conditions if isinstance(each, AllOf) else (each,))
    denied = [each for each in parts if isinstance(each, NoneOf)]
    if len(denied) > 1:
        # What must not be there is one set, however it was written: a NOT b NOT c.
        together = NoneOf(conditions=tuple(inner for each in denied for inner in each.conditions), at=denied[0].at)
        parts = [together if each is denied[0] else each for each in parts if each not in denied[1:]]
    return parts[0] if len(parts) == 1 else AllOf(conditions=tuple(parts), at=at)


def any_of(conditions: Iterable[Condition], *, at: Location | None = None) -> Condition:
    """Return the alternative, flat: one condition is itself, an alternative without a name inside it is part of it."""
    parts: list[Condition] = []
    for each in conditions:
        parts.extend(each.conditions if isinstance(each, AnyOf) and not each.label else (each,))
    return parts[0] if len(parts) == 1 else AnyOf(conditions=tuple(parts), at=at)


def within(name: FieldName, condition: Condition, *, at: Location | None = None) -> Condition:
    """Return a condition within a field. A feed is named by its key or by words of its title."""
    scoped = Within(field=name, condition=condition, at=at)
    if name != "feed":
        return scoped
    keys = tuple(term.text for term in _alternatives(condition))
    return AnyOf(conditions=(scoped, About(aspect="feed", values=keys, at=at)), at=at) if keys else scoped


def _alternatives(condition: Condition) -> Iterator[Term]:
    """Yield the terms of which one is enough."""
    match condition:
        case Term():
            yield condition
        case AnyOf():
            for each in condition.conditions:
                yield from _alternatives(each)


def conjuncts(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that must all hold for this one to hold."""
    return condition.conditions if isinstance(condition, AllOf) else (condition,)


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly below one."""
    match condition:
        case AllOf() | AnyOf() | NoneOf() | AtLeast() | Near() | Same() | Score():
            return condition.conditions
        case Within() | Count():
            return (condition.condition,)
        case _:
            return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """Yield a condition and everything below it, in the order written."""
    yield condition
    for child in children(condition):
        yield from walk(child)


def is_positive(condition: Condition) -> bool:
    """Return whether something must be there for the condition to hold; only then can it carry a rule."""
    match condition:
        case NoneOf():
            return False
        case AllOf():
            return any(map(is_positive, condition.conditions))
        case AnyOf() | AtLeast():
            return all(map(is_positive, condition.conditions))
        case Within():
            return is_positive(condition.condition)
        case _:
            return True


def is_group(condition: Condition) -> bool:
    """Return whether a condition stands for places in the text, as operands of near do: terms, names, any of them."""
    match condition:
        case Term() | Place():
            return True
        case AnyOf():
            return all(map(is_group, condition.conditions))
        case Within():
            return is_group(condition.condition)
        case _:
            return False


def digest(condition: Condition) -> str:
    """Return a hash of what the condition means, the same as long as no word, list or place in it changes."""
    lines: list[str] = []
    _write(condition, lines)
    return hashlib.blake2b("\n".join(lines).encode(), digest_size=8).hexdigest()


def version_of(terms: Iterable[Term]) -> str:
    """Return a hash of the terms of a list."""
    return hashlib.blake2b("\n".join(map(repr, terms)).encode(), digest_size=8).hexdigest()


def _write(node: Condition, lines: list[str]) -> None:
    if isinstance(node, Term):
        lines.append(f"{node.text!r} {node.label!r} {node.exact:d}{node.open_start:d}{node.open_end:d}{node.stem:d}")
        return
    # A list of thousands is in many rules; its hash is made once.
    below = () if isinstance(node, AnyOf) and node.version else children(node)
    # The parentheses of the tree are in the number of children, which follow in order.
    lines.append(f"{type(node).__name__} {_own(node)} {len(below)}")
    for child in below:
        _write(child, lines)


def _own(node: Condition) -> str:
    """Return what a node says beside its children."""
    match node:
        case Place():
            return f"{node.label} {node.names.version}"
        case About() | Regex():
            return repr(node)
        case Within():
            return node.field
        case AtLeast() | Count():
            return str(node.count)
        case Near():
            return f"{node.within} {node.ordered}"
        case Same():
            return node.unit
        case Score():
            return f"{node.at_least} {node.weights} {node.title_factor}"
        case AnyOf():
            return f"{node.label} {node.version}"
        case AllOf() | NoneOf() | Term():
            return ""
