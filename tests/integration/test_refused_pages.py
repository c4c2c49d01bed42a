"""A site that refuses its pages, or shows one text for all: the reader over HTTP, real children and a real store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from monitor.articles.extract import PRELOAD
from monitor.articles.reader import ArticleReader, PageLimits
from monitor.articles.site_memory import SiteMemory
from monitor.clock import SystemClock
from monitor.fetch.client import Fetcher
from monitor.model import Article, ArticleStatus, Entry, Feed, FeedKey
from monitor.sandbox.pool import SandboxPool
from monitor.store.connect import connect
from monitor.store.keys import Keys
from monitor.store.store import Store
from monitor.urls import host_slug
from tests.support.page_parts import article, bare, described, framed
from tests.support.publisher import Publisher
from tests.support.stories import story

CLOCK = SystemClock()
PAGES = Path(__file__).parents[1] / "data" / "pages"
LIMITS = PageLimits(max_bytes=4 * 1024 * 1024, delay=timedelta(0))
TOLD = story("en")
GOOD = framed(article(TOLD.paragraphs, TOLD), TOLD, head=described(TOLD))
SUMMARY = "Dockers and owners met again."
# A wall in a language and of a build that nobody knows.
STUB = framed(
    "<main><article><h1>{title}</h1><p>Pra hel sokuma ten dorra vilim 47110000. Zehr otala pun dresik, maru velt onda "
    "prisim. Kolu fenda ras tilom, hep sura minoa gret. Vash umera don silk, tur obana welf. Ret isum pola gand, "
    "mirt ova selun krip daro. Bel onti ras umek, fol gira tant.</p></article></main>",
    TOLD,
    title="The Paper",
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[SandboxPool]:
    async with SandboxPool(1, timedelta(seconds=20), memory_bytes=2**30, preload=PRELOAD) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@pytest_asyncio.fixture(loop_scope="module")
async def shared(valkey_url: str, workspace: str) -> AsyncIterator[Store]:
    opened = await Store.open(valkey_url, workspace, clock=CLOCK)
    yield opened
    await opened.close()


@pytest_asyncio.fixture(loop_scope="module")
async def reader(sandbox: SandboxPool, shared: Store) -> AsyncIterator[ArticleReader]:
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"]) as fetcher:
        yield ArticleReader(fetcher, sandbox, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=shared.pages)


async def read(reader: ArticleReader, link: str, *, title: str = "Talks resume") -> Article:
    feed = Feed(key=FeedKey("paper"), url="https://paper.example/rss")
    entry = Entry(feed=feed.key, id=link, link=link, title=title, summary=SUMMARY)
    return (await reader.read(entry, feed)).article


async def let_pass(url: str, workspace: str, site: Publisher) -> None:
    """Let the wait of the site's page gate be over."""
    admin, gate = await connect(url), Keys(workspace).page_gate(host_slug(site.url("/")))
    _, rest = (await admin.call("GET", gate)).split(" ", 1)
    await admin.call("SET", gate, f"1 {rest}", "KEEPTTL")
    await admin.close()


@pytest.mark.parametrize("status", [429, 503])
async def test_after_a_refusal_the_feeds_words_go_on_and_the_site_is_left_alone(
    reader: ArticleReader, site: Publisher, status: int
) -> None:
    site.serve("/a", "no", status=status)
    site.serve("/b", GOOD)
    refused = await read(reader, site.url("/a"))
    assert refused.status is ArticleStatus.BLOCKED
    assert f"HTTP {status}" in refused.reason
    assert "asked for again from 20" in refused.reason
    left_alone = await read(reader, site.url("/b"), title="Ferry line reopens")
    assert left_alone.status is ArticleStatus.BLOCKED
    assert left_alone.reason.startswith("the site refused its pages; they are asked for again from 20")
    assert (left_alone.title, left_alone.summary, left_alone.text) == ("Ferry line reopens", SUMMARY, "")
    assert [hit.path for hit in site.hits] == ["/a"]


@pytest.mark.parametrize("status", [401, 403, 451])
async def test_one_refused_page_says_nothing_of_the_others_three_in_a_row_do(
    reader: ArticleReader, site: Publisher, status: int
) -> None:
    site.serve("/good", GOOD)
    for path in ("/a", "/b", "/good", "/c", "/d"):
        site.serve(path, GOOD if path == "/good" else "no", status=200 if path == "/good" else status)
        found = await read(reader, site.url(path))
        assert (found.status is ArticleStatus.FULL) is (path == "/good")
        assert "asked for again" not in found.reason
    site.serve("/e", "no", status=status)
    assert "asked for again from 20" in (await read(reader, site.url("/e"))).reason
    assert (await read(reader, site.url("/good"))).status is ArticleStatus.BLOCKED
    assert len(site.hits) == 6


async def test_reports_that_differ_in_a_figure_are_no_wall(reader: ArticleReader, site: Publisher) -> None:
    for tenths in range(41, 45):
        report = f"The earthquake off the coast had a magnitude of {tenths / 10}, the observatory said in a statement."
        site.serve(f"/{tenths}", framed(article([report], TOLD), TOLD, head=described(TOLD)))
        assert f"{tenths / 10}" in (await read(reader, site.url(f"/{tenths}"))).text


