"""A made-up world of feeds for the simulation: who publishes when. Times are minutes since a Monday, 00:00 UTC."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from dataclasses import dataclass

DAY = 1_440.0
HISTORY_DAYS = 14
MEDIAN_RATE, SPREAD, MOST_RATE = 5.0, 1.8, 400.0  # entries a day: log-normal, cut off
DEAD, BATCHED = 0.08, 0.15  # shares of feeds that publish nothing, or all news of an hour at once
BURST_SHARE, BURST_SIZE, BURST_MINUTES = 0.2, 4.0, 30.0  # of the entries come in bursts of so many, within so long
WEEKEND = 0.5  # of a working day's entries
# Share of each hour, local time: least at 4, most at 10 to 17.
HOURS = tuple(max(0.15, 1 + 0.85 * math.sin((hour - 8) / 24 * 2 * math.pi)) for hour in range(24))
ZONES = (-8, -5, 0, 1, 3, 5.5, 8)  # hours from UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One feed: the minutes at which its entries appear, in order."""

    times: tuple[float, ...]

    def times_in(self, after: float, until: float) -> tuple[float, ...]:
        """Return when entries appeared in (after, until]."""
        return self.times[bisect_right(self.times, after) : bisect_right(self.times, until)]

    def count(self, after: float, until: float) -> int:
        """Return how many entries appeared in (after, until]."""
        return bisect_right(self.times, until) - bisect_right(self.times, after)

    def latest(self, now: float, most: int) -> tuple[float, ...]:
        """Return the times of the last entries before now: what the document holds."""
        end = bisect_right(self.times, now)
        return self.times[max(0, end - most) : end]


def sources(count: int, *, days: int, seed: int) -> list[Source]:
    """Return so many feeds with their entries of so many days."""
    rng = random.Random(seed)
    return [_source(rng, days) for _ in range(count)]


def _source(rng: random.Random, days: int) -> Source:
    if rng.random() < DEAD:
        return Source(times=())
    rate = min(MEDIAN_RATE * math.exp(rng.gauss(0, SPREAD)), MOST_RATE)
    shift = rng.choice(ZONES) * 60
    bursts = rng.random() < 0.5
    single = rate * (1 - BURST_SHARE) if bursts else rate
    moments = _moments(rng, single, days, shift)
    if bursts:
        for start in _moments(rng, rate * BURST_SHARE / BURST_SIZE, days, shift):
            size = 1 + int(rng.expovariate(1 / (BURST_SIZE - 0.5)))
            moments += [start + rng.uniform(0, BURST_MINUTES) for _ in range(size)]
    if rng.random() < BATCHED:
        minute = rng.randrange(60)
        moments = [math.ceil((moment - minute) / 60) * 60 + minute for moment in moments]
    return Source(times=tuple(sorted(moment for moment in moments if moment < days * DAY)))


def _moments(rng: random.Random, rate: float, days: int, shift: float) -> list[float]:
    """Return random times at `rate` a day in the mean of a week, more by day and on working days."""
    mean = (5 + 2 * WEEKEND) / 7 * sum(HOURS) / 24
    peak = max(HOURS) / mean * rate / DAY
    found, now = [], 0.0
    while peak and (now := now + rng.expovariate(peak)) < days * DAY:
        local = now + shift
        weekday = int(local // DAY) % 7
        chance = HOURS[int(local // 60) % 24] * (WEEKEND if weekday > 4 else 1) / max(HOURS)
        if rng.random() < chance:
            found.append(now)
    return found
