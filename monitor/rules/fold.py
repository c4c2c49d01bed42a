"""Text as the matcher sees it: case, diacritics and typography folded, chunk by chunk, with the way back.

A chunk is what stands between white space. Terms and articles go through the same fold, so whatever it does to one it
does to the other. In a folded chunk
- letters are lower case without diacritics, digits are 0-9, invisible characters are gone, HTML entities resolved;
- hyphens and double quotes are one space: words of a phrase may have them in between; at an edge they are gone;
- a dash that is not a hyphen is "—", all other punctuation stays: no phrase crosses it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from typing import NamedTuple

PARAGRAPH = "\x00"
"""The chunk that stands for a blank line: no phrase crosses it."""

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
    PARAGRAPH: PARAGRAPH,
    **dict.fromkeys("\u2014\u2015", "—"),
    "…": "…",  # NFKC makes three full stops of it
    **dict.fromkeys("™℠", ""),
    **dict.fromkeys("\ufdfa\ufdfb", "—"),  # whole blessings of a dozen letters in one sign
}
# Marks that people leave out or add. Others, such as the vowel signs of Indic scripts and Thai or the voicing of kana,
# make another word and stay.
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u093c\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_MARKS = re.compile(_MARK)
_ENTITY = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
# A character with what belongs to it once both are normalised: marks, voicing marks of narrow kana, jamo. Or an entity.
_CLUSTER = re.compile(f"{_ENTITY}|(?s:.)(?:{_MARK}|[\u3099\u309a\uff9e\uff9f\u1160-\u11ff]){{0,8}}")
_NARROW_VOICING = re.compile("[\uff9e\uff9f]")
_SEPARATORS = re.compile("[' -]+")

# Chinese and Japanese without quotes, hyphens and what else needs care: folded one for one, and fast.
_EAST = re.compile("[0-9A-Za-z.,:;!?%()、。！？，：；（）％\u4e00-\u9fff\u3041-\u3096\u30a1-\u30fa\u30fc]*")
_EAST_FOLD = {ord(wide): ord(narrow) for wide, narrow in zip("！？，：；（）％", "!?,:;()%", strict=True)}
LONGEST_WORD = 40  # characters; longer chunks are rarely words, so they are not remembered
MAX_REMEMBERED = 100_000  # chunks, about 12 MB; a language's daily press has some 50,000


class Folded(NamedTuple):
    """A folded chunk with, for each of its characters, where in the chunk that one began and ended."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def fold_term(text: str) -> str:
    """Return a term, a name or a whole text folded: its chunks, each folded, with single spaces between them."""
    return " ".join(filter(None, map(fold_chunk, text.split())))


def is_lower(chunk: str) -> bool:
    """Return whether folding changes nothing but case, so that positions stay."""
    return chunk.isascii() and fold_chunk(chunk) == chunk.lower()


def _fold(chunk: str) -> str:
    if chunk.isascii() and chunk.isalnum():
        return chunk.lower()
    if _EAST.fullmatch(chunk):
        return chunk.lower().translate(_EAST_FOLD)
    text = "".join(map(_fold_cluster, _CLUSTER.findall(chunk)))
    return _SEPARATORS.sub(_separator_at, text)


class _Remembered(dict[str, str]):
    """Chunks and what they fold to: the same words come again and again. A look-up is all that most of them cost."""

    def __missing__(self, chunk: str) -> str:
        folded = _fold(chunk)
        if len(chunk) <= LONGEST_WORD:
            if len(self) >= MAX_REMEMBERED:
                self.clear()
            self[chunk] = folded
        return folded


fold_chunk: Callable[[str], str] = _Remembered().__getitem__
"""Return a chunk folded; a chunk has no white space."""


def map_chunk(chunk: str) -> Folded:
    """Return a chunk folded, with the way back from each of its characters."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for cluster in _CLUSTER.finditer(chunk):
        for letter in _fold_cluster(cluster[0]):
            letters.append(letter)
            starts.append(cluster.start())
            ends.append(cluster.end())
    text = "".join(letters)
    if not _SEPARATORS.search(text):
        return Folded(text, tuple(starts), tuple(ends))
    return _separated(text, starts, ends)


def _separated(text: str, starts: list[int], ends: list[int]) -> Folded:
    """Return a folded chunk in which each run of spaces, hyphens and apostrophes is what it stands for."""
    pieces: list[str] = []
    kept: list[int] = []  # the positions in `text` that stay
    done = 0
    for run in _SEPARATORS.finditer(text):
        pieces.append(text[done : run.start()])
        kept.extend(range(done, run.start()))
        separator = _separator_at(run)
        pieces.append(separator)
        kept.extend([run.start()] * len(separator))
        done = run.end()
    pieces.append(text[done:])
    kept.extend(range(done, len(text)))
    return Folded("".join(pieces), tuple(starts[each] for each in kept), tuple(ends[each] for each in kept))


def _separator_at(found: re.Match[str]) -> str:
    """Return what a run of spaces, hyphens and apostrophes stands for."""
    run = found[0]
    starts, ends = found.start() == 0, found.end() == len(found.string)
    # "fire--and", and a hyphen that stands alone, are dashes between thoughts; "pre- and post-war" has hyphens.
    if "--" in run or (starts and ends and "-" in run):
        return "—"
    if starts or ends:
        return ""
    return "'" if run == "'" else " "


@lru_cache(maxsize=65_536)
def _fold_cluster(cluster: str) -> str:
    """Return what a character with its marks, or an entity, becomes: often one character, sometimes none or several."""
    if len(cluster) == 1:
        return _fold_character(cluster)
    if cluster[0] == "&" and cluster[-1] == ";":
        resolved = unescape(cluster)
        return cluster.lower() if resolved == cluster else "".join(map(_fold_character, resolved))
    whole = unicodedata.normalize("NFKC" if _NARROW_VOICING.search(cluster) else "NFC", cluster)
    return "".join(map(_fold_character, whole))


def _fold_character(character: str) -> str:
    if character in _TYPOGRAPHY:
        return _TYPOGRAPHY[character]
    category = unicodedata.category(character)
    if category == "Cf":
        return ""
    if category in ("Zs", "Zl", "Zp", "Cc"):
        return " "
    apart = _set_apart(character) if category == "No" else ""
    return apart + "".join(_fold_letter(letter) for letter in unicodedata.normalize("NFKC", character).casefold())


def _set_apart(character: str) -> str:
    """Return what stands between a number sign and the word before it: 1½ is not 11, and truce² has a footnote."""
    match unicodedata.decomposition(character).partition(" ")[0]:
        case "<super>":
            return "^"
        case "<fraction>":
            return " "
        case _:
            return ""


def _fold_letter(letter: str) -> str:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter in _TYPOGRAPHY:
        return _TYPOGRAPHY[letter]
    if letter.isspace():
        return " "
    if unicodedata.decimal(letter, None) is not None:
        return str(unicodedata.decimal(letter))
    # Cyrillic й and ї are letters of their own, unlike é: taking their mark away makes other words.
    if "\u0400" <= letter <= "\u04ff":
        return _MARKS.sub("", letter)
    bare = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", letter)))
    return "".join(_LETTERS.get(each, each) for each in bare)
