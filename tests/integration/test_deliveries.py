"""Deliveries on their way: taken, sent again, given up, taken over; each is at one place at any time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from monitor.model import ChannelName, DeliveryId
from monitor.store.connect import connect
from monitor.store.deliveries import Depth, Taken
from monitor.store.store import Store
from tests.support.clock import ManualClock
from tests.support.store import BLOCK, DESK, HOUR, MAIL, put

NOW = timedelta(0)


async def take(store: Store, consumer: str = "reader", *, count: int = 9) -> tuple[Taken, ...]:
    return await store.deliveries.take(DESK, consumer, count=count, block=NOW)


async def take_one(store: Store, consumer: str = "reader") -> Taken:
    (taken,) = await take(store, consumer)
    return taken


async def status(store: Store, delivery: DeliveryId) -> tuple[str, int, str]:
    record = await store.deliveries.get(delivery)
    assert record is not None
    return record.status, record.attempts, record.reason


async def depth(store: Store) -> tuple[int, int, int, int]:
    """Return how many are waiting, pending, delayed and dead."""
    found = await store.deliveries.depth(DESK)
    return found.waiting, found.pending, found.delayed, found.dead


async def test_deliveries_are_taken_in_the_order_they_were_queued_and_once(store: Store) -> None:
    for name in ("s1", "s2", "s3"):
        await put(store, name)
    first = await take(store, "one", count=2)
    second = await take(store, "two", count=2)
    assert [taken.alert.story for taken in (*first, *second)] == ["s1", "s2", "s3"]
    assert await take(store, "three") == ()


async def test_a_reader_that_waits_gets_a_delivery_when_it_comes(store: Store) -> None:
    waiting = asyncio.create_task(store.deliveries.take(DESK, "reader", count=1, block=BLOCK))
    await asyncio.sleep(0)
    await put(store, "s1")
    assert [taken.alert.story for taken in await waiting] == ["s1"]


async def test_waiting_is_never_longer_than_two_seconds(store: Store) -> None:
    start = asyncio.get_running_loop().time()
    assert await store.deliveries.take(DESK, "reader", count=1, block=HOUR) == ()
    assert 1.5 < asyncio.get_running_loop().time() - start < 4


async def test_done_leaves_nothing_behind_but_the_record(store: Store) -> None:
    await put(store, "s1")
    taken = await take_one(store)
    assert await store.deliveries.done(taken)
    assert await status(store, taken.delivery.id) == ("delivered", 1, "")
    assert await depth(store) == (0, 0, 0, 0)
    assert not await store.deliveries.retry(taken, wait=NOW, reason="too late")
    assert not await store.deliveries.bury(taken, reason="too late")
    assert await depth(store) == (0, 0, 0, 0)


async def test_a_retry_comes_back_after_its_wait_one_attempt_older(store: Store) -> None:
    await put(store, "s1")
    taken = await take_one(store)
    assert await store.deliveries.retry(taken, wait=HOUR, reason="HTTP 503")
    assert await status(store, taken.delivery.id) == ("retrying", 1, "HTTP 503")
    assert await store.deliveries.move_due(DESK) == 0
    assert await depth(store) == (0, 0, 1, 0)
    await put(store, "s2")
    other = await take_one(store)
    assert await store.deliveries.retry(other, wait=NOW, reason="reset")
    assert await store.deliveries.move_due(DESK) == 1
    again = await take_one(store)
    assert (again.delivery.id, again.delivery.attempt, again.delivery.queued) == (
        other.delivery.id,
        1,
        other.delivery.queued,
    )
    assert again.token != other.token


async def test_a_record_says_when_the_next_try_is_due(store: Store) -> None:
    await put(store, "s1")
    taken = await take_one(store)
    await store.deliveries.retry(taken, wait=HOUR, reason="HTTP 429")
    record = await store.deliveries.get(taken.delivery.id)
    assert record is not None
    assert record.next_try is not None
    assert record.next_try - record.changed == HOUR


async def test_many_due_retries_all_come_back(store: Store) -> None:
    for number in range(230):
        await put(store, f"s{number}")
    for taken in await take(store, count=230):
        await store.deliveries.retry(taken, wait=NOW, reason="reset")
    assert await store.deliveries.move_due(DESK) == 230
    assert await depth(store) == (230, 0, 0, 0)


async def test_a_buried_delivery_is_a_dead_letter_with_its_reason_until_sent_again(
    store: Store, clock: ManualClock
) -> None:
    await put(store, "s1")
    taken = await take_one(store)
    assert await store.deliveries.bury(taken, reason="HTTP 404")
    assert await depth(store) == (0, 0, 0, 1)
    (letter,) = await store.deliveries.dead()
    assert (letter.delivery.id, letter.status, letter.reason, letter.attempts) == (
        taken.delivery.id,
        "dead",
        "HTTP 404",
        1,
    )
    assert await store.deliveries.dead(MAIL) == ()
    assert await store.deliveries.requeue([taken.delivery.id]) == (taken.delivery.id,)
    assert await store.deliveries.requeue([taken.delivery.id]) == ()
    again = await take_one(store)
    assert (again.delivery.id, again.delivery.attempt, again.alert) == (taken.delivery.id, 0, taken.alert)
    assert again.delivery.queued > taken.delivery.queued or clock.now() > again.delivery.queued
    assert await depth(store) == (0, 1, 0, 0)


async def test_all_dead_letters_of_all_channels_can_be_sent_again_at_once(store: Store) -> None:
    for name in ("s1", "s2"):
        await put(store, name, channels=(DESK, MAIL))
    for channel in (DESK, MAIL):
        for taken in await store.deliveries.take(channel, "reader", count=9, block=NOW):
            await store.deliveries.bury(taken, reason="HTTP 401")
    assert len(await store.deliveries.dead()) == 4
    assert len(await store.deliveries.requeue()) == 4
    assert await store.deliveries.dead() == ()
    assert len(await take(store)) == 2


async def test_a_dropped_delivery_is_never_sent_wherever_it_was(store: Store) -> None:
    for name in ("waiting", "delayed", "dead", "delivered"):
        await put(store, name)
    waiting, delayed, dead, delivered = await take(store)
    await store.deliveries.retry(waiting, wait=NOW, reason="reset")
    await store.deliveries.move_due(DESK)
    await store.deliveries.retry(delayed, wait=HOUR, reason="reset")
    await store.deliveries.bury(dead, reason="HTTP 404")
    await store.deliveries.done(delivered)
    ids = [taken.delivery.id for taken in (waiting, delayed, dead, delivered)]
    assert await store.deliveries.drop(ids) == tuple(ids[:3])
    assert await take(store) == ()
    assert await depth(store) == (0, 0, 0, 0)
    assert [(await status(store, id_))[0] for id_ in ids] == ["dropped", "dropped", "dropped", "delivered"]


async def test_what_a_dead_reader_held_is_taken_over(valkey_url: str, workspace: str, clock: ManualClock) -> None:
    store = await Store.open(valkey_url, workspace, clock=clock, take_over_after=timedelta(milliseconds=30))
    await put(store, "s1")
    taken = await take_one(store, "dead")
    async with asyncio.timeout(5):
        while not (left := await store.deliveries.take(DESK, "alive", count=1, block=timedelta(milliseconds=10))):
            pass
    assert (left[0].delivery, left[0].token) == (taken.delivery, taken.token)
    await store.close()


async def test_a_reader_that_ends_hands_over_at_once(store: Store) -> None:
    await put(store, "s1")
    await put(store, "s2")
    (first,) = await take(store, "ends", count=1)
    (second,) = await take(store, "stays", count=1)
    assert await take(store, "next") == ()
    assert await store.deliveries.release(DESK, "ends") == 1
    assert [taken.delivery for taken in await take(store, "next")] == [first.delivery]
    assert await store.deliveries.release(DESK) == 2
    assert [taken.delivery for taken in await take(store, "next")] == [first.delivery, second.delivery]


async def test_the_slow_first_reader_and_the_one_that_took_over_settle_once(store: Store) -> None:
    await put(store, "s1")
    slow = await take_one(store, "slow")
    await store.deliveries.release(DESK, "slow")
    heir = await take_one(store, "heir")
    assert await store.deliveries.retry(slow, wait=NOW, reason="reset")
    assert not await store.deliveries.bury(heir, reason="HTTP 404")
    assert await depth(store) == (0, 0, 1, 0)
    # The heir's message did arrive: the attempt that the slow one planned is called off.
    assert await store.deliveries.done(heir)
    assert await depth(store) == (0, 0, 0, 0)
    assert await store.deliveries.move_due(DESK) == 0


async def test_a_success_reported_late_calls_off_what_waits_again(store: Store) -> None:
    await put(store, "s1")
    slow = await take_one(store, "slow")
    await store.deliveries.retry(slow, wait=NOW, reason="reset")
    await store.deliveries.move_due(DESK)
    assert await store.deliveries.done(slow)
    assert await take(store, "other") == ()
    assert await depth(store) == (0, 0, 0, 0)


async def test_a_full_memory_loses_no_delivery(valkey_url: str, store: Store) -> None:
    for name in ("s1", "s2", "s3", "s4"):
        await put(store, name)
    sent, failed, refused, dropped = await take(store)
    admin = await connect(valkey_url)
    try:
        await admin.call("CONFIG", "SET", "maxmemory", 1)
        assert await store.deliveries.done(sent)
        assert await store.deliveries.retry(failed, wait=NOW, reason="reset")
        assert await store.deliveries.bury(refused, reason="HTTP 404")
        assert await store.deliveries.drop([dropped.delivery.id]) == (dropped.delivery.id,)
        assert await store.deliveries.move_due(DESK) == 1
    finally:
        await admin.call("CONFIG", "SET", "maxmemory", 0)
        await admin.close()
    assert [(await status(store, taken.delivery.id))[0] for taken in (sent, failed, refused, dropped)] == [
        "delivered",
        "retrying",
        "dead",
        "dropped",
    ]
    assert [taken.delivery.id for taken in await take(store)] == [failed.delivery.id]


async def test_deliveries_are_listed_newest_first_by_status_and_channel(store: Store, clock: ManualClock) -> None:
    for name in ("s1", "s2", "s3"):
        await put(store, name)
        clock.advance(HOUR)
    await put(store, "s4", channels=(MAIL,))
    first, *_ = await take(store)
    await store.deliveries.done(first)
    listed = await store.deliveries.list(9)
    assert [record.delivery.alert for record in listed] == [
        "ceasefire-s4",
        "ceasefire-s3",
        "ceasefire-s2",
        "ceasefire-s1",
    ]
    queued = await store.deliveries.list(9, status="queued", channel=DESK)
    assert [record.delivery.alert for record in queued] == ["ceasefire-s3", "ceasefire-s2"]
    assert [record.delivery.alert for record in await store.deliveries.list(1, channel=DESK)] == ["ceasefire-s3"]


async def test_depth_tells_the_age_of_the_oldest(store: Store, clock: ManualClock) -> None:
    assert await store.deliveries.depth(DESK) == Depth(waiting=0, pending=0, delayed=0, dead=0, oldest=None)
    await put(store, "s1")
    clock.advance(HOUR)
    await put(store, "s2")
    assert await store.deliveries.depth(DESK) == Depth(waiting=2, pending=0, delayed=0, dead=0, oldest=HOUR)
    first, _ = await take(store)
    await store.deliveries.retry(first, wait=HOUR, reason="reset")
    found = await store.deliveries.depth(DESK)
    assert (found, found.open) == (Depth(waiting=0, pending=1, delayed=1, dead=0, oldest=HOUR), 2)


async def test_channels_that_ever_had_a_delivery_are_known(store: Store) -> None:
    assert await store.deliveries.channels() == ()
    await put(store, "s1", channels=(MAIL, DESK))
    assert await store.deliveries.channels() == (DESK, MAIL)


@pytest.mark.parametrize("name", ["no such delivery", ""])
async def test_an_unknown_delivery_is_none(store: Store, name: str) -> None:
    assert await store.deliveries.get(DeliveryId(name)) is None
    assert await store.deliveries.drop([DeliveryId(name)]) == ()
    assert await store.deliveries.requeue([DeliveryId(name)]) == ()


async def test_a_record_that_cannot_be_read_becomes_a_dead_letter_and_blocks_nobody(
    valkey_url: str, workspace: str, store: Store
) -> None:
    await put(store, "s1")
    await put(store, "s2")
    (record,) = [one for one in await store.deliveries.list(9) if one.delivery.alert == "ceasefire-s1"]
    admin = await connect(valkey_url)
    await admin.call("HSET", f"{{{workspace}}}:delivery:{record.delivery.id}", "delivery", "9{}")
    assert [taken.alert.story for taken in await take(store)] == ["s2"]
    assert await depth(store) == (0, 1, 0, 1)
    (entry,) = await admin.call("XRANGE", f"{{{workspace}}}:dead:{ChannelName('desk')}", "-", "+")
    assert "unknown version '9'" in entry[1][3]
    await admin.close()
