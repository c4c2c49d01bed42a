"""Pages of our own in the layouts that sites use, in fourteen languages: text, headline, people, minute, verdict.

A page that differs only in what no reader sees must give the same text.
"""

from __future__ import annotations

from functools import cache

import pytest
from _pytest.mark.structures import ParameterSet  # pytest gives it no public name
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.extraction.score import overlap
from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from tests.support.layouts import (
    ALTERED,
    CHANGES,
    FRONTS,
    Change,
    Layout,
    MadePage,
    cases,
    made_page,
    made_pages,
)

ENOUGH = 0.95  # token F1
SAME = 0.97  # between two readings of one page: the standfirst may come or go

# What is known to fail, by test and page ("layout" in all languages or "layout-language"), and why.
TEXT: dict[str, str] = {
    "legal_words-zh": "a disclaimer longer than a short article is taken with it",
}
LINES: dict[str, str] = {}
FACTS: dict[str, str] = {}
VERDICT: dict[str, str] = {}


def pages(known: dict[str, str], *, fronts: bool = False) -> list[ParameterSet]:
    """Return the pages as parameters, those that are known to fail marked."""
    marked = []
    for layout, language in cases():
        name = f"{layout.__name__}-{language}"
        reason = known.get(name) or known.get(layout.__name__)
        marks = [pytest.mark.xfail(reason=reason, strict=False)] if reason else []
        if fronts or layout not in FRONTS:
            marked.append(pytest.param(layout, language, id=name, marks=marks))
    return marked


@cache
def read(layout: Layout, language: str) -> tuple[MadePage, ExtractedPage]:
    page = made_page(layout, language)
    return page, extract_page(PageInput(body=page.body, url=page.url))


def score(text: str, page: MadePage) -> float:
    """Return the token F1 of a text; the standfirst may be part of it or not."""
    return max(overlap(text, page.text).f1, overlap(text, f"{page.standfirst}\n{page.text}").f1)


@pytest.mark.parametrize(("layout", "language"), pages(TEXT))
def test_the_text_of_a_page_is_found(layout: Layout, language: str) -> None:
    page, found = read(layout, language)
    assert score(found.text, page) >= ENOUGH


@pytest.mark.parametrize(("layout", "language"), pages(LINES))
def test_paragraphs_keep_their_order_and_do_not_run_together(layout: Layout, language: str) -> None:
    page, found = read(layout, language)
    wanted = page.text.split("\n")
    places = [place for line in wanted if (place := f"\n{found.text}".find(f"\n{line[:40]}")) >= 0]
    assert len(places) >= min(0.9 * len(wanted), len(wanted) - 1)
    assert places == sorted(places)


@pytest.mark.parametrize(("layout", "language"), pages(FACTS))
def test_headline_people_and_minute_are_those_of_the_page(layout: Layout, language: str) -> None:
    page, found = read(layout, language)
    assert (found.title, found.authors or found.byline) == (page.title, page.authors)
    assert found.published == page.published


@pytest.mark.parametrize(("layout", "language"), pages(VERDICT, fronts=True))
def test_language_and_verdict_are_right(layout: Layout, language: str) -> None:
    page, found = read(layout, language)
    assert found.status in page.statuses
    assert found.language == page.language or layout in FRONTS


def test_made_pages_are_many_and_no_two_the_same() -> None:
    made = made_pages()
    assert len(made) > 300
    assert len({body for body, _, _ in made}) == len(made)
    assert all(url and text for _, url, text in made)


@given(
    layout=st.sampled_from(ALTERED),
    changes=st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4, unique=True),
    seed=st.integers(0, 2**16),
)
@settings(max_examples=60, deadline=None, derandomize=True)
def test_what_no_reader_sees_does_not_change_the_text(layout: Layout, changes: list[Change], seed: int) -> None:
    page, found = read(layout, "en")
    body = page.body
    for change in changes:
        body = change(body, seed)
    altered = extract_page(PageInput(body=body, url=page.url))
    assert overlap(altered.text, found.text).f1 >= SAME
    assert (altered.title, altered.published, altered.status) == (found.title, found.published, found.status)
