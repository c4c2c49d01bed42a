"""Layouts by how the paragraphs are marked up."""

from __future__ import annotations

from html import escape
from random import Random

from tests.support.layouts.frame import (
    SITE,
    MadePage,
    article_node,
    as_made,
    bare_head,
    clock_time,
    described,
    document,
    footer,
    framed,
    graph_head,
    linked_head,
    made,
    old_head,
    open_graph_head,
    opening,
    paragraphs,
    script,
    t,
    top,
)
from tests.support.stories import Story

CHARSETS = {
    "ru": "windows-1251",
    "zh": "gb18030",
    "ja": "shift_jis",
    "ko": "euc-kr",
    "ar": "windows-1256",
    "he": "windows-1255",
    "tr": "iso-8859-9",
    "de": "iso-8859-1",
    "fr": "windows-1252",
    "es": "iso-8859-15",
    "th": "tis-620",
}


def article_with_p(story: Story) -> MadePage:
    return made(story, f"<article>{opening(story)}{paragraphs(story)}</article>")


def div_only(story: Story) -> MadePage:
    head = f'<div class="headline"><h1>{t(story.title)}</h1></div><div class="lead">{t(story.summary)}</div>'
    people = "".join(f'<div class="person"><a rel="author" href="/p/{t(n)}">{t(n)}</a></div>' for n in story.authors)
    body = f'<div class="story">{head}{people}<div>{clock_time(story)}</div>{paragraphs(story, "div")}</div>'
    return made(story, body, head=bare_head)


def double_br(story: Story) -> MadePage:
    text = "<br><br>\n".join(t(text) for text in story.paragraphs)
    body = f'<div class="article">{opening(story)}<div class="article-text">{text}</div></div>'
    return made(story, body, head=open_graph_head)


def single_br(story: Story) -> MadePage:
    text = "<br/>".join(t(text) for text in story.paragraphs)
    return made(story, f"<div>{opening(story)}<p>{text}</p></div>", head=graph_head)


def table_cells(story: Story) -> MadePage:
    """A page of the nineties: frame and text in nested tables, paragraphs parted by <br> only."""
    links = "<br>".join(f'<a href="/{n}.htm">{t(name)}</a>' for n, name in enumerate(story.sections))
    text = "<br>\n<br>\n".join(t(text) for text in story.paragraphs)
    html = (
        f'<html lang="{story.language}"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
        f"{old_head(story)}</head>\n<body bgcolor=#ffffff text=#000000><center><table width=780 border=0>"
        f'<tr><td colspan=3><a href="/"><img src="/logo.gif" alt="{SITE}"></a></td></tr>\n'
        f'<tr><td width=120 valign=top><font size=1>{links}</font></td><td width=520 valign=top>'
        f"<table cellpadding=4><tr><td><h1><font face=Arial>{t(story.title)}</font></h1></td></tr>\n"
        f"<tr><td><font face=Times size=3>{text}</font></td></tr></table></td>\n<td valign=top><font size=1>"
        + "<br>".join(f'<a href="/s{n}.htm">{t(line)}</a>' for n, line in enumerate(story.headlines))
        + f"</font></td></tr>\n<tr><td colspan=3><hr>(c) 2026 {SITE}</td></tr></table></center></body></html>"
    )  # fmt: skip
    return as_made(story, html)


def spans_in_divs(story: Story) -> MadePage:
    rows = "".join(f'<div class="row"><span class="x">{t(text)}</span></div>' for text in story.paragraphs)
    return made(story, f'<div class="content">{opening(story)}<div>{rows}</div></div>')


def section_per_paragraph(story: Story) -> MadePage:
    rows = "".join(f'<section data-block="{n}"><p>{t(p)}</p></section>' for n, p in enumerate(story.paragraphs))
    return made(story, f"<main>{opening(story)}{rows}</main>", head=graph_head)


