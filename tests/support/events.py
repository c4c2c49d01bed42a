"""News of our own for deduplication: events told at length, and stories that are written to a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parents[1] / "data"

EVENTS = (
    "quake", "shooting", "election", "ferry", "merger", "flood", "refinery", "verdict", "vaccine", "launch", "strike",
    "ceasefire", "final",
)  # fmt: skip
RETOLD = ("quake", "ferry")  # there is an event-retold: the same event in the words of somebody else
SECOND = ("quake", "shooting", "election")  # there is an event-second: another one of the same kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A headline and the text under it, one paragraph a line."""

    title: str
    text: str
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A pattern with its fillings: each filling is another event."""

    name: str
    language: str
    fillings: tuple[Event, ...]


@cache
def event(name: str) -> Event:
    """Return one of EVENTS, or its `-retold` or `-second`."""
    head, _, text = (DATA / "events" / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    return Event(title=head.removeprefix("title: "), text=text.strip())


@cache
def templates() -> tuple[Template, ...]:
    """Return all patterns."""
    return tuple(map(_template, yaml.safe_load((DATA / "templates.yaml").read_text(encoding="utf-8"))))


def template(name: str) -> Template:
    """Return a pattern by its name."""
    return next(each for each in templates() if each.name == name)


def _template(written: Mapping[str, str | list[str] | list[list[str | float]]]) -> Template:
    language = str(written.get("language", "en"))
    title, text = str(written["title"]), str(written["text"])
    fillings = []
    for row in written["rows"]:
        values = dict(zip(map(str, written["fields"]), row, strict=True))
        fillings.append(Event(title=title.format(**values), text=text.format(**values), language=language))
    return Template(name=str(written["name"]), language=language, fillings=tuple(fillings))
