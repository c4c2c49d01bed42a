from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.articles.compose import Reading, absolute_link, article_id, compose_article
from monitor.articles.extract import ExtractedPage
from monitor.articles.feed_text import FeedText
from monitor.articles.page import without_headline
from monitor.model import Article, ArticleStatus, Entry, Feed, FeedKey

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20
FEED = Feed(key=FeedKey("paper"), url="https://paper.example/rss", source="The Paper", tags=("coast",), title="Paper")
ENTRY = Entry(
    feed=FeedKey("paper"),
    id="guid-1",
    link="https://paper.example/talks?utm_source=rss",
    title="Talks resume",
    authors=("Feed Author",),
    published=NOW - HOUR,
)
WORDS = FeedText(title="Talks resume", summary="Dockers met.", content="Dockers met.", language="en")
PAGE = ExtractedPage(
    status=ArticleStatus.FULL,
    url="https://paper.example/talks?utm_source=rss",
    canonical_url="https://paper.example/2026/talks",
    title="Talks resume in the harbour",
    description="From the page.",
    authors=("Page Author",),
    published=NOW - 2 * HOUR,
    modified=NOW - HOUR,
    language="de",
    text=LONG,
    extractor="trafilatura",
)


def compose(
    *, entry: Entry = ENTRY, words: FeedText = WORDS, page: ExtractedPage | None = PAGE, feed: Feed = FEED
) -> Article:
    reading = Reading(
        entry=entry, feed=feed, words=words, page=page, link=absolute_link(entry, feed), feed_title="Feed title"
    )
    return compose_article(reading, now=NOW, seconds=0.25)


def test_an_article_takes_each_field_from_its_best_source() -> None:
    assert compose() == Article(
        link="https://paper.example/talks?utm_source=rss",
        id=article_id("https://paper.example/2026/talks", otherwise=""),
        title="Talks resume",
        url="https://paper.example/talks?utm_source=rss",
        canonical_url="https://paper.example/2026/talks",
        summary="Dockers met.",
        text=LONG,
        authors=("Page Author",),
        published=NOW - HOUR,
        modified=NOW - HOUR,
        seen=NOW,
        language="de",
        status=ArticleStatus.FULL,
        extractor="trafilatura",
        feed=FeedKey("paper"),
        feed_title="Paper",
        source="The Paper",
        tags=("coast",),
        seconds=0.25,
    )


@pytest.mark.parametrize(
    "status", [ArticleStatus.BLOCKED, ArticleStatus.CONSENT, ArticleStatus.HOSTILE, ArticleStatus.UNREACHABLE]
)
def test_nothing_of_a_page_that_is_not_the_article_is_used(status: ArticleStatus) -> None:
    article = compose(
        page=replace(PAGE, status=status, text="Verify you are human. " * 100, url="https://wall.example/")
    )
    assert article.status is status
    assert article.text == ""
    assert article.summary == "Dockers met."
    assert article.url == "https://paper.example/talks?utm_source=rss"
    assert article.canonical_url == "https://paper.example/talks"
    assert article.authors == ("Feed Author",)
    assert article.language == "en"


def test_without_a_page_the_feeds_text_is_the_article() -> None:
    article = compose(page=None, words=replace(WORDS, content=LONG))
    assert (article.status, article.text, article.extractor) == (ArticleStatus.FEED, LONG, "feed")


def test_a_feed_that_says_more_than_its_page_is_believed() -> None:
    teaser = replace(PAGE, status=ArticleStatus.TEASER, text=LONG[:300])
    article = compose(page=teaser, words=replace(WORDS, content=LONG))
    assert (article.status, article.text) == (ArticleStatus.FEED, LONG)


def test_a_page_that_repeats_the_feeds_summary_is_a_teaser() -> None:
    article = compose(page=replace(PAGE, text=LONG[:400]), words=replace(WORDS, summary=LONG[:500], content=LONG[:500]))
    assert article.status is ArticleStatus.TEASER


@pytest.mark.parametrize(
    ("of_feed", "of_page", "title"),
    [
        pytest.param("Talks resume", "Other", "Talks resume", id="the feed's title first"),
        pytest.param("", "Talks resume", "Talks resume", id="the page's where the feed has none"),
        pytest.param(
            "Talks res…", "Talks resume at noon", "Talks resume at noon", id="the page's where the feed's is cut"
        ),
        pytest.param("", "", "Dockers met.", id="the summary where there is none at all"),
    ],
)
def test_the_title_is_the_feeds_unless_it_is_missing_or_cut(of_feed: str, of_page: str, title: str) -> None:
    assert compose(words=replace(WORDS, title=of_feed), page=replace(PAGE, title=of_page)).title == title


