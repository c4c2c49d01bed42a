"""How feeds are spoken of: their health as a record for tools and in words, formats by their names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.cli.output import counted, shown_path, shown_time
from monitor.feeds.full_text import PROVEN, carries_whole_articles
from monitor.text import shorten

if TYPE_CHECKING:
    from monitor.config.feed_list import Listed
    from monitor.daemon.feed_check import FeedReport
    from monitor.model import Feed, FeedState

_FORMATS = {
    "atom": "Atom",
    "jsonfeed": "JSON Feed",
    "news-sitemap": "news sitemap",
    "rss": "RSS",
    "sitemapindex": "sitemap index",
}
_FORMAT = re.compile(r"([a-z-]+)(?:(\d)(\d+[a-z]?))?")
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))
MAX_TITLE = 60  # characters of a title in a sentence


def feed_record(
    feed: Feed, state: FeedState, due: datetime | None, *, pushes_until: datetime | None = None
) -> dict[str, Any]:
    """Return a feed and how it does as the JSON object that other tools read."""
    return {
        "key": feed.key,
        "url": feed.url,
        "title": feed.title or state.title,
        "state": "gone" if state.gone else "failing" if state.failures else "ok" if state.polls else "new",
        "last_success": state.last_success,
        "next_poll": None if state.gone else due,
        "entries_per_day": state.entries_per_day,
        "failures": state.failures,
        "error": state.error,
        "origin": shown_path(feed.origin),
        "hint": state.error_hint,
        "error_kind": state.error_kind,
        "failing_since": state.failing_since,
        "polls": state.polls,
        "first_polled": state.first_polled,
        "last_polled": state.last_polled,
        "not_modified_share": round(state.not_modified / state.polls, 3) if state.polls else None,
        "typical_delay_seconds": round(state.typical_delay.total_seconds())
        if state.typical_delay is not None
        else None,
        "fresh_for_seconds": round(state.fresh_for.total_seconds()) if state.fresh_for is not None else None,
        "validators_lie": state.validators_lie,
        "format": state.format,
        "address": state.address,
        "new_address": state.new_address,
        "hub": state.hub,
        "pushes_until": pushes_until,
        "full_text": feed.full_text,
        "carries_full_text": carries_whole_articles(state),
        "full_text_pages": state.full_texts,
        "full_text_checked": state.full_text_checked,
    }


def _seconds(time: timedelta | None) -> int | None:
    return None if time is None else round(time.total_seconds())


def feed_words(record: dict[str, Any], listed: Listed, *, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield what is known of a feed in words, each with a name before it; `record` is that of `feed_record`."""
    feed = listed.feed
    yield "address", feed.url
    yield "key", feed.key
    options = [
        f"tags {', '.join(feed.tags)}" if feed.tags else "",
        f"language {feed.language}" if feed.language else "",
    ]
    options += [f"every {span(feed.interval)}, as you set" if feed.interval else "", listed.description]
    yield "listed", "; ".join([shown_path(feed.origin), *(option for option in options if option)])
    yield "state", _state_words(record, now)
    if record["error"]:
        yield "last error", record["error"]
        yield "next step", record["hint"] or "nothing to do now: it is tried again by itself"
    yield "next poll", _next_words(record, now)
    if record["entries_per_day"] is not None:
        delay = record["typical_delay_seconds"]
        seen = (
            f"; typically seen {span(timedelta(seconds=delay))} after they were published" if delay is not None else ""
        )
        yield "news", f"{record['entries_per_day']:.1f} entries a day{seen}"
    if record["polls"]:
        share = f'{record["not_modified_share"]:.0%} of {counted(record["polls"], "poll")} answered "not modified"'
        lie = "; wrongly at times, so it is always asked for the whole" if record["validators_lie"] else ""
        yield "traffic", share + lie
    if record["fresh_for_seconds"]:
        yield "publisher", f"wishes to be asked every {span(timedelta(seconds=record['fresh_for_seconds']))}"
    texts = _text_words(record, now)
    if texts:
        yield "texts", texts
    if record["format"]:
        yield "format", format_name(record["format"])
    if record["address"]:
        yield "moved", f"polled at {record['address']}, where the site has moved it for good: put that into the list"
    elif record["new_address"]:
        yield "moved", f"to {record['new_address']}, says the site; believed when it has said so for a day"
    if record["hub"]:
        until = record["pushes_until"]
        pushes = f"it pushes news until {shown_time(until)}" if until and until > now else "it pushes nothing to us"
        yield "hub", f"{record['hub']} (WebSub); {pushes}"


