"""Where an article ends and what its publisher puts below each text begins: about the company, whom to ask. Pure."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from monitor.model import Article, ArticleStatus

_LEAST_TEXT = 200  # characters of its own that an article has before any notice
_LONGEST_HEADING = 80
_MOST_TEXT = 16_000  # characters that are looked at: what follows is not compared


# Other texts are not the article's own: a challenge page or a consent notice is the same for every article of a site.
_COMPARED = frozenset({ArticleStatus.FULL, ArticleStatus.FEED, ArticleStatus.TEASER})


def own_text(article: Article) -> str:
    """Return what of an article is its own and may be compared, "" if that is only its headline."""
    return without_notice(article.text or article.summary) if article.status in _COMPARED else ""


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
