"""The command line as a whole: help, global options, exit codes, files with errors, and what it must never do."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor, verbs
from tests.support.daemon import clean_environment, write_settings

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


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")
    return folder


def is_empty(folder: Path) -> bool:
    return list(folder.iterdir()) == []


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder whose files have no errors."""
    write_settings(tmp_path)
    return write(tmp_path, {"rules/rules.yaml": RULE, "seeds/feeds.yaml": "feeds: [https://news.example.org/feed]\n"})


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A folder whose files have one error of each kind."""
    return write(tmp_path, BROKEN)


async def test_the_help_of_every_command_shows_its_example(tmp_path: Path) -> None:
    gate = asyncio.Semaphore(2)

    async def shown(name: str) -> str:
        async with gate:
            ran = await monitor(tmp_path, *name.split(), "--help")
        assert ran.code == 0
        return ran.out

    helps = await asyncio.gather(*(shown(verb.name) for verb in verbs()))
    assert [verb.name for verb, text in zip(verbs(), helps, strict=True) if verb.example not in text] == []
    assert is_empty(tmp_path)


def test_the_help_does_not_wait_for_heavy_modules(tmp_path: Path) -> None:
    program = """
import sys
sys.argv = ["monitor", "--help"]
from monitor.cli.main import main
try:
    main()
