"""Volume rules over the real store: counted once, told once, whatever is repeated, raced, or restarted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.errors import StoreUnavailable
from monitor.model import Alert, Article, ArticleId, Assignment, Report, Rule, RuleId, StoryId, Volume
from monitor.remembered import NOTHING_KNOWN
from monitor.rules.read import read_rules
from monitor.store.alerts import Conflict
from monitor.store.connect import Connection, Script, connect
from monitor.store.store import Store
from monitor.store.telling import Telling
from monitor.store.volume import Count
from monitor.stories.fingerprint import text_print
from tests.support.clock import ManualClock
from tests.support.news import filler
from tests.support.store import DESK, NOON, repeating_store
from tests.support.volume_model import Ledger

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
QUAKE = RuleId("quake")
THREE = "volume: {stories: 3, sources: 3, within: 30m}"
SPIKE = "volume: {factor: 4, within: 6h, baseline: 4d, stories: 3}"


class Newsroom:
    """A daemon's middle with one rule, and articles to hand to it at any minute."""

    def __init__(self, store: Store, folder: Path, rule: str, clock: ManualClock) -> None:
        (folder / "rules.yaml").write_text(f"rules: [{{id: quake, when: earthquake, tests: [], {rule}}}]")
        rules, problems = read_rules([folder], channels={DESK})
        assert problems == []
        assert rules is not None
        self.store = store
        self.clock = clock
        self.policy = Policy(rules=rules, routes=(Route(channels=(DESK,)),), followers=frozenset({DESK}))
        self.middle = Middle(store=store, policy=lambda: self.policy, clock=clock, metrics=Metrics())

    async def tell(self, story: int, site: str, at: timedelta = timedelta(0), *, name: str = "") -> list[str]:
        """Hand in an article of a story by a site, seen so long after noon; return the kinds of its alerts."""
        until = NOON + at - self.clock.now()
        self.clock.advance(max(until, timedelta(0)))
        judged = await self.middle.judge(an_article(story, site, NOON + at, name=name))
        return [item.kind for item in judged.enqueued]

    async def alerts(self) -> list[Alert]:
        """Return the alerts, the oldest first."""
        return list(reversed(await self.store.alerts.list(99)))

    async def reported(self, alert: Alert) -> list[str]:
        """Return the articles of an alert."""
        return [report.article for report in await self.store.alerts.reports(alert.id)]


def an_article(story: int, site: str, seen: datetime, *, name: str = "") -> Article:
    text = f"{filler(story)}\nAn earthquake was felt in the valley.\n{filler(story + 1000)}"
    id_ = ArticleId(name or f"{site}-{story}")
    url = f"https://{site}.example/{id_}"
    return Article(id=id_, title=f"Earthquake, report {story}", url=url, text=text, seen=seen)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


async def test_the_third_story_from_a_third_source_makes_one_alert_of_all(
    store: Store, folder: Path, clock: ManualClock
) -> None:
    room = Newsroom(store, folder, THREE, clock)
    assert await room.tell(1, "one") == []
    assert await room.tell(2, "two", 10 * MINUTE) == []
    assert await room.alerts() == []
    assert await room.tell(3, "three", 20 * MINUTE) == ["new"]
    (alert,) = await room.alerts()
    assert alert.reason == "3 stories from 3 sources within 30 min"
    assert (alert.lead.article, alert.created) == ("three-3", NOON + 20 * MINUTE)
    assert await room.reported(alert) == ["one-1", "two-2", "three-3"]
    assert await store.alerts.count_sources([alert.id]) == {alert.id: 3}
    (taken,) = await store.deliveries.take(DESK, "reader", count=9, block=timedelta(0))
    assert (taken.alert, taken.delivery.sources) == (alert, 3)


async def test_copies_of_one_report_are_one_story(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, THREE, clock)
    for minute, site in enumerate(("one", "two", "three", "four")):
        assert await room.tell(1, site, minute * MINUTE) == []
    assert await room.tell(2, "one", 5 * MINUTE) == []
    assert await room.tell(3, "one", 6 * MINUTE) == ["new"]
    (alert,) = await room.alerts()
    assert alert.reason == "3 stories from 4 sources within 30 min"
    assert len(await room.reported(alert)) == 6


async def test_stories_of_one_source_do_not_do(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, THREE, clock)
    for number in range(6):
        assert await room.tell(number, "one", number * MINUTE) == []
    assert await room.tell(7, "two", 7 * MINUTE) == []
    assert await room.tell(7, "three", 8 * MINUTE) == ["new"]


