"""What authors wait for: rule files read and linted, read again after an edit, checked from the command line."""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

from bench.rules.child import MOST_ROUNDS, in_child
from bench.rules.corpus import Corpus
from bench.rules.hard_set import HardRule, hard_rules, texts_with
from monitor.model import Article, ArticleId
from monitor.rules.read import ReadRules, RuleReader

RULES = 1_000
CHECKED = 100


@dataclass(slots=True)
class Authoring:
    """CPU seconds."""

    read: float  # read and lint, one file
    problems: int  # warnings among them
    bare_yaml: float  # the same file by libyaml, which checks nothing
    first_read: float  # as many files as rules
    compiled: float  # the program and its automata for all of them
    read_again: float  # after an edit to one of these files
    check: float  # `monitor rules check` as a process
    python: float  # a process that does nothing


def run(corpus: Corpus) -> Authoring:
    """Measure."""
    rules = hard_rules(RULES, texts_with(corpus.english, "English"), len(corpus.english))
    blocks = [_written(number, rule) for number, rule in enumerate(rules)]
    with tempfile.TemporaryDirectory() as folder:
        whole, several, few = (Path(folder) / name for name in ("whole", "several", "few"))
        for each in (whole, several, few):
            each.mkdir()
        (whole / "rules.yaml").write_text("rules:\n" + "".join(blocks))
        (few / "rules.yaml").write_text("rules:\n" + "".join(blocks[:CHECKED]))
        for number, block in enumerate(blocks):
            (several / f"{number:04}.yaml").write_text("rules:\n" + block)
        # A process that has read the rules before has their words at hand: each round is a process of its own.
        read, problems = min(in_child(_read, whole / "rules.yaml") for _ in range(MOST_ROUNDS))
        bare_yaml = min(in_child(_read_bare, whole / "rules.yaml") for _ in range(MOST_ROUNDS))
        first_read, compiled, read_again = in_child(_reload, several)
        check = _process("-m", "monitor", "rules", "check", str(few))
        return Authoring(
            read=read,
            problems=problems,
            bare_yaml=bare_yaml,
            first_read=first_read,
            compiled=compiled,
            read_again=read_again,
            check=check,
            python=_process("-c", "pass"),
        )


def _written(number: int, rule: HardRule) -> str:
    """Return the rule in eleven lines, with two tests."""
    groups = ", ".join(f"{{any: [{', '.join(group)}]}}" for group in rule.groups)
    together = f"near: {{within: 10, of: [{groups}]}}" if rule.near else f"all: [{groups}]"
    words = " ".join(group[0] for group in rule.groups)
    return f"""\
  - id: rule-{number}
    title: The rule with number {number}
    severity: high
    labels: {{desk: world}}
    when:
      {together}
      none: [{rule.without or "football"}]
    repeat_after: 12h
    tests:
      - match: They spoke of {words}.
      - no_match: They spoke of nothing at all.
"""


def _read(path: Path) -> tuple[float, int]:
    started = time.process_time()
    read = RuleReader().read([path])
    return time.process_time() - started, len(read.problems)


def _read_bare(path: Path) -> float:
    started = time.process_time()
    yaml.compose(path.read_bytes(), Loader=yaml.CSafeLoader)
    return time.process_time() - started


def _reload(folder: Path) -> tuple[float, float, float]:
    """Return the seconds for reading all files, for compiling them, and for both together after an edit to one."""
    reader, clock = RuleReader(), time.process_time
    started = clock()
    read = reader.read([folder])
    is_read = clock()
    _compile(read)
    is_compiled = clock()
    edited = folder / "0500.yaml"
    edited.write_text(edited.read_text().replace("severity: high", "severity: low"))
    edited_at = clock()
    read = reader.read([folder])
    _compile(read)
    assert read.parsed == 1
    return is_read - started, is_compiled - is_read, clock() - edited_at


def _compile(read: ReadRules) -> None:
    rules = read.in_force()
    assert rules is not None
    rules.match(Article(id=ArticleId(""), title=""))  # automata are made for the first article


def _process(*args: str) -> float:
    """Return the CPU seconds of Python with arguments, the best of some runs."""
    best = float("inf")
    for _ in range(MOST_ROUNDS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *args], check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        best = min(best, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
    return best
