"""From an article to its alerts and deliveries: once for each (rule, story), whatever is repeated or raced."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.errors import StoreError, StoreFull
from monitor.model import AlertId, ArticleId, Assignment, StoryId
from monitor.remembered import NOTHING_KNOWN
from monitor.store.alerts import Conflict, Enqueued
from monitor.store.connect import connect
from monitor.store.keys import Keys
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from monitor.stories.fingerprint import text_print
from tests.support.clock import ManualClock
from tests.support.store import (
    BLOCK,
    DESK,
    HOUR,
    LOREM,
    MAIL,
    a_draft,
    a_telling,
    an_article,
    look_for,
    offer,
    put,
    repeating_store,
)

OTHER_TEXT = (
    "The city council opened the repaired harbour bridge to lorries this morning, four months after engineers found "
    "cracks in its second pillar, and traders on both banks said that they expected the old crowds back by spring."
)


async def test_a_new_story_makes_one_record_and_one_delivery_on_each_channel(store: Store) -> None:
    article = an_article("a1")
    (answer,) = await offer(store, article, channels=(DESK, MAIL))
    alert_id = AlertId("ceasefire-a1")
    assert answer == Enqueued(rule=answer.rule, alert=alert_id, kind="new", new_site=False, sources=1)
    alert = await store.alerts.get(alert_id)
    assert alert == a_draft(article, Assignment(story=StoryId("a1"), joined="opened"), channels=(DESK, MAIL)).alert
    assert await store.alerts.list(10) == (alert,)
    assert [report.article for report in await store.alerts.reports(alert_id)] == ["a1"]
    (desk,) = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    (mail,) = await store.deliveries.take(MAIL, "reader", count=9, block=BLOCK)
    assert (desk.alert, mail.alert) == (alert, alert)
    assert (desk.delivery.kind, desk.delivery.attempt, desk.delivery.sources) == ("new", 0, 1)
    assert desk.delivery.id != mail.delivery.id


async def test_a_copy_on_another_site_is_a_further_source_not_an_alert(store: Store) -> None:
    await offer(store, an_article("a1"), channels=(DESK, MAIL), follow=(DESK,))
    (answer,) = await offer(store, an_article("b1", site="two.example"), channels=(DESK, MAIL), follow=(DESK,))
    assert (answer.kind, answer.alert, answer.new_site, answer.sources) == ("repeat", "ceasefire-a1", True, 2)
    first, second = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    assert (first.delivery.kind, second.delivery.kind) == ("new", "source")
    assert second.delivery.report is not None
    assert (second.delivery.report.site, second.delivery.sources) == ("two.example", 2)
    assert second.alert == first.alert
    assert len(await store.deliveries.take(MAIL, "reader", count=9, block=BLOCK)) == 1
    assert await store.alerts.count_sources([answer.alert]) == {answer.alert: 2}


async def test_all_deliveries_of_an_alert_can_be_listed(store: Store, clock: ManualClock) -> None:
    await offer(store, an_article("a1"), channels=(DESK, MAIL), follow=(DESK,))
    clock.advance(HOUR)
    await offer(store, an_article("b1", site="two.example"), channels=(DESK, MAIL), follow=(DESK,))
    records = await store.deliveries.of_alert(AlertId("ceasefire-a1"))
    assert [(record.delivery.channel, record.delivery.kind) for record in records] == [
        ("desk", "new"),
        ("mail", "new"),
        ("desk", "source"),
    ]
    assert await store.deliveries.of_alert(AlertId("none")) == ()


async def test_an_address_keeps_the_copy_it_was_given_first(store: Store) -> None:
    await offer(store, an_article("a1"))
    other = an_article("b1", site="two.example", text=OTHER_TEXT)
    telling = a_telling(other, addresses=["two.example/b1", "one.example/a1"])
    conflict = await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=[])
    assert isinstance(conflict, Conflict)
    assert await store.alerts.enqueue(telling, look=conflict.look, drafts=[]) == ()
    for address, story in (("one.example/a1", "a1"), ("two.example/b1", "b1")):
        look = await look_for(store, an_article("c1", text="Short."), addresses=[address])
        assert look.by_address is not None
        assert look.by_address.story == story


async def test_a_second_article_of_the_same_site_is_a_report_but_no_new_source(store: Store) -> None:
    await offer(store, an_article("a1"), follow=(DESK,))
    (answer,) = await offer(store, an_article("a2"), follow=(DESK,))
    assert (answer.kind, answer.new_site, answer.sources) == ("repeat", False, 1)
    assert [report.article for report in await store.alerts.reports(answer.alert)] == ["a1", "a2"]
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 1


async def test_the_same_article_again_adds_nothing(store: Store) -> None:
    await offer(store, an_article("a1"), follow=(DESK,))
    (answer,) = await offer(store, an_article("a1"), follow=(DESK,))
    assert (answer.kind, answer.new_site, answer.sources) == ("repeat", False, 1)
    assert len(await store.alerts.reports(answer.alert)) == 1
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 1


async def test_a_call_whose_answer_was_lost_gets_the_same_answer_again(
    valkey_url: str, workspace: str, clock: ManualClock
) -> None:
    store = await repeating_store(valkey_url, workspace, clock)
    (first,) = await offer(store, an_article("a1"), follow=(DESK,))
    (second,) = await offer(store, an_article("b1", site="two.example"), follow=(DESK,))
    assert (first.kind, second.kind, second.new_site, second.sources) == ("new", "repeat", True, 2)
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 2
    await store.close()


async def test_each_rule_that_matches_alerts_on_its_own(store: Store) -> None:
    answers = await offer(store, an_article("a1"), rules=("ceasefire", "china"))
    assert [(answer.rule, answer.kind) for answer in answers] == [("ceasefire", "new"), ("china", "new")]
    assert len(await store.alerts.list(10)) == 2
    assert len(await store.alerts.list(10, rule=answers[1].rule)) == 1
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 2


async def test_an_article_without_matches_is_remembered_as_a_copy(store: Store) -> None:
    assert await offer(store, an_article("a1"), rules=()) == ()
    (answer,) = await offer(store, an_article("b1", site="two.example"))
    assert (answer.kind, answer.alert) == ("new", "ceasefire-a1")


async def test_other_news_opens_a_story_of_its_own(store: Store) -> None:
    await offer(store, an_article("a1"))
    (answer,) = await offer(store, an_article("b1", text=OTHER_TEXT))
    assert (answer.kind, answer.alert) == ("new", "ceasefire-b1")


async def test_the_same_address_is_the_same_story_even_with_too_little_text_to_compare(store: Store) -> None:
    short = an_article("a1", text="Ceasefire in Gaza.")
    await offer(store, short)
    look = await look_for(store, replace(short, id=ArticleId("b1")))
    assert look.by_address is not None
    assert (look.by_address.id, look.by_address.story, look.copies) == ("a1", "a1", ())


async def test_an_article_is_known_again_by_its_id_alone(store: Store) -> None:
    short = an_article("a1", text="Ceasefire in Gaza.")
    await store.alerts.enqueue(a_telling(short, addresses=()), look=NOTHING_KNOWN, drafts=[])
    (copy,) = (await look_for(store, short, addresses=())).copies
    assert (copy.id, copy.story) == ("a1", "a1")


async def test_an_address_outlives_the_text_it_was_first_seen_with(
    store: Store, valkey_url: str, workspace: str
) -> None:
    await offer(store, an_article("a1"))
    connection = await connect(valkey_url)
    await connection.call("DEL", f"{{{workspace}}}:copies:a1")
    await connection.close()
    look = await look_for(store, an_article("a1"))
    assert look.by_address is not None
    assert (look.by_address.story, look.by_address.longest.words) == ("a1", 0)
    assert look.by_address.first.title_words == text_print(an_article("a1")).title_words
    assert look.copies == ()


async def test_a_copy_stored_since_the_look_is_a_conflict_and_nothing_is_written(store: Store) -> None:
    await offer(store, an_article("a1"))
    late = an_article("b1", site="two.example")
    look = await look_for(store, late)
    assert [copy.id for copy in look.copies] == ["a1"]
    between = an_article("c1", site="three.example")
    telling = a_telling(between, assignment=Assignment(story=StoryId("c1"), joined="opened"))
    assert isinstance(await store.alerts.enqueue(telling, look=look, drafts=[]), tuple)
    opened = Assignment(story=StoryId("b1"), joined="opened")
    answer = await store.alerts.enqueue(a_telling(late, assignment=opened), look=look, drafts=[a_draft(late, opened)])
    assert isinstance(answer, Conflict)
    assert {copy.id for copy in answer.look.copies} >= {"c1"}
    assert await store.alerts.get(AlertId("ceasefire-b1")) is None
    assert len(await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)) == 1
    assert isinstance(await store.alerts.enqueue(a_telling(late, answer.look), look=answer.look, drafts=[]), tuple)


async def test_an_address_stored_since_the_look_is_a_conflict(store: Store) -> None:
    late = an_article("b1", text="Too short to compare.")
    await offer(store, an_article("a1"))
    look = await look_for(store, late, addresses=["one.example/a1"])
    assert look.by_address is not None
    assert look.by_address.id == "a1"


async def test_other_news_stored_since_the_look_is_no_conflict(store: Store) -> None:
    await offer(store, an_article("a1"))
    late = an_article("b1", site="two.example")
    look = await look_for(store, late)
    await offer(store, an_article("c1", text=OTHER_TEXT))
    assert await store.alerts.enqueue(a_telling(late, look), look=look, drafts=[]) == ()


async def test_the_longest_version_of_a_copy_is_kept_beside_the_first(store: Store) -> None:
    await offer(store, an_article("a1", text=LOREM))
    await offer(store, an_article("b1", site="two.example", text=f"{LOREM} {OTHER_TEXT}"))
    await offer(store, an_article("c1", site="three.example", text=LOREM))
    (copy,) = (await look_for(store, an_article("d1"))).copies
    assert (copy.id, copy.first.article, copy.longest.article) == ("a1", "a1", "b1")
    assert copy.first == text_print(an_article("a1", text=LOREM))


async def test_copies_are_found_for_a_week_after_their_last_article_and_then_forgotten(
    store: Store, clock: ManualClock
) -> None:
    await offer(store, an_article("a1"))
    clock.advance(timedelta(days=6))
    await offer(store, an_article("b1", site="two.example", seen=clock.now()))
    clock.advance(timedelta(days=7) - timedelta(seconds=1))
    assert [copy.id for copy in (await look_for(store, an_article("c1"))).copies] == ["a1"]
    clock.advance(timedelta(seconds=1))
    assert (await look_for(store, an_article("c1"))).copies == ()


async def test_a_rule_with_repeat_after_alerts_anew_for_a_further_article(store: Store, clock: ManualClock) -> None:
    await offer(store, an_article("a1"), repeat_after=HOUR)
    clock.advance(timedelta(minutes=59))
    (early,) = await offer(store, an_article("b1", site="two.example", seen=clock.now()), repeat_after=HOUR)
    clock.advance(timedelta(minutes=1))
    (again,) = await offer(store, an_article("a1"), repeat_after=HOUR)
    (late,) = await offer(store, an_article("c1", site="three.example", seen=clock.now()), repeat_after=HOUR)
    assert (early.kind, again.kind, late.kind, late.sources) == ("repeat", "repeat", "new", 1)
    taken = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    assert [one.alert.lead.article for one in taken] == ["a1", "c1"]
    assert len({one.delivery.id for one in taken}) == 2


async def test_alerts_are_listed_newest_first(store: Store, clock: ManualClock) -> None:
    for name in ("s1", "s2", "s3"):
        await put(store, name)
        clock.advance(HOUR)
    assert [alert.story for alert in await store.alerts.list(2)] == ["s3", "s2"]


async def test_a_full_memory_refuses_the_whole_step_and_it_works_once_there_is_room(
    valkey_url: str, store: Store
) -> None:
    admin = await connect(valkey_url)
    try:
        await admin.call("CONFIG", "SET", "maxmemory", 1)
        with pytest.raises(StoreFull, match="memory is full"):
            await offer(store, an_article("a1"))
    finally:
        await admin.call("CONFIG", "SET", "maxmemory", 0)
        await admin.close()
    assert await store.alerts.list(9) == ()
    (answer,) = await offer(store, an_article("a1"))
    assert answer.kind == "new"


async def test_what_was_answered_survives_a_kill_of_the_server(tmp_path_factory: pytest.TempPathFactory) -> None:
    server = EmbeddedServer(tmp_path_factory.mktemp("killed"))
    url = await server.start()
    store = await Store.open(url, "news", clock=ManualClock())
    watch = asyncio.create_task(server.watch())
    for number in range(20):
        await put(store, f"s{number}")
        if number % 7 == 3:
            assert server._process is not None
            server._process.kill()
            async with asyncio.timeout(10):
                while not await _answers(store):
                    pass
    assert len(await store.alerts.list(99)) == 20
    assert len(await store.deliveries.take(DESK, "reader", count=99, block=BLOCK)) == 20
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    await store.close()
    await server.stop()


async def _answers(store: Store) -> bool:
    try:
        await store.ping()
    except StoreError:
        await asyncio.sleep(0.05)
        return False
    return True


# A race: eight workers at once offer copies of the same stories.

STORIES, COPIES, WORKERS = 6, 8, 8


def _story_text(story: int) -> str:
    rng = random.Random(story)
    return " ".join(f"{rng.choice('bcdfgklmnprst')}{rng.choice('aeiou')}{rng.randrange(900)}" for _ in range(120))


async def _race(url: str, workspace: str, *, recheck: bool) -> tuple[Counter[str], int]:
    """Return the alerts by story and the deliveries after all copies were offered in bursts."""
    names = [ArticleId(f"s{story}c{copy}") for story in range(STORIES) for copy in range(COPIES)]
    queue = list(names)
    stores = [await Store.open(url, workspace, clock=ManualClock()) for _ in range(WORKERS)]
    connection = await connect(url)

    async def work(store: Store) -> None:
        while queue:
            name = queue.pop(0)
            article = an_article(name, site=f"{name}.example", text=_story_text(int(name[1])))
            if recheck:
                await offer(store, article)
            else:
                # As if nothing had been stored since the look.
                revision = await connection.call("HGET", Keys(workspace).remembered, "revision")
                look = replace(NOTHING_KNOWN, revision=int(revision or 0))
                telling = a_telling(article, addresses=[])
                await store.alerts.enqueue(telling, look=look, drafts=[a_draft(article, telling.assignment)])

    await asyncio.gather(*(work(store) for store in stores))
    alerts = await stores[0].alerts.list(999)
    depth = await stores[0].deliveries.depth(DESK)
    for store in stores:
        await store.close()
    await connection.close()
    return Counter(alert.story[:2] for alert in alerts), depth.waiting


async def test_eight_workers_at_once_make_exactly_one_alert_of_each_story(valkey_url: str, workspace: str) -> None:
    alerts, deliveries = await _race(valkey_url, workspace, recheck=True)
    assert alerts == {"s0": 1, "s1": 1, "s2": 1, "s3": 1, "s4": 1, "s5": 1}
    assert deliveries == 6


async def test_without_the_check_against_new_copies_the_race_makes_too_many_alerts(
    valkey_url: str, workspace: str
) -> None:
    alerts, _ = await _race(valkey_url, workspace, recheck=False)
    assert sum(alerts.values()) > 6, "the race test would not notice a missing check"


async def test_an_alert_that_no_article_made_is_written_once(store: Store) -> None:
    article = an_article("ops-1")
    draft = a_draft(article, Assignment(story=StoryId("ops-1"), joined="opened"), channels=(DESK, MAIL))
    assert (await store.alerts.announce(draft)).kind == "new"
    assert (await store.alerts.announce(draft)).kind == "repeat"
    assert await store.alerts.list(9) == (draft.alert,)
    (desk,) = await store.deliveries.take(DESK, "reader", count=9, block=BLOCK)
    assert (desk.alert, desk.delivery.kind) == (draft.alert, "new")
    assert await look_for(store, article) == NOTHING_KNOWN
