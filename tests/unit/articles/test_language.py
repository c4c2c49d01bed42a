import pytest

from monitor.articles.language import detect_language, primary_language

SWAHILI = (
    "Wafanyakazi wa bandari walirudi kwenye mazungumzo siku ya Jumanne baada ya mgomo wa siku tatu nchini Tanzania."
)


@pytest.mark.parametrize(
    ("title", "text", "claimed", "language"),
    [
        pytest.param("Talks resume in the harbour", "The dockers returned on Tuesday.", "", "en", id="English"),
        pytest.param("山城图书馆昼夜开放", "读者称像多了一间书房。", "en", "zh", id="Chinese under a claim of English"),
        pytest.param("Mazungumzo yaanza tena bandarini", SWAHILI, "en", "sw", id="Swahili"),
        pytest.param("استؤنفت المحادثات في الميناء", "عاد العمال صباح الثلاثاء إلى الطاولة.", "", "ar", id="Arabic"),
        pytest.param(
            "Die Gespräche gehen weiter", "Am Dienstag kehrten die\nArbeiter zurück.", "", "de", id="line breaks"
        ),
        pytest.param("Live", "", "pt-BR", "pt", id="too short a text: the claim decides"),
        pytest.param("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15", "", "fr", "fr", id="numbers are no language"),
        pytest.param("", "", "", "", id="nothing is known of nothing"),
    ],
)
def test_a_texts_own_words_decide_its_language(title: str, text: str, claimed: str, language: str) -> None:
    assert detect_language(title, text, claimed=claimed) == language


@pytest.mark.parametrize(
    ("tag", "language"),
    [("en-GB", "en"), ("zh_Hant_TW", "zh"), (" DE ", "de"), ("und", ""), ("english", ""), ("", ""), ("x" * 99, "")],
)
def test_a_language_is_known_by_its_primary_tag(tag: str, language: str) -> None:
    assert primary_language(tag) == language
