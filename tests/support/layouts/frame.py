"""The page around an article: head with metadata in one of the ways in use, navigation, boxes, footer."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape

from monitor.model import ArticleStatus
from tests.support.stories import Story

SITE = "Kestrel Post"
HOST = "https://www.kestrel-post.example"

FULL = frozenset({ArticleStatus.FULL})


@dataclass(frozen=True, slots=True, kw_only=True)
class MadePage:
    """A page and what is to be found on it."""

    body: bytes
    url: str
    language: str
    text: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    standfirst: str = ""  # may be taken for the article's text or not
    statuses: frozenset[ArticleStatus] = FULL


Layout = Callable[[Story], MadePage]
Head = Callable[[Story], str]


def made(
    story: Story,
    main: str,
    *,
    head: Head | None = None,
    text: str = "",
    title: str = "",
    statuses: frozenset[ArticleStatus] = FULL,
    frame: bool = True,
) -> MadePage:
    """Return a page with `main` inside the site's frame; `text` is what should be found if not the story's."""
    body = framed(story, main) if frame else main
    return as_made(
        story, document(story, body, head=(head or linked_head)(story)), text=text, title=title,
        statuses=statuses,
    )  # fmt: skip


def as_made(
    story: Story,
    html: str,
    *,
    text: str = "",
    title: str = "",
    statuses: frozenset[ArticleStatus] = FULL,
    charset: str = "utf-8",
) -> MadePage:
    """Return a page of a whole document."""
    return MadePage(
        body=html.encode(charset, "xmlcharrefreplace"),
        url=address(story),
        language=story.language,
        text=text or story.text,
        title=title or story.title,
        authors=story.authors,
        published=story.published,
        standfirst=story.summary,
        statuses=statuses,
    )


def address(story: Story) -> str:
    """Return where the story's page is."""
    return f"{HOST}/{story.language}/article-47{len(story.title)}.html"


def document(story: Story, body: str, *, head: str, attributes: str = "") -> str:
    """Return a whole HTML document."""
    direction = ' dir="rtl"' if story.is_right_to_left else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{story.language}"{direction}{attributes}>\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n{head}\n'
        '<link rel="stylesheet" href="/static/site.css">\n<link rel="icon" href="/favicon.ico">\n'
        '<script>window.dataLayer = window.dataLayer || []; dataLayer.push({"page": "article"});</script>\n'
        f'</head>\n<body class="page page-article">\n{body}\n'
        '<script src="/static/site.js" async></script>\n</body>\n</html>\n'
    )


def framed(story: Story, main: str) -> str:
    """Return the body of a page: the usual things above, beside and below `main`."""
    return (
        f'<div id="page">\n{top(story)}\n<div class="layout"><div class="column column-main">\n{main}\n</div>\n'
        f'{sidebar(story)}\n</div>\n{footer(story)}\n</div>'
    )  # fmt: skip


def top(story: Story) -> str:
    """Return a site's header: logo, search, navigation."""
    items = "".join(f'<li class="nav-item"><a href="/{n}/">{t(name)}</a></li>' for n, name in enumerate(story.sections))
    return (
        f'<header class="site-header"><a class="logo" href="/"><img src="/logo.svg" alt="{SITE}"></a>'
        '<form action="/search"><input type="search" name="q"><button type="submit">&#128269;</button></form>'
        f'<nav class="site-nav"><ul>{items}</ul></nav></header>'
    )


def sidebar(story: Story) -> str:
    """Return the column of most read stories and one teaser."""
    rows = "".join(f'<li><a href="/s/{n}.html">{t(line)}</a></li>' for n, line in enumerate(story.headlines))
    return (
        f'<aside class="column column-side"><div class="most-read"><h3>{t(story.sections[0])}</h3><ol>{rows}</ol></div>'
        f'<div class="teaser"><h3><a href="/s/0.html">{t(story.headlines[0])}</a></h3><p>{t(story.teaser)}</p></div>'
        "</aside>"
    )


def footer(story: Story, columns: int = 2) -> str:
    """Return the links at a page's end and who made it."""
    links = "".join(f'<li><a href="/f/{n}/">{t(name)}</a></li>' for n, name in enumerate(story.sections))
    return (
        '<footer class="site-footer">'
        + f'<div class="footer-column"><ul>{links}</ul></div>' * columns
        + f'<p class="copyright">&copy; 2026 {SITE} Ltd. '
        + '<a href="/privacy">Privacy</a> <a href="/imprint">Imprint</a></p></footer>'
    )