@pytest.mark.parametrize(
    ("of_feed", "of_page", "updated", "published"),
    [
        pytest.param(NOW - HOUR, NOW - 2 * HOUR, None, NOW - HOUR, id="the feed's date first"),
        pytest.param(None, NOW - 2 * HOUR, None, NOW - 2 * HOUR, id="the page's where the feed has none"),
        pytest.param(NOW + 3 * HOUR, NOW - 2 * HOUR, None, NOW - 2 * HOUR, id="a date in the future is none"),
        pytest.param(
            NOW - 800 * 24 * HOUR, NOW - 2 * HOUR, None, NOW - 2 * HOUR, id="a date years too old is a default"
        ),
        pytest.param(None, None, NOW - HOUR, NOW - HOUR, id="an update is better than nothing"),
        pytest.param(NOW + 3 * HOUR, NOW + 3 * HOUR, None, None, id="no date is later than now"),
    ],
)
def test_the_date_is_the_feeds_unless_it_cannot_be_true(
    of_feed: datetime | None, of_page: datetime | None, updated: datetime | None, published: datetime | None
) -> None:
    entry = replace(ENTRY, published=of_feed, updated=updated)
    assert compose(entry=entry, page=replace(PAGE, published=of_page)).published == published


def test_the_headline_is_not_repeated_at_the_head_of_the_text() -> None:
    assert without_headline("Talks resume\nDockers met.", "Talks resume!") == "Dockers met."
    assert without_headline("Talks are over\nDockers met.", "Talks resume") == "Talks are over\nDockers met."
    assert without_headline("Talks resume", "Talks resume") == "Talks resume"


def test_ways_to_one_address_give_one_id() -> None:
    tracked, plain = "https://www.paper.example/talks?utm_source=rss", "http://paper.example/talks#top"
    assert article_id(tracked, otherwise="x") == article_id(plain, otherwise="y")
    assert len(article_id(plain, otherwise="")) == 16


def test_a_front_page_is_no_identity() -> None:
    front = "https://paper.example/"
    assert article_id(front, otherwise="guid-1") != article_id(front, otherwise="guid-2")
    assert article_id(front, "https://paper.example/talks", otherwise="") == article_id(
        "https://paper.example/talks", otherwise=""
    )


def test_an_entry_without_a_link_is_known_by_its_guid_within_its_feed() -> None:
    entry = replace(ENTRY, link="")
    assert absolute_link(entry, FEED) == ""
    assert compose(entry=entry, page=None).id == article_id(otherwise="paper guid-1")
    assert compose(entry=replace(entry, feed=FeedKey("other")), page=None).id == article_id(otherwise="other guid-1")
    assert absolute_link(replace(entry, id="https://paper.example/7"), FEED) == "https://paper.example/7"


def test_a_source_without_a_name_is_its_site() -> None:
    assert compose(feed=replace(FEED, source="")).source == "paper.example"
    assert compose(feed=replace(FEED, title="")).feed_title == "Feed title"


@pytest.mark.parametrize(
    ("of_feed", "of_page", "page_is_day_only", "published", "is_day_only"),
    [
        pytest.param(None, NOW - 12 * HOUR, True, NOW - 12 * HOUR, True, id="the page's day"),
        pytest.param(
            NOW - HOUR, NOW - 12 * HOUR, True, NOW - HOUR, False, id="the feed's minute before the page's day"
        ),
        pytest.param(
            NOW - 12 * HOUR, NOW - HOUR, False, NOW - HOUR, False, id="the page's minute where the feed says midnight"
        ),
        pytest.param(
            NOW - 12 * HOUR, NOW - 50 * HOUR, False, NOW - 12 * HOUR, False, id="not the minute of another day"
        ),
    ],
)
def test_whether_it_is_only_a_day_follows_the_date_that_was_chosen(
    of_feed: datetime | None, of_page: datetime, page_is_day_only: bool, published: datetime, is_day_only: bool
) -> None:
    page = replace(PAGE, published=of_page, is_day_only=page_is_day_only)
    article = compose(entry=replace(ENTRY, published=of_feed), page=page)
    assert (article.published, article.is_day_only) == (published, is_day_only)


def test_a_change_before_the_publication_is_none() -> None:
    page = replace(PAGE, modified=NOW - 3 * HOUR)
    assert compose(page=page).modified is None
    assert compose(page=page, entry=replace(ENTRY, updated=NOW)).modified == NOW


@pytest.mark.parametrize(
    ("structured", "of_feed", "byline", "authors"),
    [
        pytest.param(("Page Author",), ("Feed Author",), (), ("Page Author",), id="the page's structured data first"),
        pytest.param((), ("Feed Author",), ("Jane Doe",), ("Feed Author",), id="the feed before a byline"),
        pytest.param(("The Paper",), ("Jane Doe",), (), ("Jane Doe",), id="a person before the publisher"),
        pytest.param((), ("paper",), ("Jane Doe",), ("Jane Doe",), id="a person before the feed itself"),
        pytest.param(("The Paper",), (), (), ("The Paper",), id="the publisher where nobody is named"),
        pytest.param((), (), (), (), id="nobody"),
    ],
)
def test_authors_are_people_where_any_are_named(
    structured: tuple[str, ...], of_feed: tuple[str, ...], byline: tuple[str, ...], authors: tuple[str, ...]
) -> None:
    page = replace(PAGE, authors=structured, byline=byline)
    assert compose(entry=replace(ENTRY, authors=of_feed), page=page).authors == authors
