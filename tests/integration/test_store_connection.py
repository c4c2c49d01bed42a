"""The way to the server when it is absent, frozen, guarded by a password, or comes back."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from monitor.errors import StoreUnavailable
from monitor.store.connect import connect
from monitor.store.scripts import read_script
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import BLOCK, DESK, put


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[EmbeddedServer]:
    """A server that the test may maltreat."""
    server = EmbeddedServer(tmp_path)
    await server.start()
    yield server
    await server.stop()


def pid_of(directory: Path) -> int:
    return int((directory / "valkey.pid").read_text())


async def test_the_server_tells_what_it_is(store: Store) -> None:
    info = await store.info()
    assert info.server.startswith("valkey 9.")
    assert (info.policy, info.append_only) == ("noeviction", True)
    assert info.used_memory_bytes > 100_000
    assert store.where.startswith("unix:///")
    await store.ping()


async def test_an_absent_server_is_reported_within_seconds(tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(StoreUnavailable, match="is the server running"):
        await connect(f"unix://{tmp_path}/nobody.sock")
    with pytest.raises(StoreUnavailable, match=r"^redis://127\.0\.0\.1:1: no answer"):
        await connect("redis://127.0.0.1:1")
    assert time.monotonic() - start < 10


async def test_a_wrong_password_is_reported_without_showing_it(own_server: EmbeddedServer) -> None:
    admin = await connect(own_server.url)
    await admin.call("CONFIG", "SET", "requirepass", "right")
    with pytest.raises(StoreUnavailable, match="check user and password") as caught:
        await connect(f"{own_server.url}?password=letmein")
    assert "letmein" not in str(caught.value)
    with pytest.raises(StoreUnavailable, match="check user and password"):
        await connect(own_server.url)
    good = await connect(f"{own_server.url}?password=right")
    await good.call("CONFIG", "SET", "requirepass", "")
    await good.close()
    await admin.close()


async def test_a_short_freeze_of_the_server_is_bridged(own_server: EmbeddedServer, tmp_path: Path) -> None:
    store = await Store.open(own_server.url, "news", clock=ManualClock())
    os.kill(pid_of(tmp_path), signal.SIGSTOP)
    asyncio.get_running_loop().call_later(0.5, os.kill, pid_of(tmp_path), signal.SIGCONT)
    await put(store, "s1")
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 1
    await store.close()


async def test_a_long_freeze_is_reported_within_seconds(own_server: EmbeddedServer, tmp_path: Path) -> None:
    store = await Store.open(own_server.url, "news", clock=ManualClock())
    os.kill(pid_of(tmp_path), signal.SIGSTOP)
    start = time.monotonic()
    with pytest.raises(StoreUnavailable, match="is the server running"):
        await store.ping()
    assert time.monotonic() - start < 10
    os.kill(pid_of(tmp_path), signal.SIGCONT)
    await put(store, "s1")
    await store.close()


async def test_a_restart_of_the_server_is_bridged(own_server: EmbeddedServer) -> None:
    store = await Store.open(own_server.url, "news", clock=ManualClock())
    await put(store, "s1")
    await own_server.stop()
    with pytest.raises(StoreUnavailable):
        await put(store, "s2")
    await own_server.start()
    await put(store, "s2")
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 2
    await store.close()


async def test_a_reader_that_is_cancelled_leaves_the_connection_clean(store: Store) -> None:
    for _ in range(5):
        reading = asyncio.create_task(store.deliveries.take(DESK, "reader", count=1, block=BLOCK))
        await asyncio.sleep(0.02)  # until it waits in the server
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await store.ping()
    await put(store, "s1")
    await store.deliveries.release(DESK)
    assert len(await store.deliveries.take(DESK, "other", count=1, block=BLOCK)) == 1


async def test_the_servers_forgotten_scripts_are_sent_again(valkey_url: str, store: Store) -> None:
    await put(store, "s1")
    admin = await connect(valkey_url)
    await admin.call("SCRIPT", "FLUSH")
    assert await admin.run(read_script("due"), ["{x}:delayed", "{x}:channel"], ["10"]) == 0
    await put(store, "s2")
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 2
    await admin.close()


async def test_readers_of_dead_processes_are_forgotten_in_time(valkey_url: str, workspace: str, store: Store) -> None:
    await put(store, "s1")
    (held,) = await store.deliveries.take(DESK, "holds", count=1, block=BLOCK)
    assert await store.deliveries.take(DESK, "idle", count=1, block=BLOCK / 1000) == ()
    admin = await connect(valkey_url)
    stream = f"{{{workspace}}}:channel:desk"
    assert await admin.run(read_script("forget_consumers"), [stream], ["senders", "3600000"]) == 0
    await asyncio.sleep(0.03)  # a silence of 20 ms
    assert await admin.run(read_script("forget_consumers"), [stream], ["senders", "20"]) == 1
    assert await store.deliveries.done(held)
    await admin.close()
