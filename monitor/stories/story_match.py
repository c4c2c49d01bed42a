"""Does an article tell the event of a story in other words? What both share, and what speaks against it. Pure.

A wrong yes is a lost alert, a wrong no is one alert too many: every threshold leans to no. Source: single-pass
clustering by tf-idf, Allan, Papka and Lavrenko, "On-line new event detection and tracking", 1998; the thresholds were
chosen on labelled news of pairs of alike events and on wire stories written to a template.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.model import StoryId
from monitor.remembered import Story, Terms
from monitor.stories.frequencies import Frequencies
from monitor.stories.same_story import CopyVerdict
from monitor.stories.terms import NAME, NUMBER, WORD, kind

THRESHOLD = 0.29
HEAVY_TERMS = 20  # by which the store finds the stories to compare with
STORY_REST = timedelta(days=3)  # after it a story is over, ...
STORY_LIFETIME = timedelta(days=7)  # ... and after that in any case
_FADING = timedelta(hours=168)  # in which likeness falls to 1/e: news of an event come close together
# Two quakes, two verdicts, two results are told in the same plain words: these count against. Where a text shows no
# names, names cannot be told from them, and what news of one event usually share is taken off.
_AGAINST = 0.20
_USUAL = 0.05

_MIN_WORDS = 20  # in fewer chance decides
_SHORT, _LONG = 60, 150  # words of a text: a template is short
_LEAST_SHORT_WORDS = 0.25  # of plain words: below it a short text shares only the names
_MIN_TERMS = 12  # of a story: fewer are a headline's

_MOST_TERMS, _KEPT_TERMS = 300, 100  # of a centroid

# A template's sentences are the same, its facts are not: the plain words alone of such texts are alike from .8 on, of
# one event in other words from .2 to .6. That stays so when the story has more texts, each in words of its own.
_TEMPLATE_WORDS, _TEMPLATE_NAMES, _TEMPLATE_NUMBERS = 0.65, 0.50, 0.80
# Alike to a lesser degree, what the copy gate saw decides.
_MAYBE_TEMPLATE = 0.50
_TEMPLATE_OVERLAP, _SHORT_OVERLAP = 0.30, 0.12
_TEMPLATE_LOSS = 0.20


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How much a text has in common with a story: cosines, 0..1; those of a kind are 1 where both have none of it."""

    score: float  # what decides: the cosine of all terms less a share of the next, faded with the story's rest
    words: float  # of plain words alone
    names: float
    numbers: float


def likeness(terms: Terms, story: Story, frequencies: Frequencies, *, now: datetime) -> Likeness:
    """Return how much a text has in common with a story."""
    ours, theirs = frequencies.weigh(terms.weights), frequencies.weigh(story.centroid)
    our_kinds, their_kinds = _by_kind(ours), _by_kind(theirs)
    words = _cosine(our_kinds[WORD], their_kinds[WORD])
    against = _AGAINST * words if our_kinds[NAME] and their_kinds[NAME] else _USUAL
    return Likeness(
        score=(_cosine(ours, theirs) - against) * _faded(story, now),
        words=words,
        names=_cosine_of_few(our_kinds[NAME], their_kinds[NAME]),
        numbers=_cosine_of_few(our_kinds[NUMBER], their_kinds[NUMBER]),
    )


def may_tell_same(terms: Terms, stories: Iterable[Story], frequencies: Frequencies, *, now: datetime) -> list[Story]:
    """Return those of some stories whose likeness to a text is worth finding out: they are open and share enough."""
    ours, length = frequencies.weigh(terms.weights), frequencies.length(terms.weights)
    found = []
    for story in stories:
        common = ours.keys() & story.centroid.keys()
        shared = sum(ours[term] * story.centroid[term] * frequencies.idf(term) for term in common)
        enough = THRESHOLD * length * frequencies.length(story.centroid)
        is_open = now - story.last < STORY_REST and now - story.first < STORY_LIFETIME
        if is_open and shared * _faded(story, now) >= enough > 0:
            found.append(story)
    return found


def _faded(story: Story, now: datetime) -> float:
    return math.exp(-(max(timedelta(0), now - story.last) / _FADING))


