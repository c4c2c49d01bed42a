"""The development pages with their truth; without them the pages that the tests make, easier than real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.extraction.score import half
from bench.material import HAS_DATA, members, rows
from monitor.urls import site
from tests.support.layouts import made_pages

_PAGES = "pages/pages.tar.xz"
_TRUTH = "pages/truth.jsonl.xz"


@dataclass(frozen=True, slots=True, kw_only=True)
class TruePage:
    """A page and what it says; fields are None where the truth does not tell."""

    name: str
    half: int
    body: bytes
    url: str
    text: str | None = None
    title: str | None = None
    authors: tuple[str, ...] | None = None
    published: datetime | None = None
    wanted: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()


def news() -> list[TruePage]:
    """Return the news pages with their whole true text."""
    if not HAS_DATA:
        made = enumerate(made_pages())
        return [TruePage(name=str(number), half=1, body=body, url=url, text=text) for number, (body, url, text) in made]
    return _read("news")


def snippets() -> list[TruePage]:
    """Return mixed pages of which some sentences are known that belong to the text or do not."""
    return _read("snippet")


def _read(kind: str) -> list[TruePage]:
    truth = {row["file"]: row for row in rows(_TRUTH) if row["kind"] == kind}
    return [_page(truth[name], body) for name, body in members(_PAGES) if name in truth]


def _page(row: dict[str, Any], body: bytes) -> TruePage:
    url = row.get("url") or ""
    return TruePage(
        name=row["file"],
        half=half(row.get("site") or site(url) or row["file"]),
        body=body,
        url=url,
        text=row.get("body"),
        title=row.get("title"),
        authors=tuple(row["authors"]) if row.get("authors") else None,
        published=datetime.fromisoformat(row["date"]) if row.get("date") and row["kind"] == "news" else None,
        wanted=tuple(row.get("with") or ()),
        unwanted=tuple(row.get("without") or ()),
    )
