from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.cli.feed_words import ago, feed_record, feed_words, format_name, report_line, span
from monitor.config.feed_list import Listed, feed_key
from monitor.daemon.feed_check import FeedReport
from monitor.errors import Location
from monitor.model import Feed, FeedState

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://a.example/rss"


def words(state: FeedState, *, due: datetime | None = None, **options: object) -> dict[str, str]:
    feed = Feed(key=feed_key(URL), url=URL, origin="seeds/a.yaml:3:5", **options)  # type: ignore[arg-type]
    listed = Listed(feed=feed, at=Location("seeds/a.yaml", 3, 5))
    return dict(feed_words(feed_record(feed, state, due), listed, now=NOW))


def test_a_new_feed_has_little_to_tell() -> None:
    assert words(FeedState(), language="en", tags=("x", "y"), interval=timedelta(minutes=5)) == {
        "address": URL,
        "key": feed_key(URL),
        "listed": "seeds/a.yaml:3:5; tags x, y; language en; every 5 min, as you set",
        "state": "new: not polled yet",
        "next poll": "when a daemon has read the list",
    }


def test_what_polls_taught_is_told() -> None:
    state = FeedState(
        polls=200,
        not_modified=150,
        last_success=NOW - timedelta(minutes=4),
        entries_per_day=12.25,
        typical_delay=timedelta(minutes=3),
        fresh_for=timedelta(hours=1),
        validators_lie=True,
        format="rss20",
        new_address="https://b.example/rss",
        hub="https://hub.example/",
    )
    told = words(state, due=NOW + timedelta(minutes=6))
    assert told["state"] == "ok: last read 4 min ago"
    assert told["next poll"].endswith(" (in 6 min)")
    assert told["news"] == "12.2 entries a day; typically seen 3 min after they were published"
    assert told["traffic"] == (
        '75% of 200 polls answered "not modified"; wrongly at times, so it is always asked for the whole'
    )
    assert told["publisher"] == "wishes to be asked every 1 h"
    assert told["format"] == "RSS 2.0"
    assert told["moved"].startswith("to https://b.example/rss, says the site")
    assert told["hub"] == "https://hub.example/ (WebSub); it pushes nothing to us"


def test_what_went_wrong_is_told_with_the_next_step() -> None:
    state = FeedState(
        polls=5,
        failures=3,
        failing_since=NOW - timedelta(hours=2),
        error="the site refuses us (HTTP 403)",
        error_hint="set network.contact",
        last_success=NOW - timedelta(days=2),
    )
    told = words(state, due=NOW - timedelta(seconds=1))
    assert told["state"].startswith("failing since ")
    assert told["state"].endswith(": 3 polls in a row; last read 2 d ago")
    assert (told["last error"], told["next step"]) == (state.error, state.error_hint)
    assert told["next poll"] == "now"
    gone = words(FeedState(polls=1, failures=1, gone=True, error="gone"), due=NOW)
    assert gone["state"].startswith("gone: ")
    assert gone["next poll"] == "none"
    assert gone["next step"] == "nothing to do now: it is tried again by itself"


CHECKED = NOW - timedelta(days=3)


@pytest.mark.parametrize(
    ("state", "full_text", "expected"),
    [
        pytest.param(FeedState(), "auto", None, id="nothing known"),
        pytest.param(
            FeedState(full_texts=2, full_text_checked=CHECKED),
            "auto",
            "2 pages in a row of 5 said no more than the feed, which may carry whole articles",
            id="being learnt",
        ),
        pytest.param(
            FeedState(full_texts=9, full_text_checked=CHECKED),
            "auto",
            "the feed carries whole articles: pages are not fetched; checked 3 d ago",
            id="believed",
        ),
        pytest.param(
            FeedState(full_text_checked=CHECKED),
            "auto",
            "pages say more than the feed, as seen 3 d ago: they are fetched",
            id="contradicted",
        ),
        pytest.param(
            FeedState(full_texts=9, full_text_checked=CHECKED),
            "fetch",
            "always from the pages, as you set",
            id="the user wants pages",
        ),
        pytest.param(
            FeedState(), "feed", "always the feed's own, as you set: pages are not fetched", id="the user wants none"
        ),
    ],
)
def test_where_the_texts_come_from_is_told(state: FeedState, full_text: str, expected: str | None) -> None:
    assert words(state, full_text=full_text).get("texts") == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rss20", "RSS 2.0"),
        ("rss091u", "RSS 0.91u"),
        ("atom10", "Atom 1.0"),
        ("jsonfeed", "JSON Feed"),
        ("news-sitemap", "news sitemap"),
        ("rdf", "rdf"),
        ("", ""),
        ("other", "other"),
    ],
)
def test_formats_have_the_names_that_people_know(name: str, expected: str) -> None:
    assert format_name(name) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (3_599, "59 min"),
        (3_600, "1 h"),
        (7_800, "2 h 10 min"),
        (86_400, "1 d"),
        (300_000, "3 d"),
    ],
)
def test_times_are_told_as_people_say_them(seconds: float, expected: str) -> None:
    assert span(timedelta(seconds=seconds)) == expected


def test_a_report_is_one_line() -> None:
    report = FeedReport(
        url=URL,
        ok=True,
        format="rss20",
        title="Al Jazeera",
        entries=25,
        newest=NOW - timedelta(minutes=4),
        seconds=0.93,
    )
    assert report_line(report, now=NOW) == (
        "Al Jazeera (RSS 2.0, 25 items, newest 4 min ago, full text: by extraction, 0.9 s)"
    )
    assert ago(NOW + timedelta(hours=3), NOW) == "in 3 h"
