"""Reading rule files beside libyaml alone, and reading again after an edit beside reading all of them."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import yaml

from bench.table import Row, compared, cpu_seconds
from monitor.rules.read import RuleReader

RULES = 1000
FILES = 100


def run() -> list[Row]:
    """Return the costs of a start and of a reload."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [folder / f"{number:03}.yaml" for number in range(FILES)]
        texts = [_rules(number, RULES // FILES) for number in range(FILES)]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text)
        afresh = cpu_seconds(lambda _: RuleReader().read([folder]), [0])
        composed = cpu_seconds(lambda _: [yaml.compose(text, Loader=yaml.CSafeLoader) for text in texts], [0])
        reader = RuleReader()
        reader.read([folder])

        def edit(number: int) -> None:
            files[0].write_text(f"{texts[0]}# {number}\n")
            reader.read([folder])

        again = cpu_seconds(edit, range(20))
    start = f"{RULES} rules of 11 lines in {FILES} files; plain = yaml.compose with libyaml, which checks nothing"
    reload = f"one of the {FILES} files edited, before compiling; plain = all read afresh"
    return [
        compared("read and check rules", afresh * 1e3, composed * 1e3, unit="ms", note=start),
        compared("the same after an edit", again * 1e3, afresh * 1e3, unit="ms", note=reload),
    ]


def _rules(number: int, count: int) -> str:
    """Return a file of made-up rules, always the same for a number."""
    rng = random.Random(number)

    def word() -> str:
        return "".join(rng.choices("aeioubcdfglmnprst", k=rng.randint(5, 9)))

    rules = "".join(
        f"""\
  - id: rule-{number}-{each}
    title: Something about {word()}
    severity: high
    when:
      all:
        - any: [{word()}, {word()}, {word()} {word()}]
        - {word()}*
      none: [{word()}]
    tests:
      - match: {word()} {word()}
      - no_match: {word()}
"""
        for each in range(count)
    )
    return f"rules:\n{rules}"
