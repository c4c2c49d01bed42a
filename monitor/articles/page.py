"""Is the page needed, and is what came back the article? Verdicts only: pure, no fetching, no parsing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.fetch.challenge import has_challenge_header
from monitor.model import ArticleStatus, FullText

ENOUGH_IN_FEED = 1_500  # letters (see `weight`): from here a feed's text is an article, not an excerpt
TIMES_SUMMARY = 3  # and it must be this much longer than the summary beside it
MIN_WORDS = 40  # fewer on a page are its frame, not an article
MIN_FLASH_WORDS = 8  # two short sentences are news; less is a remark of the site
SHORT_TEXT = 1_200  # letters: a wall shows at most this much of an article
WALL_TEXT = 1_500  # letters: a challenge page never has more
BARE_TEXT = 300  # letters: so little beside a captcha script is no article

_WIDE = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
_FOLD = re.compile(r"[\W_]+")

_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\b(?:read more|read the full (?:story|article)|continue reading|full story"
    r"|weiterlesen|mehr lesen|zum artikel|lire la suite|leer más|seguir leyendo|leia mais|continua a leggere|lees meer)"
    r"|阅读全文|閱讀全文|続きを読む)\W*$",
    re.IGNORECASE,
)

# Whole titles, or titles with the wall's maker behind: "Access denied" must not hit "Access denied to journalists".
_CHALLENGE_TITLE = re.compile(
    r"(?:just a moment|one moment,? please|attention required!?|access (?:to this (?:page|site) has been )?denied"
    r"|are you (?:a )?(?:human|robot)|robot check|bot verification|human verification|security check(?:point)?"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|verification required|pardon our interruption|client challenge"
    r"|checking your browser|please wait|ddos-guard|request (?:blocked|rejected)|(?:error )?40[13]:?(?: forbidden)?"
    r"|forbidden|unauthorized|service unavailable|too many requests|site maintenance|vercel security checkpoint"
    r"|bitte bestätigen sie,? dass sie ein mensch sind|un momento|einen moment(?:,? bitte)?)"
    r"[\s.…!?]*(?:[|–—:-].{0,60})?",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"(?:before you continue|bevor (?:sie|du) fortf|avant d.accéder|antes de continuar|prima di continuare"
    r"|your privacy|we value your privacy|cookie (?:consent|settings|preferences)|privacy (?:settings|consent)"
    r"|einwilligung|datenschutz-?einstellungen|dpg media privacy gate|yahoo (?:is|ist|fait|es|è) )",
    re.IGNORECASE,
)
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent|einwilligung\w*|zustimm\w*|datenschutz\w*|tracking|partners?|partnern?|vendors?"
    r"|personali[sz]ed|privacy|legitimate interest|consentement|traceurs|consentimiento|consenso|toestemming"
    r"|device identifiers?|opt[- ]out)\b",
    re.IGNORECASE,
)
_CONSENT_HOST = re.compile(r"(?:^|\.)(?:consent|guce|privacy-?gate|myprivacy|cmp)\.", re.IGNORECASE)
_CONSENT_PATH = re.compile(r"/(?:consent|guce|privacy-?gate|cookie-?(?:consent|wall|check))(?:/|$)", re.IGNORECASE)
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|signup|sso|auth|oauth2?|account|subscribe|subscription|abo|register|paywall)(?:/|\.|$)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a page is worth, and why in plain words; no reason needed when all is well."""

    status: ArticleStatus
    reason: str = ""


def needs_page(full_text: FullText, *, link: str, content: str, summary: str) -> bool:
    """Return whether the article's page must be fetched, given the feed's own plain texts."""
    if not link or full_text == "feed":
        return False
    return full_text == "fetch" or not is_full_text(content, summary=summary)


def is_full_text(content: str, *, summary: str = "") -> bool:
    """Return whether a feed's text is the whole article: long, not cut off, and no mere repeat of the summary."""
    if weight(content) < ENOUGH_IN_FEED or is_cut(content):
        return False
    return content == summary or weight(content) >= TIMES_SUMMARY * weight(summary)


def is_cut(text: str) -> bool:
    """Return whether a text ends in an ellipsis or a "read more"."""
    return bool(_CUT.search(text[-60:]))


def weight(text: str) -> float:
    """Return the length of a text in Latin letters; one of Han, Kana, Hangul, Thai or Burmese counts 2.5."""
    return len(text) + 1.5 * len(_WIDE.findall(text))


