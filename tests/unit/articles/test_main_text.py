"""The article among the blocks of a page, whatever boxes it is wrapped in and whatever stands beside it."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.blocks import read_blocks
from monitor.articles.main_text import find_text, is_sentence, render, title_index

TITLE = "Harbour talks resume after a pause"
ONE = "The dockers returned to the table on Tuesday morning, and the owners of the quays came as well, hours late."
TWO = "Both sides said that the night had been long. Neither of them wished to say what had been agreed until noon."
THREE = "The minister flew in from the capital in the evening and was met by a crowd that sang until the rain began."
TEXT = f"{ONE}\n{TWO}\n{THREE}"
PARAGRAPHS = f"<p>{ONE}</p><p>{TWO}</p><p>{THREE}</p>"
HEAD = f"<h1>{TITLE}</h1>"


def text(html: str, *, title: str = TITLE, description: str = "") -> str:
    page = read_blocks(LexborHTMLParser(f"<html><body>{html}</body></html>"))
    return render(page, find_text(page, title=title, description=description).indices)


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<article>{HEAD}{PARAGRAPHS}</article>", id="an article"),
        pytest.param(f"{HEAD}<div><div>{ONE}</div><div>{TWO}</div><div>{THREE}</div></div>", id="boxes only"),
        pytest.param(f"<td>{HEAD}{ONE}<br><br>{TWO}<br><br>{THREE}</td>", id="line breaks"),
        pytest.param(f"<td><b>{TITLE}</b><br>By Jo Bell<br><br>{ONE}<br><br>{TWO}<br><br>{THREE}</td>", id="bold"),
        pytest.param(
            f'<form class="has-sidebar widget">{HEAD}<div class="widget">{PARAGRAPHS}</div></form>', id="names"
        ),
        pytest.param(
            f'{HEAD}<p class="ad-p">{ONE}</p><p class="ad-p">{TWO}</p><p class="ad-p">{THREE}</p>', id="hashed names"
        ),
        pytest.param(f"<div>{HEAD}</div><div><p>By Jo Bell</p><p>24.11.2026</p>{PARAGRAPHS}</div>", id="a byline"),
        pytest.param(f"{HEAD}{PARAGRAPHS}<h3>More on this</h3><ul><li><a>Another</a></li></ul>", id="links below"),
        pytest.param(f"{HEAD}<p>{ONE}</p><p><a>Read: another of ours</a></p><p>{TWO}</p><p>{THREE}</p>", id="a link"),
        pytest.param(f'{HEAD}{PARAGRAPHS}<div id="comments">{"<p>Well said, and true!</p>" * 40}</div>', id="comments"),
        pytest.param(f'{HEAD}{PARAGRAPHS}<div id="disclaimer"><p>{(ONE + TWO) * 4}</p></div>', id="a long disclaimer"),
        pytest.param(f'<div class="menu"><p>{(ONE + TWO) * 4}</p></div>{HEAD}{PARAGRAPHS}', id="a long menu above"),
        pytest.param(
            f"{HEAD}{PARAGRAPHS}<div><h3><a>Another story</a></h3><p>It says that much and no more here.</p></div>",
            id="a teaser",
        ),
        pytest.param(
            f'<div class="s">{HEAD}{PARAGRAPHS}</div><div class="s"><h2>Another</h2><p>{(TWO + ONE) * 4}</p></div>',
            id="two stories",
        ),
        pytest.param(
            f'{HEAD}<div><p>{ONE}</p><p>{TWO}</p><div style="display:none"><p>{THREE}</p></div></div>'.replace(
                THREE, THREE * 3
            ),
            id="the rest behind a button",
        ),
    ],
)
def test_the_article_is_found_and_nothing_beside_it(html: str) -> None:
    assert text(html).replace(THREE * 3, THREE) == TEXT


def test_headings_and_lists_stay_where_text_follows() -> None:
    html = f"{HEAD}<p>{ONE}</p><h2>What next</h2><ul><li>A vote</li><li>A count</li></ul><p>{TWO}</p><h2>Tags</h2>"
    assert text(html) == f"{ONE}\nWhat next\nA vote\nA count\n{TWO}"


def test_a_lead_is_part_of_the_text_wherever_its_box_is() -> None:
    lead = "After a night of waiting the dockers and the owners speak again"
    assert text(f"<header>{HEAD}<h2>{lead}</h2></header><div>{PARAGRAPHS}</div>") == f"{lead}\n{TEXT}"
    summary = f'<div class="meta">{lead}</div>'
    assert text(f"{summary}<div>{PARAGRAPHS}</div>", title="") == TEXT
    assert text(f"{summary}<div>{PARAGRAPHS}</div>", title="", description=lead) == f"{lead}\n{TEXT}"


def test_a_remark_of_the_site_is_no_article_but_a_flash_is() -> None:
    remark = "<p>Please switch on scripts to read this page on our site.</p>"
    assert text(remark, title="") == ""
    assert text(f"<h1>Talks end</h1>{remark}", title="Talks end") != ""


def test_a_page_of_pointers_has_no_text_of_its_own() -> None:
    card = "<div><h2><a>Another story of the day</a></h2><p>It says that much and no more than that here.</p></div>"
    page = read_blocks(LexborHTMLParser(f"<body><h1>News</h1>{card * 12}</body>"))
    found = find_text(page, title="News")
    assert (found.indices, found.pointing) == ([], 1.0)


def test_the_headline_is_the_first_heading_that_says_the_title() -> None:
    page = read_blocks(LexborHTMLParser(f"<h1>Daily Post</h1><h2>{TITLE}</h2><h1>{TITLE}!</h1>"))
    assert title_index(page, TITLE) == 2
    assert title_index(page, "Something else altogether") == -1


@pytest.mark.parametrize("line", ["It ended.", "“It ended.”", "结束了。", "ختم ہوا۔", "समाप्त हुआ।", "Really?)"])
def test_sentences_end_in_any_script(line: str) -> None:
    assert is_sentence(line)


def test_a_lone_heading_below_the_text_is_not_the_headline() -> None:
    below = f"<h1>Our clubs</h1><p>{TWO}</p><p>{ONE}</p><p>{THREE}</p>"
    assert ONE in text(f"<div><p>{ONE} {TWO}</p><p>{TWO} {THREE}</p><p>{THREE} {ONE}</p></div>{below}", title="Talks")
