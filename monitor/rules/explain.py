"""Why a rule holds for an article, or what it lacks: the condition as a tree, each node with what was found of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.model import Article, Evidence
from monitor.rules.compile import Program
from monitor.rules.expression import (
    About,
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    Count,
    Near,
    NoneOf,
    Place,
    Regex,
    Same,
    Score,
    Term,
    Within,
    children,
)
from monitor.rules.match import evidence_of
from monitor.rules.plan import NearPlan, ScorePlan
from monitor.rules.reading import Reading

MOST_TERMS = 6  # of a long list of terms that a line names


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A node of a condition: what it asks for, whether it holds, the words that say so, and a note on how far it is."""

    asks: str
    holds: bool
    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    parts: tuple[Explained, ...] = ()


def explain(condition: Condition, article: Article, *, street_words: frozenset[str] = frozenset()) -> Explained:
    """Return the tree of a condition as it holds, or not, for an article."""
    return _Explainer(condition, article, street_words).explained()


def nearest_miss(tree: Explained, condition: Condition) -> str:
    """Return in words what is missing for the rule to hold; empty if it holds."""
    if tree.holds:
        return ""
    match condition:
        case AllOf():
            return _miss_of_all(tree, condition)
        case AnyOf() if tree.parts:
            # Of several ways to hold, the one that is closest.
            ways = list(zip(tree.parts, condition.conditions, strict=True))
            part, way = max(ways, key=lambda pair: _share(pair[0]))
            return nearest_miss(part, way)
        case Within() if tree.parts:
            return f"{nearest_miss(tree.parts[0], condition.condition)}, in the {condition.field}"
        case _:
            return f"lacks {_lack(condition, tree)}"


def _miss_of_all(tree: Explained, condition: AllOf) -> str:
    pairs = list(zip(condition.conditions, tree.parts, strict=True))
    lacking = [_lack(node, part) for node, part in pairs if not part.holds and not isinstance(node, NoneOf)]
    vetoes = [inner for node, part in pairs if isinstance(node, NoneOf) for inner in part.parts if inner.holds]
    told = [f"lacks {' and '.join(lacking)}"] if lacking else []
    if vetoes:
        told.append(f"vetoed by {', '.join(_words(inner) or inner.asks for inner in vetoes)}")
    groups = [part for node, part in pairs if not isinstance(node, NoneOf)]
    found = sum(part.holds for part in groups)
    return "; ".join([*told, f"{found} of {len(groups)} groups found"])


def _lack(node: Condition, part: Explained) -> str:
    if isinstance(node, Within) and part.parts:
        return f"{_lack(node.condition, part.parts[0])} in the {node.field}"
    missing = [(child, each) for child, each in zip(children(node), part.parts, strict=False) if not each.holds]
    if isinstance(node, AnyOf) and part.parts:
        each, child = max(zip(part.parts, node.conditions, strict=True), key=lambda pair: _share(pair[0]))
        if _share(each):
            return _lack(child, each)
    if isinstance(node, Near | Same) and missing:
        return " and ".join(_lack(child, each) for child, each in missing)
    return f"{part.asks} ({part.note})" if part.note else part.asks


def _share(part: Explained) -> float:
    """Return how much of a node holds, from 0 to 1."""
    if part.holds or not part.parts:
        return float(part.holds)
    return sum(map(_share, part.parts)) / len(part.parts)


def _words(part: Explained) -> str:
    if not part.evidence and part.parts:
        return ", ".join(filter(None, map(_words, part.parts)))
    return ", ".join(dict.fromkeys(f'"{each.text}" in the {each.field}' for each in part.evidence))


