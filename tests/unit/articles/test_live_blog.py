"""A live blog as several articles."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.live_blog import own_fields, own_text, update_article
from monitor.model import Article, ArticleId, ArticleStatus, FeedKey, LiveUpdate
from monitor.stories.assign import article_addresses

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGE = "https://paper.example/live/strike"
FIRST = LiveUpdate(id="u1", title="Ships turn back", text="Two ships left the bay.\nThey head north.", published=NOON)
SECOND = LiveUpdate(id="u2", text="The owners ask for one more day of talks in the old town hall.")
BLOG = Article(
    id=ArticleId("b"),
    title="Strike: live",
    url=PAGE + "?from=rss",
    link=PAGE + "?from=rss",
    canonical_url=PAGE,
    summary="All of the day.",
    text="The dockers stand still.",
    published=NOON,
    modified=NOON,
    seen=NOON,
    language="en",
    status=ArticleStatus.LIVE,
    feed=FeedKey("paper"),
    source="The Paper",
    tags=("coast",),
    reason="a live blog",
    updates=(SECOND, FIRST),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "The dockers stand still.\nShips turn back\nTwo ships left …", "The dockers stand still.", id="title"
        ),
        pytest.param(
            "What we know.\nTWO SHIPS left the bay.\nMore.", "What we know.\nMore.", id="what follows an update"
        ),
        pytest.param("What we know.\nThey head north.", "What we know.", id="a later line, as the first is not there"),
        pytest.param(
            "One.\nTwo.\nThe owners ask for one more day of talks in the OLD town hall. And more.",
            "One.\nTwo.",
            id="cut",
        ),
        pytest.param("Nothing of the updates.\n\nAt all.", "Nothing of the updates.\n\nAt all.", id="no update"),
        pytest.param("Two ships left the bay.", "", id="nothing but updates"),
    ],
)
def test_a_blogs_own_text_stands_in_no_update(text: str, expected: str) -> None:
    assert own_text(text, BLOG.updates) == expected


@given(st.text(), st.lists(st.builds(LiveUpdate, id=st.just("x"), title=st.text(), text=st.text())))
def test_the_own_text_is_made_of_lines_of_the_text(text: str, updates: list[LiveUpdate]) -> None:
    lines = iter(text.split("\n"))
    own = own_text(text, updates)
    assert not own or all(line in lines for line in own.split("\n"))
    assert own_text(text, []) == text


def test_an_update_is_an_article_with_words_date_and_address_of_its_own() -> None:
    made = update_article(BLOG, FIRST)
    assert made == replace(
        BLOG,
        id=made.id,
        title="Ships turn back",
        url=f"{PAGE}?from=rss#u1",
        link="",
        canonical_url=f"{PAGE}#u1",
        summary="",
        text=FIRST.text,
        modified=None,
        status=ArticleStatus.FULL,
        reason="",
        updates=(),
    )
    assert (update_article(BLOG, SECOND).title, update_article(BLOG, SECOND).published) == ("Strike: live", None)


def test_an_update_has_the_same_id_each_time_and_no_other_has_it() -> None:
    first = update_article(BLOG, FIRST).id
    assert update_article(replace(BLOG, title="Another"), replace(FIRST, text="It was changed.")).id == first
    assert first not in (BLOG.id, update_article(BLOG, SECOND).id, update_article(replace(BLOG, id=first), FIRST).id)


@pytest.mark.parametrize(
    ("update", "url"),
    [
        pytest.param(replace(FIRST, url="https://paper.example/p/77"), "https://paper.example/p/77", id="a page"),
        pytest.param(replace(FIRST, url=PAGE + "#post-77"), PAGE + "#post-77", id="a place on the blog's page"),
        pytest.param(replace(FIRST, url=PAGE), f"{PAGE}?from=rss#u1", id="no more than the blog's page"),
        pytest.param(replace(FIRST, url="https://paper.example/"), f"{PAGE}?from=rss#u1", id="the front page"),
        pytest.param(replace(FIRST, id="3"), f"{PAGE}?from=rss#update-3", id="a number is a place on any page"),
        pytest.param(replace(FIRST, id="a b/ü"), f"{PAGE}?from=rss#a%20b%2F%C3%BC", id="an odd name"),
    ],
)
def test_an_updates_address_stands_for_it_alone(update: LiveUpdate, url: str) -> None:
    made = update_article(BLOG, update)
    assert made.url == url
    assert set(article_addresses(made)).isdisjoint(article_addresses(BLOG))


def test_a_headline_is_an_updates_own_only_if_it_has_one() -> None:
    assert own_fields(FIRST) == {"title", "text"}
    assert own_fields(SECOND) == {"text"}
