"""The one-way path: entry → article → matches → story → alert → deliveries. Stages meet only here.

Nothing is marked done before it is safe: an entry's seen mark follows the answer of the enqueue script. A crash
anywhere before repeats the entry, and deduplication makes the repetition free.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from monitor.alerts.decide import decide
from monitor.alerts.volume import decide_volume, volume_alert
from monitor.clock import Clock
from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.errors import MonitorError, StoreError, StoreFull, StoreUnavailable
from monitor.feeds.known import Offer, publication_delay, sort_out
from monitor.model import Article, ArticleStatus, Assignment, ChannelName, Entry, Feed, Match, Severity, Volume
from monitor.rules.match import RuleSet
from monitor.rules.volume import is_in_force
from monitor.store.alerts import Conflict, Draft, Enqueued
from monitor.store.store import Store
from monitor.store.volume import Count
from monitor.stories.assign import article_addresses, assign_story, is_another_article, told_apart
from monitor.stories.fingerprint import text_print

log = structlog.get_logger()

# A page that cannot be fetched, or an article that hits a bug, is tried this often before it is set aside: again after
# 2, 8, 32 minutes and 2 hours.
MAX_ATTEMPTS = 5
FIRST_RETRY = timedelta(minutes=2)
RETRY_FACTOR = 4
# Entries of one feed in work at a time: enough to hide the pages' latency, too few to hammer a site.
ENTRIES_AT_ONCE = 4
# Marks of entries live a month; of a feed last read before this, old entries are no news.
FORGOTTEN = timedelta(days=25)
# Another daemon may store a copy, or count for a volume rule, between look and enqueue; each round settles at least one
# of the racing articles.
MAX_RACES = 50
# Entries are marked as seen together at the end of a poll. In a long one, with slow pages, after so many seconds: so a
# crash repeats little, and a daemon that crashes often gets on.
MARK_SECONDS = 5.0
# What an alert is worth when a feed's share in them is measured.
ALERT_WEIGHTS = {Severity.INFO: 0.25, Severity.LOW: 0.5, Severity.HIGH: 1.0, Severity.CRITICAL: 2.0}


class Reader(Protocol):
    """Turns an entry into an article, whatever its page does."""

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "") -> Article:
        """Return the article; a bad page shows in its status."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the middle made of an article."""

    matches: tuple[Match, ...]
    assignment: Assignment | None  # None: nothing matched, so no story was looked for
    enqueued: tuple[Enqueued, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The user's files as far as the middle needs them; swapped whole on a reload."""

    rules: RuleSet
    routes: tuple[Route, ...]
    followers: frozenset[ChannelName]  # channels that want to hear of further sources


class Middle:
    """Match, story, decide, enqueue for one article at a time; the daemon and `monitor replay` share it."""

    def __init__(self, *, store: Store, policy: Callable[[], Policy], clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._policy = policy
        self._clock = clock
        self._metrics = metrics
        self._watched: Policy | None = None
        # What counts for volume rules goes one by one: with ourselves we need not race.
        self._counting = asyncio.Lock()
        self.new_alerts = 0  # since the start

    async def judge(self, article: Article, *, always_assign: bool = False) -> Judged:
        """Carry an article to the alert queues; repeating it changes nothing.

        Args:
            article: what was read; its `seen` time dates the alert.
            always_assign: look for the story even when no rule matches (for replays).

        Raises:
            StoreError: the store cannot take it now; offer the article again.
        """
        policy = self._policy()
        if policy is not self._watched:
            await self.watch()
        now = article.seen or self._clock.now()
        started = time.perf_counter()
        matches = tuple(match for match in policy.rules.match(article) if is_in_force(match.rule, now))
        self._metrics.match_seconds.observe(time.perf_counter() - started)
        for match in matches:
            self._metrics.matches.labels(match.rule.id).inc()
        if not matches and not always_assign:
            return Judged(matches=(), assignment=None, enqueued=())
        if any(match.rule.volume for match in matches):
            async with self._counting:
                assignment, enqueued = await self._enqueue(article, matches, policy, now)
        else:
            assignment, enqueued = await self._enqueue(article, matches, policy, now)
        self._count(assignment, enqueued)
        return Judged(matches=matches, assignment=assignment, enqueued=enqueued)

    async def watch(self) -> None:
        """Note that we listen for the volume rules, so that their history has no gap; call it each minute.

        Raises:
            StoreError: it cannot be noted.
        """
        policy = self._policy()
        await self._store.volumes.watch(policy.rules.rules, now=self._clock.now())
        self._watched = policy

    async def _enqueue(
        self, article: Article, matches: Sequence[Match], policy: Policy, now: datetime
    ) -> tuple[Assignment, tuple[Enqueued, ...]]:
        fingerprint = text_print(article)
        addresses = article_addresses(article)
        for _ in range(MAX_RACES):
            look = await self._store.stories.look(fingerprint, addresses)
            if look.by_address is not None and is_another_article(fingerprint, look.by_address):
                article = told_apart(article)
                fingerprint, addresses = text_print(article), ()
                continue
            assignment = assign_story(article, fingerprint, look.candidates, by_address=look.by_address)
            drafts, counts = [], []
            for match in matches:
                decided = decide(
                    match, assignment, article=article, routes=policy.routes, following=policy.followers, now=now
                )
                draft = Draft(alert=decided.alert, follow=decided.follow, repeat_after=match.rule.repeat_after)
                if match.rule.volume is None:
                    drafts.append(draft)
                    continue
                count, surge = await self._count_in(match, match.rule.volume, draft, now)
                counts.append(count)
                drafts += [surge] if surge else []
            answer = await self._store.alerts.enqueue(
                assignment=assignment,
                fingerprint=fingerprint,
                addresses=addresses,
                checked=look.checked,
                drafts=drafts,
                counts=counts,
            )
            if not isinstance(answer, Conflict):
                return assignment, answer
        raise StoreUnavailable(
            f"article {article.id}: copies of it arrive faster than they can be compared; it is retried"
        )

    async def _count_in(self, match: Match, volume: Volume, draft: Draft, now: datetime) -> tuple[Count, Draft | None]:
        """Return what an article adds to the tally of a volume rule, and the alert that it makes or belongs to."""
        rule, story, report = match.rule, draft.alert.story, draft.alert.lead
        tally = await self._store.volumes.tally(rule.id, volume, story=story, site=report.site, now=now)
        verdict = decide_volume(volume, tally, repeat_after=rule.repeat_after, now=now)
        alert = volume_alert(draft.alert, match, tally, verdict)
        fires = verdict.kind == "fires"
        count = Count(
            rule=rule.id,
            volume=volume,
            story=story,
            report=report,
            tally=tally,
            at=now,
            is_met=verdict.is_met,
            alert=alert.id if fires else None,
        )
        if verdict.kind == "quiet":
            return count, None
        # Whether it is told anew is decided already: repeat_after is the surge's, not the story's.
        return count, replace(draft, alert=alert, repeat_after=None, gathers=fires)

    def _count(self, assignment: Assignment, enqueued: Sequence[Enqueued]) -> None:
        for item in enqueued:
            if item.kind == "new":
                self.new_alerts += 1
                self._metrics.alerts.labels(item.rule).inc()
                log.info("alert_queued", rule=item.rule, alert=item.alert, story=assignment.story)
            else:
                # A story of its own repeats no alert, unless it is part of a volume rule's surge.
                reason = "surge" if assignment.joined == "opened" else assignment.joined
                self._metrics.deduplicated.labels(reason).inc()
                log.debug("alert_repeated", rule=item.rule, alert=item.alert, reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What became of a poll's entries."""

    new: int = 0
    updated: int = 0  # known ones that said something else, and were carried again
    again: timedelta | None = None  # when some of them are to be offered again; None: all are settled
    delays: tuple[timedelta, ...] = ()  # from publication to now, of new entries whose dates can be believed
    yield_: float = 0.0  # weight of the alerts that the new entries ended in, see ALERT_WEIGHTS


def is_first(last_read: datetime | None, now: datetime) -> bool:
    """Return whether no entry is remembered: the feed was never read, or so long ago that its marks are gone."""
    return last_read is None or now - last_read > FORGOTTEN


@dataclass(slots=True)
class _Poll:
    """The entries of one poll under way."""

    feed: Feed
    feed_title: str
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
        self._clock = clock
        self._metrics = metrics
        self._max_age = max_age

    async def carry(
        self,
        feed: Feed,
        entries: Sequence[Entry],
        keys: Sequence[tuple[str, ...]],
        *,
        first_poll: bool,
        feed_title: str = "",
        last_read: datetime | None = None,
    ) -> Carried:
        """Carry the entries not seen before, oldest first, then those that changed.

        Args:
            feed: where they come from.
            entries: as the feed lists them.
            keys: each entry's identity keys, primary first.
            first_poll: the feed was never read before, or so long ago that nothing of it is remembered: entries beyond
                the first poll's age limit are recorded silently. The same holds if the store has no marks of the feed.
            feed_title: as the feed calls itself.
            last_read: when the feed was last read.

        Raises:
            StoreError: the store fails; entries carried so far are marked if it can still be done.
        """
        now = self._clock.now()
        remembered = await self._store.seen.look(feed.key, keys)
        first_poll = first_poll or remembered.is_blank
        plan = sort_out(
            entries,
            keys,
            remembered.marks,
            now=now,
            first_poll=first_poll,
            max_age=self._max_age,
            last_read=last_read,
        )
        if plan.guids_changed:
            hint = "nothing to do: the publisher gave known entries new ids; they raise no alerts"
            log.info("guids_changed", feed=feed.key, entries=plan.guids_changed, hint=hint)
        self._metrics.entries.inc(len(plan.new))
        self._metrics.entries_updated.inc(len(plan.updated))
        poll = _Poll(feed, feed_title, settled=list(plan.quiet), marked=self._clock.monotonic(), waits=[])
        if plan.again is not None:
            poll.waits.append(plan.again)
        try:
            # Feeds list the newest first; a story's first report should be its oldest.
            judged = await self._carry_all(poll, [*reversed(plan.new), *reversed(plan.updated)])
        finally:
            await self._mark(poll)
        delays = () if first_poll else tuple(publication_delay(offer.entry, now) for offer in plan.new)
        return Carried(
            new=len(plan.new),
            updated=len(plan.updated),
            again=min(poll.waits, default=None),
            delays=tuple(delay for delay in delays if delay is not None),
            yield_=sum(_alert_weight(each) for each in judged[: len(plan.new)]),
        )

    async def _carry_all(self, poll: _Poll, offers: Sequence[Offer]) -> list[Judged | None]:
        gate = asyncio.Semaphore(ENTRIES_AT_ONCE)

        async def one(offer: Offer) -> Judged | None:
            """Settle one entry when there is room."""
            async with gate:
                judged = await self._settle(poll, offer)
            if self._clock.monotonic() - poll.marked > MARK_SECONDS:
                await self._mark(poll)
            return judged

        outage: StoreError | None = None
        tasks: list[asyncio.Task[Judged | None]] = []
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(offer)) for offer in offers]
        except* StoreError as errors:
            outage = next(error for error in errors.exceptions if isinstance(error, StoreError))
        if outage is not None:
            raise outage
        return [task.result() for task in tasks]

    async def _settle(self, poll: _Poll, offer: Offer) -> Judged | None:
        """Carry one entry and note it as settled, or when to offer it again; its failure never stops the others."""
        feed, entry = poll.feed, offer.entry
        again: timedelta | None = None
        judged: Judged | None = None
        try:
            article = await self._reader.read(entry, feed, feed_title=poll.feed_title)
            self._metrics.articles.labels(article.status).inc()
            judged = await self._middle.judge(article)
            if article.status is ArticleStatus.UNREACHABLE:
                # The headline has had its chance; rules that need the text get theirs when the page answers.
                again = await self._try_again(feed, offer.keys)
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
        return judged

    async def _mark(self, poll: _Poll) -> None:
        """Mark what is settled: all at once, for a round trip each would cost more than all the rest of the state."""
        settled, poll.settled, poll.marked = poll.settled, [], self._clock.monotonic()
        await self._store.seen.mark(poll.feed.key, [(offer.keys, offer.mark) for offer in settled])

    async def _try_again(self, feed: Feed, keys: Collection[str]) -> timedelta | None:
        """Count an attempt at an entry; return the wait before the next one, None if it was the last."""
        attempt = await self._store.seen.attempt(feed.key, next(iter(keys)))
        return FIRST_RETRY * RETRY_FACTOR ** (attempt - 1) if attempt < MAX_ATTEMPTS else None


def _alert_weight(judged: Judged | None) -> float:
    """Return how much the alert weighs that an article made or belongs to, 0 for none."""
    if judged is None:
        return 0.0
    alerted = {item.rule for item in judged.enqueued}
    weights = (ALERT_WEIGHTS[match.rule.severity] for match in judged.matches if match.rule.id in alerted)
    return max(weights, default=0.0)
