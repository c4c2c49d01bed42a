"""Layouts by the kind of article: live blog, gallery, interview, list, flash, and pages that are none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from monitor.model import ArticleStatus
from tests.support.layouts.frame import (
    HOST,
    MadePage,
    address,
    article_node,
    between,
    described_by,
    made,
    open_graph_head,
    opening,
    t,
)
from tests.support.stories import Story, companions

NOT_FULL = frozenset(ArticleStatus) - {ArticleStatus.FULL}
UPDATES = 12

_SENTENCE_END = re.compile(r"(?<=[.!?।])\s+|(?<=[。？])")


def live_blog(told: Story) -> MadePage:
    """A dozen updates, newest first, each with its time, also in JSON-LD."""
    texts = (told.paragraphs if len(told.paragraphs) >= UPDATES else _all_sentences(told))[:UPDATES]
    titles = numbered(told, len(texts))
    moments = [told.published + timedelta(minutes=7 * number) for number in range(len(texts))]
    rows, nodes = [], []
    for number in reversed(range(len(texts))):
        moment = moments[number]
        rows.append(
            f'<div class="live-post" id="post-{number}"><time datetime="{moment.isoformat()}">{moment:%H:%M}</time>'
            f"<h3>{t(titles[number])}</h3><p>{t(texts[number])}</p>"
            f'<div class="share"><a href="#post-{number}">Share</a></div></div>'
        )
        nodes.append(
            {
                "@type": "BlogPosting",
                "headline": titles[number],
                "articleBody": texts[number],
                "datePublished": moment.isoformat(),
                "url": f"{address(told)}#post-{number}",
            }
        )
    node = article_node(told, liveBlogUpdate=nodes, coverageStartTime=told.published.isoformat())
    head = described_by({**node, "@type": "LiveBlogPosting"})
    text = "\n".join(f"{titles[number]}\n{texts[number]}" for number in reversed(range(len(texts))))
    return made(
        told,
        f'<article>{opening(told)}<div class="live-feed">{"".join(rows)}</div></article>',
        head=head,
        text=text,
        statuses=frozenset({ArticleStatus.LIVE}),
    )


def gallery(told: Story) -> MadePage:
    """A picture above each sentence."""
    lines = _all_sentences(told)[:16]
    figures = "".join(
        f'<figure class="slide"><img src="/g/{n}.jpg" alt=""><figcaption>{t(line)}</figcaption></figure>'
        for n, line in enumerate(lines)
    )
    head = described_by({**article_node(told), "@type": "ImageGallery"})
    return made(
        told,
        f'<article>{opening(told)}<div class="gallery">{figures}</div></article>',
        head=head,
        text="\n".join(lines),
        statuses=frozenset({ArticleStatus.GALLERY}),
    )


def interview(told: Story) -> MadePage:
    """Questions in bold, answers in plain."""
    asked = [f"{line}?" for line in told.headlines]
    pieces = {number: f"<p><strong>{t(question)}</strong></p>" for number, question in enumerate(asked)}
    lines = [text for n, one in enumerate(told.paragraphs) for text in (one, *asked[n : n + 1])]
    body = f"<article>{opening(told)}{between(told, pieces)}</article>"
    return made(told, body, text="\n".join(lines))


def subheadings(told: Story) -> MadePage:
    pieces = {number: f"<h2>{t(line)}</h2>" for number, line in enumerate(told.headlines)}
    lines = [text for n, one in enumerate(told.paragraphs) for text in (one, *told.headlines[n : n + 1])]
    body = f"<article>{opening(told)}{between(told, pieces)}</article>"
    return made(told, body, text="\n".join(lines), head=open_graph_head)


def list_article(told: Story) -> MadePage:
    """Ten things about something: numbered headings and items of a list."""
    first, *rest = told.paragraphs
    headings = numbered(told, len(rest))
    rows = "".join(f"<li><h3>{t(head)}</h3>{t(text)}</li>" for head, text in zip(headings, rest, strict=True))
    text = "\n".join([first, *(line for pair in zip(headings, rest, strict=True) for line in pair)])
    return made(told, f"<article>{opening(told)}<p>{t(first)}</p><ol>{rows}</ol></article>", text=text)


def bullet_points(told: Story) -> MadePage:
    """The middle of the text as a list of points."""
    first, *middle, last = told.paragraphs
    points = "".join(f"<li>{t(text)}</li>" for text in middle)
    return made(told, f"<article>{opening(told)}<p>{t(first)}</p><ul>{points}</ul><p>{t(last)}</p></article>")


def results_table(told: Story) -> MadePage:
    rows = [(name, 61 - 4 * n, 3 * n) for n, name in enumerate(told.sections[:8])]
    table = "".join(f"<tr><td>{t(name)}</td><td>{won}</td><td>{lost}</td></tr>" for name, won, lost in rows)
    lines = list(told.paragraphs)
    lines.insert(3, " ".join(f"{name} {won} {lost}" for name, won, lost in rows))
    pieces = {2: f'<table class="results">{table}</table>'}
    body = f"<article>{opening(told)}{between(told, pieces)}</article>"
    return made(told, body, text="\n".join(lines))


def definition_list(told: Story) -> MadePage:
    """Questions and answers as terms and their definitions."""
    asked = numbered(told, len(told.paragraphs))
    rows = "".join(f"<dt>{t(q)}</dt><dd>{t(text)}</dd>" for q, text in zip(asked, told.paragraphs, strict=True))
    text = "\n".join(line for pair in zip(asked, told.paragraphs, strict=True) for line in pair)
    return made(told, f"<article>{opening(told)}<dl>{rows}</dl></article>", text=text)


def press_release(told: Story) -> MadePage:
    """A company's news: place and date before the text, whom to call after it."""
    contact = (
        '<div class="contact"><p>Tolland Shipyards plc<br>Press office<br>Quay 4<br>Skarrow 1107<br>'
        'Tel. +99 555 0142<br><a href="mailto:press@tolland.example">press@tolland.example</a></p></div>'
    )
    body = f'<div class="release">{opening(told)}{between(told, {})}{contact}</div>'
    return made(told, body, head=open_graph_head)


