"""How much does a text say: its length, its words, whether it was cut? Pure."""

from __future__ import annotations

import re
from collections import Counter

MIN_WORDS = 40  # fewer on a page are its frame, not an article
MIN_FLASH_WORDS = 8  # two short sentences are news; less is a remark of the site
SHORT_TEXT = 1_200  # letters: a wall shows at most this much of an article
WALL_TEXT = 1_500  # letters: a challenge page never has more

# Scripts without spaces between words.
WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SYLLABLES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")  # or whole words, in one character
_WORD = re.compile(r"[^\W_]\S*")  # by spaces: vowel signs of Indic scripts are no word characters
_LETTERS = re.compile(r"[^\W_]+")
_FOLD = re.compile(r"[\W_]+")

_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\b(?:read more|read the full (?:story|article)|continue reading|full story"
    r"|weiterlesen|mehr lesen|zum artikel|lire la suite|leer más|seguir leyendo|leia mais|continua a leggere|lees meer"
    r"|czytaj (?:dalej|więcej)|číst (?:dále|více)|celý článek|läs mer|les mer|læs mere|lue lisää|tovább olvasom"
    r"|citește mai mult|διαβάστε περισσότερα|читать (?:далее|полностью)|подробнее|читати далі|devamını oku|اقرأ المزيد"
    r"|קרא עוד|להמשך קריאה|ادامه مطلب|और पढ़ें|baca selengkapnya|xem thêm)"
    r"|阅读(?:全文|更多)|閱讀(?:全文|更多)|続きを読む|もっと読む|더 ?보기|อ่านต่อ)\W*$",
    re.IGNORECASE,
)


def is_cut(text: str) -> bool:
    """Return whether a text ends in an ellipsis or a "read more"."""
    return bool(_CUT.search(text[-60:]))


def weight(text: str) -> float:
    """Return the length of a text in Latin letters; one of Han, Kana or Hangul counts 2.5."""
    return len(text) if text.isascii() else len(text) + 1.5 * len(_SYLLABLES.findall(text))


def is_part_of(text: str, longer: str) -> bool:
    """Return whether a text says nothing that the other does not, by letters and digits alone."""
    if len(text) > 4 * len(longer):
        return False
    needle = bare_letters(text)
    return bool(needle) and needle in bare_letters(longer)


def word_count(text: str) -> int:
    """Return the number of words. Without spaces 3 characters make 2, of Thai, Lao and Burmese 5 make one."""
    if text.isascii():
        return len(_WORD.findall(text))
    wide, syllables = len(WIDE.findall(text)), len(_SYLLABLES.findall(text))
    return len(_WORD.findall(WIDE.sub(" ", text))) + syllables * 2 // 3 + (wide - syllables) // 5


def without_headline(text: str, title: str) -> str:
    """Return a text without its first line if that is the headline again, which rules see as a field of its own."""
    first, _, rest = text.partition("\n")
    headline = bare_letters(first)
    return rest if rest and headline and headline == bare_letters(title) else text


def word_multiset(text: str) -> Counter[str]:
    """Return the words of a text in lower case with their numbers; without spaces each character is a word."""
    text = text.casefold()
    if text.isascii():
        return Counter(_LETTERS.findall(text))
    return Counter(WIDE.findall(text)) + Counter(_LETTERS.findall(WIDE.sub(" ", text)))


def bare_letters(text: str) -> str:
    """Return a text's letters and digits alone, folded, by which wordings are compared."""
    return _FOLD.sub("", text).casefold()
