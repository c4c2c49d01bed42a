"""The sample newsroom as a web site: what it serves, and on which ports."""

from __future__ import annotations

from pathlib import Path

from monitor.clock import SystemClock
from monitor.fetch.client import Fetcher
from monitor.sample.newsroom import Newsroom, read_programme

PROGRAMME = read_programme(Path(__file__).parents[2] / "seeds" / "sample")
MIB = 2**20


async def test_the_sites_serve_feed_and_pages_and_keep_their_ports() -> None:
    room = Newsroom(PROGRAMME, SystemClock())
    await room.start()
    try:
        async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
            for address, title in room.feeds.values():
                feed = await fetcher.get(address, max_bytes=MIB)
                assert title in feed.body.decode()
                assert feed.headers["Content-Type"].startswith("application/rss+xml")
                again = await fetcher.get(address, headers={"If-None-Match": feed.headers["ETag"]}, max_bytes=MIB)
                assert (again.status, again.body) == (304, b"")
            address, _ = room.feeds["wire"]
            page = await fetcher.get(address.replace("feed.xml", "civilians.html"), max_bytes=MIB)
            assert (page.status, b"<article>" in page.body) == (200, True)
            assert (await fetcher.get(address.replace("feed.xml", "none.html"), max_bytes=MIB)).status == 404
    finally:
        await room.stop()


async def test_a_port_in_use_is_replaced() -> None:
    first, second = Newsroom(PROGRAMME, SystemClock()), Newsroom(PROGRAMME, SystemClock())
    await first.start()
    try:
        await second.start(first.ports)
        assert not set(first.ports.values()) & set(second.ports.values())
    finally:
        await second.stop()
        await first.stop()
