"""Articles against rules: which rules hold for an article, and the words that say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.errors import Location
from monitor.model import Article, ArticleField, ArticleId, Evidence, Match, Rule, RuleId
from monitor.rules.compile import Program
from monitor.rules.expression import Condition
from monitor.rules.reading import EVERY_FIELD, Found, Reading


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An example in a rule's `tests:`: an article, whether the rule should match it, and evidence it should give."""

    rule: RuleId
    article: Article
    should_match: bool
    evidence: tuple[str, ...]
    at: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenRule:
    """A rule as read: what the program knows of it, its condition and its tests."""

    rule: Rule
    condition: Condition
    at: Location
    tests: tuple[RuleTest, ...] = ()


class RuleSet:
    """All rules, compiled. Immutable: an edit makes a new one."""

    __slots__ = ("_numbers", "_program", "rules", "street_words", "tests", "version")

    def __init__(self, written: Iterable[WrittenRule], *, street_words: frozenset[str] = frozenset()) -> None:
        """Compile the rules; `street_words` are those that make a street of a place's name."""
        known = tuple(written)
        self.street_words = street_words
        self.rules: tuple[Rule, ...] = tuple(each.rule for each in known)
        self.tests: tuple[RuleTest, ...] = tuple(test for each in known for test in each.tests)
        self._numbers = {rule.id: number for number, rule in enumerate(self.rules)}
        versions = "\n".join(f"{rule.id} {rule.version}" for rule in self.rules)
        self.version: str = hashlib.blake2b(versions.encode(), digest_size=8).hexdigest()
        self._program: Program = Program([each.condition for each in known], street_words=street_words)

    def __len__(self) -> int:
        return len(self.rules)

    def condition(self, rule: RuleId) -> Condition:
        """Return the condition of a rule.

        Raises:
            KeyError: there is no such rule.
        """
        return self._program.conditions[self._numbers[rule]]

    def match_one(self, rule: RuleId, article: Article) -> Match | None:
        """Return the match of one rule, None if it does not hold; the others are not asked."""
        number, reading = self._numbers[rule], self._program.read(article)
        return self._match(number, reading) if self._program.plan(number).holds(reading) else None

    def match(self, article: Article) -> tuple[Match, ...]:
        """Return a match for each rule that holds for the article, in the order of the rules."""
        if not self.rules:
            return ()
        reading = self._program.read(article)
        return tuple(self._match(number, reading) for number in self._program.holding(reading))

    def _match(self, number: int, reading: Reading) -> Match:
        found = self._program.plan(number).found(reading)
        return Match(
            rule=self.rules[number], article=ArticleId(reading.article.id), evidence=evidence_of(found, reading)
        )


_ORDER: dict[ArticleField, int] = {name: number for number, name in enumerate(EVERY_FIELD)}


def evidence_of(found: Iterable[Found], reading: Reading) -> tuple[Evidence, ...]:
    """Return what was found as spans of the original, in order of appearance, each place once for a term."""
    spans = {(_ORDER[hit.field], *reading.span(hit), label, hit.field) for hit, label in found}
    # At the same start the longest comes first: "Gaza Strip" says it, "Gaza" inside it says nothing more.
    ordered = sorted(spans, key=lambda span: (span[0], span[1], -span[2], span[3]))
    reached: dict[tuple[ArticleField, str], int] = {}
    evidence = []
    for _, start, end, label, name in ordered:
        if end <= reached.get((name, label), -1):
            continue
        reached[name, label] = end
        original = reading.texts[name].original
        evidence.append(Evidence(field=name, start=start, end=end, text=original[start:end], term=label))
    return tuple(evidence)
