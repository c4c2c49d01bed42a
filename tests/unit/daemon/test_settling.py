"""Ends of claims are gathered, and each poll hears its own answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from monitor.daemon.settling import Settler
from monitor.errors import StoreUnavailable
from monitor.model import FeedKey
from monitor.store.feed_state import Claim, Settlement
from tests.support.clock import ManualClock

LATER = ManualClock().now() + timedelta(hours=1)


def an_end(number: int) -> Settlement:
    return Settlement(claim=Claim(feed=FeedKey(f"h{number}.example-1"), token="t"), due=LATER)


class Store:
    """Settles what has an even number, and counts the round trips."""

    def __init__(self) -> None:
        self.trips: list[int] = []
        self.is_away = False

    async def settle(self, ends: Sequence[Settlement]) -> list[bool]:
        self.trips.append(len(ends))
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailable("nobody answers")
        return [int(end.claim.feed[1]) % 2 == 0 for end in ends]


async def test_polls_that_end_together_are_settled_in_one_trip_and_hear_their_own_answers() -> None:
    store = Store()
    settler = Settler(store.settle)
    answers = await asyncio.gather(*(settler.end(an_end(number)) for number in range(5)))
    assert answers == [True, False, True, False, True]
    assert store.trips == [5]
    assert await settler.end(an_end(2))
    assert store.trips == [5, 1]


async def test_an_outage_is_told_to_each() -> None:
    store = Store()
    store.is_away = True
    settler = Settler(store.settle)
    answers = await asyncio.gather(*(settler.end(an_end(number)) for number in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    store.is_away = False
    assert await settler.end(an_end(0))


async def test_a_poll_that_is_cut_short_takes_nobody_with_it() -> None:
    settler = Settler(Store().settle)
    first, second = (asyncio.create_task(settler.end(an_end(number))) for number in (0, 2))
    await asyncio.sleep(0)
    first.cancel()
    assert await second
    with pytest.raises(asyncio.CancelledError):
        await first
