"""`monitor rules` on the files themselves: write new ones, put them in order, tell editors what may stand in them."""

from __future__ import annotations

import contextlib
import difflib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import read_settings
from monitor.cli.output import counted, say, shown_path, write_line, write_problems, write_text

if TYPE_CHECKING:
    from monitor.errors import Problem
    from monitor.rules.json_schema import KnownNames

STDIN = Path("-")


def fmt(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="PATH", help="Rule files or folders, - for stdin. Default: those in force."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 if a file would change.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Write nothing; show what would change, and exit 1.")] = False,
) -> None:
    """Put rule files into one layout, comments and all; print those that change. Files with YAML errors are left alone.

    Example: monitor rules fmt --check rules/
    """
    if paths and STDIN in paths:
        if len(paths) > 1:
            raise typer.BadParameter("- stands for stdin and goes alone")
        _format_stdin(check=check, diff=diff)
        return
    problems: list[Problem] = []
    files = changed = 0
    for path in _rule_files(context, paths, problems):
        files += 1
        before, after = _formatted(path, problems)
        if after is None or after == before:
            continue
        changed += 1
        if diff:
            _write_diff(before, after, shown_path(path))
        else:
            write_line(shown_path(path))
        if not (check or diff):
            _replace(path, after)
    write_problems(problems, as_json=False)
    errors = sum(problem.severity == "error" for problem in problems)
    say(
        f"{counted(files, 'file')}, {changed} {'to change' if check or diff else 'changed'}, {counted(errors, 'error')}"
    )
    raise typer.Exit(1 if errors or (changed and (check or diff)) else 0)


def _rule_files(context: typer.Context, paths: list[Path] | None, problems: list[Problem]) -> Iterator[Path]:
    from monitor.rules.read import rule_files

    return rule_files(paths or read_settings(context)[0].rules, problems)


def _formatted(path: Path, problems: list[Problem]) -> tuple[bytes, bytes | None]:
    """Return a file as it is, and as it should be, or None after noting why it cannot be formatted."""
    from monitor.config.yaml_marks import read_yaml
    from monitor.rules.format import format_rules

    # Reads no more of a file than a rule file may have, and says in its own words why it cannot be read.
    node, found = read_yaml(path)
    if node is None or found:
        problems += found
        return b"", None
    before = path.read_bytes()
    after, found = format_rules(before, file=str(path))
    problems += found
    return before, after


def _format_stdin(*, check: bool, diff: bool) -> None:
    from monitor.config.expect import insist
    from monitor.config.yaml_marks import MAX_FILE_BYTES
    from monitor.rules.format import format_rules

    before = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
    after, problems = format_rules(before, file="-")
    insist(problems)  # an editor that pipes its text through us keeps it
    assert after is not None
    if diff and after != before:
        _write_diff(before, after, "-")
    elif not check and not diff:
        write_text(after.decode())
    raise typer.Exit(1 if after != before and (check or diff) else 0)


def _write_diff(before: bytes, after: bytes, name: str) -> None:
    old, new = (text.decode().splitlines(keepends=True) for text in (before, after))
    for line in difflib.unified_diff(old, new, name, name):
        write_text(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")


def _replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: the daemon, which looks for edits, never reads half of it."""
    target = path.resolve()
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".", suffix=".tmp", delete=False) as temporary:
        unfinished = Path(temporary.name)
        try:
            temporary.write(content)
            temporary.flush()
            os.fsync(temporary.fileno())
            of_old = target.stat()
            os.fchmod(temporary.fileno(), of_old.st_mode & 0o7777)
            with contextlib.suppress(PermissionError):
                os.fchown(temporary.fileno(), of_old.st_uid, of_old.st_gid)
            unfinished.replace(target)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise


def schema(context: typer.Context) -> None:
    """Print the JSON Schema of rule files, with this project's lists, regions and channels for editors to complete.

    Example: monitor rules schema > rules/rules.schema.json
    """
    from monitor.rules.json_schema import rules_schema, schema_text

    write_text(schema_text(rules_schema(_known_names(context))))


def _known_names(context: typer.Context) -> KnownNames:
    """Return the names in use here; what is wrong in the files is the business of `rules check`."""
    from monitor.config.yaml_marks import read_yaml
    from monitor.rules.json_schema import names_in

    settings, _ = read_settings(context)
    nodes = [read_yaml(file)[0] for file in _rule_files(context, None, [])]
    return names_in([node for node in nodes if node is not None], channels=[spec.name for spec in settings.channels])
