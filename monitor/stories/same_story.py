"""Are two texts copies? Overlap first, then the figures, names and titles that tell templates apart. Pure.

A wrong yes is a lost alert, a wrong no is one alert too many: every threshold leans to no.
Source: thresholds chosen on machine-edited and real syndicated copies and on wire stories written to a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from monitor.remembered import TextPrint
from monitor.stories.fingerprint import hash_word

CopyRule = Literal["none", "stub", "short", "short-title", "near-identical", "contained", "rewritten", "same-title"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyVerdict:
    """Whether two texts are copies, by which rule, and how much they share (0..1)."""

    is_copy: bool
    containment: float  # of the shorter text in the longer
    jaccard: float
    rule: CopyRule


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


def copy_score(one: TextPrint, other: TextPrint) -> CopyVerdict:
    """Return whether `one` and `other` are copies; the order does not matter."""
    if not one.shingles or not other.shingles:
        return CopyVerdict(is_copy=False, containment=0.0, jaccard=0.0, rule="none")
    shorter, longer = sorted((one, other), key=lambda text: (len(text.shingles), text.words, text.article))
    comparison = _compare(shorter, longer)
    rule = _rule_that_holds(comparison)
    if rule != "none" and _is_stub(one, other, titles=comparison.titles):
        rule = "stub"
    return CopyVerdict(
        is_copy=rule not in ("none", "stub"), containment=comparison.containment, jaccard=comparison.jaccard, rule=rule
    )


def _compare(shorter: TextPrint, longer: TextPrint) -> _Comparison:
    shared = len(shorter.shingles & longer.shingles)
    missing_names = sum(hash_word(name) not in longer.vocabulary for name in shorter.names)
    title_size = min(len(shorter.title_words), len(longer.title_words))
    return _Comparison(
        words=shorter.words,
        containment=shared / len(shorter.shingles),
        jaccard=shared / (len(shorter.shingles) + len(longer.shingles) - shared),
        lost_numbers=len(shorter.numbers - longer.numbers) / len(shorter.numbers) if shorter.numbers else 0.0,
        lost_names=missing_names / len(shorter.names) if shorter.names else 0.0,
        titles=len(shorter.title_words & longer.title_words) / title_size if title_size else None,
        title_size=title_size,
    )


def _rule_that_holds(seen: _Comparison) -> CopyRule:
    return _short_rule(seen) if seen.words < 40 else _long_rule(seen)


def _short_rule(seen: _Comparison) -> CopyRule:
    titles_agree = seen.titles is None or seen.titles >= 0.30
    if seen.containment >= 0.85 and seen.lost_numbers == 0 and seen.lost_names <= 0.10 and titles_agree:
        return "short"
    same_title = seen.titles is not None and seen.titles >= 0.80
    if same_title and seen.containment >= 0.60 and seen.lost_numbers <= 0.20 and seen.lost_names <= 0.25:
        return "short-title"
    return "none"


def _long_rule(seen: _Comparison) -> CopyRule:
    if seen.jaccard >= 0.75 and seen.words >= 100:
        return "near-identical"  # so much is the same that a changed figure is a correction
    facts_agree = seen.lost_numbers <= 0.50 and seen.lost_names <= 0.20
    if seen.containment >= 0.80 and facts_agree:
        return "contained"
    if seen.jaccard >= 0.40 and seen.containment >= 0.60 and facts_agree:
        return "rewritten"
    same_title = seen.titles is not None and seen.titles >= 0.75 and seen.title_size >= 4
    if same_title and seen.containment >= 0.45 and seen.lost_numbers <= 0.25 and seen.lost_names <= 0.35:
        return "same-title"
    return "none"


def _is_stub(one: TextPrint, other: TextPrint, *, titles: float | None) -> bool:
    """Return whether two different titles stand over a text that knows neither: a notice, not an article."""
    differ = titles is not None and titles < 0.30
    return differ and _title_in_text(one) < 0.25 and _title_in_text(other) < 0.25


def _title_in_text(text: TextPrint) -> float:
    # Titles without spaces are kept as pairs of characters, their texts as single ones.
    known = sum(
        hash_word(word) in text.vocabulary or all(hash_word(char) in text.vocabulary for char in word)
        for word in text.title_words
    )
    return known / len(text.title_words)
