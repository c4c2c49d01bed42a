"""Feeds put into lists in YAML and taken out of them; comments, order and layout of all the rest stay as they are.

By the places of nodes in the text, not by a YAML library's round trip, which would lay the file out anew. Whatever is
written is read back and compared with what was there before it is handed out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import yaml

from monitor.config.feed_list import Listed, read_list_text
from monitor.config.feed_list_write import flow_text, item_text, list_text
from monitor.config.yaml_errors import LINE_END
from monitor.config.yaml_marks import MAX_FILE_BYTES
from monitor.errors import ConfigError, Location, Problem

_NEW = "Feeds; docs/feeds.md says what may stand here."
_MARK = "\ufeff"


def add_feeds(source: bytes, feeds: Sequence[Listed], *, file: str) -> bytes:
    """Return a list with more feeds at its end; of nothing a new list is made.

    Raises:
        ConfigError: the list has errors, or is laid out in a way that cannot be added to.
    """
    before = _read(source, file)
    text, mark = _text(source)
    if not text.strip():
        edited = list_text(feeds, comment=_NEW)
    else:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
        edited = _added(text, root, feeds)
    result = (mark + edited).encode()
    if len(result) > MAX_FILE_BYTES:
        hint = "write to another file; an OPML file may also lie in the folder of lists as it is"
        raise ConfigError([Problem(at=Location(file), message="the list would be larger than 1 MiB", hint=hint)])
    after, problems = read_list_text(result, file=file)
    kept, new = after[: len(before)], after[len(before) :]
    is_as_meant = _bare(kept) == _bare(before) and [one.feed.url for one in new] == [one.feed.url for one in feeds]
    if not is_as_meant or any(problem.severity == "error" for problem in problems):
        lines = "".join(f"\n  - {flow_text(feed)}" for feed in feeds[:3])
        raise _refusal(file, f"add to it by hand, as in:{lines}")
    return result


def remove_feed(source: bytes, listed: Listed, *, file: str) -> bytes:
    """Return a list without one of its feeds.

    Raises:
        ConfigError: the list has errors, or is laid out in a way in which no line can be taken out.
    """
    before = _read(source, file)
    rest = [other for other in before if other.at != listed.at]
    text, mark = _text(source)
    sequence, key = _feeds_of(yaml.compose(text, Loader=yaml.CSafeLoader))
    by_hand = f"take it out by hand: line {listed.at.line}"
    if sequence is None or sequence.flow_style:
        raise _refusal(file, by_hand)
    starts = _line_starts(text)
    items = [node for node in sequence.value if (node.start_mark.line + 1, node.start_mark.column + 1) == listed.at[1:]]
    if len(items) != 1:
        raise _refusal(file, by_hand)
    first, last = items[0].start_mark.line, _last_line(items[0])
    edited = text[: starts[first]] + text[starts[last + 1] :]
    if len(sequence.value) == 1 and key is not None:
        edited = edited[: key.end_mark.index] + ": []" + edited[key.end_mark.index :].lstrip(" ").removeprefix(":")
    result = (mark + edited).encode()
    if _bare(_read(result, file)) != _bare(rest):
        raise _refusal(file, by_hand)
    return result


def _read(source: bytes, file: str) -> tuple[Listed, ...]:
    if not source.strip():
        return ()
    listed, problems = read_list_text(source, file=file)
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise ConfigError(errors)
    return listed


def _text(source: bytes) -> tuple[str, str]:
    """Return what is in a file and the byte order mark before it."""
    text = source.decode()
    return (text[1:], _MARK) if text.startswith(_MARK) else (text, "")


def _refusal(file: str, hint: str) -> ConfigError:
    return ConfigError([Problem(at=Location(file), message="this list is laid out in an unusual way", hint=hint)])


def _feeds_of(root: yaml.Node | None) -> tuple[yaml.SequenceNode | None, yaml.Node | None]:
    """Return the list of feeds and the key before it; a list that is the whole document has none."""
    if isinstance(root, yaml.SequenceNode):
        return root, None
    if isinstance(root, yaml.MappingNode):
        for key, value in root.value:
            if key.value == "feeds" and isinstance(value, yaml.SequenceNode):
                return value, key
    return None, None


def _added(text: str, root: yaml.Node | None, feeds: Sequence[Listed]) -> str:
    whole = text if text.endswith("\n") else text + "\n"
    sequence, key = _feeds_of(root)
    if sequence is None:
        return whole + list_text(feeds)
    if not sequence.flow_style:
        end = _line_starts(whole)[_last_line(sequence) + 1]
        indent = sequence.start_mark.column
        return whole[:end] + "".join(item_text(feed, indent=indent) for feed in feeds) + whole[end:]
    if sequence.value:
        end = sequence.value[-1].end_mark.index
        return text[:end] + "".join(f", {flow_text(feed)}" for feed in feeds) + text[end:]
    start, end = sequence.start_mark.index, sequence.end_mark.index
    items = "".join(item_text(feed, indent=2 if key else 0) for feed in feeds)
    rest = whole[end:].split("\n", 1)
    head = whole[:start].rstrip(" ") + rest[0]
    return (f"{head}\n" if head else "") + items + rest[1]


def _last_line(node: yaml.Node) -> int:
    """Return the number, from 0, of the last line on which something of a node stands."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(node, yaml.MappingNode) else last)
    mark = node.end_mark
    # The end of a text in a block (| or >) is the start of what follows.
    return mark.line - 1 if mark.column == 0 and mark.line > node.start_mark.line else int(mark.line)


def _line_starts(text: str) -> list[int]:
    """Return where each line begins, and where one more would."""
    return [0, *(end.end() for end in LINE_END.finditer(text)), len(text)]


def _bare(listed: Sequence[Listed]) -> list[Listed]:
    """Return feeds without the places where they stand."""
    nowhere = Location("")
    return [replace(one, at=nowhere, feed=replace(one.feed, origin="")) for one in listed]
