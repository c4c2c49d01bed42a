"""Splitting: a person says that an article is not of an alert's story, so it becomes an alert of its own."""

from __future__ import annotations

import json
from typing import Literal, cast

from monitor.clock import Clock
from monitor.model import Alert, AlertId, Delivery, DeliveryId, Severity
from monitor.store.codec import encode
from monitor.store.connect import Connection
from monitor.store.keys import ALERT_LIFETIME, PIN_LIFETIME, Keys, digest
from monitor.store.scripts import Scripts, milliseconds
from monitor.store.volume import unix_ms

Outcome = Literal["split", "again", "missing"]
"""What became of a request: done · was done before · the old alert has no such report; the last two write nothing."""


class Splitting:
    """Takes articles out of the alerts of one workspace."""

    def __init__(self, connection: Connection, keys: Keys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._scripts = Scripts(connection, keys)

    async def split(self, alert: Alert, *, old: AlertId) -> Outcome:
        """Write an alert whose lead leaves another, queue it, and pin the article to its story, all or nothing.

        Args:
            alert: the new one; `alert.lead` is the report that it takes with it.
            old: the alert that loses the report.

        Raises:
            StoreError: nothing was written, or everything was and the answer was lost; say it again.
        """
        now = self._clock.now()
        deliveries = [
            Delivery(
                id=DeliveryId(digest(alert.id, channel, "new", "")),
                alert=alert.id,
                channel=channel,
                kind="drill" if alert.drill else "new",
                queued=now,
            )
            for channel in dict.fromkeys(alert.channels)
        ]
        names = self._keys
        keys = [
            *(names.reports(old), names.sites(old), names.alert(alert.id), names.reports(alert.id)),
            *(names.sites(alert.id), names.told(alert.id)),
            *(names.pin(alert.lead.article), names.alerts, names.deliveries, names.channels, names.remembered),
            *(f"{names.copies}{alert.lead.article}", names.said(alert.id)),
        ]
        lead = alert.lead
        arguments: list[str | int] = [lead.article, alert.story, encode(alert), encode(lead), lead.site]
        arguments += [tuple(Severity).index(alert.severity) + 1, json.dumps(alert.channels)]
        arguments += [unix_ms(now), milliseconds(ALERT_LIFETIME), milliseconds(PIN_LIFETIME)]
        for delivery in deliveries:
            keys += [names.delivery(delivery.id), names.channel(delivery.channel)]
            arguments += [delivery.id, delivery.channel, encode(delivery)]
        return cast("Outcome", await self._scripts.split(keys, arguments))
