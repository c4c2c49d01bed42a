"""Passages: what two texts share is shown as the newcomer wrote it."""

import pytest

from monitor.stories.fingerprint import text_print
from monitor.stories.passages import shared_passages
from monitor.stories.words import fold, locate_words, read_words
from tests.unit.stories.texts import BACKGROUND, CHINESE, LEAD, MIDDLE, OTHER_REPORT, REPORT, article


def test_the_two_longest_passages_are_shown_in_the_newcomers_spelling() -> None:
    newcomer = f"“{LEAD.upper()}”\nNobody was hurt.\n{MIDDLE.replace('The two ministers', 'Both')}"
    passages = shared_passages(newcomer, text_print(article("a", REPORT)))

    assert len(passages) == 2
    assert all(passage in newcomer and 100 < len(passage) <= 200 for passage in passages)
    assert passages[0].startswith("agreed that a commission of 12 engineers")
    assert passages[1].startswith("“FOREIGN MINISTER ELENA MARKU")


def test_a_passage_ends_with_its_paragraph() -> None:
    newcomer = "Grain traders in Karlin have warned that\n230,000 tonnes of barley could spoil, and more."

    assert shared_passages(newcomer, text_print(article("a", BACKGROUND))) == (
        "Grain traders in Karlin have warned that",
        "230,000 tonnes of barley could spoil,",
    )


def test_a_short_passage_stands_whole_with_its_own_apostrophes() -> None:
    newcomer = "It was odd: the shipping union of Brandl’s home town asked for compensation. He left."

    assert shared_passages(newcomer, text_print(article("a", BACKGROUND))) == (
        "the shipping union of Brandl’s home town asked for compensation.",
    )


def test_other_news_shares_no_passage() -> None:
    assert shared_passages(OTHER_REPORT, text_print(article("a", REPORT))) == ()


def test_nothing_is_shared_with_a_text_too_short_to_compare() -> None:
    assert shared_passages(REPORT, text_print(article("a", "Read on."))) == ()


def test_a_chinese_passage_is_cut_at_two_hundred_characters() -> None:
    long = "，".join(
        (CHINESE, "船闸修复工程预计将持续三个月，当地商会担心粮食出口受阻，渔民则希望水面保持平静", CHINESE[::-1])
    )
    passages = shared_passages(f"【本报讯】{long}", text_print(article("a", long)))

    assert passages == (long[:200],)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The minister’s cease-fire: 4,500 tonnes, 2.5% — “now”!", id="English"),
        pytest.param("Cafe\u0301 №５ ﬁve so\u00adft, l'été 1\u00a0000", id="typography"),
        pytest.param("外交部长 Marku 说停火 12亿", id="Chinese"),
        pytest.param("น้ำท่วม 3 จังหวัด", id="Thai"),
        pytest.param("हिन्दी भाषा 12,5", id="Hindi"),
        pytest.param("مُحَمَّد ـ قال", id="Arabic"),
    ],
)
def test_words_with_their_places_are_the_words_that_are_compared(text: str) -> None:
    located = list(locate_words(text))

    assert tuple(word for word, _, _ in located) == read_words(fold(text)).units
    assert all(text[start:end].strip() == text[start:end] != "" for _, start, end in located)
