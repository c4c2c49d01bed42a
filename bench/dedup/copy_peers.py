"""Other ways to see that two texts are one: SimHash, MinHash by two libraries, equal titles, equal words."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from xxhash import xxh3_64_intdigest

from monitor.model import Article, ArticleId
from monitor.stories.fingerprint import text_print
from monitor.stories.same_story import copy_score

MIN_SHARED_PROBES = 2  # what the store asks of a candidate
SIMHASH_DISTANCE = 3
MINHASH_JACCARD = 0.5
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """What is kept of a text, and when two of these are taken for one."""

    name: str
    keep: Callable[[str, str], Any]  # headline, text
    same: Callable[[Any, Any], bool]


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _shingles(text: str) -> list[str]:
    words = _words(text)
    return [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)]


def simhash(_: str, text: str) -> int:
    """Return 64 bits, each the majority of the words' hashes (Charikar 2002)."""
    counts = [0] * 64
    for word in _words(text):
        hashed = xxh3_64_intdigest(word)
        for bit in range(64):
            counts[bit] += 1 if hashed >> bit & 1 else -1
    return sum(1 << bit for bit in range(64) if counts[bit] > 0)


def _minhash_ways() -> tuple[Way, ...]:
    """Return MinHash by two libraries, none if they are not installed."""
    try:
        from datasketch import MinHash
        from rensa import RMinHash
    except ImportError:
        print("datasketch and rensa are not installed: pip install -e '.[peers]'", file=sys.stderr)
        return ()

    def rensa(_: str, text: str) -> Any:
        """Keep 128 smallest hashes, by rensa."""
        kept = RMinHash(num_perm=128, seed=42)
        kept.update(_shingles(text))
        return kept

    def datasketch(_: str, text: str) -> Any:
        """Keep 128 smallest hashes, by datasketch."""
        kept = MinHash(num_perm=128)
        kept.update_batch([shingle.encode() for shingle in _shingles(text)])
        return kept

    def same(one: Any, other: Any) -> bool:
        """Return whether the estimated resemblance is enough."""
        return bool(one.jaccard(other) >= MINHASH_JACCARD)

    return tuple(
        Way(name=f"MinHash128 ({keep.__name__}), J ≥ {MINHASH_JACCARD}", keep=keep, same=same)
        for keep in (rensa, datasketch)
    )


def _print(title: str, text: str) -> Any:
    return text_print(Article(id=ArticleId(str(xxh3_64_intdigest(title + text))), title=title, text=text))


def _are_copies(one: Any, other: Any) -> bool:
    return are_candidates(one, other) and copy_score(one, other).is_copy


def are_candidates(one: Any, other: Any) -> bool:
    """Return whether one print would bring up the other."""
    return len({*one.probes} & {*other.probes}) >= MIN_SHARED_PROBES


OURS = Way(name="monitor", keep=_print, same=_are_copies)
WAYS: Sequence[Way] = (
    OURS,
    Way(
        name=f"SimHash64, d ≤ {SIMHASH_DISTANCE}",
        keep=simhash,
        same=lambda one, other: (one ^ other).bit_count() <= SIMHASH_DISTANCE,
    ),
    *_minhash_ways(),
    Way(
        name="equal titles",
        keep=lambda title, _: " ".join(_words(title)),
        same=lambda one, other: one == other != "",
    ),
    Way(name="equal words", keep=lambda _, text: tuple(_words(text)), same=lambda one, other: one == other),
)
