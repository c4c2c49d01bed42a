"""A real embedded Valkey for tests: one server for the whole run, a workspace of its own for each test."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from tests.support.clock import ManualClock

_numbers = itertools.count()


@pytest.fixture(scope="session")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The unix:// address of a running server; keep apart from other tests by `workspace`."""
    server = EmbeddedServer(Path(tmp_path_factory.mktemp("valkey")))
    # A loop of our own: asyncio.run would take away the one that pytest-asyncio has set.
    loop = asyncio.new_event_loop()
    try:
        yield loop.run_until_complete(server.start())
        loop.run_until_complete(server.stop())
    finally:
        loop.close()


@pytest.fixture
def workspace() -> str:
    """A workspace name that no other test uses."""
    return f"test-{os.getpid()}-{next(_numbers)}"


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until the test moves it."""
    return ManualClock()


@pytest.fixture
async def store(valkey_url: str, workspace: str, clock: ManualClock) -> AsyncIterator[Store]:
    """A store in a workspace of its own, with `clock`."""
    opened = await Store.open(valkey_url, workspace, clock=clock)
    yield opened
    await opened.close()
