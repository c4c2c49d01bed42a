"""Who is asked for a page's text, and who is believed."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.opinions import ChosenText, Hints, choose_text, similarity

ONE = "The dockers returned to the table on Tuesday morning, and the owners of the quays came as well, hours late."
TWO = "Both sides said that the night had been long. Neither of them wished to say what had been agreed until noon."
ASIDE = "Nobody on the island could remember a winter as dry as this one, nor a summer with as many visitors as well."
BODY = " ".join([ONE, TWO] * 6)
TITLE = "Harbour talks resume after a pause"
# The walk leaves out what is named so; the densest run does not look at names.
TEXT = "\n".join([ONE, TWO, f"{ONE} {TWO}", f"{TWO} {ONE}"])
DISPUTED = (
    f"<article><h1>{TITLE}</h1>{''.join(f'<p>{line}</p>' for line in TEXT.splitlines())}"
    f'<div class="related">{f"<p>{ASIDE}</p>" * 30}</div></article>'
)


def choose(
    html: str,
    *,
    trusted: bool = False,
    body: str = "",
    is_article: bool = True,
    description: str = "",
    summary: str = "",
) -> ChosenText:
    hints = Hints(title=TITLE, body=body, is_article=is_article, description=description, summary=summary)
    return choose_text(LexborHTMLParser(f"<html><body>{html}</body></html>"), hints, trusted=trusted)


def test_where_both_quick_opinions_agree_no_other_is_asked() -> None:
    found = choose(f"<article><h1>{TITLE}</h1><p>{ONE}</p><p>{TWO}</p></article>")
    assert found == ChosenText(text=f"{ONE}\n{TWO}", extractor="lexbor", confirmed=None)


def test_where_they_differ_the_third_is_asked() -> None:
    assert choose(DISPUTED).confirmed is not None


def test_on_a_trusted_site_or_with_the_publishers_own_copy_the_third_is_not_asked() -> None:
    assert choose(DISPUTED, trusted=True) == ChosenText(text=TEXT, extractor="lexbor")
    long = DISPUTED.replace(f"<p>{ONE} {TWO}</p>", f"<p>{ONE} {TWO}</p>" * 4)
    assert choose(long, body=f"{ONE} {TWO} " * 6).confirmed is None


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [
        pytest.param(ONE, False, id="the beginning"),
        pytest.param(f"{ONE} {TWO[:40]}…", False, id="the beginning, cut"),
        pytest.param("", True, id="nothing"),
        pytest.param(ASIDE, True, id="other words"),
        pytest.param(ONE[:30], True, id="too little"),
        pytest.param(f"{ONE} {TWO} " * 3, True, id="as much as the text"),
    ],
)
def test_a_summary_in_the_text_vouches_for_it(said: str, is_asked: bool) -> None:
    long = DISPUTED.replace(f"<p>{ONE}</p>", f"<p>{ONE} {TWO}</p>" * 4)
    assert (choose(long, description=said).confirmed is not None) is is_asked
    assert (choose(long, summary=said).confirmed is not None) is is_asked
    assert choose(DISPUTED, description=said).confirmed is not None  # a short text needs more


def test_the_publishers_copy_stands_in_for_a_text_that_is_not_on_the_page() -> None:
    found = choose('<div id="app"></div>', body=BODY)
    assert found == ChosenText(text=BODY, extractor="json-ld")


def test_a_list_of_other_pages_is_no_article_unless_it_says_so() -> None:
    card = f"<div><h2><a>{ASIDE}</a></h2><p>{ONE}</p></div>"
    front = "".join(card.replace("Tuesday", f"day {number}") for number in range(12))
    assert choose(front, is_article=False).text == ""
    assert choose(front, is_article=True).text != ""


@pytest.mark.parametrize(
    ("one", "another", "expected"),
    [
        ("One two", "two ONE", 1.0),
        ("one two", "two three", 0.5),
        ("山城", "城山", 1.0),
        ("one", "", 0.0),
        ("", "", 1.0),
    ],
)
def test_similarity_is_that_of_words_in_any_order(one: str, another: str, expected: float) -> None:
    assert similarity(one, another) == expected


@pytest.mark.parametrize(
    "own",
    [
        pytest.param(f"<p>{ONE} {TWO}</p>" * 6, id="as long as the others"),
        pytest.param(f"<p>{ONE}</p><p>{TWO}</p><p>{ONE}</p>", id="shorter than the next one"),
    ],
)
def test_of_several_stories_on_a_page_its_own_is_taken_without_asking(own: str) -> None:
    story = f"<article><h1>{TITLE}</h1>{own}</article>"
    others = "".join(f"<article><h1>A dry winter, part {part}</h1>{f'<p>{ASIDE}</p>' * 8}</article>" for part in "ab")
    found = choose(story + others)
    assert (found.extractor, found.confirmed) == ("lexbor", None)
    assert set(found.text.split("\n")) <= {ONE, TWO, f"{ONE} {TWO}"}
