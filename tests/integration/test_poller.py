"""One poll of one feed, over real HTTP and through the real sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.clock import SystemClock
from monitor.config.sections import NetworkSettings
from monitor.feeds import parse, poller
from monitor.feeds.formats.format import Document
from monitor.feeds.poll_result import NewBody, NotModified, PollFailed, SameBody
from monitor.feeds.poller import Known, Poller
from monitor.fetch.client import Fetcher
from monitor.model import Feed, FeedKey, FeedState
from monitor.sandbox.pool import SandboxPool
from tests.support import sandbox_jobs
from tests.support.publisher import Publisher

RSS = """<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Gulf Courier</title>
<item><title>Ministers agree on a ceasefire</title><link>/news/1</link><guid isPermaLink="false">gc-1</guid>
<pubDate>Tue, 24 Nov 2026 12:00:07 GMT</pubDate></item>
<item><title>Rain</title><link>/news/2</link><guid isPermaLink="false">gc-2</guid></item>
<item><title>Rain</title><link>/news/2</link><guid isPermaLink="false">gc-2</guid></item>
<item></item>
</channel></rss>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A poller with the site that it polls."""

    site: Publisher
    poller: Poller

    def feed(self, path: str = "/rss.xml") -> Feed:
        return Feed(key=FeedKey("gulf"), url=self.site.url(path))


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = SystemClock()
    network = NetworkSettings(max_feed_bytes=200_000, host_delay=timedelta(0))
    async with (
        Publisher() as site,
        Fetcher(clock, allow=["127.0.0.0/8"], timeout=timedelta(seconds=2)) as fetcher,
        SandboxPool(1, timedelta(seconds=20), memory_bytes=2**30, preload=["monitor.feeds.parse"]) as sandbox,
    ):
        yield Bench(site=site, poller=Poller(fetcher, sandbox, clock, network))


def kept(body: NewBody) -> FeedState:
    return FeedState(
        etag=body.etag,
        last_modified=body.last_modified,
        body_hash=body.body_hash,
        items_hash=body.items_hash,
        title=body.parsed.title,
        format=body.parsed.format,
        last_whole=datetime.now(UTC),
    )


async def test_a_new_feed_comes_with_entries_keys_and_validators(bench: Bench) -> None:
    bench.site.serve(
        "/rss.xml", RSS, content_type="application/rss+xml", etag='"1"', last_modified="Tue, 24 Nov 2026 12:00:00 GMT"
    )
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    assert result.parsed.title == "Gulf Courier"
    first, second = result.parsed.entries
    assert (first.feed, first.id, first.link) == ("gulf", "gc-1", bench.site.url("/news/1"))
    assert first.published == datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC)
    assert second.id == "gc-2"
    assert [[key.partition(":")[0] for key in keys] for keys in result.keys] == [
        ["guid", "moment", "headline"],
        ["guid", "headline"],
    ]
    assert (result.etag, result.last_modified) == ('"1"', "Tue, 24 Nov 2026 12:00:00 GMT")


async def test_keys_are_made_in_the_child_not_in_the_event_loop(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.site.serve("/rss.xml", RSS)
    monkeypatch.delattr(parse, "assign_keys")  # here only: the children have imported their own
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    assert len(result.keys) == 2


async def test_a_child_that_answers_with_too_few_keys_is_not_believed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.site.serve("/rss.xml", RSS)
    monkeypatch.setattr(poller, "read_document", sandbox_jobs.answers_with_too_few_keys)
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert (result.kind, result.reason) == ("hostile", "the process that read it died of it")


async def test_a_document_that_was_stopped_gets_a_longer_try_and_then_no_more(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.site.serve("/rss.xml", RSS)
    with monkeypatch.context() as busy:
        busy.setattr(poller, "PARSE_LIMIT", timedelta(milliseconds=50))
        busy.setattr(poller, "read_document", sandbox_jobs.reads_for_ever)
        first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, PollFailed)
    assert (first.kind, first.body_hash) == ("hostile", "")
    stopped = FeedState(error=first.reason, error_kind=first.kind, failures=1)
    assert isinstance(await bench.poller.poll(bench.feed(), stopped), NewBody)  # an honest one on a busy machine
    with monkeypatch.context() as busy:
        busy.setattr(poller, "SECOND_LIMIT", timedelta(milliseconds=50))
        busy.setattr(poller, "read_document", sandbox_jobs.reads_for_ever)
        second = await bench.poller.poll(bench.feed(), stopped)
    assert isinstance(second, PollFailed)
    assert second.body_hash
    monkeypatch.setattr(poller, "read_document", None)  # whoever tried to read it again would fail
    third = await bench.poller.poll(bench.feed(), replace(stopped, body_hash=second.body_hash, failures=2))
    assert isinstance(third, PollFailed)
    assert third.reason == first.reason
    bench.site.serve("/rss.xml", RSS.replace("Rain", "Sun"))
    monkeypatch.undo()
    assert isinstance(await bench.poller.poll(bench.feed(), replace(stopped, body_hash=second.body_hash)), NewBody)


async def test_a_time_stamped_on_each_answer_is_no_news(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.site.serve("/rss.xml", RSS, etag='"1"')
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    stamped = RSS.replace(
        "</title>\n<item>", "</title><lastBuildDate>Tue, 24 Nov 2026 12:05:00 GMT</lastBuildDate>\n<item>", 1
    )
    bench.site.serve("/rss.xml", stamped, etag='"2"')
    with monkeypatch.context() as nothing_is_read:
        nothing_is_read.setattr(poller, "spare", None)
        nothing_is_read.setattr(poller, "read_document", None)
        assert await bench.poller.poll(bench.feed(), kept(first)) == SameBody(etag='"2"')
    bench.site.serve("/rss.xml", stamped.replace("gc-2", "gc-3", 1), etag='"3"')
    assert isinstance(await bench.poller.poll(bench.feed(), kept(first)), NewBody)
    odd = stamped.replace("</channel>", '<x:item xmlns:x=""><guid>gc-4</guid><title>Late</title></x:item></channel>')
    bench.site.serve("/rss.xml", odd, etag='"4"')
    assert isinstance(await bench.poller.poll(bench.feed(), kept(first)), NewBody)
    # Who forgets what was read wants all of it again.
    bench.site.serve("/rss.xml", RSS)
    assert isinstance(await bench.poller.poll(bench.feed(), FeedState()), NewBody)


async def test_a_known_feed_is_asked_for_changes_only(bench: Bench) -> None:
    bench.site.serve("/rss.xml", RSS, etag='"1"')
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    assert await bench.poller.poll(bench.feed(), kept(first)) == NotModified()
    assert bench.site.hits[1].headers["If-None-Match"] == '"1"'


async def test_validators_are_left_out_now_and_then(bench: Bench) -> None:
    bench.site.serve("/rss.xml", RSS, etag='"1"')
    state = FeedState(etag='"1"', last_whole=datetime.now(UTC) - timedelta(days=2))
    result = await bench.poller.poll(bench.feed(), state)
    assert isinstance(result, NewBody)
    assert result.is_whole
    assert "If-None-Match" not in bench.site.hits[0].headers


async def test_the_same_bytes_are_not_parsed_again(bench: Bench) -> None:
    bench.site.serve("/rss.xml", RSS)
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    assert await bench.poller.poll(bench.feed(), kept(first)) == SameBody(is_whole=True)


ITEM = "<item><title>{0}</title><link>/news/{0}</link><guid>gc-{0}</guid></item>"


def rss(*numbers: int) -> str:
    return (
        "<rss version='2.0'><channel><title>Gulf Courier</title><ttl>30</ttl>"
        + "".join(ITEM.format(number) for number in numbers)
        + "</channel></rss>"
    )


def knowing(body: NewBody) -> Known:
    async def known() -> frozenset[str]:
        return frozenset(body.items)

    return known


async def test_only_what_is_new_in_a_changed_document_is_read(bench: Bench) -> None:
    bench.site.serve("/rss.xml", rss(1, 2))
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    assert (len(first.parsed.entries), len(first.items)) == (2, 2)
    bench.site.serve("/rss.xml", rss(3, 1, 2))
    second = await bench.poller.poll(bench.feed(), kept(first), knowing(first))
    assert isinstance(second, NewBody)
    assert [entry.id for entry in second.parsed.entries] == ["gc-3"]
    assert set(second.items) > set(first.items)
    assert (second.parsed.title, second.fresh_for) == ("Gulf Courier", timedelta(minutes=30))


async def test_a_changed_document_without_new_items_is_not_parsed_at_all(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.site.serve("/rss.xml", rss(1, 2))
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    monkeypatch.setattr(poller, "read_document", None)
    bench.site.serve("/rss.xml", rss(2, 1) + "<!-- served in 3 ms -->")
    second = await bench.poller.poll(bench.feed(), kept(first), knowing(first))
    assert isinstance(second, NewBody)
    assert (second.parsed.title, second.parsed.format) == ("Gulf Courier", "rss20")
    assert (second.parsed.entries, second.keys) == ((), ())
    assert second.items == tuple(reversed(first.items))
    assert second.body_hash != first.body_hash


async def test_all_is_read_again_when_the_body_is_forgotten(bench: Bench) -> None:
    bench.site.serve("/rss.xml", rss(1, 2))
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    second = await bench.poller.poll(bench.feed(), replace(kept(first), body_hash=""), knowing(first))
    assert second == first


async def test_a_large_document_is_looked_through_in_the_sandbox(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "LOOKED_THROUGH_BYTES", 10)
    bench.site.serve("/rss.xml", rss(1, 2))
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    for numbers, ids in (((2, 1), []), ((1, 2, 3), ["gc-3"])):
        bench.site.serve("/rss.xml", rss(*numbers))
        result = await bench.poller.poll(bench.feed(), kept(first), knowing(first))
        assert isinstance(result, NewBody)
        assert [entry.id for entry in result.parsed.entries] == ids
        assert len(result.items) == len(numbers)


async def test_a_believed_new_address_is_asked_and_the_next_one_told(bench: Bench) -> None:
    bench.site.serve("/newest.xml", rss(1))
    bench.site.redirect("/new.xml", "/newest.xml", status=308)
    state = FeedState(address=bench.site.url("/new.xml"))
    result = await bench.poller.poll(bench.feed("/gone.xml"), state)
    assert isinstance(result, NewBody)
    assert result.moved_to == bench.site.url("/newest.xml")


async def test_the_wish_of_the_headers_counts_when_it_is_the_longer_one(bench: Bench) -> None:
    bench.site.serve("/rss.xml", rss(1), etag='"1"', headers={"Cache-Control": "max-age=7200"})
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, NewBody)
    assert first.fresh_for == timedelta(hours=2)
    bench.site.serve("/rss.xml", rss(1), etag='"1"')
    state = replace(kept(first), fresh_for=timedelta(minutes=30))
    assert await bench.poller.poll(bench.feed(), state) == NotModified(fresh_for=timedelta(minutes=30))


SITEMAP = "<urlset><url><loc>/{0}</loc><n:news xmlns:n='n'><n:title>Story {0}</n:title></n:news></url></urlset>"


async def test_the_newest_parts_of_a_list_of_sitemaps_are_read(bench: Bench) -> None:
    rows = "".join(f"<sitemap><loc>/{n}.xml</loc><lastmod>2026-11-{n}</lastmod></sitemap>" for n in range(20, 25))
    foreign = "<sitemap><loc>http://127.0.0.2/x.xml</loc><lastmod>2026-11-30</lastmod></sitemap>"
    bench.site.serve("/rss.xml", f"<sitemapindex>{foreign}{rows}</sitemapindex>", etag='"1"')
    for number in (20, 21, 22, 24):
        bench.site.serve(f"/{number}.xml", SITEMAP.format(number))
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    # 23 is not there: the others are worth having.
    assert [entry.title for entry in result.parsed.entries] == ["Story 24", "Story 22"]
    assert len(result.items) == len(result.keys) == 2
    # The list tells no hour, so it cannot stand for its parts.
    assert result.etag == ""
    again = await bench.poller.poll(bench.feed(), kept(result), knowing(result))
    assert isinstance(again, NewBody)
    assert again.parsed.entries == ()
    assert sorted(again.items) == sorted(result.items)


async def test_a_list_of_sitemaps_that_tells_when_they_change_stands_for_them(bench: Bench) -> None:
    part = "<sitemap><loc>/1.xml</loc><lastmod>2026-11-24T12:00:00Z</lastmod></sitemap>"
    bench.site.serve("/rss.xml", f"<sitemapindex>{part}</sitemapindex>")
    bench.site.serve("/1.xml", SITEMAP.format(1))
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    assert isinstance(await bench.poller.poll(bench.feed(), kept(result)), SameBody)


async def test_a_list_of_sitemaps_that_cannot_be_followed_fails_in_words(bench: Bench) -> None:
    bench.site.serve("/rss.xml", "<sitemapindex><sitemap><loc>https://other.example/1</loc></sitemap></sitemapindex>")
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert "names none of the same site" in result.reason
    bench.site.serve("/rss.xml", "<sitemapindex><sitemap><loc>/lost.xml</loc></sitemap></sitemapindex>")
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert result.kind == "status"


async def test_a_pushed_document_is_read_like_a_polled_one(bench: Bench) -> None:
    document = Document(body=rss(1, 2).encode(), url="https://gulf.example/rss.xml")
    result = await bench.poller.read(bench.feed(), document, frozenset())
    assert isinstance(result, NewBody)
    assert [entry.feed for entry in result.parsed.entries] == ["gulf", "gulf"]
    again = await bench.poller.read(bench.feed(), document, frozenset(result.items))
    assert isinstance(again, NewBody)
    assert again.parsed.entries == ()
    page = await bench.poller.read(bench.feed(), Document(body=b"<html/>"), frozenset())
    assert isinstance(page, PollFailed)


async def test_a_feed_that_moved_is_read_at_its_new_address(bench: Bench) -> None:
    bench.site.serve("/new.xml", RSS)
    bench.site.redirect("/rss.xml", "/new.xml", status=301)
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    assert result.parsed.entries[0].link == bench.site.url("/news/1")


async def test_a_declared_charset_that_is_wrong_does_no_harm(bench: Bench) -> None:
    bench.site.serve("/rss.xml", RSS.replace("Rain", "Rain in Köln – 停火"), content_type="text/xml; charset=us-ascii")
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, NewBody)
    assert result.parsed.entries[1].title == "Rain in Köln – 停火"


async def test_an_unreadable_body_is_told_and_not_parsed_twice(bench: Bench) -> None:
    page = "<!doctype html><html><body>Accept our cookies</body></html>"
    bench.site.serve("/rss.xml", page)
    first = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(first, PollFailed)
    assert (first.kind, first.reason) == ("unreadable", "the address answers with an HTML page, not a feed")
    # The words come from the state, so nothing was parsed.
    again = await bench.poller.poll(bench.feed(), FeedState(error="as before", body_hash=first.body_hash))
    assert again == replace(first, reason="as before")


async def test_a_challenge_page_is_a_block_whatever_its_status(bench: Bench) -> None:
    bench.site.serve("/rss.xml", "<html><head><title>Just a moment...</title></head></html>")
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert (result.kind, result.reason) == ("blocked", "the site answers with a check for robots (HTTP 200)")


async def test_statuses_are_failures_with_words(bench: Bench) -> None:
    bench.site.serve("/rss.xml", "slow down", status=429, headers={"Retry-After": "90"})
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert (result.kind, result.retry_after) == ("throttled", timedelta(seconds=90))
    bench.site.serve("/rss.xml", "gone", status=410)
    result = await bench.poller.poll(bench.feed(), FeedState())
    assert isinstance(result, PollFailed)
    assert result.gone


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("hang", "does not answer within 2 s"),
        ("drip", "does not finish its answer within 2 s"),
        ("flood", "sends more than 200000 bytes"),
        ("gzip_bomb", "sends more than 200000 bytes"),
        ("reset", "connection reset"),
    ],
)
async def test_bad_servers_fail_alone(bench: Bench, kind: str, reason: str) -> None:
    bench.site.hang("/hang")
    bench.site.drip("/drip")
    bench.site.flood("/flood")
    bench.site.gzip_bomb("/gzip_bomb", size=50_000_000)
    bench.site.reset("/reset")
    result = await bench.poller.poll(bench.feed(f"/{kind}"), FeedState())
    assert isinstance(result, PollFailed)
    assert result.kind in ("unreachable", "refused")
    assert reason in result.reason


async def test_an_address_inside_is_refused(bench: Bench) -> None:
    feed = Feed(key=FeedKey("x"), url="http://[::1]:9/rss.xml")
    result = await bench.poller.poll(feed, FeedState())
    assert isinstance(result, PollFailed)
    assert result.kind == "refused"
    assert "private" in result.reason


async def test_a_feed_made_to_hurt_does_not_stop_the_next_one(bench: Bench) -> None:
    attributes = " ".join(f'a{number}="1"' for number in range(20_000))
    # Behind a fault the scan is blind, so this one reaches the parser and is killed there or ends by itself.
    bench.site.serve("/hostile.xml", f"<rss><a>&</a><channel {attributes}/></rss>"[:199_000])
    bench.site.serve("/rss.xml", RSS)
    hostile = await bench.poller.poll(bench.feed("/hostile.xml"), FeedState())
    assert isinstance(hostile, PollFailed)
    assert hostile.kind in ("hostile", "unreadable")
    assert isinstance(await bench.poller.poll(bench.feed(), FeedState()), NewBody)


async def test_a_304_that_was_not_asked_for_is_a_failure(bench: Bench) -> None:
    bench.site.serve("/odd", status=304)
    result = await bench.poller.poll(bench.feed("/odd"), FeedState())
    assert isinstance(result, PollFailed)
    assert "nothing changed" in result.reason
