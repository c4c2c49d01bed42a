"""Fixtures of the scenarios."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.daemon.replaying import ArticleClock
from monitor.store.store import Store
from tests.support.reading import Reader, open_reader, rules_of


@pytest.fixture
async def reader(valkey_url: str, workspace: str, tmp_path: Path) -> AsyncIterator[Reader]:
    """A reader with one rule that every article matches, over a store of its own."""
    clock = ArticleClock()
    store = await Store.open(valkey_url, workspace, clock=clock)
    yield open_reader(store, rules_of(tmp_path / "rules"), clock)
    await store.close()
