"""Why two texts are joined or not, for people: each figure of the gates, and the value that turns their answer. Pure.

The values are not written down a second time: the gate itself is asked, with one figure changed after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from typing import Generic, TypeVar

from monitor.remembered import Story, Terms, TextPrint
from monitor.stories.frequencies import Frequencies
from monitor.stories.same_story import Comparison, CopyVerdict, compare, copy_score, rule_that_holds
from monitor.stories.story_match import Likeness, likeness, tells_same

_STEPS = 10  # of halving: to the permille

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One thing that a gate looks at: a share, 0..1, or a number of words."""

    name: str
    value: float | None  # None: unknown, such as the overlap of titles where there is one title
    turns: float | None  # how far it may fall if the answer is yes, what it must reach if no; None: it does not decide
    at_least: bool  # the gate wants it high; else low
    is_share: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAnswer:
    """What the copy gate says of two texts."""

    verdict: CopyVerdict
    figures: tuple[Figure, ...]
    is_all_needed: bool = False  # of a no: all figures that decide must turn, not one of them


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryAnswer:
    """What the gate of stories says of a text and a story."""

    tells_same: bool
    figures: tuple[Figure, ...]
    is_all_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knob(Generic[S]):
    """A figure that can be turned to other values while all others stay."""

    name: str
    value: Callable[[S], float | None]
    turned: Callable[[S, float], S]
    at_least: bool
    most: float = 1.0  # it counts from 0 to that

    @property
    def best(self) -> float:
        """The end at which the gate likes it best."""
        return self.most if self.at_least else 0.0

    @property
    def worst(self) -> float:
        """The other end."""
        return 0.0 if self.at_least else self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """A text that has met a story."""

    found: Likeness
    words: int
    verdicts: tuple[CopyVerdict, ...]


def explain_copy(one: TextPrint, other: TextPrint) -> CopyAnswer:
    """Return what makes two texts copies, or keeps them apart; without figures if one has too little text."""
    verdict = copy_score(one, other)
    if not one.sequence or not other.sequence:
        return CopyAnswer(verdict=verdict, figures=())
    is_settled = verdict.rule in ("stub", "round-up", "other-headline")  # no figure turns that

    def holds(seen: Comparison) -> bool:
        """Return the gate's answer."""
        return not is_settled and rule_that_holds(seen, is_series=False) != "none"

    figures, is_all_needed = _figures(_COPY_KNOBS, compare(one, other), holds)
    return CopyAnswer(verdict=verdict, figures=figures, is_all_needed=is_all_needed)


def explain_story(
    terms: Terms,
    story: Story,
    frequencies: Frequencies,
    *,
    words: int,
    verdicts: Sequence[CopyVerdict],
    now: datetime,
) -> StoryAnswer:
    """Return what makes a text tell the event of a story, or keeps them apart.

    Args:
        terms: of the text.
        story: as it is without the text.
        frequencies: those by which words are weighed.
        words: how many the text has.
        verdicts: of the copy gate, on the text and those of the story.
        now: when the text came.
    """

    def holds(seen: _Met) -> bool:
        """Return the gate's answer."""
        return tells_same(seen.found, terms, story, words=seen.words, verdicts=seen.verdicts)

    met = _Met(found=likeness(terms, story, frequencies, now=now), words=words, verdicts=tuple(verdicts))
    figures, is_all_needed = _figures(_STORY_KNOBS, met, holds)
    return StoryAnswer(tells_same=holds(met), figures=figures, is_all_needed=is_all_needed)


def _figures(knobs: Sequence[_Knob[S]], seen: S, holds: Callable[[S], bool]) -> tuple[tuple[Figure, ...], bool]:
    """Return all figures, and whether those that decide must all turn."""
    known = [knob for knob in knobs if knob.value(seen) is not None]
    deciding, is_all_needed = _deciding(known, seen, holds)
    figures = []
    for knob in knobs:
        # Of several that must turn, each is looked at with the others at their best.
        others = [each for each in deciding if each is not knob] if is_all_needed else []
        turns = _turning_point(knob, _at_best(others, seen), holds) if knob in deciding else None
        figures.append(
            Figure(
                name=knob.name,
                value=knob.value(seen),
                turns=turns,
                at_least=knob.at_least,
                is_share=knob.most == 1,
            )
        )
    return tuple(figures), is_all_needed


