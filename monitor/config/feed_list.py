"""Feed lists: YAML and OPML files of the user, or folders of them, into Feeds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlsplit

from monitor.config import expect
from monitor.config.expect import Problems, note, warn
from monitor.config.opml import MAX_ATTRIBUTE, MAX_NAME, MAX_OPML_BYTES, Outline, read_opml
from monitor.config.spelling import quoted
from monitor.config.units import parse_duration
from monitor.config.yaml_marks import Mapping, Node, Scalar, parse_yaml, read_yaml
from monitor.config.yaml_marks import Sequence as ListNode
from monitor.errors import Location, Problem
from monitor.model import Feed, FeedKey, FullText
from monitor.text import clean_line
from monitor.urls import host_slug, resolve

YAML_SUFFIXES = (".yaml", ".yml")
OPML_SUFFIXES = (".opml",)
OPTION_KEYS = ("source", "language", "tags", "interval", "full_text", "enabled")
FEED_KEYS = ("url", "title", *OPTION_KEYS, "folder", "homepage", "description", "opml")
MIN_INTERVAL = timedelta(seconds=1)  # for loopback; what the network allows is the poller's matter

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}", re.ASCII)  # BCP 47, as far as feeds use it
FULL_TEXT = cast("tuple[FullText, ...]", get_args(FullText))
_ATTRIBUTE = re.compile(r"(?:\{[^{}]+\})?[A-Za-z_][\w.-]*", re.ASCII)  # of OPML, its namespace in braces


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed as a list has it, with what is for people and other programs only."""

    feed: Feed  # its tags are `tags`, then the names of `folder`
    at: Location
    enabled: bool = True  # else it stands in the list for the day when somebody wants it
    tags: tuple[str, ...] = ()
    folder: tuple[str, ...] = ()  # from the outermost
    homepage: str = ""
    description: str = ""
    others: tuple[tuple[str, str], ...] = ()  # attributes of an OPML outline that only other programs know


def read_feed_lists(paths: Sequence[Path]) -> tuple[tuple[Feed, ...], list[Problem]]:
    """Return all feeds of the files and folders that are enabled, in order, and everything that is wrong with them.

    Of a folder the *.yaml, *.yml and *.opml files directly in it are read, by name. A feed with an error is left out;
    of a feed listed twice the first counts and a warning names both places.
    """
    problems: list[Problem] = []
    feeds: dict[FeedKey, Feed] = {}
    for listed in _read_files(paths, problems):
        if not listed.enabled:
            continue
        feed, at = listed.feed, listed.at
        first = feeds.setdefault(feed.key, feed)
        if first.url != feed.url:
            hint = "add ?1 or the like to one of the addresses, if the server ignores it"
            note(problems, at, f"the key {feed.key} of this feed is also that of {quoted(first.url)}", hint)
        elif first is not feed:
            hint = "the first one counts; delete one of them"
            warn(problems, at, f"this feed is listed twice; the first is at {first.origin}", hint)
    return tuple(feeds.values()), problems


def read_listed(paths: Sequence[Path]) -> tuple[tuple[Listed, ...], list[Problem]]:
    """Return all that stands in the files and folders, feeds that are not enabled and repeated ones included."""
    problems: list[Problem] = []
    return tuple(_read_files(paths, problems)), problems


def read_list_text(source: bytes, *, file: str) -> tuple[tuple[Listed, ...], list[Problem]]:
    """Return the feeds of one YAML list, given what is in it, and everything that is wrong with them."""
    root, problems = parse_yaml(source, file=file)
    return tuple(_listed_in(root, problems)) if root is not None else (), problems


def read_opml_text(source: bytes, *, file: str) -> tuple[tuple[Listed, ...], list[Problem]]:
    """Return the feeds of one OPML list, given what is in it, and everything that is wrong with them."""
    outlines, problems = read_opml(source, file=file)
    return tuple(_listed_outlines(outlines, problems)), problems


