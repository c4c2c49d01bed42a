"""`monitor rules schema`, `fmt` and `new`: the author's files as the command line writes them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.support.command_line import Ran, monitor, write_files

PROJECT = {
    "monitor.yaml": "rules: [rules/]\nchannels: {desk: {type: console}}\n",
    "rules/lists.yaml": "lists: {ministers: [{name: Wang Yi}, Jane Roe]}\nregions: {red-sea: {title: Red Sea}}\n",
    "rules/more/broken.yaml": "lists: [\n",
}


async def test_the_schema_offers_the_names_of_the_project(tmp_path: Path) -> None:
    ran = await monitor(write_files(tmp_path, PROJECT), "rules", "schema")
    assert (ran.code, ran.err) == (0, "")
    schema = json.loads(ran.out)
    jsonschema.Draft7Validator.check_schema(schema)
    definitions = schema["definitions"]
    offered = {name: definitions[name]["anyOf"][0]["enum"] for name in ("list-name", "channel", "region-name", "term")}
    assert offered["list-name"] == ["ministers"]
    assert offered["channel"] == ["desk"]
    assert "red-sea" in offered["region-name"]
    assert {"list:ministers", "region:red-sea", "region:middle-east", "country:NO"} <= set(offered["term"])


async def test_the_schema_can_be_had_where_there_is_no_project(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "rules", "schema")
    assert (ran.code, ran.err) == (0, "")
    published = json.loads((Path(__file__).parents[2] / "docs" / "schema" / "rules.json").read_text(encoding="utf-8"))
    given = json.loads(ran.out)
    # Without settings there is a channel all the same: the screen.
    assert given["definitions"].pop("channel") != published["definitions"].pop("channel")
    assert given == published


UGLY = "rules:\n- when: a   # why\n  id: one\n"
NEAT = "rules:\n  - id: one\n    when: a  # why\n"
BROKEN = "rules:\n\t- id: one\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_files(tmp_path, {"rules/neat.yaml": NEAT, "rules/ugly.yaml": UGLY, "rules/.hidden.yaml": UGLY})


def files_of(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (folder / "rules").iterdir()}


async def fmt(folder: Path, *arguments: str, stdin: str = "") -> Ran:
    return await monitor(folder, "rules", "fmt", *arguments, stdin=stdin.encode())


async def test_fmt_writes_what_changes_and_nothing_else(folder: Path) -> None:
    (folder / "rules" / "ugly.yaml").chmod(0o640)
    ran = await fmt(folder)
    assert (ran.code, ran.out, ran.err) == (0, "rules/ugly.yaml\n", "2 files, 1 changed, 0 errors\n")
    assert files_of(folder) == {"neat.yaml": NEAT, "ugly.yaml": NEAT, ".hidden.yaml": UGLY}
    assert (folder / "rules" / "ugly.yaml").stat().st_mode & 0o777 == 0o640
    ran = await fmt(folder)
    assert (ran.code, ran.out, ran.err) == (0, "", "2 files, 0 changed, 0 errors\n")


async def test_fmt_check_names_what_would_change(folder: Path) -> None:
    ran = await fmt(folder, "--check", "rules")
    assert (ran.code, ran.out, ran.err) == (1, "rules/ugly.yaml\n", "2 files, 1 to change, 0 errors\n")
    assert files_of(folder)["ugly.yaml"] == UGLY
    assert (await fmt(folder, "--check", "rules/neat.yaml")).code == 0


async def test_fmt_diff_shows_it(folder: Path) -> None:
    (folder / "rules" / "ugly.yaml").write_text(UGLY.rstrip())
    ran = await fmt(folder, "--diff")
    assert ran.code == 1
    assert ran.out.splitlines()[:5] == [
        "--- rules/ugly.yaml",
        "+++ rules/ugly.yaml",
        "@@ -1,3 +1,3 @@",
        " rules:",
        "-- when: a   # why",
    ]
    assert "\\ No newline at end of file\n" in ran.out
    assert files_of(folder)["ugly.yaml"] == UGLY.rstrip()


async def test_fmt_leaves_a_broken_file_alone_and_goes_on(folder: Path) -> None:
    write_files(folder, {"rules/broken.yaml": BROKEN})
    ran = await fmt(folder, "rules", "nowhere.yaml")
    assert (ran.code, ran.err) == (1, "4 files, 1 changed, 2 errors\n")
    assert "rules/broken.yaml:2:1: error:" in ran.out
    assert "nowhere.yaml: error: no such file" in ran.out
    assert files_of(folder)["broken.yaml"] == BROKEN
    assert files_of(folder)["ugly.yaml"] == NEAT


async def test_fmt_formats_what_other_files_must_complete(folder: Path) -> None:
    # A list may be in another file, and a word not finished: layout does not depend on it.
    write_files(folder, {"rules/ugly.yaml": "rules: [{id: one, wen: list:nowhere}]"})
    assert (await fmt(folder, "rules/ugly.yaml")).code == 0
    assert files_of(folder)["ugly.yaml"] == "rules:\n  - id: one\n    wen: list:nowhere\n"


async def test_fmt_follows_a_link_and_leaves_it_one(folder: Path) -> None:
    (folder / "rules" / "ugly.yaml").rename(folder / "real.yaml")
    (folder / "rules" / "ugly.yaml").symlink_to("../real.yaml")
    assert (await fmt(folder)).code == 0
    assert (folder / "rules" / "ugly.yaml").is_symlink()
    assert (folder / "real.yaml").read_text() == NEAT


async def test_fmt_takes_stdin_for_editors(folder: Path) -> None:
    ran = await fmt(folder, "-", stdin=UGLY)
    assert (ran.code, ran.out, ran.err) == (0, NEAT, "")
    ran = await fmt(folder, "-", "--check", stdin=UGLY)
    assert (ran.code, ran.out) == (1, "")
    ran = await fmt(folder, "-", "--diff", stdin=NEAT)
    assert (ran.code, ran.out) == (0, "")
    ran = await fmt(folder, "-", stdin=BROKEN)
    assert (ran.code, ran.out) == (2, "")
    assert "-:2:1: error:" in ran.err
    ran = await fmt(folder, "-", "rules")
    assert (ran.code, "goes alone" in ran.err) == (2, True)
