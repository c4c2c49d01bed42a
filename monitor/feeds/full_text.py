"""Which feeds carry whole articles, so that their pages need not be fetched: learnt page by page. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from monitor.model import FeedState

PROVEN = 5  # pages in a row that said nothing more, after which the feed is believed
RECHECK = timedelta(days=7)  # so often a page of a believed feed is compared again: publishers change their minds


def carries_whole_articles(state: FeedState) -> bool:
    """Return whether a feed has proven to carry whole articles."""
    return state.full_texts >= PROVEN


def is_check_due(state: FeedState, now: datetime) -> bool:
    """Return whether a page of a believed feed is to be compared with the feed's text again."""
    if not carries_whole_articles(state):
        return False
    return state.full_text_checked is None or now - state.full_text_checked >= RECHECK


def learn_full_text(state: FeedState, lessons: Iterable[bool], *, now: datetime) -> FeedState:
    """Return what is known of a feed after pages were compared with its text.

    Args:
        state: before.
        lessons: for each page in turn whether the feed's text had said all of it; one that had not starts all anew.
        now: when they were compared.
    """
    for said_all in lessons:
        state = replace(state, full_texts=state.full_texts + 1 if said_all else 0, full_text_checked=now)
    return state
