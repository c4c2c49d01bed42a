"""How near an extraction comes to the truth. Pure; the definitions are those of the development data's makers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha1

from monitor.text import clean_line

# Word runs; letters of Chinese, Japanese, Thai, Lao and Burmese, which write no spaces, count one by one.
_LETTERS = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(rf"[{_LETTERS}]|[^\W{_LETTERS}]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shares of tokens, as a multiset: of what was found that is true, of the truth that was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def overlap(text: str, truth: str) -> Overlap:
    """Return how the tokens of a text cover those of the truth."""
    got, wanted = tokens(text), tokens(truth)
    shared = (got & wanted).total()
    if not got or not wanted:
        return Overlap(float(not wanted and not got), float(not wanted and not got))
    return Overlap(shared / got.total(), shared / wanted.total())


def tokens(text: str) -> Counter[str]:
    return Counter(_TOKENS.findall(text.lower()))


@dataclass(slots=True)
class Snippets:
    """What must and must not be in a text: counted over all pages."""

    found: int = 0
    missing: int = 0
    intruders: int = 0

    def count(self, text: str, *, wanted: Sequence[str], unwanted: Sequence[str]) -> None:
        text = _SPACE.sub(" ", text)
        hits = sum(_SPACE.sub(" ", snippet).strip() in text for snippet in wanted)
        self.found += hits
        self.missing += len(wanted) - hits
        self.intruders += sum(_SPACE.sub(" ", snippet).strip() in text for snippet in unwanted)

    @property
    def f1(self) -> float:
        return 2 * self.found / (2 * self.found + self.missing + self.intruders) if self.found else 0.0

    @property
    def precision(self) -> float:
        return self.found / (self.found + self.intruders) if self.found else 0.0

    @property
    def recall(self) -> float:
        return self.found / (self.found + self.missing) if self.found else 0.0


def half(site: str) -> int:
    """Return in which half a site's pages are: 0 to tune on, 1 to report."""
    return sha1(site.encode(), usedforsecurity=False).digest()[-1] % 2


def same_title(got: str, truth: str) -> bool:
    return clean_line(got) == clean_line(truth)


def same_authors(got: Iterable[str], truth: Iterable[str]) -> bool:
    return {clean_line(name).casefold() for name in got} == {clean_line(name).casefold() for name in truth}


def same_day(got: datetime | None, truth: datetime) -> bool:
    """Return whether a moment lies on the true day, in the zone that the truth is written in."""
    if got is None:
        return False
    return (got.astimezone(truth.tzinfo) if truth.tzinfo and got.tzinfo else got).date() == truth.date()


def same_minute(got: datetime | None, truth: datetime) -> bool:
    """Return whether a moment is within 60 seconds of the true one; what has no zone is read as UTC."""
    if got is None:
        return False
    return abs(_aware(got) - _aware(truth)) <= timedelta(seconds=60)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
