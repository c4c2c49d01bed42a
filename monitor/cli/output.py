"""How the command line speaks: JSON Lines and tables on stdout, messages and progress on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import typer

from monitor.errors import Problem

JSON_HELP = "One JSON object a line on stdout."


def write_json(record: Any) -> None:
    """Write one JSON object as a line; times as ISO 8601 UTC, non-ASCII as it is."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(record, order=None).decode() + "\n")
    sys.stdout.flush()


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a plain table; the last column is not padded."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(row[i]) for row in [list(columns), *cells]) for i in range(len(columns))]
    for row in [list(columns), *cells]:
        padded = [value.ljust(width) for value, width in zip(row[:-1], widths, strict=False)]
        typer.echo("  ".join([*padded, row[-1]]).rstrip())


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone().strftime("%d %b %H:%M:%S")
    return str(value)


def write_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """Write findings in file order: text for people, or one object a line."""
    for problem in sorted(problems, key=lambda found: found.at):
        if as_json:
            write_json(problem_record(problem))
        else:
            typer.echo(str(problem))


def problem_record(problem: Problem) -> Mapping[str, object]:
    """Return a finding as the JSON object that other tools read."""
    return {
        "file": problem.at.file,
        "line": problem.at.line,
        "column": problem.at.column,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


def counted(number: int, noun: str) -> str:
    """Return "1 rule", "2 rules"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """A counter on stderr: one line that renews itself on a terminal, nothing elsewhere."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = f"/{total}" if total else ""
        self._count = 0
        self._shown = sys.stderr.isatty()

    def step(self, count: int = 1) -> None:
        """Count on."""
        self._count += count
        if self._shown and (self._count % 10 == 0 or self._total):
            sys.stderr.write(f"\r{self._what}: {self._count}{self._total} ")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
