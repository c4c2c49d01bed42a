"""Occurrences near one another: of each operand one, in one field, without overlap, with few words in between."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

from monitor.rules.reading import Found, Text

MAX_OPERANDS = 8  # each doubles the work
MOST_PLACES = 1 << 14  # of all operands, times the chains of each


class _Place(NamedTuple):
    """An occurrence: where it begins and ends, in words from the start of the field and as positions."""

    start: int
    end: int
    first_word: float
    last_word: float
    operand: int
    found: Found


_Chain: TypeAlias = "tuple[_Place, _Chain | None]"


def chains(
    text: Text, operands: Sequence[Sequence[Found]], *, within: int, ordered: bool
) -> Iterator[tuple[Found, ...]]:
    """Yield combinations of one occurrence of each operand that stand near enough, the tightest for each last one.

    The words between the first and the last that are none of the occurrences' own must be `within` at most: neighbours
    have none. An occurrence never serves two operands, nor do overlapping ones.

    Args:
        text: the field in which all the occurrences are.
        operands: the occurrences of each; at most MAX_OPERANDS of them.
        within: words.
        ordered: the occurrences must come in the order of the operands.
    """
    if not all(operands):
        return
    # Each operand doubles the work for each place: of floods of many operands the beginning is looked at.
    most = MOST_PLACES >> len(operands)
    places = sorted(_place(text, found, number) for number, each in enumerate(operands) for found in each[:most])
    by_end = sorted(range(len(places)), key=lambda each: places[each].end)
    complete = (1 << len(operands)) - 1
    # best[chosen]: of all chains of just these operands that ended so far, the one that leaves most room: with the
    # least (words in between so far) - (words before its end).
    best: dict[int, tuple[float, _Chain]] = {}
    ending: list[dict[int, tuple[float, _Chain]]] = [{} for _ in places]
    done = 0
    for number, place in enumerate(places):
        while done < len(by_end) and places[by_end[done]].end <= place.start:
            for chosen, (between, chain) in ending[by_end[done]].items():
                room = between - chain[0].last_word
                if chosen not in best or room < best[chosen][0]:
                    best[chosen] = (room, chain)
            ending[by_end[done]] = {}
            done += 1
        mine = 1 << place.operand
        own = ending[number]
        if not ordered or place.operand == 0:
            own[mine] = (0.0, (place, None))
        for chosen, (room, chain) in best.items():
            if chosen & mine or (ordered and chosen != mine - 1):
                continue
            between = room + place.first_word
            if between <= within and (chosen | mine not in own or between < own[chosen | mine][0]):
                own[chosen | mine] = (between, (place, chain))
        if complete in own:
            yield _unrolled(own[complete][1])


def may_meet(text: Text, operands: Sequence[Sequence[int]], *, within: int) -> bool:
    """Return whether occurrences of all operands come close at all: a fast look before words are counted.

    Args:
        text: the field.
        operands: the chunks in which the occurrences of each begin.
        within: words.
    """
    if not all(operands):
        return False
    # Between two of a chain there are the words allowed (a chunk each, but a lone Chinese character is half a word),
    # the others of the chain, and chunks without a word.
    furthest = 2 * within + text.wordless_chunks + len(operands) * text.longest_phrase
    first, *others = map(sorted, operands)
    return any(all(_has_one_near(start, other, furthest) for other in others) for start in first)


def _has_one_near(start: int, others: Sequence[int], furthest: int) -> bool:
    index = bisect_left(others, start - furthest)
    return index < len(others) and others[index] <= start + furthest


def _place(text: Text, found: Found, operand: int) -> _Place:
    hit = found.hit
    return _Place(hit.start, hit.end, text.words_before(hit.start), text.words_before(hit.end), operand, found)


def _unrolled(chain: _Chain | None) -> tuple[Found, ...]:
    found: list[Found] = []
    while chain is not None:
        found.append(chain[0].found)
        chain = chain[1]
    return tuple(reversed(found))
