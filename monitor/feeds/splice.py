"""Cuts out of a feed's bytes the items that are known, so that only what is new is parsed. Pure.

feedparser takes 3 ms for an item, and most of what a feed lists was read before. What is left over is read as if the
whole were there: the head of the feed stays, and so does each known item that a new one could be mistaken for.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from html import unescape

from monitor.feeds.scan import Item, Scan
from monitor.urls import address_key, leads_past_front, resolve

_DIGEST_BYTES = 6  # 8 characters; two of 5 000 items are mistaken for one another in one feed of twenty million

_MOST_HINTS = 50  # with more of them it is as quick to tell all addresses
_ESCAPE = re.compile(r"%[0-9A-Fa-f]{2}")
_RUN = re.compile(r"[A-Za-z0-9]+")
_TAG = re.compile(r"<[^<>]*>")
_SCHEME = re.compile(r"[A-Za-z][\w+.-]*:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A document without the known items that could go."""

    body: bytes
    items: tuple[str, ...]  # digests of all items of the whole document
    is_new: tuple[bool, ...]  # of each item that is left; the others are there for comparison

    @property
    def is_cut(self) -> bool:
        """Whether anything was left out."""
        return len(self.is_new) < len(self.items)

    @property
    def has_news(self) -> bool:
        """Whether any item is new."""
        return any(self.is_new)


def item_digest(item: bytes) -> str:
    """Return what is remembered of an item: the same only for the same bytes."""
    return urlsafe_b64encode(blake2b(item, digest_size=_DIGEST_BYTES).digest()).decode("ascii")


def splice(body: bytes, found: Scan, known: frozenset[str], *, base: str = "") -> Splice:
    """Return the document without known items, whole if they cannot be told apart or cut out without harm.

    Args:
        body: as scanned.
        found: what the scan said of it.
        known: digests of items that were read before.
        base: the feed's address, against which relative links are meant.
    """
    items = tuple(item_digest(body[item.start : item.end]) for item in found.spans)
    is_new = tuple(digest not in known for digest in items)
    if not any(is_new) or all(is_new) or not found.is_separable:
        return Splice(body=body, items=items, is_new=is_new)
    if found.has_inner_base and any(_is_relative(body, item) for item in found.spans):
        return Splice(body=body, items=items, is_new=is_new)
    kept = _with_companions(body, found.spans, is_new, base)
    return Splice(
        body=_without(body, [item for item, stays in zip(found.spans, kept, strict=True) if not stays]),
        items=items,
        is_new=tuple(new for new, stays in zip(is_new, kept, strict=True) if stays),
    )


def _with_companions(body: bytes, spans: Sequence[Item], is_new: Sequence[bool], base: str) -> list[bool]:
    """Return which items stay: the new ones, and those that share a guid, a link or a title with one of them.

    `identity.assign_keys` must see both, or it would take for a key what does not tell them apart.
    """
    tell = _address_teller(base)
    taken = set[str]().union(*(_names(body, item, tell) for item, new in zip(spans, is_new, strict=True) if new))
    hints = _hints(taken)

    def tell_known(text: str) -> str:
        """Return a known item's key only if a new item could share it: telling addresses is the cost here."""
        folded = text.casefold()
        return tell(text) if hints is None or any(hint in folded for hint in hints) else ""

    return [
        new or not taken.isdisjoint(_names(body, item, tell_known)) for item, new in zip(spans, is_new, strict=True)
    ]


def _hints(names: Iterable[str]) -> frozenset[str] | None:
    """Return letters of which every address that is one of `names` holds some, however it is written; None if unknown.

    They save most of the work of telling addresses, which takes 20 µs each.
    """
    paths = (_ESCAPE.sub(" ", name).partition("/")[2] for name in names if name.startswith("address "))
    hints = frozenset(max(_RUN.findall(path), key=len, default="").casefold() for path in paths)
    return None if "" in hints or len(hints) > _MOST_HINTS else hints


def _names(body: bytes, item: Item, tell: Callable[[str], str]) -> set[str]:
    """Return what an item can be known by, so coarsely that what `identity` takes for equal is equal here."""
    found = set()
    for naming in item.naming:
        text = naming.value.strip() or _text(body[naming.start : naming.end])
        if not text:
            continue
        if naming.name == "title":
            # One title comes as text, escaped, twice escaped and as XHTML.
            found.add("title " + "".join(_TAG.sub("", _unescaped(text)).casefold().split()))
            continue
        address = tell(text)
        if address:
            found.add("address " + address)
        if naming.name != "link" or not address:
            found.add("text " + text)
    return found


def _is_relative(body: bytes, item: Item) -> bool:
    """Return whether an address of the item depends on a base."""
    texts = (naming.value or _text(body[naming.start : naming.end]) for naming in item.naming if naming.name != "title")
    return not all(_SCHEME.match(text) for text in texts if text)


def _text(element: bytes) -> str:
    """Return an element's text, given from its start tag to its end tag."""
    text = element.partition(b">")[2].replace(b"<![CDATA[", b"").replace(b"]]>", b"").decode("utf-8", "replace")
    return _unescaped(text).strip()


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    try:
        return unescape(text)
    except ValueError:  # a character's number of more than 4 300 digits, which Python does not read
        return text


def _address_teller(base: str) -> Callable[[str], str]:
    """Return what gives an address's key without its fragment, "" for what leads to no page."""

    @cache
    def tell(text: str) -> str:
        """Return an address's key, remembered."""
        key = address_key(text) or address_key(resolve(base, text) if base else "")
        return key.partition("#")[0] if leads_past_front(key) else ""

    return tell


def _without(body: bytes, cut: Sequence[Item]) -> bytes:
    pieces, place = [], 0
    for item in cut:
        pieces.append(body[place : item.start])
        place = item.end
    return b"".join((*pieces, body[place:]))