def _state_words(record: dict[str, Any], now: datetime) -> str:
    match record["state"]:
        case "new":
            return "new: not polled yet"
        case "gone":
            return "gone: the site has removed it for good (HTTP 410); it is not polled until you ask for it"
        case "failing":
            since = f" since {shown_time(record['failing_since'])}" if record["failing_since"] else ""
            last = record["last_success"]
            good = f"last read {ago(last, now)}" if last else "never read"
            return f"failing{since}: {counted(record['failures'], 'poll')} in a row; {good}"
        case _:
            return f"ok: last read {ago(record['last_success'], now)}"


def _text_words(record: dict[str, Any], now: datetime) -> str:
    """Return where the feed's texts come from, "" while nothing is known of it."""
    if record["full_text"] == "fetch":
        return "always from the pages, as you set"
    if record["full_text"] == "feed":
        return "always the feed's own, as you set: pages are not fetched"
    checked, pages = record["full_text_checked"], record["full_text_pages"]
    if checked is None:
        return ""
    if record["carries_full_text"]:
        return f"the feed carries whole articles: pages are not fetched; checked {ago(checked, now)}"
    if pages:
        return (
            f"{counted(pages, 'page')} in a row of {PROVEN} said no more than the feed, which may carry whole articles"
        )
    return f"pages say more than the feed, as seen {ago(checked, now)}: they are fetched"


def _next_words(record: dict[str, Any], now: datetime) -> str:
    due = record["next_poll"]
    if due is None:
        return "none" if record["state"] == "gone" else "when a daemon has read the list"
    return f"{shown_time(due)} (in {span(due - now)})" if due > now else "now"


def report_line(report: FeedReport, *, now: datetime, title: str = "") -> str:
    """Return what asking a feed brought as one line: Al Jazeera (RSS 2.0, 25 items, newest 4 min ago …)."""
    newest = f"newest {ago(report.newest, now)}" if report.newest else "no dates"
    text = "in the feed" if report.full_text else "by extraction"
    words = [format_name(report.format), counted(report.entries, "item"), newest, f"full text: {text}"]
    shown = shorten(title or report.title or report.url, MAX_TITLE)
    return f"{shown} ({', '.join([*words, f'{report.seconds:.1f} s'])})"


def format_name(name: str) -> str:
    """Return the name of a format as people know it: rss20 is RSS 2.0."""
    found = _FORMAT.fullmatch(name)
    if not found:
        return name
    shown = _FORMATS.get(found[1], found[1])
    return f"{shown} {found[2]}.{found[3]}" if found[2] else shown


def span(time: timedelta) -> str:
    """Return a span of time as people say it: 40 s, 4 min, 2 h 10 min, 3 d."""
    seconds = max(round(time.total_seconds()), 0)
    if seconds < 60:
        return f"{seconds} s"
    for place, (unit, size) in enumerate(_UNITS):
        if seconds >= size:
            count, rest = divmod(seconds, size)
            smaller = rest // _UNITS[place + 1][1] if place + 1 < len(_UNITS) else 0
            # Days and minutes stand alone; of three days and an hour nobody asks for the hour.
            return f"{count} {unit} {smaller} min" if unit == "h" and smaller else f"{count} {unit}"
    raise AssertionError("a minute is the smallest unit")


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a time was: 4 min ago."""
    return f"{span(now - moment)} ago" if moment <= now else f"in {span(moment - now)}"
