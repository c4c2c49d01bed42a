"""The updates of a live blog: from its JSON-LD, else from what a page repeats, elements with a time and words."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain, pairwise
from typing import TypeVar

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.dates import not_after, parse_date
from monitor.articles.linked_data import LinkedData, Node
from monitor.articles.markup import element_text, plain_line, plain_text
from monitor.articles.page import bare_letters, word_count
from monitor.model import LiveUpdate
from monitor.text import clean_line
from monitor.urls import resolve

T = TypeVar("T")

MAX_UPDATES = 200  # the newest; the longest live blog of a day that we saw had some 150
MAX_TEXT = 4_000  # characters of one update
MAX_TIMES = 2_000
MIN_REPEATED = 3  # elements of a page that says it is a live blog; others need verdict.MIN_LIVE_UPDATES
MIN_UPDATE_WORDS = 8  # less beside a time is a label, a teaser or a player
MOST_LINKED = 0.5  # share of the letters that may be links: more is a list of other articles
MOST_LEVELS = 8  # from a time up to its update
MAX_NAME = 200
MAX_GROUPS = 8  # that are read
FOUND_START = 60  # characters of an update that are looked for in the article's text

_NEVER = datetime.min.replace(tzinfo=UTC)
_LIVE = "liveblogposting"
_TIME = "time, [datetime], [data-timestamp], [itemprop=datePublished]"
_HEADING = "h1, h2, h3, h4, h5, h6, [itemprop=headline]"
_COMMENT = re.compile(r"comment|disqus|reply|replies|kommentar", re.IGNORECASE)
_DATA_ID = re.compile(r"data-(?:[\w-]{1,30}-)?id", re.ASCII)
_LAST_NUMBER = re.compile(r"(\d{1,6})\D{0,8}$")


# An update and the publisher's name for it: "" if it has none.
_Named = tuple[str, LiveUpdate]


def linked_updates(linked: LinkedData, url: str, now: datetime | None) -> tuple[LiveUpdate, ...]:
    """Return the updates that a page's JSON-LD lists, the newest first."""
    listed = (_as_list(blog.get("liveBlogUpdate")) for blog in linked.nodes if _LIVE in linked.types(blog))
    # Each once: blogs without number may refer to the same long post.
    nodes = {id(node): node for each in chain.from_iterable(listed) for node in (linked.resolved(each),)}
    updates = [_linked_update(node, linked, url=url, now=now) for node in _both_ends(list(nodes.values()))]
    return _newest_first([(name, update) for name, update in updates if update.title or update.text])


def repeated_updates(tree: LexborHTMLParser, url: str, now: datetime | None) -> tuple[LiveUpdate, ...]:
    """Return what a page repeats within its article, an element with a time and words each, the newest first.

    Comments and lists of other articles look like it: what is called a comment or is mostly links is left out.
    """
    if tree.body is None:
        return ()
    groups = [_group_updates(_both_ends(items), url=url, now=now) for items in _repeated_elements(tree.body)]
    sizes = [sum(len(update.text) for _, update in group) for group in groups]
    # Of a day's hours and the updates in them, which say the same, the updates; but not other articles' many teasers.
    rich = [group for group, size in zip(groups, sizes, strict=True) if 2 * size >= max(sizes)]
    return _newest_first(max(rich, key=len, default=[]))


def in_text(updates: Sequence[LiveUpdate], text: str) -> tuple[LiveUpdate, ...]:
    """Return the updates whose words stand in a text, by letters and digits alone."""
    folded = bare_letters(text)
    return tuple(update for update in updates if bare_letters(update.text)[:FOUND_START] in folded and update.text)


def with_updates(text: str, updates: Sequence[LiveUpdate], limit: int = 64_000) -> str:
    """Return a live blog's text with those updates at its end that it lacks."""
    held = set(in_text(updates, text))
    missing = [f"{update.title}\n{update.text}".strip() for update in updates if update not in held]
    return "\n".join([text, *missing] if text else missing)[:limit]


def _linked_update(node: Node, linked: LinkedData, *, url: str, now: datetime | None) -> _Named:
    address = resolve(url, _string(node.get("url")) or _string(node.get("mainEntityOfPage")))
    published = parse_date(linked.text(node.get("datePublished")) or linked.text(node.get("dateModified")))
    update = LiveUpdate(
        id="",
        title=plain_line(linked.text(node.get("headline")) or linked.text(node.get("name"))),
        text=plain_text(linked.text(node.get("articleBody")) or linked.text(node.get("description")), MAX_TEXT),
        url=address,
        published=not_after(published, now) if now else published,
    )
    return _string(node.get("@id")) or address, update


def _group_updates(items: list[LexborNode], *, url: str, now: datetime | None) -> list[_Named]:
    updates = [update for item in items if (update := _repeated_update(item, url=url, now=now)) is not None]
    if len(updates) < MIN_REPEATED or len(updates) * 2 < len(items):
        return []
    first, last = updates[0][1].published, updates[-1][1].published
    grows_at_end = first is not None and last is not None and first < last
    if not grows_at_end and _are_positions([name for name, _ in updates[:MAX_UPDATES]]):
        return [("", update) for _, update in updates]
    return updates


