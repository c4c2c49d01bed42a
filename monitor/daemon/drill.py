"""A message marked as a test, for people who want to see a channel work."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from monitor.model import (
    Alert,
    AlertId,
    ArticleId,
    ChannelName,
    Delivery,
    DeliveryId,
    Report,
    RuleId,
    Severity,
    Snippet,
    StoryId,
)
from monitor.notify.compose import compose
from monitor.notify.notifier import Message


def drill(channel: ChannelName, now: datetime) -> Message:
    """Return a test message for a channel; each has an id of its own, so that receivers don't drop the second one."""
    sentence = "If you can read this, alerts of this kind arrive here: the matched words are marked."
    start = sentence.index("matched words")
    alert = Alert(
        id=AlertId(uuid4().hex[:12]),
        rule=RuleId("drill"),
        rule_title="Test of this channel",
        rule_version="",
        severity=Severity.INFO,
        labels={},
        story=StoryId("drill"),
        created=now,
        lead=Report(
            article=ArticleId("drill"),
            title="This is a test, not news",
            url="",
            site="monitor",
            source="monitor",
            seen=now,
            published=now,
        ),
        why=(
            Snippet(
                field="text", text=sentence, marks=((start, start + len("matched words")),), terms=("matched words",)
            ),
        ),
        terms=("matched words",),
        channels=(channel,),
        drill=True,
    )
    delivery = Delivery(id=DeliveryId(f"drill-{alert.id}"), alert=alert.id, channel=channel, kind="drill", queued=now)
    return compose(alert, delivery, now=now)
