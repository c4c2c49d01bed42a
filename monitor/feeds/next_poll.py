"""When a feed is polled next. Pure: the caller brings the time, the history and the chance."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.config.sections import PollSettings
from monitor.feeds.learn import learn
from monitor.feeds.poll_result import PollFailed, PollResult
from monitor.feeds.rates import recounted
from monitor.feeds.websub import safety_wait
from monitor.model import Feed, FeedKey, FeedState

FIRST_GUESS = timedelta(minutes=15)  # the longest wait of a feed whose rate is not known
JITTER = 0.1
TRANSIENT_CEILING = timedelta(hours=1)  # a feed must be back soon after the network is
STATUS_CEILING = timedelta(days=1)  # a surprising number of feeds that answered 404 or 403 come back
TRANSIENT_SHARE = 0.5  # of a failure that passes by itself, in the back-off
RETRY_AFTER_CAP = timedelta(days=1)
NEVER = timedelta(days=3650)  # 410: polled again when the user acts

# A host that says "too many requests" and not for how long gets this pause for each failure in a row.
HOST_PAUSE, LONGEST_HOST_PAUSE = timedelta(minutes=2), timedelta(hours=1)
# How much more often than in proportion to its rate a feed is polled, by how often its entries end in alerts.
LEAST_WEIGHT, MOST_WEIGHT = 0.5, 4.0
_HALF_YIELD = 0.2  # alert weight an entry at which a feed has half of the extra weight

# New feeds start at once, up to so many a second, and at the very least within two seconds.
STARTS_PER_SECOND = 25
SHORTEST_SPREAD = timedelta(seconds=2)


def after_poll(
    state: FeedState,
    result: PollResult,
    *,
    now: datetime,
    feed: Feed,
    settings: PollSettings,
    coefficient: float,
    rng: random.Random,
    new: int | None = None,
    delays: Sequence[timedelta] = (),
    yield_: float = 0.0,
    full_texts: Sequence[bool] = (),
    pushed: int = 0,
    is_pushed: bool = False,
) -> tuple[FeedState, datetime]:
    """Return what the feed's state is after a poll, and when it is due again.

    Args:
        state: before the poll.
        result: what the poll brought.
        now: when it ended.
        feed: its `interval`, if set, stands instead of the computed one and of the publisher's wish; only back-off and
            Retry-After are longer.
        settings: shortest and longest interval, and how far the publisher's wish is followed.
        coefficient: minutes a feed waits at half an entry a day, see `coefficient`.
        rng: for ±10 %, so that feeds polled together do not stay together.
        new: how many entries were never seen before; None: those count whose dates say so.
        delays: from publication to now, of new entries whose dates can be believed.
        yield_: weight of the alerts that the new entries ended in, by severity.
        full_texts: for each page compared with the feed's text whether that had said all of it.
        pushed: how many entries came by pushes since the poll before; polls know them already.
        is_pushed: whether pushes bring the news, so that polls only look for what was lost.
    """
    learnt = learn(state, result, now=now, feed=feed, new=new, delays=delays, yield_=yield_, full_texts=full_texts)
    if pushed and learnt.entries_per_day is not None:
        # Else the feed would seem silent, and be asked once a day when its pushes end.
        learnt = replace(learnt, entries_per_day=recounted(learnt.entries_per_day, pushed, timedelta(0)))
    if learnt.gone:
        return learnt, now + NEVER
    base = feed.interval or poll_interval(
        learnt.entries_per_day,
        coefficient=coefficient,
        floor=settings.min_interval,
        ceiling=settings.max_interval,
        weight=poll_weight(learnt),
    )
    wait = base
    if isinstance(result, PollFailed):
        wait = back_off(base, result, failures=learnt.failures, longest=settings.max_interval)
    wait *= 1 + rng.uniform(-JITTER, JITTER)
    if feed.interval is None:
        if is_pushed and not isinstance(result, PollFailed):
            wait = max(wait, min(safety_wait(wait), settings.max_interval))
        wait = max(wait, settings.min_interval)
        # Not sooner than the publisher says that the document stays good; a little later, or a cache gives the old one.
        wish = min(learnt.fresh_for or timedelta(0), settings.publisher_wish_cap)
        wait = max(wait, wish * (1 + rng.uniform(0, JITTER)))
    if isinstance(result, PollFailed) and result.retry_after is not None:
        # Feeds of one host are told the same time; without a spread they would all come back at once for ever.
        wait = max(wait, min(result.retry_after, RETRY_AFTER_CAP) * (1 + rng.uniform(0, JITTER)))
    return learnt, now + wait


def back_off(base: timedelta, result: PollFailed, *, failures: int, longest: timedelta) -> timedelta:
    """Return how long a feed waits after its `failures`-th failed poll in a row, base <= wait.

    The wait grows in proportion to the failures; those that pass by themselves count half, and wait an hour at most. No
    feed is given up: at the end it is asked once a day.
    """
    if result.kind in ("unreachable", "server"):
        ceiling, count = TRANSIENT_CEILING, failures * TRANSIENT_SHARE
    elif result.kind in ("status", "blocked", "throttled"):
        ceiling, count = min(longest, STATUS_CEILING), float(failures)
    else:
        ceiling, count = longest, float(failures)
    return min(base * max(count, 1.0), max(ceiling, base))


def host_wait(result: PollResult, *, failures: int = 1) -> timedelta | None:
    """Return how long all feeds of the host should stay away after an answer, None if the host says nothing of it.

    Exact: the caller spreads the feeds behind it. `failures` counts the failed polls in a row, this one included.
    """
    if not isinstance(result, PollFailed):
        return None
    if result.retry_after is not None:
        return min(result.retry_after, RETRY_AFTER_CAP)
    if result.kind == "throttled":
        return min(HOST_PAUSE * max(failures, 1), LONGEST_HOST_PAUSE)
    return None


def poll_weight(state: FeedState) -> float:
    """Return how much a feed matters, 1/2 to 4, by how often its entries end in alerts; 1 while it is not measured.

    Bounded, for a feed that never alerted must not be the last to tell of what nobody expected.
    """
    if state.entries_per_day is None:
        return 1.0
    share = max(state.alert_yield, 0.0)
    return LEAST_WEIGHT + (MOST_WEIGHT - LEAST_WEIGHT) * share / (share + _HALF_YIELD)


def poll_interval(
    entries_per_day: float | None,
    *,
    coefficient: float,
    floor: timedelta,
    ceiling: timedelta,
    weight: float = 1.0,
) -> timedelta:
    """Return how long to wait before polling a feed again, floor <= wait <= ceiling.

    The wait falls with the square root of the feed's rate times its weight, which spends a fixed number of polls where
    they save most delay.

    Args:
        entries_per_day: >= 0; None for a feed not measured yet, which is taken as one a day, at most 15 minutes.
        coefficient: minutes, see `coefficient`.
        floor: shortest result.
        ceiling: longest result.
        weight: what a minute's delay of this feed costs, see `poll_weight`.

    Source: Sia, Cho & Cho, "Efficient Monitoring Algorithm for Fast News Alerts", TKDE 2007.
    """
    minutes = coefficient / math.sqrt(_need(entries_per_day, weight))
    wait = timedelta(minutes=min(minutes, ceiling / timedelta(minutes=1)))
    if entries_per_day is None:
        wait = min(wait, FIRST_GUESS)
    return max(floor, min(wait, ceiling))


def coefficient(
    budget_per_hour: float,
    rates: Iterable[float | None],
    *,
    weights: Iterable[float] | None = None,
    floor: timedelta = timedelta(0),
    ceiling: timedelta = timedelta(days=3650),
) -> float:
    """Return the coefficient of `poll_interval` with which all feeds together use the budget, in minutes.

    Args:
        budget_per_hour: polls of all feeds together, > 0.
        rates: entries per day of each feed, None if not measured.
        weights: of each feed, 1 without.
        floor: of `poll_interval`: what feeds at the floor leave of the budget goes to the others.
        ceiling: of `poll_interval`: what feeds at the ceiling use too much is saved on the others.
    """
    if weights is None:
        needs = (_need(rate, 1.0) for rate in rates)
    else:
        needs = (_need(rate, weight) for rate, weight in zip(rates, weights, strict=True))
    # Needs that are nearly equal count as one, so that a million feeds cost no more than a hundred.
    counts = Counter(round(math.log2(need), 1) for need in needs)
    shortest, longest = floor / timedelta(minutes=1), ceiling / timedelta(minutes=1)

    def polls_per_hour(minutes: float) -> float:
        """Return how many polls an hour a coefficient costs."""
        return sum(
            count * 60 / max(shortest, min(minutes / math.sqrt(2**need), longest)) for need, count in counts.items()
        )

    # Halving the ratio, not the difference: the answer may be seconds or years.
    low, high = 1e-6, longest * math.sqrt(2 ** max(counts, default=0.0))
    for _ in range(50):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if polls_per_hour(middle) > budget_per_hour else (low, middle)
    return high


def fit_budget(feeds: Iterable[Feed], states: Mapping[FeedKey, FeedState], settings: PollSettings) -> float:
    """Return the coefficient with which these feeds use the budget of the settings, in minutes.

    Feeds with an interval of their own take theirs first; the others share the rest, at least a tenth of the budget.
    """
    rates: list[float | None] = []
    weights: list[float] = []
    taken = 0.0
    unknown = FeedState()
    for feed in feeds:
        if feed.interval is not None:
            taken += timedelta(hours=1) / feed.interval
            continue
        state = states.get(feed.key, unknown)
        if not state.gone:
            rates.append(state.entries_per_day)
            weights.append(poll_weight(state))
    left = max(settings.budget - taken, settings.budget / 10)
    return coefficient(left, rates, weights=weights, floor=settings.min_interval, ceiling=settings.max_interval)


def first_spread(feeds: int, *, budget_per_hour: float) -> timedelta:
    """Return the time over which so many new feeds have their first polls.

    Two seconds for a short list: somebody waits for the first alert. A long one is spread in proportion, so that it is
    no burst, but no longer than the budget takes to poll each once.
    """
    by_budget = timedelta(hours=min(feeds / budget_per_hour, NEVER / timedelta(hours=1)))
    return max(SHORTEST_SPREAD, min(timedelta(seconds=feeds / STARTS_PER_SECOND), by_budget))


def first_wait(feed: FeedKey, spread: timedelta) -> timedelta:
    """Return how long a new feed waits for its first poll, within `spread` and always the same."""
    place = int.from_bytes(blake2b(feed.encode(), digest_size=4).digest(), "big")
    return spread * (place / 2**32)


def _need(entries_per_day: float | None, weight: float) -> float:
    return ((1.0 if entries_per_day is None else entries_per_day) + 0.5) * weight