def judge_response(status: int, headers: Mapping[str, str], *, url: str, asked: str) -> Verdict | None:
    """Return why an answer cannot hold the article; None if it should be read.

    Args:
        status: HTTP status.
        headers: of the answer, case-insensitive.
        url: final address.
        asked: the address that was asked for.
    """
    if has_challenge_header(headers):
        return Verdict(status=ArticleStatus.BLOCKED, reason="the site asks for a proof of being human")
    if status == 402:
        return Verdict(status=ArticleStatus.PAYWALLED, reason="HTTP 402: payment required")
    if status in (401, 403, 407, 451):
        return Verdict(status=ArticleStatus.BLOCKED, reason=f"the site refuses us: HTTP {status}")
    if not 200 <= status < 300:
        # Too many requests, overload, or a page that is announced before it is there: all may pass.
        return Verdict(status=ArticleStatus.UNREACHABLE, reason=f"HTTP {status}")
    final, first = urlsplit(url), urlsplit(asked)
    if _CONSENT_HOST.search(final.hostname or "") or _CONSENT_PATH.search(final.path):
        return Verdict(status=ArticleStatus.CONSENT, reason="led to a consent page")
    if final.path != first.path and _LOGIN_PATH.search(final.path) and not _LOGIN_PATH.search(first.path):
        return Verdict(status=ArticleStatus.PAYWALLED, reason="led to a login or subscription page")
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
    if not body.startswith((b"\xff\xfe", b"\xfe\xff")) and body[:4096].count(0) > 8 and "utf-16" not in content_type:
        return Verdict(status=ArticleStatus.EMPTY, reason="not a web page but binary data")
    return None


def judge_text(text: str, *, title: str, description: str, free: bool | None, challenged: bool) -> Verdict:
    """Return what the text of a page is worth.

    Args:
        text: as extracted, plain.
        title: of the page's `<title>` or headline.
        description: what the page says in short (og:description).
        free: the page's isAccessibleForFree; False only means that it may be cut.
        challenged: the page carries the marks of a captcha or bot check.
    """
    size = weight(text)
    if (size < WALL_TEXT and _CHALLENGE_TITLE.fullmatch(title.strip())) or (challenged and size < BARE_TEXT):
        return Verdict(status=ArticleStatus.BLOCKED, reason=f"a challenge page: {title[:80] or 'captcha'}")
    if _is_consent(text, title):
        return Verdict(status=ArticleStatus.CONSENT, reason="a consent page")
    if word_count(text) < MIN_WORDS:
        if free is False:
            return Verdict(status=ArticleStatus.PAYWALLED, reason="for subscribers")
        if word_count(text) < MIN_FLASH_WORDS:
            return Verdict(status=ArticleStatus.EMPTY, reason="no article text on the page")
        return Verdict(status=ArticleStatus.TEASER, reason="a few sentences only")
    repeats = is_part_of(text, description)
    if free is False and (size < SHORT_TEXT or repeats or is_cut(text)):
        return Verdict(status=ArticleStatus.PAYWALLED, reason="for subscribers, only the beginning is shown")
    if repeats or (size < SHORT_TEXT and is_cut(text)):
        return Verdict(status=ArticleStatus.TEASER, reason="only the beginning is shown")
    return Verdict(status=ArticleStatus.FULL)


def is_part_of(text: str, longer: str) -> bool:
    """Return whether a text says nothing that the other does not, by letters and digits alone."""
    if len(text) > 4 * len(longer):
        return False
    needle = _FOLD.sub("", text).casefold()
    return bool(needle) and needle in _FOLD.sub("", longer).casefold()


def word_count(text: str) -> int:
    """Return the number of words; of scripts without spaces 3 characters make 2."""
    wide = len(_WIDE.findall(text))
    return len(_WORD.findall(_WIDE.sub(" ", text))) + wide * 2 // 3


def _is_consent(text: str, title: str) -> bool:
    """A page about nothing but cookies and partners; an article on privacy law says other things as well."""
    if weight(text) > 4 * WALL_TEXT:
        return False
    hits, words = len(_CONSENT_WORD.findall(text)), word_count(text)
    if _CONSENT_TITLE.match(title):
        return hits >= 2 or words < MIN_WORDS
    return hits >= 6 and hits * 20 >= words
