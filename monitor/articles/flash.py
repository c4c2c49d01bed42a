"""The text of a news flash: two sentences under a headline, which extractors take for a page without an article."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.text import clean_line

_ARTICLE = ("[itemprop=articleBody]", "article", "main", "[role=main]")
_FRAME = frozenset({"nav", "footer", "header", "aside", "form", "figure", "button", "li"})
_MIN_WORDS = 4  # of a paragraph: less is a label
_MOST_LINKED = 0.5  # share of a paragraph's letters that may be links: more is a menu
_MOST_PARAGRAPHS = 12  # more is no flash, and then the extractor knew why it took none of it


def short_text(tree: LexborHTMLParser) -> str:
    """Return the few paragraphs of a page's article, one a line; "" if there are none or too many.

    Without an element that says where the article is, a page with exactly one headline (h1) is taken as a whole.
    """
    root = next((found for selector in _ARTICLE if (found := tree.css_first(selector))), None)
    if root is None and len(tree.css("h1")) == 1:
        root = tree.body
    if root is None:
        return ""
    paragraphs = [text for node in root.css("p") if (text := _prose(node))]
    return "\n".join(paragraphs) if len(paragraphs) <= _MOST_PARAGRAPHS else ""


def _prose(paragraph: LexborNode) -> str:
    """Return a paragraph's text, "" if it is part of the page's frame, a label or a menu."""
    parent = paragraph.parent
    while parent is not None:
        if parent.tag in _FRAME:
            return ""
        parent = parent.parent
    text = clean_line(paragraph.text(), 2_000)
    linked = sum(len(link.text()) for link in paragraph.css("a"))
    return text if len(text.split()) >= _MIN_WORDS and linked <= _MOST_LINKED * len(text) else ""
