"""Article → Terms: the stems of its title and first 120 words, by which stories are compared. Pure.

Names and numbers tell one event from another of its kind, so they count more and are told from other words.
Sources: weights 1 + ln tf, Salton and Buckley, "Term-weighting approaches in automatic text retrieval", 1988; stems by
Snowball, Porter, 2001.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache
from itertools import pairwise

import Stemmer
from xxhash import xxh32_intdigest

from monitor.model import Article
from monitor.remembered import Terms
from monitor.stories.common_words import function_words, languages_by_word
from monitor.stories.notices import own_text
from monitor.stories.words import APOSTROPHES, fold, read_names, read_words

LEAD_WORDS = 120  # what comes later is background, which other events share
_LEAD_CHARACTERS = 1_500  # 120 words of any language, and a bound on hostile ones

# The last two bits of a term say what it is. A name is counted twice, as a word and as a name: thus a text that has it
# at the start of a sentence only, or has capitals everywhere, still shares the word.
_KINDS = 3
WORD, NAME, NUMBER = 0, 1, 2
_BOOST = 2.0


# There only capitals that follow one another are sure to be of a name, with its title: Richterin Karla Emmerich.
_NOUNS_HAVE_CAPITALS = frozenset({"de"})
_CAPITALS = re.compile(r"[^\W\d_a-zß-ÿ][^\W\d_]+(?: [^\W\d_a-zß-ÿ][^\W\d_]+)+")

_STEMMERS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hi": "hindi",
    "hu": "hungarian",
    "id": "indonesian",
    "it": "italian",
    "nb": "norwegian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


def read_terms(article: Article) -> Terms:
    """Return the terms of an article; those of its title alone if it has no text of its own."""
    text = own_text(article)
    # What is written onto a word by an apostrophe is no part of it: l'État, Obama's.
    body = fold(APOSTROPHES.sub(" ", text[:_LEAD_CHARACTERS]))
    title = fold(APOSTROPHES.sub(" ", article.title))
    words = read_words(f"{title}\n{body}")
    units = words.first(LEAD_WORDS)
    if words.by_character:
        units = _pairs(units)
    counts = Counter(units)
    language = _language(counts, told=article.language)
    ignored = function_words(language)
    # Headlines may have capitals everywhere: a name is what the text writes as one.
    names = _names_among_nouns(body) if language in _NOUNS_HAVE_CAPITALS else read_names(body, words=words)
    weights: dict[int, float] = {}
    spelled: dict[int, str] = {}
    for word, count in counts.items():
        is_number = word[0].isdecimal()
        if word in ignored or (len(word) < 2 and not is_number):
            continue
        term = stem_term(word, language)
        weight = 1.0 + math.log(count)
        # Of two forms of one stem the weights add up: nearly what a common count would give.
        if is_number:
            term |= NUMBER
            weight *= _BOOST
        elif word in names:
            weights[term | NAME] = weights.get(term | NAME, 0.0) + _BOOST * weight
            spelled.setdefault(term | NAME, word)
        weights[term] = weights.get(term, 0.0) + weight
        spelled.setdefault(term, word)
    return Terms(weights=weights, spelled=spelled, words=words.count)


def kind(term: int) -> int:
    """Return whether a term is a WORD, a NAME or a NUMBER."""
    return term & _KINDS


@lru_cache(maxsize=65_536)
def stem_term(word: str, language: str) -> int:
    """Return the term of a word in lower case, by its stem if the language has a stemmer; the same on every machine."""
    stemmer = _stemmer(language)
    return xxh32_intdigest(stemmer.stemWord(word) if stemmer else word) & ~_KINDS


def _names_among_nouns(body: str) -> frozenset[str]:
    found: set[str] = set()
    ignored = function_words("de")
    for run in _CAPITALS.findall(body):
        # The first word of a sentence may be none of it: Die Verteidigung.
        words = [word for word in run.lower().split(" ") if word not in ignored]
        if len(words) > 1:
            found.update(words)
    return frozenset(found)


def _pairs(units: tuple[str, ...]) -> tuple[str, ...]:
    """Return the pairs of characters that follow one another, and whole words of other scripts between them."""
    pairs = (one + other for one, other in pairwise(units) if len(one) == len(other) == 1)
    return (*pairs, *(word for word in units if len(word) > 1 or word.isdecimal()))


def _language(words: Iterable[str], *, told: str) -> str:
    """Return the language of which most function words are in a text, else what its publisher says.

    The publisher may be wrong or silent, and the same text must have the same stems everywhere.
    """
    known = languages_by_word()
    votes = Counter(code for word in words for code in known.get(word, ()))
    said = told[:2].lower()
    return min(votes, key=lambda code: (-votes[code], code != said, code)) if votes else said


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    # Ours is the cache that is bounded; the stemmer's own grows with each word.
    return Stemmer.Stemmer(_STEMMERS[language], 0) if language in _STEMMERS else None
