"""docs/architecture.md names every module, so that it stays the map of the code."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_tree_lists_every_module_in_its_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text()
    rooms: dict[str, set[str]] = {}
    for section in page.split("\n### ")[1:]:
        rooms[section.split("/ — ")[0]] = set(re.findall(r"^\| `(\w+\.py)` \|", section, re.MULTILINE))
    built: dict[str, set[str]] = {}
    for path in (ROOT / "monitor").rglob("*.py"):
        if path.name != "__init__.py":
            built.setdefault(str(path.parent.relative_to(ROOT)), set()).add(path.name)
    assert rooms == built
