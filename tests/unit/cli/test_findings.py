from __future__ import annotations

from pathlib import Path

import pytest

from monitor.cli.findings import check_name, code_quality, workflow_command
from monitor.errors import Location, Problem


def problem(message: str, *, file: str = "rules/a.yaml", line: int = 3, hint: str = "") -> Problem:
    return Problem(at=Location(file, line, 5), message=message, hint=hint)


@pytest.mark.parametrize(
    ("found", "command"),
    [
        pytest.param(
            problem("bad: x, y", hint="do that"),
            "::error file=rules/a.yaml,line=3,col=5::bad: x, y%0Ado that",
            id="a hint is a line of its own",
        ),
        pytest.param(
            problem("50 % of\r\nit", file="a,b:c%.yaml"),
            "::error file=a%2Cb%3Ac%25.yaml,line=3,col=5::50 %25 of%0D%0Ait",
            id="signs that would end the command",
        ),
        pytest.param(
            Problem(at=Location("rules"), message="no rule files in this folder", severity="warning"),
            "::warning file=rules::no rule files in this folder",
            id="a folder has no lines",
        ),
    ],
)
def test_a_finding_is_a_workflow_command(found: Problem, command: str) -> None:
    assert workflow_command(found) == command


def test_paths_go_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    inside, outside = problem("x", file=str(tmp_path / "rules" / "a.yaml")), problem("x", file="/elsewhere/a.yaml")
    assert [each["location"] for each in code_quality([inside, outside])] == [
        {"path": "rules/a.yaml", "lines": {"begin": 3}},
        {"path": "/elsewhere/a.yaml", "lines": {"begin": 3}},
    ]


def test_a_report_for_gitlab_has_the_keys_that_it_asks_for() -> None:
    (entry,) = code_quality([problem('unknown list "wrods"', hint='did you mean "words"?')])
    assert len(str(entry.pop("fingerprint"))) == 32
    assert entry == {
        "description": 'unknown list "wrods" (did you mean "words"?)',
        "check_name": "unknown-list",
        "severity": "major",
        "location": {"path": "rules/a.yaml", "lines": {"begin": 3}},
    }


def test_a_fingerprint_stays_when_the_file_grows_above_and_tells_two_findings_apart() -> None:
    def prints(*found: Problem) -> list[object]:
        return [each["fingerprint"] for each in code_quality(found)]

    twice = 'the id "r" is used twice; the first is at a.yaml:{}:3'
    assert prints(problem(twice.format(9), line=20)) == prints(problem(twice.format(12), line=23))
    first, second = prints(problem("a list has no name", line=1), problem("a list has no name", line=2))
    assert first != second


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ('unknown list "a: b"', "unknown-list"),
        ('the rule "r" has no tests', "rule-has-no-tests"),
        ("at_least 3 of 2 can never hold", "at_least-of-can-never-hold"),
        ("lists that include one another: a → b → a", "lists-that-include-one-another"),
        ('severity must be a single value, found "x"', "severity-must-be-single-value"),
        ('"+"', "finding"),
    ],
)
def test_the_kind_of_a_finding_has_nothing_of_the_file_in_it(message: str, name: str) -> None:
    assert check_name(problem(message)) == name
