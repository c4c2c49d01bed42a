"""The rules engine beside others, whether it is exact, and what authors wait for."""

from __future__ import annotations

import os

from bench.rules import authoring, exactness, speed, tables
from bench.rules.corpus import read_corpus


def run() -> str:
    """Measure everything that has to do with rules; return Markdown."""
    found = read_corpus()
    results, authors, compared = speed.run(found), authoring.run(found), exactness.run(found)
    parts = (
        f"Texts: {found.sources}. Load of the machine: {_load()}.",
        tables.goals(results, authors, compared),
        tables.ours(results),
        tables.beside(results),
        tables.remembering(results),
        tables.scripts(results),
        tables.authors(authors),
        tables.exact(compared),
    )
    return "\n\n".join(parts)


def check_exactness() -> str:
    """Compare the engine with the plain evaluator only; return Markdown."""
    return tables.exact(exactness.run(read_corpus()))


def _load() -> str:
    return " / ".join(f"{each:.1f}" for each in os.getloadavg())
