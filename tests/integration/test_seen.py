"""Seen marks: an entry is processed once, and stays known as long as its feed lists it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import FeedKey, Mark
from monitor.store.connect import connect
from monitor.store.keys import SEEN_GENERATION, SEEN_LIFETIME, Keys
from monitor.store.seen import MOST_KEYS_AT_ONCE, _decode, _encode
from monitor.store.store import Store
from tests.support.clock import ManualClock

FEED, OTHER = FeedKey("a.example-1"), FeedKey("b.example-1")
MINUTE = datetime(2026, 11, 24, 11, 59, tzinfo=UTC)
FIRST = Mark(content="aAbB-_", carried=MINUTE)
SECOND = Mark(content="222222", carried=MINUTE + timedelta(days=1), updates=3, rekeyed=15)


async def marks(store: Store, *keys: str, feed: FeedKey = FEED) -> list[Mark | None]:
    return [mark for (mark,) in (await store.seen.look(feed, [(key,) for key in keys])).marks]


async def test_each_key_of_an_entry_leads_to_its_mark(store: Store) -> None:
    entries = [("guid-1", "link-1"), ("guid-2",), ("guid-3", "link-3"), ()]
    await store.seen.mark(FEED, [(entries[0], FIRST), (entries[1], SECOND)])
    found = await store.seen.look(FEED, entries)
    assert found.marks == [(FIRST, FIRST), (SECOND,), (None, None), ()]
    assert (await store.seen.look(FEED, [("changed-guid", "link-1")])).marks == [(None, FIRST)]


async def test_a_newer_mark_stands_instead_of_the_older(store: Store) -> None:
    await store.seen.mark(FEED, [(("guid", "link"), FIRST)])
    await store.seen.mark(FEED, [(("guid",), SECOND)])
    assert await marks(store, "guid", "link") == [SECOND, FIRST]


async def test_feeds_know_nothing_of_one_anothers_entries(store: Store) -> None:
    await store.seen.mark(FEED, [(("guid-1",), FIRST)])
    assert await marks(store, "guid-1", feed=OTHER) == [None]


async def test_a_feed_without_marks_is_blank(store: Store, clock: ManualClock) -> None:
    assert (await store.seen.look(FEED, [("guid-1",)])).is_blank
    assert (await store.seen.look(FEED, [])).is_blank
    await store.seen.mark(OTHER, [(("guid-1",), FIRST)])
    assert (await store.seen.look(FEED, [("guid-1",)])).is_blank
    await store.seen.mark(FEED, [(("guid-1",), FIRST)])
    assert not (await store.seen.look(FEED, [("guid-2",)])).is_blank
    clock.advance(SEEN_LIFETIME)
    assert not (await store.seen.look(FEED, [])).is_blank


async def test_marking_nothing_does_nothing(store: Store) -> None:
    await store.seen.mark(FEED, [])
    assert (await store.seen.look(FEED, [])).is_blank


@pytest.mark.parametrize("days", [0, 14.9, 15, 29.9, 30])
async def test_a_mark_lives_a_month_at_least(store: Store, clock: ManualClock, days: float) -> None:
    await store.seen.mark(FEED, [(("guid-1",), FIRST)])
    clock.advance(timedelta(days=days))
    assert await marks(store, "guid-1") == [FIRST]


async def test_a_mark_is_forgotten_when_its_feed_has_not_listed_the_entry_for_long(
    store: Store, clock: ManualClock
) -> None:
    await store.seen.mark(FEED, [(("guid-1",), FIRST)])
    clock.advance(3 * SEEN_GENERATION)
    assert await marks(store, "guid-1") == [None]


async def test_a_mark_lives_on_while_the_feed_lists_the_entry(store: Store, clock: ManualClock) -> None:
    await store.seen.mark(FEED, [(("guid-1", "link-1"), FIRST), (("guid-2",), SECOND)])
    for _ in range(20):
        clock.advance(timedelta(days=7))
        assert (await store.seen.look(FEED, [("guid-1", "link-1", "new")])).marks == [(FIRST, FIRST, None)]
    assert await marks(store, "guid-2") == [None]


async def test_each_generation_expires_when_it_is_read_no_more(
    valkey_url: str, workspace: str, store: Store, clock: ManualClock
) -> None:
    def name() -> str:
        return Keys(workspace).seen(FEED, (clock.now() - datetime(1970, 1, 1, tzinfo=UTC)) // SEEN_GENERATION)

    admin = await connect(valkey_url)
    await store.seen.mark(FEED, [(("guid-1",), FIRST)])
    left = timedelta(milliseconds=await admin.call("PTTL", name()))
    assert 2 * SEEN_GENERATION < left <= 3 * SEEN_GENERATION
    clock.advance(SEEN_GENERATION)
    assert await admin.call("EXISTS", name()) == 0
    assert await marks(store, "guid-1") == [FIRST]
    renewed = timedelta(milliseconds=await admin.call("PTTL", name()))
    assert abs(renewed - left) < timedelta(minutes=1)
    await admin.close()


async def test_thousands_of_entries_are_looked_up_in_parts(store: Store) -> None:
    entries = [(f"guid-{number}", f"link-{number}") for number in range(MOST_KEYS_AT_ONCE)]
    half = len(entries) // 2
    await store.seen.mark(FEED, [(entry, FIRST) for entry in entries[:half]])
    found = await store.seen.look(FEED, entries)
    assert found.marks == [(FIRST, FIRST)] * half + [(None, None)] * half
    assert not found.is_blank


async def test_attempts_at_an_entry_are_counted(store: Store) -> None:
    assert [await store.seen.attempt(FEED, "guid-1") for _ in range(3)] == [1, 2, 3]
    assert await store.seen.attempt(FEED, "guid-2") == 1


@given(
    st.builds(
        Mark,
        content=st.text(alphabet="aZ09-_", max_size=6),
        carried=st.datetimes(datetime(1970, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        updates=st.integers(0, 15),
        rekeyed=st.integers(0, 15),
    )
)
def test_a_mark_comes_back_as_it_was_to_the_minute(mark: Mark) -> None:
    read = _decode(_encode(mark))
    assert (read.content, read.updates, read.rekeyed) == (mark.content, mark.updates, mark.rekeyed)
    assert timedelta(0) <= mark.carried - read.carried < timedelta(minutes=1)
