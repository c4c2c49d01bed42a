"""`monitor feeds discover`: the feeds of a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import require_settings, run_async
from monitor.cli.output import JSON_HELP, Progress, counted, say, write_json, write_table

if TYPE_CHECKING:
    from monitor.config.settings import Settings
    from monitor.daemon.feed_discovery import Discovery, FoundFeed

_ORIGINS = {
    "address": "this address",
    "link": "named by the page",
    "header": "named by the server",
    "anchor": "linked on the page",
    "custom": "usual address",
    "sitemap": "robots.txt",
}


def discover(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Of a site, a page or a feed; bbc.com stands for https.")],
    everywhere: Annotated[
        bool,
        typer.Option("--everywhere", help="Also try usual addresses and news sitemaps if the page names feeds."),
    ] = False,
    limit: Annotated[int, typer.Option(metavar="N", min=1, max=200, help="Addresses asked at most.")] = 20,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Find the feeds of a site: fetch what it names and what is usual, print those that work, the best first.

    Keys: url, title, format, language, entries, newest, full_text, origin (address, link, header, anchor, custom,
    sitemap), also, hub, seconds.

    Example: monitor feeds discover https://www.bbc.com/news
    """
    from monitor.cli.feed_args import typed_address

    settings = require_settings(context)
    found = search(typed_address(url, bare_host=True), settings, limit=limit, everywhere=everywhere)
    if json:
        for feed in found.feeds:
            write_json(found_record(feed))
    elif found.feeds:
        write_found(found)
    if not found.feeds:
        say(no_feed_words(url, found))
    elif found.left:
        say(f"{counted(found.left, 'more link')} may be feeds; ask them too: --limit {limit + found.left}")
    raise typer.Exit(0 if found.feeds else 1)


def search(address: str, settings: Settings, *, limit: int = 20, everywhere: bool = False) -> Discovery:
    """Return the feeds of a site, with progress on stderr meanwhile."""
    return run_async(_search(address, settings, limit=limit, everywhere=everywhere))


async def _search(address: str, settings: Settings, *, limit: int, everywhere: bool) -> Discovery:
    from monitor.clock import SystemClock
    from monitor.daemon.feed_check import open_asker
    from monitor.daemon.feed_discovery import BETWEEN_REQUESTS, discover

    clock = SystemClock()
    with Progress("asking") as progress:
        async with open_asker(settings, clock, longest_delay=BETWEEN_REQUESTS) as asker:
            return await discover(address, asker, clock, limit=limit, everywhere=everywhere, on_step=progress.step)


def found_record(feed: FoundFeed) -> dict[str, Any]:
    """Return a feed of a site as the JSON object that other tools read."""
    report = feed.report
    return {
        "url": feed.url,
        "title": report.title,
        "format": report.format,
        "language": feed.language,
        "entries": report.entries,
        "newest": report.newest,
        "full_text": report.full_text,
        "origin": feed.origin,
        "also": feed.also,
        "hub": report.hub,
        "seconds": report.seconds,
    }


def write_found(found: Discovery) -> None:
    """Print feeds as a table, the best first."""
    from monitor.cli.feed_words import format_name

    write_table(
        ["FEED", "FORMAT", "ENTRIES", "NEWEST", "FULL TEXT", "FOUND", "TITLE"],
        [
            [
                feed.url,
                format_name(feed.report.format),
                feed.report.entries,
                feed.report.newest,
                "yes" if feed.report.full_text else "no",
                _ORIGINS[feed.origin],
                feed.report.title + (f" (also {', '.join(feed.also[:3])})" if feed.also else ""),
            ]
            for feed in found.feeds
        ],
    )


def no_feed_words(url: str, found: Discovery) -> str:
    """Return why there is no feed, and what can be done."""
    asked = f" ({counted(found.asked, 'address').replace('addresss', 'addresses')} asked)"
    return f"no feed found at {url}{asked}: {found.reason}\n    {found.hint}".rstrip()
