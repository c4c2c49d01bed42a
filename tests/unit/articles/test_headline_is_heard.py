"""Whatever a page is worth: what title and summary alone would match is matched, and words of walls never are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles.compose import Reading, compose_article
from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.articles.feed_text import FeedText
from monitor.model import Article, ArticleStatus, Entry, Feed, FeedKey
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules
from tests.support.page_parts import URL, Labelled
from tests.support.verdict_pages import labelled_pages

RULES = """
rules:
  - {id: title, when: {title: ceasefire}}
  - {id: summary, when: {summary: corridor}}
  - {id: text, when: {text: sokuma}}
"""
TITLE, SUMMARY = "A ceasefire at last", "Both sides open a corridor to the north."
NOW = datetime(2026, 11, 24, 23, tzinfo=UTC)
NEVER_THE_ARTICLE = (*(ArticleStatus.BLOCKED, ArticleStatus.CONSENT, ArticleStatus.HOSTILE, ArticleStatus.UNREACHABLE),)
PAGES = labelled_pages()

Matched = Callable[[Article], set[str]]


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Matched:
    """Return a function that tells which rules hold for an article."""
    folder: Path = tmp_path_factory.mktemp("rules")
    (folder / "rules.yaml").write_text(RULES)
    rules, problems = read_rules([folder], channels=set())
    assert isinstance(rules, RuleSet), problems
    return lambda article: {match.rule.id for match in rules.match(article)}


def compose(page: ExtractedPage | None, *, content: str = "", summary: str = SUMMARY) -> Article:
    feed = Feed(key=FeedKey("paper"), url="https://paper.example/rss")
    entry = Entry(feed=feed.key, id="1", link=URL, title=TITLE, summary=summary)
    words = FeedText(title=TITLE, summary=summary, content=content or summary)
    reading = Reading(entry=entry, feed=feed, words=words, page=page, link=URL)
    return compose_article(reading, now=NOW, seconds=0)


WORDS = st.text(max_size=300)
ANY_PAGE = st.builds(
    ExtractedPage,
    status=st.sampled_from(ArticleStatus),
    url=st.sampled_from(["", URL, "https://consent.example/?to=1"]),
    canonical_url=st.sampled_from(["", URL]),
    title=WORDS,
    description=WORDS,
    text=WORDS.map(lambda words: f"{words}\nsokuma dorra vilim"),
    extractor=st.just("lexbor"),
    reason=WORDS,
)


@settings(max_examples=300, deadline=None)
@given(page=ANY_PAGE, content=WORDS)
def test_no_page_suppresses_what_the_headline_and_the_summary_say(
    matched: Matched, page: ExtractedPage, content: str
) -> None:
    article = compose(page, content=content)
    assert (article.title, article.summary) == (TITLE, SUMMARY)
    heard = matched(article)
    assert {"title", "summary"} <= heard
    assert "text" not in heard or page.status not in NEVER_THE_ARTICLE


@pytest.mark.parametrize("labelled", PAGES, ids=[page.name for page in PAGES])
def test_each_wall_and_article_leaves_the_headline_to_the_rules(matched: Matched, labelled: Labelled) -> None:
    page = extract_page(PageInput(body=labelled.html.encode(), url=URL, now=NOW, detect_language=False))
    article = compose(page)
    assert {"title", "summary"} <= matched(article)
    assert not labelled.never or labelled.never not in f"{article.title} {article.summary} {article.text}"
