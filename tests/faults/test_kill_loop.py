"""The real daemon, its server and its fellow are killed at random moments; afterwards nothing is lost or doubled.

MONITOR_TEST_KILLS sets how often, MONITOR_TEST_SEED repeats the moments of an earlier run.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

from monitor.store.server import EmbeddedServer, ask
from tests.faults.chaos import (
    Chaos,
    embedded_url,
    left_running,
    open_chaos,
    open_store,
    story_text,
    the_kills,
    until,
)
from tests.scenarios.world import open_world
from tests.support.daemon import MONITOR, Daemon


async def test_a_daemon_killed_at_any_moment_loses_nothing(tmp_path: Path) -> None:
    kills = the_kills(4)
    async with open_chaos(tmp_path) as chaos:
        daemon = Daemon(tmp_path)
        async with chaos.publishing():
            for _ in range(kills):
                await daemon.spawn()
                await moment(chaos, 0.2, 4.0)
                assert daemon.is_running, daemon.said()
                await daemon.kill()
        async with daemon, open_store(await embedded_url(tmp_path)) as store:
            await chaos.check(store, kills=kills)
            assert daemon.events("bug") == []
            assert await daemon.stop() == 0
    assert left_running(tmp_path) == []


async def test_a_server_killed_at_any_moment_is_started_again_and_loses_nothing(tmp_path: Path) -> None:
    kills = the_kills(6)
    async with open_chaos(tmp_path) as chaos, Daemon(tmp_path) as daemon:
        async with chaos.publishing():
            for _ in range(kills):
                await moment(chaos, 0.1, 1.5)
                await kill_server(tmp_path, hang=chaos.rng.choice([0.0, 0.0, 0.3]))
        async with open_store(await embedded_url(tmp_path)) as store:
            await chaos.check(store, kills=kills)
        assert len(daemon.events("embedded_server_ended")) == kills
        assert daemon.events("bug") == []
        assert await daemon.stop() == 0


async def test_two_daemons_on_one_server_take_over_from_each_other(tmp_path: Path) -> None:
    kills = the_kills(4)
    server = EmbeddedServer(tmp_path / "shared")
    async with open_chaos(tmp_path, redis=await server.start()) as chaos:
        try:
            async with Daemon(tmp_path) as one, Daemon(tmp_path) as two:
                async with chaos.publishing():
                    for _ in range(kills):
                        daemon = chaos.rng.choice([one, two])
                        await moment(chaos, 0.1, 1.5)
                        await daemon.kill()
                        await moment(chaos, 0.0, 0.5)
                        await daemon.start()
                async with open_store(server.url) as store:
                    await chaos.check(store, kills=kills)
                assert one.events("bug") == two.events("bug") == []
                assert await one.stop() == await two.stop() == 0
        finally:
            await server.stop()


async def moment(chaos: Chaos, least: float, most: float) -> None:
    """Let a random time pass: when the next blow falls."""
    await asyncio.sleep(chaos.rng.uniform(least, most))


async def kill_server(folder: Path, *, hang: float) -> None:
    """Kill the embedded server, frozen for a while first, and wait until another one answers."""
    note, socket = folder / "var" / "store" / "valkey.pid", folder / "var" / "store" / "valkey.sock"
    pid = int(note.read_text())
    if hang:
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(hang)
    os.kill(pid, signal.SIGKILL)

    async def is_back() -> bool:
        return await ask(socket, "PING") == "+PONG" and int(note.read_text() or pid) != pid

    await until(is_back, within=15, told=lambda: "the server was not started again")


async def test_an_article_in_work_at_the_kill_is_alerted_after_it(tmp_path: Path) -> None:
    assert await headlines_after_a_kill_in_the_middle(tmp_path, MONITOR) == ["Ceasefire report 1", "Ceasefire report 2"]


async def test_the_loops_would_notice_marks_made_too_early(tmp_path: Path) -> None:
    program = (str(Path(__file__).with_name("marks_first.py")),)
    assert await headlines_after_a_kill_in_the_middle(tmp_path, program) == ["Ceasefire report 2"]


async def headlines_after_a_kill_in_the_middle(folder: Path, program: tuple[str, ...]) -> list[str]:
    """Kill a daemon while it waits for an article's page; return what is alerted, with a later article."""
    async with open_world(folder) as world:
        daemon = Daemon(folder, program=program)
        await daemon.start()
        world.publisher.hang("/story-1.html")
        world.site.publish("story-1", "Ceasefire report 1", story_text(1), page=False)
        await world.publisher.wait_for("/story-1.html")
        await daemon.kill()
        world.publisher.serve("/story-1.html", "gone", status=404)
        world.site.publish("story-2", "Ceasefire report 2", story_text(2))
        async with daemon:
            await daemon.wait_for_event("feed_polled")  # all its entries are settled
            alerts = len(daemon.events("alert_queued"))
            await world.hook.wait_until(lambda: len(world.hook.accepted) == alerts)
            await daemon.stop()
        return sorted(world.hook.headlines())
