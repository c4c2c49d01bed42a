"""An article as the rules read it: fields in chunks, the terms found there, and where; each worked out when asked."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from monitor.model import Article, ArticleField
from monitor.rules.fold import LONGEST_WORD, MAX_REMEMBERED, PARAGRAPH, Folded, fold_chunk, is_lower, map_chunk
from monitor.rules.lexicon import MAX_HITS, Anchor, Lexicon
from monitor.rules.terms import INDIC, is_unspaced
from monitor.sentences import paragraph_ends, sentence_ends

if TYPE_CHECKING:
    from monitor.rules.places import PlacePlan

BODY: tuple[ArticleField, ...] = ("title", "summary", "text")
"""Where a condition without a field looks, in the order of reading."""

EVERY_FIELD: tuple[ArticleField, ...] = (*BODY, "url", "author", "feed")
LEAD_WORDS = 80
FEW_CHUNKS = 12  # looked for one by one; when more are asked for, it pays to note the places of all
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
POSITION_BITS = 24  # of a position inside a chunk; a field has at most a million characters
_INSIDE = (1 << POSITION_BITS) - 1
# Decimals, U.S. and possessives are one word.
_WORD = re.compile(rf"(?:[^\W_]|[{INDIC}])+(?:[.,'][^\W_]+)*")


class Hit(NamedTuple):
    """Where a term was found. A position is the number of a chunk and, in its lower bits, the place in it, folded."""

    field: ArticleField
    start: int
    end: int


class Span(NamedTuple):
    """Where a regular expression matched: positions in the original field."""

    field: ArticleField
    start: int
    end: int


class Found(NamedTuple):
    """A hit with the name that evidence gives it. Operands of near and same are never spans."""

    hit: Hit | Span
    label: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The fields in which a condition looks; `lead` stops in the text after its first words."""

    fields: tuple[ArticleField, ...] = BODY
    lead: bool = False

    group: ArticleField | None = field(init=False)
    """The one field beside the body that is looked at; None for the body. Each has a vocabulary of its own."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", self.fields[0] if self.fields[0] not in BODY else None)


WHOLE_BODY = Scope()


class Text:
    """One field of an article."""

    def __init__(self, name: ArticleField, original: str, lexicon: Lexicon) -> None:
        """Split `original`; its chunks will be looked up in `lexicon`."""
        self.name = name
        self.original = original
        self._lexicon = lexicon
        marked = _BLANK_LINE.sub(f"\n{PARAGRAPH}\n", original) if "\n" in original else original
        self.chunks: list[str] = marked.split()
        self._distinct = set(self.chunks)
        self._saying: set[str] = set()  # the chunks that may say something
        self._phrases: dict[int, dict[Hit, None]] = {}
        self.longest_phrase = 1  # of those found, in chunks
        self._places: dict[str, list[int]] = {}
        self._maps: dict[str, Folded] = {}
        self._counts: dict[str, list[float]] = {}
        self._starts: list[int] | None = None
        self._words_before: list[float] | None = None

    def scan(self) -> set[int]:
        """Return the terms that stand in the field."""
        if not self.chunks:
            return set()
        lexicon = self._lexicon
        saying = self._saying = self._distinct - lexicon.boring
        terms: set[int] = set().union(*map(lexicon.terms.__getitem__, saying))
        for chunk in lexicon.with_anchors(saying):
            entry = lexicon.entry(chunk)
            if entry is None:
                continue
            for anchor in entry.anchors:
                if anchor.companion in terms:
                    self._find_phrase(chunk, anchor, is_one_word=entry.is_one_word)
        return terms.union(self._phrases)

    def hits(self, term: int) -> list[Hit]:
        """Return where a term stands, in order; at most MAX_HITS places."""
        found = list(self._phrases.get(term, ()))
        for chunk in self._lexicon.saying(term, self._saying):
            entry = self._lexicon.entry(chunk)
            assert entry is not None
            spans = [(start, end) for each, start, end in entry.hits if each == term]
            for place in self._places_of(chunk)[:MAX_HITS]:
                base = place << POSITION_BITS
                found += [Hit(self.name, base + start, base + end) for start, end in spans]
        found.sort()
        return found[:MAX_HITS]

    def chunks_with(self, terms: Iterable[int]) -> list[int]:
        """Return the numbers of the chunks in which one of some terms begins."""
        found: list[int] = []
        for term in terms:
            for chunk in self._lexicon.saying(term, self._saying):
                found += self._places_of(chunk)[:MAX_HITS]
            found += [hit.start >> POSITION_BITS for hit in self._phrases.get(term, ())]
        return found

    def _find_phrase(self, chunk: str, anchor: Anchor, *, is_one_word: bool) -> None:
        """Note where the phrase of an anchor goes over several chunks, this one among them."""
        count = 0
        for place in self._places_of(chunk):
            if not is_one_word or self._has_neighbours(place, anchor):
                count += self._find_phrase_at(place, anchor)
                if count >= MAX_HITS:
                    return

    def _has_neighbours(self, place: int, anchor: Anchor) -> bool:
        """Return whether the words beside an anchor may be those of its phrase: a fast look before the thorough one."""
        if anchor.next_word:
            follows = fold_chunk(self.chunks[place + 1]) if place + 1 < len(self.chunks) else PARAGRAPH
            if follows and not follows.startswith(anchor.next_word):
                return False
        if anchor.last_word:
            precedes = fold_chunk(self.chunks[place - 1]) if place else PARAGRAPH
            return not precedes or precedes.endswith(anchor.last_word)
        return True

    def _find_phrase_at(self, place: int, anchor: Anchor) -> int:
        """Note the phrase of an anchor around a place; return how often it is there."""
        count, spelling = 0, anchor.phrase
        text, starts = self._joined(place, before=anchor.before, after=anchor.after)
        at = text.find(spelling.form)
        while at >= 0:
            extent = spelling.extent(text, at, at + len(spelling.form))
            at = text.find(spelling.form, at + 1)
            hit = self._hit(extent, starts) if extent else None
            if hit is None or hit.start >> POSITION_BITS == hit.end >> POSITION_BITS:
                continue
            if not spelling.looks_at_original or spelling.is_as_written(self.words(hit)):
                self._phrases.setdefault(spelling.term, {})[hit] = None
                chunks = (hit.end >> POSITION_BITS) - (hit.start >> POSITION_BITS) + 1
                self.longest_phrase = max(self.longest_phrase, chunks)
                count += 1
        return count

    def _joined(self, place: int, *, before: int, after: int) -> tuple[str, list[tuple[int, int]]]:
        """Return the folded chunks around a place as one text, and (start in it, chunk) of each.

        At least so many chunks before and after it are in it as asked for, less where the field ends; those that fold
        to nothing do not count.
        """
        first, last = place, place
        while before and first:
            first -= 1
            before -= bool(fold_chunk(self.chunks[first]))
        while after and last < len(self.chunks) - 1:
            last += 1
            after -= bool(fold_chunk(self.chunks[last]))
        pieces, starts, length = [], [], 0
        for chunk in range(first, last + 1):
            folded = fold_chunk(self.chunks[chunk])
            if folded:
                pieces.append(folded)
                starts.append((length, chunk))
                length += len(folded) + 1
        return " ".join(pieces), starts

    def _hit(self, extent: tuple[int, int], starts: list[tuple[int, int]]) -> Hit:
        """Return the hit of an extent of joined chunks."""
        first = starts[bisect_right(starts, (extent[0], _INSIDE)) - 1]
        last = starts[bisect_right(starts, (extent[1] - 1, _INSIDE)) - 1]
        begin = (first[1] << POSITION_BITS) + extent[0] - first[0]
        return Hit(self.name, begin, (last[1] << POSITION_BITS) + extent[1] - last[0])

    def span(self, hit: Hit | Span) -> tuple[int, int]:
        """Return (start, end) of a hit in the original."""
        if isinstance(hit, Span):
            return hit.start, hit.end
        first, last = hit.start >> POSITION_BITS, hit.end >> POSITION_BITS
        begin, stop = hit.start & _INSIDE, hit.end & _INSIDE
        if not _is_plain(self.chunks[first]):
            begin = self._mapped(first).starts[begin]
        if not _is_plain(self.chunks[last]):
            stop = self._mapped(last).ends[stop - 1]
        return self.start_of(first) + begin, self.start_of(last) + stop

    def words(self, hit: Hit) -> str:
        """Return what the article has at a hit, as written."""
        start, end = self.span(hit)
        return self.original[start:end]

    def start_of(self, chunk: int) -> int:
        """Return where a chunk begins in the original; behind the last one it ends."""
        if self._starts is None:
            self._starts = self._find_starts()
        return self._starts[chunk] if chunk < len(self.chunks) else len(self.original)

    def _find_starts(self) -> list[int]:
        original, chunks = self.original, self.chunks
        lengths = [0 if chunk == PARAGRAPH else len(chunk) for chunk in chunks]
        if sum(lengths) + len(lengths) - 1 == len(original):
            # No white space but one character between chunks, as in most articles: they follow one another.
            return list(accumulate([length + 1 for length in lengths[:-1]], initial=0))
        starts, at = [], 0
        for chunk, length in zip(chunks, lengths, strict=True):
            at = original.index(chunk, at) if length else at
            starts.append(at)
            at += length
        return starts

    def words_before(self, position: int) -> float:
        """Return how many words stand before a position; two characters of Chinese count as one."""
        chunk, inside = position >> POSITION_BITS, position & _INSIDE
        before = self._words_before_each()[chunk]
        return before + self._words_in(chunk)[inside] if inside else before

    @cached_property
    def wordless_chunks(self) -> int:
        """How many chunks have no word."""
        return sum(map(self.chunks.count, self._lexicon.wordless_among(self._distinct)))

    def position_after(self, words: float) -> int:
        """Return the position after so many words."""
        before = self._words_before_each()
        chunk = bisect_right(before, words) - 1
        if chunk >= len(self.chunks):
            return chunk << POSITION_BITS
        # In scripts without spaces the end is inside a chunk.
        return (chunk << POSITION_BITS) + bisect_left(self._words_in(chunk), words - before[chunk])

    def _words_in(self, chunk: int) -> list[float]:
        """Return how many words of a chunk begin before each position in it."""
        text = self.chunks[chunk]
        if text not in self._counts:
            self._counts[text] = words_before_each(fold_chunk(text))
        return self._counts[text]

    def _mapped(self, chunk: int) -> Folded:
        text = self.chunks[chunk]
        if text not in self._maps:
            self._maps[text] = map_chunk(text)
        return self._maps[text]

    def _words_before_each(self) -> list[float]:
        if self._words_before is None:
            self._words_before = [0, *accumulate(map(_words_in, self.chunks))]
        return self._words_before

    def sentence(self, hit: Hit | Span) -> int:
        """Return the number of the sentence in which a hit begins."""
        return bisect_right(self._sentence_ends, self.span(hit)[0])

    def paragraph(self, hit: Hit | Span) -> int:
        """Return the number of the paragraph in which a hit begins."""
        return bisect_right(self._paragraph_ends, self.span(hit)[0])

    def _places_of(self, chunk: str) -> list[int]:
        """Return where a chunk stands: looked for when asked, but all at once when many are asked for."""
        if chunk not in self._places:
            if len(self._places) < FEW_CHUNKS:
                self._places[chunk] = list(self._look_for(chunk))
            else:
                self._places = {each: [] for each in self._saying}
                for place, each in enumerate(self.chunks):
                    if each in self._places:
                        self._places[each].append(place)
        return self._places[chunk]

    def _look_for(self, chunk: str) -> Iterator[int]:
        index, at = self.chunks.index, -1
        with suppress(ValueError):  # that there is no further one
            while True:
                at = index(chunk, at + 1)
                yield at

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return sentence_ends(self.original)

    @cached_property
    def _paragraph_ends(self) -> list[int]:
        return paragraph_ends(self.original)


def _is_plain(chunk: str) -> bool:
    """Return whether positions in a chunk stay when it is folded; of long ones, which are not remembered, say no."""
    return len(chunk) <= LONGEST_WORD and is_lower(chunk)


class _Counted(dict[str, float]):
    """How many words chunks have."""

    def __missing__(self, chunk: str) -> float:
        count = count_words(fold_chunk(chunk))
        if len(chunk) <= LONGEST_WORD:
            if len(self) >= MAX_REMEMBERED:
                self.clear()
            self[chunk] = count
        return count


_words_in = _Counted().__getitem__


def words_before_each(folded: str) -> list[float]:
    """Return for each position of a folded text, and its end, how many words begin before it."""
    steps = [0.5 if is_unspaced(character) and character.isalnum() else 0.0 for character in folded]
    spaced = "".join(" " if is_unspaced(character) else character for character in folded)
    for word in _WORD.finditer(spaced):
        steps[word.start()] += 1
    return [0.0, *accumulate(steps)]


def count_words(folded: str) -> float:
    """Return the number of words in a folded text; a character of a script without spaces is half a word."""
    if folded.isascii() and folded.isalnum():
        return 1
    unspaced = sum(is_unspaced(character) and character.isalnum() for character in folded)
    if not unspaced:
        return sum(1 for _ in _WORD.finditer(folded))
    spaced = "".join(" " if is_unspaced(character) else character for character in folded)
    return unspaced / 2 + sum(1 for _ in _WORD.finditer(spaced))


@dataclass(slots=True)
class Reading:
    """An article as the plans see it."""

    article: Article
    texts: dict[ArticleField, Text]
    terms: set[int] = field(default_factory=set)  # found anywhere
    places: dict[PlacePlan, tuple[Hit, ...]] = field(default_factory=dict)  # each place is worked out once an article
    regexes: dict[ArticleField, frozenset[int]] = field(default_factory=dict)  # which patterns match a field
    _hits: dict[int, list[Hit]] = field(default_factory=dict)
    _lead_end: int | None = None

    def hits_of(self, term: int, scope: Scope) -> Iterator[Hit]:
        """Yield the hits of a term within a scope."""
        if term not in self.terms:
            return
        hits = self._hits.get(term)
        if hits is None:
            hits = self._hits[term] = [hit for text in self.texts.values() if text.chunks for hit in text.hits(term)]
        for hit in hits:
            if hit.field in scope.fields and not (scope.lead and hit.field == "text" and hit.start >= self.lead_end):
                yield hit

    @property
    def lead_end(self) -> int:
        """The position in the text where its first 80 words end."""
        if self._lead_end is None:
            self._lead_end = self.texts["text"].position_after(LEAD_WORDS)
        return self._lead_end

    @property
    def lead_end_in_original(self) -> int:
        """The same as an offset of the original text."""
        text, chunk = self.texts["text"], self.lead_end >> POSITION_BITS
        return text.start_of(chunk) + (self.lead_end & _INSIDE)

    def span(self, hit: Hit | Span) -> tuple[int, int]:
        """Return (start, end) of a hit in the original field."""
        return self.texts[hit.field].span(hit)
