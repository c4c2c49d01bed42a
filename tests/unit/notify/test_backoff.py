from __future__ import annotations

import random
from datetime import timedelta

import pytest

from monitor.notify.backoff import backoff

BASE = timedelta(seconds=5)
CEILING = timedelta(minutes=15)


class Highest(random.Random):
    """Draws what is nearly the greatest number there is."""

    def random(self) -> float:
        return 0.999999


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [
        pytest.param(0, 5, id="the first failure waits up to the base"),
        pytest.param(1, 10, id="the second twice as long"),
        pytest.param(3, 40, id="the fourth eight times"),
        pytest.param(7, 640, id="the eighth 128 times"),
        pytest.param(8, 900, id="then the ceiling holds"),
        pytest.param(100_000, 900, id="for ever"),
    ],
)
def test_wait_doubles_up_to_the_ceiling(attempts: int, seconds: int) -> None:
    wait = backoff(attempts, base=BASE, ceiling=CEILING, rng=Highest())
    assert wait.total_seconds() == pytest.approx(seconds, rel=1e-3)


def test_waits_are_spread_over_the_whole_span() -> None:
    rng = random.Random(7)
    waits = [backoff(3, base=BASE, ceiling=CEILING, rng=rng).total_seconds() for _ in range(1000)]
    assert min(waits) < 2
    assert max(waits) > 38
    assert 18 < sum(waits) / len(waits) < 22
