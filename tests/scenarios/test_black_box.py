"""The real daemon as a subprocess against loopback feeds, pages, a webhook receiver and a mail server."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.scenarios.world import open_world
from tests.support.daemon import Daemon
from tests.support.news import NewsSite, filler


def body(number: int, sentence: str = "Both sides agreed on a ceasefire for the holidays.") -> str:
    return f"{filler(number)}\n{sentence}\n{filler(number + 1000)}"


async def test_each_matching_story_arrives_exactly_once_on_each_channel(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        second = NewsSite(world.publisher, title="Second", prefix="/second")
        world.list_feeds(world.site.feed_url, second.feed_url)
        for number in range(6):
            world.site.publish(f"story-{number}", f"Ceasefire report number {number}", body(number))
            world.site.publish(f"other-{number}", f"Bridge report number {number}", filler(500 + number))
        for number in range(3):
            second.publish(f"copy-{number}", f"A reprint of report {number}", body(number))
        async with Daemon(tmp_path) as daemon:
            await world.hook.wait_until(lambda: len(world.hook.accepted) >= 6)
            await daemon.wait_until(lambda: len(daemon.events("delivered")) >= 12)
            world.site.publish("late", "A truce comes late", body(77, "A truce was signed at night."))
            await world.hook.wait_until(lambda: "A truce comes late" in world.hook.headlines())
            assert await daemon.stop() == 0
        alerts = [body["data"]["alert"] for body in world.hook.accepted]
        assert len(alerts) == len(set(alerts)) == 7
        stories = {body["data"]["story"] for body in world.hook.accepted}
        assert len(stories) == 7
        assert len({message["Message-ID"] for message in world.mailbox.messages}) == len(world.mailbox.messages) == 7


async def test_the_alert_says_why(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path):
        world.site.publish("one", "Talks in the capital", body(1))
        await world.hook.wait_until(lambda: bool(world.hook.accepted))
        data = world.hook.accepted[0]["data"]
        assert data["rule"]["id"] == "ceasefire"
        assert data["severity"] == "high"
        assert data["terms"] == ["ceasefire"]
        why = data["why"][0]
        start, end = why["marks"][0]
        assert (why["field"], why["text"][start:end]) == ("text", "ceasefire")
        assert data["article"]["url"] == world.publisher.url("/one.html")


async def test_a_killed_daemon_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        for number in range(4):
            world.site.publish(f"before-{number}", f"Ceasefire before {number}", body(number))
        daemon = Daemon(tmp_path)
        await daemon.start()
        await world.hook.wait_until(lambda: len(world.hook.accepted) == 4)
        await daemon.wait_until(lambda: len(daemon.events("delivered")) >= 8)

        # Deliveries that the receiver refuses stay on the way while the daemon dies.
        world.hook.accepting = False
        for number in range(4):
            world.site.publish(f"during-{number}", f"Ceasefire during {number}", body(100 + number))
        await world.hook.wait_until(lambda: world.hook.refused >= 4)
        await daemon.kill()
        world.site.publish("while-dead", "Ceasefire while dead", body(200))
        world.hook.accepting = True

        async with Daemon(tmp_path) as again:
            await world.hook.wait_until(lambda: len(world.hook.accepted) >= 9)
            world.site.publish("after", "Ceasefire after", body(300))
            await world.hook.wait_until(lambda: "Ceasefire after" in world.hook.headlines())
            assert await again.stop() == 0
        assert sorted(world.hook.headlines()) == sorted(
            [f"Ceasefire before {number}" for number in range(4)]
            + [f"Ceasefire during {number}" for number in range(4)]
            + ["Ceasefire while dead", "Ceasefire after"]
        )
        assert len(set(world.hook.ids)) == 10


async def test_a_restart_alerts_nothing_twice(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world:
        world.site.publish("one", "Ceasefire once", body(1))
        async with Daemon(tmp_path) as first:
            await world.hook.wait_until(lambda: len(world.hook.accepted) == 1)
            await first.wait_until(lambda: len(first.events("delivered")) >= 2)
        async with Daemon(tmp_path) as second:
            await world.publisher.wait_for("/feed.xml", len(world.publisher.hits_on("/feed.xml")) + 2)
            await second.stop()
        assert world.hook.headlines() == ["Ceasefire once"]


async def test_an_old_article_of_a_new_feed_is_recorded_silently(tmp_path: Path) -> None:
    from datetime import timedelta

    async with open_world(tmp_path) as world:
        world.site.publish("old", "Ceasefire of last week", body(1), age=timedelta(days=7))
        world.site.publish("new", "Ceasefire of today", body(2))
        async with Daemon(tmp_path):
            await world.hook.wait_until(lambda: bool(world.hook.accepted))
            world.site.publish("newer", "Ceasefire of this minute", body(3))
            await world.hook.wait_until(lambda: len(world.hook.accepted) == 2)
        assert world.hook.headlines() == ["Ceasefire of today", "Ceasefire of this minute"]


async def test_broken_rules_leave_the_last_good_ones_in_force(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        world.write_rules("rules:\n  - id: ceasefire\n    when: {anyy: [ceasefire]}\n")
        refused = await daemon.wait_for_event("reload_refused")
        assert refused["errors"] >= 1
        error = daemon.events("file_error")[0]
        assert error["at"].endswith("rules.yaml:3:12")
        assert "any" in error["hint"]
        world.site.publish("one", "Ceasefire under old rules", body(1))
        await world.hook.wait_until(lambda: bool(world.hook.accepted))
        world.write_rules("rules:\n  - id: bridges\n    when: {any: [bridge opening]}\n")
        await daemon.wait_for_event("rules_reloaded", rules=1)
        world.site.publish("two", "A bridge opening at noon", filler(9))
        await world.hook.wait_until(lambda: len(world.hook.accepted) == 2)
        assert world.hook.accepted[1]["data"]["rule"]["id"] == "bridges"


async def test_a_hangup_reads_new_feeds(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, Daemon(tmp_path) as daemon:
        second = NewsSite(world.publisher, title="Second", prefix="/second")
        second.publish("one", "Ceasefire on the second site", body(1))
        world.list_feeds(world.site.feed_url, second.feed_url)
        daemon.send(signal.SIGHUP)
        await world.hook.wait_until(lambda: bool(world.hook.accepted))


async def test_one_round_polls_delivers_and_ends(tmp_path: Path) -> None:
    from tests.support.daemon import run_monitor

    async with open_world(tmp_path) as world:
        world.site.publish("one", "Ceasefire once", body(1))
        code, _, said = await run_monitor(tmp_path, "run", "--once")
        assert code == 0, said
        assert world.hook.headlines() == ["Ceasefire once"]
        assert "feeds polled: 1 (0 failing), new entries: 1, new alerts: 1, deliveries tried: 2" in said
        code, _, said = await run_monitor(tmp_path, "run", "--once")
        assert code == 0, said
        assert world.hook.headlines() == ["Ceasefire once"]
