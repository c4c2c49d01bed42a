"""How many of the texts read lately hold a term: what is in many says little about what a text tells. Pure.

Source: inverse document frequency, Spärck Jones, "A statistical interpretation of term specificity", 1972.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from monitor.remembered import TermCounts
from monitor.stories.common_words import news_words
from monitor.stories.terms import stem_term

MOST_TERMS = 60_000
_HALF_LIFE = timedelta(days=7)
# Rarer than in one of a thousand texts is rare. So what nobody has read yet weighs the same on the first day as later,
# and the threshold that goes with it stays good.
_RARE = 0.001
_BEFORE = 1 / _RARE  # texts that are taken to have been read before, without any of the terms
_NEWS_WORD = 0.10  # of the texts of its language hold a word of news; in all the texts it may be rare
_MOST_KNOWN = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies(TermCounts):
    """In how many texts each term was, and so how much it says; `version` tells one table from the next."""

    # Looked up hundreds of times an article.
    _known: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def idf(self, term: int) -> float:
        """Return how much a term says: 0 if it is in every text, about 7 if it is rare."""
        known = self._known.get(term)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            share = (self.counts.get(term, 0.0) + 1) / (self.documents + _BEFORE)
            known = self._known[term] = -math.log(max(share, _RARE, _seed().get(term, 0.0)))
        return known

    def weigh(self, weights: Mapping[int, float]) -> dict[int, float]:
        """Return the weights of terms with what each says."""
        known, idf = self._known, self.idf
        return {term: weight * (known[term] if term in known else idf(term)) for term, weight in weights.items()}

    def length(self, weights: Mapping[int, float]) -> float:
        """Return the length of what `weigh` returns, in half the time."""
        known = self._known
        try:
            return math.hypot(*[weight * known[term] for term, weight in weights.items()])
        except KeyError:
            return math.hypot(*self.weigh(weights).values())


SEED = Frequencies()
"""What is known on the first day: the common words of the languages of the news, which every table knows."""


def weighing(table: TermCounts) -> Frequencies:
    """Return what the terms of a table say."""
    return Frequencies(version=table.version, documents=table.documents, counts=table.counts, updated=table.updated)


def learned(table: TermCounts, documents: Iterable[Collection[int]], now: datetime) -> TermCounts:
    """Return the counts that know further texts too, each given by its terms; what they knew halves in a week.

    Copies of a text must not be given: they would make the names of the news that is told most say least.
    """
    age = max(timedelta(0), now - table.updated) if table.updated else timedelta(0)
    kept = 0.5 ** (age / _HALF_LIFE)
    counts = Counter({term: count * kept for term, count in table.counts.items()})
    number = 0
    for document in documents:
        counts.update(frozenset(document))
        number += 1
    # By term where the counts are equal, so that the same texts give the same table.
    heaviest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_TERMS]
    return TermCounts(
        version=table.version + 1,
        documents=table.documents * kept + number,
        counts=dict(heaviest),
        updated=max(now, table.updated) if table.updated else now,
    )


@cache
def _seed() -> Mapping[int, float]:
    # A word of one language may mean something in another one; then it counts for less there, which splits, not merges.
    return {stem_term(word, language): _NEWS_WORD for word, language in news_words()}
