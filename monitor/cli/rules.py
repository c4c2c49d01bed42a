"""`monitor rules`: check what authors wrote, and run it over articles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.context import read_settings
from monitor.cli.lines import ArticlesArgument, open_lines
from monitor.cli.output import (
    ALWAYS_JSON_HELP,
    JSON_HELP,
    Progress,
    counted,
    say,
    shown_path,
    write_json,
    write_problems,
)

if TYPE_CHECKING:
    from monitor.errors import Problem
    from monitor.rules.match import RuleSet

app = typer.Typer(help="Rules: check, match.", no_args_is_help=True)

RulesOption = Annotated[
    list[Path] | None, typer.Option(metavar="PATH", help="Rule files or folders instead of those in force.")
]


@app.command("check")
def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH", help="Rule files or folders. Default: those in force.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Check rule files and run their tests: every error with file:line:column; exit 1 if there is one.

    Keys: file, line, column, severity, message, hint.

    Example: monitor rules check rules/
    """
    from monitor.rules.check import run_tests

    rules, problems = load_rules(context, paths)
    if rules is not None:
        problems = [*problems, *run_tests(rules)]
    write_problems(problems, as_json=json)
    errors = sum(problem.severity == "error" for problem in problems)
    say(f"{counted(len(rules.rules) if rules else 0, 'rule')}, {counted(errors, 'error')}")
    raise typer.Exit(1 if errors else 0)


@app.command("match")
def match(
    context: typer.Context,
    articles: ArticlesArgument,
    rules: RulesOption = None,
    json: Annotated[bool, typer.Option("--json", help=ALWAYS_JSON_HELP, show_default=False)] = True,
) -> None:
    """Print one JSON object for each match: article, rule, evidence; no deduplication, no store.

    Keys: article, rule, evidence; each of the latter has field, start, end, text, term, and text is the field's
    characters from start to end.

    Example: monitor rules match articles.jsonl | jq .rule
    """
    from monitor.articles.records import read_articles

    ruleset = require_rules(context, rules)
    progress = Progress("articles")
    with open_lines(articles) as lines:
        for article in read_articles(lines, name=shown_path(articles)):
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
    from monitor.clock import SystemClock
    from monitor.rules.read import read_rules

    settings, problems = read_settings(context)
    channels = {spec.name for spec in settings.channels}
    today = SystemClock().now().date()
    if paths:
        return read_rules(paths, channels=channels, today=today)
    rules, found = read_rules(settings.rules, channels=channels, today=today)
    return rules, [*problems, *found]


def require_rules(context: typer.Context, paths: list[Path] | None) -> RuleSet:
    """Return the rules of `paths`, or those in force, without errors.

    Raises:
        ConfigError: with every error found.
    """
    from monitor.config.expect import insist
    from monitor.rules.read import read_rules

    # Nothing is sent: rules from elsewhere may name channels that are not configured here.
    rules, problems = read_rules(paths) if paths else load_rules(context, None)
    insist(problems)
    assert rules is not None, "without errors there is a rule set, if only an empty one"
    return rules
