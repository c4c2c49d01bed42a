"""The command line as a whole: help, global options, exit codes, pipes and encodings."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor, verbs, write_files
from tests.support.daemon import clean_environment, write_settings

RULE = "rules:\n  - id: ceasefire\n    when: {any: [ceasefire]}\n"


def is_empty(folder: Path) -> bool:
    return list(folder.iterdir()) == []


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A folder whose files have no errors."""
    write_settings(tmp_path)
    return write_files(
        tmp_path, {"rules/rules.yaml": RULE, "seeds/feeds.yaml": "feeds: [https://news.example.org/feed]\n"}
    )


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
        "ahocorasick_rs", "apscheduler", "feedparser", "jinja2", "msgspec", "pycurl", "pydantic", "redis",
        "selectolax", "starlette", "trafilatura", "uvicorn", "yaml",
    } == set()  # fmt: skip
    assert {name.split(".")[1] for name in own.split()} == {"cli", "errors", "text"}


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


@pytest.mark.parametrize("before", [True, False], ids=["before the verb", "after the verb"])
async def test_settings_and_state_are_found_where_the_global_options_say(good: Path, before: bool) -> None:
    write_files(good, {"other.yaml": "feeds: [seeds]\nrules: [rules]\n"})
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
    write_files(good, {"seeds/feeds.yaml": 'feeds: [{url: "https://news.example.org/feed", title: 停火}]\n'})
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


async def test_commands_at_the_same_time_share_one_server(good: Path) -> None:
    runs = await asyncio.gather(*(monitor(good, "deliveries", "list") for _ in range(6)))
    assert {(ran.code, ran.out, ran.err) for ran in runs} == {(0, "", "no deliveries\n")}
