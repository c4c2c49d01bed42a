"""An alert as the middle would make it, for tests of what comes after: plain, or with everything a foe would write."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from monitor.model import (
    Alert,
    AlertId,
    ArticleId,
    Change,
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

CREATED = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)  # where ManualClock starts
HOSTILE = (
    "<!channel> <https://evil.example|Reuters> @everyone [click](https://evil.example) *bold* \u202egnp.exe"
    "\r\nBcc: x@y.z"
)

_HEADLINE = "Wang Yi urges immediate ceasefire in Gaza"
_SENTENCE = "Chinese Foreign Minister Wang Yi called on Tuesday for an immediate ceasefire in Gaza & aid for all."


def snippet(text: str, *words: str, field: Any = "text") -> Snippet:
    """Return a snippet with the first occurrence of each word marked."""
    marks = tuple((text.index(word), text.index(word) + len(word)) for word in words)
    return Snippet(field=field, text=text, marks=marks, terms=words)


def a_report(**changes: Any) -> Report:
    """Return the first report of the story."""
    report = Report(
        article=ArticleId("0123456789abcdef"),
        title=_HEADLINE,
        url="https://news.example.org/world/gaza?id=7&page=1",
        site="example.org",
        source="Demo Wire",
        seen=datetime(2026, 11, 24, 11, 59, 58, tzinfo=UTC),
        published=datetime(2026, 11, 24, 11, 56, 0, tzinfo=UTC),
    )
    return replace(report, **changes)


def a_further_report() -> Report:
    """Return a report of the same story from another site."""
    return a_report(
        article=ArticleId("fedcba9876543210"),
        title="China's top diplomat presses for truce",
        url="https://gazette.example.net/truce",
        site="example.net",
        source="Gazette",
        seen=datetime(2026, 11, 24, 12, 5, 12, tzinfo=UTC),
        published=datetime(2026, 11, 24, 12, 4, 0, tzinfo=UTC),
        joined="copy",
        score=0.8,
    )


def an_alert(**changes: Any) -> Alert:
    """Return an alert on the first report."""
    alert = Alert(
        id=AlertId("7q2kz4abcdef"),
        rule=RuleId("minister-ceasefire"),
        rule_title="A foreign minister calls for a ceasefire",
        rule_version="v1",
        severity=Severity.HIGH,
        labels={"desk": "mideast"},
        story=StoryId("0123456789abcdef"),
        created=CREATED,
        lead=a_report(),
        why=(
            snippet(_HEADLINE, "Wang Yi", "ceasefire", "Gaza", field="title"),
            snippet(_SENTENCE, "Wang Yi", "ceasefire", "Gaza"),
        ),
        terms=("Wang Yi", "ceasefire", "Gaza"),
        language="en",
    )
    return replace(alert, **changes)


def a_hostile_alert() -> Alert:
    """Return an alert whose every text tries to break out of its place."""
    return an_alert(
        rule_title=HOSTILE,
        lead=a_report(title=HOSTILE, source=HOSTILE, url="https://evil.example/a|b>c<d\"e'f g"),
        why=(snippet(f"{HOSTILE} ceasefire & <b>Gaza</b>", "ceasefire", "<b>Gaza</b>"),),
        terms=(HOSTILE,),
    )


def a_delivery(**changes: Any) -> Delivery:
    """Return the first delivery of an alert to the channel "desk"."""
    delivery = Delivery(
        id=DeliveryId("7q2kz4abcdef:desk:new"),
        alert=AlertId("7q2kz4abcdef"),
        channel=ChannelName("desk"),
        kind="new",
        queued=CREATED,
    )
    return replace(delivery, **changes)


def a_message(alert: Alert | None = None, **changes: Any) -> Message:
    """Return the message of a delivery of the alert, composed when it was queued; `changes` are the delivery's."""
    return compose(alert or an_alert(), a_delivery(**changes), now=CREATED)


def an_ops_message() -> Message:
    """Return the message that a feed is failing: no article stands behind it."""
    lead = a_report(
        article=ArticleId(""),
        title="Feed Demo Wire is failing: the name cannot be found",
        url="https://news.example.org/rss",
        site="monitor",
        source="monitor",
        published=None,
    )
    reason = "3 polls in a row failed since 24 Nov 2026, 11:00 UTC"
    return a_message(an_alert(rule_title="A feed fails, or is back", lead=lead, why=(), terms=(), reason=reason))


def a_source_message() -> Message:
    """Return the message that one more site tells the story."""
    return a_message(kind="source", report=a_further_report(), sources=2)


def a_folded_source_message() -> Message:
    """Return the message that four more sites tell the story."""
    return a_message(kind="source", report=a_further_report(), sources=6, added=4)


def an_update_message() -> Message:
    """Return the message that a copy of the story corrects it, and that the rule is louder now."""
    report = a_report(
        article=ArticleId("aaaaaaaaaaaaaaaa"),
        title="CORRECTED-Wang Yi denies call for ceasefire in Gaza",
        url="https://gazette.example.net/corrected",
        site="example.net",
        source="Gazette",
        seen=datetime(2026, 11, 24, 12, 31, 0, tzinfo=UTC),
        published=datetime(2026, 11, 24, 12, 30, 0, tzinfo=UTC),
        joined="copy",
        score=0.91,
        why=(snippet("He spoke of 17 trucks with aid for Gaza, not 12.", "Gaza"),),
    )
    changes = (
        Change(kind="figures", before=("12",), after=("17",)),
        Change(kind="figures", before=("2,300",), after=("3,200",)),
        Change(kind="correction", after=("correction",)),
        Change(kind="denial", after=("denies",)),
        Change(kind="severity", before=("low",), after=("high",)),
    )
    return a_message(kind="update", report=report, changes=changes, sources=3)
