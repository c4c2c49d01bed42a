"""Pages that say title, people and time in ways that mislead; their text is plain."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta

from tests.support.layouts.frame import (
    SITE,
    MadePage,
    a,
    article_node,
    as_made,
    clock_time,
    described,
    described_by,
    document,
    framed,
    made,
    opening,
    paragraphs,
    script,
    t,
)
from tests.support.stories import Story, companions

PLAIN = "https://schema.org"


def _plain(told: Story, head: str) -> MadePage:
    """Return an easy page with this head."""
    body = framed(told, f"<article>{opening(told)}{paragraphs(told)}</article>")
    return as_made(told, document(told, body, head=head))


def _bare(told: Story, head: str) -> MadePage:
    """Return an easy page with this head, whose visible part names neither people nor time."""
    body = framed(told, f"<article><h1>{t(told.title)}</h1>{paragraphs(told)}</article>")
    return as_made(told, document(told, body, head=head))


def related_first(told: Story) -> MadePage:
    """JSON-LD of another story before that of the page's own."""
    other = script({"@context": PLAIN, **article_node(companions(told)[0])})
    return _plain(told, f"{described(told)}\n{other}\n{script({'@context': PLAIN, **article_node(told)})}")


def list_of_others(told: Story) -> MadePage:
    """JSON-LD with a list of stories to read next, each an article with its date."""
    items = [{"@type": "ListItem", "position": n, "item": article_node(one)} for n, one in enumerate(companions(told))]
    nodes = [{"@type": "ItemList", "itemListElement": items}, article_node(told)]
    return _plain(told, f"{described(told)}\n{script({'@context': PLAIN, '@graph': nodes})}")


def cut_headline(told: Story) -> MadePage:
    """A headline cut to the length that a validator once asked for."""
    return _plain(told, described_by(article_node(told, headline=f"{told.title[:40].rstrip()}..."))(told))


def escaped_headline(told: Story) -> MadePage:
    """Entities in JSON-LD, which knows none."""
    told = replace(told, title=f"“{told.title}” & other questions")
    return _plain(told, described_by(article_node(told, headline=a(told.title)))(told))


def people_in_one_text(told: Story) -> MadePage:
    """All authors in one string, after a "By"."""
    return _bare(told, described_by(article_node(told, author=f"By {' and '.join(told.authors)}"))(told))


def people_as_texts(told: Story) -> MadePage:
    """Authors as plain strings in a list."""
    return _bare(told, described_by(article_node(told, author=list(told.authors)))(told))


def people_by_address(told: Story) -> MadePage:
    """article:author holds addresses of profiles, the names stand in the byline."""
    profiles = "".join(f'<meta property="article:author" content="https://social.example/p/{n}">' for n in (1, 2))
    moment = f'<meta property="article:published_time" content="{told.published.isoformat()}">'
    people = "".join(f'<a rel="author" href="/p/{n}">{t(name)}</a> ' for n, name in enumerate(told.authors))
    body = f'<article><h1>{t(told.title)}</h1><div class="byline">{people}</div>{paragraphs(told)}</article>'
    return as_made(told, document(told, framed(told, body), head=f"{described(told)}\n{profiles}{moment}"))


def broken_json(told: Story) -> MadePage:
    """JSON-LD with a trailing comma and raw line breaks in its strings."""
    node = json.dumps({"@context": PLAIN, **article_node(told)}, ensure_ascii=False)
    node = node.replace(told.summary, told.summary.replace(". ", ".\n"))
    return _bare(told, f'{described(told)}\n<script type="application/ld+json">{node[:-1]},}}</script>')


def commented_json(told: Story) -> MadePage:
    """JSON-LD inside the comment that hid scripts from the first browsers."""
    node = json.dumps([{"@context": "http://schema.org/", **article_node(told)}], ensure_ascii=False)
    return _bare(told, f'{described(told)}\n<script type="application/ld+json">\n<!--\n{node}\n//-->\n</script>')


def earlier_times_around(told: Story) -> MadePage:
    """Times of other stories above, of comments below; the article's own is in the middle."""
    before, after = told.published - timedelta(days=3), told.published + timedelta(hours=5)
    people = "".join(f'<meta name="author" content="{a(name)}">' for name in told.authors)
    other = f'<a href="/s/1">{t(told.headlines[0])}</a> <time datetime="{before.isoformat()}">x</time>'
    end = f'<div class="comments"><time datetime="{after.isoformat()}">x</time> <p>{t(told.comments[8])}</p></div>'
    body = f'<div class="latest">{other}</div><article>'
    body += f"<h1>{t(told.title)}</h1>{clock_time(told)}{paragraphs(told)}</article>{end}"
    return made(told, body, head=lambda told: f"{described(told)}\n{people}")


def time_in_utc(told: Story) -> MadePage:
    """The same moment as UTC with milliseconds, and when it was last changed before it."""
    changed = (told.published + timedelta(hours=2)).isoformat()
    node = article_node(told, datePublished=f"{told.published.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z")
    return _bare(told, described_by({"dateModified": changed, **node})(told))


def day_in_one_minute_in_other(told: Story) -> MadePage:
    """JSON-LD tells the day only, a meta tag the minute."""
    moment = f'<meta property="article:published_time" content="{told.published.isoformat()}">'
    node = article_node(told, datePublished=f"{told.published:%Y-%m-%d}")
    return _bare(told, f"{described_by(node)(told)}\n{moment}")


def zone_without_colon(told: Story) -> MadePage:
    """The zone as +0100, a space before it."""
    return _bare(told, described_by(article_node(told, datePublished=f"{told.published:%Y-%m-%d %H:%M:%S %z}"))(told))


def title_with_section(told: Story) -> MadePage:
    """Neither JSON-LD nor OpenGraph: a title element of headline, section and site, and the headline in h1."""
    people = "".join(f'<meta name="author" content="{a(name)}">' for name in told.authors)
    head = f"<title>{t(told.title)} | {t(told.sections[0])} | {SITE}</title>{people}"
    body = f'<h1 class="logo"><a href="/">{SITE}</a></h1><div class="story"><h1>{t(told.title)}</h1>{clock_time(told)}'
    return made(told, f"{body}{paragraphs(told)}</div>", head=lambda _: head)


def social_title(told: Story) -> MadePage:
    """OpenGraph has another headline, to be shared; page and title agree on the real one."""
    head = described(told).replace(f'og:title" content="{a(told.title)}', f'og:title" content="{a(told.headlines[0])}')
    return _plain(told, f"{head}\n{script({'@context': PLAIN, **article_node(told)})}")
