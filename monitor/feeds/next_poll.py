"""When a feed is polled next, and what a poll taught. Pure: the caller brings the time, the history and the chance."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from monitor.config.sections import PollSettings
from monitor.feeds.failures import is_unreadable_mark
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedState
from monitor.text import clean_line

WINDOW = timedelta(days=14)  # older entries say nothing about today's rate
FIRST_GUESS = timedelta(minutes=15)  # the longest wait of a feed whose rate is not known
JITTER = 0.1
TRANSIENT_CEILING = timedelta(hours=1)  # a feed must be back soon after the network is
RETRY_AFTER_CAP = timedelta(days=1)
NEVER = timedelta(days=3650)  # 410: polled again when the user acts

_DAY = timedelta(days=1)
_SMOOTHING_DAYS = 0.1  # keeps one entry of a minute ago from meaning 1 440 a day
_TYPICAL_ENTRIES = 20  # in a document; how far back a feed's last entries reach, by its rate


def after_poll(
    state: FeedState,
    result: PollResult,
    *,
    now: datetime,
    feed: Feed,
    settings: PollSettings,
    coefficient: float,
    rng: random.Random,
) -> tuple[FeedState, datetime]:
    """Return what the feed's state is after a poll, and when it is due again.

    Args:
        state: before the poll.
        result: what the poll brought.
        now: when it ended.
        feed: its `interval`, if set, stands instead of the computed one; only back-off and Retry-After are longer.
        settings: shortest and longest interval.
        coefficient: minutes a feed waits at half an entry a day, see `coefficient`.
        rng: for ±10 %, so that feeds polled together do not stay together.
    """
    learnt = _learn(state, result, now=now)
    base = feed.interval or poll_interval(
        learnt.entries_per_day,
        coefficient=coefficient,
        floor=settings.min_interval,
        ceiling=settings.max_interval,
    )
    wait = base
    if isinstance(result, PollFailed):
        if result.gone:
            return learnt, now + NEVER
        ceiling = TRANSIENT_CEILING if result.kind in ("unreachable", "server") else settings.max_interval
        wait = min(base * learnt.failures, max(ceiling, base))
    wait *= 1 + rng.uniform(-JITTER, JITTER)
    if feed.interval is None:
        wait = max(wait, settings.min_interval)
    if isinstance(result, PollFailed) and result.retry_after is not None:
        # Feeds of one host are told the same time; without a spread they would all come back at once for ever.
        wait = max(wait, min(result.retry_after, RETRY_AFTER_CAP) * (1 + rng.uniform(0, JITTER)))
    return learnt, now + wait


def poll_interval(
    entries_per_day: float | None, *, coefficient: float, floor: timedelta, ceiling: timedelta
) -> timedelta:
    """Return how long to wait before polling a feed again, floor <= wait <= ceiling.

    The wait falls with the square root of the feed's rate, which spends a fixed number of polls where they save most
    delay.

    Args:
        entries_per_day: >= 0; None for a feed not measured yet, which is taken as one a day, at most 15 minutes.
        coefficient: minutes, see `coefficient`.
        floor: shortest result.
        ceiling: longest result.

    Source: Sia, Cho & Cho, "Efficient Monitoring Algorithm for Fast News Alerts", TKDE 2007.
    """
    rate = 1.0 if entries_per_day is None else entries_per_day
    wait = timedelta(minutes=min(coefficient / math.sqrt(rate + 0.5), ceiling / timedelta(minutes=1)))
    if entries_per_day is None:
        wait = min(wait, FIRST_GUESS)
    return max(floor, min(wait, ceiling))


def coefficient(
    budget_per_hour: float,
    rates: Iterable[float | None],
    *,
    floor: timedelta = timedelta(0),
    ceiling: timedelta = timedelta(days=3650),
) -> float:
    """Return the coefficient of `poll_interval` with which all feeds together use the budget, in minutes.

    Args:
        budget_per_hour: polls of all feeds together, > 0.
        rates: entries per day of each feed, None if not measured.
        floor: of `poll_interval`: what feeds at the floor leave of the budget goes to the others.
        ceiling: of `poll_interval`: what feeds at the ceiling use too much is saved on the others.
    """
    # Rates that are nearly equal count as one, so that a million feeds cost no more than a hundred.
    weights = Counter(round(math.log2((1.0 if rate is None else rate) + 0.5), 1) for rate in rates)
    shortest, longest = floor / timedelta(minutes=1), ceiling / timedelta(minutes=1)

    def polls_per_hour(minutes: float) -> float:
        return sum(
            count * 60 / max(shortest, min(minutes / math.sqrt(2**weight), longest))
            for weight, count in weights.items()
        )

    # Halving the ratio, not the difference: the answer may be seconds or years.
    low, high = 1e-6, longest * math.sqrt(2 ** max(weights, default=0.0))
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if polls_per_hour(middle) > budget_per_hour else (low, middle)
    return high


def entries_per_day(entries: Iterable[Entry], now: datetime) -> float | None:
    """Return how many entries a day a document shows over at most the last 14 days; None if no entry has a date.

    A document holds only the newest entries, so they are counted over the time back to its oldest one.
    """
    dates = (entry.published or entry.updated for entry in entries)
    ages = [max(now - date, timedelta(0)) for date in dates if date is not None]
    if not ages:
        return None
    recent = sum(age <= WINDOW for age in ages)
    span = min(max(ages), WINDOW)
    return recent / (span / _DAY + _SMOOTHING_DAYS)


def quieter(rate: float, silent: timedelta) -> float:
    """Return a feed's rate, in entries a day, after `silent` more time without a change.

    As if its document held 20 entries, and they were now counted over that much more time.
    """
    if rate <= 0:
        return 0.0
    reach_days = min(WINDOW / _DAY, _TYPICAL_ENTRIES / rate)
    return rate / (1 + max(silent / _DAY, 0.0) / reach_days)


def _learn(state: FeedState, result: PollResult, *, now: datetime) -> FeedState:
    polled = replace(state, polls=state.polls + 1, first_polled=state.first_polled or now, last_polled=now)
    match result:
        case PollFailed():
            # After another kind of failure the words for an unreadable body are lost, so it is parsed again.
            kept = "" if is_unreadable_mark(state.body_hash) else state.body_hash
            return replace(
                polled,
                failures=state.failures + 1,
                error=result.reason,
                gone=result.gone,
                body_hash=result.body_hash or kept,
            )
        case NotModified():
            return _unchanged(polled, state, now=now)
        case SameBody():
            unchanged = _unchanged(polled, state, now=now)
            return replace(unchanged, etag=result.etag, last_modified=result.last_modified)
        case NewBody():
            return replace(
                polled,
                etag=result.etag,
                last_modified=result.last_modified,
                body_hash=result.body_hash,
                title=clean_line(result.parsed.title, 200),
                format=result.parsed.format,
                last_success=now,
                entries_per_day=entries_per_day(result.parsed.entries, now),
                failures=0,
                error="",
                gone=False,
            )
        case _:
            assert_never(result)


def _unchanged(polled: FeedState, before: FeedState, *, now: datetime) -> FeedState:
    rate = before.entries_per_day
    if rate is not None and before.last_polled is not None:
        rate = quieter(rate, now - before.last_polled)
    return replace(polled, last_success=now, entries_per_day=rate, failures=0, error="", gone=False)
