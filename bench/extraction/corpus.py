"""The development pages with their truth; without them pages made by the tests, which have no metadata to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.extraction.score import half
from bench.material import members, rows
from monitor.urls import site

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
