"""YAML of users' files as nodes with file:line:column and raw scalars. No aliases, anchors or tags; nothing raises.

Values keep the text as written: NO stays "NO" and 1:30 stays "1:30", where YAML 1.1 makes False and 90 of them.
Nodes are built from libyaml's event stream with a stack of our own, so depth is bounded before anything recurses. Most
of the time to read rules goes here: scalars and places are named tuples, made in half the time of frozen dataclasses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    ScalarEvent,
    SequenceEndEvent,
)

from monitor.config.spelling import quoted
from monitor.config.yaml_errors import LINE_END, syntax_problem, tag_problem
from monitor.errors import Location, Problem

MAX_FILE_BYTES = 1024 * 1024  # 3 000 rules of 11 lines; whoever has more writes several files
MAX_DEPTH = 64  # nesting of lists and mappings; the deepest honest rule has about 12

# YAML 1.2 core schema, less what would change on the way back: 0123, +49… and 0x1F stay text.
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,14})\.[0-9]{1,15}", re.ASCII)

# The characters that YAML allows, less the byte order mark: everything else is invisible and was not meant.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


class Scalar(NamedTuple):
    """A single value, as written. `plain` = without quotes, so it may stand for a number, true, false or nothing."""

    text: str
    at: Location
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether nothing was written (or null, ~)."""
        return self.plain and self.text in _NULLS

    @property
    def value(self) -> str | int | float | bool | None:
        """The value by the rules of YAML 1.2: unquoted true/false, plain decimal numbers and null; all else is text."""
        if not self.plain:
            return self.text
        if self.text in _NULLS:
            return None
        if self.text in _BOOLEANS:
            return _BOOLEANS[self.text]
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        return float(self.text) if _FLOAT.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    nodes: tuple[Node, ...]
    at: Location

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys and values in the order of the file; of a key written twice the first counts (and a Problem says so)."""

    pairs: tuple[tuple[Scalar, Node], ...]
    at: Location

    def items(self) -> tuple[tuple[Scalar, Node], ...]:
        """Return (key, value) pairs in the order of the file."""
        return self.pairs

    def keys(self) -> tuple[str, ...]:
        """Return the keys as text."""
        return tuple(key.text for key, _ in self.pairs)

    def get(self, name: str) -> Node | None:
        """Return the value of a key, or None if the key is not there."""
        for key, value in self.pairs:
            if key.text == name:
                return value
        return None

    def key(self, name: str) -> Scalar | None:
        """Return the key itself, for its place, or None if it is not there."""
        for key, _ in self.pairs:
            if key.text == name:
                return key
        return None

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __len__(self) -> int:
        return len(self.pairs)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_yaml(path: Path) -> tuple[Node | None, list[Problem]]:
    """Return the one document of a file, and everything that is wrong with it as YAML.

    The node is None if the file cannot be read at all or its syntax breaks. With problems that leave the rest readable
    (duplicate keys, an alias) both are given. An empty file is an empty mapping.
    """
    source = read_source(path)
    return (None, [source]) if isinstance(source, Problem) else parse_yaml(source, file=str(path))


def read_source(path: Path) -> bytes | Problem:
    """Return what is in a file, of one that is too large only so much that it shows; or why it cannot be read."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            return stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return Problem(at=Location(file), message="no such file", hint="check the path, or create the file")
    except IsADirectoryError:
        return Problem(at=Location(file), message="this is a folder, a file is needed")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return Problem(at=Location(file), message=f"cannot be read: {reason}", hint="check its permissions")


def parse_yaml(source: bytes, *, file: str) -> tuple[Node | None, list[Problem]]:
    """Return the one document in `source` as nodes located in `file`; see `read_yaml`."""
    text, problem = _decode(source, file)
    if problem:
        return None, [problem]
    builder = _Builder(file)
    try:
        builder.read(text)
    except yaml.YAMLError as error:
        return None, [*builder.problems, syntax_problem(error, text, file)]
    if not builder.complete:
        return None, builder.problems
    return builder.root or Mapping((), Location(file, 1, 1)), builder.problems


