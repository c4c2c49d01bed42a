"""Layouts that mislead: the text in pieces, hidden, or short among longer texts that are not it."""

from __future__ import annotations

import json
from dataclasses import replace
from textwrap import fill

from tests.support.layouts.frame import (
    HOST,
    SITE,
    MadePage,
    article_node,
    as_made,
    described,
    described_by,
    document,
    framed,
    graph_head,
    made,
    open_graph_head,
    opening,
    paragraphs,
    script,
    t,
    top,
)
from tests.support.layouts.kinds import NOT_FULL, sentences
from tests.support.stories import Story, companions


def text_in_pieces(told: Story) -> MadePage:
    """Every two paragraphs in a container of their own, boxes and advertisements between the containers."""
    pieces = []
    for at in range(0, len(told.paragraphs), 2):
        text = "".join(f"<p>{t(one)}</p>" for one in told.paragraphs[at : at + 2])
        pieces.append(f'<div class="block block-text"><div class="inner">{text}</div></div>')
        pieces.append('<div class="block block-ad"><div id="slot"></div></div>')
    box = (
        f'<div class="block block-box"><h4><a href="/s/1">{t(told.headlines[1])}</a></h4><p>{t(told.teaser)}</p></div>'
    )
    return made(told, f'<div class="blocks">{opening(told)}{"".join(pieces[:6])}{box}{"".join(pieces[6:])}</div>')


def chapters(told: Story) -> MadePage:
    """One article in parts of the same build, each with a heading of its own: not several stories."""
    parts, lines = [], []
    for at in range(0, len(told.paragraphs), 3):
        title, texts = f"{at // 3 + 1}. {told.headlines[at // 3 % 4]}", told.paragraphs[at : at + 3]
        parts.append(
            f'<section class="part"><h2>{t(title)}</h2>{"".join(f"<p>{t(one)}</p>" for one in texts)}</section>'
        )
        lines += [title, *texts]
    return made(told, f'<div class="long-read">{opening(told)}{"".join(parts)}</div>', text="\n".join(lines))


def one_sentence_each(told: Story) -> MadePage:
    rows = "".join(f"<p>{t(line)}</p>" for text in told.paragraphs for line in sentences(text))
    text = "\n".join(line for text in told.paragraphs for line in sentences(text))
    return made(told, f"<article>{opening(told)}{rows}</article>", text=text)


def words_in_spans(told: Story) -> MadePage:
    """Each word an element, as pages that read themselves aloud have it."""
    rows = "".join(
        "<p>" + " ".join(f'<span data-w="{n}">{t(word)}</span>' for n, word in enumerate(text.split(" "))) + "</p>"
        for text in told.paragraphs
    )
    return made(told, f'<div class="tts">{opening(told)}{rows}</div>', head=graph_head)


def preformatted(told: Story) -> MadePage:
    """An agency's wire: lines of 72 characters in <pre>, paragraphs parted by empty lines."""
    wire = "\n\n".join(t(fill(text, 72)) for text in told.paragraphs)
    body = f"<div><h1>{t(told.title)}</h1><pre>{wire}</pre></div>"
    return made(told, body, head=open_graph_head)


def short_among_teasers(told: Story) -> MadePage:
    """Three paragraphs; beside and below them a dozen others' first sentences."""
    brief = replace(told, paragraphs=told.paragraphs[:3])
    others = [line for one in companions(told) for text in one.paragraphs for line in sentences(text)]
    cards = "".join(
        f'<div class="card"><h3><a href="/s/{n}.html">{t(told.headlines[n % 4])}</a></h3><p>{t(line)}</p></div>'
        for n, line in enumerate(others)
    )
    body = f"<article>{opening(brief)}{paragraphs(brief)}</article><section><h2>{SITE}</h2>{cards}</section>"
    return made(brief, body)


def teasers_first(told: Story) -> MadePage:
    """Other stories with their summaries before the article."""
    cards = "".join(
        f'<div class="top-story"><a href="/s/{n}.html"><h4>{t(one.title)}</h4></a><p>{t(one.summary)}</p></div>'
        for n, one in enumerate(companions(told))
    )
    body = f'<div class="strip">{cards}</div><div class="story"><div>{opening(told)}</div>{paragraphs(told)}</div>'
    return made(told, body, head=graph_head)


