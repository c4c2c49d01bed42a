"""What people hear of a story after its alert: updates and further sources, each once, folded, within a budget."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.alerts.decide import alert_id
from monitor.alerts.split import split_alert
from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.model import Alert, AlertId, Article, ArticleId, Delivery, RuleId, Severity, StoryId
from monitor.rules.read import read_rules
from monitor.store.alerts import Enqueued
from monitor.store.connect import connect
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import DESK, MAIL, NOON, repeating_store

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLIDE = RuleId("slide")
TITLE = "Landslide buries houses above the village of Orlec"
TEXT = (
    "A landslide hit the village of Orlec on Tuesday night after three days of rain. Rescuers have found {found} "
    "bodies under the houses beside the church and look for {missing} people who are missing, the mayor, Jana Horak, "
    "told reporters at the town hall. The road to the valley is closed for 15 kilometres between quarry and mill, "
    "and 2,300 people were taken to schools in the plain. The army has sent helicopters and soldiers to help them, and "
    "the railway has stopped its trains until engineers have looked at the bridge that stands below the slope. "
    "After the slide of 1987, which took 6 houses and a barn, the council had a wall built for 410,000 crowns; a "
    "report of 2019 found 9 cracks in it, and another one, of May, asked for a fence and sensors that cost 55,000 more."
)


def an_article(
    name: str, *, found: int = 12, missing: int = 40, site: str = "", title: str = TITLE, text: str = TEXT
) -> Article:
    """Return an article on the landslide; its site is its name unless given."""
    url = f"https://{site or name}.example/{name}"
    body = text.format(found=found, missing=missing)
    return Article(id=ArticleId(name), title=title, url=url, text=body, seen=NOON, language="en")


class Desk:
    """A daemon's middle with one rule and two channels, of which `desk` follows sources."""

    def __init__(self, store: Store, folder: Path, clock: ManualClock, rule: str = "") -> None:
        self.store, self.clock, self._folder = store, clock, folder
        self.policy = self.read(rule)
        self.answers: list[Enqueued] = []
        self.middle = Middle(store=store, policy=lambda: self.policy, clock=clock, metrics=Metrics())

    def read(self, rule: str) -> Policy:
        """Return a policy whose rule has these further keys."""
        text = f"rules: [{{id: slide, when: landslide, tests: []{', ' if rule else ''}{rule}}}]"
        (self._folder / "rules.yaml").write_text(text)
        rules, problems = read_rules([self._folder], channels={DESK, MAIL})
        assert problems == []
        assert rules is not None
        return Policy(rules=rules, routes=(Route(channels=(DESK, MAIL)),), followers=frozenset({DESK}))

    async def tell(self, article: Article, after: timedelta = timedelta(0)) -> str:
        """Hand in an article, so long after the last one; return the kind of its alert."""
        self.clock.advance(after)
        judged = await self.middle.judge(replace(article, seen=self.clock.now()))
        (answer,) = judged.enqueued
        self.answers.append(answer)
        return answer.kind

    async def sent(self, channel: str = "mail") -> list[Delivery]:
        """Take what waits on a channel and note it as delivered."""
        name = MAIL if channel == "mail" else DESK
        taken = await self.store.deliveries.take(name, "reader", count=99, block=timedelta(0))
        for one in taken:
            assert await self.store.deliveries.done(one)
        return [one.delivery for one in taken]

    async def alerts(self) -> list[Alert]:
        """Return the alerts, the oldest first."""
        return list(reversed(await self.store.alerts.list(99)))


@pytest.fixture
def desk(store: Store, tmp_path: Path, clock: ManualClock) -> Desk:
    """A desk whose rule has no further keys."""
    return Desk(store, tmp_path, clock)


async def release(url: str, workspace: str, store: Store) -> None:
    """Let what waits on the channels be due now: their queues go by the server's clock."""
    connection = await connect(url)
    for channel in (DESK, MAIL):
        key = f"{{{workspace}}}:delayed:{channel}"
        for delivery in await connection.call("ZRANGE", key, 0, -1):
            await connection.call("ZADD", key, 1, delivery)
        await store.deliveries.move_due(channel)
    await connection.close()


def figures(delivery: Delivery) -> list[str]:
    """Return the figures that an update tells."""
    return [f"{each.before[0]}>{each.after[0]}" for each in delivery.changes if each.kind == "figures"]


