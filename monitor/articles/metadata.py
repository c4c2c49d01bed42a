"""What a page says of itself: JSON-LD first, then OpenGraph and other meta tags, then the visible headline."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from unicodedata import normalize
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.dates import date_in_path, parse_date
from monitor.articles.linked_data import LinkedData, Node, truth
from monitor.articles.markup import plain_line, plain_text
from monitor.text import clean_line
from monitor.urls import resolve, site

MAX_AUTHORS = 20
MAX_TITLE = 500
MAX_DESCRIPTION = 2_000

_PUBLISHED = (
    *(
        "article:published_time",
        "article:published:time",
        "og:article:published_time",
        "datepublished",
        "parsely-pub-date",
        "pubdate",
    ),
    *("publishdate", "publish-date", "publication_date", "sailthru.date", "date.published", "dc.date.issued"),
    *("dcterms.created", "dc.date", "dcterms.date", "cxenseparse:recs:publishtime", "article:published", "date"),
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "last-modified", "dcterms.modified")
_AUTHOR = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "dcterms.creator")

_BY = re.compile(r"^(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]oor)\s+(?=[^\W\d_])|^(?:作者|文|記者|记者)\s*[:：/]\s*")
_BETWEEN_NAMES = re.compile(r"\s*(?:[;|、]|\s(?:and|und|et|y|e|i|en|och|og)\s(?=\S+\s\S)|\s&\s)\s*")
_ROLE_IN_MAIL = re.compile(r"^\S+@\S+\s*\((?P<name>[^()]+)\)$")  # RSS 2.0: desk@paper.example (Jane Doe)
_NO_NAME = re.compile(r"https?://|www\.|@|^\W*$|^(?:admin|administrator|editor|redaktion|staff)$", re.IGNORECASE)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_SITE_TAIL = re.compile(r"\s+(?:[|–—·»-]|--)\s+(?P<tail>[^|–—·»]{2,60})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's own word on itself, cleaned. Dates may be wrong, even in the future; language is a claim."""

    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()  # as JSON-LD has them
    byline: tuple[str, ...] = ()  # as meta tags have them
    published: datetime | None = None
    modified: datetime | None = None
    language: str = ""
    canonical: str = ""  # absolute, of the page's own site; "" if there is none to be trusted
    free: bool | None = None  # isAccessibleForFree; False means "may be cut"
    body: str = ""  # articleBody of JSON-LD as plain text
    site_name: str = ""
    types: frozenset[str] = frozenset()  # of all that its JSON-LD describes, in lower case


def read_metadata(tree: LexborHTMLParser, url: str) -> Metadata:
    """Return what the page at the final address `url` says of itself."""
    linked = LinkedData([node.text() for node in tree.css('script[type*="ld+json" i]')])
    article = linked.article()
    meta = _meta_tags(tree)
    site_name = clean_line(meta.get("og:site_name", ""), 100)
    return Metadata(
        title=_without_site(
            _title(tree, linked, article, meta=meta), (site_name, site(url).partition(".")[0], site(url))
        ),
        description=plain_line(
            meta.get("og:description") or meta.get("description") or linked.text(article.get("description")),
            MAX_DESCRIPTION,
        ),
        authors=clean_authors(linked.texts(article.get("author") or article.get("creator"))),
        byline=clean_authors([meta[name] for name in _AUTHOR if name in meta][:1]),
        published=_published(tree, linked, article, meta=meta, url=url),
        modified=_first_date([linked.text(article.get("dateModified")), *(meta.get(name, "") for name in _MODIFIED)]),
        language=_language(tree, linked, article, meta=meta),
        canonical=_canonical(tree, url),
        free=_is_free(linked, article),
        body=plain_text(linked.text(article.get("articleBody"))),
        site_name=site_name,
        types=frozenset(name for node in linked.nodes for name in linked.types(node)),
    )


