"""A change of words is an update; a change of what stands around them is none."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.content import LONGEST, content_digest
from monitor.model import Entry, FeedKey

REPORT = Entry(
    feed=FeedKey("f"),
    id="https://a.example/news/1",
    link="https://a.example/news/1?at_medium=RSS",
    title="Magnitude 6.4 earthquake shakes northern valley",
    summary='<p>Rescue teams reached <a href="https://a.example/places/valley">the valley</a> on Tuesday.</p>',
)


def digest(summary: str, *, title: str = REPORT.title) -> str:
    return content_digest(replace(REPORT, title=title, summary=summary))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("<p>Rescue teams<br>left.</p>", "Rescue   teams\nleft.", id="markup and spaces"),
        pytest.param("Rescue teams left", "RESCUE TEAMS “left”".replace("“", '"').replace("”", '"'), id="case, quotes"),
        pytest.param(
            '<img src="https://i.example/1.jpg?w=100">Teams left', '<img src="/2.jpg?token=7">Teams left', id="pictures"
        ),
        pytest.param(
            "Read https://a.example/1?utm_source=rss now", "Read https://a.example/1?utm_source=x now", id="tracking"
        ),
        pytest.param("Teams left. 12 comments", "Teams left. 1408 Comments", id="a counter of comments"),
        pytest.param("Points: 120 # Comments: 45", "Points: 7 # Comments: 4500", id="counters of Hacker News"),
        pytest.param("1 view, 1 like, 1 reply", "2 views, 20 likes, 3 replies", id="counters of a forum"),
        pytest.param("Teams left. Updated 12:30", "Teams left. Updated 18:05:11", id="the time of day"),
        pytest.param("Teams left. 5 minutes ago", "Teams left. 2 hours ago", id="the time since"),
        pytest.param("Teams&nbsp;left &amp; came", "Teams left & came", id="entities"),
    ],
)
def test_is_no_update(before: str, after: str) -> None:
    assert digest(before) == digest(after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("Rescue teams left", "Rescue teams left; dozens are missing", id="more text"),
        pytest.param("12 people are dead", "50 people are dead", id="another number"),
        pytest.param("Inflation is at 3.5 %", "Inflation is at 35 %", id="a decimal point"),
        pytest.param("The bill passed with 52 votes", "The bill passed with 48 votes", id="votes"),
        pytest.param("He sold 500 shares", "He sold 900 shares", id="shares"),
        pytest.param("Rates rise 25 points", "Rates rise 50 points", id="points"),
        pytest.param("They won 3:1", "They won 4:1", id="a score"),
        pytest.param("救援队抵达山谷", "救援队离开山谷", id="Chinese"),
        pytest.param("", "Rescue teams left", id="the first text"),
    ],
)
def test_is_an_update(before: str, after: str) -> None:
    assert digest(before) != digest(after)


def test_another_title_is_an_update() -> None:
    assert digest("x", title="Quake: 12 dead") != digest("x", title="Quake: 50 dead")
    assert digest("y", title="x") != digest("", title="xy")


def test_dates_links_and_authors_are_no_update() -> None:
    later = replace(
        REPORT,
        id="other",
        link="https://b.example/2",
        authors=("B",),
        categories=("c",),
        published=datetime(2026, 11, 24, tzinfo=UTC),
        updated=datetime(2026, 11, 25, tzinfo=UTC),
    )
    assert content_digest(REPORT) == content_digest(later)


def test_the_content_counts_before_the_summary() -> None:
    whole = replace(REPORT, content="<p>The whole report.</p>")
    assert content_digest(whole) == content_digest(replace(whole, summary="Another teaser"))
    assert content_digest(whole) != content_digest(REPORT)


@given(st.text())
def test_any_text_has_a_digest_of_six_characters(text: str) -> None:
    assert len(digest(text, title=text)) == 6


@pytest.mark.parametrize("part", ["<", "1", "1 ", ":", "&#1", "<a ", "comments: ", "12:", "http://", "_", "&amp"])
def test_no_text_takes_long(part: str) -> None:
    start = time.process_time()
    digest(part * LONGEST, title=part * LONGEST)
    assert time.process_time() - start < 0.5
