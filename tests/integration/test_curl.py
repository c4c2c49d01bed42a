"""libcurl in our event loop: what it must not do by itself, and what it must not leave behind."""

from __future__ import annotations

import asyncio
import os
import resource
import ssl
import subprocess
import sys
import threading
import warnings
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.errors import FetchRefused, FetchTransient
from monitor.fetch.client import Fetcher
from monitor.fetch.curl import MAX_IDLE_CONNECTIONS, Trust
from tests.support.publisher import Publisher

ROOT = Path(__file__).parents[2]
CERTIFICATE = ROOT / "tests" / "data" / "tls" / "localhost.pem"
MIB = 2**20

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
async def site() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


@asynccontextmanager
async def raw_server(answer: bytes, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """Serve the same bytes to every request and cut the connection without a goodbye; gives port and requests."""
    seen: list[bytes] = []

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(answer)
        await writer.drain()
        raw = writer.get_extra_info("socket")
        raw.shutdown(2)  # under TLS's feet: no close_notify
        writer.transport.abort()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1], seen


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize(
    "host",
    ["news.example", "NEWS.example", "news.example.", "a_b.example", "münchen.example", "localhost", "x.localhost"],
)
async def test_libcurl_dials_what_we_looked_up_and_asks_nobody(site: Publisher, host: str) -> None:
    site.serve("/", "x")
    asked: list[str] = []

    def look_up(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.9", "::ffff:127.0.0.1", "127.0.0.1"]  # the first two answer nothing or are refused

    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], look_up=look_up) as fetcher:
        answer = await fetcher.get(f"http://{host}:{site.port}/", max_bytes=MIB)
    assert (answer.body, len(asked)) == (b"x", 1)


async def test_names_come_and_go_and_libcurl_still_asks_nobody(site: Publisher) -> None:
    site.serve("/", "x", headers={"Connection": "close"})  # so that each request dials
    async with Fetcher(SystemClock(), allow=["127.0.0.1"], host_slots=50, look_up=lambda _: ["127.0.0.1"]) as fetcher:
        for number in range(5):
            hosts = ["same.example", f"other-{number}.example", "same.example", f"another-{number}.example"] * 5
            gets = (fetcher.get(f"http://{host}:{site.port}/", max_bytes=MIB) for host in hosts)
            assert [answer.body for answer in await asyncio.gather(*gets)] == [b"x"] * 20
            await fetcher.get(f"http://other-{number}.example:{site.port}/", max_bytes=MIB)


@pytest.mark.parametrize("addresses", [[], ["fe80::1%1"]])
async def test_a_name_without_a_usable_address_is_not_looked_up_again(addresses: list[str]) -> None:
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8", "::1"], look_up=lambda _: addresses) as fetcher:
        with pytest.raises(FetchTransient, match="name not found"):
            await fetcher.get("http://localhost:9/", max_bytes=MIB)


async def test_only_if_all_addresses_are_inside_ones_is_it_a_refusal() -> None:
    for addresses, kind in ((["127.0.0.1"], FetchRefused), (["127.0.0.1", "127.0.0.2"], FetchTransient)):
        async with Fetcher(SystemClock(), allow=["127.0.0.2"], look_up=lambda _, a=addresses: a) as fetcher:  # type: ignore[misc]
            with pytest.raises(kind):
                await fetcher.get("http://news.example:9/", max_bytes=MIB)


@pytest.mark.parametrize(
    "header", [{"X": "a\r\nHost: b"}, {"X": "a\nb"}, {"X": "a\0b"}, {"X\r\nY": "a"}, {"": "a"}, {"X:": "a"}]
)
async def test_no_header_smuggles_another_in(site: Publisher, header: dict[str, str]) -> None:
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        with pytest.raises(FetchRefused, match="a header of ours has a line break"):
            await fetcher.get(site.url("/"), headers=header, max_bytes=MIB)
        with pytest.raises(FetchRefused, match="a header of ours has a line break"):
            await fetcher.post(site.url("/"), headers=header, body=b"")
    assert site.hits == []


