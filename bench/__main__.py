"""Run all benchmarks and print one Markdown table; it takes some minutes."""

from __future__ import annotations

import asyncio
import os
import platform
import sys

from bench import latency, queue, reading, rule_files, rules
from bench.material import DATA, HAS_DATA
from bench.table import markdown


def main() -> None:
    """Measure and print."""
    if not HAS_DATA:
        print(f"{DATA} is not there: no feeds and pages are measured, texts are made up", file=sys.stderr)
    found = [*rules.run(), *rule_files.run(), *reading.run(), *asyncio.run(queue.run()), *asyncio.run(latency.run())]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}\n")
    print(markdown(found))


if __name__ == "__main__":
    main()
