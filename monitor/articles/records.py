"""Articles as JSON Lines, in and out: what `rules match`, `replay` and other tools exchange."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from monitor.articles.dates import parse_date
from monitor.articles.extract import ExtractedPage
from monitor.errors import ParseError
from monitor.model import Article, ArticleId, ArticleStatus, FeedKey, LiveUpdate
from monitor.urls import canonical_url, site

MAX_TEXT = 1_000_000  # characters kept of one field
_KEPT = frozenset("\n\t")
# Marks that turn the order of what follows on a terminal. Like them the word joiner is nothing to the eye and to rules.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u206f]")
_WORD_JOINER = "\u2060"


def read_articles(lines: Iterable[str | bytes], *, name: str) -> Iterator[Article]:
    """Yield the articles of a JSON Lines file, blank lines skipped.

    Raises:
        ParseError: a line is not such a record; names the line as `name:12`.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        at = f"{name}:{number}"
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise ParseError(at, f"not JSON: {error}; each line must be one object") from None
        if not isinstance(record, dict):
            raise ParseError(at, f"each line must be one JSON object, this is {_kind(record)}")
        yield article_from_record(record, at=at)


def article_from_record(record: Mapping[str, object], *, at: str = "article") -> Article:
    """Return the article of a record; unknown keys are ignored.

    `id` and `title` are required; `url, summary, text, language, published, source, feed, authors, tags` are read if
    given.
    Control characters become spaces, and those that turn the writing direction word joiners, one for one, so positions
    in the text stay those of the record. Other invisible characters stay: a space would cut a word in two.

    Args:
        record: as decoded from JSON.
        at: what to call the record in errors, e.g. "articles.jsonl:12".

    Raises:
        ParseError: a field is missing or of the wrong kind.
    """
    url = _text(record, "url", at)
    feed = _text(record, "feed", at)
    published = _moment(record, "published", at)
    return Article(
        id=ArticleId(_required(record, "id", at)),
        title=_required(record, "title", at).replace("\n", " "),
        url=url,
        canonical_url=canonical_url(url),
        summary=_text(record, "summary", at),
        text=_text(record, "text", at),
        authors=_names(record, "authors", at),
        tags=_names(record, "tags", at),
        published=published,
        seen=_moment(record, "seen", at) or published,
        language=_text(record, "language", at),
        status=ArticleStatus.FULL,
        extractor="record",
        feed=FeedKey(feed) if feed else None,
        feed_title=feed,
        source=_text(record, "source", at) or site(url),
    )


def article_record(article: Article) -> dict[str, object]:
    """Return an article as JSON-able values; reading it again gives the same words."""
    return {
        "id": article.id,
        "title": article.title,
        "url": article.url,
        "canonical_url": article.canonical_url,
        "summary": article.summary,
        "text": article.text,
        "authors": list(article.authors),
        "published": _iso(article.published),
        "day_only": article.is_day_only,
        "modified": _iso(article.modified),
        "seen": _iso(article.seen),
        "language": article.language,
        "source": article.source,
        "feed": article.feed_title or article.feed or "",
        "tags": list(article.tags),
        "section": article.section,
        "keywords": list(article.keywords),
        "image": article.image,
        "free": article.free,
        "status": article.status.value,
        "reason": article.reason,
        "extractor": article.extractor,
        "seconds": article.seconds,
    }


def page_record(page: ExtractedPage, *, file: str = "") -> dict[str, object]:
    """Return what `monitor articles extract` prints for a page."""
    return {
        "file": file,
        "url": page.url,
        "canonical_url": page.canonical_url or canonical_url(page.url),
        "title": page.title,
        "authors": list(page.authors or page.byline),
        "published": _iso(page.published),
        "day_only": page.is_day_only,
        "modified": _iso(page.modified),
        "language": page.language,
        "section": page.section,
        "keywords": list(page.keywords),
        "image": page.image,
        "free": page.free,
        "text": page.text,
        "updates": [_update_record(update) for update in page.updates],
        "status": page.status.value,
        "reason": page.reason,
        "extractor": page.extractor,
        "seconds": page.seconds,
    }


def _update_record(update: LiveUpdate) -> dict[str, object]:
    return {
        "id": update.id,
        "title": update.title,
        "text": update.text,
        "url": update.url,
        "published": _iso(update.published),
    }


def _required(record: Mapping[str, object], key: str, at: str) -> str:
    text = _text(record, key, at)
    if not text.strip():
        raise ParseError(at, f'"{key}" is missing or empty; an article needs "id" and "title"')
    return text


def _text(record: Mapping[str, object], key: str, at: str) -> str:
    value = record.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ParseError(at, f'"{key}" must be a string, not {_kind(value)}')
    return _harmless(value[:MAX_TEXT])


def _names(record: Mapping[str, object], key: str, at: str) -> tuple[str, ...]:
    value = record.get(key)
    if value is None or isinstance(value, str):
        name = _text(record, key, at)
        return (name,) if name else ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ParseError(at, f'"{key}" must be a list of names')
    return tuple(_harmless(name) for name in value)


def _moment(record: Mapping[str, object], key: str, at: str) -> datetime | None:
    text = _text(record, key, at)
    moment = parse_date(text)
    if text and moment is None:
        raise ParseError(at, f'"{key}" must be a time such as 2026-11-24T08:30:00Z, not {text[:40]!r}')
    return moment


def _harmless(text: str) -> str:
    if text.isprintable():
        return text
    text = _TURNING.sub(_WORD_JOINER, text)
    return "".join(
        char if char.isprintable() or char in _KEPT or unicodedata.category(char) in ("Zs", "Cf") else " "
        for char in text
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


def _kind(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        str: "a string",
        bool: "true or false",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), "null")