def _repeated_elements(root: LexborNode) -> list[list[LexborNode]]:
    """Return groups of elements with a time each that stand side by side, the largest groups first.

    If their parent has twins beside it, one for each day or hour, those in there belong to them.
    """
    children: defaultdict[int, dict[int, LexborNode]] = defaultdict(dict)
    times = list({node.mem_id: node for node in root.css(_TIME)}.values())  # some are found by two selectors
    for time in _both_ends(times, MAX_TIMES):
        node = time
        for _ in range(MOST_LEVELS):
            parent = node.parent
            if parent is None or node.mem_id == root.mem_id:
                break
            children[parent.mem_id].setdefault(node.mem_id, node)
            node = parent
    groups: list[list[LexborNode]] = []
    for group in heapq.nlargest(MAX_GROUPS, children.values(), key=len):
        items = list(group.values())
        parent = items[0].parent
        if len(items) < MIN_REPEATED or parent is None or parent.parent is None or parent.mem_id == root.mem_id:
            groups.append(items)
            continue
        twins = [node for node in parent.parent.iter() if node.tag == parent.tag]
        groups.append([item for twin in twins for item in children.get(twin.mem_id, {}).values()])
    return groups


def _repeated_update(item: LexborNode, *, url: str, now: datetime | None) -> _Named | None:
    if _is_comment(item) or (item.parent is not None and _is_comment(item.parent)):
        return None
    heading = item.css_first(_HEADING)
    title = clean_line(heading.text(), 300) if heading is not None else ""
    stamps = {clean_line(node.text(), 100) for node in item.css("time")[:10]}
    lines = [line for line in element_text(item, MAX_TEXT).split("\n") if line != title and line not in stamps]
    text = "\n".join(lines)
    linked = sum(len(link.text(strip=True)) for link in item.css("a")[:100])
    if word_count(text) < MIN_UPDATE_WORDS or linked > MOST_LINKED * len(text):
        return None
    published = _moment(item.css_first(_TIME))
    name, permalink = _element_id(item), _permalink(item, url)
    update = LiveUpdate(
        id="",
        title=title,
        text=text,
        url=permalink or (f"{url.partition('#')[0]}#{item.id}" if url and item.id else ""),
        published=not_after(published, now) if now else published,
    )
    return name or permalink, update


def _moment(time: LexborNode | None) -> datetime | None:
    if time is None:
        return None
    attributes = time.attributes
    said = attributes.get("datetime") or attributes.get("data-timestamp") or attributes.get("content") or ""
    return parse_date(said)


def _element_id(item: LexborNode) -> str:
    attributes = item.attributes
    named = attributes.get("id") or attributes.get("itemid")
    return named or next((value for name, value in attributes.items() if value and _DATA_ID.fullmatch(name)), "")


def _permalink(item: LexborNode, url: str) -> str:
    """Return the update's own address: a link that names itself so, or one to a place on this page."""
    here = url.partition("#")[0]
    for link in item.css("a[href]")[:20]:
        address = resolve(url, link.attributes.get("href") or "")
        page, _, place = address.partition("#")
        if (place and page == here) or (address and "bookmark" in (link.attributes.get("rel") or "").split()):
            return address
    return ""


def _is_comment(node: LexborNode) -> bool:
    attributes = node.attributes
    return any(_COMMENT.search(attributes.get(name) or "") for name in ("class", "id", "itemtype", "itemprop"))


def _are_positions(ids: Sequence[str]) -> bool:
    """Return whether ids only count the elements from the top: the next update would take the first one's."""
    numbers = [int(found[1]) for name in ids if (found := _LAST_NUMBER.search(name))]
    return len(numbers) == len(ids) > 0 and numbers[0] in (0, 1) and all(b - a == 1 for a, b in pairwise(numbers))


def _newest_first(updates: Sequence[_Named]) -> tuple[LiveUpdate, ...]:
    """Return each update once, with its id; by their times if all have one, else as the page has them.

    A name that several have is the whole blog's; then an update's words name it.
    """
    named = [(_short(name), _digest(update), update) for name, update in updates]
    said: defaultdict[str, set[str]] = defaultdict(set)
    for name, digest, _ in named:
        said[name].add(digest)
    once: dict[str, LiveUpdate] = {}
    for name, digest, update in named:
        own = name if name and len(said[name]) == 1 else digest
        once.setdefault(own, replace(update, id=own))
    found = list(once.values())
    if all(update.published for update in found):
        found.sort(key=lambda update: update.published or _NEVER, reverse=True)
    return tuple(found[:MAX_UPDATES])


def _short(name: str) -> str:
    """Return a name without the page's address; one that is longer than any id is none."""
    name = clean_line(name.rpartition("#")[2], MAX_NAME + 1)
    return name if len(name) <= MAX_NAME else ""


def _digest(update: LiveUpdate) -> str:
    words = bare_letters(f"{update.title}{update.text}")
    return blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _as_list(value: object) -> list[Node]:
    values = value if isinstance(value, list) else [value]
    return [node for node in _both_ends(values) if isinstance(node, dict)]


def _both_ends(values: list[T], most: int = 2 * MAX_UPDATES) -> list[T]:
    """Return as many as are read of what a blog lists: it has its newest updates at either end."""
    return values if len(values) <= most else [*values[: most // 2], *values[-(most // 2) :]]


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
