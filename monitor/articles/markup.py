"""Markup of feeds -> plain text: no tags, no scripts, entities decoded, paragraphs as single line breaks."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.limits import hostile_reason
from monitor.text import clean_line, clean_text

MOST_NODES = 1_000  # of an element whose beginning is read
MAX_MARKUP = 512 * 1024  # characters of one field that are read; a feed's longest real article has some 100,000

_DROPPED = frozenset(
    {
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "embed",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "form",
        "button",
        "select",
        "textarea",
        "head",
    }
)
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "legend",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "tfoot",
        "thead",
        "tr",
        "ul",
    }
)
_CELLS = frozenset({"td", "th"})
_SPACE = re.compile(r"\s+")
_ANY_TAG = re.compile(r"<[^<>]*>")
_MARKED_UP = re.compile(r"[<&]")


def plain_text(markup: str, limit: int = 64_000) -> str:
    """Return the text of an HTML fragment, paragraphs separated by one line break, at most `limit` characters.

    Markup that no parser should see is stripped roughly instead. Run it in the sandbox: the input is hostile.
    """
    if not _MARKED_UP.search(markup):
        return clean_text(markup, limit)
    markup = markup[:MAX_MARKUP]
    encoded = markup.encode("utf-8", "replace")  # half surrogate pairs from JSON escapes would stop the parser
    if hostile_reason(encoded):
        return strip_roughly(markup, limit)
    body = LexborHTMLParser(encoded).body
    return element_text(body, limit) if body is not None else ""


def element_text(element: LexborNode, limit: int = 64_000) -> str:
    """Return the text of an element of a parsed page, as `plain_text` does of a fragment."""
    return clean_text("".join(_pieces(element)), limit)


def plain_line(markup: str, limit: int = 500) -> str:
    """Return the text of an HTML fragment as one line, for titles and names."""
    markup = markup[: limit * 20]
    return clean_line(plain_text(markup) if _MARKED_UP.search(markup) else markup, limit)


def strip_roughly(markup: str, limit: int = 64_000) -> str:
    """Return text without tags and entities, by a pattern alone: for when parsing failed. Linear time, any input."""
    return clean_text(unescape(_ANY_TAG.sub(" ", markup[:MAX_MARKUP])), limit)


def first_words(root: LexborNode, limit: int) -> str:
    """Return the text at the beginning of an element, its pieces apart by blanks; at most about `limit` characters.

    Of an element of any size only so much is looked at: thousands of them may stand in one another.
    """
    pieces: list[str] = []
    size = 0
    for node in islice(root.traverse(include_text=True), MOST_NODES):
        if node.is_text_node:
            piece = node.text_content or ""
            pieces.append(piece)
            size += len(piece) + 1
            if size > limit:
                break
    return " ".join(pieces)[:limit]


def _pieces(root: LexborNode) -> list[str]:
    """Walk without recursion: depth is the author's choice."""
    pieces: list[str] = []
    waiting: list[LexborNode | str] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            pieces.append(node)
        elif node.is_text_node:
            pieces.append(_SPACE.sub(" ", node.text_content or ""))
        elif node.is_element_node and node.tag not in _DROPPED:
            border = "\n" if node.tag in _BLOCKS else " " if node.tag in _CELLS else ""
            pieces.append(border)
            waiting.append(border)
            child = node.last_child
            while child is not None:
                waiting.append(child)
                child = child.prev
    return pieces