def tells_same(found: Likeness, terms: Terms, story: Story, *, words: int, verdicts: Iterable[CopyVerdict]) -> bool:
    """Return whether a text tells the event of a story.

    Args:
        found: what both have in common.
        terms: those of the text.
        story: the one that it may join.
        words: how many the text has.
        verdicts: what the copy gate said of the text and others, of this story or not: one that shows it to be written
            on a template is enough.
    """
    if words < _MIN_WORDS or len(story.centroid) < _MIN_TERMS or found.score < THRESHOLD:
        return False
    # Who rules, speaks and decides is named in every text about them: in a short one the other words tell the event.
    if words < _SHORT and found.words < _LEAST_SHORT_WORDS:
        return False
    has_other_facts = found.names < _TEMPLATE_NAMES or found.numbers < _TEMPLATE_NUMBERS
    if found.words >= _TEMPLATE_WORDS and has_other_facts:
        return False
    compared = list(verdicts)
    if any(verdict.rule == "other-headline" for verdict in compared):
        return False
    return found.words < _MAYBE_TEMPLATE or not any(_is_template(verdict, words=words) for verdict in compared)


def _is_template(verdict: CopyVerdict, *, words: int) -> bool:
    """Return whether two short texts share sentences, but not the figures or names in them."""
    overlap = _SHORT_OVERLAP if words < _SHORT else _TEMPLATE_OVERLAP
    has_other_facts = max(verdict.lost_numbers, verdict.lost_names) > _TEMPLATE_LOSS
    return words < _LONG and verdict.containment >= overlap and has_other_facts


def shared_terms(terms: Terms, story: Story, frequencies: Frequencies, *, most: int) -> tuple[int, ...]:
    """Return the terms that a text shares with a story, those that say most first."""
    theirs = frequencies.weigh(story.centroid)
    ours = frequencies.weigh(terms.weights)
    return tuple(_heaviest({term: ours[term] * theirs[term] for term in ours if term in theirs}, most))


def heaviest(terms: Terms, frequencies: Frequencies) -> tuple[tuple[int, float], ...]:
    """Return the terms that say most of a text, with their share of the squared length of all."""
    weighed = frequencies.weigh(terms.weights)
    total = math.fsum(weight * weight for weight in weighed.values())  # the same in whatever order
    return tuple((term, weighed[term] ** 2 / total) for term in _heaviest(weighed, HEAVY_TERMS) if total)


def opened(id_: StoryId, terms: Terms, now: datetime) -> Story:
    """Return the story that a text opens."""
    return Story(id=id_, centroid=_unit(terms.weights), texts=1, first=now, last=now)


def joined(story: Story, terms: Terms, frequencies: Frequencies, now: datetime) -> Story:
    """Return a story with one more text in its centroid; not for copies, which would pull it to what is copied most."""
    centroid = dict(story.centroid)
    for term, weight in _unit(terms.weights).items():
        centroid[term] = centroid.get(term, 0.0) + weight
    if len(centroid) > _MOST_TERMS:
        kept = _heaviest(frequencies.weigh(centroid), _KEPT_TERMS)
        centroid = {term: centroid[term] for term in kept}
    return replace(story, centroid=centroid, texts=story.texts + 1, last=max(story.last, now))


def _heaviest(weighed: Mapping[int, float], most: int) -> list[int]:
    # By term where the weights are equal, so that it is the same in whatever order they come.
    return [term for _, term in sorted((-weight, term) for term, weight in weighed.items())[:most]]


def _unit(weights: Mapping[int, float]) -> dict[int, float]:
    """Return weights of length 1, so that no text of a story counts more than another."""
    length = math.hypot(*weights.values())
    return {term: weight / length for term, weight in weights.items()} if length else {}


def _cosine(ours: Mapping[int, float], theirs: Mapping[int, float]) -> float:
    lengths = math.hypot(*ours.values()) * math.hypot(*theirs.values())
    shared = math.fsum([ours[term] * theirs[term] for term in ours.keys() & theirs.keys()])
    return shared / lengths if lengths else 0.0


def _cosine_of_few(ours: Mapping[int, float], theirs: Mapping[int, float]) -> float:
    return _cosine(ours, theirs) if ours or theirs else 1.0


def _by_kind(weighed: Mapping[int, float]) -> tuple[dict[int, float], ...]:
    """Return the words that are no names, the names and the numbers."""
    kinds: tuple[dict[int, float], ...] = ({}, {}, {})
    for term, weight in weighed.items():
        kinds[kind(term)][term] = weight
    words, names, _ = kinds
    for name in names:
        words.pop(name ^ NAME, None)
    return kinds
