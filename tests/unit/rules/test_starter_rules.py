from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.model import Article, ArticleId
from monitor.rules.check import run_tests
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules

ROOT = Path(__file__).parents[3]
RULES = ROOT / "rules"
RULE_FILES = sorted(RULES.glob("*.yaml"))
LIST_FILES = sorted((RULES / "lists").glob("*.yaml"))
FIRST_LINE = "# yaml-language-server: $schema="


@cache
def starter() -> RuleSet:
    rules, problems = read_rules([RULES])
    assert problems == []
    assert rules is not None
    return rules


@cache
def rules_in(file: Path) -> list[dict[str, Any]]:
    rules = yaml.safe_load(file.read_text(encoding="utf-8")).get("rules", [])
    assert isinstance(rules, list)
    return rules


def test_the_starter_rules_pass_their_own_tests() -> None:
    assert len(starter().tests) >= 10
    assert run_tests(starter()) == []


def test_templates_pass_their_tests_once_they_are_switched_on(tmp_path: Path) -> None:
    templates = [rule["id"] for file in RULE_FILES for rule in rules_in(file) if not rule.get("enabled", True)]
    assert templates == ["company-watch", "own-name-watch"]
    for file in RULES.rglob("*.yaml"):
        switched_on = file.read_text(encoding="utf-8").replace("enabled: false", "enabled: true")
        (tmp_path / file.name).write_text(switched_on, encoding="utf-8")
    rules, problems = read_rules([tmp_path])
    assert problems == []
    assert rules is not None
    assert {rule.id for rule in rules.rules} >= set(templates)
    assert run_tests(rules) == []


@pytest.mark.parametrize("file", [*RULE_FILES, *LIST_FILES], ids=lambda file: file.stem)
def test_editors_find_the_schema_from_each_file(file: Path) -> None:
    first = file.read_text(encoding="utf-8").partition("\n")[0]
    assert first.startswith(FIRST_LINE)
    assert (file.parent / first.removeprefix(FIRST_LINE)).is_file()


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_each_rule_says_what_it_is_for_and_shows_what_it_finds(file: Path) -> None:
    (rule,) = rules_in(file)
    assert rule["id"] == file.stem
    assert rule["title"]
    assert "Volume:" in rule["description"]
    assert rule["severity"] in ("info", "low", "high", "critical")
    assert rule["labels"]
    tests = rule["tests"]
    assert sum("match" in test for test in tests) >= 2
    assert sum("no_match" in test for test in tests) >= 2
    assert any("evidence" in test for test in tests)


@pytest.mark.parametrize("file", LIST_FILES, ids=lambda file: file.stem)
def test_each_list_says_where_it_comes_from_and_when_it_was_checked(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()
    comment = "\n".join(line for line in lines[: lines.index("lists:")] if line.startswith("#"))
    assert "Written for this project" in comment
    assert "November 2026" in comment


def test_the_starter_rule_fires_on_the_sample_article_with_minister_ceasefire_and_region() -> None:
    text = (ROOT / "seeds" / "sample" / "000_31b3ae3e72b17d54.txt").read_text(encoding="utf-8")
    matches = starter().match(Article(id=ArticleId("sample"), title="", text=text))
    (match,) = matches
    assert match.rule.id == "minister-ceasefire-middle-east"
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


def test_the_sample_newsroom_raises_the_alerts_that_its_programme_promises() -> None:
    items = yaml.safe_load((ROOT / "seeds" / "sample" / "newsroom.yaml").read_text(encoding="utf-8"))["items"]
    raised = {item["id"]: [match.rule.id for match in starter().match(published(item))] for item in items}
    assert {item: rules for item, rules in raised.items() if rules} == {
        "civilians": ["minister-ceasefire-middle-east"],
        "civilians-reprint": ["minister-ceasefire-middle-east"],
        "trade-talks": ["us-china-talks"],
        "riyadh-zh": ["minister-ceasefire-middle-east"],
    }


def published(item: dict[str, Any]) -> Article:
    body = item.get("body") or (ROOT / "seeds" / "sample" / item["file"]).read_text(encoding="utf-8")
    return Article(
        id=ArticleId(item["id"]),
        title=item["title"],
        summary=item["summary"],
        text=body,
        language=item.get("language", "en"),
    )


def test_the_starter_rule_says_nothing_of_ordinary_news() -> None:
    article = Article(
        id=ArticleId("a"),
        title="City council opens a new library",
        text="The mayor of Gaza Street, as neighbours call it, spoke of a truce with cyclists. No minister came.",
    )
    assert starter().match(article) == ()
