import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.bylines import choose_authors, clean_authors
from monitor.articles.page_tags import read_tags


@pytest.mark.parametrize(
    ("names", "authors"),
    [
        (["Jane Doe", "John Roe"], ("Jane Doe", "John Roe")),
        (["By Jane Doe and John Roe"], ("Jane Doe", "John Roe")),
        (["<b>Jane Doe</b> &amp; John Roe"], ("Jane Doe", "John Roe")),
        (["한서윤 and 오민재"], ("한서윤", "오민재")),
        (["Jane Doe, John Roe und Ann Poe"], ("Jane Doe", "John Roe", "Ann Poe")),
        (["Von Jane Doe, Paris"], ("Jane Doe",)),
        (["Jane Doe, political editor"], ("Jane Doe",)),
        (["Written by: Jane Doe"], ("Jane Doe",)),
        (["Doe, Jane"], ("Doe, Jane",)),
        (["desk@paper.example (Jane Doe)"], ("Jane Doe",)),
        (["Jane Doe <jane@paper.example>"], ("Jane Doe",)),
        (["https://www.facebook.example/jane"], ()),
        (["desk@paper.example"], ()),
        (["Jane Doe", "JANE DOE "], ("Jane Doe",)),
        (["Joe S."], ("Joe S.",)),
        (["记者：林小雨"], ("林小雨",)),
        (["배윤서, 이상민"], ("배윤서", "이상민")),
        (["José Ortega y Gasset"], ("José Ortega y Gasset",)),
        (["admin", "", " - "], ()),
        (["Evil\u202e\x1bName"], ("EvilName",)),
        (["x" * 5_000], ()),
    ],
)
def test_bylines_become_names(names: list[str], authors: tuple[str, ...]) -> None:
    assert clean_authors(names) == authors


def choose(linked: list[str], html: str) -> tuple[tuple[str, ...], bool]:
    tree = LexborHTMLParser(html)
    return choose_authors(linked, read_tags(tree), tree, ["The Paper", "paper.example"])


@pytest.mark.parametrize(
    ("linked", "html", "authors", "is_structured"),
    [
        pytest.param(
            ["Jane Doe"], '<meta name="author" content="John Roe">', ("Jane Doe",), True, id="structured data first"
        ),
        pytest.param(["Jane Doe", "The Paper"], "", ("Jane Doe",), True, id="not the publisher beside a person"),
        pytest.param(["Jane Doe", "Agency"], "", ("Jane Doe", "Agency"), True, id="an agency is an author"),
        pytest.param(
            ["The Paper"],
            '<h1>Talks</h1><p class="article__author">By Jane Doe</p>',
            ("Jane Doe",),
            False,
            id="a person in the byline goes before the publisher",
        ),
        pytest.param(["The Paper"], "<h1>Talks</h1>", ("The Paper",), True, id="the publisher where nobody else is"),
        pytest.param([], '<meta name="author" content="Jane Doe">', ("Jane Doe",), False, id="a meta tag"),
        pytest.param(
            [],
            '<div><p itemprop="author" itemscope>By <a itemprop="name">Jane Doe</a>, Paris</p></div>'
            '<div><p itemprop="author">Ann Poe</p></div>',
            ("Jane Doe",),
            False,
            id="microdata of the article, not of the next teaser",
        ),
        pytest.param([], '<a rel="author" href="/doe">Jane Doe</a>', ("Jane Doe",), False, id="a link to the author"),
        pytest.param(
            [],
            '<aside><b class="author">Ann Poe</b></aside><b class="author">Al Coe</b><h1>Talks</h1>'
            '<b class="comment-author">Reader</b><b class="post-byline">von Jane Doe</b>',
            ("Jane Doe",),
            False,
            id="the first byline below the headline",
        ),
        pytest.param(
            [],
            '<h1>Talks</h1><div class="byline">By <a href="/1">Jane Doe</a> <a href="/2">John Roe</a></div>',
            ("Jane Doe", "John Roe"),
            False,
            id="each link of a byline",
        ),
        pytest.param(
            [],
            '<h1>Talks</h1><div><p><a rel="author">Jane Doe</a></p><p><a rel="author">John Roe</a></p></div>'
            '<ul><li><a rel="author">Ann Poe</a></li></ul>',
            ("Jane Doe", "John Roe"),
            False,
            id="bylines side by side, not those of teasers",
        ),
        pytest.param(
            [], '<a class="p-author h-card">Jane Doe</a>', ("Jane Doe",), False, id="the author of an h-entry"
        ),
        pytest.param(
            [],
            '<meta name="twitter:data1" content="Jane Doe"><meta name="twitter:data2" content="4 minutes">',
            ("Jane Doe",),
            False,
            id="a card for social media",
        ),
        pytest.param([], '<p class="author">' + "About Jane. " * 50, (), False, id="a box about the author is no name"),
        pytest.param(
            [],
            '<h1>Talks</h1><p class="author">By Jane Doe Time: 4 min</p><h1>More</h1><p class="author">Ann Poe</p>',
            ("Jane Doe",),
            False,
            id="nothing but the name, of the first headline's byline",
        ),
        pytest.param(
            [], '<p class="byline">29. Juni 2026, 23:39 · von Jane Doe</p>', ("Jane Doe",), False, id="behind a date"
        ),
        pytest.param(
            [], '<p class="byline">Jane Doe 30 August 2026 4:45pm</p>', ("Jane Doe",), False, id="before a date"
        ),
        pytest.param([], "<p>Jane Doe</p>", (), False, id="nobody"),
    ],
)
def test_authors_come_from_the_surest_source(
    linked: list[str], html: str, authors: tuple[str, ...], is_structured: bool
) -> None:
    assert choose(linked, html) == (authors, is_structured)
