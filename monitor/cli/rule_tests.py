"""`monitor rules test`: the `tests:` of rules, run in one process or in several, reported to people and to CI."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.output import counted, say, write_problems
from monitor.cli.rules import PathsArgument, read_rule_files
from monitor.errors import MonitorError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from monitor.rules.check import Verdict
    from monitor.rules.match import RuleSet, RuleTest

PAYS_FROM = 1000  # tests: fewer are done before another process has begun


def run_tests(
    context: typer.Context,
    paths: PathsArgument = None,
    rule: Annotated[list[str] | None, typer.Option("--rule", metavar="ID", help="Only tests of this rule.")] = None,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Also write the results as JUnit XML.")
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", metavar="N", min=1, help="At most so many processes, for thousands of tests. Default: all CPUs."
        ),
    ] = None,
) -> None:
    """Run the tests that rules carry, also of rules that are switched off; exit 1 if one fails or a file has errors.

    Example: monitor rules test rules/ --junit results.xml
    """
    read = read_rule_files(context, paths)
    errors = [problem for problem in read.problems if problem.severity == "error"]
    rules = read.to_test()
    if rule:
        _require_known(rule, [each.id for each in rules.rules])
    tests = [each for each in rules.tests if not rule or each.rule in rule]
    verdicts = judge(rules, tests, jobs=jobs or os.cpu_count() or 1)
    if junit is not None:
        from monitor.cli.junit import write_junit

        write_junit(junit, verdicts, errors)
    failures = [verdict.problem for verdict in verdicts if verdict.problem is not None]
    write_problems([*errors, *failures], as_json=False)
    tested = f"{counted(len(tests), 'test')} of {counted(len({each.rule for each in tests}), 'rule')}"
    told = f"{len(failures)} of {tested} failed" if failures else f"{tested} passed"
    say(f"{told}; the files have {counted(len(errors), 'error')}" if errors else told)
    raise typer.Exit(1 if failures or errors else 0)


def judge(rules: RuleSet, tests: Sequence[RuleTest], *, jobs: int) -> list[Verdict]:
    """Return how the tests go, in their order, from as many processes as pay, `jobs` at most.

    Raises:
        MonitorError: one of the processes was ended from outside.
    """
    import multiprocessing

    from monitor.rules.check import verdicts

    processes = min(jobs, len(tests) // PAYS_FROM + 1)
    if processes == 1 or "fork" not in multiprocessing.get_all_start_methods():
        return list(verdicts(rules, tests))
    # A forked child has the rules already: only verdicts go through the pipe.
    fork = multiprocessing.get_context("fork")
    ends: list[Connection] = []
    for number in range(processes):
        receiver, sender = fork.Pipe(duplex=False)
        part = tests[len(tests) * number // processes : len(tests) * (number + 1) // processes]
        fork.Process(target=_send_verdicts, args=(sender, rules, part), daemon=True).start()
        sender.close()  # the child has its own; else its death would go unnoticed
        ends.append(receiver)
    try:
        return [verdict for end in ends for verdict in end.recv()]
    except EOFError:
        raise MonitorError("a process that ran tests was ended from outside; try --jobs 1") from None


def _send_verdicts(sender: Connection, rules: RuleSet, tests: Sequence[RuleTest]) -> None:
    from monitor.rules.check import verdicts

    sender.send(list(verdicts(rules, tests)))


def _require_known(wanted: Sequence[str], known: Sequence[str]) -> None:
    from monitor.config.spelling import did_you_mean, quoted

    for name in wanted:
        if name not in known:
            message = f"there is no rule {quoted(name)}; {did_you_mean(name, known)}"
            raise typer.BadParameter(message, param_hint="--rule")
