"""Who wrote it: names out of bylines, from the surest source of a page to the least. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.markup import first_words, strip_roughly
from monitor.articles.page_tags import PageTags
from monitor.articles.titles import letters
from monitor.text import clean_line

MAX_AUTHORS = 20
MAX_NAME = 100
MAX_NAME_WORDS = 12  # of all the names on one line; more is a sentence
MAX_BYLINE = 200  # characters; more is a box about the author, or the article
MAX_MARKED = 40  # elements called byline or author that are looked at

_META = (
    *("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "dcterms.creator"),
    *("article:author_name", "cxenseparse:author", "creator"),
)
_MARKED = 'h1,[rel~="author" i],[class*="author" i],[class*="byline" i],[class*="autor" i],[id="authors"]'
_MARK = re.compile(r"(?:^|[_-])(?:authors?|by-?lines?|autor(?:es|en)?)(?:[_-]{0,2}(?:names?|links?|line))?$")
# What is called so and is no byline of the article. An h-card or vcard is a person.
_OTHERS = re.compile(
    r"comment|related|recommend|teaser|widget|sidebar|(?<!h-)(?<!v)card|promo|avatar|bio|follow|image|icon|photo"
)
_FRAME = frozenset({"footer", "aside", "nav", "form"})
_MAX_DEPTH = 40

_BY = re.compile(
    r"^(?:(?:(?:written|posted|published)\s+)?by|von|par|por|door)\s*(?::\s*|\s(?=[^\W\d_]))"
    r"|^(?:autore?s?|authors?|texte?|автор|текст|作者|文|記者|记者|글)\s*[:：/]\s*",
    re.IGNORECASE,
)
# "and" only before a name of two words, José Ortega y Gasset is one; or of a script that needs no blanks.
_BETWEEN_NAMES = re.compile(
    r"\s*(?:[;|、•·]|\s(?:and|und|et|y|e|i|en|och|og|и|та|ve)\s(?=\S+\s\S|[\u3040-\u9fff\uac00-\ud7af])"
    r"|\s&\s|(?<=\w\w)\s/\s)\s*"
)
# Jane Doe 24 November 2026, Jane Doe Reading time: 4 min
_NOT_THE_NAME = re.compile(r"(?:^|\s)\S*[\d:].*$", re.DOTALL)
_BETWEEN_PARTS = re.compile(r"\s*[|•·]\s*")
_DIGIT = re.compile(r"\d")
_MARKED_UP = re.compile(r"[<&]")
_COMMA = re.compile(r"\s*[,，،]\s*")
_ROLE_IN_MAIL = re.compile(r"^\S+@\S+\s*\((?P<name>[^()]+)\)$")  # RSS 2.0: desk@paper.example (Jane Doe)
_INITIAL = re.compile(r"\b\w{1,2}\.$")  # Joe S., Jr.
_MAIL = re.compile(r"[<(\[]?\S+@\S+[>)\]]?")
_NO_NAME = re.compile(
    r"https?://|www\.|@|^\W*$|^\d|^(?:admin|administrator|no author|unknown|none|null|undefined)$",
    re.IGNORECASE,
)


def clean_authors(names: Iterable[str]) -> tuple[str, ...]:
    """Return people's names from bylines: "By Jane Doe and John Roe" gives two, addresses of profiles give none."""
    found: dict[str, str] = {}
    for name in list(names)[: MAX_AUTHORS * 2]:
        line = clean_line(strip_roughly(name, 300) if _MARKED_UP.search(name) else name, 300)
        line = _ROLE_IN_MAIL.sub(r"\g<name>", line)
        for part in _BETWEEN_NAMES.split(_BY.sub("", _MAIL.sub("", line).strip())):
            for each in _by_commas(_BY.sub("", part).strip(" ,;-–")):
                each = each if _INITIAL.search(each) else each.rstrip(".")
                if each and len(each) <= MAX_NAME and not _NO_NAME.search(each):
                    found.setdefault(each.casefold(), each)
    return tuple(found.values())[:MAX_AUTHORS]


def choose_authors(
    linked: Iterable[str], tags: PageTags, tree: LexborHTMLParser, site_names: Iterable[str]
) -> tuple[tuple[str, ...], bool]:
    """Return the authors, and whether they come from structured data.

    The publisher's own name is no author where people are named beside it, or in a byline.
    """
    own = {letters(name) for name in site_names} - {""}
    given = clean_authors(linked)
    people = tuple(name for name in given if letters(name) not in own)
    if people:
        return people, True
    said = [clean_authors(tags.meta.get(name, ())) for name in _META]
    for names in (*said, _card(tags), _microdata(tags)):
        if shown := _without_site(names, own):
            return shown, False
    if shown := _without_site(_signature(tree), own):
        return shown, False
    return (given, True) if given else (next(filter(None, said), ()), False)