def _deciding(knobs: Sequence[_Knob[S]], seen: S, holds: Callable[[S], bool]) -> tuple[tuple[_Knob[S], ...], bool]:
    """Return the figures that each alone turn the answer, else the fewest that turn a no together."""
    if holds(seen):
        return tuple(knobs), False
    alone = tuple(knob for knob in knobs if holds(_at_best([knob], seen)))
    if alone:
        return alone, False
    for size in range(2, len(knobs) + 1):
        for together in combinations(knobs, size):
            if holds(_at_best(together, seen)):
                return together, True
    return (), False


def _at_best(knobs: Sequence[_Knob[S]], seen: S) -> S:
    for knob in knobs:
        seen = knob.turned(seen, knob.best)
    return seen


def _turning_point(knob: _Knob[S], seen: S, holds: Callable[[S], bool]) -> float | None:
    """Return the worst value of a figure that is still enough; None if the figure makes no difference."""
    worst, best = knob.worst, knob.best
    if holds(knob.turned(seen, worst)) or not holds(knob.turned(seen, best)):
        return None
    for _ in range(_STEPS):
        middle = (worst + best) / 2
        worst, best = (worst, middle) if holds(knob.turned(seen, middle)) else (middle, best)
    return best


def _with_shared(seen: Comparison, share: float) -> Comparison:
    # The texts' lengths stay, so the overlap of both together follows from what the shorter one shares.
    longer = 1.0 if not seen.containment else max(1.0, seen.containment / seen.jaccard - 1 + seen.containment)
    return replace(seen, containment=share, jaccard=share / (1 + longer - share))


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


_COPY_KNOBS: tuple[_Knob[Comparison], ...] = (
    _Knob(
        name="words of the shorter text that stand in the longer",
        value=lambda seen: seen.containment,
        turned=_with_shared,
        at_least=True,
    ),
    _Knob(
        name="its figures that the longer text lacks",
        value=lambda seen: seen.lost_numbers,
        turned=lambda seen, share: _with_facts(seen, numbers=share, names=seen.lost_names),
        at_least=False,
    ),
    _Knob(
        name="its names that the longer text lacks",
        value=lambda seen: seen.lost_names,
        turned=lambda seen, share: _with_facts(seen, numbers=seen.lost_numbers, names=share),
        at_least=False,
    ),
    _Knob(
        name="words of the shorter headline in the other",
        value=lambda seen: seen.titles,
        turned=lambda seen, share: replace(seen, titles=share),
        at_least=True,
    ),
)


def _alike(name: str, part: str, *, at_least: bool) -> _Knob[_Met]:
    """Return a knob for one part of the likeness."""

    def value(seen: _Met) -> float:
        """Return the figure."""
        share: float = getattr(seen.found, part)
        return share

    def turned(seen: _Met, share: float) -> _Met:
        """Return what was met, with another figure."""
        return replace(seen, found=replace(seen.found, **{part: share}))

    return _Knob(name=name, value=value, turned=turned, at_least=at_least)


def _lost(verdicts: Sequence[CopyVerdict]) -> float | None:
    return max((max(verdict.lost_numbers, verdict.lost_names) for verdict in verdicts), default=None)


def _losing(verdicts: Sequence[CopyVerdict], share: float) -> tuple[CopyVerdict, ...]:
    return tuple(
        replace(verdict, lost_numbers=min(share, verdict.lost_numbers), lost_names=min(share, verdict.lost_names))
        for verdict in verdicts
    )


_STORY_KNOBS: tuple[_Knob[_Met], ...] = (
    _alike("likeness, less with each day between them", "score", at_least=True),
    _alike("likeness of their names", "names", at_least=True),
    _alike("likeness of their figures", "numbers", at_least=True),
    _alike("likeness of their other words", "words", at_least=False),
    _Knob(
        name="figures or names of shared sentences that one lacks",
        value=lambda seen: _lost(seen.verdicts),
        turned=lambda seen, share: replace(seen, verdicts=_losing(seen.verdicts, share)),
        at_least=False,
    ),
    _Knob(
        name="words of the text",
        value=lambda seen: seen.words,
        turned=lambda seen, words: replace(seen, words=round(words)),
        at_least=True,
        most=1_000,
    ),
)
