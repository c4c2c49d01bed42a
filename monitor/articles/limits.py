"""Refuse hostile markup before any parser sees it. Cheap counts over bytes; real pages never come near the limits.

A net with known holes: markup hidden from this scan (in a script, say) is ended by the sandbox's wall limit instead.
"""

from __future__ import annotations

import re

# Measured on 462 real news pages; every parser tried was lost beyond the limits (quadratic time or an empty result).
MAX_PAGE_BYTES = 4 * 1024 * 1024  # real pages: at most 2.9 MB
MAX_TAGS = 60_000  # counted as "<"; real pages: at most 8,093. 500,000 <br> cost minutes
MAX_TAG_ATTRIBUTES = 2_000  # real pages: at most 702 by this scan. 100,000 spin every parser for more than 25 s
MAX_DEPTH = 256  # real pages: at most 140 by this estimate. libxml2 keeps nothing below 255 levels

# A tag as the HTML standard reads it: quotes count only after "=", and ">" inside a quoted value does not end it.
# Possessive throughout, so the time is linear whatever the bytes are.
_ATTRIBUTE = rb"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?"""
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|" + _ATTRIBUTE + rb")*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_SHORTEST_ATTRIBUTE = 2  # bytes: a letter and a space

# Elements that never nest by themselves, whose end tags real pages leave out, or that have none.
_FLAT = frozenset(
    b"p li dt dd option optgroup tr td th tbody thead tfoot colgroup rp rt "
    b"br hr img input meta link area base col embed source track wbr path".split()
)


def hostile_reason(markup: bytes) -> str:
    """Return why no parser should see this markup, in plain words; "" if it is safe to parse."""
    if len(markup) > MAX_PAGE_BYTES:
        return f"larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB"
    if markup.count(b"<") > MAX_TAGS:
        return f"more than {MAX_TAGS:,} tags"
    depth = 0
    for tag in _TAG.finditer(markup):
        closing, name, attributes = tag.groups()
        if len(attributes) > MAX_TAG_ATTRIBUTES * _SHORTEST_ATTRIBUTE and _has_too_many_attributes(attributes):
            return f"more than {MAX_TAG_ATTRIBUTES:,} attributes on one tag"
        if name.lower() in _FLAT or attributes.endswith(b"/"):
            continue
        depth = max(depth - 1, 0) if closing else depth + 1
        if depth > MAX_DEPTH:
            return f"nested more than {MAX_DEPTH} levels deep"
    return ""


def _has_too_many_attributes(attributes: bytes) -> bool:
    return any(count >= MAX_TAG_ATTRIBUTES for count, _ in enumerate(_ATTRIBUTES.finditer(attributes)))
