"""Edits under the running daemon, and daemons with a part of the work."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from random import Random
from typing import Any

import aiohttp
import pytest
import yaml

from monitor.clock import SystemClock
from monitor.daemon.run import Options, open_daemon
from tests.scenarios.test_black_box import body
from tests.scenarios.world import World, open_world
from tests.support.daemon import Daemon


async def get(daemon: Daemon, path: str) -> tuple[int, str]:
    base = daemon.events("daemon_started")[-1]["web"]
    async with aiohttp.ClientSession() as session, session.get(f"{base}{path}") as answer:
        return answer.status, await answer.text()


def edit_settings(world: World, **changes: Any) -> None:
    path = world.folder / "monitor.yaml"
    path.write_text(yaml.safe_dump({**yaml.safe_load(path.read_text()), **changes}))


async def test_routes_stay_those_of_the_start_until_the_restart(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        settings = yaml.safe_load((tmp_path / "monitor.yaml").read_text())
        channels = {("desk" if name == "hook" else name): spec for name, spec in settings["channels"].items()}
        edit_settings(world, channels=channels, routes=[{"channels": ["desk"]}])
        world.write_rules("rules:\n  - {id: other, when: ceasefire}\n")
        await daemon.wait_for_event("restart_needed")
        await daemon.wait_for_event("rules_reloaded")
        world.site.publish("one", "Ceasefire after the edit", body(1))
        await world.hook.wait_until(lambda: bool(world.hook.accepted))
        assert world.hook.accepted[0]["data"]["rule"]["id"] == "other"


async def test_a_rule_that_names_a_channel_of_after_the_restart_is_refused(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        settings = yaml.safe_load((tmp_path / "monitor.yaml").read_text())
        edit_settings(world, channels={**settings["channels"], "later": {"type": "console"}})
        world.write_rules("rules:\n  - {id: other, when: ceasefire, channels: [later]}\n")
        refused = await daemon.wait_for_event("reload_refused")
        assert "later" in refused["reason"]


async def test_deliveries_of_a_channel_that_is_gone_are_told_at_the_start(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        world.hook.accepting = False
        world.site.publish("one", "Ceasefire once", body(1))
        async with Daemon(tmp_path):
            await world.hook.wait_until(lambda: world.hook.refused >= 1)
        settings = yaml.safe_load((tmp_path / "monitor.yaml").read_text())
        edit_settings(world, channels={"mail": settings["channels"]["mail"]}, routes=[{"channels": ["mail"]}])
        async with Daemon(tmp_path) as daemon:
            told = await daemon.wait_for_event("channel_unserved")
            assert (told["channel"], told["waiting"]) == ("hook", 1)


async def test_readiness_comes_with_the_first_poll(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        await world.publisher.wait_for("/feed.xml")
        async with asyncio.timeout(10):
            while (await get(daemon, "/readyz"))[0] != 200:  # noqa: ASYNC110 - another process: there is no event to wait for
                await asyncio.sleep(0.05)
        status, metrics = await get(daemon, "/metrics")
        assert status == 200
        assert "monitor_rules_loaded 1.0" in metrics
        assert "monitor_config_reload_success 1.0" in metrics


async def test_a_daemon_that_only_delivers_is_ready_without_a_poll(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path, "--role", "deliver,web") as daemon:
        assert await get(daemon, "/readyz") == (200, '{"ready":true,"missing":[]}')
        assert "monitor_config_reload_success 1.0" in (await get(daemon, "/metrics"))[1]
        assert world.publisher.hits_on("/feed.xml") == []


async def test_articles_that_flow_while_rules_are_edited_alert_once_each(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        for edit in range(8):
            for number in (3 * edit, 3 * edit + 1, 3 * edit + 2):
                world.site.publish(f"story-{number}", f"Ceasefire report number {number}", body(number))
            # The rule goes on finding them, with other words beside: each edit is another version of it.
            words = f"[ceasefire, edit {edit}]"
            world.write_rules(f"rules:\n  - {{id: ceasefire, title: Edit {edit}, when: {{any: {words}}}}}\n")
            await world.publisher.wait_for("/feed.xml", len(world.publisher.hits_on("/feed.xml")) + 1)
        await world.hook.wait_until(lambda: len(world.hook.accepted) >= 24)
        assert await daemon.stop() == 0
    assert sorted(world.hook.headlines()) == sorted(f"Ceasefire report number {number}" for number in range(24))
    assert len({event["version"] for event in daemon.events("rules_reloaded")}) >= 3


async def test_the_event_loop_goes_on_while_many_rules_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rules = "".join(f"  - {{id: r{number}, when: {{all: [ceasefire, w{number}]}}}}\n" for number in range(1000))
    async with open_world(tmp_path) as world:
        options = Options(environ={})
        async with open_daemon(options, clock=SystemClock(), rng=Random(1), stdout=io.StringIO()) as (graph, jobs):
            world.write_rules(f"rules:\n{rules}")
            reload = asyncio.create_task(jobs.reload())
            turns = 0
            while not reload.done():
                turns += 1
                await asyncio.sleep(0.001)
            await reload
            assert len(graph.current.policy.rules) == 1000
    # Read on the loop it would be two or three, however fast the machine.
    assert turns >= 10
