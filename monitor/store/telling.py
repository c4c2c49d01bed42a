"""What is remembered of an article: its text, its addresses and headline, and the story that it tells."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import Assignment
from monitor.remembered import Headline, Look, Story, TextPrint
from monitor.store.codec import encode, encode_print, encode_weights, pack
from monitor.store.keys import (
    ADDRESS_LIFETIME,
    COPY_LIFETIME,
    HEADLINE_LIFETIME,
    NAME_LIFETIME,
    SERIES_GENERATION,
    SERIES_LIFETIME,
    STORY_LIFETIME,
    STORY_REST,
    Keys,
    digest,
)

# Of copies: finds all that are worth verifying, with 1 % of other texts beside them (dedup.md 2.2).
MIN_SHARED_PROBES = 2
MOST_CANDIDATES = 8  # copies, and as many stories
MIN_SHARED_TERMS = 2
# Of an article's words, by their share in its length, that a story must have among its heaviest terms. A cosine of .38
# needs .14 of all words; most of that lies in the heaviest.
LEAST_MASS = 0.05
MOST_POSTINGS = 32  # stories that one term leads to, the newest
SERIES_OF = 3  # texts with other figures under one headline of a site
MOST_PROBES = 24  # of a text
LEAST_BUCKETS, MOST_BUCKETS, MOST_FIELDS = 4096, 1 << 24, 128  # of a generation of the index
MOST_WAITING = 8000  # texts whose terms wait to be counted
MOST_LINES_BYTES = 4096  # of a story: its alerts and those related to it
# What texts and stories take beside their prints and words: 24 probes, key, address, headline; key and terms.
TEXT_BYTES, STORY_BYTES = 900, 400
SLOT = timedelta(hours=6)  # in which sizes are counted

_DIGITS = 8  # characters of a digest of a series or of its figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """An article as it is remembered; written by `Alerts.enqueue` with the article's alerts."""

    assignment: Assignment
    fingerprint: TextPrint
    site: str
    seen: datetime
    addresses: Sequence[str] = ()
    headline: str = ""  # by which it is known without a text, "" if it says too little
    series: str = ""  # its site and title, "" if it cannot be one of a series
    terms: Collection[int] = ()  # all of its text, to be counted with the frequencies if the text is new
    story: Story | None = None  # as it is with the article; None: its words stay as they are
    heavy: Sequence[tuple[int, float]] = ()  # the article's heaviest terms and their shares, by which others find it


def telling_plan(
    telling: Telling, look: Look, keys: Keys, *, now: datetime, position: Callable[[str], int]
) -> tuple[dict[str, object], list[bytes]]:
    """Return what enqueue.lua needs for an article: the plan's values, and its packed arguments.

    Args:
        telling: what is to be remembered.
        look: what the article was compared with.
        keys: names of the keys.
        now: the present.
        position: gives a key its place among those that the script is given.
    """
    assignment, fingerprint = telling.assignment, telling.fingerprint
    copy, story = assignment.copy_of or fingerprint.article, telling.story
    seen = next((one for one in look.stories if one.id == assignment.story), None)
    series = [keys.series(generation, telling.series) for generation in _series_generations(now)]
    headline = Headline(
        article=fingerprint.article,
        story=assignment.story,
        site=telling.site,
        has_text=bool(fingerprint.text_hash),
        seen=telling.seen,
    )
    plan: dict[str, object] = {
        "article": fingerprint.article,
        "copy": copy,
        "story": assignment.story,
        "words": fingerprint.words,
        "pin": position(keys.pin(fingerprint.article)),
        # The title outlives the copy's prints: another article at the same address is told apart by it.
        "address": json.dumps([copy, assignment.story, sorted(fingerprint.title_words)], ensure_ascii=False),
        "addresses": [position(keys.address(address)) for address in telling.addresses],
        "headline": position(keys.headline(telling.headline)) if telling.headline else 0,
        "headline_record": encode(headline) if telling.headline else "",
        "series": [position(key) for key in series] if telling.series else [],
        "series_name": digest(telling.series)[:_DIGITS],
        "figures": digest(*sorted(fingerprint.numbers))[:_DIGITS],
        "texts": story.texts if story else 0,
        "seen_texts": seen.texts if seen else 0,
        "related": assignment.related,
        **_BOUNDS,
    }
    shares = (term_share for pair in telling.heavy for term_share in (pair[0], min(65_535, round(pair[1] * 65_535))))
    packed = [
        encode_print(fingerprint),
        pack("I", fingerprint.probes),
        struct.pack("<" + "IH" * len(telling.heavy), *shares),
        encode_weights(story.centroid) if story else b"",
        pack("I", sorted(telling.terms)),
    ]
    return plan, packed


def _milliseconds(span: timedelta) -> int:
    return round(span / timedelta(milliseconds=1))


_BOUNDS: dict[str, object] = {
    "min_shared": MIN_SHARED_PROBES,
    "min_terms": MIN_SHARED_TERMS,
    "least_mass": round(LEAST_MASS * 65_535),
    "most_copies": MOST_CANDIDATES,
    "most_stories": MOST_CANDIDATES,
    "most_postings": MOST_POSTINGS,
    "most_probes": MOST_PROBES,
    "most_fields": MOST_FIELDS,
    "least_buckets": LEAST_BUCKETS,
    "most_buckets": MOST_BUCKETS,
    "most_waiting": MOST_WAITING,
    "most_lines": MOST_LINES_BYTES,
    "series_of": SERIES_OF,
    "text_bytes": TEXT_BYTES,
    "story_bytes": STORY_BYTES,
    "slot": _milliseconds(SLOT),
    "copy_lifetime": _milliseconds(COPY_LIFETIME),
    "name_lifetime": _milliseconds(NAME_LIFETIME),
    "address_lifetime": _milliseconds(ADDRESS_LIFETIME),
    "headline_lifetime": _milliseconds(HEADLINE_LIFETIME),
    "series_lifetime": _milliseconds(SERIES_GENERATION * 3),
    "story_rest": _milliseconds(STORY_REST),
    "story_longest": _milliseconds(STORY_LIFETIME),
}


def _series_generations(now: datetime) -> tuple[int, ...]:
    """Return the generations of the series to read; the first is written."""
    present = (now - datetime(1970, 1, 1, tzinfo=UTC)) // SERIES_GENERATION
    return tuple(present - age for age in range(SERIES_LIFETIME // SERIES_GENERATION + 1))
