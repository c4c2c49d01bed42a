"""Which of a page's titles is the headline: what most of them agree on, without the site's name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from monitor.text import nfc

MAX_TAIL = 80
MIN_AGREED = 8  # letters: that a shorter title begins or ends a longer one is chance

CUT_AT = (100, 110)  # JSON-LD headlines were to have at most 110 characters; systems cut at a word before

_NO_LETTERS = re.compile(r"[\W_]+")
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# "Headline | Site", "Headline - Site", "Headline｜Site", "Headline (Site)"; signs that are used in words need blanks.
_BORDER = re.compile(r"\s+(?:[–—·»:«•-]|--)\s+|\s*[|｜：]\s*|\s+\(")
_CUT = ("…", "...")
_KICKER_SIGNS = (":", "：", "|", "·")


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The titles a page gives itself, as clean lines; "" where it gives none."""

    headline: str = ""  # of JSON-LD, or microdata
    shared: str = ""  # og:title, twitter:title
    headings: tuple[str, ...] = ()  # h1
    element: str = ""  # <title>


@dataclass(slots=True)
class _Candidate:
    title: str
    votes: int


def choose_title(titles: Titles, site_names: Iterable[str]) -> str:
    """Return the headline.

    Where the sources differ, the one most of them agree on is what readers see: search engines and social media are
    often told another one. `site_names` are all the names the site goes by.
    """
    # Any two of headline, shared title and heading outvote the third with the title element. A heading that no other
    # title knows is often the logo, but still better than the title element alone.
    names = {letters(name) for name in site_names} - {""}
    headings = [heading for heading in titles.headings if letters(heading) not in names]
    agreed = _agreeing_heading(headings, (titles.headline, titles.shared, titles.element))
    sources = (
        (titles.headline, 6),
        (titles.shared, 4),
        (agreed, 5) if agreed else (next(iter(headings), ""), 3),
        (titles.element, 2),
    )
    given = [(title, votes) for title, votes in sources if title]
    candidates: dict[str, _Candidate] = {}
    for title, votes in _without_cut([(_without_site(title, names, given), votes) for title, votes in given]):
        candidates.setdefault(letters(title) or title, _Candidate(title, 0)).votes += votes
    best = max(candidates.values(), key=lambda candidate: candidate.votes, default=None)
    if best is None:
        return ""
    return _without_kicker(best.title, [candidate.title for candidate in candidates.values()])


@lru_cache(maxsize=256)
def letters(name: str) -> str:
    """Return a name's bare letters and digits: "Börsen-Zeitung" is boersen-zeitung.de or borsenzeitung.de."""
    spelt = name.casefold().translate(_UMLAUTS)
    return _NO_LETTERS.sub("", spelt if spelt.isascii() else normalize("NFKD", nfc(spelt)))


def _agreeing_heading(headings: list[str], others: Iterable[str]) -> str:
    """Return the heading that another title begins with: pages have headings for their logo and their sections too."""
    folded = [letters(other) for other in others if other]
    for heading in headings:
        bare = letters(heading)
        if bare and any(other == bare or (len(bare) >= MIN_AGREED and bare in other) for other in folded):
            return heading
    return ""


def _without_site(title: str, names: set[str], given: list[tuple[str, int]]) -> str:
    """Return "Headline" of "Headline | Daily Planet".

    The end is a name of the site, or all that another of the page's titles leaves out behind a sign of separation.
    """
    for border in _BORDER.finditer(title):
        if letters(title[border.end() :]) in names:
            title = title[: border.start()]
            break
    for border in _BORDER.finditer(title):
        if letters(title[: border.start()]) in names:
            title = title[border.end() :]
            break
    for other, _ in given:
        rest = title[len(other) :]
        if len(other) >= MIN_AGREED and title.startswith(other) and len(rest) <= MAX_TAIL and _BORDER.match(rest):
            return other
    return title


def _without_cut(given: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the titles without those that another shows to be cut: by an ellipsis, or at 110 as a validator wanted."""
    return [(title, votes) for title, votes in given if not _is_cut(title, [other for other, _ in given])]


def _is_cut(title: str, others: list[str]) -> bool:
    begun = next((title.removesuffix(sign).rstrip() for sign in _CUT if title.endswith(sign)), "")
    if not begun and CUT_AT[0] <= len(title) <= CUT_AT[1]:
        begun = title
    return bool(begun) and any(other != title and other.startswith(begun) for other in others)


def _without_kicker(title: str, others: list[str]) -> str:
    """Return "Headline" of "Topic: Headline" where another of the page's titles is the headline alone."""
    for other in others:
        head = title.removesuffix(other).rstrip()
        if len(letters(other)) >= MIN_AGREED and head != title and head.endswith(_KICKER_SIGNS):
            return other
    return title
