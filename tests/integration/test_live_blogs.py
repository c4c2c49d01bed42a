"""Live blogs through the whole pipeline: each update is told once, and a page that grows is read again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.daemon.live import GROWS_FOR, LONGEST
from monitor.daemon.pipeline import MAX_ATTEMPTS
from monitor.errors import StoreUnavailable
from monitor.feeds.known import GROWING_PAUSE
from monitor.model import Article
from monitor.store.store import Store
from monitor.urls import host_slug
from tests.support.clock import ManualClock
from tests.support.live_pages import Update, live_page
from tests.support.news import filler
from tests.support.newsdesk import MAX_AGE, Newsdesk, open_newsdesk

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RULES = """
rules:
  - {id: ceasefire, when: ceasefire}
  - {id: strike, when: {title: strike}}
  - {id: both, when: {all: [harbourmaster, earthquake]}}
"""
TITLE = "Strike in the port: all news of the day"
LEAD = "The dockers of the northern port stand still since dawn, and the ferry company has cancelled all of its ships."


class Blog:
    """A live blog whose page holds the test's updates, the newest first."""

    def __init__(self, desk: Newsdesk) -> None:
        self._desk = desk
        self.updates: list[Update] = []
        self.lead = LEAD
        self.is_linked = True  # JSON-LD lists the updates
        desk.publish("live", title=TITLE, text=LEAD)
        desk.site.serve("/live.html", lambda _: self.page())

    def post(self, id_: str, words: str = "", *, title: str = "", age: timedelta | None = timedelta(0)) -> None:
        """Add an update at the head."""
        at = None if age is None else self._desk.clock.now() - age
        self.updates.insert(
            0, Update(id=id_, text=f"{filler(len(id_) + ord(id_[-1]), 30)} {words}", at=at, title=title)
        )

    def page(self) -> str:
        """Return the page with its updates."""
        return live_page(TITLE, self.lead, self.updates, is_linked=self.is_linked)


@pytest.fixture
async def desk(store: Store, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Newsdesk]:
    async with open_newsdesk(store, clock, tmp_path, rules=RULES) as opened:
        yield opened


@pytest.fixture
def blog(desk: Newsdesk) -> Blog:
    return Blog(desk)


STRIKE = ("strike", TITLE)


