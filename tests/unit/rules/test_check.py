from __future__ import annotations

from pathlib import Path

from monitor.rules.check import run_tests
from monitor.rules.read import read_rules

TEXT = """
rules:
  - id: truce
    when: {all: [cease-fire], none: [football]}
    tests:
      - match: A ceasefire holds
        evidence: [ceasefire]
      - match: {title: Nothing happens}
      - match: The cease fire holds
        evidence: [truce]
      - no_match: A ceasefire in football
      - no_match: {summary: A ceasefire holds}
"""


def test_each_test_of_a_rule_that_fails_is_a_problem_where_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TEXT, encoding="utf-8")
    rules, problems = read_rules([tmp_path])
    assert problems == []
    assert rules is not None
    assert [(each.at.line, each.at.column, each.message, each.hint) for each in run_tests(rules)] == [
        (
            8,
            9,
            'the rule "truce" does not match "Nothing happens"',
            "lacks cease-fire; 0 of 1 groups found",
        ),
        (9, 9, 'the rule "truce" matches without "truce"', 'it found "cease fire"'),
        (12, 9, 'the rule "truce" matches "A ceasefire holds"', 'it found "ceasefire"'),
    ]
