"""`volume:` and `expires:` of rules: what is read, and each thing that can be wrong at its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from monitor.config.expect import Problems
from monitor.config.yaml_marks import Mapping, parse_yaml
from monitor.model import Rule, RuleId, Volume
from monitor.rules.read import read_rules
from monitor.rules.volume import is_in_force, read_expires, read_volume

TODAY = date(2026, 11, 24)
HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def read(text: str) -> tuple[Volume | None, date | None, list[str]]:
    """Return what a rule of these lines has, and what is wrong with it."""
    root, found = parse_yaml(text.encode(), file="r.yaml")
    assert isinstance(root, Mapping)
    problems: Problems = list(found)
    volume = read_volume(root.get("volume"), problems)
    expires = read_expires(root.get("expires"), problems, today=TODAY)
    return volume, expires, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("{stories: 3, sources: 3, within: 30m}", Volume(within=30 * MINUTES, stories=3, sources=3)),
        ("{stories: 3, within: 1h30m}", Volume(within=1.5 * HOURS, stories=3)),
        ("{sources: 4, within: 1d}", Volume(within=DAYS, sources=4)),
        (
            "{factor: 4, within: 6h, baseline: 14d, stories: 5}",
            Volume(within=6 * HOURS, stories=5, factor=4, baseline=14 * DAYS),
        ),
        (
            "{factor: 2.5, within: 1h, baseline: 2w, stories: 5, sources: 2}",
            Volume(within=HOURS, stories=5, sources=2, factor=2.5, baseline=14 * DAYS),
        ),
    ],
)
def test_a_volume_says_how_much_in_which_time(text: str, volume: Volume) -> None:
    assert read(f"volume: {text}") == (volume, None, [])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("3", '1:9: error: volume must be a mapping, found "3"'),
        ("{stories: 3, withn: 1h, within: 1h}", '1:22: error: unknown key "withn" in volume'),
        ("{within: 1h}", '1:9: error: volume has no "stories"'),
        ("{stories: 3}", '1:9: error: volume has no "within"'),
        ("{stories: 3, within: 30}", '1:30: error: within cannot be "30"'),
        ("{stories: 3, within: 30s}", "1:30: error: within must be from 1m to 30d, found 30s"),
        ("{stories: 3, within: 40d}", "1:30: error: within must be from 1m to 30d, found 40d"),
        ("{stories: three, within: 1h}", '1:19: error: stories must be a whole number, found "three"'),
        ("{stories: 0, within: 1h}", "1:19: error: stories must be from 1 to 10000, found 0"),
        ("{stories: 1, within: 1h}", "1:10: error: this volume is reached by the first story"),
        ("{sources: 1, within: 1h}", "1:10: error: this volume is reached by the first story"),
        ("{stories: 1, within: 1h, factor: 4, baseline: 9d}", "1:10: error: this volume is reached by the first story"),
        ("{stories: 3, sources: -1, within: 1h}", "1:31: error: sources must be from 1 to 10000, found -1"),
        ("{factor: 4, within: 6h, baseline: 14d}", '1:9: error: volume has no "stories"'),
        ("{factor: 4, sources: 4, within: 6h, baseline: 14d}", '1:9: error: volume has no "stories"'),
        ("{stories: 5, factor: 4, within: 6h}", "1:22: error: factor without baseline"),
        ("{stories: 5, baseline: 14d, within: 6h}", "1:22: error: baseline without factor"),
        (
            "{stories: 5, factor: 4, within: 6h, baseline: 6h}",
            "1:55: error: a baseline of 6h is too short for a window of 6h",
        ),
        (
            "{stories: 5, factor: 4, within: 6h, baseline: 100d}",
            "1:55: error: baseline must be from 1m to 90d, found 100d",
        ),
        ("{stories: 5, factor: x, within: 6h, baseline: 9d}", '1:30: error: factor must be a number, found "x"'),
        (
            "{stories: 5, factor: 1, within: 6h, baseline: 9d}",
            "1:30: error: factor must be more than 1 and at most 1000, found 1",
        ),
    ],
)
def test_what_is_wrong_with_a_volume_is_said_at_its_place(text: str, problem: str) -> None:
    volume, _, problems = read(f"volume: {text}")
    assert volume is None
    assert [line.split("\n")[0] for line in problems] == [f"r.yaml:{problem}"]


def test_hints_say_what_to_write() -> None:
    _, _, problems = read("volume: {sourcs: 3, factor: 4}")
    hints = "\n".join(problems)
    for hint in ('did you mean "sources"?', "as in", "within: 30m", "stories: 5", 'add "baseline: 14d"'):
        assert hint in hints


@pytest.mark.parametrize("text", ["2027-01-31", '"2027-01-31"'])
def test_a_rule_may_have_a_last_day(text: str) -> None:
    assert read(f"expires: {text}") == (None, date(2027, 1, 31), [])


@pytest.mark.parametrize(
    "text", ["2027-02-30", "31.1.2027", "soon", "20270131", "2027-W05-7", "2027-01-31T00:00", "12"]
)
def test_what_is_no_day_is_said(text: str) -> None:
    _, expires, problems = read(f"expires: {text}")
    assert expires is None
    assert [line.split("\n")[0] for line in problems] == [f'r.yaml:1:10: error: expires cannot be "{text}"']


def test_a_day_that_is_over_is_a_warning() -> None:
    assert read("expires: 2026-11-24")[2] == []
    _, expires, problems = read("expires: 2026-11-23")
    assert expires == date(2026, 11, 23)
    assert problems[0].startswith("r.yaml:1:10: warning: the rule expired on 2026-11-23")


def test_a_rule_is_in_force_to_the_end_of_its_last_day_in_utc() -> None:
    rule = Rule(id=RuleId("r"), expires=TODAY)
    assert is_in_force(rule, datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC))
    assert not is_in_force(rule, datetime(2026, 11, 25, tzinfo=UTC))
    tokyo = datetime.fromisoformat("2026-11-25T08:00:00+09:00")
    assert is_in_force(rule, tokyo)
    assert is_in_force(Rule(id=RuleId("r")), datetime(2100, 1, 1, tzinfo=UTC))


def test_the_version_of_a_rule_changes_with_its_volume_and_its_last_day(tmp_path: Path) -> None:
    def version(more: str) -> str:
        (tmp_path / "r.yaml").write_text(f"rules: [{{id: r, when: truce, tests: []{more}}}]")
        rules, problems = read_rules([tmp_path], today=TODAY)
        assert problems == []
        assert rules is not None
        return rules.rules[0].version

    volume, more = ", volume: {stories: 3, within: 1h}", ", volume: {stories: 4, within: 1h}"
    assert len({version(text) for text in ("", volume, more, ", expires: 2027-01-01", ", expires: 2027-01-02")}) == 5


@pytest.mark.parametrize("line", ["dedup: copy", "group_window: 24h", "realert_after_edit: true"])
def test_what_says_nothing_about_a_surge_is_noticed(tmp_path: Path, line: str) -> None:
    rule = f"rules: [{{id: quake, when: quake, tests: [], volume: {{stories: 3, within: 1h}}, {line}}}]"
    (tmp_path / "r.yaml").write_text(rule)
    _, problems = read_rules([tmp_path], channels=())
    name = line.partition(":")[0]
    assert [problem.message for problem in problems] == [f"{name} says nothing about a surge"]
    assert problems[0].severity == "warning"
