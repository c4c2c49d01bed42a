"""Small readers of single fields that all formats share: foreign values in, plain text out. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from monitor.urls import resolve


def text_of(value: object) -> str:
    """Return a string or number as text, "" for anything else.

    Half surrogate pairs, which JSON and character references can spell, become question marks: no codec of ours would
    take them further.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def link_of(base: str, value: object) -> str:
    """Return a link as an absolute http(s) address, "" if it cannot be one; as it stands if `base` is unknown."""
    link = text_of(value).strip()
    return resolve(base, link) if base else link


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Return the non-empty values, each once, in their order."""
    return tuple(dict.fromkeys(value for value in values if value))