def clean_authors(names: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Return people's names from bylines: "By Jane Doe and John Roe" gives two, addresses of profiles give none."""
    found: dict[str, None] = {}
    for name in names[: MAX_AUTHORS * 2]:
        line = clean_line(name, 300)
        line = _ROLE_IN_MAIL.sub(r"\g<name>", line)
        for part in _BETWEEN_NAMES.split(_BY.sub("", line)):
            part = part.strip(" ,.;")
            if part and len(part) <= 100 and not _NO_NAME.search(part):
                found.setdefault(part)
    return tuple(found)[:MAX_AUTHORS]


def _meta_tags(tree: LexborHTMLParser) -> dict[str, str]:
    tags: dict[str, str] = {}
    for node in tree.css("meta[content]"):
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
        content = (attributes.get("content") or "").strip()
        if name and content:
            tags.setdefault(name.strip().lower(), content[: MAX_DESCRIPTION * 2])
    return tags


def _title(tree: LexborHTMLParser, linked: LinkedData, article: Node, *, meta: dict[str, str]) -> str:
    headline = plain_line(linked.text(article.get("headline")), MAX_TITLE)
    if headline and not headline.endswith(("…", "...")):
        return headline  # some systems cut it at 110 characters, as an old validator wanted
    heading = tree.css_first("h1")
    element = tree.css_first("title")
    candidates = (
        plain_line(meta.get("og:title", ""), MAX_TITLE),
        clean_line(heading.text(), MAX_TITLE) if heading else "",
        clean_line(element.text(), MAX_TITLE) if element else "",
        headline,
    )
    return next((title for title in candidates if title), "")


def _without_site(title: str, names: tuple[str, ...]) -> str:
    """Return "Headline" of "Headline | Daily Planet" where the tail is a name of the site, whatever its signs."""
    tail = _SITE_TAIL.search(title)
    if tail and _letters(tail["tail"]) in {_letters(name) for name in names if name}:
        return title[: tail.start()]
    return title


def _letters(name: str) -> str:
    """Return a name's bare letters and digits: "Börsen-Zeitung" is boersen-zeitung.de or borsenzeitung.de."""
    spelt = name.casefold().translate(_UMLAUTS)
    return "".join(char for char in normalize("NFKD", spelt) if char.isalnum())


def _published(
    tree: LexborHTMLParser, linked: LinkedData, article: Node, *, meta: dict[str, str], url: str
) -> datetime | None:
    said = _first_date([linked.text(article.get("datePublished")), *(meta.get(name, "") for name in _PUBLISHED)])
    if said:
        return said
    times = [node.attributes.get("datetime") or "" for node in tree.css("time[datetime]")[:3]]
    return _first_date([*times, linked.text(article.get("dateCreated"))]) or date_in_path(url)


def _first_date(texts: list[str]) -> datetime | None:
    return next((moment for text in texts if (moment := parse_date(text))), None)


def _language(tree: LexborHTMLParser, linked: LinkedData, article: Node, *, meta: dict[str, str]) -> str:
    root = tree.css_first("html")
    claim = (root.attributes.get("lang") or root.attributes.get("xml:lang") or "") if root else ""
    claim = claim or linked.text(article.get("inLanguage")) or meta.get("og:locale", "") or meta.get("language", "")
    return clean_line(claim, 35).replace("_", "-")


def _canonical(tree: LexborHTMLParser, url: str) -> str:
    """Return rel=canonical if it can be believed: same site, and not the home page of all articles."""
    for node in tree.css('link[rel~="canonical" i][href]'):
        address = resolve(url, node.attributes.get("href") or "")
        if not address or (url and site(address) != site(url)):
            continue
        if urlsplit(address).path.strip("/") or not urlsplit(url).path.strip("/"):
            return address
    return ""


def _is_free(linked: LinkedData, article: Node) -> bool | None:
    said = truth(article.get("isAccessibleForFree"))
    if said is None:
        parts = article.get("hasPart")
        for part in parts[:20] if isinstance(parts, list) else [parts]:
            if isinstance(part, dict) and truth(part.get("isAccessibleForFree")) is False:
                return False
    return said