def _decode(source: bytes, file: str) -> tuple[str, Problem | None]:
    """Return the text, or what keeps it from being one; a byte order mark in front is dropped."""
    if len(source) > MAX_FILE_BYTES:
        message = f"larger than {MAX_FILE_BYTES // 1024 // 1024} MiB"
        return "", Problem(at=Location(file), message=message, hint="split it into several files")
    if source[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "", Problem(at=Location(file), message="encoded as UTF-16", hint="save it as UTF-8")
    try:
        text = source.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        before = source[: error.start].decode("utf-8").removeprefix("\ufeff")
        message = f"the byte 0x{source[error.start]:02x} is not valid UTF-8"
        return "", Problem(at=_place(before, file), message=message, hint="save the file as UTF-8")
    bad = _FORBIDDEN.search(text)
    if bad:
        message = f"the invisible character U+{ord(bad[0]):04X} is not allowed in YAML"
        return "", Problem(at=_place(text[: bad.start()], file), message=message, hint="delete it")
    return text, None


def _place(before: str, file: str) -> Location:
    """Return the location of what follows `before`."""
    ends = list(LINE_END.finditer(before))
    return Location(file, len(ends) + 1, len(before) - (ends[-1].end() if ends else 0) + 1)


_new = tuple.__new__  # a named tuple past its own constructor, which takes as long as all the rest


class _Builder:
    """Nodes out of events; `problems` says what is wrong with them."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.complete = False  # else the rest of the file was not worth reading: a problem says why
        self.problems: list[Problem] = []

    def read(self, text: str) -> None:
        """Read the one document.

        Raises:
            yaml.YAMLError: its syntax is broken.
        """
        next_event = CParser(text).get_event
        nodes: list[Node] = []  # of the list or mapping that is open; keys and values of a mapping take turns
        around: list[tuple[list[Node], Location]] = []  # what is open around it, and where the inner one began
        while (event := next_event()) is not None:
            if isinstance(event, ScalarEvent):
                nodes.append(_new(Scalar, (event.value, self._at(event), not event.style)))
                if event.anchor is not None or event.tag is not None:
                    self._refuse_decoration(event)
            elif isinstance(event, CollectionStartEvent):
                if len(around) == MAX_DEPTH:
                    return self._report(self._at(event), f"nested more than {MAX_DEPTH} deep", "write it flatter")
                around.append((nodes, self._at(event)))
                nodes = []
                if event.anchor is not None or event.tag is not None:
                    self._refuse_decoration(event)
            elif isinstance(event, CollectionEndEvent):
                inside, (nodes, at) = nodes, around.pop()
                is_list = isinstance(event, SequenceEndEvent)
                nodes.append(Sequence(tuple(inside), at) if is_list else self._mapping(inside, at))
            elif isinstance(event, AliasEvent):
                nodes.append(self._alias(event))
            elif isinstance(event, DocumentStartEvent) and nodes:
                hint = "one file holds one document: delete it"
                return self._report(self._at(event), 'a second document begins here ("---")', hint)
        self.root = nodes[0] if nodes else None
        self.complete = True
        return None

    def _mapping(self, nodes: list[Node], at: Location) -> Mapping:
        """Return the mapping of keys and values that follow one another."""
        keys = [key for key in nodes[::2] if isinstance(key, Scalar)]
        if 2 * len({key.text for key in keys}) == len(nodes):
            return Mapping(tuple(zip(keys, nodes[1::2], strict=True)), at)
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                hint = 'if braces are meant as text, quote them: "{…}"'
                self._report(key.at, "a list or mapping cannot be a key", hint)
            elif key.text in pairs:
                first = pairs[key.text][0].at
                message = f"{quoted(key.text)} is written twice; the first is on line {first.line}"
                self._report(key.at, message, "keep one of them")
            else:
                pairs[key.text] = (key, value)
        return Mapping(tuple(pairs.values()), at)

    def _alias(self, event: AliasEvent) -> Scalar:
        name, at = event.anchor or "", self._at(event)
        self.problems.append(tag_problem("*", name, at))
        return Scalar("*" + name, at, plain=False)

    def _at(self, event: Event) -> Location:
        mark = event.start_mark
        assert mark is not None, "libyaml marks every event"
        return _new(Location, (self.file, mark.line + 1, mark.column + 1))

    def _refuse_decoration(self, event: ScalarEvent | CollectionStartEvent) -> None:
        at = self._at(event)
        if event.anchor is not None:
            self.problems.append(tag_problem("&", event.anchor, at))
        if event.tag is not None:
            name = event.tag.removeprefix("tag:yaml.org,2002:").removeprefix("!")
            self.problems.append(tag_problem("!", name, at))

    def _report(self, at: Location, message: str, hint: str) -> None:
        self.problems.append(Problem(at=at, message=message, hint=hint))
