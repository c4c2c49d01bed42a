"""A volume rule in the real daemon: silence, then one alert of all that came together, also over a kill."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.test_black_box import body
from tests.scenarios.world import open_world
from tests.support.command_line import monitor
from tests.support.daemon import Daemon
from tests.support.news import filler

RULES = """
rules:
  - id: surge
    title: Much talk of a ceasefire
    when: {any: [ceasefire, truce]}
    volume: {stories: 3, within: 1h}
  - {id: other, when: observatory}
"""


async def test_the_third_story_tells_of_all_three(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        world.write_rules(RULES)
        daemon = Daemon(tmp_path)
        await daemon.start()
        for number in range(2):
            world.site.publish(f"story-{number}", f"Ceasefire report {number}", body(number))
        world.site.publish("other", "An observatory opens", filler(50))
        await daemon.wait_until(lambda: len(daemon.events("delivered")) == 2)  # to the hook and by mail
        assert world.hook.headlines() == ["An observatory opens"]
        await daemon.kill()
        async with Daemon(tmp_path) as again:
            world.site.publish("copy", "A reprint", body(0))
            world.site.publish("story-2", "Ceasefire report 2", body(2))
            await world.hook.wait_until(lambda: len(world.hook.accepted) == 2)
            data = world.hook.accepted[1]["data"]
            assert data["rule"]["id"] == "surge"
            assert data["notes"] == ["3 stories from 1 source within 1 h"]
            world.site.publish("story-3", "Ceasefire report 3", body(3))
            world.site.publish("other-2", "Another observatory", filler(51))
            await world.hook.wait_until(lambda: "Another observatory" in world.hook.headlines())
            assert await again.stop() == 0
        assert len(world.hook.accepted) == 3
        shown = await monitor(tmp_path, "alerts", "show", data["alert"])
        assert "3 stories from 1 source within 1 h\n" in shown.out
        assert sum(f"Ceasefire report {number}" in shown.out for number in range(4)) == 4
