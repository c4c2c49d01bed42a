"""Findings in the forms in which code hosts show them beside the lines: GitHub's workflow commands, GitLab's report."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

from monitor.cli.output import shown_path, write_line, write_problems, write_text
from monitor.errors import Problem

MAX_NAME_WORDS = 8  # of a kind of finding
_QUOTED = re.compile('"[^"]*"')
_WORDS = re.compile("[a-z_]+")


class Form(StrEnum):
    """How findings are written."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"
    GITLAB = "gitlab"


def write_findings(problems: Iterable[Problem], form: Form) -> None:
    """Write findings in file order."""
    ordered = sorted(problems, key=lambda found: found.at)
    match form:
        case Form.TEXT | Form.JSON:
            write_problems(ordered, as_json=form is Form.JSON)
        case Form.GITHUB:
            for problem in ordered:
                write_line(workflow_command(problem))
        case Form.GITLAB:
            write_text(json.dumps(code_quality(ordered), ensure_ascii=False, indent=1) + "\n")


def workflow_command(problem: Problem) -> str:
    """Return the line of output that GitHub turns into a note beside the line of the file."""
    at = problem.at
    place = {"file": _from_here(at.file), "line": at.line, "col": at.column}
    properties = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in place.items() if value)
    text = f"{problem.message}\n{problem.hint}" if problem.hint else problem.message
    return f"::{problem.severity} {properties}::{_escaped(text)}"


def code_quality(problems: Sequence[Problem]) -> list[dict[str, object]]:
    """Return the findings as GitLab's Code Quality report has them.

    A finding's fingerprint holds neither line nor column, so that GitLab knows it again when the file grows above it.
    """
    seen: Counter[str] = Counter()
    report: list[dict[str, object]] = []
    for problem in problems:
        path, name = _from_here(problem.at.file), check_name(problem)
        identity = "\n".join((path, name, re.sub("[0-9]+", "", problem.message)))
        seen[identity] += 1
        report.append(
            {
                "description": f"{problem.message} ({problem.hint})" if problem.hint else problem.message,
                "check_name": name,
                "fingerprint": hashlib.blake2b(f"{identity}\n{seen[identity]}".encode(), digest_size=16).hexdigest(),
                "severity": "major" if problem.severity == "error" else "minor",
                "location": {"path": path, "lines": {"begin": max(1, problem.at.line)}},
            }
        )
    return report


def check_name(problem: Problem) -> str:
    """Return the kind of a finding, from the words of its message that do not come from the file: unknown-list."""
    said = re.split("[:;,]", _QUOTED.sub("", problem.message))[0]
    words = [word for word in _WORDS.findall(said.lower()) if word not in ("a", "an", "the")]
    return "-".join(words[:MAX_NAME_WORDS]) or "finding"


def _from_here(file: str) -> str:
    """Return a path from the current folder, with slashes; one outside of it as it is."""
    try:
        path = os.path.relpath(file)
    except ValueError:  # another drive
        return shown_path(file)
    return shown_path(file if path.startswith("..") else path).replace(os.sep, "/")


def _escaped(text: str, also: str = "") -> str:
    """Return text for a workflow command: what ends a line, or with `also` a property, as percent and code."""
    return "".join(f"%{ord(each):02X}" if each in "%\r\n" + also else each for each in text)