def amp(story: Story) -> MadePage:
    image = '<amp-img src="/1.jpg" width="600" height="400" layout="responsive"></amp-img>'
    body = (
        f'<amp-sidebar id="menu"><ul>{"".join(f"<li>{t(name)}</li>" for name in story.sections)}</ul></amp-sidebar>'
        f'<article class="amp-article">{opening(story)}{image}{paragraphs(story)}'
        f'<amp-ad width="300" height="250" type="net"></amp-ad></article>{footer(story)}'
        '<amp-analytics><script type="application/json">{"vars": {"account": "K-1"}}</script></amp-analytics>'
    )
    return as_made(story, document(story, body, head=linked_head(story), attributes=" amp"))


def custom_elements(story: Story) -> MadePage:
    rows = "".join(f"<news-text>{t(text)}</news-text>" for text in story.paragraphs)
    body = f"<news-article><news-head>{opening(story)}</news-head><news-body>{rows}</news-body></news-article>"
    return made(story, body)


def in_a_form(story: Story) -> MadePage:
    """All of the page inside one form, as ASP.NET writes it."""
    state = "dDwtMTA0" * 600
    body = (
        '<form method="post" action="./article.aspx" id="aspnetForm">'
        f'<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{state}">'
        + framed(story, f'<div id="ctl00_cphMain_pnlText">{opening(story)}{paragraphs(story)}</div>')
        + "</form>"
    )
    return made(story, body, head=old_head, frame=False)


def misleading_names(story: Story) -> MadePage:
    """Wrappers whose class names speak of what else the page has."""
    body = (
        '<div class="wrapper has-sidebar with-related comments-open newsletter-enabled">'
        '<div class="share-layout ad-free promo-slot--off">'
        f"<article>{opening(story)}{paragraphs(story)}</article></div></div>"
    )
    return made(story, body)


def blockquotes(story: Story) -> MadePage:
    rows = "".join(
        f"<blockquote><p>{t(text)}</p></blockquote>" if number % 3 == 2 else f"<p>{t(text)}</p>"
        for number, text in enumerate(story.paragraphs)
    )
    return made(story, f"<article>{opening(story)}{rows}</article>")


def drop_cap(story: Story) -> MadePage:
    first, *rest = story.paragraphs
    rows = f'<p><span class="dropcap">{t(first[0])}</span>{t(first[1:])}</p>'
    rows += "".join(f"<p>{t(text)}</p>" for text in rest)
    return made(story, f"<article>{opening(story)}{rows}</article>")


def invisible_characters(story: Story) -> MadePage:
    """Soft hyphens inside long words, a zero-width space at times, no-break spaces between words."""

    def hyphenated(word: str) -> str:
        return f"{escape(word[:4])}&shy;{escape(word[4:])}" if word.isascii() and len(word) > 8 else escape(word)

    rows = []
    for text in story.paragraphs:
        words = [hyphenated(word) for word in text.split(" ")]
        rows.append("<p>" + "&nbsp;".join(words[:6]) + "&nbsp; &#8203;" + " ".join(words[6:]) + "&#8203;</p>")
    return made(story, f"<article>{opening(story)}{''.join(rows)}</article>")


