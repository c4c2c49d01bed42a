"""`monitor feeds`: what is polled, how it does, and what a feed document says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import read_user_files, run_async
from monitor.cli.output import JSON_HELP, Progress, write_json, write_table

if TYPE_CHECKING:
    from monitor.daemon.feed_check import FeedReport
    from monitor.daemon.files import Files

app = typer.Typer(help="Feeds: list, check, parse.", no_args_is_help=True)


@app.command("list")
def list_feeds(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """List the feeds with their health: last success, next poll, last error.

    Example: monitor feeds list
    """
    files = read_user_files(context)
    records = run_async(_states(files))
    if json:
        for record in records:
            write_json(record)
        return
    write_table(
        ["FEED", "STATE", "LAST SUCCESS", "NEXT POLL", "A DAY", "TITLE OR ERROR"],
        [
            [
                record["key"],
                record["state"],
                record["last_success"],
                record["next_poll"],
                None if record["entries_per_day"] is None else f"{record['entries_per_day']:.1f}",
                record["error"] or record["title"],
            ]
            for record in records
        ],
    )


async def _states(files: Files) -> list[dict[str, Any]]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import FeedState

    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        states = await store.schedule.all()
    records = []
    for feed in files.feeds.values():
        state, due = states.get(feed.key, (FeedState(), None))
        verdict = "gone" if state.gone else "failing" if state.failures else "ok" if state.polls else "new"
        records.append(
            {
                "key": feed.key,
                "url": feed.url,
                "title": feed.title or state.title,
                "state": verdict,
                "last_success": state.last_success,
                "next_poll": None if state.gone else due,
                "entries_per_day": state.entries_per_day,
                "failures": state.failures,
                "error": state.error,
                "origin": feed.origin,
            }
        )
    return records


@app.command("check")
def check_feeds(
    context: typer.Context,
    addresses: Annotated[
        list[str] | None, typer.Argument(metavar="[URL]...", help="Default: all listed feeds.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Fetch feeds now and say what they are; exit 1 if one cannot be read.

    Example: monitor feeds check https://www.aljazeera.com/xml/rss/all.xml
    """
    from monitor.cli.feed_args import feeds_to_check

    files = read_user_files(context)
    feeds = feeds_to_check(addresses, files)
    reports = run_async(_check(feeds, files))
    if json:
        for report in reports:
            write_json(report)
    else:
        write_table(
            ["FEED", "RESULT", "FORMAT", "ENTRIES", "NEWEST", "FULL TEXT", "SECONDS"],
            [
                [
                    report.url,
                    "ok" if report.ok else f"{report.reason}; {report.hint}".rstrip("; "),
                    report.format,
                    report.entries,
                    report.newest,
                    "yes" if report.full_text else "no",
                    f"{report.seconds:.1f}",
                ]
                for report in reports
            ],
        )
    raise typer.Exit(0 if all(report.ok for report in reports) else 1)


async def _check(feeds: list[Any], files: Files) -> list[FeedReport]:
    from monitor.clock import SystemClock
    from monitor.daemon.feed_check import check_each

    progress = Progress("checking", len(feeds))
    reports = await check_each(feeds, files.settings, SystemClock(), on_report=progress.step)
    progress.end()
    return reports


@app.command("parse")
def parse(files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Feed documents; - is stdin.")]) -> None:
    """Print the entries of feed files, one JSON object each; no network, no store; exit 1 if a file cannot be read.

    Keys: file, id, link, title, authors, published, updated, summary, content, categories, language.

    Example: monitor feeds parse feed.xml | jq .title
    """
    from monitor.errors import FeedMalformed
    from monitor.feeds.formats.format import Document
    from monitor.feeds.parse import parse_document

    failed = False
    for file in files:
        try:
            body = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
            parsed = parse_document(Document(body=body, url="", content_type=""))
        except (OSError, FeedMalformed) as error:
            reason = error.reason if isinstance(error, FeedMalformed) else error.strerror
            typer.echo(f"{file}: error: {reason}", err=True)
            failed = True
            continue
        for entry in parsed.entries:
            write_json(
                {
                    "file": str(file),
                    "id": entry.id,
                    "link": entry.link,
                    "title": entry.title,
                    "authors": entry.authors,
                    "published": entry.published,
                    "updated": entry.updated,
                    "summary": entry.summary,
                    "content": entry.content,
                    "categories": entry.categories,
                    "language": entry.language or parsed.language,
                }
            )
    raise typer.Exit(1 if failed else 0)
