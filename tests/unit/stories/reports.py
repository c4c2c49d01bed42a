"""Reports in many languages, stories on templates, and what editors do to a report. Its first line is its lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import yaml

_WRITTEN = yaml.safe_load((Path(__file__).parents[2] / "data" / "reports.yaml").read_text(encoding="utf-8"))
REPORTS: dict[str, str] = {language: told["text"] for language, told in _WRITTEN["reports"].items()}
TEMPLATES: dict[str, list[tuple[str, str]]] = {
    name: [(told["title"].format(*row), told["text"].format(*row)) for row in told["fillings"]]
    for name, told in _WRITTEN["templates"].items()
}

Edit = Callable[[str, str], str]


def truncated(text: str, language: str) -> str:
    """Return the lead and half of what follows it, as teasers have it."""
    del language
    lines = text.split("\n")
    return "\n".join((*lines[:2], lines[2][: len(lines[2]) // 3])) + "…"


def with_boilerplate(text: str, language: str) -> str:
    """Return it with the site's own lines around it."""
    lines = _WRITTEN["reports"][language]["boilerplate"]
    return f"{lines}\n{text}\n{lines}"


def with_new_lead(text: str, language: str) -> str:
    """Return it with another first paragraph."""
    return "\n".join((_WRITTEN["reports"][language]["other_lead"], *text.split("\n")[1:]))


def typeset(text: str, language: str) -> str:
    """Return it with other quotes, apostrophes, dashes, blanks and digits, and without paragraphs."""
    del language
    swaps = str.maketrans({"’": "'", "«": '"', "»": '"', "「": "『", "」": "』", "，": ", ", " ": "\u00a0", "\n": " "})
    return text.translate(swaps)


def corrected(text: str, language: str) -> str:
    """Return it with its first figure of two digits and more replaced."""
    del language
    return re.sub(r"\d\d+", lambda found: str(int(found[0]) + 3), text, count=1)


def shuffled(text: str, language: str) -> str:
    """Return it with its paragraphs in another order and one left out."""
    del language
    lines = text.split("\n")
    return "\n".join((lines[0], lines[3], lines[1]))


def appended(text: str, language: str) -> str:
    """Return it with a paragraph more."""
    return "\n".join((text, _WRITTEN["reports"][language]["other_lead"]))


EDITS: dict[str, Edit] = {
    "truncated": truncated,
    "with boilerplate": with_boilerplate,
    "with a new lead": with_new_lead,
    "typeset": typeset,
    "corrected": corrected,
    "shuffled": shuffled,
    "appended": appended,
}
