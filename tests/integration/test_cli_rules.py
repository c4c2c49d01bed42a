"""`monitor rules`: check and match."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor
from tests.support.daemon import write_settings

RULES = """\
rules:
  - id: talks
    when: {all: [ceasefire, "region:middle-east"]}
    tests:
      - match: {title: Ceasefire in Gaza}
      - no_match: {title: Ceasefire in the office}
"""

ARTICLES = [
    {"id": "1", "title": "Ceasefire near", "summary": "", "text": "Quiet in Gaza.", "extra": {"ignored": True}},
    {"id": "2", "title": "Weather", "text": "Rain in Gaza."},
    {"id": "3", "title": "加沙停火", "text": "The “cease-fire” in Lebanon holds."},
]


def as_lines(*articles: object) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_settings(tmp_path)
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    return tmp_path


async def test_each_match_is_a_line_with_its_evidence(folder: Path) -> None:
    (folder / "articles.jsonl").write_bytes(as_lines(*ARTICLES))
    ran = await monitor(folder, "rules", "match", "articles.jsonl")
    assert (ran.code, ran.err) == (0, "")
    assert ran.records[0] == {
        "article": "1",
        "rule": "talks",
        "evidence": [
            {"field": "title", "start": 0, "end": 9, "text": "Ceasefire", "term": "ceasefire"},
            {"field": "text", "start": 9, "end": 13, "text": "Gaza", "term": "region:middle-east"},
        ],
    }
    assert {record["article"] for record in ran.records} <= {"1", "3"}


async def test_positions_are_those_of_the_article_as_it_was_given(folder: Path) -> None:
    text = "\u202eOdd\u0007 text\u00a0🙂 of a\u0301 cease-fire\tin Gaza\r\n"
    given = {"id": "1", "title": "T", "text": text}
    (folder / "rules" / "rules.yaml").write_text(
        'rules: [{id: one, when: {all: [cease-fire, "region:middle-east"]}}]\n'
    )
    ran = await monitor(folder, "rules", "match", "-", stdin=as_lines(given))
    found = {piece["term"]: text[piece["start"] : piece["end"]] for piece in ran.records[0]["evidence"]}
    assert found == {"cease-fire": "cease-fire", "region:middle-east": "Gaza"}


async def test_stdin_and_the_json_option_are_taken(folder: Path) -> None:
    ran = await monitor(folder, "rules", "match", "-", "--json", stdin=as_lines(*ARTICLES))
    assert (ran.code, ran.records[0]["article"]) == (0, "1")


async def test_other_rules_can_be_tried_without_settings_or_store(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("rules: [{id: rain, when: rain, channels: [desk]}]\n")
    (tmp_path / "also.yaml").write_text("rules: [{id: quiet, when: quiet}]\n")
    arguments = ["rules", "match", "-", "--rules", "mine.yaml", "--rules", "also.yaml"]
    ran = await monitor(tmp_path, *arguments, stdin=as_lines(*ARTICLES), MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert (ran.code, ran.err) == (0, "")
    assert [(record["article"], record["rule"]) for record in ran.records] == [("1", "quiet"), ("2", "rain")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(b"{bad", "not JSON", id="no JSON"),
        pytest.param(b"[1]", "one JSON object, this is a list", id="a list"),
        pytest.param(b'"x"', "this is a string", id="a string"),
        pytest.param(b'{"id": "1"}', '"title" is missing', id="no title"),
        pytest.param(b'{"id": 7, "title": "x"}', '"id" must be a string, not a number', id="a number as id"),
        pytest.param(b'{"id": "1", "title": "x", "authors": {}}', '"authors" must be a list', id="authors"),
        pytest.param(b'{"id": "1", "title": "x", "published": "soon"}', '"published" must be a time', id="a date"),
        pytest.param(b"\xff\xfe", "not JSON", id="no UTF-8"),
        pytest.param(b"[" * 100_000, "not JSON", id="a very deep one"),
    ],
)
async def test_a_bad_line_is_named_and_ends_it_with_exit_1(folder: Path, line: bytes, said: str) -> None:
    ran = await monitor(folder, "rules", "match", "-", stdin=as_lines(ARTICLES[0]) + line + b"\n")
    assert (ran.code, len(ran.records)) == (1, 1)
    assert ran.err.startswith("error: -:2: ")
    assert said in ran.err
    assert len(ran.err) < 400


async def test_good_rules_pass_with_their_tests(folder: Path) -> None:
    ran = await monitor(folder, "rules", "check")
    assert (ran.code, ran.out, ran.err) == (0, "", "1 rule, 0 errors\n")


async def test_rules_elsewhere_can_be_checked_by_file_and_folder(folder: Path) -> None:
    (folder / "more").mkdir()
    (folder / "more" / "a.yaml").write_text("rules: [{id: one, when: region:nowhere}]\n")
    (folder / "b.yaml").write_text("rules: [{id: two, when: ceasefire, severity: loud, channels: [desk]}]\n")
    ran = await monitor(folder, "rules", "check", "more", "b.yaml", "--json")
    assert ran.code == 1
    errors = [record for record in ran.records if record["severity"] == "error"]
    assert [(error["file"], error["line"], error["column"]) for error in errors] == [
        ("b.yaml", 1, 46),
        ("b.yaml", 1, 63),
        ("more/a.yaml", 1, 25),
    ]
    assert list(errors[0]) == ["file", "line", "column", "severity", "message", "hint"]


async def test_a_failing_test_is_shown_with_what_was_found(folder: Path) -> None:
    (folder / "rules" / "rules.yaml").write_text(RULES.replace("in the office", "in Lebanon"))
    ran = await monitor(folder, "rules", "check")
    assert (ran.code, ran.err) == (1, "1 rule, 1 error\n")
    assert ran.out == (
        'rules/rules.yaml:6:9: error: the rule "talks" matches "Ceasefire in Lebanon"\n'
        '    it found "Ceasefire", "Lebanon"\n'
    )


@pytest.mark.parametrize("arguments", [["check", "nope"], ["match", "-", "--rules", "nope"]], ids=" ".join)
async def test_rules_that_are_not_there_are_an_error(folder: Path, arguments: list[str]) -> None:
    ran = await monitor(folder, "rules", *arguments)
    assert ran.code in (1, 2)
    assert "nope: error: no such file" in ran.out + ran.err


async def test_the_starter_rules_find_the_sample_article() -> None:
    root = Path(__file__).parents[2]
    text = (root / "seeds" / "sample" / "000_31b3ae3e72b17d54.txt").read_text()
    ran = await monitor(root, "rules", "match", "-", "--rules", "rules", stdin=as_lines(article_of(text)))
    assert [record["rule"] for record in ran.records] == ["minister-ceasefire-middle-east"]


def article_of(text: str) -> dict[str, str]:
    title, _, body = text.partition("\n")
    return {"id": "sample", "title": title, "text": body}


async def test_the_list_has_every_rule_with_its_state_and_place(folder: Path) -> None:
    (folder / "rules" / "more.yaml").write_text(
        "rules:\n"
        "  - {id: old, when: truce, expires: 2020-01-01, tests: []}\n"
        "  - {id: surge, when: truce, enabled: false, volume: {stories: 3, within: 30m}, tests: [{match: truce}]}\n"
    )
    ran = await monitor(folder, "rules", "list", "--json")
    assert ran.code == 0
    listed = {record["id"]: record for record in ran.records}
    assert {name: (record["state"], record["tests"]) for name, record in listed.items()} == {
        "old": ("expired", 0),
        "surge": ("off", 1),
        "talks": ("on", 2),
    }
    assert (listed["old"]["expires"], listed["old"]["file"], listed["old"]["line"]) == (
        "2020-01-01",
        "rules/more.yaml",
        2,
    )
    assert listed["surge"]["volume"]["within"] == "30m"
    table = await monitor(folder, "rules", "list")
    assert table.out.splitlines()[1].split()[:4] == ["old", "low", "expired", "0"]
