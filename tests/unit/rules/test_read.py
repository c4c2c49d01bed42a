from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Article, ArticleId, Severity
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules

GOOD = """
lists:
  ministers:
    - {name: Wang Yi, aliases: [王毅, Ван И]}
    - list:others
  others: [Blinken]
regions:
  home: {title: Home, countries: [IS], names: [Hometown]}
defaults: {severity: low, channels: [desk]}
rules:
  - id: talks
    title: Talks at home
    severity: high
    labels: {desk: world, no: NO}
    when: {all: [list:ministers, region:home]}
    repeat_after: 1h30m
    dedup: off
    group_window: 3d
    realert_after_edit: true
    tests:
      - match: Wang Yi in Hometown
  - id: quiet
    when: truce
    enabled: false
    tests: []
  - {id: plain, when: truce, channels: [mail], tests: []}
"""


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, **files: str) -> tuple[RuleSet | None, list[str]]:
    """Return the rules of some files, and what is wrong with them, one line each, without the folder."""
    rules, problems = read_rules([write(folder, **files)], channels={"desk", "mail"})
    return rules, [str(problem).replace(f"{folder}/", "") for problem in problems]


def test_a_file_gives_its_rules_with_what_they_say_of_themselves(tmp_path: Path) -> None:
    rules, problems = read(tmp_path, a=GOOD)
    assert problems == []
    assert rules is not None
    assert [rule.id for rule in rules.rules] == ["talks", "plain"]
    talks, plain = rules.rules
    assert (talks.title, talks.severity, dict(talks.labels)) == (
        "Talks at home",
        Severity.HIGH,
        {"desk": "world", "no": "NO"},
    )
    assert (talks.channels, str(talks.repeat_after)) == (("desk",), "1:30:00")
    assert (talks.dedup, talks.group_window, talks.realert_after_edit) == ("off", timedelta(days=3), True)
    assert (plain.dedup, plain.group_window, plain.realert_after_edit) == ("story", None, False)
    assert (plain.title, plain.severity, plain.channels) == ("plain", Severity.LOW, ("mail",))


def test_evidence_of_a_list_calls_an_alias_by_its_name(tmp_path: Path) -> None:
    rules, _ = read(tmp_path, a=GOOD)
    assert rules is not None
    (match,) = rules.match(Article(id=ArticleId("x"), title="王毅, Blinken: Hometown"))
    assert [(piece.text, piece.term) for piece in match.evidence] == [
        ("王毅", "Wang Yi"),
        ("Blinken", "Blinken"),
        ("Hometown", "region:home"),
    ]


def test_lists_serve_the_rules_of_all_files(tmp_path: Path) -> None:
    rules, problems = read(
        tmp_path, a="rules: [{id: r, when: 'list:words', tests: []}]", b="lists: {words: [truce, armistice]}"
    )
    assert problems == []
    assert rules is not None
    assert rules.match(Article(id=ArticleId("x"), title="armistice"))


BAD = """
ruls: []
lists:
  empty: []
  odd: [{alias: x}, [y]]
  a: ["list:b"]
  b: ["list:a"]
  c: [x1, "country:PK", {name: x2, aliases: ["title:x2"]}]
rules:
  - id: one
    when: {all: ["list:wrods", "region:midle-east", "country:UK"]}
    severity: urgent
    channels: [dsk]
    repeat_after: soon
    tests: []
  - {id: two, when: {none: [football]}, tests: []}
  - {id: good, when: truce, tests: []}
  - {id: good, when: truce, tests: []}
  - {id: either, when: {any: [truce, {none: [football]}]}, tests: []}
  - {title: nameless, when: truce, tests: []}
  - {id: untested, when: truce}
  - {id: later, when: truce, query: truce talks, tests: []}
  - just words
"""


