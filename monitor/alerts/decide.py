"""Match + story → the alert that would be written. Pure: whether it is new is for the store to say, atomically."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.alerts.changes import changes, facts
from monitor.alerts.route import channels_for
from monitor.config.channels import Route
from monitor.model import (
    Alert,
    AlertId,
    Article,
    Assignment,
    ChannelName,
    Match,
    Report,
    Rule,
    RuleId,
    Snippet,
    StoryId,
)
from monitor.remembered import Claim, Copy, ReplacedFigure, TextPrint
from monitor.urls import site

LATE = timedelta(hours=48)  # an article that is older when it is first seen, and that no copy announced, comes late
_ID_LENGTH = 12  # characters of base 32: of a million alerts two share an id with odds of 1 in 2 million


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """An alert as it will be if its rule never told the story before; else its lead becomes a further report."""

    alert: Alert
    report: Report  # the article, as an alert lists it that has told the story before
    follow: tuple[ChannelName, ...]  # channels that want to hear of further reports
    claims: tuple[Claim, ...] = ()  # what it says otherwise than the text it joined
    facts: tuple[str, ...] = ()  # what an alert that is made of it has told
    repeat_after: timedelta | None = None  # the rule's: from then on a further report alerts anew
    group_window: timedelta | None = None  # the rule's: after so long without a report the next one alerts anew


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """An article as a version of the text that it joined."""

    fingerprint: TextPrint
    earlier: Copy | None = None  # that text; None: it joined none
    replaced: tuple[ReplacedFigure, ...] = ()  # its figures that are others now


def alert_id(rule: RuleId, story: StoryId | str) -> AlertId:
    """Return the id of the one alert of a rule on a story: the same whoever asks, and safe in URLs and file names."""
    digest = blake2b(f"{rule}\0{story}".encode(), digest_size=8).digest()
    return AlertId(b32encode(digest).decode("ascii")[:_ID_LENGTH].lower())


def alert_unit(rule: Rule, article: Article, assignment: Assignment, earlier: Copy | None) -> str:
    """Return what alerts once by a rule's `dedup`: the story, the text, the article, or this version of it."""
    match rule.dedup:
        case "story":
            unit: str = assignment.story
        case "copy":
            unit = earlier.id if earlier is not None else assignment.copy_of or article.id
        case "item":
            unit = article.id
        case "off":
            version = blake2b(f"{article.title}\0{article.text or article.summary}".encode(), digest_size=8).hexdigest()
            unit = f"{article.id}\0{version}"
    return f"{unit}\0edit {rule.version}" if rule.realert_after_edit else unit


def report_of(article: Article, assignment: Assignment, *, now: datetime) -> Report:
    """Return the line by which an alert lists the article."""
    address = article.url or article.canonical_url
    home = site(address)
    return Report(
        article=article.id,
        title=article.title,
        url=address,
        site=home or article.source,
        source=article.source or home,
        seen=article.seen or now,
        published=article.published,
        joined=assignment.joined,
        score=assignment.score,
        grounds=assignment.grounds,
    )


def decide(
    match: Match,
    assignment: Assignment,
    *,
    article: Article,
    why: tuple[Snippet, ...],
    version: Version,
    routes: Sequence[Route],
    following: Collection[ChannelName],
    now: datetime,
) -> AlertDraft:
    """Return the alert that `match` makes of `article` within its story.

    Args:
        match: the rule that holds, with its evidence.
        assignment: the story that the article belongs to.
        article: the article that matched.
        why: the passages that show it, from `snippets`.
        version: what it is of the text that it joined.
        routes: where alerts go whose rule names no channel.
        following: the channels that show further reports.
        now: becomes the time of the alert.
    """
    rule = match.rule
    channels = channels_for(rule, article, routes)
    report = report_of(article, assignment, now=now)
    alert = Alert(
        id=alert_id(rule.id, alert_unit(rule, article, assignment, version.earlier)),
        rule=rule.id,
        rule_title=rule.title,
        rule_version=rule.version,
        severity=rule.severity,
        labels=rule.labels,
        story=assignment.story,
        created=now,
        lead=report,
        why=why,
        terms=tuple(dict.fromkeys(found.term for found in match.evidence)),
        language=article.language,
        status=article.status,
        channels=channels,
        is_late=is_late(article, assignment, now=now),
    )
    return AlertDraft(
        alert=alert,
        report=replace(report, why=_best(why)),
        follow=tuple(channel for channel in channels if channel in following),
        claims=changes(article, assignment, version.fingerprint, earlier=version.earlier, replaced=version.replaced),
        facts=facts(article),
        repeat_after=rule.repeat_after,
        group_window=rule.group_window,
    )


def is_late(article: Article, assignment: Assignment, *, now: datetime) -> bool:
    """Return whether an article that nobody told before was published more than two days before it was seen."""
    if assignment.joined != "opened" or article.published is None:
        return False
    # Of some only the day is known: it may have come at its end.
    published = article.published + timedelta(days=1) if article.is_day_only else article.published
    return (article.seen or now) - published > LATE


def _best(why: Sequence[Snippet]) -> tuple[Snippet, ...]:
    """Return the passage that shows most terms, the first of these."""
    return (max(why, key=lambda snippet: len(snippet.terms)),) if why else ()
