"""Name look-ups that hang: what waits for them, and what does not."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.errors import FetchTransient
from monitor.fetch.client import GET_LOOK_UPS, Fetcher
from monitor.fetch.names import Names
from tests.support.publisher import Publisher

ROOT = Path(__file__).parents[2]


class SlowServer:
    """A name server that answers 127.0.0.1, for names that begin with "dead" only once it is released."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.released = threading.Event()

    def __call__(self, host: str) -> list[str]:
        self.asked.append(host)
        if host.startswith("dead"):
            self.released.wait(30)
        return ["127.0.0.1"]

    async def is_asked(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.asked) < count:  # noqa: ASYNC110 - its threads set no event of the loop
                await asyncio.sleep(0.005)


@pytest.fixture
def server() -> Iterator[SlowServer]:
    slow = SlowServer()
    yield slow
    slow.released.set()


async def test_a_name_becomes_addresses_of_both_families() -> None:
    names = Names(2, look_up=lambda _: ["192.0.2.1", "2001:db8::1"])
    assert await names.resolve("a.example", 443) == ["192.0.2.1", "2001:db8::1"]


async def test_a_name_is_looked_up_once_a_minute_for_each_port(server: SlowServer) -> None:
    names = Names(2, look_up=server)
    for port in (443, 443, 80, 443):
        await names.resolve("a.example", port)
    assert server.asked == ["a.example", "a.example"]


async def test_the_system_knows_localhost() -> None:
    assert set(await Names(2).resolve("localhost", 80)) & {"127.0.0.1", "::1"}


@pytest.mark.parametrize("error", [socket.gaierror(socket.EAI_NONAME, "unknown"), UnicodeError("label too long")])
async def test_the_error_of_a_look_up_reaches_who_asked(error: Exception) -> None:
    def fails(_: str) -> list[str]:
        raise error

    names = Names(1, look_up=fails)
    for _ in range(2):  # and its place is free again
        with pytest.raises(type(error), match=str(error.args[-1])):
            await names.resolve("a.example")


async def test_threads_serve_again_and_end_with_the_names(server: SlowServer) -> None:
    before = threading.active_count()
    names = Names(4, look_up=server)
    for number in range(20):
        await asyncio.gather(*(names.resolve(f"{number}-{each}.example") for each in range(3)))
    assert threading.active_count() <= before + 3
    names.close()
    async with asyncio.timeout(10):
        while threading.active_count() > before:  # noqa: ASYNC110 - its threads set no event of the loop
            await asyncio.sleep(0.005)


async def test_an_error_that_no_look_up_should_raise_reaches_who_asked_too() -> None:
    def fails(_: str) -> list[str]:
        raise ZeroDivisionError

    names = Names(1, look_up=fails)
    for _ in range(2):
        with pytest.raises(OSError, match="broke off: ZeroDivisionError"):
            await names.resolve("a.example")


async def test_no_more_look_ups_run_at_once_than_allowed_even_if_nobody_waits_for_them(server: SlowServer) -> None:
    names = Names(2, look_up=server)
    hanging = [asyncio.create_task(names.resolve(f"dead-{number}.example")) for number in range(2)]
    await server.is_asked(2)
    for task in hanging:
        task.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)
    waiting = asyncio.create_task(names.resolve("live.example"))
    done, _ = await asyncio.wait([waiting], timeout=0.05)
    assert (done, server.asked) == (set(), ["dead-0.example", "dead-1.example"])
    server.released.set()
    async with asyncio.timeout(10):
        assert await waiting == ["127.0.0.1"]


async def test_names_of_dead_feeds_hold_up_no_delivery_and_not_the_end(server: SlowServer) -> None:
    async with Publisher() as site:
        site.serve("/hook", "ok")
        async with asyncio.timeout(10):
            async with Fetcher(SystemClock(), allow=["127.0.0.1"], look_up=server) as fetcher:
                dead = [
                    asyncio.create_task(fetcher.get(f"http://dead-{number}.example/", max_bytes=1000))
                    for number in range(2 * GET_LOOK_UPS)
                ]
                await server.is_asked(GET_LOOK_UPS)
                answer = await fetcher.post(f"http://hooks.example:{site.port}/hook", body=b"{}", headers={})
                assert answer.status == 200
                assert len(server.asked) == GET_LOOK_UPS + 1
                for task in dead:
                    task.cancel()
                await asyncio.gather(*dead, return_exceptions=True)
            # The look-ups still hang, and the fetcher is closed all the same.
            assert not server.released.is_set()


async def test_a_hanging_look_up_ends_at_the_deadline_of_its_request(server: SlowServer) -> None:
    async with Fetcher(SystemClock(), look_up=server, timeout=timedelta(seconds=0.2)) as fetcher:
        with pytest.raises(FetchTransient, match=r"does not answer within 0\.2 s"):
            await fetcher.get("http://dead.example/", max_bytes=1000)


PROGRAM = """
import asyncio, threading
from monitor.fetch.names import Names

async def main():
    begun = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hangs(host):
        loop.call_soon_threadsafe(begun.set)
        threading.Event().wait()

    task = asyncio.create_task(Names(1, look_up=hangs).resolve("dead.example"))
    await begun.wait()
    task.cancel()

asyncio.run(main())
print("ended")
"""


def test_a_program_ends_while_a_look_up_hangs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "ended\n", "")
