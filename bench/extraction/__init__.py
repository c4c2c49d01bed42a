"""Pages beside trafilatura at its best setting: text, metadata, speed, in one run and by halves of the sites."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean, quantiles
from typing import Any

from trafilatura import bare_extraction

from bench.extraction import corpus
from bench.extraction.corpus import TruePage
from bench.extraction.score import Snippets, overlap, same_authors, same_day, same_minute, same_title
from bench.material import DATA, HAS_DATA
from bench.table import figure, grid
from monitor.articles.extract import ExtractedPage, PageInput, extract_page

ROUNDS = 3  # the fastest of these counts for each page: the others had the machine's noise
HALVES = ((0, "half tuned on"), (1, "**other half**"), (None, "all"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What came of a page, and the least CPU seconds that it took."""

    page: TruePage
    ours: ExtractedPage
    our_seconds: float
    theirs: str
    their_seconds: float  # for the text alone
    whole_seconds: float  # for text and metadata


def run() -> str:
    """Return the tables."""
    timed = [_timed(page) for page in corpus.news()]
    if not HAS_DATA:
        return f"{_text_table(timed)}\n\nPages of our own making: {DATA} is not there."
    mixed = [(page, extract_page(_input(page)), _plain(page)) for page in corpus.snippets()]
    return "\n\n".join((_text_table(timed), _metadata_table(timed), _snippet_table(mixed)))


def _input(page: TruePage) -> PageInput:
    return PageInput(body=page.body, url=page.url, now=datetime.now(UTC))


def _plain(page: TruePage, *, with_metadata: bool = False) -> Any:
    return bare_extraction(
        page.body,
        url=page.url or None,
        include_comments=False,
        favor_precision=True,
        with_metadata=with_metadata,
    )


def _timed(page: TruePage) -> Timed:
    """Run both on a page in turns, so that the machine's mood strikes both."""
    ours, theirs = extract_page(_input(page)), _plain(page)
    ways: tuple[Callable[[], Any], ...] = (
        lambda: extract_page(_input(page)),
        lambda: _plain(page),
        lambda: _plain(page, with_metadata=True),
    )
    best = [min(column) for column in zip(*([_cpu(way) for way in ways] for _ in range(ROUNDS)), strict=True)]
    return Timed(
        page=page,
        ours=ours,
        our_seconds=best[0],
        theirs=theirs.text or "" if theirs else "",
        their_seconds=best[1],
        whole_seconds=best[2],
    )


def _cpu(work: Callable[[], Any]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _text_table(timed: Sequence[Timed]) -> str:
    lines = []
    for number, name in HALVES:
        some = [each for each in timed if number in (None, each.page.half)]
        if not some:
            continue
        for who, texts, seconds in (
            ("ours", [each.ours.text for each in some], [each.our_seconds for each in some]),
            ("trafilatura", [each.theirs for each in some], [each.their_seconds for each in some]),
        ):
            found = [overlap(text, each.page.text or "") for text, each in zip(texts, some, strict=True)]
            lines.append(
                (
                    f"{name}, {len(some)} pages",
                    who,
                    f"{mean(one.f1 for one in found):.4f}",
                    f"{mean(one.precision for one in found):.3f}",
                    f"{mean(one.recall for one in found):.3f}",
                    str(sum(one.f1 < 0.5 for one in found)),
                    f"{mean(seconds) * 1e3:.1f}",
                    *(f"{quantiles(seconds, n=100)[place] * 1e3:.1f}" for place in (49, 98)),
                    f"{max(seconds) * 1e3:.0f}",
                    figure(1 / mean(seconds)),
                    _asked(some) if who == "ours" else "",
                )
            )
    columns = ("pages", "who", "F1", "P", "R", "F1 < .5", "ms", "p50", "p99", "max", "pages/CPU s", "asked trafilatura")
    return f"{grid(columns, lines)}\n\n{_speed(timed)}"


def _speed(timed: Sequence[Timed]) -> str:
    ours = sum(each.our_seconds for each in timed)
    alone, whole = (sum(each.their_seconds for each in timed), sum(each.whole_seconds for each in timed))
    return (
        f"Ours with metadata, language and verdict: {alone / ours:.2f} × the speed of trafilatura's text alone "
        f"({alone / len(timed) * 1e3:.1f} ms a page), {whole / ours:.2f} × with its metadata "
        f"({whole / len(timed) * 1e3:.1f} ms)."
    )


def _asked(some: Sequence[Timed]) -> str:
    return f"{mean(each.ours.confirmed is not None for each in some):.1%}"


def _metadata_table(timed: Sequence[Timed]) -> str:
    told = [each for each in timed if each.page.title]
    plain = {each.page.name: _plain(each.page, with_metadata=True) for each in told}
    lines = []
    for number, name in HALVES:
        some = [each for each in told if number in (None, each.page.half)]
        rows: tuple[tuple[str, Callable[[Timed], Any]], ...] = (
            ("ours", lambda each: (each.ours.title, each.ours.authors or each.ours.byline, each.ours.published)),
            ("trafilatura", lambda each: _said(plain[each.page.name])),
        )
        for who, said in rows:
            lines.append((f"{name}, {len(some)} pages", who, *_shares([(each.page, said(each)) for each in some])))
    return grid(("metadata", "who", "title exact", "authors exact", "same day", "within a minute"), lines)


def _said(document: Any) -> tuple[str, tuple[str, ...], datetime | None]:
    if document is None:
        return "", (), None
    authors = tuple((document.author or "").split("; ")) if document.author else ()
    return document.title or "", authors, datetime.fromisoformat(document.date) if document.date else None


def _shares(rows: Sequence[tuple[TruePage, Any]]) -> list[str]:
    titled = [same_title(got[0], page.title) for page, got in rows if page.title]
    signed = [same_authors(got[1], page.authors) for page, got in rows if page.authors]
    dated = [(got[2], page.published) for page, got in rows if page.published]
    days, minutes = [same_day(*pair) for pair in dated], [same_minute(*pair) for pair in dated]
    return [f"{mean(hits):.3f} ({sum(hits)}/{len(hits)})" for hits in (titled, signed, days, minutes)]


def _snippet_table(mixed: Sequence[tuple[TruePage, ExtractedPage, Any]]) -> str:
    lines = []
    for number, name in HALVES:
        some = [row for row in mixed if number in (None, row[0].half)]
        for who in ("ours", "trafilatura"):
            score = Snippets()
            for page, ours, theirs in some:
                text = ours.text if who == "ours" else (theirs.text or "" if theirs else "")
                score.count(text, wanted=page.wanted, unwanted=page.unwanted)
            shares = (f"{share:.4f}" for share in (score.f1, score.precision, score.recall))
            lines.append((f"{name}, {len(some)} pages", who, *shares))
    return grid(("snippets of mixed pages", "who", "F1", "P", "R"), lines)
