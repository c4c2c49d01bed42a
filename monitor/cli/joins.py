"""Why articles are together, in words: one way of saying it, wherever it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.cli.output import shown_time
from monitor.text import clean_line, shorten

if TYPE_CHECKING:
    from monitor.model import ArticleId, Grounds, JoinedBy, Report

MOST_OF_A_PASSAGE = 200  # characters
MOST_OF_A_HEADLINE = 160

_PLAIN = {
    "opened": "the first of this story",
    "article": "the same article again",
    "address": "the same address",
    "headline": "the same headline, and one of them has no text",
    "text": "the same text",
}


def joined_words(joined: JoinedBy, score: float | None, grounds: Grounds | None) -> str:
    """Return in a few words why an article is in its story, with the figures that decided."""
    if joined == "copy":
        return "; ".join(["a copy", *_copy_figures(score, grounds)])
    if joined == "story":
        likeness = [] if score is None else [f"{score:.0%} alike"]
        words = [f"both have {clean_line(', '.join(grounds.words))}"] if grounds and grounds.words else []
        return "; ".join(["the same event in other words", *likeness, *words])
    return _PLAIN[joined]


def _copy_figures(score: float | None, grounds: Grounds | None) -> Iterator[str]:
    shared = grounds.containment if grounds and grounds.containment is not None else score
    if shared is not None:
        yield f"{shared:.0%} of the shorter text stands in the longer"
    if grounds is None:
        return
    for what, lost in (("figures", grounds.lost_numbers), ("names", grounds.lost_names)):
        if lost is not None:
            yield f"all {what} too" if lost == 0 else f"{1 - lost:.0%} of its {what}"
    if grounds.titles is not None:
        yield f"headlines {grounds.titles:.0%} alike"


def report_lines(reports: Sequence[Report], *, opener: ArticleId | None = None) -> Iterator[str]:
    """Yield the lines of a list of articles: time, site, headline, and below each why it is there.

    Args:
        reports: in the order in which they are to stand.
        opener: the article that the others are compared with unless they say so; it needs no reason.
    """
    width = max((len(clean_line(report.site)) for report in reports), default=0)
    for report in reports:
        site = clean_line(report.site).ljust(width)
        yield f"  {shown_time(report.seen)}  {site}  {shorten(clean_line(report.title), MOST_OF_A_HEADLINE)}"
        if report.joined == "opened":
            continue
        grounds = report.grounds
        other = f" as {grounds.other}" if grounds and grounds.other and grounds.other != opener else ""
        yield f"      {report.article}: {joined_words(report.joined, report.score, grounds)}{other}"
        for passage in grounds.passages if grounds else ():
            yield f"      “{shorten(clean_line(passage), MOST_OF_A_PASSAGE)}”"
