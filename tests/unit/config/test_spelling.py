import pytest

from monitor.config.spelling import did_you_mean, nearest, quoted


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("titel", "title", id="letters swapped"),
        pytest.param("Title", "title", id="capitals"),
        pytest.param("fulltext", "full_text", id="a missing underscore"),
        pytest.param("full-text", "full_text", id="a hyphen for an underscore"),
        pytest.param("\u00a0title", "title", id="a non-breaking space in front"),
        pytest.param("weather", "", id="nothing near"),
        pytest.param("x" * 100_000, "", id="a word of 100 000 letters costs no time"),
    ],
)
def test_the_nearest_word_is_found(word: str, expected: object) -> None:
    assert nearest(word, ["title", "full_text", "language"]) == expected


def test_the_advice_names_the_nearest_word() -> None:
    assert did_you_mean("anyy", ["all", "any", "none"]) == 'did you mean "any"?'


def test_the_advice_lists_the_known_words_when_none_is_near() -> None:
    assert did_you_mean("zzz", ["all", "any"]) == "known: all, any"


def test_the_advice_lists_at_most_twelve_words() -> None:
    known = [f"word{number}" for number in range(20)]
    assert did_you_mean("?", known).endswith("word10, word11 … (20 in all)")


def test_there_is_no_advice_without_known_words() -> None:
    assert did_you_mean("a", []) == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        pytest.param("停火", '"停火"', id="letters of any script stay"),
        pytest.param("a\u00a0b", '"a\\xa0b"', id="a non-breaking space becomes visible"),
        pytest.param("\x1b[31m", '"\\x1b[31m"', id="an escape character cannot reach the terminal"),
        pytest.param("a\u202eb\nc", '"a\\u202eb\\x0ac"', id="bidi override and line break become visible"),
        pytest.param("a" * 61, '"' + "a" * 59 + '…"', id="long words are cut"),
    ],
)
def test_a_foreign_word_is_shown_safely(word: str, expected: object) -> None:
    assert quoted(word) == expected
