import sys
from datetime import UTC, datetime

import pytest

from monitor.articles.extract import ExtractedPage
from monitor.articles.records import article_from_record, article_record, page_record, read_articles
from monitor.errors import ParseError
from monitor.model import Article, ArticleId, ArticleStatus, FeedKey

RECORD = {
    "id": "a1",
    "title": "Talks resume",
    "url": "https://www.paper.example/talks?utm_source=rss",
    "summary": "Dockers met.",
    "text": "One.\n\nTwo.",
    "language": "en",
    "published": "2026-11-24T06:40:00+01:00",
    "source": "The Paper",
    "feed": "Paper coast",
    "authors": ["Jane Doe"],
    "mood": "unknown keys are ignored",
}


def test_a_record_becomes_an_article() -> None:
    moment = datetime(2026, 11, 24, 5, 40, tzinfo=UTC)
    assert article_from_record(RECORD) == Article(
        id=ArticleId("a1"),
        title="Talks resume",
        url="https://www.paper.example/talks?utm_source=rss",
        canonical_url="https://paper.example/talks",
        summary="Dockers met.",
        text="One.\n\nTwo.",
        authors=("Jane Doe",),
        published=moment,
        seen=moment,
        language="en",
        status=ArticleStatus.FULL,
        extractor="record",
        feed=FeedKey("Paper coast"),
        feed_title="Paper coast",
        source="The Paper",
    )


def test_id_and_title_are_enough() -> None:
    article = article_from_record({"id": "a1", "title": "Talks", "url": None, "authors": None})
    assert (article.text, article.published, article.feed, article.authors) == ("", None, None, ())


def test_positions_in_the_text_are_those_of_the_record() -> None:
    text = "One\r\n\r\ntwo\u202e thr\u00adee\x1b[31m\u3000four e\u0301 \u200fفي\u200c \ud800"
    cleaned = article_from_record({"id": "a1", "title": "T", "text": text}).text
    assert cleaned == "One \n \ntwo\u2060 thr\u00adee [31m\u3000four e\u0301 \u200fفي\u200c  "
    assert len(cleaned) == len(text)


def test_no_character_of_a_record_steers_a_terminal() -> None:
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    cleaned = article_from_record({"id": "a1", "title": "T", "text": every[:200_000], "summary": every[0xE0000:]})
    left = set(cleaned.text + cleaned.summary)
    assert not left & {chr(code) for code in (*range(9), *range(11, 32), *range(0x7F, 0xA0), *range(0x202A, 0x202F))}
    assert not left & set(map(chr, range(0x2066, 0x2070)))


def test_an_article_written_and_read_again_has_the_same_words() -> None:
    article = article_from_record(RECORD)
    again = article_from_record(article_record(article))
    assert again == article


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "news.jsonl:2: not JSON: Expecting property name"),
        ("[1]", "news.jsonl:2: each line must be one JSON object, this is a list"),
        ('{"title": "T"}', 'news.jsonl:2: "id" is missing or empty; an article needs "id" and "title"'),
        ('{"id": "a", "title": " "}', 'news.jsonl:2: "title" is missing or empty'),
        ('{"id": 7, "title": "T"}', 'news.jsonl:2: "id" must be a string, not a number'),
        ('{"id": "a", "title": "T", "text": ["x"]}', 'news.jsonl:2: "text" must be a string, not a list'),
        ('{"id": "a", "title": "T", "authors": [1]}', 'news.jsonl:2: "authors" must be a list of names'),
        ('{"id": "a", "title": "T", "published": "soon"}', 'news.jsonl:2: "published" must be a time such as'),
    ],
)
def test_a_bad_record_is_named_by_its_line(line: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        list(read_articles(['{"id": "a", "title": "T"}\n', line], name="news.jsonl"))
    assert str(caught.value).startswith(message)


def test_blank_lines_and_bytes_are_fine() -> None:
    lines = [b'{"id": "a", "title": "T"}\n', b"\n", '{"id": "b", "title": "停火"}'.encode()]
    assert [article.title for article in read_articles(lines, name="-")] == ["T", "停火"]


def test_a_page_is_printed_with_the_keys_of_the_contract() -> None:
    page = ExtractedPage(status=ArticleStatus.FULL, url="https://paper.example/x", byline=("Jane Doe",), text="Words")
    assert page_record(page, file="x.html") == {
        "file": "x.html",
        "url": "https://paper.example/x",
        "canonical_url": "https://paper.example/x",
        "title": "",
        "authors": ["Jane Doe"],
        "published": None,
        "day_only": False,
        "modified": None,
        "language": "",
        "section": "",
        "keywords": [],
        "image": "",
        "free": None,
        "text": "Words",
        "updates": [],
        "status": "full",
        "reason": "",
        "extractor": "",
        "seconds": 0.0,
    }
