"""The schema that editors use knows every key that the reader knows, accepts good files, and underlines slips."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from monitor.config.yaml_marks import Mapping, Node, Scalar, parse_yaml
from monitor.rules import conditions, json_schema, schema
from monitor.rules.json_schema import KnownNames, names_in, rules_schema, schema_text
from monitor.rules.read import read_rules

ROOT = Path(__file__).parents[3]
VALIDATOR = jsonschema.Draft7Validator(rules_schema())
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", (ROOT / "docs" / "rules.md").read_text(), re.MULTILINE | re.DOTALL)

WHOLE_LANGUAGE = """\
lists:
  ministers: [{name: Wang Yi, aliases: [王毅]}, list:others, 2024]
  others: [Jane Roe]
regions:
  red-sea: {title: Red Sea, countries: [DJ, no], regions: [gulf], names: [Red Sea]}
defaults: {severity: info, channels: [desk], language: en}
rules:
  - id: all-operators
    title: NO
    description: What there is
    severity: critical
    labels: {desk: world, weight: 3}
    when:
      all: [ceasefire, list:ministers, "region:middle-east", country:NO, title:talks, =WHO, ~negotiate, "*ung"]
      any: [{near: {within: 12, of: [sanction*, any: [crude, oil tanker*, =OPEC]], ordered: true}}, 1:30]
      none: football
      at_least: 2
      of: [hostages, prisoner exchange, {same: sentence, of: [a, b]}]
      count: {at_least: 3, of: list:ministers}
      score: {at_least: 10.5, terms: {ceasefire: 5, hostage*: 3, football: -20}, title_factor: 3}
      regex: '\\bF-?16s?\\b'
      query: a NEAR/3 b
      title: {any: [talks, summit]}
      lead: [talks, summit]
      region: [middle-east, red-sea]
      country: il
      language: [en, pt-BR]
      source: reuters.com
      tags: [world]
    query: '(envoy OR title:mediator) NEAR/15 (talks OR negotiat*) AND country:QA NOT "job talks"'
    volume: {factor: 4, within: 6h, baseline: 14d, stories: 5}
    channels: desk
    repeat_after: 1h30m
    enabled: false
    expires: 2027-01-31
    tests:
      - match: {title: T, summary: S, text: X, url: u, language: en, source: s, feed: f, authors: [A], tags: [t]}
        evidence: [T, 7]
      - no_match: text
  - id: one-line
    query: envoy AND talks
    volume: {sources: 3, within: 30 minutes}
