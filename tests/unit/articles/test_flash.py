"""A news flash of two sentences is read; the page's frame is not."""

from __future__ import annotations

import pytest

from monitor.articles.extract import PageInput, extract_page
from monitor.model import ArticleStatus

FRAME = (
    "<nav><p>Home World City Sports and much more</p></nav>",
    "<footer><p>All rights are reserved by us.</p></footer>",
)
FLASH = "<h1>Talks end</h1><p>The talks ended on Monday.</p><p>Both sides agreed on a ceasefire, an official said.</p>"
TEXT = "The talks ended on Monday.\nBoth sides agreed on a ceasefire, an official said."


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<body>{FRAME[0]}<article>{FLASH}</article>{FRAME[1]}</body>", id="in an article element"),
        pytest.param(f"<body>{FRAME[0]}<main>{FLASH}</main>{FRAME[1]}</body>", id="in a main element"),
        pytest.param(f"<body>{FRAME[0]}<div>{FLASH}</div>{FRAME[1]}</body>", id="under the only headline"),
    ],
)
def test_two_sentences_are_an_article(html: str) -> None:
    page = extract_page(
        PageInput(body=f"<html><title>Talks end</title>{html}</html>".encode(), url="https://a.example/1")
    )
    assert (page.status, page.text, page.reason) == (ArticleStatus.TEASER, TEXT, "a few sentences only")


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<body><p>Please switch on scripts to read this page on our site.</p></body>", id="no headline"),
        pytest.param("<body><h1>Sorry</h1><p>Not here.</p></body>", id="too little"),
        pytest.param(
            "<article><h1>More</h1><p><a href='/a'>Read all about the harbour and the bridge today</a></p></article>",
            id="only links",
        ),
    ],
)
def test_a_frame_is_no_article(html: str) -> None:
    page = extract_page(PageInput(body=f"<html>{html}</html>".encode(), url="https://a.example/1"))
    assert (page.status, page.text) == (ArticleStatus.EMPTY, "")
