"""Pages with the verdict they deserve: articles, beginnings, galleries, live blogs, and the walls of wall_pages.py.

All of our own making: the build is that of real ones, names and words are invented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from monitor.articles.page import MIN_WORDS, word_count
from monitor.model import ArticleStatus
from tests.support.page_parts import URL, Labelled, article, described, framed, page
from tests.support.stories import LANGUAGES, story
from tests.support.wall_pages import wall_pages

FULL, TEASER, PAYWALLED = ArticleStatus.FULL, ArticleStatus.TEASER, ArticleStatus.PAYWALLED
GALLERY, LIVE = ArticleStatus.GALLERY, ArticleStatus.LIVE


def labelled_pages() -> tuple[Labelled, ...]:
    """Return the whole set."""
    return (*_articles(), *wall_pages(), *_cut(), *_galleries(), *_live())


# Articles, which must stay articles


def _articles() -> Iterable[Labelled]:
    for language in LANGUAGES:
        told = story(language)
        start = told.paragraphs[0][:12]
        yield Labelled(
            name=f"an article in {language}",
            html=framed(article(told.paragraphs, told), told, head=described(told)),
            status=FULL,
            keeps=start,
        )
        yield Labelled(
            name=f"an article in {language} that says nothing of itself, with a login, a captcha and a consent dialog",
            html=framed(
                article(told.paragraphs, told, '<div class="paywall"></div>')
                + '<form><input type="password" name="p"><button>OK</button></form>'
                '<script src="https://hcaptcha.com/1/api.js"></script>'
                '<script src="https://cdn.consentmanager.example/cmp.js">consentmanager</script>',
                told,
            ),
            status=FULL,
            keeps=start,
        )
        yield Labelled(
            name=f"a flash in {language}",
            html=framed(article([told.flash], told), told, head=described(told)),
            status=TEASER if word_count(told.flash) < MIN_WORDS else FULL,
            keeps=told.flash[:12],
        )
    told = story("en")
    about = (
        "The court in Harbourton ruled on Tuesday that the cookie banner of the city's tram company misleads riders. ",
        "Its two buttons, the judges found, both gave consent to tracking by partners, in different colours. ",
        "The company says that it will ask riders again, this time on paper, when they next buy a ticket. ",
        "A similar case against the ferry line is to be heard in spring, and its lawyers were seen taking notes. ",
    )
    yield Labelled(
        name="an article on cookies and consent",
        html=framed(article(about * 2, told), told, head=described(told)),
        status=FULL,
        keeps="judges found",
    )
    denied = [line.replace("The tram company", "The guards") for line in story("en-2").paragraphs]
    yield Labelled(
        name="an article whose title is Access denied",
        html=framed(article(denied, told), told, title="Access denied", head=described(told)),
        status=FULL,
    )
    yield Labelled(
        name="a text-only page without any frame",
        html=page(f"<h1>{told.title}</h1>" + "".join(f"<p>{line}</p>" for line in told.paragraphs), title=told.title),
        status=FULL,
        keeps=told.paragraphs[0][:12],
    )
    yield Labelled(
        name="an article with thirty comments",
        html=framed(
            article(told.paragraphs, told)
            + '<section id="comments">'
            + "".join(
                f'<div class="comment" id="c{n}"><time datetime="2026-11-24T1{n % 10}:00:00Z">1{n % 10}:00</time>'
                f"<p>{told.comments[n % len(told.comments)]} I said so for {n} years, and nobody listened to "
                f"me.</p></div>"
                for n in range(30)
            )
            + "</section>",
            told,
            head=described(told),
        ),
        status=FULL,
        keeps=told.paragraphs[0][:12],
    )


# Beginnings only


def _cut() -> Iterable[Labelled]:
    not_free = (
        ',"isAccessibleForFree":"False","hasPart":{"@type":"WebPageElement","isAccessibleForFree":false,'
        '"cssSelector":".behind"}'
    )
    for language in ("en", "de", "ru", "zh", "ar"):
        told = story(language)
        yield Labelled(
            name=f"the beginning for subscribers in {language}",
            html=framed(article(told.paragraphs[:2], told), told, head=described(told, not_free)),
            status=PAYWALLED,
            keeps=told.paragraphs[0][:12],
        )
        yield Labelled(
            name=f"all of it for subscribers in {language}",
            html=framed(
                article(
                    told.paragraphs[:1], told, f'<div class="behind"><p>{"</p><p>".join(told.paragraphs[1:])}</p></div>'
                ),
                told,
                head=described(told, not_free),
            ),
            status=FULL,
            keeps=told.paragraphs[-1][:12],
        )
    told = story("en")
    yield Labelled(
        name="a tier for subscribers",
        html=framed(
            article(told.paragraphs[:2], told),
            told,
            head=described(told) + '<meta name="article:content_tier" content="locked">',
        ),
        status=PAYWALLED,
    )
    walls = {
        "a paywall that asks for a subscription": "Subscribe to continue reading this story.",
        "a paywall in a language we do not know": "Dorra vilim ten sokuma pra hel onda.",
    }
    for name, words in walls.items():
        yield Labelled(
            name=name,
            html=framed(
                article(told.paragraphs[:2], told, f'<div class="c-paywall"><p>{words}</p></div>'),
                told,
                head=described(told),
            ),
            status=PAYWALLED,
        )
    yield Labelled(
        name="a short article in an element named after the paywall, beside a hidden wall",
        html=framed(
            f'<main><article><h1>{told.title}</h1><div class="paywall-content"><p>{told.paragraphs[0]}</p>'
            f'<p>{told.paragraphs[1]}</p></div><div class="paywall" style="display: none">Subscribe to read on, please.'
            "</div></article></main>",
            told,
            head=described(told),
            attributes='class="has-paywall"',
        ),
        status=FULL,
        keeps=told.paragraphs[1][:12],
    )
    for name, shown, status in (
        ("less than the description", told.paragraphs[:2], TEASER),
        ("a short report that stands whole in its description", told.paragraphs[:3], FULL),
    ):
        said = " ".join(told.paragraphs[:3])
        head = f'<meta property="og:type" content="article"><meta property="og:description" content="{said}">'
        yield Labelled(
            name=name,
            html=framed(article([" ".join(shown)], told), told, head=head),
            status=status,
            keeps=told.paragraphs[0][:12],
        )
    yield Labelled(
        name="a text that ends in dots",
        html=framed(article([*told.paragraphs[:1], told.paragraphs[1][:120] + "…"], told), told, head=described(told)),
        status=TEASER,
    )


# Pictures


def _galleries() -> Iterable[Labelled]:
    for language in ("en", "de", "fr"):
        told = story(language)
        figures = "".join(
            f'<figure><img src="/p/{n}.jpg">'
            f"<figcaption>{n}: {told.captions[n % len(told.captions)]}</figcaption></figure>"
            for n in range(12)
        )
        yield Labelled(
            name=f"a gallery in {language}",
            html=framed(article([told.summary], told, figures), told, head=described(told)),
            status=GALLERY,
            keeps=f"7: {told.captions[7 % len(told.captions)]}"[:20],
        )
    told = story("en")
    slides = "".join(
        f'<div class="slide"><img src="/p/{n}.jpg"><p class="caption">{n}: {told.captions[0]}</p></div>'
        for n in range(9)
    )
    yield Labelled(
        name="a gallery that calls itself one",
        html=framed(article([told.summary], told, slides), told, head=described(told, kind="ImageGallery")),
        status=GALLERY,
        keeps=f"8: {told.captions[0]}"[:20],
    )


# Live blogs


def _live() -> Iterable[Labelled]:
    for language in ("en", "de", "ru", "zh", "ar"):
        told = story(language)
        lines = (told.paragraphs * 3)[:12]
        repeated = "".join(
            f'<article class="entry" id="post-{900 - n}">'
            f'<time datetime="2026-11-24T{20 - n:02}:15:00Z">{20 - n}:15</time>'
            f"<h3>{told.headlines[n % len(told.headlines)]} {n}</h3><p>{n}. {line}</p></article>"
            for n, line in enumerate(lines)
        )
        yield Labelled(
            name=f"a live blog by its build in {language}",
            html=framed(f"<main><h1>{told.title}</h1><p>{told.summary}</p><div>{repeated}</div></main>", told),
            status=LIVE,
            keeps=lines[5][:12],
        )
    told = story("en")
    listed = [
        {
            "@type": "BlogPosting",
            "@id": f"{URL}#u{n}",
            "headline": f"Update {n}",
            "datePublished": f"2026-11-24T{n + 8:02}:00:00Z",
            "articleBody": f"<p>{line}</p>",
        }
        for n, line in enumerate(told.paragraphs)
    ]
    yield Labelled(
        name="a live blog by its own word",
        html=framed(
            article([told.summary], told),
            told,
            head=described(told, f',"liveBlogUpdate":{json.dumps(listed)}', kind="LiveBlogPosting"),
        ),
        status=LIVE,
        keeps=told.paragraphs[3][:12],
    )
