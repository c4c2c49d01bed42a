"""The store freezes, is full, comes back empty, or is not there: polling pauses, and says so; nothing is lost."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import aiohttp
import pytest

from monitor.store.server import EmbeddedServer, ask
from tests.faults.chaos import Chaos, embedded_url, open_chaos, open_store, story_text
from tests.scenarios.world import open_world
from tests.support.daemon import Daemon, run_monitor

NOBODY = "127.0.0.1:1"  # a port that needs privileges, and where nobody listens


async def test_a_frozen_server_pauses_the_daemon_and_no_more(tmp_path: Path) -> None:
    async with open_chaos(tmp_path) as chaos, Daemon(tmp_path) as daemon:
        await arrive(chaos, 3)
        async with chaos.publishing():
            server = int((tmp_path / "var" / "store" / "valkey.pid").read_text())
            os.kill(server, signal.SIGSTOP)
            try:
                lost = await daemon.wait_for_event("store_lost", within=40)
                assert "no answer" in lost["reason"]
                asked = len(chaos.world.publisher.hits_on("/feed.xml"))
                assert await status_of(daemon, "/healthz") == 200
                assert len(chaos.world.publisher.hits_on("/feed.xml")) == asked
            finally:
                os.kill(server, signal.SIGCONT)
            await daemon.wait_for_event("store_recovered", within=10)
        async with open_store(await embedded_url(tmp_path)) as store:
            await chaos.check(store, kills=0)
        assert len(daemon.events("store_lost")) == 1
        assert daemon.events("bug") == daemon.events("embedded_server_ended") == []
        assert await daemon.stop(within=5) == 0


async def test_a_stop_does_not_wait_for_a_frozen_server(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "shared")
    async with open_chaos(tmp_path, redis=await server.start()) as chaos:
        pid = int((tmp_path / "shared" / "valkey.pid").read_text())
        try:
            daemon = Daemon(tmp_path)
            await daemon.start()
            await arrive(chaos, 3)
            os.kill(pid, signal.SIGSTOP)
            assert await daemon.stop(within=10) == 0
            assert len(daemon.events("stopped_unsettled")) == 1
            os.kill(pid, signal.SIGCONT)
            async with Daemon(tmp_path), open_store(server.url) as store:
                await chaos.check(store, kills=1)
        finally:
            os.kill(pid, signal.SIGCONT)
            await server.stop()


async def test_a_full_store_pauses_polling_until_it_has_room(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "shared")
    async with open_chaos(tmp_path, redis=await server.start()) as chaos:
        try:
            async with Daemon(tmp_path) as daemon:
                await arrive(chaos, 3)
                async with chaos.publishing():
                    await give_memory(tmp_path, "1mb")
                    lost = await daemon.wait_for_event("store_lost")
                    assert "raise maxmemory" in lost["reason"]
                    assert "monitor_polling_paused 1.0" in await page(daemon, "/metrics")
                    await give_memory(tmp_path, "0")
                    await daemon.wait_for_event("store_recovered", within=10)
                async with open_store(server.url) as store:
                    await chaos.check(store, kills=0)
                assert "monitor_polling_paused 0.0" in await page(daemon, "/metrics")
                assert daemon.events("bug") == []
                assert await daemon.stop(within=5) == 0
        finally:
            await server.stop()


async def test_a_store_that_comes_back_empty_gets_the_feeds_again(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    server = EmbeddedServer(folder)
    async with open_world(tmp_path, redis=await server.start()) as world:
        try:
            async with Daemon(tmp_path) as daemon:
                await world.publisher.wait_for("/feed.xml")
                await server.stop()
                await daemon.wait_for_event("store_lost")
                (folder / "appendonlydir").rename(folder / "lost")
                await server.start()
                await daemon.wait_for_event("store_recovered")
                world.site.publish("one", "Ceasefire after the loss", story_text(1))
                await world.hook.wait_until(lambda: bool(world.hook.accepted))
        finally:
            await server.stop()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param(f"redis://someone:hunter2@{NOBODY}/0", f"redis://{NOBODY}/0: no answer", id="nobody listens"),
        pytest.param("unix:///nowhere/valkey.sock", "unix:///nowhere/valkey.sock: no answer", id="no such socket"),
    ],
)
async def test_no_store_at_the_start_ends_with_clear_words(tmp_path: Path, address: str, words: str) -> None:
    async with open_world(tmp_path):
        code, out, said = await run_monitor(tmp_path, "run", MONITOR_REDIS_URL=address)
    assert code == 3, said
    assert out == ""
    assert f"error: {words}" in said
    assert "is the server running?" in said
    assert "Traceback" not in said
    assert "hunter2" not in said


async def arrive(chaos: Chaos, stories: int) -> None:
    """Publish until so many stories are accepted: the daemon is at work."""
    while chaos.stories < stories:
        chaos.publish()
    await chaos.world.hook.wait_until(lambda: len(chaos.world.hook.accepted) >= stories)


async def give_memory(folder: Path, size: str) -> None:
    """Set the limit of the shared server."""
    assert await ask(folder / "shared" / "valkey.sock", f"CONFIG SET maxmemory {size}") == "+OK"


async def page(daemon: Daemon, path: str) -> str:
    """Return a page of the daemon."""
    address = daemon.events("daemon_started")[-1]["web"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}{path}") as response:
        return await response.text()


async def status_of(daemon: Daemon, path: str) -> int:
    """Return the status of a page of the daemon."""
    address = daemon.events("daemon_started")[-1]["web"]
    async with aiohttp.ClientSession() as session, session.get(f"{address}{path}") as response:
        return response.status
