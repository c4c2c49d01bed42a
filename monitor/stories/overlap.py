"""Where the words of one text stand in another: the runs that both share, in order. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from monitor.remembered import TextPrint
from monitor.stories.fingerprint import shingle_size, shingles
from monitor.stories.words import UNITS_PER_WORD


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of a text stands in another, in words."""

    longest: int  # run of words that the other has too
    before: int  # the longest run
    after: int
    gap: int  # the longest part of which the other has nothing


def runs(sequence: Sequence[int], others: Collection[tuple[int, ...]], *, size: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of a sequence of which each shingle of `size` words is among `others`."""
    start = end = -1
    for place, shingle in enumerate(shingles(sequence, size=size)):
        if shingle in others:
            if place > end:
                if end > 0:
                    yield start, end
                start = place
            end = place + size
    if end > 0:
        yield start, end


def coverage(text: TextPrint, others: Collection[tuple[int, ...]]) -> Coverage:
    """Return how much of a text stands in the one whose shingles are `others`."""
    length = len(text.sequence)
    size = shingle_size(by_character=text.by_character)
    found = list(runs(text.sequence, others, size=size)) or [(0, 0)]
    start, end = max(found, key=lambda run: run[1] - run[0])
    gaps = [found[0][0], length - found[-1][1], *(after[0] - before[1] for before, after in pairwise(found))]
    unit = UNITS_PER_WORD if text.by_character else 1
    return Coverage(
        longest=(end - start) // unit, before=start // unit, after=(length - end) // unit, gap=max(gaps) // unit
    )