async def test_what_is_older_than_the_window_does_not_count(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, THREE, clock)
    await room.tell(1, "one")
    await room.tell(2, "two", 15 * MINUTE)
    assert await room.tell(3, "three", 30 * MINUTE) == []
    # A late copy does not make an old story new.
    assert await room.tell(1, "four", 31 * MINUTE) == []
    assert await room.tell(4, "five", 32 * MINUTE) == ["new"]
    (alert,) = await room.alerts()
    assert await room.reported(alert) == ["two-2", "three-3", "five-4"]


async def test_a_surge_is_one_alert_until_it_is_over(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, THREE, clock)
    kinds = [await room.tell(number, f"site{number}", number * 10 * MINUTE) for number in range(7)]
    assert kinds == [[], [], ["new"], ["repeat"], ["repeat"], ["repeat"], ["repeat"]]
    (alert,) = await room.alerts()
    assert len(await room.reported(alert)) == 7
    taken = await store.deliveries.take(DESK, "reader", count=99, block=timedelta(0))
    assert [one.delivery.kind for one in taken] == ["new", "source", "source", "source", "source"]
    # Half an hour without so many stories: over. Its next report is of no alert.
    assert await room.tell(10, "site10", 91 * MINUTE) == []
    assert await room.tell(11, "site11", 92 * MINUTE) == []
    assert await room.tell(12, "site12", 93 * MINUTE) == ["new"]
    assert [one.lead.article for one in await room.alerts()] == ["site2-2", "site12-12"]


async def test_a_long_surge_is_told_anew_after_repeat_after(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, f"{THREE}, repeat_after: 1h", clock)
    kinds = [await room.tell(number, f"site{number}", number * 10 * MINUTE) for number in range(10)]
    assert [kind for (kind,) in kinds[2:]] == ["new", *["repeat"] * 5, "new", "repeat"]
    first, second = await room.alerts()
    assert first.id != second.id
    assert await room.reported(second) == ["site6-6", "site7-7", "site8-8", "site9-9"]


async def test_the_same_article_again_changes_nothing(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, THREE, clock)
    for _ in range(3):
        assert await room.tell(1, "one") == []
    await room.tell(2, "two", MINUTE)
    assert await room.tell(3, "three", 2 * MINUTE) == ["new"]
    assert await room.tell(3, "three", 4 * MINUTE) == ["repeat"]
    assert await room.tell(1, "one", 20 * MINUTE) == ["repeat"]
    assert await room.tell(3, "three", 50 * MINUTE) == []  # nor does it keep the surge alive
    (alert,) = await room.alerts()
    assert len(await room.reported(alert)) == 3
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=timedelta(0))) == 1


async def test_a_call_whose_answer_was_lost_counts_once(
    valkey_url: str, workspace: str, folder: Path, clock: ManualClock
) -> None:
    room = Newsroom(await repeating_store(valkey_url, workspace, clock), folder, THREE, clock)
    kinds = [await room.tell(number, f"site{number}", number * MINUTE) for number in range(4)]
    assert kinds == [[], [], ["new"], ["repeat"]]
    assert len(await room.alerts()) == 1
    await room.store.close()


class DyingConnection(Connection):
    """Loses the server just before the article is written, once."""

    dies = True

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int], *, as_bytes: bool = False
    ) -> Any:
        if script.name == "enqueue" and self.dies:
            self.dies = False
            raise StoreUnavailable("killed")
        return await super().run(script, keys, arguments, as_bytes=as_bytes)


async def test_a_daemon_killed_between_the_verdict_and_the_alert_loses_nothing(
    valkey_url: str, workspace: str, folder: Path, clock: ManualClock, store: Store
) -> None:
    room = Newsroom(store, folder, THREE, clock)
    await room.tell(1, "one")
    await room.tell(2, "two", MINUTE)
    ordinary = await connect(valkey_url)
    dying = Store(DyingConnection(ordinary._client, ordinary.where), workspace, clock=clock)
    with pytest.raises(StoreUnavailable, match="killed"):
        await Newsroom(dying, folder, THREE, clock).tell(3, "three", 2 * MINUTE)
    assert await room.alerts() == []
    assert await room.tell(3, "three", 4 * MINUTE) == ["new"]
    await dying.close()


