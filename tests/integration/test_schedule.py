"""The schedule: which feeds are due, who polls them, and what late pollers may not do."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from monitor.model import Feed, FeedKey, FeedState
from monitor.store.connect import connect
from monitor.store.feed_state import Claim, Settlement, Synced
from monitor.store.keys import Keys, shard_of
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import HOUR, repeating_store

AT_ONCE = timedelta(0)
LEASE = timedelta(seconds=60)
MOMENT = timedelta(milliseconds=1)


def feeds(*names: str) -> list[Feed]:
    return [Feed(key=FeedKey(name), url=f"https://{name}/rss") for name in names]


def names(claims: list[Claim]) -> list[str]:
    return sorted(claim.feed for claim in claims)


async def claim_when_due(store: Store, count: int = 9, lease: timedelta = LEASE) -> list[Claim]:
    """Claim until something is due; the server's clock cannot be moved by hand."""
    async with asyncio.timeout(5):
        while True:
            if claims := await store.schedule.claim(count, lease):
                return claims
            await asyncio.sleep(0.001)


async def test_new_feeds_are_due_at_once_and_claimed_by_one_alone(store: Store) -> None:
    await store.schedule.sync(feeds("a.example-1", "b.example-1", "c.example-1"), spread=AT_ONCE)
    one, two = await asyncio.gather(store.schedule.claim(2, LEASE), store.schedule.claim(2, LEASE))
    rest = await store.schedule.claim(9, LEASE)
    assert names(one + two + rest) == ["a.example-1", "b.example-1", "c.example-1"]
    assert await store.schedule.claim(9, LEASE) == []


async def test_new_feeds_are_spread_over_a_short_time(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds(*(f"h{number}.example-1" for number in range(40))))
    due = [due - clock.now() for _, due in (await store.schedule.all()).values()]
    assert len(due) == 40
    assert min(due) < timedelta(milliseconds=400)
    assert timedelta(seconds=1.5) < max(due) <= timedelta(seconds=2)


async def test_a_new_list_adds_and_removes_and_leaves_the_others_their_time(store: Store, clock: ManualClock) -> None:
    assert await store.schedule.sync(feeds("a-1", "b-1"), spread=AT_ONCE) == Synced(
        added=(FeedKey("a-1"), FeedKey("b-1")), removed=()
    )
    for claim in await store.schedule.claim(9, LEASE):
        assert await store.schedule.complete(claim, FeedState(etag="x"), clock.now() + HOUR)
    assert await store.schedule.sync(feeds("b-1", "c-1"), spread=AT_ONCE) == Synced(
        added=(FeedKey("c-1"),), removed=(FeedKey("a-1"),)
    )
    schedule = await store.schedule.all()
    assert sorted(schedule) == ["b-1", "c-1"]
    assert schedule[FeedKey("b-1")][0] == FeedState(etag="x")
    assert names(await store.schedule.claim(9, LEASE)) == ["c-1"]
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    assert await store.schedule.load([FeedKey("a-1")]) == {FeedKey("a-1"): FeedState()}


async def test_the_longest_overdue_come_first_over_all_shards(valkey_url: str, workspace: str, store: Store) -> None:
    every = [FeedKey(f"h{number}.example-1") for number in range(12)]
    await store.schedule.sync(feeds(*every), spread=AT_ONCE)
    admin = await connect(valkey_url)
    for minutes, feed in enumerate(every):
        await admin.call("ZINCRBY", Keys(workspace).due(shard_of(feed)), -60_000 * (minutes % 6), feed)
    await admin.close()
    assert names(await store.schedule.claim(4, LEASE)) == [
        "h10.example-1",
        "h11.example-1",
        "h4.example-1",
        "h5.example-1",
    ]


