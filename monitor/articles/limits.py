"""Refuse hostile markup before any parser sees it. Cheap counts over bytes; real pages never come near the limits.

A net with known holes: a parser sees tags where this scan, which knows neither scripts nor comments, may see none.
What slips through is ended by the sandbox's limits on CPU time and memory instead.
"""

from __future__ import annotations

import re
from collections import Counter

# Measured on 462 real news pages; every parser tried was lost beyond the limits (quadratic time or an empty result).
MAX_PAGE_BYTES = 4 * 1024 * 1024  # real pages: at most 2.9 MB
MAX_TAGS = 60_000  # counted as "<"; real pages: at most 8,093. 500,000 <br> cost minutes
MAX_TAG_ATTRIBUTES = 2_000  # real pages: at most 702 by this scan. 100,000 spin every parser for more than 25 s
MAX_DEPTH = 256  # real pages: at most 51. libxml2 keeps nothing below 255 levels
MAX_COPIES = 500_000  # elements that a parser makes up; each holds 100 bytes

# Whatever is done with so few tags is done in 0.1 s: 5,000 nested elements, say. So only one page in a hundred has the
# structure of its tags followed, which costs 2 us a tag.
FEW_TAGS = 5_000
FEW_ROOTS = 20  # real pages: at most 7. Attributes of a second <html> or <body> are added to those of the first

# A tag as the HTML standard reads it: quotes count only after "=", and ">" inside a quoted value does not end it.
# Possessive throughout, so the time is linear whatever the bytes are.
_ATTRIBUTE = rb"""[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?|'[^']*+'?|[^\s>"'][^\s>]*+)?)?"""
_TAG = re.compile(rb"<(/?)([a-zA-Z][^\s/>]*+)((?:[\s/]++|" + _ATTRIBUTE + rb")*+)")
_ATTRIBUTES = re.compile(_ATTRIBUTE)
# The same in a third of the time, for the length alone.
_WHOLE_TAG = re.compile(rb"""<[a-zA-Z][^>=]*+(?:=\s*+(?:"[^"]*+"|'[^']*+')?[^>=]*+)*+""")
_LONG_TAG_BYTES = MAX_TAG_ATTRIBUTES * 2  # an attribute is a letter and a space at least
_ROOTS = re.compile(rb"<[hHbB][tToO][mMdD][lLyY][\s/>]")  # <html> or <body>; no other element is spelt so

# Elements that never nest by themselves, whose end tags real pages leave out, or that have none.
_FLAT = frozenset(
    b"p li dt dd option optgroup tr td th tbody thead tfoot colgroup rp rt a nobr button "
    b"br hr img input meta link area base col embed source track wbr path".split()
)
_FOREIGN = (b"svg", b"math")  # only here a "/" at its end closes a tag
# Left open where a block ends, each of these is opened anew in the next one and in all that follow, but for a cell.
_CELLS = (b"td", b"th")
_FORMATTING = frozenset(b"b big code em font i s small strike strong tt u".split())


def hostile_reason(markup: bytes) -> str:
    """Return why no parser should see this markup, in plain words; "" if it is safe to parse."""
    if len(markup) > MAX_PAGE_BYTES:
        return f"larger than {MAX_PAGE_BYTES // 1024 // 1024} MiB"
    tags = markup.count(b"<")
    if tags > MAX_TAGS:
        return f"more than {MAX_TAGS:,} tags"
    # Two passes in C: to look at each tag in Python would take five times as long.
    long_tags = [tag for tag in _WHOLE_TAG.findall(markup) if len(tag) > _LONG_TAG_BYTES]
    if any(map(_has_too_many_attributes, long_tags)):
        return f"more than {MAX_TAG_ATTRIBUTES:,} attributes on one tag"
    if len(_ROOTS.findall(markup)) > FEW_ROOTS:
        return f"more than {FEW_ROOTS} times <html> or <body>"
    return _structure_reason(markup) if tags > FEW_TAGS else ""


def _has_too_many_attributes(tags: bytes) -> bool:
    """Tell whether one of the tags here has too many attributes: what looked like one tag may hold several."""
    return any(
        len(tag[3]) > _LONG_TAG_BYTES and len(_ATTRIBUTES.findall(tag[3])) > MAX_TAG_ATTRIBUTES
        for tag in _TAG.finditer(tags)
    )


def _structure_reason(markup: bytes) -> str:
    """Follow the tags as a parser would, roughly: an end tag closes what was opened last under its name."""
    stack: list[bytes] = []
    opened: Counter[bytes] = Counter()  # of what is on the stack
    formatting: Counter[bytes] = Counter()  # left open so far
    left_open = copies = 0
    for tag in _TAG.finditer(markup):
        closing, name, attributes = tag[1], tag[2].lower(), tag[3]
        copies += left_open
        if copies > MAX_COPIES:
            return "formatting left open that a parser would repeat without end"
        if name in _FORMATTING:
            if not closing or formatting[name]:
                change = -1 if closing else 1
                formatting[name] += change
                left_open += change
            continue
        if name in _CELLS:
            formatting.clear()
            left_open = 0
        if name in _FLAT or (attributes.endswith(b"/") and (name in _FOREIGN or any(map(opened.get, _FOREIGN)))):
            continue
        if not closing:
            stack.append(name)
            opened[name] += 1
            if len(stack) > MAX_DEPTH:
                return f"nested more than {MAX_DEPTH} levels deep"
        while closing and opened[name]:
            ended = stack.pop()
            opened[ended] -= 1
            closing = b"" if ended == name else closing
    return ""
