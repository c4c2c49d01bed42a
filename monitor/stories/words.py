"""Text → words as the comparison of stories sees them: folded, bare, by character in scripts without spaces. Pure.

The same text in other typography must give the same words; no language is known here but a few English stop words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

MAX_WORDS = 800  # what comes later adds cost, not certainty
_MAX_CHARACTERS = 16_000  # 800 words of any language we read, and a bound on hostile ones

# One Han character says about half a word, one Thai letter less; thresholds are counted in words.
UNITS_PER_WORD = 2

# Apostrophes differ with the typesetter.
APOSTROPHES = re.compile("['’‘‛`´ʼʹ′＇]")
# Arabic and Hebrew points and the tatweel differ with the care of the editor. Accents: those that joined no letter.
_MARKS = re.compile("[\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200d\u2060]")
_SPACELESS = (
    "\u0e00-\u0e4e\u0e80-\u0ecd\u0f00-\u0f1f\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
)
# Vowel signs belong to the word although Python does not count them among the letters.
_INDIC = "\u0900-\u0963\u0970-\u0dff"
_NUMBER = r"\d+(?:[.,]\d+)*"
_ASCII_WORD = re.compile(rf"[A-Za-z]+|{_NUMBER}")
_PLAIN_WORD = re.compile(rf"[^\W\d_]+|{_NUMBER}")
_ANY_WORD = re.compile(rf"{_NUMBER}|[{_SPACELESS}]|(?:(?![{_SPACELESS}])[^\W\d_][{_INDIC}]*)+")
_NEEDS_ANY_WORD = re.compile(f"[{_SPACELESS}{_INDIC}]")
_IS_SPACELESS = re.compile(f"[{_SPACELESS}]")

# A capital after a letter, figure, comma, semicolon, bracket or dash and a blank: not the start of a sentence.
# It begins with the blank because the search for one is twice as fast as that for what may stand before it.
_MAYBE_NAME = re.compile(r" (?<=[\w,;)\]–—-] )([^\W\d_a-z][^\W\d_]+)")
_CAPITALISED_SHARE = 0.30  # above it capitals say nothing: headlines, shouting, German at its densest

_STOP_WORDS = frozenset(
    {
        *(
            "a",
            "about",
            "after",
            "against",
            "amid",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "been",
            "before",
            "but",
            "by",
        ),
        *("for", "from", "had", "has", "have", "he", "her", "his", "i", "in", "into", "is", "it", "its", "more", "new"),
        *(
            "no",
            "not",
            "of",
            "off",
            "on",
            "or",
            "our",
            "out",
            "over",
            "said",
            "say",
            "says",
            "she",
            "so",
            "than",
            "that",
        ),
        *("the", "their", "them", "they", "this", "to", "up", "was", "we", "were", "what", "when", "which", "who"),
        *("will", "with", "would", "you", "your"),
    }
)


# A blank never stands inside a word, and in scripts without spaces each character is one.
_PIECE = re.compile(f"[{_SPACELESS}]|[^\\s{_SPACELESS}]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The folded words of a text in order; for scripts without spaces each character is one (`by_character`)."""

    units: tuple[str, ...]
    by_character: bool

    @property
    def count(self) -> int:
        """How many words the text has, estimated for scripts without spaces."""
        return len(self.units) // UNITS_PER_WORD if self.by_character else len(self.units)

    def first(self, words: int) -> tuple[str, ...]:
        """Return the units of the first `words` words."""
        return self.units[: words * UNITS_PER_WORD if self.by_character else words]


def fold(text: str) -> str:
    """Return the part of `text` that is compared in one spelling, its case kept; the other functions want it so."""
    text = APOSTROPHES.sub("", text[:_MAX_CHARACTERS])
    return text if text.isascii() else _MARKS.sub("", unicodedata.normalize("NFKC", text))


def read_words(folded: str) -> Words:
    """Return the first 800 words of a folded text, in lower case."""
    lower = folded.lower()
    if lower.isascii():
        return Words(units=tuple(_ASCII_WORD.findall(lower)[:MAX_WORDS]), by_character=False)
    if not _NEEDS_ANY_WORD.search(lower):
        return Words(units=tuple(_PLAIN_WORD.findall(lower)[:MAX_WORDS]), by_character=False)
    units = _ANY_WORD.findall(lower)
    by_character = 3 * sum(map(bool, map(_IS_SPACELESS.match, units))) > len(units)
    return Words(units=tuple(units[: MAX_WORDS * (UNITS_PER_WORD if by_character else 1)]), by_character=by_character)


def locate_words(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each word that `read_words` finds in a text with the place in it where it was written: word, start, end.

    A place holds several words where no blank parts them, as in "cease-fire".
    """
    for piece in _PIECE.finditer(text[:_MAX_CHARACTERS]):
        for word in read_words(fold(piece[0])).units:
            yield word, piece.start(), piece.end()


def read_names(folded: str, *, words: Words) -> frozenset[str]:
    """Return the words written with a capital inside a sentence, in lower case; none where capitals mean nothing."""
    if words.by_character or not words.units:
        return frozenset()
    found = [word for word in _MAYBE_NAME.findall(folded) if word[0].isupper()]
    if len(found) > _CAPITALISED_SHARE * len(words.units):
        return frozenset()
    # A name beyond the 800 words that are compared could not be looked for in the other text.
    return frozenset(map(str.lower, found)).intersection(words.units)


def read_title_words(title: str) -> frozenset[str]:
    """Return the words of a title that say something; pairs of characters in scripts without spaces."""
    words = read_words(fold(title))
    if words.by_character:
        return frozenset(map("".join, zip(words.units, words.units[1:], strict=False)))
    return frozenset(words.units) - _STOP_WORDS
