"""Stored records: what goes in comes out, and what is not ours is refused in words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import StoreError
from monitor.model import (
    Alert,
    AlertId,
    ArticleId,
    ArticleStatus,
    ChannelName,
    Delivery,
    DeliveryId,
    FeedState,
    Report,
    RuleId,
    Severity,
    Snippet,
    StoryId,
)
from monitor.remembered import Headline, TextPrint
from monitor.store.codec import (
    decode,
    decode_headline,
    decode_print,
    decode_weights,
    encode,
    encode_headline,
    encode_print,
    encode_weights,
)

MOMENT = datetime(2026, 11, 24, 12, 0, 0, 123456, tzinfo=UTC)
REPORT = Report(
    article=ArticleId("a1"), title="停火 «cessez»", url="https://x.example/1", site="x.example", source="X", seen=MOMENT
)
ALERT = Alert(
    id=AlertId("al1"),
    rule=RuleId("r"),
    rule_title="R",
    rule_version="v",
    severity=Severity.CRITICAL,
    labels={"desk": "asia"},
    story=StoryId("s1"),
    created=MOMENT,
    lead=REPORT,
    why=(Snippet(field="title", text="停火", marks=((0, 2),), terms=("停火",)),),
    terms=("停火",),
    status=ArticleStatus.TEASER,
    channels=(ChannelName("desk"),),
)
DELIVERY = Delivery(
    id=DeliveryId("d1"), alert=AlertId("al1"), channel=ChannelName("desk"), kind="source", queued=MOMENT, report=REPORT
)
STATE = FeedState(etag='W/"é"', polls=3, last_polled=MOMENT, entries_per_day=0.1)

numbers = st.integers(0, 0xFFFF_FFFF)
short_numbers = st.integers(0, 0xFFFF)
words = st.frozensets(st.text(max_size=8), max_size=5)
prints = st.builds(
    TextPrint,
    article=st.text().map(ArticleId),
    text_hash=st.text(),
    probes=st.lists(numbers, max_size=24).map(tuple),
    sequence=st.lists(short_numbers, max_size=50).map(tuple),
    by_character=st.booleans(),
    numbers=words,
    names=st.frozensets(short_numbers, max_size=20),
    title_words=words,
    words=st.integers(0, 10**6),
    is_roundup=st.booleans(),
)


@pytest.mark.parametrize("record", [REPORT, ALERT, DELIVERY, STATE], ids=lambda record: type(record).__name__)
def test_a_record_comes_back_as_it_was(record: object) -> None:
    assert decode(encode(record), type(record)) == record


@given(prints)
def test_a_print_comes_back_as_it_was(fingerprint: TextPrint) -> None:
    assert decode_print(encode_print(fingerprint)) == fingerprint


def test_a_headline_comes_back_as_it_was() -> None:
    headline = Headline(article=ArticleId("a"), story=StoryId("s"), site="x.example", has_text=True, seen=MOMENT)
    assert decode_headline(encode_headline(headline)) == headline


@given(st.dictionaries(numbers, st.floats(0, 60_000, width=16), max_size=50))
def test_weights_come_back_as_they_were(weights: dict[int, float]) -> None:
    assert decode_weights(encode_weights(weights)) == weights


def test_a_weight_keeps_three_digits_and_one_that_is_too_great_is_the_greatest() -> None:
    weights = decode_weights(encode_weights({1: 0.123456, 2: 1e9}))
    assert weights == {1: pytest.approx(0.123456, rel=1e-3), 2: 65_504.0}


@pytest.mark.parametrize("record", [b"", b"1{}", b"3\x9a", b"2\x9a", b"2\xc0"])
def test_a_print_of_another_version_or_cut_is_refused(record: bytes) -> None:
    with pytest.raises(StoreError, match="a stored TextPrint"):
        decode_print(record)


def test_a_print_of_an_ordinary_article_takes_less_than_a_kilobyte() -> None:
    fingerprint = TextPrint(
        article=ArticleId("0123456789abcdef"),
        text_hash="0" * 32,
        probes=tuple(range(0xF000_0000, 0xF000_0018)),
        sequence=tuple(range(0xF000, 0xF000 + 316)),
        by_character=False,
        numbers=frozenset(str(number) for number in range(10)),
        names=frozenset(range(0xF000, 0xF000 + 20)),
        title_words=frozenset(("call", "ceasefire", "minister")),
        words=316,
    )
    assert len(encode_print(fingerprint)) < 1000


def test_a_record_of_a_newer_version_is_refused_with_the_likely_reason() -> None:
    with pytest.raises(StoreError, match="unknown version '2'; was it written by a newer monitor"):
        decode("2{}", FeedState)


@pytest.mark.parametrize("text", ["1", "1nonsense", '1{"etag": 5}', "1[]"])
def test_a_record_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(StoreError, match="a stored FeedState cannot be read"):
        decode(text, FeedState)


def test_fields_that_a_later_version_added_are_ignored() -> None:
    assert decode('1{"etag": "x", "mood": "good"}', FeedState) == FeedState(etag="x")
