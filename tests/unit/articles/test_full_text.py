"""What one entry and its page say of whether their feed carries whole articles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.articles.extract import ExtractedPage
from monitor.articles.full_text import could_be_whole, needs_page, recall, said_it_all
from monitor.model import ArticleStatus, FullText

LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20
SHORT = "The dockers returned to the table."
LINK = "https://paper.example/talks"


@pytest.mark.parametrize(
    ("text", "could_be"),
    [
        pytest.param(SHORT, False, id="a summary"),
        pytest.param(LONG, True, id="a long text"),
        pytest.param(LONG + "…", False, id="an ellipsis says that more is on the page"),
        pytest.param(LONG + "Read more »", False, id="so does read more"),
        pytest.param("王毅呼吁立即停火。" * 80, True, id="720 Chinese characters are an article"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_is_long_and_not_cut_could_be_all_of_an_article(text: str, could_be: bool) -> None:
    assert could_be_whole(text) is could_be


@pytest.mark.parametrize(
    ("full_text", "link", "text", "is_believed", "needed"),
    [
        pytest.param("auto", LINK, LONG, False, True, id="the first whole texts are compared with their pages"),
        pytest.param("auto", LINK, LONG, True, False, id="those of a feed that proved whole are not"),
        pytest.param("auto", LINK, SHORT, True, True, id="a short one always needs its page"),
        pytest.param("auto", LINK, LONG + "…", True, True, id="so does one that was cut"),
        pytest.param("fetch", LINK, LONG, True, True, id="the user may always want the page"),
        pytest.param("feed", LINK, SHORT, False, False, id="or never"),
        pytest.param("fetch", "", SHORT, False, False, id="without a link there is no page"),
    ],
)
def test_the_page_is_fetched_unless_the_feed_is_known_to_say_all(
    full_text: FullText, link: str, text: str, is_believed: bool, needed: bool
) -> None:
    assert needs_page(full_text, link=link, text=text, is_believed=is_believed) is needed


def page(text: str, status: ArticleStatus = ArticleStatus.FULL) -> ExtractedPage:
    return ExtractedPage(status=status, text=text)


@pytest.mark.parametrize(
    ("text", "read", "said_all"),
    [
        pytest.param(LONG, page(LONG), True, id="the same text"),
        pytest.param(LONG + SHORT * 9, page(LONG), True, id="the feed says more than the page"),
        pytest.param(LONG, page(LONG + "Our paper in your box."), True, id="the page adds a line of its own"),
        pytest.param(LONG, page(LONG * 2), False, id="half of the page"),
        pytest.param(LONG, page("Something else stands here, at length. " * 40), False, id="another text"),
        pytest.param(SHORT, page(LONG), None, id="nobody took that for the whole"),
        pytest.param(LONG, None, None, id="no page"),
        pytest.param(LONG, page("", ArticleStatus.UNREACHABLE), None, id="a page that is away"),
        pytest.param(LONG, page(SHORT, ArticleStatus.PAYWALLED), None, id="a page for subscribers"),
        pytest.param(LONG, page(SHORT, ArticleStatus.TEASER), None, id="a page with the beginning only"),
        pytest.param(LONG, page("", ArticleStatus.BLOCKED), None, id="a challenge"),
    ],
)
def test_the_feed_said_all_if_the_pages_words_are_in_its_text(
    text: str, read: ExtractedPage | None, said_all: bool | None
) -> None:
    assert said_it_all(text, read) is said_all


@pytest.mark.parametrize(
    ("wanted", "found", "share"),
    [
        pytest.param("a b c d", "D, c! b a e", 1.0, id="case, order and marks are nothing"),
        pytest.param("a a a a", "a", 0.25, id="repeats count"),
        pytest.param("王毅呼吁", "王毅", 0.5, id="of scripts without spaces each character"),
        pytest.param("", "a", 0.0, id="no words"),
    ],
)
def test_recall(wanted: str, found: str, share: float) -> None:
    assert recall(wanted, found) == share


@given(st.text(), st.text())
def test_recall_is_a_share_and_whole_for_what_is_contained(wanted: str, more: str) -> None:
    assert 0.0 <= recall(wanted, more) <= 1.0
    assert recall(wanted, f"{wanted} {more}") in (0.0, 1.0)
