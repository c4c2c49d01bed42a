"""Which figures a later version replaces: between the same words only."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import Article, ArticleId, Assignment, StoryId
from monitor.remembered import Copy, Look
from monitor.stories.figures import joined_copy, replaced_figures
from monitor.stories.fingerprint import text_print

TEXT = (
    "A landslide hit the village of Orlec on Tuesday night after 3 days of rain. Rescuers have found 12 bodies and "
    "look for 40 people who are missing, the mayor said. The road to the valley is closed for 15 kilometres, and 2,300 "
    "people were taken to schools in the plain. The army has sent 5 helicopters and 200 soldiers to help them."
)


def article(text: str, title: str = "Landslide buries houses in Orlec", name: str = "a1") -> Article:
    """Return an article."""
    return Article(id=ArticleId(name), title=title, text=text)


def replaced(
    before: Article, after: Article, *, longest: Article | None = None, is_same_article: bool = False
) -> list[tuple[str, str]]:
    """Return what figures of a text become in a later version."""
    first = text_print(before)
    copy = Copy(
        id=before.id, story=StoryId("s1"), first=first, longest=text_print(longest) if longest is not None else first
    )
    found = replaced_figures(after, text_print(after), copy, is_same_article=is_same_article)
    return [(each.before, each.after) for each in found]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        pytest.param("found 12 bodies", "found 17 bodies", [("12", "17")], id="a toll that rose"),
        pytest.param("2,300 people", "3,200 people", [("2,300", "3,200")], id="a slip of the pen"),
        pytest.param("5 helicopters and 200", "200 helicopters and 5", [("5", "200"), ("200", "5")], id="swapped"),
        pytest.param("found 12 bodies", "found 40 bodies", [("12", "40")], id="a figure that stands elsewhere too"),
        pytest.param("2,300 people", "2300 people", [], id="written otherwise"),
        pytest.param("2,300 people", "2.300 people", [], id="as in other countries"),
        pytest.param("found 12 bodies", "found bodies", [], id="left out"),
        pytest.param("found 12 bodies", "found twelve bodies", [], id="in letters"),
        pytest.param("of rain. Rescuers", "of rain. It was 4 am. Rescuers", [], id="a sentence put in"),
        pytest.param(" The army has sent 5 helicopters and 200 soldiers to help them.", "", [], id="cut"),
    ],
)
def test_a_figure_is_replaced_between_the_same_words(old: str, new: str, pairs: list[tuple[str, str]]) -> None:
    assert replaced(article(TEXT), article(TEXT.replace(old, new))) == pairs


def test_moved_passages_replace_nothing() -> None:
    sentences = TEXT.split(". ")
    assert replaced(article(TEXT), article(". ".join([*sentences[2:], *sentences[:2]]))) == []


def test_a_much_longer_text_is_another_one() -> None:
    longer = TEXT.replace("12 bodies", "17 bodies") + " Elsewhere the rain has stopped and the rivers fall." * 6
    assert replaced(article(TEXT), article(longer)) == []


def test_a_table_made_anew_replaces_nothing_that_can_be_told() -> None:
    rows = "Gold price was 12 euro today. " * 5
    assert replaced(article(rows), article(rows + "Gold price was 13 euro today. ")) == []


def test_the_closer_version_counts() -> None:
    corrected = article(TEXT.replace("found 12", "found 17") + " The search goes on through the night.", name="b1")
    again = article(TEXT.replace("found 12", "found 17"), name="c1")
    old = article(TEXT, name="d1")
    assert replaced(article(TEXT), corrected) == [("12", "17")]
    assert replaced(article(TEXT), old, longest=corrected) == []
    assert replaced(article(TEXT), again, longest=corrected) in ([], [("12", "17")])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Updated 14:05\n", "Updated 16:40\n"),
        ("Last updated: 1 December 2026, 14:05\n", "Last updated: 2 December 2026, 09:15\n"),
        ("Aktualisiert am 1.12.2026, 14:05 Uhr\n", "Aktualisiert am 2.12.2026, 9:15 Uhr\n"),
        ("Mis à jour à 14 h 05\n", "Mis à jour à 16 h 40\n"),
        ("Обновлено 14:05\n", "Обновлено 16:40\n"),
        ("آخر تحديث 14:05\n", "آخر تحديث 16:40\n"),
    ],
)
def test_the_time_of_an_edit_is_no_figure(old: str, new: str) -> None:
    assert replaced(article(old + TEXT), article(new + TEXT)) == []
    assert replaced(article(old + TEXT), article(new + TEXT.replace("found 12", "found 17"))) == [("12", "17")]


def test_chinese_figures() -> None:
    text = (
        "周二夜间，连续三天降雨之后，奥尔莱茨村发生山体滑坡。救援人员已找到12具遗体，另有40人失踪，市长说。"
        "通往山谷的公路有15公里封闭，2300人被送往平原上的学校。军队派出5架直升机和200名士兵前往救援。"
    )
    assert replaced(article(text), article(text.replace("找到12具", "找到17具"))) == [("12", "17")]


def test_a_headline_of_the_same_article_is_compared() -> None:
    before, after = article(TEXT, "Landslide in Orlec kills 12"), article(TEXT, "Landslide in Orlec kills 17")
    assert replaced(before, after, is_same_article=True) == [("12", "17")]
    assert replaced(before, after) == [], "another outlet's own headline"


def test_headlines_are_compared_where_there_is_no_text() -> None:
    before, after = article("", "Landslide in Orlec kills 12"), article("", "Landslide in Orlec kills 17 people")
    assert replaced(before, after) == [("12", "17")]
    assert replaced(before, article("", "Storm in Velna: 17 flights cancelled")) == []


def test_endless_figures_are_none() -> None:
    text, other = (TEXT.replace("found 12", f"found {digit * 5000}") for digit in "12")
    assert replaced(article(text), article(other)) == []
    before, after = (
        article("", f"Landslide in Orlec kills {'1' * 50}"),
        article("", f"Landslide in Orlec kills {'2' * 50}"),
    )
    assert replaced(before, after) == []


def test_at_most_eight_figures_are_named() -> None:
    text = " ".join(f"The {word} district counted {n} houses." for n, word in enumerate("abcdefghijklmnop", start=10))
    other = " ".join(f"The {word} district counted {n} houses." for n, word in enumerate("abcdefghijklmnop", start=50))
    assert len(replaced(article(text), article(other))) == 8


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["rain", "12", "40", "road", "the", "17", "army"]), min_size=12, max_size=60))
def test_a_text_replaces_nothing_of_itself(words: list[str]) -> None:
    text = " ".join(words)
    assert replaced(article(text), article(text)) == []


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 5), st.integers(0, 99_999))
def test_a_correction_and_its_return_name_the_same_place(which: int, number: int) -> None:
    figures = ["3", "12", "40", "15", "5", "200"]
    corrected = TEXT.replace(f" {figures[which]} ", f" {number} ")
    there = replaced_figures_of(TEXT, corrected)
    back = replaced_figures_of(corrected, TEXT)
    assert {(each[0], each[2], each[1]) for each in there} == set(back)


def replaced_figures_of(before: str, after: str) -> list[tuple[str, str, str]]:
    """Return the replaced figures with their places."""
    first = text_print(article(before))
    copy = Copy(id=ArticleId("a1"), story=StoryId("s1"), first=first, longest=first)
    found = replaced_figures(article(after), text_print(article(after)), copy, is_same_article=False)
    return [(each.place, each.before, each.after) for each in found]


def test_the_joined_copy_is_found_in_what_was_looked_at() -> None:
    first, longest = text_print(article(TEXT)), text_print(article(TEXT + " More.", name="b1"))
    copy = Copy(id=ArticleId("a1"), story=StoryId("s1"), first=first, longest=longest)
    look = Look(copies=(copy,))
    again = Assignment(story=StoryId("s1"), joined="article")
    assert joined_copy(article(TEXT, name="b1"), again, look) == copy
    assert joined_copy(article(TEXT, name="c1"), Assignment(story=StoryId("s1"), joined="story"), look) is None
    joined = Assignment(story=StoryId("s1"), joined="copy", copy_of=ArticleId("a1"))
    assert joined_copy(article(TEXT, name="c1"), joined, look) == copy
    assert joined_copy(article(TEXT, name="c1"), joined, Look(by_address=copy)) == copy
