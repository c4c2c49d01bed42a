"""A cheap look at a feed before the costly parse: its root, its items, and whether it is made to hurt. Pure.

feedparser is quadratic in an element's attributes (20 000 of them: 6.7 s) and slow in depth (200 000 levels: 11.6 s);
expat, asked first, costs about a millisecond and stops at the first element over a limit. It also says where each item
lies, which is what lets `splice` leave out those that are known.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pyexpat import ExpatError, ParserCreate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyexpat import XMLParserType

MAX_DEPTH = 256
MAX_ATTRIBUTES = 256  # on one element; real pages have at most 59
MAX_PREFIXES = 256  # of namespaces; feedparser looks through all of them for each element: 50 000 take two minutes
THAT_IS_ALL = True  # for pyexpat, which takes it by position only: no more of the document follows
MAX_ENTITY_LENGTH = 64  # in characters; `<!ENTITY copy "(C)">` is harmless, a text of 100 KB used 3 000 times is not

# What holds the documents' parts: feeds, sitemaps, lists of sitemaps.
_PARTS = {"urlset": frozenset({"url"}), "sitemapindex": frozenset({"sitemap"})}
_FEED_PARTS = frozenset({"item", "entry"})
# Where feedparser expects entries: below one of these, and below nothing else.
_HOLDERS = frozenset({"rss", "rdf", "feed", "channel", *_PARTS})
_NAMING = frozenset({"guid", "id", "link", "title"})
_NOWHERE = MAX_DEPTH + 1
_BASES = frozenset({"http://www.w3.org/XML/1998/namespace base", "base"})
_RDF_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about"
# Raw HTML with these elements inside an entry's text unsettles feedparser for the entries that follow.
_UNSETTLING = frozenset(
    f"{namespace}{name}"
    for name in ("title", "summary", "description", "content", "body", "info", "rights", "copyright", "subtitle")
    for namespace in ("", "http://www.w3.org/1999/xhtml ")
)

_FIRST_TAG = re.compile(rb"<([A-Za-z_][\w.:-]{0,60})")
_ITEM_TAG = re.compile(rb"<(?:\w{1,30}:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)


class Naming(NamedTuple):
    """A child of an item that says which item it is: from its start tag to its end tag, or an attribute's value."""

    name: str  # guid, id, link or title
    start: int  # in bytes of the body
    end: int
    value: str = ""  # of the attribute; then there are no bytes to look at


