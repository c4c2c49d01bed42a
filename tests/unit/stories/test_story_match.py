"""Stories: the same event in other words joins, an event of the same kind and a story on a template do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import Article, StoryId
from monitor.remembered import Story, Terms
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import SEED
from monitor.stories.same_story import copy_score
from monitor.stories.story_match import (
    HEAVY_TERMS,
    STORY_LIFETIME,
    STORY_REST,
    THRESHOLD,
    heaviest,
    joined,
    likeness,
    may_tell_same,
    opened,
    shared_terms,
    tells_same,
)
from monitor.stories.terms import NAME, NUMBER, WORD, read_terms
from tests.unit.stories import events
from tests.unit.stories.texts import article

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
TERM = st.builds(lambda stem, kind: 4 * stem + kind, st.integers(0, 100), st.sampled_from((WORD, NAME, NUMBER)))
TERMS = st.dictionaries(TERM, st.floats(0.5, 5), min_size=1, max_size=60).map(
    lambda weights: Terms(weights=weights, spelled={}, words=100)
)


def story_of(*texts: str, at: datetime = NOW) -> Story:
    story = opened(StoryId("s"), read_terms(article("0", texts[0])), at)
    for number, text in enumerate(texts[1:]):
        story = joined(story, read_terms(article(f"{number}", text)), SEED, at)
    return story


def is_same(newcomer: Article, *texts: str, at: datetime = NOW) -> bool:
    terms, print_ = read_terms(newcomer), text_print(newcomer)
    story = story_of(*texts)
    verdicts = [copy_score(print_, text_print(article(text[:9], text))) for text in texts]
    found = likeness(terms, story, SEED, now=at)
    return tells_same(found, terms, story, words=print_.words, verdicts=verdicts)


@pytest.mark.parametrize(("one", "other"), events.RETOLD)
def test_other_words_for_the_same_event_join(one: str, other: str) -> None:
    assert is_same(article("b", other), one)
    assert is_same(article("a", one), other)


def test_the_next_day_joins_what_was_told_of_the_event() -> None:
    assert is_same(article("c", events.QUAKE_NEXT_DAY), events.QUAKE, events.QUAKE_RETOLD, at=NOW + DAY)


@pytest.mark.parametrize(("one", "other"), events.ALIKE)
def test_two_events_of_the_same_kind_stay_apart(one: str, other: str) -> None:
    assert not is_same(article("b", other), one)
    assert not is_same(article("a", one), other)


@pytest.mark.parametrize(("one", "other"), events.ON_A_TEMPLATE)
def test_stories_on_a_template_stay_apart(one: str, other: str) -> None:
    assert likeness(read_terms(article("b", other)), story_of(one), SEED, now=NOW).score > THRESHOLD
    assert not is_same(article("b", other), one)


def test_a_story_on_a_template_stays_apart_from_a_story_that_others_told_too() -> None:
    (one, other), *_ = events.ON_A_TEMPLATE

    assert not is_same(article("b", other), one, events.PROFIT_RETOLD)


def test_a_translation_is_not_merged() -> None:
    assert not is_same(article("b", events.QUAKE_IN_GERMAN), events.QUAKE)


def test_a_few_words_join_nothing() -> None:
    brief = " ".join(events.QUAKE_RETOLD.split()[:19])

    assert not is_same(article("b", brief), events.QUAKE)
    assert not is_same(article("b", events.QUAKE_RETOLD), "Earthquake of magnitude 6.4 in Orvan valley, Talmar")


def test_a_story_fades_and_closes() -> None:
    terms = read_terms(article("b", events.QUAKE_RETOLD))
    story = story_of(events.QUAKE)
    scores = [likeness(terms, story, SEED, now=NOW + days * DAY).score for days in (0, 1, 3, 6)]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[3] > 0
    assert not is_same(article("b", events.QUAKE_RETOLD), events.QUAKE, at=NOW + 6 * DAY)
    assert may_tell_same(terms, [story], SEED, now=NOW) == [story]
    same = read_terms(article("c", events.QUAKE))
    assert may_tell_same(same, [story], SEED, now=NOW + STORY_REST - DAY) == [story]
    assert may_tell_same(same, [story], SEED, now=NOW + STORY_REST) == []
    told_for_long = replace(story, last=NOW + STORY_LIFETIME - DAY)
    assert may_tell_same(same, [told_for_long], SEED, now=NOW + STORY_LIFETIME - DAY) == [told_for_long]
    assert may_tell_same(same, [told_for_long], SEED, now=NOW + STORY_LIFETIME) == []


def test_an_article_from_before_is_not_liker_than_one_of_the_same_time() -> None:
    terms, story = read_terms(article("b", events.QUAKE_RETOLD)), story_of(events.QUAKE)

    assert likeness(terms, story, SEED, now=NOW - DAY) == likeness(terms, story, SEED, now=NOW)


@given(TERMS)
def test_a_text_is_like_itself(terms: Terms) -> None:
    found = likeness(terms, opened(StoryId("s"), terms, NOW), SEED, now=NOW)

    assert found.names == pytest.approx(1)
    assert found.numbers == pytest.approx(1)
    assert found.score > 0.7


@given(TERMS, st.lists(TERMS, max_size=12))
def test_a_centroid_is_bounded_and_counts_its_texts(first: Terms, others: list[Terms]) -> None:
    story = opened(StoryId("s"), first, NOW)
    for number, terms in enumerate(others):
        story = joined(story, terms, SEED, NOW + number * DAY)
        assert len(story.centroid) <= 300

    assert story.texts == 1 + len(others)
    assert (story.first, story.last) == (NOW, NOW + max(0, len(others) - 1) * DAY)


@given(TERMS, TERMS, TERMS)
def test_likeness_is_a_share_whatever_the_words(one: Terms, other: Terms, newcomer: Terms) -> None:
    story = joined(opened(StoryId("s"), one, NOW), other, SEED, NOW)
    found = likeness(newcomer, story, SEED, now=NOW)

    if found.score > THRESHOLD + 1e-9:
        assert may_tell_same(newcomer, [story], SEED, now=NOW)
    assert -0.21 < found.score <= 1 + 1e-9
    assert all(0 <= share <= 1 + 1e-9 for share in (found.words, found.names, found.numbers))


@given(TERMS)
def test_the_heaviest_terms_are_the_same_in_whatever_order_they_were_read(terms: Terms) -> None:
    backwards = replace(terms, weights=dict(reversed(list(terms.weights.items()))))
    found = heaviest(terms, SEED)

    assert found == heaviest(backwards, SEED)
    assert len(found) == min(HEAVY_TERMS, len(terms.weights))
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)
    assert sum(share for _, share in found) <= 1 + 1e-9


def test_what_is_shared_is_named_by_weight() -> None:
    terms = read_terms(article("b", events.QUAKE_RETOLD))
    words = [terms.spelled[term] for term in shared_terms(terms, story_of(events.QUAKE), SEED, most=6)]

    assert {"orvan", "kesin", "duran"} <= set(words)


def test_nothing_is_like_nothing() -> None:
    nothing = Terms(weights={}, spelled={}, words=0)

    assert likeness(nothing, opened(StoryId("s"), nothing, NOW), SEED, now=NOW).score <= 0
    assert heaviest(nothing, SEED) == ()
