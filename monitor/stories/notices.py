"""Where an article ends and what its publisher puts below each text begins: about the company, whom to ask. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

_LEAST_TEXT = 200  # characters of its own that an article has before any notice
_LONGEST_HEADING = 80
_MOST_TEXT = 16_000  # characters that are looked at: what follows is not compared


@cache
def _heading() -> re.Pattern[str]:
    lists = tomllib.loads(files("monitor.stories").joinpath("notices.toml").read_text("utf-8"))
    return re.compile(rf"^(?:{'|'.join(lists['headings'])})[:：]?(?<![.!?。])$", re.MULTILINE)


def without_notice(text: str) -> str:
    """Return a text up to the heading of a notice, which two releases of one company share word by word.

    Of a very long one the part that is compared.
    """
    if "\n" not in text:
        return text
    text = text[:_MOST_TEXT]
    for heading in _heading().finditer(text, _LEAST_TEXT):
        if len(heading[0]) <= _LONGEST_HEADING:
            return text[: heading.start()].rstrip()
    return text