async def test_several_daemons_at_once_tell_a_surge_once(
    valkey_url: str, workspace: str, folder: Path, clock: ManualClock
) -> None:
    stores = [await Store.open(valkey_url, workspace, clock=clock) for _ in range(4)]
    rooms = [Newsroom(store, folder, THREE, clock) for store in stores]
    stories = random.Random(4).sample(range(40), 40)
    kinds = await asyncio.gather(
        *(rooms[number % 4].tell(story // 2, f"site{story}") for number, story in enumerate(stories))
    )
    assert sum(kind == ["new"] for kind in kinds) == 1
    (alert,) = await rooms[0].alerts()
    assert alert.reason == "3 stories from 3 sources within 30 min"
    assert len(await rooms[0].reported(alert)) == 40
    tally = await stores[0].volumes.tally(
        QUAKE, Volume(within=HOUR), story=StoryId("next"), site="next.example", now=NOON
    )
    assert (tally.stories, tally.sources, tally.revision) == (21, 41, 40)
    for store in stores:
        await store.close()


# Against the usual


async def history(room: Newsroom, *, days: int, every: timedelta) -> None:
    """Let stories come in a steady rate up to noon, somebody listening all the time."""
    room.clock.advance(-days * DAY)
    for step in range(days * DAY // (10 * MINUTE) + 1):
        at = step * 10 * MINUTE - days * DAY
        if step and at % every == timedelta(0):
            await room.tell(step + 10_000, "daily", at)
        await room.middle.watch()
        room.clock.advance(10 * MINUTE)


async def burst(room: Newsroom, count: int, at: timedelta) -> list[str]:
    """Let stories come at once; return the kinds of their alerts."""
    found = []
    for number in range(count):
        found += await room.tell(100 * (at // MINUTE) + number, f"site{number}", at + number * timedelta(seconds=1))
    return found


async def test_a_spike_is_many_times_the_usual(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, SPIKE, clock)
    await history(room, days=4, every=3 * HOUR)  # two in a window, of which one may be in this one
    assert await burst(room, 5, 5 * MINUTE) == []
    assert await burst(room, 1, 6 * MINUTE) == ["new"]
    (alert,) = await room.alerts()
    assert alert.reason == "8 stories from 6 sources within 6 h, usually 2"


async def test_a_new_rule_has_no_usual(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, SPIKE, clock)
    assert await burst(room, 50, timedelta(0)) == []


async def test_a_rule_that_met_nothing_for_long_enough_knows_that(
    store: Store, folder: Path, clock: ManualClock
) -> None:
    room = Newsroom(store, folder, SPIKE, clock)
    for _ in range(4 * 24 * 6):
        await room.middle.watch()
        clock.advance(10 * MINUTE)
    assert await burst(room, 3, 4 * DAY) == ["new"]
    assert (await room.alerts())[0].reason == "3 stories from 3 sources within 6 h, usually none"


async def test_what_is_usual_survives_a_restart(
    store: Store, valkey_url: str, workspace: str, folder: Path, clock: ManualClock
) -> None:
    await history(Newsroom(store, folder, SPIKE, clock), days=4, every=3 * HOUR)
    again = await Store.open(valkey_url, workspace, clock=clock)
    room = Newsroom(again, folder, SPIKE, clock)
    assert await burst(room, 5, 5 * MINUTE) == []
    assert await burst(room, 1, 6 * MINUTE) == ["new"]
    await again.close()


async def test_the_news_of_a_long_pause_is_no_spike(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, SPIKE, clock)
    await history(room, days=4, every=3 * HOUR)
    clock.advance(DAY)  # nobody listens; then what came meanwhile is read at once
    room.middle._watched = None
    assert await burst(room, 9, DAY) == []
    # A day is four windows: 8 stories were to be expected, and 32 would be too many.
    assert await burst(room, 30, DAY + MINUTE) == ["new", *["repeat"] * 6]


async def test_an_expired_rule_stops_matching_without_a_restart(store: Store, folder: Path, clock: ManualClock) -> None:
    room = Newsroom(store, folder, "expires: 2026-11-24", clock)
    assert await room.tell(1, "one", 11 * HOUR + 59 * MINUTE) == ["new"]
    assert await room.tell(2, "two", 12 * HOUR) == []


# The tally itself


def a_count(volume: Volume, tally: Any, story: str, site: str, at: datetime) -> Count:
    report = Report(article=ArticleId(f"{site}-{story}"), title="t", url="", site=site, source=site, seen=at)
    return Count(
        rule=QUAKE, volume=volume, story=StoryId(story), report=report, tally=tally, at=at, is_met=False, alert=None
    )


async def put(store: Store, count: Count) -> object:
    telling = Telling(
        assignment=Assignment(story=count.story, joined="opened"),
        fingerprint=text_print(Article(id=count.report.article, title="t")),
        site=count.report.site,
        seen=count.at,
    )
    answer = await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=(), counts=[count])
    if isinstance(answer, Conflict) and answer.look.copies:  # the article was there before
        return await store.alerts.enqueue(telling, look=answer.look, drafts=(), counts=[count])
    return answer


@pytest.mark.parametrize("seed", range(4))
async def test_the_tally_is_what_the_plainest_count_says(store: Store, clock: ManualClock, seed: int) -> None:
    rng = random.Random(seed)
    volume = Volume(within=30 * MINUTE, stories=3, factor=2, baseline=3 * HOUR) if seed % 2 else Volume(within=HOUR)
    rule = Rule(id=QUAKE, volume=volume)
    await store.volumes.watch([rule], now=NOON)
    ledger = Ledger(volume, since=NOON)
    now = NOON
    for _ in range(120):
        now += rng.randrange(-3, 12) * MINUTE  # daemons' clocks differ, and articles overtake one another
        now = max(now, NOON)
        story, site = f"s{rng.randrange(60)}", f"site{rng.randrange(8)}"
        tally = await store.volumes.tally(QUAKE, volume, story=StoryId(story), site=site, now=now)
        expected = ledger.tally(story, site, now)
        fields = ("stories", "sources", "adds", "start", "before", "watched")
        assert {name: getattr(tally, name) for name in fields} == {name: getattr(expected, name) for name in fields}
        assert await put(store, a_count(volume, tally, story, site, now)) == ()
        ledger.count(story, site, now)


async def test_what_is_known_of_the_baseline_is_less_the_gaps(store: Store) -> None:
    volume = Volume(within=6 * HOUR, stories=2, factor=2, baseline=4 * DAY)
    rules = [Rule(id=QUAKE, volume=volume), Rule(id=RuleId("other"), volume=Volume(within=HOUR, stories=2))]
    back, left = NOON - 4 * DAY + 36 * HOUR, NOON - 7 * HOUR
    moments = [NOON - 4 * DAY, *(back + step * 10 * MINUTE for step in range((left - back) // (10 * MINUTE) + 1))]
    for now in (*moments, NOON - 2 * HOUR, NOON - 2 * HOUR):
        await store.volumes.watch(rules, now=now)
    tally = await store.volumes.tally(QUAKE, volume, story=StoryId("a"), site="one", now=NOON)
    # 90 hours up to the window, less 12 of the 36 that feeds cannot have listed, less one that the window caught up on.
    assert (tally.watched, tally.caught_up) == (77 * HOUR, HOUR)
    fresh = await store.volumes.tally(RuleId("other"), volume, story=StoryId("a"), site="one", now=NOON)
    assert (fresh.watched, fresh.caught_up) == (timedelta(0), timedelta(0))


async def test_a_tally_that_another_has_changed_is_a_conflict(store: Store) -> None:
    volume = Volume(within=HOUR, stories=2)
    stale = await store.volumes.tally(QUAKE, volume, story=StoryId("a"), site="one", now=NOON)
    assert await put(store, a_count(volume, stale, "a", "one", NOON)) == ()
    answer = await put(store, a_count(volume, stale, "b", "two", NOON))
    assert type(answer).__name__ == "Conflict"
    fresh = await store.volumes.tally(QUAKE, volume, story=StoryId("b"), site="two", now=NOON)
    assert (fresh.stories, fresh.revision) == (2, 1)


async def test_memory_is_bounded_by_the_window_and_the_baseline(store: Store, valkey_url: str, workspace: str) -> None:
    volume = Volume(within=HOUR, stories=2, factor=2, baseline=10 * DAY)
    await store.volumes.watch([Rule(id=QUAKE, volume=volume)], now=NOON)
    for number in range(320):
        now = NOON + number * (HOUR if number < 300 else timedelta(0))
        tally = await store.volumes.tally(QUAKE, volume, story=StoryId(f"s{number}"), site=f"{number}", now=now)
        await put(store, a_count(volume, tally, f"s{number}", f"{number}", now))
    await store.volumes.watch([Rule(id=QUAKE, volume=volume)], now=NOON + 301 * HOUR)
    connection = await connect(valkey_url)
    sizes, lifetimes = {}, {}
    for name, command in (
        ("volume-stories", "ZCARD"),
        ("volume-sites", "ZCARD"),
        ("volume-articles", "ZCARD"),
        ("volume-reports", "HLEN"),
        ("volume-gaps", "ZCARD"),
        ("volume", "HLEN"),
    ):
        key = f"{{{workspace}}}:{name}:quake"
        sizes[name] = await connection.call(command, key)
        lifetimes[name] = int(await connection.call("PTTL", key))
    await connection.close()
    assert sizes["volume-stories"] <= 10 * 24 + 2 + 1 + 20  # those of the last hour
    assert sizes["volume-sites"] == sizes["volume-articles"] == sizes["volume-reports"] <= 22
    assert sizes["volume-gaps"] == 1
    assert all(0 < lifetime <= (10 * DAY + 2 * HOUR) / timedelta(milliseconds=1) for lifetime in lifetimes.values())
