from __future__ import annotations

from functools import cache
from pathlib import Path

from monitor.model import Article, ArticleId
from monitor.rules.check import run_tests
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules

ROOT = Path(__file__).parents[3]


@cache
def starter() -> RuleSet:
    rules, problems = read_rules([ROOT / "rules"])
    assert problems == []
    assert rules is not None
    return rules


def test_the_starter_rules_pass_their_own_tests() -> None:
    assert len(starter().tests) >= 10
    assert run_tests(starter()) == []


def test_the_starter_rule_fires_on_the_sample_article_with_minister_ceasefire_and_region() -> None:
    text = (ROOT / "seeds" / "sample" / "000_31b3ae3e72b17d54.txt").read_text(encoding="utf-8")
    matches = starter().match(Article(id=ArticleId("sample"), title="", text=text))
    (match,) = [match for match in matches if match.rule.id == "minister-ceasefire-middle-east"]
    shown = [(piece.text, piece.term) for piece in match.evidence]
    assert shown[:3] == [
        ("Foreign Minister", "foreign minister"),
        ("Wang Yi", "Wang Yi"),
        ("Israel", "region:middle-east"),
    ]
    assert ("ceasefire", "ceasefire") in shown
    assert ("Gaza", "region:middle-east") in shown
    assert ("Palestinian", "region:middle-east") in shown
    assert all(text[piece.start : piece.end] == piece.text for piece in match.evidence)


def test_the_starter_rule_says_nothing_of_ordinary_news() -> None:
    article = Article(
        id=ArticleId("a"),
        title="City council opens a new library",
        text="The mayor of Gaza Street, as neighbours call it, spoke of a truce with cyclists. No minister came.",
    )
    assert starter().match(article) == ()