async def test_each_update_is_an_alert_of_its_own_with_its_words_and_address(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1", "There is a ceasefire now.", title="Guns are silent")
    blog.post("u2", "Nothing else happened.")
    blog.post("u3", "The ceasefire was broken.")
    await desk.poll()
    assert await desk.alerts() == [("ceasefire", "Guns are silent"), ("ceasefire", TITLE), STRIKE]
    leads = {alert.lead.title: alert.lead for alert in await desk.store.alerts.list(9) if alert.rule == "ceasefire"}
    assert leads["Guns are silent"].url == desk.site.url("/live.html#u1")
    assert leads[TITLE].url == desk.site.url("/live.html#u3")
    assert leads["Guns are silent"].published == desk.clock.now() - MINUTE


async def test_a_blog_read_again_tells_only_what_is_new(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1", "There is a ceasefire now.")
    await desk.poll()
    before = await desk.alerts()
    await desk.poll(later=GROWING_PAUSE)
    assert desk.fetched("live") == 2
    assert await desk.alerts() == before
    assert desk.matches("ceasefire") == 1  # the update was not even looked at again
    blog.post("u2", "A second ceasefire was signed.", title="Second paper signed")
    await desk.poll(later=GROWING_PAUSE)
    assert sorted(await desk.alerts()) == sorted([*before, ("ceasefire", "Second paper signed")])


async def test_words_of_two_updates_make_no_alert_together(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1", "The harbourmaster speaks at noon.")
    blog.post("u2", "An earthquake shook the far south.")
    await desk.poll()
    assert await desk.alerts() == [STRIKE]
    blog.post("u3", "The harbourmaster felt the earthquake.")
    await desk.poll(later=GROWING_PAUSE)
    assert await desk.alerts() == [("both", TITLE), STRIKE]


async def test_a_blogs_headline_is_told_once_and_not_with_each_update(desk: Newsdesk, blog: Blog) -> None:
    for number in range(9):
        blog.post(f"u{number}", "Nothing else.")
    await desk.poll()
    assert await desk.alerts() == [STRIKE]


async def test_of_a_blog_read_first_old_updates_are_no_news(desk: Newsdesk, blog: Blog) -> None:
    await desk.poll()
    blog.post("old", "A ceasefire was signed.", age=MAX_AGE + HOUR)
    blog.post("new", "The ceasefire holds.", title="It holds", age=MAX_AGE - HOUR)
    desk.publish("live", title=TITLE, text=LEAD + " More follows.")
    await desk.poll(later=HOUR)
    assert [title for rule, title in await desk.alerts() if rule == "ceasefire"] == ["It holds"]


async def test_updates_are_found_without_structured_data_too(desk: Newsdesk, blog: Blog) -> None:
    blog.is_linked = False
    for number in range(9):
        blog.post(f"post-{number}", "Nothing else.", title=f"Entry number {number}", age=(9 - number) * MINUTE)
    blog.post("post-77", "There is a ceasefire now.", title="Guns are silent")
    await desk.poll()
    await desk.poll(later=GROWING_PAUSE)
    assert [title for rule, title in await desk.alerts() if rule == "ceasefire"] == ["Guns are silent"]


async def test_a_blog_is_read_again_while_it_grows_and_no_longer(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1")
    await desk.poll()
    assert timedelta(0) < await desk.waits() <= GROWING_PAUSE
    for number in range(GROWS_FOR // GROWING_PAUSE):
        assert desk.fetched("live") == number + 1
        await desk.poll(later=GROWING_PAUSE)
    fetched = desk.fetched("live")
    assert await desk.waits() > GROWING_PAUSE
    for _ in range(3):
        await desk.poll(later=GROWING_PAUSE)
    assert desk.fetched("live") == fetched


@pytest.mark.parametrize("status", [200, 403, 500])
async def test_one_bad_answer_is_not_the_end_of_a_blog(desk: Newsdesk, blog: Blog, status: int) -> None:
    blog.post("u1")
    await desk.poll()
    desk.site.serve("/live.html", "<html><body><div id=app></div></body></html>", status=status)
    await desk.poll(later=GROWING_PAUSE)
    desk.site.serve("/live.html", lambda _: blog.page())
    blog.post("u2", "There is a ceasefire now.", title="Guns are silent")
    await desk.poll(later=GROWING_PAUSE)
    assert ("ceasefire", "Guns are silent") in await desk.alerts()


async def test_bad_answers_between_good_ones_never_end_a_blog(desk: Newsdesk, blog: Blog) -> None:
    blog.post("first")
    await desk.poll()
    for number in range(2 * MAX_ATTEMPTS):
        desk.site.serve("/live.html", "no", status=403)
        await desk.poll(later=GROWING_PAUSE)
        desk.site.serve("/live.html", lambda _: blog.page())
        blog.post(f"u{number}", "There is a ceasefire now.", title=f"Paper {number}")
        await desk.poll(later=GROWING_PAUSE)
        assert ("ceasefire", f"Paper {number}") in await desk.alerts()


async def test_a_blog_whose_host_refuses_is_read_again_when_it_may_be_asked(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    async with open_newsdesk(store, clock, tmp_path, rules=RULES, hosts=store.pages) as desk:
        blog = Blog(desk)
        blog.post("u1")
        await desk.poll()
        desk.site.serve("/live.html", "slower", status=429)
        for _ in range(2 * MAX_ATTEMPTS):  # by the server's own clock the gate stays shut all the time
            await desk.poll(later=GROWING_PAUSE)
        assert desk.fetched("live") == 2
        await store.pages.open(host_slug(desk.site.url("/")))
        desk.site.serve("/live.html", lambda _: blog.page())
        blog.post("u2", "There is a ceasefire now.", title="Guns are silent")
        await desk.poll(later=GROWING_PAUSE)
        assert ("ceasefire", "Guns are silent") in await desk.alerts()


async def test_a_blog_that_became_an_article_has_ended(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1")
    await desk.poll()
    paragraphs = "".join(f"<p>{line}</p>" for line in filler(5, 400).splitlines())
    desk.site.serve("/live.html", f"<html><body><article><h1>{TITLE}</h1>{paragraphs}</article></body></html>")
    await desk.poll(later=GROWING_PAUSE)
    fetched = desk.fetched("live")
    for _ in range(3):
        await desk.poll(later=GROWING_PAUSE)
    assert desk.fetched("live") == fetched


async def test_a_blog_that_has_no_updates_yet_is_read_again(desk: Newsdesk, blog: Blog) -> None:
    blog.lead = f"{LEAD} {filler(3, 60)}"
    await desk.poll()
    blog.post("u1", "There is a ceasefire now.", title="Guns are silent")
    await desk.poll(later=GROWING_PAUSE)
    assert ("ceasefire", "Guns are silent") in await desk.alerts()


async def test_polls_in_between_do_not_read_a_blog_sooner(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1")
    await desk.poll()
    for minute in range(30):
        desk.publish(f"other{minute}", text="Something short.")
        await desk.poll(later=MINUTE)
    assert desk.fetched("live") == 1 + 30 // (GROWING_PAUSE // MINUTE)


async def test_a_blog_without_end_is_followed_for_a_day(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u0")
    await desk.poll()
    rounds = 0
    while await desk.waits() <= GROWING_PAUSE:
        rounds += 1
        blog.post(f"u{rounds}")
        await desk.poll(later=HOUR)
    assert rounds == LONGEST // HOUR


async def test_a_blog_that_is_read_again_counts_as_new_once(desk: Newsdesk, blog: Blog) -> None:
    blog.post("u1")
    await desk.poll()
    for _ in range(6):
        await desk.poll(later=GROWING_PAUSE)
    assert desk.polls.new_entries == 1


@pytest.mark.parametrize("judged", [1, 2, 3])
async def test_a_stop_in_the_middle_loses_and_doubles_nothing(
    desk: Newsdesk, blog: Blog, judged: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        blog.post(f"u{number}", "There is a ceasefire now.", title=f"Paper {number} {filler(number, 3)}")
    middle = desk.pipeline._middle
    judge, calls = middle.judge, 0

    async def stopping(article: Article, **options: object) -> object:
        nonlocal calls
        calls += 1
        result = await judge(article, **options)  # type: ignore[arg-type]  # passed on as they are
        if calls == 1 + judged:
            raise StoreUnavailable("away")
        return result

    monkeypatch.setattr(middle, "judge", stopping)
    await desk.poll()
    assert len(await desk.alerts()) == 1 + judged
    monkeypatch.setattr(middle, "judge", judge)
    await desk.poll()
    await desk.poll(later=GROWING_PAUSE)
    alerts = await desk.alerts()
    assert (len(alerts), len(set(alerts))) == (4, 4)


async def test_marks_lost_after_a_kill_double_nothing(
    desk: Newsdesk, blog: Blog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the process had been killed when all alerts were safe and nothing was marked."""
    blog.post("u1", "There is a ceasefire now.", title="Guns are silent")

    async def lost(feed: object, marks: Sequence[object]) -> None:
        raise StoreUnavailable("away")

    with monkeypatch.context() as patched:
        patched.setattr(desk.store.seen, "mark", lost)
        await desk.poll()
    before = await desk.alerts()
    assert ("ceasefire", "Guns are silent") in before
    await desk.poll()
    assert await desk.alerts() == before
    assert (await desk.state()).polls == 1


async def test_pushes_bring_updates_too(desk: Newsdesk, blog: Blog) -> None:
    await desk.poll()
    blog.post("u1", "There is a ceasefire now.", title="Guns are silent")
    desk.publish("live", title=TITLE, text=LEAD + " More follows.")
    await desk.push(later=HOUR)
    await desk.poll()
    await desk.poll(later=GROWING_PAUSE)
    assert await desk.alerts() == [("ceasefire", "Guns are silent"), STRIKE]
