"""Match + story → the alert that would be written. Pure: whether it is new is for the store to say, atomically."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from monitor.alerts.route import channels_for
from monitor.alerts.snippets import snippets
from monitor.config.channels import Route
from monitor.model import Alert, AlertId, Article, Assignment, ChannelName, Match, Report, RuleId, StoryId
from monitor.urls import site

_ID_LENGTH = 12  # characters of base 32: of a million alerts two share an id with odds of 1 in 2 million


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDraft:
    """An alert as it will be if its rule never told the story before; else its lead becomes a further report."""

    alert: Alert
    follow: tuple[ChannelName, ...]  # channels that want to hear of further reports, one by one
    repeat_after: timedelta | None = None  # the rule's: from then on a further report alerts anew


def alert_id(rule: RuleId, story: StoryId) -> AlertId:
    """Return the id of the one alert of a rule on a story: the same whoever asks, and safe in URLs and file names."""
    digest = blake2b(f"{rule}\0{story}".encode(), digest_size=8).digest()
    return AlertId(b32encode(digest).decode("ascii")[:_ID_LENGTH].lower())


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
    )


def decide(
    match: Match,
    assignment: Assignment,
    *,
    article: Article,
    routes: Sequence[Route],
    following: Collection[ChannelName],
    now: datetime,
) -> AlertDraft:
    """Return the alert that `match` makes of `article` within its story.

    Args:
        match: the rule that holds, with its evidence.
        assignment: the story that the article belongs to.
        article: the article that matched.
        routes: where alerts go whose rule names no channel.
        following: the channels that show further reports.
        now: becomes the time of the alert.
    """
    rule = match.rule
    channels = channels_for(rule, article, routes)
    alert = Alert(
        id=alert_id(rule.id, assignment.story),
        rule=rule.id,
        rule_title=rule.title,
        rule_version=rule.version,
        severity=rule.severity,
        labels=rule.labels,
        story=assignment.story,
        created=now,
        lead=report_of(article, assignment, now=now),
        why=snippets(article, match),
        terms=tuple(dict.fromkeys(found.term for found in match.evidence)),
        language=article.language,
        status=article.status,
        channels=channels,
    )
    return AlertDraft(
        alert=alert,
        follow=tuple(channel for channel in channels if channel in following),
        repeat_after=rule.repeat_after,
    )
