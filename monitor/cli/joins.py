"""Why articles are together, in words: one way of saying it, wherever it is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from monitor.cli.output import shown_time
from monitor.text import clean_line, shorten

if TYPE_CHECKING:
    from monitor.model import Grounds, JoinedBy, Report

MOST_OF_A_PASSAGE = 200  # characters
MOST_OF_A_HEADLINE = 160

_PLAIN = {
    "opened": "the first of this story",
    "article": "the same article again",
    "address": "the same address{other}",
    "headline": "the same headline{other}, and one of them has no text",
    "text": "the same text{other}",
    "copy": "a copy{other}",
    "story": "the same event in other words",
}


def joined_words(joined: JoinedBy, score: float | None, grounds: Grounds | None) -> str:
    """Return in a few words why an article is in its story, with the figures that decided."""
    if grounds is not None and grounds.rule == "pinned":
        return "put there by a person"
    other = "" if grounds is None or grounds.other is None else f" {'of' if joined == 'copy' else 'as'} {grounds.other}"
    plain = _PLAIN[joined].format(other=other)
    figures = {"copy": _copy_figures, "story": _story_figures}.get(joined)
    said = "; ".join(figures(score, grounds)) if figures else ""
    return f"{plain}: {said}" if said else plain


def _copy_figures(score: float | None, grounds: Grounds | None) -> Iterator[str]:
    shared = grounds.containment if grounds and grounds.containment is not None else score
    if shared is None:
        return
    parts = [f"{shared:.0%} of the shorter one"]
    for what, lost in (("figures", grounds.lost_numbers), ("names", grounds.lost_names)) if grounds else ():
        if lost is not None:
            parts.append(f"all of its {what}" if lost == 0 else f"{1 - lost:.0%} of its {what}")
    yield f"the longer text has {', '.join(parts)}"
    if grounds and grounds.titles is not None:
        yield f"headlines {grounds.titles:.0%} alike"


def _story_figures(score: float | None, grounds: Grounds | None) -> Iterator[str]:
    if score is not None:
        yield f"{score:.0%} alike"
    if grounds and grounds.words:
        yield f"both have {clean_line(', '.join(grounds.words))}"


def report_lines(reports: Sequence[Report]) -> Iterator[str]:
    """Yield the lines of a list of articles: time, site, headline, and below each its id and why it is there."""
    width = max((len(clean_line(report.site)) for report in reports), default=0)
    for report in reports:
        site = clean_line(report.site).ljust(width)
        yield f"  {shown_time(report.seen)}  {site}  {shorten(clean_line(report.title), MOST_OF_A_HEADLINE)}"
        if report.joined == "opened":
            continue
        grounds = report.grounds
        yield f"      {report.article}: {joined_words(report.joined, report.score, grounds)}"
        for passage in grounds.passages if grounds else ():
            yield f"      “{shorten(clean_line(passage), MOST_OF_A_PASSAGE)}”"
