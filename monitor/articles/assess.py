"""A page and its text -> the verdict, and what only a second look finds: captions of a gallery, updates of a live blog.

Most pages need none: where there is much text and nothing says otherwise, it is the article.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.linked_data import LinkedData
from monitor.articles.live import in_text, linked_updates, repeated_updates, with_updates
from monitor.articles.page import weight
from monitor.articles.page_signs import PageSigns, article_element, read_signs
from monitor.articles.verdict import MIN_LIVE_UPDATES, PageClaims, Verdict, judge_page, needs_signs
from monitor.model import ArticleStatus, LiveUpdate
from monitor.text import clean_line

MAX_CAPTIONS = 300
MAX_CAPTION = 1_000  # characters
MAX_TEXT = 64_000  # characters

_CAPTION = "figcaption, [itemprop=caption], [class*=caption i]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a page is worth; its text with captions and updates where these are the article."""

    verdict: Verdict
    text: str
    updates: tuple[LiveUpdate, ...] = ()


def assess_page(
    tree: LexborHTMLParser,
    markup: bytes,
    text: str,
    *,
    claims: PageClaims,
    url: str = "",
    now: datetime | None = None,
) -> Assessment:
    """Return what a page is worth.

    Args:
        tree: of the whole page, with its scripts.
        markup: of the page.
        text: what was extracted from it, plain.
        claims: what page and feed say of the article.
        url: the page's address.
        now: when it came: no update is later than that.
    """
    may_be_live = claims.is_live or markup.count(b"<time") >= MIN_LIVE_UPDATES
    if not (may_be_live or needs_signs(text, claims)):
        return Assessment(verdict=judge_page(text, signs=PageSigns(), claims=claims, markup=markup), text=text)
    updates = _updates(tree, text, is_live=claims.is_live, url=url, now=now) if may_be_live else ()
    signs = read_signs(tree, types=claims.types) if needs_signs(text, claims) else PageSigns()
    verdict = judge_page(text, signs=signs, claims=claims, markup=markup, updates=len(updates))
    if verdict.status is ArticleStatus.LIVE:
        return Assessment(verdict=verdict, text=with_updates(text, updates, MAX_TEXT), updates=updates)
    if verdict.status is ArticleStatus.GALLERY:
        text = _with_captions(text, tree)
    return Assessment(verdict=verdict, text=text)


def _updates(
    tree: LexborHTMLParser, text: str, *, is_live: bool, url: str, now: datetime | None
) -> tuple[LiveUpdate, ...]:
    if is_live:
        linked = LinkedData([node.text() for node in tree.css('script[type*="ld+json" i]')])
        updates = linked_updates(linked, url, now)
        # Some list headlines only, or nothing.
        return updates if any(update.text for update in updates) else repeated_updates(tree, url, now) or updates
    updates = repeated_updates(tree, url, now)
    # Comments and other articles look alike, but of these the text has nothing; and timetables, which are a part of it.
    found = in_text(updates, text)
    is_made_of_them = 2 * sum(weight(update.text) for update in found) > weight(text)
    return updates if is_made_of_them and 2 * len(found) > len(updates) else ()


def _with_captions(text: str, tree: LexborHTMLParser) -> str:
    root = article_element(tree) or tree.body
    captions = root.css(_CAPTION)[:MAX_CAPTIONS] if root is not None else []
    lines = dict.fromkeys([*text.split("\n"), *(clean_line(node.text(), MAX_CAPTION) for node in captions)])
    return "\n".join(line for line in lines if line)[:MAX_TEXT]
