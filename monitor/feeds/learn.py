"""What a poll teaches about its feed. Pure: the caller brings the time and what became of the entries."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Literal, assert_never

from monitor.feeds.failures import is_unreadable_mark
from monitor.feeds.full_text import learn_full_text
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.feeds.rates import entries_per_day, first_counted, recounted
from monitor.feeds.validators import BELIEVE_AGAIN, caught_lying
from monitor.model import Feed, FeedState
from monitor.text import clean_line

Standing = Literal["new", "ok", "failing", "gone"]
"""How a feed does: new = never polled · failing = its last poll failed · gone = not polled any more."""

# A permanent redirect is believed when it was there on so many polls over so much time: a site under repair, a captive
# portal or a stolen host also answers 301.
BELIEVED_POLLS, BELIEVED_AFTER = 3, timedelta(days=1)
# Failed polls in a row after which the believed address is given up for the one that the user wrote.
LOST_POLLS = 3
FADING = 0.1  # weight of the newest delay in the typical one
YIELD_MEMORY = 50  # new entries after which an older alert's share in the yield has faded to a third
_SHORTEST = timedelta(seconds=1)


def learn(
    state: FeedState,
    result: PollResult,
    *,
    now: datetime,
    feed: Feed,
    new: int | None = None,
    delays: Sequence[timedelta] = (),
    yield_: float = 0.0,
    full_texts: Sequence[bool] = (),
) -> FeedState:
    """Return what is known of a feed after a poll.

    Args:
        state: before the poll.
        result: what the poll brought.
        now: when it ended.
        feed: its address is the one that redirects lead away from.
        new: how many entries were never seen before; None: those count whose dates say so.
        delays: from publication to now, of new entries whose dates can be believed.
        yield_: weight of the alerts that the new entries ended in, by severity.
        full_texts: for each page compared with the feed's text whether that had said all of it.
    """
    if isinstance(result, PollFailed):
        polled = replace(state, polls=state.polls + 1, first_polled=state.first_polled or now, last_polled=now)
        return _failed(polled, result, feed=feed, now=now)
    if new is None:
        new = _seemingly_new(state, result)
    # One copy for all: this runs for each "not modified", and a copy costs as much as all that is computed here.
    answered = replace(
        state,
        polls=state.polls + 1,
        first_polled=state.first_polled or now,
        last_polled=now,
        last_success=now,
        entries_per_day=_rate(state, result, new=new, now=now),
        fresh_for=result.fresh_for,
        typical_delay=typical_delay(state.typical_delay, delays),
        alert_yield=alert_yield(state.alert_yield, yield_, new=new),
        failures=0,
        failing_since=None,
        error="",
        error_hint="",
        error_kind="",
        gone=False,
        **_facts(state, result, now=now),
    )
    answered = learn_full_text(answered, full_texts, now=now)
    answered = _validated(answered, state, result, new=new, now=now)
    return _followed(answered, result.moved_to, feed=feed, now=now)


def _facts(state: FeedState, result: NotModified | SameBody | NewBody, *, now: datetime) -> dict[str, Any]:
    """Return what an answer itself says, by the names of FeedState."""
    match result:
        case NotModified():
            return {"not_modified": state.not_modified + 1}
        case SameBody():
            return {"etag": result.etag, "last_modified": result.last_modified}
        case NewBody():
            return {
                "etag": result.etag,
                "last_modified": result.last_modified,
                "body_hash": result.body_hash,
                "items_hash": result.items_hash,
                "title": clean_line(result.parsed.title, 200),
                "format": result.parsed.format,
                "last_read": now,
                "last_changed": now,
                "hub": result.parsed.hub,
                "topic": result.parsed.topic,
            }
        case _:
            assert_never(result)


def standing(state: FeedState) -> Standing:
    """Return in a word how a feed does."""
    if state.gone:
        return "gone"
    if state.failures:
        return "failing"
    return "ok" if state.polls else "new"


def typical_delay(before: timedelta | None, delays: Iterable[timedelta]) -> timedelta | None:
    """Return the typical delay with further ones taken in; None while there are none.

    It is a fading geometric mean, near the median: one entry that was listed a week late does not spoil it.
    """
    for delay in delays:
        seconds = max(delay, _SHORTEST).total_seconds()
        if before is None:
            before = timedelta(seconds=seconds)
        else:
            known = max(before, _SHORTEST).total_seconds()
            before = timedelta(seconds=known * math.exp(FADING * math.log(seconds / known)))
    return before


def alert_yield(before: float, weight: float, *, new: int) -> float:
    """Return how much alert weight an entry of the feed brings, with `new` further entries of `weight` taken in."""
    return (before * YIELD_MEMORY + weight) / (YIELD_MEMORY + new)


def _failed(polled: FeedState, result: PollFailed, *, feed: Feed, now: datetime) -> FeedState:
    # After another kind of failure the words for an unreadable body are lost, so it is parsed again.
    kept = "" if is_unreadable_mark(polled.body_hash) else polled.body_hash
    failed = replace(
        polled,
        failures=polled.failures + 1,
        failing_since=polled.failing_since or now,
        error=result.reason,
        error_hint=result.hint,
        error_kind=result.kind,
        gone=result.gone,
        body_hash=result.body_hash or kept,
    )
    # A throttled address is a good one.
    if failed.address and result.kind not in ("throttled", "server") and (result.gone or failed.failures >= LOST_POLLS):
        return replace(_at(failed, "", feed=feed), gone=False)
    return failed


def _validated(answered: FeedState, before: FeedState, result: PollResult, *, new: int, now: datetime) -> FeedState:
    """Return the state with what the answer says about the server's validators."""
    is_whole = isinstance(result, SameBody | NewBody) and result.is_whole
    last_whole = now if is_whole else before.last_whole
    if caught_lying(before, result, new=new):
        return replace(answered, last_whole=last_whole, validators_lie=True, lie_seen=now)
    is_old = before.lie_seen is not None and now - before.lie_seen >= BELIEVE_AGAIN
    do_lie = before.validators_lie and not is_old
    if (last_whole, do_lie) == (answered.last_whole, answered.validators_lie):
        return answered
    return replace(answered, last_whole=last_whole, validators_lie=do_lie)


