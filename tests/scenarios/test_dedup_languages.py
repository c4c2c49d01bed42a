"""Copies and other reports in the languages of the world: no spaces, no capitals, capitals at every noun."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Article
from tests.support.events import event
from tests.support.reading import Reader, news
from tests.support.stories import LANGUAGES, Story, companions, story

PORTAL = {
    "de": "Mehr zum Thema lesen Sie in unserer Morgenausgabe. Alle Rechte vorbehalten, Nachdruck nur mit Genehmigung.",
    "ar": "جميع الحقوق محفوظة. اشترك في النشرة اليومية لتصلك أهم الأخبار كل صباح.",
    "zh": "版权所有，未经授权不得转载。欢迎订阅本报早间新闻。",
    "ja": "無断転載を禁じます。朝刊の購読はこちらから。",
    "th": "สงวนลิขสิทธิ์ สมัครรับข่าวเช้าได้ที่หน้าแรกของเรา",
}


def read_as(told: Story, **more: object) -> Article:
    return news(told.title, told.text, language=told.language, **more)  # type: ignore[arg-type] # passed on as they are


def shortened(told: Story) -> Story:
    return replace(told, paragraphs=told.paragraphs[: len(told.paragraphs) // 2])


def with_a_portals_words(told: Story) -> Story:
    words = PORTAL.get(told.language, "All rights reserved. Sign up for the morning letter of this portal.")
    return replace(told, paragraphs=(words, *told.paragraphs, words))


def without_a_paragraph(told: Story) -> Story:
    return replace(told, paragraphs=(*told.paragraphs[:2], *told.paragraphs[3:]))


def under_its_teaser(told: Story) -> Story:
    return replace(told, title=told.summary)


@pytest.mark.parametrize("edit", [shortened, with_a_portals_words, without_a_paragraph, under_its_teaser])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_edited_copy_is_the_same_report(reader: Reader, language: str, edit: object) -> None:
    assert callable(edit)
    told = story(language)
    outcomes = await reader.read_all([read_as(told), read_as(edit(told), at=3)])
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat"]


async def test_reports_of_all_languages_are_told_apart(reader: Reader) -> None:
    told = [each for language in LANGUAGES for each in (story(language), companions(story(language))[0])]
    outcomes = await reader.read_all([read_as(each, at=n / 10) for n, each in enumerate(told)])
    joined = [(told[n].title, outcome.story) for n, outcome in enumerate(outcomes) if outcome.kind != "new"]
    assert joined == []


async def test_a_translation_is_no_copy(reader: Reader) -> None:
    told = {language: event(f"dam-{language}") for language in ("en", "de", "es")}
    articles = [news(each.title, each.text, at=n, language=language) for n, (language, each) in enumerate(told.items())]
    outcomes = await reader.read_all(articles)
    assert [outcome.copy_of for outcome in outcomes] == [None] * 3
    # Names and figures alone may be enough to see that the event is the same; nothing else is.
    assert {outcome.joined for outcome in outcomes[1:]} <= {"opened", "story"}
