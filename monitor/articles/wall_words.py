"""The words of pages that stand in an article's place, from wall_words.toml. They only support a verdict."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

Wall = Literal["challenge", "consent", "login", "missing", "script", "age", "region"]

# A title may have an error's number or another part before it, and the site's name behind.
_BEFORE = r"(?:.{0,40}[|–—:·-]\s{0,3})?(?:(?:error|http|oops|sorry)?\W{0,3}(?:4\d\d|50\d)?\W{0,4})"
_BEHIND = r"[\s.…!?]{0,6}(?:[|–—:·-].{0,60})?"


@dataclass(frozen=True, slots=True, kw_only=True)
class WallWords:
    """What the titles of such pages are as wholes, what their texts say, and what ends a text that was cut."""

    titles: Mapping[Wall, re.Pattern[str]]
    phrases: Mapping[Wall, re.Pattern[str]]
    subscribe: re.Pattern[str]
    consent_stems: tuple[str, ...]  # in lower case, for a quick look


@cache
def wall_words() -> WallWords:
    """Read the words, once."""
    lists = tomllib.loads(files("monitor.articles").joinpath("wall_words.toml").read_text("utf-8"))
    return WallWords(
        titles={wall: _pattern(phrases, before=_BEFORE, behind=_BEHIND) for wall, phrases in lists["titles"].items()},
        phrases={wall: _pattern(phrases) for wall, phrases in lists["phrases"].items()},
        subscribe=_pattern(lists["ends"]["subscribe"]),
        consent_stems=tuple(lists["stems"]["consent"]),
    )


def _pattern(phrases: list[str], *, before: str = "", behind: str = "") -> re.Pattern[str]:
    return re.compile(f"{before}(?:{'|'.join(phrases)}){behind}", re.IGNORECASE)
