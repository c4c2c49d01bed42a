"""The part of a long sentence around its marked words. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

_ELLIPSIS = "…"


class Span(NamedTuple):
    """A matched piece of a text, text[start:end], and the term it stands for."""

    start: int
    end: int
    term: str

    def moved(self, by: int) -> Span:
        """Return the same span in a text that starts elsewhere."""
        return Span(self.start + by, self.end + by, self.term)


def merged(spans: Iterable[Span]) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of the spans in order, overlapping ones as one."""
    marks: list[tuple[int, int]] = []
    for start, end, _ in sorted(spans):
        if marks and start < marks[-1][1]:
            marks[-1] = (marks[-1][0], max(end, marks[-1][1]))
        else:
            marks.append((start, end))
    return tuple(marks)


def excerpt(sentence: str, spans: Sequence[Span], *, limit: int) -> tuple[str, list[Span]]:
    """Return at most `limit` characters of a sentence with the spans in them, cuts shown by an ellipsis.

    A long sentence is cut around the place where most different terms are near each other. `spans` are in order.
    """
    start, end = _trimmed(sentence)
    if end - start > limit:
        start, end = _window(sentence, _densest(spans, room=limit - 2), room=limit - 2, within=(start, end))
    before = _ELLIPSIS if sentence[:start].strip() else ""
    after = _ELLIPSIS if sentence[end:].strip() else ""
    inside = [
        Span(span.start, min(span.end, end), span.term).moved(len(before) - start)
        for span in spans
        if start <= span.start < end and (span.end <= end or span.start == start)
    ]
    return before + sentence[start:end] + after, inside


def _trimmed(sentence: str) -> tuple[int, int]:
    return len(sentence) - len(sentence.lstrip()), len(sentence.rstrip())


def _densest(spans: Sequence[Span], *, room: int) -> tuple[int, int]:
    """Return start and end of the run of spans within `room` characters that holds most terms, the first such run."""
    best, most = (spans[0].start, spans[0].end), 0
    for place, first in enumerate(spans):
        limit = first.start + room
        behind = bisect_left(spans, limit, lo=place, key=attrgetter("start"))
        run = [span for span in spans[place : min(behind, place + room)] if span.end <= limit]
        terms = len({span.term for span in run})
        if terms > most:
            best, most = (first.start, max(span.end for span in run)), terms
    return best


def _window(sentence: str, run: tuple[int, int], *, room: int, within: tuple[int, int]) -> tuple[int, int]:
    """Return `room` characters around `run`, moved inwards to blanks; scripts without blanks are cut anywhere."""
    first, last = run[0], min(run[1], run[0] + room)
    start = max(within[0], min(first - (room - (last - first)) // 2, within[1] - room))
    end = min(within[1], start + room)
    if start > within[0] and (blank := sentence.find(" ", start - 1, first)) >= 0:
        start = blank + 1
    if end < within[1] and (blank := sentence.rfind(" ", last, end + 1)) >= 0:
        end = blank
    return start, end
