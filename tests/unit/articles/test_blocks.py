"""A page's blocks: where one ends, what of it is a link, which box it stands in."""

from __future__ import annotations

import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from monitor.articles.blocks import PageBlocks, read_blocks


def blocks(html: str) -> PageBlocks:
    return read_blocks(LexborHTMLParser(f"<html><body>{html}</body></html>"))


def texts(html: str) -> list[str]:
    return [block.text for block in blocks(html).blocks]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>One <b>wo</b>rd\n and  more</p><p>Two</p>", ["One word and more", "Two"], id="inline markup"),
        pytest.param("<div>Bare<p>Inner</p>after</div>", ["Bare", "Inner", "after"], id="bare text beside a paragraph"),
        pytest.param("<td>One<br>line<br><br>Two<br> <br>Three</td>", ["One\nline", "Two", "Three"], id="line breaks"),
        pytest.param("<pre>wrapped\nline\n\nnext</pre>", ["wrapped line", "next"], id="preformatted"),
        pytest.param("<x-p>One</x-p><x-p>Two</x-p>", ["One", "Two"], id="custom elements as boxes"),
        pytest.param("<p>The <x-name>Jo Bell</x-name> case</p>", ["The Jo Bell case"], id="a custom element in a text"),
        pytest.param("<p>a<box>b</box>c</p><p>d</p>", ["abc", "d"], id="an unknown element"),
        pytest.param("Left<div></div>right", ["Left", "right"], id="an empty box"),
        pytest.param("<ruby>東京<rt>とうきょう</rt></ruby>へ", ["東京へ"], id="reading aids"),
        pytest.param("<nav>Menu</nav><script>x</script><!-- y --><p>Text</p>", ["Text"], id="never text"),
        pytest.param("", [], id="an empty page"),
    ],
)
def test_text_is_parted_where_readers_see_a_border(html: str, expected: list[str]) -> None:
    assert texts(html) == expected


def test_the_share_of_links_and_the_weight_by_script_are_known() -> None:
    half, whole, wide = blocks("<p>abcd <a>efgh</a>.</p><li><a>abc<b>def</b></a></li><p>山城图书馆</p>").blocks
    assert (half.linked, whole.linked, wide.linked) == (0.4, 1.0, 0.0)
    assert (half.weight, wide.weight) == (10, 12.5)


def test_a_box_spans_its_blocks_and_those_inside() -> None:
    page = blocks('<div class="text"><p>One</p><ul><li>Two</li></ul></div><p>Three</p>')
    spans = {box.tag: (box.first, end, box.depth) for box, end in zip(page.boxes, page.ends, strict=True)}
    assert spans == {"body": (0, 3, 0), "div": (0, 2, 1), "p": (2, 3, 1), "ul": (1, 2, 2), "li": (1, 2, 3)}
    assert page.boxes[1].names == "text"


def test_time_grows_with_the_page_alone() -> None:
    tree = LexborHTMLParser("<div><p>Word <a>word</a><br>" * 20_000)
    started = time.process_time()
    assert len(read_blocks(tree).blocks) == 20_000
    assert time.process_time() - started < 2
