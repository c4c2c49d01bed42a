"""The one-way path over the real store: what is marked, what is tried again, what an outage stops."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from monitor.articles.compose import article_id
from monitor.articles.reader import Read
from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.daemon.pipeline import ENTRIES_AT_ONCE, MARK_SECONDS, MAX_ATTEMPTS, MAX_HELD, Carried, Pipeline
from monitor.errors import MonitorError, StoreUnavailable
from monitor.feeds.identity import assign_keys
from monitor.model import Article, ArticleStatus, ChannelName, Entry, Feed, FeedKey, FeedState, Mark, Severity
from monitor.rules.read import read_rules
from monitor.store.store import Store
from tests.support.clock import ManualClock

FEED = Feed(key=FeedKey("paper"), url="https://paper.example/rss")
DESK = ChannelName("desk")
LAST_READ = ManualClock().now()
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
        self.held = timedelta(0)
        self.was_asked = True
        self._clock = clock

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "", is_believed: bool = False) -> Read:
        self.reads.append(entry.id)
        article = Article(
            id=article_id(entry.link, otherwise=entry.id),
            title=entry.title,
            url=entry.link,
            text=BODY,
            seen=self._clock.now(),
        )
        answer = self.answers.get(entry.id)
        article = answer(article) if answer else article
        return Read(article=article, held=self.held, was_asked=self.was_asked)


def failing(error: BaseException) -> Callable[[Article], Article]:
    def read(_: Article) -> Article:
        raise error

    return read


@pytest.fixture
def desk(clock: ManualClock) -> Desk:
    return Desk(clock)


@pytest.fixture
def pipeline(store: Store, desk: Desk, clock: ManualClock, tmp_path: Path) -> Pipeline:
    return a_pipeline(store, desk, clock, tmp_path, RULES)


def a_pipeline(store: Store, desk: Desk, clock: ManualClock, folder: Path, written: str) -> Pipeline:
    (folder / "rules.yaml").write_text(written)
    rules, _ = read_rules([folder], channels={DESK})
    assert rules is not None
    policy = Policy(rules=rules, routes=(Route(channels=(DESK,)),), followers=frozenset())
    metrics = Metrics()
    middle = Middle(store=store, policy=lambda: policy, clock=clock, metrics=metrics)
    return Pipeline(store=store, reader=desk, middle=middle, clock=clock, metrics=metrics, max_age=timedelta(hours=24))


def count_marks(store: Store, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list to which each call of `mark` that marks anything adds how many entries it marks."""
    counts: list[int] = []
    mark = store.seen.mark

    async def counted(feed: FeedKey, marks: Sequence[tuple[tuple[str, ...], Mark]]) -> None:
        counts.extend([len(marks)] if marks else [])
        await mark(feed, marks)

    monkeypatch.setattr(store.seen, "mark", counted)
    return counts


def entry(name: str, **fields: object) -> Entry:
    made = Entry(feed=FEED.key, id=name, link=f"https://paper.example/{name}", title=f"Report {name}")
    return replace(made, **fields)  # type: ignore[arg-type]


async def offer(pipeline: Pipeline, *entries: Entry, first_poll: bool = False) -> Carried:
    state = FeedState() if first_poll else FeedState(last_read=LAST_READ)
    return await pipeline.carry(FEED, entries, assign_keys(entries), state=state)


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


async def test_a_page_whose_host_refuses_is_tried_when_the_host_may_be_asked_again(
    store: Store, pipeline: Pipeline, desk: Desk
) -> None:
    refused = entry("a", title="A ceasefire at last")
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.BLOCKED)
    desk.held = timedelta(minutes=5)
    assert await carry(pipeline, refused) == (1, timedelta(minutes=5))
    assert await alerted(store) == [("ceasefire", "A ceasefire at last")]
    for _ in range(MAX_ATTEMPTS - 2):
        assert (await carry(pipeline, refused))[1] is not None
    assert await carry(pipeline, refused) == (1, None)
    assert await carry(pipeline, refused) == (0, None)


