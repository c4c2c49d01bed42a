"""What a measurement is, how CPU time is taken, and how results are printed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import TypeVar

T = TypeVar("T")
ROUNDS = 3  # the best of these counts: the others had the machine's noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    ours: str
    plain: str = "–"  # the plain way's figure
    ratio: str = "–"  # ours / plain: below 1 we are faster
    note: str = ""


def compared(what: str, ours: float, plain: float, *, unit: str, note: str) -> Row:
    """Return the row of two costs in the same unit."""
    cells = [f"{figure(cost)} {unit}" for cost in (ours, plain)]
    return Row(what=what, ours=cells[0], plain=cells[1], ratio=f"{ours / plain:.2g}", note=note)


def cpu_seconds(work: Callable[[T], object], items: Sequence[T]) -> float:
    """Return the CPU seconds of this process for one item: the best mean of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.process_time()
        for item in items:
            work(item)
        best = min(best, time.process_time() - started)
    return best / len(items)


def percentiles(seconds: Sequence[float]) -> str:
    """Return median and 95th percentile as text."""
    cuts = quantiles(seconds, n=20, method="inclusive")
    return f"{cuts[9]:.2f} s / {cuts[18]:.2f} s"


def markdown(rows: Iterable[Row]) -> str:
    """Return the table of what has a plain way beside it."""
    cells = ((row.what, row.ours, row.plain, row.ratio, row.note) for row in rows)
    return grid(("what", "monitor", "plain way", "ratio", "how"), cells)


def grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [columns, ["---", *("--:" for _ in columns[1:])], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def figure(number: float) -> str:
    """Return a number with as many digits as it is good for."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.3g}"
