"""Decision: from a match and a story to the alert that would be written."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts.decide import Version, alert_id, alert_unit, decide, is_late, report_of
from monitor.alerts.snippets import snippets
from monitor.config.channels import Route
from monitor.model import ArticleId, Assignment, ChannelName, DedupUnit, Grounds, Report, RuleId, Severity, StoryId
from monitor.remembered import Copy
from monitor.stories.fingerprint import text_print
from tests.unit.alerts.values import ARTICLE, RULE, TEXT, TITLE, found, match_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK, SCREEN = ChannelName("desk"), ChannelName("screen")
GROUNDS = Grounds(other=ArticleId("a0"), containment=0.83)
JOINED = Assignment(story=StoryId("s1"), joined="copy", copy_of=ArticleId("a0"), score=0.83, grounds=GROUNDS)
OPENED = Assignment(story=StoryId("a1"), joined="opened")
VERSION = Version(fingerprint=text_print(ARTICLE))


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
        why=snippets(ARTICLE, match),
        version=VERSION,
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
    assert draft.alert.lead.why == ()
    assert [snippet.terms for snippet in draft.report.why] == [("person:marku",)], "so that it can be told alone"
    assert draft.facts == ("affirms",)


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
        grounds=GROUNDS,
    )


def test_a_report_without_an_address_counts_by_its_publisher() -> None:
    assert report_of(replace(ARTICLE, url=""), JOINED, now=NOW).site == "The News"


def test_a_publisher_without_a_name_is_its_site() -> None:
    assert report_of(replace(ARTICLE, source=""), JOINED, now=NOW).source == "news.example"


def test_a_draft_carries_when_its_rule_may_alert_anew() -> None:
    match = match_of(rule=replace(RULE, repeat_after=timedelta(hours=12), group_window=timedelta(days=3)))

    draft = decide(match, JOINED, article=ARTICLE, why=(), version=VERSION, routes=[], following=(), now=NOW)

    assert draft.repeat_after == timedelta(hours=12)
    assert draft.group_window == timedelta(days=3)


@pytest.mark.parametrize(("unit", "id_"), [("story", "s1"), ("copy", "a0"), ("item", "a1")])
def test_what_alerts_once(unit: DedupUnit, id_: str) -> None:
    assert alert_unit(replace(RULE, dedup=unit), ARTICLE, JOINED, None) == id_


def test_a_text_alerts_once_whichever_of_its_versions_is_read_again() -> None:
    longest = text_print(replace(ARTICLE, id=ArticleId("a9")))
    copy = Copy(id=ArticleId("a0"), story=StoryId("s1"), first=VERSION.fingerprint, longest=longest)
    again = Assignment(story=StoryId("s1"), joined="article")
    assert alert_unit(replace(RULE, dedup="copy"), replace(ARTICLE, id=ArticleId("a9")), again, copy) == "a0"


def test_without_deduplication_each_version_alerts_once() -> None:
    rule = replace(RULE, dedup="off")
    units = [alert_unit(rule, replace(ARTICLE, title=title), OPENED, None) for title in ("one", "two", "one")]
    assert len(set(units)) == 2


def test_an_edited_rule_tells_anew_only_if_it_says_so() -> None:
    edited = replace(RULE, version="v2")
    assert alert_unit(edited, ARTICLE, OPENED, None) == alert_unit(RULE, ARTICLE, OPENED, None)
    anew = [replace(rule, realert_after_edit=True) for rule in (RULE, edited)]
    assert len({alert_unit(rule, ARTICLE, OPENED, None) for rule in (RULE, *anew)}) == 3


@pytest.mark.parametrize(
    ("age", "is_day_only", "assignment", "late"),
    [
        (timedelta(hours=48), False, OPENED, False),
        (timedelta(hours=49), False, OPENED, True),
        (timedelta(hours=71), True, OPENED, False),
        (timedelta(hours=73), True, OPENED, True),
        (timedelta(days=9), False, JOINED, False),
        (None, False, OPENED, False),
    ],
)
def test_an_old_article_that_nobody_told_is_late(
    age: timedelta | None, is_day_only: bool, assignment: Assignment, late: bool
) -> None:
    published = NOW - age if age else None
    article = replace(ARTICLE, published=published, seen=NOW, is_day_only=is_day_only)
    assert is_late(article, assignment, now=NOW) == late
