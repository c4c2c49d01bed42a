"""`monitor channels`: what is configured, and a drill that tells the truth about the answer."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import read_user_files, run_async
from monitor.cli.output import JSON_HELP, write_json, write_table

if TYPE_CHECKING:
    from monitor.daemon.files import Files
    from monitor.notify.notifier import Outcome

app = typer.Typer(help="Channels: list, test.", no_args_is_help=True)


@app.command("list")
def list_channels(
    context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False
) -> None:
    """List the configured channels and their types.

    Example: monitor channels list
    """
    rows = [(spec.name, spec.type, str(spec.at)) for spec in read_user_files(context).settings.channels]
    if json:
        for name, kind, at in rows:
            write_json({"name": name, "type": kind, "origin": at})
    else:
        write_table(["NAME", "TYPE", "WRITTEN AT"], rows)


@app.command("test")
def send_test(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Send a message marked as a test to one channel, now and once; exit 1 if it was not accepted.

    Example: monitor channels test desk
    """
    from monitor.config.spelling import did_you_mean
    from monitor.errors import ConfigError
    from monitor.notify.notifier import Delivered

    files = read_user_files(context)
    spec = next((spec for spec in files.settings.channels if spec.name == name), None)
    if spec is None:
        hint = did_you_mean(name, [spec.name for spec in files.settings.channels])
        raise typer.BadParameter(f"unknown channel {name!r}; {hint}", param_hint="NAME")
    if all(checked.name != name for checked, _ in files.channels):
        raise ConfigError([problem for problem in files.errors if problem.at.file == spec.at.file] or files.errors)
    outcome, seconds = run_async(_send(files, name))
    result = type(outcome).__name__.lower()
    said = outcome.detail if isinstance(outcome, Delivered) else outcome.reason
    if json:
        write_json({"channel": name, "result": result, "detail": said, "seconds": round(seconds, 3)})
    else:
        typer.echo(f"{name}: {result} in {seconds * 1000:.0f} ms  {said}".rstrip(), err=True)
    raise typer.Exit(0 if isinstance(outcome, Delivered) else 1)


async def _send(files: Files, name: str) -> tuple[Outcome, float]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_fetcher
    from monitor.daemon.drill import drill
    from monitor.notify.notifier import Tools, Transient
    from monitor.notify.registry import build_channel

    clock = SystemClock()
    spec, options = next(pair for pair in files.channels if pair[0].name == name)
    async with open_fetcher(files.settings.network, clock) as fetcher:
        channel = build_channel(spec, options, Tools(fetcher=fetcher, clock=clock, stdout=sys.stdout))
        started = clock.monotonic()
        try:
            async with asyncio.timeout(15):
                outcome = await channel.notifier.send(drill(channel.name, clock.now()))
        except TimeoutError:
            outcome = Transient("no answer within 15 s")
        finally:
            await channel.notifier.close()
        return outcome, clock.monotonic() - started
