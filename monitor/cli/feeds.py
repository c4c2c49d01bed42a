"""`monitor feeds check` and `parse`: what a feed is, asked now or read from a file."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import require_settings, run_async
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
    from monitor.config.settings import Settings
    from monitor.daemon.feed_check import FeedReport
    from monitor.model import Entry, Feed

app = typer.Typer(help="Feeds: find, add, list, check, parse.", no_args_is_help=True)


@app.command("check")
def check_feeds(
    context: typer.Context,
    addresses: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="URL", help="Or a feed's key, or a list or folder of lists. Default: all feeds that are listed."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Fetch feeds now and say what they are; exit 1 if one cannot be read.

    Keys: url, ok, reason, hint, format, title, entries, newest, full_text, seconds, moved_to, hub, interval_seconds,
    suggestions.

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
        columns = ["FEED", "RESULT", "FORMAT", "ENTRIES", "NEWEST", "FULL TEXT", "SECONDS", "EVERY", "PUSH"]
        write_table([*columns, "TITLE OR REASON"], map(_row, reports))
    failed = sum(not report.ok for report in reports)
    if failed and not json:
        say(f"{failed} of {counted(len(reports), 'feed')} cannot be read")
    raise typer.Exit(1 if failed else 0)


def _row(report: FeedReport) -> list[object]:
    from monitor.cli.feed_words import format_name, span

    every = None if report.interval_seconds is None else span(timedelta(seconds=report.interval_seconds))
    if not report.ok:
        named = f"; the page there names {', '.join(report.suggestions)}" if report.suggestions else ""
        words = f"{report.reason}; {report.hint}".removesuffix("; ") + named
        return [report.url, "failed", None, None, None, None, f"{report.seconds:.1f}", None, None, words]
    return [
        report.url,
        "moved" if report.moved_to else "ok",
        format_name(report.format),
        report.entries,
        report.newest,
        "yes" if report.full_text else "no",
        f"{report.seconds:.1f}",
        every,
        "yes" if report.hub else "no",
        f"{report.title}; {report.hint}".removesuffix("; ").removeprefix("; "),
    ]


async def _check(feeds: list[Feed], settings: Settings) -> list[FeedReport]:
    from monitor.clock import SystemClock
    from monitor.config.feed_list import read_feed_lists
    from monitor.daemon.feed_check import check_each

    listed, _ = read_feed_lists(settings.feeds)
    with Progress("checking", len(feeds)) as progress:
        return await check_each(feeds, settings, SystemClock(), listed=len(listed), on_report=progress.step)


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
