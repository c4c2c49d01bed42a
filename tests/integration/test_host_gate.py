"""The gate before each host: starts are spaced and few requests fly at once, over all daemons together."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

import pytest

from monitor.model import Feed, FeedKey, FeedState
from monitor.store.connect import Connection, connect
from monitor.store.feed_state import Claim, Settlement
from monitor.store.keys import Keys, shard_of, shard_of_host
from monitor.store.scripts import Pace
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import HOUR

NOW = timedelta(0)
LEASE = timedelta(seconds=60)
SPACING = timedelta(seconds=5)
PACE = Pace(spacing=SPACING)
QUICK = Pace(spacing=timedelta(milliseconds=1), slots=2)


def feeds(host: str, count: int) -> list[Feed]:
    return [Feed(key=FeedKey(f"{host}-{number:08x}"), url=f"https://{host}/{number}") for number in range(count)]


async def due_in_seconds(store: Store, clock: ManualClock) -> list[float]:
    return sorted((due - clock.now()).total_seconds() for _, due in (await store.schedule.all()).values())


async def until_due(store: Store, pace: Pace, *, seconds: float = 5) -> list[Claim]:
    """Claim until a gate opens; the server's clock cannot be moved by hand."""
    async with asyncio.timeout(seconds):
        while True:
            if claims := await store.schedule.claim(9, LEASE, pace=pace):
                return claims
            await asyncio.sleep(0.002)


async def test_one_feed_of_a_host_starts_and_the_others_queue_each_with_a_time_of_its_own(
    store: Store, clock: ManualClock
) -> None:
    await store.schedule.sync(feeds("a.example", 6), spread=NOW)
    (first,) = await store.schedule.claim(20, LEASE, pace=PACE, seed=7)
    await store.schedule.complete(first, FeedState(), clock.now() + HOUR)
    *queued, last = await due_in_seconds(store, clock)
    assert last > 3_000
    gaps = [later - earlier for earlier, later in pairwise(queued)]
    assert 4.9 < queued[0] <= 6.1
    assert all(4.99 <= gap <= 6.1 for gap in gaps), gaps  # spaced, and jittered: no two alike
    assert len({round(gap, 3) for gap in gaps}) > 1


async def test_a_crowded_host_holds_up_no_other(store: Store) -> None:
    await store.schedule.sync([*feeds("crowd.example", 50), *feeds("b.example", 1), *feeds("c.example", 1)], spread=NOW)
    claims = await store.schedule.claim(20, LEASE, pace=PACE)
    assert sorted(claim.feed.rpartition("-")[0] for claim in claims) == ["b.example", "c.example", "crowd.example"]


async def test_who_came_first_is_asked_first_and_newcomers_queue_behind(
    store: Store, clock: ManualClock, valkey_url: str, workspace: str
) -> None:
    await store.schedule.sync(feeds("a.example", 3), spread=NOW)
    (first,) = await store.schedule.claim(9, LEASE, pace=PACE)
    await store.schedule.complete(first, FeedState(), clock.now() + HOUR)
    await store.schedule.sync(feeds("a.example", 4), spread=NOW)
    assert await store.schedule.claim(9, LEASE, pace=PACE) == []
    schedule = await store.schedule.all()
    newcomer = schedule[FeedKey("a.example-00000003")][1]
    others = [due for feed, (_, due) in schedule.items() if feed not in (first.feed, "a.example-00000003")]
    assert newcomer > max(others)
    await _open_gate(valkey_url, workspace, "a.example")
    await _all_due(valkey_url, workspace, schedule)
    (second,) = await store.schedule.claim(1, LEASE, pace=PACE)
    assert second.feed in {"a.example-00000000", "a.example-00000001", "a.example-00000002"} - {first.feed}


async def test_two_requests_may_fly_and_the_third_waits_for_an_end(store: Store) -> None:
    await store.schedule.sync(feeds("a.example", 4), spread=NOW)
    flying = await until_due(store, QUICK)
    while len(flying) < 2:
        flying += await until_due(store, QUICK)
    for _ in range(20):
        assert await store.schedule.claim(9, LEASE, pace=QUICK) == []
        await asyncio.sleep(0.002)
    await store.schedule.settle([Settlement(claim=flying[0], due=None)])
    (third,) = await until_due(store, QUICK)
    assert third.feed not in {claim.feed for claim in flying}
    # The first still holds its claim while it carries entries; telling its end twice frees nothing more.
    await store.schedule.settle([Settlement(claim=flying[0], due=ManualClock().now() + HOUR, has_left=True)])
    for _ in range(20):
        assert await store.schedule.claim(9, LEASE, pace=QUICK) == []
        await asyncio.sleep(0.002)


async def test_a_request_that_never_ends_frees_its_place_after_the_limit(store: Store) -> None:
    await store.schedule.sync(feeds("a.example", 2), spread=NOW)
    pace = Pace(spacing=timedelta(milliseconds=1), slots=1, request_limit=timedelta(milliseconds=50))
    (lost,) = await until_due(store, pace)
    (next_one,) = await until_due(store, pace)
    assert next_one.feed != lost.feed