async def test_a_page_that_was_not_asked_for_has_not_been_tried(pipeline: Pipeline, desk: Desk) -> None:
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.BLOCKED)
    desk.held, desk.was_asked = timedelta(minutes=5), False
    waits = [(await carry(pipeline, entry("a")))[1] for _ in range(MAX_HELD)]
    assert waits == [desk.held] * (MAX_HELD - 1) + [None]


async def test_a_wall_of_a_host_that_may_be_asked_is_not_tried_again(pipeline: Pipeline, desk: Desk) -> None:
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.BLOCKED)
    assert await carry(pipeline, entry("a")) == (1, None)
    assert await carry(pipeline, entry("a")) == (0, None)


@pytest.mark.parametrize("error", [MonitorError("odd"), ValueError("a bug")], ids=["expected", "bug"])
async def test_one_bad_article_does_not_stop_the_others(
    store: Store, pipeline: Pipeline, desk: Desk, error: Exception
) -> None:
    desk.answers["bad"] = failing(error)
    assert await carry(pipeline, entry("good"), entry("bad")) == (2, timedelta(minutes=2))
    assert ("ceasefire", "Report good") in await alerted(store)


async def test_a_changed_entry_is_carried_again_and_only_newly_matching_rules_alert(
    store: Store, pipeline: Pipeline, desk: Desk, clock: ManualClock
) -> None:
    early = entry("a", title="Explosion at the plant", summary="More follows.")
    desk.answers["a"] = lambda article: replace(article, text="A bridge near the plant is closed to all traffic today.")
    assert await offer(pipeline, early) == Carried(new=1, yield_=0.5)
    clock.advance(timedelta(minutes=5))
    desk.answers["a"] = lambda article: replace(article, text="The bridge is open again, for there is a ceasefire now.")
    later = replace(early, title="Explosion at the plant breaks the ceasefire")
    assert await offer(pipeline, later) == Carried(updated=1)
    assert await alerted(store) == [
        ("bridge", "Explosion at the plant"),
        ("ceasefire", "Explosion at the plant breaks the ceasefire"),
    ]
    assert await offer(pipeline, later) == Carried()
    assert desk.reads == ["a", "a"]


async def test_an_entry_that_changes_all_the_time_is_not_read_with_every_poll(
    pipeline: Pipeline, desk: Desk, clock: ManualClock
) -> None:
    for minute in range(60):
        carried = await offer(pipeline, entry("live", summary=f"State {minute} of the day."))
        assert (carried.again is None) == bool(carried.new or carried.updated)
        clock.advance(timedelta(minutes=1))
    assert len(desk.reads) == 4  # at once and after 2, 6 and 18 minutes


async def test_an_updated_page_that_cannot_be_reached_is_tried_again(
    pipeline: Pipeline, desk: Desk, clock: ManualClock
) -> None:
    await carry(pipeline, entry("a"))
    clock.advance(timedelta(hours=1))
    desk.answers["a"] = lambda article: replace(article, text="", status=ArticleStatus.UNREACHABLE)
    changed = entry("a", summary="More.")
    assert await offer(pipeline, changed) == Carried(updated=1, again=timedelta(minutes=2))
    del desk.answers["a"]
    assert await offer(pipeline, changed) == Carried(updated=1)
    assert await offer(pipeline, changed) == Carried()


async def test_a_feed_that_changes_all_its_guids_raises_no_alerts_and_hides_no_news(
    store: Store, pipeline: Pipeline, desk: Desk
) -> None:
    before = [entry(f"https://paper.example/{n}", title=f"Report number {n} of the day") for n in range(6)]
    await carry(pipeline, *before)
    known = await alerted(store)
    moved = [replace(each, id=f"tag:new.example,{n}", link=f"https://new.example/{n}") for n, each in enumerate(before)]
    fresh = entry("tag:new.example,99", link="https://new.example/99", title="A further report")
    desk.reads.clear()
    with structlog.testing.capture_logs() as logs:
        assert (await offer(pipeline, fresh, *moved)).new == 1
        assert await offer(pipeline, fresh, *moved) == Carried()
    assert desk.reads == [fresh.id]
    (told,) = [line for line in logs if line["event"] == "guids_changed"]
    assert (told["feed"], told["entries"]) == (FEED.key, 6)
    assert set(known) <= set(await alerted(store))


