"""Article → TextPrint: the little of its text that is kept so that copies of it are recognised later. Pure.

Source: shingles and their smallest hashes, Broder, "On the resemblance and containment of documents", 1997.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xxhash import xxh3_64_intdigest, xxh3_128_hexdigest

from monitor.model import Article, ArticleStatus
from monitor.remembered import TextPrint
from monitor.stories.words import Words, fold, read_names, read_title_words, read_words

MIN_WORDS = 12  # below it two texts agree by chance: "Subscribe to read the full story"
SHINGLE_WORDS = 3
SHINGLE_CHARACTERS = 5
TEXT_PROBES = 16  # smallest hashes of the whole text: find rewritten and lengthened copies
LEAD_PROBES = 8  # smallest hashes of the lead: find copies that were cut
LEAD_WORDS = 80

# Other texts are not the article's own: a challenge page or a consent notice is the same for every article of a site.
_COMPARED = frozenset({ArticleStatus.FULL, ArticleStatus.FEED, ArticleStatus.TEASER})


def text_print(article: Article) -> TextPrint:
    """Return the print of an article; with too little text of its own it has no hash, no probes and no shingles."""
    folded = fold((article.text or article.summary) if article.status in _COMPARED else "")
    words = read_words(folded)
    title_words = read_title_words(article.title)
    if words.count < MIN_WORDS:
        return _without_text(article, title_words=title_words, words=words.count)
    shingles = _shingles(words)
    vocabulary = set(words.units)
    return TextPrint(
        article=article.id,
        text_hash=xxh3_128_hexdigest(" ".join(words.units)),
        probes=_probes(shingles, lead=shingles[: len(words.first(LEAD_WORDS))]),
        shingles=frozenset(shingles),
        numbers=frozenset(word for word in vocabulary if word[0].isdecimal()),
        names=read_names(folded, words=words),
        vocabulary=frozenset(map(hash_word, vocabulary)),
        title_words=title_words,
        words=words.count,
    )


def hash_word(word: str) -> int:
    """Return the 32-bit hash by which a print's vocabulary holds a word; the same on every machine."""
    return xxh3_64_intdigest(word) & 0xFFFF_FFFF


def _without_text(article: Article, *, title_words: frozenset[str], words: int) -> TextPrint:
    return TextPrint(
        article=article.id,
        text_hash="",
        probes=(),
        shingles=frozenset(),
        numbers=frozenset(),
        names=frozenset(),
        vocabulary=frozenset(),
        title_words=title_words,
        words=words,
    )


def _shingles(words: Words) -> list[int]:
    """Return the 32-bit hashes of all runs of words in order."""
    size = SHINGLE_CHARACTERS if words.by_character else SHINGLE_WORDS
    runs: Iterable[tuple[str, ...]] = zip(*(words.units[start:] for start in range(size)), strict=False)
    return [xxh3_64_intdigest(" ".join(run)) & 0xFFFF_FFFF for run in runs]


def _probes(shingles: Sequence[int], *, lead: Sequence[int]) -> tuple[int, ...]:
    return tuple(sorted({*sorted(set(shingles))[:TEXT_PROBES], *sorted(set(lead))[:LEAD_PROBES]}))
