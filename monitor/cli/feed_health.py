"""`monitor feeds list`, `show` and `poll`: how feeds do, as the daemon knows it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import ask_store, require_settings
from monitor.cli.output import JSON_HELP, counted, say, write_json, write_line, write_table

if TYPE_CHECKING:
    from monitor.model import Feed, FeedKey, FeedState
    from monitor.store.store import Store

KEY_HELP = "Key of a listed feed, or its address."


def list_feeds(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """List the feeds with their health: last success, next poll, share of "not modified", delay, last error.

    Keys: key, url, title, state (new, ok, failing, gone), last_success, next_poll, entries_per_day, failures, error,
    origin, hint, error_kind, failing_since, polls, first_polled, last_polled, not_modified_share,
    typical_delay_seconds, fresh_for_seconds, validators_lie, format, address, new_address, hub, pushes_until,
    full_text, carries_full_text, full_text_pages, full_text_checked.

    Example: monitor feeds list
    """
    from monitor.cli.feed_args import listed_feeds
    from monitor.config.feed_list import read_listed

    settings = require_settings(context)
    records = _records(context, listed_feeds(settings))
    if json:
        for record in records:
            write_json(record)
    elif not records:
        say("no feeds are listed; write their addresses to a file in seeds/, under feeds:, or: monitor feeds add URL")
    else:
        columns = ["FEED", "STATE", "LAST SUCCESS", "NEXT POLL", "A DAY", "304", "DELAY", "TITLE OR ERROR"]
        write_table(columns, map(_row, records))
    off = 0 if json else sum(not one.enabled for one in read_listed(settings.feeds)[0])
    if off:
        say(f"{counted(off, 'feed')} more in the lists, switched off (enabled: false)")


def _records(context: typer.Context, feeds: Sequence[Feed]) -> list[dict[str, Any]]:
    from monitor.cli.feed_words import feed_record
    from monitor.model import FeedState

    states, pushes = ask_store(context, _ask_health)
    unknown = (FeedState(), None)
    return [feed_record(feed, *states.get(feed.key, unknown), pushes_until=pushes.get(feed.key)) for feed in feeds]


async def _ask_health(
    store: Store,
) -> tuple[dict[FeedKey, tuple[FeedState, datetime]], dict[FeedKey, datetime | None]]:
    standings = await store.subscriptions.present()
    return await store.schedule.all(), {feed: standing.subscription.until for feed, standing in standings.items()}


def _row(record: dict[str, Any]) -> list[object]:
    from monitor.cli.feed_words import span

    rate, share, delay = (record[name] for name in ("entries_per_day", "not_modified_share", "typical_delay_seconds"))
    error = f"{record['error']}; {record['hint']}".removesuffix("; ") if record["error"] else ""
    return [
        record["key"],
        record["state"],
        record["last_success"],
        record["next_poll"],
        None if rate is None else f"{rate:.1f}",
        None if share is None else f"{share:.0%}",
        None if delay is None else span(timedelta(seconds=delay)),
        error or record["title"] or record["url"],
    ]


def show(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help=KEY_HELP)],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Say in words how a feed does: when it is polled and why, what its publisher says, what went wrong last.

    Keys: those of `feeds list`.

    Example: monitor feeds show www.aljazeera.com-d8a73b7e
    """
    from monitor.cli.feed_args import find_listed
    from monitor.cli.feed_words import feed_words
    from monitor.clock import SystemClock
    from monitor.text import clean_line

    listed = find_listed(key, require_settings(context))
    (record,) = _records(context, [listed.feed])
    if json:
        write_json(record)
        return
    write_line(clean_line(record["title"] or record["url"]))
    if not listed.enabled:
        write_line("  switched off in its list (enabled: false): it is not polled")
    for name, words in feed_words(record, listed, now=SystemClock().now()):
        write_line(f"  {name:<10}  {clean_line(words, 2_000)}")


def poll(
    context: typer.Context,
    keys: Annotated[list[str], typer.Argument(metavar="KEY", help=KEY_HELP)],
) -> None:
    """Make feeds due now: the running daemon polls them next; exit 1 if one is not in its schedule.

    Example: monitor feeds poll www.aljazeera.com-d8a73b7e
    """
    from monitor.cli.feed_args import find_listed

    settings = require_settings(context)
    feeds = [find_listed(key, settings) for key in keys]
    due = ask_store(context, lambda store: _make_due(store, [listed.feed.key for listed in feeds]))
    for listed, is_due in zip(feeds, due, strict=True):
        if is_due:
            write_line(f"{listed.feed.key}  due now")
        elif not listed.enabled:
            say(f"{listed.feed.key}: switched off in its list ({listed.at}): write enabled: true there first")
        else:
            say(f"{listed.feed.key}: not in the schedule yet: a daemon takes it up when it reads the list")
    if any(due):
        say(
            "a running daemon polls it within seconds, or as soon as its host may be asked again; without one:"
            " monitor run --once"
        )
    raise typer.Exit(0 if all(due) else 1)


async def _make_due(store: Store, keys: list[FeedKey]) -> list[bool]:
    return [await store.schedule.make_due(key) for key in keys]
