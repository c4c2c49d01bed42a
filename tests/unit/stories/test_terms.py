"""Terms: stems by the language of the text, names and numbers told from other words, pairs of characters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import Article, ArticleId, ArticleStatus
from monitor.remembered import Terms
from monitor.stories.terms import LEAD_WORDS, NAME, NUMBER, WORD, kind, read_terms
from tests.unit.stories.events import QUAKE, QUAKE_IN_GERMAN, QUAKE_RETOLD, VERDICT_GERMAN
from tests.unit.stories.texts import CHINESE, article


def spelled(terms: Terms, wanted: int) -> set[str]:
    return {word for term, word in terms.spelled.items() if kind(term) == wanted}


def test_names_and_numbers_are_told_from_other_words() -> None:
    terms = read_terms(article("a", QUAKE))

    assert {"talmar", "kesin", "arvand", "duran"} <= spelled(terms, NAME)
    assert spelled(terms, NUMBER) == {"34", "6.4", "12", "800"}
    assert {"earthquake", "governor", "talmar"} <= spelled(terms, WORD)
    assert set(terms.weights) == set(terms.spelled)


def test_names_and_numbers_count_more() -> None:
    terms = read_terms(article("a", QUAKE))
    weight = {(kind(term), word): terms.weights[term] for term, word in terms.spelled.items()}

    assert weight[NUMBER, "34"] == 2 * weight[WORD, "governor"]
    assert weight[NAME, "talmar"] == 2 * weight[WORD, "talmar"]


def test_german_nouns_are_no_names() -> None:
    names = spelled(read_terms(article("a", VERDICT_GERMAN)), NAME)

    assert {"holger", "wiesenthal", "karla", "emmerich", "birkenau"} <= names
    assert names.isdisjoint({"prozess", "verteidigung", "zeugen", "die"})


def test_function_words_are_left_out() -> None:
    assert spelled(read_terms(article("a", QUAKE)), WORD).isdisjoint({"the", "and", "of", "at", "to", "was"})
    assert spelled(read_terms(article("a", QUAKE_IN_GERMAN)), WORD).isdisjoint({"die", "der", "und", "bei", "im"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The rebels attacked the harbour and the towns were burning", "An attack of rebel troops burned their town"),
        ("Les manifestants ont été arrêtés dans la capitale", "Un manifestant est arrêté dans une des capitales"),
        ("Die Regierungen haben die Verträge mit den Banken", "Der Vertrag ist von der Regierung und der Bank"),
        ("Правительство и министры на встрече в столице", "На встречу министра и правительства не в столицу"),
    ],
)
def test_forms_of_a_word_are_one_term(one: str, other: str) -> None:
    shared = read_terms(article("a", one)).weights.keys() & read_terms(article("b", other)).weights.keys()

    assert len(shared) >= 2


@pytest.mark.parametrize("told", ["", "en", "de-DE", "xx", "FR"])
def test_the_text_says_its_language_whatever_its_publisher_does(told: str) -> None:
    assert read_terms(replace(article("a", QUAKE), language=told)) == read_terms(article("a", QUAKE))
    assert read_terms(replace(article("a", QUAKE_IN_GERMAN), language=told)) == read_terms(
        article("a", QUAKE_IN_GERMAN)
    )


def test_what_an_apostrophe_joins_is_apart() -> None:
    words = spelled(read_terms(article("a", "Duran's guards are at the gate, and l’État was d'accord")), WORD)

    assert {"duran", "guards", "gate", "état", "accord"} <= words


def test_scripts_without_spaces_have_pairs_of_characters() -> None:
    terms = read_terms(article("a", CHINESE + " 2026年 WTO"))

    assert {"外交", "交部", "部长"} <= spelled(terms, WORD)
    assert "wto" in spelled(terms, WORD)
    assert "2026" in spelled(terms, NUMBER)


def test_capitals_everywhere_name_nobody_but_share_the_words() -> None:
    shouted, said = read_terms(article("a", QUAKE.upper())), read_terms(article("b", QUAKE))

    assert spelled(shouted, NAME) == set()
    assert spelled(shouted, WORD) == spelled(said, WORD)


def test_the_title_is_part_of_it_and_what_comes_late_is_not() -> None:
    long = " ".join(f"word{'abcdefghij'[number % 10]}{'klmnopqrst'[number // 10 % 10]}" for number in range(1_000))
    late = read_terms(article("a", f"{QUAKE} {long} Zanzibar", title="Valley in ruins"))

    assert {"valley", "ruins"} <= spelled(late, WORD)
    assert "zanzibar" not in spelled(late, WORD)
    assert len(late.weights) <= 2 * LEAD_WORDS


@pytest.mark.parametrize("status", [ArticleStatus.BLOCKED, ArticleStatus.CONSENT, ArticleStatus.PAYWALLED])
def test_a_text_that_is_not_the_articles_own_says_nothing(status: ArticleStatus) -> None:
    blocked = read_terms(article("a", QUAKE, title="Valley in ruins", status=status))

    assert set(blocked.spelled.values()) == {"valley", "ruins"}


def test_an_article_without_anything_has_no_terms() -> None:
    assert not read_terms(Article(id=ArticleId("a"), title="")).weights


def test_a_summary_stands_for_a_missing_text() -> None:
    summary = Article(id=ArticleId("a"), title="", summary=QUAKE_RETOLD)

    assert read_terms(summary) == read_terms(article("a", QUAKE_RETOLD))
