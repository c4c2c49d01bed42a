"""Assignment: a newcomer joins the story of the same address, the same words or a near copy, else opens its own."""

from dataclasses import replace

from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy
from monitor.stories.assign import article_addresses, assign_story, is_another_article, told_apart
from monitor.stories.fingerprint import text_print
from tests.unit.stories.texts import LEAD, MIDDLE, OTHER_REPORT, REPORT, article


def copy(first: Article, *, story: str, longest: Article | None = None) -> Copy:
    return Copy(
        id=first.id, story=StoryId(story), first=text_print(first), longest=text_print(longest if longest else first)
    )


def test_what_nobody_told_before_opens_a_story_under_its_own_id() -> None:
    newcomer = article("b", REPORT)

    assert assign_story(newcomer, text_print(newcomer), [copy(article("a", OTHER_REPORT), story="s")]) == Assignment(
        story=StoryId("b"), joined="opened"
    )


def test_the_same_address_joins_whatever_the_text() -> None:
    newcomer = article("b", OTHER_REPORT)
    known = copy(article("a", REPORT), story="s")

    assert assign_story(newcomer, text_print(newcomer), [], by_address=known) == Assignment(
        story=StoryId("s"), joined="address", copy_of=ArticleId("a")
    )


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


def test_the_same_article_again_is_no_copy_of_itself() -> None:
    newcomer = article("a", REPORT)
    known = copy(article("a", REPORT), story="s")

    assert assign_story(newcomer, text_print(newcomer), [], by_address=known) == Assignment(
        story=StoryId("s"), joined="article"
    )


def test_the_same_article_again_is_known_without_an_address() -> None:
    newcomer = article("a", REPORT)

    assert assign_story(newcomer, text_print(newcomer), [copy(newcomer, story="s")]).joined == "article"


def test_the_same_words_join() -> None:
    newcomer = article("b", REPORT.upper())

    assert assign_story(newcomer, text_print(newcomer), [copy(article("a", REPORT), story="s")]) == Assignment(
        story=StoryId("s"), joined="text", copy_of=ArticleId("a")
    )


def test_a_near_copy_joins_with_its_score() -> None:
    newcomer = article("b", f"{LEAD}\n{MIDDLE}")

    assert assign_story(newcomer, text_print(newcomer), [copy(article("a", REPORT), story="s")]) == Assignment(
        story=StoryId("s"), joined="copy", copy_of=ArticleId("a"), score=1.0
    )


def test_the_longest_version_is_compared_too() -> None:
    newcomer = article("c", OTHER_REPORT)
    grown = copy(article("a", LEAD), story="s", longest=article("b", f"{LEAD}\n{MIDDLE}\n{OTHER_REPORT}"))

    assert assign_story(newcomer, text_print(newcomer), [grown]).copy_of == "a"


def test_of_several_copies_the_nearest_counts_in_whatever_order() -> None:
    newcomer = article("c", REPORT)
    near = copy(article("b", REPORT), story="near")
    far = copy(article("a", f"{REPORT}\n{OTHER_REPORT}"), story="far")
    fingerprint = text_print(newcomer)

    assert assign_story(newcomer, fingerprint, [far, near]) == assign_story(newcomer, fingerprint, [near, far])
    assert assign_story(newcomer, fingerprint, [far, near]).story == "near"


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
