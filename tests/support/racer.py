"""One of several daemons' middles in a process of its own, told through stdin when each burst of articles begins.

`python -m tests.support.racer URL WORKSPACE RULES NUMBER` answers each line `FIRST COUNT` when it has read, all at
once, what its feeds say of these stories: an agency's report, which all daemons get, and a copy of its own.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import structlog

from monitor.daemon.replaying import ArticleClock
from monitor.model import Article
from monitor.store.store import Store
from tests.support.editing import EDITS
from tests.support.invented import invented
from tests.support.reading import START, Outcome, news, open_reader, rules_in

_EDITS = ("lengthened", "boilerplate", "typography", "retitled")


def articles_of(story: int, daemon: int) -> list[Article]:
    """Return what one daemon reads of a story; the first is the same for all daemons."""
    at = timedelta(seconds=story)
    told = invented(story)
    copy = EDITS[_EDITS[daemon % len(_EDITS)]](told)
    wire = news(told.title, told.text, at=at, url=f"https://wire.example/{story}", name=f"wire-{story}")
    other = news(f"{copy.title} (report {story})", copy.text, at=at, url=f"https://site-{daemon}.example/{story}")
    return [wire, replace(other, id=type(other.id)(f"copy-{story}-{daemon}"))]


async def main(url: str, workspace: str, rules: str, number: int) -> None:
    """Read bursts until stdin ends."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # stdout has the answers
    clock = ArticleClock()
    clock.show(START)
    store = await Store.open(url, workspace, clock=clock)
    reader = open_reader(store, rules_in(Path(rules)), clock)

    async def read(article: Article) -> Outcome:
        return await reader.read(article)

    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        first, count = map(int, line.split())
        articles = [each for story in range(first, first + count) for each in articles_of(story, number)]
        outcomes = await asyncio.gather(*(read(article) for article in articles))
        new = [[rule, outcome.story] for outcome in outcomes for rule, kind in outcome.kinds.items() if kind == "new"]
        print(json.dumps(new), flush=True)  # noqa: T201 - the answer
    await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])))
