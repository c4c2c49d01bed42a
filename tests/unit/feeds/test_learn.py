"""What a poll teaches about its feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.learn import alert_yield, learn, standing, typical_delay
from monitor.feeds.poll_result import FailureKind, NewBody, NotModified, PollFailed, PollResult, SameBody
from monitor.model import Entry, Feed, FeedKey, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = Feed(key=FeedKey("f"), url="https://a.example/rss")
NEW = "https://b.example/rss"


def body(
    *ages: timedelta,
    items: Sequence[str] = (),
    etag: str = "e2",
    title: str = "T",
    is_whole: bool = False,
    fresh_for: timedelta | None = None,
) -> NewBody:
    entries = tuple(Entry(feed=FEED.key, id=str(age), published=NOW - age) for age in ages)
    return NewBody(
        parsed=ParsedFeed(format="rss20", title=title, entries=entries),
        keys=(),
        body_hash="h2",
        items=tuple(items),
        etag=etag,
        last_modified="m2",
        is_whole=is_whole,
        fresh_for=fresh_for,
    )


def after(state: FeedState, *results: PollResult, new: int | None = None, every: timedelta = HOUR) -> FeedState:
    """Return the state after polls, the last of them now."""
    for age, result in zip(range(len(results) - 1, -1, -1), results, strict=True):
        state = learn(state, result, now=NOW - age * every, feed=FEED, new=new)
    return state


def failed(kind: FailureKind = "status", *, body_hash: str = "") -> PollFailed:
    return PollFailed(kind=kind, reason="it failed", hint="mend it", body_hash=body_hash)


# Answers


def test_a_new_body_teaches_all() -> None:
    before = FeedState(failures=3, failing_since=NOW - DAY, error="x", polls=7, first_polled=NOW - DAY)
    assert after(before, body(HOUR, DAY - 2.4 * HOUR, title="A \x1b[31m feed", fresh_for=HOUR)) == FeedState(
        etag="e2",
        last_modified="m2",
        body_hash="h2",
        title="A [31m feed",
        format="rss20",
        polls=8,
        first_polled=NOW - DAY,
        last_polled=NOW,
        last_success=NOW,
        last_read=NOW,
        last_changed=NOW,
        fresh_for=HOUR,
        entries_per_day=2.0,
    )


@pytest.mark.parametrize("result", [NotModified(), SameBody(etag="e1")])
def test_an_unchanged_feed_keeps_its_validators_and_slows_down(result: PollResult) -> None:
    before = FeedState(etag="e1", body_hash="h1", entries_per_day=20.0, last_success=NOW - DAY, failures=2, error="x")
    learnt = after(before, result)
    assert (learnt.etag, learnt.body_hash, learnt.failures, learnt.error) == ("e1", "h1", 0, "")
    assert (learnt.entries_per_day, learnt.last_success) == (10.0, NOW)


def test_answers_without_a_document_are_counted() -> None:
    learnt = after(FeedState(), body(HOUR), NotModified(), SameBody(), NotModified())
    assert (learnt.polls, learnt.not_modified) == (4, 2)


def test_the_last_wish_of_the_publisher_counts() -> None:
    learnt = after(FeedState(), NotModified(fresh_for=HOUR), failed())
    assert learnt.fresh_for == HOUR
    assert after(learnt, NotModified()).fresh_for is None


# The rate


def test_the_first_document_is_judged_by_its_dates_though_its_old_entries_are_no_news() -> None:
    first = after(FeedState(), body(HOUR, DAY - 2.4 * HOUR, items="ab"), new=1)
    assert first.entries_per_day == pytest.approx(2.0)


def test_a_document_whose_known_part_was_left_out_is_counted_on() -> None:
    before = FeedState(entries_per_day=20.0, last_success=NOW - DAY)
    assert after(before, body(MINUTE, items="abc"), new=1).entries_per_day == pytest.approx(21 / 2)


def test_a_document_that_does_not_reach_back_to_the_last_one_is_judged_by_its_dates() -> None:
    before = FeedState(entries_per_day=20.0, last_success=NOW - 30 * DAY)
    ages = [minutes * MINUTE for minutes in range(1, 21)]
    assert after(before, body(*ages, items="x" * 20), new=20).entries_per_day == pytest.approx(20 / (20 / 1440 + 0.1))


def test_an_entry_that_was_edited_is_not_counted() -> None:
    before = FeedState(entries_per_day=20.0, last_success=NOW - DAY)
    assert after(before, body(HOUR, items="abc"), new=0).entries_per_day == 10.0


def test_time_without_an_answer_is_time_too() -> None:
    before = FeedState(entries_per_day=20.0, last_success=NOW - DAY, last_polled=NOW - MINUTE, failures=9)
    assert after(before, NotModified()).entries_per_day == 10.0


def test_a_feed_without_dates_is_not_measured_before_something_comes() -> None:
    undated = NewBody(parsed=ParsedFeed(format="rss20", entries=(Entry(feed=FEED.key),)), keys=(), body_hash="h")
    learnt = after(after(FeedState(), undated, new=1), NotModified())
    assert learnt.entries_per_day is None
    assert after(replace(learnt, last_success=NOW - 2.4 * HOUR), undated, new=2).entries_per_day == pytest.approx(10)


def test_without_word_of_the_entries_those_after_the_last_answer_count_as_new() -> None:
    before = FeedState(entries_per_day=20.0, last_success=NOW - DAY)
    assert after(before, body(HOUR, 2 * DAY)).entries_per_day == pytest.approx(21 / 2)


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([], "new", id="never polled"),
        pytest.param([failed()], "failing", id="it fails"),
        pytest.param([failed("gone")], "gone", id="it is gone"),
        pytest.param([failed(), NotModified()], "ok", id="it answers"),
    ],
)
def test_how_a_feed_does_is_a_word(results: list[PollResult], expected: str) -> None:
    assert standing(after(FeedState(), *results)) == expected


# Delay and yield


@pytest.mark.parametrize(
    ("before", "delays", "expected"),
    [
        pytest.param(None, [], None, id="nothing known"),
        pytest.param(None, [MINUTE], MINUTE, id="the first one"),
        pytest.param(MINUTE, [], MINUTE, id="nothing new"),
        pytest.param(MINUTE, [MINUTE] * 5, MINUTE, id="more of the same"),
        pytest.param(MINUTE, [MINUTE * 2**10], 2 * MINUTE, id="an entry that came far too late"),
        pytest.param(MINUTE, [-DAY], MINUTE / 60**0.1, id="a date in the future counts as at once"),
        pytest.param(0 * SECOND, [SECOND], SECOND, id="at once"),
    ],
)
def test_the_typical_delay_follows_slowly(
    before: timedelta | None, delays: list[timedelta], expected: timedelta | None
) -> None:
    assert typical_delay(before, delays) == (expected if expected is None else pytest.approx(expected, rel=1e-6))


def test_the_yield_follows_the_alerts_and_fades() -> None:
    assert alert_yield(0.0, 0.0, new=0) == 0.0
    assert alert_yield(0.0, 4.0, new=10) == pytest.approx(4 / 60)
    assert alert_yield(0.12, 0.0, new=50) == pytest.approx(0.06)


# Validators


def test_a_server_that_hid_news_is_asked_without_validators_for_a_week() -> None:
    honest = FeedState(etag="e", entries_per_day=5.0, last_success=NOW - DAY, last_changed=NOW - DAY)
    lied = after(honest, body(HOUR, etag="e", items="ab", is_whole=True), new=1)
    assert (lied.validators_lie, lied.lie_seen, lied.last_whole) == (True, NOW, NOW)
    still = learn(lied, body(HOUR, etag="f", items="ab", is_whole=True), now=NOW + 6 * DAY, feed=FEED, new=1)
    assert still.validators_lie
    assert not learn(still, SameBody(etag="f", is_whole=True), now=NOW + 7 * DAY, feed=FEED).validators_lie


def test_only_answers_to_requests_without_validators_are_whole() -> None:
    assert after(FeedState(), body(HOUR, is_whole=True)).last_whole == NOW
    assert after(FeedState(), SameBody(is_whole=True)).last_whole == NOW
    assert after(FeedState(), body(HOUR)).last_whole is None
    assert after(FeedState(last_whole=NOW - DAY), NotModified()).last_whole == NOW - DAY


# Addresses


def moved(to: str = NEW) -> NotModified:
    return NotModified(moved_to=to)


@pytest.mark.parametrize(
    ("results", "every", "expected"),
    [
        pytest.param([moved()] * 3, 12 * HOUR, NEW, id="three polls over a day"),
        pytest.param([moved()] * 2, DAY, "", id="two polls"),
        pytest.param([moved()] * 4, HOUR, "", id="hours"),
        pytest.param([moved(), moved("https://c.example/"), moved()], DAY, "", id="another target each time"),
        pytest.param([moved(), moved(""), moved()], DAY, "", id="the redirect was away in between"),
        pytest.param([moved(), failed(), moved(), moved()], DAY, NEW, id="a failure in between says nothing"),
        pytest.param([moved(FEED.url)] * 3, DAY, "", id="the address that we have"),
    ],
)
def test_a_permanent_redirect_is_believed_in_time(results: list[PollResult], every: timedelta, expected: str) -> None:
    learnt = after(FeedState(), *results, every=every)
    assert learnt.address == expected
    assert bool(learnt.new_address) is (not expected and results[-1] == moved())


def test_a_feed_that_moves_on_is_followed_and_one_that_moves_home_has_its_own_address() -> None:
    at_new = FeedState(address=NEW)
    assert after(at_new, *[moved("https://c.example/")] * 3, every=DAY).address == "https://c.example/"
    assert after(at_new, *[moved(FEED.url)] * 3, every=DAY).address == ""
    assert after(at_new, *[moved(NEW)] * 3, every=DAY) == replace(
        after(at_new, *[moved("")] * 3, every=DAY), address=NEW
    )


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        pytest.param([failed("gone")], "", id="gone for good"),
        pytest.param([failed()] * 2, NEW, id="missing twice"),
        pytest.param([failed()] * 3, "", id="missing three times"),
        pytest.param([failed("unreachable")] * 3, "", id="without an answer three times"),
        pytest.param([failed("throttled")] * 9, NEW, id="throttled: the address is good"),
        pytest.param([failed("server")] * 9, NEW, id="trouble of the site: the address is good"),
    ],
)
def test_a_believed_address_that_fails_is_given_up_for_the_written_one(
    results: list[PollResult], expected: str
) -> None:
    learnt = after(FeedState(address=NEW), *results)
    assert (learnt.address, learnt.gone) == (expected, False)


# Failures


def test_a_failure_keeps_what_is_known() -> None:
    before = FeedState(etag="e1", body_hash="h1", title="T", last_success=NOW - DAY, entries_per_day=3.5)
    learnt = after(before, failed())
    assert (learnt.etag, learnt.body_hash, learnt.title, learnt.last_success) == ("e1", "h1", "T", NOW - DAY)
    assert (learnt.failures, learnt.error, learnt.error_hint, learnt.error_kind) == (
        1,
        "it failed",
        "mend it",
        "status",
    )
    assert (learnt.failing_since, learnt.gone) == (NOW, False)


def test_failures_in_a_row_began_with_the_first() -> None:
    learnt = after(FeedState(), failed(), failed("unreachable"), failed())
    assert (learnt.failures, learnt.failing_since) == (3, NOW - 2 * HOUR)
    back = after(learnt, NotModified())
    assert (back.failures, back.failing_since, back.error, back.error_hint, back.error_kind) == (0, None, "", "", "")


def test_an_unreadable_body_is_remembered_until_something_else_fails() -> None:
    unreadable = after(FeedState(body_hash="h1"), failed("unreadable", body_hash="unreadable:1:h2"))
    assert unreadable.body_hash == "unreadable:1:h2"
    assert after(unreadable, failed("unreachable")).body_hash == ""


def test_a_feed_that_is_gone_may_come_back() -> None:
    gone = after(FeedState(), failed("gone"))
    assert gone.gone
    assert not after(gone, body(HOUR)).gone


# Texts


def test_pages_compared_with_the_feeds_text_are_remembered() -> None:
    learnt = learn(FeedState(full_texts=2), body(HOUR), now=NOW, feed=FEED, full_texts=[True, True])
    assert (learnt.full_texts, learnt.full_text_checked) == (4, NOW)
    unlike = learn(learnt, body(HOUR), now=NOW + DAY, feed=FEED, full_texts=[True, False])
    assert (unlike.full_texts, unlike.full_text_checked) == (0, NOW + DAY)
    assert learn(learnt, NotModified(), now=NOW + DAY, feed=FEED).full_text_checked == NOW
