"""`monitor replay` over a week of news: twice on one store, killed in the middle, and twice from nothing.

MONITOR_TEST_KILLS sets how often it is killed, MONITOR_TEST_SEED repeats the moments of an earlier run.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.daemon.replaying import WORKSPACE
from monitor.model import Alert
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store
from tests.faults.chaos import the_kills, the_seed
from tests.support.daemon import clean_environment
from tests.support.news_week import Printed, families, news_week

RULES = r"""
rules:
  - {id: all, when: {regex: '(?s)\S.*'}}
  - {id: disasters, severity: high, when: {any: [earthquake, dam, ferry, explosion]}}
"""
Line = dict[str, Any]


@pytest.fixture(scope="module")
def week() -> tuple[Printed, ...]:
    return news_week()


@pytest.fixture
def folder(tmp_path: Path, week: tuple[Printed, ...]) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yaml").write_text(RULES)
    with (tmp_path / "week.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(article.record, ensure_ascii=False) + "\n" for article in week)
    return tmp_path


def start_replay(folder: Path, *, state: str | None) -> subprocess.Popen[str]:
    options = () if state is None else ("--state", str(folder / state))
    command = [sys.executable, "-m", "monitor", *options, "replay", "week.jsonl", "--rules", "rules"]
    return subprocess.Popen(
        command,
        cwd=folder,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def replayed(folder: Path, *, state: str | None = None) -> list[Line]:
    with start_replay(folder, state=state) as process:
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout]
    assert process.returncode == 0
    return lines


def killed(folder: Path, *, state: str, after: int) -> list[Line]:
    """Return what a replay said that is killed as soon as it has said so many lines."""
    with start_replay(folder, state=state) as process:
        assert process.stdout is not None
        lines = [json.loads(process.stdout.readline()) for _ in range(after)]
        process.kill()
        rest = process.stdout.read().splitlines(keepends=True)
    return [*lines, *(json.loads(line) for line in rest if line.endswith("\n"))]


def alerts_in(folder: Path, state: str) -> list[Alert]:
    """Return the records of the alerts in the store of a replay."""

    async def read() -> list[Alert]:
        server = EmbeddedServer(folder / state / "replay" / "store")
        try:
            store = await Store.open(await server.start(), WORKSPACE, clock=SystemClock())
            found = list(await store.alerts.list(9_999))
            await store.close()
        finally:
            await server.stop()
        return found

    return asyncio.run(read())


def told(alerts: Sequence[Alert]) -> Counter[tuple[str, str, str]]:
    return Counter((alert.rule, alert.story, alert.lead.article) for alert in alerts)


def kinds(lines: Sequence[Line]) -> Counter[str]:
    return Counter(alert["kind"] for line in lines for alert in line["alerts"])


def new_of(lines: Sequence[Line]) -> list[tuple[str, str]]:
    return [(alert["rule"], line["story"]) for line in lines for alert in line["alerts"] if alert["kind"] == "new"]


@pytest.mark.slow
def test_two_replays_say_the_same_and_a_second_on_one_store_says_nothing_new(folder: Path) -> None:
    first = replayed(folder, state="kept")
    alerts = told(alerts_in(folder, "kept"))
    assert set(alerts.values()) == {1}
    again = replayed(folder, state="kept")
    assert kinds(again).keys() <= {"repeat"}, [
        line for line in again if any(a["kind"] != "repeat" for a in line["alerts"])
    ]
    assert [line["story"] for line in again] == [line["story"] for line in first]
    assert told(alerts_in(folder, "kept")) == alerts
    assert replayed(folder) == first


@pytest.mark.slow
def test_a_replay_killed_at_any_moment_goes_on_to_the_same_alerts(folder: Path, week: tuple[Printed, ...]) -> None:
    undisturbed = replayed(folder, state="undisturbed")
    expected = told(alerts_in(folder, "undisturbed"))
    rng = random.Random(the_seed())
    said: list[Line] = []
    for _ in range(the_kills(3)):
        said += killed(folder, state="killed", after=rng.randrange(1, len(week) - 1))
    last = replayed(folder, state="killed")
    assert told(alerts_in(folder, "killed")) == expected
    assert max(Counter(new_of([*said, *last])).values()) == 1
    assert set(new_of([*said, *last])) <= set(new_of(undisturbed))
    assert [line["story"] for line in last] == [line["story"] for line in undisturbed]


@pytest.mark.slow
def test_the_week_is_told_once_a_report(folder: Path, week: tuple[Printed, ...]) -> None:
    lines = replayed(folder)
    stories = {line["article"]: line["story"] for line in lines}
    names = {article.record["id"]: article.story for article in week}
    split = {
        family: [article for article in members if stories[article] != stories[members[0]]]
        for family, members in families(week).items()
    }
    assert {family: apart for family, apart in split.items() if apart} == {}
    merged: dict[str, set[str]] = {}
    for article, found in stories.items():
        merged.setdefault(found, set()).add(names[article])
    assert [sorted(different) for different in merged.values() if len(different) > 1] == []
    assert kinds([{"alerts": [a for a in line["alerts"] if a["rule"] == "all"]} for line in lines]).keys() <= {
        "new",
        "repeat",
    }
