"""Does a feed carry whole articles? What one entry and its page say of that, and whether the page is needed. Pure."""

from __future__ import annotations

from monitor.articles.extract import ExtractedPage
from monitor.articles.page import is_cut, weight, word_multiset
from monitor.model import ArticleStatus, FullText

ENOUGH_IN_FEED = 1_500  # letters (see `weight`): from here a feed's text is an article, not an excerpt
SAME_TEXT = 0.9  # of the page's words in the feed's text; the rest is what stands around an article on its page
LONGEST = 100_000  # characters of a page's text that are compared: bounds the work


def could_be_whole(text: str) -> bool:
    """Return whether a feed's text may be a whole article: long, and not cut off."""
    return weight(text) >= ENOUGH_IN_FEED and not is_cut(text)


def needs_page(full_text: FullText, *, link: str, text: str, is_believed: bool) -> bool:
    """Return whether an article's page must be fetched.

    Args:
        full_text: what the user wishes for the feed.
        link: of the entry, "" if it has none.
        text: the longest plain text that the feed gives of the article, in whatever element.
        is_believed: the feed has proven to carry whole articles; what may be one is one.
    """
    if not link or full_text == "feed":
        return False
    return full_text == "fetch" or not (is_believed and could_be_whole(text))


def said_it_all(text: str, page: ExtractedPage | None) -> bool | None:
    """Return whether a feed's text that could be whole was: what a page says, it says too.

    None if that cannot be told: the text was no whole article at first sight, or the page could not be read. What is
    blocked, for subscribers or empty says nothing of the article.
    """
    if page is None or page.status is not ArticleStatus.FULL or not could_be_whole(text):
        return None
    return recall(page.text, text) >= SAME_TEXT


def recall(wanted: str, found: str) -> float:
    """Return the share of a text's words, repeats counted, that another text has, 0..1; 0 for a text without words."""
    words = word_multiset(wanted[:LONGEST])
    return (words & word_multiset(found[: 2 * LONGEST])).total() / words.total() if words else 0.0