def links_everywhere(story: Story) -> MadePage:
    """Every sentence has its link, as in an encyclopedia or a linking blog."""
    rows = []
    for text in story.paragraphs:
        size = max(len(text) // 4, 1)
        parts = [text[at : at + size] for at in range(0, len(text), size)]
        rows.append(
            "<p>" + "".join(f'<a href="/t/{n}">{t(p)}</a>' if n % 2 else t(p) for n, p in enumerate(parts)) + "</p>"
        )
    return made(story, f"<article>{opening(story)}{''.join(rows)}</article>")


def hashed_wrappers(story: Story) -> MadePage:
    """CSS in JS: no name says anything, each paragraph in two wrappers of its own."""
    rng = Random(47)  # the same page each time

    def hashed() -> str:
        return f"sc-{rng.getrandbits(24):06x} {rng.choice('abcdefghij')}{rng.getrandbits(20):05x}"

    rows = "".join(
        f'<div class="{hashed()}"><div class="{hashed()}"><p class="{hashed()}">{t(text)}</p></div></div>'
        for text in story.paragraphs
    )
    head = f'<div class="{hashed()}">{opening(story)}</div>'
    body = f'<div class="{hashed()}">{head}<div class="{hashed()}">{rows}</div></div>'
    return made(story, body, head=graph_head)


def xhtml(story: Story) -> MadePage:
    """XHTML with namespaces, and with what a word processor leaves behind."""
    text = "".join(f'<p class="MsoNormal">{t(text)}<o:p></o:p></p>' for text in story.paragraphs)
    head = open_graph_head(story).replace('">\n', '" />\n')
    html = (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        '"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">\n<html xmlns="http://www.w3.org/1999/xhtml" '
        f'xmlns:fb="urn:fb" xmlns:o="urn:office" xml:lang="{story.language}" lang="{story.language}"><head>{head}\n'
        "<script type=\"text/javascript\">\n//<![CDATA[\nvar page = {'kind': 'article'};\n//]]>\n</script></head>\n"
        f'<body>{top(story)}<div id="content">{opening(story)}<fb:like send="true"></fb:like>{text}</div>'
        f"{footer(story)}</body></html>"
    )
    return as_made(story, html)


def microformats(story: Story) -> MadePage:
    """A blog's post as an h-entry."""
    people = ", ".join(f'<a class="p-author h-card" href="/a/{n}">{t(x)}</a>' for n, x in enumerate(story.authors))
    moment = f'<time class="dt-published" datetime="{story.published.isoformat()}">{story.published:%d.%m.%Y}</time>'
    body = (
        f'<article class="h-entry"><h1 class="p-name">{t(story.title)}</h1><p class="p-summary">{t(story.summary)}</p>'
        f'<div class="e-content">{paragraphs(story)}</div><p class="post-meta">{people} {moment}</p></article>'
    )
    return made(story, body, head=bare_head)


def microdata(story: Story) -> MadePage:
    """An article described by attributes of its visible elements."""
    people = "".join(
        '<span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        f'<span itemprop="name">{t(name)}</span></span> '
        for name in story.authors
    )
    body = (
        '<div itemscope itemtype="https://schema.org/NewsArticle">'
        f'<h1 itemprop="headline">{t(story.title)}</h1><h2 itemprop="description">{t(story.summary)}</h2>{people}'
        f'<meta itemprop="datePublished" content="{story.published.isoformat()}">'
        f'<div itemprop="articleBody">{paragraphs(story)}</div></div>'
    )
    return made(story, body, head=bare_head)


def upper_case(story: Story) -> MadePage:
    """Tags in capitals, attributes without quotes, paragraphs never closed."""
    rows = "\n".join(f"<P ALIGN=justify>{t(text)}" for text in story.paragraphs)
    html = (
        f"<HTML LANG={story.language}><HEAD><META CHARSET=utf-8>{old_head(story)}</HEAD><BODY>{top(story)}"
        f"<DIV ID=text><H1>{t(story.title)}</H1>\n{rows}\n</DIV>{footer(story)}</BODY></HTML>"
    )
    return as_made(story, html)


def old_charset(story: Story) -> MadePage:
    """A page in the charset of its country, named by a meta tag only."""
    charset = CHARSETS.get(story.language, "utf-8")
    html = document(
        story, framed(story, f"<div>{opening(story)}{paragraphs(story)}</div>"), head=open_graph_head(story)
    )
    html = html.replace(
        '<meta charset="utf-8">', f'<meta http-equiv="Content-Type" content="text/html; charset={charset}">'
    )
    return as_made(story, html, charset=charset)


def empty_shell(story: Story) -> MadePage:
    """A page that scripts fill; the whole text stands in its JSON-LD."""
    node = {"@context": "https://schema.org", **article_node(story, articleBody="\n\n".join(story.paragraphs))}
    body = '<div id="root"></div><noscript>You need to enable JavaScript to run this app.</noscript>'
    return as_made(story, document(story, body, head=f"{described(story)}\n{script(node)}"))
