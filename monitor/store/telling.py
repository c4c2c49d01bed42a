"""What is remembered of an article: its text, its addresses and headline, and the story that it tells."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from monitor.model import Assignment
from monitor.remembered import Headline, Look, Story, TextPrint
from monitor.store.codec import encode_headline, encode_print, encode_weights, pack
from monitor.store.keys import SERIES_GENERATION, SERIES_LIFETIME, Keys, digest

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
        "headline_record": encode_headline(headline) if telling.headline else "",
        "series": [position(key) for key in series] if telling.series else [],
        "series_name": digest(telling.series)[:_DIGITS],
        "figures": digest(*sorted(fingerprint.numbers))[:_DIGITS],
        "texts": story.texts if story else 0,
        "seen_texts": seen.texts if seen else 0,
        "related": assignment.related,
    }
    shares = (term_share for pair in telling.heavy for term_share in (pair[0], min(65_535, round(pair[1] * 65_535))))
    probes = pack("I", fingerprint.probes)
    packed = [
        encode_print(fingerprint),
        probes,
        probes.hex().encode(),
        struct.pack("<" + "IH" * len(telling.heavy), *shares),
        encode_weights(story.centroid) if story else b"",
        pack("I", sorted(telling.terms)),
    ]
    return plan, packed


def _series_generations(now: datetime) -> tuple[int, ...]:
    """Return the generations of the series to read; the first is written."""
    present = (now - datetime(1970, 1, 1, tzinfo=UTC)) // SERIES_GENERATION
    return tuple(present - age for age in range(SERIES_LIFETIME // SERIES_GENERATION + 1))
