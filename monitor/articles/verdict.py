"""Is what came back the article, and how much of it? A status, and the reason in plain words. Pure, no parsing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.articles.page import (
    MIN_FLASH_WORDS,
    MIN_WORDS,
    SHORT_TEXT,
    WALL_TEXT,
    bare_letters,
    is_cut,
    is_part_of,
    weight,
    without_headline,
    word_count,
)
from monitor.articles.page_signs import PageSigns
from monitor.articles.wall_words import wall_words
from monitor.articles.walls import LONGEST_CONSENT, find_wall, may_be_about_consent
from monitor.fetch.challenge import has_challenge_header
from monitor.model import ArticleStatus
from monitor.urls import page_key, site

REFUSALS = (401, 403, 429, 451, 503)  # a site that answers so wants fewer requests, or none
# gzip, zip, PDF, PNG, JPEG, GIF: how they begin
_BINARY = (b"\x1f\x8b", b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8")
_GALLERIES = frozenset({"imagegallery", "mediagallery"})
_LIVE = "liveblogposting"
MIN_LIVE_UPDATES = 8  # of a page that does not say itself that it is a live blog
MIN_PICTURES = 4
MIN_PARAGRAPH = 40  # letters
WORDS_OF_PICTURE = 60  # a gallery's text is its captions; more beside a picture is an article with pictures
GATED_TEXT = 3_000  # letters: more was hardly cut, though the part for subscribers is not to be seen
MIN_GATED_WORDS = 30
MIN_WALL_WORDS = 5  # in what is named as a paywall: empty ones stand on many free pages
MOST_OF_WALL = 200  # letters that a wall at the end of the text has
WALL_START = 40  # letters by which a wall's words are looked for in the text
FEW_LINES = 400  # letters
MOST_SAID = 0.9  # of a description: a text with less of it is its beginning
TEXT_END = 300  # characters in which a cut text asks for a subscription

_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|guce|privacy-?gate|myprivacy|cmp|cookie-?consent)\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(
    r"/(?:consent|guce|privacy-?gate|cookie-?(?:consent|wall|check|gate)|zustimmung|einwilligung|datenschutz-?gate)(?:/|$)",
    re.IGNORECASE,
)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|signup|sso|auth|oauth2?|account|subscribe|subscription|abo|register|paywall)(?:/|\.|$)",
    re.IGNORECASE,
)
_ERROR_PATH = re.compile(
    r"/(?:errors?/)?(?:40[34]|410|page-?not-?found|not-?found|error|errors)(?:/|\.\w{1,5}$|$)", re.IGNORECASE
)
_LOGIN_HOST = re.compile(r"^(?:login|signin|sso|auth|accounts?|id|identity|passport)\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a page is worth, and why in plain words; no reason needed when all is well."""

    status: ArticleStatus
    reason: str = ""
    is_wall: bool = False  # it stands in the article's place: neither its text nor its title is the article's


def judge_response(status: int, headers: Mapping[str, str], *, url: str, asked: str) -> Verdict | None:
    """Return why an answer cannot hold the article; None if it should be read.

    Args:
        status: HTTP status.
        headers: of the answer, case-insensitive.
        url: final address.
        asked: the address that was asked for.
    """
    if has_challenge_header(headers):
        return _wall(ArticleStatus.BLOCKED, "the site asks for a proof of being human")
    if status == 402:
        return _wall(ArticleStatus.PAYWALLED, "HTTP 402: payment required")
    if status in REFUSALS:
        return _wall(ArticleStatus.BLOCKED, f"the site refuses us: HTTP {status}{_REFUSED.get(status, '')}")
    if not 200 <= status < 300:
        # Overload, or a page that is announced before it is there: both may pass.
        return _wall(ArticleStatus.UNREACHABLE, f"HTTP {status}")
    return _judge_address(url, asked)


_REFUSED = {429: ", too many requests", 451: ", for legal reasons", 503: ", not now"}


def _judge_address(url: str, asked: str) -> Verdict | None:
    """Return what stands in the article's place, by where we were led."""
    final, first = urlsplit(url), urlsplit(asked)
    host = final.hostname or ""
    if _CONSENT_HOST.search(host) or _CONSENT_PATH.search(final.path):
        return _wall(ArticleStatus.CONSENT, "led to a consent page")
    if final.path == first.path and host == (first.hostname or ""):
        return None
    is_led_to_login = _LOGIN_PATH.search(final.path) and not _LOGIN_PATH.search(first.path)
    if is_led_to_login or (_LOGIN_HOST.match(host) and not _LOGIN_HOST.match(first.hostname or "")):
        return _wall(ArticleStatus.PAYWALLED, "led to a login or subscription page")
    if _ERROR_PATH.search(final.path) and not _ERROR_PATH.search(first.path):
        return _wall(ArticleStatus.EMPTY, "led to an error page")
    # Where a page is gone, many sites show their front page, which is full of other articles' words.
    if site(url) == site(asked) and page_key(asked) and not page_key(url):
        return _wall(ArticleStatus.EMPTY, "led to the site's front page")
    return None


