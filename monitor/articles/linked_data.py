"""JSON-LD of a page: find the article among everything a page describes. Tolerant of what publishers really write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from itertools import islice

from monitor.urls import page_key

Node = Mapping[str, object]

MAX_SCRIPT = 512 * 1024  # characters; a larger block is data for a program, not a description
MAX_SCRIPTS = 50  # real pages: at most a dozen
MAX_NODES = 2_000
MAX_DEPTH = 12
MAX_ITEMS = 100  # of one list
MAX_STEPS = 1_000  # through lists and references for one field
MAX_ALL_STEPS = 50_000  # and for all fields of a page
MAX_SALVAGED = 2_000  # characters of one field taken out of a broken block

_OPENINGS = ("<!--", "//", "<![CDATA[")
_CLOSINGS = ("-->", "]]>", "//", ";")
_COMMENTS = re.compile(r"(?:/\*[^*]*+(?:\*(?!/)[^*]*+)*+\*/\s*+)*+")
_TRAILING_COMMA = re.compile(r",\s*+(?=[}\]])")
_TYPES = ("article", "posting", "report")  # NewsArticle, ReportageNewsArticle, LiveBlogPosting … end so
# Where the articles stand that are not the page's own.
_PARTS = frozenset({"liveBlogUpdate", "itemListElement", "hasPart", "mentions", "citation", "comment", "isBasedOn"})
_PAGE_TYPES = frozenset({"webpage", "itempage", "creativework"})
_TELLING = ("headline", "datePublished", "author", "articleBody", "description")
# "name": "text" in a block that is no JSON, up to the next quote that is not escaped.
_STRING = rf'\s*+:\s*+"((?:[^"\\]|\\.){{1,{MAX_SALVAGED}}}+)"'
_SALVAGED = {
    name: re.compile(rf'"{name}"{_STRING}', re.DOTALL)
    for name in ("headline", "datePublished", "dateModified", "articleSection")
}
_TYPE = r'(?:"@type"\s*+:\s*+"\w{1,40}+"\s*+,\s*+)?'
_SALVAGED_AUTHOR = re.compile(rf'"author"[^"]{{0,40}}+{_TYPE}"name"{_STRING}', re.DOTALL)


class LinkedData:
    """All nodes of a page's JSON-LD, with references by @id resolved on demand."""

    def __init__(self, scripts: list[str], url: str = "") -> None:
        found: list[tuple[Node, bool]] = []
        for script in scripts[:MAX_SCRIPTS]:
            if len(found) < MAX_NODES and len(script) <= MAX_SCRIPT:
                found.extend(_nodes_of(_loads(script)))
        self.nodes: list[Node] = [node for node, _ in found[:MAX_NODES]]
        self._parts = {id(node) for node, is_part in found if is_part}
        self._page = page_key(url)
        self._steps = MAX_ALL_STEPS
        # Of several nodes with one id, references mean the one that says most; among equals the first.
        self._by_id: dict[str, Node] = {}
        for node in self.nodes:
            name = node.get("@id")
            if isinstance(name, str) and len(node) > len(self._by_id.get(name, ())):
                self._by_id[name] = node
        self._typed = [(self.types(node), node) for node in self.nodes]

    def article(self) -> Node:
        """Return the node that describes the article, an empty one if none.

        One that is no part of another, as the updates of a live blog are; then the one that names this page's address,
        then the one with most of what we read.
        """
        articles = [node for types, node in self._typed if any(name.endswith(_TYPES) for name in types)]
        return max(articles, key=self._worth, default={})

    def page(self) -> Node:
        """Return the node that describes the page, an empty one if none: it may be dated too."""
        return next((node for types, node in self._typed if types & _PAGE_TYPES), {})

    def all_types(self) -> frozenset[str]:
        """Return the types of all that the page describes."""
        return frozenset(name for types, _ in self._typed for name in types)

    def types(self, node: Node) -> frozenset[str]:
        """Return a node's types in lower case, without their vocabulary's address."""
        said = node.get("@type")
        names = said[:MAX_ITEMS] if isinstance(said, list) else [said]
        return frozenset(name.strip().rpartition("/")[2].lower() for name in names if isinstance(name, str))

    def find(self, kind: str) -> Node:
        """Return the first node of a type, given in lower case; an empty one if there is none."""
        return next((node for types, node in self._typed if kind in types), {})

    def texts(self, value: object) -> tuple[str, ...]:
        """Return what a value says in words: strings as they are, names of things, lists flattened."""
        return tuple(islice(self._words(value), MAX_ITEMS))

    def text(self, value: object) -> str:
        """Return the first of what a value says, "" if nothing."""
        return next(self._words(value), "")

    def address(self, value: object) -> str:
        """Return the address of a thing or picture: a string, its url, or the first of a list that has one."""
        return next(self._strings(value, ("url", "contentUrl", "@id")), "")

    def resolved(self, node: Node) -> Node:
        """Return the node that a mere reference by @id means; any other node itself."""
        name = node.get("@id")
        return self._by_id.get(name, node) if isinstance(name, str) and len(node) <= 2 else node

    def _words(self, value: object) -> Iterator[str]:
        return self._strings(value, ("name", "@value"))

    def _strings(self, value: object, names: tuple[str, ...]) -> Iterator[str]:
        """Yield the strings in a value, of each thing the first of its fields `names`; in the order of the page."""
        waiting = [value]
        for _ in range(MAX_STEPS):  # things may refer to one another in circles, a hundred times each
            self._steps -= 1
            if not waiting or self._steps < 0:
                return
            item = waiting.pop()
            if isinstance(item, str):
                if stripped := item.strip():
                    yield stripped
            elif isinstance(item, list):
                waiting.extend(reversed(item[:MAX_ITEMS]))
            elif isinstance(item, dict):
                node = item if item.get(names[0]) else self.resolved(item)
                waiting.append(next((node[name] for name in names if node.get(name)), None))

    def _worth(self, node: Node) -> tuple[bool, bool, int]:
        named = (node.get("url"), node.get("mainEntityOfPage"), node.get("@id"))
        here = bool(self._page) and any(page_key(self.address(name)) == self._page for name in named if name)
        return id(node) not in self._parts, here, sum(bool(node.get(name)) for name in _TELLING)


