"""The command line as a user meets it: run in a folder, and described by its own help."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer.main

from monitor.cli.main import app
from tests.support.daemon import run_monitor

NOTHING_LISTENS = "redis://127.0.0.1:1/0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def records(self) -> list[dict[str, Any]]:
        """The JSON Lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


async def monitor(folder: Path, *arguments: str, stdin: bytes = b"", **environ: str) -> Ran:
    """Run a command in a folder; whatever it is given, it never answers with a traceback."""
    code, out, err = await run_monitor(folder, *arguments, stdin=stdin, **{"COLUMNS": "200", **environ})
    assert "Traceback" not in err, err
    return Ran(code=code, out=out, err=err)


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Write files into a folder by their names and return it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """An argument or an option as --help shows it."""

    name: str  # --rules PATH, or ARTICLES.jsonl
    help: str
    default: object
    is_argument: bool
    is_required: bool
    is_repeated: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """A command as --help shows it."""

    name: str
    summary: str
    keys: str  # of its JSON objects
    example: str
    parameters: tuple[Parameter, ...]


def verbs() -> list[Verb]:
    """Return all commands, in the order of --help."""
    return list(_verbs(typer.main.get_command(app), ()))


def global_parameters() -> tuple[Parameter, ...]:
    """Return the options that stand before the verb."""
    return tuple(map(_parameter, typer.main.get_command(app).params))


def _verbs(command: Any, path: tuple[str, ...]) -> Iterator[Verb]:
    for name, inner in getattr(command, "commands", {}).items():
        if getattr(inner, "commands", None):
            yield from _verbs(inner, (*path, name))
        else:
            yield _verb(" ".join((*path, name)), inner)


def _verb(name: str, command: Any) -> Verb:
    paragraphs = [" ".join(part.split()) for part in inspect.cleandoc(command.help).split("\n\n")]
    marked = {
        word: part.removeprefix(f"{word}: ")
        for part in paragraphs
        for word in ("Keys", "Example")
        if part.startswith(f"{word}: ")
    }
    assert len(paragraphs) == 1 + len(marked), f"{name} has a paragraph that is neither summary, Keys nor Example"
    return Verb(
        name=name,
        summary=paragraphs[0],
        keys=marked.get("Keys", ""),
        example=marked.get("Example", ""),
        parameters=tuple(map(_parameter, command.params)),
    )


def _parameter(found: Any) -> Parameter:
    is_argument = found.param_type_name == "argument"
    name = found.metavar if is_argument else " ".join(part for part in (found.opts[0], found.metavar) if part)
    return Parameter(
        name=name,
        help=found.help,
        default=None if found.show_default is False or found.default in (False, "") else found.default,
        is_argument=is_argument,
        is_required=found.required,
        is_repeated=found.nargs == -1 or getattr(found, "multiple", False),
    )
