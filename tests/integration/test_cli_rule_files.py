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
    offered = {name: definitions[name]["anyOf"][-1]["enum"] for name in ("list-name", "channel", "region-name", "term")}
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


PORT_STRIKES = """\
# yaml-language-server: $schema=rules.schema.json
rules:
  - id: port-strikes
    title: Port strikes
    severity: low
    when: {all: [list:workers, strike, port of Rotterdam, region:north-sea, country:NL]}
    tests:
      - match: Docker strike port of Rotterdam in North Sea in Netherlands.
      - no_match: Docker strike port of Rotterdam in Netherlands.
"""
NAMES = """\
lists: {workers: [{name: docker, aliases: [stevedore]}]}
regions: {north-sea: {title: North Sea, names: [North Sea]}}
rules: [{id: taken, when: a, enabled: false}]
"""


async def new(folder: Path, *arguments: str) -> Ran:
    return await monitor(folder, "rules", "new", *arguments)


async def test_new_writes_a_rule_that_passes_its_check(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/names.yaml": NAMES})
    ran = await new(tmp_path, "port-strikes", "workers", "strike", "port of Rotterdam", "North Sea", "netherlands")
    assert (ran.code, ran.out) == (0, "rules/port-strikes.yaml\n")
    assert ran.err.splitlines() == [
        "next: monitor rules check",
        "      monitor rules schema > rules/rules.schema.json   # completion in editors",
    ]
    assert (tmp_path / "rules" / "port-strikes.yaml").read_text() == PORT_STRIKES
    ran = await monitor(tmp_path, "rules", "check")
    assert (ran.code, "port-strikes" in ran.out) == (0, False)
    assert (await fmt(tmp_path, "--check", "rules/port-strikes.yaml")).code == 0


async def test_new_needs_a_name_only(tmp_path: Path) -> None:
    assert (await new(tmp_path, "dock-strike")).code == 0
    written = (tmp_path / "rules" / "dock-strike.yaml").read_text()
    assert "when: {all: [dock, strike]}" in written
    assert (await monitor(tmp_path, "rules", "check")).code == 0


async def test_new_names_the_schema_where_it_is(tmp_path: Path) -> None:
    write_files(tmp_path, {"docs/schema/rules.json": "{}"})
    ran = await new(tmp_path, "quake", "earthquake", "--file", "rules/asia/quake.yaml")
    assert ran.err == "next: monitor rules check\n"
    assert "$schema=../../docs/schema/rules.json\n" in (tmp_path / "rules" / "asia" / "quake.yaml").read_text()
    write_files(tmp_path, {"rules/rules.schema.json": "{}"})
    assert (await new(tmp_path, "flood")).code == 0
    assert "$schema=rules.schema.json\n" in (tmp_path / "rules" / "flood.yaml").read_text()


async def test_new_says_if_the_file_is_not_in_force(tmp_path: Path) -> None:
    ran = await new(tmp_path, "quake", "earthquake", "--file", "drafts/my quake.yaml")
    assert "next: monitor rules check rules 'drafts/my quake.yaml'\n" in ran.err
    assert "not in force yet" in ran.err


async def test_new_overwrites_nothing_unasked(tmp_path: Path) -> None:
    write_files(tmp_path, {"rules/names.yaml": NAMES})
    assert (await new(tmp_path, "quake", "earthquake")).code == 0
    ran = await new(tmp_path, "quake", "tremor")
    assert (ran.code, ran.out) == (2, "")
    assert "rules/quake.yaml: error: this exists already\n    --force" in ran.err
    ran = await new(tmp_path, "quake", "tremor", "--force")
    assert (ran.code, ran.out) == (0, "rules/quake.yaml\n")
    assert "when: tremor" in (tmp_path / "rules" / "quake.yaml").read_text()
    ran = await new(tmp_path, "taken", "tremor", "--force")
    assert (ran.code, "rules/names.yaml:3:" in ran.err, 'the id "taken" is used already' in ran.err) == (2, True, True)
    assert not (tmp_path / "rules" / "taken.yaml").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["two words", "a"], "an id has letters", id="a blank in the id"),
        pytest.param(["quake", "tremor", "--file", "quake.txt"], "rule files end in .yaml", id="another suffix"),
        pytest.param(["quake", "list:workres"], 'WORDS: error: unknown list "workres"', id="an unknown list"),
        pytest.param(["quake", "regex:a+"], 'no example was found for "regex:a+"', id="what has no example"),
        pytest.param(["quake", ""], "WORDS: error: an empty term", id="an empty word"),
        pytest.param(["quake", "tre*mor"], "a * inside the term", id="a star inside"),
    ],
)
async def test_new_refuses_what_would_not_pass(tmp_path: Path, arguments: list[str], said: str) -> None:
    ran = await new(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert not (tmp_path / "rules").exists()
    assert said in ran.err
