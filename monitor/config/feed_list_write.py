"""Feeds as a list in YAML, the way a person would write it: one line for a feed if it fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import yaml

from monitor.config.feed_list import Listed
from monitor.config.opml_write import own_attributes

WIDTH = 120  # columns

# What YAML reads as this very text without quotes, in [a, b] and {a: b} as well.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .'()/&+-]*[\w.)])?")
_NOT_TEXT = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})

Value = str | Sequence[str] | Mapping[str, str]


def list_text(listed: Iterable[Listed], *, comment: str = "") -> str:
    """Return a whole list in YAML."""
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    items = "".join(item_text(feed, indent=2) for feed in listed)
    return f"{head}feeds:\n{items}" if items else f"{head}feeds: []\n"


def item_text(listed: Listed, *, indent: int) -> str:
    """Return a feed as an item of a list in YAML, whole lines with so many columns before its dash."""
    before = " " * indent
    line = f"{before}- {flow_text(listed)}"
    if len(line) <= WIDTH:
        return line + "\n"
    return "".join(
        f"{before}{'-' if number == 0 else ' '} {name}: {_flow(value)}\n"
        for number, (name, value) in enumerate(_fields(listed).items())
    )


def flow_text(listed: Listed) -> str:
    """Return a feed as it stands in YAML between other things: {url: …, title: …}, or the address alone in quotes."""
    fields = _fields(listed)
    return _flow(fields["url"] if len(fields) == 1 else fields)


def _fields(listed: Listed) -> dict[str, Value]:
    """Return what there is to say of a feed, by the keys of feed lists."""
    feed = listed.feed
    fields: dict[str, Value] = {"url": feed.url, "title": feed.title, "language": feed.language}
    fields |= {"tags": listed.tags, "folder": listed.folder, **own_attributes(listed)}
    fields |= {"homepage": listed.homepage, "description": listed.description, "opml": dict(listed.others)}
    return {name: value for name, value in fields.items() if value}


def _flow(value: Value | Mapping[str, Value]) -> str:
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(name)}: {_flow(inner)}" for name, inner in value.items()) + "}"
    return "[" + ", ".join(map(_scalar, value)) + "]"


def _scalar(text: str) -> str:
    if (_PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT) or text == "false":
        return text
    dumped: str = yaml.dump(text, Dumper=yaml.CSafeDumper, default_style='"', allow_unicode=True, width=1 << 30)
    return dumped.rstrip("\n")
