"""`monitor rules`: check what authors wrote, and run it over articles."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from monitor.cli.context import global_options
from monitor.cli.output import JSON_HELP, Progress, counted, write_json, write_problems

if TYPE_CHECKING:
    from monitor.errors import Problem
    from monitor.rules.match import RuleSet

app = typer.Typer(help="Rules: check, match.", no_args_is_help=True)


@app.command("check")
def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Default: the rules in force.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Check rule files and run their tests: every error with file:line:column; exit 1 if there is one.

    Example: monitor rules check rules/
    """
    from monitor.rules.check import run_tests

    rules, problems = load_rules(context, paths)
    if rules is not None:
        problems = [*problems, *run_tests(rules)]
    write_problems(problems, as_json=json)
    errors = sum(problem.severity == "error" for problem in problems)
    typer.echo(f"{counted(len(rules.rules) if rules else 0, 'rule')}, {counted(errors, 'error')}", err=True)
    raise typer.Exit(1 if errors else 0)


@app.command("match")
def match(
    context: typer.Context,
    articles: Annotated[Path, typer.Argument(metavar="ARTICLES.jsonl", help="Articles as JSON Lines; - is stdin.")],
    rules: Annotated[list[Path] | None, typer.Option(help="Rule files or folders instead of those in force.")] = None,
) -> None:
    """Print one JSON object for each match: article, rule, evidence; no deduplication, no store.

    Each evidence has field, start, end, text, term; text is the field's characters from start to end.

    Example: monitor rules match articles.jsonl | jq .rule
    """
    from monitor.articles.records import read_articles

    ruleset = require_rules(context, rules)
    progress = Progress("articles")
    with open_lines(articles) as lines:
        for article in read_articles(lines, name=str(articles)):
            for found in ruleset.match(article):
                evidence = [
                    {"field": e.field, "start": e.start, "end": e.end, "text": e.text, "term": e.term}
                    for e in found.evidence
                ]
                write_json({"article": article.id, "rule": found.rule.id, "evidence": evidence})
            progress.step()
    progress.end()


def load_rules(context: typer.Context, paths: list[Path] | None) -> tuple[RuleSet | None, list[Problem]]:
    """Read the rules of `paths`, or those in force, with everything wrong with them."""
    from monitor.config.settings import find_settings_file, load_settings
    from monitor.rules.read import read_rules

    options = global_options(context)
    config = options.config or find_settings_file(os.environ)
    settings, problems = load_settings(config, state=options.state, environ=os.environ)
    channels = {spec.name for spec in settings.channels}
    if paths:
        return read_rules(paths, channels=channels)
    rules, found = read_rules(settings.rules, channels=channels)
    return rules, [*problems, *found]


def require_rules(context: typer.Context, paths: list[Path] | None) -> RuleSet:
    """Return rules without errors.

    Raises:
        ConfigError: with every error found.
    """
    from monitor.errors import ConfigError

    rules, problems = load_rules(context, paths)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors or rules is None:
        raise ConfigError(errors)
    return rules


@contextmanager
def open_lines(file: Path) -> Iterator[BinaryIO]:
    """Open a file of lines; - is stdin."""
    if str(file) == "-":
        yield sys.stdin.buffer
    else:
        with file.open("rb") as lines:
            yield lines
