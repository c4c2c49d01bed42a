"""JSON Lines that verbs read: a file that must exist, or stdin for a dash."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

STDIN = Path("-")


def existing_file(file: Path | None) -> Path | None:
    """Return a file that a verb was given, if it can be one; a callback for typer, whose own check knows no dash.

    Raises:
        typer.BadParameter: there is no such file, or it is a folder.
    """
    if file is None or file == STDIN or (file.exists() and not file.is_dir()):
        return file
    raise typer.BadParameter(f"{str(file)!r} is a folder" if file.is_dir() else f"there is no file {str(file)!r}")


@contextmanager
def open_lines(file: Path) -> Iterator[BinaryIO]:
    """Open a file of lines; - is stdin."""
    if file == STDIN:
        yield sys.stdin.buffer
    else:
        with file.open("rb") as lines:
            yield lines


ArticlesArgument = Annotated[
    Path,
    typer.Argument(metavar="ARTICLES.jsonl", callback=existing_file, help="Articles as JSON Lines; - is stdin."),
]
