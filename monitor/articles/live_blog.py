"""A live blog as several articles: its own text, and each of its updates as one of its own. Pure.

A blog's whole text would hold all updates, and a rule that finds one word in one and one in another would tell of news
that nobody reported. So its own text is what stands in none of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from urllib.parse import quote, urldefrag

from monitor.model import Article, ArticleField, ArticleId, ArticleStatus, LiveUpdate
from monitor.urls import canonical_url, page_key

_BEGINNING = 40  # letters and digits by which a line is known again
_ENOUGH = 12  # of a shorter line that is the beginning of another


def own_text(text: str, updates: Sequence[LiveUpdate]) -> str:
    """Return the lines of a blog's text that do not begin like a line of an update: its lead, and what follows them."""
    known = sorted({_start(line) for update in updates for line in (update.title, *update.text.split("\n"))} - {""})

    def is_own(line: str) -> bool:
        """Return whether a line is none of an update, which may have its paragraphs in one line."""
        start = _start(line)
        at = bisect_left(known, start)
        near = known[at] if at < len(known) else ""
        return not start or (near != start and not (len(start) >= _ENOUGH and near.startswith(start)))

    return "\n".join(filter(is_own, text.split("\n")))


def update_article(blog: Article, update: LiveUpdate) -> Article:
    """Return an update as an article: the blog's with its own text, date and address, under an id of its own."""
    url = _address(blog, update)
    own = blake2b(f"{blog.id} {update.id}".encode("utf-8", "replace"), digest_size=8).hexdigest()
    return replace(
        blog,
        id=ArticleId(own),
        title=update.title or blog.title,
        url=url,
        link="",
        canonical_url=canonical_url(url),
        summary="",
        text=update.text,
        published=update.published,
        modified=None,
        is_day_only=False,
        image="",
        status=ArticleStatus.FULL,
        reason="",
        updates=(),
        seconds=0.0,
    )


def own_fields(update: LiveUpdate) -> frozenset[ArticleField]:
    """Return the fields of an update's article that are not the blog's: what matches by those was told with the blog.

    Else a rule that finds its word in the blog's headline would alert anew with each update.
    """
    return frozenset(("title", "text") if update.title else ("text",))


def _address(blog: Article, update: LiveUpdate) -> str:
    """Return an address that stands for the update alone: its own, or its place on the page."""
    taken = {page_key(url) for url in (blog.url, blog.canonical_url, blog.link)}
    if update.url and page_key(update.url) not in taken | {""}:
        return update.url
    page = urldefrag(blog.url).url
    place = f"{page}#{quote(update.id, safe='')}"
    # Short numbers are no address of their own: they are places on any page.
    return place if page_key(place) not in taken else f"{page}#update-{quote(update.id, safe='')}"


def _start(line: str) -> str:
    """Return the first letters and digits of a line in lower case."""
    found: list[str] = []
    for char in line:
        if char.isalnum():
            found.append(char)
            if len(found) == _BEGINNING:
                break
    return "".join(found).casefold()
