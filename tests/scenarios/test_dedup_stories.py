"""Reports of one event in other words are one story; another event of the same kind is not; a story never changes."""

from __future__ import annotations

import pytest

from tests.support.editing import lengthened
from tests.support.events import EVENTS, RETOLD, SECOND, event
from tests.support.reading import Reader, news


@pytest.mark.parametrize("name", RETOLD)
@pytest.mark.parametrize("hours", [1, 20])
async def test_an_event_in_other_words_is_the_same_story(reader: Reader, name: str, hours: int) -> None:
    told, again = event(name), event(f"{name}-retold")
    one, other = await reader.read_all([news(told.title, told.text), news(again.title, again.text, at=hours)])
    assert (one.kind, other.kind) == ("new", "repeat")
    assert (other.story, other.joined, other.copy_of) == (one.article, "story", None)
    (alert,) = await reader.alerts()
    report = (await reader.store.alerts.reports(alert.id))[1]
    assert report.grounds is not None
    assert report.grounds.words
    assert report.grounds.cosine is not None


@pytest.mark.parametrize("name", SECOND)
@pytest.mark.parametrize("hours", [1, 60, 24 * 4])
async def test_another_event_of_the_same_kind_is_news(reader: Reader, name: str, hours: int) -> None:
    told, second = event(name), event(f"{name}-second")
    outcomes = await reader.read_all(
        [
            news(told.title, told.text),
            news(f"{told.title}, officials say", lengthened(told).text, at=0.5),
            news(second.title, second.text, at=hours),
            news(second.title, lengthened(second).text, at=hours + 1),
        ]
    )
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat", "new", "repeat"], outcomes


async def test_two_events_retold_stay_two(reader: Reader) -> None:
    told = [event(name) for name in ("quake", "quake-second", "ferry", "quake-retold", "ferry-retold")]
    outcomes = await reader.read_all([news(one.title, one.text, at=n) for n, one in enumerate(told)])
    stories = [outcome.story for outcome in outcomes]
    assert stories == [*(outcome.article for outcome in outcomes[:3]), outcomes[0].article, outcomes[2].article]


async def test_a_story_told_again_after_its_window_is_news(reader: Reader) -> None:
    told, again = event("ferry"), event("ferry-retold")
    outcomes = await reader.read_all([news(told.title, told.text), news(again.title, again.text, at=24 * 9)])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"]


async def test_a_report_that_links_two_stories_does_not_merge_them(reader: Reader) -> None:
    quake, flood = event("quake"), event("flood")
    both = quake.text.split("\n")[:3] + flood.text.split("\n")[:3]
    articles = [
        news(quake.title, quake.text),
        news(flood.title, flood.text, at=1),
        news("A week of disasters in two valleys", "\n".join(both), at=2),
        news(quake.title, lengthened(quake).text, at=3),
        news(flood.title, lengthened(flood).text, at=4),
    ]
    outcomes = await reader.read_all(articles)
    assert [outcomes[0].story, outcomes[1].story] == [outcomes[3].story, outcomes[4].story]
    assert outcomes[0].story != outcomes[1].story
    alerts = {alert.id: alert.story for alert in await reader.alerts()}
    assert set(alerts.values()) >= {outcomes[0].story, outcomes[1].story}


async def test_a_retelling_among_all_news_of_the_day_finds_its_story(reader: Reader) -> None:
    told = [event(name) for name in EVENTS]
    first = await reader.read_all([news(one.title, one.text, at=n / 4) for n, one in enumerate(told)])
    again = [event(f"{name}-retold") for name in RETOLD]
    later = await reader.read_all([news(one.title, one.text, at=6 + n) for n, one in enumerate(again)])
    assert [outcome.story for outcome in later] == [first[EVENTS.index(name)].article for name in RETOLD]