def listed_as(fields: dict[str, str | tuple[str, ...]], *, at: Location) -> Listed | list[Problem]:
    """Return a feed given as a list would have it, by the keys of lists, or what is wrong with it."""
    problems: list[Problem] = []
    nodes = {
        name: Scalar(value, at) if isinstance(value, str) else ListNode(tuple(Scalar(text, at) for text in value), at)
        for name, value in fields.items()
    }
    pairs = tuple((Scalar(name, at), node) for name, node in nodes.items())
    return _read_entry(Mapping(pairs, at), _Options(), problems) or problems


def _read_files(paths: Sequence[Path], problems: Problems) -> Iterator[Listed]:
    for file in list_files(paths, problems):
        read = _read_opml_file if file.suffix.lower() in OPML_SUFFIXES else _read_yaml_file
        yield from read(file, problems)


def feed_key(url: str) -> FeedKey:
    """Return the short name of a feed, for people and as a key: its host and 8 hex digits of its address."""
    return FeedKey(f"{host_slug(url)}-{hashlib.blake2b(url.encode(), digest_size=4).hexdigest()}")


def feed_address(text: str, *, at: Location) -> str | Problem:
    """Return a feed's address with scheme and host in lower case and no fragment, or what is wrong with it."""
    text = text.strip()
    shown = quoted(text)
    lower = text.lower()
    if lower.startswith("feed:"):
        rest = text[len("feed:") :].removeprefix("//")
        better = rest if rest.lower().startswith(("http://", "https://")) else f"https://{rest}"
        return Problem(at=at, message=f"{shown} is not a web address", hint=f"write {quoted(better)}")
    if not lower.startswith(("http://", "https://")):
        hint = f"write {quoted('https://' + text)}" if _looks_like_host(text) else "it begins with https:// or http://"
        return Problem(at=at, message=f"{shown} is not a web address", hint=hint)
    if "@" in text.split("://", 1)[1].split("/", 1)[0]:
        # The address is not repeated: it holds a password.
        message = "an address with a user name or password is not accepted"
        return Problem(at=at, message=message, hint="use the address without it")
    url = resolve("", text)
    if not url:
        return Problem(at=at, message=f"{shown} is not a web address", hint="check the host name and the port")
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.lower(), fragment="").geturl()


def _looks_like_host(text: str) -> bool:
    host = text.split("/", 1)[0]
    return "." in host and " " not in host and ":" not in host and not host.startswith(".")


def list_files(paths: Sequence[Path], problems: Problems) -> Iterator[Path]:
    """Yield each list once, however often it is named."""
    seen: set[Path] = set()
    for path in paths:
        for file in _files_of(path, problems):
            resolved = file.absolute()
            if resolved not in seen:
                seen.add(resolved)
                yield file


def _files_of(path: Path, problems: Problems) -> list[Path]:
    at = Location(str(path))
    suffixes = (*YAML_SUFFIXES, *OPML_SUFFIXES)
    try:
        if path.is_dir():
            children = (child for child in path.iterdir() if not child.name.startswith("."))
            files = sorted(child for child in children if child.suffix.lower() in suffixes and child.is_file())
            if not files:
                warn(problems, at, "no feed lists in this folder", "a list ends in .yaml, .yml or .opml")
            return files
        exists = path.exists()
    except (OSError, ValueError) as error:
        note(problems, at, f"cannot be read: {getattr(error, 'strerror', None) or error}", "check its permissions")
        return []
    if not exists:
        note(problems, at, "no such file or folder", "create it, or correct feeds: in monitor.yaml")
    elif path.suffix.lower() not in suffixes:
        note(problems, at, "unknown kind of feed list", "a list ends in .yaml, .yml or .opml")
    else:
        return [path]
    return []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Options:
    """What may stand in defaults: and at each feed; None and () mean not written."""

    source: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    interval: timedelta | None = None
    full_text: FullText | None = None
    enabled: bool | None = None


def _read_yaml_file(path: Path, problems: Problems) -> Iterator[Listed]:
    root, found = read_yaml(path)
    problems += found
    if root is not None:
        yield from _listed_in(root, problems)


