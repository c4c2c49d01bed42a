"""Pages of live blogs for tests: updates under a headline, in the markup and, if wanted, in JSON-LD as well."""

from __future__ import annotations

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An update as its publisher writes it."""

    id: str
    text: str
    at: datetime | None
    title: str = ""


def live_page(title: str, lead: str, updates: Sequence[Update], *, is_linked: bool = True) -> str:
    """Return a page with updates in the order given; `is_linked` tells them in JSON-LD, too."""
    head = f"<title>{title}</title>" + (_linked(title, updates) if is_linked else "")
    body = f"<h1>{title}</h1><p>{lead}</p>" + "".join(map(_section, updates))
    return f"<html lang='en'><head>{head}</head><body><main><article>{body}</article></main></body></html>"


def _linked(title: str, updates: Sequence[Update]) -> str:
    listed = [
        {
            "@type": "BlogPosting",
            "@id": f"#{update.id}",
            "headline": update.title,
            "articleBody": update.text,
            "datePublished": update.at.isoformat() if update.at else "",
        }
        for update in updates
    ]
    posting = {"@context": "https://schema.org", "@type": "LiveBlogPosting", "headline": title}
    return f"<script type='application/ld+json'>{json.dumps({**posting, 'liveBlogUpdate': listed})}</script>"


def _section(update: Update) -> str:
    stamp = f"<time datetime='{update.at.isoformat()}'>{update.at:%H:%M}</time>" if update.at else ""
    title = f"<h2>{html.escape(update.title)}</h2>" if update.title else ""
    paragraphs = "".join(f"<p>{html.escape(line)}</p>" for line in update.text.split("\n"))
    return f"<section id='{update.id}'>{stamp}{title}{paragraphs}</section>"
