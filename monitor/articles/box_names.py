"""What the tag, role, class and id of a box say against its being the article: markup's words, alike everywhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

MAX_NAMES = 300  # characters of class and id that are read: the first names say what a box is

_TOKEN = re.compile(r"\S+")
_WORD = re.compile(r"[a-z]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

HIDDEN = "[hidden]"
_ASIDE_TAGS: dict[str, tuple[str, ...]] = {tag: (f"<{tag}>",) for tag in ("aside", "figure")}
_ASIDE_ROLES = frozenset(
    _TOKEN.findall("navigation complementary contentinfo search dialog alertdialog menu menubar toolbar tablist banner")
)
COMMENTS = frozenset(
    _TOKEN.findall("comment comments commentlist disqus respond reply replies discussion trackback trackbacks pingback")
)
# Whole words, so that "commentary" is not "comment".
_ASIDE = COMMENTS | frozenset(
    _TOKEN.findall("""
        related relateds recommended recommendation recommendations recommends recirc recirculation
        readmore readnext readalso moreon morefrom seealso teaser teasers promo promos promotion promotions promoted
        popular trending mostread mostviewed topstories outbrain taboola
        newsletter newsletters signup subscribe subscription subscriptions donate donation membership
        share shares sharing sharebar sharethis social socials socialmedia sociable addthis addtoany follow followus
        ad ads adv advert advertisement advertisements advertising adsense sponsor sponsored sponsors dfp gpt
        caption captions credit credits copyright lightbox
        breadcrumb breadcrumbs nav navbar navigation menu menus submenu sidebar footer pagination pager toolbar
        widget widgets infobox factbox sticky modal popup overlay cookie cookies consent gdpr toast tooltip banner
        tag tags taglist keywords topics byline bylines author authors authorbox biography bio
        dateline timestamp datetime date meta metadata postmeta
        sr visuallyhidden hidden hide disclaimer feedback rating ratings vote
    """)
)
_ASIDE_PAIRS = frozenset(
    _TOKEN.findall("""
        read-more read-next read-also more-on more-from more-stories more-news also-read also-like see-also
        most-read most-viewed top-stories sign-up follow-us image-caption img-caption image-meta side-bar skip-link
        pop-up screen-reader visually-hidden print-only reading-time
    """)
)
_PAIRED = frozenset(pair.partition("-")[0] for pair in _ASIDE_PAIRS)
_NAMING = frozenset({"class", "id"})
_HIDING: dict[str, Callable[[str], object]] = {
    "hidden": lambda _: True,
    "aria-hidden": lambda value: value == "true",
    "style": _HIDDEN_STYLE.search,
}


def box_marks(tag: str, attributes: dict[str, str | None]) -> tuple[str, ...]:
    """Return all that is said against a box: "related", "<aside>", "[hidden]" ..."""
    marks = _ASIDE_TAGS.get(tag, ())
    for name, value in attributes.items():
        if name in _NAMING:
            if value:
                marks += _name_marks(value[:MAX_NAMES])
        elif name in _HIDING and _HIDING[name](value or ""):
            marks += (HIDDEN,)
        elif name == "role" and value in _ASIDE_ROLES:
            marks += ("[role]",)
    return marks


@lru_cache(maxsize=8192)
def _name_marks(names: str) -> tuple[str, ...]:
    words = _WORD.findall(names if names.islower() else _CAMEL.sub("-", names).lower())
    marks = [word for word in words if word in _ASIDE]
    if not _PAIRED.isdisjoint(words):
        marks += [pair for one, another in pairwise(words) if (pair := f"{one}-{another}") in _ASIDE_PAIRS]
    return tuple(marks)
