"""Are two texts copies? Overlap first, then the figures, names and titles that tell templates apart. Pure.

A wrong yes is a lost alert, a wrong no is one alert too many: every threshold leans to no.
Source: thresholds chosen on machine-edited and real syndicated copies and on wire stories written to a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from monitor.remembered import TextPrint
from monitor.stories.fingerprint import hash_word, shingle_size, shingles
from monitor.stories.overlap import Coverage, coverage

CopyRule = Literal[
    "none",
    "stub",
    "round-up",
    "other-headline",
    "short",
    "short-title",
    "near-identical",
    "contained",
    "rewritten",
    "same-title",
    "new-lead",
    "new-end",
    "interwoven",
]
_REFUSALS = frozenset({"none", "stub", "round-up", "other-headline"})

# Rules by which all of the shorter text is the other's: a lead or an end of its own may well name something else.
_WHOLE = frozenset({"short", "short-title", "near-identical", "contained", "rewritten", "same-title"})

_SHORT = 40  # words: below it a template has no room for more than its facts
_LONG = 100  # words: from here on most templates differ in more than a few figures
_LEAST_SHARED = 0.45  # containment that every rule asks for
_TITLES_DIFFER = 0.30
_SAME_TITLE = 0.80


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
class Comparison:
    """What the rules look at; shares are of the shorter text."""

    words: int  # of the shorter text
    containment: float
    jaccard: float
    lost_numbers: float  # share that the longer text does not have
    lost_names: float
    facts: int  # different numbers and names
    lost_facts: int
    knows_names: bool  # not in scripts without case
    by_character: bool
    titles: float | None  # overlap over the smaller title, None if one is unknown
    title_size: int  # words that say something in the smaller title
    shorter: Coverage
    longer: Coverage

    @property
    def titles_differ(self) -> bool:
        """Both are known and have little in common; a site may well write its own."""
        return self.titles is not None and self.titles < _TITLES_DIFFER

    @property
    def facts_agree(self) -> bool:
        """Enough figures and names are in both; of the figures more where the text is short or names are unknown."""
        most = 0.50 if self.knows_names and self.words >= _LONG else 0.25
        return self.lost_numbers <= most and self.lost_names <= 0.20

    @property
    def lost_share(self) -> float:
        """Share of the numbers and names together that the longer text does not have."""
        return self.lost_facts / self.facts if self.facts else 0.0


def copy_score(one: TextPrint, other: TextPrint, *, is_series: bool = False) -> CopyVerdict:
    """Return whether `one` and `other` are copies; the order does not matter.

    Args:
        one: the print of a text.
        other: that of another.
        is_series: the headline stands over text after text of its site, so that it says nothing about this one.
    """
    if not one.sequence or not other.sequence:
        return CopyVerdict(is_copy=False, rule="none")
    comparison = compare(one, other)
    rule = rule_that_holds(comparison, is_series=is_series)
    is_same_text = rule != "none" or comparison.containment >= 0.85
    if is_same_text and _is_stub(one, other, titles=comparison.titles):
        rule = "stub"
    if rule not in _REFUSALS and (one.is_roundup or other.is_roundup) and not _is_one_roundup(comparison):
        rule = "round-up"
    if rule in _WHOLE and _headlines_part(one, other):
        rule = _end_rule(comparison) if _shares_one_end(comparison) else "other-headline"
    return CopyVerdict(
        is_copy=rule not in _REFUSALS,
        rule=rule,
        containment=comparison.containment,
        jaccard=comparison.jaccard,
        lost_numbers=comparison.lost_numbers,
        lost_names=comparison.lost_names,
        titles=comparison.titles,
    )


_STRANGERS = Coverage(longest=0, before=0, after=0, gap=0)


def compare(one: TextPrint, other: TextPrint) -> Comparison:
    """Return what the rules look at; both texts have words."""
    shorter, longer = sorted((one, other), key=lambda text: (len(text.sequence), text.words, text.article))
    ours, theirs = _shingles_of(shorter), _shingles_of(longer)
    shared = ours & theirs
    containment = len(shared) / len(ours)
    is_near = containment >= _LEAST_SHARED  # else no rule looks at where the shared words stand
    lost_names = shorter.names.difference(longer.sequence)
    lost_numbers = shorter.numbers - longer.numbers
    title_size = min(len(shorter.title_words), len(longer.title_words))
    return Comparison(
        words=shorter.words,
        containment=containment,
        jaccard=len(shared) / (len(ours) + len(theirs) - len(shared)),
        lost_numbers=len(lost_numbers) / len(shorter.numbers) if shorter.numbers else 0.0,
        lost_names=len(lost_names) / len(shorter.names) if shorter.names else 0.0,
        facts=len(shorter.numbers) + len(shorter.names),
        lost_facts=len(lost_numbers) + len(lost_names),
        knows_names=bool(shorter.names),
        by_character=shorter.by_character,
        titles=len(shorter.title_words & longer.title_words) / title_size if title_size else None,
        title_size=title_size,
        shorter=coverage(shorter, shared) if is_near else _STRANGERS,
        longer=coverage(longer, shared) if is_near else _STRANGERS,
    )


def _shingles_of(text: TextPrint) -> frozenset[tuple[int, ...]]:
    return _shingle_set(text.sequence, shingle_size(by_character=text.by_character))


@lru_cache(maxsize=4)  # a newcomer is compared with many, one after the other
def _shingle_set(sequence: tuple[int, ...], size: int) -> frozenset[tuple[int, ...]]:
    return frozenset(shingles(sequence, size=size))


def rule_that_holds(seen: Comparison, *, is_series: bool) -> CopyRule:
    """Return the rule by which texts that compare so are copies, "none" if there is none."""
    if seen.containment < _LEAST_SHARED:
        return "none"
    return _short_rule(seen, is_series=is_series) if seen.words < _SHORT else _long_rule(seen, is_series=is_series)


def _short_rule(seen: Comparison, *, is_series: bool) -> CopyRule:
    # "Qtly div 15 cts, pay April 1": who pays it is told by the headline alone.
    least = _TITLES_DIFFER if seen.knows_names or seen.by_character else 0.75
    titles_agree = seen.titles is None or seen.titles >= least
    if seen.containment >= 0.85 and seen.lost_numbers == 0 and seen.lost_names <= 0.10 and titles_agree:
        return "short"
    same_title = not is_series and seen.titles is not None and seen.titles >= 0.80
    if same_title and seen.containment >= 0.60 and seen.lost_numbers <= 0.20 and seen.lost_names <= 0.25:
        return "short-title"
    return "none"


def _long_rule(seen: Comparison, *, is_series: bool) -> CopyRule:
    if seen.jaccard >= 0.75 and seen.words >= _LONG and _are_corrections(seen):
        return "near-identical"
    if seen.containment >= 0.80 and seen.facts_agree and not _is_item_of_many(seen):
        return "contained"
    if seen.jaccard >= 0.40 and seen.containment >= 0.60 and seen.facts_agree:
        return "rewritten"
    same_title = not is_series and seen.titles is not None and seen.titles >= 0.75 and seen.title_size >= 4
    if same_title and seen.lost_numbers <= 0.25 and seen.lost_names <= 0.35:
        return "same-title"
    if _shares_one_end(seen):
        return _end_rule(seen)
    return "interwoven" if _is_interwoven(seen) else "none"


def _end_rule(seen: Comparison) -> CopyRule:
    return "new-lead" if seen.shorter.before > seen.shorter.after else "new-end"


def _are_corrections(seen: Comparison) -> bool:
    """Return whether what differs in two nearly equal texts are a few corrections, not the facts of a template."""
    return seen.lost_share <= 0.25 or (seen.lost_facts <= 3 and seen.jaccard >= 0.85)


def _is_item_of_many(seen: Comparison) -> bool:
    """Return whether the shorter text stands in one of other things: not at its beginning and under another title."""
    if seen.titles_differ:
        return seen.longer.before > (10 if seen.jaccard < 0.30 else 60) and seen.jaccard < 0.50
    is_block = seen.longer.longest >= 0.80 * seen.words
    return seen.titles is None and is_block and seen.jaccard < 0.50 and seen.longer.before > 150


def _shares_one_end(seen: Comparison) -> bool:
    """Return whether the texts differ in how they begin and then go on alike to the end, or the other way round.

    What differs must be short, and what is shared must hold most of the facts: the notice about itself that a company
    puts below each of its releases is long, too.
    """
    both = (seen.shorter, seen.longer)
    starts_anew = all(text.before <= 120 and text.after <= 40 for text in both)
    ends_anew = all(text.before <= 40 and text.after <= 120 for text in both)
    return (
        seen.containment >= 0.55
        and seen.jaccard >= 0.35
        and all(text.longest >= 60 for text in both)
        and (starts_anew or ends_anew)
        # Else the one end is the other's but for its facts.
        and seen.shorter.gap >= 0.3 * max(seen.shorter.before, seen.shorter.after)
        and seen.lost_share <= 0.60
        and seen.facts - seen.lost_facts >= (5 if seen.knows_names else 1)
    )


def _is_interwoven(seen: Comparison) -> bool:
    """Return whether the longer text tells all of the shorter one in its words, with more in between.

    A text that was cut into a round-up misses a long part in one place, a template its facts all over.
    """
    return (
        seen.containment >= 0.50
        and seen.shorter.gap <= 24
        and seen.shorter.longest >= 20
        and not seen.titles_differ
        and not _is_item_of_many(seen)
        and seen.lost_share <= (0.25 if seen.knows_names else 0.15)
        and seen.lost_names <= 0.25
        and (seen.lost_numbers <= 0.25 or _may_lose_more_numbers(seen))
    )


def _may_lose_more_numbers(seen: Comparison) -> bool:
    # Of a text of about the same length and words, what is lost was replaced: as on a template.
    is_longer = seen.jaccard < 0.60
    return is_longer and seen.words >= 80 and (seen.lost_numbers <= 0.50 or seen.lost_facts <= 2)


def _is_one_roundup(seen: Comparison) -> bool:
    """Return whether two texts of several matters are the same; a piece in common is not enough."""
    same_title = seen.titles is not None and seen.titles >= 0.75
    return seen.jaccard >= 0.75 or (same_title and seen.containment >= 0.75)


def _headlines_part(one: TextPrint, other: TextPrint) -> bool:
    """Return whether each headline names what its own text tells and the other article nowhere has: two events.

    It needs no list of names and no capitals: on one template the place or the person stands in headline and text. Of a
    copy the text is the other's, so the words of its headline are there, too. Figures may be corrections.
    """
    return _names_more(one, other) and _names_more(other, one)


def _names_more(one: TextPrint, other: TextPrint) -> bool:
    own, foreign = _vocabulary(one), _vocabulary(other)
    words = (word for word in one.title_words - other.title_words if not word[0].isdecimal())
    return any((key := _title_key(word, one)) in own and key not in foreign for word in words)


def _vocabulary(text: TextPrint) -> frozenset[object]:
    # Titles without spaces are kept as pairs of characters, their texts as single ones.
    return frozenset(zip(text.sequence, text.sequence[1:], strict=False) if text.by_character else text.sequence)


def _title_key(word: str, text: TextPrint) -> object:
    return tuple(map(hash_word, word)) if text.by_character else hash_word(word)


def _is_stub(one: TextPrint, other: TextPrint, *, titles: float | None) -> bool:
    """Return whether two different titles stand over a text that knows neither: a notice, not an article."""
    differ = titles is not None and titles < _SAME_TITLE
    return differ and _title_in_text(one) < 0.25 and _title_in_text(other) < 0.25


def _title_in_text(text: TextPrint) -> float:
    # Titles without spaces are kept as pairs of characters, their texts as single ones.
    vocabulary = frozenset(text.sequence)
    known = sum(
        hash_word(word) in vocabulary or all(hash_word(char) in vocabulary for char in word)
        for word in text.title_words
    )
    return known / len(text.title_words)
