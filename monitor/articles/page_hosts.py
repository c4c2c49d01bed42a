"""What is remembered of hosts when their pages are asked for: who refuses them, and which short texts they repeat."""

from __future__ import annotations

import re
from datetime import timedelta
from hashlib import blake2b
from typing import Protocol

from monitor.articles.page import WALL_TEXT, WIDE, bare_letters, weight

MAX_REPEATED = 2 * WALL_TEXT  # letters: more is an article, and the same one under several addresses is no wall
MIN_REPEATED = 20  # letters

_LONG_NUMBER = 6  # digits
_DIGITS = re.compile(rf"\d{{{_LONG_NUMBER},}}")


class PageHosts(Protocol):
    """The memory of all daemons together; hosts are named as in feeds' keys (urls.host_slug)."""

    async def knock(self, host: str) -> tuple[timedelta, int]:
        """Return how long to leave a host's pages alone, zero to go on, and how often it refused them in a row."""
        ...

    async def shut(self, host: str, asked: timedelta | None = None, *, patience: int = 1) -> timedelta:
        """Leave a host's pages alone after so many refusals in a row, `asked` is its own wish; return for how long."""
        ...

    async def open(self, host: str) -> None:
        """Forget the refusals: the host gave a page."""
        ...

    async def is_repeated(self, host: str, *, text: str, address: str) -> bool:
        """Note a text by its digest and return whether it stood on three addresses of its host."""
        ...


class NoMemory:
    """For one page on a person's order: nobody is left alone, nothing is remembered."""

    async def knock(self, host: str) -> tuple[timedelta, int]:
        """Go on."""
        return timedelta(0), 0

    async def shut(self, host: str, asked: timedelta | None = None, *, patience: int = 1) -> timedelta:
        """Leave nobody alone."""
        return timedelta(0)

    async def open(self, host: str) -> None:
        """There is nothing to forget."""

    async def is_repeated(self, host: str, *, text: str, address: str) -> bool:
        """Know no other text."""
        return False


def text_digest(text: str, title: str) -> str:
    """Return what stands for the words of a short text, "" for a longer one, which is an article.

    The headline, addresses, times and long numbers are left out: walls name the article that was asked for, and number
    themselves. Shorter figures may be the news: two reports of earthquakes differ in nothing else.
    """
    if weight(text) > MAX_REPEATED:
        return ""
    headline = bare_letters(title)
    lines = [line for line in text.split("\n") if bare_letters(line) != headline]
    letters = bare_letters(" ".join(_without_numbering(word) for line in lines for word in line.split()))
    if weight(letters) < MIN_REPEATED:
        return ""
    return blake2b(letters.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _without_numbering(word: str) -> str:
    # Scripts without spaces have whole sentences here.
    if WIDE.search(word):
        return _DIGITS.sub("", word)
    return "" if "/" in word or sum(map(str.isdigit, word)) >= _LONG_NUMBER else word
