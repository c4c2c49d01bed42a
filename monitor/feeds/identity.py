"""Which entry is which: the keys by which an entry is known again. Pure.

A wrong "seen before" loses an alert, a wrong "new" costs one more look at an article that the story stage will know.
So a key is used only where it tells the entries of a document apart, and what may come again stands in a weak key.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import time

from monitor.model import Entry
from monitor.urls import address_key, leads_past_front, page_key

_MIDNIGHT = time()
# Bytes: some feeds have one date for all, and then "Update" is no key, but a headline of five Chinese characters is.
_MIN_TITLE = 12
_LONGEST_TITLE = 500  # characters of a text that stands for a missing title
_WEAK = "headline"
_BY_TITLE = ("moment", "path", _WEAK)


def entry_keys(entry: Entry) -> tuple[str, ...]:
    """Return the keys of an entry standing alone, the primary one first; () if it says nothing at all.

    The primary key is the first that the entry has of: guid, link, title with date. Others follow by which the entry is
    known again when the publisher changes its guids: a guid that is an address without scheme, `www.`, tracking and
    fragment; the title with the second of publication or, if that is not known, with the address's path, so that a site
    may move to another host. The last is weak, see `is_weak`.
    """
    return assign_keys([entry])[0]


def is_weak(key: str) -> bool:
    """Return whether a key alone proves nothing: it is the title, and a column has the same one each day."""
    return key.startswith(_WEAK)


def is_by_title(key: str) -> bool:
    """Return whether a key is made of the title beside others that are made of what the publisher calls the entry."""
    return key.startswith(_BY_TITLE)


def assign_keys(entries: Sequence[Entry]) -> list[tuple[str, ...]]:
    """Return the keys of a document's entries, in their order; repeats of one entry have the same keys.

    A guid or link that different entries of the document share is no key for any of them.
    """
    links = [_link(entry) for entry in entries]
    contents = [
        # Under one guid a new date is an update; without a guid it is another entry with the same link and title.
        (entry.id, link, entry.title, "" if entry.id else _date(entry))
        for entry, link in zip(entries, links, strict=True)
    ]
    candidates = [_primary_candidates(entry, link) for entry, link in zip(entries, links, strict=True)]
    seconds = [_second_keys(entry) for entry in entries]
    shared, shared_seconds = _shared(candidates, contents), _shared(seconds, contents)
    assigned: list[tuple[str, ...]] = []
    for own, second in zip(candidates, seconds, strict=True):
        primary = next((key for key in own if key not in shared), own[-1] if own else "")
        others = (key for key in second if key not in shared_seconds)
        assigned.append(tuple(dict.fromkeys((primary, *others))) if primary else ())
    return assigned


def _shared(keyed: Sequence[Sequence[str]], contents: Sequence[tuple[str, ...]]) -> set[str]:
    """Return the keys that entries of different contents have in common."""
    holders: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    for keys, content in zip(keyed, contents, strict=True):
        for key in keys:
            holders[key].add(content)
    return {key for key, different in holders.items() if len(different) > 1}


def _primary_candidates(entry: Entry, link: str) -> tuple[str, ...]:
    """Return possible primary keys, best first; the last one tells any two different entries apart."""
    date = _date(entry)
    found = []
    if entry.id.strip():
        found.append(_key("guid", entry.id.strip()))
    if leads_past_front(link):
        found.append(_key("link", link))
    if entry.title.strip():
        found.append(_key("title", entry.title.strip(), date))
    if found or entry.summary or entry.content:
        found.append(_key("whole", entry.id, link, entry.title, date, "" if found else entry.summary + entry.content))
    return tuple(found)


def _second_keys(entry: Entry) -> tuple[str, ...]:
    found = []
    address = _guid_address(entry)
    if address:
        found.append(_key("address", address))
    # Short messages have no titles.
    title = entry.title.strip() or (entry.summary or entry.content).strip()[:_LONGEST_TITLE]
    if len(title.encode("utf-8", "replace")) >= _MIN_TITLE:
        # Publishers who know the day only write midnight, and then one title may be two entries.
        moment = entry.published or entry.updated
        # The path alone is no key: blogs that a feed gathers have the same numbers and slugs.
        path = (address if entry.id.strip() else _link(entry)).partition("/")[2]
        if moment and moment.timetz().replace(tzinfo=None) != _MIDNIGHT:
            found.append(_key("moment", title, _date(entry)))
        elif path:
            found.append(_key("path", title, path))
    if title:
        found.append(_key(_WEAK, " ".join(title.casefold().split())))
    return tuple(found)


def _guid_address(entry: Entry) -> str:
    """Return the canonical form of a guid that is the address of a page; "" if it is not."""
    guid = entry.id.strip()
    address = page_key(guid)
    if not address:
        return ""
    fragment = guid.partition("#")[2]
    # BBC appends #0, #3 … to one article's guid while the link has none: there the fragment is noise. A link with the
    # same fragment, or to another page, says that the fragment matters.
    if fragment and (address != address_key(entry.link) or entry.link.strip().partition("#")[2] == fragment):
        return f"{address}#{fragment}"
    return address


def _link(entry: Entry) -> str:
    """Return the link's canonical form with its fragment, which tells the parts of a live page apart."""
    link = entry.link.strip()
    address = address_key(link)
    if not address:
        return link
    fragment = link.partition("#")[2]
    return f"{address}#{fragment}" if fragment and "#" not in address else address


def _date(entry: Entry) -> str:
    moment = entry.published or entry.updated
    return moment.isoformat(timespec="seconds") if moment else ""


def _key(kind: str, *parts: str) -> str:
    # Length before text, so that no two lists of parts run into one.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return f"{kind}:{hashlib.blake2b(text.encode('utf-8', 'replace'), digest_size=12).hexdigest()}"
