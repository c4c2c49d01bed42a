"""YAML of users' files as nodes with file:line:column and raw scalars. No aliases, anchors or tags; nothing raises.

Values keep the text as written: NO stays "NO" and 1:30 stays "1:30", where YAML 1.1 makes False and 90 of them.
Nodes are built from libyaml's event stream with a stack of our own, so depth is bounded before anything recurses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import yaml

from monitor.config.spelling import quoted
from monitor.config.yaml_errors import syntax_problem, tag_problem
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
_LINE_END = re.compile(r"\r\n?|[\n\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Scalar:
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
        return next((value for key, value in self.pairs if key.text == name), None)

    def key(self, name: str) -> Scalar | None:
        """Return the key itself, for its place, or None if it is not there."""
        return next((key for key, _ in self.pairs if key.text == name), None)

    def __contains__(self, name: object) -> bool:
        return any(key.text == name for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)


Node: TypeAlias = Scalar | Sequence | Mapping


def read_yaml(path: Path) -> tuple[Node | None, list[Problem]]:
    """Return the one document of a file, and everything that is wrong with it as YAML.

    The node is None if the file cannot be read at all or its syntax breaks. With problems that leave the rest readable
    (duplicate keys, an alias) both are given. An empty file is an empty mapping.
    """
    file = str(path)
    try:
        with path.open("rb") as stream:
            source = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return None, [Problem(at=Location(file), message="no such file", hint="check the path, or create the file")]
    except IsADirectoryError:
        return None, [Problem(at=Location(file), message="this is a folder, a file is needed")]
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, [Problem(at=Location(file), message=f"cannot be read: {reason}", hint="check its permissions")]
    return parse_yaml(source, file=file)


def parse_yaml(source: bytes, *, file: str) -> tuple[Node | None, list[Problem]]:
    """Return the one document in `source` as nodes located in `file`; see `read_yaml`."""
    text, problem = _decode(source, file)
    if problem:
        return None, [problem]
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if not builder.take(event):
                return None, builder.problems
    except yaml.YAMLError as error:
        return None, [*builder.problems, syntax_problem(error, text, file)]
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
    ends = list(_LINE_END.finditer(before))
    return Location(file, len(ends) + 1, len(before) - (ends[-1].end() if ends else 0) + 1)


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not come yet. In a mapping a key waits until its value is there."""

    at: Location
    is_mapping: bool
    nodes: list[Node]
    pairs: dict[str, tuple[Scalar, Node]]
    key: Node | None = None


class _Builder:
    """Nodes out of events, one at a time; the root is there when all events were taken."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.problems: list[Problem] = []
        self._open: list[_Open] = []
        self._documents = 0

    def take(self, event: yaml.Event) -> bool:
        """Take the next event; False if the rest of the file is not worth reading (a problem says why)."""
        if isinstance(event, yaml.ScalarEvent):
            self._refuse_decoration(event)
            self._add(Scalar(event.value, self._at(event), plain=not event.style))
        elif isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            self._refuse_decoration(event)
            return self._begin(event)
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._end()
        elif isinstance(event, yaml.AliasEvent):
            name = event.anchor or ""
            self.problems.append(tag_problem("*", name, self._at(event)))
            self._add(Scalar("*" + name, self._at(event), plain=False))
        elif isinstance(event, yaml.DocumentStartEvent):
            return self._begin_document(event)
        return True

    def _at(self, event: yaml.Event) -> Location:
        mark = event.start_mark
        return Location(self.file, mark.line + 1, mark.column + 1) if mark else Location(self.file)

    def _refuse_decoration(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self.problems.append(tag_problem("&", event.anchor, self._at(event)))
        if event.tag is not None:
            name = event.tag.removeprefix("tag:yaml.org,2002:").removeprefix("!")
            self.problems.append(tag_problem("!", name, self._at(event)))

    def _begin_document(self, event: yaml.Event) -> bool:
        self._documents += 1
        if self._documents == 1:
            return True
        self._report(self._at(event), 'a second document begins here ("---")', "one file holds one document: delete it")
        return False

    def _begin(self, event: yaml.Event) -> bool:
        if len(self._open) == MAX_DEPTH:
            self._report(self._at(event), f"nested more than {MAX_DEPTH} deep", "write it flatter")
            return False
        self._open.append(_Open(self._at(event), isinstance(event, yaml.MappingStartEvent), [], {}))
        return True

    def _end(self) -> None:
        done = self._open.pop()
        pairs, nodes = tuple(done.pairs.values()), tuple(done.nodes)
        self._add(Mapping(pairs, done.at) if done.is_mapping else Sequence(nodes, done.at))

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if not parent.is_mapping:
            parent.nodes.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            self._add_pair(parent, parent.key, node)
            parent.key = None

    def _add_pair(self, parent: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self._report(key.at, "a list or mapping cannot be a key", 'if braces are meant as text, quote them: "{…}"')
        elif key.text in parent.pairs:
            first = parent.pairs[key.text][0].at
            message = f"{quoted(key.text)} is written twice; the first is on line {first.line}"
            self._report(key.at, message, "keep one of them")
        else:
            parent.pairs[key.text] = (key, value)

    def _report(self, at: Location, message: str, hint: str) -> None:
        self.problems.append(Problem(at=at, message=message, hint=hint))
