"""`monitor stories show` and `monitor alerts split` on the command line: who is together with whom, why, and apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import AlertId, Article, ArticleId, Assignment, Grounds, StoryId
from monitor.remembered import NOTHING_KNOWN, Story
from monitor.store.alerts import Conflict, Draft
from monitor.store.store import Store
from tests.support.command_line import Ran, monitor, verbs
from tests.support.daemon import write_settings
from tests.support.store import NOON, a_draft, a_telling, an_article

STORY_KEYS = ["id", "first", "last", "is_open", "sites", "articles", "alerts", "related"]
SPLIT_KEYS = ["article", "from", "alert", "story", "channels", "result"]

COPY = Grounds(
    other=ArticleId("a1"),
    rule="contained",
    containment=0.83,
    jaccard=0.61,
    lost_numbers=0.0,
    lost_names=0.1,
    titles=0.75,
    passages=("said that all sides must return to talks without delay",),
)
COPIED = "the longer text has 83% of the shorter one, all of its figures, 90% of its names; headlines 75% alike"
EVENT = Grounds(cosine=0.47, frequencies=3, words=("ceasefire", "Gaza", "Wang Yi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A store, and the folder in which commands ask it."""

    folder: Path
    store: Store

    async def run(self, *arguments: str) -> Ran:
        return await monitor(self.folder, *arguments)

    async def tell(self, article: Article, assignment: Assignment, *, related: tuple[StoryId, ...] = ()) -> AlertId:
        """Tell an article as the daemon does once it has decided where it belongs."""
        assignment = replace(assignment, related=related)
        draft = a_draft(article, assignment)
        draft = replace(draft, alert=replace(draft.alert, lead=replace(draft.alert.lead, grounds=assignment.grounds)))
        await self._enqueue(article, assignment, draft)
        return draft.alert.id

    async def _enqueue(self, article: Article, assignment: Assignment, draft: Draft) -> None:
        story = Story(id=assignment.story, centroid={1: 1.0}, texts=1, first=NOON, last=article.seen or NOON)
        telling = replace(a_telling(article), assignment=assignment, story=story)
        look = NOTHING_KNOWN
        while isinstance(answer := await self.store.alerts.enqueue(telling, look=look, drafts=[draft]), Conflict):
            look = answer.look


@pytest.fixture
async def desk(tmp_path: Path, store: Store, valkey_url: str, workspace: str) -> Desk:
    write_settings(tmp_path, redis=valkey_url, workspace=workspace)
    return Desk(folder=tmp_path, store=store)


async def tell_three(desk: Desk) -> AlertId:
    """Tell a story by its first article, a copy and one in other words."""
    first = an_article("a1")
    copy = replace(an_article("b1", site="second.example"), seen=NOON + timedelta(minutes=5))
    event = replace(an_article("c1", site="three.example", text=""), seen=NOON + timedelta(minutes=9))
    story = StoryId("a1")
    await desk.tell(first, Assignment(story=story, joined="opened"))
    await desk.tell(copy, Assignment(story=story, joined="copy", copy_of=ArticleId("a1"), score=0.83, grounds=COPY))
    return await desk.tell(
        event, Assignment(story=story, joined="story", score=0.47, grounds=EVENT), related=(StoryId("z9"),)
    )


async def test_a_story_says_who_tells_it_and_why_each_is_there(desk: Desk) -> None:
    alert = await tell_three(desk)
    pages = [(await desk.run("stories", "show", name)) for name in ("a1", alert, "b1", "c1")]
    assert {(page.code, page.err) for page in pages} == {(0, "")}
    assert len({page.out for page in pages}) == 1
    lines = pages[0].out.splitlines()
    assert lines[0] == "story a1"
    assert lines[1].endswith(", 3 articles of 3 sites")
    assert lines[3:11] == [
        "articles",
        lines[4],
        lines[5],
        f"      b1: a copy of a1: {COPIED}",
        "      “said that all sides must return to talks without delay”",
        lines[8],
        "      c1: the same event in other words: 47% alike; both have ceasefire, Gaza, Wang Yi",
        "",
    ]
    assert [lines[at].split()[3:5] for at in (4, 5, 8)] == [
        ["one.example", "Call"],
        ["second.example", "Call"],
        ["three.example", "Call"],
    ]
    # The sites stand in one column.
    assert len({lines[at].index("Call for") for at in (4, 5, 8)}) == 1
    assert lines[11] == "alerts"
    assert lines[12].split()[0] == alert
    assert lines[14:] == ["related stories, not joined", "  z9"]


