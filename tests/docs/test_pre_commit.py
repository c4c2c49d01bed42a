"""The hooks that other projects take from here run commands that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.support.command_line import verbs

HOOKS = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_each_hook_runs_a_command_that_exists() -> None:
    known = {f"monitor {verb.name}" for verb in verbs()}
    assert [hook["id"] for hook in HOOKS] == ["monitor-rules-check", "monitor-rules-fmt"]
    assert [hook["entry"] for hook in HOOKS if hook["entry"] not in known] == []
    assert {hook["language"] for hook in HOOKS} == {"python"}


def test_rules_are_checked_together_and_formatted_one_by_one() -> None:
    check, fmt = HOOKS
    assert check["pass_filenames"] is False
    assert fmt.get("pass_filenames", True) is True


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_run_for_rule_files(hook: dict[str, str]) -> None:
    names = ["rules/a.yaml", "rules/lists/b.yml", "seeds/a.yaml", "rules/a.json"]
    assert [name for name in names if re.search(hook["files"], name)] == ["rules/a.yaml", "rules/lists/b.yml"]
