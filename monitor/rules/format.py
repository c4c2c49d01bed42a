"""Rule files in one layout: `monitor rules fmt`. Comments stay where they are, and nothing changes its meaning.

Not by a YAML library's round trip: ruamel.yaml drops comments within [a, b] and breaks phrases over two lines. Whatever
is written here is read back and compared with what was there before it is handed out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from monitor.config import yaml_marks
from monitor.config.expect import expect_mapping
from monitor.config.yaml_marks import Scalar, parse_yaml
from monitor.errors import Location, Problem
from monitor.rules.scalars import INDENT, WIDTH, flat, flat_key, text_lines
from monitor.rules.written import Comment, Group, Item, Node, Text, read_written

RULE_ORDER = (
    *("id", "title", "description", "severity", "labels", "when", "query", "volume", "channels", "repeat_after"),
    *("dedup", "group_window", "realert_after_edit", "enabled", "expires", "tests"),
)
ENTRY_ORDER = ("name", "aliases")
TEST_ORDER = ("match", "no_match", "evidence")


def format_rules(source: bytes, *, file: str) -> tuple[bytes | None, list[Problem]]:
    """Return the file in our layout; or None and why, if it is not YAML that we read.

    Line ends stay as in the first line; a byte order mark goes.
    """
    before, problems = parse_yaml(source, file=file)
    if before is None or problems or expect_mapping(before, problems, what="a rule file") is None:
        return None, problems
    text = source.decode().removeprefix("\ufeff")
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    root = read_written(text.replace("\r\n", "\n").replace("\r", "\n"))
    if root is None or not root.items:
        return source, []
    comments = Counter(comment.text for comment in _comments(root))
    _arrange(root)
    formatted = (newline.join(_block(root, 0)) + newline).encode()
    after, found = parse_yaml(formatted, file=file)
    again = read_written(formatted.decode().replace("\r\n", "\n")) if after is not None else None
    if after is None or again is None or found or not _is_same(before, after):
        return None, [_refusal(file)]
    return (formatted, []) if Counter(each.text for each in _comments(again)) == comments else (None, [_refusal(file)])


def _refusal(file: str) -> Problem:
    message = "this file cannot be formatted without changing it, so it was left alone"
    return Problem(at=Location(file), message=message, hint="please report it, with the file")


def _is_same(one: yaml_marks.Node, other: yaml_marks.Node) -> bool:
    """Return whether two nodes say the same, whatever the order of keys."""
    match one, other:
        case Scalar(), Scalar():
            return (one.text, one.value, type(one.value)) == (other.text, other.value, type(other.value))
        case yaml_marks.Sequence(), yaml_marks.Sequence():
            return len(one) == len(other) and all(map(_is_same, one, other))
        case yaml_marks.Mapping(), yaml_marks.Mapping():
            values = {key.text: value for key, value in other.items()}
            same = (key.text in values and _is_same(value, values[key.text]) for key, value in one.items())
            return len(one) == len(other) and all(same)
        case _:
            return False


def _comments(group: Group) -> Iterator[Comment]:
    for item in group.items:
        yield from item.above
        beside = (item.beside, item.value.remark if isinstance(item.value, Text) else "")
        yield from (Comment(text, blank=False) for text in beside if text)
        if isinstance(item.value, Group):
            yield from _comments(item.value)
    yield from group.tail


def _arrange(root: Group) -> None:
    """Put the keys of rules in order, and what has lines of its own there onto such lines."""
    _spread(root)
    for section in root.items:
        if not isinstance(section.value, Group):
            continue
        match section.key and section.key.value:
            case "rules":
                _spread(section.value)
                for rule in _groups(section.value):
                    _arrange_rule(rule)
            case "lists":
                _spread(section.value)
                for entries in _groups(section.value):
                    for entry in _groups(entries):
                        _sort(entry, ENTRY_ORDER)
            case "regions":
                _spread(section.value)


def _arrange_rule(rule: Group) -> None:
    _spread(rule)
    _sort(rule, RULE_ORDER)
    for item in rule.items:
        if item.key and item.key.value == "tests" and isinstance(item.value, Group):
            _spread(item.value)
            for test in _groups(item.value):
                _sort(test, TEST_ORDER)


def _groups(group: Group) -> Iterator[Group]:
    return (item.value for item in group.items if isinstance(item.value, Group))


def _spread(group: Group) -> None:
    """Have a group written on lines of its own, however it was."""
    if group.items:
        group.is_flow = False
        group.is_spread = True


def _sort(group: Group, order: tuple[str, ...]) -> None:
    """Sort the keys that have a place; others follow as they were."""
    places = {name: place for place, name in enumerate(order)}
    if group.is_mapping:
        group.items.sort(key=lambda item: places.get(item.key.value if item.key else "", len(order)))


def _block(group: Group, indent: int) -> list[str]:
    """Return the lines of a group, an item or more on each."""
    lines: list[str] = []
    for item in group.items:
        lines += _above(item.above, indent, is_first=not lines)
        if item.blank and lines:
            lines.append("")
        lines += _item(item, indent)
    return [*lines, *_above(group.tail, indent, is_first=False)]


def _above(comments: list[Comment], indent: int, *, is_first: bool) -> Iterator[str]:
    for number, comment in enumerate(comments):
        if comment.blank and (number or not is_first):
            yield ""
        yield " " * indent + comment.text


def _item(item: Item, indent: int) -> list[str]:
    """Return the lines of an item without the comments above it."""
    head = " " * indent + (f"{flat_key(item.key)}:" if item.key else "-")
    value, beside = item.value, f"  {item.beside}" if item.beside else ""
    if isinstance(value, Text):
        lines = text_lines(head, value, indent + INDENT)
        # What has line breaks of its own ends where the comment would become part of it.
        lines[0 if "\n" in value.value or value.is_block else -1] += beside
        return lines
    is_bare_pair = value.is_flow and not value.has_brackets
    inline = None if is_bare_pair else _inline(value)
    if inline is not None and len(head) + 1 + len(inline) <= WIDTH:
        return [f"{head} {inline}{beside}"]
    if value.is_flow and not value.is_mapping and (texts := _plain_texts(value)):
        lines = _filled(head, texts, indent + INDENT)
        lines[-1] += beside
        return lines
    if item.key:
        return [head + beside, *_block(value, indent + INDENT)]
    return _entry(value, item.beside, indent)


def _entry(group: Group, beside: str, indent: int) -> list[str]:
    """Return the lines of a group that is an entry of a list: the first begins with the dash, comments go before it."""
    inner = _block(group, indent + INDENT)
    first = next(number for number, line in enumerate(inner) if line.strip() and not line.lstrip().startswith("#"))
    comments = (
        [beside, *(line.strip() for line in inner[:first])] if beside else [line.strip() for line in inner[:first]]
    )
    pad = " " * indent
    return [*(pad + line if line else "" for line in comments), f"{pad}- {inner[first].lstrip()}", *inner[first + 1 :]]


def _filled(head: str, texts: list[str], indent: int) -> list[str]:
    """Return a list in brackets that is too long for a line, with as much on each line as it takes."""
    lines = [f"{head} ["]
    for number, text in enumerate(texts):
        piece = text + ("]" if number == len(texts) - 1 else ",")
        space = " " if number else ""
        if number and len(lines[-1] + space + piece) > WIDTH:
            lines.append(" " * indent + piece)
        else:
            lines[-1] += space + piece
    return lines


def _inline(node: Node) -> str | None:
    """Return a node as it is within a line, or None if it has comments, or was written on lines for other reasons."""
    if isinstance(node, Text):
        return None if node.is_nothing else flat(node, in_flow=True)
    if not node.items:
        return "{}" if node.is_mapping else "[]"
    if node.is_spread or node.tail or any(item.above or item.beside for item in node.items):
        return None
    if not node.is_flow:
        return _joined(node)
    parts = [_inline_item(item) for item in node.items]
    whole = ", ".join(part for part in parts if part is not None)
    if None in parts:
        return None
    if not node.is_mapping:
        return f"[{whole}]"
    return f"{{{whole}}}" if node.has_brackets else whole


def _inline_item(item: Item) -> str | None:
    value = _inline(item.value)
    return value if item.key is None or value is None else f"{flat_key(item.key)}: {value}"


def _joined(group: Group) -> str | None:
    """Return a list of plain terms that was written on a line each, if they look in brackets as they do there."""
    texts = _plain_texts(group)
    if group.is_mapping or not texts or any(item.blank for item in group.items[1:]):
        return None
    values = [item.value for item in group.items if isinstance(item.value, Text)]
    alone = [None if "\n" in value.value else flat(value, in_flow=False) for value in values]
    return f"[{', '.join(texts)}]" if alone == texts else None


def _plain_texts(group: Group) -> list[str]:
    """Return the entries of a list of single values as they are within brackets, or nothing if it is none."""
    if group.is_mapping or group.is_spread or group.tail:
        return []
    texts = [_inline(item.value) for item in group.items if isinstance(item.value, Text)]
    has_comments = any(item.above or item.beside for item in group.items)
    known = [text for text in texts if text is not None]
    return [] if has_comments or len(known) != len(group.items) else known
