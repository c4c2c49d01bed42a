"""The whole daemon and a live blog: killed while it tells the updates, it tells each of them, and none twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.scenarios.world import open_world
from tests.support.daemon import Daemon
from tests.support.live_pages import Update, live_page
from tests.support.news import filler

TITLE = "The long night of the talks: all that happens"
LEAD = "Two delegations are in the town hall since noon, and nobody has come out of it so far, says the doorman."
COUNT = 60


def updates() -> list[Update]:
    now = datetime.now(UTC)
    return [
        Update(
            id=f"post-{number}",
            title=f"Ceasefire rumour {number} {filler(number, 3)}",
            text=filler(1_000 + number, 40),
            at=now - timedelta(minutes=number),
        )
        for number in range(COUNT)
    ]


async def test_a_kill_while_updates_are_told_loses_and_doubles_none(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        posted = updates()
        world.site.publish("live", TITLE, LEAD, page=False)
        world.publisher.serve("/live.html", live_page(TITLE, LEAD, posted))
        daemon = Daemon(tmp_path)
        await daemon.start()
        await world.hook.wait_until(lambda: len(world.hook.accepted) >= 3)
        await daemon.kill()
        async with Daemon(tmp_path) as again:
            await world.hook.wait_until(lambda: len(set(world.hook.headlines())) >= COUNT)
            await world.publisher.wait_for("/feed.xml", len(world.publisher.hits_on("/feed.xml")) + 2)
            assert await again.stop() == 0
        assert set(world.hook.headlines()) == {update.title for update in posted}
        assert len(set(world.hook.ids)) == COUNT
        addresses = {body["data"]["article"]["url"] for body in world.hook.accepted}
        assert addresses == {world.publisher.url(f"/live.html#{update.id}") for update in posted}
