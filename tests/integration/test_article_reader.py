"""The article reader against real pages over loopback HTTP and real child processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from monitor.articles.extract import PRELOAD, ExtractedPage, PageInput
from monitor.articles.page_hosts import NoMemory
from monitor.articles.reader import ArticleReader, PageLimits, Read
from monitor.articles.site_memory import CHECK_EVERY, PROVEN, SiteMemory
from monitor.clock import SystemClock
from monitor.errors import SandboxError
from monitor.fetch.client import Fetcher
from monitor.model import Article, ArticleStatus, Entry, Feed, FeedKey, FullText
from monitor.sandbox.pool import SandboxPool
from tests.support.publisher import Publisher

PAGES = Path(__file__).parents[1] / "data" / "pages"
LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. "
SUMMARY = "Dockers and owners met again."
LIMITS = PageLimits(max_bytes=4 * 1024 * 1024, delay=timedelta(0))
CLOCK = SystemClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox() -> AsyncIterator[SandboxPool]:
    async with SandboxPool(2, timedelta(seconds=20), memory_bytes=2**30, preload=PRELOAD) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@pytest_asyncio.fixture(loop_scope="module")
async def reader(sandbox: SandboxPool) -> AsyncIterator[ArticleReader]:
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"]) as fetcher:
        yield ArticleReader(fetcher, sandbox, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=NoMemory())


async def read_all(
    reader: ArticleReader,
    link: str,
    *,
    title: str = "Talks resume",
    content: str = "",
    full_text: FullText = "auto",
    is_believed: bool = False,
) -> Read:
    feed = Feed(key=FeedKey("paper"), url="https://paper.example/rss", full_text=full_text)
    entry = Entry(
        feed=feed.key,
        id="guid-1",
        link=link,
        title=title,
        summary=f"<p>{SUMMARY}</p>",
        content=content,
        authors=("Jo Bell",),
    )
    return await reader.read(entry, feed, feed_title="The Paper", is_believed=is_believed)


async def read(reader: ArticleReader, link: str, **options: Any) -> Article:
    return (await read_all(reader, link, **options)).article


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_article_is_read_from_its_page(reader: ArticleReader, site: Publisher) -> None:
    site.serve("/news/harbour", (PAGES / "semantic.html").read_bytes())
    article = await read(reader, site.url("/news/harbour?utm_source=rss"))
    assert article.status is ArticleStatus.FULL
    assert article.title == "Talks resume"
    assert article.summary == SUMMARY
    assert "the two eastern quays open for food and medicine" in article.text
    assert article.authors == ("Jo Bell",)
    assert article.published == datetime(2026, 11, 24, 5, 40, tzinfo=UTC)
    assert article.language == "en"
    assert article.canonical_url == site.url("/news/2026/harbour-talks")
    assert article.feed_title == "The Paper"
    assert article.seconds > 0


async def test_a_redirected_link_leads_to_the_final_address(reader: ArticleReader, site: Publisher) -> None:
    site.redirect("/r/1", "/2026/11/ledger")
    site.serve("/2026/11/ledger", (PAGES / "graph.html").read_bytes())
    article = await read(reader, site.url("/r/1"))
    assert article.url == site.url("/2026/11/ledger")
    assert article.authors == ("Ines Marrow", "Paul Okoro")
    assert article.canonical_url == site.url("/2026/11/ledger")  # its own canonical names another site


async def test_a_chinese_page_in_an_old_charset_under_a_wrong_header(reader: ArticleReader, site: Publisher) -> None:
    page = (PAGES / "chinese.html").read_text("utf-8").replace("utf-8", "gb2312").encode("gb18030")
    site.serve("/zh", page, content_type="text/html; charset=ISO-8859-1")
    article = await read(reader, site.url("/zh"), title="山城图书馆昼夜开放")
    assert article.status is ArticleStatus.FULL
    assert "十二名馆员自愿轮班" in article.text
    assert article.language == "zh"


WHOLE = f"<p>{LONG * 20}</p><p>The end.</p>"


async def test_no_page_is_asked_for_where_a_believed_feed_has_the_text(reader: ArticleReader, site: Publisher) -> None:
    article = await read(reader, site.url("/full"), content=WHOLE, is_believed=True)
    assert article.status is ArticleStatus.FEED
    assert article.text.endswith("The end.")
    assert article.language == "en"
    assert site.hits == []


async def test_a_believed_feeds_page_is_asked_for_where_an_entry_is_cut(reader: ArticleReader, site: Publisher) -> None:
    site.serve("/page", (PAGES / "semantic.html").read_bytes())
    read_one = await read_all(reader, site.url("/page"), content=WHOLE + "…", is_believed=True)
    assert (read_one.article.status, read_one.feed_said_all) == (ArticleStatus.FULL, None)


STORY = "".join(
    f"<p>On day {day} the dockers of quay {day} met the owners, and paper {day} told of it.</p>" for day in range(30)
)


@pytest.mark.parametrize(
    ("content", "said_all"),
    [
        pytest.param(STORY, True, id="the feed has all of it"),
        pytest.param("<p>By Jo Bell.</p>" + STORY + "<p>More of this on Sunday.</p>", True, id="and something more"),
        pytest.param(STORY[:2000], False, id="the feed stops half way"),
        pytest.param(STORY[:300], None, id="nobody would take that for the whole"),
    ],
)
async def test_a_page_is_compared_with_what_could_be_all_of_it(
    reader: ArticleReader, site: Publisher, content: str, said_all: bool | None
) -> None:
    site.serve("/page", f"<html><head><title>Talks resume</title></head><body><article>{STORY}</article></body></html>")
    assert (await read_all(reader, site.url("/page"), content=content)).feed_said_all is said_all
    assert (await read_all(reader, site.url("/page"), content=content, full_text="fetch")).feed_said_all is None


@pytest.mark.parametrize("status", [200, 403, 404, 402])
async def test_a_page_that_cannot_be_read_says_nothing_of_the_feed_whose_text_is_taken(
    reader: ArticleReader, site: Publisher, status: int
) -> None:
    site.serve("/page", b"", status=status)
    read_one = await read_all(reader, site.url("/page"), content=WHOLE)
    assert (read_one.article.status, read_one.feed_said_all) == (ArticleStatus.FEED, None)
    assert read_one.article.text.endswith("The end.")


async def test_a_site_whose_pages_were_confirmed_is_trusted(
    sandbox: SandboxPool, site: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"]) as fetcher:
        reader = ArticleReader(fetcher, sandbox, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=NoMemory())
        given: list[PageInput] = []
        extract = reader.extract

        async def noted(page: PageInput) -> ExtractedPage:
            """Confirm the text of each page that is not read on trust, whatever it is."""
            given.append(page)
            return replace(await extract(page), confirmed=None if page.trusted else True)

        monkeypatch.setattr(reader, "extract", noted)
        site.serve("/page", (PAGES / "semantic.html").read_bytes())
        for _ in range(PROVEN + CHECK_EVERY):
            await read(reader, site.url("/page"))
    assert [page.trusted for page in given] == [False] * PROVEN + [True] * (CHECK_EVERY - 1) + [False]
    assert {page.summary for page in given} == {SUMMARY}


async def test_the_user_decides_where_the_text_is_taken_from(reader: ArticleReader, site: Publisher) -> None:
    site.serve("/page", (PAGES / "semantic.html").read_bytes())
    never = await read(reader, site.url("/page"), full_text="feed")
    assert (never.status, never.text, site.hits) == (ArticleStatus.FEED, "", [])
    always = await read(reader, site.url("/page"), full_text="fetch", content=f"<p>{LONG * 20}</p>")
    assert always.status is ArticleStatus.FULL
    assert len(site.hits) == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [("challenge.html", ArticleStatus.BLOCKED), ("consent.html", ArticleStatus.CONSENT)],
)
async def test_words_of_a_wall_never_reach_the_article(
    reader: ArticleReader, site: Publisher, name: str, status: ArticleStatus
) -> None:
    site.serve("/wall", (PAGES / name).read_bytes())
    article = await read(reader, site.url("/wall"), title="")
    assert article.status is status
    assert (article.title, article.text, article.summary) == (SUMMARY, "", SUMMARY)


@pytest.mark.parametrize(
    ("code", "headers", "status"),
    [
        pytest.param(403, {}, ArticleStatus.BLOCKED, id="403"),
        pytest.param(402, {}, ArticleStatus.PAYWALLED, id="402"),
        pytest.param(404, {}, ArticleStatus.UNREACHABLE, id="404"),
        pytest.param(500, {}, ArticleStatus.UNREACHABLE, id="500"),
        pytest.param(503, {"cf-mitigated": "challenge"}, ArticleStatus.BLOCKED, id="a marked challenge"),
    ],
)
async def test_a_refused_page_leaves_the_feeds_words(
    reader: ArticleReader, site: Publisher, code: int, headers: dict[str, str], status: ArticleStatus
) -> None:
    site.serve("/refused", LONG * 20, status=code, headers=headers)
    article = await read(reader, site.url("/refused"))
    assert article.status is status
    assert (article.title, article.text, article.summary) == ("Talks resume", "", SUMMARY)
    assert article.canonical_url == site.url("/refused")


async def test_a_login_page_is_not_the_article(reader: ArticleReader, site: Publisher) -> None:
    site.redirect("/talks", "/login?next=/talks")
    site.serve("/login", (PAGES / "semantic.html").read_bytes())
    article = await read(reader, site.url("/talks"))
    assert article.status is ArticleStatus.PAYWALLED
    assert article.url == site.url("/talks")
    assert article.text == ""


async def test_a_page_that_does_not_come_is_worth_another_try(sandbox: SandboxPool, site: Publisher) -> None:
    site.hang("/hang")
    site.reset("/reset")
    site.drip("/drip")
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"], timeout=timedelta(seconds=0.5)) as fetcher:
        reader = ArticleReader(fetcher, sandbox, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=NoMemory())
        for path in ("/hang", "/reset", "/drip"):
            assert (await read(reader, site.url(path))).status is ArticleStatus.UNREACHABLE


async def test_an_address_that_may_not_be_dialled_is_refused(reader: ArticleReader) -> None:
    article = await read(reader, "http://[::1]:9/latest/meta-data/")
    assert (article.status, article.summary) == (ArticleStatus.HOSTILE, SUMMARY)


HOSTILE = {
    "100,000 attributes on one tag": (b"<div " + b"a=1 " * 100_000 + b">", ArticleStatus.HOSTILE),
    "50,000 nested elements": (b"<div>" * 50_000, ArticleStatus.HOSTILE),
    "500,000 line breaks": (b"<br>" * 500_000, ArticleStatus.HOSTILE),
    "two million brackets": (b"<" * 2_000_000, ArticleStatus.HOSTILE),
    "a page beyond 4 MiB": (b"<p>" + b"x" * 5_000_000, ArticleStatus.HOSTILE),
    "a page of scripts": (b"<script>render()</script>" * 5_000, ArticleStatus.EMPTY),
    "an empty body": (b"", ArticleStatus.EMPTY),
    "binary data": (bytes(range(256)) * 4_000, ArticleStatus.EMPTY),
    "an entity bomb": (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>',
        ArticleStatus.EMPTY,
    ),
}


@pytest.mark.parametrize(("body", "status"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_a_hostile_page_costs_little_and_leaves_the_feeds_words(
    reader: ArticleReader, site: Publisher, body: bytes, status: ArticleStatus
) -> None:
    site.serve("/hostile", body)
    started = CLOCK.monotonic()
    article = await read(reader, site.url("/hostile"))
    assert CLOCK.monotonic() - started < 10
    assert article.status is status
    assert (article.title, article.summary, article.text) == ("Talks resume", SUMMARY, "")


async def test_json_ld_of_a_million_escaped_quotes_hides_no_article(reader: ArticleReader, site: Publisher) -> None:
    bomb = (
        b'<script type="application/ld+json">{"@type":"NewsArticle","headline":"' + b'\\"' * 1_000_000 + b'"}</script>'
    )
    page = (PAGES / "semantic.html").read_bytes().replace(b"</head>", bomb + b"</head>")
    site.serve("/bomb", page)
    article = await read(reader, site.url("/bomb"))
    assert article.status is ArticleStatus.FULL
    assert "Some forty ships are waiting" in article.text


async def test_hostile_markup_in_the_feed_itself_is_stripped(reader: ArticleReader, site: Publisher) -> None:
    site.serve("/page", (PAGES / "semantic.html").read_bytes())
    article = await read(
        reader, site.url("/page"), title="<b " + "a=1 " * 100_000 + ">Talks", content="<div>" * 50_000 + "Words"
    )
    assert article.status is ArticleStatus.FULL


# A quote that begins in a script's text hides what follows from the scan, yet every parser sees it: the reason why
# there is a wall limit as well.
EVASION = b"<script>x = '<a b=\"';</script><div " + b" ".join(b"a%d" % n for n in range(150_000)) + b'>">'


async def test_a_page_that_slips_past_the_guards_is_killed_and_the_next_is_read(site: Publisher) -> None:
    async with (
        SandboxPool(1, timedelta(seconds=3), memory_bytes=2**30, preload=PRELOAD) as pool,
        Fetcher(CLOCK, allow=["127.0.0.0/8"]) as fetcher,
    ):
        reader = ArticleReader(fetcher, pool, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=NoMemory())
        site.serve("/evil", EVASION)
        site.serve("/good", (PAGES / "semantic.html").read_bytes())
        page = await reader.read_page(site.url("/evil"))
        assert page.status is ArticleStatus.HOSTILE
        # On a busy machine the wall limit comes first, on a quiet one that of CPU time.
        ends = ("took longer than 3 s and was killed", "used up its CPU time and was ended by the system")
        assert page.reason in ends
        assert (await read(reader, site.url("/good"))).status is ArticleStatus.FULL


async def test_closing_is_no_verdict_on_a_page() -> None:
    pool = SandboxPool(1, timedelta(seconds=3), memory_bytes=2**30, preload=PRELOAD)
    await pool.start()
    await pool.close()
    async with Fetcher(CLOCK, allow=["127.0.0.0/8"]) as fetcher:
        reader = ArticleReader(fetcher, pool, clock=CLOCK, limits=LIMITS, sites=SiteMemory(), hosts=NoMemory())
        with pytest.raises(SandboxError):
            await reader.extract(PageInput(body=b"<p>x"))
