"""Addresses of one article and of different ones, found in feeds and pages: which are joined, beside other normalisers.

The set is made from the data by rules, not by hand, and was not in view when ours were written: they joined 69 % of it.
Ours were then mended on half of the sites, which made it 81 % on the other half, and at last on both.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from itertools import combinations
from urllib.parse import parse_qsl, unquote, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from bench.material import DATA, members, rows
from bench.table import cpu_seconds, grid
from monitor.urls import address_key, site

MOST_OF_A_FORM = 10  # pairs of one site, so that a large feed does not stand for all
MOST_TIMED = 4_000
_AMP = re.compile(r"(^|[-_.])amp($|[.])|^(platform|amphtml)$", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_ITEM = re.compile(r"<(?:item|entry)\b.*?</(?:item|entry)>", re.DOTALL)
_LINK = re.compile(r"""<link>([^<]*)</link>|<link\b[^>]*href=["']([^"']*)""")
_ORIGINAL = re.compile(r"<\w+:origLink>([^<]*)<")
_OPAQUE = re.compile(r"/~r/|/~3/|click\.phdo|feedsportal", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two addresses, written differently, that the data gives for one article."""

    form: str
    one: str
    other: str


def excluded_by(pair: Pair) -> str:
    """Return why two addresses do not show by themselves that they are one article's; "" if they do.

    Such a pair is joined by a redirect or a rel=canonical, or, if the data is wrong, never.
    """
    if site(pair.one) != site(pair.other):
        return "another site"
    if any(_OPAQUE.search(url) for url in (pair.one, pair.other)):
        return "a redirect without the article's address"
    places = {fragment for url in (pair.one, pair.other) if "=" not in (fragment := urlsplit(url).fragment)}
    if len(places) > 1:
        return "a place on the page, which may be an article's own"
    names = [_names(url) for url in (pair.one, pair.other)]
    if not all(names):
        return "a number instead of a path"
    shorter, longer = sorted(names, key=len)
    if shorter[-1] != longer[-1]:
        return "another name"
    if len(shorter) == 1 < len(longer) or not set(shorter) <= set(longer):
        return "another path"
    fields = [dict(parse_qsl(urlsplit(url).query)) for url in (pair.one, pair.other)]
    if any(fields[0][name] != fields[1][name] for name in fields[0].keys() & fields[1].keys() if name in ("id", "p")):
        return "another number"
    return ""


def _names(url: str) -> list[str]:
    """Return the segments of a path without what marks a page for telephones, and without an extension."""
    segments = [unquote(segment).casefold() for segment in urlsplit(url).path.split("/") if segment]
    kept = [_EXTENSION.sub("", segment) for segment in segments]
    return [name for name in (re.sub(r"\.amp$", "", segment) for segment in kept) if not _AMP.search(name)] or []


def same_pairs() -> list[Pair]:
    """Return pairs that the data gives for one article, written differently, a few of each form from each site."""
    kept: list[Pair] = []
    seen: Counter[tuple[str, str]] = Counter()
    known: set[frozenset[str]] = set()
    for pair in (*_pairs_of_feeds(), *_pairs_of_originals(), *_pairs_of_pages(), *_written_pairs()):
        place = (pair.form, site(pair.other))
        both = frozenset((pair.one, pair.other))
        if len(both) == 1 or both in known or not all(map(_is_address, both)):
            continue
        if pair.form != "by hand" and seen[place] >= MOST_OF_A_FORM:
            continue
        seen[place] += 1
        known.add(both)
        kept.append(pair)
    return kept


def _is_address(url: str) -> bool:
    return url.startswith(("http://", "https://")) and "example" not in urlsplit(url).netloc


def _entries() -> Iterator[list[tuple[str, str, str]]]:
    """Yield the entries of each feed: guid, link, title."""
    for row in rows("feeds/index.jsonl.xz"):
        entries = [
            (
                (entry.get("id") or "").strip(),
                (entry.get("link") or entry.get("url") or entry.get("loc") or "").strip(),
                (entry.get("title") or entry.get("news:title") or "").strip(),
            )
            for entry in row["entries"]
        ]
        yield entries


def _pairs_of_feeds() -> Iterator[Pair]:
    told: dict[tuple[str, str], str] = {}
    for entries in _entries():
        for guid, link, title in entries:
            yield Pair(form="guid and link", one=guid, other=link)
            if len(title.split()) >= 5 and link:
                first = told.setdefault((site(link), title), link)
                yield Pair(form="one headline in two feeds", one=first, other=link)


def _pairs_of_originals() -> Iterator[Pair]:
    for _, body in members("feeds/feeds.tar.xz"):
        if b"origLink" not in body:
            continue
        for item in _ITEM.findall(body.decode(errors="replace")):
            link, original = _LINK.search(item), _ORIGINAL.search(item)
            if link and original:
                address = unescape(link[1] or link[2]).strip()
                yield Pair(form="link and origLink", one=address, other=unescape(original[1]).strip())


def _pairs_of_pages() -> Iterator[Pair]:
    addresses = {row["file"]: row.get("url", "").strip() for row in rows("pages/truth.jsonl.xz")}
    for name, body in members("pages/pages.tar.xz"):
        url, tree = addresses.get(name, ""), LexborHTMLParser(body)
        said = {
            form: urljoin(url, unescape(node.attributes.get(attribute) or "").strip())
            for form, selector, attribute in (
                ("canonical", 'link[rel="canonical" i]', "href"),
                ("og:url", 'meta[property="og:url" i]', "content"),
                ("amphtml", 'link[rel="amphtml" i]', "href"),
                ("alternate", 'link[rel="alternate" i][media]', "href"),
                ("twitter:url", 'meta[name="twitter:url" i]', "content"),
            )
            if (node := tree.css_first(selector)) is not None
        }
        for form, address in said.items():
            yield Pair(form=f"page and {form}", one=address, other=url)
        for link in tree.css("a[href]"):  # "share this": the page's address stands in the query of another one
            for _, value in parse_qsl(urlsplit(link.attributes["href"] or "").query):
                if value.startswith("http") and not excluded_by(Pair(form="", one=value, other=url)):
                    yield Pair(form="page and share button", one=value, other=url)


def _written_pairs() -> Iterator[Pair]:
    for group in json.loads((DATA / "dedup" / "url_groups.json").read_text())["same_article_groups"]:
        for one, other in combinations(group, 2):
            yield Pair(form="by hand", one=one, other=other)


def wrong_merges(key: Callable[[str], str]) -> tuple[int, list[tuple[str, str]]]:
    """Return how many pairs of different entries there are in the feeds, and those that have one key.

    Entries of one feed differ if titles, guids and links do. Links that lead to one page by their own word (another
    scheme, a place on it) are the data's.
    """
    total, merged = 0, []
    for entries in _entries():
        kinds: dict[str, tuple[str, str]] = {}
        for guid, link, title in entries:
            if link and title and _is_address(link) and urlsplit(link)[2:].count("") + (urlsplit(link).path == "/") < 3:
                kinds.setdefault(_bare(link), (title, guid))
        total += len(kinds) * (len(kinds) - 1) // 2
        holders: defaultdict[str, list[str]] = defaultdict(list)
        for link in kinds:
            holders[key("https://" + link)].append(link)
        for links in holders.values():
            merged += [
                (one, other)
                for one, other in combinations(links, 2)
                if all(mine != theirs for mine, theirs in zip(kinds[one], kinds[other], strict=True))
            ]
    for one, other in json.loads((DATA / "dedup" / "url_groups.json").read_text())["distinct_pairs"]:
        total += 1
        merged += [(one, other)] if key(one) == key(other) else []
    return total, merged


def _bare(link: str) -> str:
    return link.partition("://")[2]


def methods() -> dict[str, Callable[[str], str]]:
    """Return ours and its peers by their names."""
    from courlan import clean_url, normalize_url

    found: dict[str, Callable[[str], str]] = {
        "monitor": address_key,
        "the text as it stands": str,
        "courlan clean_url": lambda url: clean_url(url) or url,
        "courlan normalize_url, strict": lambda url: normalize_url(url, strict=True),
    }
    try:
        from url_normalize import url_normalize
        from w3lib.url import canonicalize_url
    except ImportError:
        print("url-normalize and w3lib are not installed: pip install -e '.[peers]'", file=sys.stderr)
        return found
    return {
        **found,
        "url-normalize": lambda url: url_normalize(url) or url,
        "w3lib canonicalize_url": canonicalize_url,
    }


def safely(key: Callable[[str], str]) -> Callable[[str], str]:
    """Return a method that leaves an address as it is where the method fails."""

    def keyed(url: str) -> str:
        """Return the key of an address."""
        try:
            return key(url)
        except ValueError:
            return url

    return keyed


def run() -> str:
    """Measure all methods on the same pairs."""
    reasons = {pair: excluded_by(pair) for pair in same_pairs()}
    unscored = [pair for pair, reason in reasons.items() if reason]
    by_number = sum(address_key(pair.one) == address_key(pair.other) for pair in unscored)
    scored = [pair for pair, reason in reasons.items() if not reason]
    excluded = Counter(reason for reason in reasons.values() if reason)
    timed = [link for entries in _entries() for _, link, _ in entries if _is_address(link)]
    timed = timed[:: max(1, len(timed) // MOST_TIMED)]
    table, total = [], 0
    for name, method in methods().items():
        key = safely(method)
        joined = sum(key(pair.one) == key(pair.other) for pair in scored)
        total, merged = wrong_merges(key)
        cells = (f"{joined / len(scored):.1%}", str(len(scored) - joined), str(len(merged)))
        table.append((name, *cells, f"{cpu_seconds(key, timed) * 1e6:.1f}"))
    forms = Counter(pair.form for pair in scored)
    set_line = (
        f"{len(scored)} pairs of addresses of one article, written in two ways, at most {MOST_OF_A_FORM} of a form "
        f"and site ({_listed(forms)}); {total:,} pairs of different entries of one feed."
    )
    left_out = (
        f"Not scored, because no general rule can tell it from the two addresses: {_listed(excluded)}; of these "
        f"monitor joins {by_number}, by article numbers of sites that it knows."
    )
    columns = ("", "joined", "split", "wrongly merged", "µs CPU")
    return "\n".join(("### Addresses", "", set_line, left_out, "", grid(columns, table)))


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())
