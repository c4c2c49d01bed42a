"""docs/rules.md and docs/rules-cookbook.md say what is true: each example and each row of their tables is tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.config import yaml_marks
from monitor.rules import leaves, lexicon, operators, proximity, query, reading, regex, schema, terms, volume
from monitor.rules.check import run_tests
from monitor.rules.conditions import OPERATORS
from monitor.rules.expression import Condition
from monitor.rules.gazetteer import Gazetteer
from monitor.rules.read import RuleReader
from monitor.rules.schema import RULE_KEYS, SEVERITIES
from tests.docs.rules_pages import (
    COOKBOOK,
    DOCS,
    README,
    REFERENCE,
    code,
    examples,
    rows,
    section,
    tried,
    wrong_examples,
)
from tests.support.command_line import monitor

LISTS = "lists: {ceasefire: [cease-fire, truce]}\n"


def names_its_rule(example: str) -> str:
    return str(re.findall(r"id: (\S+)", example)[0])


def findings(source: str, folder: Path) -> list[str]:
    """Return what is said of a rule file and its tests."""
    (folder / "example.yaml").write_text(source, encoding="utf-8")
    read = RuleReader().read([folder])
    return [str(each).replace(f"{folder}/", "") for each in (*read.problems, *run_tests(read.to_test()))]


def condition(source: str, folder: Path) -> Condition:
    """Return the condition of the one rule of a file."""
    (folder / "example.yaml").write_text(source, encoding="utf-8")
    return RuleReader().read([folder]).written[0].condition


@pytest.mark.parametrize("example", [*examples(REFERENCE), *examples(COOKBOOK)], ids=names_its_rule)
def test_every_example_is_right_and_passes_its_own_tests(example: str, tmp_path: Path) -> None:
    assert findings(example, tmp_path) == []
    assert RuleReader().read([tmp_path]).to_test().tests


def test_the_rules_of_the_readme_work_with_the_lists_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "example.yaml").write_text(examples(section(README, "A rule"))[0], encoding="utf-8")
    read = RuleReader().read([tmp_path, DOCS.parent / "rules" / "lists"])
    assert read.problems == ()
    assert run_tests(read.to_test()) == []


@pytest.mark.parametrize(("example", "said"), [*wrong_examples(REFERENCE), *wrong_examples(COOKBOOK)])
def test_of_every_wrong_example_is_said_what_stands_below_it(example: str, said: str, tmp_path: Path) -> None:
    assert findings(example, tmp_path) == said.rstrip("\n").split("\nexample.yaml")


@pytest.mark.parametrize("source", [pytest.param(s, id=c) for p in (REFERENCE, COOKBOOK) for c, s in tried(p).items()])
def test_a_condition_finds_what_its_row_says_and_not_the_rest(source: str, tmp_path: Path) -> None:
    errors = [each for each in findings(source, tmp_path) if ": warning: " not in each]
    assert errors == []
    assert RuleReader().read([tmp_path]).to_test().tests


@pytest.mark.parametrize(("written", "same"), rows(REFERENCE, "query", "YAML"))
def test_a_query_is_the_same_tree_as_the_yaml_beside_it(written: str, same: str, tmp_path: Path) -> None:
    quoted = code(written)[0].replace("'", "''")
    by_query = condition(f"{LISTS}rules: [{{id: x, query: '{quoted}'}}]", tmp_path)
    assert by_query == condition(f"{LISTS}rules: [{{id: x, when: {code(same)[0]}}}]", tmp_path)


@pytest.mark.parametrize(("written", "said", "hint"), rows(REFERENCE, "query", "what is said", "way out"))
def test_a_wrong_query_is_refused_in_these_words(written: str, said: str, hint: str, tmp_path: Path) -> None:
    found = findings(f"rules:\n- id: x\n  query: '{code(written)[0]}'\n  tests: [no_match: a]\n", tmp_path)
    assert [each.partition(" error: ")[2] for each in found] == [f"{code(said)[0]}\n    {code(hint)[0]}"]


async def test_the_first_five_minutes_go_as_they_are_told(tmp_path: Path) -> None:
    told = section(REFERENCE, "Five minutes")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "port-strikes.yaml").write_text(examples(told)[0], encoding="utf-8")
    article = '{"id": "a1", "title": "Strike in port of Rotterdam"}\n'
    (tmp_path / "articles.jsonl").write_text(article, encoding="utf-8")
    commands = re.findall(r"^\$ monitor (.+)\n((?:[^$`].*\n)+)", told, re.MULTILINE)
    assert len(commands) == 4
    for command, printed in commands:
        arguments = [quoted or plain for quoted, plain in re.findall(r'"([^"]+)"|(\S+)', command)]
        ran = await monitor(tmp_path, *arguments)
        assert ran.out + ran.err == printed


def test_every_field_operator_and_severity_is_described() -> None:
    words = (*RULE_KEYS, *OPERATORS, *SEVERITIES)
    assert [word for word in words if not re.search(rf"`{word}\b", REFERENCE)] == []


def test_every_limit_is_that_of_the_code() -> None:
    windows = [volume.SHORTEST_WINDOW.total_seconds() / 60, volume.LONGEST_WINDOW.days]
    limits = [
        [yaml_marks.MAX_FILE_BYTES / 2**20],
        [yaml_marks.MAX_DEPTH],
        [schema.MAX_ID],
        [leaves.MAX_TERM],
        [leaves.MIN_WILDCARD],
        [terms.MAX_HYPHENS],
        [terms.MAX_AFFIX],
        [proximity.MAX_OPERANDS],
        [operators.MAX_WITHIN],
        [query.MAX_DEPTH],
        [regex.MAX_PATTERN],
        [regex.MAX_MATCHES],
        [lexicon.MAX_HITS],
        [reading.LEAD_WORDS],
        [volume.MOST],
        windows,
        [volume.LONGEST_BASELINE.days, volume.FEWEST_WINDOWS],
        [volume.LARGEST_FACTOR],
    ]
    table = rows(section(REFERENCE, "Limits"), "what", "at most")
    told = [[float(number.replace(",", "")) for number in re.findall(r"[\d,]*\d", cell)] for _, cell in table]
    assert told == limits


def test_every_political_region_is_named() -> None:
    united_nations = re.compile(
        "africa|americas|asia|europe|oceania|(?:north|south|east|west)ern-.*|(?:south|south-eastern|central|middle|latin)-.*"
        "|australia-.*|caribbean|.*nesia"
    )
    names = [name for name in Gazetteer().region_names if not united_nations.fullmatch(name)]
    assert [name for name in names if f"`{name}`" not in REFERENCE] == []


def test_the_cookbook_has_recipes_and_its_contents_name_them_all() -> None:
    contents, *recipes = COOKBOOK.split("\n## ")
    titles = [recipe.partition("\n")[0] for recipe in recipes]
    assert len(titles) > 15
    anchors = [re.sub("[^a-z0-9 -]", "", title.lower()).replace(" ", "-") for title in titles]
    assert [anchor for anchor in anchors if f"](#{anchor})" not in contents] == []
