"""Which feeds are believed to carry whole articles."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.full_text import PROVEN, RECHECK, carries_whole_articles, is_check_due, learn_full_text
from monitor.model import FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("lessons", "is_believed"),
    [
        pytest.param([], False, id="nothing known"),
        pytest.param([True] * (PROVEN - 1), False, id="one page short of enough"),
        pytest.param([True] * PROVEN, True, id="enough in a row"),
        pytest.param([True, True, False] * 9, False, id="never enough in a row"),
        pytest.param([True] * 99 + [False], False, id="one page that said more"),
        pytest.param([False] + [True] * PROVEN, True, id="learnt again"),
    ],
)
def test_a_feed_is_believed_after_pages_in_a_row_that_said_nothing_more(lessons: list[bool], is_believed: bool) -> None:
    assert carries_whole_articles(learn_full_text(FeedState(), lessons, now=NOW)) is is_believed


@pytest.mark.parametrize(
    ("state", "is_due"),
    [
        pytest.param(FeedState(), False, id="one that is not believed is compared anyway"),
        pytest.param(FeedState(full_texts=PROVEN, full_text_checked=NOW - RECHECK + DAY), False, id="checked of late"),
        pytest.param(FeedState(full_texts=PROVEN, full_text_checked=NOW - RECHECK), True, id="checked a week ago"),
        pytest.param(FeedState(full_texts=PROVEN), True, id="no word of when"),
    ],
)
def test_a_believed_feed_is_checked_once_a_week(state: FeedState, is_due: bool) -> None:
    assert is_check_due(state, NOW) is is_due


@given(st.lists(st.booleans()), st.lists(st.booleans()))
def test_lessons_count_the_same_together_and_one_after_another(first: list[bool], then: list[bool]) -> None:
    together = learn_full_text(FeedState(), [*first, *then], now=NOW)
    assert together == learn_full_text(learn_full_text(FeedState(), first, now=NOW), then, now=NOW)


@given(st.lists(st.booleans(), min_size=1), st.datetimes(timezones=st.just(UTC)))
def test_only_what_was_right_since_the_last_contradiction_counts(lessons: list[bool], now: datetime) -> None:
    learnt = learn_full_text(FeedState(title="kept"), lessons, now=now)
    right = len(lessons) if all(lessons) else lessons[::-1].index(False)
    assert learnt == FeedState(title="kept", full_texts=right, full_text_checked=now)


@given(st.lists(st.booleans()))
def test_a_believed_feed_is_not_to_be_checked_right_after_a_lesson(lessons: list[bool]) -> None:
    assert not is_check_due(learn_full_text(FeedState(), lessons, now=NOW), NOW) or not lessons