async def test_a_feed_of_which_nothing_is_remembered_is_read_as_a_new_one(
    pipeline: Pipeline, clock: ManualClock
) -> None:
    """So an upgrade from marks of another kind, or an emptied store, raises no alerts of old entries."""
    fresh, old = entry("fresh", published=clock.now()), entry("old", published=clock.now() - timedelta(days=2))
    assert await offer(pipeline, fresh, old, first_poll=False) == Carried(new=1, yield_=0.5)


async def test_delays_and_the_yield_are_those_of_new_entries(
    pipeline: Pipeline, desk: Desk, clock: ManualClock
) -> None:
    await carry(pipeline, entry("first", published=clock.now() - timedelta(minutes=9)), first_poll=True)
    minutes = timedelta(minutes=1)
    dates = {"a": 3 * minutes, "b": 5 * minutes, "old": timedelta(days=3), "ahead": -timedelta(hours=2)}
    entries = [entry(name, published=clock.now() - delay) for name, delay in dates.items()]
    desk.answers |= dict.fromkeys(dates, lambda article: replace(article, text="Nothing that a rule asks for is here."))
    del desk.answers["b"]
    carried = await offer(pipeline, *entries, entry("undated", title="Bridge"), entry("first"))
    assert carried == Carried(new=5, delays=(3 * minutes, 5 * minutes), yield_=1.0)


async def test_alerts_weigh_by_severity_and_copies_of_a_story_weigh_too(
    store: Store, desk: Desk, clock: ManualClock, tmp_path: Path
) -> None:
    rules = "rules:\n" + "".join(f"  - {{id: {s}, when: {{text: {s}word}}, severity: {s}}}\n" for s in Severity)
    pipeline = a_pipeline(store, desk, clock, tmp_path, rules)
    for severity, weight in (
        (Severity.INFO, 0.25),
        (Severity.LOW, 0.5),
        (Severity.HIGH, 1.0),
        (Severity.CRITICAL, 2.0),
    ):
        text = (
            f"Delegations spoke of {severity}word and of infoword, each in the old town hall of {severity}, for hours."
        )
        for name in (f"{severity}-1", f"{severity}-2"):
            desk.answers[name] = lambda article, text=text: replace(article, text=text)  # type: ignore[misc]
            assert await offer(pipeline, entry(name)) == Carried(new=1, yield_=weight)


async def test_entries_are_marked_together_at_the_end(
    store: Store, pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    await carry(pipeline, entry("known"))
    marked = count_marks(store, monkeypatch)
    await carry(pipeline, *(entry(f"e{number}") for number in range(20)))
    assert marked == [20]


async def test_in_a_long_poll_entries_are_marked_on_the_way(
    store: Store, pipeline: Pipeline, desk: Desk, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(article: Article) -> Article:
        clock.advance(timedelta(seconds=MARK_SECONDS / 2))
        return article

    names = [f"e{number}" for number in range(20)]
    desk.answers |= dict.fromkeys(names, slow)
    await carry(pipeline, entry("known"))
    marked = count_marks(store, monkeypatch)
    await carry(pipeline, *map(entry, names))
    assert sum(marked) == 20
    assert max(marked) <= 3 + ENTRIES_AT_ONCE


async def test_what_was_carried_before_an_outage_or_a_stop_is_marked(pipeline: Pipeline, desk: Desk) -> None:
    desk.answers["away"] = failing(StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable):
        await carry(pipeline, entry("away"), entry("one"))
    desk.answers["stopped"] = failing(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await carry(pipeline, entry("stopped"), entry("two"), entry("one"))
    desk.answers.clear()
    desk.reads.clear()
    await carry(pipeline, *map(entry, ["away", "stopped", "one", "two"]))
    assert sorted(desk.reads) == ["away", "stopped"]


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
