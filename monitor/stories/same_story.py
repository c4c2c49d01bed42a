"""Are two texts copies? Overlap first, then the figures, names and titles that tell templates apart. Pure.

A wrong yes is a lost alert, a wrong no is one alert too many: every threshold leans to no.
Source: thresholds chosen on machine-edited and real syndicated copies and on wire stories written to a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.remembered import TextPrint
from monitor.stories.fingerprint import hash_word, shingle_size, shingles

CopyRule = Literal["none", "stub", "short", "short-title", "near-identical", "contained", "rewritten", "same-title"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyVerdict:
    """Whether two texts are copies, by which rule, and the figures that decided; shares are 0..1."""

    is_copy: bool
    rule: CopyRule
    containment: float = 0.0  # of the shorter text in the longer
    jaccard: float = 0.0
    lost_numbers: float = 0.0  # share of the shorter text's that the longer does not have
    lost_names: float = 0.0
    titles: float | None = None  # overlap over the smaller title, None if one is unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    """What the rules look at; shares are of the shorter text."""

    words: int  # of the shorter text
    containment: float
    jaccard: float
    lost_numbers: float  # share that the longer text does not have
    lost_names: float
    titles: float | None  # overlap over the smaller title, None if one is unknown
    title_size: int  # words that say something in the smaller title


def copy_score(one: TextPrint, other: TextPrint, *, is_series: bool = False) -> CopyVerdict:
    """Return whether `one` and `other` are copies; the order does not matter.

    Args:
        one: the print of a text.
        other: that of another.
        is_series: the headline stands over text after text of its site, so that it says nothing about this one.
    """
    if not one.sequence or not other.sequence:
        return CopyVerdict(is_copy=False, rule="none")
    shorter, longer = sorted((one, other), key=lambda text: (len(text.sequence), text.words, text.article))
    comparison = _compare(shorter, longer)
    rule = _rule_that_holds(comparison, is_series=is_series)
    if rule != "none" and _is_stub(one, other, titles=comparison.titles):
        rule = "stub"
    return CopyVerdict(
        is_copy=rule not in ("none", "stub"),
        rule=rule,
        containment=comparison.containment,
        jaccard=comparison.jaccard,
        lost_numbers=comparison.lost_numbers,
        lost_names=comparison.lost_names,
        titles=comparison.titles,
    )


def _compare(shorter: TextPrint, longer: TextPrint) -> _Comparison:
    ours, theirs = _shingles_of(shorter), _shingles_of(longer)
    shared = len(ours & theirs)
    title_size = min(len(shorter.title_words), len(longer.title_words))
    return _Comparison(
        words=shorter.words,
        containment=shared / len(ours),
        jaccard=shared / (len(ours) + len(theirs) - shared),
        lost_numbers=len(shorter.numbers - longer.numbers) / len(shorter.numbers) if shorter.numbers else 0.0,
        lost_names=len(shorter.names.difference(longer.sequence)) / len(shorter.names) if shorter.names else 0.0,
        titles=len(shorter.title_words & longer.title_words) / title_size if title_size else None,
        title_size=title_size,
    )


def _shingles_of(text: TextPrint) -> set[tuple[int, ...]]:
    return set(shingles(text.sequence, size=shingle_size(by_character=text.by_character)))


def _rule_that_holds(seen: _Comparison, *, is_series: bool) -> CopyRule:
    return _short_rule(seen, is_series=is_series) if seen.words < 40 else _long_rule(seen, is_series=is_series)


def _short_rule(seen: _Comparison, *, is_series: bool) -> CopyRule:
    titles_agree = seen.titles is None or seen.titles >= 0.30
    if seen.containment >= 0.85 and seen.lost_numbers == 0 and seen.lost_names <= 0.10 and titles_agree:
        return "short"
    same_title = not is_series and seen.titles is not None and seen.titles >= 0.80
    if same_title and seen.containment >= 0.60 and seen.lost_numbers <= 0.20 and seen.lost_names <= 0.25:
        return "short-title"
    return "none"


def _long_rule(seen: _Comparison, *, is_series: bool) -> CopyRule:
    if seen.jaccard >= 0.75 and seen.words >= 100:
        return "near-identical"  # so much is the same that a changed figure is a correction
    facts_agree = seen.lost_numbers <= 0.50 and seen.lost_names <= 0.20
    if seen.containment >= 0.80 and facts_agree:
        return "contained"
    if seen.jaccard >= 0.40 and seen.containment >= 0.60 and facts_agree:
        return "rewritten"
    same_title = seen.titles is not None and seen.titles >= 0.75 and seen.title_size >= 4
    if (
        not is_series
        and same_title
        and seen.containment >= 0.45
        and seen.lost_numbers <= 0.25
        and seen.lost_names <= 0.35
    ):
        return "same-title"
    return "none"


def _is_stub(one: TextPrint, other: TextPrint, *, titles: float | None) -> bool:
    """Return whether two different titles stand over a text that knows neither: a notice, not an article."""
    differ = titles is not None and titles < 0.30
    return differ and _title_in_text(one) < 0.25 and _title_in_text(other) < 0.25


def _title_in_text(text: TextPrint) -> float:
    # Titles without spaces are kept as pairs of characters, their texts as single ones.
    vocabulary = frozenset(text.sequence)
    known = sum(
        hash_word(word) in vocabulary or all(hash_word(char) in vocabulary for char in word)
        for word in text.title_words
    )
    return known / len(text.title_words)
