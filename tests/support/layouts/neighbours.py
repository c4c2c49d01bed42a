"""Layouts by what stands between, beside or below the paragraphs and is not the article."""

from __future__ import annotations

from dataclasses import replace

from monitor.model import ArticleStatus
from tests.support.layouts.frame import (
    SITE,
    MadePage,
    article_node,
    between,
    described_by,
    framed,
    graph_head,
    made,
    open_graph_head,
    opening,
    paragraphs,
    script,
    t,
)
from tests.support.stories import Story, companions


def in_article(told: Story, pieces: dict[int, str]) -> MadePage:
    """Return a page whose article has pieces of markup after the paragraphs of these numbers."""
    return made(told, f"<article>{opening(told)}\n{between(told, pieces)}</article>")


def teasers_between(told: Story) -> MadePage:
    boxes = {
        number: f'<div class="teaser-box"><a href="/s/{number}.html"><img src="/t{number}.jpg" alt="">'
        f"<span>{t(told.sections[number])}</span><h3>{t(told.headlines[number % 4])}</h3>"
        f"<p>{t(told.teaser)}</p></a></div>"
        for number in (1, 3)
    }
    return in_article(told, boxes)


def read_also(told: Story) -> MadePage:
    """Paragraphs between the others that are nothing but a link to another story."""
    links = {
        number: f'<p><strong>+++ <a href="/s/{number}.html">{t(told.headlines[number % 4])}</a></strong></p>'
        for number in (0, 2, 4)
    }
    return in_article(told, links)


def newsletter_inside(told: Story) -> MadePage:
    box = (
        f'<div class="newsletter-signup"><h4>{SITE}</h4><p>{t(told.newsletter)}</p><form action="/newsletter">'
        '<input type="email" name="email"><label><input type="checkbox"> OK</label><button>OK</button></form></div>'
    )
    return in_article(told, {2: box})


def advertisements(told: Story) -> MadePage:
    slot = (
        '<div class="ad-slot" id="div-gpt-ad-{0}" data-size="300x250"><span class="ad-label">Advertisement</span>'
        "<script>tag = window.tag || {{cmd: []}}; tag.cmd.push(function () {{ display('{0}') }});</script>"
        "<style>.ad-label {{ color: #999 }}</style></div>"
    )
    return in_article(told, {number: slot.format(number) for number in range(len(told.paragraphs))})


def pull_quotes(told: Story) -> MadePage:
    """A sentence of the text repeated in large letters."""
    quotes = {
        number: f'<aside class="pullquote"><p>{t(told.paragraphs[number][:90])}</p></aside>'
        if number % 2
        else f'<figure class="quote-figure"><blockquote>{t(told.paragraphs[number][:90])}</blockquote></figure>'
        for number in (1, 4)
    }
    return in_article(told, quotes)


def captions(told: Story) -> MadePage:
    first, second = told.captions
    pieces = {
        0: f'<figure><img src="/1.jpg" alt="{t(first)}"><figcaption>{t(first)}</figcaption></figure>',
        3: f'<div class="image"><img src="/2.jpg" alt=""><div class="image-caption">{t(second)}</div></div>',
    }
    return in_article(told, pieces)


def comments_below(told: Story) -> MadePage:
    """More words of readers than of the article."""
    rows = "".join(
        f'<li class="comment" id="comment-{number}"><div class="comment-author">reader{number}</div>'
        f'<div class="comment-body"><p>{t(text)}</p></div><a href="#reply">Reply</a></li>'
        for number, text in enumerate(told.comments)
    )
    body = (
        f'<article>{opening(told)}{paragraphs(told)}</article><section id="comments" class="comments">'
        f"<h3>{len(told.comments)} comments</h3><ol>{rows}</ol></section>"
    )
    return made(told, body, head=graph_head)


def several_stories(told: Story) -> MadePage:
    """Two more stories in full below the main one."""
    others = "".join(
        f'<div class="story"><h2>{t(other.title)}</h2>{paragraphs(other)}</div>' for other in companions(told)
    )
    body = f'<div class="story"><h1>{t(told.title)}</h1>{paragraphs(told)}</div>{others}'
    return made(told, body, head=open_graph_head)


def endless_scroll(told: Story) -> MadePage:
    """The next story is loaded below the first, with a headline of the same rank."""
    both = (told, companions(told)[0])
    nodes = [script({"@context": "https://schema.org", **article_node(one)}) for one in both]
    articles = "".join(
        f'<article data-url="/{one.title[:5]}">{opening(one)}{paragraphs(one)}</article>' for one in both
    )
    page = made(told, f'<div class="infinite">{articles}</div>')
    return replace(page, body=page.body.replace(nodes[0].encode(), "".join(nodes).encode()))


