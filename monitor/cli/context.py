"""What every verb gets from the global options: the user's files, as far as the verb needs them, and the store."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import typer

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.errors import Problem
    from monitor.store.store import Store

T = TypeVar("T")

TRIES = 3
WAIT_SECONDS = 0.3  # a command holds the embedded server for about as long


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


def read_settings(context: typer.Context) -> tuple[Settings, list[Problem]]:
    """Read monitor.yaml and the environment, with everything wrong in them."""
    from monitor.config.settings import find_settings_file, load_settings

    options = global_options(context)
    return load_settings(options.config or find_settings_file(os.environ), state=options.state, environ=os.environ)


def require_settings(context: typer.Context) -> Settings:
    """Return settings without errors: a verb that took defaults for a misspelled `redis:` would show another store.

    Raises:
        ConfigError: with every error found.
    """
    from monitor.config.expect import insist

    settings, problems = read_settings(context)
    insist(problems)
    return settings


def ask_store(context: typer.Context, question: Callable[[Store], Awaitable[T]], *, log_level: str = "warning") -> T:
    """Open the store of the settings, a running daemon's own if there is one, and return its answer.

    Raises:
        ConfigError: the settings have errors.
        StoreError: it cannot be opened, or fails.
    """
    return run_async(_ask(require_settings(context), question), log_level=log_level)


async def _ask(settings: Settings, question: Callable[[Store], Awaitable[T]]) -> T:
    import asyncio

    from monitor.clock import SystemClock
    from monitor.daemon.stores import open_store
    from monitor.errors import StoreUnavailable

    for tries_left in reversed(range(TRIES if settings.redis.get_secret_value() == "embedded" else 1)):
        try:
            async with open_store(settings, SystemClock(), adopt=True) as (store, _):
                return await question(store)
        except StoreUnavailable:
            if not tries_left:
                raise
            # The server was perhaps that of another command, which starts or ends at this moment.
            await asyncio.sleep(WAIT_SECONDS)
    raise AssertionError("the last try returns or raises")


def run_async(work: Coroutine[Any, Any, T], *, log_level: str = "warning") -> T:
    """Run a verb's coroutine to its end; what the parts log goes to stderr, as lines for people."""
    import asyncio

    from monitor.daemon.logs import configure_logs

    configure_logs(log_level, "console")
    return asyncio.run(work)