def _listed_in(root: Node, problems: Problems) -> Iterator[Listed]:
    defaults, entries = _split_document(root, problems)
    for entry in entries:
        listed = _read_entry(entry, defaults, problems)
        if listed:
            yield listed


def _split_document(root: Node, problems: Problems) -> tuple[_Options, tuple[Node, ...]]:
    if isinstance(root, ListNode):
        return _Options(), root.nodes
    document = expect.expect_mapping(root, problems, what="a feed list")
    if document is None:
        return _Options(), ()
    expect.check_keys(document, ("defaults", "feeds"), problems, what="a feed list")
    defaults_node, feeds_node = document.get("defaults"), document.get("feeds")
    defaults = expect.expect_mapping(defaults_node, problems, what="defaults") if defaults_node else None
    if defaults:
        expect.check_keys(defaults, OPTION_KEYS, problems, what="defaults")
    if feeds_node is None:
        hint = 'write the addresses below a line "feeds:"'
        warn(problems, document.at, "no feeds in this list", hint)
    listed = expect.expect_list(feeds_node, problems, what="feeds") if feeds_node else None
    return _read_options(defaults, problems) if defaults else _Options(), listed.nodes if listed else ()


def _read_entry(node: Node, defaults: _Options, problems: Problems) -> Listed | None:
    before = len(problems)
    if isinstance(node, Mapping):
        written = expect.check_keys(node, FEED_KEYS, problems, what="a feed")
        expect.require_keys(node, ["url"], problems, what="a feed")
    elif isinstance(node, Scalar):
        written = Mapping(((Scalar("url", node.at), node),), node.at)
    else:
        note(problems, node.at, "a feed is an address or a mapping, found a list", "write - https://…")
        return None
    own, url_node, folder = _read_options(written, problems), written.get("url"), written.get("folder")
    text = {name: _read_text(written, name, problems) for name in ("url", "title", "homepage", "description")}
    others = _read_attributes(written.get("opml"), problems)
    names = _read_names(folder, problems, what="folder") if folder else ()
    address = feed_address(text["url"], at=url_node.at) if text["url"] and url_node else None
    if isinstance(address, Problem):
        problems.append(address)
    if not isinstance(address, str) or len(problems) > before:
        return None
    listed = Listed(
        feed=Feed(key=feed_key(address), url=address, title=clean_line(text["title"])),
        at=node.at,
        folder=names,
        homepage=text["homepage"],
        description=clean_line(text["description"], MAX_ATTRIBUTE),
        others=others,
    )
    return _with_options(listed, own, defaults)


def _read_text(mapping: Mapping, name: str, problems: Problems) -> str:
    node = mapping.get(name)
    return (expect.expect_str(node, problems, what=name) or "") if node else ""


def _read_attributes(node: Node | None, problems: Problems) -> tuple[tuple[str, str], ...]:
    mapping = expect.expect_mapping(node, problems, what="opml") if node else None
    if mapping is None:
        return ()
    names = mapping.keys()
    for key, _ in mapping.pairs:
        if not _ATTRIBUTE.fullmatch(key.text):
            note(problems, key.at, f"{quoted(key.text)} cannot be the name of an attribute", "use letters and digits")
    return tuple((name, _read_text(mapping, name, problems)) for name in names)


def _with_options(listed: Listed, own: _Options, defaults: _Options) -> Listed:
    tags = tuple(dict.fromkeys((*defaults.tags, *own.tags)))
    feed = replace(
        listed.feed,
        source=own.source or defaults.source or "",
        language=own.language or defaults.language or "",
        tags=tuple(dict.fromkeys((*tags, *listed.folder))),
        interval=own.interval or defaults.interval,
        full_text=own.full_text or defaults.full_text or "auto",
        origin=str(listed.at),
    )
    enabled = own.enabled if own.enabled is not None else defaults.enabled is not False
    return replace(listed, feed=feed, tags=tags, enabled=enabled)


