"""What a page's tags say of it, gathered in one look at the tree: JSON-LD, meta, link, h1, time and microdata."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.markup import first_words

MAX_TAGS = 3_000  # of these kinds on one page; the most on a real one is some 600
MAX_VALUE = 4_000  # characters of a meta tag that are read
MAX_HEADINGS = 8

# One selector with many parts costs hardly more than one with one: what counts is the walk over the tree.
_TELLING = (
    'html,meta[content],link[rel~="canonical" i],title,h1,time[datetime],script[type*="ld+json" i]'
    ",[itemprop],[property]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTags:
    """The raw words of a page's tags, in the order of the page; nothing is cleaned yet."""

    meta: Mapping[str, list[str]]  # by name in lower case, whether it stood as name, property, itemprop or http-equiv
    items: Mapping[str, list[LexborNode]]  # visible elements with microdata or RDFa, by property in lower case
    canonical: list[str]
    scripts: list[str]  # JSON-LD
    title: str
    headings: list[str]  # h1
    times: list[str]  # time[datetime], those below the headline first: above it are tickers
    language: str

    def first(self, names: Iterable[str]) -> str:
        """Return the first value of the first of these meta tags, "" if there is none."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def all(self, names: Iterable[str]) -> list[str]:
        """Return the values of these meta tags, by the order of the names."""
        return [value for name in names for value in self.meta.get(name, ())]


def read_tags(tree: LexborHTMLParser) -> PageTags:
    """Return what the page's telling tags say."""
    meta: dict[str, list[str]] = defaultdict(list)
    items: dict[str, list[LexborNode]] = defaultdict(list)
    words: dict[str, list[str]] = defaultdict(list)  # by the tag they stand in
    for node in tree.css(_TELLING)[:MAX_TAGS]:
        tag = node.tag
        attributes = node.attributes
        name = (attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or "").lower()
        if tag == "meta":
            name = name or (attributes.get("http-equiv") or "").lower()
            if content := (attributes.get("content") or "").strip():
                meta[name.strip()].append(content[:MAX_VALUE])
        elif tag in ("title", "h1", "script"):
            words[tag].append(node.text())
        elif tag == "time" and (moment := attributes.get("datetime")):
            words["time below" if words["h1"] else "time"].append(moment)
        elif tag == "link":
            words[tag].append(attributes.get("href") or "")
        elif tag == "html":
            words[tag].append(attributes.get("lang") or attributes.get("xml:lang") or "")
        if tag != "meta" and ("itemprop" in attributes or "property" in attributes):
            for each in name.split():
                items[each.rpartition(":")[2]].append(node)  # RDFa: schema:datePublished
    return PageTags(
        meta=dict(meta),
        items=dict(items),
        canonical=words["link"],
        scripts=words["script"],
        title=next(iter(words["title"]), ""),  # SVG has titles too, but further down
        headings=words["h1"][:MAX_HEADINGS],
        times=words["time below"] + words["time"],
        language=next(iter(words["html"]), ""),
    )


def item_value(node: LexborNode) -> str:
    """Return what an element with microdata or RDFa says: for machines if it does, else what readers see."""
    attributes = node.attributes
    said = attributes.get("content") or attributes.get("datetime") or ""
    return said[:MAX_VALUE] or first_words(node, MAX_VALUE)