def comments_as_articles(told: Story) -> MadePage:
    """Readers' words in <article> elements inside the main one, as a well-known blog system has them."""
    rows = "".join(
        f'<li><article class="comment-body"><footer>reader{n} <a href="#c{n}">24.11.2026</a></footer>'
        f'<div class="comment-content"><p>{t(text)}</p></div></article></li>'
        for n, text in enumerate(told.comments)
    )
    body = (
        f'<main><article class="post type-post hentry"><div class="entry-content">{paragraphs(told)}</div></article>'
        f'<div id="comments"><ol class="comment-list">{rows}</ol></div></main>'
    )
    return made(told, f"<h1>{t(told.title)}</h1>{body}", head=open_graph_head)


def legal_words(told: Story) -> MadePage:
    """A short note on a page that ends in a long disclaimer."""
    brief = replace(told, paragraphs=told.paragraphs[:4])
    words = "".join(f"<p>{t(text)} {t(text)}</p>" for text in told.cookies)
    body = f'<div class="note">{opening(brief)}{paragraphs(brief)}</div>'
    return made(brief, f'{framed(brief, body)}<div id="disclaimer"><small>{words}</small></div>', frame=False)


def contents_first(told: Story) -> MadePage:
    """A table of contents of links to headings below."""
    links = "".join(f'<li><a href="#h{n}">{t(line)}</a></li>' for n, line in enumerate(told.headlines))
    rows = "".join(
        f"<p>{t(text)}</p>{f'<h2 id=h{n}>{t(told.headlines[n])}</h2>' if n < len(told.headlines) else ''}"
        for n, text in enumerate(told.paragraphs)
    )
    lines = [line for n, text in enumerate(told.paragraphs) for line in (text, *told.headlines[n : n + 1])]
    body = f'<article>{opening(told)}<div class="toc"><ul>{links}</ul></div>{rows}</article>'
    return made(told, body, text="\n".join(lines))


def folded_answers(told: Story) -> MadePage:
    """Each paragraph below a line to be clicked at."""
    asked = [f"{n + 1}. {told.headlines[n % len(told.headlines)]}?" for n in range(len(told.paragraphs))]
    pairs = list(zip(asked, told.paragraphs, strict=True))
    rows = "".join(f"<details><summary>{t(line)}</summary><p>{t(text)}</p></details>" for line, text in pairs)
    text = "\n".join(f"{line}\n{one}" for line, one in pairs)
    return made(told, f"<article>{opening(told)}{rows}</article>", text=text)


def spoken_hints(told: Story) -> MadePage:
    """Words for screen readers beside links, pictures and captions."""
    hint = '<span class="visually-hidden" style="position:absolute;clip:rect(0 0 0 0)">, opens in a new tab</span>'
    rows = "".join(
        f'<p>{t(text)} <a href="/t/{n}">[{n}]{hint * (n % 2)}</a></p>' for n, text in enumerate(told.paragraphs)
    )
    body = f'<a class="skip" href="#main">Skip to content</a><main id="main">{opening(told)}{rows}</main>'
    return made(told, body)


def form_controls(told: Story) -> MadePage:
    """A choice of regions, a code to copy and a dialog inside the article."""
    options = "".join(f"<option>{t(name)} {n}</option>" for n in range(8) for name in told.sections)
    controls = (
        f'<select name="region">{options}</select><textarea readonly>&lt;iframe src="{HOST}/embed/1"&gt;</textarea>'
        f"<dialog><h3>{SITE}</h3><p>{t(told.newsletter)}</p><button>OK</button></dialog>"
    )
    first, *rest = told.paragraphs
    text = "".join(f"<p>{t(one)}</p>" for one in rest)
    return made(told, f"<article>{opening(told)}<p>{t(first)}</p>{controls}{text}</article>")


def captions_as_paragraphs(told: Story) -> MadePage:
    """Captions in <p>, told from the text by nothing but their wrapper's name."""
    first, *rest = told.paragraphs
    photo = "".join(
        f'<div class="wp-caption alignnone"><img src="/{n}.jpg"><p class="wp-caption-text">{t(line)}</p></div>'
        for n, line in enumerate(told.captions)
    )
    text = "".join(f"<p>{t(one)}</p>" for one in rest)
    return made(told, f'<div class="entry-content">{opening(told)}<p>{t(first)}</p>{photo}{text}</div>')


def hidden_by_attribute(told: Story) -> MadePage:
    """Panels that are not shown: another story to print, and a dialog."""
    other = companions(told)[1]
    body = (
        f"<article>{opening(told)}{paragraphs(told)}</article>"
        f"<div hidden><h2>{t(other.title)}</h2>{paragraphs(other)}</div>"
        f'<div aria-hidden="true" class="modal"><p>{t(told.newsletter)}</p></div>'
    )
    return made(told, body, head=open_graph_head)


