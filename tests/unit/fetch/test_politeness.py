"""Starts at one host are spaced, few requests run at once, other hosts go on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.errors import FetchTransient
from monitor.fetch.politeness import SWEEP_FROM, Politeness
from tests.support.clock import ManualClock

FIVE = timedelta(seconds=5)


class Waits:
    """Records the waits and moves the clock instead."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.clock.advance(timedelta(seconds=seconds))


def polite(clock: ManualClock, waits: Waits, *, slots: int = 2, own: str = "") -> Politeness:
    return Politeness(clock, slots, is_own=lambda host, _: host == own, sleep=waits)


async def test_the_second_start_at_a_host_waits_for_the_delay() -> None:
    clock = ManualClock()
    waits = Waits(clock)
    politeness = polite(clock, waits)
    async with politeness.turn("https://news.example/a", FIVE):
        pass
    clock.advance(timedelta(seconds=2))
    async with politeness.turn("https://NEWS.example:443/b", FIVE):
        pass
    assert waits.seconds == [3.0]


async def test_the_third_start_waits_for_the_second() -> None:
    clock = ManualClock()
    waits = Waits(clock)
    politeness = polite(clock, waits)
    for _ in range(3):
        async with politeness.turn("https://news.example/a", FIVE):
            pass
    assert waits.seconds == [5.0, 5.0]


async def test_each_request_brings_its_own_delay() -> None:
    clock = ManualClock()
    waits = Waits(clock)
    politeness = polite(clock, waits)
    async with politeness.turn("https://news.example/feed", FIVE):
        pass
    async with politeness.turn("https://news.example/page", timedelta(seconds=1)):
        pass
    assert waits.seconds == [1.0]


async def test_another_host_and_the_own_network_do_not_wait() -> None:
    clock = ManualClock()
    waits = Waits(clock)
    politeness = polite(clock, waits, own="127.0.0.1")
    for url in ("https://a.example/", "https://b.example/", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/"):
        async with politeness.turn(url, FIVE):
            pass
    assert waits.seconds == []
    assert politeness.hosts == 2


async def test_only_so_many_requests_are_in_flight_at_one_host() -> None:
    clock = ManualClock()
    politeness = polite(clock, Waits(clock), slots=2)
    inside = 0
    most = 0
    go = asyncio.Event()

    async def visit() -> None:
        nonlocal inside, most
        async with politeness.turn("https://news.example/", timedelta(0)):
            inside += 1
            most = max(most, inside)
            await go.wait()
            inside -= 1

    visits = [asyncio.create_task(visit()) for _ in range(5)]
    for _ in range(10):
        await asyncio.sleep(0)
    assert inside == 2
    go.set()
    await asyncio.gather(*visits)
    assert most == 2


async def test_a_cancelled_waiter_and_a_failed_visit_give_their_place_back() -> None:
    clock = ManualClock()
    politeness = polite(clock, Waits(clock), slots=1)
    url = "https://news.example/"
    async with politeness.turn(url, timedelta(0)):
        waiter = asyncio.create_task(politeness.turn(url, timedelta(0)).__aenter__())
        await asyncio.sleep(0)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
    with pytest.raises(ZeroDivisionError):
        async with politeness.turn(url, timedelta(0)):
            raise ZeroDivisionError
    async with asyncio.timeout(1), politeness.turn(url, timedelta(0)):
        pass


async def test_hosts_that_are_idle_long_enough_are_forgotten() -> None:
    clock = ManualClock()
    politeness = polite(clock, Waits(clock))
    async with politeness.turn("https://busy.example/", FIVE):
        for number in range(SWEEP_FROM - 1):
            async with politeness.turn(f"https://host{number}.example/", FIVE):
                pass
        assert politeness.hosts == SWEEP_FROM
        clock.advance(timedelta(seconds=6))
        async with politeness.turn("https://new.example/", FIVE):
            pass
        assert politeness.hosts == 2


class Gate:
    """Gives out starts for all who share it, as the store does."""

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)
        self.asked: list[tuple[str, timedelta]] = []

    async def __call__(self, host: str, delay: timedelta) -> timedelta:
        self.asked.append((host, delay))
        return timedelta(seconds=self.waits.pop(0))


async def test_a_shared_gate_gives_out_the_starts() -> None:
    clock, gate = ManualClock(), Gate(0, 3)
    waits = Waits(clock)
    politeness = Politeness(clock, 2, is_own=lambda *_: False, reserve=gate, sleep=waits)
    for _ in range(2):
        async with politeness.turn("https://news.example:8443/a", FIVE):
            pass
    async with politeness.turn("https://news.example:8443/a", None):  # reserved by whoever asks
        pass
    async with politeness.turn("https://news.example:8443/a", timedelta(0)):  # the second hop of one visit
        pass
    assert gate.asked == [("news.example:8443", FIVE)] * 2
    assert waits.seconds == [3]


async def test_a_start_that_was_reserved_before_needs_a_slot_only() -> None:
    clock = ManualClock()
    waits = Waits(clock)
    politeness = polite(clock, waits, slots=1)
    url = "https://news.example/"
    async with politeness.turn(url, FIVE):
        second = asyncio.create_task(politeness.turn(url, None).__aenter__())
        await asyncio.sleep(0)
        assert not second.done()
    await second
    assert waits.seconds == []


async def test_a_host_that_wants_to_be_left_alone_for_long_holds_nobody_up() -> None:
    clock, gate = ManualClock(), Gate(600, 0)
    waits = Waits(clock)
    politeness = Politeness(clock, 1, is_own=lambda *_: False, reserve=gate, sleep=waits)
    with pytest.raises(FetchTransient, match="wants to be left alone for 10m"):
        async with politeness.turn("https://news.example/a", FIVE):
            pass
    async with politeness.turn("https://news.example/a", FIVE):  # the slot is free again
        pass
    assert waits.seconds == []
