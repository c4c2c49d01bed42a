"""JSON-LD of a page: find the article among everything a page describes. Tolerant of what publishers really write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html import unescape

Node = Mapping[str, object]

MAX_SCRIPT = 512 * 1024  # characters; a larger block is data for a program, not a description
MAX_NODES = 2_000
MAX_DEPTH = 12

_WRAPPING = re.compile(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)|(?:-->|//\s*\]\]>|\]\]>|;)\s*$", re.DOTALL)
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_TYPES = ("article", "posting", "report")  # NewsArticle, ReportageNewsArticle, LiveBlogPosting … end so


class LinkedData:
    """All nodes of a page's JSON-LD, with references by @id resolved on demand."""

    def __init__(self, scripts: list[str]) -> None:
        self.nodes: list[Node] = []
        for script in scripts:
            if len(self.nodes) < MAX_NODES and len(script) <= MAX_SCRIPT:
                self.nodes.extend(_nodes_of(_loads(script)))
        del self.nodes[MAX_NODES:]
        self._by_id = {node["@id"]: node for node in reversed(self.nodes) if isinstance(node.get("@id"), str)}

    def article(self) -> Node:
        """Return the node that describes the article; the one with most of what we read, an empty one if none."""
        articles = [node for node in self.nodes if any(name.endswith(_TYPES) for name in self.types(node))]
        wanted = ("headline", "datePublished", "author", "articleBody", "description")
        return max(articles, key=lambda node: sum(bool(node.get(name)) for name in wanted), default={})

    def types(self, node: Node) -> frozenset[str]:
        """Return a node's types in lower case, without their vocabulary's address."""
        return frozenset(name.rpartition("/")[2].lower() for name in self.texts(node.get("@type")))

    def texts(self, value: object, *, depth: int = 0) -> tuple[str, ...]:
        """Return what a value says in words: strings as they are, names of things, lists flattened."""
        if depth > MAX_DEPTH:
            return ()
        if isinstance(value, str):
            return (value,) if value.strip() else ()
        if isinstance(value, list):
            return tuple(text for item in value[:100] for text in self.texts(item, depth=depth + 1))
        if isinstance(value, Mapping):
            named = value if value.get("name") else self._by_id.get(str(value.get("@id", "")), value)
            return self.texts(named.get("name") or named.get("@value"), depth=depth + 1)
        return ()

    def text(self, value: object) -> str:
        """Return the first of what a value says, "" if nothing."""
        return next(iter(self.texts(value)), "")


def truth(value: object) -> bool | None:
    """Return what isAccessibleForFree means: true, "True", "http://schema.org/true" …; None if it says nothing."""
    word = str(value).rpartition("/")[2].strip().lower() if isinstance(value, str | bool) else ""
    return {"true": True, "yes": True, "false": False, "no": False}.get(word)


def _loads(script: str) -> object:
    """Return the parsed script; None if it cannot be read even after the usual slips are mended."""
    stripped = _WRAPPING.sub("", _WRAPPING.sub("", script)).strip()
    for text in (stripped, unescape(stripped), _TRAILING_COMMA.sub("", stripped)):
        try:
            parsed: object = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        return parsed
    return None


def _nodes_of(value: object) -> Iterator[Node]:
    """Yield every object that has a type or an id, outermost first."""
    waiting: list[tuple[object, int]] = [(value, 0)]
    for item, depth in waiting:  # grows while it is walked
        if len(waiting) > MAX_NODES * 10 or depth > MAX_DEPTH:
            return
        if isinstance(item, Mapping):
            if "@type" in item or "@id" in item:
                yield item
            waiting.extend((child, depth + 1) for child in item.values() if isinstance(child, Mapping | list))
        elif isinstance(item, list):
            waiting.extend((child, depth + 1) for child in item)
