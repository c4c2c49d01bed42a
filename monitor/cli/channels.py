"""`monitor channels`: what is configured, and a drill that tells the truth about the answer."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import require_settings, run_async
from monitor.cli.output import JSON_HELP, say, shown_path, write_json, write_table
from monitor.text import clean_line

if TYPE_CHECKING:
    from typing import TextIO

    from pydantic import BaseModel

    from monitor.config.channels import ChannelSpec
    from monitor.config.settings import Settings
    from monitor.notify.notifier import Outcome

app = typer.Typer(help="Channels: list, test.", no_args_is_help=True)

LONGEST_TEST_SECONDS = 15


@app.command("list")
def list_channels(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False
) -> None:
    """List the configured channels and their types.

    Keys: name, type, origin (file:line:column).

    Example: monitor channels list
    """
    specs = require_settings(context).channels
    if json:
        for spec in specs:
            write_json({"name": spec.name, "type": spec.type, "origin": shown_path(str(spec.at))})
    else:
        write_table(["NAME", "TYPE", "WRITTEN AT"], [(spec.name, spec.type, spec.at) for spec in specs])


@app.command("test")
def send_test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="As `monitor channels list` shows it.")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Send a message marked as a test to one channel, now and once; exit 1 if it was not accepted.

    Keys: channel, result (delivered, throttled, transient, permanent), detail, seconds.

    Example: monitor channels test desk
    """
    from monitor.config.expect import insist
    from monitor.config.spelling import did_you_mean
    from monitor.daemon.files import check_channels
    from monitor.notify.notifier import Delivered

    settings = require_settings(context)
    spec = next((spec for spec in settings.channels if spec.name == name), None)
    if spec is None:
        hint = did_you_mean(name, [spec.name for spec in settings.channels])
        raise typer.BadParameter(f"unknown channel {name!r}; {hint}", param_hint="NAME")
    # Another channel's mistakes are no reason not to try this one.
    checked, problems = check_channels(settings.model_copy(update={"channels": (spec,)}), environ=os.environ)
    insist(problems)
    # A console channel writes to stdout, which belongs to the JSON object if one was asked for.
    outcome, seconds = run_async(_send(checked[0], settings, stdout=sys.stderr if json else sys.stdout))
    result = type(outcome).__name__.lower()
    said = outcome.detail if isinstance(outcome, Delivered) else outcome.reason
    if json:
        write_json({"channel": name, "result": result, "detail": said, "seconds": round(seconds, 3)})
    else:
        say(f"{name}: {result} in {seconds * 1000:.0f} ms: {clean_line(said)}".removesuffix(": "))
    raise typer.Exit(0 if isinstance(outcome, Delivered) else 1)


async def _send(checked: tuple[ChannelSpec, BaseModel], settings: Settings, *, stdout: TextIO) -> tuple[Outcome, float]:
    import asyncio

    from monitor.clock import SystemClock
    from monitor.daemon.build import open_fetcher
    from monitor.daemon.drill import drill
    from monitor.notify.notifier import Tools, Transient
    from monitor.notify.registry import build_channel

    clock = SystemClock()
    async with open_fetcher(settings.network, clock) as fetcher:
        channel = build_channel(*checked, Tools(fetcher=fetcher, clock=clock, stdout=stdout))
        started = clock.monotonic()
        try:
            async with asyncio.timeout(LONGEST_TEST_SECONDS):
                outcome = await channel.notifier.send(drill(channel.name, clock.now()))
        except TimeoutError:
            outcome = Transient(f"no answer within {LONGEST_TEST_SECONDS} s")
        finally:
            await channel.notifier.close()
        return outcome, clock.monotonic() - started
