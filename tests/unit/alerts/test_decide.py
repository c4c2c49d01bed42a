"""Decision: from a match and a story to the alert that would be written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from monitor.alerts.decide import alert_id, decide, report_of
from monitor.config.channels import Route
from monitor.model import ArticleId, Assignment, ChannelName, Report, RuleId, Severity, StoryId
from tests.unit.alerts.values import ARTICLE, RULE, TEXT, TITLE, found, match_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK, SCREEN = ChannelName("desk"), ChannelName("screen")
JOINED = Assignment(story=StoryId("s1"), joined="copy", copy_of=ArticleId("a0"), score=0.83)


def test_an_alert_has_one_id_for_a_rule_and_a_story() -> None:
    assert alert_id(RuleId("minister-ceasefire"), StoryId("s1")) == "mlv7unc2gyre"


def test_another_rule_or_story_makes_another_alert() -> None:
    ids = {alert_id(RuleId(rule), StoryId(story)) for rule, story in (("a", "bc"), ("ab", "c"), ("a", "b"))}

    assert len(ids) == 3


def test_a_draft_says_what_why_and_to_whom() -> None:
    match = match_of(
        found("title", TITLE, "ceasefire", term="ceasefire"),
        found("text", TEXT, "Elena Marku", term="person:marku"),
        found("text", TEXT, "ceasefire", term="ceasefire"),
    )

    draft = decide(
        match,
        JOINED,
        article=ARTICLE,
        routes=[Route(channels=(SCREEN, DESK))],
        following={SCREEN, ChannelName("other")},
        now=NOW,
    )

    assert draft.follow == (SCREEN,)
    assert draft.alert.channels == (SCREEN, DESK)
    assert draft.alert.id == alert_id(RULE.id, StoryId("s1"))
    assert (draft.alert.rule, draft.alert.rule_title, draft.alert.rule_version) == (
        "minister-ceasefire",
        "Minister on ceasefire",
        "v1",
    )
    assert draft.alert.severity is Severity.HIGH
    assert (draft.alert.story, draft.alert.created, draft.alert.language) == ("s1", NOW, "zh-Hant")
    assert draft.alert.terms == ("ceasefire", "person:marku")
    assert [snippet.terms for snippet in draft.alert.why] == [("person:marku",), ("ceasefire",)]
    assert draft.alert.lead.article == "a1"
    assert not draft.alert.drill


def test_a_report_names_the_site_by_which_sources_are_counted() -> None:
    assert report_of(ARTICLE, JOINED, now=NOW) == Report(
        article=ArticleId("a1"),
        title=TITLE,
        url="https://www.news.example/world/a1",
        site="news.example",
        source="The News",
        seen=NOW,
        joined="copy",
        score=0.83,
    )


def test_a_report_without_an_address_counts_by_its_publisher() -> None:
    assert report_of(replace(ARTICLE, url=""), JOINED, now=NOW).site == "The News"


def test_a_publisher_without_a_name_is_its_site() -> None:
    assert report_of(replace(ARTICLE, source=""), JOINED, now=NOW).source == "news.example"


def test_a_draft_carries_when_its_rule_may_alert_anew() -> None:
    match = match_of(rule=replace(RULE, repeat_after=timedelta(hours=12)))

    draft = decide(match, JOINED, article=ARTICLE, routes=[], following=(), now=NOW)

    assert draft.repeat_after == timedelta(hours=12)
