"""Pages made to hurt, each read in a child of its own: by us, and by trafilatura at its best setting."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bench.table import grid
from monitor.articles.extract import PRELOAD, PageInput, extract_page
from monitor.config.sections import ArticleSettings
from monitor.errors import OutOfMemory, SandboxError, TimedOut
from monitor.sandbox.pool import SandboxPool
from tests.support.hostile_pages import PAGES, HostilePage
from tests.support.processes import forget_peak, peak_bytes

MIB = 2**20
GOAL_SECONDS, GOAL_BYTES = 5.0, 300 * MIB
PLAIN_LIMIT = timedelta(seconds=60)  # wall; the kernel's limit on CPU time is 24 s then
PLAIN_MEMORY = 4 * 1024 * MIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """What a page did to one who read it."""

    outcome: str
    seconds: float = 0.0  # CPU
    peak_bytes: int = 0  # at most held, what all children share included
    is_lost: bool = False

    @property
    def is_within(self) -> bool:
        """Whether it was finished or refused within the limits."""
        return not self.is_lost and self.seconds <= GOAL_SECONDS and self.peak_bytes <= GOAL_BYTES


def run() -> str:
    """Return a table of all hostile pages, and how many keep within the limits."""
    harms = asyncio.run(_measure())
    columns = ("page", "size", *(f"{who}: {what}" for who, _ in READERS for what in ("CPU", "memory", "outcome")))
    kept = [sum(row[place].is_within for row in harms) for place in range(len(READERS))]
    goal = f"{GOAL_SECONDS:g} s of CPU and {GOAL_BYTES // MIB} MiB"
    head = f"Of {len(harms)} hostile pages are finished or refused within {goal}:"
    counts = ", ".join(f"{who} {count}" for (who, _), count in zip(READERS, kept, strict=True))
    rows = [
        [page.name, f"{len(page.make()) / 1e6:.2f} MB", *(cell for harm in row for cell in _cells(harm))]
        for page, row in zip(PAGES, harms, strict=True)
    ]
    return f"{head} {counts}\n\n{grid(columns, rows)}"


async def _measure() -> list[list[Harm]]:
    articles = ArticleSettings()
    preload = (*PRELOAD, __name__)
    async with (
        SandboxPool(1, articles.wall_limit, memory_bytes=articles.memory, preload=preload) as ours,
        SandboxPool(1, PLAIN_LIMIT, memory_bytes=PLAIN_MEMORY, preload=preload) as plain,
    ):
        pools = (ours, plain, plain)
        return [[await _harm(pool, job, page) for pool, (_, job) in zip(pools, READERS, strict=True)] for page in PAGES]


async def _harm(pool: SandboxPool, job: Callable[[PageInput], Harm], page: HostilePage) -> Harm:
    try:
        return await pool.run(job, PageInput(body=page.make(), content_type=page.content_type), Harm, alone=True)
    except TimedOut:
        return Harm(outcome="ended at its time limit", is_lost=True)
    except OutOfMemory:
        return Harm(outcome="ended at its memory limit", is_lost=True)
    except SandboxError as error:
        return Harm(outcome=error.reason, is_lost=True)


def read_ours(page: PageInput) -> Harm:
    """Read a page as `monitor articles extract` does."""

    def told() -> str:
        """Return the verdict."""
        read = extract_page(page)
        return f"{read.status}: {read.reason}" if read.reason else f"{read.status}, {len(read.text):,} characters"

    return _harm_of(told)


def read_plainly(page: PageInput) -> Harm:
    """Read a page with trafilatura, without metadata."""
    return _harm_of(lambda: _plain(page, with_metadata=False))


def read_plainly_with_metadata(page: PageInput) -> Harm:
    """Read a page with trafilatura, with metadata."""
    return _harm_of(lambda: _plain(page, with_metadata=True))


READERS: tuple[tuple[str, Callable[[PageInput], Harm]], ...] = (
    ("ours", read_ours),
    ("trafilatura", read_plainly),
    ("with metadata", read_plainly_with_metadata),
)


def _plain(page: PageInput, *, with_metadata: bool) -> str:
    from trafilatura import bare_extraction

    document: Any = bare_extraction(
        page.body, include_comments=False, favor_precision=True, with_metadata=with_metadata
    )
    return f"{len(document.text or ''):,} characters" if document else "nothing"


def _harm_of(read: Callable[[], str]) -> Harm:
    """Run in a child: measure what reading costs this process."""
    forget_peak(os.getpid())
    started = time.process_time()
    try:
        outcome = read()
    except Exception as error:  # noqa: BLE001 - whatever a reader raises is how its reading ended
        outcome = f"raises {type(error).__name__}"
    return Harm(outcome=outcome, seconds=time.process_time() - started, peak_bytes=peak_bytes(os.getpid()))


def _cells(harm: Harm) -> list[str]:
    if harm.is_lost:
        return ["–", "–", f"**{harm.outcome}**"]
    outcome = harm.outcome.replace("|", "\\|")
    return [
        f"{harm.seconds:.2f} s",
        f"{harm.peak_bytes / MIB:.0f} MiB",
        outcome if harm.is_within else f"**{outcome}**",
    ]