async def test_a_story_is_a_record_for_programs(desk: Desk) -> None:
    alert = await tell_three(desk)
    (record,) = (await desk.run("stories", "show", "a1", "--json")).records
    assert list(record) == STORY_KEYS
    assert (record["id"], record["is_open"], record["sites"], record["related"]) == ("a1", True, 3, ["z9"])
    assert [(one["article"], one["joined"], one["score"]) for one in record["articles"]] == [
        ("a1", "opened", None),
        ("b1", "copy", 0.83),
        ("c1", "story", 0.47),
    ]
    assert record["articles"][1]["grounds"]["passages"] == list(COPY.passages)
    assert record["articles"][2]["grounds"]["words"] == ["ceasefire", "Gaza", "Wang Yi"]
    assert [each["id"] for each in record["alerts"]] == [alert]


async def test_the_alert_says_it_in_the_same_words(desk: Desk) -> None:
    alert = await tell_three(desk)
    story = (await desk.run("stories", "show", "a1")).out
    page = (await desk.run("alerts", "show", alert)).out
    told = page.partition("told by 3 sites\n")[2].partition("\n\n")[0]
    assert told
    assert told in story


async def test_what_is_not_remembered_is_said(desk: Desk) -> None:
    for arguments in (["nope"], ["nope", "--json"]):
        ran = await desk.run("stories", "show", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("no story, alert or article 'nope' is remembered")


async def test_an_article_is_split_off_and_says_so(desk: Desk) -> None:
    old = await tell_three(desk)
    ran = await desk.run("alerts", "split", old, "c1", "--reason", "another ceasefire")
    assert ran.code == 0
    first, second = ran.out.splitlines()
    made = first.split()[3]
    assert first == f"c1 is alert {made} now: queued for desk"
    assert second == f"it left alert {old}, and will not join it again"
    assert f"alert split: another ceasefire  article=c1 old={old} alert={made} story=c1" in ran.err
    assert {report.article for report in await desk.store.alerts.reports(old)} == {"a1", "b1"}
    assert [alert.id for alert in await desk.store.alerts.list(9) if alert.id != old] == [made]
    page = (await desk.run("stories", "show", "c1")).out
    assert page.startswith("story c1\n")
    assert page.splitlines()[1].endswith("1 article of 1 site, over: nothing joins it any more")

    again = await desk.run("alerts", "split", old, "c1")
    assert (again.code, again.out) == (0, f"c1 was split off before: it is alert {made}\n")
    (record,) = (await desk.run("alerts", "split", old, "c1", "--json")).records
    assert list(record) == SPLIT_KEYS
    assert (record["alert"], record["story"], record["result"]) == (made, "c1", "again")
    assert len(await desk.store.deliveries.of_alert(AlertId(made))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope", "c1"), "no alert 'nope'; `monitor alerts list` shows their ids"),
        (("ceasefire-a1", "x1"), "x1: it is not among the articles of this alert"),
        (("ceasefire-a1", "a1"), "a1: the alert was made for it; split off those that do not belong to it"),
    ],
)
async def test_what_cannot_be_split_is_said(desk: Desk, arguments: tuple[str, str], said: str) -> None:
    await tell_three(desk)
    ran = await desk.run("alerts", "split", *arguments)
    assert (ran.code, ran.out, ran.err) == (1, "", f"{said}\n")


def test_the_records_have_the_documented_keys() -> None:
    documented = {verb.name: verb.keys for verb in verbs()}
    assert documented["stories show"] == ", ".join(STORY_KEYS) + "."
    assert documented["alerts split"] == ", ".join(SPLIT_KEYS[:-1]) + ", result (split, or again)."
