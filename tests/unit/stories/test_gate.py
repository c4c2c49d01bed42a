"""Why texts are copies or not: the figures, and the value of each at which the gate itself would answer otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from monitor.model import Article, ArticleId, StoryId
from monitor.remembered import TextPrint
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import SEED
from monitor.stories.gate import CopyAnswer, Figure, StoryAnswer, explain_copy, explain_story
from monitor.stories.same_story import compare, copy_score, rule_that_holds
from monitor.stories.story_match import THRESHOLD, opened
from monitor.stories.terms import read_terms
from tests.support.store import NOON

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


def figure(answer: CopyAnswer, part: str) -> Figure:
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


def test_of_strangers_all_that_lacks_would_have_to_turn() -> None:
    answer = explain_copy(printed(*SENTENCES[:4]), printed(*SENTENCES[4:], title="Something else", name="b"))
    assert not answer.verdict.is_copy
    assert answer.is_all_needed
    shared, names = figure(answer, "words of the shorter text"), figure(answer, "names")
    assert shared.value == 0
    assert shared.turns is not None
    assert shared.turns > 0.4
    assert names.turns is not None
    assert names.value is not None
    assert names.turns < names.value
    assert figure(answer, "headline").turns is None


def test_a_notice_is_no_copy_whatever_its_figures() -> None:
    notice = (
        "Please switch on cookies in the settings of your browser to go on reading. Readers with an account may sign "
        "in here. If you believe that you see this page by mistake, write to our help desk, which answers on all days."
    )
    answer = explain_copy(printed(notice, title="Bridge opens"), printed(notice, title="Bank raises rates", name="b"))
    assert answer.verdict.rule == "stub"
    assert [each.turns for each in answer.figures] == [None] * 4


EVENT = (
    "Dredgers start work in the northern channel of Ostwick this April. The harbour board puts the bill at 48 million "
    "crowns and expects 31 million of it from the state, its head Irene Maddox told reporters. Herring fishermen are "
    "unhappy, they wanted to wait until May, and nearly 1,270 nests of terns line the bank according to Lindmark's "
    "biologists. Bergsund Marine got the contract."
)


def asked(text: str, **changes: Any) -> StoryAnswer:
    """Return what the gate of stories says of a text and the story of the dredging."""
    first = Article(id=ArticleId("a"), title="Dredging of the Ostwick channel", text=" ".join(SENTENCES))
    second = Article(id=ArticleId("b"), title="Dredgers come to Ostwick", text=text)
    story = opened(StoryId("a"), read_terms(first), NOON)
    verdict = copy_score(text_print(first), text_print(second))
    known: dict[str, Any] = {"words": text_print(second).words, "verdicts": [verdict], "now": NOON, **changes}
    return explain_story(read_terms(second), story, SEED, **known)


def test_an_event_in_other_words_says_how_alike_it_must_be() -> None:
    answer = asked(EVENT)
    assert answer.tells_same
    score = next(each for each in answer.figures if each.name.startswith("likeness, less"))
    assert score.turns == pytest.approx(THRESHOLD, abs=0.005)
    words = next(each for each in answer.figures if not each.is_share)
    assert words.turns is not None
    assert words.turns <= 60


def test_time_alone_may_keep_an_event_apart() -> None:
    answer = asked(EVENT, now=NOON + timedelta(days=6))
    assert not answer.tells_same
    assert [each.name[:14] for each in answer.figures if each.turns is not None] == ["likeness, less"]


@pytest.mark.parametrize("text", ["", "Too few words."])
def test_a_text_too_short_to_compare_has_no_figures(text: str) -> None:
    answer = explain_copy(printed(*SENTENCES), printed(text, name="b"))
    assert (answer.verdict.is_copy, answer.figures) == (False, ())
