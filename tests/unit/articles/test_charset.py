import pytest

from monitor.articles.charset import to_utf8

RUSSIAN = "<html><head>{}</head><body>Переговоры возобновились утром</body></html>"


@pytest.mark.parametrize(
    ("encoding", "meta", "content_type"),
    [
        pytest.param("utf-8", "", "", id="UTF-8 needs no word"),
        pytest.param("utf-8", "", "text/html; charset=iso-8859-1", id="UTF-8 under a Latin-1 header is seen"),
        pytest.param("utf-8", '<meta charset="windows-1251">', "", id="UTF-8 under a wrong meta tag is seen"),
        pytest.param("cp1251", "", "text/html; charset=windows-1251", id="the header is believed"),
        pytest.param("cp1251", "", 'text/html; charset="WINDOWS-1251"', id="quotes and capitals do not matter"),
        pytest.param("cp1251", '<meta charset="windows-1251">', "text/html", id="the meta tag is believed"),
        pytest.param(
            "cp1251",
            '<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">',
            "text/html; charset=ISO-8859-1",
            id="a Latin-1 header is a default, the meta tag a statement",
        ),
        pytest.param("koi8-r", "", "text/html; charset=koi8-r", id="KOI8"),
        pytest.param("utf-16", "", "text/html", id="UTF-16 with its mark"),
        pytest.param("utf-16-le", "", "text/html; charset=utf-16le", id="UTF-16 by the header"),
        pytest.param("utf-8-sig", "", "text/html; charset=koi8-r", id="a byte order mark beats the header"),
    ],
)
def test_a_page_is_decoded_as_it_was_written(encoding: str, meta: str, content_type: str) -> None:
    page = RUSSIAN.format(meta)
    assert to_utf8(page.encode(encoding), content_type).decode() == page


def test_gb2312_means_the_larger_set_that_pages_use() -> None:
    assert to_utf8("朱镕基".encode("gb18030"), "text/html; charset=gb2312").decode() == "朱镕基"


def test_japanese_mail_encoding_is_believed_although_its_bytes_are_ascii() -> None:
    assert to_utf8("停戦".encode("iso2022_jp"), "text/html; charset=iso-2022-jp").decode() == "停戦"


def test_one_broken_byte_does_not_turn_a_utf8_page_into_another_encoding() -> None:
    page = "Überführung ".encode() * 20 + b"\xff" + "Brücke".encode()
    assert to_utf8(page).decode() == "Überführung " * 20 + "\ufffdBrücke"


def test_a_page_that_declares_nothing_is_guessed() -> None:
    text = "Переговоры между докерами и владельцами порта возобновились во вторник утром. " * 5
    assert to_utf8(text.encode("cp1251")).decode() == text


@pytest.mark.parametrize("name", ["zlib", "rot13", "punycode", "unicode_escape", "idna", "../../etc", "x" * 5_000])
def test_names_of_codecs_that_are_no_page_encodings_are_ignored(name: str) -> None:
    assert to_utf8(b"plain words \xe9t\xe9", f"text/html; charset={name}").decode().startswith("plain words ")


def test_a_page_that_only_calls_itself_utf8_is_guessed() -> None:
    text = "<meta charset=utf-8>" + "Переговоры между докерами и владельцами порта возобновились во вторник утром. " * 5
    assert to_utf8(text.encode("cp1251"), "text/html; charset=utf-8").decode() == text


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "cp1252",
            '<html lang="fr"><p>L’autorité portuaire a déclaré mardi que trois quais resteraient fermés jusqu’à lundi',
        ),
        (
            "cp1250",
            '<html lang="cs"><p>Předseda vlády v úterý řekl, že jednání o příměří budou pokračovat příští středu.',
        ),
        ("cp1250", '<html lang="hu"><p>A szőlősgazdák szerint a fagy nagyobb kárt okozott, mint az őszi eső és a tűz.'),
    ],
)
def test_neighbours_are_told_apart_by_the_language_of_the_page(encoding: str, text: str) -> None:
    page = text * 3
    assert to_utf8(page.encode(encoding)).decode() == page
