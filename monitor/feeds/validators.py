"""Whether a server's "not modified" can be believed, and when to ask without it. Pure.

Some servers and caches answer 304, or give the ETag of last week, although the feed has news. So each feed is read
whole once a day, and one that was caught is asked without validators.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from monitor.feeds.poll_result import NewBody, PollResult
from monitor.model import FeedState

WHOLE_EVERY = timedelta(days=1)
# A feed may be quiet for a night; when this many entries should have come since the last one, we look for ourselves.
ENTRIES_DUE = 10
LOOK_AGAIN = timedelta(hours=3)  # the least time between two such looks
BELIEVE_AGAIN = timedelta(days=7)  # since the last lie: the publisher may have mended the server
# Feeds list entries some time after the date that they give them, so a few with an older date prove nothing.
LATE, ENOUGH_LATE = timedelta(hours=1), 3


def wants_whole(state: FeedState, now: datetime) -> bool:
    """Return whether to ask for the document without validators this time."""
    if state.validators_lie or state.last_whole is None:
        return True
    age = now - state.last_whole
    return age >= WHOLE_EVERY or (age >= LOOK_AGAIN and _entries_due(state, now) >= ENTRIES_DUE)


def caught_lying(state: FeedState, result: PollResult, *, new: int) -> bool:
    """Return whether an answer proves that validators hide news.

    Args:
        state: before the poll; its validators are those that we would have sent.
        result: only the answer to a request without validators proves something.
        new: entries in it that were never seen before.
    """
    if not isinstance(result, NewBody) or not result.is_whole or not new:
        return False
    if not (state.etag or state.last_modified):
        return False
    # A server compares the ETag if it is sent one, and the date only without.
    would_match = result.etag == state.etag if state.etag else result.last_modified == state.last_modified
    return would_match or _hidden(state, result) >= ENOUGH_LATE


def _hidden(state: FeedState, result: NewBody) -> int:
    """Return how many entries were there already, by their dates, when the last poll brought nothing."""
    if state.last_changed is None or state.last_polled is None or state.last_success != state.last_polled:
        return 0
    if state.last_whole == state.last_polled:  # then we saw the document ourselves, and it held nothing new
        return 0
    published = (entry.published for entry in result.parsed.entries)
    return sum(date is not None and state.last_changed < date < state.last_polled - LATE for date in published)


def _entries_due(state: FeedState, now: datetime) -> float:
    if state.entries_per_day is None or state.last_changed is None:
        return 0.0
    return state.entries_per_day * ((now - state.last_changed) / timedelta(days=1))
