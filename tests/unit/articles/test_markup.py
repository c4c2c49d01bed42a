import time

import pytest

from monitor.articles.markup import plain_line, plain_text, strip_roughly


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("Talks resume", "Talks resume", id="plain text stays"),
        pytest.param("AT&T; R&amp;D", "AT&T; R&D", id="entities are decoded once"),
        pytest.param("&amp;lt;b&amp;gt;", "&lt;b&gt;", id="what was escaped twice stays escaped once"),
        pytest.param("<p>One</p><p>Two</p>", "One\nTwo", id="paragraphs become lines"),
        pytest.param("One<br/>Two<br><br>Three", "One\nTwo\nThree", id="breaks become lines"),
        pytest.param("<p>One</p>Two", "One\nTwo", id="text after a paragraph starts a line"),
        pytest.param("<p>A <b>cease</b>fire <i>now</i></p>", "A ceasefire now", id="inline tags do not split words"),
        pytest.param("<p>A\n  long\n  line</p>", "A long line", id="source line breaks are blanks"),
        pytest.param("<li>One</li><li>Two</li>", "One\nTwo", id="list items become lines"),
        pytest.param("<table><tr><td>Oil</td><td>80</td></tr></table>", "Oil 80", id="cells are kept apart"),
        pytest.param("a<script>alert(1)</script><style>b{}</style>c", "ac", id="scripts and styles go"),
        pytest.param("<img src=x onerror=alert(1)>Seen", "Seen", id="images leave nothing"),
        pytest.param("if a < b then", "if a < b then", id="a lone bracket is text"),
        pytest.param("Safe\u202e\x1b[31mtext<p>", "Safe[31mtext", id="what steers a terminal goes"),
        pytest.param("<!-- hidden -->shown", "shown", id="comments go"),
        pytest.param("<p>未闭合", "未闭合", id="open tags are closed"),
        pytest.param("", "", id="nothing stays nothing"),
    ],
)
def test_feed_markup_becomes_plain_text(markup: str, text: str) -> None:
    assert plain_text(markup) == text


def test_half_a_surrogate_pair_is_dropped() -> None:
    assert plain_text("Talks \ud83d<b>resume</b>") == "Talks ?resume"
    assert plain_text("Talks \ud83dresume") == "Talks resume"


def test_a_title_is_one_line_within_its_limit() -> None:
    assert plain_line("<b>Talks</b><br>resume &amp; pause") == "Talks resume & pause"
    assert plain_line("word " * 500, 20) == "word word word…"


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("<div " + "a=1 " * 100_000 + ">kept", id="100,000 attributes"),
        pytest.param("<div>" * 50_000 + "kept", id="50,000 levels"),
        pytest.param("<" * 61_000 + "kept", id="100,000 brackets"),
    ],
)
def test_hostile_markup_is_stripped_without_a_parse(markup: str) -> None:
    started = time.process_time()
    assert plain_text(markup).endswith("kept")
    assert time.process_time() - started < 1.0


def test_rough_stripping_drops_tags_and_decodes_entities() -> None:
    assert strip_roughly("<p>Tom &amp; Jerry</p><p>again") == "Tom & Jerry again"
