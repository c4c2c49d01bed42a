from datetime import UTC, datetime

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.linked_data import LinkedData
from monitor.articles.page_tags import read_tags
from monitor.articles.published import PageTimes, read_times

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "https://paper.example/talks"


def read(html: str, *, url: str = URL, now: datetime | None = NOW) -> PageTimes:
    tree = LexborHTMLParser(html)
    tags = read_tags(tree)
    linked = LinkedData(tags.scripts, url)
    return read_times(tree, linked=linked, article=linked.article(), tags=tags, title="Talks resume", url=url, now=now)


def linked(fields: str) -> str:
    return f'<script type="application/ld+json">{{"@type":"NewsArticle",{fields}}}</script>'


def day(number: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, number, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("html", "published", "is_day_only"),
    [
        pytest.param(
            linked('"datePublished":"2026-11-23"') + '<meta name="date" content="2026-11-23T06:40:00Z">',
            day(23, 6, 40),
            False,
            id="another source knows the time of that day",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23T00:00:00+09:00"') + '<meta name="date" content="2026-11-23T06:40:00Z">',
            day(23, 6, 40),
            False,
            id="another source knows more than midnight",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23T00:00:00+09:00"'), day(22, 15), False, id="midnight where nobody does"
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23"') + '<time datetime="2026-11-20T06:40Z">',
            day(23),
            True,
            id="a time of another day is another thing's",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23T06:40:00"') + '<meta name="date" content="2026-11-23T06:40:00+02:00">',
            day(23, 4, 40),
            False,
            id="the zone stands at another source of the same time",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23T06:40:00","dateModified":"2026-11-23T09:00:00+01:00"'),
            day(23, 5, 40),
            False,
            id="the zone of the change is the zone of the publication",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-23T06:40:00"') + '<meta name="date" content="2026-11-23T08:40:00+02:00">',
            day(23, 6, 40),
            False,
            id="it was in UTC as another source shows",
        ),
        pytest.param(
            linked('"datePublished":"2026-11-24T20:00:00"'), day(24, 12), False, id="a place's time ahead of UTC"
        ),
        pytest.param(linked('"datePublished":"2026-11-25T20:00:00"'), None, False, id="a day ahead is no zone's doing"),
        pytest.param(linked('"datePublished":"2026-11-24T13:00:00Z"'), None, False, id="in the future with a zone"),
        pytest.param(linked('"datePublished":"2026-12-11"'), datetime(2026, 11, 12, tzinfo=UTC), True, id="swapped"),
        pytest.param(
            linked('"datePublished":"2026-12-11T08:00:00Z"') + '<meta name="date" content="2026-11-20T06:40:00Z">',
            day(20, 6, 40),
            False,
            id="not swapped where another source has a date that can be true",
        ),
        pytest.param(linked('"datePublished":"2026-11-25"'), day(24), True, id="a day that has not come in UTC"),
        pytest.param(
            '<span itemprop="datePublished" content="2026-11-23T06:40:00Z">today</span>',
            day(23, 6, 40),
            False,
            id="microdata",
        ),
        pytest.param(
            '<span property="schema:datePublished" content="2026-11-23T06:40:00Z">', day(23, 6, 40), False, id="RDFa"
        ),
        pytest.param(
            '<p class="date">1.1.2020 08:00</p><h1>Talks</h1><p class="date">Mo 23.11.26 | 14:07 Uhr</p>',
            day(23, 14, 7),
            False,
            id="a date in digits below the headline",
        ),
        pytest.param(
            '<time datetime="2026-11-20T06:40Z"></time><h1>Talks</h1><time datetime="2026-11-23T06:40Z"></time>',
            day(23, 6, 40),
            False,
            id="a time below the headline before a ticker above it",
        ),
        pytest.param(
            "<h1>Talks</h1><p>24.11.2026, 09.30 Jane Doe</p>", day(24, 9, 30), False, id="a short line at the headline"
        ),
        pytest.param('<p data-timestamp="1795416000000">', day(23, 6, 40), False, id="an epoch in an attribute"),
        pytest.param("<p>23.11.2026 14:07</p>", None, False, id="a date in the text is none"),
    ],
)
def test_the_date_is_to_the_minute_where_any_source_tells(
    html: str, published: datetime | None, is_day_only: bool
) -> None:
    found = read(html)
    assert (found.published, found.is_day_only) == (published, is_day_only)


def test_a_known_day_gets_the_time_beside_it_whatever_the_month_is_called() -> None:
    html = '<h1>Talks</h1><p class="meta_date">23. listopadu 2026, 15:25</p>'
    assert read(html, url="https://paper.example/2026/11/23/talks").published == day(23, 15, 25)


def test_the_headline_may_be_another_heading_than_the_first() -> None:
    logo = '<h1>The Paper</h1><p class="date">24.11.2026 09:00</p><h2>More</h2><p class="date">23.11.2026 08:00</p>'
    html = f'{logo}<h3>Coast: Talks resume</h3><div class="line">23.11.2026 14:07</div>'
    assert read(html + '<p class="date">23.11.2026 14:07</p>').published == day(23, 14, 7)


def test_day_and_month_are_exchanged_where_the_address_says_so() -> None:
    html = linked('"datePublished":"2026-04-03T08:00:00Z"')
    found = read(html, url="https://paper.example/2026/03/04/talks")
    assert found.published == datetime(2026, 3, 4, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("modified", "kept"),
    [
        pytest.param("2026-11-23T07:00:00Z", day(23, 7), id="later"),
        pytest.param("2026-11-22T07:00:00Z", None, id="before it was published"),
        pytest.param("2026-11-25T07:00:00Z", None, id="in the future"),
        pytest.param("2026-11-23T08:00:00", day(23, 7), id="in the zone of the publication"),
    ],
)
def test_a_change_comes_after_the_publication(modified: str, kept: datetime | None) -> None:
    html = linked(f'"datePublished":"2026-11-23T06:40:00+01:00","dateModified":"{modified}"')
    assert read(html).modified == kept


def test_without_a_time_of_reading_dates_are_as_the_page_has_them() -> None:
    assert read(linked('"datePublished":"2027-01-13"'), now=None).published == datetime(2027, 1, 13, tzinfo=UTC)
