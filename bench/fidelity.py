"""Whether our readers say of real feeds what feedparser says, whole and by pieces, and what it costs.

id, link, title and dates are compared with the reference that came with the feeds (feedparser's defaults, run by
others), texts with feedparser's in this run, unsanitised as we want them, by what is left without markup and character
references: where we drop a forbidden character that sends feedparser its tolerant way, the markup is spelt otherwise.
"""

from __future__ import annotations

import re
from calendar import timegm
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from html import unescape
from io import BytesIO
from itertools import pairwise
from typing import Any

import feedparser

from bench.material import LARGEST_FEED_BYTES, members, rows
from bench.table import Row, compared, cpu_seconds
from monitor.errors import FeedMalformed
from monitor.feeds.formats.decoding import clean_utf8
from monitor.feeds.formats.format import MAX_ENTRIES, Document, Reading
from monitor.feeds.parse import (
    Identified,
    NothingNew,
    Request,
    identified,
    parse_document,
    read_document,
    spare,
    take_apart,
)
from monitor.feeds.scan import scan
from monitor.model import Entry

_TAG = re.compile(r"<[^<>]*>")
_IDLE = re.compile(r"[\x00-\x20\x7f-\xa0\s]+")
FIELDS = ("id", "link", "title", "date", "text")


def run() -> list[Row]:
    """Return how faithful and how costly reading is, in ratios of one run."""
    return [*_fidelity(), _next_polls(), _singles(most=3), *_costs()]


def every_single_item() -> list[Row]:
    """Return whether each item of each feed, being the only new one, is read as in the whole."""
    return [_singles(most=MAX_ENTRIES)]


@cache
def _corpus() -> tuple[tuple[dict[str, Any], bytes], ...]:
    bodies = dict(members("feeds/feeds.tar.xz"))
    index = rows("feeds/index.jsonl.xz")
    return tuple((row, bodies[row["file"]]) for row in index if row["format"].startswith(("rss", "atom")))


def _fidelity() -> Iterator[Row]:
    same: Counter[str] = Counter()
    total = fewer = more = 0
    for row, body in _corpus():
        expected = row["entries"]
        ours = _entries(body)
        texts = [_their_text(entry) for entry in _unsanitised(body).entries]
        fewer, more = fewer + (len(ours) < len(expected)), more + (len(ours) > len(expected))
        total += len(expected)
        for position, reference in enumerate(expected):
            entry = ours[position] if len(ours) == len(expected) else _likest(ours, reference)
            text = texts[position] if len(texts) == len(expected) else None
            equal = [entry is not None and _is_same(name, entry, reference, text) for name in FIELDS]
            same.update(name for name, one in zip(FIELDS, equal, strict=True) if one)
            same["all five"] += all(equal)
            same["exactly"] += entry is not None and text == (entry.summary, entry.content)
    shares = ", ".join(f"{name} {same[name] / total:.2%}" for name in FIELDS)
    exactly = f"{same['exactly'] / total:.2%}"
    note = f"{total} entries of {len(_corpus())} feeds, broken ones too; {shares} ({exactly} byte by byte)"
    yield Row(what="entries identical to feedparser's", ours=f"{same['all five'] / total:.2%}", note=note)
    yield Row(what="feeds with fewer entries than feedparser finds", ours=str(fewer), note=f"with more: {more}")


def _next_polls() -> Row:
    """Take later copies of one feed for its next polls."""
    copies: defaultdict[tuple[str, str, str], list[bytes]] = defaultdict(list)
    for row, body in _corpus():
        if row["site"]:
            copies[row["origin"], row["site"], row["origin_path"]].append(body)
    pairs = [pair for bodies in copies.values() for pair in pairwise(bodies)]
    polls = good = items = new = 0
    for earlier, later in pairs:
        before, whole = _reading(earlier), _reading(later)
        if before is None or whole is None or not before.items or not whole.items:
            continue
        known = frozenset(before.items)
        polls += 1
        items += len(whole.items)
        new += sum(item not in known for item in whole.items)
        good += _is_as_whole(later, whole, known)
    note = f"{polls} pairs of copies of one feed at different times; {new} of {items} items new"
    return Row(what="next polls read as if whole", ours=f"{good / polls:.2%}" if polls else "no pairs", note=note)


def _singles(*, most: int) -> Row:
    tried = good = 0
    for _, body in _corpus():
        whole = _reading(body)
        if whole is None or len(whole.items) < 2:
            continue
        for item in _spread(whole.items, most):
            tried += 1
            good += _is_as_whole(body, whole, frozenset(whole.items) - {item})
    every = "every item" if most == MAX_ENTRIES else f"{most} items of each feed"
    return Row(what="a single new item read as if whole", ours=f"{good / tried:.2%}", note=f"{every}: {tried} readings")


