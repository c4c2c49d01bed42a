"""Is a text a round-up: several matters under one headline? Its headline says so, and its words fall apart. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from statistics import median

from monitor.stories.words import Words, fold

_LONGEST_TITLE = 500  # characters
_LEAST_WORDS = 100  # in fewer there is no room for three matters
_BLOCK = 60  # words that one matter takes at least
_REACH = 150  # words within which a matter comes back to what it is about
_LONG_WORD = 5  # letters: shorter ones come back in every text
_LOOSE = 0.40  # of the ties that usually hold the text together: so few between two matters


@cache
def _headlines() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Read the patterns: those that are sure, those that may be."""
    lists = tomllib.loads(files("monitor.stories").joinpath("roundups.toml").read_text("utf-8"))
    sure = "|".join((_whole_words(lists["sure"]), *lists["sure_spaceless"]))
    return re.compile(sure), re.compile(_whole_words(lists["maybe"]))


def _whole_words(phrases: list[str]) -> str:
    return rf"(?<!\w)(?:{'|'.join(phrases)})(?!\w)"


def is_roundup(title: str, words: Words) -> bool:
    """Return whether a headline announces several matters, by itself or together with a text that falls apart."""
    if words.count < _LEAST_WORDS:
        return False
    sure, maybe = _headlines()
    folded = fold(title[:_LONGEST_TITLE]).strip().lower()
    if sure.search(folded):
        return True
    names_several = folded.count(";") >= 2  # "Court rejects law; pilots on strike; shoes sold"
    return (names_several or maybe.search(folded) is not None) and _falls_apart(words)


def _falls_apart(words: Words) -> bool:
    """Return whether a text has two places, a block apart from each other and from its ends, that little goes across.

    What ties a text together are its long words that come again soon: names above all. Source: after Hearst,
    "TextTiling", 1997.
    """
    ties = _ties(words.units)
    usual = median(ties)
    loose = [place for place in range(_BLOCK, len(ties) - _BLOCK) if ties[place] <= _LOOSE * usual]
    return usual > 1 and bool(loose) and loose[-1] - loose[0] >= _BLOCK


def _ties(units: tuple[str, ...]) -> list[int]:
    """Return for each word of a text how many pairs of equal long words, one before it and one from it on, span it."""
    opened = [0] * (len(units) + 1)
    last: dict[str, int] = {}
    for place, word in enumerate(units):
        if len(word) < _LONG_WORD:
            continue
        before = last.get(word)
        if before is not None and place - before <= _REACH:
            opened[before + 1] += 1
            opened[place + 1] -= 1
        last[word] = place
    ties, spanning = [], 0
    for change in opened[:-1]:
        spanning += change
        ties.append(spanning)
    return ties
