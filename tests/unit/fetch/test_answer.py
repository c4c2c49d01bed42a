"""Answers as they come in, line by line."""

from __future__ import annotations

import pytest

from monitor.fetch.answer import MAX_HEADER_BYTES, MAX_HEADERS, STOP, Answer, HeaderFlood, Wanted
from monitor.fetch.decoding import TooLarge, Undecodable


def take(*lines: str | bytes, max_bytes: int = 1_000, cut: bool = False) -> tuple[Answer, list[int | None]]:
    answer = Answer(Wanted(max_bytes=max_bytes, max_error_page=500, cut=cut))
    wire = [line if isinstance(line, bytes) else line.encode() for line in lines]
    return answer, [answer.take_header(line + b"\r\n") for line in (*wire, b"")]


def test_headers_are_found_in_any_spelling_and_the_first_of_a_name_counts() -> None:
    answer, _ = take("HTTP/1.1 200 OK", "etag: 1", "ETag: 2", "Folded: a", "  b", "No-Value:", "Colon: a:b")
    assert (answer.status, answer.headers["ETAG"], answer.headers["folded"]) == (200, "1", "a b")
    assert (answer.headers["No-Value"], answer.headers["colon"]) == ("", "a:b")
    assert answer.begun


def test_headers_in_older_encodings_are_text_too() -> None:
    answer, _ = take("HTTP/1.1 200 OK", "A: für".encode(), "B: für".encode("latin-1"))
    assert (answer.headers["A"], answer.headers["B"]) == ("für", "für")


def test_informational_answers_are_passed_over() -> None:
    answer, _ = take("HTTP/1.1 103 Early Hints", "Link: </x>")
    assert not answer.begun
    for line in (b"HTTP/1.1 200 OK\r\n", b"A: 1\r\n", b"\r\n"):
        answer.take_header(line)
    assert (answer.status, dict(answer.headers)) == (200, {"A": "1"})


def test_trailers_change_nothing() -> None:
    answer, _ = take("HTTP/1.1 200 OK", "A: 1")
    assert answer.take_header(b"A: 2\r\n") is None
    assert dict(answer.headers) == {"A": "1"}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([f"X-{number}: 1" for number in range(MAX_HEADERS)], id="many"),
        pytest.param(["X: " + "x" * MAX_HEADER_BYTES], id="long"),
        pytest.param(["X: " + "x" * 30_000] * 10, id="much in all"),
        pytest.param(["", "HTTP/1.1 100 Continue"] * MAX_HEADERS, id="endless informational answers"),
    ],
)
def test_floods_of_headers_end_the_answer(lines: list[str]) -> None:
    answer, taken = take("HTTP/1.1 100 Continue", *lines)
    assert STOP in taken
    assert isinstance(answer.flaw, HeaderFlood)


def test_a_body_that_is_announced_too_long_is_not_waited_for() -> None:
    answer, taken = take("HTTP/1.1 200 OK", "Content-Length: 1001")
    assert (taken[-1], type(answer.flaw)) == (STOP, TooLarge)
    answer, taken = take("HTTP/1.1 304 Not Modified", "Content-Length: 1001")
    assert (taken[-1], answer.flaw) == (None, None)


@pytest.mark.parametrize("length", ["-1", "x", "²", "1" * 30, "1, 1"])
def test_an_announcement_that_is_no_number_says_nothing(length: str) -> None:
    _, taken = take("HTTP/1.1 200 OK", f"Content-Length: {length}")
    assert taken[-1] is None


def test_an_error_page_and_a_webhooks_answer_are_cut() -> None:
    answer, _ = take("HTTP/1.1 403 Forbidden", "Content-Length: 100000")
    assert (answer.take_body(b"x" * 501), answer.flaw, answer.body) == (STOP, None, b"x" * 500)
    answer, _ = take("HTTP/1.1 200 OK", cut=True)
    assert (answer.take_body(b"x" * 999), answer.take_body(b"yz"), answer.body[-2:]) == (None, STOP, b"xy")


def test_an_error_page_that_cannot_be_unpacked_is_an_answer_without_a_body() -> None:
    answer, taken = take("HTTP/1.1 403 Forbidden", "Content-Encoding: x-strange")
    assert (taken[-1], answer.stopped, answer.flaw, answer.body) == (STOP, True, None, b"")
    answer, _ = take("HTTP/1.1 200 OK", "Content-Encoding: x-strange")
    assert isinstance(answer.flaw, Undecodable)


@pytest.mark.parametrize(
    ("length", "goes_on"), [("Content-Length: 162", True), ("Content-Length: 99999", False), ("A: 1", False)]
)
def test_the_page_of_a_redirect_is_read_only_if_that_saves_the_connection(length: str, goes_on: bool) -> None:
    answer, taken = take("HTTP/1.1 302 Found", "Location: /b", length)
    assert (taken[-1] is None, answer.flaw) == (goes_on, None)
    if goes_on:
        assert (answer.take_body(b"x" * 162), answer.body) == (None, b"")


@pytest.mark.parametrize(
    ("header", "by_closing"), [("A: 1", True), ("Content-Length: 5", False), ("Transfer-Encoding: chunked", False)]
)
def test_whether_the_closing_ends_the_body(header: str, by_closing: bool) -> None:
    answer, _ = take("HTTP/1.1 200 OK", header)
    assert answer.ends_by_closing is by_closing
