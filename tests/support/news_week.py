"""A simulated week of news: reports that many sites print in versions of their own, single ones, and look-alikes.

Everything is made from our own texts by the same seed, so that any two runs read the same articles.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from tests.support.editing import EDITS
from tests.support.events import EVENTS, RETOLD, SECOND, Event, event, templates
from tests.support.invented import invented
from tests.support.stories import LANGUAGES, OTHERS, story

START = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
SEED = 11
INVENTED = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An article of the week as a record of `monitor replay`, and what it is."""

    record: dict[str, str]
    family: str  # articles of one family are one report
    story: str  # families of one story tell one event


def news_week() -> tuple[Printed, ...]:
    """Return the articles of the week in the order in which they appear."""
    rng = random.Random(SEED)
    printed: list[tuple[datetime, Printed]] = []
    for family, told, is_single in _reports():
        first = START + rng.random() * (WEEK - timedelta(days=1))
        versions = [told] if is_single else [told, *_edited(told, rng)]
        moments = [first, *sorted(first + timedelta(minutes=rng.randint(5, 1200)) for _ in versions[1:])]
        for number, (version, moment) in enumerate(zip(versions, moments, strict=True)):
            record = _record(family, number, version, moment)
            printed.append((moment, Printed(record=record, family=family, story=_story(family))))
    printed.sort(key=lambda pair: (pair[0], pair[1].record["id"]))
    return tuple(article for _, article in printed)


def families(week: Sequence[Printed]) -> dict[str, list[str]]:
    """Return the articles of each family."""
    found: dict[str, list[str]] = {}
    for article in week:
        found.setdefault(article.family, []).append(article.record["id"])
    return found


def _story(family: str) -> str:
    return family.removesuffix("-retold")


def _reports() -> Iterator[tuple[str, Event, bool]]:
    """Yield the name of each report, its text, and whether nobody else prints it."""
    for name in (*EVENTS, *(f"{name}-second" for name in SECOND), *(f"{name}-retold" for name in RETOLD)):
        yield name, event(name), name.endswith("-retold")
    for name in (*LANGUAGES, *OTHERS):
        told = story(name)
        yield f"story-{name}", Event(title=told.title, text=told.text, language=told.language), False
    for number in range(INVENTED):
        yield f"invented-{number}", invented(number), False
    for pattern in templates():
        if pattern.name == "earnings in brief":  # of the same quarters as those at length: no others' events
            continue
        for number, filling in enumerate(pattern.fillings):
            yield f"{pattern.name}-{number}", filling, True


def _edited(told: Event, rng: random.Random) -> Iterator[Event]:
    names = list(EDITS) if told.language == "en" else ["exact", "without_the_end", "without_the_start"]
    for name in rng.sample(names, min(len(names), rng.randint(1, 4))):
        yield EDITS[name](told) if name in EDITS else _shortened(told, from_the_end=name == "without_the_end")


def _shortened(told: Event, *, from_the_end: bool) -> Event:
    paragraphs = told.text.split("\n")
    return replace(told, text="\n".join(paragraphs[:-2] if from_the_end else paragraphs[1:]))


def _record(family: str, number: int, told: Event, moment: datetime) -> dict[str, str]:
    name = f"{family.replace(' ', '-')}-{number}"
    return {
        "id": name,
        "title": told.title,
        "text": told.text,
        "url": f"https://{'wire' if number == 0 else f'paper-{number}'}.example/{moment:%Y/%m/%d}/{name}",
        "language": told.language,
        "published": moment.isoformat(),
    }