class _Explainer:
    """Compiles every node of a condition as one of its own, and asks them all about one article."""

    def __init__(self, condition: Condition, article: Article, street_words: frozenset[str]) -> None:
        nodes = list(_scoped(condition, None))
        program = Program([scoped for _, scoped in nodes], street_words=street_words)
        self._condition = condition
        self._reading: Reading = program.read(article)
        self._plans = {id(node): program.plan(number) for number, (node, _) in enumerate(nodes)}

    def explained(self) -> Explained:
        """Return the tree with what holds."""
        return self._node(self._condition)

    def _node(self, node: Condition) -> Explained:
        plan = self._plans[id(node)]
        holds = plan.holds(self._reading)
        is_leaf = _is_leaf(node)
        return Explained(
            asks=asks(node),
            holds=holds,
            evidence=evidence_of(plan.found(self._reading), self._reading) if holds and is_leaf else (),
            note=self._note(node, holds=holds),
            parts=() if is_leaf else tuple(self._node(child) for child in children(node)),
        )

    def _note(self, node: Condition, *, holds: bool) -> str:
        """Return how far a node is from what it asks for, where that is a number or a property."""
        article, plan = self._reading.article, self._plans[id(node)]
        match node:
            case AtLeast():
                return f"{sum(self._plans[id(each)].holds(self._reading) for each in node.conditions)} found"
            case Count():
                part = self._plans[id(node.condition)]
                found = list(part.found(self._reading)) if part.holds(self._reading) else []
                return f"{len(evidence_of(found, self._reading))} found"
            case Score() if isinstance(plan, ScorePlan):
                return f"reaches {plan.score(self._reading):g}"
            case Near() if isinstance(plan, NearPlan) and not holds:
                distance = plan.distance(self._reading)
                return f"the nearest are {distance:g} words apart" if distance is not None else ""
            case About() if not holds:
                mine = {
                    "language": article.language,
                    "source": article.source,
                    "feed": article.feed or "",
                    "tags": ", ".join(article.tags),
                }[node.aspect]
                return f"the article has {mine}" if mine else "the article has none"
            case AnyOf() if node.label and not holds:
                return _alternatives(node)
            case Place() if not holds and not plan.groups()[0].isdisjoint(self._reading.terms):
                return "a name is there, but it may be another: a person, a street, a namesake"
            case _:
                return ""


def _scoped(node: Condition, scope: Within | None) -> Iterator[tuple[Condition, Condition]]:
    """Yield each node with the same within the field in which it stands."""
    yield node, Within(field=scope.field, condition=node) if scope and not isinstance(node, Within) else node
    inner = node if isinstance(node, Within) else scope
    if not _is_leaf(node):
        for child in children(node):
            yield from _scoped(child, inner)


def _is_leaf(node: Condition) -> bool:
    """Return whether a node is shown on one line: nothing below it, or nothing but terms."""
    if isinstance(node, AnyOf):
        return bool(node.label) or all(isinstance(each, Term) for each in node.conditions)
    return not children(node) or (isinstance(node, Within) and _is_leaf(node.condition))


def asks(node: Condition) -> str:
    """Return what a node asks for, on one line."""
    match node:
        case Term():
            return node.label
        case Place():
            return node.label
        case Regex():
            return f"regex:{node.pattern}"
        case About():
            return f"{node.aspect}: {' or '.join(node.values)}"
        case Within():
            inner = asks(node.condition)
            return f"{node.field}: {inner}" if _is_leaf(node.condition) else f"in {node.field}"
        case AnyOf():
            return _asks_any(node)
        case Count():
            return f"at least {node.count} times {asks(node.condition)}"
        case _:
            return _asks_several(node)


def _asks_any(node: AnyOf) -> str:
    return node.label or f"any of {_alternatives(node)}"


def _alternatives(node: AnyOf) -> str:
    names = list(dict.fromkeys(map(asks, node.conditions)))
    more = f"|… ({len(names)})" if len(names) > MOST_TERMS else ""
    return f"{'|'.join(names[:MOST_TERMS])}{more}"


def _asks_several(node: AllOf | NoneOf | AtLeast | Near | Same | Score) -> str:
    match node:
        case AllOf():
            return f"all of {len(node.conditions)}"
        case NoneOf():
            return f"none of {', '.join(map(asks, node.conditions))}"
        case AtLeast():
            return f"at least {node.count} of {len(node.conditions)}"
        case Near():
            order = ", in this order" if node.ordered else ""
            return f"near: {_joined(node.conditions)} within {node.within} words{order}"
        case Same():
            return f"{_joined(node.conditions)} in the same {node.unit}"
        case Score():
            return f"a score of at least {node.at_least:g}"


def _joined(conditions: Sequence[Condition]) -> str:
    return " + ".join(f"({asks(each).removeprefix('any of ')})" for each in conditions)
