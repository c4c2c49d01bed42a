"""Conditions as rule files write them, into trees. Everything that is wrong is noted with its place; nothing raises."""

from __future__ import annotations

import re
from collections.abc import Iterable

from monitor.config import yaml_marks
from monitor.config.expect import check_keys, expect_int, expect_scalar, note
from monitor.config.spelling import nearest, quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Location
from monitor.rules.expression import AnyOf, AtLeast, Condition, FieldName, NoneOf, all_of, any_of, is_positive, within
from monitor.rules.leaves import ASPECTS, FIELDS, LEAVES, Names, Reader, read_term
from monitor.rules.operators import count_reader, make_same, near_reader, score_reader
from monitor.rules.query import read_query

GROUPS = ("all", "any", "none")
COUNTED = ("at_least", "same")  # what they are of stands beside them
_PREFIX = re.compile(r"([a-z_-]+):(?=\S)")


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
    if isinstance(condition, AnyOf) and any(map(is_positive, condition.conditions)):
        message = "this holds for each article without what one of its conditions denies"
        note(names.problems, at, message, "put what must not be there beside the others: all: […], none: […]")
    else:
        hint = "add what must be there: all, any, or a term"
        note(names.problems, at, "this condition only says what must not be there", hint)
    return False


def _read_text(node: Scalar, names: Names) -> Condition | None:
    """Return what a string means: an operator and its argument, or a term."""
    text = node.text.strip()
    prefix = _PREFIX.match(text)
    if prefix is None:
        return read_term(node, names)
    word = prefix[1]
    rest = Scalar(text[prefix.end() :].strip(), node.at, plain=False)
    if word in SHORT:
        inner = _PREFIX.match(rest.text) if word in FIELDS else None
        if inner is not None and inner[1] in FIELDS:
            hint = f"a term is looked for in one field: write {quoted(rest.text)}"
            note(names.problems, node.at, f"two fields before the term in {quoted(text)}", hint)
            return None
        return _OPERATORS[word](rest, names)
    if word in OPERATORS:
        hint = f"write a space after the colon: {quoted(f'{word}: {rest.text}')}"
        note(names.problems, node.at, f"{quoted(f'{word}:')} without a space after it is text", hint)
        return None
    near = nearest(word, SHORT)
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
    meant = check_keys(node, OPERATORS, names.problems, what="a condition", or_text=True)
    if meant is not node:
        # Only to show what else is wrong.
        if len(meant):
            _read_mapping(meant, names)
        return None
    read = [_read_pair(node, key, value, names) for key, value in node.items() if key.text != "of"]
    if "of" in node and not any(name in node for name in COUNTED):
        key = node.key("of") or node
        note(names.problems, key.at, '"of" without "at_least" or "same"', "write at_least: 2 beside it, or use any")
        return None
    conditions = [condition for condition in read if condition]
    if len(conditions) < len(read) or not conditions:
        return None
    return all_of(conditions, at=node.at)


def _read_pair(node: yaml_marks.Mapping, key: Scalar, value: Node, names: Names) -> Condition | None:
    if key.text in _OPERATORS:
        return _OPERATORS[key.text](value, names)
    of = node.get("of")
    if of is None:
        note(names.problems, key.at, f'{quoted(key.text)} without "of"', "write of: [condition, …] beside it")
        return None
    if all(name in node for name in COUNTED):
        hint = f"put one of them into a condition of its own: all: [{{{key.text}: …, of: […]}}, …]"
        note(names.problems, key.at, 'at_least and same with one "of"', hint)
        return None
    operands = _read_many(of, names, what="of")
    if operands is None:
        return None
    return make_same(value, operands, names) if key.text == "same" else _make_at_least(value, operands, names)


def _make_at_least(node: Node, conditions: tuple[Condition, ...], names: Names) -> Condition | None:
    count = expect_int(node, names.problems, what="at_least", minimum=1)
    if count is None:
        return None
    if count > len(conditions):
        message = f"at_least {count} of {len(conditions)} can never hold"
        note(names.problems, node.at, message, "ask for fewer, or add conditions")
        return None
    return AtLeast(count=count, conditions=conditions, at=node.at)


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
    return all_of(conditions, at=node.at) if conditions else None


def _read_any(node: Node, names: Names) -> Condition | None:
    conditions = _read_many(node, names, what="any")
    return any_of(conditions, at=node.at) if conditions else None


def _read_none(node: Node, names: Names) -> Condition | None:
    conditions = _read_many(node, names, what="none")
    return NoneOf(conditions=conditions, at=node.at) if conditions else None


def _read_of(node: Node, names: Names) -> tuple[Condition, ...] | None:
    return _read_many(node, names, what="of")


def _read_query(node: Node, names: Names) -> Condition | None:
    scalar = expect_scalar(node, names.problems, what="query")
    return read_query(scalar, names, _read_text) if scalar is not None else None


def _within(name: FieldName) -> Reader:
    def read(node: Node, names: Names) -> Condition | None:
        """Read a condition whose terms are looked for in this field only."""
        inner = _read_any(node, names) if isinstance(node, yaml_marks.Sequence) else read_condition(node, names)
        return within(name, inner, at=node.at) if inner is not None else None

    return read


_OPERATORS: dict[str, Reader] = {
    "all": _read_all,
    "any": _read_any,
    "none": _read_none,
    "near": near_reader(read_condition, _read_of),
    "count": count_reader(read_condition),
    "score": score_reader(read_condition),
    "query": _read_query,
    **{name: _within(name) for name in FIELDS},
    **LEAVES,
}
OPERATORS = (*GROUPS, *COUNTED, "of", *(name for name in _OPERATORS if name not in GROUPS))
"""All keys that a condition may have."""
SHORT = (*FIELDS, *(name for name in LEAVES if name not in ASPECTS), *(name for name in ASPECTS if name != "feed"))
"""The operators that may stand before a colon inside a string: title:TERM, list:NAME."""
