"""What a page says of itself: JSON-LD, meta tags, microdata and what stands at its headline, weighed together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import unescape

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.bylines import choose_authors
from monitor.articles.linked_data import LinkedData, Node, truth
from monitor.articles.markup import plain_line, plain_text
from monitor.articles.page_tags import PageTags, read_tags
from monitor.articles.published import read_times
from monitor.articles.titles import Titles, choose_title, letters
from monitor.text import clean_line
from monitor.urls import address_key, host_key, names_article, page_key, resolve, site

MAX_TITLE = 500
MAX_DESCRIPTION = 2_000
MIN_LABEL = 4  # letters: "news" may be a site's name, "uk" and "com" are not
MAX_KEYWORDS = 50
MAX_KEYWORD = 80  # characters; more is a sentence

_SECTION = ("article:section", "parsely-section", "section", "articlesection", "cxenseparse:taxonomy")
_KEYWORDS = (("news_keywords",), ("article:tag", "parsely-tags"), ("keywords",))
_BETWEEN_KEYWORDS = re.compile(r"[,;，、；،]")
_IMAGE = ("og:image", "og:image:url", "og:image:secure_url", "twitter:image", "twitter:image:src")
_LANGUAGE = ("og:locale", "language", "content-language", "dc.language", "inlanguage")
_TIERS = {"free": True, "locked": False, "metered": False}  # article:content_tier, what publishers tell Facebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A page's own word on itself, cleaned. Its language is a claim; dates are held against `now` if it was given."""

    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()  # as JSON-LD has them
    byline: tuple[str, ...] = ()  # as meta tags, microdata or the line below the headline have them
    published: datetime | None = None
    modified: datetime | None = None
    is_day_only: bool = False  # of `published` only the day is known
    language: str = ""
    canonical: str = ""  # absolute, of the page's own site; "" if there is none to be trusted
    section: str = ""
    keywords: tuple[str, ...] = ()
    image: str = ""
    free: bool | None = None  # isAccessibleForFree; False means "may be cut"
    body: str = ""  # articleBody of JSON-LD as plain text
    site_name: str = ""
    types: frozenset[str] = frozenset()  # of all that JSON-LD describes, in lower case: newsarticle, imagegallery …


def read_metadata(tree: LexborHTMLParser, url: str, *, now: datetime | None = None) -> Metadata:
    """Return what the page at the final address `url`, read at `now`, says of itself."""
    tags = read_tags(tree)
    linked = LinkedData(tags.scripts, url)
    article = linked.article()
    site_names = _site_names(linked, article, tags, url)
    title = _title(linked, article, tags, site_names)
    names = linked.texts(article.get("author") or article.get("creator"))
    authors, is_structured = choose_authors(names, tags, tree, site_names)
    times = read_times(tree, linked=linked, article=article, tags=tags, title=title, url=url, now=now)
    return Metadata(
        title=title,
        description=plain_line(
            tags.first(("og:description", "description")) or linked.text(article.get("description")), MAX_DESCRIPTION
        ),
        authors=authors if is_structured else (),
        byline=() if is_structured else authors,
        published=times.published,
        modified=times.modified,
        is_day_only=times.is_day_only,
        language=_language(linked, article, tags),
        canonical=_canonical(tags, url),
        section=_section(linked, article, tags, title),
        keywords=_keywords(linked, article, tags),
        image=_image(linked, article, tags, url),
        free=_is_free(linked, article, tags),
        body=_body(linked.text(article.get("articleBody"))),
        site_name=next(iter(site_names), ""),
        types=linked.all_types(),
    )


def _site_names(linked: LinkedData, article: Node, tags: PageTags, url: str) -> list[str]:
    """Return the names that the site goes by, the one to show first."""
    said = [
        *tags.all(("og:site_name",)),
        linked.text(article.get("publisher")),
        linked.text(linked.find("website").get("name")),
        tags.first(("application-name", "apple-mobile-web-app-title")),
    ]
    # The labels of its host stand for the site: to know the registrable domain would take the public suffix list.
    host = host_key(url).removeprefix("www.")
    labels = [label for label in host.split(".") if len(label) >= MIN_LABEL]
    names = [*(plain_line(name, 100) for name in said if name), *labels, host]
    return [name for name in dict.fromkeys(names) if name]


