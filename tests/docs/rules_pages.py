"""What docs/rules.md and docs/rules-cookbook.md say, taken apart: their examples, tables and sections."""

from __future__ import annotations

import json
import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
REFERENCE = (DOCS / "rules.md").read_text(encoding="utf-8")
README = (DOCS.parent / "README.md").read_text(encoding="utf-8")
COOKBOOK = (DOCS / "rules-cookbook.md").read_text(encoding="utf-8")

_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`]+)`")


def blocks(page: str) -> list[tuple[str, str]]:
    """Return the fenced blocks of a page: what each is, and what is in it."""
    return _FENCE.findall(page)


def examples(page: str) -> list[str]:
    """Return the rule files on a page that are right."""
    return [content for kind, content in blocks(page) if kind == "yaml"]


def wrong_examples(page: str) -> list[tuple[str, str]]:
    """Return the rule files on a page that are wrong, each with what is said of it: the block below it."""
    found = blocks(page)
    return [(found[at][1], found[at + 1][1]) for at in range(len(found)) if found[at][0] == "yaml error"]


def section(page: str, heading: str) -> str:
    """Return a section of a page."""
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def rows(page: str, *header: str) -> list[list[str]]:
    """Return the rows of all tables that have these columns, only these columns."""
    found: list[list[str]] = []
    columns: list[int] | None = None
    for line, after in zip(page.splitlines(), [*page.splitlines()[1:], ""], strict=True):
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if after.startswith("| ---") or not line.startswith("|"):
            columns = [cells.index(name) for name in header] if set(header) <= set(cells) else None
        elif columns is not None and not line.startswith("| ---"):
            found.append([cells[column] for column in columns])
    return found


def code(cell: str) -> list[str]:
    """Return what stands in code style in a cell."""
    return _CODE.findall(cell)


def tried(page: str) -> dict[str, str]:
    """Return a rule file for each row that says what a condition finds and does not find, by the condition.

    The condition stands in the column before. A text is a field of its own, or an article in braces; ⏎ is a line break.
    """
    return {
        condition: _rule(condition, finds=code(finds), misses=code(misses))
        for name in ("condition", "term", "here")
        for cell, finds, misses in rows(page, name, "finds", "does not find")
        for condition in code(cell)[:1]
    }


def _rule(condition: str, *, finds: list[str], misses: list[str]) -> str:
    assert finds
    assert misses
    asks = condition if condition.startswith("query: ") else f"when:\n      {condition}"
    tests = [f"- match: {_article(text)}" for text in finds] + [f"- no_match: {_article(text)}" for text in misses]
    lines = "\n".join(f"      {test}" for test in tests)
    return f"rules:\n  - id: tried\n    {asks}\n    tests:\n{lines}\n"


def _article(text: str) -> str:
    return text if text.startswith("{") else json.dumps(text.replace("⏎", "\n"), ensure_ascii=False)
