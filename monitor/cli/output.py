"""How the command line speaks: JSON Lines and tables on stdout, messages and progress on stderr."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import combining, east_asian_width

import typer

from monitor.errors import Problem
from monitor.text import clean_line, shorten

WITHOUT_YEAR = timedelta(days=180)  # a time further away needs its year
JSON_HELP = "One JSON object a line on stdout."
ALWAYS_JSON_HELP = "One JSON object a line on stdout: always so for this command."
RENEWED_EVERY = 0.2  # seconds
LEAST_LAST_COLUMN = 20  # columns of a terminal; what is narrower wraps


def write_json(record: Any) -> None:
    """Write one JSON object as a line of UTF-8; times as ISO 8601 UTC, non-ASCII as it is."""
    import msgspec

    _write(msgspec.json.encode(record) + b"\n")


def write_line(text: str) -> None:
    """Write one line for people, in the terminal's encoding; what that lacks shows as a question mark."""
    _write(f"{text}\n".encode(sys.stdout.encoding, "replace"))


def write_text(text: str) -> None:
    """Write a file to stdout as it would be on disk: UTF-8 whatever the terminal's encoding."""
    _write(text.encode())


def say(message: str) -> None:
    """Write a message about the work to stderr."""
    typer.echo(message, err=True)


def write_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a plain table; the last column, where sentences stand, is cut to the terminal's width."""
    cells = [list(columns), *([_cell(value) for value in row] for row in rows)]
    widths = [max(_width(row[i]) for row in cells) for i in range(len(columns) - 1)]
    room = 0
    if sys.stdout.isatty():
        room = max(LEAST_LAST_COLUMN, shutil.get_terminal_size().columns - sum(widths) - 2 * len(widths))
    for row in cells:
        padded = [value + " " * (width - _width(value)) for value, width in zip(row[:-1], widths, strict=True)]
        # In a script of wide characters fewer of them have room.
        last = shorten(row[-1], room * len(row[-1]) // max(1, _width(row[-1]))) if room else row[-1]
        write_line("  ".join([*padded, last]).rstrip())


def write_problems(problems: Iterable[Problem], *, as_json: bool) -> None:
    """Write findings in file order: text for people, or one object a line."""
    for problem in sorted(problems, key=lambda found: found.at):
        if as_json:
            write_json(problem_record(problem))
        else:
            write_line(str(problem))


def problem_record(problem: Problem) -> Mapping[str, object]:
    """Return a finding as the JSON object that other tools read."""
    return {
        "file": shown_path(problem.at.file),
        "line": problem.at.line,
        "column": problem.at.column,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
    }


def shown_path(path: Path | str) -> str:
    """Return a path as text that any encoder takes: names on disk need not be UTF-8."""
    return str(path).encode("utf-8", "replace").decode()


def shown_time(moment: datetime | None) -> str:
    """Return a time as people read it, on the clock of this machine, far ones by their day; a dash for none."""
    if moment is None:
        return "-"
    far = abs(datetime.now(UTC) - moment) > WITHOUT_YEAR
    return f"{moment.astimezone():%d %b %Y}" if far else f"{moment.astimezone():%d %b %H:%M:%S}"


def counted(number: int, noun: str) -> str:
    """Return "1 rule", "2 rules"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


class Progress:
    """A counter on stderr: one line that renews itself on a terminal, nothing elsewhere."""

    def __init__(self, what: str, total: int | None = None) -> None:
        self._what = what
        self._total = total
        self._count = 0
        self._is_shown = sys.stderr.isatty()
        self._started = self._renewed = time.monotonic()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def step(self, count: int = 1) -> None:
        """Count on."""
        self._count += count
        if not self._is_shown:
            return
        now = time.monotonic()
        if self._total or now - self._renewed >= RENEWED_EVERY:
            self._renewed = now
            rate = f"{self._count / max(now - self._started, RENEWED_EVERY):.0f} per second"
            told = f"{self._count}/{self._total}" if self._total else f"{self._count}, {rate}"
            sys.stderr.write(f"\r\x1b[K{self._what}: {told} ")
            sys.stderr.flush()

    def end(self) -> None:
        """Clear the line."""
        if self._is_shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def _write(line: bytes) -> None:
    try:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader (head, less) has enough: end quietly, and keep Python from complaining about stdout at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return shown_time(value)
    # Titles and reasons come from outside: none of them may steer the terminal.
    return clean_line(str(value)) if value is not None else "-"


def _width(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text)
