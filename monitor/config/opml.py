"""OPML, the subscription lists of all feed readers: read tolerantly, with folders and every attribute of a feed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from xml.parsers import expat

import listparser

from monitor.config.spelling import quoted
from monitor.errors import Location, Problem
from monitor.text import clean_line

MAX_OPML_BYTES = 10 * 1024 * 1024  # 50 000 feeds at 200 bytes each
MAX_NAME = 64  # characters of a folder or a category
MAX_ATTRIBUTE = 2_000  # characters of a description, or of what only another program reads
MAX_OTHERS = 30  # attributes of one feed that are kept for other programs
NAMESPACE = "urn:monitor:feeds"  # of the attributes for which OPML has no name

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
# Read into fields of their own. `type` says rss for every kind of feed, so only another word is kept.
_KNOWN = frozenset({"xmlurl", "text", "category", "language", "htmlurl", "description"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as an OPML file lists it; nothing of it is checked yet."""

    url: str
    title: str = ""
    language: str = ""
    categories: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()  # from the outermost
    homepage: str = ""
    description: str = ""
    own: tuple[tuple[str, str], ...] = ()  # attributes of our namespace, without it
    others: tuple[tuple[str, str], ...] = ()  # what other programs wrote; with a namespace as {address}name
    at: Location
    repeats: tuple[Location, ...] = ()  # where the same address stands again, in other folders mostly


def read_opml(source: bytes, *, file: str) -> tuple[tuple[Outline, ...], list[Problem]]:
    """Return the feeds of an OPML file and what is wrong with it.

    A feed that stands in several folders is given once: in the first one, the names of the others as categories. A file
    that is not well-formed gives a warning if feeds can be made out all the same (readers export unescaped & in
    titles), else an error. Entities are refused; lists on other servers are named, not fetched.
    """
    if len(source) > MAX_OPML_BYTES:
        hint = "split it into several files"
        return (), [Problem(at=Location(file), message="larger than 10 MiB", hint=hint)]
    scan = _Scan(file)
    broken = scan.run(source)
    if scan.refused:
        return (), [scan.refused]
    if broken:
        outlines, lists = _read_tolerantly(source, scan)
        return outlines, [_broken_problem(broken, feeds=len(outlines)), *lists]
    problems = [_include_problem(url, at) for url, at in scan.lists.items()]
    if not scan.feeds:
        hint = 'feeds are written as <outline type="rss" text="…" xmlUrl="https://…"/>'
        problems.append(Problem(at=Location(file), message="no feeds in this OPML file", hint=hint, severity="warning"))
    return tuple(scan.feeds.values()), problems


def _read_tolerantly(source: bytes, scan: _Scan) -> tuple[tuple[Outline, ...], list[Problem]]:
    found = listparser.parse(_as_ascii(source, scan.encoding))
    nowhere = Location(scan.file)
    outlines = tuple(
        scan.feeds.get(feed["url"])
        or Outline(
            url=feed["url"],
            title=clean_line(feed["title"]),
            categories=_names(name for category in feed["categories"] for name in category),
            at=nowhere,
        )
        for feed in found["feeds"]
    )
    return outlines, [_include_problem(item["url"], scan.lists.get(item["url"], nowhere)) for item in found["lists"]]


def _as_ascii(source: bytes, encoding: str) -> bytes:
    """Return the document in ASCII with character references.

    listparser reads with libxml2's HTML parser, which guesses at encodings; so there is nothing left to guess.
    """
    try:
        text = source.decode(encoding, errors="replace")
    except LookupError:
        text = source.decode("utf-8", errors="replace")
    return _DECLARATION.sub(b"", text.removeprefix("\ufeff").encode("ascii", errors="xmlcharrefreplace"))


def _include_problem(url: str, at: Location) -> Problem:
    message = f"{quoted(url)} is a list on another server; it is not fetched"
    return Problem(at=at, message=message, hint="download it and put the file beside this one", severity="warning")


def _broken_problem(broken: Problem, *, feeds: int) -> Problem:
    if not feeds:
        return broken
    hint = f"{feeds} feeds were read all the same; the rest of the file may be missing"
    return Problem(at=broken.at, message=broken.message, hint=hint, severity="warning")


def _names(words: Iterable[str]) -> tuple[str, ...]:
    names = (clean_line(word, limit=MAX_NAME) for word in words)
    return tuple(dict.fromkeys(name for name in names if name))


