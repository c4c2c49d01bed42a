"""A simulated working day of many feeds under several rules for when a feed is polled next; ours by its real code.

Delay = time of the poll that shows an entry - its publication. Rules know only what their polls have shown.
"""

from __future__ import annotations

import heapq
import random
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import sqrt
from statistics import mean, quantiles
from typing import Protocol

from bench.polling.newsroom import DAY, HISTORY_DAYS, Source, sources
from bench.table import grid
from monitor.config.sections import PollSettings
from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.next_poll import after_poll, fit_budget
from monitor.feeds.poll_result import NewBody, NotModified, PollResult
from monitor.model import Entry, Feed, FeedKey, FeedState

FEEDS = 1_500
SEEDS = (1, 2, 3)
WARM_UP_DAYS = 3  # in which rules learn; the day that counts is the 15th, a Monday, after 14 days of history
DOCUMENT = 20  # entries that a feed's document holds
POLLS_A_DAY = 54  # a feed, that ours may use: its budget
TUNE_MINUTES = 10.0  # as the daemon does
START = datetime(2026, 11, 9, tzinfo=UTC)  # a Monday


class Rule(Protocol):
    """When a feed is polled next."""

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return how many minutes to wait after a poll at `now`, the last one having been at `before`."""
        ...


@dataclass(slots=True)
class Outcome:
    """What a day under a rule was like."""

    delays: list[float] = field(default_factory=list)  # minutes
    polls: int = 0
    empty: int = 0


def run() -> str:
    """Return a table of rules, means over some seeds."""
    worlds = [sources(FEEDS, days=HISTORY_DAYS + 1, seed=seed) for seed in SEEDS]
    rows = []
    for name, make in RULES.items():
        outcomes = [simulate(world, make(), seed=seed) for world, seed in zip(worlds, SEEDS, strict=True)]
        rows.append(_cells(name, outcomes))
        print(f"{name}: {rows[-1][1:]}", file=sys.stderr)
    entries = mean(sum(source.count(HISTORY_DAYS * DAY, 1e9) for source in world) for world in worlds)
    head = f"{FEEDS} feeds, {entries:,.0f} entries on the day, seeds {', '.join(map(str, SEEDS))}; minutes"
    columns = ("rule", "polls/feed/day", "mean", "p50", "p90", "p99", "polls that bring nothing")
    return f"{head}\n\n{grid(columns, rows)}"


def _cells(name: str, outcomes: Sequence[Outcome]) -> list[str]:
    delays = [delay for outcome in outcomes for delay in outcome.delays]
    cuts = quantiles(delays, n=100, method="inclusive")
    polls, empty = sum(outcome.polls for outcome in outcomes), sum(outcome.empty for outcome in outcomes)
    each = [mean(outcome.delays) for outcome in outcomes]
    shown = f"{mean(delays):.2f} ({min(each):.2f} to {max(each):.2f})"
    rate = polls / FEEDS / len(outcomes)
    return [name, f"{rate:.1f}", shown, *(f"{cuts[n - 1]:.1f}" for n in (50, 90, 99)), f"{empty / polls:.0%}"]


def simulate(world: Sequence[Source], rule: Rule, *, seed: int) -> Outcome:
    """Return what the day after the history is like under a rule."""
    rng = random.Random(seed)
    counted, end = HISTORY_DAYS * DAY, (HISTORY_DAYS + 1) * DAY
    start = counted - WARM_UP_DAYS * DAY
    outcome = Outcome()
    last = [-1.0] * len(world)
    due = [(start + rng.uniform(0, 60), number) for number in range(len(world))]
    heapq.heapify(due)
    while due[0][0] < end:
        now, number = due[0]
        source, before = world[number], last[number]
        if now >= counted:
            new = source.times_in(before, now)
            outcome.polls += 1
            outcome.empty += not new
            # An entry of yesterday that was published before the day is not of the day, though its poll is.
            outcome.delays += [now - moment for moment in new if moment >= counted]
        wait = rule.wait(number, source, before=before, now=now)
        last[number] = now
        heapq.heapreplace(due, (now + wait, number))
    # What the day's last polls did not show, the next ones will.
    for time, number in due:
        outcome.delays += [time - moment for moment in world[number].times_in(max(last[number], counted), end)]
    return outcome


class Ours:
    """Our rule, by the functions that the daemon calls: the first document's dates, then counting, and the budget."""

    def __init__(self, polls_a_day: float = POLLS_A_DAY) -> None:
        self._settings = PollSettings(budget=FEEDS * polls_a_day / 24)
        self._rng = random.Random(1)
        keys = [FeedKey(f"f{number}") for number in range(FEEDS)]
        self._feeds = [Feed(key=key, url=f"https://{key}.example/feed") for key in keys]
        self._states = {key: FeedState() for key in keys}
        self._tuned = -1e9
        self._coefficient = 0.0

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return what `after_poll` says."""
        if now - self._tuned >= TUNE_MINUTES:
            self._coefficient = fit_budget(self._feeds, self._states, self._settings)
            self._tuned = now
        key, at = self._feeds[feed].key, _moment(now)
        new = source.count(before, now) if before >= 0 else len(source.latest(now, DOCUMENT))
        state, due = after_poll(
            self._states[key],
            _result(source, new, now),
            now=at,
            feed=self._feeds[feed],
            settings=self._settings,
            coefficient=self._coefficient,
            rng=self._rng,
            new=new,
        )
        self._states[key] = state
        return (due - at) / timedelta(minutes=1)


def _result(source: Source, new: int, now: float) -> PollResult:
    if not new:
        return NotModified()
    document = source.latest(now, DOCUMENT)
    entries = tuple(Entry(feed=FeedKey(""), published=_moment(moment)) for moment in document[-new:])
    return NewBody(
        parsed=ParsedFeed(format="rss20", entries=entries),
        keys=(("",),) * len(entries),
        body_hash="",
        items=("",) * len(document),
    )


def _moment(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


class Fixed:
    """Every so many minutes."""

    def __init__(self, minutes: float) -> None:
        self._minutes = minutes

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return the fixed wait."""
        return self._minutes


