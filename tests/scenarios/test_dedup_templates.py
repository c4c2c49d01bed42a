"""Stories written to one pattern (earnings, rates, weather, fixtures, prices) are alike in words, and each is news."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from tests.support.events import Event, template, templates
from tests.support.reading import Outcome, Reader, news

WIRE = "wire.example"


async def read_in_turn(reader: Reader, told: tuple[Event, ...], *, every: timedelta, site: str) -> list[Outcome]:
    """Return what becomes of events told one after another, by one site or, without a name, by one each."""
    articles = [
        news(one.title, one.text, at=number * every, site_name=site, language=one.language)
        for number, one in enumerate(told)
    ]
    return await reader.read_all(articles)


def kinds(outcomes: list[Outcome]) -> list[str]:
    return [outcome.kind for outcome in outcomes]


@pytest.mark.parametrize("site", [WIRE, ""], ids=["one-site", "many-sites"])
@pytest.mark.parametrize("name", [each.name for each in templates()])
async def test_each_filling_of_a_pattern_is_news(reader: Reader, name: str, site: str) -> None:
    told = template(name).fillings
    outcomes = await read_in_turn(reader, told, every=timedelta(minutes=20), site=site)
    assert kinds(outcomes) == ["new"] * len(told), outcomes


@pytest.mark.parametrize("name", ["price table", "weather", "сводка", "ราคาทอง", "天気"])
async def test_two_days_of_one_table_are_two_events(reader: Reader, name: str) -> None:
    told = template(name).fillings
    outcomes = await read_in_turn(reader, told, every=timedelta(days=1), site=WIRE)
    assert kinds(outcomes) == ["new"] * len(told), outcomes


async def test_all_patterns_together_in_any_order(reader: Reader) -> None:
    # Earnings in brief and at length are of the same companies, some of the same quarter.
    told = [one for each in templates() if each.name != "earnings in brief" for one in each.fillings]
    Random(7).shuffle(told)
    outcomes = await read_in_turn(reader, tuple(told), every=timedelta(minutes=7), site="")
    wrong = [
        (told[n].title, outcome.joined, outcome.story) for n, outcome in enumerate(outcomes) if outcome.kind != "new"
    ]
    assert wrong == []


@pytest.mark.parametrize("name", [each.name for each in templates()])
async def test_a_filling_printed_by_another_site_is_the_same_news(reader: Reader, name: str) -> None:
    told = template(name).fillings[0]
    again = replace(told, text=told.text.replace("\n", " "))
    outcomes = await read_in_turn(reader, (told, again), every=timedelta(minutes=20), site="")
    assert kinds(outcomes) == ["new", "repeat"]


@pytest.mark.parametrize("title", ["Velmora market close", "Morning report", "The day in figures"])
async def test_a_series_under_one_title_is_news_each_day(reader: Reader, title: str) -> None:
    told = tuple(replace(one, title=title) for one in template("market close").fillings)
    outcomes = await read_in_turn(reader, told, every=timedelta(days=1), site=WIRE)
    assert kinds(outcomes) == ["new"] * len(told), outcomes