@dataclass(slots=True)
class _Scan:
    """A strict reading, as far as the document is well-formed."""

    file: str
    encoding: str = "utf-8"
    refused: Problem | None = None
    feeds: dict[str, Outline] = field(default_factory=dict)  # by address
    lists: dict[str, Location] = field(default_factory=dict)
    _folders: list[str] = field(default_factory=list)  # of the outlines that are open; "" is no folder
    _namespaces: dict[str, str] = field(default_factory=dict)  # by prefix
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def run(self, source: bytes) -> Problem | None:
        """Read the document; return what makes it malformed, if anything."""
        if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.encoding = "utf-16"
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.XmlDeclHandler = self._declaration
        self._parser.EntityDeclHandler = self._entity
        try:
            self._parser.ParseFile(io.BytesIO(source))
        except expat.ExpatError as error:
            at = Location(self.file, error.lineno, error.offset + 1)
            return Problem(
                at=at, message=f"not well-formed XML: {expat.ErrorString(error.code)}", hint="export the list again"
            )
        except (LookupError, ValueError) as error:  # an encoding that Python does not know or that has several bytes
            return Problem(at=Location(self.file, 1, 1), message=f"not readable: {error}", hint="save it as UTF-8")
        return None

    def _here(self) -> Location:
        return Location(self.file, self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        for attribute, text in attributes.items():
            if attribute.startswith("xmlns:"):
                self._namespaces[attribute.removeprefix("xmlns:")] = text
        if name.lower() != "outline":
            return
        lower = {key.lower(): text.strip() for key, text in attributes.items()}
        kind, title = lower.get("type", "").lower(), lower.get("text") or lower.get("title", "")
        folder = ""
        if lower.get("xmlurl") and kind != "source":
            self._take(self._outline(lower, attributes, title))
        elif url := lower.get("xmlurl") or (lower.get("url", "") if kind in ("link", "include") else ""):
            self.lists.setdefault(url, self._here())
        elif "xmlurl" not in lower:
            folder = clean_line(title, limit=MAX_NAME)
        self._folders.append(folder)

    def _end(self, name: str) -> None:
        if name.lower() == "outline":
            self._folders.pop()

    def _take(self, outline: Outline) -> None:
        first = self.feeds.setdefault(outline.url, outline)
        if first is outline:
            return
        more = (name for name in (*outline.categories, *outline.folder) if name not in first.folder)
        self.feeds[outline.url] = replace(
            first, categories=_names((*first.categories, *more)), repeats=(*first.repeats, outline.at)
        )

    def _outline(self, lower: dict[str, str], attributes: dict[str, str], title: str) -> Outline:
        own, others = self._sorted_out(attributes, title)
        return Outline(
            url=lower["xmlurl"],
            title=clean_line(title),
            language=lower.get("language", ""),
            # A comma separates categories and a slash their levels.
            categories=_names(re.split("[,/]", lower.get("category", ""))),
            folder=tuple(name for name in self._folders if name),
            homepage=lower.get("htmlurl", ""),
            description=clean_line(lower.get("description", ""), MAX_ATTRIBUTE),
            own=own,
            others=others,
            at=self._here(),
        )

    def _sorted_out(
        self, attributes: dict[str, str], title: str
    ) -> tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]:
        """Return the attributes of our namespace, and those that only other programs know."""
        own: list[tuple[str, str]] = []
        others: list[tuple[str, str]] = []
        for key, written in attributes.items():
            text, lower = clean_line(written, MAX_ATTRIBUTE), key.lower()
            prefix, colon, local = key.partition(":")
            if not text or lower in _KNOWN or prefix == "xmlns":
                continue
            if (lower == "title" and text == clean_line(title)) or (lower == "type" and text.lower() == "rss"):
                continue
            if not colon:
                others.append((key, text))
            elif self._namespaces.get(prefix) == NAMESPACE:
                own.append((local, text))
            elif prefix in self._namespaces:
                others.append((f"{{{self._namespaces[prefix]}}}{local}", text))
        return tuple(own), tuple(others[:MAX_OTHERS])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # UTF-16 is known by its first bytes; a declaration that says otherwise is a slip.
        if encoding and self.encoding != "utf-16":
            self.encoding = encoding

    def _entity(self, name: str, *_details: object) -> None:
        message = f"declares the entity {quoted(name)}, which no feed list needs"
        self.refused = self.refused or Problem(at=self._here(), message=message, hint="delete the DOCTYPE")