async def test_a_challenge_within_the_page_is_a_refusal_too(reader: ArticleReader, site: Publisher) -> None:
    extra = '<script src="/cdn-cgi/challenge-platform/h/g/x.js"></script>'
    for path in ("/a1", "/a2", "/a3"):
        site.serve(path, bare("Verify you are human.", title="Just a moment...", extra=extra))
        assert (await read(reader, site.url(path))).status is ArticleStatus.BLOCKED
    site.serve("/b", GOOD)
    assert (await read(reader, site.url("/b"))).status is ArticleStatus.BLOCKED
    assert len(site.hits) == 3


async def test_the_site_says_how_long(reader: ArticleReader, site: Publisher, shared: Store) -> None:
    site.serve("/a", "later", status=429, headers={"Retry-After": "7200"})
    await read(reader, site.url("/a"))
    wait = (await shared.pages.knock(host_slug(site.url("/")))).wait
    assert timedelta(hours=1.99) < wait <= timedelta(hours=2)


async def test_a_page_that_is_not_there_is_no_refusal(reader: ArticleReader, site: Publisher) -> None:
    for path, status in (("/gone", 404), ("/broken", 500), ("/pay", 402)):
        site.serve(path, "no", status=status)
        await read(reader, site.url(path))
    site.serve("/b", GOOD)
    assert (await read(reader, site.url("/b"))).status is ArticleStatus.FULL


async def test_when_the_wait_is_over_a_good_page_ends_it(
    reader: ArticleReader, site: Publisher, shared: Store, valkey_url: str, workspace: str
) -> None:
    host = host_slug(site.url("/"))
    site.serve("/a", "no", status=503)
    await read(reader, site.url("/a"))
    await let_pass(valkey_url, workspace, site)
    await read(reader, site.url("/a"))
    assert timedelta(minutes=9) < (await shared.pages.knock(host)).wait <= timedelta(minutes=10)
    await let_pass(valkey_url, workspace, site)
    site.serve("/a", GOOD)
    assert (await read(reader, site.url("/a"))).status is ArticleStatus.FULL
    assert await shared.pages.knock(host) == (timedelta(0), 0)


async def test_any_page_ends_it_even_one_without_an_article(
    reader: ArticleReader, site: Publisher, shared: Store, valkey_url: str, workspace: str
) -> None:
    site.serve("/a", "no", status=503)
    await read(reader, site.url("/a"))
    await let_pass(valkey_url, workspace, site)
    site.serve("/a", (PAGES / "consent.html").read_bytes())
    assert (await read(reader, site.url("/a"))).status is ArticleStatus.CONSENT
    assert await shared.pages.knock(host_slug(site.url("/"))) == (timedelta(0), 0)


async def test_a_link_through_another_site_says_how_long_the_refusing_one_is_left_alone(
    reader: ArticleReader, site: Publisher, shared: Store
) -> None:
    async with Publisher(host="127.0.0.2") as other:
        other.serve("/page", "no", status=429)
        site.serve("/go", "", status=302, headers={"Location": other.url("/page")})
        feed = Feed(key=FeedKey("paper"), url="https://paper.example/rss")
        entry = Entry(feed=feed.key, id="a", link=site.url("/go"), title="Talks resume", summary=SUMMARY)
        found = await reader.read(entry, feed)
        assert (found.was_asked, found.held > timedelta(minutes=4)) == (True, True)
        assert await shared.pages.knock(host_slug(site.url("/"))) == (timedelta(0), 0)


async def test_one_text_on_three_pages_is_a_wall_in_whatever_language(reader: ArticleReader, site: Publisher) -> None:
    statuses = []
    for n in range(4):
        title = f"Report number {n} from the harbour"
        site.serve(f"/{n}", STUB.replace("{title}", title).replace("47110000", str(47110000 + n)))
        found = await read(reader, site.url(f"/{n}?utm_source=rss"), title=title)
        statuses.append((found.status is ArticleStatus.BLOCKED, "sokuma" in found.text))
        assert found.title == title
    assert statuses == [(False, True), (False, True), (True, False), (True, False)]


async def test_one_page_read_again_and_again_is_no_wall(reader: ArticleReader, site: Publisher) -> None:
    canonical = f'<link rel="canonical" href="{site.url("/flash")}">'
    page = framed(article([TOLD.flash], TOLD), TOLD, head=described(TOLD) + canonical)
    for n in range(4):
        site.serve(f"/flash-{n}", page)
        found = await read(reader, site.url(f"/flash-{n}"))
        assert found.status is not ArticleStatus.BLOCKED
        assert found.text


async def test_a_long_article_under_many_addresses_is_no_wall(reader: ArticleReader, site: Publisher) -> None:
    for n in range(4):
        site.serve(f"/long-{n}", GOOD)
        assert (await read(reader, site.url(f"/long-{n}"))).status is ArticleStatus.FULL