def judge_kind(body: bytes, content_type: str) -> Verdict | None:
    """Return why bytes are no HTML page; None if they may be one."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind and not (
        kind.startswith("text/") or "html" in kind or kind.endswith(("/xml", "/octet-stream", "/unknown"))
    ):
        return Verdict(status=ArticleStatus.EMPTY, reason=f"not a web page but {kind[:60]}")
    if not body.strip():
        return Verdict(status=ArticleStatus.EMPTY, reason="the page is empty")
    if body.startswith(_BINARY):
        return Verdict(status=ArticleStatus.EMPTY, reason="not a web page but binary data")
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")) and body[:4096].count(0) > 8 and "utf-16" not in content_type:
        return Verdict(status=ArticleStatus.EMPTY, reason="not a web page but binary data")
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageClaims:
    """What page and feed say of the article, beside its text."""

    title: str = ""
    description: str = ""  # the page's own, in short
    summary: str = ""  # the feed's
    free: bool | None = None  # isAccessibleForFree; False only means that it may be cut
    types: frozenset[str] = frozenset()  # of its JSON-LD, in lower case

    @property
    def is_gallery(self) -> bool:
        """Whether it calls itself a gallery."""
        return not self.types.isdisjoint(_GALLERIES)

    @property
    def is_live(self) -> bool:
        """Whether it calls itself a live blog."""
        return _LIVE in self.types


def needs_signs(text: str, claims: PageClaims) -> bool:
    """Return whether the page's build must be looked at; where there is much text it speaks for itself."""
    size = weight(text)
    if size < WALL_TEXT or claims.free is False or claims.is_gallery:
        return True
    return size < LONGEST_CONSENT and may_be_about_consent(text)


def judge_page(text: str, *, signs: PageSigns, claims: PageClaims, markup: bytes, updates: int = 0) -> Verdict:
    """Return what a page with this text is worth.

    Args:
        text: as extracted, plain.
        signs: what the page shows beside it; the defaults unless `needs_signs` asks for them.
        claims: what page and feed say of the article.
        markup: of the page.
        updates: of a live blog, found on the page.
    """
    needs_more = needs_signs(text, claims)
    wall = find_wall(text, signs=signs, markup=markup) if needs_more else None
    if wall is not None:
        return _wall(wall.status, wall.reason)
    text = without_headline(text, claims.title)
    words = word_count(text) if needs_more else MIN_WORDS
    if (claims.is_live and (updates or words >= MIN_WORDS)) or updates >= MIN_LIVE_UPDATES:
        return Verdict(status=ArticleStatus.LIVE, reason="a live blog: its updates come one by one")
    if not needs_more:
        return Verdict(status=ArticleStatus.FULL)
    if _is_gallery(text, signs=signs, claims=claims):
        return Verdict(status=ArticleStatus.GALLERY, reason="pictures with captions")
    return _judge_amount(text, words=words, signs=signs, claims=claims)


def _is_gallery(text: str, *, signs: PageSigns, claims: PageClaims) -> bool:
    """Return whether a page is made of pictures: it says so, or has more of them than paragraphs."""
    if word_count(text) > WORDS_OF_PICTURE * max(signs.images, MIN_PICTURES):
        return False
    # Paragraphs of many sites are no p elements: what the text has in lines counts as well.
    paragraphs = max(signs.paragraphs, sum(len(line) >= MIN_PARAGRAPH for line in text.split("\n")))
    if claims.is_gallery:
        return 2 * signs.images >= paragraphs
    return signs.rooted and signs.images >= MIN_PICTURES and signs.images > paragraphs


def _judge_amount(text: str, *, words: int, signs: PageSigns, claims: PageClaims) -> Verdict:
    """Return whether a text is all of the article."""
    may_be_cut = claims.free is False or signs.is_locked
    if words < MIN_WORDS:
        if may_be_cut:
            return Verdict(status=ArticleStatus.PAYWALLED, reason="for subscribers")
        if words < MIN_FLASH_WORDS:
            return Verdict(status=ArticleStatus.EMPTY, reason="no article text on the page")
        return Verdict(status=ArticleStatus.TEASER, reason="a few sentences only")
    size = weight(text)
    is_short, ends_cut = size < SHORT_TEXT, is_cut(text)
    repeats = is_part_of(text, claims.description) or is_part_of(text, claims.summary)
    if may_be_cut and (is_short or repeats or ends_cut or _lacks_gated_part(size, signs)):
        return Verdict(status=ArticleStatus.PAYWALLED, reason="for subscribers, only the beginning is shown")
    if not is_short:
        return Verdict(status=ArticleStatus.FULL)
    is_asked = signs.paywall and (ends_cut or wall_words().subscribe.search(text[-TEXT_END:]))
    if is_asked or _has_wall_beside(text, signs):
        return Verdict(status=ArticleStatus.PAYWALLED, reason="a paywall after the beginning")
    if ends_cut or _is_beginning(text, claims.description) or _is_beginning(text, claims.summary):
        return Verdict(status=ArticleStatus.TEASER, reason="only the beginning is shown")
    return Verdict(status=ArticleStatus.FULL)


def _is_beginning(text: str, said: str) -> bool:
    """The text is no more than what was said of the article in short, and not all of it, or a line or two.

    Short reports stand whole in the descriptions of some sites: then both say the same, and neither is cut.
    """
    if not is_part_of(text, said):
        return False
    return weight(text) < FEW_LINES or is_cut(said) or len(bare_letters(text)) < MOST_SAID * len(bare_letters(said))


def _has_wall_beside(text: str, signs: PageSigns) -> bool:
    """Something named as a paywall has words of its own: some sites give that name to the article's own element."""
    if word_count(signs.paywall_text) < MIN_WALL_WORDS:
        return False
    wall, shown = bare_letters(signs.paywall_text), bare_letters(text)
    return wall[:WALL_START] not in shown or (len(wall) < MOST_OF_WALL and shown.endswith(wall))


def _lacks_gated_part(size: float, signs: PageSigns) -> bool:
    """The page names a part for subscribers, and it is not there."""
    return signs.gated_words is not None and signs.gated_words < MIN_GATED_WORDS and size < GATED_TEXT


def _wall(status: ArticleStatus, reason: str) -> Verdict:
    return Verdict(status=status, reason=reason, is_wall=True)
