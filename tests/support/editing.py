"""What editors do to a text that they did not write: deterministic, and it stays the same report."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

from tests.support.events import Event

Edit = Callable[[Event], Event]

APPENDIX = (
    "This report was supplied by a partner newsroom. Readers who were there can write to the desk at any hour.",
    "Our correspondents will go on following what happens and bring the reactions of neighbours and of officials.",
)
BOILERPLATE = (
    "Sign up for our morning letter and get the five stories that matter, every working day, free of charge.",
    "All rights reserved. This material may not be published, broadcast or rewritten without permission.",
)
_SYNONYMS = (
    ("said that", "told reporters that"),
    ("early on", "in the early hours of"),
    (" about ", " some "),
    ("more than", "over"),
    ("dozens of", "scores of"),
    ("all of them", "each of them"),
    ("was planned", "has been planned"),
    ("shortly", "a little"),
)  # fmt: skip


def exact(told: Event) -> Event:
    """Return it as it is."""
    return told


def typography(told: Event) -> Event:
    """Return it with curly quotes, dashes, non-breaking spaces and no paragraphs."""
    text = re.sub(r'"([^"]*)"', "“\\1”", told.text).replace("'", "’").replace(" - ", " – ")
    return replace(told, text=text.replace("\n", " ").replace(" percent", "\u00a0percent"))


def dateline(told: Event) -> Event:
    """Return it with an agency's dateline, and no headline of its own but the first words."""
    return replace(told, text=f"VELMORA (Wire) — {told.text}", title=" ".join(told.text.split()[:9]))


def cut(told: Event) -> Event:
    """Return its first half, ended at a sentence."""
    sentences = _sentences(told.text)
    return replace(told, text=" ".join(sentences[: max(3, len(sentences) // 2)]))


def cut_short(told: Event) -> Event:
    """Return its first sixty words."""
    return replace(told, text=" ".join(told.text.split()[:60]) + " …")


def cut_middle(told: Event) -> Event:
    """Return it without its third sentence and the one before the last."""
    sentences = _sentences(told.text)
    return replace(told, text=" ".join(each for n, each in enumerate(sentences) if n not in (2, len(sentences) - 2)))


def lengthened(told: Event) -> Event:
    """Return it with paragraphs of a newsroom's own."""
    return replace(told, text="\n".join((told.text, *APPENDIX)))


def boilerplate(told: Event) -> Event:
    """Return it between the words that stand on every page of a site."""
    return replace(told, text="\n".join((BOILERPLATE[0], told.text, BOILERPLATE[1])))


def copyedited(told: Event) -> Event:
    """Return it with other words here and there."""
    text = told.text
    for written, better in _SYNONYMS:
        text = text.replace(written, better)
    return replace(told, text=text)


def retitled(told: Event) -> Event:
    """Return it under a headline made of its last sentence."""
    return replace(told, title=" ".join(_sentences(told.text)[-1].split()[:10]).rstrip(".,;"))


EDITS: Mapping[str, Edit] = MappingProxyType(
    {
        edit.__name__: edit
        for edit in (
            exact,
            typography,
            dateline,
            cut,
            cut_short,
            cut_middle,
            lengthened,
            boilerplate,
            copyedited,
            retitled,
        )
    }
)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?\"”])\s+(?=[\"“A-Z0-9])", text)
