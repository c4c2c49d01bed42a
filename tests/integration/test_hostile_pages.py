"""Pages made to hurt, each read in a child process with the limits that the settings have by default."""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from monitor.articles.extract import PRELOAD, ExtractedPage, PageInput, extract_page
from monitor.config.sections import ArticleSettings
from monitor.errors import SandboxError
from monitor.model import ArticleStatus
from monitor.sandbox.pool import SandboxPool
from tests.support.command_line import monitor
from tests.support.hostile_pages import GOOD, PAGES, SENTENCES, TITLE, HostilePage
from tests.support.processes import forget_peak, peak_bytes

MIB = 2**20
CPU_SECONDS, PEAK_BYTES = 5.0, 300 * MIB
ENDED = [page for page in PAGES if page.outcome != "stopped"]
STOPPED = [page for page in PAGES if page.outcome == "stopped"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    page: ExtractedPage
    cpu_seconds: float
    peak_bytes: int


def measure(page: PageInput) -> Measured:
    """Read a page in a child, and tell what that cost it."""
    forget_peak(os.getpid())
    started = time.process_time()
    extracted = extract_page(page)
    return Measured(page=extracted, cpu_seconds=time.process_time() - started, peak_bytes=peak_bytes(os.getpid()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[SandboxPool]:
    articles = ArticleSettings()
    preload = (*PRELOAD, __name__)
    async with SandboxPool(1, articles.wall_limit, memory_bytes=articles.memory, preload=preload) as opened:
        yield opened


async def _read(pool: SandboxPool, page: HostilePage) -> Measured:
    given = PageInput(body=page.make(), url="https://news.example/1", content_type=page.content_type)
    return await pool.run(measure, given, Measured, alone=True)


@pytest.mark.parametrize("page", ENDED, ids=str)
async def test_a_hostile_page_is_finished_or_refused_soon(pool: SandboxPool, page: HostilePage) -> None:
    measured = await _read(pool, page)
    assert measured.cpu_seconds <= CPU_SECONDS
    assert measured.peak_bytes <= PEAK_BYTES
    assert page.outcome != "refused" or measured.page.status is ArticleStatus.HOSTILE
    assert page.outcome != "read" or all(sentence in measured.page.text for sentence in SENTENCES)
    assert not any(character in measured.page.title for character in "\u202e\u2066\x1b\0\ud83d")


@pytest.mark.parametrize("page", STOPPED, ids=str)
async def test_a_page_that_swells_in_the_parser_is_stopped_at_the_memory_limit(
    pool: SandboxPool, page: HostilePage
) -> None:
    with pytest.raises(SandboxError, match=r"needs more than|Can't parse HTML"):
        await _read(pool, page)


async def test_hostile_pages_do_no_harm_to_those_read_beside_them(tmp_path: Path) -> None:
    lines = []
    for number, page in enumerate(PAGES):
        (tmp_path / f"good{number}.html").write_bytes(GOOD)
        (tmp_path / f"hostile{number}.html").write_bytes(page.make())
        lines += [json.dumps({"file": f"{kind}{number}.html"}) for kind in ("good", "hostile")]
    (tmp_path / "list.jsonl").write_text("\n".join(lines))
    ran = await monitor(tmp_path, "articles", "extract", "--batch", "list.jsonl")
    assert ran.code == 0
    assert len(ran.records) == 2 * len(PAGES)
    good = [record for record in ran.records if record["file"].startswith("good")]
    assert {(record["status"], record["title"]) for record in good} == {("full", TITLE)}
    assert len({record["text"] for record in good}) == 1
