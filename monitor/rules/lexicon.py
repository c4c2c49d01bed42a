"""What each chunk of text says to all rules, worked out once: the next text with the same chunk only looks it up.

News repeats its words: of the chunks of an article one in fifty was not seen before. For that one an Aho-Corasick
automaton over the words of all rules runs, and the rules of its script say where a word begins and ends. All other
chunks cost a look-up, however many rules there are.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from weakref import WeakMethod

import ahocorasick_rs
import Stemmer

from monitor.rules.fold import LONGEST_WORD, MAX_REMEMBERED, Folded, fold_chunk, fold_term, map_chunk
from monitor.rules.terms import INDIC, as_written, inside_katakana, is_unspaced, without_particles, word_end, word_start

MAX_HITS = 1_000  # of one term in a field: more is a flood, and says no more than these
LONG_CHUNK = 500  # characters without white space: a paragraph of Chinese, seldom more
MAX_FOUND = 500_000  # places of all terms in one chunk; it is not read on behind them
_WORD = re.compile(rf"(?:[^\W\d_]|[{INDIC}])+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """How a term may be written, and what must be true around it."""

    term: int
    form: str  # folded
    plural: bool = False
    open_start: bool = False
    open_end: bool = False
    exact: str = ""
    is_place: bool = False
    is_capitalised: bool = False

    def extent(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """Return the word or words of `text` that the form at start..end stands for, None if it is part of others."""
        # The closed side first: it needs one look, while the rest of a word may be long.
        if self.open_start and word_end(text, end, is_open=self.open_end, plural=self.plural) < 0:
            return None
        begin = word_start(text, start, is_open=self.open_start)
        if begin < 0:
            return None
        stop = word_end(text, end, is_open=self.open_end, plural=self.plural)
        if stop < 0 or (self.is_place and inside_katakana(text, begin, stop)):
            return None
        return begin, stop

    @property
    def looks_at_original(self) -> bool:
        """Whether the folded text is not enough to tell."""
        return self.is_capitalised or bool(self.exact)

    def is_as_written(self, original: str) -> bool:
        """Return whether the case and form of the words in the article will do."""
        if self.is_capitalised:
            return not original[:1].islower()
        written = as_written(original)
        if self.open_start and self.open_end:
            return self.exact in written
        if self.open_end:
            return written.startswith(self.exact)
        return written.endswith(self.exact) if self.open_start else written == self.exact


@dataclass(frozen=True, slots=True)
class Anchor:
    """One word of a phrase, by which the phrase is looked for where it goes over several chunks.

    `companion` numbers another word of the phrase, which must be somewhere in the field: numbers of companions are
    negative and stand among the terms that are found.
    """

    phrase: Spelling
    companion: int
    before: int  # words of the phrase before this one
    after: int
    last_word: str  # the one before it, empty if it is the first
    next_word: str

    def may_stand(self, text: str, start: int, end: int) -> bool:
        """Return whether the word at start..end of a chunk can be that of the phrase: no letters where others stand."""
        begins = not self.before or start == 0 or text[start - 1] == " "
        return begins and (not self.after or end == len(text) or text[end] == " ")


class Entry(NamedTuple):
    """What one chunk says: the terms in it, where (term, start, end in the folded chunk), and where phrases may be."""

    terms: frozenset[int]
    hits: tuple[tuple[int, int, int], ...]
    anchors: tuple[Anchor, ...]
    is_one_word: bool  # folded, it has no space inside


class Vocabulary:
    """All that a set of rules looks for in one kind of field: an automaton over the words, and what each word means."""

    def __init__(self, spellings: Iterable[Spelling], stems: Mapping[int, str]) -> None:
        """Build the automaton; `stems` has terms and the word whose stem each is."""
        patterns: dict[str, list[Spelling | Anchor | int]] = {}
        companions: dict[str, int] = {}
        for spelling in spellings:
            patterns.setdefault(spelling.form, []).append(spelling)
            if " " in spelling.form:
                word, companion, before, after = _split(spelling.form)
                if companion not in companions:
                    companions[companion] = -1 - len(companions)
                    patterns.setdefault(companion, []).append(companions[companion])
                patterns.setdefault(word, []).append(_anchor(spelling, companions[companion], before, after))
        self.stems = stems
        self._meanings = tuple(tuple(each) for each in patterns.values())
        self._longest = max(map(len, patterns), default=0)
        self._automaton = ahocorasick_rs.AhoCorasick(list(patterns), store_patterns=False) if patterns else None

    def find(self, text: str) -> Collection[tuple[Spelling | Anchor | int, int, int]]:
        """Return what stands in a folded chunk, and where: spellings, anchors of phrases, numbers of companions."""
        if self._automaton is None:
            return ()
        if len(text) > LONG_CHUNK:
            return list(itertools.islice(self._find_in_long(self._automaton, text), MAX_FOUND))
        found = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(meaning, start, end) for each, start, end in found for meaning in self._meanings[each]]

    def _find_in_long(
        self, automaton: ahocorasick_rs.AhoCorasick, text: str
    ) -> Iterator[tuple[Spelling | Anchor | int, int, int]]:
        """Yield the same piece by piece: at once it may be more than memory has, as of aaaa… with a, aa, aaa, aaaa."""
        for at in range(0, len(text), LONG_CHUNK):
            piece = text[at : at + LONG_CHUNK + self._longest]
            for each, start, end in automaton.find_matches_as_indexes(piece, overlapping=True):
                if start < LONG_CHUNK:
                    for meaning in self._meanings[each]:
                        yield meaning, at + start, at + end


_NONE: frozenset[str] = frozenset()


class _Terms(dict[str, frozenset[int]]):
    """The terms in each chunk; a chunk that is not known yet is worked out."""

    def __init__(self, learn: Callable[[str], frozenset[int]]) -> None:
        super().__init__()
        # No circle: rules that were replaced are gone without the garbage collector.
        self._learn = WeakMethod(learn)

    def __missing__(self, chunk: str) -> frozenset[int]:
        learn = self._learn()
        assert learn is not None, "the lexicon that has this dictionary is there"
        return learn(chunk)


class Lexicon:
    """The vocabulary, with what was looked up so far.

    What a scan needs is kept so that set operations answer it for a whole field at once: `boring` chunks say nothing,
    `terms` has what the others say, `anchored` are those in which a phrase may be, `wordless` those without a word.
    """

    def __init__(self, vocabulary: Vocabulary, language: str = "") -> None:
        """Make ready for articles in `language`; it matters to stems only."""
        self._vocabulary = vocabulary
        self._language = language
        self._stems: dict[str, list[int]] = {}
        for term, word in vocabulary.stems.items():
            self._stems.setdefault(stem(word, language), []).append(term)
        self.boring: set[str] = set()
        self.anchored: set[str] = set()
        self.wordless: set[str] = set()
        self.terms = _Terms(self._learn)
        self._saying: dict[int, set[str]] = defaultdict(set)
        self._entries: dict[str, Entry] = {}
        self._passing: dict[str, Entry | None] = {}  # of the article at hand: chunks that hardly come again

    def tidy(self) -> None:
        """Forget what will not come again, before the next article; and everything, when it has become too much."""
        self._passing.clear()
        if len(self._entries) + len(self.boring) >= MAX_REMEMBERED:
            for remembered in (self.boring, self.anchored, self.wordless, self.terms, self._saying, self._entries):
                remembered.clear()

    def entry(self, chunk: str) -> Entry | None:
        """Return what a chunk says, None if nothing."""
        known = self._entries.get(chunk)
        if known is not None or chunk in self.boring:
            return known
        if chunk not in self._passing:
            self._passing[chunk] = self._analyse(chunk)
        return self._passing[chunk]

    def saying(self, term: int, chunks: AbstractSet[str]) -> AbstractSet[str]:
        """Return those of some chunks that say a term."""
        known = chunks & self._saying.get(term, _NONE)
        if not self._passing:
            return known
        return known | {
            chunk
            for chunk, entry in self._passing.items()
            if entry is not None and term in entry.terms and chunk in chunks
        }

    def wordless_among(self, chunks: AbstractSet[str]) -> AbstractSet[str]:
        """Return those of some chunks that have no word."""
        passing = {chunk for chunk in self._passing if not any(map(str.isalnum, fold_chunk(chunk)))}
        return chunks & (self.wordless | passing) if passing else chunks & self.wordless

    def with_anchors(self, chunks: AbstractSet[str]) -> AbstractSet[str]:
        """Return those of some chunks in which a phrase may be."""
        passing = {chunk for chunk, entry in self._passing.items() if entry is not None and entry.anchors}
        return chunks & self.anchored | chunks & passing

    def _learn(self, chunk: str) -> frozenset[int]:
        entry = self._analyse(chunk)
        if len(chunk) > LONGEST_WORD or is_unspaced(chunk[0]):
            self._passing[chunk] = entry
            return entry.terms if entry is not None else frozenset()
        if not chunk.isalnum() and not any(map(str.isalnum, fold_chunk(chunk))):
            self.wordless.add(chunk)
        if entry is None:
            self.boring.add(chunk)
        else:
            self._entries[chunk] = entry
            self.terms[chunk] = entry.terms
            for term in entry.terms:
                self._saying[term].add(chunk)
            if entry.anchors:
                self.anchored.add(chunk)
        return entry.terms if entry is not None else frozenset()

    def _analyse(self, chunk: str) -> Entry | None:
        # Most new chunks are plain words that no rule asks for.
        text = chunk.lower() if chunk.isascii() and chunk.isalnum() else fold_chunk(chunk)
        found = self._vocabulary.find(text)
        if not found and not self._stems:
            return None
        terms = {meaning for meaning, _, _ in found if isinstance(meaning, int)}
        anchors: dict[int, Anchor] = {}
        for meaning, start, end in found:
            if isinstance(meaning, Anchor) and meaning.may_stand(text, start, end):
                anchors[id(meaning)] = meaning
        hits = dict.fromkeys(self._hits(chunk, text, found))
        if self._stems:
            hits.update(dict.fromkeys(self._stemmed(chunk, text)))
        terms.update([term for term, _, _ in hits])
        if not terms and not anchors:
            return None
        return Entry(frozenset(terms), tuple(hits), tuple(anchors.values()), " " not in text)

    def _hits(
        self, chunk: str, text: str, found: Collection[tuple[Spelling | Anchor | int, int, int]]
    ) -> Iterator[tuple[int, int, int]]:
        """Yield the terms that stand in a chunk by themselves, of each at most so many as a field may have."""
        folded: Folded | None = None
        counts: Counter[int] | None = Counter() if len(found) > MAX_HITS else None
        for spelling, start, end in found:
            if not isinstance(spelling, Spelling) or (counts is not None and counts[spelling.term] >= MAX_HITS):
                continue
            # A word that is the whole chunk, as most are, need not be looked at for where it ends.
            is_whole = start == 0 and end == len(text)
            extent = (start, end) if is_whole else spelling.extent(text, start, end)
            if extent is None:
                continue
            if spelling.looks_at_original:
                folded = folded or map_chunk(chunk)
                if not spelling.is_as_written(chunk[folded.starts[extent[0]] : folded.ends[extent[1] - 1]]):
                    continue
            yield spelling.term, *extent
            if counts is not None:
                counts[spelling.term] += 1

    def _stemmed(self, chunk: str, text: str) -> Iterator[tuple[int, int, int]]:
        words = [each for each in _WORD.finditer(text) if len(each[0]) <= LONGEST_WORD and not is_unspaced(each[0][0])]
        if not words:
            return
        folded = None if chunk.isascii() and text == chunk.lower() else map_chunk(chunk)
        for word in words:
            start, end = word.span()
            original = chunk[folded.starts[start] : folded.ends[end - 1]] if folded else word[0]
            for each in stems_in(as_written(original), self._language):
                for term in self._stems.get(each, ()):
                    yield term, start, end


def _split(form: str) -> tuple[str, str, list[str], list[str]]:
    """Return the word by which a phrase is looked for, another one, and the words before and after the first of these.

    The longest of those that are in it once is taken, for it is likely the rarest; the next longest is its companion.
    """
    words = form.split(" ")
    index = max(range(len(words)), key=lambda each: (words.count(words[each]) == 1, len(words[each])))
    others = [word for each, word in enumerate(words) if each != index]
    return words[index], max(others, key=len), words[:index], words[index + 1 :]


def _anchor(spelling: Spelling, companion: int, before: list[str], after: list[str]) -> Anchor:
    return Anchor(
        phrase=spelling,
        companion=companion,
        before=len(before),
        after=len(after),
        last_word=before[-1] if before else "",
        next_word=after[0] if after else "",
    )


_SNOWBALL = """
ar arabic, hy armenian, eu basque, ca catalan, da danish, nl dutch, en english, fi finnish, fr french, de german,
el greek, hi hindi, hu hungarian, id indonesian, ga irish, it italian, lt lithuanian, ne nepali, nb norwegian,
nn norwegian, no norwegian, pt portuguese, ro romanian, ru russian, sr serbian, es spanish, sv swedish, ta tamil,
tr turkish, yi yiddish
"""
_STEMMERS: dict[str, str] = dict(re.findall(r"(\w+) (\w+)", _SNOWBALL))
# The language of a word whose article does not say: by its script, with English for Latin letters.
_BY_SCRIPT = (
    *(("\u0370", "\u03ff", "el"), ("\u0400", "\u052f", "ru"), ("\u0530", "\u058f", "hy")),
    *(("\u0600", "\u06ff", "ar"), ("\u0900", "\u097f", "hi"), ("\u0b80", "\u0bff", "ta")),
)


def stem_language(language: str) -> str:
    """Return the code by which stems differ; empty where there is no stemmer: such articles share a lexicon."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return code if code in _STEMMERS else ""


@lru_cache(maxsize=32_768)
def stem(word: str, language: str) -> str:
    """Return the stem of a word (Snowball), folded: what is compared for `~word`."""
    lower = word.lower()
    code = language or next((code for first, last, code in _BY_SCRIPT if first <= lower[:1] <= last), "en")
    if code == "ar":
        # Without the article it takes the first letter of many words for a particle, as in وزير and فرنسا.
        lower = f"ال{lower.removeprefix('ال')}"
    return fold_term(_stemmer(_STEMMERS[code]).stemWord(lower))


@lru_cache(maxsize=32_768)
def stems_in(word: str, language: str) -> frozenset[str]:
    """Return the stems that a word of a text may have: its own, and those without the particles written onto it."""
    return frozenset(stem(each, language) for each in (word, *without_particles(word)))


@lru_cache(maxsize=32)
def _stemmer(name: str) -> Stemmer.Stemmer:
    # Ours is the cache that is bounded; the stemmer's own grows with each word.
    return Stemmer.Stemmer(name, 0)
