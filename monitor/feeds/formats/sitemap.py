"""News sitemaps, plain sitemaps and lists of sitemaps (https://www.sitemaps.org/protocol.html).

Coverage where no feed is: most publishers have one, and it carries title, date and language. Read by the same scan as
feeds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pyexpat import ExpatError, ParserCreate

from monitor.feeds.formats.fields import link_of, unique
from monitor.feeds.formats.format import Document, ParsedFeed, Part, Reading, malformed
from monitor.feeds.scan import THAT_IS_ALL, Item, scan
from monitor.feeds.splice import item_digest
from monitor.model import Entry, FeedKey

MAX_URLS = 50_000  # what the protocol allows
MAX_NEWEST = 2_000  # Google takes 1 000 entries of a news sitemap
# A sitemap without news lists the whole site: what was changed so long before the newest page is none of today's news.
RECENT = timedelta(days=2)
MAX_PARTS = 20  # of a list of sitemaps; who reads them decides how many of these

_PROLOGUE = re.compile(rb"(?:\s|<\?.{0,500}?\?>|<!--.{0,2000}?-->|<!DOCTYPE[^>\[]{0,500}>)*", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[\w.-]{1,30}:)?(?:urlset|sitemapindex)[\s>]", re.IGNORECASE)
_CHANGED = re.compile(
    rb"<(?:[\w.-]{1,30}:)?(?:lastmod|publication_date)\s*>\s*(?:<!\[CDATA\[)?\s*([0-9T:+.Z -]{10,40})"
)
_NEWS = re.compile(rb"<(?:[\w.-]{1,30}:)?news[\s>]")
_OLDEST = datetime.min.replace(tzinfo=UTC)


class SitemapFormat:
    """All three kinds of sitemaps."""

    name = "sitemap"

    def detect(self, head: bytes) -> bool:
        """Return whether the first element is a sitemap's."""
        prologue = _PROLOGUE.match(head)
        return bool(_ROOT.match(head, prologue.end() if prologue else 0))

    def read(self, document: Document, known: frozenset[str]) -> Reading:
        """Return the sitemap's newest pages as entries, or its newest parts; see `FeedFormat.read`."""
        body = document.body
        found = scan(body, max_items=MAX_URLS)
        if found.refusal or found.error:
            raise malformed(document, found.refusal or f"the address answers with a broken sitemap ({found.error})")
        if found.root == "sitemapindex":
            return Reading(feed=ParsedFeed(format="sitemapindex", parts=_parts(document, found.spans)))
        pages = _newest(body, found.spans)
        if found.spans and not pages:
            raise malformed(document, "the sitemap does not say when its pages were changed")
        digests = tuple(item_digest(page) for page in pages)
        is_new = tuple(digest not in known for digest in digests)
        if digests and not any(is_new):
            return Reading(feed=None, items=digests)
        fields = [_fields(page) for page, new in zip(pages, is_new, strict=True) if new]
        is_news = any(_NEWS.search(page) for page in pages)
        feed = ParsedFeed(
            format="news-sitemap" if is_news else "sitemap",
            title=next((own["name"] for own in fields if own.get("name")), ""),
            language=next((own["language"] for own in fields if own.get("language")), ""),
            entries=tuple(_entry(own, base=document.url) for own in fields),
        )
        return Reading(feed=feed, items=digests, is_new=(True,) * len(fields))


def _newest(body: bytes, spans: Sequence[Item]) -> list[bytes]:
    """Return the pages that can be news, in their order."""
    pages = [body[span.start : span.end] for span in spans]
    news = [page for page in pages if _NEWS.search(page)] if _NEWS.search(body) else []
    if not news and not _CHANGED.search(body):
        return []
    if news:
        pages = news
    moments = {page: _changed(page) for page in pages}
    newest = sorted(pages, key=moments.__getitem__, reverse=True)[:MAX_NEWEST]
    if not news:
        since = max(moments.values(), default=_OLDEST)
        newest = [page for page in newest if moments[page] != _OLDEST and since - moments[page] <= RECENT]
    chosen = set(newest)
    return [page for page in pages if page in chosen]


def _parts(document: Document, spans: Sequence[Item]) -> tuple[Part, ...]:
    """Return the sitemaps that a list names, the newest first."""
    listed = [document.body[span.start : span.end] for span in spans]
    listed.sort(key=lambda part: (_changed(part), b"news" in part.lower()), reverse=True)
    parts: list[Part] = []
    for part in listed:
        url = link_of(document.url, _fields(part).get("loc"))
        if url:
            is_exact = "T" in _written_date(part)
            parts.append(Part(url=url, changed=_changed(part) if is_exact else None))
        if len(parts) == MAX_PARTS:
            break
    return tuple(parts)


def _entry(fields: Mapping[str, str], *, base: str) -> Entry:
    keywords = (word.strip() for word in fields.get("keywords", "").split(","))
    return Entry(
        feed=FeedKey(""),
        link=link_of(base, fields.get("loc")),
        title=fields.get("title", ""),
        published=_moment(fields.get("publication_date", "")),
        updated=_moment(fields.get("lastmod", "")),
        categories=unique(keywords),
        language=fields.get("language", ""),
    )


def _fields(element: bytes) -> dict[str, str]:
    """Return the texts of the elements inside one <url> or <sitemap> by local name, the first of each."""
    texts: dict[str, str] = {}
    pieces: list[str] = []

    def end(name: str) -> None:
        """Note the text of the element that ends."""
        # Pictures and videos of a page have titles of their own, under other prefixes.
        prefix, _, local = name.lower().rpartition(":")
        if prefix not in ("image", "video", "xhtml"):
            texts.setdefault(local, "".join(pieces).strip())
        pieces.clear()

    parser = ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler = lambda _name, _attributes: pieces.clear()
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    with suppress(ExpatError):  # an entity that the document declares: what was read until then has to do
        parser.Parse(element, THAT_IS_ALL)
    return texts


def _written_date(element: bytes) -> str:
    found = _CHANGED.search(element)
    return found[1].decode("ascii").strip() if found else ""


def _changed(element: bytes) -> datetime:
    return _moment(_written_date(element)) or _OLDEST


def _moment(text: str) -> datetime | None:
    """Return a W3C date as aware UTC; without a zone it is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