def _read_options(mapping: Mapping, problems: Problems) -> _Options:
    source, language, tags = mapping.get("source"), mapping.get("language"), mapping.get("tags")
    interval, full_text, enabled = mapping.get("interval"), mapping.get("full_text"), mapping.get("enabled")
    chosen = expect.expect_choice(full_text, FULL_TEXT, problems, what="full_text") if full_text else None
    return _Options(
        source=clean_line(expect.expect_str(source, problems, what="source") or "") if source else None,
        language=_read_language(language, problems) if language else None,
        tags=_read_names(tags, problems, what="tags") if tags else (),
        interval=_read_interval(interval, problems) if interval else None,
        full_text=next((choice for choice in FULL_TEXT if choice == chosen), None),
        enabled=expect.expect_bool(enabled, problems, what="enabled") if enabled else None,
    )


def _read_language(node: Node, problems: Problems) -> str | None:
    text = expect.expect_str(node, problems, what="language")
    if text is None:
        return None
    code = _language_code(text)
    if not code:
        hint = "write a code: en, ar, zh-Hant, pt-BR"
        note(problems, node.at, f"{quoted(text)} is not the code of a language", hint)
        return None
    return code


def _language_code(text: str) -> str:
    """Return the code as BCP 47 writes it (en, zh-Hant, pt-BR), or "" if it is none."""
    main, hyphen, rest = text.replace("_", "-").partition("-")
    return main.lower() + hyphen + rest if _LANGUAGE.fullmatch(main + hyphen + rest) else ""


def _read_names(node: Node, problems: Problems, *, what: str) -> tuple[str, ...]:
    names = (clean_line(name, limit=MAX_NAME) for name in expect.expect_strs(node, problems, what=what))
    return tuple(dict.fromkeys(name for name in names if name))


def _read_interval(node: Node, problems: Problems) -> timedelta | None:
    text = expect.expect_str(node, problems, what="interval")
    if text is None:
        return None
    try:
        interval = parse_duration(text)
    except ValueError as error:
        note(problems, node.at, f"interval {quoted(text)} is not a time span", str(error))
        return None
    if interval < MIN_INTERVAL:
        note(problems, node.at, f"interval {quoted(text)} is too short", "at least 1s; 5m is brisk for a news site")
        return None
    return interval


def _read_opml_file(path: Path, problems: Problems) -> Iterator[Listed]:
    try:
        with path.open("rb") as stream:
            source = stream.read(MAX_OPML_BYTES + 1)
    except OSError as error:
        note(problems, Location(str(path)), f"cannot be read: {error.strerror}", "check its permissions")
        return
    outlines, found = read_opml(source, file=str(path))
    problems += found
    yield from _listed_outlines(outlines, problems)


def _listed_outlines(outlines: Sequence[Outline], problems: Problems) -> Iterator[Listed]:
    for outline in outlines:
        address = feed_address(outline.url, at=outline.at)
        if isinstance(address, Problem):
            problems.append(address)
        else:
            yield _listed_outline(address, outline)


def _listed_outline(url: str, outline: Outline) -> Listed:
    # Exports hold all sorts of languages ("English", "en-us"); what is no code is only kept for other programs.
    code = _language_code(outline.language)
    others = outline.others if code or not outline.language else (("language", outline.language), *outline.others)
    # Readers write the address where a title is missing.
    title = outline.title if outline.title not in (outline.url, url) else ""
    listed = Listed(
        feed=Feed(key=feed_key(url), url=url, title=title),
        at=outline.at,
        folder=outline.folder,
        homepage=outline.homepage,
        description=outline.description,
        others=others,
    )
    # What is wrong among our own attributes is as if it were not there: the list may be another program's by now.
    own = tuple((Scalar(name, outline.at), Scalar(text, outline.at)) for name, text in outline.own)
    options = _read_options(Mapping(own, outline.at), [])
    return _with_options(listed, replace(options, language=code, tags=outline.categories), _Options())