def _followed(answered: FeedState, moved_to: str, *, feed: Feed, now: datetime) -> FeedState:
    """Return the state after permanent redirects to `moved_to`, "" for none."""
    if not moved_to or moved_to == (answered.address or feed.url):
        if not answered.new_address:
            return answered
        return replace(answered, new_address="", new_address_polls=0, new_address_since=None)
    if moved_to != answered.new_address:
        return replace(answered, new_address=moved_to, new_address_polls=1, new_address_since=now)
    polls, since = answered.new_address_polls + 1, answered.new_address_since or now
    if polls >= BELIEVED_POLLS and now - since >= BELIEVED_AFTER:
        return _at(answered, moved_to, feed=feed)
    return replace(answered, new_address_polls=polls, new_address_since=since)


def _at(state: FeedState, address: str, *, feed: Feed) -> FeedState:
    address = "" if address == feed.url else address
    return replace(state, address=address, new_address="", new_address_polls=0, new_address_since=None)


def _rate(before: FeedState, result: PollResult, *, new: int, now: datetime) -> float | None:
    """Return the entries a day: of the first document and of one that is all new by its dates, else by counting on."""
    if isinstance(result, NewBody) and (before.entries_per_day is None or _is_all_new(result, new)):
        by_dates = entries_per_day(result.parsed.entries, now)
        if by_dates is not None:
            return by_dates
    if before.last_success is None:
        return before.entries_per_day
    elapsed = now - before.last_success
    if before.entries_per_day is None:
        return first_counted(new, elapsed, now - (before.first_polled or now))
    return recounted(before.entries_per_day, new, elapsed)


def _is_all_new(result: NewBody, new: int) -> bool:
    """Return whether no entry of the document was known: it does not reach back to what we saw last."""
    entries = len(result.parsed.entries)
    return new >= entries >= len(result.items)


def _seemingly_new(before: FeedState, result: PollResult) -> int:
    if not isinstance(result, NewBody):
        return 0
    dates = (entry.published or entry.updated for entry in result.parsed.entries)
    return sum(before.last_success is None or (date is not None and date > before.last_success) for date in dates)
