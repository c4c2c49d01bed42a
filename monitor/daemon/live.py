"""Live blogs: each update is news of its own, judged once; while a blog grows its page is read again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from monitor.articles.live_blog import own_fields, update_article
from monitor.clock import Clock
from monitor.daemon.middle import Judged, Middle
from monitor.feeds.known import GROWING_PAUSE, Offer, sort_out
from monitor.model import Article, Entry, Feed, LiveUpdate, Mark
from monitor.store.seen import Seen

log = structlog.get_logger()

GROWS_FOR = timedelta(hours=2)  # since its newest update: then a blog has ended, or sleeps
LONGEST = timedelta(days=1)  # since its first reading; from then on only a change of its entry has it read again


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """What became of a blog's updates."""

    judged: tuple[Judged, ...] = ()
    again: timedelta | None = None  # when the page is to be read again; None: it does not grow any more


class LiveBlogs:
    """Carries the updates of live blogs through the middle.

    What is remembered of them stands among the marks of their feed: one for each update, and one of the day when the
    blog was read first. An update is marked when it is safe, so whatever cuts this short, it is repeated without harm.
    """

    def __init__(self, *, seen: Seen, middle: Middle, clock: Clock, max_age: timedelta) -> None:
        self._seen = seen
        self._middle = middle
        self._clock = clock
        self._max_age = max_age

    async def follow(self, blog: Article, feed: Feed, key: str) -> Followed:
        """Judge a blog's updates that are new, oldest first, and those that changed.

        Of a blog read for the first time those beyond the first poll's age limit are no news.

        Args:
            blog: as it was read just now.
            feed: where its entry stands.
            key: of that entry.

        Raises:
            StoreError: the store cannot take it now; updates judged so far are marked if it can still be done.
        """
        now = self._clock.now()
        updates = {f"live:{blog.id}:{update.id}": update for update in blog.updates}
        own, keys = _own(key), [(name,) for name in updates]
        remembered = (await self._seen.look(feed.key, [(own,), *keys])).marks
        begun = remembered[0][0]
        plan = sort_out(
            [_entry(update, feed) for update in updates.values()],
            keys,
            remembered[1:],
            now=now,
            first_poll=begun is None,
            max_age=self._max_age,
        )
        begun = begun or Mark(content="", carried=now)
        settled = list(plan.quiet)
        judged: list[Judged] = []
        try:
            for offer in (*reversed(plan.new), *reversed(plan.updated)):
                update = updates[offer.keys[0]]
                judged.append(await self._middle.judge(update_article(blog, update), own=own_fields(update)))
                settled.append(offer)
        finally:
            await self._mark(feed, settled, own=own, begun=begun)
        if plan.new:
            log.info("live_updates", feed=feed.key, new_entries=len(plan.new))
        newest = _newest(blog.updates, plan.new, now) if updates else begun.carried  # it may have none yet
        grows = now - newest < GROWS_FOR and _is_young(begun, now)
        return Followed(judged=tuple(judged), again=GROWING_PAUSE if grows else None)

    async def is_followed(self, feed: Feed, key: str) -> bool:
        """Return whether the blog of an entry was read first so lately that its page is asked for again.

        Raises:
            StoreError: the store cannot tell.
        """
        (begun,) = (await self._seen.look(feed.key, [(_own(key),)])).marks[0]
        return begun is not None and _is_young(begun, self._clock.now())

    async def _mark(self, feed: Feed, offers: Sequence[Offer], *, own: str, begun: Mark) -> None:
        await self._seen.mark(feed.key, [((own,), begun), *((offer.keys, offer.mark) for offer in offers)])


def _own(key: str) -> str:
    """Return the key of the mark that says when the blog of an entry was read first."""
    return f"live:{key}"


def _is_young(begun: Mark, now: datetime) -> bool:
    return now - begun.carried < LONGEST


def _entry(update: LiveUpdate, feed: Feed) -> Entry:
    return Entry(feed=feed.key, id=update.id, title=update.title, summary=update.text, published=update.published)


def _newest(updates: Sequence[LiveUpdate], new: Sequence[Offer], now: datetime) -> datetime:
    """Return when a blog last grew, by its dates; without any by what was new just now."""
    dates = [update.published for update in updates if update.published]
    if dates:
        return min(max(dates), now)
    return now if new else datetime.min.replace(tzinfo=now.tzinfo)