@pytest.mark.parametrize("status", ["429", "503"])
async def test_a_host_that_asks_us_to_wait_is_left_alone_by_all_its_feeds(
    store: Store, clock: ManualClock, status: str
) -> None:
    await store.schedule.sync(feeds("a.example", 3), spread=NOW)
    (claim,) = await store.schedule.claim(9, LEASE, pace=PACE)
    told = FeedState(error=f"HTTP {status}", failures=1)
    away = timedelta(minutes=10)
    await store.schedule.settle([Settlement(claim=claim, due=clock.now() + away, state=told, host_wait=away)])
    # The two that queued before come back at their time, find the gate shut, and queue again behind it.
    assert await store.schedule.take_turn("a.example", SPACING) > timedelta(minutes=9.9)
    # Who would have to wait too long has reserved nothing.
    patient = timedelta(hours=1)
    assert await store.schedule.take_turn("a.example", SPACING, longest=patient) <= away
    assert await store.schedule.take_turn("a.example", SPACING, longest=patient) > away


async def test_pages_share_the_gate_with_feeds(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a.example", 1), spread=NOW)
    (claim,) = await store.schedule.claim(9, LEASE, pace=PACE)
    first = await store.schedule.take_turn("a.example", timedelta(seconds=1))
    second = await store.schedule.take_turn("a.example", timedelta(seconds=1))
    assert timedelta(seconds=4) < first <= SPACING
    assert timedelta(seconds=0.9) < second - first <= timedelta(seconds=1)
    await store.schedule.complete(claim, FeedState(), clock.now())
    assert await store.schedule.claim(9, LEASE, pace=PACE) == []
    assert await store.schedule.take_turn("other.example", SPACING) == NOW


async def test_the_operators_own_hosts_have_no_gate(store: Store) -> None:
    await store.schedule.sync(feeds("127.0.0.1-8000", 9), spread=NOW)
    open_pace = Pace(spacing=SPACING, open_hosts=frozenset({"127.0.0.1-8000"}))
    assert len(await store.schedule.claim(20, LEASE, pace=open_pace)) == 9


async def test_four_daemons_together_keep_the_pace_and_poll_nothing_twice(
    valkey_url: str, workspace: str, clock: ManualClock
) -> None:
    stores = [await Store.open(valkey_url, workspace, clock=clock) for _ in range(4)]
    await stores[0].schedule.sync([each for n in range(30) for each in feeds(f"h{n}.example", 5)], spread=NOW)
    rounds = await asyncio.gather(*(one.schedule.claim(50, LEASE, pace=PACE) for one in stores for _ in range(3)))
    claims = [claim for row in rounds for claim in row]
    assert Counter(claim.feed.rpartition("-")[0] for claim in claims) == {f"h{n}.example": 1 for n in range(30)}
    for one in stores:
        await one.close()


async def test_gates_leave_nothing_behind(store: Store, valkey_url: str, workspace: str) -> None:
    await store.schedule.sync(feeds("a.example", 1), spread=NOW)
    pace = Pace(spacing=timedelta(milliseconds=1), request_limit=timedelta(milliseconds=1))
    assert await store.schedule.claim(9, LEASE, pace=pace)
    admin = await connect(valkey_url)
    lifetime = await admin.call("PTTL", _gate(workspace, "a.example"))
    await admin.close()
    assert 0 < lifetime <= 1_100


async def test_a_claim_brings_the_state_and_the_items_are_kept_apart(store: Store, clock: ManualClock) -> None:
    (feed,) = feeds("a.example", 1)
    await store.schedule.sync([feed], spread=NOW)
    (claim,) = await store.schedule.claim(9, LEASE)
    digests = ("aaaaaaaa", "bbbbbbbb")
    assert claim.state == FeedState()
    assert await store.schedule.items(feed.key) == frozenset()
    await store.schedule.complete(claim, FeedState(etag="7"), clock.now(), items=digests)
    (claim,) = await until_due(store, QUICK)
    assert claim.state == FeedState(etag="7")
    assert await store.schedule.items(feed.key) == frozenset(digests)
    await store.schedule.complete(claim, FeedState(etag="8"), clock.now())
    assert await store.schedule.items(feed.key) == frozenset(digests)
    (claim,) = await until_due(store, QUICK)
    await store.schedule.complete(claim, FeedState(), clock.now(), items=())
    assert await store.schedule.items(feed.key) == frozenset()


def _gate(workspace: str, host: str) -> str:
    return f"{Keys(workspace).gates(shard_of_host(host))}{host}"


async def _open_gate(url: str, workspace: str, host: str) -> None:
    """Let the host's spacing be over."""
    admin = await connect(url)
    _, tail = (await admin.call("GET", _gate(workspace, host))).split()[:2]
    await admin.call("SET", _gate(workspace, host), f"0 {tail}")
    await admin.close()


async def _all_due(url: str, workspace: str, schedule: Iterable[FeedKey]) -> None:
    """Move the times of all feeds into the past, each by the same."""
    admin: Connection = await connect(url)
    for feed in schedule:
        await admin.call("ZINCRBY", Keys(workspace).due(shard_of(feed)), -7_200_000, feed)
    await admin.close()
