"""`monitor replay`: the daemon's middle over articles of a file, in their order, the same in every run."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.command_line import NOTHING_LISTENS, Ran, monitor
from tests.support.daemon import clean_environment
from tests.support.news import filler

RULES = """\
rules:
  - {id: ceasefire, when: ceasefire}
  - {id: bridge, when: bridge opening, repeat_after: 6h}
"""


def article(number: int, title: str, **more: object) -> dict[str, object]:
    """Return an article whose text is like that of no other number."""
    text = f"{filler(number)}\n{title} was the word of the day.\n{filler(number + 1000)}"
    return {"id": f"a{number}", "title": title, "text": text, **more}


def as_lines(articles: Sequence[dict[str, object]]) -> bytes:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in articles).encode()


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    return tmp_path


async def replayed(folder: Path, articles: Sequence[dict[str, object]], *options: str) -> list[dict[str, Any]]:
    ran: Ran = await monitor(folder, "replay", "-", "--rules", "rules", *options, stdin=as_lines(articles))
    assert (ran.code, ran.err) == (0, "")
    return ran.records


async def test_each_article_is_answered_in_its_order(folder: Path) -> None:
    answers = await replayed(folder, [article(2, "Ceasefire"), article(1, "Weather"), article(3, "Bridge opening")])
    assert answers == [
        {
            "article": "a2",
            "story": "a2",
            "copy_of": None,
            "matches": ["ceasefire"],
            "alerts": [{"rule": "ceasefire", "kind": "new"}],
        },
        {"article": "a1", "story": "a1", "copy_of": None, "matches": [], "alerts": []},
        {
            "article": "a3",
            "story": "a3",
            "copy_of": None,
            "matches": ["bridge"],
            "alerts": [{"rule": "bridge", "kind": "new"}],
        },
    ]


async def test_copies_join_the_story_of_the_first_and_alert_once(folder: Path) -> None:
    first = article(1, "Ceasefire agreed", url="https://one.example/news/1")
    text = str(first["text"])
    copies: list[dict[str, object]] = [
        {**first, "id": "same-words", "url": "https://two.example/x", "title": "Another headline"},
        {**first, "id": "near", "url": "https://three.example/y", "text": f"{text}\nOne more sentence by the editors."},
        {
            "id": "same-address",
            "title": "Ceasefire agreed, update",
            "url": "https://one.example/news/1?utm_source=feed",
        },
    ]
    answers = await replayed(folder, [first, article(2, "Ceasefire elsewhere"), *copies])
    assert [answer["story"] for answer in answers] == ["a1", "a2", "a1", "a1", "a1"]
    assert [answer["copy_of"] for answer in answers] == [None, None, "a1", "a1", "a1"]
    assert [[alert["kind"] for alert in answer["alerts"]] for answer in answers] == [
        ["new"],
        ["new"],
        ["repeat"],
        ["repeat"],
        ["repeat"],
    ]


async def test_an_article_read_again_repeats_its_alert(folder: Path) -> None:
    answers = await replayed(folder, [article(1, "Ceasefire"), article(1, "Ceasefire")])
    assert [answer["alerts"] for answer in answers] == [
        [{"rule": "ceasefire", "kind": "new"}],
        [{"rule": "ceasefire", "kind": "repeat"}],
    ]


async def test_a_volume_rule_alerts_when_so_much_came_together(folder: Path) -> None:
    volume = "volume: {stories: 3, sources: 2, within: 30m}"
    (folder / "rules" / "rules.yaml").write_text(f"rules: [{{id: surge, when: ceasefire, {volume}}}]")
    articles = [
        article(n, f"Ceasefire {n}", url=f"https://site{n}.example/{n}", published=f"2026-03-01T{minute}:00Z")
        for n, minute in enumerate(("00:00", "00:20", "00:40", "00:45", "00:50", "09:00"))
    ]
    answers = await replayed(folder, articles)
    assert [answer["matches"] for answer in answers] == [["surge"]] * 6
    kinds = [[alert["kind"] for alert in answer["alerts"]] for answer in answers]
    assert kinds == [[], [], [], ["new"], ["repeat"], []]
    undated = [{**one, "published": None} for one in articles]
    kinds = [[alert["kind"] for alert in answer["alerts"]] for answer in await replayed(folder, undated)]
    assert kinds == [[], [], ["new"], ["repeat"], ["repeat"], ["repeat"]]


async def test_several_rules_alert_of_one_article(folder: Path) -> None:
    answers = await replayed(folder, [article(1, "Ceasefire and bridge opening")])
    assert answers[0]["matches"] == ["ceasefire", "bridge"]
    assert answers[0]["alerts"] == [{"rule": "ceasefire", "kind": "new"}, {"rule": "bridge", "kind": "new"}]


async def test_time_is_that_of_the_articles(folder: Path) -> None:
    first = article(1, "Bridge opening", published="2026-03-01T00:00:00Z")
    later = [
        {**first, "id": "within", "published": "2026-03-01T05:00:00Z"},
        {**first, "id": "undated", "published": None},
        {**first, "id": "after", "published": "2026-03-01T06:30:00Z"},
        {**first, "id": "out-of-order", "published": "2026-03-01T01:00:00Z"},
    ]
    answers = await replayed(folder, [first, *later])
    kinds = {answer["article"]: answer["alerts"][0]["kind"] for answer in answers}
    assert kinds == {"a1": "new", "within": "repeat", "undated": "repeat", "after": "new", "out-of-order": "repeat"}


async def test_articles_without_dates_are_told_apart_and_joined_all_the_same(folder: Path) -> None:
    articles = [article(number % 7, f"Ceasefire number {number % 7}") for number in range(21)]
    articles = [{**one, "id": f"n{number}"} for number, one in enumerate(articles)]
    answers = await replayed(folder, articles)
    assert [answer["story"] for answer in answers] == [f"n{number % 7}" for number in range(21)]


async def test_two_runs_give_the_same_bytes(folder: Path) -> None:
    articles = [
        {**article(number % 20, "Ceasefire"), "id": f"n{number}", "published": f"2026-03-{number % 28 + 1:02d}"}
        for number in range(60)
    ]
    runs = [await monitor(folder, "replay", "-", "--rules", "rules", stdin=as_lines(articles)) for _ in range(2)]
    assert runs[0] == runs[1]
    assert len(runs[0].records) == 60


async def test_the_users_own_store_is_not_touched(folder: Path) -> None:
    (folder / "tmp").mkdir()
    (folder / "seeds").mkdir()
    ran = await monitor(
        folder,
        "replay",
        "-",
        stdin=as_lines([article(1, "Ceasefire")]),
        MONITOR_REDIS_URL=NOTHING_LISTENS,
        TMPDIR=str(folder / "tmp"),
    )
    assert (ran.code, len(ran.records)) == (0, 1)
    assert names_in(folder) == ["rules", "seeds", "tmp"]
    assert names_in(folder / "tmp") == []


async def test_a_bad_line_ends_it_with_its_number_after_the_lines_before(folder: Path) -> None:
    lines = as_lines([article(1, "Ceasefire")]) + b"\n{}\n" + as_lines([article(2, "Ceasefire")])
    (folder / "articles.jsonl").write_bytes(lines)
    ran = await monitor(folder, "replay", "articles.jsonl", "--rules", "rules")
    assert (ran.code, [answer["article"] for answer in ran.records]) == (1, ["a1"])
    assert ran.err == 'error: articles.jsonl:3: "id" is missing or empty; an article needs "id" and "title"\n'


async def test_no_articles_are_no_error(folder: Path) -> None:
    assert await replayed(folder, []) == []


@pytest.mark.parametrize("name", ["nope.jsonl", "rules"])
async def test_a_file_that_cannot_be_opened_is_wrong_use(folder: Path, name: str) -> None:
    ran = await monitor(folder, "replay", name, "--rules", "rules")
    assert (ran.code, ran.out) == (2, "")
    assert f"'{name}'" in ran.err


async def test_rules_that_are_not_there_are_named(folder: Path) -> None:
    ran = await monitor(folder, "replay", "-", "--rules", "nope")
    assert (ran.code, ran.err.splitlines()[0]) == (2, "nope: error: no such file")


async def test_rules_from_elsewhere_may_name_channels_that_are_not_configured_here(folder: Path) -> None:
    (folder / "rules" / "rules.yaml").write_text("rules: [{id: ceasefire, when: ceasefire, channels: [desk]}]\n")
    answers = await replayed(folder, [article(1, "Ceasefire")])
    assert answers[0]["alerts"] == [{"rule": "ceasefire", "kind": "new"}]


async def test_a_speed_waits_between_the_articles(folder: Path) -> None:
    articles = [
        article(1, "Ceasefire", published="2026-03-01T00:00:00Z"),
        article(2, "Ceasefire", published="2026-03-01T01:00:00Z"),
        article(3, "Ceasefire", published="2026-02-01T01:00:00Z"),
        article(4, "Ceasefire"),
    ]
    assert len(await replayed(folder, articles, "--speed", "36000")) == 4
    ran = await monitor(folder, "replay", "-", "--rules", "rules", "--speed", "-1")
    assert (ran.code, "--speed" in ran.err) == (2, True)


def test_ctrl_c_ends_it_at_once_and_leaves_nothing_behind(folder: Path) -> None:
    (folder / "tmp").mkdir()
    articles = [article(number, "Ceasefire", published=f"2026-03-0{number}") for number in (1, 2)]
    (folder / "articles.jsonl").write_bytes(as_lines(articles))
    command = [sys.executable, "-m", "monitor", "replay", "articles.jsonl", "--rules", "rules", "--speed", "1"]
    environ = {**clean_environment(), "TMPDIR": str(folder / "tmp")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=folder, env=environ, stdout=pipe, stderr=pipe) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["article"] == "a1"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (130, b"", b"")
    assert names_in(folder / "tmp") == []


async def test_a_kept_store_goes_on_and_is_read_by_other_commands(folder: Path) -> None:
    (first,) = await replayed(folder, [article(1, "Ceasefire")], "--state", "kept")
    (again,) = await replayed(folder, [article(1, "Ceasefire")], "--state", "kept")
    assert [alert["kind"] for alert in (*first["alerts"], *again["alerts"])] == ["new", "repeat"]
    (alert,) = (await monitor(folder, "alerts", "list", "--json", "--state", "kept/replay")).records
    assert (alert["rule"], alert["story"]) == ("ceasefire", "a1")
    shown = await monitor(folder, "stories", "show", "a1", "--state", "kept/replay")
    assert shown.out.startswith("story a1\n")
