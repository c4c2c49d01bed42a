"""JSON Lines that verbs read: a file that must exist, or stdin for a dash."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from monitor.cli.output import shown_path
from monitor.errors import ParseError

STDIN = Path("-")
MAX_LINE = 64 << 20  # bytes; an article of three full fields, each character of them escaped, has 18 million


def existing_file(file: Path | None) -> Path | None:
    """Return a file that a verb was given, if it can be one; a callback for typer, whose own check knows no dash.

    Raises:
        typer.BadParameter: there is no such file, or it is a folder.
    """
    if file is None or file == STDIN or (file.exists() and not file.is_dir()):
        return file
    raise typer.BadParameter(f"{str(file)!r} is a folder" if file.is_dir() else f"there is no file {str(file)!r}")


def lines_of(file: Path) -> Iterator[bytes]:
    """Yield the lines of a file, or of stdin for -, each as soon as it is there.

    Raises:
        ParseError: a line is endless, or as good as that.
    """
    with open_lines(file) as stream:
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE + 1), b""), start=1):
            if len(line) > MAX_LINE:
                raise ParseError(f"{shown_path(file)}:{number}", f"longer than {MAX_LINE >> 20} MiB")
            yield line


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
