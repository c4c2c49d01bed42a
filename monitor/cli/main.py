"""The command `monitor`: global options, the nouns, and the exit codes.

Exit 0 fine · 1 found or failed · 2 wrong use or configuration · 3 environment (no Redis, no disk).
Files of this package import heavy modules inside their functions, so that `monitor --help` stays fast.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor import __version__
from monitor.cli import (
    alerts,
    articles,
    channels,
    check,
    deliveries,
    feed_discover,
    feed_edit,
    feed_exchange,
    feed_health,
    feeds,
    replay,
    rule_explain,
    rule_files,
    rule_tests,
    rules,
    run,
    status,
    stories,
    why_joined,
)
from monitor.cli.context import Globals
from monitor.errors import ConfigError, MonitorError, StoreError

GLOBAL_OPTIONS = frozenset({"--config", "--state"})

app = typer.Typer(
    name="monitor",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("check")(check.check)
app.command("status")(status.status)
app.command("replay")(replay.replay)
feeds.app.command("list")(feed_health.list_feeds)
feeds.app.command("show")(feed_health.show)
feeds.app.command("poll")(feed_health.poll)
feeds.app.command("discover")(feed_discover.discover)
feeds.app.command("add")(feed_edit.add)
feeds.app.command("remove")(feed_edit.remove)
feeds.app.command("import")(feed_exchange.import_feeds)
feeds.app.command("export")(feed_exchange.export_feeds)
feeds.app.command("schema")(feed_exchange.schema)
app.add_typer(feeds.app, name="feeds")
articles.app.command("why-joined")(why_joined.why_joined)
app.add_typer(articles.app, name="articles")
rules.app.command("test")(rule_tests.run_tests)
rules.app.command("explain")(rule_explain.explain)
rules.app.command("new")(rule_files.new)
rules.app.command("fmt")(rule_files.fmt)
rules.app.command("schema")(rule_files.schema)
app.add_typer(rules.app, name="rules")
app.add_typer(alerts.app, name="alerts")
app.add_typer(stories.app, name="stories")
app.add_typer(channels.app, name="channels")
app.add_typer(deliveries.app, name="deliveries")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"monitor {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Settings; default: $MONITOR_CONFIG, ./monitor.yaml, or the folders ./seeds, ./rules, ./var.",
        ),
    ] = None,
    state: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder for everything the daemon keeps; default ./var.")
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """News feeds in, one alert per story out.

    --config and --state may also stand after the verb. Exit 0 fine · 1 found or failed · 2 wrong use or configuration ·
    3 environment (no Redis, no disk).

    Example: monitor run --once
    """
    context.obj = Globals(config=config, state=state)


def hoist_globals(arguments: list[str]) -> list[str]:
    """Return the arguments with --config and --state moved to the front, so that they work after a verb as well."""
    front: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word in GLOBAL_OPTIONS:
            value = next(words, None)
            if value is None:
                return [word]  # alone, so that the message is about the missing value
            front += [word, value]
        elif word.split("=", 1)[0] in GLOBAL_OPTIONS:
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def main() -> None:
    """Run the command line; every expected failure is a message and an exit code, never a traceback."""
    try:
        app(args=hoist_globals(sys.argv[1:]), prog_name="monitor")
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except StoreError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(3)
    except MonitorError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        typer.echo(f"error: {place}{error.strerror or error}", err=True)
        sys.exit(3)
