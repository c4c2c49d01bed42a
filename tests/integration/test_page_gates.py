"""Hosts that refuse their articles' pages, and texts that stand on many of them: remembered for all daemons."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import NamedTuple

import pytest

from monitor.store.connect import connect
from monitor.store.keys import Keys
from monitor.store.page_gates import FIRST_WAIT, LONGEST_WAIT, MOST_TEXTS
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import repeating_store

NOW = timedelta(0)
HOST = "a.example"
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


class Two(NamedTuple):
    """Two daemons on one store."""

    one: Store
    other: Store


@pytest.fixture(params=[False, True], ids=["every answer arrives", "every first answer is lost"])
async def daemons(
    request: pytest.FixtureRequest, valkey_url: str, workspace: str, clock: ManualClock
) -> AsyncIterator[Two]:
    opener = repeating_store if request.param else Store.open
    stores = Two(await opener(valkey_url, workspace, clock=clock), await opener(valkey_url, workspace, clock=clock))
    yield stores
    for each in stores:
        await each.close()


async def let_pass(url: str, workspace: str, host: str = HOST) -> None:
    """Let the wait of a host's page gate be over: the server's clock cannot be moved by hand."""
    admin = await connect(url)
    gate = Keys(workspace).page_gate(host)
    _, rest = (await admin.call("GET", gate)).split(" ", 1)
    await admin.call("SET", gate, f"1 {rest}", "KEEPTTL")
    await admin.close()


def near(wait: timedelta, expected: timedelta) -> bool:
    return expected - SECOND < wait <= expected


async def test_a_host_that_never_refused_has_no_gate(store: Store) -> None:
    assert await store.pages.knock(HOST) == (NOW, 0)


async def test_a_refusal_keeps_all_daemons_away_from_this_host_alone(daemons: Two) -> None:
    assert await daemons.one.pages.shut(HOST) <= FIRST_WAIT
    wait, refusals = await daemons.other.pages.knock(HOST)
    assert near(wait, FIRST_WAIT)
    assert refusals == 1
    assert await daemons.other.pages.knock("b.example") == (NOW, 0)


async def test_requests_that_flew_together_are_one_refusal(daemons: Two) -> None:
    waits = await asyncio.gather(*(each.pages.shut(HOST) for each in daemons for _ in range(4)))
    assert all(near(wait, FIRST_WAIT) for wait in waits)


async def test_the_host_is_left_alone_twice_as_long_each_time_up_to_six_hours(
    store: Store, valkey_url: str, workspace: str
) -> None:
    waits = []
    for _ in range(9):
        waits.append(await store.pages.shut(HOST))
        await let_pass(valkey_url, workspace)
        assert (await store.pages.knock(HOST)).wait == NOW
    assert [round(wait / MINUTE) for wait in waits] == [5, 10, 20, 40, 80, 160, 320, 360, 360]
    assert waits[-1] == LONGEST_WAIT


async def test_refusals_that_are_forgiven_shut_nothing_and_do_not_lengthen_the_first_wait(
    store: Store, valkey_url: str, workspace: str
) -> None:
    for refusals in (1, 2):
        assert await store.pages.shut(HOST, patience=3) == NOW
        assert [await store.pages.knock(HOST) for _ in range(2)] == [(NOW, refusals)] * 2
    assert near(await store.pages.shut(HOST, patience=3), FIRST_WAIT)
    await let_pass(valkey_url, workspace)
    await store.pages.knock(HOST)
    assert near(await store.pages.shut(HOST, patience=3), 2 * FIRST_WAIT)


async def test_a_good_page_between_gives_patience_back(store: Store) -> None:
    for _ in range(3):
        assert await store.pages.shut(HOST, patience=2) == NOW
        await store.pages.open(HOST)


async def test_when_the_wait_is_over_one_request_finds_out_and_the_others_wait_for_it(
    store: Store, valkey_url: str, workspace: str
) -> None:
    await store.pages.shut(HOST)
    await let_pass(valkey_url, workspace)
    waits = [wait for wait, _ in await asyncio.gather(*(store.pages.knock(HOST) for _ in range(5)))]
    assert waits.count(NOW) == 1
    assert all(wait == NOW or near(wait, MINUTE) for wait in waits)


async def test_a_good_page_opens_the_gate_and_forgets_the_refusals(
    store: Store, valkey_url: str, workspace: str
) -> None:
    await store.pages.shut(HOST)
    await let_pass(valkey_url, workspace)
    assert await store.pages.knock(HOST) == (NOW, 1)
    await store.pages.open(HOST)
    assert await store.pages.knock(HOST) == (NOW, 0)
    assert near(await store.pages.shut(HOST), FIRST_WAIT)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        pytest.param(timedelta(hours=2), timedelta(hours=2), id="two hours"),
        pytest.param(timedelta(0), MINUTE, id="nothing is still a minute"),
        pytest.param(timedelta(days=9), timedelta(days=1), id="a day at most"),
    ],
)
async def test_a_host_may_say_how_long(store: Store, asked: timedelta, expected: timedelta) -> None:
    assert near(await store.pages.shut(HOST, asked), expected)
    assert near((await store.pages.knock(HOST)).wait, expected)


async def test_feeds_of_the_host_are_polled_all_the_same(store: Store) -> None:
    await store.pages.shut(HOST)
    assert await store.schedule.take_turn(HOST, SECOND) == NOW


async def test_a_gate_and_texts_leave_nothing_behind(store: Store, valkey_url: str, workspace: str) -> None:
    await store.pages.shut(HOST)
    await store.pages.is_repeated(HOST, text="t", address="a")
    admin, keys = await connect(valkey_url), Keys(workspace)
    lifetimes = [await admin.call("PTTL", key) for key in (keys.page_gate(HOST), keys.short_texts(HOST))]
    await admin.close()
    assert [round(ms / 3_600_000, 1) for ms in lifetimes] == [24.1, 168.0]


async def test_a_text_on_three_addresses_of_a_host_is_the_sites(daemons: Two) -> None:
    seen = [await daemons[n % 2].pages.is_repeated(HOST, text="wall", address=f"/{n}") for n in range(5)]
    assert seen == [False, False, True, True, True]


async def test_the_same_address_again_is_not_another_one(daemons: Two) -> None:
    assert not any([await daemons[n % 2].pages.is_repeated(HOST, text="flash", address=f"/{n % 2}") for n in range(9)])


async def test_texts_and_hosts_are_counted_apart(daemons: Two) -> None:
    for n in range(2):
        await daemons.one.pages.is_repeated(HOST, text="wall", address=f"/{n}")
    assert not await daemons.one.pages.is_repeated("b.example", text="wall", address="/2")
    assert not await daemons.one.pages.is_repeated(HOST, text="another", address="/2")
    assert await daemons.one.pages.is_repeated(HOST, text="wall", address="/2")


async def test_a_text_is_forgotten_after_a_week(store: Store, valkey_url: str, workspace: str) -> None:
    for n in range(2):
        await store.pages.is_repeated(HOST, text="wall", address=f"/{n}")
    admin, key = await connect(valkey_url), Keys(workspace).short_texts(HOST)
    minute, rest = (await admin.call("HGET", key, "wall")).split(" ", 1)
    await admin.call("HSET", key, "wall", f"{int(minute) - 7 * 24 * 60 - 1} {rest}")
    await admin.close()
    assert not await store.pages.is_repeated(HOST, text="wall", address="/2")


async def test_a_host_with_many_short_texts_keeps_those_seen_last(
    store: Store, valkey_url: str, workspace: str
) -> None:
    admin, key = await connect(valkey_url), Keys(workspace).short_texts(HOST)
    for n in range(2):
        await store.pages.is_repeated(HOST, text="wall", address=f"/{n}")
    for n in range(MOST_TEXTS - 1):
        await store.pages.is_repeated(HOST, text=f"flash {n}", address=f"/{n}")
        await admin.call("HSET", key, f"flash {n}", f"{1000 + n} x")
    assert not await store.pages.is_repeated(HOST, text="one more", address="/9")
    kept = await admin.call("HKEYS", key)
    encoding = await admin.call("OBJECT", "ENCODING", key)
    await admin.close()
    assert len(kept) == MOST_TEXTS + 1 - 30
    assert "flash 0" not in kept
    assert {"wall", "one more", f"flash {MOST_TEXTS - 2}"} <= set(kept)
    assert encoding == "listpack"
    assert await store.pages.is_repeated(HOST, text="wall", address="/2")
