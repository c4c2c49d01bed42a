"""The one-way path over the real store: what is marked, what is tried again, what an outage stops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.articles.compose import article_id
from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.daemon.pipeline import MAX_ATTEMPTS, Carried, Middle, Pipeline, Policy
from monitor.errors import MonitorError, StoreUnavailable
from monitor.feeds.identity import assign_keys
from monitor.model import Article, ArticleStatus, ChannelName, Entry, Feed, FeedKey
from monitor.rules.read import read_rules
from monitor.store.store import Store
from tests.support.clock import ManualClock

FEED = Feed(key=FeedKey("paper"), url="https://paper.example/rss")
DESK = ChannelName("desk")
RULES = """
rules:
  - {id: ceasefire, when: ceasefire}
  - {id: bridge, when: {text: bridge}}
"""
BODY = "The delegations met for the third time and agreed on a ceasefire, to be signed by both near the old bridge."


class Desk:
    """A reader under the test's hand: what `read` answers is set for each entry's id."""

    def __init__(self, clock: ManualClock) -> None:
        self.answers: dict[str, Callable[[Article], Article]] = {}
        self.reads: list[str] = []
        self._clock = clock

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "") -> Article:
        self.reads.append(entry.id)
        article = Article(
            id=article_id(entry.link, otherwise=entry.id),
            title=entry.title,
            url=entry.link,
            text=BODY,
            seen=self._clock.now(),
        )
        answer = self.answers.get(entry.id)
        return answer(article) if answer else article


def failing(error: Exception) -> Callable[[Article], Article]:
    def read(_: Article) -> Article:
        raise error

    return read


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(clock)


@pytest.fixture
def pipeline(store: Store, desk: Desk, clock: ManualClock, tmp_path: Path) -> Pipeline:
    (tmp_path / "rules.yaml").write_text(RULES)
    rules, _ = read_rules([tmp_path], channels={DESK})
    assert rules is not None
    policy = Policy(rules=rules, routes=(Route(channels=(DESK,)),), followers=frozenset())
    metrics = Metrics()
    middle = Middle(store=store, policy=lambda: policy, clock=clock, metrics=metrics)
    return Pipeline(store=store, reader=desk, middle=middle, clock=clock, metrics=metrics, max_age=timedelta(hours=24))


def entry(name: str, **fields: object) -> Entry:
    made = Entry(feed=FEED.key, id=name, link=f"https://paper.example/{name}", title=f"Report {name}")
    return replace(made, **fields)  # type: ignore[arg-type]


async def offer(pipeline: Pipeline, *entries: Entry, first_poll: bool = False) -> Carried:
    return await pipeline.carry(FEED, entries, assign_keys(entries), first_poll=first_poll)


async def carry(pipeline: Pipeline, *entries: Entry, first_poll: bool = False) -> tuple[int, timedelta | None]:
    carried = await offer(pipeline, *entries, first_poll=first_poll)
    return carried.new, carried.again


async def alerted(store: Store) -> list[tuple[str, str]]:
    return sorted((alert.rule, alert.lead.title) for alert in await store.alerts.list(99))


async def test_an_entry_is_carried_once(store: Store, pipeline: Pipeline, desk: Desk) -> None:
    assert await carry(pipeline, entry("a")) == (1, None)
    assert await carry(pipeline, entry("a")) == (0, None)
    assert desk.reads == ["a"]
    assert await alerted(store) == [("bridge", "Report a"), ("ceasefire", "Report a")]


async def test_entries_are_carried_oldest_first(pipeline: Pipeline, desk: Desk) -> None:
    await carry(pipeline, entry("newest"), entry("older"), entry("oldest"))
    assert desk.reads == ["oldest", "older", "newest"]


async def test_the_back_catalogue_of_a_new_feed_is_marked_unread(
    store: Store, pipeline: Pipeline, desk: Desk, clock: ManualClock
) -> None:
    old = entry("old", published=clock.now() - timedelta(days=2))
    assert await carry(pipeline, entry("undated"), old, first_poll=True) == (1, None)
    assert await carry(pipeline, old) == (0, None)
    assert desk.reads == ["undated"]


async def test_a_page_that_answers_late_gives_the_other_rules_their_chance(
    store: Store, pipeline: Pipeline, desk: Desk
) -> None:
    unreachable = entry("a", title="A ceasefire at last")
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.UNREACHABLE)
    assert await carry(pipeline, unreachable) == (1, timedelta(minutes=2))
    assert await alerted(store) == [("ceasefire", "A ceasefire at last")]
    del desk.answers["a"]
    assert await carry(pipeline, unreachable) == (1, None)
    assert await alerted(store) == [("bridge", "A ceasefire at last"), ("ceasefire", "A ceasefire at last")]


async def test_a_page_that_never_answers_is_given_up(pipeline: Pipeline, desk: Desk) -> None:
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.UNREACHABLE)
    waits = [(await carry(pipeline, entry("a")))[1] for _ in range(MAX_ATTEMPTS)]
    minutes = [None if wait is None else wait / timedelta(minutes=1) for wait in waits]
    assert minutes == [2, 8, 32, 128, None]
    assert await carry(pipeline, entry("a")) == (0, None)


@pytest.mark.parametrize("error", [MonitorError("odd"), ValueError("a bug")], ids=["expected", "bug"])
async def test_one_bad_article_does_not_stop_the_others(
    store: Store, pipeline: Pipeline, desk: Desk, error: Exception
) -> None:
    desk.answers["bad"] = failing(error)
    assert await carry(pipeline, entry("good"), entry("bad")) == (2, timedelta(minutes=2))
    assert ("ceasefire", "Report good") in await alerted(store)


async def test_an_outage_stops_the_poll_and_leaves_entries_unmarked(
    store: Store, pipeline: Pipeline, desk: Desk
) -> None:
    desk.answers["a"] = failing(StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable, match="away"):
        await carry(pipeline, entry("a"))
    del desk.answers["a"]
    assert await carry(pipeline, entry("a")) == (1, None)


async def test_another_article_at_a_known_address_alerts_for_itself(
    store: Store, pipeline: Pipeline, desk: Desk
) -> None:
    weekly = "https://paper.example/weekly"
    await carry(pipeline, entry("one", link=weekly, title="Talks end in the capital"))
    desk.answers["two"] = lambda article: replace(
        article, text="Rescue teams reached the valley, and a ceasefire between the villages let them cross the river."
    )
    await carry(pipeline, entry("two", link=weekly, title="Earthquake shakes northern valley"))
    titles = [title for rule, title in await alerted(store) if rule == "ceasefire"]
    assert titles == ["Earthquake shakes northern valley", "Talks end in the capital"]