async def test_a_corrected_figure_is_an_update_on_every_channel(desk: Desk) -> None:
    assert await desk.tell(an_article("one")) == "new"
    await desk.sent("mail")
    await desk.sent("desk")
    assert await desk.tell(an_article("two", found=17), 5 * MINUTE) == "update"
    for channel in ("mail", "desk"):
        (update,) = await desk.sent(channel)
        assert (update.kind, update.channel, figures(update), update.sources) == ("update", channel, ["12>17"], 2)
        assert update.report is not None
        assert (update.report.article, update.report.joined, len(update.report.why)) == ("two", "copy", 1)
    assert len(await desk.alerts()) == 1


async def test_the_same_correction_from_another_outlet_and_the_old_text_are_repeats(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    assert await desk.tell(an_article("two", found=17), HOUR) == "update"
    assert await desk.tell(an_article("three", found=17), HOUR) == "repeat"
    assert await desk.tell(an_article("four", found=12), HOUR) == "repeat"
    assert await desk.tell(an_article("five", found=17), HOUR) == "repeat"
    assert await desk.tell(an_article("six", found=19), HOUR) == "update"
    assert [delivery.kind for delivery in await desk.sent()] == ["new", "update", "update"]


async def test_the_same_article_is_corrected_and_read_again_and_again(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    corrected = an_article("one", found=17, title=f"CORRECTED-{TITLE}")
    assert await desk.tell(corrected, HOUR) == "update"
    assert await desk.tell(corrected, HOUR) == "repeat"
    assert await desk.tell(an_article("one"), HOUR) == "repeat"
    _, update = await desk.sent()
    assert [change.kind for change in update.changes] == ["figures", "correction"]
    assert update.sources == 1


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        (f"CORRECTED-{TITLE}", "correction"),
        (f"RETRACTED: {TITLE}", "correction"),
        (f"UPDATE 2-{TITLE}", "correction"),
        ("Mayor denies: no landslide buried houses above the village of Orlec", "denial"),
    ],
)
async def test_a_headline_that_corrects_or_denies_is_an_update_once(desk: Desk, title: str, kind: str) -> None:
    await desk.tell(an_article("one"))
    assert await desk.tell(an_article("two", title=title), HOUR) == "update"
    assert await desk.tell(an_article("three", title=title), HOUR) == "repeat"
    _, update = await desk.sent()
    assert [change.kind for change in update.changes] == [kind]


