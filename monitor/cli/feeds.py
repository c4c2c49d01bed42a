"""`monitor feeds`: what is polled, how it does, and what a feed document says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import ask_store, require_settings, run_async
from monitor.cli.output import (
    ALWAYS_JSON_HELP,
    JSON_HELP,
    Progress,
    counted,
    say,
    shown_path,
    write_json,
    write_table,
)

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.config.settings import Settings
    from monitor.daemon.feed_check import FeedReport
    from monitor.model import Entry, Feed, FeedState

app = typer.Typer(help="Feeds: list, check, parse.", no_args_is_help=True)


@app.command("list")
def list_feeds(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """List the feeds with their health: last success, next poll, last error.

    Keys: key, url, title, state (new, ok, failing, gone), last_success, next_poll, entries_per_day, failures, error,
    origin.

    Example: monitor feeds list
    """
    from monitor.cli.feed_args import listed_feeds
    from monitor.model import FeedState

    feeds = listed_feeds(require_settings(context))
    states = ask_store(context, lambda store: store.schedule.all())
    records = [feed_record(feed, *states.get(feed.key, (FeedState(), None))) for feed in feeds]
    if json:
        for record in records:
            write_json(record)
    elif not records:
        say("no feeds are listed; write their addresses to a file in seeds/, under feeds:")
    else:
        write_table(
            ["FEED", "STATE", "LAST SUCCESS", "NEXT POLL", "A DAY", "TITLE OR ERROR"],
            [
                [
                    record["key"],
                    record["state"],
                    record["last_success"],
                    record["next_poll"],
                    None if record["entries_per_day"] is None else f"{record['entries_per_day']:.1f}",
                    record["error"] or record["title"] or record["url"],
                ]
                for record in records
            ],
        )


def feed_record(feed: Feed, state: FeedState, due: datetime | None) -> dict[str, Any]:
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
    }


@app.command("check")
def check_feeds(
    context: typer.Context,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="URL", help="Or a feed's key. Default: all listed feeds.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Fetch feeds now and say what they are; exit 1 if one cannot be read.

    Keys: url, ok, reason, hint, format, title, entries, newest, full_text, seconds.

    Example: monitor feeds check https://www.aljazeera.com/xml/rss/all.xml
    """
    from monitor.cli.feed_args import feeds_to_check

    settings = require_settings(context)
    feeds = feeds_to_check(addresses, settings)
    if not feeds:
        say("no feeds are listed; give an address")
    reports = run_async(_check(feeds, settings))
    if json:
        for report in reports:
            write_json(report)
    elif reports:
        write_table(
            ["FEED", "RESULT", "FORMAT", "ENTRIES", "NEWEST", "FULL TEXT", "SECONDS", "TITLE OR REASON"],
            [
                [
                    report.url,
                    "ok" if report.ok else "failed",
                    report.format or None,
                    report.entries if report.ok else None,
                    report.newest,
                    ("yes" if report.full_text else "no") if report.ok else None,
                    f"{report.seconds:.1f}",
                    report.title if report.ok else f"{report.reason}; {report.hint}".removesuffix("; "),
                ]
                for report in reports
            ],
        )
    failed = sum(not report.ok for report in reports)
    if failed and not json:
        say(f"{failed} of {counted(len(reports), 'feed')} cannot be read")
    raise typer.Exit(1 if failed else 0)


async def _check(feeds: list[Feed], settings: Settings) -> list[FeedReport]:
    from monitor.clock import SystemClock
    from monitor.daemon.feed_check import check_each

    progress = Progress("checking", len(feeds))
    reports = await check_each(feeds, settings, SystemClock(), on_report=progress.step)
    progress.end()
    return reports


@app.command("parse")
def parse(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Feed documents; - is stdin.")],
    json: Annotated[bool, typer.Option("--json", help=ALWAYS_JSON_HELP, show_default=False)] = True,
) -> None:
    """Print the entries of feed files, one JSON object each; no network, no store; exit 1 if a file cannot be read.

    Keys: file, id, link, title, authors, published, updated, summary, content, categories, language.

    Example: monitor feeds parse feed.xml | jq .title
    """
    from monitor.errors import FeedMalformed
    from monitor.feeds.formats.format import Document
    from monitor.feeds.parse import parse_document

    failed = False
    for file in files:
        name = shown_path(file)
        try:
            body = sys.stdin.buffer.read() if name == "-" else file.read_bytes()
            parsed = parse_document(Document(body=body, url="", content_type=""))
        except (OSError, FeedMalformed) as error:
            say(f"{name}: error: {error.reason if isinstance(error, FeedMalformed) else error.strerror}")
            failed = True
            continue
        for entry in parsed.entries:
            write_json(entry_record(entry, file=name, language=parsed.language))
    raise typer.Exit(1 if failed else 0)


def entry_record(entry: Entry, *, file: str, language: str) -> dict[str, Any]:
    """Return an entry as the JSON object that other tools read; `language` is that of the feed as a whole."""
    return {
        "file": file,
        "id": entry.id,
        "link": entry.link,
        "title": entry.title,
        "authors": entry.authors,
        "published": entry.published,
        "updated": entry.updated,
        "summary": entry.summary,
        "content": entry.content,
        "categories": entry.categories,
        "language": entry.language or language,
    }
