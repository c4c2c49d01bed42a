"""`monitor rules`: check what authors wrote, and run it over articles."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import global_options, read_settings
from monitor.cli.findings import Form, write_findings
from monitor.cli.lines import ArticlesArgument, lines_of
from monitor.cli.output import (
    ALWAYS_JSON_HELP,
    JSON_HELP,
    Progress,
    counted,
    say,
    shown_path,
    write_json,
    write_table,
)

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Volume
    from monitor.rules.match import RuleSet, WrittenRule
    from monitor.rules.read import ReadRules

app = typer.Typer(help="Rules: check, list, match, test, explain, new, fmt, schema.", no_args_is_help=True)

PathsArgument = Annotated[
    list[Path] | None, typer.Argument(metavar="PATH", help="Rule files or folders. Default: those in force.")
]

RulesOption = Annotated[
    list[Path] | None, typer.Option(metavar="PATH", help="Rule files or folders instead of those in force.")
]


@app.command("check")
def check(
    context: typer.Context,
    paths: PathsArgument = None,
    form: Annotated[
        Form,
        typer.Option(
            "--format", help="text, json (as --json), or what a code host shows beside the lines: github, gitlab."
        ),
    ] = Form.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for warnings too.")] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Check rule files and run their tests: every error with file:line:column; exit 1 if there is one.

    Keys: file, line, column, severity, message, hint.

    Example: monitor rules check rules/
    """
    from monitor.rules.check import run_tests

    read = read_rule_files(context, paths)
    problems = [*read.problems, *run_tests(read.to_test())]
    write_findings(problems, Form.JSON if json else form)
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    told = f"{counted(len(read.written), 'rule')}, {counted(errors, 'error')}"
    say(f"{told}, {counted(warnings, 'warning')}" if warnings else told)
    raise typer.Exit(1 if errors or (strict and warnings) else 0)


@app.command("list")
def list_rules(
    context: typer.Context,
    paths: PathsArgument = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List the rules, also those that are switched off or have expired; a rule with an error is not there.

    Keys: id, title, severity, state (on, off, expired), expires, labels, channels, volume, tests, version, file, line.

    Example: monitor rules list --json | jq -r 'select(.tests == 0).id'
    """
    from monitor.clock import SystemClock

    read = read_rule_files(context, paths)
    now = SystemClock().now()
    rows = [_rule_record(each, read, now) for each in read.written]
    if json:
        for row in rows:
            write_json(row)
    else:
        write_table(
            ["ID", "SEVERITY", "STATE", "TESTS", "WHERE", "TITLE"],
            [
                [row["id"], row["severity"], row["state"], row["tests"], f"{row['file']}:{row['line']}", row["title"]]
                for row in rows
            ],
        )
    errors = sum(problem.severity == "error" for problem in read.problems)
    if errors:
        say(f"{counted(errors, 'error')} in the files: monitor rules check tells which")
    raise typer.Exit(1 if errors else 0)


def _volume_record(volume: Volume) -> dict[str, Any]:
    from monitor.config.units import format_duration

    return {
        "stories": volume.stories,
        "sources": volume.sources,
        "within": format_duration(volume.within),
        "factor": volume.factor,
        "baseline": format_duration(volume.baseline) if volume.baseline else None,
    }


def _rule_record(written: WrittenRule, read: ReadRules, now: datetime) -> dict[str, Any]:
    from monitor.rules.volume import is_in_force

    rule = written.rule
    state = "off" if rule.id in read.switched_off else "on" if is_in_force(rule, now) else "expired"
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "state": state,
        "expires": rule.expires.isoformat() if rule.expires else None,
        "labels": rule.labels,
        "channels": rule.channels,
        "volume": _volume_record(rule.volume) if rule.volume else None,
        "tests": len(written.tests),
        "version": rule.version,
        "file": shown_path(written.at.file),
        "line": written.at.line,
    }


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
    from monitor.clock import SystemClock
    from monitor.rules.volume import is_in_force

    now = SystemClock().now()
    ruleset = require_rules(context, rules)
    with Progress("articles") as progress:
        for article in read_articles(lines_of(articles), name=shown_path(articles)):
            for found in ruleset.match(article):
                if not is_in_force(found.rule, article.seen or now):
                    continue
                evidence = [
                    {"field": e.field, "start": e.start, "end": e.end, "text": e.text, "term": e.term}
                    for e in found.evidence
                ]
                write_json({"article": article.id, "rule": found.rule.id, "evidence": evidence})
            progress.step()


def read_rule_files(context: typer.Context, paths: list[Path] | None) -> ReadRules:
    """Read the rules of `paths`, or those in force with what is wrong in the settings, too."""
    from monitor.clock import SystemClock
    from monitor.config.settings import find_settings_file
    from monitor.rules.read import RuleReader

    settings, problems = read_settings(context)
    # A repository of rules only has no settings: names of channels cannot be checked there.
    is_known = not paths or (global_options(context).config or find_settings_file(os.environ)) is not None
    channels = {spec.name for spec in settings.channels} if is_known else None
    read = RuleReader().read(paths or settings.rules, channels=channels, today=SystemClock().now().date())
    return read if paths else replace(read, problems=(*problems, *read.problems))


def require_rules(context: typer.Context, paths: list[Path] | None) -> RuleSet:
    """Return the rules of `paths`, or those in force, without errors.

    Raises:
        ConfigError: with every error found.
    """
    from monitor.config.expect import insist
    from monitor.rules.read import RuleReader

    # Nothing is sent: rules from elsewhere may name channels that are not configured here.
    read = RuleReader().read(paths) if paths else read_rule_files(context, None)
    insist(read.problems)
    rules = read.in_force()
    assert rules is not None, "without errors there is a rule set, if only an empty one"
    return rules
