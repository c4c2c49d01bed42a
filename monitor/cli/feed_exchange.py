"""`monitor feeds import`, `export` and `schema`: lists from other feed readers, for them, and for editors."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import require_settings
from monitor.cli.feed_edit import lists_folder, say_when, write_feeds, yaml_path
from monitor.cli.output import counted, say, shown_path, write_line, write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config.feed_list import Listed
    from monitor.errors import Problem

MAX_TOLD = 20  # duplicates named one by one


class Form(StrEnum):
    """What an export is written as."""

    OPML = "opml"
    YAML = "yaml"


def import_feeds(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.opml", help="Exported from any feed reader.")],
    into: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="List in YAML. Default: the same name in the folder of lists."),
    ] = None,
) -> None:
    """Take the feeds of an OPML file into a list: folders, languages, descriptions and all; repeated ones are told.

    Example: monitor feeds import subscriptions.opml --into seeds/mine.yaml
    """
    from monitor.config.feed_list import read_listed, read_opml_text
    from monitor.config.opml import MAX_OPML_BYTES, read_opml
    from monitor.urls import address_key

    settings = require_settings(context)
    path = yaml_path(into, "--into") if into else lists_folder(settings) / f"{file.stem}.yaml"
    with file.open("rb") as stream:
        source = stream.read(MAX_OPML_BYTES + 1)
    found, problems = read_opml_text(source, file=shown_path(file))
    told = [
        f"{outline.url} stands at {outline.at} and at {', '.join(map(str, outline.repeats))}: one feed, with the"
        " names of all these folders as tags"
        for outline in read_opml(source, file="")[0]
        if outline.repeats
    ]
    lists = [place for place in (*settings.feeds, path) if place.exists() and place.resolve() != file.resolve()]
    listed, _ = read_listed(lists)
    # The list that is imported may itself lie among the lists: its feeds are no duplicates of themselves.
    known = {address_key(one.feed.url): one for one in listed if Path(one.at.file).resolve() != file.resolve()}
    new: list[Listed] = []
    for one in found:
        first = known.setdefault(address_key(one.feed.url), one)
        if first is one:
            new.append(one)
        else:
            told.append(f"{one.feed.url} is listed already: {first.at}")
    if new:
        write_feeds(path, new)
    write_line(f"ok  {counted(len(new), 'feed')} added to {shown_path(path)}" if new else "nothing new to add")
    _say_problems(told, problems)
    if new:
        say_when(path, settings)
        if any(place.resolve() in (file.resolve(), file.resolve().parent) for place in settings.feeds):
            say(f"{shown_path(file)} is read by the daemon too: move it away, or each feed is listed twice")
    raise typer.Exit(1 if any(problem.severity == "error" for problem in problems) else 0)


def _say_problems(told: Sequence[str], problems: Sequence[Problem]) -> None:
    for line in told[:MAX_TOLD]:
        say(line)
    if len(told) > MAX_TOLD:
        say(f"… and {len(told) - MAX_TOLD} more that are listed already")
    for problem in sorted(problems, key=lambda found: found.at):
        say(str(problem))


def export_feeds(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="opml for other feed readers, or yaml.")] = Form.OPML,
    enabled: Annotated[bool, typer.Option("--enabled", help="Leave out feeds that are switched off.")] = False,
) -> None:
    """Print all listed feeds as one list, folders and all.

    Example: monitor feeds export > subscriptions.opml
    """
    from monitor.config.expect import insist
    from monitor.config.feed_list import read_listed

    listed, problems = read_listed(require_settings(context).feeds)
    insist(problems)
    first: dict[str, Listed] = {}
    for one in sorted(listed, key=lambda one: not one.enabled):
        first.setdefault(one.feed.key, one)
    chosen = [one for one in listed if first[one.feed.key] is one and (one.enabled or not enabled)]
    if form is Form.YAML:
        from monitor.config.feed_list_write import list_text

        write_text(list_text(chosen, comment="Written by monitor feeds export."))
    else:
        from monitor.config.opml_write import write_opml

        write_text(write_opml(chosen))
    say(f"{counted(len(chosen), 'feed')}")


def schema() -> None:
    """Print the JSON Schema of feed lists, from which editors complete and underline.

    Example: monitor feeds schema > seeds/feeds.schema.json
    """
    from monitor.config.feed_list_schema import feed_list_schema
    from monitor.rules.json_schema import schema_text

    write_text(schema_text(feed_list_schema()))
