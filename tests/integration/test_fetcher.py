"""The HTTP door against real loopback servers, good and hostile."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import ssl
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from monitor.clock import SystemClock
from monitor.errors import FetchRefused, FetchTransient
from monitor.fetch.client import Fetcher, user_agent
from tests.support.clock import ManualClock
from tests.support.publisher import Publisher

CERTIFICATE = Path(__file__).parent.parent / "data" / "tls" / "localhost.pem"
MIB = 2**20


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    """A fetcher that may dial 127.0.0.0/8; ten seconds are far more than loopback needs."""
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=10)) as opened:
        yield opened


@pytest.fixture
async def hasty() -> AsyncIterator[Fetcher]:
    """The same for servers that shall not answer in time."""
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=0.5)) as opened:
        yield opened


class NameServer:
    """A name server under the test's control: each look-up of a name takes the next address, the last one stays."""

    def __init__(self, **addresses: str) -> None:
        self.addresses = {name.replace("_", "."): listed.split() for name, listed in addresses.items()}

    def __call__(self, host: str) -> list[str]:
        listed = self.addresses.get(host)
        if not listed:
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [listed.pop(0) if len(listed) > 1 else listed[0]]


# What comes back


async def test_an_answer_has_status_headers_body_and_time(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/feed", "<rss/>", content_type="application/rss+xml", headers={"ETag": '"1"'})
    answer = await fetcher.get(site.url("/feed"), max_bytes=MIB)
    assert (answer.status, answer.url, answer.body) == (200, site.url("/feed"), b"<rss/>")
    assert (answer.headers["etag"], answer.headers["CONTENT-TYPE"]) == ('"1"', "application/rss+xml")
    assert 0 < answer.seconds < 5


async def test_every_status_is_an_answer(site: Publisher, fetcher: Fetcher) -> None:
    for status in (204, 304, 403, 404, 410, 429, 500, 503):
        site.serve("/status", b"", status=status)
        assert (await fetcher.get(site.url("/status"), max_bytes=MIB)).status == status


async def test_a_conditional_request_gets_304_without_a_body(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/feed", "x" * 500, etag='"1"')
    answer = await fetcher.get(site.url("/feed"), headers={"If-None-Match": '"1"'}, max_bytes=100)
    assert (answer.status, answer.body) == (304, b"")


async def test_we_say_who_we_are_and_keep_no_cookies(site: Publisher) -> None:
    site.serve("/feed", "x", headers={"Set-Cookie": "seen=1"})
    name = user_agent(contact="https://example.org/about-our-monitor")
    async with Fetcher(SystemClock(), allow=["127.0.0.1"], user_agent=name) as fetcher:
        await fetcher.get(site.url("/feed"), max_bytes=MIB)
        await fetcher.get(site.url("/feed"), max_bytes=MIB)
    _, second = site.hits_on("/feed")
    assert second.headers["User-Agent"] == "monitor/0.1.0 (+https://example.org/about-our-monitor)"
    assert second.headers["Accept-Encoding"] == "gzip, br, zstd"
    assert "Cookie" not in second.headers


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_compressed_bodies_arrive_unpacked(site: Publisher, fetcher: Fetcher, encoding: str) -> None:
    site.gzip_bomb("/packed", size=100_000, encoding=encoding)
    assert (await fetcher.get(site.url("/packed"), max_bytes=100_000)).body == bytes(100_000)


async def test_a_proxy_in_the_environment_is_not_used(
    site: Publisher, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.serve("/direct", "x")
    assert (await fetcher.get(site.url("/direct"), max_bytes=MIB)).status == 200


# Redirects


async def test_redirects_are_followed_to_the_final_address(site: Publisher, fetcher: Fetcher) -> None:
    site.redirect("/a", "/b?x=1", status=302)
    site.redirect("/b", site.url("/c#part"), status=301)
    site.serve("/c", "here")
    answer = await fetcher.get(site.url("/a"), max_bytes=MIB)
    assert (answer.url, answer.body) == (site.url("/c"), b"here")


@pytest.mark.parametrize(("first", "second"), [(301, 308), (308, 302), (307, 301), (302, 303)])
async def test_an_address_has_moved_if_every_redirect_says_for_good(
    site: Publisher, fetcher: Fetcher, first: int, second: int
) -> None:
    site.redirect("/a", "/b", status=first)
    site.redirect("/b", "/c", status=second)
    site.serve("/c", "here")
    moved = site.url("/c") if {first, second} <= {301, 308} else ""
    assert (await fetcher.get(site.url("/a"), max_bytes=MIB)).moved_to == moved
    assert (await fetcher.get(site.url("/c"), max_bytes=MIB)).moved_to == ""


async def test_five_redirects_are_enough_and_six_are_refused(site: Publisher, fetcher: Fetcher) -> None:
    for number in range(6):
        site.redirect(f"/{number}", f"/{number + 1}")
    site.serve("/6", "end")
    assert (await fetcher.get(site.url("/1"), max_bytes=MIB)).body == b"end"
    with pytest.raises(FetchRefused, match="redirects more than 5 times"):
        await fetcher.get(site.url("/0"), max_bytes=MIB)


async def test_a_redirect_without_a_target_is_the_answer(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/a", "nowhere", status=302)
    answer = await fetcher.get(site.url("/a"), max_bytes=MIB)
    assert (answer.status, answer.body) == (302, b"nowhere")


async def test_secrets_in_headers_do_not_travel_to_another_host(site: Publisher, fetcher: Fetcher) -> None:
    async with Publisher("127.0.0.2") as other:
        site.redirect("/a", other.url("/b"))
        other.serve("/b", "x")
        headers = {"Authorization": "Bearer secret", "If-None-Match": '"1"'}
        await fetcher.get(site.url("/a"), headers=headers, max_bytes=MIB)
        [hit] = other.hits_on("/b")
    assert site.hits_on("/a")[0].headers["Authorization"] == "Bearer secret"
    assert "Authorization" not in hit.headers
    assert hit.headers["If-None-Match"] == '"1"'


# Addresses that must not be dialled

# Loopback only, and nothing that a name server would be asked for: should the guard ever be broken, these tests must
# not dial a real network or a cloud's metadata server. The other private ranges are in tests/unit/fetch/test_guard.py.
FORMS_OF_INSIDE = [
    "http://127.0.0.1:{port}/",
    "http://localhost:{port}/",
    "http://LOCALHOST:{port}/",
    "http://127.1:{port}/",
    "http://127.0.1:{port}/",
    "http://127.8.8.8:{port}/",
    "http://0.0.0.0:{port}/",
    "http://0:{port}/",
    "http://2130706433:{port}/",
    "http://0x7f000001:{port}/",
    "http://0x7f.0.0.1:{port}/",
    "http://0177.0.0.1:{port}/",
    "http://017700000001:{port}/",
    "http://127。0。0。1:{port}/",
    "http://①②⑦.⓪.⓪.①:{port}/",
    "http://127.0.0.1.:{port}/",
    "http://[::1]:{port}/",
    "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/",
    "http://[::ffff:7f00:1]:{port}/",
    "http://[0:0:0:0:0:ffff:7f00:0001]:{port}/",
    "http://user@127.0.0.1:{port}/",
    "http://example.org@127.0.0.1:{port}/",
    "http://127.0.0.1:{port}@example.org/",
    "file:///etc/passwd",
    "ftp://127.0.0.1/",
    "gopher://127.0.0.1:{port}/_x",
    "unix:///var/run/docker.sock",
    "data:text/html,x",
    "//127.0.0.1:{port}/",
    "http://",
    "http:///etc/passwd",
    "http://[::1",
    "http://127.0.0.1:99999/",
    "http://a..b/",
    "http://" + "a" * 64 + ".example/",
    "",
]


NOT_DIALLED = re.compile(
    "leads to a private or special address|not a valid web address|only http and https addresses"
    "|addresses with a user name"
)


@pytest.mark.parametrize("form", FORMS_OF_INSIDE)
async def test_no_form_of_an_inside_address_is_dialled(site: Publisher, form: str) -> None:
    url = form.format(port=site.port)
    async with Fetcher(SystemClock(), timeout=timedelta(seconds=5)) as fetcher:
        with pytest.raises(FetchRefused) as get:
            await fetcher.get(url, max_bytes=MIB)
        with pytest.raises(FetchRefused) as post:
            await fetcher.post(url, body=b"{}", headers={})
    assert NOT_DIALLED.match(get.value.reason)
    assert NOT_DIALLED.match(post.value.reason)
    assert site.hits == []


@pytest.mark.parametrize("path", ["/literal", "/name", "/mapped", "/file", "/user"])
async def test_a_redirect_to_an_inside_address_is_refused(path: str) -> None:
    async with Publisher("127.0.0.3") as outside, Publisher() as inside:
        inside.serve("/secret", "secret")
        outside.redirect("/literal", inside.url("/secret"))
        outside.redirect("/name", inside.url("/secret", host="localhost"))
        outside.redirect("/mapped", inside.url("/secret", host="[::ffff:127.0.0.1]"))
        outside.redirect("/file", "file:///etc/passwd")
        outside.redirect("/user", f"http://a:b@127.0.0.3:{outside.port}/")
        async with Fetcher(SystemClock(), allow=["127.0.0.3"]) as fetcher:
            with pytest.raises(FetchRefused, match="after a redirect to") as refused:
                await fetcher.get(outside.url(path), max_bytes=MIB)
        assert inside.hits == []
        assert refused.value.url == outside.url(path)


async def test_a_name_that_resolves_to_loopback_is_refused_with_the_way_out(site: Publisher) -> None:
    names = NameServer(news_example="127.0.0.1")
    async with Fetcher(SystemClock(), look_up=names) as fetcher:
        with pytest.raises(FetchRefused) as refused:
            await fetcher.get(f"http://news.example:{site.port}/feed?token=secret", max_bytes=MIB)
    assert site.hits == []
    assert str(refused.value) == (
        f"http://news.example:{site.port}/feed?…: leads to a private or special address "
        "(127.0.0.1 is not a public address); if it is yours, list it under network.allow"
    )


async def test_a_name_that_changes_to_loopback_between_requests_is_refused(site: Publisher) -> None:
    async with Publisher("127.0.0.2") as public:
        public.serve("/", "public", headers={"Connection": "close"})
        names = NameServer(rebinding_example="127.0.0.2 127.0.0.1")
        async with Fetcher(SystemClock(), allow=["127.0.0.2"], look_up=names) as fetcher:
            url = f"http://rebinding.example:{public.port}/"
            assert (await fetcher.get(url, max_bytes=MIB)).body == b"public"
            # Another port asks the name server again.
            with pytest.raises(FetchRefused, match=r"127\.0\.0\.1 is not a public address"):
                await fetcher.get(f"http://rebinding.example:{site.port}/", max_bytes=MIB)
    assert site.hits == []


async def test_a_listed_port_opens_that_port_only(site: Publisher) -> None:
    async with Publisher() as other, Fetcher(SystemClock(), allow=[f"127.0.0.1:{site.port}"]) as fetcher:
        site.serve("/", "x")
        assert (await fetcher.get(site.url("/"), max_bytes=MIB)).status == 200
        with pytest.raises(FetchRefused):
            await fetcher.get(other.url("/"), max_bytes=MIB)
        assert other.hits == []


# Too much, too slow, broken


async def test_a_gzip_bomb_is_refused_at_the_cap_and_stays_small_in_memory(site: Publisher, fetcher: Fetcher) -> None:
    packed = site.gzip_bomb("/bomb", size=300 * MIB)
    assert packed < MIB
    tracemalloc.start()
    try:
        with pytest.raises(FetchRefused, match="sends more than 10 MiB, our limit for it"):
            await fetcher.get(site.url("/bomb"), max_bytes=10 * MIB)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 40 * MIB


async def test_a_bomb_of_many_gzip_members_is_refused_too(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/bomb", gzip.compress(bytes(MIB)) * 40, headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchRefused, match="sends more than 10 MiB"):
        await fetcher.get(site.url("/bomb"), max_bytes=10 * MIB)


async def test_an_endless_body_is_refused_at_the_cap(site: Publisher, fetcher: Fetcher) -> None:
    site.flood("/flood")
    with pytest.raises(FetchRefused, match="sends more than 3 MiB"):
        await fetcher.get(site.url("/flood"), max_bytes=3 * MIB)


async def test_a_body_of_exactly_the_cap_passes_and_one_byte_more_does_not(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/fits", b"x" * 1000)
    site.serve("/exceeds", b"x" * 1001)
    assert len((await fetcher.get(site.url("/fits"), max_bytes=1000)).body) == 1000
    with pytest.raises(FetchRefused, match="sends more than 1000 bytes"):
        await fetcher.get(site.url("/exceeds"), max_bytes=1000)


async def test_an_error_page_is_cut_not_refused(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/challenge", b"x" * 5000, status=403)
    answer = await fetcher.get(site.url("/challenge"), max_bytes=1000)
    assert (answer.status, len(answer.body)) == (403, 1000)


async def test_a_drip_feed_ends_at_the_deadline(site: Publisher, hasty: Fetcher) -> None:
    site.drip("/drip", every=0.05)
    began = asyncio.get_running_loop().time()
    with pytest.raises(FetchTransient, match=r"does not finish its answer within 0\.5 s$"):
        await hasty.get(site.url("/drip"), max_bytes=MIB)
    assert asyncio.get_running_loop().time() - began < 3


async def test_a_silent_server_ends_at_the_deadline(site: Publisher, hasty: Fetcher) -> None:
    site.hang("/hang")
    with pytest.raises(FetchTransient, match=r"does not answer within 0\.5 s"):
        await hasty.get(site.url("/hang"), max_bytes=MIB)
    with pytest.raises(FetchTransient, match=r"does not answer within 0\.5 s"):
        await hasty.post(site.url("/hang"), body=b"", headers={})


async def test_the_deadline_covers_all_redirects_together(site: Publisher) -> None:
    clock = ManualClock()

    def slow(_: web.Request) -> web.Response:
        clock.advance(timedelta(seconds=29.9))
        return web.Response(status=302, headers={"Location": "/hang"})

    site.serve("/slow", slow)
    site.hang("/hang")
    limit = timedelta(seconds=30)
    async with Fetcher(clock, allow=["127.0.0.1"], timeout=limit) as fetcher, asyncio.timeout(10):
        with pytest.raises(FetchTransient, match=r"does not answer within 30 s"):
            await fetcher.get(site.url("/slow"), max_bytes=MIB)
    assert [hit.path for hit in site.hits] == ["/slow", "/hang"]


@pytest.mark.parametrize(
    "flood",
    [
        pytest.param(b"".join(b"X-%d: 1\r\n" % number for number in range(5_000)), id="many headers"),
        pytest.param(b"X: " + b"x" * 1_000_000 + b"\r\n", id="one long header"),
        pytest.param(b"x" * 1_000_000 + b": 1\r\n", id="one long name"),
    ],
)
async def test_a_flood_of_headers_is_refused(site: Publisher, fetcher: Fetcher, flood: bytes) -> None:
    site.raw("/headers", b"HTTP/1.1 200 OK\r\n" + flood + b"\r\n")
    with pytest.raises(FetchRefused, match="sends more or longer headers than we accept"):
        await fetcher.get(site.url("/headers"), max_bytes=MIB)


async def test_headers_as_long_as_real_sites_send_them_pass(site: Publisher, fetcher: Fetcher) -> None:
    site.serve("/csp", "x", headers={"Content-Security-Policy": "x" * 20_000})
    assert (await fetcher.get(site.url("/csp"), max_bytes=MIB)).status == 200


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort", "broke off", id="a short body"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broke off|HTTP", id="bad chunks"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
            "in a compression that we cannot unpack",
            id="not the compression it claims",
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP as it should", id="another protocol"),
        pytest.param(b"", "closed the connection without an answer", id="nothing at all"),
    ],
)
async def test_a_broken_answer_is_worth_another_try(site: Publisher, fetcher: Fetcher, wire: bytes, words: str) -> None:
    site.raw("/broken", wire)
    with pytest.raises(FetchTransient, match=words):
        await fetcher.get(site.url("/broken"), max_bytes=MIB)


@pytest.mark.parametrize("encoding", ["zstd", "gzip, gzip", "gzip, gzip, gzip", "x-strange"])
async def test_a_compression_we_cannot_unpack_is_told(site: Publisher, fetcher: Fetcher, encoding: str) -> None:
    site.serve("/packed", b"\x8b\x02\x80hello\x03", headers={"Content-Encoding": encoding})
    with pytest.raises(FetchTransient, match="in a compression that we cannot unpack, or did not ask for"):
        await fetcher.get(site.url("/packed"), max_bytes=MIB)


async def test_connection_failures_are_told_in_plain_words(site: Publisher, fetcher: Fetcher) -> None:
    site.reset("/reset")
    with pytest.raises(FetchTransient, match=r"connection reset|closed the connection"):
        await fetcher.get(site.url("/reset"), max_bytes=MIB)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(FetchTransient, match="connection refused"):
            await fetcher.get(f"http://127.0.0.1:{unused.getsockname()[1]}/", max_bytes=MIB)
    async with Fetcher(SystemClock(), look_up=NameServer()) as lost:
        with pytest.raises(FetchTransient, match="name not found"):
            await lost.get("http://no-such-name.example/", max_bytes=MIB)


async def test_an_unknown_certificate_is_named_and_a_trusted_one_passes(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    async with Publisher(tls=tls) as secure:
        secure.serve("/", "private")
        with pytest.raises(FetchTransient, match="certificate not valid: self-signed certificate"):
            await fetcher.get(secure.url("/"), max_bytes=MIB)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as trusting:
            assert (await trusting.get(secure.url("/"), max_bytes=MIB)).body == b"private"


async def test_plain_http_behind_an_https_address_is_told(site: Publisher, fetcher: Fetcher) -> None:
    with pytest.raises(FetchTransient, match="no secure connection"):
        await fetcher.get(site.url("/").replace("http:", "https:"), max_bytes=MIB)


# POST


async def test_a_post_sends_body_and_headers_and_follows_no_redirect(site: Publisher, fetcher: Fetcher) -> None:
    site.redirect("/hook", "/elsewhere", status=307)
    answer = await fetcher.post(site.url("/hook"), body=b'{"a": 1}', headers={"Content-Type": "application/json"})
    [hit] = site.hits
    assert (answer.status, answer.headers["location"]) == (307, "/elsewhere")
    assert (hit.method, hit.body, hit.headers["Content-Type"]) == ("POST", b'{"a": 1}', "application/json")


async def test_a_long_answer_to_a_post_is_cut(site: Publisher, fetcher: Fetcher) -> None:
    site.flood("/hook")
    answer = await fetcher.post(site.url("/hook"), body=b"", headers={})
    assert (answer.status, len(answer.body)) == (200, 65_536)


async def test_an_error_of_a_post_hides_the_path(site: Publisher, fetcher: Fetcher) -> None:
    site.reset("/services/T0/B0/secret")
    with pytest.raises(FetchTransient) as failed:
        await fetcher.post(site.url("/services/T0/B0/secret"), body=b"", headers={})
    assert "secret" not in str(failed.value)
    with pytest.raises(FetchRefused) as refused:
        await fetcher.post("ftp://127.0.0.1/services/secret", body=b"", headers={})
    assert "secret" not in str(refused.value)


# Turns


async def test_starts_at_a_foreign_host_are_spaced(site: Publisher) -> None:
    site.serve("/", "x")
    names = NameServer(news_example="127.0.0.1")
    async with Fetcher(SystemClock(), allow=["127.0.0.1"], look_up=names) as fetcher:
        url = f"http://news.example:{site.port}/"
        await asyncio.gather(*(fetcher.get(url, max_bytes=MIB, delay=timedelta(seconds=0.2)) for _ in range(3)))
    first, second, third = (hit.at for hit in site.hits)
    assert second - first > 0.15
    assert third - second > 0.15


async def test_a_cancelled_request_leaves_nothing_behind(site: Publisher) -> None:
    release = site.hang("/hang")
    site.serve("/", "x")
    async with Fetcher(
        SystemClock(), allow=["127.0.0.1"], host_slots=1, look_up=NameServer(a_example="127.0.0.1")
    ) as one:
        hanging = asyncio.create_task(one.get(f"http://a.example:{site.port}/hang", max_bytes=MIB))
        await site.wait_for("/hang")
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
        release.set()
        async with asyncio.timeout(5):
            assert (await one.get(f"http://a.example:{site.port}/", max_bytes=MIB)).status == 200
