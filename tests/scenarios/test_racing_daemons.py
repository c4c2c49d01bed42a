"""Daemons that read copies of the same stories at the same instant: one alert a rule and story, no delivery twice.

MONITOR_TEST_STORIES sets how many stories; 1000 take some minutes.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.store.store import Store
from tests.support.daemon import clean_environment
from tests.support.reading import DESK

STORIES = int(os.environ.get("MONITOR_TEST_STORIES") or 40)
BURST = 10  # stories that come at one instant
RULES = "rules:\n  - {id: reports, when: report}\n  - {id: headlines, when: {title: report}}\n"


async def start_racer(stack: AsyncExitStack, *arguments: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.racer", *arguments, stdin=PIPE, stdout=PIPE, env=clean_environment()
    )

    async def end() -> None:
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0

    stack.push_async_callback(end)
    return process


async def told_new(racers: list[Process], first: int, count: int) -> list[tuple[str, str]]:
    """Let all racers read the same stories; return rule and story of what each of them took for new."""
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write(f"{first} {count}\n".encode())
    answers = [await racer.stdout.readline() for racer in racers if racer.stdout is not None]
    return [(rule, story) for answer in answers for rule, story in json.loads(answer)]


@pytest.mark.slow
@pytest.mark.parametrize("daemons", [2, 4])
async def test_daemons_at_one_instant_alert_once(valkey_url: str, workspace: str, tmp_path: Path, daemons: int) -> None:
    (tmp_path / "rules.yaml").write_text(RULES)
    new: list[tuple[str, str]] = []
    async with AsyncExitStack() as stack:
        racers = [
            await start_racer(stack, valkey_url, workspace, str(tmp_path), str(number)) for number in range(daemons)
        ]
        for first in range(0, STORIES, BURST):
            new += await told_new(racers, first, BURST)
    store = await Store.open(valkey_url, workspace, clock=SystemClock())
    try:
        alerts = await store.alerts.list(10 * STORIES)
        told = Counter((alert.rule, story_of(alert.lead.title)) for alert in alerts)
        assert told == Counter((rule, story) for rule in ("reports", "headlines") for story in range(STORIES))
        assert Counter(new) == Counter((alert.rule, alert.story) for alert in alerts)
        records = await store.deliveries.list(10 * STORIES, channel=DESK)
        assert Counter(record.delivery.alert for record in records) == Counter(alert.id for alert in alerts)
        assert (await store.deliveries.depth(DESK)).open == len(alerts)
        sources = await store.alerts.count_sources([alert.id for alert in alerts])
        assert set(sources.values()) == {1 + daemons}
    finally:
        await store.close()


def story_of(headline: str) -> int:
    """Return the number of the story in a headline."""
    found = re.search(r"[Rr]eport (\d+)", headline)
    assert found, headline
    return int(found[1])
