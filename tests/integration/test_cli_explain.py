"""`monitor rules explain`: an article from a file, from stdin, from an address, from a text; and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor
from tests.support.daemon import write_settings

RULES = """\
rules:
  - id: talks
    when: {all: [ceasefire, "region:middle-east", {near: {within: 3, of: [envoy, talks]}}]}
    tests:
      - match: {title: Ceasefire in Gaza, text: An envoy holds talks.}
  - {id: "off", when: ceasefire, enabled: false, tests: [{match: ceasefire}]}
"""
ARTICLE = {
    "id": "1",
    "title": "Ceasefire near",
    "text": "Quiet in Gaza. The envoy left after a day of long hard talks.",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_settings(tmp_path)
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    (tmp_path / "a.json").write_text(json.dumps(ARTICLE, indent=1))
    return tmp_path


async def test_the_tree_says_what_was_found_where_and_what_is_missing(folder: Path) -> None:
    ran = await monitor(folder, "rules", "explain", "talks", "--article", "a.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == [
        'talks does not match "Ceasefire near"',
        "lacks near: (envoy) + (talks) within 3 words (the nearest are 7 words apart); 2 of 3 groups found",
        "✗ all of 3",
        "  ✓ ceasefire",
        "      title: [Ceasefire] near",
        "  ✓ region:middle-east",
        "      text: Quiet in [Gaza].  (region:middle-east)",
        "  ✗ near: (envoy) + (talks) within 3 words (the nearest are 7 words apart)",
        "    ✓ envoy",
        "        text: The [envoy] left after a day of long hard talks.",
        "    ✓ talks",
        "        text: The envoy left after a day of long hard [talks].",
    ]


async def test_json_has_the_same_tree_with_positions(folder: Path) -> None:
    ran = await monitor(folder, "rules", "explain", "talks", "--text", "A ceasefire.", "--json")
    (record,) = ran.records
    assert (record["rule"], record["article"], record["matches"]) == ("talks", "text", False)
    assert record["tree"]["parts"][0] == {
        "asks": "ceasefire",
        "holds": True,
        "note": "",
        "evidence": [{"field": "text", "start": 2, "end": 11, "text": "ceasefire", "term": "ceasefire"}],
        "parts": [],
    }


async def test_lines_of_articles_and_stdin_are_read_too_and_rules_that_are_switched_off(folder: Path) -> None:
    (folder / "lines.jsonl").write_text(f"{json.dumps(ARTICLE)}\n{json.dumps(ARTICLE)}\n")
    first = await monitor(folder, "rules", "explain", "off", "--article", "lines.jsonl")
    assert first.out.startswith('off matches "Ceasefire near"')
    second = await monitor(folder, "rules", "explain", "off", "--article", "-", stdin=json.dumps(ARTICLE).encode())
    assert second.out == first.out


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["talk", "--text", "x"], 1, 'no rule "talk" (did you mean "talks"?)', id="no such rule"),
        pytest.param(["talks"], 2, "give one of --article, --url, --alert, --text", id="nothing to explain"),
        pytest.param(["talks", "--text", "x", "--url", "y"], 2, "give one of", id="two things"),
        pytest.param(["talks", "--article", "no.json"], 2, "there is no file", id="no such file"),
        pytest.param(["talks", "--article", "rules/rules.yaml"], 1, "not JSON", id="not an article"),
        pytest.param(["talks", "--url", NOTHING_LISTENS], 1, "error: ", id="an address that does not answer"),
    ],
)
async def test_wrong_use_is_a_message(folder: Path, arguments: list[str], code: int, message: str) -> None:
    ran = await monitor(folder, "rules", "explain", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert message in " ".join(ran.err.replace("│", " ").split())
    assert "Traceback" not in ran.err