async def test_headers_go_out_as_given_and_own_ones_can_be_replaced(site: Publisher) -> None:
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        await fetcher.get(site.url("/"), headers={"accept": "text/html", "X-Empty": "", "X": "für"}, max_bytes=MIB)
        await fetcher.post(site.url("/"), headers={}, body=b"x" * 3 * MIB)
    get, post = site.hits
    assert (get.headers["Accept"], get.headers["X-Empty"], get.headers["X"]) == ("text/html", "", "für")
    assert "Expect" not in post.headers
    assert "urlencoded" not in post.headers.get("Content-Type", "")
    assert len(post.body) == 3 * MIB


async def test_neither_netrc_nor_proxy_nor_authentication_is_used(
    site: Publisher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\ndefault login me password secret\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    site.serve("/", "who?", status=401, headers={"WWW-Authenticate": 'Basic realm="x"', "Set-Cookie": "a=b"})
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        for _ in range(2):
            assert (await fetcher.get(site.url("/"), max_bytes=MIB)).status == 401
    assert [set(hit.headers) & {"Authorization", "Cookie"} for hit in site.hits] == [set(), set()]


@pytest.mark.parametrize(
    ("wire", "words"),
    [
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", "closed the connection|HTTP as it should"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP as it should"),
        (b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP as it should"),
        (b"HTTP/1.1 2000 OK\r\n\r\n", "HTTP as it should"),
        (b"HTTP/9.9 200 OK\r\n\r\n", "HTTP as it should"),
    ],
)
async def test_broken_answers_are_told(wire: bytes, words: str) -> None:
    async with raw_server(wire) as (port, _), Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        with pytest.raises(FetchTransient, match=words):
            await fetcher.get(f"http://127.0.0.1:{port}/", max_bytes=MIB)


async def test_an_error_page_that_breaks_off_is_an_answer() -> None:
    wire = b"HTTP/1.1 503 Busy\r\nRetry-After: 60\r\nContent-Length: 999\r\n\r\nplease wa"
    async with raw_server(wire) as (port, _), Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        answer = await fetcher.get(f"http://127.0.0.1:{port}/", max_bytes=MIB)
    assert (answer.status, answer.headers["Retry-After"], answer.body) == (503, "60", b"please wa")


async def test_a_body_may_end_without_the_goodbye_of_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        async with raw_server(b"HTTP/1.0 200 OK\r\n\r\n<rss/>", tls=tls) as (port, _):
            assert (await fetcher.get(f"https://127.0.0.1:{port}/", max_bytes=MIB)).body == b"<rss/>"
        async with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<rss/>", tls=tls) as (port, _):
            with pytest.raises(FetchTransient, match="broke off"):
                await fetcher.get(f"https://127.0.0.1:{port}/", max_bytes=MIB)


async def test_old_tls_and_foreign_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(CERTIFICATE)
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], look_up=lambda _: ["127.0.0.1"]) as fetcher:
        async with Publisher(tls=tls) as site:
            with pytest.raises(FetchTransient, match=r"certificate not valid: .*(name|match)"):
                await fetcher.get(f"https://news.example:{site.port}/", max_bytes=MIB)
        tls.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings(action="ignore"):  # Python says that these are old
            tls.minimum_version = ssl.TLSVersion.TLSv1
            tls.maximum_version = ssl.TLSVersion.TLSv1_1
        async with Publisher(tls=tls) as site:
            with pytest.raises(FetchTransient, match="no secure connection"):
                await fetcher.get(site.url("/"), max_bytes=MIB)


async def test_a_machine_without_certificates_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.fetch.client.system_trust", lambda: Trust("", ""))
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        with pytest.raises(FetchTransient, match="this machine has no trusted certificates"):
            await fetcher.get("https://127.0.0.1:9/", max_bytes=MIB)


