"""What is told again of a known story: replaced figures, corrections, denials, a louder rule; edits of rules."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.model import Article
from tests.support.editing import EDITS, lengthened
from tests.support.events import EVENTS, Event, event
from tests.support.reading import Reader, news, rules_of

URL = "https://courier.example/top/story"


def version(told: Event, *, at: float, url: str = URL, name: str = "lead") -> Article:
    """Return what stands at one address now."""
    return news(told.title, told.text, at=at, url=url, name=name, language="en")


def with_words(told: Event, *pairs: tuple[str, str]) -> Event:
    for before, after in pairs:
        assert before in told.title + told.text, before
        told = replace(told, title=told.title.replace(before, after), text=told.text.replace(before, after))
    return told


CORRECTED = {
    "toll": ("quake", ("at least 23", "at least 31")),
    "magnitude": ("quake", ("agnitude 6.1", "agnitude 6.4")),
    "price": ("merger", ("3.8 billion", "4.1 billion")),
    "result": ("election", ("38.4 percent", "36.9 percent")),
    "cancelled": ("strike", ("340", "410")),
}


@pytest.mark.parametrize("what", list(CORRECTED))
async def test_a_replaced_figure_is_told_once(reader: Reader, what: str) -> None:
    name, pair = CORRECTED[what]
    told = event(name)
    corrected = with_words(told, pair)
    outcomes = await reader.read_all([version(told, at=0), version(corrected, at=2), version(corrected, at=4)])
    assert [outcome.kind for outcome in outcomes] == ["new", "update", "repeat"]
    reprint = await reader.read(news(corrected.title, corrected.text, at=5))
    assert (reprint.kind, reprint.story) == ("repeat", "lead")


async def test_an_old_figure_on_another_site_is_no_news_after_the_new_one(reader: Reader) -> None:
    told = event("quake")
    corrected = with_words(told, CORRECTED["toll"][1])
    articles = [version(told, at=0), version(corrected, at=2), news(told.title, lengthened(told).text, at=3)]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new", "update", "repeat"]


async def test_a_toll_that_rises_twice_is_told_twice(reader: Reader) -> None:
    told = event("quake")
    tolls = [told, with_words(told, ("at least 23", "at least 31")), with_words(told, ("at least 23", "at least 58"))]
    outcomes = await reader.read_all([version(one, at=3 * n) for n, one in enumerate(tolls)])
    assert [outcome.kind for outcome in outcomes] == ["new", "update", "update"]


@pytest.mark.parametrize("edit", [name for name in EDITS if name != "exact"])
async def test_what_editors_do_all_day_is_not_told(reader: Reader, edit: str) -> None:
    told = [event(name) for name in EVENTS]
    before = [version(one, at=n / 10, url=f"{URL}/{n}", name=f"a{n}") for n, one in enumerate(told)]
    after = [version(EDITS[edit](one), at=3 + n / 10, url=f"{URL}/{n}", name=f"a{n}") for n, one in enumerate(told)]
    outcomes = await reader.read_all([*before, *after])
    kinds = [outcome.kind for outcome in outcomes]
    assert kinds[: len(told)] == ["new"] * len(told)
    assert [told[n].title for n, kind in enumerate(kinds[len(told) :]) if kind != "repeat"] == []


@pytest.mark.parametrize(
    ("first", "later"),
    [
        ("Rebels agree to truce around Bel Hamra", "Rebels deny they agreed to truce around Bel Hamra"),
        ("Court frees former mayor of Velmora", "Court does not free former mayor of Velmora"),
    ],
)
async def test_a_denial_in_the_headline_is_told_once(reader: Reader, first: str, later: str) -> None:
    told = event("ceasefire")
    titles = [first, later, later]
    outcomes = await reader.read_all([version(replace(told, title=t), at=n) for n, t in enumerate(titles)])
    assert [outcome.kind for outcome in outcomes] == ["new", "update", "repeat"]


@pytest.mark.parametrize("mark", ["CORRECTED: ", "Correction: ", "CORRECTED-", "Korrektur: ", "Corrección: ", "更正："])
async def test_a_correction_mark_is_told_once(reader: Reader, mark: str) -> None:
    told = event("vaccine")
    marked = replace(told, title=mark + told.title)
    outcomes = await reader.read_all([version(told, at=0), version(marked, at=1), version(marked, at=2)])
    assert [outcome.kind for outcome in outcomes] == ["new", "update", "repeat"]


RULE = "rules:\n  - {{id: quakes, title: {title}, severity: {severity}, when: {{any: [{words}]}}}}\n"


async def test_a_rule_that_got_louder_is_told_once_of_its_story(reader: Reader, tmp_path: Path) -> None:
    told = event("quake")
    reader.follow(rules_of(tmp_path / "low", RULE.format(title="Quakes", severity="low", words="earthquake")))
    assert (await reader.read(news(told.title, told.text))).kind == "new"
    reader.follow(rules_of(tmp_path / "high", RULE.format(title="Quakes", severity="critical", words="earthquake")))
    kinds = [(await reader.read(news(told.title, lengthened(told).text, at=n))).kind for n in (1, 2)]
    assert kinds == ["update", "repeat"]


@pytest.mark.parametrize("edit", [{"title": "All quakes"}, {"words": "earthquake, tremor"}])
async def test_an_edited_rule_keeps_its_alerts(reader: Reader, tmp_path: Path, edit: dict[str, str]) -> None:
    told = event("quake")
    settings = {"title": "Quakes", "severity": "low", "words": "earthquake"}
    article = news(told.title, told.text)
    reader.follow(rules_of(tmp_path / "old", RULE.format(**settings)))
    assert (await reader.read(article)).kind == "new"
    reader.follow(rules_of(tmp_path / "edited", RULE.format(**{**settings, **edit})))
    assert (await reader.read(article)).kind == "repeat"
    assert (await reader.read(news(told.title, lengthened(told).text, at=1))).kind == "repeat"
    assert len(await reader.alerts()) == 1


async def test_a_new_rule_tells_a_known_story(reader: Reader, tmp_path: Path) -> None:
    told = event("quake")
    both = "rules:\n  - {id: quakes, when: earthquake}\n  - {id: army, when: army}\n"
    reader.follow(rules_of(tmp_path / "one", "rules: [{id: quakes, when: earthquake}]"))
    await reader.read(news(told.title, told.text))
    reader.follow(rules_of(tmp_path / "two", both))
    outcome = await reader.read(news(told.title, lengthened(told).text, at=1))
    assert outcome.kinds == {"quakes": "repeat", "army": "new"}


async def test_a_rule_that_only_the_later_version_matches_tells_it(reader: Reader, tmp_path: Path) -> None:
    told = event("quake")
    later = replace(told, text=f"{told.text}\nPresident Ondrej Varga of Kastovia offered to send a field hospital.")
    rules = "rules:\n  - {id: quakes, when: earthquake}\n  - {id: kastovia, when: Kastovia}\n"
    reader.follow(rules_of(tmp_path / "rules-2", rules))
    outcomes = await reader.read_all([version(told, at=0), version(later, at=1), version(later, at=2)])
    assert [outcome.kinds for outcome in outcomes] == [
        {"quakes": "new"},
        {"quakes": "repeat", "kastovia": "new"},
        {"quakes": "repeat", "kastovia": "repeat"},
    ]


@pytest.mark.parametrize(
    ("unit", "kinds"),
    [
        ("story", ["new", "repeat", "repeat", "repeat"]),
        ("copy", ["new", "repeat", "new", "repeat"]),
        ("item", ["new", "new", "new", "repeat"]),
    ],
)
async def test_a_rule_says_what_alerts_once(reader: Reader, tmp_path: Path, unit: str, kinds: list[str]) -> None:
    reader.follow(rules_of(tmp_path / "unit", f"rules: [{{id: quakes, when: earthquake, dedup: {unit}}}]"))
    told, retold = event("quake"), event("quake-retold")
    first = news(told.title, told.text)
    articles = [
        first,
        news("Villages in ruins after earthquake", lengthened(told).text, at=1),
        news(retold.title, retold.text, at=2),
        replace(first, seen=None),
    ]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == kinds
