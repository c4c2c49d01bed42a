"""Why texts are copies or not: the figures, and the value of each at which the gate itself would answer otherwise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Article, ArticleId
from monitor.remembered import TextPrint
from monitor.stories.fingerprint import text_print
from monitor.stories.gate import Figure, GateAnswer, explain_copy
from monitor.stories.same_story import compare, rule_that_holds

SENTENCES = (
    "The harbour board of Ostwick said on Monday that dredging of the northern channel will begin in April.",
    "Its chairwoman, Irene Maddox, put the cost at 48 million crowns, of which the state pays 31 million.",
    "Fishermen had asked for a later start because the herring spawn until the middle of May.",
    "A survey by the university of Lindmark counted 1,270 nests of terns along the western bank.",
    "The contractor, Bergsund Marine, will work at night so that ferries to the islands keep their times.",
    "Two years ago a cargo ship ran aground near the old lighthouse and blocked the port for nine days.",
    "Insurers paid 6 million crowns then, and the board promised to deepen the bend by three metres.",
    "The council of Ostwick votes on the plan next week, and nobody there expects it to fail.",
)


def printed(
    *sentences: str, title: str = "Dredging of the Ostwick channel begins in April", name: str = "a"
) -> TextPrint:
    """Return the print of a text."""
    return text_print(Article(id=ArticleId(name), title=title, text=" ".join(sentences)))


def figure(answer: GateAnswer, part: str) -> Figure:
    """Return the figure whose name has a part."""
    return next(each for each in answer.figures if part in each.name)


def test_a_copy_says_how_much_of_each_figure_it_could_lose() -> None:
    answer = explain_copy(printed(*SENTENCES), printed(*SENTENCES[:5], name="b"))
    assert answer.verdict.is_copy
    shared = figure(answer, "words of the shorter text")
    assert shared.value == 1
    assert shared.turns is not None
    assert 0.4 < shared.turns < 0.9
    missing = figure(answer, "names")
    assert (missing.value, missing.at_least) == (0, False)


def test_texts_that_lack_the_names_say_how_many_may_be_missing() -> None:
    other = [sentence.replace("Ostwick", "Varnby").replace("Maddox", "Holt") for sentence in SENTENCES]
    other = [text.replace("Lindmark", "Oxmoor").replace("Bergsund", "Skarve").replace("48", "17") for text in other]
    other[1] = "Nobody there would say what it is to cost, or who is to pay."
    one, two = printed(*SENTENCES), printed(*other[:6], title="Varnby deepens its port", name="b")
    answer = explain_copy(one, two)
    assert not answer.verdict.is_copy
    names = figure(answer, "names")
    assert names.value is not None
    assert names.turns is not None
    assert names.turns < names.value
    # It is the gate itself that says so.
    seen = compare(one, two)
    fewer = replace(seen, lost_names=names.turns - 0.02, lost_facts=0)
    assert rule_that_holds(fewer, is_series=False) != "none"


def test_strangers_cannot_be_turned_by_one_figure_but_the_words() -> None:
    answer = explain_copy(printed(*SENTENCES[:4]), printed(*SENTENCES[4:], title="Something else", name="b"))
    assert not answer.verdict.is_copy
    assert figure(answer, "headline").turns is None
    assert figure(answer, "figures").turns is None


@pytest.mark.parametrize("text", ["", "Too few words."])
def test_a_text_too_short_to_compare_has_no_figures(text: str) -> None:
    answer = explain_copy(printed(*SENTENCES), printed(text, name="b"))
    assert (answer.verdict.is_copy, answer.figures) == (False, ())
