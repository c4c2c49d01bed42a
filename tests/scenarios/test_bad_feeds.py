"""A feed that hangs, never ends, is a bomb, hostile or no feed does not hold up the others, and is told clearly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.scenarios.test_black_box import body
from tests.scenarios.world import World, open_world
from tests.support.daemon import Daemon, run_monitor


def serve_bad_feeds(world: World) -> None:
    site = world.publisher
    site.hang("/hangs.xml")
    site.flood("/endless.xml")
    site.drip("/drips.xml")
    site.gzip_bomb("/bomb.xml", size=300_000_000)
    attributes = " ".join(f"a{number}='x'" for number in range(20_000))
    site.serve(
        "/attributes.xml", f"<rss version='2.0'><channel><item {attributes}><title>x</title></item></channel></rss>"
    )
    site.serve("/page.xml", "<!doctype html><html><head><title>Cookies?</title></head><body>Agree!</body></html>")
    site.serve("/gone.xml", "gone", status=410)
    site.reset("/reset.xml")


WORDS = {
    "hangs": "does not answer within",
    "endless": "sends more than",
    "drips": "does not finish its answer",
    "bomb": "sends more than",
    "attributes": "attributes",
    "page": "HTML page",
    "gone": "HTTP 410",
    "reset": "reset",
    "missing": "HTTP 404",
}
BAD = list(WORDS)


async def test_the_others_alert_and_each_bad_feed_has_a_health_line(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        serve_bad_feeds(world)
        broken = (
            "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>x</title><item><guid>1</guid>"
        )
        broken += "<title>Ceasefire in M\xfcnchen</title><link>/m\xfcnchen</link></item></channel></rss>"
        world.publisher.serve("/encoding.xml", broken.encode("latin-1"), content_type="application/xml")
        world.list_feeds(*(world.publisher.url(f"/{name}.xml") for name in [*BAD, "encoding"]), world.site.feed_url)
        world.site.publish("one", "Ceasefire in spite of all", body(1))
        async with Daemon(tmp_path) as daemon:
            await world.hook.wait_until(lambda: len(world.hook.accepted) >= 2, within=10)
            assert sorted(world.hook.headlines())[0].startswith("Ceasefire in")
            told = {"feed_failing", "feeds_failing"}
            await daemon.wait_until(
                lambda: sum(line.get("count", 1) for line in daemon.log if line.get("event") in told) >= len(BAD),
                within=30,
            )
            reasons = {str(line["reason"]) for line in daemon.log if line.get("event") in told}
            _, listed, _ = await run_monitor(tmp_path, "feeds", "list", "--json")
        errors = {Path(row["url"]).stem: row["error"] for row in map(json.loads, listed.splitlines())}
        assert errors.pop("feed") == ""
        assert errors.pop("encoding") == ""
        assert {name: error for name, error in errors.items() if WORDS[name] not in error} == {}
        assert {name for name, words in WORDS.items() if not any(words in reason for reason in reasons)} == set()


@pytest.mark.parametrize("name", ["hangs", "endless", "drips"])
async def test_a_stop_does_not_wait_for_a_bad_feed(tmp_path: Path, name: str) -> None:
    async with open_world(tmp_path) as world:
        serve_bad_feeds(world)
        world.list_feeds(world.publisher.url(f"/{name}.xml"))
        daemon = Daemon(tmp_path)
        await daemon.start()
        await world.publisher.wait_for(f"/{name}.xml")
        assert await daemon.stop(within=5) == 0
