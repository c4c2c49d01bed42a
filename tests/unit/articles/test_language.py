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
    ("title", "claimed", "language"),
    [
        pytest.param("Seorang pria tewas dalam kecelakaan lalu lintas", "id", "id", id="Indonesian, not Malay"),
        pytest.param("Nelayan bimbang stok ikan semakin berkurangan", "ms-MY", "ms", id="Malay, not Indonesian"),
        pytest.param("Slik blir været i helgen", "no", "no", id="Norwegian, not Danish"),
        pytest.param("Općina zatvara školu zbog plijesni", "bs", "bs", id="Bosnian, not Croatian"),
        pytest.param("Vláda zníži daň na elektromobily od budúceho roka", "sk", "sk", id="Slovak, not Czech"),
        pytest.param("Os prezos dos alimentos soben en novembro", "gl", "gl", id="Galician, not Portuguese"),
        pytest.param("Уряд знижує податок на пальне з наступного тижня", "ru", "uk", id="Ukrainian under Russian"),
        pytest.param("Полиция ищет свидетелей ограбления магазина", "en", "ru", id="no relative, no say"),
        pytest.param("首相會見外交部長", "zh-Hant", "zh", id="Chinese in traditional signs"),
        pytest.param("首相が外相と会談、週末に", "zh", "ja", id="Japanese by its kana"),
        pytest.param("最高裁石油会社上告棄却", "ja", "ja", id="a Japanese headline without kana, by the claim"),
    ],
)
def test_between_relatives_the_pages_claim_decides(title: str, claimed: str, language: str) -> None:
    assert detect_language(title, "", claimed=claimed) == language


def test_a_long_text_in_none_of_the_known_languages_is_not_what_the_page_claims() -> None:
    zulu = (
        "Umasipala uthi uzovala isikole ngemva kokutholakala kwesikhunta emagumbini okufundela. Abazali bathi "
        "bayakhathazeka ngezingane zabo. Uthishanhloko uthe ukufunda kuzoqhubeka kwesinye isikole esiseduze."
    )
    assert detect_language("Isikole siyavalwa ngenxa yesikhunta", zulu, claimed="en-ZA") == "und"
    assert detect_language("Isikole siyavalwa ngenxa yesikhunta", zulu, claimed="zu") == "zu"
    assert detect_language("Isikole siyavalwa", "", claimed="en-ZA") == "en"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("zh_Hant_TW", "zh"),
        (" DE ", "de"),
        ("und", ""),
        ("iw-IL", "he"),
        ("english", ""),
        ("", ""),
        ("x" * 99, ""),
    ],
)
def test_a_language_is_known_by_its_primary_tag(tag: str, language: str) -> None:
    assert primary_language(tag) == language
