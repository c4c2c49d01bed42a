"""Assignment: a newcomer joins the story of the same address, the same words or a near copy, else opens its own."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy, Headline, Look, Story
from monitor.stories.assign import (
    Newcomer,
    article_addresses,
    assign_story,
    headline_key,
    is_another_article,
    story_after,
    told_apart,
)
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import SEED
from monitor.stories.story_match import opened
from monitor.stories.terms import read_terms
from tests.unit.stories.events import QUAKE, QUAKE_RETOLD
from tests.unit.stories.texts import LEAD, MIDDLE, OTHER_REPORT, REPORT, article


def copy(first: Article, *, story: str, longest: Article | None = None) -> Copy:
    return Copy(
        id=first.id, story=StoryId(story), first=text_print(first), longest=text_print(longest if longest else first)
    )


NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def newcomer_of(article: Article) -> Newcomer:
    return Newcomer(article=article, fingerprint=text_print(article), terms=read_terms(article))


def assigned(article: Article, look: Look) -> Assignment:
    return assign_story(newcomer_of(article), look, SEED, now=NOW)


def test_what_nobody_told_before_opens_a_story_under_its_own_id() -> None:
    newcomer = article("b", REPORT)

    assert assigned(newcomer, Look(copies=(copy(article("a", OTHER_REPORT), story="s"),))) == Assignment(
        story=StoryId("b"), joined="opened"
    )


def test_the_same_address_joins_whatever_the_text() -> None:
    newcomer = article("b", OTHER_REPORT)
    known = copy(article("a", REPORT), story="s")

    assignment = assigned(newcomer, Look(by_address=known))

    assert (assignment.story, assignment.joined, assignment.copy_of) == ("s", "address", "a")


def test_another_text_under_another_title_at_a_known_address_is_another_article() -> None:
    known = copy(replace(article("a", REPORT), title="Ministers meet in the capital"), story="s")
    newcomer = replace(article("b", OTHER_REPORT), title="Harbour closes for repairs")

    assert is_another_article(text_print(newcomer), known)
    assert told_apart(newcomer).id == told_apart(newcomer).id != newcomer.id


def test_a_new_headline_over_the_same_text_is_the_same_article() -> None:
    known = copy(replace(article("a", REPORT), title="Ministers meet in the capital"), story="s")
    newcomer = replace(article("b", REPORT), title="Harbour closes for repairs")

    assert not is_another_article(text_print(newcomer), known)


def test_a_new_text_under_the_same_headline_is_the_same_article() -> None:
    known = copy(replace(article("a", REPORT), title="Ministers meet in the capital"), story="s")
    newcomer = replace(article("b", OTHER_REPORT), title="Ministers to meet in the capital")

    assert not is_another_article(text_print(newcomer), known)


def test_at_one_address_a_text_says_more_than_a_headline_of_which_a_word_was_replaced() -> None:
    known = copy(replace(article("a", REPORT), title="Travel alert for Velna and its harbour"), story="s")
    newcomer = replace(article("b", OTHER_REPORT), title="Travel alert for Aarlen and its mountains")

    assert is_another_article(text_print(newcomer), known)


@pytest.mark.parametrize(
    ("title", "is_known_by_it"),
    [
        ("Man charged with murder after woman found dead", False),
        ("Elena Marku calls for an end to the blockade", True),
        ("blockade ends after 41 days of talks", True),
        ("玛尔库呼吁尽快结束封锁并组成委员会", True),
    ],
)
def test_a_headline_is_known_elsewhere_by_a_name_or_a_figure(title: str, is_known_by_it: bool) -> None:
    assert bool(headline_key(title)) == is_known_by_it


def test_the_same_article_again_is_no_copy_of_itself() -> None:
    newcomer = article("a", REPORT)
    known = copy(article("a", REPORT), story="s")

    assert assigned(newcomer, Look(by_address=known)) == Assignment(story=StoryId("s"), joined="article")


def test_the_same_article_again_is_known_without_an_address() -> None:
    newcomer = article("a", REPORT)

    assert assigned(newcomer, Look(copies=(copy(newcomer, story="s"),))).joined == "article"


def test_the_same_words_join() -> None:
    newcomer = article("b", REPORT.upper())

    assignment = assigned(newcomer, Look(copies=(copy(article("a", REPORT), story="s"),)))

    assert (assignment.story, assignment.joined, assignment.copy_of) == ("s", "text", "a")


def test_a_near_copy_joins_with_its_score() -> None:
    newcomer = article("b", f"{LEAD}\n{MIDDLE}")

    assignment = assigned(newcomer, Look(copies=(copy(article("a", REPORT), story="s"),)))

    assert (assignment.story, assignment.joined, assignment.copy_of, assignment.score) == ("s", "copy", "a", 1.0)
    assert assignment.grounds is not None
    assert assignment.grounds.containment == 1.0
    assert assignment.grounds.passages[0].startswith("The two ministers agreed that a commission")


def test_the_longest_version_is_compared_too() -> None:
    newcomer = article("c", OTHER_REPORT)
    grown = copy(article("a", LEAD), story="s", longest=article("b", f"{LEAD}\n{MIDDLE}\n{OTHER_REPORT}"))

    assignment = assigned(newcomer, Look(copies=(grown,)))

    assert assignment.copy_of == "a"
    assert assignment.grounds is not None
    assert assignment.grounds.other == "b"


def test_of_several_copies_the_nearest_counts_in_whatever_order() -> None:
    newcomer = article("c", REPORT)
    near = copy(article("b", REPORT), story="near")
    far = copy(article("a", f"{REPORT}\n{OTHER_REPORT}"), story="far")

    assert assigned(newcomer, Look(copies=(far, near))) == assigned(newcomer, Look(copies=(near, far)))
    assert assigned(newcomer, Look(copies=(far, near))).story == "near"


def test_an_article_is_known_under_its_canonical_and_its_published_address() -> None:
    known = Article(
        id=ArticleId("a"),
        title="",
        url="https://www.news.example/a?utm_source=rss",
        canonical_url="https://news.example/2026/a",
    )

    assert article_addresses(known) == ("news.example/2026/a", "news.example/a")


def test_a_home_page_is_no_address_of_an_article() -> None:
    broken = Article(id=ArticleId("a"), title="", url="https://news.example/a", canonical_url="https://news.example/")

    assert article_addresses(broken) == ("news.example/a",)


def test_one_address_is_named_once() -> None:
    twice = Article(id=ArticleId("a"), title="", url="http://news.example/a/", canonical_url="https://news.example/a")

    assert article_addresses(twice) == ("news.example/a",)


def test_a_text_of_two_stories_shows_that_they_are_related() -> None:
    newcomer = article("c", REPORT)
    one, other = copy(article("a", REPORT), story="s"), copy(article("b", f"{LEAD}\n{MIDDLE}"), story="t")

    assignment = assigned(newcomer, Look(copies=(other, one)))

    assert (assignment.story, assignment.related) == ("s", ("t",))


def test_a_person_decides_first() -> None:
    newcomer = article("b", REPORT)
    known = copy(article("a", REPORT), story="s")

    split = assigned(newcomer, Look(copies=(known,), by_address=known, pinned=StoryId("b")))
    put = assigned(newcomer, Look(copies=(known,), pinned=StoryId("t")))

    assert (split.story, split.joined) == ("b", "opened")
    assert (put.story, put.joined) == ("t", "article")


def test_an_address_that_stands_for_many_articles_joins_none() -> None:
    known = copy(replace(article("a", REPORT), title="Ministers meet in the capital"), story="s")
    newcomer = replace(article("b", OTHER_REPORT), title="Harbour closes for repairs")

    assert assigned(newcomer, Look(by_address=known)) == Assignment(story=StoryId("b"), joined="opened")


HEADLINE = "Ministers call for an end to the blockade of Velna harbour"


def headline(*, site: str = "other.example", has_text: bool = True, hours: float = 3) -> Headline:
    seen = NOW - timedelta(hours=hours)
    return Headline(article=ArticleId("a"), story=StoryId("s"), site=site, has_text=has_text, seen=seen)


def test_an_equal_headline_joins_where_one_of_both_has_no_text() -> None:
    bare = article("b", "", title=HEADLINE)

    assert assigned(bare, Look(by_headline=headline())).story == "s"
    assert assigned(bare, Look(by_headline=headline())).joined == "headline"
    full = article("b", REPORT, title=HEADLINE)
    assert assigned(full, Look(by_headline=headline(has_text=False))).story == "s"


def test_an_equal_headline_alone_is_not_enough() -> None:
    bare, full = article("b", "", title=HEADLINE), article("b", REPORT, title=HEADLINE)

    assert assigned(full, Look(by_headline=headline())).story == "b"
    assert assigned(bare, Look(by_headline=headline(site="news.example"))).story == "b"
    assert assigned(bare, Look(by_headline=headline(hours=49))).story == "b"
    assert assigned(bare, Look(by_headline=headline(), is_series=True)).story == "b"


def test_headlines_are_the_same_in_other_typography_and_say_something() -> None:
    assert headline_key(HEADLINE) == headline_key(HEADLINE.upper() + " ") != ""
    assert headline_key("The Markets Today") == headline_key("") == headline_key("天气预报") == ""
    assert headline_key("维尔纳港封锁危机：外交部长会晤") != ""


def story_of(first: Article, *, hours: float = 2) -> Story:
    return opened(StoryId(first.id), read_terms(first), NOW - timedelta(hours=hours))


def test_other_words_for_the_same_event_join_and_say_which_words() -> None:
    newcomer = article("b", QUAKE_RETOLD, title="Dozens dead as earthquake hits Orvan valley")

    assignment = assigned(newcomer, Look(stories=(story_of(article("a", OTHER_REPORT)), story_of(article("q", QUAKE)))))

    assert (assignment.story, assignment.joined) == ("q", "story")
    assert assignment.grounds is not None
    assert assignment.grounds.cosine == assignment.score
    assert {"Orvan", "Talmar"} <= set(assignment.grounds.words)


def test_a_second_story_that_is_as_like_is_related_and_not_merged() -> None:
    newcomer = article("b", QUAKE_RETOLD)
    twice = (story_of(article("r", QUAKE), hours=3), story_of(article("q", QUAKE)))

    assignment = assigned(newcomer, Look(stories=twice))

    assert (assignment.story, assignment.related) == ("q", ("r",))
    assert assignment == assigned(newcomer, Look(stories=twice[::-1]))


def test_what_joins_moves_the_story_and_copies_do_not() -> None:
    story = story_of(article("q", QUAKE))
    look = Look(copies=(copy(article("q", QUAKE), story="q"),), stories=(story,))
    retold, again = newcomer_of(article("b", QUAKE_RETOLD)), newcomer_of(article("c", QUAKE))

    moved = story_after(retold, assign_story(retold, look, SEED, now=NOW), look, SEED, NOW)
    assert moved is not None
    assert (moved.id, moved.texts, moved.first, moved.last) == ("q", 2, story.first, NOW)
    assert moved.centroid != story.centroid
    assert story_after(again, assign_story(again, look, SEED, now=NOW), look, SEED, NOW) is None


def test_a_roundup_neither_joins_a_story_nor_opens_one_for_others() -> None:
    newcomer = newcomer_of(article("b", QUAKE_RETOLD))
    roundup = replace(newcomer, fingerprint=replace(newcomer.fingerprint, is_roundup=True))
    look = Look(stories=(story_of(article("q", QUAKE)),))

    assignment = assign_story(roundup, look, SEED, now=NOW)

    assert assignment == Assignment(story=StoryId("b"), joined="opened")
    assert story_after(roundup, assignment, look, SEED, NOW) is None
