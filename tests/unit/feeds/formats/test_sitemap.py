"""Sitemaps: what is news in them, and what is bounded."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from monitor.errors import FeedMalformed
from monitor.feeds.formats.format import Document, ParsedFeed, Part
from monitor.feeds.formats.sitemap import MAX_NEWEST, MAX_PARTS
from monitor.feeds.parse import Identified, NothingNew, Request, parse_document, read_document
from monitor.model import Entry, FeedKey

NEWS = """<?xml version="1.0" encoding="UTF-8"?><!-- made by <b>us</b> -->
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">{}</urlset>"""
PAGE = """<url><loc>https://gulf.example/1?a=1&amp;b=2</loc><lastmod>2026-11-24T13:00:00+01:00</lastmod><image:image>
<image:title>A picture</image:title></image:image><n:news><n:publication><n:name>Gulf Courier</n:name><n:language>en
</n:language></n:publication><n:publication_date>2026-11-24</n:publication_date>
<n:title><![CDATA[Truce & talks]]></n:title><n:keywords>War, Peace,</n:keywords></n:news></url>"""


def parse(body: str | bytes) -> ParsedFeed:
    return parse_document(
        Document(body=body.encode() if isinstance(body, str) else body, url="https://gulf.example/news.xml")
    )


def pages(*dates: str) -> str:
    rows = (f"<url><loc>/{number}</loc><lastmod>{date}</lastmod></url>" for number, date in enumerate(dates))
    return f"<urlset>{''.join(rows)}</urlset>"


def test_a_news_sitemap_gives_entries_with_all_that_it_says() -> None:
    assert parse(NEWS.format(PAGE)) == ParsedFeed(
        format="news-sitemap",
        title="Gulf Courier",
        language="en",
        entries=(
            Entry(
                feed=FeedKey(""),
                link="https://gulf.example/1?a=1&b=2",
                title="Truce & talks",
                published=datetime(2026, 11, 24, tzinfo=UTC),
                updated=datetime(2026, 11, 24, 12, tzinfo=UTC),
                categories=("War", "Peace"),
                language="en",
            ),
        ),
    )


def test_pages_without_news_are_left_out_of_a_news_sitemap() -> None:
    feed = parse(NEWS.format(PAGE + "<url><loc>https://gulf.example/imprint</loc><lastmod>2026-11-24</lastmod></url>"))
    assert len(feed.entries) == 1


def test_of_a_plain_sitemap_the_pages_are_taken_that_changed_last() -> None:
    feed = parse(pages("2026-11-24T10:00:00Z", "2026-11-21", "", "2026-11-23", "nonsense 99"))
    assert feed.format == "sitemap"
    assert [entry.link for entry in feed.entries] == ["https://gulf.example/0", "https://gulf.example/3"]


def test_a_sitemap_without_dates_is_named() -> None:
    with pytest.raises(FeedMalformed, match="does not say when its pages were changed"):
        parse("<urlset><url><loc>https://gulf.example/</loc></url></urlset>")


def test_a_huge_sitemap_gives_its_newest_pages() -> None:
    feed = parse(pages(*(f"2026-11-24T{number % 24:02}:00:00Z" for number in range(10_000))))
    assert len(feed.entries) == MAX_NEWEST
    assert min(entry.updated for entry in feed.entries if entry.updated) >= datetime(2026, 11, 24, 19, tzinfo=UTC)


def test_a_list_of_sitemaps_names_its_newest_parts() -> None:
    body = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
    <sitemap><loc>https://gulf.example/old.xml</loc><lastmod>2020-01-01</lastmod></sitemap>
    <sitemap><loc>https://gulf.example/pages.xml</loc></sitemap>
    <sitemap><loc>https://gulf.example/news.xml.gz</loc></sitemap>
    <sitemap><loc>/today.xml</loc><lastmod>2026-11-24T12:00:00Z</lastmod></sitemap>
    <sitemap><loc>javascript:x</loc></sitemap></sitemapindex>"""
    assert parse(body).parts == (
        Part(url="https://gulf.example/today.xml", changed=datetime(2026, 11, 24, 12, tzinfo=UTC)),
        Part(url="https://gulf.example/old.xml"),
        Part(url="https://gulf.example/news.xml.gz"),
        Part(url="https://gulf.example/pages.xml"),
    )
    many = "".join(f"<sitemap><loc>/{number}.xml</loc></sitemap>" for number in range(1_000))
    assert len(parse(f"<sitemapindex>{many}</sitemapindex>").parts) == MAX_PARTS


def test_a_packed_sitemap_is_unpacked_within_bounds() -> None:
    assert parse(gzip.compress(NEWS.format(PAGE).encode())).title == "Gulf Courier"
    with pytest.raises(FeedMalformed, match="unpacks to more than 20 MiB"):
        parse(gzip.compress(bytes(30 * 2**20)))
    with pytest.raises(FeedMalformed, match="broken gzip"):
        parse(b"\x1f\x8bnonsense")


def test_known_pages_are_not_read_again() -> None:
    first, second = PAGE, PAGE.replace("/1?", "/2?")
    whole = read_document(Request(document=Document(body=NEWS.format(first).encode())))
    assert isinstance(whole, Identified)
    known = frozenset(whole.items)
    more = read_document(Request(document=Document(body=NEWS.format(second + first).encode()), known=known))
    assert isinstance(more, Identified)
    assert [entry.link for entry in more.parsed.entries] == ["https://gulf.example/2?a=1&b=2"]
    assert len(more.items) == 2
    again = read_document(Request(document=Document(body=NEWS.format(first).encode()), known=known))
    assert again == NothingNew(items=whole.items)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<urlset><url>", "broken sitemap"),
        ("<urlset>" + "<url/>" * 50_001 + "</urlset>", "more than 50000 entries"),
        (
            "<!DOCTYPE u [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><urlset><url/></urlset>",
            "entities of its own",
        ),
    ],
)
def test_bad_sitemaps_are_refused_in_words(body: str, reason: str) -> None:
    with pytest.raises(FeedMalformed, match=reason):
        parse(body)
