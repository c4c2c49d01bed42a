"""Words: the same text in other typography gives the same words."""

import pytest

from monitor.stories.words import fold, read_names, read_title_words, read_words


@pytest.mark.parametrize(
    ("text", "units"),
    [
        pytest.param("The minister's visit", ("the", "ministers", "visit"), id="straight apostrophes are left out"),
        pytest.param("The minister’s visit", ("the", "ministers", "visit"), id="curly apostrophes too"),
        pytest.param("cease-fire — now!", ("cease", "fire", "now"), id="hyphens and dashes part words"),
        pytest.param("4,500 tonnes at 2.5%", ("4,500", "tonnes", "at", "2.5"), id="figures stay whole"),
        pytest.param("café and cafe\u0301", ("café", "and", "café"), id="accents in one or two characters"),
        pytest.param("ﬁve №５", ("five", "no", "5"), id="ligatures and wide figures"),
        pytest.param("Привет, мир 2026", ("привет", "мир", "2026"), id="Cyrillic"),
        pytest.param("مُحَمَّد", ("محمد",), id="Arabic vowel points are left out"),
        pytest.param("हिन्दी भाषा", ("हिन्दी", "भाषा"), id="Hindi vowel signs stay in the word"),
        pytest.param("停火 now", ("停", "火", "now"), id="Han by character"),
        pytest.param("  ... ", (), id="nothing"),
    ],
)
def test_words_are_folded(text: str, units: tuple[str, ...]) -> None:
    assert read_words(fold(text)).units == units


def test_only_the_first_800_words_count() -> None:
    assert read_words(fold("word " * 900)).count == 800


def test_two_han_characters_count_as_one_word() -> None:
    words = read_words(fold("外交部长玛尔库今天"))

    assert (words.by_character, words.count) == (True, 4)


def test_a_few_han_characters_do_not_make_a_text_chinese() -> None:
    assert not read_words(fold("The minister 王毅 spoke about the harbour and the river today")).by_character


def test_names_are_capitalised_inside_a_sentence() -> None:
    text = fold(
        "Yesterday the minister Elena Marku left for Velna. Ships wait; I know.\nPilots of the Authority agreed"
    )

    assert read_names(text, words=read_words(text)) == {"elena", "marku", "velna", "authority"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The Minister Of The Northern Harbour Met Her Colleague Today", id="title case"),
        pytest.param("then THE MINISTER LEFT THE HARBOUR TODAY", id="shouting"),
        pytest.param("外交部长玛尔库星期二 Elena Marku", id="a script without case"),
    ],
)
def test_where_capitals_mean_nothing_there_are_no_names(text: str) -> None:
    assert read_names(fold(text), words=read_words(fold(text))) == frozenset()


def test_title_words_say_something() -> None:
    assert read_title_words("The ministers met in Velna on 12 May") == {"ministers", "met", "velna", "12", "may"}


def test_a_chinese_title_is_kept_in_pairs_of_characters() -> None:
    assert read_title_words("呼吁停火") == {"呼吁", "吁停", "停火"}
