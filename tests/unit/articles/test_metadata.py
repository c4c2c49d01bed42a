import time
from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.metadata import Metadata, read_metadata

URL = "https://www.paper.example/2026/11/talks"


def read(head: str, *, url: str = URL, body: str = "") -> Metadata:
    return read_metadata(LexborHTMLParser(f"<html><head>{head}</head><body>{body}</body></html>", scripting=True), url)


def linked(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{fields}}}</script>'


def og(**tags: str) -> str:
    return "".join(f'<meta property="og:{name}" content="{content}">' for name, content in tags.items())


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        pytest.param(
            linked('"headline":"Talks &amp; pause"') + og(title="Other"), "", "Talks & pause", id="JSON-LD first"
        ),
        pytest.param(
            linked('"headline":"Talks resume in the…"') + og(title="Talks resume in the harbour"),
            "",
            "Talks resume in the harbour",
            id="a cut headline gives way",
        ),
        pytest.param(
            og(title="Talks resume | The Paper", site_name="The Paper"), "", "Talks resume", id="the site's name goes"
        ),
        pytest.param(
            og(title="Talks resume | Live", site_name="The Paper"), "", "Talks resume | Live", id="other tails stay"
        ),
        pytest.param(
            "<title>Paper - News</title>", "<h1>Talks <b>resume</b></h1>", "Talks resume", id="then the heading"
        ),
        pytest.param("<title>Talks resume</title>", "", "Talks resume", id="then the title element"),
        pytest.param("", "", "", id="no title at all"),
    ],
)
def test_the_title_comes_from_the_best_source(head: str, body: str, title: str) -> None:
    assert read(head, body=body).title == title


@pytest.mark.parametrize(
    ("head", "url", "moment"),
    [
        pytest.param(
            linked('"datePublished":"2026-11-24T06:40:00+01:00"'),
            URL,
            datetime(2026, 11, 24, 5, 40, tzinfo=UTC),
            id="JSON-LD to the minute",
        ),
        pytest.param(
            '<meta property="article:published_time" content="2026-11-24T05:40:00Z">',
            URL,
            datetime(2026, 11, 24, 5, 40, tzinfo=UTC),
            id="OpenGraph",
        ),
        pytest.param(
            '<meta name="DC.date.issued" content="2026-11-24">',
            URL,
            datetime(2026, 11, 24, tzinfo=UTC),
            id="Dublin Core, a day only",
        ),
        pytest.param(
            '<time datetime="2026-11-24T05:40Z">this morning</time>',
            URL,
            datetime(2026, 11, 24, 5, 40, tzinfo=UTC),
            id="a time element",
        ),
        pytest.param(
            linked('"datePublished":"soon"'),
            "https://paper.example/2026/11/24/talks",
            datetime(2026, 11, 24, tzinfo=UTC),
            id="the day in the address",
        ),
        pytest.param("", URL, None, id="no date at all"),
    ],
)
def test_the_date_comes_from_the_best_source(head: str, url: str, moment: datetime | None) -> None:
    assert read(head, url=url).published == moment


@pytest.mark.parametrize(
    ("link", "canonical"),
    [
        pytest.param(
            '<link rel="canonical" href="https://paper.example/talks">', "https://paper.example/talks", id="same site"
        ),
        pytest.param('<link rel="canonical" href="/talks">', "https://www.paper.example/talks", id="relative"),
        pytest.param(
            '<LINK REL="shortlink CANONICAL" HREF="/talks">', "https://www.paper.example/talks", id="capitals"
        ),
        pytest.param('<link rel="canonical" href="https://other.example/talks">', "", id="another site"),
        pytest.param('<link rel="canonical" href="https://paper.example/">', "", id="the home page is not the article"),
        pytest.param('<link rel="canonical" href="javascript:alert(1)">', "", id="no web address"),
        pytest.param(
            '<link rel="canonical" href="https://paper.example@evil.example/x">', "", id="a disguised address"
        ),
        pytest.param(
            '<noscript><img src="t.gif"></noscript><link rel="canonical" href="/talks">',
            "https://www.paper.example/talks",
            id="after a noscript in the head",
        ),
    ],
)
def test_the_canonical_address_is_believed_on_its_own_site_only(link: str, canonical: str) -> None:
    assert read(link).canonical == canonical


@pytest.mark.parametrize(
    ("url", "link", "canonical"),
    [
        pytest.param(
            "https://paper.example/world/ministers-meet-in-rome", "/world", "", id="the section is not the article"
        ),
        pytest.param("https://paper.example/world/talks", "/world/talks-2", "/world/talks-2", id="short names"),
        pytest.param(
            "https://paper.example/world/ministers-meet-in-rome",
            "/show?id=7",
            "/show?id=7",
            id="the article by a number",
        ),
        pytest.param(
            "https://paper-example.cdn.ampproject.org/c/s/paper.example/world/talks.amp",
            "https://paper.example/world/talks",
            "https://paper.example/world/talks",
            id="the publisher of a page in an AMP cache",
        ),
        pytest.param(
            "https://www.bbc.com/news/world-12345678",
            "https://www.bbc.co.uk/news/world-12345678",
            "https://www.bbc.co.uk/news/world-12345678",
            id="the publisher's other domain",
        ),
    ],
)
def test_a_canonical_address_leads_to_the_article(url: str, link: str, canonical: str) -> None:
    found = read(f'<link rel="canonical" href="{link}">', url=url).canonical
    assert found.removeprefix("https://paper.example" if canonical.startswith("/") else "") == canonical


