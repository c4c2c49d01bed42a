from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.model import ArticleStatus

PAGES = Path(__file__).parents[2] / "data" / "pages"


def extract(name: str, *, url: str = "https://courier.example/2026/11/x", content_type: str = "") -> ExtractedPage:
    return extract_page(PageInput(body=(PAGES / name).read_bytes(), url=url, content_type=content_type))


def test_a_semantic_page_gives_its_text_and_nothing_of_its_frame() -> None:
    page = extract("semantic.html", url="https://quay.example/news/harbour?utm_source=rss")
    assert page.status is ArticleStatus.FULL
    assert page.title == "Harbour talks resume after overnight pause"
    assert page.byline == ("Mara Lindqvist", "Tom Aske")
    assert page.published == datetime(2026, 11, 24, 5, 40, tzinfo=UTC)
    assert page.modified == datetime(2026, 11, 24, 6, 5, 30, tzinfo=UTC)
    assert page.canonical_url == "https://quay.example/news/2026/harbour-talks"
    assert page.language == "en"
    assert "the two eastern quays open for food and medicine" in page.text
    assert "“a number made for headlines”" in page.text
    assert "What is at stake" in page.text
    for frame in ("Ferry line", "newsletter", "Sport", "<", "var banner"):
        assert frame not in page.text


def test_a_page_with_a_graph_gives_its_people_and_minutes() -> None:
    page = extract("graph.html")
    assert page.status is ArticleStatus.FULL
    assert page.title == "Three villages share one well & a ledger"
    assert page.authors == ("Ines Marrow", "Paul Okoro")
    assert page.published == datetime(2026, 11, 20, 7, 15, tzinfo=UTC)
    assert page.canonical_url == "https://courier.example/2026/11/three-villages-share-one-well/"
    assert "voted for the ledger" in page.text
    assert "Weather" not in page.text


def test_a_chinese_page_is_read_and_its_language_seen_under_a_wrong_claim() -> None:
    page = extract("chinese.html")
    assert page.status is ArticleStatus.FULL
    assert page.title == "山城图书馆昼夜开放 读者称“像多了一间书房”"
    assert page.published == datetime(2026, 11, 23, 0, 30, tzinfo=UTC)
    assert page.language == "zh"
    assert "十二名馆员自愿轮班" in page.text
    assert "版权所有" not in page.text


@pytest.mark.parametrize("content_type", ["", "text/html; charset=ISO-8859-1", "text/html; charset=utf-8; q=1"])
def test_an_old_page_laid_out_by_tables_in_another_charset_is_read(content_type: str) -> None:
    page = extract("oldstyle.html", content_type=content_type.replace("utf-8", "windows-1252"))
    assert page.title == "Käseprämierung: Jury kostet 300 Laibe"
    assert page.language == "de"
    assert "„würzig, ohne laut zu sein“" in page.text
    assert "|" not in page.text


def test_a_paywalled_page_keeps_what_it_shows_and_says_so() -> None:
    page = extract("paywalled.html")
    assert page.status is ArticleStatus.PAYWALLED
    assert page.authors == ("Rhea Stanton",)
    assert "a junior clerk with an atlas" in page.text


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("challenge.html", ArticleStatus.BLOCKED, "a challenge page: Just a moment..."),
        ("consent.html", ArticleStatus.CONSENT, "a consent page"),
    ],
)
def test_nothing_of_a_wall_is_kept(name: str, status: ArticleStatus, reason: str) -> None:
    page = extract(name)
    assert (page.status, page.reason) == (status, reason)
    assert (page.title, page.text, page.description, page.canonical_url) == ("", "", "", "")


def test_a_page_made_by_scripts_is_empty_unless_its_json_ld_has_the_text() -> None:
    body = "The dockers returned to the table on Tuesday morning. " * 30
    shell = '<html><head><title>Talks</title>{}</head><body><div id="app"></div><script>render()</script></body></html>'
    assert extract_page(PageInput(body=shell.format("").encode())).status is ArticleStatus.EMPTY
    fields = f'"@type":"NewsArticle","headline":"Talks","articleBody":"{body}"'
    linked = f'<script type="application/ld+json">{{{fields}}}</script>'
    page = extract_page(PageInput(body=shell.format(linked).encode()))
    assert (page.status, page.extractor) == (ArticleStatus.FULL, "json-ld")
    assert page.text.startswith("The dockers returned")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "reason"),
    [
        (b"", "text/html", ArticleStatus.EMPTY, "the page is empty"),
        (b"%PDF-1.7 ...", "application/pdf", ArticleStatus.EMPTY, "not a web page but application/pdf"),
        (bytes(range(256)) * 200, "", ArticleStatus.EMPTY, "not a web page but binary data"),
        (b"<br>" * 500_000, "text/html", ArticleStatus.HOSTILE, "more than 60,000 tags"),
        (b"just words", "text/html", ArticleStatus.EMPTY, "no article text on the page"),
    ],
)
def test_what_is_no_page_is_a_verdict_and_no_error(
    body: bytes, content_type: str, status: ArticleStatus, reason: str
) -> None:
    page = extract_page(PageInput(body=body, content_type=content_type))
    assert (page.status, page.reason) == (status, reason)


def test_language_detection_can_be_left_out() -> None:
    body = (PAGES / "chinese.html").read_bytes()
    assert extract_page(PageInput(body=body, detect_language=False)).language == "en"


def test_text_of_a_page_cannot_steer_a_terminal_or_a_readers_eye() -> None:
    sentence = "The dockers returned to the table on Tuesday\u202e morning \x1b[31mand stayed there until noon. "
    page = extract_page(PageInput(body=f"<html><body><article><p>{sentence * 12}</p></article></body></html>".encode()))
    assert page.status is ArticleStatus.FULL
    assert "\u202e" not in page.text
    assert "\x1b" not in page.text
