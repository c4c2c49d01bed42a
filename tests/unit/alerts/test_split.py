"""What an article makes that a person takes out of its alert."""

from __future__ import annotations

from dataclasses import replace

from monitor.alerts.decide import alert_id
from monitor.alerts.split import split_alert, split_id
from monitor.model import StoryId
from tests.support.alerts import CREATED, a_further_report, an_alert, snippet

SENTENCE = snippet("China's top diplomat presses for a truce.", "truce")


def test_it_is_an_alert_on_that_article_alone() -> None:
    old, report = an_alert(), replace(a_further_report(), why=(SENTENCE,))
    made = split_alert(old, report, now=CREATED)
    assert made.id == split_id(old, report.article) == alert_id(old.rule, StoryId(report.article))
    assert made.story == StoryId(report.article)
    assert (made.lead.article, made.lead.joined) == (report.article, "opened")
    assert (made.why, made.terms) == ((SENTENCE,), ("truce",))
    assert (made.rule, made.severity, made.channels) == (old.rule, old.severity, old.channels)


def test_the_article_that_opened_the_story_gets_another_one() -> None:
    report = a_further_report()
    old = an_alert(story=StoryId(report.article))
    made = split_alert(old, report, now=CREATED)
    assert made.story not in (old.story, "")
    assert made == split_alert(old, report, now=CREATED)


def test_a_rule_that_tells_anew_after_an_edit_finds_it_again() -> None:
    old = an_alert()
    old = replace(old, id=alert_id(old.rule, f"{old.story}\0edit {old.rule_version}"))
    report = a_further_report()
    assert split_id(old, report.article) == alert_id(old.rule, f"{report.article}\0edit {old.rule_version}")