def long_lists_of_links(told: Story) -> MadePage:
    """A menu of hundreds of links above, lists of all places served below."""
    menu = "".join(
        f'<li><a href="/m/{n}/">{t(told.sections[n % 10])} {n}</a>'
        f'<ul><li><a href="/m/{n}/x/">{t(told.sections[-1])}</a></li></ul></li>'
        for n in range(150)
    )
    places = "".join(f'<a href="/place/{n}">{t(told.headlines[n % 4])}</a> ' for n in range(120))
    body = (
        f'<div class="mega"><ul>{menu}</ul></div>'
        + framed(told, f"<article>{opening(told)}{paragraphs(told)}</article>")
        + f'<div class="places">{places}</div>'
    )
    return made(told, body, frame=False)


def cookie_banner(told: Story) -> MadePage:
    """A long text on cookies before all else."""
    rows = "".join(f"<p>{t(text)}</p>" for text in told.cookies)
    banner = (
        '<div id="cmp-container" class="cmp-layer" role="dialog" aria-modal="true"><div class="cmp-text">'
        f'<h2>{SITE}</h2>{rows}</div><button class="cmp-accept">OK</button><a href="/privacy">Privacy</a></div>'
    )
    return made(told, banner + framed(told, f"<article>{opening(told)}{paragraphs(told)}</article>"), frame=False)


def main_with_aside(told: Story) -> MadePage:
    facts = "".join(f"<li>{t(line)}</li>" for line in told.headlines)
    box = f"<aside><h3>{t(told.sections[2])}</h3><ul>{facts}</ul><p>{t(told.teaser)}</p></aside>"
    return made(told, f'<main id="main">{opening(told)}{between(told, {2: box})}</main>', head=graph_head)


def hidden_copy(told: Story) -> MadePage:
    """The text twice: once for narrow screens, not shown."""
    body = (
        f'<div class="article desktop">{opening(told)}<div class="text">{paragraphs(told)}</div></div>'
        f'<div class="article mobile" style="display: none"><div class="text">{paragraphs(told)}</div></div>'
    )
    return made(told, body, head=open_graph_head)


def without_scripts(told: Story) -> MadePage:
    """What browsers without scripts would see, between the paragraphs."""
    pieces = {
        0: '<img class="lazy" data-src="/1.jpg"><noscript><img src="/1.jpg" alt="one"></noscript>',
        2: "<noscript><p>Please enable JavaScript to see the map that belongs to this article.</p></noscript>",
    }
    return in_article(told, pieces)


def author_box(told: Story) -> MadePage:
    """Topics, buttons and who wrote it, below the text and in the same element."""
    tags = "".join(f'<li><a href="/t/{n}">{t(name)}</a></li>' for n, name in enumerate(told.sections[:5]))
    people = "".join(
        f'<div class="author-card"><img src="/p.jpg" alt=""><a href="/p/{n}">{t(name)}</a></div>'
        for n, name in enumerate(told.authors)
    )
    end = f'<ul class="tags">{tags}</ul><div class="share-bar"><a href="#">f</a><a href="#">x</a></div>{people}'
    return in_article(told, {len(told.paragraphs) - 1: end})


def player(told: Story) -> MadePage:
    """A film with its buttons and a playlist of others, before the text."""
    items = "".join(
        f'<li><a href="/v/{n}">{t(line)} <span>0{n}:37</span></a></li>' for n, line in enumerate(told.headlines)
    )
    film = (
        '<div class="video-player"><video src="/v.mp4" controls></video><div class="controls"><button>Play</button>'
        f'<span>00:00</span> / <span>02:47</span></div><ul class="playlist">{items}</ul></div>'
    )
    return made(told, f"<article>{opening(told)}{film}{paragraphs(told)}</article>")


def related_grid(told: Story) -> MadePage:
    """Stories of the same section as cards with summaries, below the text and in the same wrapper."""
    cards = "".join(
        f'<div class="card"><a href="/s/{n}.html"><img src="/{n}.jpg" alt=""></a>'
        f'<h3><a href="/s/{n}.html">{t(line)}</a></h3><p>{t(told.teaser)}</p></div>'
        for n, line in enumerate(told.headlines)
    )
    text = f'<div class="article-body">{paragraphs(told)}</div>'
    return made(told, f'<div class="wrap">{opening(told)}{text}<div class="grid">{cards}</div></div>')


def subscription_wall(told: Story) -> MadePage:
    """The first paragraph, then an offer. The markup says that it is not free."""
    offer = (
        '<div class="paywall"><h2>Continue with a subscription</h2><p>A subscriber? <a href="/login">Log in</a></p>'
        "<ul><li>All articles, from 2.90 a week</li><li>The printed paper on Saturdays</li></ul>"
        '<a class="button" href="/subscribe">Subscribe now</a></div>'
    )
    head = described_by(article_node(told, isAccessibleForFree=False))
    first = told.paragraphs[0]
    return made(
        told,
        f'<article>{opening(told)}<div class="text"><p>{t(first)}</p></div>{offer}</article>',
        head=head,
        text=first,
        statuses=frozenset({ArticleStatus.PAYWALLED}),
    )


def metered(told: Story) -> MadePage:
    """Said not to be free, and yet all there: a meter counts the reader's visits."""
    head = described_by(article_node(told, isAccessibleForFree="False"))
    return made(told, f"<article>{opening(told)}{paragraphs(told)}</article>", head=head)
