"""Article → TextPrint: the little of its text that is kept so that copies of it are recognised later. Pure.

Source: shingles and their smallest hashes, Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from xxhash import xxh3_64_intdigest, xxh3_128_hexdigest, xxh32_intdigest

from monitor.model import Article
from monitor.remembered import TextPrint
from monitor.stories.notices import own_text
from monitor.stories.roundups import is_roundup
from monitor.stories.words import MAX_WORDS, UNITS_PER_WORD, fold, read_names, read_title_words, read_words

MIN_WORDS = 12  # below it two texts agree by chance: "Subscribe to read the full story"
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 5

# How many of the smallest hashes of the shingles that begin in the first so many words: those of the whole text find
# rewritten and lengthened copies, those of the lead copies that were cut, those of its beginning teasers.
PROBES = ((MAX_WORDS, 14), (80, 6), (22, 4))

_HASH_BYTES = 2


def text_print(article: Article) -> TextPrint:
    """Return the print of an article; with too little text of its own it has no hash, no probes and no words."""
    folded = fold(own_text(article))
    words = read_words(folded)
    title_words = read_title_words(article.title)
    if words.count < MIN_WORDS:
        return _without_text(article, title_words=title_words, words=words.count)
    hashes = {word: hash_word(word) for word in set(words.units)}
    sequence = tuple(map(hashes.__getitem__, words.units))
    return TextPrint(
        article=article.id,
        text_hash=xxh3_128_hexdigest(" ".join(words.units)),
        probes=_probes(sequence, by_character=words.by_character),
        sequence=sequence,
        by_character=words.by_character,
        numbers=frozenset(word for word in hashes if word[0].isdecimal()),
        names=frozenset(map(hash_word, read_names(folded, words=words))),
        title_words=title_words,
        words=words.count,
        is_roundup=is_roundup(article.title, words),
    )


def hash_word(word: str) -> int:
    """Return the 16-bit hash by which a print holds a word; the same on every machine."""
    return xxh3_64_intdigest(word) & 0xFFFF


def shingle_size(*, by_character: bool) -> int:
    """Return how many words of a sequence are compared as one."""
    return SHINGLE_CHARACTERS if by_character else SHINGLE_WORDS


def shingles(sequence: Sequence[int], *, size: int) -> Iterable[tuple[int, ...]]:
    """Return all runs of `size` words of a sequence, in order."""
    return zip(*(sequence[start:] for start in range(size)), strict=False)


def _without_text(article: Article, *, title_words: frozenset[str], words: int) -> TextPrint:
    return TextPrint(
        article=article.id,
        text_hash="",
        probes=(),
        sequence=(),
        by_character=False,
        numbers=frozenset(),
        names=frozenset(),
        title_words=title_words,
        words=words,
    )


def _probes(sequence: Sequence[int], *, by_character: bool) -> tuple[int, ...]:
    raw = struct.pack(f"<{len(sequence)}H", *sequence)
    length = shingle_size(by_character=by_character) * _HASH_BYTES
    hashes = [xxh32_intdigest(raw[start : start + length]) for start in range(0, len(raw) - length + 1, _HASH_BYTES)]
    unit = UNITS_PER_WORD if by_character else 1
    return tuple(sorted({one for words, most in PROBES for one in sorted(set(hashes[: words * unit]))[:most]}))