def opening(story: Story) -> str:
    """Return an article's head: section, headline, standfirst, byline, time, buttons to share it."""
    return (
        f'<header class="article-header"><p class="kicker"><a href="/1/">{t(story.sections[1])}</a></p>'
        f'<h1>{t(story.title)}</h1><p class="standfirst">{t(story.summary)}</p>'
        f'<p class="byline">{t(", ".join(story.authors))}</p>{clock_time(story)}'
        '<ul class="share"><li><a href="https://social.example/share">Share</a></li>'
        '<li><a href="mailto:?subject=x">E-mail</a></li></ul></header>'
    )


def clock_time(story: Story) -> str:
    """Return the moment of publication as readers see it."""
    moment = story.published
    return f'<time datetime="{moment.isoformat()}">{moment:%d.%m.%Y %H:%M}</time>'


def paragraphs(story: Story, tag: str = "p", attributes: str = "") -> str:
    """Return the story's paragraphs, each in an element."""
    return "\n".join(f"<{tag}{attributes}>{t(text)}</{tag}>" for text in story.paragraphs)


def between(story: Story, pieces: dict[int, str]) -> str:
    """Return the story's paragraphs in <p>, with a piece of markup after the paragraph of each number."""
    return "\n".join(f"<p>{t(text)}</p>\n{pieces.get(number, '')}" for number, text in enumerate(story.paragraphs))


def t(text: str) -> str:
    """Return plain text as HTML."""
    return escape(text, quote=False)


def a(text: str) -> str:
    """Return plain text as the value of an attribute."""
    return escape(text)


# Heads: the same facts in the ways publishers give them


def described(story: Story) -> str:
    """Return the tags that nearly every page has."""
    return (
        f"<title>{t(story.title)} | {SITE}</title>\n"
        f'<meta name="description" content="{a(story.summary)}">\n'
        f'<link rel="canonical" href="{address(story)}">\n'
        f'<meta property="og:type" content="article">\n<meta property="og:site_name" content="{SITE}">\n'
        f'<meta property="og:title" content="{a(story.title)}">\n'
        f'<meta property="og:description" content="{a(story.summary)}">\n'
        f'<meta property="og:image" content="{HOST}/images/1200x630.jpg">'
    )


def article_node(story: Story, **more: object) -> dict[str, object]:
    """Return the story as schema.org has it."""
    return {
        "@type": "NewsArticle",
        "headline": story.title,
        "description": story.summary,
        "datePublished": story.published.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in story.authors],
        "publisher": {"@type": "Organization", "name": SITE, "logo": {"@type": "ImageObject", "url": "/logo.png"}},
        "mainEntityOfPage": address(story),
        **more,
    }


def script(node: object) -> str:
    """Return JSON-LD as a page carries it."""
    return f'<script type="application/ld+json">{json.dumps(node, ensure_ascii=False)}</script>'


def linked_head(story: Story) -> str:
    """Return a head with JSON-LD and OpenGraph, as most sites have it."""
    return described_by(article_node(story))(story)


def described_by(node: dict[str, object]) -> Head:
    """Return a maker of heads whose JSON-LD is this node."""
    return lambda story: f"{described(story)}\n{script({'@context': 'https://schema.org', **node})}"


def graph_head(story: Story) -> str:
    """Return a head whose JSON-LD is a graph: authors stand elsewhere and are named by their ids."""
    people: list[object] = [
        {"@type": "Person", "@id": f"#person-{number}", "name": name} for number, name in enumerate(story.authors)
    ]
    references = [{"@id": f"#person-{number}"} for number in range(len(story.authors))]
    crumbs = {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "position": 1, "name": SITE}]}
    page = {"@type": "WebPage", "name": f"{story.title} - {SITE}", "datePublished": "2020-01-01T00:00:00+00:00"}
    graph = [{"@type": "WebSite", "name": SITE}, page, crumbs, *people, article_node(story, author=references)]
    return f"{described(story)}\n{script({'@context': 'https://schema.org', '@graph': graph})}"


def open_graph_head(story: Story) -> str:
    """Return a head that has meta tags alone."""
    people = "\n".join(f'<meta name="author" content="{a(name)}">' for name in story.authors)
    moment = f'<meta property="article:published_time" content="{story.published.isoformat()}">'
    return f"{described(story)}\n{moment}\n{people}"


def old_head(story: Story) -> str:
    """Return a head of an old system: a title with the site's name, all authors in one tag, the date as in mail."""
    return (
        f"<title>{t(story.title)} - {SITE}</title>\n"
        f'<meta name="author" content="{a(", ".join(story.authors))}">\n'
        f'<meta name="publish-date" content="{format_datetime(story.published)}">'
    )


def bare_head(story: Story) -> str:
    """Return a head that leaves all but the title to the visible page."""
    return f"<title>{t(story.title)} – {SITE}</title>"
