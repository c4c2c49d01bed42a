"""Why two texts are copies or not, for people: each figure, and the value at which the answer would turn. Pure.

The values are not written down a second time: the gate itself is asked, with one figure changed after the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from monitor.remembered import TextPrint
from monitor.stories.same_story import Comparison, CopyVerdict, compare, copy_score, rule_that_holds

_STEPS = 7  # of halving: to the percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that the gate looks at. Shares are 0..1."""

    name: str
    value: float | None  # None: unknown, such as the overlap of titles where there is one title
    turns: float | None  # the value at which this figure alone turns the answer; None: it cannot
    at_least: bool  # the gate wants it high; else low


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAnswer:
    """What the gate says of two texts."""

    verdict: CopyVerdict
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knob:
    """A figure that can be turned from the worst (0) to the best (1) while all others stay."""

    name: str
    value: Callable[[Comparison], float | None]
    turned: Callable[[Comparison, float], Comparison]
    at_least: bool


def explain_copy(one: TextPrint, other: TextPrint) -> GateAnswer:
    """Return what makes two texts copies, or keeps them apart; without figures if one has too little text."""
    verdict = copy_score(one, other)
    if not one.sequence or not other.sequence:
        return GateAnswer(verdict=verdict, figures=())
    seen = compare(one, other)
    return GateAnswer(verdict=verdict, figures=tuple(_figure(knob, seen, verdict) for knob in _KNOBS))


def _figure(knob: _Knob, seen: Comparison, verdict: CopyVerdict) -> Figure:
    value = knob.value(seen)
    turns = None if value is None or verdict.rule in ("stub", "round-up") else _turning_point(knob, seen)
    return Figure(name=knob.name, value=value, turns=turns, at_least=knob.at_least)


def _turning_point(knob: _Knob, seen: Comparison) -> float | None:
    """Return the least that is enough of a figure, as the figure counts; None if it makes no difference."""
    low, high = 0.0, 1.0
    if _holds(knob.turned(seen, low)) or not _holds(knob.turned(seen, high)):
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if _holds(knob.turned(seen, middle)) else (middle, high)
    return knob.value(knob.turned(seen, high))


def _holds(seen: Comparison) -> bool:
    return rule_that_holds(seen, is_series=False) != "none"


def _with_shared(seen: Comparison, share: float) -> Comparison:
    # The texts' lengths stay, so the overlap of both together follows from what the shorter one shares.
    longer = 1.0 if not seen.containment else max(1.0, seen.containment / seen.jaccard - 1 + seen.containment)
    return replace(seen, containment=share, jaccard=share / (1 + longer - share))


def _with_numbers(seen: Comparison, kept: float) -> Comparison:
    return _with_facts(seen, numbers=1 - kept, names=seen.lost_names)


def _with_names(seen: Comparison, kept: float) -> Comparison:
    return _with_facts(seen, numbers=seen.lost_numbers, names=1 - kept)


def _with_facts(seen: Comparison, *, numbers: float, names: float) -> Comparison:
    # How many of the facts are numbers follows from the three shares, unless they are all the same.
    apart = seen.lost_numbers - seen.lost_names
    count = (seen.lost_facts - seen.lost_names * seen.facts) / apart if apart else seen.facts / 2
    return replace(
        seen,
        lost_numbers=numbers,
        lost_names=names,
        lost_facts=round(numbers * count + names * (seen.facts - count)),
    )


_KNOBS = (
    _Knob(
        name="words of the shorter text that stand in the longer",
        value=lambda seen: seen.containment,
        turned=_with_shared,
        at_least=True,
    ),
    _Knob(
        name="figures of the shorter text that the longer lacks",
        value=lambda seen: seen.lost_numbers,
        turned=_with_numbers,
        at_least=False,
    ),
    _Knob(
        name="names of the shorter text that the longer lacks",
        value=lambda seen: seen.lost_names,
        turned=_with_names,
        at_least=False,
    ),
    _Knob(
        name="words of the shorter headline in the other",
        value=lambda seen: seen.titles,
        turned=lambda seen, share: replace(seen, titles=share),
        at_least=True,
    ),
)
