"""Operators that look at where words stand, and how often: near, same, count, score; read and checked."""

from __future__ import annotations

from collections.abc import Callable

from monitor.config import yaml_marks
from monitor.config.expect import check_keys, describe, expect_bool, expect_int, expect_mapping, note
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Location
from monitor.rules.expression import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    Near,
    Regex,
    Same,
    Score,
    Within,
    is_group,
    is_positive,
)
from monitor.rules.leaves import FIELDS, Names, Reader
from monitor.rules.lexicon import MAX_HITS
from monitor.rules.proximity import MAX_OPERANDS
from monitor.rules.reading import BODY

MAX_WITHIN = 1_000  # words
UNITS = ("sentence", "paragraph")
_GROUPS_HINT = "write a term, a list, a place, or any: […] of them"


def near_reader(read: Reader, read_many: Callable[[Node, Names], tuple[Condition, ...] | None]) -> Reader:
    """Return the reader of `near: {within: N, of: [c…], ordered: true}`; the arguments read its operands."""

    def read_near(node: Node, names: Names) -> Condition | None:
        """Read the conditions of a near."""
        mapping = expect_mapping(node, names.problems, what="near")
        if mapping is None:
            return None
        mapping = check_keys(mapping, ("within", "of", "ordered"), names.problems, what="near")
        within_node, of, ordered_node = mapping.get("within"), mapping.get("of"), mapping.get("ordered")
        if within_node is None or of is None:
            missing = "within" if within_node is None else "of"
            note(names.problems, mapping.at, f'near has no "{missing}"', "near: {within: 10, of: [term, term]}")
            return None
        within = expect_int(within_node, names.problems, what="within", minimum=0, maximum=MAX_WITHIN)
        ordered = expect_bool(ordered_node, names.problems, what="ordered") if ordered_node is not None else False
        operands = read_many(of, names)
        if operands is None or within is None or ordered is None:
            return None
        return make_near(operands, within=within, ordered=ordered, at=node.at, names=names)

    return read_near


def make_near(
    operands: tuple[Condition, ...], *, within: int, ordered: bool, at: Location, names: Names
) -> Near | None:
    """Return near of some operands, or None if they cannot be near one another, which is noted."""
    if not 2 <= len(operands) <= MAX_OPERANDS:
        note(names.problems, at, f"near needs from 2 to {MAX_OPERANDS} conditions, this has {len(operands)}")
        return None
    if not _are_groups(operands, at, names, what="near"):
        return None
    return Near(within=within, conditions=operands, ordered=ordered, at=at)


def make_same(unit: Node, operands: tuple[Condition, ...], names: Names) -> Same | None:
    """Return `same: sentence` or `same: paragraph` of some operands, or None if it can never hold, which is noted."""
    operands = tuple(part for each in operands for part in (each.conditions if isinstance(each, AllOf) else (each,)))
    if not isinstance(unit, Scalar) or unit.text not in UNITS:
        note(names.problems, unit.at, f"same must be sentence or paragraph, found {describe(unit)}")
        return None
    if len(operands) < 2:
        note(names.problems, unit.at, "same needs at least 2 conditions", "write of: [term, term] beside it")
        return None
    if not _are_groups(operands, unit.at, names, what="same"):
        return None
    return Same(unit="sentence" if unit.text == "sentence" else "paragraph", conditions=operands, at=unit.at)


def count_reader(read: Reader) -> Reader:
    """Return the reader of `count: {at_least: N, of: c}`."""

    def read_count(node: Node, names: Names) -> Condition | None:
        """Read the condition of a count."""
        mapping = expect_mapping(node, names.problems, what="count")
        if mapping is None:
            return None
        mapping = check_keys(mapping, ("at_least", "of"), names.problems, what="count")
        count_node, of = mapping.get("at_least"), mapping.get("of")
        if count_node is None or of is None:
            missing = "at_least" if count_node is None else "of"
            note(names.problems, mapping.at, f'count has no "{missing}"', "count: {at_least: 3, of: term}")
            return None
        count = expect_int(count_node, names.problems, what="at_least", minimum=1, maximum=MAX_HITS)
        condition = read(_any_of_node(of), names)
        if condition is None or count is None:
            return None
        if not _can_be_counted(condition):
            note(names.problems, of.at, "count needs something that stands in the text", _GROUPS_HINT)
            return None
        return Count(count=count, condition=condition, at=node.at)

    return read_count


