"""Pages made to hurt: markup that costs a parser time or memory, and broken markup that is still an article."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

SEED = 20_261_130

SENTENCES = (
    "The harbour of Port Ellery was closed on Monday after two ferries collided in thick fog.",
    "Nobody was hurt, the coast guard said, but the larger vessel lost part of its bow.",
    "Some nine hundred passengers had to wait until the evening for buses to the next port.",
    "Inspectors will examine both ships before the line resumes its service on Thursday.",
)
TITLE = "Ferries collide in the fog off Port Ellery"
PARAGRAPHS = "".join(f"<p>{sentence} {sentence[:-1].lower()} as witnesses confirmed.</p>" for sentence in SENTENCES)

Outcome = Literal["refused", "read", "any", "stopped"]
"""refused = before any parse · read = the article in it is still found · any = whatever, but soon · stopped = at the
memory limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostilePage:
    """A page and what must become of it."""

    name: str
    make: Callable[[], bytes]
    outcome: Outcome
    content_type: str = "text/html"

    def __str__(self) -> str:
        return self.name


def page(
    *, head: str = "", before: str = "", after: str = "", paragraphs: str = PARAGRAPHS, html: str = "<html>"
) -> bytes:
    """Return a good article with something in its head, before and after its text."""
    return (
        f"<!DOCTYPE html>{html}<head><title>{TITLE}</title>{head}</head><body>{before}"
        f"<article><h1>{TITLE}</h1>{paragraphs}</article>{after}</body></html>"
    ).encode("utf-8", "surrogatepass")


GOOD = page()


def _kind(name: str, outcome: Outcome, make: Callable[[], bytes], content_type: str = "text/html") -> HostilePage:
    return HostilePage(name=name, make=make, outcome=outcome, content_type=content_type)


def _attributes(count: int) -> str:
    return " ".join(f"data-{number}='x'" for number in range(count))


def _table(rows: int) -> str:
    return f"<table>{'<tr><td>1<td>2' * rows}</table>"


def _binary(size_bytes: int) -> bytes:
    return random.Random(SEED).randbytes(size_bytes)


