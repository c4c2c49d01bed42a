"""Who writes to deceive hides no story, costs no more than a long article, and what is merged stays in sight."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from monitor.articles.records import article_from_record
from tests.support.editing import EDITS
from tests.support.events import EVENTS, event
from tests.support.news import filler
from tests.support.reading import Reader, news, rules_of

FIVE_MEGABYTES = 5_000_000
CPU_SECONDS = 8.0  # for two such articles, most of it to look for the words of rules


async def test_twenty_copies_do_not_hide_the_report(reader: Reader) -> None:
    told, edits = event("verdict"), list(EDITS.values())
    texts = [f"{edits[n % len(edits)](told).text}\nBuy now at shop {n}." for n in range(20)]
    spam = [news(f"{n} things", text, at=n / 60) for n, text in enumerate(texts)]
    real = news(told.title, told.text, at=1, site_name="velmora-times.example")
    outcomes = await reader.read_all([*spam, real])
    kinds = [outcome.kind for outcome in outcomes]
    assert (kinds[0], kinds.count("new") <= 3, kinds[-1]) == ("new", True, "repeat")
    alerts = await reader.alerts()
    listed = [report for alert in alerts for report in await reader.store.alerts.reports(alert.id)]
    assert {report.article for report in listed} == {outcome.article for outcome in outcomes}
    assert "velmora-times.example" in {report.site for report in listed}
    assert all(report.grounds is not None for report in listed if report.joined != "opened")
    for alert in alerts:
        sent = [record.delivery.kind for record in await reader.store.deliveries.of_alert(alert.id)]
        assert sent.count("update") <= 2  # the shop's number is another one each time
        assert sent.count("new") == 1


async def test_a_text_stuffed_with_others_takes_none_of_them(reader: Reader) -> None:
    names = EVENTS[:6]
    stuffed = " ".join(event(name).text.replace("\n", " ") for name in names)
    articles = [news(event(name).title, event(name).text, at=1 + n) for n, name in enumerate(names)]
    outcomes = await reader.read_all([news("Everything", stuffed), *articles])
    # Its beginning is the first report: that may well be its story, whose alert then lists both.
    assert [outcome.kind for outcome in outcomes[2:]] == ["new"] * 5
    listed = [
        report.article for alert in await reader.alerts() for report in await reader.store.alerts.reports(alert.id)
    ]
    assert sorted(listed) == sorted(outcome.article for outcome in outcomes)


async def test_a_stuffed_text_takes_nothing_from_a_rule_that_looks_at_items(reader: Reader, tmp_path: Path) -> None:
    reader.follow(rules_of(tmp_path / "items", r"rules: [{id: all, when: {regex: '(?s)\S.*'}, dedup: item}]"))
    told = event("quake")
    trap = news("Nothing to see", f"{told.text}\n{filler(1)}")
    outcomes = await reader.read_all([trap, news(told.title, told.text, at=1)])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"]


async def test_pieces_of_a_report_in_another_text_make_it_no_copy(reader: Reader) -> None:
    told = event("merger")
    words = told.text.split()
    rng = random.Random(3)
    pieces = [" ".join(words[at : at + 6]) for at in range(0, len(words), 12)]
    woven = " ".join(f"{piece}. {filler(rng.randrange(1000), words=24)}" for piece in pieces)
    _, other = await reader.read_all([news("A long tale of the sea", woven), news(told.title, told.text, at=1)])
    # Half of its words are there, so that it may tell the same event; the alert says so, and lists it.
    assert other.copy_of is None
    listed = [report for alert in await reader.alerts() for report in await reader.store.alerts.reports(alert.id)]
    assert other.article in {report.article for report in listed}


@pytest.mark.parametrize(
    "unit",
    ["earthquake ", "a", "1 2 3 4 5 ", "А" * 9 + " ", "地震", "\u200d\u202e", "'’-.", "word\n\n", "x" * 10_000 + " "],
)
async def test_five_megabytes_cost_no_more_than_a_long_article(reader: Reader, tmp_path: Path, unit: str) -> None:
    giant = (unit * (FIVE_MEGABYTES // len(unit) + 1))[:FIVE_MEGABYTES]
    kinds = await kinds_of_giants(reader, tmp_path, giant, giant)
    assert kinds[0] == "new"
    told = event("launch")
    assert (await reader.read(news(f"Giant {told.title}", told.text, at=2))).kind == "new"


async def test_as_many_different_words_as_fit_cost_no_more(reader: Reader, tmp_path: Path) -> None:
    giant = " ".join(f"Name{n} {n}" for n in range(300_000))
    assert (await kinds_of_giants(reader, tmp_path, giant, f"{giant} 1"))[0] == "new"


async def kinds_of_giants(reader: Reader, tmp_path: Path, *texts: str) -> list[str]:
    """Return what becomes of texts as records give them; fails if they cost more than they may."""
    reader.follow(rules_of(tmp_path / "giants", "rules: [{id: giants, when: {title: giant}}]"))
    started = time.process_time()
    records = [
        {"id": f"g{n}", "title": f"A giant {n}", "text": text, "published": f"2026-03-02T0{n}:00:00Z"}
        for n, text in enumerate(texts)
    ]
    outcomes = await reader.read_all([article_from_record(record) for record in records])
    assert time.process_time() - started < CPU_SECONDS
    return [outcome.kind for outcome in outcomes]


async def test_letters_that_only_look_alike_are_no_copy_but_no_harm_either(reader: Reader) -> None:
    told = event("final")
    disguised = told.text.replace("a", "а").replace("e", "е").replace("o", "о")
    outcomes = await reader.read_all([news(told.title, disguised), news(told.title, told.text, at=1)])
    assert outcomes[0].kind == "new"
    assert len({outcome.article for outcome in outcomes}) == 2


async def test_invisible_characters_do_not_make_a_copy_another_text(reader: Reader) -> None:
    told = event("final")
    pierced = "\u00ad".join(told.text[at : at + 7] for at in range(0, len(told.text), 7))
    outcomes = await reader.read_all([news(told.title, told.text), news("Cup final", pierced, at=1)])
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat"]