def truth(value: object) -> bool | None:
    """Return what isAccessibleForFree means: true, "True", "http://schema.org/true" …; None if it says nothing."""
    word = str(value).rpartition("/")[2].strip().lower() if isinstance(value, str | bool) else ""
    return {"true": True, "yes": True, "false": False, "no": False}.get(word)


def _loads(script: str) -> object:
    """Return the parsed script; what can be saved of it if it cannot be read even after the usual slips are mended."""
    stripped = _unwrapped(script)
    mends: tuple[Callable[[str], str], ...] = (str, unescape, _without_trailing_commas)
    for mend in mends:
        try:
            parsed: object = json.loads(mend(stripped), strict=False)
        except (ValueError, RecursionError):
            continue
        return parsed
    return _salvaged(stripped)


def _unwrapped(script: str) -> str:
    """Return a script without the comments and CDATA marks that hid it from browsers of the last century."""
    script = script.strip()
    if script.startswith(("{", "[")) and script.endswith(("}", "]")):
        return script
    comments = _COMMENTS.match(script)
    script = script[comments.end() :] if comments else script
    for opening in _OPENINGS:
        script = script.removeprefix(opening).lstrip()
    for closing in _CLOSINGS:
        script = script.removesuffix(closing).rstrip()
    return script


def _without_trailing_commas(script: str) -> str:
    return _TRAILING_COMMA.sub("", script)


def _salvaged(script: str) -> Node | None:
    """Return an article with the few fields that can be told in a block that is broken further down or up."""
    if not any(f'{kind}"' in script for kind in ("Article", "Posting", "Report")):
        return None
    article: dict[str, object] = {"@type": "Article"}
    for name, pattern in (*_SALVAGED.items(), ("author", _SALVAGED_AUTHOR)):
        found = pattern.search(script)
        if found:
            article[name] = _unescaped(found[1])
    return article if len(article) > 1 else None


def _unescaped(text: str) -> str:
    try:
        plain: object = json.loads(f'"{text}"', strict=False)
    except ValueError:
        return text
    return plain if isinstance(plain, str) else text


def _nodes_of(value: object) -> Iterator[tuple[Node, bool]]:
    """Yield every object that has a type or an id, outermost first, and whether it is part of another."""
    waiting: list[tuple[object, int, bool]] = [(value, 0, False)]
    for item, depth, is_part in waiting:  # grows while it is walked
        if len(waiting) > MAX_NODES * 10 or depth > MAX_DEPTH:
            return
        if isinstance(item, dict):
            if "@type" in item or "@id" in item:
                yield item, is_part
            for name, child in item.items():
                if isinstance(child, dict | list):
                    waiting.append((child, depth + 1, is_part or name in _PARTS))
        elif isinstance(item, list):
            waiting.extend((child, depth + 1, is_part) for child in item)
