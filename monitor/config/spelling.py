"""How a word from a user's file is shown in a message, and which known word it may stand for."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from functools import lru_cache

MAX_SHOWN = 60  # characters of a foreign word in a message: more pushes the advice off the line
MAX_LISTED = 12  # known words named when none is near


def quoted(word: str) -> str:
    """Return `word` in quotes as a message shows it: one line, shortened, invisible and control characters as escapes.

    A non-breaking space or a zero-width character would otherwise look just like the right word, and an escape
    character would steer the terminal.
    """
    cut = word if len(word) <= MAX_SHOWN else word[: MAX_SHOWN - 1] + "…"
    return '"' + "".join(_visible(character) for character in cut) + '"'


def nearest(word: str, choices: Iterable[str], *, likeness: float = 0.6) -> str:
    """Return the choice that `word` most likely stands for, or an empty string if none is near.

    Args:
        word: as written.
        choices: the known words.
        likeness: from 0 to 1; above 0.75 it can hardly be another word.
    """
    # difflib takes time by the product of both lengths; nobody misspells a word of 100 letters.
    folded = _fold(word[:100])
    by_folded = _by_folded(tuple(choices))
    if folded in by_folded:
        return by_folded[folded]
    # A file may have thousands of slips. What is much shorter or longer is not like it.
    least, most = len(folded) * likeness / (2 - likeness), len(folded) * (2 - likeness) / likeness
    near = [choice for choice in by_folded if least <= len(choice) <= most]
    found = difflib.get_close_matches(folded, near, n=1, cutoff=likeness)
    return by_folded[found[0]] if found else ""


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """Return the way out for an unknown word: the nearest known one, else the known ones (at most 12)."""
    # A set has another order in each run; a message should not.
    known = sorted(choices) if isinstance(choices, AbstractSet) else list(dict.fromkeys(choices))
    near = nearest(word, known)
    if near:
        return f"did you mean {quoted(near)}?"
    if not known:
        return ""
    more = f" … ({len(known)} in all)" if len(known) > MAX_LISTED else ""
    return f"known: {', '.join(known[:MAX_LISTED])}{more}"


@lru_cache(maxsize=16)
def _by_folded(choices: tuple[str, ...]) -> dict[str, str]:
    return {_fold(choice): choice for choice in choices}


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold().replace("-", "_")


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
