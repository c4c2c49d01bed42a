"""Alerts: one record for each (rule, story), the articles that told it, and their way onto the channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from monitor.clock import Clock
from monitor.model import (
    Alert,
    AlertId,
    ChannelName,
    Delivery,
    DeliveryId,
    DeliveryKind,
    Report,
    RuleId,
)
from monitor.remembered import NOTHING_KNOWN, Look
from monitor.store.codec import decode, encode
from monitor.store.connect import Connection
from monitor.store.keys import (
    ALERT_LIFETIME,
    CALL_LIFETIME,
    DELIVERY_LIFETIME,
    Keys,
    digest,
)
from monitor.store.scripts import Scripts, milliseconds
from monitor.store.stories import read_look
from monitor.store.telling import Telling, telling_plan
from monitor.store.term_counts import TermCounting
from monitor.store.volume import Count, count_plan, unix_ms

MOST_REPORTS = 200  # kept with an alert; further sites are counted only
PAGE = 200  # records read in one trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An alert that is to be made unless there is one of its id already."""

    alert: Alert
    follow: tuple[ChannelName, ...] = ()  # channels that want to hear of each further site
    repeat_after: timedelta | None = None  # from then on a further article alerts anew
    gathers: bool = False  # a volume rule's: it is made in any case, and lists the articles that the window holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What became of a draft."""

    rule: RuleId
    alert: AlertId
    kind: Literal["new", "repeat"]
    new_site: bool  # a repeat that adds a site to those that told the story
    sources: int  # sites that told the story so far


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Something was found that the caller had not looked at; nothing was written: do it all again with this look."""

    look: Look  # the caller's own if only a volume rule has counted meanwhile


class Alerts:
    """The alerts of one workspace."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock, terms: TermCounting) -> None:
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._terms = terms
        self._scripts = Scripts(connection, keys)

    async def enqueue(
        self, telling: Telling, *, look: Look, drafts: Sequence[Draft], counts: Sequence[Count] = ()
    ) -> Conflict | tuple[Enqueued, ...]:
        """Write what is remembered of an article, its alerts and their deliveries in one step, all or nothing.

        When it has answered, everything is safe; repeating it, after a crash or with the article read again, adds
        nothing.

        Args:
            telling: the article, its story, and the copy that it was found to be of.
            look: what it was compared with, `NOTHING_KNOWN` at first; with anything else there is a Conflict.
            drafts: one for each rule that matched and tells of it; `alert.lead` is the report of this article.
            counts: one for each volume rule that matched, whether it tells of it or not.

        Raises:
            StoreError: nothing was written, or everything was and the answer was lost; offer the article again.
        """
        plan = _Plan(self._keys, self._clock.now())
        plan.add_telling(telling, look)
        for count in counts:
            plan.add_count(count)
        for draft in drafts:
            plan.add_draft(draft)
        return await self._write(plan, drafts, look)

    async def announce(self, draft: Draft) -> Enqueued:
        """Write an alert that no article made, and its deliveries, in one step; repeating it adds nothing.

        Raises:
            StoreError: nothing was written, or everything was and the answer was lost; offer it again.
        """
        plan = _Plan(self._keys, self._clock.now())
        plan.add_draft(draft)
        answer = await self._write(plan, [draft], NOTHING_KNOWN)
        assert not isinstance(answer, Conflict)  # there is nothing to race for
        return answer[0]

    async def _write(self, plan: _Plan, drafts: Sequence[Draft], look: Look) -> Conflict | tuple[Enqueued, ...]:
        answer = await self._scripts.enqueue(plan.keys, plan.values, plan.packed)
        if isinstance(answer, list):
            return Conflict(look=read_look(answer))
        if "conflict" in answer:
            return Conflict(look=look)
        if "learnt" in answer:
            self._terms.hear(*answer["learnt"])
        return tuple(
            Enqueued(
                rule=draft.alert.rule,
                alert=draft.alert.id,
                kind="new" if is_new else "repeat",
                new_site=is_new_site,
                sources=sites,
            )
            for draft, (is_new, is_new_site, sites) in zip(drafts, answer["enqueued"], strict=True)
        )

    async def get(self, alert: AlertId) -> Alert | None:
        """Return an alert, None if there is none or it has expired."""
        text = await self._connection.call("HGET", self._keys.alert(alert), "alert")
        return decode(text, Alert) if text else None

    async def list(self, limit: int, *, rule: RuleId | None = None) -> tuple[Alert, ...]:
        """Return the newest alerts, newest first, of one rule if given."""
        found: list[Alert] = []
        start = 0
        while len(found) < limit:
            ids = await self._connection.call("ZREVRANGE", self._keys.alerts, start, start + PAGE - 1)
            if not ids:
                break
            texts = await self._connection.call_all([("HGET", self._keys.alert(id_), "alert") for id_ in ids])
            page = [decode(text, Alert) for text in texts if text]
            found += [alert for alert in page if rule is None or alert.rule == rule]
            start += PAGE
        return tuple(found[:limit])

    async def reports(self, alert: AlertId) -> tuple[Report, ...]:
        """Return the articles that told an alert's story, the first seen first."""
        texts = await self._connection.call("HVALS", self._keys.reports(alert))
        reports = (decode(text, Report) for text in texts)
        return tuple(sorted(reports, key=lambda report: (report.seen, report.article)))

    async def count_sources(self, alerts: Sequence[AlertId]) -> dict[AlertId, int]:
        """Return how many sites told the story of each alert."""
        counts = await self._connection.call_all([("SCARD", self._keys.sites(alert)) for alert in alerts])
        return dict(zip(alerts, counts, strict=True))


