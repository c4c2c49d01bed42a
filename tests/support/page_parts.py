"""Parts of which test pages with a known verdict are made: frames, descriptions, articles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.model import ArticleStatus
from tests.support.stories import Story

URL = "https://news.paper.example/2026/11/harbour"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A page and its verdict; `never` are words that must not come out of it, `keeps` those that must."""

    name: str
    html: str
    status: ArticleStatus
    never: str = ""
    keeps: str = ""


def page(body: str, *, title: str, head: str = "", language: str = "en", attributes: str = "") -> str:
    """Return a page with nothing around its body."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body {attributes}>{body}</body></html>"
    )


def framed(inside: str, told: Story, *, title: str = "", head: str = "", attributes: str = "") -> str:
    """Return a page with a site's menu, other articles and footer around what is inside."""
    menu = "".join(f'<li><a href="/s/{n}">{name}</a></li>' for n, name in enumerate(told.sections * 3))
    others = "".join(
        f'<li><a href="/a/{n}"><img src="/t/{n}.jpg">{line}</a> <time datetime="2026-11-2{n % 9}">2{n % 9}.</time></li>'
        for n, line in enumerate(told.headlines * 4)
    )
    body = (
        f'<header><a href="/">The Paper</a><nav><ul>{menu}</ul></nav><form><input type=search><button>?</button></form>'
        f'</header>{inside}<aside class="related"><ul>{others}</ul></aside>'
        '<footer><a href="/imprint">Imprint</a><a href="/privacy">Privacy</a></footer>'
    )
    return page(
        body, title=title or f"{told.title} | The Paper", head=head, language=told.language, attributes=attributes
    )


def described(told: Story, extra: str = "", kind: str = "NewsArticle") -> str:
    """Return how a page says that it is an article."""
    return (
        f'<meta property="og:type" content="article"><meta property="og:title" content="{told.title}">'
        f'<meta property="og:description" content="{told.summary}">'
        f'<script type="application/ld+json">{{"@context":"https://schema.org","@type":"{kind}",'
        f'"headline":"{told.title}","datePublished":"2026-11-24T05:40:00Z"{extra}}}</script>'
    )


def article(paragraphs: Iterable[str], told: Story, extra: str = "") -> str:
    """Return an article's element."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<main><article><h1>{told.title}</h1>{text}{extra}</article></main>"


def bare(words: str, *, title: str, head: str = "", extra: str = "") -> str:
    """Return a page of a few words and nothing else, as walls are."""
    return page(f"<div><h1>{title}</h1><p>{words}</p>{extra}</div>", title=title, head=head)