def flash(told: Story) -> MadePage:
    """Two sentences under a headline, and all the usual things around them."""
    brief = replace(told, title=told.flash_title, summary=told.flash, paragraphs=(told.flash,))
    body = f'<article><h1>{t(brief.title)}</h1><div class="text"><p>{t(told.flash)}</p></div></article>'
    return made(
        brief,
        body,
        head=open_graph_head,
        text=told.flash,
        statuses=frozenset({ArticleStatus.FULL, ArticleStatus.TEASER}),
    )


def section_front(told: Story) -> MadePage:
    """A section's page: headlines and first sentences of many stories, an article of none."""
    lines = [line for one in (*companions(told), told) for line in _all_sentences(one)]
    cards = "".join(
        f'<div class="card"><a href="/s/{n}.html"><img src="/{n}.jpg" alt=""></a>'
        f'<h2><a href="/s/{n}.html">{t(told.headlines[n % len(told.headlines)])} {n}</a></h2><p>{t(line)}</p></div>'
        for n, line in enumerate(lines)
    )
    site = f'<title>{t(told.sections[0])}</title>\n<meta property="og:type" content="website">'
    body = f'<h1>{t(told.sections[0])}</h1><div class="river">{cards}</div>'
    page = made(told, body, head=lambda _: site, title=told.sections[0], statuses=NOT_FULL)
    return replace(page, url=f"{HOST}/{told.language}/", authors=(), text="")


def numbered(told: Story, count: int) -> list[str]:
    """Return so many headlines, no two the same."""
    return [f"{number + 1}. {told.headlines[number % len(told.headlines)]}" for number in range(count)]


def sentences(text: str) -> list[str]:
    """Return the sentences of a paragraph; of scripts without full stops, all of it."""
    return [part for part in _SENTENCE_END.split(text) if part]


def _all_sentences(told: Story) -> list[str]:
    return [line for text in told.paragraphs for line in sentences(text)]
