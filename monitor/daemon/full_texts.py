"""Reading a feed's entries while it is learnt whether the feed carries whole articles, so that pages can be left."""

from __future__ import annotations

from typing import Protocol

from monitor.articles.reader import Read
from monitor.clock import Clock
from monitor.feeds.full_text import carries_whole_articles, is_check_due, learn_full_text
from monitor.model import ArticleStatus, Entry, Feed, FeedState


class Reader(Protocol):
    """Turns an entry into an article, whatever its page does."""

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "", is_believed: bool = False) -> Read:
        """Return the article, a bad page shows in its status; and whether the feed's own text had said all of it."""
        ...


class FullTexts:
    """Reads the entries of one poll, and notes what their pages teach of the feed.

    Of entries read at the same time some more than needed are compared: each goes by what is known when it begins.
    """

    def __init__(self, reader: Reader, feed: Feed, state: FeedState, *, feed_title: str, clock: Clock) -> None:
        self._reader = reader
        self._feed = feed
        self._state = state
        self._feed_title = feed_title
        self._clock = clock
        self._is_checking = False
        self.lessons: list[bool] = []

    async def read(self, entry: Entry) -> Read:
        """Return an entry as it was read; of a feed that is believed one at a time is checked, when that is due."""
        is_check = not self._is_checking and is_check_due(self._state, self._clock.now())
        self._is_checking |= is_check
        try:
            read = await self._reader.read(
                entry,
                self._feed,
                feed_title=self._feed_title,
                is_believed=carries_whole_articles(self._state) and not is_check,
            )
        finally:
            self._is_checking &= not is_check
        if is_check and read.feed_said_all is None and read.article.status is ArticleStatus.FEED:
            # The page could not be read: the next poll tries another, not each entry of this one.
            self._is_checking = True
        if read.feed_said_all is not None:
            self.lessons.append(read.feed_said_all)
            self._state = learn_full_text(self._state, [read.feed_said_all], now=self._clock.now())
        return read
