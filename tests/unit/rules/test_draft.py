"""`rules new`: whatever the words, the rule finds what they say, and passes its own tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.yaml_marks import Mapping, parse_yaml
from monitor.rules.check import run_tests
from monitor.rules.draft import draft_rule
from monitor.rules.format import format_rules
from monitor.rules.read import read_rules

NAMES = """\
lists: {ministers: [{name: Wang Yi, aliases: [王毅]}], officials: [list:ministers]}
regions: {red-sea: {title: Red Sea, countries: [YE], names: [Bab el-Mandeb]}}
"""


@pytest.mark.parametrize(
    ("words", "when"),
    [
        pytest.param("strike", "strike", id="one word"),
        pytest.param("dock workers|strike", "{all: [dock workers, strike]}", id="a phrase stays one"),
        pytest.param("Rotterdam|strike", "{all: [Rotterdam, strike]}", id="a city is a term"),
        pytest.param("officials|Red Sea", "{all: [list:officials, region:red-sea]}", id="a list and a region"),
        pytest.param("middle-east|Middle East", "region:middle-east", id="a region, named twice"),
        pytest.param("france|US|UK", "{all: [country:FR, country:US, country:GB]}", id="countries"),
        pytest.param("AI|PR firms", "{all: [=AI, PR firms]}", id="letters that are codes of countries as well"),
        pytest.param("Georgia|talks", "{all: [country:GE, talks]}", id="a name that is a state as well"),
        pytest.param("Jordan|talks", "{all: [country:JO, talks]}", id="a name that needs a hint"),
        pytest.param(
            "=WHO|negotiat*|*verhandlungen", '{all: [=WHO, negotiat*, "*verhandlungen"]}', id="marks of terms"
        ),
        pytest.param("title:truce|author:Jane Roe", "{all: [title:truce, author:Jane Roe]}", id="fields"),
        pytest.param(
            "language:en|source:reuters.com|truce", "{all: [language:en, source:reuters.com, truce]}", id="article"
        ),
        pytest.param("王毅|停火", "{all: [王毅, 停火]}", id="Chinese"),
        pytest.param("وقف إطلاق النار", "وقف إطلاق النار", id="Arabic"),
        pytest.param("1:30|55", '{all: ["1:30", "55"]}', id="what another YAML would not take as text"),
        pytest.param('it\'s|say "x"|a: b', '{all: [it\'s, say "x", "a: b"]}', id="quotes and colons"),
    ],
)
def test_the_rule_asks_for_the_words_and_passes_its_tests(words: str, when: str, tmp_path: Path) -> None:
    root, _ = parse_yaml(NAMES.encode(), file="names.yaml")
    assert isinstance(root, Mapping)
    content, problems = draft_rule("port-strikes", words.split("|"), [root], schema="s.json")
    assert problems == []
    assert content is not None
    assert f"    when: {when}\n" in content.decode()
    assert format_rules(content, file="new.yaml") == (content, [])
    (tmp_path / "names.yaml").write_text(NAMES, encoding="utf-8")
    (tmp_path / "new.yaml").write_bytes(content)
    rules, found = read_rules([tmp_path])
    assert [str(problem) for problem in found if problem.at.file.endswith("new.yaml")] == []
    assert rules is not None
    assert [test.should_match for test in rules.tests] == [True, False]
    assert [str(problem) for problem in run_tests(rules)] == []
