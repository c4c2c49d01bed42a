from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.articles.limits import hostile_reason

DEEP = "nested more than 256 levels deep"
REPEATED = "formatting left open that a parser would repeat without end"
ATTRIBUTES = "more than 2,000 attributes on one tag"


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        pytest.param(b"<p>Ferry cancelled</p>", "", id="a plain page is fine"),
        pytest.param(b"", "", id="nothing is fine"),
        pytest.param(b"x" * (4 * 1024 * 1024 + 1), "larger than 4 MiB", id="a page beyond 4 MiB is refused"),
        pytest.param(b"<br>" * 500_000, "more than 60,000 tags", id="500,000 br are refused"),
        pytest.param(b"<" * 2_000_000, "more than 60,000 tags", id="two million < are refused"),
        pytest.param(b"<div " + b"a=1 " * 100_000 + b">", ATTRIBUTES, id="100,000 attributes on one tag are refused"),
        pytest.param(
            b'<div t=">"' + b"b" * 3 + b"a='<'" * 3_000 + b">",
            ATTRIBUTES,
            id="quoted brackets and missing spaces hide no attributes",
        ),
        pytest.param(
            b'<p x=y"=">' + b"<div " + b"a " * 3_000 + b'">',
            ATTRIBUTES,
            id="a quote in a bare value hides no attributes",
        ),
        pytest.param(b"<hTmL a=1>" * 30, "more than 20 times <html> or <body>", id="roots that gather attributes"),
        pytest.param(b"<div>" * 50_000, DEEP, id="deep nesting is refused"),
        pytest.param(b"<div/>" * 50_000, DEEP, id="a slash ends no HTML element"),
        pytest.param(b"<div></x>" * 20_000, DEEP, id="end tags of nothing do not hide deep nesting"),
        pytest.param(b"<ul><li>" * 10_000, DEEP, id="lists in lists are deep"),
        pytest.param(b"<b>" * 10_000, REPEATED, id="formatting that is never closed is refused"),
        pytest.param(
            b"<p>" + b"<b>" * 200 + b"</p>" + b"<p>x" * 10_000,
            REPEATED,
            id="formatting is opened anew in each paragraph that follows",
        ),
        pytest.param(b"<div>" * 1_000, "", id="a thousand levels hurt no parser"),
        pytest.param(b"<p>unclosed" * 10_000, "", id="paragraphs without end tags do not nest"),
        pytest.param(b"<ul>" + b"<li>x" * 10_000 + b"</ul>", "", id="list items without end tags do not nest"),
        pytest.param(b"<svg>" + b"<g/>" * 10_000 + b"</svg>", "", id="self-closing tags in svg do not nest"),
        pytest.param(b"<div><center><span>x</div>" * 5_000, "", id="an end tag closes what was left open within"),
        pytest.param(b"<table>" + b"<tr><td><font>x" * 5_000, "", id="formatting left open ends with its cell"),
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
        pytest.param(b"<a b='" * 59_999, id="single quotes that never close"),
        pytest.param(b"<a =" + b"= " * 1_900_000, id="equals signs without end"),
        pytest.param(b"<a b=" + b" " * 4_000_000, id="a value of blanks"),
        pytest.param(b"<a" + b" " * 4_000_000, id="a tag of blanks"),
        pytest.param(b"<a" + b"/" * 4_000_000, id="a tag of slashes"),
        pytest.param(b"<a " * 59_999 + b"x " * 1_900_000, id="tags that never end"),
        pytest.param(b"<div><object></div></object>" * 14_999, id="end tags that close nothing"),
        pytest.param(b"<b></b><p>" * 19_999, id="formatting opened and closed"),
    ],
)
def test_the_check_itself_takes_linear_time(markup: bytes) -> None:
    started = time.process_time()
    hostile_reason(markup)
    assert time.process_time() - started < 2.0


PIECES = st.sampled_from(
    [
        *(
            b"<",
            b">",
            b"</",
            b"/>",
            b"=",
            b'"',
            b"'",
            b" ",
            b"a",
            b"\0",
            b"\xff",
            b"<!--",
            b"-->",
            b"<script>",
            b"</a>",
        ),
        *(b"<b x=", b"</b>", b"<div>", b"</div>", b"<svg>", b"<td>", b"<table>", b"<HTML", b"<p ", b"<a href='"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(PIECES | st.binary(max_size=8), min_size=1, max_size=12), times=st.sampled_from([1, 4_000]))
def test_any_bytes_are_checked_in_linear_time(pieces: list[bytes], times: int) -> None:
    markup = b"".join(pieces) * times
    started = time.process_time()
    assert isinstance(hostile_reason(markup), str)
    assert time.process_time() - started < 0.2 + len(markup) * 2e-6
