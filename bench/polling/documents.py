"""Real feeds in several versions: as they are, and without their newest entries."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pyexpat import ExpatError, ParserCreate

from bench.material import members, rows
from bench.polling.site import STAMP

FEEDS = 100
SMALLEST, LARGEST = 1_000, 400_000  # bytes
NEWER = 3  # versions after the first, each with one more entry
FEWEST = NEWER + 2  # entries
SEED = 7

_BUILT = re.compile(rb"(<(lastBuildDate)[^>]*>)[^<]*(</lastBuildDate>)")


def documents() -> list[list[bytes]]:
    """Return well-formed RSS and Atom feeds, each in NEWER + 1 versions, the one with the fewest entries first."""
    wanted = {
        row["file"]
        for row in rows("feeds/index.jsonl.xz")
        if row["format"].startswith(("rss", "atom"))
        and not row["bozo"]
        and row["n_entries"] >= FEWEST
        and SMALLEST < row["bytes"] < LARGEST
    }
    read = (_versions(body) for name, body in members("feeds/feeds.tar.xz") if name in wanted)
    found = [versions for versions in read if versions]
    return random.Random(SEED).sample(found, min(FEEDS, len(found)))


def _versions(body: bytes) -> list[bytes]:
    """Return the document without its first 3, 2, 1 and 0 items, all with a stamp; [] if it is not plain XML."""
    spans = _items(_stamped(body))
    if len(spans) < FEWEST:
        return []
    return [_without(_stamped(body), spans[:newer]) for newer in range(NEWER, -1, -1)]


def _stamped(body: bytes) -> bytes:
    """Return the document with a time of its making that the site can change."""
    stamped, count = _BUILT.subn(rb"\g<1>" + STAMP + rb"\g<3>", body, count=1)
    return stamped if count else body.rstrip() + b"<!-- " + STAMP + b" -->"


def _without(body: bytes, spans: list[tuple[int, int]]) -> bytes:
    edges = [0, *(place for span in spans for place in span), len(body)]
    return b"".join(body[start:end] for start, end in list(pairwise(edges))[::2])


def _items(body: bytes) -> list[tuple[int, int]]:
    """Return where items begin and end, in bytes."""
    parser, spans, open_at = ParserCreate(), list[tuple[int, int]](), -1

    def start(name: str, _: object) -> None:
        nonlocal open_at
        if name.lower() in ("item", "entry") and open_at < 0:
            open_at = parser.CurrentByteIndex

    def end(name: str) -> None:
        nonlocal open_at
        if name.lower() in ("item", "entry") and open_at >= 0:
            close = body.find(b">", parser.CurrentByteIndex) + 1
            spans.append((open_at, close))
            open_at = -1

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError):
        return []
    return spans
