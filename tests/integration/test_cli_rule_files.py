"""`monitor rules schema`, `fmt` and `new`: the author's files as the command line writes them."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from tests.support.command_line import monitor, write_files

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
    # Without settings there is a console channel all the same.
    assert given["definitions"].pop("channel")["anyOf"][0]["enum"] == ["console"]
    assert published["definitions"].pop("channel")
    assert given == published
