"""`monitor rules` on the files themselves: write new ones, put them in order, tell editors what may stand in them."""

from __future__ import annotations

import difflib
import os
import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import read_settings
from monitor.cli.output import counted, say, shown_path, write_line, write_problems, write_text
from monitor.cli.writing import replace_file

if TYPE_CHECKING:
    from monitor.config.yaml_marks import Mapping
    from monitor.errors import Problem
    from monitor.rules.json_schema import KnownNames

STDIN = Path("-")
PROJECT_SCHEMA = "rules.schema.json"


def new(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Id of the rule, as in port-strikes.")],
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WORDS",
            help="What must stand in an article, phrases in quotes; lists, regions and countries by their names."
            " Default: the words of NAME.",
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Where to write it. Default: NAME.yaml in the rules folder.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a file with a new rule that asks for all of some words, with tests that hold; print its path.

    Example: monitor rules new port-strikes dock workers strike "port of Rotterdam"
    """
    from monitor.config.expect import insist
    from monitor.rules.draft import draft_rule
    from monitor.rules.json_schema import ID_FORM
    from monitor.rules.read import SUFFIXES

    if not re.fullmatch(ID_FORM.rstrip("$"), name):
        raise typer.BadParameter("an id has letters, digits, - _ . only, as in port-strikes", param_hint="NAME")
    if file and file.suffix not in SUFFIXES:
        raise typer.BadParameter(f"rule files end in {' or '.join(SUFFIXES)}", param_hint="--file")
    folders = read_settings(context)[0].rules
    path = file or _folder(folders) / f"{name}.yaml"
    insist(_taken(path, force=force))
    roots = _roots(_rule_files(context, None, []), without=path)
    insist(_used(name, roots))
    schema = _schema_for(path)
    content, problems = draft_rule(name, words or re.split(r"[-_.]+", name.strip("-_.")), roots, schema=schema)
    insist(problems)
    assert content is not None, "without errors there is a rule"
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
    write_line(shown_path(path))
    write_problems(problems, as_json=False)
    _say_what_next(path, folders, schema)


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
            replace_file(path, after)
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


def _folder(folders: Sequence[Path]) -> Path:
    """Return the folder for new rules: the first of those in force that is one."""
    from monitor.rules.read import SUFFIXES

    folder = next((path for path in folders if path.suffix not in SUFFIXES), None)
    return folder or (folders[0].parent if folders else Path("rules"))


def _taken(path: Path, *, force: bool) -> list[Problem]:
    from monitor.errors import Location, Problem

    if not path.exists() or (force and path.is_file()):
        return []
    hint = "--force overwrites it, --file writes another" if path.is_file() else "--file names a file"
    return [Problem(at=Location(str(path)), message="this exists already", hint=hint)]


def _roots(files: Iterable[Path], *, without: Path | None = None) -> list[Mapping]:
    """Return what the files say, less those that cannot be read and the one that will be overwritten."""
    from monitor.config.yaml_marks import Mapping, read_yaml

    left_out = without.resolve() if without else None
    nodes = (read_yaml(file)[0] for file in files if file.resolve() != left_out)
    return [node for node in nodes if isinstance(node, Mapping)]


def _used(name: str, roots: Iterable[Mapping]) -> list[Problem]:
    """Return a problem if another rule has the id; alerts are told apart by it."""
    from monitor.config.spelling import quoted
    from monitor.config.yaml_marks import Mapping, Scalar, Sequence
    from monitor.errors import Problem

    lists = (root.get("rules") for root in roots)
    rules = (rule for each in lists if isinstance(each, Sequence) for rule in each if isinstance(rule, Mapping))
    ids = (rule.get("id") for rule in rules)
    places = [used.at for used in ids if isinstance(used, Scalar) and used.text == name]
    message = f"the id {quoted(name)} is used already"
    return [Problem(at=at, message=message, hint="choose another: alerts are told apart by it") for at in places]


def _schema_for(path: Path) -> str:
    """Return the way from a rule file to the schema: that of the project, that of a checkout, or where it will be."""
    folder = path.resolve().parent
    published = (parent / "docs" / "schema" / "rules.json" for parent in folder.parents)
    known = next((file for file in (folder / PROJECT_SCHEMA, *published) if file.exists()), folder / PROJECT_SCHEMA)
    return Path(os.path.relpath(known, folder)).as_posix()


def _say_what_next(path: Path, folders: Sequence[Path], schema: str) -> None:
    """Print the commands that make sense now."""
    inside = any(folder.resolve() in (path.resolve(), *path.resolve().parents) for folder in folders)
    paths = "" if inside else "".join(f" {shlex.quote(shown_path(each))}" for each in (*folders, path))
    say(f"next: monitor rules check{paths}")
    if not inside:
        say("      it is not in force yet: move it to the rules folder, or add it to rules: of monitor.yaml")
    if not (path.parent / schema).exists():
        say(f"      monitor rules schema > {shlex.quote(shown_path(path.parent / schema))}   # completion in editors")


def schema(context: typer.Context) -> None:
    """Print the JSON Schema of rule files, with this project's lists, regions and channels for editors to complete.

    Example: monitor rules schema > rules/rules.schema.json
    """
    from monitor.rules.json_schema import rules_schema, schema_text

    write_text(schema_text(rules_schema(_known_names(context))))


def _known_names(context: typer.Context) -> KnownNames:
    """Return the names in use here; what is wrong in the files is the business of `rules check`."""
    from monitor.rules.json_schema import names_in

    roots = _roots(_rule_files(context, None, []))
    return names_in(roots, channels=[spec.name for spec in read_settings(context)[0].channels])
