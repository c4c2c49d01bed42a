"""Dates that readers see near the headline, for pages whose tags tell none or only the day. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.articles.dates import MAX_DATE, PageDate, date_in_text, read_date, time_in_text
from monitor.articles.markup import first_words
from monitor.articles.titles import letters

MAX_BELOW, MAX_ABOVE = 100, 25  # elements looked at, from the headline on
MAX_HEADINGS = 100
MIN_TITLE = 8  # letters: a shorter title stands in too many headings

_HEADINGS = ("h1", "h2", "h3")
_MARKED = "h1,h2,h3,[class],[data-timestamp],[data-datetime]"  # narrowed down below: cheaper than six selectors
_MARK = re.compile(r"date|time|publish|meta", re.IGNORECASE)
_ANY_LINE = "h1,h2,h3,h4,p,div,span,small,li,td,time,b,strong,em,i,a,dd"
_DATA_MARKS = frozenset({"data-timestamp", "data-datetime"})
_DATA = ("data-timestamp", "data-datetime", "data-date", "data-published", "data-time", "data-utime", "title")


def marked_dates(tree: LexborHTMLParser, title: str, known: list[PageDate]) -> Iterator[PageDate]:
    """Yield the dates that elements called so show or carry, from the headline on, then those above it.

    A time of day is also read beside a date of `known`, whatever the month is called.
    """
    nodes = tree.css(_MARKED)
    for node in _around(nodes, _headline(nodes, title)):
        attributes = node.attributes
        if not _MARK.search(attributes.get("class") or "") and _DATA_MARKS.isdisjoint(attributes):
            continue
        for name in _DATA:
            if (said := attributes.get(name)) and (date := read_date(said)):
                yield date
        text = _line(node)
        if date := date_in_text(text) or _time_of(text, known) or read_date(text):
            yield date


def lines_with_dates(tree: LexborHTMLParser, title: str) -> Iterator[PageDate]:
    """Yield the dates in digits in any short lines around the headline, those below it first."""
    nodes = tree.css(_ANY_LINE)
    headline = _headline(nodes, title)
    for node in _around(nodes, headline) if headline >= 0 else ():
        if date := date_in_text(_line(node)):
            yield date


def _headline(nodes: list[LexborNode], title: str) -> int:
    """Return the place of the heading that says the title, else of the first h1; -1 if there is none."""
    wanted = letters(title)
    headings = [(place, node) for place, node in enumerate(nodes) if node.tag in _HEADINGS][:MAX_HEADINGS]
    saying = (
        place for place, node in headings if len(wanted) >= MIN_TITLE and wanted in letters(first_words(node, 1_000))
    )
    return next(saying, next((place for place, node in headings if node.tag == "h1"), -1))


def _around(nodes: list[LexborNode], place: int) -> list[LexborNode]:
    """Return the elements below a place, then those above it, the nearest first."""
    above = nodes[max(place - MAX_ABOVE, 0) : max(place, 0)]
    return [*nodes[place + 1 : place + 1 + MAX_BELOW], *reversed(above)]


def _line(node: LexborNode) -> str:
    text = " ".join(first_words(node, MAX_DATE * 10).split())
    return text if len(text) <= MAX_DATE else ""


def _time_of(text: str, known: list[PageDate]) -> PageDate | None:
    """Return the time of day beside a known date, whose month may be named in any language: 24 novembre 2026, 15:25."""
    numbers = set("".join(char if char.isdigit() else " " for char in text).split())
    for date in known:
        year, day = date.moment.year, date.moment.day
        if str(year) in numbers and {str(day), f"{day:02}"} & numbers and (time := time_in_text(text)):
            return PageDate(moment=datetime(year, date.moment.month, day, *time, tzinfo=UTC))
    return None