def _is_as_whole(body: bytes, whole: Reading, known: frozenset[str]) -> bool:
    """Return whether the short way gives the entries and keys that the whole reading gives for what is new."""
    request = Request(document=Document(body=body), known=known)
    spared = spare(request)
    got = read_document(spared.request or request) if spared else read_document(request)
    assert whole.feed is not None
    told = len(whole.items) == len(whole.feed.entries)
    wanted = identified(replace(whole, is_new=tuple(item not in known for item in whole.items)) if told else whole)
    if isinstance(got, NothingNew):
        return not set(whole.items) - known
    if not isinstance(got, Identified) or not isinstance(wanted, Identified):
        return False
    return (got.parsed, got.keys) == (wanted.parsed, wanted.keys)


def _costs() -> Iterator[Row]:
    bodies = [body for row, body in _corpus() if row["n_entries"] and len(body) < LARGEST_FEED_BYTES]
    known = [(body, frozenset(reading.items)) for body in bodies if (reading := _reading(body)) and reading.items]
    nothing = [Request(document=Document(body=body), known=items) for body, items in known]
    one = [replace(request, known=request.known - {_first(request)}) for request in nothing]
    everything = [Request(document=Document(body=body)) for body in bodies]

    plain = cpu_seconds(feedparser.parse, bodies) * 1e3
    bare = cpu_seconds(_unsanitised, bodies) * 1e3
    ways = (
        ("the scan alone", cpu_seconds(_scan, bodies), f"{len(bodies)} feeds; feedparser unsanitised {bare:.3g} ms"),
        ("nothing new", cpu_seconds(spare, nothing), f"{len(nothing)} feeds; decoding, scan, digests"),
        ("one new item", cpu_seconds(_short_way, one), "the same, and feedparser on what is left"),
        ("all new", cpu_seconds(read_document, everything), "feedparser on all of it, and keys"),
    )
    for what, cost, note in ways:
        yield compared(f"read a feed: {what}", cost * 1e3, plain, unit="ms/feed", note=note)


def _scan(body: bytes) -> None:
    scan(clean_utf8(body), max_items=MAX_ENTRIES)


def _short_way(request: Request) -> None:
    spared = spare(request)
    read_document(spared.request if spared and spared.request else request)


def _first(request: Request) -> str:
    reading = _reading(request.document.body)
    assert reading is not None
    return reading.items[0]


@cache
def _reading(body: bytes) -> Reading | None:
    with suppress(FeedMalformed):
        return take_apart(Document(body=body), frozenset())
    return None


def _entries(body: bytes) -> tuple[Entry, ...]:
    with suppress(FeedMalformed):
        return parse_document(Document(body=body)).entries
    return ()


def _unsanitised(body: bytes) -> Any:
    return feedparser.parse(BytesIO(body), sanitize_html=False, resolve_relative_uris=False)


def _their_text(entry: Any) -> tuple[str, str]:
    return entry.get("summary", ""), "".join(part.get("value") or "" for part in entry.get("content", ()))


def _is_same(name: str, entry: Entry, reference: dict[str, Any], text: tuple[str, str] | None) -> bool:
    match name:
        case "date":
            # feedparser answers a missing date of update with that of publication.
            wanted = [_moment(reference["published_parsed"]), _moment(reference["updated_parsed"])]
            given = [entry.published, entry.updated or entry.published]
            return wanted == [moment.timestamp() if moment else None for moment in given]
        case "text":
            return text is not None and all(map(_is_same_text, (entry.summary, entry.content), text))
        case _:
            return bool(getattr(entry, name) == (reference[name] or ""))


def _is_same_text(ours: str, theirs: str) -> bool:
    return ours == theirs or _bare(ours) == _bare(theirs)


def _bare(text: str) -> str:
    """Return the letters and signs of a text: no markup, references resolved, no blanks and control characters."""
    return _IDLE.sub("", unescape(unescape(_TAG.sub(" ", text))))


def _moment(numbers: Sequence[int] | None) -> float | None:
    return timegm((*numbers, 0, 0, 0)) if numbers else None


def _likest(entries: Iterable[Entry], reference: dict[str, Any]) -> Entry | None:
    wanted = tuple(reference[name] or "" for name in ("id", "link", "title"))
    return next((entry for entry in entries if (entry.id, entry.link, entry.title) == wanted), None)


def _spread(items: Sequence[str], most: int) -> Sequence[str]:
    step = max(1, len(items) // most)
    return items[::step][:most] if len(items) > most else items
