"""Each dependency stands in docs/dependencies.md with its reason, and nothing else does."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def name(requirement: str) -> str:
    found = re.match(r"[\w.-]+", requirement)
    assert found is not None
    return found[0]


def test_the_page_lists_exactly_the_dependencies() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    declared = {
        name(line) for line in [*project["dependencies"], *(line for lines in extras.values() for line in lines)]
    }
    page = (ROOT / "docs" / "dependencies.md").read_text()
    assert set(re.findall(r"^\| ([\w.-]+) \|", page, re.MULTILINE)) - {"package", "---"} == declared


def test_the_lock_files_hold_exact_versions_with_hashes_and_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / lock).read_text()
        requirements = re.findall(r"^[\w.-]+==", text, re.MULTILINE)
        assert len(requirements) > 50
        assert text.count("--hash=sha256:") >= len(requirements)
        assert "://" not in text
