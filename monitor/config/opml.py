"""OPML, the subscription lists of all feed readers: in, tolerantly, and out. Folders become tags, and tags folders."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

import listparser

from monitor.config.spelling import quoted
from monitor.errors import Location, Problem
from monitor.model import Feed
from monitor.text import clean_line

MAX_OPML_BYTES = 10 * 1024 * 1024  # 50 000 feeds at 200 bytes each

_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
# Not allowed in XML 1.0, not even as a character reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed as an OPML file lists it; the address is not checked yet."""

    url: str
    title: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()  # categories, then the folders from the outermost
    at: Location


def read_opml(source: bytes, *, file: str) -> tuple[tuple[Outline, ...], list[Problem]]:
    """Return the feeds of an OPML file and what is wrong with it.

    A file that is not well-formed gives a warning if feeds can be made out all the same (readers export unescaped & in
    titles), else an error. Entities are refused; lists on other servers are named, not fetched.
    """
    if len(source) > MAX_OPML_BYTES:
        hint = "split it into several files"
        return (), [Problem(at=Location(file), message="larger than 10 MiB", hint=hint)]
    scan = _Scan(file)
    broken = scan.run(source)
    if scan.refused:
        return (), [scan.refused]
    found = listparser.parse(_as_ascii(source, scan.encoding))
    outlines = tuple(
        Outline(
            url=feed["url"],
            title=clean_line(feed["title"]),
            language=scan.languages.get(feed["url"], ""),
            tags=_tags(feed["categories"]),
            at=scan.places.get(feed["url"], Location(file)),
        )
        for feed in found["feeds"]
    )
    problems = [_include_problem(item["url"], scan.places.get(item["url"], Location(file))) for item in found["lists"]]
    if broken:
        problems.insert(0, _broken_problem(broken, feeds=len(outlines)))
    elif not outlines:
        hint = 'feeds are written as <outline type="rss" text="…" xmlUrl="https://…"/>'
        problems.append(Problem(at=Location(file), message="no feeds in this OPML file", hint=hint, severity="warning"))
    return outlines, problems


def write_opml(feeds: Sequence[Feed], *, title: str = "Feeds of monitor") -> str:
    """Return an OPML 2.0 document: a folder for the first tag of each feed, all tags as its categories."""
    folders: dict[str, list[Feed]] = {}
    for feed in feeds:
        folders.setdefault(feed.tags[0] if feed.tags else "", []).append(feed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">']
    lines += ["  <head>", f"    <title>{_attribute(title)[1:-1]}</title>", "  </head>", "  <body>"]
    for folder, members in folders.items():
        if folder:
            lines.append(f"    <outline text={_attribute(folder)}>")
        lines += [f"{'      ' if folder else '    '}{_outline(feed)}" for feed in members]
        if folder:
            lines.append("    </outline>")
    return "\n".join([*lines, "  </body>", "</opml>", ""])


def _outline(feed: Feed) -> str:
    attributes = {"text": feed.title or feed.url, "xmlUrl": feed.url}
    if feed.tags:
        # A comma separates categories and a slash their levels.
        attributes["category"] = ",".join(re.sub("[,/]", " ", tag) for tag in feed.tags)
    if feed.language:
        attributes["language"] = feed.language
    return '<outline type="rss" ' + " ".join(f"{name}={_attribute(text)}" for name, text in attributes.items()) + "/>"


def _attribute(text: str) -> str:
    # quoteattr chooses single quotes when the text has double ones; entities keep one form for all.
    return quoteattr(_NOT_XML.sub("", text).replace('"', "\0")).replace("\0", "&quot;")


def _tags(categories: Sequence[Sequence[str]]) -> tuple[str, ...]:
    names = (clean_line(name, limit=64) for category in categories for name in category)
    return tuple(dict.fromkeys(name for name in names if name))


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


@dataclass(slots=True)
class _Scan:
    """A strict pass for what listparser does not tell: places, languages, the encoding, and what is malformed."""

    file: str
    encoding: str = "utf-8"
    refused: Problem | None = None
    places: dict[str, Location] = field(default_factory=dict)
    languages: dict[str, str] = field(default_factory=dict)
    _parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)

    def run(self, source: bytes) -> Problem | None:
        """Read the document; return what makes it malformed, if anything."""
        if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.encoding = "utf-16"
        self._parser.StartElementHandler = self._start
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
        if name.lower() != "outline":
            return
        lower = {key.lower(): text.strip() for key, text in attributes.items()}
        url = lower.get("xmlurl") or lower.get("url", "")
        self.places.setdefault(url, self._here())
        if lower.get("language"):
            self.languages.setdefault(url, lower["language"])

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        # UTF-16 is known by its first bytes; a declaration that says otherwise is a slip.
        if encoding and self.encoding != "utf-16":
            self.encoding = encoding

    def _entity(self, name: str, *_details: object) -> None:
        message = f"declares the entity {quoted(name)}, which no feed list needs"
        self.refused = self.refused or Problem(at=self._here(), message=message, hint="delete the DOCTYPE")
