import time
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.date_search import search_day
from monitor.articles.extract import PageInput, extract_page

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
STORY = "<p>" + "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20 + "</p>"
PAGE = f'<html><body><h2>Talks resume</h2>{STORY}<p class="date">23 Kasım 2026</p></body></html>'


def test_a_day_is_found_in_what_a_page_shows() -> None:
    assert search_day(LexborHTMLParser(PAGE), "", NOW) == datetime(2026, 11, 23, tzinfo=UTC)


def test_no_day_is_later_than_the_reading() -> None:
    later = '<html><body><p class="date">23 Aralık 2026</p></body></html>'
    assert search_day(LexborHTMLParser(later), "", NOW) is None


def test_a_flood_of_dates_is_cut() -> None:
    started = time.process_time()
    search_day(LexborHTMLParser("<p>2026-11-23 and 23.11.2026</p>" * 60_000), "", NOW)
    assert time.process_time() - started < 5.0


def test_the_search_is_left_where_the_feed_knows_the_date() -> None:
    page = PageInput(body=PAGE.encode(), url="https://paper.example/talks", now=NOW)
    dated = PageInput(body=PAGE.encode(), url="https://paper.example/talks", now=NOW, is_dated=True)
    searched = extract_page(page)
    assert (searched.published, searched.is_day_only) == (datetime(2026, 11, 23, tzinfo=UTC), True)
    assert extract_page(dated).published is None
