"""`monitor articles why-joined`: yes or no with the figures, of files, addresses and remembered ids."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.model import ArticleId, Assignment, Grounds, StoryId
from monitor.remembered import NOTHING_KNOWN
from monitor.store.alerts import Conflict
from monitor.store.store import Store
from tests.support.command_line import NOTHING_LISTENS, Ran, monitor, verbs
from tests.support.daemon import write_settings
from tests.support.publisher import Publisher
from tests.support.store import NOON, a_draft, a_telling, an_article

KEYS = ["a", "b", "joined", "level", "score", "grounds", "copy", "story"]

FLOOD = (
    "Rescue teams in Marnitz pulled 34 people from flooded houses on Sunday after the river Elde broke its banks.",
    "The mayor, Katrin Behrens, said that the water had risen by two metres within three hours.",
    "About 1,200 residents spent the night in a sports hall and in two schools on the hill.",
    "The army sent 160 soldiers with boats, and helicopters brought sand to the dyke near the old mill.",
    "Behrens asked people to stay away from cellars, because power lines had not been switched off everywhere.",
    "Farmers reported the loss of some 400 cattle, and the road to Parchim is closed until Wednesday.",
    "Meteorologists in Rostock expect more rain on Monday evening, though less than at the weekend.",
)
SAME_EVENT = (
    "Soldiers and firefighters brought dozens of residents of Marnitz to safety in boats on Sunday. The Elde had "
    "flooded the old town overnight; mayor Katrin Behrens spoke of the worst flood in a generation. Some 1,200 people "
    "had to leave their homes, and the road to Parchim is under water. The dyke at the mill held, while more rain is "
    "forecast."
)
RESULT = (
    "{name} said on {day} that its net profit for the third quarter rose {change} percent to {profit} million crowns.",
    "Revenue came to {revenue} million crowns, the company based in {city} said in a statement.",
    "The board proposes a dividend of {dividend} crowns a share and confirmed its outlook for the year.",
    "Shares in {name} closed at {price} crowns before the results were published.",
)


def flood(*, cut: int = len(FLOOD)) -> str:
    return " ".join(FLOOD[:cut])


def result(name: str, city: str, **figures: str) -> str:
    return " ".join(RESULT).format(name=name, city=city, **figures)


ONE_RESULT = result(
    "Nordhaven", "Aarhus", day="Tuesday", change="12", profit="48.1", revenue="391.7", dividend="2.40", price="118"
)
OTHER_RESULT = result(
    "Stenmark", "Malmo", day="Thursday", change="7", profit="90.6", revenue="804.2", dividend="1.15", price="64"
)


def write_article(folder: Path, name: str, **fields: Any) -> str:
    """Write an article file and return its name."""
    record = {"id": name, "title": "Flood in Marnitz", "url": f"https://{name}.example/flood-in-marnitz", **fields}
    (folder / f"{name}.json").write_text(json.dumps(record))
    return f"{name}.json"


async def why(folder: Path, *arguments: str) -> Ran:
    """Ask without a store: a server is neither there nor started."""
    ran = await monitor(folder, "articles", "why-joined", *arguments, MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert not (folder / "var").exists()
    return ran


async def test_a_copy_is_said_with_its_figures_and_a_passage(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text=flood())
    two = write_article(tmp_path, "two", text=flood(cut=5), title="Dozens rescued as river floods Marnitz")
    ran = await why(tmp_path, one, two)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("yes: a copy of one: the longer text has 100% of the shorter one")
    assert "“" in lines[1]
    assert "copies: yes, by the rule contained" in lines
    assert any(line.startswith("  ✓ words of the shorter text that stand in the longer") for line in lines)
    assert "the same event" not in ran.out.partition("\n")[2]

    (record,) = (await why(tmp_path, one, two, "--json")).records
    assert list(record) == KEYS
    assert (record["joined"], record["level"], record["copy"]["holds"]) == (True, "copy", True)
    figures = {each["name"]: each for each in record["copy"]["figures"]}
    shared = figures["words of the shorter text that stand in the longer"]
    assert shared["value"] == 1
    assert 0.4 < shared["turns"] < 1


async def test_two_results_of_one_template_are_told_apart_by_their_facts(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text=ONE_RESULT, title="Nordhaven's profit rises")
    two = write_article(tmp_path, "two", text=OTHER_RESULT, title="Stenmark earns more")
    ran = await why(tmp_path, one, two)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines[0] == "no: neither copies of one text nor the same event in other words"
    assert "copies: no, all ✗ would have to differ" in lines
    lacking = [line for line in lines if "that the longer text lacks" in line]
    assert all(line.startswith("  ✗") and "100%  needs at most" in line for line in lacking)
    assert any(line.startswith("the same event: no") for line in lines)
    (record,) = (await why(tmp_path, one, two, "--json")).records
    assert (record["joined"], record["level"], record["copy"]["holds"]) == (False, None, False)


async def test_strangers_say_how_much_they_would_have_to_share(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text=flood())
    two = write_article(tmp_path, "two", text=ONE_RESULT, title="Nordhaven's profit rises")
    ran = await why(tmp_path, one, two)
    assert ran.code == 1
    assert "  ✗ words of the shorter text that stand in the longer       0%  needs at least " in ran.out


async def test_the_same_event_in_other_words_is_said_with_the_words(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text=flood())
    two = write_article(tmp_path, "two", text=SAME_EVENT, title="River floods Marnitz")
    ran = await why(tmp_path, one, two)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("yes: the same event in other words: ")
    assert "Marnitz" in lines[0]
    assert "the same event: yes" in lines
    (record,) = (await why(tmp_path, one, two, "--json")).records
    assert (record["level"], record["copy"]["holds"], record["story"]["holds"]) == ("story", False, True)
    assert "Marnitz" in record["grounds"]["words"]


async def test_one_headline_on_two_sites_is_enough_if_one_has_no_text(tmp_path: Path) -> None:
    title = "River Elde breaks its banks in the old town of Marnitz"
    one = write_article(tmp_path, "one", text="", title=title, published="2026-11-24T08:00:00Z")
    two = write_article(tmp_path, "two", text=flood(), title=title, published="2026-11-24T09:00:00Z")
    ran = await why(tmp_path, one, two)
    assert (ran.code, ran.out) == (0, "yes: the same headline as one, and one of them has no text\n")


async def test_the_same_address_is_enough(tmp_path: Path) -> None:
    address = "https://www.paper.example/flood-in-marnitz?utm_source=rss"
    one = write_article(tmp_path, "one", text=flood(), url=address)
    two = write_article(tmp_path, "two", text=flood(cut=2), url="http://paper.example/amp/flood-in-marnitz/")
    ran = await why(tmp_path, one, two)
    assert (ran.code, ran.out) == (0, "yes: the same address as one\n")


async def test_the_earlier_one_comes_first_whatever_the_order(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text=flood(), published="2026-11-24T08:00:00Z")
    two = write_article(tmp_path, "two", text=flood(cut=5), published="2026-11-24T09:00:00Z")
    there, back = await why(tmp_path, one, two), await why(tmp_path, two, one)
    assert there.code == back.code == 0
    assert there.out == back.out


async def test_an_address_is_fetched(tmp_path: Path) -> None:
    write_settings(tmp_path, redis=NOTHING_LISTENS)
    one = write_article(tmp_path, "one", text=flood())
    paragraphs = "".join(f"<p>{sentence}</p>" for sentence in FLOOD)
    page = f"<!doctype html><html lang='en'><title>Flood</title><article><h1>Flood</h1>{paragraphs}</article></html>"
    async with Publisher() as site:
        site.serve("/news/1", page)
        ran = await monitor(tmp_path, "articles", "why-joined", one, site.url("/news/1"))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("yes: the same text as one\n")


async def test_too_little_text_is_said(tmp_path: Path) -> None:
    one = write_article(tmp_path, "one", text="", title="Flood in Marnitz")
    two = write_article(tmp_path, "two", text="", title="Storm over Rostock")
    ran = await why(tmp_path, one, two)
    assert ran.code == 1
    assert ran.out == (
        "no: too little is known of their texts to compare them, and neither address nor headline says it\n"
    )


@pytest.fixture
def folder(tmp_path: Path, valkey_url: str, workspace: str) -> Path:
    """Return a folder whose commands ask the test's store."""
    write_settings(tmp_path, redis=valkey_url, workspace=workspace)
    return tmp_path


