"""What a feed itself says of an article: its HTML -> plain fields. On hostile input: run it in the sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.articles.language import detect_language, primary_language
from monitor.articles.markup import MAX_MARKUP, plain_line, plain_text, strip_roughly
from monitor.model import Entry
from monitor.text import clean_line, shorten

MAX_TITLE = 500
MAX_SUMMARY = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMarkup:
    """The text fields of an entry as the feed has them."""

    title: str
    summary: str
    content: str
    claimed_language: str = ""
    detect_language: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedText:
    """The same fields as plain text. `content` is the longest text the feed gives, which may be the summary."""

    title: str
    summary: str
    content: str
    language: str = ""

    @property
    def brief(self) -> str:
        """The summary within its limit, cut at a word."""
        return shorten(self.summary.replace("\n", " "), MAX_SUMMARY)

    @property
    def text(self) -> str:
        """The content where it says more than the brief, else nothing: no word shall be found twice."""
        return "" if self.content.replace("\n", " ") == self.brief else self.content


def feed_markup(entry: Entry, *, claimed_language: str, detect_language: bool) -> FeedMarkup:
    """Return the part of an entry that needs the sandbox, within limits."""
    return FeedMarkup(
        title=entry.title[:MAX_MARKUP],
        summary=entry.summary[:MAX_MARKUP],
        content=entry.content[:MAX_MARKUP],
        claimed_language=claimed_language,
        detect_language=detect_language,
    )


def read_feed_text(markup: FeedMarkup) -> FeedText:
    """Return the plain fields of an entry, and its language by its own words."""
    title = plain_line(markup.title, MAX_TITLE)
    summary = plain_text(markup.summary)
    content = max(plain_text(markup.content), summary, key=len)
    language = primary_language(markup.claimed_language)
    if markup.detect_language:
        language = detect_language(title, content, claimed=markup.claimed_language)
    return FeedText(title=title, summary=summary, content=content, language=language)


def read_feed_text_roughly(markup: FeedMarkup) -> FeedText:
    """Return the plain fields by patterns alone, safe in any process: for when the sandbox had to give up."""
    summary = strip_roughly(markup.summary)
    return FeedText(
        title=clean_line(strip_roughly(markup.title), MAX_TITLE),
        summary=summary,
        content=max(strip_roughly(markup.content), summary, key=len),
        language=primary_language(markup.claimed_language),
    )
