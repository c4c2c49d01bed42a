"""The third opinion on a page's text: trafilatura, ten times as slow as our own walk, where our opinions differ."""

from __future__ import annotations

import logging
import re

from monitor.text import clean_text

MAX_CELL = 80  # letters; a longer table cell is a paragraph

_RULER = re.compile(r"[-: ]+")


def trafilatura_text(html: str, url: str) -> str:
    """Return the main text of a page as trafilatura finds it, cleaned; "" if it finds none."""
    # Imported on first use: it costs 0.6 s and 38 MB, and only the children need it.
    from trafilatura import bare_extraction

    # It warns of each page it gives up; our verdict says the same once.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # Precision without comments: the best F1 of all its settings. Never deduplicate: it remembers other pages.
    document = bare_extraction(
        html,
        url=url or None,
        include_comments=False,
        favor_precision=True,
        include_tables=True,
        with_metadata=False,
        deduplicate=False,
    )
    return _without_pipes(clean_text(getattr(document, "text", None) or ""))


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
