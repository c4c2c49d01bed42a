"""Rules written in a line, for tests."""

from __future__ import annotations

from functools import cache

from monitor.config.yaml_marks import parse_yaml
from monitor.errors import Location
from monitor.model import Article, ArticleId, Evidence, Rule, RuleId
from monitor.rules.conditions import read_condition
from monitor.rules.expression import Condition
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.leaves import Names
from monitor.rules.match import RuleSet, WrittenRule


@cache
def gazetteer() -> Gazetteer:
    """The shipped places, read once."""
    return Gazetteer()


def in_yaml(text: str) -> str:
    """Return a term in the quotes that it needs in YAML; a mapping stays as it is."""
    return text if text.startswith("{") else "'" + text.replace("'", "''") + "'"


def condition(text: str) -> Condition:
    """Return the condition that a line of YAML writes; it must be right."""
    node, problems = parse_yaml(text.encode(), file="test.yaml")
    assert node is not None
    assert problems == []
    names = Names(gazetteer(), {})
    read = read_condition(node, names)
    assert names.problems == []
    assert read is not None
    return read


def complaints(text: str) -> list[str]:
    """Return what is wrong with the condition that a line of YAML writes, one line each, with its place."""
    node, problems = parse_yaml(text.encode(), file="test.yaml")
    names = Names(gazetteer(), {})
    if node is not None:
        read_condition(node, names)
    found = [*problems, *names.problems]
    return [f"{each.at.line}:{each.at.column} {each.severity}: {each.message} ({each.hint})" for each in found]


def rule_set(*texts: str) -> RuleSet:
    """Return a rule set of conditions, with the ids r0, r1 …"""
    rules = [
        WrittenRule(rule=Rule(id=RuleId(f"r{number}")), condition=condition(text), at=Location("test.yaml"))
        for number, text in enumerate(texts)
    ]
    return RuleSet(rules, street_words=gazetteer().street_words)


def evidence(text: str, article: Article) -> tuple[Evidence, ...] | None:
    """Return the evidence by which a condition holds for an article, or None if it does not."""
    matches = rule_set(text).match(article)
    return matches[0].evidence if matches else None


def words(text: str, body: str) -> list[str] | None:
    """Return the words of a text by which a condition holds for it, or None if it does not."""
    found = evidence(text, Article(id=ArticleId("a"), title="", text=body))
    if found is None:
        return None
    assert all(body[each.start : each.end] == each.text for each in found)
    return [each.text for each in found]
