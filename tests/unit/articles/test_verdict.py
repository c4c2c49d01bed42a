"""What an answer and a text are worth, one sign at a time. Whole pages: test_verdicts_on_pages.py."""

from __future__ import annotations

import pytest

from monitor.articles.page_signs import PageSigns
from monitor.articles.verdict import PageClaims, Verdict, judge_kind, judge_page, judge_response
from monitor.model import ArticleStatus

LONG = "The dockers returned to the table on Tuesday morning and the owners came as well. " * 20
SHORT = "The dockers returned to the table."
LINK = "https://paper.example/talks"
CAPTCHA = '<script src="https://hcaptcha.com/1/api.js"></script>'
ARTICLE = PageSigns(is_article=True, links=80, title="Talks | The Paper")


@pytest.mark.parametrize(
    ("status", "headers", "url", "verdict"),
    [
        pytest.param(200, {}, LINK, None, id="200 is read"),
        pytest.param(403, {}, LINK, ArticleStatus.BLOCKED, id="403 is a refusal"),
        pytest.param(401, {}, LINK, ArticleStatus.BLOCKED, id="401 is a refusal"),
        pytest.param(451, {}, LINK, ArticleStatus.BLOCKED, id="451 is a refusal"),
        pytest.param(402, {}, LINK, ArticleStatus.PAYWALLED, id="402 asks for payment"),
        pytest.param(429, {}, LINK, ArticleStatus.BLOCKED, id="429 wants fewer requests"),
        pytest.param(503, {}, LINK, ArticleStatus.BLOCKED, id="503 wants none just now"),
        pytest.param(500, {}, LINK, ArticleStatus.UNREACHABLE, id="500 may pass"),
        pytest.param(404, {}, LINK, ArticleStatus.UNREACHABLE, id="404 may pass: feeds run ahead of pages"),
        pytest.param(503, {"cf-mitigated": "challenge"}, LINK, ArticleStatus.BLOCKED, id="a marked challenge"),
        pytest.param(200, {}, "https://consent.paper.example/?to=1", ArticleStatus.CONSENT, id="a consent host"),
        pytest.param(200, {}, "https://paper.example/consent/gate", ArticleStatus.CONSENT, id="a consent path"),
        pytest.param(200, {}, "https://paper.example/zustimmung?to=1", ArticleStatus.CONSENT, id="a German one"),
        pytest.param(200, {}, "https://paper.example/login?next=/talks", ArticleStatus.PAYWALLED, id="a login page"),
        pytest.param(200, {}, "https://login.other.example/?to=1", ArticleStatus.PAYWALLED, id="a host for logins"),
        pytest.param(200, {}, "https://paper.example/errors/404.html", ArticleStatus.EMPTY, id="an error page"),
        pytest.param(200, {}, "https://www.paper.example/", ArticleStatus.EMPTY, id="the front page"),
        pytest.param(200, {}, "https://paper.example/2026/talks", None, id="another address of the article"),
        pytest.param(200, {}, "https://campaign.example/", None, id="a site that is one page"),
        pytest.param(200, {"x-vercel-mitigated": "challenge"}, LINK, ArticleStatus.BLOCKED, id="Vercel's mark"),
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
        pytest.param(b"\x1f\x8b\x08" + b"x" * 99, "text/html", "not a web page but binary data", id="gzip as HTML"),
        pytest.param(" x\u4e2d".encode("utf-16"), "text/html", "", id="UTF-16 is full of zeros, yet text"),
        pytest.param(b"  \n", "text/html", "the page is empty", id="an empty body"),
    ],
)
def test_bytes_that_are_no_page_are_said_to_be_so(body: bytes, content_type: str, reason: str) -> None:
    judged = judge_kind(body, content_type)
    assert (judged.reason if judged else "") == reason


def judge(text: str, signs: PageSigns = ARTICLE, html: str = "", updates: int = 0, **claims: object) -> ArticleStatus:
    said = PageClaims(**claims)  # type: ignore[arg-type]  # the table below gives each its own type
    return judge_page(text, signs=signs, claims=said, markup=html.encode(), updates=updates).status


def bare(title: str, **signs: object) -> PageSigns:
    return PageSigns(title=title, **signs)  # type: ignore[arg-type]  # as above


