"""Text as the matcher sees it: case, diacritics and typography folded, with the way back to the original's positions.

Terms and articles go through the same fold, so whatever it does to one it does to the other. In folded text
- letters are lower case without diacritics, digits are 0-9, invisible characters are gone;
- white space, hyphens and double quotes are one space: words of a phrase may have them in between;
- an empty line is a line break, a dash that is not a hyphen is "—", all other punctuation stays: no phrase crosses it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

# Letters that Unicode does not take apart, folded to what people type instead; and Arabic forms of one letter.
_LETTERS = {
    "ł": "l",
    "ø": "o",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "ŧ": "t",
    "ŋ": "n",
    "ð": "d",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ё": "е",
    "ѐ": "е",
    "ѝ": "и",
    "ة": "ه",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ہ": "ه",
    "ھ": "ه",
    "ۀ": "ه",
    "ے": "ي",
    "ـ": "",
}
_HYPHENS = "-\u00b7\u2010\u2011\u2012\u2013\u2043\u2212\u05be\u30fb\uff65\ufe63\uff0d"
_DOUBLE_QUOTES = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2033\u05f4\uff02'
_CORNER_QUOTES = "\u300c\u300d\u300e\u300f\u3008\u3009\u300a\u300b"
_APOSTROPHES = "'\u2018\u2019\u201a\u201b\u02bc\u02bb\u2032\u00b4`\u05f3\uff07"
_TYPOGRAPHY = {
    **dict.fromkeys(_HYPHENS, "-"),
    **dict.fromkeys(_DOUBLE_QUOTES + _CORNER_QUOTES, " "),
    **dict.fromkeys(_APOSTROPHES, "'"),
    **dict.fromkeys("\n\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u2014\u2015", "—"),
    "…": "…",  # NFKC makes three full stops of it, and a position more to map
}
# Marks that people leave out or add. Others, such as the vowel signs of Indic scripts and Thai or the voicing of kana,
# make another word and stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
# Characters that belong to the one before them once both are normalised: marks, voicing marks of narrow kana, jamo.
_CLUSTER = re.compile("(?s:.)[\u0300-\u036f\u3099\u309a\uff9e\uff9f\u0653-\u0655\u1160-\u11ff]*")
_ATTACHED = re.compile(f"{_MARKS.pattern}|[\u3099\u309a\uff9e\uff9f]")
_NARROW_VOICING = re.compile("[\uff9e\uff9f]")
# Where more than one separator stands together, or a line ends.
_RUNS = re.compile(r"[' \n-]{2,}|\n")


def fold_character(character: str) -> str:
    """Return what one character (or a base with its marks) becomes: often one character, sometimes none or several."""
    if character in _TYPOGRAPHY:
        return _TYPOGRAPHY[character]
    category = unicodedata.category(character[0])
    if category == "Cf":
        return ""
    if category in ("Zs", "Cc"):
        return " "
    return "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFKC", character).casefold())


def _fold_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter in _TYPOGRAPHY:
        return _TYPOGRAPHY[letter]
    if unicodedata.decimal(letter, None) is not None:
        return str(unicodedata.decimal(letter))
    # Cyrillic й and ї are letters of their own, unlike é: taking their mark away makes other words.
    if "\u0400" <= letter <= "\u04ff":
        return _MARKS.sub("", letter)
    bare = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", letter)))
    return "".join(_LETTERS.get(each, each) for each in bare)


_FOREIGN = re.compile("[^\x00-\x7f]+")
_ASCII = re.compile('[\x00-\x09\x0b-\x1f\x7f"`]')


# Words of other scripts come again and again: whole runs are remembered, not only characters.
@lru_cache(maxsize=65_536)
def _fold_run(run: str) -> tuple[str, bool]:
    """Return the folded run, and whether each of its characters became exactly one."""
    pieces = [fold_character(character) for character in run]
    return "".join(pieces), all(len(piece) == 1 for piece in pieces)


def _fold_each(text: str) -> tuple[str, bool]:
    """Return text folded character by character, and whether each became one; ASCII, the bulk, by built-in methods."""
    is_even = True

    def replace(run: re.Match[str]) -> str:
        nonlocal is_even
        folded, even = _fold_run(run[0])
        is_even = is_even and even
        return folded

    if not text.isascii():
        text = _FOREIGN.sub(replace, text)
    text = text.lower()
    return _ASCII.sub(lambda found: fold_character(found[0]), text), is_even


@dataclass(frozen=True, slots=True)
class _Shifts:
    """A map of positions after a step to positions before it: from `at[i]` on, `by[i]` is added."""

    at: list[int]
    by: list[int]

    def back(self, position: int) -> int:
        """Return where the character at `position` stood before the step."""
        index = bisect_right(self.at, position) - 1
        return position + self.by[index] if index >= 0 else position

    def pair(self, after: int, before: int) -> None:
        """Note that from here on `after` stands for `before`."""
        if before - after != (self.by[-1] if self.by else 0):
            self.at.append(after)
            self.by.append(before - after)


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text and the original it came from."""

    text: str
    original: str
    steps: tuple[_Shifts, ...] = ()  # the last step first

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return (start, end) in the original of a span of the folded text, which ends with a visible character."""
        first, last = start, end - 1
        for step in self.steps:
            first, last = step.back(first), step.back(last)
        stop = last + 1
        # A mark that was folded away belongs to its letter: "café" as five characters ends after the accent.
        while stop < len(self.original) and _ATTACHED.match(self.original[stop]):
            stop += 1
        return first, stop


def fold(text: str) -> Folded:
    """Return `text` folded. It should be in NFC, as articles are; other forms are folded too, more slowly."""
    steps: list[_Shifts] = []
    if text.isascii() or (unicodedata.is_normalized("NFC", text) and not _NARROW_VOICING.search(text)):
        folded, is_even = _fold_each(text)
        if not is_even:
            steps.append(_shifts_of(text))
    else:
        folded, shifts = _fold_clusters(text)
        steps.append(shifts)
    if _RUNS.search(folded):
        folded, shifts = _collapse(folded)
        steps.append(shifts)
    return Folded(folded.replace("-", " "), text, tuple(reversed(steps)))


# The same names serve many rules, and each reload again.
@lru_cache(maxsize=65_536)
def fold_term(text: str) -> str:
    """Return a term or name folded, without blanks around it."""
    return fold(text).text.strip()


def _shifts_of(text: str) -> _Shifts:
    """Return the map for a text folded character by character in which some did not become one."""
    shifts = _Shifts([], [])
    moved = 0  # position after the fold less position before it
    for run in _FOREIGN.finditer(text):
        if _fold_run(run[0])[1]:
            continue
        for position, character in enumerate(run[0], run.start()):
            size = len(fold_character(character))
            for extra in range(1, size):
                shifts.pair(position + moved + extra, position)
            moved += size - 1
            shifts.pair(position + 1 + moved, position + 1)
    return shifts


def _fold_clusters(text: str) -> tuple[str, _Shifts]:
    """Return text that is not normalised folded cluster by cluster, with its map."""
    pieces: list[str] = []
    shifts = _Shifts([], [])
    length = 0
    for cluster in _CLUSTER.finditer(text):
        whole = unicodedata.normalize("NFKC" if _NARROW_VOICING.search(cluster[0]) else "NFC", cluster[0])
        piece = _fold_run(whole)[0]
        shifts.pair(length, cluster.start())
        for extra in range(1, len(piece)):
            shifts.pair(length + extra, cluster.start())
        pieces.append(piece)
        length += len(piece)
    shifts.pair(length, len(text))
    return "".join(pieces), shifts


def _collapse(text: str) -> tuple[str, _Shifts]:
    """Return text with one separator for each run of them, with its map."""
    pieces: list[str] = []
    shifts = _Shifts([], [])
    done = length = 0
    for run in _RUNS.finditer(text):
        pieces += (text[done : run.start()], _separator(run[0]))
        length += run.start() - done + 1
        done = run.end()
        shifts.pair(length, done)
    pieces.append(text[done:])
    return "".join(pieces), shifts


def _separator(run: str) -> str:
    """Return what stands for a run of spaces, line breaks, apostrophes and hyphens."""
    if run.count("\n") > 1:
        return "\n"
    # "fire - and" and "fire--and" are dashes between thoughts; "pre- and post-war" has hyphens.
    is_dash = "-" in run and ("--" in run or (run[0] in " \n" and run[-1] in " \n"))
    return "—" if is_dash else " "
