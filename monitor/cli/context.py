"""What every verb gets from the global options, and how verbs that wait run their coroutine."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from monitor.daemon.files import Files

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Globals:
    """The global options."""

    config: Path | None = None
    state: Path | None = None


def global_options(context: typer.Context) -> Globals:
    """Return the global options that stand before the verb."""
    options = context.find_root().obj
    assert isinstance(options, Globals)
    return options


def read_user_files(context: typer.Context) -> Files:
    """Read settings, feeds, channels and rules as the daemon would, with all problems."""
    from monitor.daemon.files import read_files

    options = global_options(context)
    return read_files(options.config, state=options.state, environ=os.environ)


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a verb's coroutine to its end."""
    return asyncio.run(work)
