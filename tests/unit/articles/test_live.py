"""The updates of live blogs: found in JSON-LD or in what a page repeats, with ids that stay the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest

from monitor.articles.extract import ExtractedPage, PageInput, extract_page
from monitor.articles.live import MAX_UPDATES
from monitor.model import ArticleStatus, LiveUpdate
from tests.support.live_pages import Update, live_page
from tests.support.page_parts import article, described, framed
from tests.support.stories import LANGUAGES, story

URL = "https://news.paper.example/live/storm"
NOW = datetime(2026, 11, 24, 23, tzinfo=UTC)
TOLD = story("en")
LEAD = "The storm reached the coast on Tuesday morning, and we report through the day what it does to the harbour."


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=UTC)


def updates(count: int, language: str = "en") -> list[Update]:
    lines = story(language).paragraphs
    return [
        Update(
            id=f"post-{900 - n}",
            title=f"{story(language).headlines[n % 4]} ({n})",
            text=f"{lines[n % len(lines)]} ({n})",
            at=at(22 - n, 15),
        )
        for n in range(count)
    ]


def read(page: str) -> ExtractedPage:
    return extract_page(PageInput(body=page.encode(), url=URL, now=NOW, detect_language=False))


def ids(found: Sequence[LiveUpdate]) -> list[str]:
    return [update.id for update in found]


def repeated(inside: Sequence[str], *, before: str = LEAD) -> str:
    return framed(f"<main><h1>{TOLD.title}</h1><p>{before}</p><div>{''.join(inside)}</div></main>", TOLD)


def entry(n: int, attributes: str = "", *, tag: str = "article", extra: str = "") -> str:
    return (
        f'<{tag} {attributes}><time datetime="2026-11-24T{22 - n:02}:00:00Z">{22 - n}:00</time>'
        f"<h3>Headline {n}</h3><p>{TOLD.paragraphs[n % len(TOLD.paragraphs)]} {n}</p>{extra}</{tag}>"
    )


@pytest.mark.parametrize("is_linked", [True, False], ids=["in JSON-LD", "by the build of the page"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_update_is_found_with_its_time_title_and_words(language: str, is_linked: bool) -> None:
    wanted = updates(9, language)
    page = read(live_page(story(language).title, story(language).summary, wanted, is_linked=is_linked))
    assert page.status is ArticleStatus.LIVE
    assert ids(page.updates) == [update.id for update in wanted]
    assert [update.published for update in page.updates] == [update.at for update in wanted]
    first = page.updates[0]
    assert (first.title, first.text.replace("\u200c", "")) == (wanted[0].title, wanted[0].text.replace("\u200c", ""))


def test_the_newest_comes_first_whatever_the_order_on_the_page() -> None:
    page = read(live_page(TOLD.title, LEAD, list(reversed(updates(9))), is_linked=False))
    assert ids(page.updates) == [f"post-{900 - n}" for n in range(9)]


def test_updates_by_section_of_the_day_belong_together() -> None:
    hours = "".join(
        f"<div class=hour>{''.join(entry(n, f'data-id=u{90 - n}') for n in part)}</div>"
        for part in (range(4), range(4, 7), range(7, 11))
    )
    page = read(repeated([hours]))
    assert page.status is ArticleStatus.LIVE
    assert ids(page.updates) == [f"u{90 - n}" for n in range(11)]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param("id=e{n}7x", "e{n}7x", id="an element's id"),
        pytest.param("data-post-id=p{n}9z", "p{n}9z", id="a data-...-id"),
    ],
)
def test_an_update_has_the_publishers_id(attributes: str, expected: str) -> None:
    page = read(repeated([entry(n, attributes.format(n=n)) for n in range(9)]))
    assert ids(page.updates) == [expected.format(n=n) for n in range(9)]


def test_a_permalink_names_an_update_and_is_its_address() -> None:
    page = read(repeated([entry(n, extra=f'<a href="#k{90 - n}">#</a>') for n in range(9)]))
    assert ids(page.updates) == [f"k{90 - n}" for n in range(9)]
    assert page.updates[3].url == f"{URL}#k87"


@pytest.mark.parametrize(
    "attributes", ["", "id=item-{n}", "data-blog-id=storm"], ids=["none", "a position", "one for all"]
)
def test_without_an_id_of_its_own_an_update_is_named_by_its_words(attributes: str) -> None:
    before = read(repeated([entry(n, attributes.format(n=n - 1)) for n in range(1, 10)]))
    after = read(repeated([entry(n, attributes.format(n=n)) for n in range(10)]))
    assert len(set(ids(after.updates))) == 10
    assert ids(after.updates)[1:] == ids(before.updates)


def test_an_update_that_stands_twice_is_one() -> None:
    page = read(repeated([entry(0, "id=top"), *(entry(n, f"id=u{n}x") for n in range(1, 9)), entry(0, "id=top")]))
    assert ids(page.updates).count("top") == 1
    assert len(page.updates) == 9


def test_no_update_is_later_than_its_reading() -> None:
    page = read(live_page(TOLD.title, LEAD, [Update(id="x", text=LEAD, at=datetime(2027, 1, 1, tzinfo=UTC))]))
    assert [update.published for update in page.updates] == [None]


def test_comments_and_other_articles_are_no_updates() -> None:
    comments = "".join(
        f'<li class="comment"><time datetime="2026-11-24T1{n % 10}:00:00Z">1{n % 10}:00</time>'
        f"<p>I have said for {n} years that the ferry should run at night as well, and nobody listened.</p></li>"
        for n in range(30)
    )
    teasers = "".join(
        f'<article><time datetime="2026-11-2{n % 9}">2{n}</time><h3><a href="/a/{n}">{TOLD.headlines[n % 4]}</a></h3>'
        f"<p>{TOLD.teaser} {n}</p></article>"
        for n in range(12)
    )
    page = read(
        framed(
            article(TOLD.paragraphs, TOLD) + f'<ul id="comments">{comments}</ul><section>{teasers}</section>',
            TOLD,
            head=described(TOLD),
        )
    )
    assert (page.status, page.updates) == (ArticleStatus.FULL, ())


def test_headlines_alone_in_json_ld_give_way_to_the_words_on_the_page() -> None:
    told = [Update(id=update.id, title=update.title, text="", at=update.at) for update in updates(9)]
    linked = live_page(TOLD.title, LEAD, told)
    head = linked[linked.index("<script") : linked.index("</head>")]
    page = read(repeated([entry(n, f"id=u{90 - n}x") for n in range(9)]).replace("</head>", head + "</head>"))
    assert ids(page.updates) == [f"u{90 - n}x" for n in range(9)]


@pytest.mark.parametrize("count", [1000, 2500])
@pytest.mark.parametrize("is_linked", [True, False], ids=["in JSON-LD", "by the build of the page"])
def test_a_blog_of_a_thousand_updates_keeps_the_newest(is_linked: bool, count: int) -> None:
    many = [Update(id=f"u{n}x", text=f"{TOLD.flash} {n}", at=NOW - timedelta(minutes=count - n)) for n in range(count)]
    page = read(live_page(TOLD.title, LEAD, many, is_linked=is_linked))
    assert len(page.updates) == MAX_UPDATES
    assert page.updates[0].id == f"u{count - 1}x"


def test_a_timetable_does_not_make_a_report_a_live_blog() -> None:
    rows = "".join(
        f"<li><time>{8 + n}:00</time> The ferry to the outer islands leaves from the northern quay.</li>"
        for n in range(9)
    )
    body = f"<p>{LEAD}</p><ul>{rows}</ul>{''.join(f'<p>{line}</p>' for line in TOLD.paragraphs)}"
    page = read(framed(f"<article><h1>{TOLD.title}</h1>{body}</article>", TOLD, head=described(TOLD)))
    assert (page.status, page.updates) == (ArticleStatus.FULL, ())


def test_updates_that_the_blog_only_refers_to_are_found() -> None:
    blog = {"@type": "LiveBlogPosting", "headline": TOLD.title, "liveBlogUpdate": [{"@id": f"#u{n}"} for n in range(3)]}
    posts = [
        {
            "@type": "BlogPosting",
            "@id": f"#u{n}",
            "headline": f"Post {n}",
            "articleBody": TOLD.paragraphs[n],
            "datePublished": at(9 + n).isoformat(),
        }
        for n in range(3)
    ]
    data = json.dumps({"@graph": [blog, *posts]})
    script = f'<script type="application/ld+json">{data}</script>'
    page = read(framed(f"<article><h1>{TOLD.title}</h1><p>{LEAD}</p></article>", TOLD, head=script))
    assert ids(page.updates) == ["u2", "u1", "u0"]


def test_posts_that_many_blogs_refer_to_are_read_once() -> None:
    post = {"@type": "BlogPosting", "@id": "#u", "headline": "Post", "articleBody": " ".join(TOLD.paragraphs) * 40}
    blog = {"@type": "LiveBlogPosting", "headline": TOLD.title, "liveBlogUpdate": [{"@id": "#u"}] * 400}
    script = f'<script type="application/ld+json">{json.dumps([post, *[blog] * 60])}</script>'
    page = framed(f"<article><h1>{TOLD.title}</h1><p>{LEAD}</p></article>", TOLD, head=script)
    started = process_time()
    assert len(read(page).updates) == 1
    assert process_time() - started < 2


def test_the_time_grows_with_the_page_and_no_faster() -> None:
    def cost(count: int) -> float:
        page = repeated([entry(n % 20, f"id=u{n}x") for n in range(count)])
        started = process_time()
        read(page)
        return process_time() - started

    cost(300)
    small = min(cost(300) for _ in range(3))
    assert min(cost(1200) for _ in range(3)) < 12 * small
