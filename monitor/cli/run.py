"""`monitor run`: the daemon."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from monitor.cli.context import global_options
from monitor.cli.output import counted, say


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Poll what is due once, deliver, print a summary, end.")] = False,
    sample: Annotated[bool, typer.Option("--sample", help="Also serve and poll the bundled sample newsroom.")] = False,
    role: Annotated[
        str,
        typer.Option(
            metavar="ROLES", help="What this daemon does, of poll, deliver, web; several daemons can share one Redis."
        ),
    ] = "poll,deliver,web",
) -> None:
    """Run the daemon until Ctrl-C: poll the feeds, match the rules, deliver the alerts.

    Example: monitor run --sample
    """
    import asyncio

    from monitor.daemon.files import read_files
    from monitor.daemon.logs import configure_logs, is_console
    from monitor.daemon.run import ALL_ROLES, Options, Started, run_daemon, run_once

    roles = frozenset(part.strip() for part in role.split(",") if part.strip())
    if not roles or not roles <= ALL_ROLES:
        raise typer.BadParameter(f"of poll, deliver and web, with commas; not {role!r}", param_hint="--role")
    chosen = global_options(context)
    files = read_files(chosen.config, state=chosen.state, environ=os.environ)
    files.require()
    settings = files.settings
    configure_logs(settings.log.level, settings.log.format)
    options = Options(config=chosen.config, state=chosen.state, sample=sample, roles=roles)

    def banner(started: Started) -> None:
        """Say what runs now."""
        if is_console(settings.log.format):
            for line in banner_lines(started):
                say(line)

    if once:
        say(str(asyncio.run(run_once(options))))
    else:
        asyncio.run(run_daemon(options, on_started=banner))


def banner_lines(started: object) -> list[str]:
    """Return what a person at the terminal wants to know once the daemon runs."""
    from monitor.daemon.run import Started

    assert isinstance(started, Started)
    own = "  (MONITOR_REDIS_URL uses yours)" if started.store.startswith("embedded") else ""
    channels = ", ".join(started.channels)
    lines = [
        f" ok  store: {started.store}{own}",
        f" ok  {counted(started.feeds, 'feed')}, {counted(started.rules, 'rule')}; alerts go to: {channels}",
    ]
    if started.web:
        lines.append(f" ok  {started.web}/healthz · /readyz · /metrics")
    return [*lines, " ok  running; Ctrl-C stops, nothing is lost", ""]