async def tell_two(store: Store) -> None:
    """Tell a story by two sites, and another one."""
    grounds = Grounds(other=ArticleId("a1"), rule="contained", containment=0.9, lost_numbers=0.0, lost_names=0.0)
    told = {
        "a1": Assignment(story=StoryId("a1"), joined="opened"),
        "b1": Assignment(story=StoryId("a1"), joined="copy", copy_of=ArticleId("a1"), score=0.9, grounds=grounds),
        "z1": Assignment(story=StoryId("z1"), joined="opened"),
    }
    texts = {"a1": flood(), "b1": flood(cut=6), "z1": ONE_RESULT}
    for minute, (name, assignment) in enumerate(told.items()):
        article = replace(
            an_article(name, site=f"{name}.example", text=texts[name]), seen=NOON + timedelta(minutes=minute)
        )
        draft = a_draft(article, assignment)
        draft = replace(draft, alert=replace(draft.alert, lead=replace(draft.alert.lead, grounds=assignment.grounds)))
        telling, look = replace(a_telling(article), assignment=assignment), NOTHING_KNOWN
        while isinstance(answer := await store.alerts.enqueue(telling, look=look, drafts=[draft]), Conflict):
            look = answer.look


async def test_two_remembered_articles_say_what_was_decided(folder: Path, store: Store) -> None:
    await tell_two(store)
    ran = await monitor(folder, "articles", "why-joined", "a1", "b1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == (
        "yes: a copy of a1: the longer text has 90% of the shorter one, all of its figures, all of its names"
    )
    ran = await monitor(folder, "articles", "why-joined", "a1", "z1")
    assert (ran.code, ran.err) == (1, "")
    assert ran.out.startswith("no: ")
    assert "copies: no" in ran.out


async def test_a_file_is_held_against_what_is_remembered(folder: Path, store: Store) -> None:
    await tell_two(store)
    new = write_article(folder, "new", text=flood(cut=6))
    for arguments in ((new, "a1"), ("a1", new)):
        ran = await monitor(folder, "articles", "why-joined", *arguments)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("yes: a copy of a1: ")


async def test_wrong_use_is_explained(folder: Path, store: Store) -> None:
    assert store is not None
    one = write_article(folder, "one", text=flood())
    ran = await monitor(folder, "articles", "why-joined", one, "nope")
    assert (ran.code, ran.out) == (2, "")
    assert "'nope' is no file, no address, and no article that is remembered" in ran.err
    (folder / "bad.json").write_text("{bad")
    ran = await monitor(folder, "articles", "why-joined", one, "bad.json")
    assert (ran.code, ran.out) == (1, "")
    assert "bad.json: not JSON" in ran.err


def test_the_record_has_the_documented_keys() -> None:
    documented = next(verb.keys for verb in verbs() if verb.name == "articles why-joined")
    assert documented.startswith(", ".join(KEYS))
