"""Frequencies: common words say little, what is learnt fades, and the same texts give the same table."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.remembered import TermCounts
from monitor.stories.frequencies import MOST_TERMS, SEED, Frequencies, learned
from monitor.stories.terms import stem_term

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WEEK = timedelta(days=7)
TEXTS = st.lists(st.frozensets(st.integers(min_value=0, max_value=50)), max_size=30)


def table(counts: TermCounts) -> Frequencies:
    return Frequencies(version=counts.version, documents=counts.documents, counts=counts.counts, updated=counts.updated)


def test_on_the_first_day_words_of_all_news_say_less_than_others() -> None:
    assert SEED.idf(stem_term("police", "en")) < 3 < SEED.idf(stem_term("blockade", "en"))
    assert SEED.idf(stem_term("polizei", "de")) == SEED.idf(stem_term("警方", "zh")) < 3


def test_what_is_in_many_texts_comes_to_say_less() -> None:
    common, rare = 8, 16
    after = table(learned(SEED, [{common}] * 400 + [{rare}], NOW))

    assert after.idf(common) < 2 < after.idf(rare) <= SEED.idf(rare)
    assert (after.version, after.documents) == (1, 401)


def test_what_nobody_has_read_weighs_the_same_on_each_day() -> None:
    after = table(learned(SEED, [{4}] * 5_000, NOW))

    assert after.idf(12) == SEED.idf(12)


def test_a_text_counts_half_a_week_later() -> None:
    first = learned(SEED, [{4}] * 10, NOW)
    second = learned(first, [{8}], NOW + WEEK)

    assert second.counts == {4: 5, 8: 1}
    assert second.documents == 6


def test_a_clock_that_was_set_back_changes_nothing() -> None:
    first = learned(SEED, [{4}], NOW)
    second = learned(first, [{4}], NOW - WEEK)

    assert second.counts == {4: 2}
    assert second.updated == NOW


def test_the_table_is_bounded_and_keeps_what_is_seen_most() -> None:
    many = [range(start, start + 10_000) for start in range(0, 80_000, 10_000)]
    after = learned(SEED, [*many, {79_999}], NOW)

    assert len(after.counts) == MOST_TERMS
    assert after.counts[79_999] == 2


@given(TEXTS, st.randoms(use_true_random=False))
def test_the_order_of_texts_does_not_matter(texts: list[Collection[int]], random: object) -> None:
    shuffled = list(texts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random

    assert learned(SEED, texts, NOW) == learned(SEED, shuffled, NOW)
