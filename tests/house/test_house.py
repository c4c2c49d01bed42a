"""The house rules that a machine can check: file length, names, docstrings, registered notifiers and formats."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted((ROOT / "monitor").rglob("*.py"))
MAX_LINES = 400


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_file_is_short_enough_to_read(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_name_says_something(path: Path) -> None:
    assert path.stem not in {"util", "utils", "helper", "helpers", "common", "misc", "manager", "service", "tools"}


def public_without_docstring(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text())
    if not ast.get_docstring(tree):
        yield "the module"
    yield from _undocumented(tree)


def _undocumented(parent: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in parent.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from _undocumented(node)


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_public_names_have_docstrings(path: Path) -> None:
    assert list(public_without_docstring(path)) == []


def entry_points(group: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {target.split(":")[0] for target in project["entry-points"][group].values()}


def modules_with(folder: str, suffix: str) -> set[str]:
    found = set()
    for path in (ROOT / folder).glob("*.py"):
        classes = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)]
        is_protocol = {node.name for node in classes if any("Protocol" in ast.dump(base) for base in node.bases)}
        if any(node.name.endswith(suffix) and node.name not in is_protocol for node in classes):
            found.add(str(path.relative_to(ROOT).with_suffix("")).replace("/", "."))
    return found


def test_each_notifier_is_registered() -> None:
    # An editable install does not see a new entry point until it is installed again: `make` does that.
    assert modules_with("monitor/notify", "Notifier") == entry_points("monitor.notifiers")


def test_each_feed_format_is_registered() -> None:
    assert modules_with("monitor/feeds/formats", "Format") == entry_points("monitor.feed_formats")


def test_no_registry_address_stands_in_the_project() -> None:
    hosts = ("pypi" + ".org", "pythonhosted" + ".org", "registry.npm" + "js.org", "deb.debian" + ".org")
    for path in [*ROOT.glob("*"), *(ROOT / ".ci").glob("*"), *(ROOT / "docs").rglob("*")]:
        if path.is_file():
            text = path.read_text(errors="replace")
            assert not [host for host in hosts if host in text], path
