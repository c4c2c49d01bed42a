from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.feeds.discovery import (
    MAX_CANDIDATES,
    Candidate,
    common_addresses,
    header_links,
    in_order,
    indexed_sitemaps,
    is_comments,
    is_news_sitemap,
    looks_like_feed,
    read_links,
    robots_sitemaps,
)
from monitor.feeds.formats.format import Document

PAGE = """<!doctype html><html><head><base href="/news/">
<link rel="alternate" type="application/rss+xml" title="World &amp; more" href="world.xml">
<link rel='ALTERNATE home' type='application/atom+xml; charset=utf-8' href='//feeds.example.net/atom'>
<link rel="alternate" type="application/feed+json" href="https://www.example.org/feed.json#top">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/7">
<link rel="alternate" type="application/json+oembed" href="/oembed?url=x">
<link rel="alternate" hreflang="de" href="/de/">
<link rel="alternate stylesheet" type="text/css" href="/rss.css">
<link rel="feed" href="feed:https://www.example.org/plain">
<link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
</head><body>
<a href="/rss/asia">Asia</a> <a href="sport-rss.xml">Sport</a> <a href="/?feed=rss2">x</a>
<a href="/syndication">RSS feeds</a> <a href="/2026/how-to-feed-the-world">How to feed the world, says a new report</a>
<a href="/atomic-energy/">Atomic energy</a> <a href="/rss.png"><img src="x"></a> <a href="mailto:rss@e.org">RSS</a>
</body></html>"""


def read(page: str | bytes, url: str = "https://www.example.org/front/page") -> tuple[list[str], list[str]]:
    body = page if isinstance(page, bytes) else page.encode()
    links = read_links(Document(body=body, url=url, content_type="text/html"))
    return [found.url for found in links.declared], [found.url for found in links.anchors]


def test_declared_feeds_and_links_that_look_like_some_are_told_apart() -> None:
    assert read(PAGE) == (
        [
            "https://www.example.org/news/world.xml",
            "https://feeds.example.net/atom",
            "https://www.example.org/feed.json",
            "https://www.example.org/plain",
        ],
        [
            "https://www.example.org/rss/asia",
            "https://www.example.org/news/sport-rss.xml",
            "https://www.example.org/?feed=rss2",
            "https://www.example.org/syndication",
        ],
    )
    links = read_links(Document(body=PAGE.encode(), url="https://www.example.org/", content_type=""))
    assert links.declared[0] == Candidate(
        url="https://www.example.org/news/world.xml", origin="link", title="World & more"
    )


def test_a_page_of_links_gives_a_bounded_number() -> None:
    page = "".join(f'<a href="/rss/{number}">x</a>' for number in range(1_000))
    assert len(read(page)[1]) == MAX_CANDIDATES


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=400))
def test_any_bytes_give_links(body: bytes) -> None:
    read(b'<link rel=alternate type="application/rss+xml" href="' + body)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('</feed/>; rel="alternate"; type="application/rss+xml"; title="News, all"', ["https://e.org/feed/"]),
        ('<https://e.org/wp-json/>; rel="https://api.w.org/", </a.atom>; rel=alternate; type=application/atom+xml',
         ["https://e.org/a.atom"]),
        ('</feed/>; rel="self"', []),
        ("<", []),
        ("", []),
    ],
)  # fmt: skip
def test_headers_name_feeds(value: str, expected: list[str]) -> None:
    assert [found.url for found in header_links([value], "https://e.org/x")] == expected


def test_usual_addresses_are_those_of_the_section_and_the_front() -> None:
    urls = [found.url for found in common_addresses("https://e.org/world/?x=1")]
    assert urls[:4] == ["https://e.org/world/feed", "https://e.org/world/rss", "https://e.org/world/rss.xml",
                        "https://e.org/feed"]  # fmt: skip
    assert "https://e.org/feeds/posts/default" in urls
    assert common_addresses("https://e.org/a/page.html")[0].url == "https://e.org/feed"


def test_robots_names_sitemaps_those_of_news_first() -> None:
    text = "User-agent: *\nDisallow: /\n\nSitemap: https://e.org/sitemap.xml\nSITEMAP:/news-sitemap.xml\nSitemap: ftp://x\n"
    assert robots_sitemaps(text, "https://e.org/robots.txt") == (
        "https://e.org/news-sitemap.xml",
        "https://e.org/sitemap.xml",
    )


def test_a_sitemap_index_names_sitemaps_and_others_are_none() -> None:
    index = (
        b'<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc> https://e.org/a.xml?x=1&amp;y=2 </loc></sitemap>"
        b"<sitemap><loc><![CDATA[/news.xml]]></loc></sitemap></sitemapindex>"
    )
    assert indexed_sitemaps(index, "https://e.org/s") == ("https://e.org/a.xml?x=1&y=2", "https://e.org/news.xml")
    assert indexed_sitemaps(b"<urlset><url><loc>https://e.org/</loc></url></urlset>", "https://e.org/s") is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://e.org/sitemaps/news.xml", True),
        ("https://e.org/google-news-sitemap.xml", True),
        ("https://e.org/sitemap-2026-11.xml", False),
        ("https://news.e.org/sitemap.xml", False),
        ("https://e.org/news.xml.gz", False),
    ],
)
def test_news_sitemaps_are_known_by_their_names(address: str, expected: bool) -> None:
    assert is_news_sitemap(address) is expected


@pytest.mark.parametrize(
    "address",
    [
        *("/feed", "/world/feed/", "/rss.xml", "/rss2", "/index.xml", "/a/b.rss", "/news_atom.xml", "/x?format=rss"),
        *("https://feeds.e.org/top", "https://rss.e.org/", "/xml/rss/all.xml", "/rdf/rss-en-all", "/services/rss/x"),
    ],
)
def test_addresses_that_look_like_feeds(address: str) -> None:
    assert looks_like_feed(address, "")


@pytest.mark.parametrize(
    "address",
    ["/feedback", "/how-to-feed-cats", "/rss.png", "mailto:rss@e.org", "/atomic", "http://[", "/index.html"],
)
def test_addresses_that_do_not(address: str) -> None:
    assert not looks_like_feed(address, "")


def test_comments_are_known_and_asked_last_the_sites_own_first() -> None:
    assert is_comments("https://e.org/comments/feed/", "")
    assert is_comments("https://e.org/feed/", "Comments on: A")
    given_ = [
        Candidate(url="https://e.org/comments/feed/", origin="link"),
        Candidate(url="https://other.net/rss", origin="anchor"),
        Candidate(url="https://www.e.org/rss", origin="anchor"),
        Candidate(url="https://feeds.other.net/e", origin="link"),
        Candidate(url="https://e.org/rss", origin="link", title="the same"),
    ]
    assert [found.url for found in in_order(given_, address="https://e.org/")] == [
        "https://feeds.other.net/e",
        "https://www.e.org/rss",
        "https://other.net/rss",
        "https://e.org/comments/feed/",
    ]