def _title(linked: LinkedData, article: Node, tags: PageTags, site_names: Iterable[str]) -> str:
    headline = linked.text(article.get("headline")) or next(
        (node.text()[: MAX_TITLE * 4] for node in tags.items.get("headline", ())), ""
    )
    titles = Titles(
        headline=plain_line(headline, MAX_TITLE),
        shared=plain_line(tags.first(("og:title", "twitter:title", "parsely-title", "dc.title")), MAX_TITLE),
        headings=tuple(line for heading in tags.headings if (line := clean_line(heading, MAX_TITLE))),
        element=clean_line(tags.title, MAX_TITLE),
    )
    return choose_title(titles, site_names)


def _language(linked: LinkedData, article: Node, tags: PageTags) -> str:
    claim = tags.language or linked.text(article.get("inLanguage")) or tags.first(_LANGUAGE)
    return clean_line(claim, 35).replace("_", "-")


def _canonical(tags: PageTags, url: str) -> str:
    """Return rel=canonical, else og:url, if it can be believed: same site, and not the front page or a section."""
    for link in (*tags.canonical, *tags.all(("og:url",))):
        address = resolve(url, link)
        if address and (not url or (_is_same_site(address, url) and not _leads_back(address, url))):
            return address
    return ""


def _is_same_site(one: str, other: str) -> bool:
    # Of an AMP cache the publisher counts, and of a publisher with two domains the one that we know it by.
    hosts = [address_key(url).partition("/")[0] for url in (one, other)]
    # Sites that are the same end in the same two labels. To know more takes the public suffix list, 0.2 s of a child.
    ends = [host.split(".")[-2:] for host in hosts]
    return hosts[0] == hosts[1] or (ends[0] == ends[1] and site(f"https://{hosts[0]}") == site(f"https://{hosts[1]}"))


def _leads_back(address: str, url: str) -> bool:
    """Return whether a page gives the front page or its section for itself, as templates do by mistake."""
    if not page_key(address):
        return bool(page_key(url))
    return names_article(url) and not names_article(address)


def _section(linked: LinkedData, article: Node, tags: PageTags, title: str) -> str:
    """Return the part of the publication; of breadcrumbs the one below the home page."""
    said = linked.text(article.get("articleSection")) or tags.first(_SECTION)
    return plain_line(said, MAX_KEYWORD) or _crumb(linked, title)


def _crumb(linked: LinkedData, title: str) -> str:
    items = linked.find("breadcrumblist").get("itemListElement")
    if not isinstance(items, list):
        return ""
    names = [linked.text(item) or linked.text(item.get("item")) for item in items[:10] if isinstance(item, dict)]
    crumbs = [plain_line(name, MAX_KEYWORD) for name in names[1:]]
    return next((crumb for crumb in crumbs if crumb and letters(crumb) != letters(title)), "")


def _keywords(linked: LinkedData, article: Node, tags: PageTags) -> tuple[str, ...]:
    sources = [linked.texts(article.get("keywords")), *(tuple(tags.all(names)) for names in _KEYWORDS)]
    said = next((source for source in sources if source), ())
    found: dict[str, str] = {}
    for text in said[:MAX_KEYWORDS]:
        for word in _BETWEEN_KEYWORDS.split(plain_line(text, MAX_KEYWORD * MAX_KEYWORDS)):
            keyword = word.strip()
            if 0 < len(keyword) <= MAX_KEYWORD:
                found.setdefault(keyword.casefold(), keyword)
    return tuple(found.values())[:MAX_KEYWORDS]


def _image(linked: LinkedData, article: Node, tags: PageTags, url: str) -> str:
    said = (linked.address(article.get("image")), *tags.all(_IMAGE), linked.address(article.get("thumbnailUrl")))
    return next((address for link in said if (address := resolve(url, link))), "")


def _body(markup: str) -> str:
    """Return the text of articleBody; some systems escape its tags twice."""
    return plain_text(unescape(markup) if "&lt;" in markup and "<" not in markup else markup)


def _is_free(linked: LinkedData, article: Node, tags: PageTags) -> bool | None:
    said = truth(article.get("isAccessibleForFree"))
    parts = article.get("hasPart")
    for part in parts[:20] if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and said is None and truth(part.get("isAccessibleForFree")) is False:
            return False
    return said if said is not None else _TIERS.get(tags.first(("article:content_tier",)).lower())
