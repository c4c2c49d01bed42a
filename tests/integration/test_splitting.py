"""An article that a person splits off: an alert of its own, queued once, gone from the old one, and pinned."""

from __future__ import annotations

from dataclasses import replace

from monitor.alerts.split import split_alert, why_not_split
from monitor.model import Alert, AlertId, ArticleId, Assignment, Report, Severity, StoryId
from monitor.remembered import NOTHING_KNOWN
from monitor.store.alerts import Conflict
from monitor.store.splitting import Outcome
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import (
    BLOCK,
    DESK,
    LOREM,
    MAIL,
    NOON,
    a_draft,
    a_telling,
    an_article,
    look_for,
    offer,
    repeating_store,
)

OLD = AlertId("ceasefire-a1")


async def report_of(store: Store, article: str, alert: AlertId = OLD) -> Report:
    """Return an article's report in an alert."""
    return next(report for report in await store.alerts.reports(alert) if report.article == article)


async def split(store: Store, article: str) -> tuple[Alert, Outcome]:
    """Split an article off as the command line does."""
    old = await store.alerts.get(OLD)
    assert old is not None
    reports = await store.alerts.reports(OLD)
    report = next((one for one in reports if one.article == article), None)
    made = split_alert(old, report or replace(old.lead, article=ArticleId(article)), now=NOON)
    return made, await store.splitting.split(made, old=OLD)


async def two_told(store: Store) -> None:
    await offer(store, an_article("a1"), channels=(DESK, MAIL))
    await offer(store, an_article("b1", site="two.example"), channels=(DESK, MAIL))
    await offer(store, an_article("b2", site="two.example"), channels=(DESK, MAIL))
    assert await store.alerts.count_sources([OLD]) == {OLD: 2}


async def test_the_article_makes_an_alert_of_its_own_and_leaves_the_old_one(store: Store) -> None:
    await two_told(store)
    await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    made, outcome = await split(store, "b1")
    assert outcome == "split"
    assert await store.alerts.get(made.id) == made
    assert (made.story, made.lead.joined, made.id != OLD) == ("b1", "opened", True)
    assert [report.article for report in await store.alerts.reports(made.id)] == ["b1"]
    assert [report.article for report in await store.alerts.reports(OLD)] == ["a1", "b2"]
    (taken,) = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    assert (taken.alert, taken.delivery.kind, taken.delivery.sources) == (made, "new", 1)
    assert {record.delivery.channel for record in await store.deliveries.of_alert(made.id)} == {DESK, MAIL}
    assert {alert.id for alert in await store.alerts.list(9)} == {made.id, OLD}


async def test_a_site_leaves_with_its_last_article(store: Store) -> None:
    await two_told(store)
    await split(store, "b1")
    assert await store.alerts.count_sources([OLD]) == {OLD: 2}
    await split(store, "b2")
    assert await store.alerts.count_sources([OLD]) == {OLD: 1}


async def test_twice_is_once(store: Store) -> None:
    await two_told(store)
    made, first = await split(store, "b1")
    _, second = await split(store, "b1")
    assert (first, second) == ("split", "again")
    assert len(await store.deliveries.of_alert(made.id)) == 2
    taken = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    assert sum(one.alert == made for one in taken) == 1


async def test_an_answer_that_was_lost_changes_nothing(valkey_url: str, workspace: str) -> None:
    clock = ManualClock()
    store = await repeating_store(valkey_url, workspace, clock)
    try:
        await two_told(store)
        made, outcome = await split(store, "b1")
        assert outcome == "again"
        assert len(await store.deliveries.of_alert(made.id)) == 2
    finally:
        await store.close()


async def test_what_is_not_there_is_not_split(store: Store) -> None:
    await two_told(store)
    made, outcome = await split(store, "c1")
    assert outcome == "missing"
    assert await store.alerts.get(made.id) is None


async def test_what_makes_no_sense_is_refused_in_words(store: Store) -> None:
    await two_told(store)
    old = await store.alerts.get(OLD)
    assert old is not None
    assert why_not_split(old, await report_of(store, "b1")) == ""
    assert "made for it" in why_not_split(old, old.lead)
    assert "not among the articles" in why_not_split(old, None)
    surge = replace(old, reason="7 stories from 5 sources within 30 min")
    assert "many stories" in why_not_split(surge, await report_of(store, "b1"))


async def test_whoever_reads_the_article_again_is_told_where_it_was_put(store: Store) -> None:
    await two_told(store)
    article = an_article("b1", site="two.example")
    looked = await store.alerts.enqueue(a_telling(article), look=NOTHING_KNOWN, drafts=())
    assert isinstance(looked, Conflict)
    assert looked.look.pinned is None
    made, _ = await split(store, "b1")
    # Also whoever looked before.
    again = await store.alerts.enqueue(a_telling(article), look=looked.look, drafts=())
    assert isinstance(again, Conflict)
    assert again.look.pinned == made.story == "b1"


async def test_the_text_that_it_told_first_goes_with_it(store: Store) -> None:
    await two_told(store)
    own = Assignment(story=StoryId("a1"), joined="story", score=0.5)
    article = replace(an_article("c1", site="three.example"), text=f"{LOREM} And so it went on until the evening.")
    look = NOTHING_KNOWN
    while True:
        telling = replace(a_telling(article), assignment=own)
        answer = await store.alerts.enqueue(telling, look=look, drafts=[a_draft(article, own)])
        if not isinstance(answer, Conflict):
            break
        look = answer.look
    before = await store.stories.copy(ArticleId("c1"))
    assert before is not None
    assert before.story == "a1"
    made, _ = await split(store, "c1")
    assert await store.stories.copy(ArticleId("c1")) == replace(before, story=made.story)


async def test_later_articles_find_it_like_any_other_alert(store: Store) -> None:
    await two_told(store)
    made, _ = await split(store, "b1")
    article = an_article("d1", site="four.example")
    assignment = Assignment(story=made.story, joined="story", score=0.5)
    louder = a_draft(article, assignment, channels=(DESK, MAIL))
    louder = replace(louder, alert=replace(louder.alert, id=made.id, severity=Severity.CRITICAL))
    look = NOTHING_KNOWN
    telling = replace(a_telling(article), assignment=assignment)
    while isinstance(answer := await store.alerts.enqueue(telling, look=look, drafts=[louder]), Conflict):
        look = answer.look
    assert [(one.alert, one.kind, one.sources) for one in answer] == [(made.id, "update", 2)]
    kept = await store.alerts.get(made.id)
    assert kept is not None
    assert kept.severity is Severity.CRITICAL


async def test_a_look_at_a_copy_that_has_changed_since_does_not_count(store: Store) -> None:
    await offer(store, an_article("a1"))
    newcomer = an_article("c1", site="three.example")
    look = await look_for(store, newcomer)
    assert look.copies
    longer = f"{LOREM} A conference of donors is to meet in Cairo in spring, diplomats of four countries said."
    await offer(store, an_article("b1", site="two.example", text=longer))
    again = await store.alerts.enqueue(a_telling(newcomer, look), look=look, drafts=[])
    assert isinstance(again, Conflict)
    assert again.look.copies[0].longest.article == "b1"
