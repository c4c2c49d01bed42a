"""Small damages to good rule files: each is noticed on its line, none is accepted in silence, none raises or hangs.

Some are made by rule from every place of a kind (each key misspelt, each bracket deleted …), others are in a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from monitor.errors import Problem
from monitor.rules.check import run_tests
from monitor.rules.read import RuleReader
from tests.unit.rules.good_files import GOOD
from tests.unit.rules.slips import SLIPS

CHANNELS = frozenset({"desk", "mail"})
TODAY = date(2026, 11, 24)
CHOSEN = ("ministers", "envoys", "ceasefire", "desk", "topic", "where", "football")  # by the authors


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """A good file with one slip."""

    file: str
    what: str
    source: bytes
    line: int  # on which it is to be noticed


def findings(folder: Path, source: bytes) -> list[Problem]:
    """Return all that is said of a file, its tests included."""
    file = folder / "rules.yaml"
    file.write_bytes(source)
    read = RuleReader().read([file], channels=CHANNELS, today=TODAY)
    return [*read.problems, *run_tests(read.to_test())]


def line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


def cut(file: str, what: str, start: int, end: int, instead: str = "") -> Damage:
    """Return a good file with a piece replaced."""
    text = GOOD[file]
    source = text[:start] + instead + text[end:]
    return Damage(file=file, what=what, source=source.encode(), line=line_of(text, start))


def misspelt_keys() -> Iterator[Damage]:
    """Each key of the language, two of its letters swapped. Names that authors choose are none."""
    for file, text in GOOD.items():
        for found in re.finditer(r"(?<=[ {])([a-z_]{3,}): |^([a-z]{3,}):", text, re.MULTILINE):
            key = found[1] or found[2]
            if key in CHOSEN:
                continue
            start = found.start()
            slip = key[:-2] + key[-1] + key[-2] if key[-1] != key[-2] else key[:-1]
            yield cut(file, f"{key} as {slip}", start, start + len(key), slip)


def glued_keys() -> Iterator[Damage]:
    """Each key at the begin of a line without the space after its colon."""
    for file, text in GOOD.items():
        for found in re.finditer(r"^[ -]*([a-z_]+):( )(?=\S)", text, re.MULTILINE):
            yield cut(file, f"{found[1]}: glued", found.start(2), found.end(2))


def lost_brackets() -> Iterator[Damage]:
    for file, text in GOOD.items():
        for found in re.finditer(r"[\[\]{}]", text):
            yield cut(file, f"without {found[0]} at {found.start()}", found.start(), found.end())


def lost_quotes() -> Iterator[Damage]:
    for file, text in GOOD.items():
        for found in re.finditer("[\"']", text):
            yield cut(file, f"without {found[0]} at {found.start()}", found.start(), found.end())


def lost_dashes() -> Iterator[Damage]:
    for file, text in GOOD.items():
        for found in re.finditer(r"^ *(- )", text, re.MULTILINE):
            yield cut(file, f"without - at {found.start(1)}", found.start(1), found.end(1), "  ")


def tabs() -> Iterator[Damage]:
    for file, text in GOOD.items():
        for found in re.finditer(r"^  +(?=\S)", text, re.MULTILINE):
            yield cut(file, f"a tab on line {line_of(text, found.start())}", found.start(), found.end(), "\t")


def outdented() -> Iterator[Damage]:
    """Each line one column to the left, less those to which it makes no difference."""
    for file, text in GOOD.items():
        for found in re.finditer(r"^ +(?=\S)(?!Who|red-sea|near|score|all:\n {8}- regex)", text, re.MULTILINE):
            yield cut(file, f"outdented line {line_of(text, found.start())}", found.start(), found.start() + 1)


def emptied() -> Iterator[Damage]:
    """Each key at the begin of a line without its value."""
    for file, text in GOOD.items():
        for found in re.finditer(r"^[ -]*([a-z_]+):( (?!\|)\S.*)$", text, re.MULTILINE):
            yield cut(file, f"{found[1]} without value", found.start(2), found.end(2))


def invisible() -> Iterator[Damage]:
    for file, text in GOOD.items():
        at = text.index("tests:")
        for what, piece in (("NUL", b"\0"), ("not UTF-8", b"\xe9"), ("cut UTF-8", b"\xd0"), ("escape", b"\x1b[1m")):
            source = text[:at].encode() + piece + text[at:].encode()
            yield Damage(file=file, what=what, source=source, line=line_of(text, at))


MADE = [
    damage
    for make in (
        misspelt_keys,
        glued_keys,
        lost_brackets,
        lost_quotes,
        lost_dashes,
        tabs,
        outdented,
        emptied,
        invisible,
    )
    for damage in make()
]


def test_the_good_files_are_good(tmp_path: Path) -> None:
    assert {name: findings(tmp_path, text.encode()) for name, text in GOOD.items()} == {name: [] for name in GOOD}


def points_at(problem: Problem, line: int) -> bool:
    """Return whether a finding is on a line, or names it: an indentation is wrong only beside that of another line."""
    said = f"{problem.message} {problem.hint}"
    beside = problem.at.line - line
    return (
        beside == 0
        or re.search(rf"\bline {line}\b", said) is not None
        or (beside == 1 and "the one above" in said)
        or (beside == -1 and 'is a "- " missing' in said)
    )


@pytest.mark.parametrize("damage", MADE, ids=lambda damage: f"{damage.file}: {damage.what}")
def test_each_damage_is_noticed_on_its_line(tmp_path: Path, damage: Damage) -> None:
    found = findings(tmp_path, damage.source)
    assert any(points_at(problem, damage.line) for problem in found), (damage.line, list(map(str, found)))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"), [(file, *slip) for file, slips in SLIPS.items() for slip in slips]
)
def test_each_slip_is_noticed_on_its_line(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    start = GOOD[file].index(old)
    damage = cut(file, new, start, start + len(old), new)
    found = [problem.message for problem in findings(tmp_path, damage.source) if problem.at.line == damage.line]
    assert any(said in message for message in found), found
