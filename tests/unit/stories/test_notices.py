"""Notices: what a company puts below each of its texts is not compared."""

import pytest

from monitor.stories.fingerprint import text_print
from monitor.stories.notices import without_notice
from monitor.stories.same_story import copy_score
from tests.unit.stories.texts import MIDDLE, article

ABOUT = (
    "Brackwell Foods makes sauces and soups in four plants in Marlow and Tavira and sells them in 31 countries. It was "
    "founded in 1921, employs 4,200 people and is listed in Marlow under the symbol BWF. This release holds statements "
    "about the future which rest on what is known today; what happens may differ from them for many reasons, among "
    "them the price of tomatoes, the weather and the courts. Brackwell Foods does not undertake to correct them."
)
DIVIDEND = (
    "MARLOW, March 3 - The board of Brackwell Foods has declared a dividend of 21 cents a share for the last quarter, "
    "payable on the second of April to those who hold shares at the close of business on the ninth of March."
)
RECALL = (
    "MARLOW, March 3 - Brackwell Foods calls back jars of tomato soup with the numbers 4471 to 4479 because they may "
    "hold glass. Customers get their money back in every shop, the company said, and should not eat the soup."
)


@pytest.mark.parametrize(
    "heading",
    [
        "About Brackwell Foods",
        "Media Contact:",
        "Forward-Looking Statements",
        "Über die Brackwell AG",
        "Pressekontakt",
        "À propos de Brackwell",
        "Acerca de Brackwell",
        "Informazioni su Brackwell",
        "О компании",
        "关于海澜机械",
        "会社概要",
    ],
)
def test_a_text_ends_before_the_heading_of_a_notice(heading: str) -> None:
    assert without_notice(f"{MIDDLE}\n{heading}\n{ABOUT}") == MIDDLE


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("About 200 people came to the harbour", id="a number"),
        pytest.param("About Velna he did not want to speak.", id="a sentence"),
        pytest.param(f"About Brackwell Foods {ABOUT}", id="a paragraph"),
    ],
)
def test_other_lines_end_no_text(line: str) -> None:
    text = f"{MIDDLE}\n{line}\n{ABOUT}"

    assert without_notice(text) == text


def test_a_text_does_not_begin_with_a_notice() -> None:
    text = f"About Brackwell Foods\n{ABOUT}"

    assert without_notice(text) == text


def test_two_releases_with_one_notice_are_no_copies() -> None:
    one = text_print(article("a", f"{DIVIDEND}\nAbout Brackwell Foods\n{ABOUT}"))
    other = text_print(article("b", f"{RECALL}\nAbout Brackwell Foods\n{ABOUT}"))

    assert not copy_score(one, other).is_copy