COOKIES = "We and our partners use cookies. With your consent, vendors may process data for tracking. " * 6
ON_COOKIES = LONG[:800] + "The new privacy law asks for consent before cookies are set. " * 2


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        pytest.param(judge(LONG), ArticleStatus.FULL, id="a long text is the article"),
        pytest.param(judge(SHORT), ArticleStatus.EMPTY, id="a line is a page's frame"),
        pytest.param(judge(SHORT * 2), ArticleStatus.TEASER, id="two sentences are a flash"),
        pytest.param(judge(SHORT, free=False), ArticleStatus.PAYWALLED, id="a line for subscribers"),
        pytest.param(judge(LONG, free=False), ArticleStatus.FULL, id="not free, yet all there"),
        pytest.param(judge(LONG[:600], free=False), ArticleStatus.PAYWALLED, id="not free and short"),
        pytest.param(judge(LONG[:600] + "…"), ArticleStatus.TEASER, id="short and cut off"),
        pytest.param(judge(LONG[:600], description=LONG[:700]), ArticleStatus.TEASER, id="only the description"),
        pytest.param(
            judge(LONG[:600], description=LONG[:600]), ArticleStatus.FULL, id="a short report described whole"
        ),
        pytest.param(judge(LONG[:600], summary=LONG[:700]), ArticleStatus.TEASER, id="only the feed's summary"),
        pytest.param(
            judge(LONG[:900], PageSigns(is_article=True, links=80, is_locked=True)),
            ArticleStatus.PAYWALLED,
            id="of a tier for subscribers, and short",
        ),
        pytest.param(
            judge(LONG[:1400], PageSigns(is_article=True, links=80, gated_words=0), free=False),
            ArticleStatus.PAYWALLED,
            id="the part for subscribers is missing",
        ),
        pytest.param(
            judge(LONG[:1400], PageSigns(is_article=True, links=80, gated_words=250), free=False),
            ArticleStatus.FULL,
            id="the part for subscribers is there",
        ),
        pytest.param(
            judge(LONG[:600] + "Subscribe to go on.", PageSigns(is_article=True, links=80, paywall=True)),
            ArticleStatus.PAYWALLED,
            id="a paywall under a short text",
        ),
        pytest.param(
            judge(LONG[:900], PageSigns(is_article=True, links=80, paywall=True)),
            ArticleStatus.FULL,
            id="an unused paywall",
        ),
        pytest.param(judge(SHORT, bare("Just a moment...")), ArticleStatus.BLOCKED, id="Cloudflare"),
        pytest.param(judge(SHORT, bare("Un momento…")), ArticleStatus.BLOCKED, id="Cloudflare in Spanish"),
        pytest.param(judge(SHORT, bare("请稍候…")), ArticleStatus.BLOCKED, id="Cloudflare in Chinese"),
        pytest.param(judge(SHORT, bare("Attention Required! | Cloudflare")), ArticleStatus.BLOCKED, id="its maker"),
        pytest.param(judge(SHORT, bare("403 Forbidden")), ArticleStatus.BLOCKED, id="a refusal served as 200"),
        pytest.param(judge("", bare("paper.example"), CAPTCHA), ArticleStatus.BLOCKED, id="a captcha and no words"),
        pytest.param(judge(LONG[:900], ARTICLE, CAPTCHA), ArticleStatus.FULL, id="an article beside a captcha form"),
        pytest.param(
            judge(LONG[:900], PageSigns(is_article=True, links=80, title="Just a moment...")),
            ArticleStatus.FULL,
            id="an article of that title",
        ),
        pytest.param(judge(LONG[:900], bare("Access denied to journalists")), ArticleStatus.FULL, id="a headline"),
        pytest.param(judge(COOKIES, bare("Portal")), ArticleStatus.CONSENT, id="nothing but cookies"),
        pytest.param(
            judge(COOKIES, PageSigns(is_article=True, buttons=2), "<script src=cdn.privacy-mgmt.com>"),
            ArticleStatus.CONSENT,
            id="nothing but cookies in an article's frame",
        ),
        pytest.param(judge(ON_COOKIES), ArticleStatus.FULL, id="an article on cookies"),
        pytest.param(judge(ON_COOKIES, bare("Cookies and the law")), ArticleStatus.FULL, id="and without any frame"),
        pytest.param(judge(LONG, types=frozenset({"liveblogposting"})), ArticleStatus.LIVE, id="it says it is live"),
        pytest.param(judge(LONG, updates=8), ArticleStatus.LIVE, id="eight updates"),
        pytest.param(judge(LONG, updates=7), ArticleStatus.FULL, id="a few times are no live blog"),
        pytest.param(judge(SHORT, types=frozenset({"liveblogposting"})), ArticleStatus.EMPTY, id="live, but empty"),
        pytest.param(
            judge(LONG[:500], PageSigns(is_article=True, links=80, rooted=True, images=12, paragraphs=2)),
            ArticleStatus.GALLERY,
            id="more pictures than paragraphs",
        ),
        pytest.param(
            judge(LONG, PageSigns(is_article=True, links=80, rooted=True, images=12, paragraphs=13)),
            ArticleStatus.FULL,
            id="an article with many pictures",
        ),
        pytest.param(
            judge(LONG[:500], PageSigns(is_article=True, links=80, images=3), types=frozenset({"imagegallery"})),
            ArticleStatus.GALLERY,
            id="it calls itself a gallery",
        ),
    ],
)
def test_the_text_of_a_page_is_graded(status: ArticleStatus, expected: ArticleStatus) -> None:
    assert status == expected


def test_each_verdict_but_full_has_its_reason() -> None:
    assert judge_page(LONG, signs=ARTICLE, claims=PageClaims(), markup=b"") == Verdict(status=ArticleStatus.FULL)
    teaser = judge_page(SHORT * 2, signs=ARTICLE, claims=PageClaims(), markup=b"")
    assert teaser.reason == "a few sentences only"