async def test_edits_that_say_nothing_new_are_repeats(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    for number, text in enumerate(
        (
            TEXT + " The government will meet on 3 December to speak of 400 million in aid.",
            TEXT[:330],
            TEXT.replace("told reporters", "said to journalists").replace("2,300", "2300"),
            "Updated 14:05\n" + TEXT,
            "Updated 16:40\n" + TEXT,
        )
    ):
        assert await desk.tell(an_article(f"site{number}", text=text), HOUR) == "repeat", text


async def test_an_update_soon_after_another_waits_and_is_told_with_what_follows(
    desk: Desk, valkey_url: str, workspace: str
) -> None:
    await desk.tell(an_article("one"))
    assert await desk.tell(an_article("two", found=17), MINUTE) == "update"
    assert [delivery.kind for delivery in await desk.sent()] == ["new", "update"]
    assert await desk.tell(an_article("three", found=19), 10 * MINUTE) == "update"
    assert await desk.tell(an_article("four", found=17, missing=35), 10 * MINUTE) == "update"
    assert await desk.sent() == []
    (waiting,) = [
        record
        for record in await desk.store.deliveries.of_alert((await desk.alerts())[0].id)
        if record.delivery.channel == MAIL and record.status == "queued"
    ]
    assert waiting.next_try is not None
    assert waiting.delivery.queued == NOON + 31 * MINUTE, "so that it does not count as late"
    await release(valkey_url, workspace, desk.store)
    (update,) = await desk.sent()
    assert figures(update) == ["12>19", "40>35"]
    assert update.report is not None
    assert (update.report.article, update.sources) == ("four", 4)


async def test_after_half_an_hour_an_update_is_told_at_once(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    for number, minutes in enumerate((1, 31, 31)):
        assert await desk.tell(an_article(f"more{number}", found=20 + number), minutes * MINUTE) == "update"
    assert [figures(delivery) for delivery in await desk.sent()] == [[], ["12>20"], ["12>21"], ["12>22"]]


async def test_beyond_five_updates_of_an_alert_they_are_only_counted(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    for number in range(8):
        assert await desk.tell(an_article("one", found=20 + number), HOUR) == "update"
    assert [delivery.kind for delivery in await desk.sent()] == ["new"] + ["update"] * 5
    (alert,) = await desk.alerts()
    assert await desk.store.alerts.untold_updates(alert.id) == 3


async def test_beyond_the_budget_a_further_site_is_still_told(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    for number in range(6):
        await desk.tell(an_article("one", found=20 + number), HOUR)
    await desk.tell(an_article("two", found=40), HOUR)
    assert [delivery.kind for delivery in await desk.sent("desk")][-2:] == ["update", "source"]


async def test_a_rule_that_became_louder_updates_its_alerts_with_the_next_article(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    await desk.sent()
    desk.policy = desk.read('severity: critical, title: \'a "severity":"low" title\'')
    assert await desk.tell(an_article("two"), HOUR) == "update"
    (update,) = await desk.sent()
    assert [(change.before, change.after) for change in update.changes] == [(("low",), ("critical",))]
    (alert,) = await desk.alerts()
    assert (alert.severity, alert.id, alert.lead.article) == (Severity.CRITICAL, alert_id(SLIDE, StoryId("one")), "one")
    desk.policy = desk.read("severity: info")
    assert await desk.tell(an_article("three"), HOUR) == "repeat"
    assert (await desk.alerts())[0].severity is Severity.CRITICAL


async def test_an_update_reaches_the_channels_of_the_alert_and_those_of_its_own_article(desk: Desk) -> None:
    desk.policy = desk.read("channels: [mail]")
    await desk.tell(an_article("one"))
    desk.policy = desk.read("channels: [desk]")
    assert await desk.tell(an_article("two", found=17), HOUR) == "update"
    assert [delivery.kind for delivery in await desk.sent("mail")] == ["new", "update"]
    assert [delivery.kind for delivery in await desk.sent("desk")] == ["update"]


async def test_one_further_source_is_told_at_once_and_the_next_ones_together(
    desk: Desk, valkey_url: str, workspace: str
) -> None:
    await desk.tell(an_article("one"))
    await desk.tell(an_article("two"), MINUTE)
    assert [(delivery.kind, delivery.added) for delivery in await desk.sent("desk")] == [("new", 1), ("source", 1)]
    for name in ("three", "four", "five", "six"):
        assert await desk.tell(an_article(name), MINUTE) == "repeat"
    await desk.tell(an_article("again", site="six"), MINUTE / 2)
    assert await desk.sent("desk") == []
    await release(valkey_url, workspace, desk.store)
    (folded,) = await desk.sent("desk")
    assert folded.report is not None
    assert (folded.kind, folded.added, folded.sources, folded.report.article) == ("source", 4, 6, "six")
    assert [delivery.kind for delivery in await desk.sent("mail")] == ["new"], "it does not follow"
    await desk.tell(an_article("seven"), 10 * MINUTE)
    assert [(delivery.added, delivery.sources) for delivery in await desk.sent("desk")] == [(1, 7)]


async def test_a_source_that_comes_while_the_last_message_is_on_its_way_makes_a_new_one(
    desk: Desk, valkey_url: str, workspace: str
) -> None:
    for name in ("one", "two", "three"):
        await desk.tell(an_article(name))
    await release(valkey_url, workspace, desk.store)  # nobody has taken it yet, but somebody could be reading it
    await desk.tell(an_article("four"))
    await desk.tell(an_article("five"))
    assert [delivery.added for delivery in await desk.sent("desk")] == [1, 1, 1]
    await release(valkey_url, workspace, desk.store)
    assert [(delivery.added, delivery.sources) for delivery in await desk.sent("desk")] == [(2, 5)]


async def test_a_dropped_message_takes_nothing_more(desk: Desk, valkey_url: str, workspace: str) -> None:
    for name in ("one", "two", "three"):
        await desk.tell(an_article(name))
    (alert,) = await desk.alerts()
    (waiting,) = [
        record.delivery.id for record in await desk.store.deliveries.of_alert(alert.id) if record.next_try is not None
    ]
    assert await desk.store.deliveries.drop([waiting]) == (waiting,)
    await desk.tell(an_article("four"))
    await release(valkey_url, workspace, desk.store)
    assert [(delivery.kind, delivery.added) for delivery in await desk.sent("desk")][-1] == ("source", 1)


async def test_the_update_of_a_new_site_is_its_source_message_too(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    await desk.tell(an_article("two", found=17), HOUR)
    assert [delivery.kind for delivery in await desk.sent("desk")] == ["new", "update"]


async def test_a_call_that_is_repeated_adds_nothing(
    valkey_url: str, workspace: str, tmp_path: Path, clock: ManualClock
) -> None:
    store = await repeating_store(valkey_url, workspace, clock)
    desk = Desk(store, tmp_path, clock)
    articles = [an_article("one"), an_article("two", found=17), an_article("three"), an_article("four", found=19)]
    kinds = [await desk.tell(article, MINUTE) for article in articles]
    assert kinds == ["new", "update", "repeat", "update"]
    assert [await desk.tell(article, MINUTE) for article in articles] == ["repeat"] * 4
    await release(valkey_url, workspace, store)
    assert [delivery.kind for delivery in await desk.sent("mail")] == ["new", "update", "update"]
    assert [(each.kind, each.added) for each in await desk.sent("desk")] == [
        ("new", 1),
        ("update", 1),
        ("source", 1),
        ("update", 1),
    ]
    await store.close()


async def test_two_tasks_with_the_same_correction_make_one_update(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    desk.clock.advance(HOUR)
    kinds = await asyncio.gather(*(desk.tell(an_article(f"site{number}", found=17)) for number in range(12)))
    assert sorted(kinds) == ["repeat"] * 11 + ["update"]
    assert [delivery.kind for delivery in await desk.sent()] == ["new", "update"]


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        ("", ["new", "repeat", "repeat", "repeat"]),
        ("dedup: copy", ["new", "repeat", "repeat", "repeat"]),
        ("dedup: item", ["new", "new", "repeat", "repeat"]),
        ("dedup: 'off'", ["new", "new", "repeat", "new"]),
    ],
)
async def test_what_alerts_once(store: Store, tmp_path: Path, clock: ManualClock, rule: str, kinds: list[str]) -> None:
    desk = Desk(store, tmp_path, clock, rule)
    edited = an_article("two", text=TEXT + " The rain has stopped.")
    told = [an_article("one"), an_article("two"), an_article("two"), edited]
    assert [await desk.tell(article, HOUR) for article in told] == kinds


async def test_the_ids_of_alerts_are_those_that_they_always_were(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    assert (await desk.alerts())[0].id == alert_id(SLIDE, StoryId("one")) == AlertId("polmbq4kyv6k")


async def test_a_story_that_has_rested_alerts_anew(store: Store, tmp_path: Path, clock: ManualClock) -> None:
    desk = Desk(store, tmp_path, clock, "group_window: 24h")
    assert await desk.tell(an_article("one")) == "new"
    assert await desk.tell(an_article("two"), 23 * HOUR) == "repeat"
    assert await desk.tell(an_article("three"), 23 * HOUR) == "repeat"
    assert await desk.tell(an_article("three"), 24 * HOUR) == "repeat", "read again, not told again"
    assert await desk.tell(an_article("four")) == "new"
    (alert,) = await desk.alerts()
    assert alert.lead.article == "four"
    news = await desk.sent()
    assert [delivery.kind for delivery in news] == ["new", "new"]
    assert news[0].id != news[1].id
    assert await desk.tell(an_article("five", found=17), MINUTE) == "update"


async def test_an_edited_rule_keeps_its_alerts(desk: Desk) -> None:
    assert await desk.tell(an_article("one")) == "new"
    desk.policy = desk.read("title: Slides")
    assert await desk.tell(an_article("two")) == "repeat"


async def test_an_edited_rule_tells_its_stories_anew_if_it_says_so(
    store: Store, tmp_path: Path, clock: ManualClock
) -> None:
    desk = Desk(store, tmp_path, clock, "realert_after_edit: true")
    assert await desk.tell(an_article("one")) == "new"
    assert await desk.tell(an_article("two")) == "repeat"
    desk.policy = desk.read("realert_after_edit: true, title: Slides")
    assert await desk.tell(an_article("three")) == "new"
    assert await desk.tell(an_article("one")) == "repeat"
    assert len({alert.id for alert in await desk.alerts()}) == 2


async def test_an_alert_that_was_made_before_it_kept_what_it_told_learns_it_silently(
    desk: Desk, valkey_url: str, workspace: str
) -> None:
    await desk.tell(an_article("one"))
    (alert,) = await desk.alerts()
    connection = await connect(valkey_url)
    await connection.call("DEL", f"{{{workspace}}}:said:{alert.id}")
    await connection.call("HDEL", f"{{{workspace}}}:alert:{alert.id}", "severity", "channels", "last")
    await connection.close()
    assert await desk.tell(an_article("two"), HOUR) == "repeat"
    assert await desk.tell(an_article("three", found=17), HOUR) == "update"


async def test_the_first_reports_say_why_they_were_joined(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    await desk.tell(an_article("two"), MINUTE)
    (alert,) = await desk.alerts()
    first, second = await desk.store.alerts.reports(alert.id)
    assert (first.joined, second.joined) == ("opened", "text")
    assert [len(report.why) for report in (first, second)] == [1, 1]


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_comes_each_change_and_each_site_is_told_once_within_the_budget(desk: Desk, seed: int) -> None:
    rng = random.Random(seed)
    await desk.tell(an_article("first"))
    for _ in range(50):
        found, missing = rng.choice([(12, 40), (17, 40), (19, 40), (12, 35), (12, 33)])
        mark = rng.choice(["", "", "", "CORRECTED-", "UPDATE 2-"])
        number = rng.randrange(30)
        article = an_article(f"a{number}", found=found, missing=missing, site=f"s{number % 12}", title=mark + TITLE)
        await desk.tell(article, MINUTE * rng.choice([0, 0, 1, 4, 40]))
    (alert,) = await desk.alerts()
    records = [
        record.delivery for record in await desk.store.deliveries.of_alert(alert.id) if record.delivery.channel == DESK
    ]
    updates = sorted((each for each in records if each.kind == "update"), key=lambda each: each.queued)
    sources = sorted((each for each in records if each.kind == "source"), key=lambda each: each.queued)
    told = [change for update in updates for change in update.changes]
    assert len(told) == len(set(told))
    assert {change.kind for change in told} <= {"figures", "correction"}
    assert 1 <= len(updates) <= 5
    assert all(later.queued - earlier.queued >= 30 * MINUTE for earlier, later in pairwise(updates))
    assert all(later.queued - earlier.queued >= 5 * MINUTE for earlier, later in pairwise(sources))
    (sites,) = (await desk.store.alerts.count_sources([alert.id])).values()
    untold = await desk.store.alerts.untold_updates(alert.id)
    told_with_update = sum(answer.new_site for answer in desk.answers if answer.kind == "update")
    assert 0 <= sum(each.added for each in sources) - (sites - 1 - told_with_update) <= untold
    assert len({each.id for each in records}) == len(records)


async def test_what_has_no_room_in_a_message_that_waits_is_counted_and_told_when_it_is_said_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.store.alerts.MOST_CHANGES_BYTES", 60)
    await desk.tell(an_article("one"))
    assert await desk.tell(an_article("two", found=17), MINUTE) == "update"
    assert await desk.tell(an_article("three", found=19), MINUTE) == "update"
    assert await desk.tell(an_article("four", found=21), MINUTE) == "update"
    (alert,) = await desk.alerts()
    assert await desk.store.alerts.untold_updates(alert.id) == 1
    assert await desk.tell(an_article("five", found=21), 2 * HOUR) == "update"
    assert figures((await desk.sent())[-1]) == ["12>21"]


async def test_clocks_that_differ_do_not_lengthen_the_budget(desk: Desk, tmp_path: Path) -> None:
    behind = Desk(desk.store, tmp_path, ManualClock())
    await desk.tell(an_article("one"))
    for number in range(8):
        await desk.tell(an_article("one", found=20 + number), HOUR)
        behind.clock.advance(desk.clock.now() - MINUTE - behind.clock.now())
        await behind.tell(an_article("one", missing=60 + number))
    (alert,) = await desk.alerts()
    told = [record for record in await desk.store.deliveries.of_alert(alert.id) if record.delivery.channel == MAIL]
    assert sum(record.delivery.kind == "update" for record in told) == 5


async def test_a_correction_of_what_was_split_off_is_an_update(desk: Desk) -> None:
    await desk.tell(an_article("one"))
    assert await desk.tell(an_article("two"), MINUTE) == "repeat"
    (old,) = await desk.alerts()
    report = next(report for report in await desk.store.alerts.reports(old.id) if report.article == "two")
    made = split_alert(old, report, now=desk.clock.now())
    assert await desk.store.splitting.split(made, old=old.id) == "split"
    assert await desk.tell(an_article("two"), HOUR) == "repeat"
    assert await desk.tell(an_article("two", found=17), HOUR) == "update"
    assert desk.answers[-1].alert == made.id
