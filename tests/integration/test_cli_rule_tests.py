"""`monitor rules test`, and `rules check` as CI runs it."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from monitor.cli.rule_tests import judge
from monitor.rules.read import RuleReader
from tests.support.command_line import monitor, write_files

GOOD = """\
rules:
  - id: talks
    when: {all: [ceasefire, "region:middle-east"]}
    tests:
      - match: {title: Ceasefire in Gaza}
        evidence: [ceasefire, Gaza]
      - no_match: Ceasefire in the office
"""
FAILING = """\
rules:
  - id: strikes
    enabled: false
    when: {any: [strike, walkout]}
    tests:
      - match: "Dock workers <walk> out & shout\\u0001"
      - match: A strike begins
        evidence: [walkout]
      - no_match: Drone strike kills two
"""
BROKEN = "rules:\n  - {id: broken, when: 'list:none', tests: [match: x]}\n"


async def test_tests_that_pass_are_counted(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/a.yaml": GOOD})
    ran = await monitor(tmp_path, "rules", "test")
    assert (ran.code, ran.out, ran.err) == (0, "", "2 tests of 1 rule passed\n")


async def test_each_failure_is_told_with_its_place_also_of_a_rule_that_is_switched_off(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/a.yaml": GOOD, "rules/b.yaml": FAILING})
    ran = await monitor(tmp_path, "rules", "test")
    assert (ran.code, ran.err) == (1, "3 of 5 tests of 2 rules failed\n")
    assert [line for line in ran.out.splitlines() if line[0] != " "] == [
        'rules/b.yaml:6:9: error: the rule "strikes" does not match "Dock workers <walk> out & shout\\x01"',
        'rules/b.yaml:7:9: error: the rule "strikes" matches without "walkout"',
        'rules/b.yaml:9:9: error: the rule "strikes" matches "Drone strike kills two"',
    ]
    assert '    it found "strike"' in ran.out.splitlines()


async def test_the_tests_of_one_rule_can_be_run_and_an_unknown_one_is_wrong_use(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": GOOD, "b.yaml": FAILING})
    ran = await monitor(tmp_path, "rules", "test", "a.yaml", "b.yaml", "--rule", "talks")
    assert (ran.code, ran.err) == (0, "2 tests of 1 rule passed\n")
    ran = await monitor(tmp_path, "rules", "test", "a.yaml", "--rule", "tlaks")
    assert ran.code == 2
    assert 'did you mean "talks"?' in ran.err


async def test_a_file_with_errors_fails_though_all_other_tests_pass(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": GOOD, "b.yaml": BROKEN})
    ran = await monitor(tmp_path, "rules", "test", "a.yaml", "b.yaml")
    assert (ran.code, ran.err) == (1, "2 tests of 1 rule passed; the files have 1 error\n")
    assert ran.out.startswith("b.yaml:2:24: error: unknown list")


async def test_junit_has_a_suite_for_each_file_and_a_case_for_each_test(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": GOOD, "b.yaml": FAILING, "c.yaml": BROKEN})
    ran = await monitor(tmp_path, "rules", "test", "a.yaml", "b.yaml", "c.yaml", "--junit", "out.xml")
    assert ran.code == 1
    root = ET.parse(tmp_path / "out.xml").getroot()
    assert [(suite.get("name"), suite.get("tests"), suite.get("failures"), suite.get("errors")) for suite in root] == [
        ("a.yaml", "2", "0", "0"),
        ("b.yaml", "3", "3", "0"),
        ("c.yaml", "1", "0", "1"),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "3", "1")
    case = root[1][0]
    assert (case.get("classname"), case.get("name")) == ("strikes", 'match: "Dock workers <walk> out & shout\\x01"')
    assert (case.get("file"), case.get("line")) == ("b.yaml", "6")
    assert float(case.get("time", "")) > 0
    assert "does not match" in root[1][0][0].get("message", "")
    assert (root[1][0][0].text or "").startswith("b.yaml:6:9: error: ")


def test_several_processes_give_the_same_verdicts_in_the_same_order(tmp_path: Path) -> None:
    tests = "".join(f"      - match: strike number {number}\n      - match: quiet {number}\n" for number in range(1100))
    write_files(tmp_path, {"a.yaml": f"rules:\n  - id: strikes\n    when: strike\n    tests:\n{tests}"})
    rules = RuleReader().read([tmp_path]).to_test()
    alone, shared = judge(rules, rules.tests, jobs=1), judge(rules, rules.tests, jobs=3)
    assert [(each.test, each.problem) for each in shared] == [(each.test, each.problem) for each in alone]
    assert sum(each.problem is not None for each in shared) == 1100


async def test_check_tells_of_failing_tests_of_rules_that_are_switched_off(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/b.yaml": FAILING})
    ran = await monitor(tmp_path, "rules", "check")
    assert (ran.code, ran.err) == (1, "1 rule, 3 errors\n")


async def test_strict_fails_for_warnings(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": "rules: [{id: r, when: truce}]\n"})
    ran = await monitor(tmp_path, "rules", "check", "a.yaml")
    assert (ran.code, ran.err) == (0, "1 rule, 0 errors, 1 warning\n")
    assert (await monitor(tmp_path, "rules", "check", "a.yaml", "--strict")).code == 1


async def test_channels_are_not_checked_in_a_repository_of_rules_only(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": "rules: [{id: r, when: truce, channels: [desk], tests: [match: truce]}]\n"})
    assert (await monitor(tmp_path, "rules", "check", "a.yaml", "--strict")).code == 0
    write_files(tmp_path, {"monitor.yaml": "channels: {screen: {type: console}}\n"})
    assert (await monitor(tmp_path, "rules", "check", "a.yaml", "--strict")).code == 1


async def test_code_hosts_get_findings_in_their_own_form(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/c.yaml": BROKEN})
    github = await monitor(tmp_path, "rules", "check", str(tmp_path / "rules"), "--format", "github")
    assert github.code == 1
    assert github.out.startswith('::error file=rules/c.yaml,line=2,col=24::unknown list "none"%0A')
    gitlab = await monitor(tmp_path, "rules", "check", "--format", "gitlab")
    (entry,) = json.loads(gitlab.out)
    assert (entry["check_name"], entry["location"]) == (
        "unknown-list",
        {"path": "rules/c.yaml", "lines": {"begin": 2}},
    )
    as_json = await monitor(tmp_path, "rules", "check", "--format", "json")
    assert as_json.out == (await monitor(tmp_path, "rules", "check", "--json")).out


@pytest.mark.parametrize("form", ["text", "json", "github", "gitlab"])
async def test_without_findings_each_form_is_empty(tmp_path: Path, form: str) -> None:
    write_files(tmp_path, {"rules/a.yaml": GOOD})
    ran = await monitor(tmp_path, "rules", "check", "--format", form)
    assert (ran.code, ran.out.strip()) == (0, "[]" if form == "gitlab" else "")