def test_everything_that_is_wrong_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    _, problems = read(tmp_path, bad=BAD, words="lists: {words: [x1]}")
    assert [line.split("\n")[0] for line in problems] == [
        'bad.yaml:2:1: error: unknown key "ruls" in rule file',
        'bad.yaml:4:3: error: the list "empty" is empty',
        'bad.yaml:5:9: error: an entry without "name"',
        'bad.yaml:5:10: error: unknown key "alias" in list entry',
        "bad.yaml:5:21: error: an entry of a list cannot be a list",
        "bad.yaml:7:7: error: lists that include one another: a → b → a",
        'bad.yaml:8:11: error: "country:PK" is a condition, a list has terms',
        'bad.yaml:8:46: error: "title:x2" is a condition, a list has terms',
        'bad.yaml:11:18: error: unknown list "wrods"',
        'bad.yaml:11:32: error: unknown region "midle-east"',
        'bad.yaml:11:53: error: unknown country "UK"',
        'bad.yaml:12:15: error: unknown severity "urgent"',
        'bad.yaml:13:16: error: unknown channel "dsk"',
        'bad.yaml:14:19: error: repeat_after cannot be "soon"',
        "bad.yaml:16:21: error: this condition only says what must not be there",
        'bad.yaml:18:10: error: the id "good" is used twice; the first is at bad.yaml:17:10',
        "bad.yaml:19:24: error: this holds for each article without what one of its conditions denies",
        'bad.yaml:20:5: error: rule has no "id"',
        'bad.yaml:21:5: warning: the rule "untested" has no tests',
        "bad.yaml:22:43: error: two terms side by side",
        'bad.yaml:23:5: error: a rule must be a mapping, found "just words"',
    ]


def test_rules_without_errors_work_beside_those_with_errors(tmp_path: Path) -> None:
    rules, _ = read(tmp_path, bad=BAD)
    assert rules is not None
    assert [rule.id for rule in rules.rules] == ["good", "untested"]


def test_hints_name_what_was_meant(tmp_path: Path) -> None:
    _, problems = read(tmp_path, bad=BAD, words="lists: {words: [x1]}")
    hints = [line.split("\n    ")[1] for line in problems if "\n" in line]
    for hint in ('did you mean "rules"?', 'did you mean "words"?', 'did you mean "desk"?', 'did you mean "GB"?'):
        assert hint in hints


def test_a_file_that_is_no_yaml_does_not_stop_the_others(tmp_path: Path) -> None:
    rules, problems = read(tmp_path, a="rules: [", b="rules: [{id: r, when: truce, tests: []}]")
    assert rules is not None
    assert [rule.id for rule in rules.rules] == ["r"]
    assert problems[0].startswith("a.yaml:1:")


def test_nothing_usable_gives_no_rule_set(tmp_path: Path) -> None:
    rules, problems = read(tmp_path, a="rules: [{id: r, when: {}, tests: []}]")
    assert rules is None
    assert len(problems) == 1


def test_an_empty_folder_is_a_warning_and_an_empty_set(tmp_path: Path) -> None:
    rules, problems = read_rules([tmp_path])
    assert rules is not None
    assert len(rules) == 0
    assert [problem.severity for problem in problems] == ["warning"]


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    rules, problems = read_rules([tmp_path / "none.yaml"])
    assert rules is None
    assert "no such file" in problems[0].message


def test_channels_are_checked_only_if_they_are_known(tmp_path: Path) -> None:
    write(tmp_path, a="rules: [{id: r, when: truce, channels: [anything], tests: []}]")
    _, problems = read_rules([tmp_path], channels=None)
    assert problems == []


@pytest.mark.parametrize(
    ("edit", "changes"),
    [
        pytest.param(("truce", "armistice"), True, id="another word"),
        pytest.param(("Peace", "War"), True, id="another title"),
        pytest.param(("low", "high"), True, id="another severity"),
        pytest.param(("[talks]", "[talk]"), True, id="another word in a list"),
        pytest.param(("rules:", "\n\nrules:"), False, id="only empty lines"),
        pytest.param(("# why", "# because"), False, id="only a comment"),
    ],
)
def test_the_version_of_a_rule_changes_with_its_meaning(tmp_path: Path, edit: tuple[str, str], changes: bool) -> None:
    rule = "{id: r, title: Peace, severity: low, when: {any: [truce, 'list:w']}, tests: []}"
    text = f"lists: {{w: [talks]}}\nrules: # why\n  - {rule}\n"
    before, _ = read(tmp_path, a=text)
    after, _ = read(tmp_path, a=text.replace(*edit))
    assert before is not None
    assert after is not None
    assert (before.rules[0].version != after.rules[0].version) is changes
    assert (before.version != after.version) is changes


def test_a_default_language_is_asked_of_every_rule_that_does_not_ask_itself(tmp_path: Path) -> None:
    rules_text = "[{id: a, when: truce, tests: []}, {id: b, when: {all: [truce], language: fr}, tests: []}]"
    text = f"defaults: {{language: [en]}}\nrules: {rules_text}"
    rules, problems = read(tmp_path, a=text)
    assert problems == []
    assert rules is not None
    english, french = (Article(id=ArticleId("x"), title="truce", language=language) for language in ("en", "fr"))
    assert [match.rule.id for match in rules.match(english)] == ["a"]
    assert [match.rule.id for match in rules.match(french)] == ["b"]
