"""`monitor feeds discover` on sites of the loopback address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.test_cli_feeds import JSON_FEED, RSS
from tests.support.command_line import Ran, monitor
from tests.support.daemon import write_settings
from tests.support.publisher import Publisher

KEYS = ["url", "title", "format", "language", "entries", "newest", "full_text", "origin", "also", "hub", "seconds"]
LONG = "<p>" + "Delegates met again on Tuesday and spoke of the terms. " * 60 + "</p>"


def rss(title: str, *guids: str, text: str = "") -> str:
    """Return a feed, of whole texts if one is given; other guids are other news."""
    items = "".join(
        f"<item><title>{guid}</title><guid>{guid}</guid><link>https://n.example/{guid}</link>"
        f"<pubDate>Tue, 03 Nov 2026 10:00:00 GMT</pubDate><description>Short.</description>"
        f"<content:encoded><![CDATA[{text}]]></content:encoded></item>"
        for guid in guids
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel><title>{title}</title>{items}</channel></rss>"
    )


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


async def discover(folder: Path, *arguments: str) -> Ran:
    write_settings(folder)
    return await monitor(folder, "feeds", "discover", *arguments)


async def test_feeds_that_the_page_names_are_read_joined_and_ranked(tmp_path: Path, site: Publisher) -> None:
    site.serve(
        "/",
        """<html><head><link rel="alternate" type="application/rss+xml" href="/short.xml">
        <link rel="alternate" type="application/rss+xml" href="/dead.xml">
        <link rel="alternate" type="application/rss+xml" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml" href="/whole.xml"></head>
        <body><a href="/rss/also-short">RSS</a></body></html>""",
        headers={"Link": '</json>; rel="alternate"; type="application/feed+json"'},
    )
    site.serve("/short.xml", rss("Short", "a", "b"))
    site.redirect("/rss/also-short", "/short.xml")
    site.serve("/comments/feed/", rss("Comments", "c", text=LONG))
    site.serve("/whole.xml", rss("Whole", "d", text=LONG))
    site.serve("/json", JSON_FEED, content_type="application/feed+json")
    ran = await discover(tmp_path, site.url("/"), "--json")
    assert (ran.code, ran.err) == (0, "")
    assert [list(record) for record in ran.records] == [KEYS] * 4
    assert [(record["url"], record["origin"]) for record in ran.records] == [
        (site.url("/whole.xml"), "link"),
        (site.url("/short.xml"), "link"),
        (site.url("/json"), "header"),
        (site.url("/comments/feed/"), "link"),
    ]
    assert ran.records[1]["also"] == [site.url("/rss/also-short")]
    # What the page names was found: nothing is guessed.
    assert site.hits_on("/feed") == site.hits_on("/robots.txt") == []
    assert not (tmp_path / "var").exists()


async def test_people_get_a_table(tmp_path: Path, site: Publisher) -> None:
    site.serve("/rss.xml", RSS, content_type="application/rss+xml")
    ran = await discover(tmp_path, site.url("/rss.xml"))
    assert (ran.code, ran.err) == (0, "")
    head, row = ran.out.splitlines()
    assert " ".join(head.split()) == "FEED FORMAT ENTRIES NEWEST FULL TEXT FOUND TITLE"
    assert row.startswith(f"{site.url('/rss.xml')}  RSS 2.0  2 ")
    assert row.endswith("no         this address  Test & News")


async def test_without_a_word_of_the_page_the_front_page_and_usual_addresses_are_tried(
    tmp_path: Path, site: Publisher
) -> None:
    site.serve("/world/", "<html><body>No link at all</body></html>")
    site.serve("/", "<html><body>Nor here</body></html>")
    site.serve("/world/rss", rss("World", "w"))
    site.serve("/atom.xml", rss("All", "x", "y"))
    ran = await discover(tmp_path, site.url("/world/"), "--json")
    assert [(record["url"], record["origin"]) for record in ran.records] == [
        (site.url("/atom.xml"), "custom"),
        (site.url("/world/rss"), "custom"),
    ]


async def test_everywhere_finds_news_sitemaps_behind_an_index(tmp_path: Path, site: Publisher) -> None:
    site.serve("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head></html>')
    site.serve("/rss.xml", RSS)
    site.serve("/robots.txt", f"User-agent: *\nSitemap: {site.url('/sitemap.xml')}\n", content_type="text/plain")
    inner = "".join(f"<sitemap><loc>{site.url(path)}</loc></sitemap>" for path in ("/news-1.xml", "/old.xml"))
    site.serve("/sitemap.xml", f"<sitemapindex>{inner}</sitemapindex>", content_type="text/xml")
    site.serve("/news-1.xml", rss("Not a sitemap, but read", "s"))
    ran = await discover(tmp_path, site.url("/"), "--everywhere", "--json")
    assert [(record["url"], record["origin"]) for record in ran.records] == [
        (site.url("/rss.xml"), "link"),
        (site.url("/news-1.xml"), "sitemap"),
    ]
    assert site.hits_on("/old.xml") == []


async def test_no_more_than_the_limit_is_asked(tmp_path: Path, site: Publisher) -> None:
    links = "".join(f'<a href="/rss/{number}">RSS</a>' for number in range(30))
    site.serve("/", f"<html><body>{links}</body></html>")
    for number in range(30):
        site.serve(f"/rss/{number}", rss(f"Part {number}", f"g{number}"))
    ran = await discover(tmp_path, site.url("/"), "--limit", "5")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1 + 4)  # the address itself counts
    assert ran.err == "26 more links may be feeds; ask them too: --limit 31\n"
    assert len([hit for hit in site.hits if hit.path.startswith("/rss/")]) == 4


async def test_where_nothing_is_the_reason_is_given(tmp_path: Path, site: Publisher) -> None:
    site.serve("/", "<html><body>Welcome</body></html>")
    ran = await discover(tmp_path, site.url("/"))
    assert (ran.code, ran.out) == (1, "")
    assert "its pages name no feed, and there is none at the usual addresses" in ran.err
    site.serve("/", '<html><link rel="alternate" type="application/rss+xml" href="/gone.xml"></html>')
    ran = await discover(tmp_path, site.url("/"))
    assert f"what its pages name as feeds cannot be read: {site.url('/gone.xml')}: the site has no such page" in ran.err


async def test_a_site_that_refuses_us_is_not_asked_again(tmp_path: Path, site: Publisher) -> None:
    site.serve("/", "no", status=403)
    ran = await discover(tmp_path, site.url("/"))
    assert ran.code == 1
    assert "refuses us (HTTP 403)" in ran.err
    assert len(site.hits) == 1


async def test_a_page_made_to_hurt_names_nothing(tmp_path: Path, site: Publisher) -> None:
    site.serve("/", "<html><body>" + "<div>" * 300_000 + '<a href="/x.rss">RSS</a>')
    ran = await discover(tmp_path, site.url("/"), "--json")
    assert ran.code == 1


@pytest.mark.parametrize("word", ["nonsense", "file:///etc/passwd", "https://user:hunter2@a.example/"])
async def test_what_is_no_address_is_wrong_use(tmp_path: Path, word: str) -> None:
    ran = await discover(tmp_path, word)
    assert (ran.code, ran.out) == (2, "")
    assert "hunter2" not in ran.err