def _without_site(names: Iterable[str], own: set[str]) -> tuple[str, ...]:
    return tuple(name for name in names if letters(name) not in own)


def _card(tags: PageTags) -> tuple[str, ...]:
    """Return the author on the card for social media: its first line, where the second is the minutes it takes."""
    first, second = tags.first(("twitter:data1",)), tags.first(("twitter:data2",))
    is_card = _DIGIT.search(second) and not _DIGIT.search(first)
    return clean_authors([first]) if is_card else ()


def _microdata(tags: PageTags) -> tuple[str, ...]:
    marked = tags.items.get("author", [])[:MAX_AUTHORS]
    found: list[str] = []
    for node in (node for node in marked if _is_same(node.parent, marked[0].parent)):  # not of teasers further down
        named = [name for name in node.css('[itemprop~="name"],[property~="name"]') if _text(name)]
        found.extend(_text(name) for name in named[:1] or [node])
    return clean_authors(name for name in found if len(name) <= MAX_NAME)


def _signature(tree: LexborHTMLParser) -> tuple[str, ...]:
    """Return the names in the first element called a byline that follows the headline, else in the first at all."""
    sections: list[list[LexborNode]] = [[]]  # bylines by the h1 they stand below, those above the first one in front
    for node in tree.css(_MARKED)[:MAX_MARKED]:
        if node.tag == "h1":
            sections.append([])
        elif _is_byline(node):
            sections[-1].append(node)
    for section in [*sections[1:], sections[0]]:
        for node in section:
            if clean_authors(_signed(node)):
                others = [other for other in section if _are_side_by_side(node, other)]
                return clean_authors(name for each in (node, *others) for name in _signed(each))
    return ()


def _signed(node: LexborNode) -> list[str]:
    """Return the names in a byline: of its links if there are several, else what it says before a date or a label."""
    links = [text for link in node.css("a")[:MAX_AUTHORS] if (text := _text(link)) and text != _text(node)]
    lines = links if len(links) > 1 else _BETWEEN_PARTS.split(_text(node))
    names = (_NOT_THE_NAME.sub("", _BY.sub("", line.strip())) for line in lines)
    return [name for name in names if len(name.split()) <= MAX_NAME_WORDS]


def _are_side_by_side(one: LexborNode, other: LexborNode) -> bool:
    """Return whether two elements of one kind share a parent, or their parents do: the next author of an article."""
    if one.tag != other.tag or one.attributes.get("class") != other.attributes.get("class"):
        return False
    first, second = one.parent, other.parent
    if first is None or second is None:
        return False
    return _is_same(first, second) or (first.tag == second.tag and _is_same(first.parent, second.parent))


def _is_same(one: LexborNode | None, other: LexborNode | None) -> bool:
    """Compare places in the tree: to compare nodes is to write out all that they hold."""
    return one is not None and other is not None and one.mem_id == other.mem_id


def _is_byline(node: LexborNode) -> bool:
    attributes = node.attributes
    classes = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".lower().split()
    if "author" not in (attributes.get("rel") or "").lower().split() and not any(map(_MARK.search, classes)):
        return False
    if not 2 <= len(_text(node)) <= MAX_BYLINE:
        return False
    level: LexborNode | None = node
    for _ in range(_MAX_DEPTH):
        if level is None or level.tag in ("body", "article", "main"):
            return True
        if level.tag in _FRAME or _OTHERS.search((level.attributes.get("class") or "").lower()):
            return False
        level = level.parent
    return True


def _text(node: LexborNode) -> str:
    return clean_line(first_words(node, MAX_BYLINE * 10), MAX_BYLINE + 1)


def _by_commas(names: str) -> list[str]:
    """Return the names between commas; a place or a role behind a name goes: "Jane Doe, Paris" is one name."""
    parts = [part for part in _COMMA.split(names) if part]
    if len(parts) < 2:
        return parts
    if all(part.lower() == part.upper() for part in parts):
        return parts  # scripts without capitals, whose names need no blank
    if " " not in parts[0]:
        return [names]  # Doe, Jane
    return [parts[0], *(part for part in parts[1:] if " " in part and not part[0].islower())]
