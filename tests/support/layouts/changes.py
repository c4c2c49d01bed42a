"""Changes of a page that no reader sees: the text that is found must stay the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Change = Callable[[bytes, int], bytes]
"""Takes a page and the seed of what is random in the change."""

_CLASS = re.compile(rb'class="[^"]*"')
_TAG = re.compile(rb"<(/?)([a-z][a-z0-9-]*)")
_META = re.compile(rb"<meta (?:name|property)=[^>]*>\n?")
_BETWEEN_TAGS = re.compile(rb">\s*<")
_BLOCK = re.compile(rb"<(?=(?:div|p|section|article|h[1-4]|ul|ol|li|table|tr|td|blockquote)[ >])")


def random_class_names(page: bytes, seed: int) -> bytes:
    """Give each element with a class another, that says nothing."""
    rng = Random(seed)
    return _CLASS.sub(lambda _: b'class="c%06x"' % rng.getrandbits(24), page)


def ten_wrappers(page: bytes, seed: int) -> bytes:
    """Put all of the body into ten elements more."""
    opened = b"".join(b'<div class="w%d">' % (seed + n) for n in range(10))
    start = page.lower().index(b">", page.lower().index(b"<body")) + 1
    end = page.lower().rindex(b"</body")
    return page[:start] + opened + page[start:end] + b"</div>" * 10 + page[end:]


def upper_case_tags(page: bytes, seed: int) -> bytes:
    """Write the names of all elements in capitals."""
    return _TAG.sub(lambda found: b"<" + found[1] + found[2].upper(), page)


def fifty_links(page: bytes, seed: int) -> bytes:
    """Add another menu at the top."""
    links = b"".join(b'<li><a href="/menu/%d">Region %d</a></li>' % (n, n + seed) for n in range(50))
    start = page.lower().index(b">", page.lower().index(b"<body")) + 1
    return page[:start] + b"<div><ul>" + links + b"</ul></div>" + page[start:]


def shuffled_metas(page: bytes, seed: int) -> bytes:
    """Put the head's meta tags into another order."""
    metas = _META.findall(page)
    Random(seed).shuffle(metas)
    following = iter(metas)
    return _META.sub(lambda _: next(following), page)


def indented(page: bytes, seed: int) -> bytes:
    """Begin each block on a line of its own, deep inside."""
    return _BLOCK.sub(b"\n" + b" " * (seed % 40) + b"<", page)


def minified(page: bytes, seed: int) -> bytes:
    """Leave out the white space between tags; between inline elements it would be seen."""
    return _BETWEEN_TAGS.sub(b"><", page)


def remarks(page: bytes, seed: int) -> bytes:
    """Put a comment before each block."""
    return _BLOCK.sub(b"<!-- block %d --><" % seed, page)


CHANGES: tuple[Change, ...] = (
    random_class_names,
    ten_wrappers,
    upper_case_tags,
    fifty_links,
    shuffled_metas,
    indented,
    minified,
    remarks,
)
