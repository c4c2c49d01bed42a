"""The counts of terms: the same versions from the same texts, whoever counts them and whatever dies meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from monitor.remembered import NOTHING_KNOWN, TermCounts
from monitor.store.connect import connect
from monitor.store.store import Store
from monitor.store.term_counts import BLOCK, MOST_WAITING
from tests.support.clock import ManualClock
from tests.support.store import NOON, a_telling, an_article, offer, repeating_store

SECOND = timedelta(seconds=1)


def learn(counts: TermCounts, documents: Sequence[Collection[int]], now: datetime) -> TermCounts:
    kept = Counter({term: count / 2 for term, count in counts.counts.items()})
    for document in documents:
        kept.update(document)
    return TermCounts(
        version=counts.version + 1,
        documents=counts.documents / 2 + len(documents),
        counts=dict(kept),
        updated=now,
    )


def document(number: int) -> set[int]:
    return {number % 7, 100 + number % 11, 0xFFFF_FFFF}


async def note(store: Store, numbers: range) -> None:
    for number in numbers:
        await store.terms.note_read([document(number)], now=NOON + number * SECOND)


async def test_nothing_is_known_at_first(store: Store) -> None:
    assert await store.terms.current(learn) == TermCounts()


async def test_a_block_of_texts_makes_the_next_version_as_of_its_last_text(store: Store) -> None:
    await note(store, range(BLOCK - 1))
    assert (await store.terms.current(learn)).version == 0
    await note(store, range(BLOCK - 1, BLOCK + 3))
    counts = await store.terms.current(learn)
    assert counts == learn(TermCounts(), [document(n) for n in range(BLOCK)], NOON + (BLOCK - 1) * SECOND)
    assert counts.counts[0xFFFF_FFFF] == BLOCK
    await note(store, range(BLOCK + 3, 3 * BLOCK))
    assert (await store.terms.current(learn)).version == 3


async def test_daemons_that_count_in_turns_get_what_one_alone_gets(
    valkey_url: str, workspace: str, store: Store, clock: ManualClock
) -> None:
    alone = await Store.open(valkey_url, f"{workspace}-alone", clock=clock)
    others = [await Store.open(valkey_url, workspace, clock=clock) for _ in range(2)]
    for start in range(0, 4 * BLOCK, 130):
        numbers = range(start, start + 130)
        await note(alone, numbers)
        await alone.terms.current(learn)
        teller = others[start // 130 % 2]
        await note(teller, numbers)
        if start % 3:
            await teller.terms.current(learn)
    await note(store, range(0))
    expected = await alone.terms.current(learn)
    assert expected.version == 4
    for daemon in (store, *others):
        daemon.terms.hear(-1, 0)  # as an answer that names another version
        assert await daemon.terms.current(learn) == expected
    for opened in (alone, *others):
        await opened.close()


async def test_a_new_text_is_counted_once_and_its_copies_are_not(store: Store, workspace: str, valkey_url: str) -> None:
    await store.alerts.enqueue(a_telling(an_article("a1"), terms={1, 2}), look=NOTHING_KNOWN, drafts=[])
    await offer(store, an_article("a1"))
    await offer(store, an_article("b1", site="two.example"))
    connection = await connect(valkey_url)
    (record,) = await connection.read_list(f"{{{workspace}}}:read-terms", 9)
    await connection.close()
    assert record[8:] == b"\1\0\0\0\2\0\0\0"


async def test_whoever_stores_the_text_that_fills_a_block_learns_of_it(store: Store) -> None:
    await store.terms.current(learn)
    await note(store, range(BLOCK - 1))
    telling = a_telling(an_article("a1"), terms={5})
    await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=[])
    assert (await store.terms.current(learn)).version == 1


async def test_a_call_whose_answer_was_lost_publishes_once(valkey_url: str, workspace: str, clock: ManualClock) -> None:
    store = await repeating_store(valkey_url, workspace, clock)
    await note(store, range(2 * BLOCK + 1))
    counts = await store.terms.current(learn)
    assert (counts.version, counts.documents) == (2, 1.5 * BLOCK)
    await store.close()


async def test_what_waits_is_bounded_when_nobody_counts(store: Store, workspace: str, valkey_url: str) -> None:
    for start in range(0, MOST_WAITING + 900, 300):
        await store.terms.note_read([document(number) for number in range(start, start + 300)], now=NOON)
    await store.alerts.enqueue(a_telling(an_article("a1"), terms={5}), look=NOTHING_KNOWN, drafts=[])
    connection = await connect(valkey_url)
    assert await connection.call("LLEN", f"{{{workspace}}}:read-terms") == MOST_WAITING
    await connection.close()
