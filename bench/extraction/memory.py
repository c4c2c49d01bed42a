"""What child processes hold after reading pages: their proportional share of memory (PSS), as Linux tells it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean

from bench.extraction import corpus
from bench.material import DATA, HAS_DATA
from bench.table import grid
from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.config.sections import ArticleSettings
from monitor.daemon.build import PRELOAD
from monitor.sandbox.pool import SandboxPool
from tests.support.processes import descendants

MIB = 2**20
PAGES = 200  # for each child
LAZY = tuple(module for module in PRELOAD if not module.startswith("trafilatura"))
_SHARE = re.compile(r"^Pss: +(\d+) kB", re.MULTILINE)


def run() -> str:
    """Return a table: what the fork server and its children hold, by what is imported before they are forked."""
    if not HAS_DATA:
        return f"memory of children: not measured, {DATA} is not there"
    bodies = [page.body for page in (*corpus.news(), *corpus.snippets())]
    # Trusted pages are read without trafilatura; it is then only in memory if it was imported beforehand.
    cases = (
        ("trafilatura is imported beforehand", PRELOAD, False),
        ("trafilatura is imported by the child that needs it", LAZY, False),
        ("no page needs trafilatura", LAZY, True),
    )
    rows = [[name, *asyncio.run(_shares(bodies, preload, trusted=trusted))] for name, preload, trusted in cases]
    columns = ("2 children", "fork server", "a child, 1 page", f"a child, {PAGES} pages")
    return f"Memory (PSS) while pages are read\n\n{grid(columns, rows)}"


async def _shares(bodies: Sequence[bytes], preload: Sequence[str], *, trusted: bool) -> list[str]:
    articles = ArticleSettings()
    async with SandboxPool(2, articles.wall_limit, memory_bytes=articles.memory, preload=preload) as pool:
        await _read(pool, bodies[:2], trusted=trusted)
        first = _shares_of_children()
        count = 2 * PAGES
        repeated = list(bodies) * (count // len(bodies) + 1)
        await _read(pool, repeated[:count], trusted=trusted)
        server = next(pid for pid in descendants() if descendants(pid))
        return [f"{share / MIB:.0f} MiB" for share in (_share(server), mean(first), mean(_shares_of_children()))]


async def _read(pool: SandboxPool, bodies: Sequence[bytes], *, trusted: bool) -> None:
    """Read two pages at a time, so that both children have work."""
    page = PageInput(body=b"", trusted=trusted, is_dated=trusted)
    for start in range(0, len(bodies), 2):
        pair = [replace(page, body=body) for body in bodies[start : start + 2]]
        await asyncio.gather(*(pool.run(extract_page, each, ExtractedPage) for each in pair))


def _shares_of_children() -> list[int]:
    return [_share(pid) for pid in descendants() if not descendants(pid)]


def _share(pid: int) -> int:
    found = _SHARE.search(Path(f"/proc/{pid}/smaps_rollup").read_text())
    return int(found[1]) * 1024 if found else 0