def test_a_part_that_is_not_free_says_so_for_the_article() -> None:
    assert read(linked('"hasPart":[{"isAccessibleForFree":"False","cssSelector":".wall"}]')).free is False
    assert read(linked('"isAccessibleForFree":"http://schema.org/True"')).free is True
    assert read("").free is None


def test_markup_in_metadata_is_cleaned() -> None:
    found = read(
        linked('"headline":"<b>Talks</b>\\u202e","articleBody":"<p>One</p><p>Two</p>"') + og(description="a &lt;i&gt;b")
    )
    assert (found.title, found.body, found.description) == ("Talks", "One\nTwo", "a b")


def test_a_body_with_tags_escaped_twice_keeps_its_paragraphs() -> None:
    assert read(linked('"articleBody":"&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;"')).body == "One\nTwo"


def test_a_sites_name_behind_the_title_is_known_by_its_domain() -> None:
    assert read(og(title="Talks resume – Paper")).title == "Talks resume"
    assert read(og(title="Zinsen | Börsen-Zeitung"), url="https://www.boersen-zeitung.de/zinsen").title == "Zinsen"
    assert read(og(title="Talks resume – Papers")).title == "Talks resume – Papers"


@pytest.mark.parametrize(
    ("head", "section"),
    [
        pytest.param(linked('"articleSection":["Coast","World"]'), "Coast", id="structured data first"),
        pytest.param('<meta property="article:section" content="Coast">', "Coast", id="a meta tag"),
        pytest.param(
            '<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":['
            '{"item":{"name":"Home"}},{"name":"Coast"},{"name":"Talks"}]}</script>',
            "Coast",
            id="breadcrumbs below the home page",
        ),
        pytest.param(
            og(title="Talks") + '<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":['
            '{"name":"Home"},{"name":"Talks"}]}</script>',
            "",
            id="not the article's own crumb",
        ),
        pytest.param("", "", id="none"),
    ],
)
def test_a_section_is_found(head: str, section: str) -> None:
    assert read(head).section == section


@pytest.mark.parametrize(
    ("head", "keywords"),
    [
        pytest.param(linked('"keywords":"harbour, strike,,Strike"'), ("harbour", "strike"), id="a line of them"),
        pytest.param(linked('"keywords":["harbour",{"name":"strike"}]'), ("harbour", "strike"), id="a list"),
        pytest.param('<meta name="news_keywords" content="港口、罢工">', ("港口", "罢工"), id="other commas"),
        pytest.param(
            '<meta property="article:tag" content="harbour"><meta property="article:tag" content="strike">',
            ("harbour", "strike"),
            id="one tag each",
        ),
        pytest.param(f'<meta name="keywords" content="{"x" * 300}">', (), id="a sentence is none"),
    ],
)
def test_keywords_are_split_and_told_once(head: str, keywords: tuple[str, ...]) -> None:
    assert read(head).keywords == keywords


@pytest.mark.parametrize(
    ("head", "image"),
    [
        pytest.param(linked('"image":[{"url":"/a.jpg"}]'), "https://www.paper.example/a.jpg", id="relative"),
        pytest.param(
            linked('"image":"data:image/png;base64,x"') + og(image="https://cdn.example/b.jpg"),
            "https://cdn.example/b.jpg",
            id="the next where the first is no web address",
        ),
        pytest.param(og(image="javascript:alert(1)"), "", id="none that could harm"),
    ],
)
def test_the_image_is_a_web_address(head: str, image: str) -> None:
    assert read(head).image == image


def test_og_url_stands_in_for_a_missing_canonical_link() -> None:
    assert read(og(url="https://paper.example/talks")).canonical == "https://paper.example/talks"
    both = '<link rel="canonical" href="/">' + og(url="https://paper.example/talks")
    assert read(both).canonical == "https://paper.example/talks"


def test_a_locked_article_is_not_free() -> None:
    assert read('<meta property="article:content_tier" content="locked">').free is False
    assert read('<meta property="article:content_tier" content="free">').free is True


def test_the_types_of_the_article_are_told() -> None:
    assert read(linked('"headline":"Talks"')).types == {"newsarticle"}


def test_a_flood_of_tags_is_read_quickly() -> None:
    started = time.process_time()
    found = read('<meta property="og:title" content="Talks">' * 25_000)
    assert found.title == "Talks"
    assert time.process_time() - started < 2.0


def test_half_surrogate_pairs_never_come_out() -> None:
    lone = "\\ud800"
    found = read(
        linked(
            f'"headline":"Ta{lone}lks","author":"Jane{lone} Doe","keywords":["a{lone}"],"articleSection":"{lone}s",'
            f'"image":"/{lone}.jpg","articleBody":"b{lone}","description":"d{lone}","inLanguage":"{lone}"'
        )
    )
    assert str(found).encode()
    assert (found.title, found.authors, found.keywords, found.section) == ("Talks", ("Jane Doe",), ("a",), "s")


@pytest.mark.parametrize(
    ("html", "language"),
    [
        pytest.param('<html lang="de-AT">', "de-AT", id="the document"),
        pytest.param('<html xml:lang="de">', "de", id="as XHTML"),
        pytest.param(linked('"inLanguage":"de"'), "de", id="structured data"),
        pytest.param('<meta property="og:locale" content="pt_BR">', "pt-BR", id="a locale"),
        pytest.param('<meta http-equiv="Content-Language" content="de">', "de", id="a header in a tag"),
        pytest.param("", "", id="none"),
    ],
)
def test_a_page_claims_its_language_in_many_ways(html: str, language: str) -> None:
    assert read_metadata(LexborHTMLParser(html), URL).language == language