def _ld_json(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _circles() -> str:
    to_all = [{"@id": "#hub"}] * 100
    hub = {"@id": "#hub", "@type": "Thing", "url": to_all, "name": to_all, "mainEntityOfPage": to_all}
    spokes = [
        {"@id": f"#{n}", "@type": "NewsArticle", "url": to_all[:1], "mainEntityOfPage": to_all[:1]}
        for n in range(1_990)
    ]
    return _ld_json(json.dumps([hub, *spokes]))


def _blogs_of_one_post() -> str:
    post = {"@type": "BlogPosting", "@id": "#post", "articleBody": "The fog came back. " * 2_000}
    blog = {"@type": "LiveBlogPosting", "liveBlogUpdate": [{"@id": "#post"}] * 400}
    return _ld_json(json.dumps([post, *[blog] * 60]))


def _in_one_another(element: str) -> str:
    return f"{element * 120}{'<b>fog</b> came ' * 25_000}{'</div>' * 120}"


def _deep_json(levels: int) -> str:
    return _ld_json('{"a":' * levels + "1" + "}" * levels)


def _formatting(count: int) -> str:
    return "".join(f"<b id={number}>" for number in range(count))


# Floods: too much of something.
_FLOODS = (
    _kind("100,000 attributes on one tag", "refused", lambda: page(before=f"<div {_attributes(100_000)}></div>")),
    _kind("1,900 attributes on each of 40 tags", "any", lambda: page(before=f"<p {_attributes(1_900)}>" * 40)),
    _kind("500,000 br", "refused", lambda: page(after="<br>" * 500_000)),
    _kind("58,000 br", "any", lambda: page(after="x<br>" * 58_000)),
    _kind("2,000 tables of 100 rows", "refused", lambda: page(after=_table(100) * 2_000)),
    _kind("190 tables of 100 rows", "any", lambda: page(after=_table(100) * 190)),
    _kind("200,000 links", "refused", lambda: page(after='<a href="/news/1">Latest news</a> ' * 200_000)),
    _kind("29,000 links", "any", lambda: page(after='<a href="/news/1">Latest news</a> ' * 29_000)),
    _kind("80,000 paragraphs", "refused", lambda: page(after=f"<p>{SENTENCES[0]}</p>" * 80_000)),
    _kind("29,000 paragraphs", "any", lambda: page(after=f"<p>{SENTENCES[0]}</p>" * 29_000)),
    _kind(
        "29,000 different paragraphs",
        "any",
        lambda: page(after="".join(f"<p>{n} {SENTENCES[1]}</p>" for n in range(29_000))),
    ),
    _kind("500,000 empty paragraphs", "refused", lambda: page(after="<p></p>" * 500_000)),
    _kind("29,000 empty paragraphs", "any", lambda: page(after="<p></p>" * 29_000)),
    _kind(
        "JSON-LD of 1 M escaped quotes",
        "any",
        lambda: page(head=_ld_json('{"@type":"NewsArticle","headline":"' + '\\"' * 1_000_000 + '"}')),
    ),
    _kind(
        "JSON-LD of 250,000 escaped quotes, cut short",
        "any",
        lambda: page(head=_ld_json('{"@type":"NewsArticle","headline":"' + '\\"' * 250_000)),
    ),
    _kind("JSON-LD nested 100,000 deep", "any", lambda: page(head=_deep_json(100_000))),
    _kind(
        "JSON-LD of 40,000 articles",
        "any",
        lambda: page(head=_ld_json("[" + ",".join(['{"@type":"Article"}'] * 25_000) + "]") * 3),
    ),
    _kind(
        "20,000 blocks of JSON-LD",
        "any",
        lambda: page(head=_ld_json('{"@type":"NewsArticle","author":{"name":"A"}}') * 20_000),
    ),
    _kind("50,000 nested div", "refused", lambda: b"<div>" * 50_000 + PARAGRAPHS.encode()),
    _kind("50,000 nested div behind false end tags", "refused", lambda: b"<div></x>" * 25_000 + PARAGRAPHS.encode()),
    _kind("14,000 nested div behind end tags without effect", "any", lambda: b"<div><object></div></object>" * 14_000),
    _kind("1,000 nested div", "any", lambda: b"<div>" * 1_000 + PARAGRAPHS.encode() + b"</div>" * 1_000),
    _kind("4,900 nested div with text on each level", "any", lambda: b"<div>some words" * 4_900),
    _kind(
        "50,000 dates",
        "any",
        lambda: page(after=" ".join(f"{1 + n % 28}.{1 + n % 12}.20{n % 27:02d}" for n in range(50_000))),
    ),
    _kind(
        "20,000 time elements", "any", lambda: page(after="<time datetime='2026-11-30T10:00:00Z'>today</time>" * 20_000)
    ),
    _kind("5 MB of inline svg", "refused", lambda: page(after="<svg>" + '<path d="M1 1L2 2"/>' * 250_000)),
    _kind("one svg path of 3.5 MB", "read", lambda: page(after=f'<svg><path d="{"M1 1L2 2" * 430_000}"/></svg>')),
    _kind("one paragraph of 10 MB", "refused", lambda: page(paragraphs=f"<p>{(SENTENCES[0] + ' ') * 110_000}</p>")),
    _kind("one paragraph of 3.9 MB", "any", lambda: page(paragraphs=f"<p>{(SENTENCES[0] + ' ') * 43_000}</p>")),
    _kind("one word of 3.9 MB", "any", lambda: page(paragraphs=f"<p>{'a' * 3_900_000}</p>")),
    _kind("a title of 5 MB", "refused", lambda: page(head=f"<title>{'fog ' * 1_250_000}</title>")),
    _kind("a title of 3.9 MB", "any", lambda: f"<title>{'fog ' * 970_000}</title>{PARAGRAPHS}".encode()),
    _kind("2 M <", "refused", lambda: page(after="<" * 2_000_000)),
    _kind(
        "25,000 meta pairs",
        "any",
        lambda: page(
            head="".join(
                f'<meta property="article:tag" content="{n}"><meta name="author" content="A {n}">'
                for n in range(25_000)
            )
        ),
    ),
    _kind("1 M entities", "any", lambda: page(after="<p>" + "&amp;" * 750_000)),
    _kind("3.9 M ampersands", "any", lambda: page(after="<p>" + "&" * 3_900_000)),
    _kind("one class name of 3 MB", "any", lambda: page(before=f'<div class="{"related " * 375_000}"></div>')),
    _kind("29,000 h1", "any", lambda: page(after="<h1>Ferries again</h1>" * 29_000)),
    _kind(
        "150 open <b> in 19,000 paragraphs", "refused", lambda: f"<p>{_formatting(150)}</p>{'<p>x' * 19_000}".encode()
    ),
    _kind(
        "2,500 open <b> in 2,400 paragraphs", "stopped", lambda: f"<p>{_formatting(2_500)}</p>{'<p>x' * 2_400}".encode()
    ),
    _kind("20,000 <b><i> closed crosswise", "any", lambda: page(after="<b><i><p>x</b></i></p>" * 9_500)),
    _kind("20,000 links in links", "refused", lambda: page(after="<a href=/x><div>" * 20_000)),
    _kind("20,000 texts between tables and cells", "any", lambda: page(after="<table>" + "<tr>fog<td>x</td>" * 19_000)),
    _kind("250 tables in one another", "any", lambda: page(after="<table><tr><td>" * 250 + "fog")),
    _kind(
        "240 nested select, template, svg and math", "any", lambda: page(after="<select><template><svg><math>" * 240)
    ),
    _kind(
        "attributes gathered from 2,000 <html>",
        "refused",
        lambda: page(after="".join(f"<html {_attributes(20)} x{n}>" for n in range(2_000))),
    ),
    _kind(
        "3,000 stylesheets that import others",
        "any",
        lambda: page(head="<style>@import url(//styles.example/a.css);</style>" * 3_000),
    ),
    _kind("3.9 MB of comments", "any", lambda: page(after="<!-- fog -->" * 58_000)),
    _kind("3.9 MB of CR", "any", lambda: page(paragraphs=PARAGRAPHS + "\r" * 3_900_000)),
    _kind("58,000 br and nothing else", "any", lambda: b"<br>" * 58_000),
    _kind("58,000 paragraphs of a word", "any", lambda: "".join(f"<p>{n} x" for n in range(58_000)).encode()),
    _kind("140 texts 200 levels deep", "any", lambda: (b"<div>" * 200 + b"fog, and more fog" + b"</div>" * 200) * 140),
    _kind("19,000 rows of words", "any", lambda: b"<table>" + b"<tr><td>some fog, and more of it<td>fog" * 19_000),
    _kind("19,000 links in list items", "any", lambda: b"<li><a href=/1>Fog today, and the day after</a>" * 19_000),
    _kind("58,000 images", "any", lambda: b"<img src=/fog.jpg alt=fog>" * 58_000),
)

_ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(10))

