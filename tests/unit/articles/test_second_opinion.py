"""The run of blocks that is worth most, and how far two choices agree."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from monitor.articles.blocks import read_blocks
from monitor.articles.second_opinion import agreement, densest_run

LONG = "The dockers returned to the table on Tuesday morning, and the owners of the quays came as well, hours late."
MENU = "<ul>" + "<li><a>World</a></li><li><a>Sport</a></li>" * 10 + "</ul>"


def test_the_densest_run_is_the_text_between_menus() -> None:
    text = f"<p>{LONG} {LONG}</p>"
    html = f"{MENU}{text}<h2>Next</h2>{text}<p><a>Read more</a></p>{text}{MENU}"
    page = read_blocks(LexborHTMLParser(html))
    assert [page.blocks[index].text for index in densest_run(page)] == [f"{LONG} {LONG}"] * 3


def test_a_page_of_links_has_no_run() -> None:
    assert densest_run(read_blocks(LexborHTMLParser(MENU))) == []


def test_agreement_is_the_share_of_letters_in_common() -> None:
    page = read_blocks(LexborHTMLParser("<p>aaaa</p><p>bbbb</p><p>cccc</p>"))
    assert agreement(page, [0, 1], [0, 1]) == 1
    assert agreement(page, [0, 1], [1, 2]) == 0.5
    assert agreement(page, [0], []) == 0
    assert agreement(page, [], []) == 1
