"""One contract for all feed formats, through the sandbox: good documents are read, hostile ones harm nobody else."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import TimedOut
from monitor.feeds.formats.format import CONSENT_PAGE, Document, FeedFormat, ParsedFeed, load_formats
from monitor.feeds.parse import READING, Identified, NothingNew, Request, Unreadable, read_document
from monitor.model import Entry
from monitor.sandbox.pool import SandboxPool

LIMIT = timedelta(seconds=20)  # generous: the machine is shared; what must be refused is refused in far less

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Gulf Courier</title>
<item><title>Truce holds 停火</title><link>https://gulf.example/1</link><guid isPermaLink="false">1</guid>
<pubDate>Tue, 24 Nov 2026 12:00:00 GMT</pubDate></item></channel></rss>"""
SITEMAP = """<?xml version="1.0" encoding="utf-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://gulf.example/1</loc><news:news>
<news:publication><news:name>Gulf Courier</news:name><news:language>en</news:language></news:publication>
<news:publication_date>2026-11-24T12:00:00Z</news:publication_date><news:title>Truce holds 停火</news:title>
</news:news></url></urlset>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Gulf Courier",
        "items": [
            {
                "id": "1",
                "url": "https://gulf.example/1",
                "title": "Truce holds 停火",
                "date_published": "2026-11-24T12:00:00Z",
            }
        ],
    },
    ensure_ascii=False,
)
SAMPLES = {"xml": RSS, "jsonfeed": JSON, "sitemap": SITEMAP}


@pytest.fixture
async def sandbox() -> AsyncIterator[SandboxPool]:
    async with SandboxPool(1, LIMIT, memory_bytes=2**30, preload=["monitor.feeds.parse"]) as pool:
        yield pool


async def read(sandbox: SandboxPool, body: bytes, url: str = "https://gulf.example/feed") -> ParsedFeed | Unreadable:
    answer = await sandbox.run(read_document, Request(document=Document(body=body, url=url)), READING)
    assert not isinstance(answer, NothingNew)
    return answer.parsed if isinstance(answer, Identified) else answer


def formats() -> list[FeedFormat]:
    return list(load_formats())


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
async def test_every_format_reads_its_sample(known: FeedFormat, sandbox: SandboxPool) -> None:
    answer = await read(sandbox, SAMPLES[known.name].encode())
    assert isinstance(answer, ParsedFeed)
    assert answer.title == "Gulf Courier"
    entry = answer.entries[0]
    assert entry.id == ("" if known.name == "sitemap" else "1")
    assert (entry.link, entry.title) == ("https://gulf.example/1", "Truce holds 停火")
    assert entry.published == datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert isinstance(entry, Entry)


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
async def test_every_format_is_read_in_every_unicode_encoding(
    known: FeedFormat, encoding: str, sandbox: SandboxPool
) -> None:
    answer = await read(sandbox, SAMPLES[known.name].encode(encoding))
    assert isinstance(answer, ParsedFeed)
    assert answer.entries[0].title == "Truce holds 停火"


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
async def test_every_format_survives_being_cut_anywhere(known: FeedFormat, sandbox: SandboxPool) -> None:
    sample = SAMPLES[known.name].encode()
    answers = [await read(sandbox, sample[:length]) for length in range(0, len(sample), 7)]
    assert all(isinstance(answer, ParsedFeed | Unreadable) for answer in answers)
    assert answers[0] == Unreadable(reason="the answer is empty")


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
async def test_every_format_survives_a_flipped_byte_anywhere(known: FeedFormat, sandbox: SandboxPool) -> None:
    sample = SAMPLES[known.name].encode()
    for place in range(0, len(sample), 11):
        broken = sample[:place] + bytes([sample[place] ^ 0xFF]) + sample[place + 1 :]
        assert isinstance(await read(sandbox, broken), ParsedFeed | Unreadable)


LAUGHS = (
    "<!DOCTYPE l [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 11))
    + "]><rss version='2.0'><channel><title>&a10;</title></channel></rss>"
)
ATTRIBUTES = " ".join(f'a{number}="1"' for number in range(20_000))

HOSTILE = {
    "20 000 attributes on one element": (
        f"<rss version='2.0'><channel {ATTRIBUTES}/></rss>".encode(),
        "an element of the document has more than 256 attributes",
    ),
    "billion laughs": (
        LAUGHS.encode(),
        "the document declares entities of its own, which attackers use and feeds do not need",
    ),
    "a file of ours": (
        b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><rss><channel><title>&x;</title></channel></rss>",
        "the document declares entities of its own, which attackers use and feeds do not need",
    ),
    "200 000 nested elements": (
        b"<rss version='2.0'>" + b"<a>" * 200_000 + b"</a>" * 200_000 + b"</rss>",
        "the document nests its elements more than 256 deep",
    ),
    "40 000 items": (
        b"<rss version='2.0'><channel>" + b"<item><title>x</title></item>" * 40_000 + b"</channel></rss>",
        "the document holds more than 5000 entries",
    ),
    "100 000 unclosed items": (
        b"<rss version='2.0'><channel>" + b"<item>&" * 100_000,
        "the document holds more than 5000 entries",
    ),
    "JSON 1 000 000 levels deep": (b'{"items":' + b"[" * 1_000_000, "the document's JSON has more parts than any feed"),
    "5 MB of zeros": (bytes(5_000_000), "the answer is empty"),
    "a page": (
        b"<!doctype html><html><head><title>We value your privacy</title></head><body><p>Accept all</body></html>",
        CONSENT_PAGE,
    ),
    "no bytes": (b"", "the answer is empty"),
}


@pytest.mark.parametrize(("body", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
async def test_hostile_documents_are_refused_in_words_and_soon(body: bytes, reason: str, sandbox: SandboxPool) -> None:
    started = time.perf_counter()
    assert await read(sandbox, body) == Unreadable(reason=reason)
    assert time.perf_counter() - started < 10


COSTLY = {
    "attributes behind a fault": b"<rss version='2.0'><a>&</a><channel " + ATTRIBUTES.encode() + b"/></rss>",
    "100 000 open tags in a text": (
        b"<rss version='2.0'><channel><item><title>x</title><description><![CDATA["
        + b"<div>" * 100_000
        + b"]]></description></item></channel></rss>"
    ),
    "brackets": b"<rss>" + b"<" * 300_000,
    "ampersands": b"<rss><title>" + b"&" * 300_000,
    "comment starts": b"<rss>" + b"<!--" * 100_000,
    "declarations": b"<?xml " * 100_000,
    "CDATA starts": b"<rss><title>" + b"<![CDATA[" * 100_000,
}


@pytest.mark.parametrize("body", COSTLY.values(), ids=COSTLY.keys())
async def test_what_the_scan_lets_pass_is_no_trap_for_the_parser(body: bytes, sandbox: SandboxPool) -> None:
    assert isinstance(await read(sandbox, body), ParsedFeed | Unreadable)


async def test_a_document_that_takes_too_long_costs_its_limit_and_one_child(sandbox: SandboxPool) -> None:
    # Behind a fault the scan is blind, and feedparser is slow in depth.
    deep = Request(document=Document(body=b"<rss version='2.0'><a>&</a>" + b"<a>" * 1_000_000))
    with pytest.raises(TimedOut):
        await sandbox.run(read_document, deep, READING, wall_limit=timedelta(seconds=1))
    assert isinstance(await read(sandbox, RSS.encode()), ParsedFeed)
