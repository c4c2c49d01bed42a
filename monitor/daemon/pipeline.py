"""The one-way path: entry → article → matches → story → alert → deliveries. Stages meet only here.

Nothing is marked done before it is safe: an entry's seen mark follows the answer of the enqueue script. A crash
anywhere before repeats the entry, and deduplication makes the repetition free.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from monitor.articles.reader import Read
from monitor.clock import Clock
from monitor.daemon.full_texts import FullTexts, Reader
from monitor.daemon.live import LiveBlogs
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Judged, Middle
from monitor.errors import MonitorError, StoreError, StoreFull, StoreUnavailable
from monitor.feeds.known import GROWING_PAUSE, Offer, growing, publication_delay, sort_out
from monitor.model import ArticleStatus, Entry, Feed, FeedState, Severity
from monitor.store.store import Store

log = structlog.get_logger()

# A page that cannot be fetched, or an article that hits a bug, is tried this often before it is set aside: again after
# 2, 8, 32 minutes and 2 hours.
MAX_ATTEMPTS = 5
FIRST_RETRY = timedelta(minutes=2)
RETRY_FACTOR = 4
# Offers in a day that end at a shut gate before the host's pages: nothing was asked, but a host may refuse for ever.
MAX_HELD = 24
# What the page of a live blog has become that is no blog any more; anything else is a bad answer.
ENDED = (ArticleStatus.FULL, ArticleStatus.TEASER, ArticleStatus.PAYWALLED, ArticleStatus.GALLERY)
# Entries of one feed in work at a time: enough to hide the pages' latency, too few to hammer a site.
ENTRIES_AT_ONCE = 4
# Marks of entries live a month; of a feed last read before this, old entries are no news.
FORGOTTEN = timedelta(days=25)
# Entries are marked as seen together at the end of a poll. In a long one, with slow pages, after so many seconds: so a
# crash repeats little, and a daemon that crashes often gets on.
MARK_SECONDS = 5.0
# What an alert is worth when a feed's share in them is measured.
ALERT_WEIGHTS = {Severity.INFO: 0.25, Severity.LOW: 0.5, Severity.HIGH: 1.0, Severity.CRITICAL: 2.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of a poll's entries."""

    new: int = 0
    updated: int = 0  # known ones that said something else, and were carried again
    again: timedelta | None = None  # when some of them are to be offered again; None: all are settled
    delays: tuple[timedelta, ...] = ()  # from publication to now, of new entries whose dates can be believed
    yield_: float = 0.0  # weight of the alerts that the new entries ended in, see ALERT_WEIGHTS
    full_texts: tuple[bool, ...] = ()  # for each page compared with the feed's text whether that had said all of it


def is_first(last_read: datetime | None, now: datetime) -> bool:
    """Return whether no entry is remembered: the feed was never read, or so long ago that its marks are gone."""
    return last_read is None or now - last_read > FORGOTTEN


@dataclass(slots=True)
class _Poll:
    """The entries of one poll under way."""

    feed: Feed
    texts: FullTexts
    settled: list[Offer]  # safe, but not yet marked
    marked: float  # when marks were written last, monotonic
    waits: list[timedelta]


