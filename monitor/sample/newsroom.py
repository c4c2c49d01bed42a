"""The bundled sample newsroom: small news sites on the loopback address; a first alert needs no network.

It is a web site like any other and knows nothing of the daemon that reads it.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from monitor.clock import Clock
from monitor.web.app import WebServer

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One article of the programme; `after` is its time of publication, counted from the newsroom's start."""

    id: str
    site: str
    after: timedelta
    title: str
    body: str
    summary: str = ""
    author: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """What the newsroom publishes: titles of its sites, the items, and an endless bulletin after them."""

    sites: Mapping[str, str]
    items: Sequence[Item]
    bulletin: Item
    every: timedelta

    def published(self, elapsed: timedelta, started: datetime) -> list[tuple[Item, datetime]]:
        """Return the items that are out after `elapsed`, newest first, each with its time of publication."""
        out = [(item, started + item.after) for item in self.items if item.after <= elapsed]
        end = max(item.after for item in self.items)
        rounds = max(0, int((elapsed - end) / self.every))
        for number in range(max(1, rounds - 9), rounds + 1):  # a feed shows the last ten
            at = started + end + number * self.every
            # The day is in the id: a bulletin of another run is another article.
            stamp = at.strftime("%Y%m%d-%H%M%S")
            time = at.strftime("%H:%M")
            out.append(
                (
                    Item(
                        id=f"{self.bulletin.id}-{stamp}",
                        site=self.bulletin.site,
                        after=end + number * self.every,
                        title=self.bulletin.title.replace("{time}", time),
                        body=self.bulletin.body.replace("{time}", time),
                        summary=self.bulletin.summary,
                        author=self.bulletin.author,
                    ),
                    at,
                )
            )
        return sorted(out, key=lambda pair: pair[1], reverse=True)


def read_programme(folder: Path) -> Programme:
    """Return the programme in `folder/newsroom.yaml`.

    Raises:
        OSError: a file is missing.
        KeyError: the programme lacks a field.
    """
    raw = yaml.safe_load((folder / "newsroom.yaml").read_text(encoding="utf-8"))
    bulletin = raw["bulletin"]
    return Programme(
        sites={name: site["title"] for name, site in raw["sites"].items()},
        items=[_item(folder, row) for row in raw["items"]],
        bulletin=_item(folder, {"id": "bulletin", "after": 0, **bulletin}),
        every=timedelta(seconds=bulletin["every"]),
    )


def _item(folder: Path, row: Mapping[str, Any]) -> Item:
    body = (folder / row["file"]).read_text(encoding="utf-8") if "file" in row else row["body"]
    parts = [row.get("before", ""), body, row.get("behind", "")]
    return Item(
        id=row["id"],
        site=row["site"],
        after=timedelta(seconds=row["after"]),
        title=row["title"],
        body="\n".join(part.strip() for part in parts if part),
        summary=row.get("summary", ""),
        author=row.get("author", ""),
        language=row.get("language", "en"),
    )


class Newsroom:
    """The sites of one programme, each on a port of its own; `start` before use, `stop` after."""

    def __init__(self, programme: Programme, clock: Clock) -> None:
        self._programme = programme
        self._clock = clock
        self._servers: list[WebServer] = []
        self._started = clock.now()
        self.ports: dict[str, int] = {}

    async def start(self, ports: Mapping[str, int] | None = None) -> None:
        """Open the doors; `ports` are wishes (of an earlier run), a port in use is replaced by a free one."""
        self._started = self._clock.now()
        for name in self._programme.sites:
            routes = [Route("/feed.xml", self._feed(name)), Route("/{item}.html", self._page(name))]
            server = WebServer(Starlette(routes=routes))
            self.ports[name] = await _listen(server, (ports or {}).get(name, 0))
            self._servers.append(server)

    async def stop(self) -> None:
        """Close the doors."""
        for server in self._servers:
            await server.stop()
        self._servers.clear()

    @property
    def feeds(self) -> dict[str, tuple[str, str]]:
        """Each site's feed: name -> (address, title)."""
        return {name: (self._url(name, "feed.xml"), title) for name, title in self._programme.sites.items()}

    def _url(self, site: str, path: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[site]}/{path}"

    def _published(self, site: str) -> list[tuple[Item, datetime]]:
        now = self._clock.now()
        return [pair for pair in self._programme.published(now - self._started, self._started) if pair[0].site == site]

    def _feed(self, site: str) -> Any:
        async def answer(request: Request) -> Response:
            """Serve the feed as far as it is published."""
            items = self._published(site)
            etag = f"{site}-{len(items)}-{items[0][0].id if items else ''}"
            if request.headers.get("If-None-Match") == f'"{etag}"':
                return Response(status_code=304)
            body = render_feed(self._programme.sites[site], lambda item: self._url(site, f"{item.id}.html"), items)
            return Response(body, media_type="application/rss+xml", headers={"ETag": f'"{etag}"'})

        return answer

    def _page(self, site: str) -> Any:
        async def answer(request: Request) -> Response:
            """Serve the page of a published item."""
            wanted = request.path_params["item"]
            for item, published in self._published(site):
                if item.id == wanted:
                    page = render_page(self._programme.sites[site], item, published)
                    return HTMLResponse(page)
            return Response(status_code=404)

        return answer


async def _listen(server: WebServer, wish: int) -> int:
    try:
        return await server.start(LOOPBACK, wish)
    except OSError:
        return await server.start(LOOPBACK, 0)


def render_feed(title: str, link: Any, items: Sequence[tuple[Item, datetime]]) -> str:
    """Return an RSS 2.0 document of the items, newest first."""
    rows = "".join(
        f"""
    <item>
      <title>{html.escape(item.title)}</title>
      <link>{html.escape(link(item))}</link>
      <guid isPermaLink="false">tag:sample.example,2026:{item.site}/{item.id}</guid>
      <dc:creator>{html.escape(item.author)}</dc:creator>
      <pubDate>{format_datetime(published)}</pubDate>
      <description>{html.escape(item.summary)}</description>
    </item>"""
        for item, published in items
    )
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel>
    <title>{html.escape(title)}</title>
    <description>A sample site of monitor</description>
    <language>en</language>{rows}
  </channel>
</rss>
"""


def render_page(site_title: str, item: Item, published: datetime) -> str:
    """Return the item's page: an article with the metadata that news sites have."""
    paragraphs = "\n".join(f"<p>{html.escape(part)}</p>" for part in item.body.splitlines() if part.strip())
    return f"""<!doctype html>
<html lang="{item.language}"><head><meta charset="utf-8">
<title>{html.escape(item.title)} | {html.escape(site_title)}</title>
<meta property="og:type" content="article">
<meta property="og:title" content="{html.escape(item.title)}">
<meta property="og:description" content="{html.escape(item.summary)}">
<meta property="article:published_time" content="{published.isoformat()}">
<meta name="author" content="{html.escape(item.author)}">
</head><body>
<header><nav><a href="/">Home</a> <a href="/world">World</a> <a href="/city">City</a></nav></header>
<main><article><h1>{html.escape(item.title)}</h1>
{paragraphs}
</article></main>
<footer>{html.escape(site_title)} is a sample site of monitor. All items but one are made up.</footer>
</body></html>
"""