async def test_what_a_poll_taught_is_saved_with_the_next_due_time(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await store.schedule.claim(9, LEASE)
    learnt = FeedState(
        etag='W/"7"', polls=1, last_polled=clock.now(), entries_per_day=2.5, failures=1, error="HTTP 503"
    )
    assert await store.schedule.complete(claim, learnt, clock.now() + HOUR)
    state, due = (await store.schedule.all())[FeedKey("a-1")]
    assert state == learnt
    assert abs(due - clock.now() - HOUR) < timedelta(seconds=5)
    assert await store.schedule.claim(9, LEASE) == []


async def test_a_feed_whose_poller_died_comes_back_after_the_lease(store: Store) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (dead,) = await store.schedule.claim(9, timedelta(milliseconds=20))
    (alive,) = await claim_when_due(store)
    assert alive.feed == dead.feed
    assert alive.token != dead.token


async def test_a_late_poller_cannot_overwrite_the_present_one(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (late,) = await store.schedule.claim(9, MOMENT)
    (present,) = await claim_when_due(store)
    assert not await store.schedule.complete(late, FeedState(etag="late"), clock.now() - HOUR)
    assert not await store.schedule.release(late, clock.now() - HOUR)
    assert await store.schedule.renew([late], timedelta(days=1)) == 0
    assert await store.schedule.complete(present, FeedState(etag="present"), clock.now() + HOUR)
    assert await store.schedule.load([FeedKey("a-1")]) == {FeedKey("a-1"): FeedState(etag="present")}
    assert await store.schedule.claim(9, LEASE) == []


async def test_a_poll_that_takes_long_keeps_its_feed_by_renewing(store: Store) -> None:
    await store.schedule.sync(feeds("a-1", "b-2", "c-3"), spread=AT_ONCE)
    *renewed, left = await store.schedule.claim(9, timedelta(milliseconds=300))
    assert await store.schedule.renew(renewed, HOUR) == 2
    # Once the feed that is not renewed comes back, the leases of the others would have ended too.
    assert names(await claim_when_due(store)) == [left.feed]
    assert await store.schedule.claim(9, LEASE) == []


async def test_a_feed_taken_off_the_list_while_it_is_polled_does_not_come_back(
    store: Store, clock: ManualClock
) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await store.schedule.claim(9, LEASE)
    await store.schedule.sync([])
    assert not await store.schedule.complete(claim, FeedState(etag="x"), clock.now())
    assert await store.schedule.all() == {}


async def test_a_daemon_that_starts_alone_polls_again_what_a_dead_one_had_claimed_and_nothing_else(
    store: Store, clock: ManualClock
) -> None:
    await store.schedule.sync(feeds("a-1", "b-2", "c-3"), spread=AT_ONCE)
    dead, finished, given_back = await store.schedule.claim(9, HOUR)
    await store.schedule.complete(finished, FeedState(), clock.now() + HOUR)
    await store.schedule.release(given_back, clock.now() + HOUR)
    assert await store.schedule.release_all() == 1
    assert names(await store.schedule.claim(9, LEASE)) == [dead.feed]
    assert not await store.schedule.complete(dead, FeedState(etag="late"), clock.now())


async def test_a_released_feed_keeps_what_was_known(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await store.schedule.claim(9, LEASE)
    await store.schedule.complete(claim, FeedState(etag="x"), clock.now())
    (claim,) = await claim_when_due(store)
    assert await store.schedule.release(claim, clock.now())
    assert names(await claim_when_due(store)) == ["a-1"]
    assert await store.schedule.load([FeedKey("a-1")]) == {FeedKey("a-1"): FeedState(etag="x")}


async def test_a_person_can_make_a_feed_due(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await store.schedule.claim(9, LEASE)
    await store.schedule.complete(claim, FeedState(), clock.now() + HOUR)
    assert await store.schedule.make_due(FeedKey("a-1"))
    assert not await store.schedule.make_due(FeedKey("b-1"))
    assert names(await store.schedule.claim(9, LEASE)) == ["a-1"]


async def test_a_feed_made_due_while_it_is_polled_is_polled_again_at_once(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await store.schedule.claim(9, LEASE)
    assert await store.schedule.make_due(claim.feed)
    assert await store.schedule.make_due(claim.feed)
    assert await store.schedule.claim(9, LEASE) == []
    assert await store.schedule.renew([claim], LEASE) == 1
    await store.schedule.settle([Settlement(claim=claim, due=None)])
    assert await store.schedule.claim(9, LEASE) == []
    assert await store.schedule.complete(claim, FeedState(etag="x"), clock.now() + HOUR)
    assert await store.schedule.complete(claim, FeedState(etag="x"), clock.now() + HOUR)
    (again,) = await store.schedule.claim(9, LEASE)
    assert again.state == FeedState(etag="x")
    assert await store.schedule.complete(again, FeedState(), clock.now() + HOUR)
    assert await store.schedule.claim(9, LEASE) == []


async def test_a_feed_made_due_while_a_daemon_that_died_polled_it_is_not_lost(store: Store) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (dead,) = await store.schedule.claim(9, LEASE)
    await store.schedule.make_due(dead.feed)
    assert await store.schedule.release_all() == 1
    assert names(await store.schedule.claim(9, LEASE)) == ["a-1"]


async def test_a_claim_whose_answer_was_lost_gets_the_same_feeds_again(
    valkey_url: str, workspace: str, clock: ManualClock
) -> None:
    store = await repeating_store(valkey_url, workspace, clock)
    await store.schedule.sync(feeds("one.example-1", "one.example-2", "one.example-3"), spread=AT_ONCE)
    first = await store.schedule.claim(1, LEASE)
    second = await store.schedule.claim(9, LEASE)
    assert (len(first), len(second)) == (1, 2)
    for claim in first + second:
        assert await store.schedule.complete(claim, FeedState(etag="x"), clock.now() + HOUR)
    await store.close()


async def test_our_clock_may_differ_from_the_servers(valkey_url: str, workspace: str, store: Store) -> None:
    ahead = ManualClock(start=ManualClock().now() + timedelta(days=400))
    other = await Store.open(valkey_url, workspace, clock=ahead)
    await other.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    (claim,) = await other.schedule.claim(9, LEASE)
    await other.schedule.complete(claim, FeedState(), ahead.now() + HOUR)
    seen_there = (await other.schedule.all())[FeedKey("a-1")][1] - ahead.now()
    seen_here = (await store.schedule.all())[FeedKey("a-1")][1] - ManualClock().now()
    assert abs(seen_there - seen_here) < timedelta(seconds=5)
    await other.close()


async def test_a_daemon_that_is_alone_frees_what_a_crash_left_claimed(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a.example-1", "b.example-1"), spread=AT_ONCE)
    (lost,) = await store.schedule.claim(1, HOUR)
    assert await store.schedule.release_all() == 1
    assert names(await store.schedule.claim(9, HOUR)) == ["a.example-1", "b.example-1"]
    assert not await store.schedule.complete(lost, FeedState(), clock.now())


async def test_daemons_with_different_lists_leave_each_other_their_feeds(store: Store) -> None:
    day = timedelta(days=1)
    await store.schedule.sync(feeds("a.example-1"), spread=AT_ONCE, keep_unlisted=day)
    await store.schedule.sync(feeds("b.example-1"), spread=AT_ONCE, keep_unlisted=day)
    assert names(await store.schedule.claim(9, LEASE)) == ["a.example-1", "b.example-1"]
    synced = await store.schedule.sync(feeds("b.example-1"), spread=AT_ONCE)
    assert synced.removed == ("a.example-1",)


async def test_what_is_known_of_a_feed_can_be_changed_outside_a_poll(store: Store, clock: ManualClock) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    feed = FeedKey("a-1")
    assert not await store.schedule.amend(feed, lambda state: replace(state, full_texts=1))  # never polled
    (claim,) = await claim_when_due(store)
    assert await store.schedule.complete(claim, FeedState(etag="x", polls=1), clock.now() + HOUR)
    assert await store.schedule.amend(feed, lambda state: replace(state, full_texts=state.full_texts + 1))
    assert await store.schedule.load([feed]) == {feed: FeedState(etag="x", polls=1, full_texts=1)}
    assert list(await store.schedule.all()) == [feed]


async def test_a_change_outside_a_poll_undoes_nothing_that_a_poll_saves_meanwhile(
    store: Store, clock: ManualClock
) -> None:
    await store.schedule.sync(feeds("a-1"), spread=AT_ONCE)
    feed = FeedKey("a-1")
    (claim,) = await claim_when_due(store)
    await store.schedule.complete(claim, FeedState(polls=1), clock.now())

    async def teach(number: int) -> bool:
        return await store.schedule.amend(feed, lambda state: replace(state, full_texts=state.full_texts | 1 << number))

    taught = await asyncio.gather(*map(teach, range(8)))
    state = (await store.schedule.load([feed]))[feed]
    assert state == FeedState(polls=1, full_texts=sum(1 << n for n, saved in enumerate(taught) if saved))