def continued_by_button(told: Story) -> MadePage:
    """Below a button the rest of the text, not shown until it is pressed."""
    shown = "".join(f"<p>{t(text)}</p>" for text in told.paragraphs[:4])
    rest = "".join(f"<p>{t(text)}</p>" for text in told.paragraphs[4:])
    body = (
        f'<article>{opening(told)}<div class="text">{shown}<button class="more">+</button>'
        f'<div class="rest" style="display:none">{rest}</div></div></article>'
    )
    return made(told, body)


def declarative_shadow(told: Story) -> MadePage:
    """The text in a shadow tree, which comes as a <template> that browsers show."""
    body = (
        "<story-view><template shadowrootmode=open><style>p { color: black }</style>"
        f"{opening(told)}{paragraphs(told)}</template></story-view>"
    )
    return made(told, body)


def shell_with_markup(told: Story) -> MadePage:
    """A page that scripts fill; the text in JSON-LD still has its tags, escaped."""
    node = article_node(told, articleBody=t(paragraphs(told)))
    return as_made(told, document(told, '<div id="app"></div>', head=described_by(node)(told)))


def shell_with_state(told: Story) -> MadePage:
    """A page that scripts fill from a state of their own: there is no text to be seen, and none is made up."""
    state = json.dumps({"props": {"page": {"body": [{"t": "p", "c": text} for text in told.paragraphs]}}})
    body = f'<div id="__app"></div><script id="__DATA__" type="application/json">{state.replace("<", "")}</script>'
    return replace(as_made(told, document(told, body, head=open_graph_head(told)), statuses=NOT_FULL), text="")


def film_page(told: Story) -> MadePage:
    """A film, two sentences on it, and the films that follow."""
    items = "".join(
        f'<li><a href="/v/{n}"><img src="/v{n}.jpg" alt=""><span>{t(line)}</span></a><p>{t(told.teaser)}</p></li>'
        for n, line in enumerate(told.headlines)
    )
    body = (
        f'<div class="video"><video src="/1.mp4"></video><h1>{t(told.title)}</h1><p>{t(told.summary)}</p></div>'
        f'<div class="up-next"><ul>{items}</ul></div>'
    )
    return made(told, body, text=told.summary, statuses=NOT_FULL)


def not_found(told: Story) -> MadePage:
    """An error with status 200: what was asked for is not there, other stories are."""
    others = "".join(
        f'<li><a href="/s/{n}.html">{t(one.title)}</a><p>{t(one.summary)}</p></li>'
        for n, one in enumerate((told, *companions(told)))
    )
    body = f"<h1>404</h1><p>This page is no longer here.</p><ul>{others}</ul>"
    head = f"<title>404 | {SITE}</title>"
    page = as_made(told, document(told, framed(told, body), head=head), title="404", statuses=NOT_FULL)
    return replace(page, text="", authors=())


def post_archive(told: Story) -> MadePage:
    """A blog's first page: the beginnings of its posts, each with a link to the rest."""
    posts = "".join(
        f'<article class="post"><h2><a href="/p/{n}">{t(one.title)}</a></h2><time>{one.published:%d.%m.%Y}</time>'
        f'<p>{t(one.paragraphs[0])}</p><a href="/p/{n}">&raquo;</a></article>'
        for n, one in enumerate([told, *companions(told)] * 2)
    )
    head = f"<title>{SITE}</title>\n{script({'@context': 'https://schema.org', '@type': 'WebSite', 'name': SITE})}"
    body = f"{top(told)}<main>{posts}</main>"
    page = as_made(told, document(told, body, head=head), title=SITE, statuses=NOT_FULL)
    return replace(page, url=f"{HOST}/blog/", text="", authors=())


def all_at_once(told: Story) -> MadePage:
    """Hashed names, pieces, teasers, advertisements, a wall of cookies and many links in one page."""
    pieces = "".join(
        f'<div class="x{n}a"><div class="y{n}b"><span>{t(text)}</span></div></div>'
        f'<div class="z{n}"><ins data-ad></ins></div>'
        + (f'<div class="q{n}"><a href="/s/{n}"><b>{t(told.headlines[n % 4])}</b></a></div>' if n % 4 == 1 else "")
        for n, text in enumerate(told.paragraphs)
    )
    banner = "".join(f"<p>{t(text)}</p>" for text in told.cookies)
    body = f'<div role="dialog">{banner}</div>' + framed(told, f'<div class="m1">{opening(told)}{pieces}</div>')
    return as_made(told, document(told, body, head=described(told) + script(article_node(told))))
