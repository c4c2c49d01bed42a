"""How long a failed delivery waits. Pure: the caller brings the randomness."""

from __future__ import annotations

import random
from datetime import timedelta

# 2 to this power times any sensible base is beyond any sensible ceiling, and larger powers overflow.
_LARGEST_POWER = 30


def backoff(attempts: int, *, base: timedelta, ceiling: timedelta, rng: random.Random) -> timedelta:
    """Return a random wait between nothing and `base` doubled once for each failed attempt, at most `ceiling`.

    Full jitter: after an outage the waiting deliveries come back spread out instead of all at once.

    Args:
        attempts: failed attempts before the present one, >= 0.
        base: the longest wait after the first failure.
        ceiling: the longest wait ever.
        rng: where the chance comes from.

    Source: M. Brooker, "Exponential Backoff and Jitter", AWS Architecture Blog, 2015.
    """
    factor: int = 2 ** min(max(attempts, 0), _LARGEST_POWER)
    return min(ceiling, base * factor) * rng.random()