class EntryFrequency:
    """miniflux's entry_frequency: a week divided by the entries of the last week and a factor, 5 minutes to a day."""

    def __init__(self, factor: float) -> None:
        self._factor = factor

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return a share of the mean gap."""
        entries = source.count(now - 7 * DAY, now)
        return min(max(7 * DAY / (entries * self._factor), 5), DAY) if entries else DAY


class HalfGap:
    """As CommaFeed: half the mean gap of the document's entries, 5 minutes to 4 hours; longer for silent feeds."""

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return half of the mean gap."""
        document = source.latest(now, DOCUMENT)
        if len(document) < 2 or now - document[-1] > HISTORY_DAYS * DAY / 2:
            return 240.0
        gap = (document[-1] - document[0]) / (len(document) - 1)
        return min(max(gap / 2, 5), 240)


class Feeling:
    """Half the wait after something new, one and a half times after nothing, 5 minutes to 2 hours."""

    def __init__(self) -> None:
        self._waits: dict[int, float] = {}

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return a wait that follows the last one."""
        factor = 0.5 if source.count(before, now) else 1.5
        self._waits[feed] = min(max(self._waits.get(feed, 60) * factor, 5), 120)
        return self._waits[feed]


class SquareRoot:
    """c / sqrt(entries a day of 14 days + 0.5) from the publisher's archive: what ours would do if it could see it."""

    def __init__(self, minutes: float) -> None:
        self._minutes = minutes
        self._rng = random.Random(1)

    def wait(self, feed: int, source: Source, *, before: float, now: float) -> float:
        """Return the wait, 2 minutes to a day, with our jitter."""
        rate = source.count(now - HISTORY_DAYS * DAY, now) / HISTORY_DAYS
        return max(2.0, min(self._minutes / sqrt(rate + 0.5), DAY) * self._rng.uniform(0.9, 1.1))


RULES: dict[str, Callable[[], Rule]] = {
    f"ours, budget {POLLS_A_DAY} polls a feed a day": Ours,
    "ours, budget 27": lambda: Ours(27),
    "the square root of 14 days' true rate, c = 90": lambda: SquareRoot(90),
    "fixed, 15 minutes": lambda: Fixed(15),
    "fixed, 26.7 minutes": lambda: Fixed(DAY / POLLS_A_DAY),
    "fixed, 30 minutes": lambda: Fixed(30),
    "fixed, 60 minutes": lambda: Fixed(60),
    "miniflux entry_frequency, factor 2": lambda: EntryFrequency(2),
    "miniflux entry_frequency, factor 4": lambda: EntryFrequency(4),
    "half the mean gap, 5 to 240 (as CommaFeed)": HalfGap,
    "halve on news, × 1.5 on none, 5 to 120": Feeling,
}
