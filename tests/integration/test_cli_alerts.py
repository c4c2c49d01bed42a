"""`monitor run --once`, and what `alerts` and `deliveries` then say of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from tests.scenarios.world import World, open_world
from tests.support.command_line import monitor, verbs
from tests.support.daemon import Daemon
from tests.support.news import NewsSite, filler

ALERT = [
    "id",
    "rule",
    "rule_title",
    "rule_version",
    "severity",
    "labels",
    "story",
    "created",
    "lead",
    "why",
    "terms",
    "language",
    "status",
    "reason",
    "channels",
    "is_late",
    "drill",
    "sources",
]
DELIVERY = ["id", "alert", "channel", "kind", "status", "attempts", "queued", "changed", "next_try", "reason"]


def body(number: int) -> str:
    return f"{filler(number)}\nBoth sides agreed on a ceasefire for the holidays.\n{filler(number + 1000)}"


def refuse_for_good(world: World) -> None:
    world.hook.refuse = lambda request, body: web.Response(status=400)  # type: ignore[method-assign]


def accept_again(world: World) -> None:
    world.hook.refuse = lambda request, body: None  # type: ignore[method-assign]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as opened:
        yield opened


async def test_before_the_first_alert_all_lists_are_empty(world: World) -> None:
    for arguments, said in {
        ("alerts", "list"): "no alerts yet\n",
        ("deliveries", "list"): "no deliveries\n",
        ("deliveries", "dead"): "no dead letters\n",
        ("deliveries", "retry"): "queued again: 0\n",
    }.items():
        ran = await monitor(world.folder, *arguments)
        assert (ran.code, ran.out, ran.err) == (0, "", said)
        ran = await monitor(world.folder, *arguments, "--json")
        assert (ran.code, ran.out, ran.err) == (0, "", "")


async def test_one_round_alerts_and_the_lists_show_it(world: World) -> None:
    world.site.publish("one", "Ceasefire agreed", body(1))
    world.site.publish("two", "A bridge is mended", filler(2))
    ran = await monitor(world.folder, "run", "--once")
    assert (ran.code, ran.out) == (0, "")
    assert "new alerts: 1" in ran.err

    second = NewsSite(world.publisher, title="Second", prefix="/second")
    second.publish("copy", "A truce, it seems", body(1))
    world.list_feeds(world.site.feed_url, second.feed_url)
    ran = await monitor(world.folder, "run", "--once")
    assert "new alerts: 0" in ran.err

    listed = await monitor(world.folder, "alerts", "list", "--json")
    assert (listed.code, listed.err) == (0, "")
    (alert,) = listed.records
    assert list(alert) == ALERT
    assert (alert["rule"], alert["severity"], alert["terms"][:1]) == ("ceasefire", "high", ["ceasefire"])
    assert (alert["channels"], alert["drill"], alert["sources"]) == (["hook", "mail"], False, 1)
    assert alert["created"].endswith("Z")

    shown = await monitor(world.folder, "alerts", "show", alert["id"], "--json")
    (record,) = shown.records
    assert list(record) == [*ALERT, "untold_updates", "reports", "deliveries"]
    assert {report["title"] for report in record["reports"]} == {"Ceasefire agreed", "A truce, it seems"}
    assert [list(delivery) for delivery in record["deliveries"]] == [DELIVERY, DELIVERY]
    assert {(d["channel"], d["status"], d["attempts"]) for d in record["deliveries"]} == {
        ("hook", "delivered", 1),
        ("mail", "delivered", 1),
    }

    deliveries = await monitor(world.folder, "deliveries", "list", "--json")
    assert [list(delivery) for delivery in deliveries.records] == [DELIVERY, DELIVERY]
    assert {delivery["alert"] for delivery in deliveries.records} == {alert["id"]}
    assert {delivery["next_try"] for delivery in deliveries.records} == {None}


async def test_people_read_tables_and_pages(world: World) -> None:
    world.site.publish("one", "Talks in the capital", body(1))
    await monitor(world.folder, "run", "--once")

    table = await monitor(world.folder, "alerts", "list")
    head, row = table.out.splitlines()
    assert head.split() == ["ID", "TIME", "SEVERITY", "RULE", "SITES", "SOURCE", "HEADLINE"]
    assert row.endswith("Talks in the capital")
    alert = row.split()[0]

    page = (await monitor(world.folder, "alerts", "show", alert)).out
    assert page.startswith("HIGH  Somebody speaks of a ceasefire\nTalks in the capital\n")
    assert "\n  text: Both sides agreed on a [ceasefire] for the holidays.\n" in page
    assert "\ntold by 1 site\n" in page
    assert world.publisher.url("/one.html") in page
    assert page.count("  new  delivered") == 2

    table = await monitor(world.folder, "deliveries", "list", "--channel", "mail")
    head, row = table.out.splitlines()
    assert head.split()[:6] == ["ID", "CHANGED", "CHANNEL", "ALERT", "KIND", "STATUS"]
    assert f"  mail     {alert}  new   delivered  " in row


async def test_lists_can_be_narrowed(world: World) -> None:
    world.write_rules("rules:\n  - {id: ceasefire, when: ceasefire}\n  - {id: bridge, when: bridge opening}\n")
    for number in range(3):
        world.site.publish(f"c{number}", f"Ceasefire {number}", body(number))
    world.site.publish("b", "A bridge opening", filler(9))
    await monitor(world.folder, "run", "--once")

    async def titles(*arguments: str) -> list[str]:
        ran = await monitor(world.folder, "alerts", "list", "--json", *arguments)
        return [record["lead"]["title"] for record in ran.records]

    everything = await titles()
    assert sorted(everything) == ["A bridge opening", "Ceasefire 0", "Ceasefire 1", "Ceasefire 2"]
    assert await titles("--limit", "2") == everything[:2]
    assert await titles("--rule", "bridge") == ["A bridge opening"]
    ran = await monitor(world.folder, "alerts", "list", "--rule", "nope")
    assert (ran.code, ran.out, ran.err) == (0, "", "no alerts of a rule 'nope'\n")

    ran = await monitor(world.folder, "deliveries", "list", "--json", "--channel", "hook", "--status", "delivered")
    assert {(record["channel"], record["status"]) for record in ran.records} == {("hook", "delivered")}
    assert len(ran.records) == 4
    ran = await monitor(world.folder, "deliveries", "list", "--channel", "hok")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "no deliveries: the channel 'hok' never had any; did you mean \"hook\"?\n"
    ran = await monitor(world.folder, "deliveries", "list", "--status", "lost")
    assert (ran.code, "queued, retrying, delivered, dead, dropped" in ran.err) == (2, True)


async def test_an_unknown_alert_says_where_ids_are_found(world: World) -> None:
    for arguments in (["nope"], ["nope", "--json"]):
        ran = await monitor(world.folder, "alerts", "show", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err == "no alert 'nope'; `monitor alerts list` shows their ids\n"


async def test_dead_letters_are_listed_and_sent_again(world: World) -> None:
    refuse_for_good(world)
    for number in range(2):
        world.site.publish(f"c{number}", f"Ceasefire {number}", body(number))
    assert (await monitor(world.folder, "run", "--once")).code == 0

    dead = await monitor(world.folder, "deliveries", "dead", "--json")
    assert (dead.code, dead.err) == (1, "")
    assert [list(record) for record in dead.records] == [DELIVERY, DELIVERY]
    assert {(record["channel"], record["status"], record["attempts"]) for record in dead.records} == {
        ("hook", "dead", 1)
    }
    assert all("400" in record["reason"] for record in dead.records)
    assert (await monitor(world.folder, "deliveries", "dead", "--channel", "mail")).code == 0

    first, second = (record["id"] for record in dead.records)
    ran = await monitor(world.folder, "deliveries", "retry", first, "nope", first)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "nope: not among the dead letters; `monitor deliveries dead` lists them",
        "queued again: 1",
    ]
    ran = await monitor(world.folder, "deliveries", "retry", second, first, "--json")
    assert (ran.code, ran.records) == (1, [{"id": second, "result": "queued"}, {"id": first, "result": "not_dead"}])
    ran = await monitor(world.folder, "deliveries", "list", "--status", "queued", "--json")
    assert {record["id"] for record in ran.records} == {first, second}

    accept_again(world)
    assert (await monitor(world.folder, "run", "--once")).code == 0
    assert sorted(world.hook.headlines()) == ["Ceasefire 0", "Ceasefire 1"]
    assert sorted(world.hook.ids) == sorted([first, second])
    assert (await monitor(world.folder, "deliveries", "dead")).code == 0


async def test_deliveries_that_wait_say_when_they_are_tried_again(world: World) -> None:
    world.hook.accepting = False
    world.site.publish("one", "Ceasefire agreed", body(1))
    ran = await monitor(world.folder, "run", "--once")
    assert (ran.code, "waiting for a retry: 1" in ran.err) == (0, True)
    ran = await monitor(world.folder, "deliveries", "list", "--status", "retrying", "--json")
    (record,) = ran.records
    assert (record["channel"], record["attempts"]) == ("hook", 1)
    assert "503" in record["reason"]
    assert record["next_try"] > record["changed"]


async def test_a_running_daemon_is_asked_and_takes_dead_letters_again(world: World) -> None:
    refuse_for_good(world)
    world.site.publish("one", "Ceasefire agreed", body(1))
    async with Daemon(world.folder) as daemon:
        await daemon.wait_for_event("delivery_dead", channel="hook")
        assert len((await monitor(world.folder, "alerts", "list", "--json")).records) == 1
        accept_again(world)
        ran = await monitor(world.folder, "deliveries", "retry")
        assert (ran.code, ran.err) == (0, "queued again: 1\n")
        await world.hook.wait_until(lambda: world.hook.headlines() == ["Ceasefire agreed"])
        assert await daemon.stop() == 0


def test_the_records_have_the_documented_keys() -> None:
    documented = {verb.name: verb.keys for verb in verbs()}
    assert documented["alerts list"] == ", ".join(ALERT) + "."
    assert documented["deliveries list"] == ", ".join(DELIVERY) + "."


async def test_an_article_that_was_split_off_stays_apart_when_it_changes(world: World) -> None:
    second = NewsSite(world.publisher, title="Second", prefix="/second")
    world.site.publish("one", "Ceasefire agreed", body(1))
    second.publish("copy", "A truce, it seems", body(1))
    world.list_feeds(world.site.feed_url, second.feed_url)
    await monitor(world.folder, "run", "--once")
    (alert,) = (await monitor(world.folder, "alerts", "list", "--json")).records
    (shown,) = (await monitor(world.folder, "alerts", "show", alert["id"], "--json")).records
    lead = alert["lead"]["article"]
    (further,) = [report for report in shown["reports"] if report["article"] != lead]
    assert (further["joined"], further["grounds"]["other"]) == ("text", lead)
    page = (await monitor(world.folder, "alerts", "show", alert["id"])).out
    assert f"      {further['article']}: the same text as {lead}\n" in page

    ran = await monitor(world.folder, "alerts", "split", alert["id"], further["article"], "--json")
    (made,) = ran.records
    assert (ran.code, made["channels"], made["result"]) == (0, ["hook", "mail"], "split")
    second.publish("copy", "A truce, it seems, holds", f"{body(1)}\n{filler(77)}")
    ran = await monitor(world.folder, "run", "--once")
    assert "new alerts: 0" in ran.err
    assert sorted(world.hook.headlines()) == ["A truce, it seems", "Ceasefire agreed"]
    for name, articles in ((alert["id"], [lead]), (made["alert"], [further["article"]])):
        (shown,) = (await monitor(world.folder, "alerts", "show", name, "--json")).records
        assert [report["article"] for report in shown["reports"]] == articles