class Pipeline:
    """Carries the entries of one poll through the middle and marks them as seen, once they are safe."""

    def __init__(
        self, *, store: Store, reader: Reader, middle: Middle, clock: Clock, metrics: Metrics, max_age: timedelta
    ) -> None:
        self._store = store
        self._reader = reader
        self._middle = middle
        self._live = LiveBlogs(seen=store.seen, middle=middle, clock=clock, max_age=max_age)
        self._clock = clock
        self._metrics = metrics
        self._max_age = max_age

    async def carry(
        self,
        feed: Feed,
        entries: Sequence[Entry],
        keys: Sequence[tuple[str, ...]],
        *,
        state: FeedState,
        feed_title: str = "",
    ) -> Carried:
        """Carry the entries not seen before, oldest first, then those that changed.

        Of a feed that was never read before, or so long ago that nothing of it is remembered, entries beyond the first
        poll's age limit are recorded silently. The same holds if the store has no marks of it.

        Args:
            feed: where they come from.
            entries: as the feed lists them.
            keys: each entry's identity keys, primary first.
            state: what is known of the feed.
            feed_title: as the feed calls itself.

        Raises:
            StoreError: the store fails; entries carried so far are marked if it can still be done.
        """
        now = self._clock.now()
        remembered = await self._store.seen.look(feed.key, keys)
        first_poll = is_first(state.last_read, now) or remembered.is_blank
        plan = sort_out(
            entries,
            keys,
            remembered.marks,
            now=now,
            first_poll=first_poll,
            max_age=self._max_age,
            last_read=state.last_read,
        )
        if plan.guids_changed:
            hint = "nothing to do: the publisher gave known entries new ids; they raise no alerts"
            log.info("guids_changed", feed=feed.key, entries=plan.guids_changed, hint=hint)
        self._metrics.entries.inc(len(plan.new))
        self._metrics.entries_updated.inc(len(plan.updated))
        texts = FullTexts(self._reader, feed, state, feed_title=feed_title, clock=self._clock)
        poll = _Poll(feed, texts, settled=list(plan.quiet), marked=self._clock.monotonic(), waits=[])
        if plan.again is not None:
            poll.waits.append(plan.again)
        try:
            # Feeds list the newest first; a story's first report should be its oldest.
            weights = await self._carry_all(poll, [*reversed(plan.new), *reversed(plan.updated)])
        finally:
            await self._mark(poll)
        delays = () if first_poll else tuple(publication_delay(offer.entry, now) for offer in plan.new)
        return Carried(
            new=len(plan.new),
            updated=len(plan.updated),
            again=min(poll.waits, default=None),
            delays=tuple(delay for delay in delays if delay is not None),
            yield_=sum(weights[: len(plan.new)]),
            full_texts=tuple(texts.lessons),
        )

    async def _carry_all(self, poll: _Poll, offers: Sequence[Offer]) -> list[float]:
        gate = asyncio.Semaphore(ENTRIES_AT_ONCE)

        async def one(offer: Offer) -> float:
            """Settle one entry when there is room."""
            async with gate:
                weight = await self._settle(poll, offer)
            if self._clock.monotonic() - poll.marked > MARK_SECONDS:
                await self._mark(poll)
            return weight

        outage: StoreError | None = None
        tasks: list[asyncio.Task[float]] = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(offer)) for offer in offers]
        except* StoreError as errors:
            outage = next(error for error in errors.exceptions if isinstance(error, StoreError))
        if outage is not None:
            raise outage
        return [task.result() for task in tasks]

    async def _settle(self, poll: _Poll, offer: Offer) -> float:
        """Carry one entry and note it as settled, or when to offer it again; its failure never stops the others.

        Returns what its alert weighs.
        """
        feed, entry = poll.feed, offer.entry
        again: timedelta | None = None
        judged: list[Judged] = []
        try:
            read = await poll.texts.read(entry)
            article = read.article
            self._metrics.articles.labels(article.status).inc()
            judged.append(await self._middle.judge(article))
            if article.updates or article.status is ArticleStatus.LIVE:
                followed = await self._live.follow(article, feed, offer.keys[0])
                judged += followed.judged
                if followed.again is not None:
                    poll.waits.append(followed.again)
                    offer = replace(offer, mark=growing(offer.mark))
            elif offer.grew and article.status not in ENDED and await self._live.is_followed(feed, offer.keys[0]):
                # A bad answer is not the end of a live blog.
                poll.waits.append(max(GROWING_PAUSE, read.held))
                offer = replace(offer, mark=growing(offer.mark))
            elif article.status is ArticleStatus.UNREACHABLE:
                # The headline has had its chance; rules that need the text get theirs when the page answers.
                again = await self._try_again(feed, offer.keys)
            elif article.status is ArticleStatus.BLOCKED:
                again = await self._try_when_open(read, feed, offer.keys)
        except (StoreUnavailable, StoreFull):
            raise
        except MonitorError as error:
            log.warning("article_failed", feed=feed.key, reason=str(error))
            again = await self._try_again(feed, offer.keys)
        except Exception:  # where a unit of work ends: a bug in it is told and counted, and ends nothing else
            self._metrics.bugs.labels("article").inc()
            log.exception("bug", feed=feed.key, entry=entry.id)
            again = await self._try_again(feed, offer.keys)
        if again is None:
            poll.settled.append(offer)
        else:
            poll.waits.append(again)
        return max(map(_alert_weight, judged), default=0.0)

    async def _mark(self, poll: _Poll) -> None:
        """Mark what is settled: all at once, for a round trip each would cost more than all the rest of the state."""
        settled, poll.settled, poll.marked = poll.settled, [], self._clock.monotonic()
        await self._store.seen.mark(poll.feed.key, [(offer.keys, offer.mark) for offer in settled])

    async def _try_again(self, feed: Feed, keys: Collection[str]) -> timedelta | None:
        """Count an attempt at an entry; return the wait before the next one, None if it was the last."""
        attempt = await self._store.seen.attempt(feed.key, next(iter(keys)))
        return FIRST_RETRY * RETRY_FACTOR ** (attempt - 1) if attempt < MAX_ATTEMPTS else None

    async def _try_when_open(self, read: Read, feed: Feed, keys: Collection[str]) -> timedelta | None:
        """Return when to try an article again whose host refuses its pages; None if this was the last try.

        Until then its page is not asked for. What is blocked for another reason stays so.
        """
        if read.held <= timedelta(0):
            return None
        if not read.was_asked:
            held = await self._store.seen.attempt(feed.key, f"held {next(iter(keys))}")
            return read.held if held < MAX_HELD else None
        again = await self._try_again(feed, keys)
        return max(again, read.held) if again is not None else None


def _alert_weight(judged: Judged) -> float:
    """Return how much the alert weighs that an article made or belongs to, 0 for none."""
    alerted = {item.rule for item in judged.enqueued}
    weights = (ALERT_WEIGHTS[match.rule.severity] for match in judged.matches if match.rule.id in alerted)
    return max(weights, default=0.0)
