"""What is remembered beside the texts: stories by their words, headlines, series, and where people put an article."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.model import ArticleId, Assignment, JoinedBy, StoryId
from monitor.remembered import NOTHING_KNOWN, Look, Story
from monitor.store.alerts import Conflict
from monitor.store.connect import connect
from monitor.store.store import Store
from monitor.store.stories import read_copy, read_look, read_story
from tests.support.clock import ManualClock
from tests.support.store import HOUR, NOON, a_draft, a_telling, an_article, look_for, offer, repeating_store

DAY = timedelta(days=1)
HEAVY = tuple((term, 0.05) for term in range(900_000, 900_020))


def a_story(name: str, *, texts: int = 1, weight: float = 1.5) -> Story:
    centroid = {term: weight * texts for term, _ in HEAVY}
    return Story(id=StoryId(name), centroid=centroid, texts=texts, first=NOON, last=NOON)


def a_text(name: str, *, of: str = "", **changes: Any) -> Any:
    """Return a telling of an article whose words no other article has; only its story can be found again."""
    article = an_article(name, site=f"{name}.example", text="")
    story = of or name
    changes = {"heavy": HEAVY, "story": a_story(story), **changes}
    joined: JoinedBy = "story" if of else "opened"
    return a_telling(article, assignment=Assignment(story=StoryId(story), joined=joined), **changes)


async def tell(store: Store, telling: Any, look: Look = NOTHING_KNOWN) -> Any:
    return await store.alerts.enqueue(telling, look=look, drafts=[])


async def found(store: Store, telling: Any) -> Look:
    answer = await tell(store, telling)
    return answer.look if isinstance(answer, Conflict) else NOTHING_KNOWN


async def test_a_story_is_found_by_its_heaviest_words_and_comes_back_as_it_was(store: Store) -> None:
    assert await tell(store, a_text("a1")) == ()
    look = await found(store, a_text("b1"))
    assert look.stories == (a_story("a1"),)
    assert look.copies == ()


@pytest.mark.parametrize(
    ("heavy", "stories"),
    [
        pytest.param(((900_000, 0.02), (900_001, 0.04)), 1, id="two words that say enough"),
        pytest.param(((900_000, 0.9), (5, 0.1)), 0, id="one word, however heavy"),
        pytest.param(((900_000, 0.01), (900_001, 0.01)), 0, id="two words that say little"),
    ],
)
async def test_a_story_must_share_two_heavy_words_that_say_enough(
    store: Store, heavy: tuple[tuple[int, float], ...], stories: int
) -> None:
    await tell(store, a_text("a1"))
    assert len((await found(store, a_text("b1", heavy=heavy))).stories) == stories


async def test_those_that_share_most_come_first_and_no_more_than_eight(store: Store) -> None:
    look = NOTHING_KNOWN
    for number in range(10):
        telling = a_text(f"a{number}", heavy=HEAVY[: number + 2])
        answer = await tell(store, telling, look)
        if isinstance(answer, Conflict):
            answer = await tell(store, telling, answer.look)
        assert answer == ()
    assert [story.id for story in (await found(store, a_text("b1"))).stories] == [f"a{n}" for n in range(9, 1, -1)]


async def test_the_words_of_a_story_move_only_if_they_are_those_that_were_seen(store: Store) -> None:
    await tell(store, a_text("a1"))
    look = await found(store, a_text("b1"))
    assert await tell(store, a_text("b1", of="a1", story=a_story("a1", texts=2)), look) == ()
    # Another one saw the same story before the second text came.
    assert await tell(store, a_text("c1", of="a1", story=a_story("a1", texts=2, weight=9.0)), look) == ()
    record = await store.stories.get(StoryId("a1"))
    assert record is not None
    assert record.story == a_story("a1", texts=2)


async def test_a_story_stored_since_the_look_is_a_conflict(store: Store) -> None:
    await tell(store, a_text("a1"))
    look = await found(store, a_text("b1"))
    await tell(store, a_text("c1"), look)
    answer = await tell(store, a_text("b1"), look)
    assert isinstance(answer, Conflict)
    assert {story.id for story in answer.look.stories} == {"a1", "c1"}


async def test_a_story_is_over_after_72_hours_without_an_article_and_after_a_week(
    store: Store, clock: ManualClock
) -> None:
    await tell(store, a_text("a1"))
    clock.advance(72 * HOUR - timedelta(seconds=1))
    look = await found(store, a_text("b1"))
    assert len(look.stories) == 1
    await tell(store, a_text("b1", of="a1", story=replace(a_story("a1", texts=2), last=clock.now())), look)
    clock.advance(72 * HOUR - timedelta(seconds=1))
    look = await found(store, a_text("c1"))
    await tell(store, a_text("c1", of="a1", story=replace(a_story("a1", texts=3), last=clock.now())), look)
    clock.advance(DAY + timedelta(seconds=2))
    assert await found(store, a_text("d1")) == NOTHING_KNOWN, "a week is over"
    clock.advance(72 * HOUR)
    assert await found(store, a_text("e1")) == NOTHING_KNOWN, "three days are over"


async def test_a_term_leads_to_its_newest_stories_only(store: Store, valkey_url: str, workspace: str) -> None:
    for number in range(32 + 9):
        await tell(store, a_text(f"a{number}", heavy=((7, 0.01),)))
    connection = await connect(valkey_url)
    record = await connection.read(f"{{{workspace}}}:term:\x07\x00\x00\x00")
    await connection.close()
    assert record is not None
    assert record == b"".join(number.to_bytes(4, "little") for number in range(10, 32 + 10))


async def test_a_story_tells_its_alerts_and_the_stories_related_to_it(store: Store) -> None:
    article = an_article("a1")
    opened = Assignment(story=StoryId("a1"), joined="opened", related=(StoryId("x1"), StoryId("x2")))
    telling = a_telling(article, assignment=opened)
    drafts = [a_draft(article, opened, rule=rule) for rule in ("ceasefire", "china")]
    await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=drafts)
    await offer(store, an_article("b1", site="two.example"))
    record = await store.stories.get(StoryId("a1"))
    assert record is not None
    assert record.alerts == ("ceasefire-a1", "china-a1")
    assert record.related == ("x1", "x2")
    assert await store.stories.get(StoryId("b1")) is None


async def test_a_copy_can_be_asked_for_by_its_first_article(store: Store) -> None:
    await offer(store, an_article("a1"))
    copy = await store.stories.copy(ArticleId("a1"))
    assert copy is not None
    assert (copy.story, copy.first.article) == ("a1", "a1")
    assert await store.stories.copy(ArticleId("b1")) is None


async def test_a_headline_leads_to_the_article_that_had_it_last_for_two_days(store: Store, clock: ManualClock) -> None:
    short = an_article("a1", text="")
    await tell(store, a_telling(short, headline="minister calls for ceasefire"))
    clock.advance(48 * HOUR - timedelta(seconds=1))
    look = await look_for(store, an_article("b1", text=""), headline="minister calls for ceasefire")
    assert look.by_headline is not None
    assert (look.by_headline.article, look.by_headline.story, look.by_headline.site) == ("a1", "a1", "one.example")
    assert (look.by_headline.has_text, look.by_headline.seen) == (False, NOON)
    clock.advance(timedelta(seconds=1))
    assert (await look_for(store, an_article("c1", text=""), headline="minister calls for ceasefire")) == NOTHING_KNOWN


async def test_three_texts_with_other_figures_under_one_headline_are_a_series(store: Store, clock: ManualClock) -> None:
    text = "At the close the index stood {} points above the day before, at {}, led by banks and by shipping lines."
    title = "one.example market close"
    assert await look_for(store, an_article("m0", text=text.format(0, 4000)), series=title) == NOTHING_KNOWN
    for number in range(1, 4):
        article = an_article(f"m{number}", text=text.format(number, 4000 + number))
        look = await look_for(store, article, series=title)
        assert look.is_series == (number >= 2)
        assert await tell(store, a_telling(article, look, series=title), look) == ()
        clock.advance(DAY)
    same = an_article("n1", text=text.format(0, 4000))
    assert not (await look_for(store, same, series="two.example market close")).is_series
    clock.advance(45 * DAY)
    assert not (await look_for(store, same, series="one.example market close")).is_series


async def test_an_article_that_a_person_has_put_somewhere_is_told_so(
    store: Store, valkey_url: str, workspace: str
) -> None:
    connection = await connect(valkey_url)
    await connection.call("SET", f"{{{workspace}}}:pin:a1", "elsewhere")
    await connection.close()
    look = await look_for(store, an_article("a1"))
    assert look.pinned == "elsewhere"


async def test_a_call_whose_answer_was_lost_remembers_nothing_twice(
    valkey_url: str, workspace: str, clock: ManualClock
) -> None:
    store = await repeating_store(valkey_url, workspace, clock)
    await tell(store, a_text("a1", terms={1, 2, 3}))
    look = await found(store, a_text("b1"))
    await tell(store, a_text("b1", of="a1", story=a_story("a1", texts=2), terms={1, 2, 3}), look)
    connection = await connect(valkey_url)
    keys = f"{{{workspace}}}:"
    assert await connection.call("HMGET", f"{keys}remembered", "revision", "number") == ["2", "2"]
    assert await connection.call("LLEN", f"{keys}read-terms") == 2
    await connection.close()
    assert (await store.memory.standing()).texts == 2
    await store.close()


async def test_a_record_of_another_version_is_left_out_of_the_look(store: Store) -> None:
    await offer(store, an_article("a1"))
    connection = store._connection
    key = store.stories._keys.copies + "a1"
    record = await connection.read(key)
    assert record is not None
    await connection.call("SET", key, record.replace(b"a1\x02", b"a1\x03"))
    await connection.call("SET", key, record[:20] + b"a1" + record[22:24] + b"9" + record[25:])
    look = await look_for(store, an_article("b1", site="two.example"))
    assert look.copies == ()
    assert {name.partition(".")[0] for name in look.met} == {"c1"}, "it was met all the same: no conflict again"
    assert read_look([0, 0, b"", b"", b"", b"", b"", [b"x", record[:9]], [b"y", b"cut"]]) == replace(
        NOTHING_KNOWN, revision=0
    )
    assert read_copy(ArticleId("a1"), record).id == "a1"
    assert read_story(StoryId("s"), b"\0" * 26).story.texts == 0
