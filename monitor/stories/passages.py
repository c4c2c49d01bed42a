"""The passages of a text that stand word by word in another one, to show why they are copies. Pure."""

from __future__ import annotations

from itertools import islice

from monitor.remembered import TextPrint
from monitor.stories.fingerprint import hash_word, shingle_size, shingles
from monitor.stories.overlap import runs
from monitor.stories.words import MAX_WORDS, UNITS_PER_WORD, locate_words

MOST_PASSAGES = 2
MOST_CHARACTERS = 200


def shared_passages(text: str, other: TextPrint) -> tuple[str, ...]:
    """Return the longest passages that `text` shares with another one, as `text` has them, the longest first.

    A passage lies within one paragraph; of a long one the beginning is given.
    """
    size = shingle_size(by_character=other.by_character)
    most = MAX_WORDS * (UNITS_PER_WORD if other.by_character else 1)
    words = list(islice(locate_words(text), most))
    sequence = [hash_word(word) for word, _, _ in words]
    found = runs(sequence, set(shingles(other.sequence, size=size)), size=size)
    spans = (span for start, end in found for span in _paragraphs(text, words[start][1], words[end - 1][2]))
    longest = sorted(spans, key=lambda span: span[0] - span[1])[:MOST_PASSAGES]
    return tuple(_beginning(text[start:end]) for start, end in longest)


def _paragraphs(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the spans of the lines of text[start:end]."""
    spans = []
    for line in text[start:end].split("\n"):
        if line.strip():
            spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _beginning(passage: str) -> str:
    if len(passage) <= MOST_CHARACTERS:
        return passage.strip()
    cut = passage[: MOST_CHARACTERS + 1]
    blank = cut.rfind(" ")
    # Scripts without spaces are cut where they stand.
    return (cut[:blank] if blank > MOST_CHARACTERS // 2 else cut[:MOST_CHARACTERS]).strip()
