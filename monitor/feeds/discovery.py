"""Where a site may have its feeds, by what its page, headers and robots.txt say, and by custom. Pure: nothing is asked.

Pages are hostile bytes: `read_links` is a job for the sandbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from typing import Literal
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from selectolax.lexbor import LexborHTMLParser

from monitor.feeds.formats.decoding import decode
from monitor.feeds.formats.format import Document
from monitor.text import clean_line
from monitor.urls import address_key, resolve, site

MAX_LINKS = 5_000  # anchors of a page that are looked at; a front page has some hundred
MAX_CANDIDATES = 60  # of one page that are kept
MAX_ROBOTS_LINES = 5_000
MAX_SITEMAPS = 20_000  # addresses of one sitemap index that are looked at

FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/rdf+xml",
        "application/x.atom+xml",
        "application/x-atom+xml",
        "text/rss+xml",
    }
)
# Used for feeds by some, and for other things (oEmbed, the API of WordPress) by most.
MAYBE_TYPES = frozenset({"application/json", "application/xml", "text/xml"})

COMMON_PATHS = (
    *("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds/posts/default", "feed.json"),
    *("index.rdf", "rss/all.xml"),
)
SECTION_PATHS = ("feed", "rss", "rss.xml")

Origin = Literal["address", "link", "header", "anchor", "custom", "sitemap"]
"""address = the address itself · link = <link> of the page · header = its Link header · anchor = <a> of the page
custom = a path where sites often have one · sitemap = a news sitemap
"""

_LINK = re.compile(r"<([^<>]{1,2048})>([^<]{0,1024})")
_PARAMETER = re.compile(r";\s*(rel|type|title)\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_FEEDLIKE_PATH = re.compile(
    r"(?:^|/)(?:rss\d?|feeds?|atom|rdf)(?:/|$)"  # /feed/, /world/rss
    r"|[/._-](?:rss\d?|feeds?|atom)\.\w{2,5}$|(?:^|/)index\.(?:xml|rdf)$|\.(?:rss|rdf|atom)$"  # world-rss.xml, a.rss
    r"|news-?sitemap",
    re.IGNORECASE,
)
_FEEDLIKE_QUERY = re.compile(
    r"(?:^|&)(?:feed|format|output|type|outputtype|alt)=(?:rss|atom|xml|feed|rss2)", re.IGNORECASE
)
_FEEDLIKE_TEXT = re.compile(r"\b(?:rss|atom)\b(?:[ -]?feeds?)?|\bfeed\b", re.IGNORECASE)
_COMMENTS = re.compile(r"comment", re.IGNORECASE)
_NO_DOCUMENT = re.compile(r"\.(?:jpe?g|png|gif|svg|webp|css|js|pdf|mp[34]|zip|ico|woff2?)$", re.IGNORECASE)
_LOC = re.compile(rb"<(?:\w+:)?loc>\s*(?:<!\[CDATA\[)?\s*([^<\s\]]{1,2048})", re.IGNORECASE)
_NEWS = re.compile(r"news|actualit|nachricht|noticia|notizie", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An address that may be a feed, and who says so."""

    url: str
    origin: Origin
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLinks:
    """What a page says about feeds: those it declares as such, and links that look like some."""

    declared: tuple[Candidate, ...] = ()
    anchors: tuple[Candidate, ...] = ()


def read_links(document: Document) -> PageLinks:
    """Return the feeds that a page names; the document's url is what relative links are relative to.

    A job for the sandbox: takes any bytes, and as long as the parser does.
    """
    tree = LexborHTMLParser(decode(document.body, document.content_type))
    base = document.url
    if (first := tree.css_first("base[href]")) is not None:
        base = urljoin(base, first.attributes.get("href") or "")
    declared, anchors = [], []
    for node in tree.css("link[href][rel]")[:MAX_LINKS]:
        found = {name: value or "" for name, value in node.attributes.items()}
        if _is_declared(found.get("rel", ""), found.get("type", ""), found["href"]):
            declared.append(_candidate(base, found["href"], "link", found.get("title", "")))
    for node in tree.css("a[href]")[:MAX_LINKS]:
        href = node.attributes.get("href") or ""
        kind = (node.attributes.get("type") or "").lower()
        if len(href) <= 2_048 and (kind in FEED_TYPES or looks_like_feed(href, "")):
            anchors.append(_candidate(base, href, "anchor", node.text()[:200]))
        elif len(anchors) < MAX_CANDIDATES and len(text := node.text()[:80]) < 40 and looks_like_feed("", text):
            anchors.append(_candidate(base, href, "anchor", text))
    return PageLinks(declared=_distinct(declared), anchors=_distinct(anchors))