def score_reader(read: Reader) -> Reader:
    """Return the reader of `score: {at_least: N, terms: {term: weight…}, title_factor: 1}`."""

    def read_score(node: Node, names: Names) -> Condition | None:
        """Read the weights of a score."""
        mapping = expect_mapping(node, names.problems, what="score")
        if mapping is None:
            return None
        mapping = check_keys(mapping, ("at_least", "terms", "title_factor"), names.problems, what="score")
        least_node, terms_node, factor_node = (mapping.get(key) for key in ("at_least", "terms", "title_factor"))
        if least_node is None or terms_node is None:
            missing = "at_least" if least_node is None else "terms"
            hint = "score: {at_least: 10, terms: {ceasefire: 5, hostage*: 3}}"
            note(names.problems, mapping.at, f'score has no "{missing}"', hint)
            return None
        at_least = _number(least_node, names, what="at_least")
        factor = _number(factor_node, names, what="title_factor") if factor_node is not None else 1.0
        terms = _read_weights(terms_node, names, read)
        if at_least is None or factor is None or terms is None:
            return None
        if not _can_be_reached(at_least, factor, [weight for _, weight in terms], least_node, factor_node, names):
            return None
        conditions, weights = zip(*terms, strict=True)
        return Score(at_least=at_least, conditions=conditions, weights=weights, title_factor=factor, at=node.at)

    return read_score


def _read_weights(node: Node, names: Names, read: Reader) -> list[tuple[Condition, float]] | None:
    mapping = expect_mapping(node, names.problems, what="terms")
    if mapping is None or not len(mapping):
        if mapping is not None:
            note(names.problems, mapping.at, "score has no terms", "terms: {ceasefire: 5, football: -20}")
        return None
    terms = []
    for key, value in mapping.items():
        condition, weight = read(key, names), _number(value, names, what=f"the weight of {quoted(key.text)}")
        if condition is not None and weight is not None:
            terms.append((condition, weight))
    return terms if len(terms) == len(mapping) else None


def _can_be_reached(
    at_least: float, factor: float, weights: list[float], at_least_node: Node, factor_node: Node | None, names: Names
) -> bool:
    """Note a score that every article has, or none."""
    before = len(names.problems)
    if factor_node is not None and factor <= 0:
        note(names.problems, factor_node.at, f"title_factor must be more than 0, found {factor:g}")
    if at_least <= 0:
        hint = "every article would have it; write more than 0"
        note(names.problems, at_least_node.at, f"a score of at least {at_least:g}", hint)
    most = sum(weight for weight in weights if weight > 0) * max(factor, 1)
    if most < at_least:
        message = f"at_least {at_least:g} can never be reached: all terms together have {most:g}"
        note(names.problems, at_least_node.at, message, "ask for less, or give more weight")
    return len(names.problems) == before


def _number(node: Node, names: Names, *, what: str) -> float | None:
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    note(names.problems, node.at, f"{what} must be a number, found {describe(node)}")
    return None


def _any_of_node(node: Node) -> Node:
    """Return a list as the `any` of it: of is a condition here, and a list of terms can mean nothing else."""
    if isinstance(node, yaml_marks.Sequence):
        return yaml_marks.Mapping(((Scalar("any", node.at), node),), node.at)
    return node


def _are_groups(operands: tuple[Condition, ...], at: Location, names: Names, *, what: str) -> bool:
    """Note operands that have no place in the text, or none in a common field."""
    for operand in operands:
        if not is_group(operand):
            message = f"{what} looks at where words stand: this condition of it has no place in the text"
            note(names.problems, operand.at or at, message, _GROUPS_HINT)
            return False
    if not frozenset(FIELDS).intersection(*(_fields(each, None) for each in operands)):
        message = f"the conditions of {what} look in different fields, so they never meet"
        note(names.problems, at, message, f"put the field around it: title: {{{what}: …}}")
        return False
    return True


def _fields(condition: Condition, inside: str | None) -> frozenset[str]:
    """Return the fields in which a group of terms may be found."""
    match condition:
        case Within():
            return _fields(condition.condition, condition.field)
        case AnyOf():
            return frozenset().union(*(_fields(each, inside) for each in condition.conditions))
        case _:
            return frozenset(BODY if inside in (None, "lead") else (inside,))


def _can_be_counted(condition: Condition) -> bool:
    return is_positive(condition) and (
        is_group(condition)
        or isinstance(condition, Regex)
        or (isinstance(condition, AnyOf) and all(map(_can_be_counted, condition.conditions)))
        or (isinstance(condition, Within) and _can_be_counted(condition.condition))
    )
