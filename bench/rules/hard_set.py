"""Rules whose words stand in many texts, but seldom together: most that an engine looks into do not hold."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from monitor.errors import Location
from monitor.model import Rule, RuleId
from monitor.rules.expression import AllOf, AnyOf, Condition, Near, NoneOf, make_term
from monitor.rules.match import WrittenRule

NEAR = 0.2  # of the rules
WITHIN = 10  # words
DENYING = 0.1  # of the rules
PHRASES = 0.15  # of the terms
# Of the texts. With terms drawn by the number of texts that they are in, this makes 0.35 % of the rules match a text.
TOO_COMMON = 0.115
FUNCTION_WORD = 0.25  # of the texts: authors write "prime minister", hardly ever "have been"

WORDS = {
    "English": re.compile(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])"),
    "Cyrillic": re.compile(r"(?<!\w)[а-яё]{4,}(?!\w)"),
    "Bengali": re.compile("[\u0980-\u09ff]{4,}"),
    "Arabic": re.compile("(?<!\\w)[\u0621-\u064a]{4,}(?!\\w)"),
    "Chinese": re.compile("(?=([\u4e00-\u9fff]{2}))"),
}
_PHRASE = re.compile(r"(?<![\w'’-])(?=([a-z]{4,} [a-z]{4,})(?![\w'’-]))")


@dataclass(frozen=True, slots=True)
class HardRule:
    """One term of each group, near one another if `near`; and not `without`, unless that is empty."""

    groups: tuple[tuple[str, ...], ...]
    near: bool
    without: str

    def terms(self) -> Iterator[str]:
        """Yield every term."""
        for group in self.groups:
            yield from group
        if self.without:
            yield self.without

    def written(self, number: int) -> WrittenRule:
        """Return the rule as the reader of rule files would."""
        groups = tuple(AnyOf(conditions=tuple(map(make_term, group))) for group in self.groups)
        condition: Condition = Near(within=WITHIN, conditions=groups) if self.near else AllOf(conditions=groups)
        if self.without:
            condition = AllOf(conditions=(condition, NoneOf(conditions=(make_term(self.without),))))
        name = RuleId(f"r{number}")
        return WrittenRule(rule=Rule(id=name, title=name), condition=condition, at=Location("bench"))


def texts_with(texts: Sequence[str], script: str) -> Counter[str]:
    """Return in how many texts each word is, and each phrase of two."""
    found: Counter[str] = Counter()
    for text in texts:
        lower = text.lower()
        found.update({*WORDS[script].findall(lower), *(_PHRASE.findall(lower) if script == "English" else ())})
    return found


def hard_rules(count: int, seen: Counter[str], texts: int) -> list[HardRule]:
    """Return rules of terms drawn by the number of texts they were seen in; the first of many are the same as few."""
    rng = random.Random(4)
    most = FUNCTION_WORD * texts
    known = sorted(term for term, times in seen.items() if times <= max(2, TOO_COMMON * texts))
    words = [term for term in known if " " not in term]
    phrases = [term for term in known if " " in term and all(seen[word] <= most for word in term.split())] or words
    weights = {id(kind): list(accumulate(seen[term] for term in kind)) for kind in (words, phrases)}

    def term() -> str:
        kind = phrases if rng.random() < PHRASES else words
        return rng.choices(kind, cum_weights=weights[id(kind)])[0]

    def rule() -> HardRule:
        groups = rng.randint(2, 3)
        terms = [term() for _ in range(rng.randint(3, 8))]
        without = term() if rng.random() < DENYING else ""
        return HardRule(tuple(tuple(terms[each::groups]) for each in range(groups)), rng.random() < NEAR, without)

    return [rule() for _ in range(count)]
