"""Feeds as an OPML 2.0 document, folders and all; what OPML has no word for goes into a namespace of our own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr

from monitor.config.feed_list import Listed
from monitor.config.opml import NAMESPACE
from monitor.config.units import format_duration

# Not allowed in XML 1.0, not even as a character reference.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
_NAMESPACED = re.compile(r"\{([^{}]+)\}([A-Za-z_][\w.-]*)", re.ASCII)
_INDENT = "  "


@dataclass(slots=True)
class _Folder:
    """A folder being filled; its members stand in the order in which they came."""

    folders: dict[str, _Folder] = field(default_factory=dict)
    members: list[Listed | str] = field(default_factory=list)  # a feed, or the name of a folder within


def write_opml(listed: Sequence[Listed], *, title: str = "Feeds of monitor") -> str:
    """Return an OPML 2.0 document; feeds without a folder stand in one of their first tag, which stays a category."""
    root = _Folder()
    for feed in listed:
        place = root
        for name in feed.folder or feed.tags[:1]:
            if name not in place.folders:
                place.folders[name] = _Folder()
                place.members.append(name)
            place = place.folders[name]
        place.members.append(feed)
    prefixes = _prefixes(listed)
    spaces = "".join(f" xmlns:{prefix}={_attribute(address)}" for address, prefix in prefixes.items())
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<opml version="2.0"{spaces}>',
            "  <head>",
            f"    <title>{_attribute(title)[1:-1]}</title>",
            "  </head>",
            "  <body>",
            *_lines(root, prefixes, _INDENT * 2),
            "  </body>",
            "</opml>",
            "",
        ]
    )


def _lines(folder: _Folder, prefixes: dict[str, str], indent: str) -> Iterator[str]:
    for member in folder.members:
        if isinstance(member, Listed):
            yield f"{indent}{_outline(member, prefixes)}"
        else:
            yield f"{indent}<outline text={_attribute(member)}>"
            yield from _lines(folder.folders[member], prefixes, indent + _INDENT)
            yield f"{indent}</outline>"


def _outline(listed: Listed, prefixes: dict[str, str]) -> str:
    feed = listed.feed
    attributes = {"text": feed.title or feed.url, "xmlUrl": feed.url, "htmlUrl": listed.homepage}
    # A comma separates categories and a slash their levels.
    attributes["category"] = ",".join(re.sub("[,/]", " ", tag) for tag in listed.tags)
    attributes |= {"language": feed.language, "description": listed.description}
    kind = "rss"
    for name, text in listed.others:
        if name == "type":
            kind = text
        elif name not in attributes or not attributes[name]:
            attributes[_written_name(name, prefixes)] = text
    attributes |= {f"{prefixes.get(NAMESPACE)}:{name}": text for name, text in own_attributes(listed).items()}
    words = [f"type={_attribute(kind)}", *(f"{name}={_attribute(text)}" for name, text in attributes.items() if text)]
    return f"<outline {' '.join(words)}/>"


def own_attributes(listed: Listed) -> dict[str, str]:
    """Return what OPML has no word for, by the names of our namespace: those of feed lists in YAML."""
    feed = listed.feed
    written = {"source": feed.source, "interval": format_duration(feed.interval) if feed.interval else ""}
    written["full_text"] = "" if feed.full_text == "auto" else feed.full_text
    written["enabled"] = "" if listed.enabled else "false"
    return {name: text for name, text in written.items() if text}


def _prefixes(listed: Sequence[Listed]) -> dict[str, str]:
    """Return a prefix for each namespace that is used."""
    found = {NAMESPACE: "monitor"} if any(own_attributes(feed) for feed in listed) else {}
    for feed in listed:
        for name, _ in feed.others:
            if matched := _NAMESPACED.fullmatch(name):
                found.setdefault(matched[1], f"ns{len(found)}")
    return found


def _written_name(name: str, prefixes: dict[str, str]) -> str:
    matched = _NAMESPACED.fullmatch(name)
    return f"{prefixes[matched[1]]}:{matched[2]}" if matched else name


def _attribute(text: str) -> str:
    # quoteattr chooses single quotes when the text has double ones; entities keep one form for all.
    return quoteattr(_NOT_XML.sub("", text).replace('"', "\0")).replace("\0", "&quot;")
