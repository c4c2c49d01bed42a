"""`monitor check`: everything the user wrote, at once, without network."""

from __future__ import annotations

from typing import Annotated

import typer

from monitor.cli.context import read_user_files
from monitor.cli.output import JSON_HELP, counted, write_problems


def check(context: typer.Context, json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """Check settings, feeds, channels, routes, rules and their tests; exit 1 if anything is wrong.

    Example: monitor check
    """
    from monitor.rules.check import run_tests

    files = read_user_files(context)
    problems = list(files.problems)
    if files.rules is not None:
        problems += run_tests(files.rules)
    write_problems(problems, as_json=json)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    rules = len(files.rules.rules) if files.rules else 0
    typer.echo(
        f"{counted(len(files.feeds), 'feed')}, {counted(rules, 'rule')}, {counted(len(files.channels), 'channel')}: "
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}",
        err=True,
    )
    raise typer.Exit(1 if errors else 0)