class Item(NamedTuple):
    """Where an item stands in the body, in bytes, and what names it."""

    start: int
    end: int
    naming: list[Naming]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What a document looks like from afar."""

    root: str = ""  # local name of the first element, lower case; "" if there is no element at all
    items: int = 0  # items of any kind: <item>, <entry>, <url>, <sitemap>
    error: str = ""  # expat's objection, "" for well-formed XML
    refusal: str = ""  # why the document must not be parsed, in words for people
    spans: tuple[Item, ...] = ()  # of all items of a well-formed document; () if they are not plainly there
    is_separable: bool = False  # cutting an item out changes nothing for the others …
    has_inner_base: bool = False  # … unless relative links follow: a base set inside an item stays on in feedparser

    @property
    def is_well_formed(self) -> bool:
        """Whether a strict XML parser reads it to its end."""
        return not self.error and not self.refusal


class _Refused(Exception):
    """Stops expat from inside a handler."""


def scan(body: bytes, *, max_items: int) -> Scan:
    """Return what a document in UTF-8 holds, or why it is refused; stops at the first limit that is passed.

    A document that is merely malformed is not refused: the tolerant parser may still read it.
    """
    # With namespaces, because feedparser's strict half reads them too: it must fail where we see a failure.
    parser = ParserCreate("utf-8", " ")
    watcher = _Watcher(parser, body, max_items)
    parser.ordered_attributes = True
    parser.StartElementHandler = watcher.start
    parser.EndElementHandler = watcher.end
    parser.StartNamespaceDeclHandler = watcher.namespace
    parser.StartDoctypeDeclHandler = watcher.doctype
    parser.EntityDeclHandler = watcher.entity
    error = ""
    try:
        parser.Parse(body, THAT_IS_ALL)
    except _Refused as refused:
        return Scan(root=watcher.root, items=watcher.items, refusal=str(refused))
    except ExpatError as broken:
        error = str(broken)
    if not error:
        return Scan(
            root=watcher.root,
            items=watcher.items,
            spans=tuple(watcher.spans) if watcher.items == len(watcher.spans) else (),
            is_separable=watcher.is_separable,
            has_inner_base=watcher.has_inner_base,
        )
    # Past the fault expat is blind, so tags are counted as they stand.
    first = _FIRST_TAG.search(body)
    root = watcher.root or (first[1].decode("ascii", "replace").rpartition(":")[2].lower() if first else "")
    items = len(_ITEM_TAG.findall(body))
    return Scan(root=root, items=items, error=error, refusal=_too_many(max_items) if items > max_items else "")


class _Watcher:
    """Notes what expat reports, and refuses what passes a limit."""

    def __init__(self, parser: XMLParserType, body: bytes, max_items: int) -> None:
        self.root = ""
        self.items = 0
        self.spans: list[Item] = []
        self.is_separable = True
        self.has_inner_base = False
        self._prefixes: set[str | None] = set()
        self._parser = parser
        self._body = body
        self._max_items = max_items
        self._parts = _FEED_PARTS
        self._depth = 0
        self._holders = 0  # so many elements are open that may hold items, from the root on
        self._item_start = 0
        self._item_depth = _NOWHERE
        self._naming: list[Naming] = []
        self._named: tuple[str, int, str] | None = None  # name, start and href of an open child that names the item

    # Called for each element, so what numbers can decide is decided by them.
    def start(self, name: str, attributes: list[str]) -> None:
        """Take an opening tag: depth, attributes, where items begin."""
        self._depth = depth = self._depth + 1
        if depth > MAX_DEPTH:
            raise _Refused(f"the document nests its elements more than {MAX_DEPTH} deep")
        if len(attributes) > 2 * MAX_ATTRIBUTES:  # names and values in one list
            raise _Refused(f"an element of the document has more than {MAX_ATTRIBUTES} attributes")
        local = name[name.rfind(" ") + 1 :].lower()
        if depth == 1:
            self.root = local
            self._parts = _PARTS.get(local, _FEED_PARTS)
        elif local in self._parts:
            self._start_item(depth, attributes)
        elif depth == self._item_depth + 1:
            if local in _NAMING:
                self._named = local, self._parser.CurrentByteIndex, _address(attributes)
        elif depth > self._item_depth and name in _UNSETTLING:
            self.is_separable = False
        if attributes and depth >= self._item_depth and not _BASES.isdisjoint(attributes[::2]):
            self.has_inner_base = True
        if self._holders == depth - 1 and local in _HOLDERS:
            self._holders = depth

    def end(self, _name: str) -> None:
        """Take a closing tag: where items end."""
        depth = self._depth
        if depth == self._item_depth:
            self._end_item()
        elif depth == self._item_depth + 1 and self._named:
            name, start, href = self._named
            self._naming.append(Naming(name, start, self._parser.CurrentByteIndex, href))
            self._named = None
        elif depth == self._holders:
            self._holders = depth - 1
        self._depth = depth - 1

    def namespace(self, prefix: str | None, _address: str) -> None:
        """Count declared namespaces."""
        self._prefixes.add(prefix)
        if len(self._prefixes) > MAX_PREFIXES:
            raise _Refused(f"the document declares more than {MAX_PREFIXES} namespaces")

    def doctype(self, *_: object) -> None:
        """Note that there is a DOCTYPE."""
        # feedparser drops it, and may then stumble over an entity that we let pass.
        self.is_separable = False

    def entity(
        self,
        _name: str,
        is_parameter: int,
        value: str | None,
        _base: str | None,
        _system: str | None,
        _public: str | None,
        _notation: str | None,
    ) -> None:
        """Refuse entities that could grow or lead elsewhere."""
        if is_parameter or value is None or "&" in value or "%" in value or len(value) > MAX_ENTITY_LENGTH:
            raise _Refused("the document declares entities of its own, which attackers use and feeds do not need")

    def _start_item(self, depth: int, attributes: list[str]) -> None:
        self.items += 1
        if self.items > self._max_items:
            raise _Refused(_too_many(self._max_items))
        # An item inside an item or a text is none that could be cut out.
        if self._holders == depth - 1 and self._item_depth == _NOWHERE:
            self._item_start, self._item_depth = self._parser.CurrentByteIndex, depth
            about = _attribute(attributes, _RDF_ABOUT)
            self._naming = [Naming("id", 0, 0, about)] if about else []

    def _end_item(self) -> None:
        start, end, self._item_depth = self._item_start, self._parser.CurrentByteIndex, _NOWHERE
        close = self._body.find(b">", end) + 1
        # Else it is <item/>, which holds nothing, or stands in an entity's replacement.
        if start < end and self._body.startswith(b"<", start) and self._body.startswith(b"</", end) and close:
            self.spans.append(Item(start, close, self._naming))


def _address(attributes: list[str]) -> str:
    """Return where an Atom link leads if it leads to the entry's page, else ""."""
    if not attributes or _attribute(attributes, "rel").lower() not in ("", "alternate"):
        return ""
    return _attribute(attributes, "href")


def _attribute(attributes: list[str], name: str) -> str:
    return attributes[attributes.index(name) + 1] if name in attributes[::2] else ""


def _too_many(limit: int) -> str:
    return f"the document holds more than {limit} entries"
