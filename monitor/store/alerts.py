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
    Severity,
)
from monitor.remembered import NOTHING_KNOWN, Claim, Look
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
SOURCE_GAP = timedelta(minutes=5)  # between two messages that more sites tell a story
UPDATE_GAP = timedelta(minutes=30)
MOST_UPDATES = 5  # of an alert; further ones are counted only
MOST_SAID = 2_000  # figures, marks and denials that an alert remembers; the budget holds beyond
MOST_CHANGES_BYTES = 4_000  # of a message that waits

_SEVERITIES = tuple(severity.value for severity in Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An alert that is to be made unless there is one of its id already."""

    alert: Alert
    report: Report | None = None  # as an alert lists it that exists already; None: `alert.lead`
    follow: tuple[ChannelName, ...] = ()  # channels that want to hear of further sites
    claims: tuple[Claim, ...] = ()  # what it says otherwise than the text it joined: told unless that was told before
    facts: tuple[str, ...] = ()  # what the alert has told once it is made
    repeat_after: timedelta | None = None  # from then on a further article alerts anew
    group_window: timedelta | None = None  # after so long without an article the next one alerts anew
    gathers: bool = False  # a volume rule's: it is made in any case, and lists the articles that the window holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """What became of a draft."""

    rule: RuleId
    alert: AlertId
    kind: Literal["new", "update", "repeat"]  # update: it says what the alert had not told, in its budget or beyond
    new_site: bool  # no new alert, but it adds a site to those that told the story
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
                kind=kind,
                new_site=is_new_site,
                sources=sites,
            )
            for draft, (kind, is_new_site, sites) in zip(drafts, answer["enqueued"], strict=True)
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

    async def untold_updates(self, alert: AlertId) -> int:
        """Return how many updates of an alert were beyond its budget, so that nobody was told."""
        return int(await self._connection.call("HGET", self._keys.alert(alert), "untold") or 0)


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
            "source_gap": milliseconds(SOURCE_GAP),
            "update_gap": milliseconds(UPDATE_GAP),
            "most_updates": MOST_UPDATES,
            "most_changes": MOST_CHANGES_BYTES,
            "most_said": MOST_SAID,
            "severities": _SEVERITIES,
            "delivery": self._position(keys.delivery(DeliveryId(""))),
            "channel": self._position(keys.channel(ChannelName(""))),
            "delayed": self._position(keys.delayed(ChannelName(""))),
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
        """Add an alert with what it makes of its channels: told at once, of one more site, or of what changed."""
        alert, repeat_after = draft.alert, draft.repeat_after or draft.group_window
        # An alert that may come again needs ids of its own each time; one that may not keeps them for good, so that
        # receivers recognise it even after the store lost its last second.
        occasion = alert.created.isoformat() if repeat_after else ""
        report = draft.report or alert.lead
        # Of one article there may be several updates, each with other claims.
        claims = [fact for claim in draft.claims for fact in claim.facts]
        self._drafts.append(
            {
                "id": alert.id,
                "record": self._position(self._names.alert(alert.id)),
                "reports": self._position(self._names.reports(alert.id)),
                "sites": self._position(self._names.sites(alert.id)),
                "told": self._position(self._names.told(alert.id)),
                "said": self._position(self._names.said(alert.id)),
                "json": encode(alert),
                "article": report.article,
                "site": report.site,
                "report": encode(report),
                "severity": _SEVERITIES.index(alert.severity) + 1,
                "claims": [{"facts": claim.facts, "change": encode(claim.change)[1:]} for claim in draft.claims],
                "facts": draft.facts,
                "repeat_after": milliseconds(draft.repeat_after or timedelta(0)),
                "group_window": milliseconds(draft.group_window or timedelta(0)),
                "gathers": self._counted.index(alert.rule) + 1 if draft.gathers else 0,
                "channels": list(dict.fromkeys(alert.channels)),
                "tell": [self._delivery(alert, channel, "new", occasion) for channel in dict.fromkeys(alert.channels)],
                "follow": [
                    self._delivery(alert, channel, "source", f"{report.article}{occasion}")
                    for channel in dict.fromkeys(draft.follow)
                ],
                # Its channels are those of the alert, which only the script knows: it puts the name behind the id.
                "update": self._delivery(
                    alert, ChannelName(""), "update", " ".join([report.article, alert.severity, *claims]) + occasion
                ),
            }
        )

    def _delivery(self, alert: Alert, channel: ChannelName, kind: DeliveryKind, occasion: str) -> dict[str, str]:
        delivery = Delivery(
            id=DeliveryId(digest(alert.id, channel, kind, occasion)),
            alert=alert.id,
            channel=channel,
            kind="drill" if alert.drill else kind,
            queued=self._now,
        )
        return {"id": delivery.id, "channel": channel, "json": encode(delivery)}

    def _position(self, key: str) -> int:
        self.keys.append(key)
        return len(self.keys)
