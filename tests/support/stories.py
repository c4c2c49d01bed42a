"""News of our own in fourteen languages, to make pages of: invented people, places and events, real prose."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

STORIES = Path(__file__).parents[1] / "data" / "stories"

LANGUAGES = ("en", "de", "fr", "es", "tr", "ru", "ar", "he", "fa", "hi", "zh", "ja", "ko", "th")
OTHERS = ("en-2", "en-3")  # shorter English stories, to stand on the page of another one


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """An article and the words of the page around it, all plain text."""

    language: str
    title: str
    summary: str
    authors: tuple[str, ...]
    published: datetime  # in the zone of its newsroom
    paragraphs: tuple[str, ...]
    sections: tuple[str, ...]
    headlines: tuple[str, ...]  # of other stories
    teaser: str
    newsletter: str
    captions: tuple[str, ...]
    cookies: tuple[str, ...]
    comments: tuple[str, ...]
    flash_title: str
    flash: str  # two sentences

    @property
    def text(self) -> str:
        """Its paragraphs, one a line."""
        return "\n".join(self.paragraphs)

    @property
    def is_right_to_left(self) -> bool:
        """Whether its script runs from right to left."""
        return self.language in ("ar", "he", "fa")


@cache
def story(name: str) -> Story:
    """Return the story of a language or one of OTHERS. What it lacks of a page's frame is English."""
    fields, paragraphs = _read(name)
    fields = _read("en")[0] | fields
    return Story(
        language=name[:2],
        title=fields["title"],
        summary=fields["summary"],
        authors=_several(fields["authors"], ";"),
        published=datetime.fromisoformat(fields["published"]),
        paragraphs=paragraphs,
        sections=_several(fields["sections"], ";"),
        headlines=_several(fields["headlines"], "|"),
        teaser=fields["teaser"],
        newsletter=fields["newsletter"],
        captions=_several(fields["captions"], "|"),
        cookies=_several(fields["cookies"], "|"),
        comments=_several(fields["comments"], "|"),
        flash_title=fields["flash title"],
        flash=fields["flash"],
    )


def companions(told: Story) -> tuple[Story, ...]:
    """Return stories of the same language that may stand on the page of this one, shorter than it."""
    if told.language == "en":
        return tuple(story(name) for name in OTHERS)
    flash = replace(told, title=told.flash_title, summary=told.teaser, paragraphs=(told.flash,))
    return flash, replace(flash, title=told.headlines[0], summary=told.flash, paragraphs=(told.teaser, told.flash))


@cache
def _read(name: str) -> tuple[dict[str, str], tuple[str, ...]]:
    head, _, text = (STORIES / f"{name}.txt").read_text(encoding="utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return fields, tuple(line for line in text.splitlines() if line)


def _several(value: str, separator: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(separator))