async def test_a_connection_serves_again_but_not_for_the_other_lane(site: Publisher) -> None:
    ports: list[int] = []

    def serve(request: object) -> str:
        ports.append(request.transport.get_extra_info("peername")[1])  # type: ignore[attr-defined]
        return "x"

    site.serve("/", serve)
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        await fetcher.get(site.url("/"), max_bytes=MIB)
        await fetcher.get(site.url("/"), max_bytes=MIB)
        await fetcher.post(site.url("/"), headers={}, body=b"")
    assert len(set(ports)) == 2
    assert ports[0] == ports[1]


async def test_a_thousand_requests_at_once_leave_nothing_behind(site: Publisher) -> None:
    site.serve("/", "x")
    release = site.hang("/hang")
    files, threads = open_files(), threading.active_count()
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=60)) as fetcher:
        hanging = [asyncio.create_task(fetcher.get(site.url("/hang"), max_bytes=MIB)) for _ in range(1_000)]
        await site.wait_for("/hang", 1_000, within=60)
        for task in hanging[::2]:
            task.cancel()
        release.set()
        answers = await asyncio.gather(*hanging, return_exceptions=True)
        assert [getattr(answer, "body", b"") for answer in answers[1::2]] == [b"late"] * 500
        assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])
        await asyncio.gather(*(fetcher.get(site.url("/"), max_bytes=MIB) for _ in range(100)))
        async with asyncio.timeout(10):  # the site's ends count as well, and close a little later
            while open_files() > files + 2 * MAX_IDLE_CONNECTIONS + 10:  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.01)
    assert threading.active_count() == threads
    async with asyncio.timeout(10):
        while open_files() > files + 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_machine_without_free_files_is_told_and_recovers(site: Publisher) -> None:
    site.serve("/", "x")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken: list[int] = []
    async with Fetcher(SystemClock(), allow=["127.0.0.1"]) as fetcher:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 1_024), hard))
        try:
            with suppress(OSError):
                while True:
                    taken.append(os.dup(0))
            with pytest.raises(FetchTransient, match="too many open files on this machine"):
                await fetcher.get(site.url("/"), max_bytes=MIB)
        finally:
            for number in taken:
                os.close(number)
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert (await fetcher.get(site.url("/"), max_bytes=MIB)).body == b"x"


async def test_closing_ends_what_is_under_way_with_an_error(site: Publisher) -> None:
    site.hang("/hang")
    fetcher = Fetcher(SystemClock(), allow=["127.0.0.1"])
    async with fetcher:
        hanging = asyncio.create_task(fetcher.get(site.url("/hang"), max_bytes=MIB))
        await site.wait_for("/hang")
    with pytest.raises(FetchTransient, match="ended with the program"):
        await hanging


PROGRAM = """
import asyncio, sys
from monitor.clock import SystemClock
from monitor.fetch.client import Fetcher

async def main(how):
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(60), "127.0.0.1", 0)
    url = f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/"
    fetcher = Fetcher(SystemClock(), allow=["127.0.0.1"])
    await fetcher.__aenter__()
    tasks = [asyncio.create_task(fetcher.get(url, max_bytes=1)) for _ in range(20)]
    await asyncio.sleep(0.2)
    if how == "closed":
        await fetcher.__aexit__(None, None, None)
        await asyncio.gather(*tasks, return_exceptions=True)
    elif how == "exit":
        print("ended", flush=True)
        sys.exit(0)

try:
    asyncio.run(main(sys.argv[1]))
except KeyboardInterrupt:
    pass
print("ended")
"""


@pytest.mark.parametrize("how", ["closed", "left open", "exit"])
def test_a_program_ends_cleanly_with_requests_under_way(how: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, how],
        cwd=ROOT,
        env=os.environ | {"PYTHONDEVMODE": "0"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "ended\n"), done.stderr
    assert "Fatal" not in done.stderr
