"""Why a rule holds or not: each node with its mark, the words found, and what is missing in one line."""

from __future__ import annotations

import pytest

from monitor.model import Article, ArticleId
from monitor.rules.explain import Explained, explain, nearest_miss
from tests.unit.rules.writing import condition

TITLE = "Wang Yi meets envoys"
TEXT = "The minister spoke of a truce in Gaza. One two three four five six seven. Then of oil."


def tree(written: str, title: str = TITLE, text: str = TEXT) -> Explained:
    return explain(condition(written), Article(id=ArticleId("a"), title=title, text=text, language="en"))


def drawn(node: Explained, depth: int = 0) -> list[str]:
    words = ", ".join(each.text for each in node.evidence)
    line = f"{'  ' * depth}{'✓' if node.holds else '✗'} {node.asks}{f' ({node.note})' if node.note else ''}"
    return [f"{line}: {words}" if words else line, *(each for part in node.parts for each in drawn(part, depth + 1))]


def test_the_tree_has_a_mark_for_each_node_and_the_words_that_were_found() -> None:
    written = "{all: [Wang Yi, {any: [ceasefire, truce]}, {title: {any: [{all: [envoy, oil]}]}}], none: [football]}"
    assert drawn(tree(written)) == [
        "✗ all of 4",
        "  ✓ Wang Yi: Wang Yi",
        "  ✓ any of ceasefire|truce: truce",
        "  ✗ in title",
        "    ✗ all of 2",
        "      ✓ envoy: envoys",
        "      ✗ oil",
        "  ✓ none of football",
        "    ✗ football",
    ]


@pytest.mark.parametrize(
    ("written", "note"),
    [
        pytest.param("{at_least: 3, of: [minister, truce, ceasefire, hostages]}", "2 found", id="at_least"),
        pytest.param("{count: {at_least: 3, of: [truce, oil]}}", "2 found", id="count"),
        pytest.param("{score: {at_least: 9, terms: {truce: 5, oil: 3, gas: 4}}}", "reaches 8", id="score"),
        pytest.param("{near: {within: 2, of: [Gaza, oil]}}", "the nearest are 9 words apart", id="near"),
        pytest.param("{near: {within: 2, of: [gas, oil]}}", "", id="near of what is not there"),
        pytest.param("{language: [fr, de]}", "the article has en", id="language"),
        pytest.param("{tags: [world]}", "the article has none", id="tags"),
    ],
)
def test_a_note_says_how_far_a_node_is_from_what_it_asks_for(written: str, note: str) -> None:
    explained = tree(written)
    assert not explained.holds
    assert explained.note == note


def test_a_name_that_may_be_another_is_told() -> None:
    explained = tree("country:JO", title="Jordan scored again", text="A good match.")
    assert not explained.holds
    assert explained.note == "a name is there, but it may be another: a person, a street, a namesake"


@pytest.mark.parametrize(
    ("written", "miss"),
    [
        pytest.param("truce", "", id="it holds"),
        pytest.param("hostages", "lacks hostages", id="a term"),
        pytest.param(
            "{all: [Wang Yi, minister, Gaza, {any: [ceasefire, armistice]}]}",
            "lacks any of ceasefire|armistice; 3 of 4 groups found",
            id="a group",
        ),
        pytest.param(
            "{all: [hostages, {language: fr}, Gaza]}",
            "lacks hostages and language: fr (the article has en); 1 of 3 groups found",
            id="several",
        ),
        pytest.param(
            "{all: [truce], none: [oil, 'title:envoys']}",
            'vetoed by "oil" in the text, "envoys" in the title; 1 of 1 groups found',
            id="a veto",
        ),
        pytest.param(
            "{any: [{all: [a1, b2]}, {all: [Gaza, truce, hostages]}]}",
            "lacks hostages; 2 of 3 groups found",
            id="of several ways the closest",
        ),
        pytest.param("{title: {all: [envoy, oil]}}", "lacks oil; 1 of 2 groups found, in the title", id="in a field"),
        pytest.param(
            "{near: {within: 2, of: [Gaza, oil]}}",
            "lacks near: (Gaza) + (oil) within 2 words (the nearest are 9 words apart)",
            id="too far apart",
        ),
    ],
)
def test_the_nearest_miss_is_one_line(written: str, miss: str) -> None:
    assert nearest_miss(tree(written), condition(written)) == miss
