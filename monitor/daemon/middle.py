"""The middle of the one-way path: article → matches → story → alert → queues of deliveries."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from monitor.alerts.decide import Version, decide
from monitor.alerts.snippets import snippets
from monitor.alerts.volume import decide_volume, volume_alert
from monitor.clock import Clock
from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.errors import StoreUnavailable
from monitor.model import Article, ArticleField, Assignment, ChannelName, Match, Volume
from monitor.remembered import NOTHING_KNOWN, Look, TermCounts
from monitor.rules.match import RuleSet
from monitor.rules.volume import is_in_force
from monitor.store.alerts import Conflict, Draft, Enqueued
from monitor.store.store import Store
from monitor.store.telling import Telling
from monitor.store.volume import Count
from monitor.stories.assign import (
    Newcomer,
    article_addresses,
    assign_story,
    headline_key,
    is_another_article,
    stands_alone,
    story_after,
    told_apart,
)
from monitor.stories.figures import joined_copy, replaced_figures
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import Frequencies, learned, weighing
from monitor.stories.story_match import heaviest
from monitor.stories.terms import read_terms
from monitor.urls import site

log = structlog.get_logger()

# Another daemon may store a copy, or count for a volume rule, between look and enqueue; each round settles at least one
# of the racing articles.
MAX_RACES = 50
# Texts that no rule matched are counted together: a round trip each would cost more than they are good for.
READ_AT_ONCE = 50


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
        self._read: list[Collection[int]] = []  # the terms of texts that no rule matched
        self._term_counts = TermCounts()
        self._frequencies = Frequencies()
        self.new_alerts = 0  # since the start

    async def judge(
        self, article: Article, *, own: Collection[ArticleField] | None = None, always_assign: bool = False
    ) -> Judged:
        """Carry an article to the alert queues; repeating it changes nothing.

        Args:
            article: what was read; its `seen` time dates the alert.
            own: the fields that are its own, None for all. What matches by others alone was judged where they are from.
            always_assign: look for the story even when no rule matches (for replays).

        Raises:
            StoreError: the store cannot take it now; offer the article again.
        """
        policy = self._policy()
        if policy is not self._watched:
            await self.watch()
        now = article.seen or self._clock.now()
        started = time.perf_counter()
        matches = tuple(
            match for match in policy.rules.match(article) if is_in_force(match.rule, now) and _has_own(match, own)
        )
        self._metrics.match_seconds.observe(time.perf_counter() - started)
        for match in matches:
            self._metrics.matches.labels(match.rule.id).inc()
        if not matches and not always_assign:
            await self._note_read(article, now)
            return Judged(matches=(), assignment=None, enqueued=())
        if any(match.rule.volume for match in matches):
            async with self._counting:
                assignment, enqueued = await self._enqueue(article, matches, policy, now, is_alone=own is not None)
        else:
            assignment, enqueued = await self._enqueue(article, matches, policy, now, is_alone=own is not None)
        self._count(assignment, enqueued)
        return Judged(matches=matches, assignment=assignment, enqueued=enqueued)

    async def watch(self) -> None:
        """Note that we listen for the volume rules, so that their history has no gap, and what was read; each minute.

        Raises:
            StoreError: it cannot be noted.
        """
        policy = self._policy()
        now = self._clock.now()
        await self._store.volumes.watch(policy.rules.rules, now=now)
        self._watched = policy
        await self._count_read(now)

    async def _note_read(self, article: Article, now: datetime) -> None:
        """Let a text count that no rule matched: what is in many says little. A few are lost if we are killed."""
        self._read.append(read_terms(article).weights.keys())
        if len(self._read) >= READ_AT_ONCE:
            await self._count_read(now)

    async def _count_read(self, now: datetime) -> None:
        documents, self._read = self._read, []
        await self._store.terms.note_read(documents, now=now)

    async def _weights(self) -> Frequencies:
        """Return by what words are weighed now."""
        counts = await self._store.terms.current(learned)
        if counts is not self._term_counts:
            self._term_counts = counts
            self._frequencies = weighing(counts)
        return self._frequencies

    async def _enqueue(
        self, article: Article, matches: Sequence[Match], policy: Policy, now: datetime, *, is_alone: bool
    ) -> tuple[Assignment, tuple[Enqueued, ...]]:
        newcomer, look = _newcomer(article, is_alone=is_alone), NOTHING_KNOWN
        addresses = article_addresses(article)
        frequencies = await self._weights()
        whys = [snippets(article, match) for match in matches]
        for _ in range(MAX_RACES):
            if look.by_address is not None and is_another_article(newcomer.fingerprint, look.by_address):
                newcomer, addresses, look = _newcomer(told_apart(article), is_alone=is_alone), (), NOTHING_KNOWN
            assignment = assign_story(newcomer, look, frequencies, now=now)
            version = _version(newcomer, assignment, look)
            drafts, counts = [], []
            for match, why in zip(matches, whys, strict=True):
                decided = decide(
                    match,
                    assignment,
                    article=newcomer.article,
                    why=why,
                    version=version,
                    routes=policy.routes,
                    following=policy.followers,
                    now=now,
                )
                draft = Draft(
                    alert=decided.alert,
                    report=decided.report,
                    follow=decided.follow,
                    claims=decided.claims,
                    facts=decided.facts,
                    repeat_after=decided.repeat_after,
                    group_window=decided.group_window,
                )
                if match.rule.volume is None:
                    drafts.append(draft)
                    continue
                count, surge = await self._count_in(match, match.rule.volume, draft, now)
                counts.append(count)
                drafts += [surge] if surge else []
            telling = _telling(newcomer, assignment, look, frequencies, addresses, now)
            answer = await self._store.alerts.enqueue(telling, look=look, drafts=drafts, counts=counts)
            if not isinstance(answer, Conflict):
                return assignment, answer
            look = answer.look
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
        return count, replace(draft, alert=alert, claims=(), repeat_after=None, group_window=None, gathers=fires)

    def _count(self, assignment: Assignment, enqueued: Sequence[Enqueued]) -> None:
        for item in enqueued:
            if item.kind == "new":
                self.new_alerts += 1
                self._metrics.alerts.labels(item.rule).inc()
                log.info("alert_queued", rule=item.rule, alert=item.alert, story=assignment.story)
            elif item.kind == "update":
                self._metrics.updates.labels(item.rule).inc()
                log.info("alert_updated", rule=item.rule, alert=item.alert, story=assignment.story)
            else:
                # A story of its own repeats no alert, unless it is part of a volume rule's surge.
                reason = "surge" if assignment.joined == "opened" else assignment.joined
                self._metrics.deduplicated.labels(reason).inc()
                log.debug("alert_repeated", rule=item.rule, alert=item.alert, reason=reason)


def _newcomer(article: Article, *, is_alone: bool) -> Newcomer:
    return Newcomer(article=article, fingerprint=text_print(article), terms=read_terms(article), is_alone=is_alone)


def _version(newcomer: Newcomer, assignment: Assignment, look: Look) -> Version:
    article, fingerprint = newcomer.article, newcomer.fingerprint
    earlier = joined_copy(article, assignment, look)
    if earlier is None:
        return Version(fingerprint=fingerprint)
    is_same = assignment.joined in ("article", "address")
    replaced = replaced_figures(article, fingerprint, earlier, is_same_article=is_same)
    return Version(fingerprint=fingerprint, earlier=earlier, replaced=replaced)


def _telling(
    newcomer: Newcomer,
    assignment: Assignment,
    look: Look,
    frequencies: Frequencies,
    addresses: Sequence[str],
    now: datetime,
) -> Telling:
    """Return what is to be remembered of an article, for others to be compared with."""
    article, terms = newcomer.article, newcomer.terms
    home = site(article.url) or article.source
    # What is known already finds nothing by its words.
    is_found_by_words = assignment.joined in ("opened", "story") and not stands_alone(newcomer)
    headline = headline_key(article.title)
    return Telling(
        assignment=assignment,
        fingerprint=newcomer.fingerprint,
        site=home,
        seen=now,
        addresses=addresses,
        headline=headline,
        series=f"{home} {headline}" if headline else "",
        terms=terms.weights.keys(),
        story=story_after(newcomer, assignment, look, frequencies, now),
        heavy=heaviest(terms, frequencies) if is_found_by_words else (),
    )


def _has_own(match: Match, own: Collection[ArticleField] | None) -> bool:
    return own is None or any(evidence.field in own for evidence in match.evidence)
