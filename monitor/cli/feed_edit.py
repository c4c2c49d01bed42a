"""`monitor feeds add` and `remove`: feeds into the user's lists and out of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import require_settings, run_async
from monitor.cli.output import say, shown_path, write_line
from monitor.cli.writing import replace_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config.feed_list import Listed
    from monitor.config.settings import Settings
    from monitor.daemon.feed_check import Asked, FeedReport
    from monitor.model import Feed

NEW_LIST = "my.yaml"
FILE_HELP = "List in YAML to write to. Default: my.yaml in the folder of lists."


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Of a feed, or of a site that has just one.")],
    file: Annotated[Path | None, typer.Option(metavar="FILE", help=FILE_HELP)] = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="Default: what the feed calls itself.")] = "",
    source: Annotated[str, typer.Option(metavar="TEXT", help="Name of the publisher.")] = "",
    language: Annotated[str, typer.Option(metavar="CODE", help="Such as en, ar, zh-Hant.")] = "",
    tag: Annotated[list[str] | None, typer.Option(metavar="TEXT", help="For rules and routes to tell it by.")] = None,
    interval: Annotated[str, typer.Option(metavar="SPAN", help="Such as 5m. Default: by how often it has news.")] = "",
    full_text: Annotated[str, typer.Option(metavar="HOW", help="auto, fetch (always the page) or feed (never).")] = "",
    unchecked: Annotated[bool, typer.Option("--unchecked", help="Do not fetch it first.")] = False,
) -> None:
    """Try a feed and write it into a list; of a site with several feeds show them, and exit 1.

    Example: monitor feeds add https://www.aljazeera.com/xml/rss/all.xml --tag middle-east
    """
    from monitor.cli.feed_args import typed_address

    settings = require_settings(context)
    path = _list_to_write(file, settings)
    address = typed_address(url, bare_host=True)
    options: dict[str, str | tuple[str, ...]] = {"title": title, "source": source, "language": language}
    options |= {"tags": tuple(tag or ()), "interval": interval, "full_text": full_text}
    # Slips among the options and in the file show before anything is asked.
    _edited(path, [_listed(address, options)])
    lists = (*settings.feeds, path) if path.exists() else settings.feeds
    _refuse_listed(address, lists)
    line = address
    if not unchecked:
        report = _try(address, settings)
        _refuse_listed(report.url, lists)
        address, line = report.url, _line(report, title)
        options["title"] = title or _short_title(report)
    listed = _listed(address, options)
    write_feeds(path, [listed])
    write_line(f"ok  {line}  added to {shown_path(path)}")
    if unchecked:
        say(f"it was not fetched: monitor feeds check {address}")
    say_when(path, settings)


def remove(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="Key of a listed feed, or its address.")],
) -> None:
    """Take a feed out of its list; all else in the file stays as it is.

    Example: monitor feeds remove www.aljazeera.com-d8a73b7e
    """
    from monitor.cli.feed_args import find_listed
    from monitor.config.feed_list import OPML_SUFFIXES
    from monitor.config.feed_list_edit import remove_feed
    from monitor.errors import ConfigError, Location, Problem

    settings = require_settings(context)
    listed = find_listed(key, settings)
    path = Path(listed.at.file)
    if path.suffix.lower() in OPML_SUFFIXES:
        hint = f"take it out by hand (line {listed.at.line}), or import the list: monitor feeds import {path}"
        raise ConfigError([Problem(at=Location(str(path)), message="OPML files are not edited", hint=hint)])
    replace_file(path, remove_feed(path.read_bytes(), listed, file=str(path)))
    write_line(f"ok  {listed.feed.url}  taken out of {shown_path(path)}")
    say("a running daemon sees it within seconds")


def write_feeds(path: Path, listed: Sequence[Listed]) -> None:
    """Write feeds into a list, new or old, and make sure that they are read from there.

    Raises:
        ConfigError: the list has errors, or cannot be added to.
    """
    from monitor.config.expect import insist
    from monitor.config.feed_list import read_listed

    content = _edited(path, listed)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content)
    found, problems = read_listed([path])
    insist(problems)
    assert {one.feed.url for one in listed} <= {one.feed.url for one in found}, "it was compared before it was written"


def _edited(path: Path, listed: Sequence[Listed]) -> bytes:
    """Return what a list would be with more feeds."""
    from monitor.config.feed_list_edit import add_feeds
    from monitor.config.yaml_marks import read_source
    from monitor.errors import ConfigError, Problem

    source = read_source(path) if path.exists() else b""
    if isinstance(source, Problem):
        raise ConfigError([source])
    return add_feeds(source, listed, file=str(path))


def say_when(path: Path, settings: Settings) -> None:
    """Say when feeds that were written into a list are polled."""
    folders = [folder.resolve() for folder in settings.feeds]
    if any(place in (path.resolve(), path.resolve().parent) for place in folders):
        say("a running daemon sees it within seconds and polls at once; without one: monitor run")
    else:
        say("it is not in force yet: this file is in no folder of feeds: in monitor.yaml")


def yaml_path(path: Path, option: str) -> Path:
    """Return a path at which a list in YAML can be written.

    Raises:
        typer.BadParameter: its name says that it is something else.
    """
    from monitor.config.feed_list import YAML_SUFFIXES

    if path.suffix.lower() not in YAML_SUFFIXES:
        raise typer.BadParameter("a list that commands write ends in .yaml or .yml", param_hint=option)
    return path


def lists_folder(settings: Settings) -> Path:
    """Return the folder for new lists: the first one among those of the settings."""
    places = settings.feeds
    return next((place for place in places if place.is_dir()), None) or (
        places[0].parent if places and places[0].suffix else places[0] if places else Path()
    )


def _list_to_write(file: Path | None, settings: Settings) -> Path:
    from monitor.config.feed_list import YAML_SUFFIXES

    if file:
        return yaml_path(file, "--file")
    files = [place for place in settings.feeds if place.suffix.lower() in YAML_SUFFIXES and not place.is_dir()]
    has_folder = any(place.is_dir() or not place.suffix for place in settings.feeds)
    return files[0] if files and not has_folder else lists_folder(settings) / NEW_LIST


def _listed(address: str, options: dict[str, str | tuple[str, ...]]) -> Listed:
    from monitor.config.feed_list import listed_as
    from monitor.errors import Location

    given = {name: value for name, value in options.items() if value}
    listed = listed_as({"url": address, **given}, at=Location("options"))
    if isinstance(listed, list):
        raise typer.BadParameter("; ".join(f"{problem.message}; {problem.hint}".rstrip("; ") for problem in listed))
    return listed


def _refuse_listed(address: str, lists: Sequence[Path]) -> None:
    from monitor.config.feed_list import read_listed
    from monitor.urls import address_key

    listed, _ = read_listed(lists)
    for one in listed:
        if address_key(one.feed.url) == address_key(address):
            off = "" if one.enabled else ", but switched off: write enabled: true there"
            say(f"{address} is listed already: {one.at}{off}")
            raise typer.Exit(1)


def _try(address: str, settings: Settings) -> FeedReport:
    """Return what a feed is, or what the only feed of a site is; `url` is the address to list.

    Raises:
        typer.Exit: there is no feed, or a choice of several; it was said.
    """
    from monitor.cli.feed_args import unlisted_feed
    from monitor.cli.feed_discover import no_feed_words, search, write_found

    asked = run_async(_ask(unlisted_feed(address), settings))
    report = asked.report
    if report.ok:
        return _moved(report)
    if not asked.is_page:
        say(f"{address} cannot be read: {report.reason}\n    {report.hint}".rstrip())
        raise typer.Exit(1)
    say(f"{address} is no feed ({report.reason}); looking for feeds of that site")
    found = search(address, settings)
    if not found.feeds:
        say(no_feed_words(address, found))
        raise typer.Exit(1)
    if len(found.feeds) > 1:
        write_found(found)
        say(f"several feeds: choose one, as in: monitor feeds add {found.feeds[0].url}")
        raise typer.Exit(1)
    return _moved(found.feeds[0].report)


def _moved(report: FeedReport) -> FeedReport:
    if report.moved_to and report.moved_to != report.url:
        say(f"{report.url} has moved for good to {report.moved_to}: that is listed")
        return replace(report, url=report.moved_to)
    return report


async def _ask(feed: Feed, settings: Settings) -> Asked:
    from monitor.clock import SystemClock
    from monitor.daemon.feed_check import open_asker

    async with open_asker(settings, SystemClock()) as asker:
        return await asker.ask(feed)


def _line(report: FeedReport, title: str) -> str:
    from monitor.cli.feed_words import report_line
    from monitor.clock import SystemClock
    from monitor.text import clean_line

    return clean_line(report_line(report, now=SystemClock().now(), title=title))


def _short_title(report: FeedReport) -> str:
    from monitor.text import clean_line

    return clean_line(report.title, 100)
