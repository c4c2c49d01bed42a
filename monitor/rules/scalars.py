"""How the formatter writes a single value: without quotes where it needs none, within the width where it can."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import yaml
from yaml.resolver import Resolver

from monitor.config import yaml_marks
from monitor.config.yaml_marks import Scalar, parse_yaml
from monitor.errors import Location
from monitor.rules.written import Text

WIDTH = 120  # columns of a line
INDENT = 2  # columns of a level
_TEXT_TAG = "tag:yaml.org,2002:str"
_ESCAPE = re.compile(r"\\[^\"\\/]")
_WORDS = re.compile(r"[^\W\d_][\w]*(?:[ -]\w+)*\*?")
_SPACE = re.compile(r"(?<=\S) (?=\S)")
_INVISIBLE = re.compile("[^ -~\xa0-\u2027\u202a-\ufefe\uff00-\U0010ffff]")


def flat_key(key: Text) -> str:
    """Return a key as it is written."""
    return _flat(key.value, key.style, key.source, "{}: x") or key.source


def flat(text: Text, *, in_flow: bool) -> str | None:
    """Return a value in one line, or None if it has line breaks of its own."""
    if text.is_block:
        return None if text.value or text.remark else '""'
    if text.is_nothing and in_flow:
        return None
    return _flat(text.value, text.style, text.source, "- [{0}, {{x: {0}}}]" if in_flow else "- {}")


def text_lines(head: str, text: Text, indent: int) -> list[str]:
    """Return a value behind its key or dash; lines that follow are indented."""
    if text.is_nothing:
        return [head]
    if text.is_block:
        return _block_lines(head, text, indent)
    one = flat(text, in_flow=False)
    if one is None:
        return _literal_lines(head, text.value, "", indent)
    if len(head) + 1 + len(one) <= WIDTH or "\n" in text.value:
        return [f"{head} {one}"]
    return _wrapped(head, one, text.value, indent)


@lru_cache(maxsize=20_000)
def _flat(value: str, style: str, source: str, place: str) -> str | None:
    """Return the preferred form of a value that reads back as itself in `place`."""
    if _WORDS.fullmatch(value) and "\\" not in source and _is_text(value):
        return value  # most are such
    if "\n" in value:
        return None if "\n" in source or style != '"' else source
    if style and not _is_text(value):
        return source if "\n" not in source else _escaped(value)
    if style == '"' and "\n" not in source and _ESCAPE.search(source):
        return source  # the author wanted to see what is otherwise invisible
    single = "'" + value.replace("'", "''") + "'"
    double = f'"{value}"'
    quoted = (single, double) if '"' in value or "\\" in value else (double, single)
    return next((form for form in (value, *quoted) if _reads_as(place, form, value)), _escaped(value))


def _is_text(value: str) -> bool:
    """Return whether a value without quotes is text, to us and to tools of YAML 1.1: not so NO, 1:30, 12, null."""
    resolver: Any = Resolver()  # has no types
    is_text_to_others = resolver.resolve(yaml.ScalarNode, value, (True, False)) == _TEXT_TAG
    return bool(is_text_to_others) and Scalar(value, Location("")).value == value


def _reads_as(place: str, form: str, value: str) -> bool:
    node, problems = parse_yaml(place.format(form).encode(), file="")
    found = list(_texts(node)) if node is not None else []
    return not problems and value in found and set(found) <= {value, "x"} and "\n" not in form


def _texts(node: yaml_marks.Node) -> list[str]:
    match node:
        case yaml_marks.Mapping():
            return [text for key, value in node.items() for text in (key.text, *_texts(value))]
        case yaml_marks.Sequence():
            return [text for each in node for text in _texts(each)]
        case _:
            return [node.text]


def _escaped(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + _INVISIBLE.sub(lambda found: f"\\U{ord(found[0]):08x}", escaped) + '"'


def _wrapped(head: str, one: str, value: str, indent: int) -> list[str]:
    """Return a long value in several lines, broken at single spaces; in one if it would read otherwise."""
    lines = [head]
    for number, word in enumerate(_SPACE.split(one)):
        if number and len(lines[-1]) + 1 + len(word) > WIDTH:
            lines.append(" " * indent + word)
        else:
            lines[-1] += f" {word}"
    body = "\n".join([lines[0].removeprefix(head).strip(), *(f"  {line.strip()}" for line in lines[1:])])
    node, problems = parse_yaml(f"- {body}\n".encode(), file="")
    return lines if node is not None and not problems and _texts(node) == [value] else [f"{head} {one}"]


def _block_lines(head: str, text: Text, indent: int) -> list[str]:
    """Return a value below | or >, with its own line breaks, indented anew."""
    first, _, body = text.source.partition("\n")
    comment = f"  {text.remark}" if text.remark else ""
    if not re.match(">-?(?:[ \t]|$)", first) or not text.value.strip("\n"):
        return _literal_lines(head, text.value, comment, indent)
    lines = body.split("\n")
    base = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    indented = (" " * indent + line[base:] if line[base:] else "" for line in lines)
    chomp = "" if text.value.endswith("\n") else "-"
    return [f"{head} >{chomp}{comment}", *indented]


def _literal_lines(head: str, value: str, comment: str, indent: int) -> list[str]:
    """Return a value with line breaks, below a |; escaped in quotes if it would read otherwise there."""
    lines = value.removesuffix("\n").split("\n")
    first = next((line for line in lines if line), "")
    header = ("|2" if first.startswith(" ") else "|") + ("" if value.endswith("\n") else "-")
    body = "".join(f"  {line}\n" if line else "\n" for line in lines)
    node, problems = parse_yaml(f"- {header}\n{body}".encode(), file="")
    reads_same = node is not None and not problems and _texts(node) == [value]
    if not reads_same or not value.strip("\n") or _INVISIBLE.search(value.replace("\n", "")):
        return [f"{head} {_escaped(value)}{comment}"]
    return [f"{head} {header}{comment}", *(" " * indent + line if line else "" for line in lines)]