"""


def plain(node: Node) -> Any:
    """Return what an editor makes of a node: YAML 1.2."""
    match node:
        case Scalar():
            return node.value
        case Mapping():
            return {key.text: plain(value) for key, value in node.items()}
    return [plain(each) for each in node]


def read(text: str) -> Any:
    node, problems = parse_yaml(text.encode(), file="rules.yaml")
    assert node is not None
    assert problems == []
    return plain(node)


def complaints(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(read(text))]


def test_it_is_a_schema_of_draft_07() -> None:
    jsonschema.Draft7Validator.check_schema(rules_schema())


@pytest.mark.parametrize(
    ("keys", "table"),
    [
        pytest.param(schema.FILE_KEYS, json_schema.FILE, id="file"),
        pytest.param(schema.RULE_KEYS, json_schema.RULE, id="rule"),
        pytest.param(schema.DEFAULT_KEYS, json_schema.DEFAULTS, id="defaults"),
        pytest.param(schema.REGION_KEYS, json_schema.REGION, id="region"),
        pytest.param(schema.TEST_KEYS, json_schema.TEST, id="test"),
        pytest.param(schema.ARTICLE_KEYS, json_schema.ARTICLE, id="article"),
        pytest.param(
            conditions.OPERATORS,
            json_schema.CONDITION,
            id="condition",
        ),
    ],
)
def test_it_has_exactly_the_keys_that_the_reader_reads(keys: Collection[str], table: Collection[str]) -> None:
    assert set(table) == set(keys)


def described(schema: Any, path: str = "") -> list[str]:
    """Return the keys without a description."""
    if isinstance(schema, list):
        return [found for each in schema for found in described(each, path)]
    if not isinstance(schema, dict):
        return []
    keys = schema.get("properties", {})
    bare = [f"{path}/{key}" for key, value in keys.items() if not value.get("description")]
    return bare + [found for key, value in schema.items() for found in described(value, f"{path}/{key}")]


def test_every_key_has_a_description_that_editors_show() -> None:
    assert described(rules_schema()) == []


def examples_of(schema: Any) -> list[tuple[Any, Any]]:
    """Return each schema that has examples, with one of them."""
    if isinstance(schema, list):
        return [found for each in schema for found in examples_of(each)]
    if not isinstance(schema, dict):
        return []
    own = [(schema, example) for example in schema.get("examples", [])] if "description" in schema else []
    return own + [found for key, value in schema.items() if key != "examples" for found in examples_of(value)]


def test_every_example_is_right() -> None:
    whole = rules_schema()
    pairs = examples_of({key: value for key, value in whole.items() if key != "examples"})
    assert len(pairs) > 40
    for part, example in pairs:
        jsonschema.Draft7Validator({**part, "definitions": whole["definitions"]}).validate(example)


@pytest.mark.parametrize("file", sorted((ROOT / "rules").rglob("*.yaml")), ids=lambda path: path.name)
def test_the_starter_rules_are_valid(file: Path) -> None:
    assert complaints(file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_examples_of_the_page_are_valid(example: str) -> None:
    assert complaints(example) == []


def test_the_whole_language_is_valid_to_the_schema_and_to_the_reader(tmp_path: Path) -> None:
    assert complaints(WHOLE_LANGUAGE) == []
    (tmp_path / "rules.yaml").write_text(WHOLE_LANGUAGE, encoding="utf-8")
    _, problems = read_rules([tmp_path])
    assert [str(problem) for problem in problems if problem.severity == "error"] == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        pytest.param("id: all-operators", "name: all-operators", id="unknown key of a rule"),
        pytest.param("rules:", "rule:", id="unknown key of a file"),
        pytest.param("lists:", "$schema: rules.json\nlists:", id="the schema as a key: it goes into a comment"),
        pytest.param("id: one-line", "id: one line", id="blank in an id"),
        pytest.param("severity: critical", "severity: urgent", id="unknown severity"),
        pytest.param("none: football", "non: football", id="unknown operator"),
        pytest.param("none: football", "none: [[football]]", id="list instead of a condition"),
        pytest.param("none: football", "none: []", id="empty list"),
        pytest.param("at_least: 2\n", "at_least: two\n", id="number in words"),
        pytest.param("      at_least: 2\n", "", id="of without at_least"),
        pytest.param("of: [a, b]", "off: [a, b]", id="same without of"),
        pytest.param("same: sentence", "same: chapter", id="unknown unit"),
        pytest.param("within: 12,", "", id="near without within"),
        pytest.param("within: 12", "within: -1", id="near less than nothing"),
        pytest.param("ordered: true", "ordered: yes", id="yes is text in YAML 1.2"),
        pytest.param("{at_least: 3, of:", "{min: 3, of:", id="unknown key of count"),
        pytest.param("football: -20", "football: low", id="weight in words"),
        pytest.param("country: il", "country: Israel", id="name of a country"),
        pytest.param("language: [en, pt-BR]", "language: [English]", id="name of a language"),
        pytest.param("language: en}", "lang: en}", id="unknown key of defaults"),
        pytest.param("names: [Red Sea]", "name: [Red Sea]", id="unknown key of a region"),
        pytest.param("aliases:", "alias:", id="unknown key of a list's entry"),
        pytest.param("others: [Jane Roe]", "others: Jane Roe", id="list that is none"),
        pytest.param("repeat_after: 1h30m", "repeat_after: 90", id="time without unit"),
        pytest.param("within: 6h, ", "", id="volume without time"),
        pytest.param("baseline: 14d", "baseline: long", id="baseline in words"),
        pytest.param("sources: 3, ", "", id="volume without numbers"),
        pytest.param("expires: 2027-01-31", "expires: 31.1.2027", id="date of another form"),
        pytest.param("enabled: false", "enabled: no", id="no is text in YAML 1.2"),
        pytest.param("no_match: text", "text: text", id="test without match"),
        pytest.param("- no_match: text", "- {match: text, no_match: text}", id="test with both"),
        pytest.param("language: en, source", "lang: en, source", id="unknown key of an article"),
        pytest.param("    query: envoy AND talks\n", "", id="rule without condition"),
        pytest.param("title: NO", "title: ''", id="empty title"),
    ],
)
def test_a_slip_is_underlined(good: str, bad: str) -> None:
    assert WHOLE_LANGUAGE.count(good) == 1
    assert complaints(WHOLE_LANGUAGE.replace(good, bad)) != []


def test_names_of_a_project_are_offered_but_others_are_no_error() -> None:
    names = KnownNames(lists={"envoys": "12 terms"}, regions={"red-sea": "Red Sea"}, channels=("desk",))
    offered = rules_schema(names)
    assert jsonschema.Draft7Validator(offered).is_valid(read(WHOLE_LANGUAGE))
    terms = offered["definitions"]["term"]["anyOf"][-1]
    meanings = dict(zip(terms["enum"], terms["enumDescriptions"], strict=True))
    assert meanings["list:envoys"] == "12 terms"
    assert meanings["region:red-sea"] == "Red Sea"
    assert meanings["region:middle-east"] == "Middle East"
    assert meanings["country:NO"] == "Norway"
    assert offered["definitions"]["list-name"]["anyOf"][-1]["enum"] == ["envoys"]
    assert offered["definitions"]["channel"]["anyOf"][-1]["enum"] == ["desk"]


def test_the_names_of_a_project_are_those_of_all_its_files() -> None:
    files = (
        "lists: {envoys: [Jane Roe, {name: Wang Yi}, list:more], broken: 3, 7: [seven]}",
        "regions: {red-sea: {title: Red Sea}, delta: {names: [Delta]}}\nlists: {more: [truce]}",
        "[no, mapping]",
    )
    nodes = [parse_yaml(text.encode(), file="rules.yaml")[0] for text in files]
    assert names_in([node for node in nodes if node is not None], channels=["desk"]) == KnownNames(
        lists={"envoys": "Jane Roe, Wang Yi, list:more", "broken": "", "7": "seven", "more": "truce"},
        regions={"red-sea": "Red Sea", "delta": ""},
        channels=("desk",),
    )


def test_the_file_is_the_schema_in_lines_that_can_be_read() -> None:
    text = schema_text(rules_schema())
    assert json.loads(text) == rules_schema()
    assert len(text.splitlines()) < 2000
