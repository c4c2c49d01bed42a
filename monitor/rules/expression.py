"""The condition of a rule as a tree of frozen values: conditions.py makes them, compile.py makes them run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from monitor.model import ArticleField
from monitor.rules.gazetteer import PlaceNames

FieldName: TypeAlias = ArticleField | Literal["lead"]
"""A field of an article, or lead: title, summary and the first 80 words of the text."""

Aspect: TypeAlias = Literal["language", "source", "feed", "tags"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words in a row. `label` is what evidence calls it: the term as written, or the name it is an alias of."""

    text: str
    label: str
    exact: bool = False  # =TERM: this case and form only
    open_start: bool = False  # *TERM: any beginning of the word
    open_end: bool = False  # TERM*: any continuation of the word


def make_term(text: str, *, label: str = "") -> Term:
    """Return the term that `text` writes: words, with = before them for exact case, * at an end for an open word."""
    words = text.removeprefix("=")
    return Term(
        text=words.removeprefix("*").removesuffix("*").strip(),
        label=label or text,
        exact=text.startswith("="),
        open_start=words.startswith("*"),
        open_end=words.endswith("*") and len(words) > 1,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A country or region: any of its names counts, weak ones only with a hint."""

    label: str  # region:middle-east
    names: PlaceNames


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A property of the article itself; holds if it has one of the values. Leaves no evidence."""

    aspect: Aspect
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The condition, with its terms looked for in one field only. Without it: in title, summary and text."""

    field: FieldName
    condition: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Every one must hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one must hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneOf:
    """None may hold."""

    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` different ones must hold, however often each occurs."""

    count: int
    conditions: tuple[Condition, ...]


Condition: TypeAlias = Term | Place | About | Within | AllOf | AnyOf | NoneOf | AtLeast


def children(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions directly below one."""
    match condition:
        case AllOf() | AnyOf() | NoneOf() | AtLeast():
            return condition.conditions
        case Within():
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


def digest(condition: Condition) -> str:
    """Return a hash of what the condition means, the same as long as no word, list or place in it changes."""
    hashed = hashlib.blake2b(digest_size=8)
    for node in walk(condition):
        # The parentheses of the tree are in the number of children, which follow in order.
        below = len(children(node))
        match node:
            case Place():
                hashed.update(f"Place {node.label} {node.names.version}\n".encode())
            case Term() | About():
                hashed.update(f"{node!r}\n".encode())
            case Within():
                hashed.update(f"Within {node.field}\n".encode())
            case AtLeast():
                hashed.update(f"AtLeast {node.count} {below}\n".encode())
            case AllOf() | AnyOf() | NoneOf():
                hashed.update(f"{type(node).__name__} {below}\n".encode())
    return hashed.hexdigest()
