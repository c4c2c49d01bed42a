"""`monitor check`: everything the user wrote, at once, without network."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from monitor.cli.context import global_options
from monitor.cli.output import JSON_HELP, counted, say, write_problems


def check(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Check settings, feeds, channels, routes, rules and their tests; exit 1 if anything is wrong.

    Keys: file, line, column, severity (error, warning), message, hint.

    Example: monitor check
    """
    from monitor.daemon.files import read_files
    from monitor.rules.check import run_tests

    options = global_options(context)
    files = read_files(options.config, state=options.state, environ=os.environ)
    problems = [*files.problems, *run_tests(files.read_rules.to_test())]
    write_problems(problems, as_json=json)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    rules = len(files.rules.rules) if files.rules else 0
    say(
        f"{counted(len(files.feeds), 'feed')}, {counted(rules, 'rule')}, {counted(len(files.channels), 'channel')}: "
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
    )
    raise typer.Exit(1 if errors else 0)
