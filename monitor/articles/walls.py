"""Does a page stand in the article's place: a check for robots, a consent page, a login, an error? Pure.

Structure decides: such a page does not describe itself as an article, has hardly any text and hardly any links, or is
hidden from search engines, and has a captcha, a password field or an error's name. Words never make one by themselves:
where there is more text than a line or two they must agree with the page's build.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.articles.page import MIN_FLASH_WORDS, MIN_WORDS, WALL_TEXT, weight, word_count
from monitor.articles.page_signs import PageSigns
from monitor.articles.wall_words import Wall, WallWords, wall_words
from monitor.fetch.challenge import may_be_captcha, may_be_consent
from monitor.model import ArticleStatus

BARE_TEXT = 300  # letters: so little beside a captcha script is no article
MIN_PHRASES = 2  # of one kind in a text: one may be its subject
LONGEST_CONSENT = 100_000  # letters: consent pages list all their partners
CONSENT_START = 6_000  # characters that are looked at
BEGINNING = 400  # characters
MIN_CONSENT_WORDS = 6
MOST_BETWEEN_CONSENT_WORDS = 20  # a page about nothing else has one in every twenty words

_ORDER: tuple[Wall, ...] = ("challenge", "consent", "missing", "login", "age", "region", "script")


@dataclass(frozen=True, slots=True, kw_only=True)
class WallFound:
    """What kind of page it is, as status and in words."""

    status: ArticleStatus
    reason: str


_FOUND: dict[Wall, WallFound] = {
    "challenge": WallFound(status=ArticleStatus.BLOCKED, reason="a challenge page"),
    "consent": WallFound(status=ArticleStatus.CONSENT, reason="a consent page"),
    "login": WallFound(status=ArticleStatus.PAYWALLED, reason="a login or subscription page"),
    "missing": WallFound(status=ArticleStatus.EMPTY, reason="an error page: nothing is found there"),
    "age": WallFound(status=ArticleStatus.BLOCKED, reason="asks for the reader's age"),
    "region": WallFound(status=ArticleStatus.BLOCKED, reason="not shown in our country"),
    "script": WallFound(status=ArticleStatus.EMPTY, reason="shown only by a browser that runs scripts"),
}


def find_wall(text: str, *, signs: PageSigns, markup: bytes) -> WallFound | None:
    """Return what stands in the article's place; None if it seems to be the article.

    Args:
        text: as extracted, plain.
        signs: of the page.
        markup: of the page, in which makers of captchas and consent dialogs are looked for.
    """
    if word_count(text) < MIN_WORDS:
        # Of pages without an article extraction takes little or nothing: then what is to be seen is what they say.
        text = signs.visible or text
    size = weight(text)
    if size >= LONGEST_CONSENT:
        return None
    if signs.is_article:
        return _before_an_article(text, size=size, signs=signs, markup=markup)
    words = wall_words()
    for wall in _ORDER:
        if wall == "consent":
            if _is_consent(text, signs=signs, markup=markup, words=words):
                return _FOUND[wall]
        elif size < WALL_TEXT and _stands_there(wall, text, size=size, signs=signs, markup=markup, words=words):
            return _named(_FOUND[wall], signs.title or signs.heading)
    if signs.leads_on and size < BARE_TEXT and signs.is_bare:
        return WallFound(status=ArticleStatus.EMPTY, reason="only leads on to another address")
    return None


def _named(found: WallFound, title: str) -> WallFound:
    return replace(found, reason=f"{found.reason}: {title[:80]}") if title else found


def _before_an_article(text: str, *, size: float, signs: PageSigns, markup: bytes) -> WallFound | None:
    """A wall within the frame of an article, which the page still describes."""
    if size < BARE_TEXT and may_be_captcha(markup):
        words = wall_words()
        if signs.is_bare or _says("challenge", text, signs=signs, words=words):
            return _FOUND["challenge"]
    if size < BARE_TEXT and signs.passwords and _says("login", text, signs=signs, words=wall_words()):
        return _FOUND["login"]
    if size < BARE_TEXT and signs.age_gate and _says("age", text, signs=signs, words=wall_words()):
        return _FOUND["age"]
    if signs.buttons and _is_about_consent(text, wall_words()) and may_be_consent(markup):
        return _FOUND["consent"]
    return None


def _stands_there(wall: Wall, text: str, *, size: float, signs: PageSigns, markup: bytes, words: WallWords) -> bool:
    built = _is_built_as(wall, text, size=size, signs=signs, markup=markup)
    framed = signs.is_hidden or signs.is_bare
    if wall == "missing" and not (built or framed):
        # Error pages keep the site's menu, and some are open to search engines.
        return _is_titled(wall, signs, words) and bool(words.phrases[wall].search(text))
    if not (built or framed):
        return False
    if built and framed and size < BARE_TEXT:
        return True
    return _says(wall, text, signs=signs, words=words)


def _is_built_as(wall: Wall, text: str, *, size: float, signs: PageSigns, markup: bytes) -> bool:
    match wall:
        case "challenge":
            return may_be_captcha(markup)
        case "login":
            return signs.passwords > 0
        case "missing":
            return signs.error
        case "age":
            return signs.age_gate
        case "script":
            return signs.scripts > 0 and word_count(text) < MIN_FLASH_WORDS
        case _:
            return False


def _says(wall: Wall, text: str, *, signs: PageSigns, words: WallWords) -> bool:
    if _is_titled(wall, signs, words):
        return True
    return len({found.casefold() for found in words.phrases[wall].findall(text)}) >= MIN_PHRASES


def _is_titled(wall: Wall, signs: PageSigns, words: WallWords) -> bool:
    title = words.titles[wall]
    return any(title.fullmatch(line) for line in (signs.title, signs.heading))


def _is_consent(text: str, *, signs: PageSigns, markup: bytes, words: WallWords) -> bool:
    built = signs.buttons >= MIN_PHRASES or may_be_consent(markup)
    if not (built or signs.is_hidden or signs.is_bare):
        return False
    if _is_titled("consent", signs, words) and weight(text) < WALL_TEXT:
        return True
    return _is_about_consent(text, words)


def may_be_about_consent(text: str) -> bool:
    """Return whether a text begins with what consent pages say: a cheap look before a dear one."""
    start = text[:BEGINNING].lower()
    return sum(start.count(stem) for stem in wall_words().consent_stems) >= MIN_PHRASES


def _is_about_consent(text: str, words: WallWords) -> bool:
    """A page about nothing but cookies and partners; an article on privacy law says other things as well."""
    if not may_be_about_consent(text):
        return False
    text = text[:CONSENT_START]
    hits = len(words.phrases["consent"].findall(text))
    return hits >= MIN_CONSENT_WORDS and hits * MOST_BETWEEN_CONSENT_WORDS >= word_count(text)
