"""Run all benchmarks, or those named, and print Markdown; all together take about half an hour."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from collections.abc import Callable

from bench import dedup, extraction, fidelity, latency, polling, queue, rules
from bench.dedup import cost
from bench.extraction import hostile, memory
from bench.material import DATA, HAS_DATA
from bench.table import markdown

PARTS: dict[str, Callable[[], str]] = {
    "rules": rules.run,
    "polling": polling.run,
    "reading": lambda: markdown(fidelity.run()),
    "extraction": extraction.run,
    "dedup": dedup.run,
    "queue": lambda: markdown(asyncio.run(queue.run())),
    "latency": lambda: markdown(asyncio.run(latency.run())),
}
ALONE: dict[str, Callable[[], str]] = {  # parts of another, or more than they do
    "exactness": rules.check_exactness,
    "items": lambda: markdown(fidelity.every_single_item()),
    **polling.PARTS,
    **dedup.PARTS,
    "dedup-million": cost.run_million,
    "extraction-hostile": hostile.run,
    "extraction-memory": memory.run,
}


def main() -> None:
    """Measure and print."""
    names = [name for name in sys.argv[1:] if name != "--peers"] or list(PARTS)
    unknown = [name for name in names if name not in PARTS | ALONE]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(PARTS | ALONE)}")
    if not HAS_DATA:
        print(f"{DATA} is not there: no feeds and pages are measured, texts are made up", file=sys.stderr)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}")
    for name in names:
        print(f"\n{(PARTS | ALONE)[name]()}", flush=True)


if __name__ == "__main__":
    main()
