"""Seen marks: an entry is processed once, and stays known as long as its feed lists it."""

from __future__ import annotations

from datetime import timedelta

from monitor.model import FeedKey
from monitor.store.connect import connect
from monitor.store.keys import Keys
from monitor.store.store import Store
from tests.support.clock import ManualClock


async def test_an_entry_is_new_until_one_of_its_keys_is_marked(store: Store) -> None:
    feed, other = FeedKey("a-1"), FeedKey("b-1")
    entries = [("guid-1", "link-1"), ("guid-2",), ("guid-3", "link-3")]
    assert await store.seen.unseen(feed, entries) == [True, True, True]
    await store.seen.mark(feed, [entries[0], entries[1]])
    assert await store.seen.unseen(feed, entries) == [False, False, True]
    assert await store.seen.unseen(feed, [("changed-guid", "link-1")]) == [False]
    assert await store.seen.unseen(other, entries) == [True, True, True]
    assert await store.seen.unseen(feed, []) == []


async def test_an_entry_stays_known_when_its_guid_changes_and_later_its_link(store: Store) -> None:
    feed = FeedKey("a-1")
    await store.seen.mark(feed, [("guid-1", "link-1")])
    assert await store.seen.unseen(feed, [("guid-2", "link-1")]) == [False]
    assert await store.seen.unseen(feed, [("guid-2", "link-2")]) == [False]


async def test_marks_are_renewed_once_a_day_while_the_feed_lists_the_entry(
    valkey_url: str, workspace: str, store: Store, clock: ManualClock
) -> None:
    feed = FeedKey("a-1")
    await store.seen.mark(feed, [("guid-1",)])
    key = Keys(workspace).seen(feed, "guid-1")
    admin = await connect(valkey_url)
    await admin.call("PEXPIRE", key, 1_000_000)
    assert await store.seen.unseen(feed, [("guid-1",)]) == [False]
    assert await admin.call("PTTL", key) <= 1_000_000
    clock.advance(timedelta(days=1))
    assert await store.seen.unseen(feed, [("guid-1",)]) == [False]
    assert await admin.call("PTTL", key) > timedelta(days=29) / timedelta(milliseconds=1)
    await admin.close()


async def test_thousands_of_entries_are_looked_up_in_parts(store: Store) -> None:
    entries = [(f"guid-{number}", f"link-{number}") for number in range(3000)]
    await store.seen.mark(FeedKey("a-1"), entries[:1500])
    assert (await store.seen.unseen(FeedKey("a-1"), entries)).count(False) == 1500


async def test_attempts_at_an_entry_are_counted(store: Store) -> None:
    feed = FeedKey("a-1")
    assert [await store.seen.attempt(feed, "guid-1") for _ in range(3)] == [1, 2, 3]
    assert await store.seen.attempt(feed, "guid-2") == 1
