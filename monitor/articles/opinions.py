"""The text of a page by up to three opinions: our walk first, the slow one only where the quick ones differ."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.blocks import PageBlocks, read_blocks
from monitor.articles.fallback import trafilatura_text
from monitor.articles.main_text import SHORT, Found, find_text, render
from monitor.articles.page import bare_letters, weight, word_multiset
from monitor.articles.second_opinion import agreement, densest_run
from monitor.text import clean_text

MIN_BODY = 1_000  # letters: below, JSON-LD's articleBody is mostly a teaser (73 of 93 pages have the whole text)
AGREED = 0.7  # share of the letters in which our two opinions must meet
SAME = 0.9  # token F1 from which two texts are the same but for a caption or a byline
NEAR = 0.8  # token F1 from which ours is kept
FRONT_SHARE = 0.8  # of a page's text that points elsewhere: there is no article on it
MIN_SUMMARY = 40  # letters of what page or feed say in short; less may be a slogan
SUMMARY_START = 150  # characters of it that are looked for: some are cut
LEAD = 3_000  # characters in which they are looked for
TIMES_SUMMARY = 3  # a text must say so much more than its summary that it is not all there is
MUCH = 4  # times as much other text on the page as was found: then so little may be a remark of the site

# Never text, half of a page's bytes: without them trafilatura needs a quarter less time and finds the same.
_NEVER_TEXT = ["script", "style", "svg", "iframe", "noscript", "template", "link"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a page and its feed say of the text, all plain."""

    title: str = ""
    description: str = ""  # the page's own summary
    summary: str = ""  # the feed's
    body: str = ""  # articleBody of JSON-LD
    is_article: bool = False  # the page says that it is one, and no list of others


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenText:
    """A page's text, cleaned, and who found it."""

    text: str
    extractor: str  # lexbor, json-ld, trafilatura
    confirmed: bool | None = None  # whether the third opinion was the first's; None: it was not asked


def choose_text(tree: LexborHTMLParser, hints: Hints, *, url: str = "", trusted: bool = False) -> ChosenText:
    """Return the main text of a page.

    Args:
        tree: of the whole page; its metadata has been read.
        hints: what speaks for a text.
        url: of the page.
        trusted: the walk has proven right on this site: the third opinion is not asked.
    """
    page = read_blocks(tree)
    found = find_text(page, title=hints.title, description=hints.description or hints.summary)
    text = clean_text(render(page, found.indices))
    body = hints.body if weight(hints.body) >= MIN_BODY else ""
    if body and weight(text) * 2 < weight(body):
        return ChosenText(text=body, extractor="json-ld")
    ours = ChosenText(text=text, extractor="lexbor")
    is_front = found.pointing >= FRONT_SHARE and not hints.is_article
    if trusted or is_front or _is_sure(page, found, text) or _is_vouched_for(text, hints):
        return ours
    if body and similarity(text, body) >= SAME:
        return ours
    pruned = tree.clone()
    pruned.strip_tags(_NEVER_TEXT)
    return _arbitrate(text, trafilatura_text(pruned.html or "", url), body=body)


def _is_sure(page: PageBlocks, found: Found, text: str) -> bool:
    if weight(text) < SHORT:
        # So little may be a remark of the site, if there is much else on the page.
        others = sum(block.weight * (1 - block.linked) for block in page.blocks) * (1 - found.pointing)
        if others > MUCH * weight(text):
            return False
    # Density knows nothing of stories: of several it can only say where in the page's own the text is.
    return agreement(page, found.indices, densest_run(page, found.story)) >= AGREED


def _is_vouched_for(text: str, hints: Hints) -> bool:
    """Return whether what page or feed say in short stands in the text, and is but its beginning."""
    return any(
        weight(text) >= max(MIN_BODY, TIMES_SUMMARY * weight(said)) and _begins_with(text, said)
        for said in (hints.description, hints.summary)
    )


def _begins_with(text: str, said: str) -> bool:
    """Look for the first words of a summary, which may be cut, in the first part of a text."""
    start = bare_letters(said[:SUMMARY_START])
    return weight(start) >= MIN_SUMMARY and start in bare_letters(text[:LEAD])


def _arbitrate(first: str, third: str, *, body: str) -> ChosenText:
    """Our own quick opinions differ already, so without another witness ours must come near to trafilatura's."""
    likeness = similarity(first, third)
    ours = ChosenText(text=first, extractor="lexbor", confirmed=likeness >= SAME)
    theirs = ChosenText(text=third, extractor="trafilatura", confirmed=likeness >= SAME)
    if weight(third) < SHORT:
        return ours  # the walk knows better what so little text is
    if body:
        return max((ours, theirs), key=lambda chosen: similarity(chosen.text, body))
    return ours if likeness >= NEAR else theirs


def similarity(one: str, another: str) -> float:
    """Return the F1 of the words two texts share, in any order; a character of scripts without spaces is a word."""
    ours, others = word_multiset(one), word_multiset(another)
    total = ours.total() + others.total()
    return 2 * (ours & others).total() / total if total else 1.0
