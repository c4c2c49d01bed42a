"""The same rules by other means: in plain Python, by `re`, and by automata of google-re2 and hyperscan."""

from __future__ import annotations

import importlib.util
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import re2

from bench.rules.hard_set import WITHIN, HardRule

HAS_HYPERSCAN = importlib.util.find_spec("hyperscan") is not None
_WORD = re.compile(r"\w+")


class Peer(NamedTuple):
    """Another engine, ready to run. Each makes the text lower case itself; none folds accents or knows plurals."""

    scan: Callable[[str], object]  # only the terms
    holding: Callable[[str], list[int]]  # the rules


class _Words:
    """The words of a text and where each stands: what NEAR needs, made when first asked for."""

    def __init__(self, lower: str) -> None:
        self._lower = lower
        self._at: dict[str, list[int]] | None = None
        self._words: list[str] = []

    def are_near(self, rule: HardRule) -> bool:
        """Return whether one term of each group stands near the others."""
        several = [[span for term in group for span in self._places(term)] for group in rule.groups]
        return any(self._is_near(sorted(chosen)) for chosen in itertools.product(*several))

    def _places(self, term: str) -> list[tuple[int, int]]:
        if self._at is None:
            self._words, self._at = _WORD.findall(self._lower), defaultdict(list)
            for place, word in enumerate(self._words):
                self._at[word].append(place)
        words = term.split()
        starts = self._at.get(words[0], ())
        return [(at, at + len(words)) for at in starts if self._words[at : at + len(words)] == words]

    @staticmethod
    def _is_near(spans: list[tuple[int, int]]) -> bool:
        gaps = [right[0] - left[1] for left, right in itertools.pairwise(spans)]
        return min(gaps) >= 0 and sum(gaps) <= WITHIN


def naive(rules: Sequence[HardRule], *, spaced: bool = True) -> Peer:
    """Look for each term of each rule with `in`; spaces around words are the boundaries, if the script has any."""

    def padded(term: str) -> str:
        return _between_spaces(term) if spaced else term

    terms = [
        ([[padded(term) for term in group] for group in rule.groups], padded(rule.without) if rule.without else "")
        for rule in rules
    ]

    def holding(text: str) -> list[int]:
        plain = _between_spaces(text)
        words = _Words(plain)
        return [
            number
            for number, (groups, without) in enumerate(terms)
            if all(any(term in plain for term in group) for group in groups)
            and not (without and without in plain)
            and (not rules[number].near or words.are_near(rules[number]))
        ]

    return Peer(_between_spaces, holding)


def _between_spaces(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.lower()))} "


def rule_by_rule(rules: Sequence[HardRule]) -> Peer:
    """Search with a regular expression for each group of each rule."""
    groups = [[_any_of(group) for group in rule.groups] for rule in rules]
    without = [_any_of([rule.without]) if rule.without else None for rule in rules]

    def holding(text: str) -> list[int]:
        lower = text.lower()
        words = _Words(lower)
        return [
            number
            for number, rule in enumerate(rules)
            if all(group.search(lower) for group in groups[number])
            and not ((denied := without[number]) and denied.search(lower))
            and (not rule.near or words.are_near(rule))
        ]

    return Peer(str.lower, holding)


def _any_of(terms: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, terms))})\b")


def re2_set(rules: Sequence[HardRule], seen: Counter[str]) -> Peer:
    """Look for all terms at once with a Set of google-re2."""
    sets = _Sets(rules, seen)
    options = re2.Options()
    options.max_mem = 4 << 30  # the default refuses 10 000 terms
    automaton = re2.Set.SearchSet(options)
    for term in sets.terms:
        automaton.Add(rf"\b{re.escape(term)}\b")
    automaton.Compile()

    def scan(text: str) -> list[int]:
        found: list[int] = automaton.Match(text.lower()) or []
        return found

    return Peer(scan, lambda text: sets.holding(set(scan(text)), text))


def hyperscan(rules: Sequence[HardRule], seen: Counter[str]) -> Peer:
    """Look for all terms at once with hyperscan, as literals: 100 000 with a boundary take minutes to build."""
    import hyperscan  # type: ignore[import-not-found,unused-ignore]  # installed by who wants it beside ours

    sets = _Sets(rules, seen)
    database = hyperscan.Database()
    database.compile(
        expressions=[f" {term} ".encode() for term in sets.terms],
        ids=list(range(len(sets.terms))),
        flags=hyperscan.HS_FLAG_SINGLEMATCH,
        literal=True,
    )

    def scan(text: str) -> list[int]:
        found: list[int] = []

        def note(number: int, *_: Any) -> None:
            found.append(number)

        database.scan(_between_spaces(text).encode(), match_event_handler=note)
        return found

    return Peer(scan, lambda text: sets.holding(set(scan(text)), text))


class _Sets:
    """The rules over numbers of terms, looked into from the group that is rarest in the texts themselves."""

    def __init__(self, rules: Sequence[HardRule], seen: Counter[str]) -> None:
        self.terms = list(dict.fromkeys(term for rule in rules for term in rule.terms()))
        numbers = {term: number for number, term in enumerate(self.terms)}
        self._rules = rules
        self._others: list[list[tuple[int, ...]]] = []
        self._without = [numbers.get(rule.without, -1) for rule in rules]
        self._by_term: dict[int, list[int]] = defaultdict(list)
        for number, rule in enumerate(rules):
            pivot, *others = sorted(rule.groups, key=lambda group: sum(seen[term] for term in group))
            self._others.append([tuple(numbers[term] for term in group) for group in others])
            for term in pivot:
                self._by_term[numbers[term]].append(number)

    def holding(self, found: set[int], text: str) -> list[int]:
        """Return the rules that hold for a text in which some terms were found."""
        asked: set[int] = set()
        for term in found & self._by_term.keys():
            asked.update(self._by_term[term])
        words: _Words | None = None
        holding = []
        for number in asked:
            for group in self._others[number]:
                if found.isdisjoint(group):
                    break
            else:
                if self._without[number] in found:
                    continue
                rule = self._rules[number]
                if rule.near:
                    words = words or _Words(text.lower())
                    if not words.are_near(rule):
                        continue
                holding.append(number)
        return holding
