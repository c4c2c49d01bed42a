import pytest

from monitor.articles.page import (
    Verdict,
    is_full_text,
    is_part_of,
    judge_kind,
    judge_response,
    judge_text,
    needs_page,
    word_count,
)
from monitor.model import ArticleStatus, FullText

LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20
SHORT = "The dockers returned to the table."
LINK = "https://paper.example/talks"


@pytest.mark.parametrize(
    ("full_text", "link", "content", "summary", "needed"),
    [
        pytest.param("auto", LINK, SHORT, SHORT, True, id="a summary alone is not enough"),
        pytest.param("auto", LINK, LONG, SHORT, False, id="a feed with the whole text is enough"),
        pytest.param("auto", LINK, LONG, LONG, False, id="a whole text in the summary field is enough"),
        pytest.param("auto", LINK, LONG, LONG[:900], True, id="text hardly longer than its summary is an excerpt"),
        pytest.param("auto", LINK, LONG + "…", SHORT, True, id="an ellipsis says that more is on the page"),
        pytest.param("auto", LINK, LONG + "Read more »", SHORT, True, id="so does read more"),
        pytest.param(
            "auto",
            LINK,
            "王毅呼吁立即停火。" * 80,
            "王毅呼吁立即停火。",
            False,
            id="720 Chinese characters are an article",
        ),
        pytest.param("fetch", LINK, LONG, SHORT, True, id="the user may always want the page"),
        pytest.param("feed", LINK, SHORT, SHORT, False, id="or never"),
        pytest.param("fetch", "", SHORT, SHORT, False, id="without a link there is no page"),
    ],
)
def test_the_page_is_fetched_where_the_feed_says_too_little(
    full_text: FullText, link: str, content: str, summary: str, needed: bool
) -> None:
    assert needs_page(full_text, link=link, content=content, summary=summary) is needed


@pytest.mark.parametrize(
    ("status", "headers", "url", "verdict"),
    [
        pytest.param(200, {}, LINK, None, id="200 is read"),
        pytest.param(403, {}, LINK, ArticleStatus.BLOCKED, id="403 is a refusal"),
        pytest.param(401, {}, LINK, ArticleStatus.BLOCKED, id="401 is a refusal"),
        pytest.param(451, {}, LINK, ArticleStatus.BLOCKED, id="451 is a refusal"),
        pytest.param(402, {}, LINK, ArticleStatus.PAYWALLED, id="402 asks for payment"),
        pytest.param(429, {}, LINK, ArticleStatus.UNREACHABLE, id="429 may pass"),
        pytest.param(503, {}, LINK, ArticleStatus.UNREACHABLE, id="503 may pass"),
        pytest.param(404, {}, LINK, ArticleStatus.UNREACHABLE, id="404 may pass: feeds run ahead of pages"),
        pytest.param(503, {"cf-mitigated": "challenge"}, LINK, ArticleStatus.BLOCKED, id="a marked challenge"),
        pytest.param(200, {}, "https://consent.paper.example/?to=1", ArticleStatus.CONSENT, id="a consent host"),
        pytest.param(200, {}, "https://paper.example/consent/gate", ArticleStatus.CONSENT, id="a consent path"),
        pytest.param(200, {}, "https://paper.example/login?next=/talks", ArticleStatus.PAYWALLED, id="a login page"),
    ],
)
def test_an_answer_that_cannot_be_the_article_is_known_by_its_envelope(
    status: int, headers: dict[str, str], url: str, verdict: ArticleStatus | None
) -> None:
    judged = judge_response(status, headers, url=url, asked=LINK)
    assert (judged.status if judged else None) == verdict


def test_an_article_about_a_login_is_no_login_page() -> None:
    link = "https://paper.example/login/how-passkeys-work"
    assert judge_response(200, {}, url=link + "?ref=rss", asked=link) is None


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        pytest.param(b"<p>x", "text/html; charset=utf-8", "", id="HTML"),
        pytest.param(b"<p>x", "", "", id="no type named"),
        pytest.param(b"<p>x", "application/xhtml+xml", "", id="XHTML"),
        pytest.param(b"%PDF-1.7", "application/pdf", "not a web page but application/pdf", id="PDF"),
        pytest.param(b"\x89PNG" + bytes(99), "text/html", "not a web page but binary data", id="an image as HTML"),
        pytest.param(" x\u4e2d".encode("utf-16"), "text/html", "", id="UTF-16 is full of zeros, yet text"),
        pytest.param(b"  \n", "text/html", "the page is empty", id="an empty body"),
    ],
)
def test_bytes_that_are_no_page_are_said_to_be_so(body: bytes, content_type: str, reason: str) -> None:
    judged = judge_kind(body, content_type)
    assert (judged.reason if judged else "") == reason


def judge(
    text: str, *, title: str = "Talks", description: str = "", free: bool | None = None, challenged: bool = False
) -> Verdict:
    return judge_text(text, title=title, description=description, free=free, challenged=challenged)


@pytest.mark.parametrize(
    ("verdict", "status"),
    [
        pytest.param(judge(LONG), ArticleStatus.FULL, id="a long text is the article"),
        pytest.param(judge(SHORT), ArticleStatus.EMPTY, id="a line is a page's frame"),
        pytest.param(judge(SHORT, free=False), ArticleStatus.PAYWALLED, id="a line for subscribers"),
        pytest.param(judge(LONG, free=False), ArticleStatus.FULL, id="not free, yet all there"),
        pytest.param(judge(LONG[:600], free=False), ArticleStatus.PAYWALLED, id="not free and short"),
        pytest.param(judge(LONG[:600] + "…"), ArticleStatus.TEASER, id="short and cut off"),
        pytest.param(
            judge(LONG[:600], description=LONG[:700]), ArticleStatus.TEASER, id="no more than the description"
        ),
        pytest.param(judge(SHORT, title="Just a moment..."), ArticleStatus.BLOCKED, id="Cloudflare"),
        pytest.param(
            judge(SHORT, title="Attention Required! | Cloudflare"), ArticleStatus.BLOCKED, id="with its maker"
        ),
        pytest.param(judge(SHORT, title="403 Forbidden"), ArticleStatus.BLOCKED, id="a refusal served as 200"),
        pytest.param(judge("", challenged=True), ArticleStatus.BLOCKED, id="a captcha and nothing else"),
        pytest.param(judge(LONG, challenged=True), ArticleStatus.FULL, id="an article beside a captcha form"),
        pytest.param(judge(LONG, title="Just a moment..."), ArticleStatus.FULL, id="an article of that title"),
        pytest.param(
            judge(LONG[:900], title="Access denied to journalists at the harbour"), ArticleStatus.FULL, id="a headline"
        ),
        pytest.param(
            judge("We and our partners use cookies. With your consent, vendors may process data for tracking. " * 6),
            ArticleStatus.CONSENT,
            id="nothing but cookies",
        ),
        pytest.param(
            judge(LONG[:800] + "The new privacy law asks for consent before cookies are set. " * 2),
            ArticleStatus.FULL,
            id="an article on cookies",
        ),
    ],
)
def test_the_text_of_a_page_is_graded(verdict: Verdict, status: ArticleStatus) -> None:
    assert verdict.status == status


def test_a_text_repeats_another_if_only_its_marks_differ() -> None:
    assert is_part_of("“Talks” resume", "Now: talks resume, again")
    assert not is_part_of("Talks resume at noon", "talks resume")
    assert not is_part_of("", "talks resume")


def test_words_are_counted_in_scripts_without_spaces() -> None:
    assert word_count("Wang Yi 王毅呼吁停火") == 6
    assert not is_full_text("")
