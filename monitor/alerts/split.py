"""Report that a person takes out of its alert → the alert that it makes by itself. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import blake2b

from monitor.alerts.decide import alert_id
from monitor.model import Alert, AlertId, ArticleId, Report, StoryId


def why_not_split(alert: Alert, report: Report | None) -> str:
    """Return why a report cannot leave an alert, in words, "" if it can."""
    if report is None:
        return "it is not among the articles of this alert"
    if alert.reason:
        return "the alert tells of many stories together, each article is in one of its own already"
    if report.article == alert.lead.article:
        return "the alert was made for it; split off those that do not belong to it"
    return ""


def split_alert(alert: Alert, report: Report, *, now: datetime) -> Alert:
    """Return the alert of a story that `report` tells alone; the same whenever the same report is split off."""
    return replace(
        alert,
        id=split_id(alert, report.article),
        story=_own_story(alert, report.article),
        created=now,
        lead=replace(report, joined="opened", score=None, grounds=None, why=()),
        why=report.why,
        terms=tuple(dict.fromkeys(term for snippet in report.why for term in snippet.terms)) or alert.terms,
        is_late=False,
    )


def split_id(alert: Alert, article: ArticleId) -> AlertId:
    """Return the id of the alert that an article of `alert` makes by itself."""
    own = _own_story(alert, article)
    edition = f"\0edit {alert.rule_version}"  # of a rule that tells its stories anew when it was edited
    if alert.id == alert_id(alert.rule, f"{alert.story}{edition}"):
        return alert_id(alert.rule, f"{own}{edition}")
    return alert_id(alert.rule, own)


def _own_story(alert: Alert, article: ArticleId) -> StoryId:
    if StoryId(article) == alert.story:  # it opened the story that it leaves
        return StoryId(blake2b(f"{article} split".encode(), digest_size=8).hexdigest())
    return StoryId(article)
