"""The `tests:` of rules, run: does each example match as its author says, and by the words that he says?"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from monitor.config.spelling import quoted
from monitor.errors import Problem
from monitor.model import Article, Match
from monitor.rules.explain import explain, nearest_miss
from monitor.rules.fold import fold_term
from monitor.rules.match import RuleSet, RuleTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a test went."""

    test: RuleTest
    problem: Problem | None  # None: it passed
    seconds: float


def run_tests(rules: RuleSet) -> list[Problem]:
    """Return a problem for each test that fails, where the test is written."""
    return [verdict.problem for verdict in verdicts(rules, rules.tests) if verdict.problem is not None]


def verdicts(rules: RuleSet, tests: Sequence[RuleTest]) -> Iterator[Verdict]:
    """Yield how each of the tests goes; it is about its own rule, whatever other rules make of its article."""
    for test in tests:
        started = time.perf_counter()
        problem = _judge(test, rules.match_one(test.rule, test.article), rules)
        yield Verdict(test=test, problem=problem, seconds=time.perf_counter() - started)


def shown_example(article: Article) -> str:
    """Return the words by which a test's article is known, in quotes."""
    return quoted(article.title or article.text or article.summary or article.url)


def _judge(test: RuleTest, found: Match | None, rules: RuleSet) -> Problem | None:
    """Return what is wrong with the outcome of a test, if anything."""
    if found is None:
        if not test.should_match:
            return None
        message = f"the rule {quoted(test.rule)} does not match {shown_example(test.article)}"
        condition = rules.condition(test.rule)
        tree = explain(condition, test.article, street_words=rules.street_words)
        return Problem(at=test.at, message=message, hint=nearest_miss(tree, condition))
    words = ", ".join(dict.fromkeys(quoted(evidence.text) for evidence in found.evidence))
    if not test.should_match:
        message = f"the rule {quoted(test.rule)} matches {shown_example(test.article)}"
        return Problem(
            at=test.at, message=message, hint=f"it found {words or 'nothing but the properties it asks for'}"
        )
    given = {fold_term(text) for evidence in found.evidence for text in (evidence.text, evidence.term)}
    missing = [word for word in test.evidence if fold_term(word) not in given]
    if missing:
        message = f"the rule {quoted(test.rule)} matches without {', '.join(map(quoted, missing))}"
        return Problem(at=test.at, message=message, hint=f"it found {words or 'no words'}")
    return None
