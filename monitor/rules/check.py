"""The `tests:` of rules, run: does each example match as its author says, and by the words that he says?"""

from __future__ import annotations

from monitor.config.spelling import quoted
from monitor.errors import Problem
from monitor.model import Article, Match
from monitor.rules.fold import fold_term
from monitor.rules.match import RuleSet, RuleTest


def run_tests(rules: RuleSet) -> list[Problem]:
    """Return a problem for each test that fails, where the test is written."""
    results: dict[int, tuple[Match, ...]] = {}
    problems = []
    for test in rules.tests:
        if id(test.article) not in results:
            results[id(test.article)] = rules.match(test.article)
        found = next((match for match in results[id(test.article)] if match.rule.id == test.rule), None)
        problem = _judge(test, found)
        if problem:
            problems.append(problem)
    return problems


def _judge(test: RuleTest, found: Match | None) -> Problem | None:
    """Return what is wrong with the outcome of a test, if anything."""
    if found is None:
        if not test.should_match:
            return None
        message = f"the rule {quoted(test.rule)} does not match {_shown(test.article)}"
        hint = "" if test.article.language else "if the rule asks for a language, the test must have one: language: en"
        return Problem(at=test.at, message=message, hint=hint)
    words = ", ".join(dict.fromkeys(quoted(evidence.text) for evidence in found.evidence))
    if not test.should_match:
        message = f"the rule {quoted(test.rule)} matches {_shown(test.article)}"
        return Problem(
            at=test.at, message=message, hint=f"it found {words or 'nothing but the properties it asks for'}"
        )
    given = {fold_term(text) for evidence in found.evidence for text in (evidence.text, evidence.term)}
    missing = [word for word in test.evidence if fold_term(word) not in given]
    if missing:
        message = f"the rule {quoted(test.rule)} matches without {', '.join(map(quoted, missing))}"
        return Problem(at=test.at, message=message, hint=f"it found {words or 'no words'}")
    return None


def _shown(article: Article) -> str:
    return quoted(article.title or article.text or article.summary or article.url)
