"""docs/rules.md says what is true: each example is read and its tests are run; each field and region is named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.rules.check import run_tests
from monitor.rules.conditions import OPERATORS
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.read import read_rules
from monitor.rules.schema import RULE_KEYS, SEVERITIES

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 6


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: re.findall(r"id: (\S+)", text)[0])
def test_every_example_is_right_and_passes_its_own_tests(example: str, tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(example, encoding="utf-8")
    rules, problems = read_rules([tmp_path])
    assert problems == []
    assert rules is not None
    assert rules.tests
    assert [str(problem) for problem in run_tests(rules)] == []


def test_every_field_operator_and_severity_is_described() -> None:
    words = (*RULE_KEYS, *OPERATORS, *SEVERITIES)
    assert [word for word in words if not re.search(rf"`{word}\b", PAGE)] == []


def test_every_political_region_is_named() -> None:
    united_nations = re.compile(
        "africa|americas|asia|europe|oceania|(?:north|south|east|west)ern-.*|(?:south|south-eastern|central|middle|latin)-.*"
        "|australia-.*|caribbean|.*nesia"
    )
    names = [name for name in Gazetteer().region_names if not united_nations.fullmatch(name)]
    assert [name for name in names if f"`{name}`" not in PAGE] == []
