"""Entry + feed's words + page -> Article: which source is believed for each field. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import blake2b

from monitor.articles.bylines import clean_authors
from monitor.articles.dates import not_after
from monitor.articles.extract import ExtractedPage
from monitor.articles.feed_text import MAX_SUMMARY, FeedText
from monitor.articles.full_text import could_be_whole, said_it_all
from monitor.articles.language import primary_language
from monitor.articles.live_blog import own_text
from monitor.articles.page import is_part_of, weight, without_headline
from monitor.articles.titles import letters
from monitor.model import Article, ArticleId, ArticleStatus, Entry, Feed, FullText
from monitor.text import shorten
from monitor.urls import canonical_url, page_key, resolve, site

_MIDNIGHT = time(0)
_A_DAY = timedelta(days=1)
_OLD_AGAINST_PAGE = timedelta(days=365)  # a feed date this much older than the page's is a default value
READ = (
    *(ArticleStatus.FULL, ArticleStatus.TEASER, ArticleStatus.PAYWALLED, ArticleStatus.EMPTY),
    *(ArticleStatus.LIVE, ArticleStatus.GALLERY),
)
_NO_PAGE = ExtractedPage(status=ArticleStatus.FEED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was learnt of one entry; `page` is None if none was wanted. `link` is absolute or ""."""

    entry: Entry
    feed: Feed
    words: FeedText
    page: ExtractedPage | None
    link: str
    feed_title: str = ""


def compose_article(reading: Reading, *, now: datetime, seconds: float) -> Article:
    """Return the article: the feed's title and date first, the page's authors, text and address where it has them.

    Nothing of a page that is not the article (challenge, consent, refusal) is used.
    """
    entry, feed, words = reading.entry, reading.feed, reading.words
    page = reading.page if reading.page and reading.page.status in READ else _NO_PAGE
    url = page.url or reading.link
    canonical = canonical_url(page.canonical_url or url)
    text, status, extractor = _text(words, reading.page, wished=feed.full_text)
    updates = page.updates if page.status is ArticleStatus.LIVE else ()
    if updates:  # whatever the feed says of it, it is told update by update
        status = ArticleStatus.LIVE
    of_page, of_feed = page.language, words.language
    title = _title(words.title, page.title) or shorten(words.brief, 120)
    published, is_day_only = _published(entry, page, now)
    return Article(
        id=article_id(canonical, reading.link, otherwise=_identity(entry)),
        title=title,
        url=url,
        link=reading.link,
        canonical_url=canonical,
        summary=words.brief or shorten(page.description, MAX_SUMMARY),
        text=own_text(without_headline(text, title), updates),
        authors=_authors(reading, page),
        published=published,
        is_day_only=is_day_only,
        modified=_modified((page.modified, entry.updated), published, now),
        seen=now,
        language=(of_feed or of_page if extractor == "feed" else of_page or of_feed)
        or primary_language(entry.language or feed.language),
        status=status,
        extractor=extractor,
        feed=feed.key,
        feed_title=feed.title or reading.feed_title,
        source=feed.source or site(canonical or feed.url),
        tags=feed.tags,
        section=page.section,
        keywords=page.keywords,
        image=page.image,
        free=page.free,
        reason=reading.page.reason if reading.page else "",
        updates=updates,
        seconds=round(seconds, 3),
    )


def article_id(*addresses: str, otherwise: str) -> ArticleId:
    """Return the id, 16 hex digits, of what lives at the first address that is more than a front page.

    Args:
        addresses: the best first.
        otherwise: what tells the article from all others where there is no such address.
    """
    key = next((key for address in addresses if (key := page_key(address))), otherwise)
    return ArticleId(blake2b(key.encode("utf-8", "replace"), digest_size=8).hexdigest())


def _identity(entry: Entry) -> str:
    # A guid without an address is unique in its feed only: many feeds count 1, 2, 3.
    return f"{entry.feed} {entry.id or f'{entry.title} {entry.published}'}"


def absolute_link(entry: Entry, feed: Feed) -> str:
    """Return the entry's link as a web address; a guid that is one stands in for a missing link; "" if none."""
    return resolve(feed.url, entry.link) or (resolve("", entry.id) if entry.id.startswith("http") else "")


def _text(words: FeedText, page: ExtractedPage | None, *, wished: FullText) -> tuple[str, ArticleStatus, str]:
    """Choose between the page's text and the feed's: the page's unless the feed says more."""
    if page is None:
        return words.text, ArticleStatus.FEED, "feed"
    status = page.status
    is_whole = could_be_whole(words.content)
    if status is ArticleStatus.FULL and not is_whole and is_part_of(page.text, words.content):
        status = ArticleStatus.TEASER
    is_outdone = weight(words.content) > weight(page.text)
    if status is ArticleStatus.FULL:
        # A longer text of the feed is the better one only if it is the same article's: the page hides the rest of it.
        is_outdone = is_outdone and wished != "fetch" and said_it_all(words.content, page) is True
    if page.text and status in READ and not is_outdone:
        return page.text, status, page.extractor
    if is_whole:
        return words.text, ArticleStatus.FEED, "feed"
    return words.text, status, "feed"


def _title(of_feed: str, of_page: str) -> str:
    if not of_feed or (of_feed.endswith(("…", "...")) and len(of_page) >= len(of_feed)):
        return of_page or of_feed
    return of_feed


def _authors(reading: Reading, page: ExtractedPage) -> tuple[str, ...]:
    """Return the people of the first source that names any; the publisher only where none does."""
    feed = reading.feed
    own = {letters(name) for name in (feed.title, reading.feed_title, feed.source, site(page.url or reading.link))}
    sources = (page.authors, clean_authors(reading.entry.authors), page.byline)
    people = (tuple(name for name in names if letters(name) not in own) for names in sources)
    return next(filter(None, (*people, *sources)), ())


def _published(entry: Entry, page: ExtractedPage, now: datetime) -> tuple[datetime | None, bool]:
    """Return the date, the feed's unless it cannot be true, and whether it is no more than a day."""
    of_feed, of_page = not_after(entry.published, now), not_after(page.published, now)
    if of_feed is None or (of_page and of_page - of_feed > _OLD_AGAINST_PAGE):
        if of_page:
            return of_page, page.is_day_only
        return (of_feed or not_after(entry.updated, now)), False
    if of_feed.time() == _MIDNIGHT and of_page and not page.is_day_only and abs(of_page - of_feed) < _A_DAY:
        return of_page, False  # the feed knows the day only
    return of_feed, False


def _modified(moments: tuple[datetime | None, ...], published: datetime | None, now: datetime) -> datetime | None:
    """Return the first moment of change that can be true: not in the future, not before the publication."""
    possible = (moment for each in moments if (moment := not_after(each, now)))
    return next((moment for moment in possible if published is None or moment >= published), None)
