"""The test site itself keeps its promises."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest
from aiohttp import web

from tests.support.publisher import Publisher


async def test_a_served_page_comes_back_and_the_request_is_recorded() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        site.serve("/page", "hello", headers={"X-Kind": "page"})
        async with session.get(site.url("/page?a=1"), headers={"X-Asked": "yes"}) as answer:
            assert (answer.status, await answer.text(), answer.headers["X-Kind"]) == (200, "hello", "page")
        [hit] = site.hits_on("/page")
        assert (hit.method, hit.query, hit.headers["x-asked"]) == ("GET", "a=1", "yes")


async def test_a_matching_etag_gets_304_and_a_missing_path_404() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        site.serve("/feed", "body", etag='"1"')
        async with session.get(site.url("/feed"), headers={"If-None-Match": '"1"'}) as answer:
            assert answer.status == 304
        async with session.get(site.url("/feed"), headers={"If-None-Match": '"0"'}) as answer:
            assert answer.status == 200
        async with session.get(site.url("/elsewhere")) as answer:
            assert answer.status == 404


async def test_answers_in_turn_end_with_the_last_one_repeating() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        site.serve_in_turn("/turns", lambda _: web.Response(status=503), lambda _: "fine")
        seen = []
        for _ in range(3):
            async with session.get(site.url("/turns")) as answer:
                seen.append(answer.status)
        assert seen == [503, 200, 200]


async def test_a_reset_connection_is_an_error_for_the_client() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        site.reset("/reset")
        with pytest.raises(aiohttp.ClientError):
            await session.get(site.url("/reset"))


async def test_raw_bytes_are_sent_as_they_are() -> None:
    async with Publisher() as site:
        site.raw("/raw", b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\nshort")
        reader, writer = await asyncio.open_connection(site.host, site.port)
        writer.write(b"GET /raw HTTP/1.1\r\nHost: x\r\n\r\n")
        assert await reader.read() == b"HTTP/1.1 200 OK\r\nX: 1\r\n\r\nshort"
        writer.close()


async def test_a_hanging_path_answers_when_released_and_never_blocks_the_end() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        release = site.hang("/hang")
        asked = asyncio.ensure_future(session.get(site.url("/hang")))
        await site.wait_for("/hang")
        release.set()
        assert await (await asked).text() == "late"
        site.hang("/for-ever")
        left = asyncio.ensure_future(session.get(site.url("/for-ever")))
        await site.wait_for("/for-ever")
        left.cancel()


async def test_a_drip_keeps_coming() -> None:
    async with Publisher() as site, aiohttp.ClientSession() as session:
        site.drip("/drip", every=0.01)
        async with session.get(site.url("/drip")) as answer:
            assert await answer.content.readexactly(5) == b"xxxxx"
