"""Feeds that carry whole articles: learnt from their pages, which are then left, and looked at again each week."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.feeds.full_text import PROVEN
from monitor.model import FeedState
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.news import filler
from tests.support.newsdesk import Newsdesk, open_newsdesk

DAY = timedelta(days=1)
WORDS = 400  # of an article: enough letters to be one
RULES = "rules:\n  - {id: ceasefire, when: ceasefire}\n"


@pytest.fixture
async def desk(store: Store, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Newsdesk]:
    async with open_newsdesk(store, clock, tmp_path, rules=RULES) as opened:
        yield opened


def page(text: str) -> str:
    """Return an article's page with what stands around it."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.split("\n"))
    frame = "<nav><a href='/'>Home</a> <a href='/world'>World</a></nav>"
    return (
        f"<html lang='en'><head><title>Report</title></head><body>{frame}<article>{paragraphs}</article></body></html>"
    )


def publish(desk: Newsdesk, number: int, *, of_text: float = 1.0, ending: str = "") -> None:
    """Publish an article of which the feed carries a part."""
    text = filler(number, WORDS)
    shown = text[: int(len(text) * of_text)] + ending
    desk.publish(str(number), text="".join(f"<p>{line}</p>" for line in shown.split("\n")), page=page(text))


async def learn(desk: Newsdesk, *, start: int = 0) -> None:
    """Let a feed show that it carries whole articles."""
    for number in range(start, start + PROVEN):
        publish(desk, number)
        await desk.poll()


def fetched(desk: Newsdesk, *numbers: int) -> list[int]:
    return [desk.fetched(str(number)) for number in numbers]


async def test_pages_of_a_feed_with_whole_articles_are_fetched_until_that_is_known(desk: Newsdesk) -> None:
    await learn(desk)
    assert (await desk.state()).full_texts == PROVEN
    publish(desk, PROVEN)
    await desk.poll()
    assert fetched(desk, *range(PROVEN + 1)) == [1] * PROVEN + [0]


async def test_what_is_short_or_cut_is_fetched_all_the_same_and_teaches_nothing(desk: Newsdesk) -> None:
    await learn(desk)
    before = await desk.state()
    publish(desk, 10, of_text=0.1)
    publish(desk, 11, of_text=0.9, ending=" …")
    publish(desk, 12)
    await desk.poll()
    assert fetched(desk, 10, 11, 12) == [1, 1, 0]
    after = await desk.state()
    assert (after.full_texts, after.full_text_checked) == (before.full_texts, before.full_text_checked)


async def test_a_week_later_one_page_is_compared_again(desk: Newsdesk, clock: ManualClock) -> None:
    await learn(desk)
    publish(desk, 20)
    await desk.poll(later=6 * DAY)
    publish(desk, 21)
    publish(desk, 22)
    publish(desk, 23)
    await desk.poll(later=DAY)
    publish(desk, 24)
    await desk.poll()
    assert fetched(desk, 20) == [0]
    assert sorted(fetched(desk, 21, 22, 23)) == [0, 0, 1]
    assert fetched(desk, 24) == [0]
    assert clock.now() - timedelta(minutes=1) == (await desk.state()).full_text_checked


async def test_a_publisher_who_shortens_the_feed_is_found_out_and_learnt_anew(desk: Newsdesk) -> None:
    await learn(desk)
    publish(desk, 30, of_text=0.8)
    await desk.poll(later=7 * DAY)
    assert fetched(desk, 30) == [1]
    assert (await desk.state()).full_texts == 0
    publish(desk, 31, of_text=0.8)
    await desk.poll()
    assert fetched(desk, 31) == [1]
    await learn(desk, start=40)
    publish(desk, 50)
    await desk.poll()
    assert fetched(desk, *range(40, 40 + PROVEN), 50) == [1] * PROVEN + [0]


async def test_pages_that_cannot_be_read_teach_nothing_and_the_feeds_text_is_taken(desk: Newsdesk) -> None:
    for number in range(PROVEN + 1):
        text = filler(number, WORDS) + " A ceasefire holds at last."
        desk.publish(str(number), text=text)
        desk.site.serve(f"/{number}.html", "no", status=403 if number % 2 else 404)
        await desk.poll()
    assert (await desk.state()).full_texts == 0
    assert len(await desk.alerts()) == PROVEN + 1


async def test_a_check_that_fails_is_repeated_at_the_next_poll_and_not_at_each_entry(desk: Newsdesk) -> None:
    await learn(desk)
    desk.clock.advance(7 * DAY)
    for start in (70, 80):
        for number in range(start, start + 5):
            desk.publish(str(number), text=filler(number, WORDS))  # a page is not there
        await desk.poll()
        assert sum(fetched(desk, *range(start, start + 5))) == 1
    publish(desk, 90)
    publish(desk, 91)
    await desk.poll()
    assert sorted(fetched(desk, 90, 91)) == [0, 1]


async def test_the_words_of_a_page_that_was_left_are_those_of_the_feed(desk: Newsdesk) -> None:
    await learn(desk)
    desk.publish("last", text=filler(60, WORDS) + " A ceasefire holds at last.")
    await desk.poll()
    assert desk.fetched("last") == 0
    assert await desk.alerts() == [("ceasefire", "Report last of the day")]


async def test_pushed_documents_teach_and_are_spared_the_same_way(desk: Newsdesk) -> None:
    await desk.poll()
    for number in range(PROVEN):
        publish(desk, number)
        await desk.push()
    assert (await desk.state()).full_texts == PROVEN
    publish(desk, PROVEN)
    await desk.push()
    assert fetched(desk, *range(PROVEN + 1)) == [1] * PROVEN + [0]


async def test_what_pushes_taught_is_no_state_of_a_feed_never_polled(desk: Newsdesk, store: Store) -> None:
    await store.schedule.sync([desk.feed])
    publish(desk, 1)
    await desk.push()
    assert await desk.state() == FeedState()