finally:
    print(*sorted({name.split(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)), file=sys.stderr)
    print(*sorted(name for name in sys.modules if name.startswith("monitor.")), file=sys.stderr)
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    packages, own = ran.stderr.splitlines()
    assert set(packages.split()) & {
        "aiohttp", "ahocorasick_rs", "apscheduler", "feedparser", "jinja2", "msgspec", "pydantic", "redis",
        "selectolax", "starlette", "trafilatura", "uvicorn", "yaml",
    } == set()  # fmt: skip
    assert {name.split(".")[1] for name in own.split()} == {"cli", "errors", "model", "text"}


async def test_the_version_is_told(tmp_path: Path) -> None:
    from monitor import __version__

    assert (await monitor(tmp_path, "--version")).out == f"monitor {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["nonsense"], "No such command 'nonsense'", id="an unknown noun"),
        pytest.param(["feeds", "nonsense"], "No such command 'nonsense'", id="an unknown verb"),
        pytest.param(["check", "--jsn"], "--json", id="an unknown option names the nearest one"),
        pytest.param(["check", "rules"], "unexpected extra argument", id="an argument too many"),
        pytest.param(["alerts", "show"], "Missing argument 'ID'", id="an argument too few"),
        pytest.param(["alerts", "list", "--limit", "x"], "--limit", id="no number"),
        pytest.param(["alerts", "list", "--limit", "0"], "--limit", id="a number out of bounds"),
        pytest.param(["check", "--config"], "--config", id="an option without its value"),
        pytest.param(["run", "--once", "--role", "pol"], "poll, deliver and web", id="an unknown role"),
        pytest.param(["run", "--once", "--role", ","], "poll, deliver and web", id="no role"),
    ],
)
async def test_wrong_use_is_explained_with_exit_2(tmp_path: Path, arguments: list[str], said: str) -> None:
    ran = await monitor(tmp_path, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert is_empty(tmp_path)


async def test_good_files_pass_the_check_without_network(good: Path) -> None:
    ran = await monitor(good, "check")
    assert (ran.code, ran.err) == (0, "1 feed, 1 rule, 1 channel: 0 errors, 1 warning\n")
    assert ran.out.startswith('rules/rules.yaml:2:5: warning: the rule "ceasefire" has no tests\n')
    assert not (good / "var").exists()


async def test_a_failing_test_of_a_rule_is_an_error(good: Path) -> None:
    write(good, {"rules/rules.yaml": f"{RULE}    tests: [{{no_match: {{title: A ceasefire}}}}]\n"})
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
    write(good, {"monitor.yaml": "reddis: redis://news.example.org\n"})
    ran = await monitor(good, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert 'monitor.yaml:1:1: error: unknown key "reddis"' in ran.err
    assert not (good / "var").exists()


async def test_a_broken_rule_does_not_hide_the_alerts(good: Path) -> None:
    write(good, {"rules/rules.yaml": "rules: [{id: one, when: {anyy: [a]}}]\n"})
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
    write(good, {"monitor.yaml": text})
    ran = await monitor(good, "check", "--json")
    assert ran.code == 1
    assert [found for found in ran.records if found["file"] == "monitor.yaml" and found["line"]]


async def test_settings_that_are_not_text_are_answered_too(good: Path) -> None:
    (good / "monitor.yaml").write_bytes(b"feeds: [\xff\xfe]\n")
    ran = await monitor(good, "check")
    assert ran.code == 1
    assert ran.out.startswith("monitor.yaml")


@pytest.mark.parametrize("before", [True, False], ids=["before the verb", "after the verb"])
async def test_settings_and_state_are_found_where_the_global_options_say(good: Path, before: bool) -> None:
    write(good, {"other.yaml": "feeds: [seeds]\nrules: [rules]\n"})
    (elsewhere := good / "elsewhere").mkdir()
    options = ["--config", "../other.yaml", f"--state={good / 'kept'}"]
    ran = await monitor(
        elsewhere, *(options if before else []), "feeds", "list", "--json", *([] if before else options)
    )
    assert ran.code == 0
    assert [record["url"] for record in ran.records] == ["https://news.example.org/feed"]
    assert (good / "kept" / "store").is_dir()
    assert is_empty(elsewhere)


async def test_a_settings_file_that_is_not_there_is_an_error(good: Path) -> None:
    ran = await monitor(good, "check", "--config", "nope.yaml")
    assert (ran.code, ran.out.splitlines()[0]) == (1, "nope.yaml: error: no such file")
    ran = await monitor(good, "run", "--once", "--config", "nope.yaml")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "nope.yaml: error: no such file")


@pytest.mark.parametrize(
    "arguments", [["alerts", "list"], ["deliveries", "retry"], ["feeds", "list"], ["run", "--once"]]
)
async def test_a_server_that_does_not_answer_is_exit_3(good: Path, arguments: list[str]) -> None:
    ran = await monitor(good, *arguments, MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert (ran.code, ran.out) == (3, "")
    assert "error: redis://127.0.0.1:1" in ran.err
    assert "is the server running?" in ran.err
    assert not (good / "var").exists()


async def test_a_state_folder_that_cannot_be_made_is_exit_3(good: Path) -> None:
    ran = await monitor(good, "alerts", "list", "--state", "monitor.yaml")
    assert (ran.code, ran.out) == (3, "")
    assert "choose another with --state" in ran.err


async def test_a_password_in_an_address_is_never_shown(good: Path) -> None:
    secret = "redis://:hunter2@127.0.0.1:1/0"
    ran = await monitor(good, "alerts", "list", MONITOR_REDIS_URL=secret)
    assert ran.code == 3
    assert "hunter2" not in ran.out + ran.err


def test_a_reader_that_has_enough_ends_the_command_quietly(good: Path) -> None:
    article = {"title": "A ceasefire", "text": "A ceasefire was signed. " * 200}
    lines = "".join(json.dumps({**article, "id": str(number)}) + "\n" for number in range(2000))
    (good / "articles.jsonl").write_text(lines)
    command = [sys.executable, "-m", "monitor", "rules", "match", "articles.jsonl"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=good, env=clean_environment(), stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["article"] == "0"
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")


async def test_output_is_utf8_json_whatever_the_terminal_speaks(good: Path) -> None:
    write(good, {"seeds/feeds.yaml": 'feeds: [{url: "https://news.example.org/feed", title: 停火}]\n'})
    ran = await monitor(good, "feeds", "list", "--json", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.records[0]["title"]) == (0, "停火")
    assert "停火" in ran.out
    ran = await monitor(good, "feeds", "list", PYTHONIOENCODING="ascii")
    assert (ran.code, ran.out.splitlines()[1].endswith("??")) == (0, True)


async def test_names_of_files_need_not_be_utf8(good: Path) -> None:
    name = os.fsdecode(b"caf\xe9.xml")
    (good / name).write_text("<rss version='2.0'><channel><item><title>One</title></item></channel></rss>")
    ran = await monitor(good, "feeds", "parse", name, f"not-{name}")
    assert ran.code == 1
    assert [(record["file"], record["title"]) for record in ran.records] == [("caf?.xml", "One")]
    assert "not-caf?.xml: error: No such file or directory" in ran.err