class _Plan:
    """The script's argument: values, and the keys at the positions by which the values name them."""

    def __init__(self, keys: Keys, now: datetime) -> None:
        self._names = keys
        self._now = now
        self.keys = [
            keys.call(uuid4().hex),
            keys.remembered,
            keys.alerts,
            keys.deliveries,
            keys.channels,
            keys.copies,
            keys.stories,
            keys.probes,
            keys.terms,
            keys.names,
            keys.read_terms,
            keys.remembered_sizes,
        ]
        self.packed: list[bytes] = []
        self.values: dict[str, object] = {
            "now": unix_ms(now),
            "most_reports": MOST_REPORTS,
            "alert_lifetime": milliseconds(ALERT_LIFETIME),
            "delivery_lifetime": milliseconds(DELIVERY_LIFETIME),
            "call_lifetime": milliseconds(CALL_LIFETIME),
        }
        self._drafts: list[object] = []
        self.values["drafts"] = self._drafts
        self._counts: list[object] = []
        self._counted: list[RuleId] = []
        self.values["counts"] = self._counts

    def add_telling(self, telling: Telling, look: Look) -> None:
        """Add what is remembered of the article."""
        plan, self.packed = telling_plan(telling, look, self._names, now=self._now, position=self._position)
        self.values |= {"telling": plan, "revision": look.revision, "met": dict.fromkeys(look.met, True)}

    def add_count(self, count: Count) -> None:
        """Add an article to the tally of a volume rule."""
        names, values = count_plan(count, self._names, most_reports=MOST_REPORTS - 1)
        volume, stories, sites, articles, reports = (self._position(name) for name in names)
        values |= {"volume": volume, "stories": stories, "sites": sites, "articles": articles, "reports": reports}
        self._counts.append({**values, "report": encode(count.report)})
        self._counted.append(count.rule)

    def add_draft(self, draft: Draft) -> None:
        """Add an alert with the deliveries that it makes if it is new, and those if it only gains a site."""
        alert, repeat_after = draft.alert, draft.repeat_after
        # An alert that may come again needs ids of its own each time; one that may not keeps them for good, so that
        # receivers recognise it even after the store lost its last second.
        occasion = alert.created.isoformat() if repeat_after else ""
        self._drafts.append(
            {
                "id": alert.id,
                "record": self._position(self._names.alert(alert.id)),
                "reports": self._position(self._names.reports(alert.id)),
                "sites": self._position(self._names.sites(alert.id)),
                "told": self._position(self._names.told(alert.id)),
                "json": encode(alert),
                "article": alert.lead.article,
                "site": alert.lead.site,
                "report": encode(alert.lead),
                "repeat_after": milliseconds(repeat_after) if repeat_after else 0,
                "gathers": self._counted.index(alert.rule) + 1 if draft.gathers else 0,
                "tell": [self._delivery(alert, channel, "new", occasion) for channel in dict.fromkeys(alert.channels)],
                "follow": [
                    self._delivery(alert, channel, "source", alert.lead.article)
                    for channel in dict.fromkeys(draft.follow)
                ],
            }
        )

    def _delivery(self, alert: Alert, channel: ChannelName, kind: DeliveryKind, occasion: str) -> dict[str, str | int]:
        delivery = Delivery(
            id=DeliveryId(digest(alert.id, channel, kind, occasion)),
            alert=alert.id,
            channel=channel,
            kind="drill" if alert.drill else kind,
            queued=self._now,
            report=alert.lead if kind == "source" else None,
        )
        return {
            "id": delivery.id,
            "channel": channel,
            "json": encode(delivery),
            "record": self._position(self._names.delivery(delivery.id)),
            "stream": self._position(self._names.channel(channel)),
        }

    def _position(self, key: str) -> int:
        self.keys.append(key)
        return len(self.keys)
