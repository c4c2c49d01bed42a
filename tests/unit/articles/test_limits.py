import time

import pytest

from monitor.articles.limits import hostile_reason


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        pytest.param(b"<p>Ferry cancelled</p>", "", id="a plain page is fine"),
        pytest.param(b"", "", id="nothing is fine"),
        pytest.param(b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MiB", id="a page beyond 4 MiB is refused"),
        pytest.param(b"<br>" * 500_000, "more than 60,000 tags", id="500,000 br are refused"),
        pytest.param(b"<" * 2_000_000, "more than 60,000 tags", id="two million < are refused"),
        pytest.param(
            b"<div " + b"a=1 " * 100_000 + b">",
            "more than 2,000 attributes on one tag",
            id="100,000 attributes on one tag are refused",
        ),
        pytest.param(
            b'<div t=">"' + b"b" * 3 + b"a='<'" * 3_000 + b">",
            "more than 2,000 attributes on one tag",
            id="quoted brackets and missing spaces hide no attributes",
        ),
        pytest.param(b"<div>" * 50_000, "nested more than 256 levels deep", id="deep nesting is refused"),
        pytest.param(b"<b>" * 300, "nested more than 256 levels deep", id="deep nesting of any element is refused"),
        pytest.param(b"<p>unclosed" * 5_000, "", id="paragraphs without end tags do not nest"),
        pytest.param(b"<ul>" + b"<li>x" * 5_000 + b"</ul>", "", id="list items without end tags do not nest"),
        pytest.param(b"<svg>" + b"<g/>" * 5_000 + b"</svg>", "", id="self-closing tags do not nest"),
        pytest.param(b'<div data-state="' + b"a b " * 50_000 + b'">', "", id="one long quoted value is one attribute"),
    ],
)
def test_markup_is_refused_before_a_parse_where_it_would_hurt(markup: bytes, reason: str) -> None:
    assert hostile_reason(markup) == reason


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param(b'<a "' * 59_999, id="stray quotes"),
        pytest.param(b'<a b="' * 59_999, id="quotes that never close"),
        pytest.param(b"<a =" + b"= " * 1_900_000, id="equals signs without end"),
        pytest.param(b"<a" + b" " * 4_000_000, id="a tag of blanks"),
        pytest.param(b"<a" + b"/" * 4_000_000, id="a tag of slashes"),
    ],
)
def test_the_check_itself_takes_linear_time(markup: bytes) -> None:
    started = time.process_time()
    hostile_reason(markup)
    assert time.process_time() - started < 2.0
