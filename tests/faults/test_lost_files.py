"""Files deleted under the running daemon: what is in force stays in force, and the daemon says what is missing."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

from tests.faults.chaos import story_text
from tests.scenarios.world import World, open_world
from tests.support.daemon import Daemon


async def test_deleted_rules_stay_in_force(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        (tmp_path / "rules" / "rules.yaml").unlink()
        refused = await daemon.wait_for_event("reload_refused", reason="no rules are left")
        assert refused["hint"] == "the last rules stay in force"
        await alert(world, 1)


async def test_deleted_feed_lists_stay_in_force(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        shutil.rmtree(tmp_path / "seeds")
        await daemon.wait_for_event("reload_refused")
        await alert(world, 1)


async def test_a_deleted_state_folder_is_told_and_alerts_go_on(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        await alert(world, 1)
        server = int((tmp_path / "var" / "store" / "valkey.pid").read_text())
        shutil.rmtree(tmp_path / "var")
        await daemon.wait_for_event("store_folder_deleted")
        await alert(world, 2)
        os.kill(server, signal.SIGKILL)
        await daemon.wait_for_event("schedule_lost")
        await alert(world, 3)
        assert daemon.events("bug") == []
        assert await daemon.stop(within=5) == 0


async def alert(world: World, number: int) -> None:
    """Publish a story and wait for its alert."""
    world.site.publish(f"story-{number}", f"Ceasefire report {number}", story_text(number))
    await world.hook.wait_until(lambda: f"Ceasefire report {number}" in world.hook.headlines())
