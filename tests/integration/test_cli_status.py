"""`monitor status`: all of it on one screen, and an exit code that says whether somebody should look."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.scenarios.world import World, open_world
from tests.support.command_line import monitor
from tests.support.news import filler


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def test_a_fresh_installation_says_what_to_do(world: World) -> None:
    ran = await monitor(world.folder, "status")
    assert (ran.code, ran.err) == (0, "")
    store, feeds, channels, stories, alerts = ran.out.splitlines()
    assert store.startswith("store     valkey ")
    assert feeds == "feeds     none in the schedule: start the daemon with `monitor run`"
    assert (channels, alerts) == ("channels  none had a delivery yet", "alerts    none yet")
    assert stories == "stories   0 texts of the last 7 days remembered, about 0.0 MiB"


async def test_feeds_channels_and_the_last_alert_are_told(world: World) -> None:
    world.site.publish("one", "Ceasefire agreed", f"{filler(1)}\nBoth sides agreed on a ceasefire.\n{filler(2)}")
    await monitor(world.folder, "run", "--once")

    ran = await monitor(world.folder, "status")
    assert ran.code == 0
    assert "\nfeeds     1 feed, 1 ok; next poll " in ran.out
    assert (
        "\nchannel   hook: nothing waits\nchannel   mail: nothing waits\nstories   1 text of the last 7 days "
        in ran.out
    )
    assert "\nalerts    last " in ran.out
    assert ": Ceasefire agreed (" in ran.out

    (record,) = (await monitor(world.folder, "status", "--json")).records
    assert list(record) == ["store", "feeds", "next_poll", "channels", "remembered", "last_alert"]
    assert record["feeds"] == {"ok": 1}
    assert record["channels"]["hook"] == {"waiting": 0, "pending": 0, "delayed": 0, "dead": 0, "oldest": None}


async def test_what_wants_a_person_shows_in_the_exit_code(world: World) -> None:
    world.hook.refuse = lambda request, body: web.Response(status=400)  # type: ignore[method-assign]  # the test's own
    world.site.publish("one", "Ceasefire agreed", f"{filler(1)}\nBoth sides agreed on a ceasefire.\n{filler(2)}")
    await monitor(world.folder, "run", "--once")

    ran = await monitor(world.folder, "status")
    assert ran.code == 1
    assert "\nchannel   hook: 1 dead letter (`monitor deliveries dead`)\n" in ran.out
