"""Files with errors: `monitor check` lists them all with their places, and no command works on a guess."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import monitor, write_files
from tests.support.daemon import write_settings

RULE = "rules:\n  - id: ceasefire\n    when: {any: [ceasefire]}\n"

BROKEN = {
    "monitor.yaml": """\
pol: {budget: 100/h}
poll:
  min_interval: soon
channels:
  desk: {type: slak}
  hook: {type: webhook, url: "http://127.0.0.1:9/hook", secrets: x}
routes:
  - {channels: [dsek]}
""",
    "seeds/feeds.yaml": """\
feeds:
  - ftp://news.example.org/feed
  - {url: "https://news.example.org/feed", interval: quick}
""",
    "rules/a.yaml": """\
rules:
  - id: one
    when: {any: ["list:ministers", "region:midle-east"]}
  - id: one
    when: ceasefire
    channels: [nowhere]
""",
    "rules/b.yaml": """\
rules:
  - id: two
    when: [ceasefire
""",
}

ERRORS = [
    "monitor.yaml:1:1 unknown key",
    "monitor.yaml:3:17 poll.min_interval cannot be",
    "monitor.yaml:5:3 unknown channel type",
    "monitor.yaml:6:57 channel",
    "monitor.yaml:8:17 unknown channel",
    "rules/a.yaml:3:18 unknown list",
    "rules/a.yaml:3:36 unknown region",
    "rules/a.yaml:4:9 the id",
    "rules/a.yaml:6:16 unknown channel",
    "rules/b.yaml:3:11 the list that opens here",
    "seeds/feeds.yaml:2:5 ",
    "seeds/feeds.yaml:3:54 interval",
]


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder whose files have no errors."""
    write_settings(tmp_path)
    return write_files(
        tmp_path, {"rules/rules.yaml": RULE, "seeds/feeds.yaml": "feeds: [https://news.example.org/feed]\n"}
    )


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder whose files have one error of each kind."""
    return write_files(tmp_path, BROKEN)


async def test_good_files_pass_the_check_without_network(good: Path) -> None:
    ran = await monitor(good, "check")
    assert (ran.code, ran.err) == (0, "1 feed, 1 rule, 1 channel: 0 errors, 1 warning\n")
    assert ran.out.startswith('rules/rules.yaml:2:5: warning: the rule "ceasefire" has no tests\n')
    assert not (good / "var").exists()


async def test_a_failing_test_of_a_rule_is_an_error(good: Path) -> None:
    write_files(good, {"rules/rules.yaml": f"{RULE}    tests: [{{no_match: {{title: A ceasefire}}}}]\n"})
    ran = await monitor(good, "check", "--json")
    assert ran.code == 1
    assert [(found["file"], found["line"], found["column"], found["severity"]) for found in ran.records] == [
        ("rules/rules.yaml", 4, 13, "error")
    ]


async def test_the_check_lists_every_error_of_every_file_with_its_place(broken: Path) -> None:
    ran = await monitor(broken, "check", "--json")
    assert ran.code == 1
    errors = [found for found in ran.records if found["severity"] == "error"]
    places = [f"{found['file']}:{found['line']}:{found['column']} {found['message']}" for found in errors]
    assert [place for place, expected in zip(places, ERRORS, strict=True) if not place.startswith(expected)] == []
    hints = " ".join(found["hint"] for found in errors)
    assert all(f'did you mean "{word}"?' in hints for word in ("poll", "slack", "desk", "middle-east"))
    assert {tuple(found) for found in ran.records} == {("file", "line", "column", "severity", "message", "hint")}


async def test_the_check_reads_as_a_compiler_does(broken: Path) -> None:
    ran = await monitor(broken, "check")
    assert ran.code == 1
    assert 'monitor.yaml:1:1: error: unknown key "pol" in the settings\n    did you mean "poll"?\n' in ran.out
    assert "12 errors" in ran.err


@pytest.mark.parametrize(
    "arguments", [["run", "--once"], ["run"], ["replay", "-"], ["rules", "match", "-"]], ids=" ".join
)
async def test_files_with_errors_are_refused_with_exit_2(broken: Path, arguments: list[str]) -> None:
    ran = await monitor(broken, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "rules/a.yaml:3:36: error: unknown region" in ran.err
    assert not (broken / "var").exists()


@pytest.mark.parametrize(
    "arguments",
    [["alerts", "list"], ["deliveries", "dead"], ["feeds", "list"], ["channels", "list"], ["articles", "extract", "-"]],
    ids=" ".join,
)
async def test_no_command_takes_defaults_for_misspelled_settings(good: Path, arguments: list[str]) -> None:
    write_files(good, {"monitor.yaml": "reddis: redis://news.example.org\n"})
    ran = await monitor(good, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert 'monitor.yaml:1:1: error: unknown key "reddis"' in ran.err
    assert not (good / "var").exists()


async def test_a_broken_rule_does_not_hide_the_alerts(good: Path) -> None:
    write_files(good, {"rules/rules.yaml": "rules: [{id: one, when: {anyy: [a]}}]\n"})
    ran = await monitor(good, "alerts", "list")
    assert (ran.code, ran.err) == (0, "no alerts yet\n")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: *x\n", id="an alias"),
        pytest.param("\tpoll: {}\n", id="a tab"),
        pytest.param("- poll\n", id="a list"),
        pytest.param("poll: {budget: 1/h\n", id="an open bracket"),
        pytest.param("poll:\n  budget: 1/h\npoll:\n  budget: 2/h\n", id="a key twice"),
        pytest.param("poll: 5\n", id="a value for a section"),
        pytest.param("channels: [a]\n", id="a list of channels"),
        pytest.param("\x00", id="a control character"),
    ],
)
async def test_settings_of_any_shape_are_answered_with_a_place(good: Path, text: str) -> None:
    write_files(good, {"monitor.yaml": text})
    ran = await monitor(good, "check", "--json")
    assert ran.code == 1
    assert [found for found in ran.records if found["file"] == "monitor.yaml" and found["line"]]


async def test_settings_that_are_not_text_are_answered_too(good: Path) -> None:
    (good / "monitor.yaml").write_bytes(b"feeds: [\xff\xfe]\n")
    ran = await monitor(good, "check")
    assert ran.code == 1
    assert ran.out.startswith("monitor.yaml")
