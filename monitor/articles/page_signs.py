"""What a page shows beside its text: counts and marks for the verdict, taken where the text alone leaves it open."""

from __future__ import annotations

import re
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from monitor.articles.markup import element_text
from monitor.articles.page import word_count
from monitor.text import clean_line

FEW_LINKS = 15  # a news page has at least its menu: of 120 real ones the barest had 41, others but 4
MAX_VISIBLE = 8_000  # characters
MAX_PAYWALL = 1_000  # characters
MAX_SELECTORS = 5
MAX_GATED = 60  # elements behind a wall that are looked at

_META = ", ".join(
    f'meta[{name}="{value}" i]'
    for name, value in (
        ("property", "og:type"),
        ("property", "article:published_time"),
        ("property", "article:content_tier"),
        ("name", "article:content_tier"),
        ("name", "robots"),
        ("http-equiv", "refresh"),
    )
)
_ARTICLE_TYPE = re.compile(r"(?:article|posting|report)$")
# Schema.org's hasPart names the part for subscribers by a CSS selector. Only plain ones are tried.
_SELECTOR = re.compile(r'"cssSelector"\s{0,20}:\s{0,20}"([^"\\]{1,100})"')
_PLAIN_SELECTOR = re.compile(r"[\w.#-]{1,60}(?:[ >]{1,3}[\w.#-]{1,60}){0,3}", re.ASCII)
# What content systems name such pages and parts; English, as class names are in every country.
_ERROR_NAME = re.compile(r"(?:^|[\s_-])(?:error-?(?:40[34]|410|page)|(?:page-?)?(?:40[34]|not-?found))(?=$|[\s_-])")
_AGE_NAME = "[class*=age-gate i], [class*=agegate i], [class*=age-verif i], [id*=age-gate i], [id*=agegate i]"
_WALL_NAME = (
    "[class*=paywall i], [id*=paywall i], [class*=regwall i], [class*=subscriber-only i], [class*=premium-content i]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSigns:
    """Counts and marks of one page. `is_article`: it describes itself as an article, as nearly all of them do."""

    title: str = ""  # of the title element
    heading: str = ""  # the first h1
    is_article: bool = False
    is_hidden: bool = False  # robots: noindex
    is_locked: bool = False  # content_tier: for subscribers
    leads_on: bool = False  # the browser is sent on to another address
    links: int = 0
    buttons: int = 0
    passwords: int = 0
    scripts: int = 0
    error: bool = False  # its body is named as an error page's
    age_gate: bool = False
    paywall: bool = False  # something is named as a paywall
    paywall_text: str = ""  # what stands in it for readers to see
    gated_words: int | None = None  # in the part that is said to be for subscribers; None: no part is named
    paragraphs: int = 0  # in the article's element, outside figures
    images: int = 0  # likewise: pictures that are no links
    visible: str = ""  # all words of a page that has hardly any links
    rooted: bool = False  # whether there is an element that says where the article is

    @property
    def is_bare(self) -> bool:
        """Whether it has hardly any links: no menu, no other articles."""
        return self.links <= FEW_LINKS


def read_signs(tree: LexborHTMLParser, *, types: frozenset[str]) -> PageSigns:
    """Return what a page shows; `tree` is the whole page with its scripts, `types` are those of its JSON-LD."""
    meta = _meta(tree)
    title, heading = tree.css_first("title"), tree.css_first("h1")
    body, root = tree.body, article_element(tree)
    paragraphs, images = _counts(root or body)
    links = len(tree.css("a[href]"))
    walls = [node for node in tree.css(_WALL_NAME)[:MAX_SELECTORS] if node.tag not in ("html", "body")]
    body_names = f"{body.attributes.get('class') or ''} {body.attributes.get('id') or ''}".lower() if body else ""
    return PageSigns(
        title=clean_line(title.text(), 200) if title else "",
        heading=clean_line(heading.text(), 200) if heading else "",
        is_article=any(_ARTICLE_TYPE.search(name) for name in types)
        or meta.get("og:type", "").startswith("article")
        or bool(meta.get("article:published_time")),
        is_hidden="noindex" in meta.get("robots", ""),
        is_locked=meta.get("article:content_tier") == "locked",
        leads_on="url" in meta.get("refresh", ""),  # without an address the page only loads itself again
        links=links,
        buttons=len(tree.css("button, input[type=submit i], input[type=button i], [role=button]")),
        passwords=len(tree.css("input[type=password i]")),
        scripts=len(tree.css("script")),
        error=bool(_ERROR_NAME.search(body_names)),
        age_gate=tree.css_first(_AGE_NAME) is not None,
        paywall=bool(walls),
        paywall_text=" ".join(clean_line(node.text(), MAX_PAYWALL) for node in walls if not _is_hidden(node)),
        gated_words=_gated_words(tree),
        paragraphs=paragraphs,
        images=images,
        visible=element_text(body, MAX_VISIBLE) if body is not None and links <= FEW_LINKS else "",
        rooted=root is not None,
    )


def article_element(tree: LexborHTMLParser) -> LexborNode | None:
    """Return the element that the page marks as its article; of several the one with most paragraphs; None if none."""
    found = tree.css_first("[itemprop~=articleBody]")
    if found is not None:
        return found
    articles = tree.css("article")[:50]  # a front page has hundreds
    if articles:
        return max(articles, key=lambda node: len(node.css("p")))
    return tree.css_first("main, [role=main]")


def _counts(root: LexborNode | None) -> tuple[int, int]:
    """Return paragraphs outside figures, and pictures.

    Pictures that are links lead to other articles. Where some have captions, those without are decoration.
    """
    if root is None:
        return 0, 0
    paragraphs = len(root.css("p")) - len(root.css("figure p"))
    pictures = len(root.css("figure > figcaption")) or len(root.css("img, amp-img")) - len(root.css("a img, a amp-img"))
    return paragraphs, pictures


def _meta(tree: LexborHTMLParser) -> dict[str, str]:
    tags: dict[str, str] = {}
    for node in tree.css(_META)[:100]:
        attributes = node.attributes
        name = attributes.get("property") or attributes.get("name") or attributes.get("http-equiv") or ""
        tags.setdefault(name.strip().lower(), (attributes.get("content") or "").strip().lower()[:200])
    return tags


def _is_hidden(node: LexborNode) -> bool:
    attributes = node.attributes
    style = (attributes.get("style") or "").replace(" ", "").lower()
    return "hidden" in attributes or attributes.get("aria-hidden") == "true" or "display:none" in style


def _gated_words(tree: LexborHTMLParser) -> int | None:
    """Return how many words stand in the parts that JSON-LD says are for subscribers."""
    selectors = [
        selector
        for script in tree.css('script[type*="ld+json" i]')[:20]
        for selector in _SELECTOR.findall(script.text()[: 512 * 1024])[:MAX_SELECTORS]
        if _PLAIN_SELECTOR.fullmatch(selector)
    ]
    if not selectors:
        return None
    try:
        nodes = tree.css(", ".join(selectors[:MAX_SELECTORS]))[:MAX_GATED]
    except SelectolaxError:  # a selector that is none
        return None
    return sum(word_count(node.text()[:20_000]) for node in nodes)
