"""A rule file as it is written: values with their quotes and brackets, and where comments and blank lines belong.

For the formatter; what a file means is read by others, from the same parser.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml
from yaml.events import AliasEvent, Event, MappingStartEvent, NodeEvent, ScalarEvent, SequenceStartEvent

_COMMENT = re.compile(r"#[^\n]*")


@dataclass(slots=True, eq=False)
class Text:
    """A single value. `source` is what the file has, quotes included; `style` is its quote, | or >, empty if plain."""

    value: str
    style: str
    source: str
    start: int
    end: int

    @property
    def is_block(self) -> bool:
        """Whether it stands on lines of its own below a | or >."""
        return self.style in ("|", ">")

    @property
    def remark(self) -> str:
        """The comment beside a | or >."""
        found = _COMMENT.search(self.source.partition("\n")[0]) if self.is_block else None
        return found[0].rstrip() if found else ""

    @property
    def is_nothing(self) -> bool:
        """Whether there is no value at all."""
        return not self.source


@dataclass(slots=True, eq=False)
class Comment:
    """A comment with its #, and whether a blank line stands above it."""

    text: str
    blank: bool


@dataclass(slots=True, eq=False)
class Item:
    """An entry of a list, or a key with its value; with the comments about it and whether a blank line is above it."""

    value: Node
    key: Text | None
    parent: Group
    start: int
    blank: bool
    above: list[Comment] = field(default_factory=list)
    beside: str = ""


@dataclass(slots=True, eq=False)
class Group:
    """A list or mapping. `is_flow`: in brackets or braces, which a single pair within a list may lack."""

    is_mapping: bool
    is_flow: bool
    has_brackets: bool
    start: int
    end: int
    column: int
    owner: Item | None
    items: list[Item] = field(default_factory=list)
    tail: list[Comment] = field(default_factory=list)  # after its last item
    is_spread: bool = False  # to be written on lines of its own whatever its length


Node: TypeAlias = Text | Group


def read_written(text: str) -> Group | None:
    """Return the mapping of a file that is known to be good YAML; None if it is empty.

    Args:
        text: the file with line feeds only.
    """
    builder = _Builder(text)
    root = builder.read()
    if not isinstance(root, Group):
        return None
    for position, comment in builder.comments():
        builder.attach(position, comment)
    return root


class _Builder:
    """Makes nodes of events, then finds the item that each comment belongs to."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._events: Iterator[Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._texts: list[Text] = []
        self._items: list[Item] = []  # outer before inner, in the order of the file
        self._starts: list[int] = []

    def read(self) -> Node | None:
        """Return the root of the document, None if it is empty."""
        for event in self._events:
            if isinstance(event, NodeEvent):
                return self._node(event, None)
        return None

    def _node(self, event: NodeEvent, owner: Item | None) -> Node:
        start, end = _index(event.start_mark), _index(event.end_mark)
        if isinstance(event, ScalarEvent):
            # A block scalar ends where the next line begins.
            source = self._text[start:end].rstrip("\n")
            text = Text(event.value, event.style or "", source, start, start + len(source))
            self._texts.append(text)
            return text
        assert not isinstance(event, AliasEvent), "aliases are errors"
        assert isinstance(event, MappingStartEvent | SequenceStartEvent)
        is_mapping = isinstance(event, MappingStartEvent)
        has_brackets = self._text[start] in "[{" and bool(event.flow_style)
        group = Group(
            is_mapping, bool(event.flow_style), has_brackets, start, end, start - self._line_start(start), owner
        )
        for inner in self._events:
            if not isinstance(inner, NodeEvent):
                last = group.items[-1].value.end if group.items else end
                group.end = _index(inner.end_mark) if group.is_flow else last
                break
            self._item(inner, group)
        return group

    def _item(self, event: NodeEvent, group: Group) -> None:
        start = _index(event.start_mark)
        placeholder = Text("", "", "", start, start)
        item = Item(placeholder, None, group, start, self._follows_blank(start))
        self._items.append(item)
        self._starts.append(start)
        group.items.append(item)
        if group.is_mapping:
            key = self._node(event, item)
            assert isinstance(key, Text), "other keys are errors"
            value = next(self._events)
            assert isinstance(value, NodeEvent)
            item.key, event = key, value
        item.value = self._node(event, item)

    def _line_start(self, position: int) -> int:
        return self._text.rfind("\n", 0, position) + 1

    def _follows_blank(self, position: int) -> bool:
        """Return whether the line above that of a position is blank."""
        start = self._line_start(position)
        return start > 0 and not self._text[self._line_start(start - 1) : start].strip()

    def comments(self) -> Iterator[tuple[int, str]]:
        """Yield all comments with their places: what follows a # anywhere but in a value."""
        position = 0
        for text in [*self._texts, Text("", "", "", len(self._text), len(self._text))]:
            for found in _COMMENT.finditer(self._text, position, text.start):
                yield found.start(), found[0].rstrip()
            position = text.end

    def attach(self, position: int, text: str) -> None:
        """Give a comment to the item beside which it stands, or to the one below it, or to the end of a group."""
        index = bisect_right(self._starts, position)
        below = self._items[index] if index < len(self._items) else None
        before = self._items[index - 1] if index else None
        comment = Comment(text, self._follows_blank(position))
        if before is None:
            assert below is not None
            below.above.append(comment)
        elif beside := self._beside(before, position):
            if beside.beside:
                beside.above.append(comment)
            else:
                beside.beside = text
        elif before.key is not None and before.value.start > position and not _holds(before.value, below):
            before.above.append(comment)  # between a key and its value
        else:
            group = self._ended(before, below, position)
            if group is not None and group.items:
                group.tail.append(comment)
            elif item := below if group is None else group.owner:  # in empty brackets there is no place for it
                item.above.append(comment)

    def _beside(self, item: Item, position: int) -> Item | None:
        """Return the item that ends on the comment's line, the outermost of them."""
        while item.parent.is_flow and item.parent.end <= position and item.parent.owner:
            item = item.parent.owner
        if item.value.end <= position:
            end = item.value.end
        elif item.key is not None and item.key.end <= position < item.value.start:
            end = item.key.end
        else:
            return None
        return None if "\n" in self._text[end:position] else item

    def _ended(self, before: Item, below: Item | None, position: int) -> Group | None:
        """Return the list or mapping at whose end a comment on a line of its own stands, if not above the next item."""
        column = position - self._line_start(position)
        group: Group | None = before.value if isinstance(before.value, Group) else before.parent
        while group is not None and not _holds(group, below):
            if group.is_flow:
                if group.start < position < group.end:
                    return group
            elif group.column <= column and not _is_below_key(group, below):
                return group
            group = group.owner.parent if group.owner else None
        return None


def _index(mark: Any) -> int:
    """Return how many characters stand before a mark; libyaml's have no types."""
    index: int = mark.index
    return index


def _is_below_key(group: Group, below: Item | None) -> bool:
    """Return whether a list stands right below its key, not indented, so that its end is where the next key begins."""
    owner = group.owner
    return owner is not None and owner.parent.column == group.column and _holds(owner.parent, below)


def _holds(node: Node, item: Item | None) -> bool:
    return item is not None and isinstance(node, Group) and node.start <= item.start < node.end