def header_links(values: Iterable[str], base: str) -> tuple[Candidate, ...]:
    """Return the feeds that an answer's Link headers name (RFC 8288)."""
    found = []
    for value in values:
        for target, rest in _LINK.findall(value[:16_384]):
            said = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
            if _is_declared(said.get("rel", ""), said.get("type", ""), target):
                found.append(_candidate(base, target, "header", said.get("title", "")))
    return _distinct(found)


def common_addresses(url: str) -> tuple[Candidate, ...]:
    """Return where a site has its feeds by custom: below the address itself, then at the front."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/")
    below = path if path and "." not in path.rpartition("/")[2] else ""
    addresses = [f"{below}/{name}" for name in SECTION_PATHS if below]
    addresses += [f"/{name}" for name in COMMON_PATHS]
    return _distinct(_candidate(url, address, "custom", "") for address in addresses)


def robots_sitemaps(text: str, base: str) -> tuple[str, ...]:
    """Return the sitemaps that a robots.txt names, those of news first."""
    robots = RobotFileParser()
    robots.parse([line for line in text.splitlines()[:MAX_ROBOTS_LINES] if line.strip().lower().startswith("sitemap")])
    found = dict.fromkeys(resolve(base, address) for address in robots.site_maps() or ())
    return tuple(sorted((address for address in found if address), key=lambda address: not is_news_sitemap(address)))


def indexed_sitemaps(body: bytes, base: str) -> tuple[str, ...] | None:
    """Return the sitemaps that a sitemap index names; None if the document is no index."""
    if b"<sitemapindex" not in body[:4096].lower():
        return None
    found = (unescape(match[1].decode("utf-8", "replace")) for match in _LOC.finditer(body[: 2 * 2**20]))
    resolved = (resolve(base, address) for _, address in zip(range(MAX_SITEMAPS), found, strict=False))
    return tuple(dict.fromkeys(address for address in resolved if address))


def is_news_sitemap(address: str) -> bool:
    """Return whether a sitemap is named as one of news; packed ones are not, for they are not read."""
    path = urlsplit(address).path
    return bool(_NEWS.search(path)) and not path.endswith(".gz")


def looks_like_feed(address: str, text: str) -> bool:
    """Return whether a link looks as if it led to a feed, by its address or by its words."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if _NO_DOCUMENT.search(parts.path) or parts.scheme not in ("", "http", "https", "feed"):
        return False
    return bool(
        _FEEDLIKE_PATH.search(parts.path)
        or _FEEDLIKE_QUERY.search(parts.query)
        or parts.netloc.startswith(("feeds.", "rss."))
        or (text and _FEEDLIKE_TEXT.search(text))
    )


def is_comments(url: str, title: str) -> bool:
    """Return whether a feed seems to hold readers' comments."""
    return bool(_COMMENTS.search(urlsplit(url).path) or _COMMENTS.search(title))


def in_order(candidates: Iterable[Candidate], *, address: str) -> list[Candidate]:
    """Return candidates without repeats in the order in which they are worth asking.

    What is declared as a feed first, then the site's own before other sites', and comments last.
    """
    own = site(address)
    distinct: dict[str, Candidate] = {}
    for candidate in candidates:
        distinct.setdefault(address_key(candidate.url), candidate)
    return sorted(
        distinct.values(),
        key=lambda candidate: (
            is_comments(candidate.url, candidate.title),
            candidate.origin not in ("link", "header"),
            site(candidate.url) != own,
        ),
    )


def _is_declared(rel: str, kind: str, address: str) -> bool:
    words, kind = rel.lower().split(), kind.partition(";")[0].strip().lower()
    if "feed" in words and "alternate" not in words:
        return True
    if "alternate" not in words or "stylesheet" in words:
        return False
    return kind in FEED_TYPES or (kind in MAYBE_TYPES and looks_like_feed(address, ""))


def _candidate(base: str, link: str, origin: Origin, title: str) -> Candidate:
    link = link.strip()
    if link.lower().startswith("feed:"):
        rest = link[len("feed:") :].removeprefix("//")
        link = rest if rest.lower().startswith(("http://", "https://")) else f"https://{rest}"
    url = resolve(base, link).partition("#")[0]
    return Candidate(url=url, origin=origin, title=clean_line(title, 200))


def _distinct(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    found: dict[str, Candidate] = {}
    for candidate in candidates:
        if candidate.url and len(found) < MAX_CANDIDATES:
            found.setdefault(candidate.url, candidate)
    return tuple(found.values())
