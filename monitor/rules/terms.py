"""How a term is written in texts: its spellings, and where a word begins and ends in each script."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

from monitor.rules.fold import fold_term

MAX_AFFIX = 60  # letters of one word beyond the term: bounds the work on a text that is one endless word
MAX_PARTICLES = 8  # letters of particles; the longest has six
MAX_HYPHENS = 4  # each stands for a space or nothing, so 2**4 spellings of one term

# Scripts written without spaces between words: Thai, Lao, Tibetan, Burmese, Khmer, kana, Bopomofo, Han.
_UNSPACED = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
INDIC = "\u0900-\u0963\u0970-\u0dff"  # letters and vowel signs, of which \\w has only the letters
_KATAKANA = re.compile("[\u30a1-\u30fa\u30fc-\u30ff]")

# Arabic: and/so + by/like/for + the; لل is li + al. Hebrew: and + that/in/as/to/from + the. Written onto the next word.
_PARTICLES_BEFORE = re.compile("[وف]?(?:[بكل]?(?:ال)?|لل)|ו?(?:כש|מש|ש)?[בכלמ]?ה?")
# Korean: particles written onto the noun before them, after a plural or a title of respect.
_PARTICLES_AFTER = re.compile(
    "(?:들|씨|측|님)?(?:이|가|은|는|을|를|의|에|서|에서|에게|에게서|께|께서|와|과|랑|이랑|도|만|로|으로|로서|으로서|부터|까지|보다|처럼"
    "|마다|조차|마저|나|이나|라|이라|라고|이라고|라는|이라는|란|이란|에는|에도|에서는|에서도|에서의|와의|과의|로의|으로의|로부터|으로부터)?"
)
_LATIN_WORD = re.compile("[a-z]{3,}$")
_SIBILANT = re.compile("(?:s|x|z|ch|sh|o)$")  # and -o: embargoes
# Words that only look like the plural of another.
_NO_PLURAL = re.compile(r"(?<![^\W_])(?:aids|hamas|hans|news)$")
_IN_NUMBER = re.compile("(?<=[0-9])[.,](?=[0-9])")
_CONSONANT_Y = re.compile("[bcdfghjklmnpqrstvwxz]y$")
# The half-space of Persian is written, or left out, or a space.
_HYPHEN = re.compile(
    "(?<=\\w)[-\u2010\u2011\u2012\u2013\u00b7\u30fb](?=\\w)|(?<=[\u0620-\u06ff])\u200c(?=[\u0620-\u06ff])"
)
# Abbreviations before names and numbers: with or without a full stop.
_ABBREVIATED = re.compile(
    r"\b(mr|mrs|ms|dr|st|ste|mt|ft|sen|gen|gov|rep|rev|prof|adm|maj|lt|col|capt|sgt|jr|sr|[a-z]"
    r"|(?:no|nos|nr|art)(?=\.? [0-9]))\.? "
)


def is_word(character: str) -> bool:
    """Return whether a character is part of a word: letters, digits, and the vowel signs of Indic scripts."""
    return character.isalnum() or (character > "\u02ff" and unicodedata.category(character)[0] == "M")


def is_unspaced(character: str) -> bool:
    """Return whether the character is of a script that has no spaces between words."""
    return character > "\u0dff" and _UNSPACED.match(character) is not None


def joined(left: str, right: str) -> bool:
    """Return whether two neighbouring characters are inside one word, so that no word ends between them."""
    if left < "\x80" and right < "\x80":
        return left.isalnum() and right.isalnum()
    if not (is_word(left) and is_word(right)):
        return False
    return not (is_unspaced(left) or is_unspaced(right))


# A term is spelled when it is checked, when it is compiled, and at each reload.
@lru_cache(maxsize=65_536)
def spellings(text: str) -> tuple[str, ...]:
    """Return the folded forms of a term: a hyphen as space or nothing, a full stop of an abbreviation or none.

    The plural in -s and the possessive are not among them: `word_end` accepts them in the text.
    """
    if text.isascii() and text.isalnum():
        return (text.lower(),)
    pieces = _HYPHEN.split(unicodedata.normalize("NFKC", text))
    if len(pieces) == 1:
        return tuple(form for form in _variants(fold_term(text)) if form)
    forms: dict[str, None] = {}
    for glue in itertools.product((" ", ""), repeat=min(len(pieces) - 1, MAX_HYPHENS)):
        rest = itertools.chain(glue, itertools.repeat(" "))
        whole = "".join(
            itertools.chain.from_iterable(zip(pieces, [*itertools.islice(rest, len(pieces) - 1), ""], strict=True))
        )
        forms.update(dict.fromkeys(_variants(fold_term(whole))))
    return tuple(form for form in forms if form)


def _variants(form: str) -> tuple[str, ...]:
    """Return a folded form and what else is written for it."""
    return _in_arabic(form) if "\u0620" <= form[:1] <= "\u06ff" else _stopped(form)


def _in_arabic(form: str) -> tuple[str, ...]:
    """Return a form, the same after "to" and "for", and two words as one: between them may be a half-space."""
    forms = [form]
    if form.startswith("ال") and len(form) > 4:
        rest = form[2:]
        forms.append(f"ل{rest}" if rest[0] == "ل" else f"لل{rest}")
    if form.count(" ") == 1:
        forms.append(form.replace(" ", ""))
    return tuple(forms)


def _stopped(form: str) -> tuple[str, ...]:
    """Return a folded form with and without the full stops that people leave out."""
    if "." not in form and _ABBREVIATED.search(form) is None:
        return (form,)
    loose = _ABBREVIATED.sub(r"\1 ", form)
    strict = _ABBREVIATED.sub(r"\1. ", form)
    # "U.S." at the end of a sentence, and before a possessive, has one full stop less.
    return tuple(dict.fromkeys((form, form.removesuffix(".") if len(form) > 2 else form, loose, strict)))


def plurals(form: str) -> tuple[str, ...]:
    """Return the regular English plural of a folded form when it is not the form and s or es: treaty → treaties."""
    return (f"{form[:-1]}ies",) if _CONSONANT_Y.search(form) and _LATIN_WORD.search(form) else ()


def word_start(text: str, start: int, *, is_open: bool = False) -> int:
    """Return where the word begins that a hit at `start` stands for, or -1 if the hit begins inside another word."""
    if start == 0:
        return start
    if not joined(text[start - 1], text[start]):
        # 5 is no part of 3.5.
        return -1 if not is_open and _IN_NUMBER.match(text, start - 1) else start
    # Arabic and Hebrew particles are accepted, but not part of the evidence.
    takes_particles = "\u05d0" <= text[start - 1] <= "\u06ff"
    if not is_open and not takes_particles:
        return -1
    begin, floor = start - 1, max(0, start - (MAX_AFFIX if is_open else MAX_PARTICLES))
    while begin > floor and joined(text[begin - 1], text[begin]):
        begin -= 1
    if is_open:
        return begin
    return start if _PARTICLES_BEFORE.fullmatch(text, begin, start) else -1


def without_particles(word: str) -> Iterator[str]:
    """Yield what is left of an Arabic or Hebrew word if its first letters are particles; three letters are a word."""
    if "\u05d0" <= word[:1] <= "\u06ff":
        for start in range(1, len(word) - 2):
            if _PARTICLES_BEFORE.fullmatch(word, 0, start):
                yield word[start:]


def word_end(text: str, end: int, *, is_open: bool = False, plural: bool = False) -> int:
    """Return where the word ends that a hit up to `end` stands for, or -1 if the word goes on as another one."""
    size = len(text)
    if end == size:
        return end
    if not joined(text[end - 1], text[end]):
        return -1 if not is_open and _IN_NUMBER.match(text, end) else end
    stop = _plural_end(text, end) if plural else -1
    if stop > 0:
        return stop
    takes_particles = "\uac00" <= text[end] <= "\ud7a3"
    if not is_open and not takes_particles:
        return -1
    stop, ceiling = end, min(size, end + (MAX_AFFIX if is_open else MAX_PARTICLES))
    while stop < ceiling and joined(text[stop - 1], text[stop]):
        stop += 1
    if is_open:
        return stop
    return end if _PARTICLES_AFTER.fullmatch(text, end, stop) else -1


def _plural_end(text: str, end: int) -> int:
    """Return where the regular English plural of the word that ends at `end` ends, or -1 if there is none."""
    if text[end - 1] > "z" or not _LATIN_WORD.search(text, max(0, end - 3), end):
        return -1
    if text.startswith("es", end) and _SIBILANT.search(text, end - 2, end):
        stop = end + 2
    elif text[end] == "s" and text[end - 1] != "s":
        stop = end + 1
    else:
        return -1
    is_over = stop == len(text) or not joined(text[stop - 1], text[stop])
    return stop if is_over and not _NO_PLURAL.search(text, max(0, stop - 5), stop) else -1


def inside_katakana(text: str, start: int, end: int) -> bool:
    """Return whether a katakana word goes on before or after a hit: タイ in タイトル is not a place."""
    before = start > 0 and _KATAKANA.match(text[start]) and _KATAKANA.match(text[start - 1])
    after = end < len(text) and _KATAKANA.match(text[end - 1]) and _KATAKANA.match(text[end])
    return bool(before or after)


_EXACT = str.maketrans({**dict.fromkeys("\u2018\u2019\u02bc", "'"), **dict.fromkeys("\u201c\u201d", '"')})
_HIDDEN = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_DASHES = re.compile("[\u2010-\u2013]")


def as_written(text: str) -> str:
    """Return `text` as `=term` compares it: case and accents kept, only typography evened."""
    resolved = unescape(text) if "&" in text else text
    plain = _HIDDEN.sub("", unicodedata.normalize("NFC", resolved)).translate(_EXACT)
    return " ".join(_DASHES.sub("-", plain).split())
