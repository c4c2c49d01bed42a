"""Verdicts on whole pages, walls and articles in many languages: each gets the one it deserves."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.model import ArticleStatus
from tests.support.page_parts import URL, Labelled
from tests.support.verdict_pages import labelled_pages

PAGES = labelled_pages()
NOW = datetime(2026, 11, 24, 23, tzinfo=UTC)
NON_JOINER = "\u200c"  # may be lost in extraction


def read(page: Labelled) -> ExtractedPage:
    return extract_page(PageInput(body=page.html.encode(), url=URL, now=NOW, detect_language=False))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_a_page_gets_the_verdict_it_deserves(page: Labelled) -> None:
    found = read(page)
    assert (found.status, found.reason != "") == (page.status, page.status is not ArticleStatus.FULL), found.reason
    assert page.keeps.replace(NON_JOINER, "") in found.text.replace(NON_JOINER, "")
    assert not page.never or page.never not in f"{found.title} {found.text}"


def test_the_set_has_every_verdict_and_as_many_articles_as_walls() -> None:
    counts = Counter(page.status for page in PAGES)
    assert len(PAGES) >= 100
    assert min(counts[status] for status in ArticleStatus if status in counts) >= 4
    assert counts[ArticleStatus.FULL] >= 40
