"""The whole daemon with a hub: what a publisher pushes is an alert at once, though the feed is polled once an hour."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from monitor.clock import SystemClock
from tests.scenarios.test_black_box import body
from tests.scenarios.world import World, open_world
from tests.support.daemon import Daemon
from tests.support.hub import Hub
from tests.support.proxy import ReverseProxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Pushed:
    """A world whose feed names a hub, with the daemon's public address before it."""

    world: World
    hub: Hub
    proxy: ReverseProxy

    @property
    def topic(self) -> str:
        return self.world.site.feed_url

    def list_feed(self, interval: str) -> None:
        feeds = [{"url": self.topic, "interval": interval}]
        (self.world.folder / "seeds" / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}))

    def serve(self, *, hub: bool = True) -> None:
        link = {"Link": f'<{self.hub.url}>; rel="hub", <{self.topic}>; rel="self"'} if hub else {}
        feed, site = self.world.site, self.world.publisher
        site.serve("/feed.xml", lambda _: feed.feed(), content_type="application/rss+xml", headers=link)

    async def start(self, daemon: Daemon) -> None:
        """Start the daemon and let the public address lead to it."""
        await daemon.start()
        self.proxy.upstream = str(daemon.events("daemon_started")[-1]["web"])

    async def heard(self, *words: str) -> None:
        """Wait until the webhook has got a headline with each of these words, and no other."""
        hook = self.world.hook
        await hook.wait_until(lambda: len(hook.accepted) >= len(words), within=15)
        assert len(hook.accepted) == len(words)
        assert all(any(word in headline for headline in hook.headlines()) for word in words)


@asynccontextmanager
async def open_pushed(folder: Path) -> AsyncIterator[Pushed]:
    async with (
        Hub(SystemClock()) as hub,
        ReverseProxy("/desk") as proxy,
        open_world(folder, websub={"public_url": proxy.url}) as world,
    ):
        pushed = Pushed(world=world, hub=hub, proxy=proxy)
        pushed.serve()
        pushed.list_feed("1h")
        yield pushed


async def test_a_push_is_an_alert_at_once_and_survives_a_restart(tmp_path: Path) -> None:
    async with open_pushed(tmp_path) as pushed:
        world, hub = pushed.world, pushed.hub
        daemon = Daemon(tmp_path)
        await pushed.start(daemon)
        await hub.asked(1, within=20)
        await daemon.wait_for_event("push_subscribed")

        world.site.publish("one", "Ceasefire in the morning", body(1))
        assert await hub.publish(pushed.topic, world.site.feed()) == [202]
        await pushed.heard("morning")

        assert await daemon.stop() == 0
        world.site.publish("two", "Ceasefire at noon", body(2))
        assert set(await hub.publish(pushed.topic, world.site.feed())) == {502}
        await pushed.start(daemon)
        assert await hub.publish(pushed.topic, world.site.feed()) == [202]
        await pushed.heard("morning", "noon")

        assert len(world.publisher.hits_on("/feed.xml")) == 1
        assert len(hub.requests) == 1
        assert await daemon.stop() == 0


async def test_a_push_without_a_feed_is_polled_for_and_a_forged_one_does_nothing(tmp_path: Path) -> None:
    async with open_pushed(tmp_path) as pushed:
        world, hub = pushed.world, pushed.hub
        daemon = Daemon(tmp_path)
        await pushed.start(daemon)
        await hub.asked(1, within=20)
        forged = world.site.feed().replace("</channel>", "<item><title>Ceasefire forged</title></item></channel>")
        assert await hub.publish(pushed.topic, forged, signature="sha256=" + "0" * 64) == [202]
        await daemon.wait_for_event("push_ignored", reason="signature is wrong")
        world.site.publish("one", "Ceasefire in the morning", body(1))
        assert await hub.publish(pushed.topic, "") == [202]
        await pushed.heard("morning")
        assert len(world.publisher.hits_on("/feed.xml")) == 2
        assert await hub.publish(pushed.topic, "<!doctype html><html><body>Agree!</body></html>") == [202]
        await world.publisher.wait_for("/feed.xml", 3)
        assert await daemon.stop() == 0


async def test_what_is_pushed_and_polled_alerts_once_and_a_feed_taken_out_is_unsubscribed(tmp_path: Path) -> None:
    async with open_pushed(tmp_path) as pushed:
        world, hub = pushed.world, pushed.hub
        pushed.list_feed("1s")
        daemon = Daemon(tmp_path)
        await pushed.start(daemon)
        await hub.asked(1, within=20)
        for number, time in enumerate(["morning", "noon", "evening"]):
            world.site.publish(time, f"Ceasefire in the {time}", body(number))
            assert await hub.publish(pushed.topic, world.site.feed()) == [202]
        before = len(world.publisher.hits_on("/feed.xml"))
        await world.publisher.wait_for("/feed.xml", before + 2)
        await pushed.heard("morning", "noon", "evening")
        world.list_feeds(world.publisher.url("/other.xml"))
        await hub.asked(2, within=20)
        assert [request["hub.mode"] for request in hub.requests] == ["subscribe", "unsubscribe"]
        assert hub.subscribers == []
        assert await daemon.stop() == 0