# Oddities: broken, but an article that people can read.
_ODDITIES = (
    _kind("an entity bomb", "read", lambda: f"<!DOCTYPE html [{_ENTITIES}]>".encode() + page(after="<i>&e9;</i>")),
    _kind("a comment that never ends", "read", lambda: page(after="<!-- " + "fog " * 500_000)),
    _kind("a script that never ends", "read", lambda: page(after="<script>" + "fog();" * 500_000)),
    _kind("a quote that never ends", "read", lambda: page(after='<div class="' + "fog " * 500_000)),
    _kind("3 M NUL bytes", "any", lambda: page(after="\0" * 3_000_000)),
    _kind("some NUL bytes", "read", lambda: page(after="f\0o\0g")),
    _kind(
        "a false charset", "any", lambda: page(head='<meta charset="x-no-such-charset">').replace(b"fog", b"f\xf8g\xff")
    ),
    _kind(
        "UTF-16 that says it is UTF-8", "read", lambda: page(head='<meta charset="utf-8">').decode().encode("utf-16")
    ),
    _kind(
        "UTF-7",
        "any",
        lambda: page(head='<meta charset="utf-7">', after="+ADw-script+AD4-alert(1)"),
        "text/html; charset=utf-7",
    ),
    _kind("formatting closed crosswise", "read", lambda: page(after="<b><i>x</b>y</i><a>z<a>u</a></a>" * 50)),
    _kind("a frameset", "any", lambda: page(head="<frameset><frame src=/a><frame src=/b></frameset>")),
    _kind(
        "a base address elsewhere",
        "read",
        lambda: page(head='<base href="https://other.example/"><link rel=canonical href="/x">'),
    ),
    _kind(
        "a refresh to elsewhere",
        "read",
        lambda: page(head='<meta http-equiv="refresh" content="0;url=javascript:alert(1)">'),
    ),
    _kind("a zip as text/html", "any", lambda: b"PK\x03\x04" + _binary(2_000_000)),
    _kind("gzip within", "any", lambda: gzip.compress(GOOD * 500)),
    _kind("random bytes", "any", lambda: _binary(3_000_000)),
    _kind(
        "half surrogate pairs in JSON",
        "read",
        lambda: page(
            head=_ld_json(json.dumps({"@type": "NewsArticle", "headline": "\ud83d fog \udc00", "author": "\ud800"}))
        ),
    ),
    _kind("a half surrogate pair in UTF-8", "read", lambda: page(after="\ud83d")),
    _kind("half surrogate pairs as entities", "read", lambda: page(after="&#xD83D;&#x110000;&#99999999999999999999;")),
    _kind(
        "numbers of 5,000 digits in JSON",
        "read",
        lambda: page(head=_ld_json('{"@type":"NewsArticle","datePublished":' + "9" * 5_000 + ',"wordCount":1e999}')),
    ),
    _kind(
        "a title that runs backwards",
        "read",
        lambda: page().replace(TITLE.encode(), "\u202e\u2066Ferries \x1b[31mcollide\u2069".encode()),
    ),
    _kind(
        "styles that import others",
        "read",
        lambda: page(head="<style>@import 'file:///etc/passwd'; p{display:none}</style>"),
    ),
    _kind(
        "dates of no calendar",
        "read",
        lambda: page(
            head='<meta property="article:published_time" content="99999-99-99T99:99:99+99:99">'
            '<meta name=date content="0000-00-00">'
        ),
    ),
    _kind(
        "addresses of no network",
        "read",
        lambda: page(
            head='<link rel=canonical href="http://[::1"><meta property="og:image" content="http://[:">'
            '<meta property="og:url" content="//">'
        ),
    ),
    _kind("1.2 M combining marks", "any", lambda: page(paragraphs="<p>fog" + "\u0301\u0316" * 600_000)),
    _kind("JSON-LD that refers in circles", "read", lambda: page(head=_circles())),
    _kind("60 live blogs of one post", "any", lambda: page(head=_blogs_of_one_post())),
    _kind("127,000 comments before JSON-LD", "read", lambda: page(head=_ld_json("/**/" * 127_000 + "{}") * 7)),
    _kind("120 dates around one another", "any", lambda: page(after=_in_one_another('<div class="date">'))),
    _kind("120 authors around one another", "any", lambda: page(after=_in_one_another('<div class="author">'))),
    _kind("120 items around one another", "any", lambda: page(after=_in_one_another('<div itemprop="author">'))),
    _kind("a language of 1 MB", "read", lambda: page(html=f'<html lang="{"x-" * 500_000}">')),
    _kind("nothing", "any", lambda: b""),
    _kind("blanks", "any", lambda: b" " * 3_900_000),
)

PAGES = _FLOODS + _ODDITIES
