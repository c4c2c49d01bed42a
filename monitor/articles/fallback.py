"""The third opinion on a page's text: trafilatura, ten times as slow as our own walk, where our opinions differ."""

from __future__ import annotations

import logging
import re
from typing import Any

from monitor.sandbox.deadline import DeadlinePassed, cpu_deadline
from monitor.text import clean_text

MAX_SECONDS = 1.5  # of CPU; real pages take 0.3 s at most. Beyond, the opinions that we have must do
MAX_CELL = 80  # letters; a longer table cell is a paragraph

_RULER = re.compile(r"[-: ]+")


def trafilatura_text(html: str, url: str) -> str:
    """Return the main text of a page as trafilatura finds it, cleaned; "" if it finds none in time."""
    try:
        with cpu_deadline(MAX_SECONDS):
            return _without_pipes(clean_text(getattr(_document(html, url), "text", None) or ""))
    except DeadlinePassed:
        return ""


def _document(html: str, url: str) -> Any:
    # Imported on first use: it costs 0.6 s and 38 MB, and only the children need it.
    from trafilatura import bare_extraction

    # It warns of each page it gives up; our verdict says the same once.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # Precision without comments: the best F1 of all its settings. Never deduplicate: it remembers other pages.
    return bare_extraction(
        html,
        url=url or None,
        include_comments=False,
        favor_precision=True,
        include_tables=True,
        with_metadata=False,
        deduplicate=False,
    )


def _without_pipes(text: str) -> str:
    """Return a text with its table rows as sentences can be read in them: old sites lay out whole pages by tables."""
    lines: list[str] = []
    for line in text.split("\n"):
        if not (line.startswith("|") and line.endswith("|")):
            lines.append(line)
            continue
        cells = [cell for part in line.split("|") if (cell := part.strip()) and not _RULER.fullmatch(cell)]
        separator = "\n" if any(len(cell) > MAX_CELL for cell in cells) else " "
        lines.append(separator.join(cells))
    return "\n".join(line for line in lines if line)
