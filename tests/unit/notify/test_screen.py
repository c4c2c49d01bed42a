"""A screen that nobody reads: pipes of the system that are full, closed, or read late."""

from __future__ import annotations

import asyncio
import fcntl
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

import pytest

from monitor.notify import screen as module
from monitor.notify.screen import Screen

PATIENCE = 10  # seconds until a test fails that waits for what must come
SHORT = 0.05


@dataclass(slots=True)
class Pipe:
    """A pipe of 4 KiB: a screen at one end, the test at the other."""

    reading: int
    out: TextIO

    def fill(self, sign: str = "x") -> int:
        """Fill it to the brim and return how much that took."""
        os.set_blocking(self.out.fileno(), False)
        count = 0
        try:
            while True:
                count += os.write(self.out.fileno(), sign.encode() * 512)
        except BlockingIOError:
            os.set_blocking(self.out.fileno(), True)
            return count

    async def read(self, count: int) -> str:
        """Read exactly `count` bytes."""
        found = b""
        os.set_blocking(self.reading, False)
        async with asyncio.timeout(PATIENCE):
            while len(found) < count:
                try:
                    found += os.read(self.reading, count - len(found))
                except BlockingIOError:
                    await asyncio.sleep(0.005)
        return found.decode()


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    with os.fdopen(writing, "w", encoding="utf-8") as out:
        yield Pipe(reading, out)
        os.close(reading)  # frees a stuck writer too: its write fails


async def write(screen: Screen, key: str, text: str, seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        await screen.write(key, text)


async def test_texts_come_out_whole_and_in_order(pipe: Pipe) -> None:
    screen = Screen(pipe.out)
    writing = [asyncio.create_task(write(screen, f"d{number}", f"{number}" * 3000)) for number in range(5)]
    assert await pipe.read(15_000) == "".join(f"{number}" * 3000 for number in range(5))
    await asyncio.gather(*writing)
    screen.close()


async def test_an_unread_screen_holds_up_its_writer_and_nothing_else(pipe: Pipe) -> None:
    pipe.fill()
    screen = Screen(pipe.out)
    writing = asyncio.create_task(write(screen, "d1", "one"))
    await asyncio.sleep(SHORT)  # the loop goes on
    assert not writing.done()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    screen.close()


async def test_what_comes_out_late_is_not_written_again(pipe: Pipe) -> None:
    full = pipe.fill()
    screen = Screen(pipe.out)
    for _ in range(2):
        with pytest.raises(TimeoutError):
            await write(screen, "d1", "one", SHORT)
    assert await pipe.read(full + 3) == "x" * full + "one"
    await write(screen, "d1", "one")
    await write(screen, "d2", "two")
    assert await pipe.read(3) == "two"
    screen.close()


async def test_what_was_given_up_before_it_began_is_not_written(pipe: Pipe) -> None:
    full = pipe.fill()
    screen = Screen(pipe.out)
    for key, text in (("d1", "one"), ("d2", "two")):
        with pytest.raises(TimeoutError):
            await write(screen, key, text, SHORT)
    assert await pipe.read(full + 3) == "x" * full + "one"
    await write(screen, "d3", "three")
    assert await pipe.read(5) == "three"
    screen.close()


async def test_only_so_many_texts_wait(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_QUEUE", 2)
    pipe.fill()
    screen = Screen(pipe.out)
    waiting = [asyncio.create_task(write(screen, f"d{number}", "text")) for number in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(OSError, match="nobody reads it, and too much waits already"):
        await write(screen, "d3", "text")
    for task in waiting:
        task.cancel()
    await asyncio.wait(waiting)
    screen.close()


async def test_late_texts_that_nobody_asks_for_again_make_room(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_QUEUE", 1)
    full = pipe.fill()
    screen = Screen(pipe.out)
    with pytest.raises(TimeoutError):
        await write(screen, "d1", "late", SHORT)
    await pipe.read(full + 4)
    async with asyncio.timeout(PATIENCE):
        await write_when_there_is_room(screen, "d2", "next")
    assert await pipe.read(4) == "next"
    screen.close()


async def write_when_there_is_room(screen: Screen, key: str, text: str) -> None:
    while True:
        try:
            await screen.write(key, text)
        except OSError:
            await asyncio.sleep(0.005)
        else:
            return


async def test_a_reader_that_has_ended_is_a_broken_pipe(pipe: Pipe) -> None:
    screen = Screen(pipe.out)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, pipe.reading)
    os.close(nothing)
    for _ in range(2):
        with pytest.raises(BrokenPipeError):
            await write(screen, "d1", "one")
    screen.close()


async def test_a_screen_that_does_not_block_by_itself_is_waited_for(pipe: Pipe) -> None:
    full = pipe.fill()
    os.set_blocking(pipe.out.fileno(), False)
    screen = Screen(pipe.out)
    writing = asyncio.create_task(write(screen, "d1", "one"))
    assert await pipe.read(full + 3) == "x" * full + "one"
    await writing
    screen.close()


async def test_signs_that_the_screen_does_not_know_are_replaced(pipe: Pipe) -> None:
    plain = io.TextIOWrapper(os.fdopen(os.dup(pipe.out.fileno()), "wb"), encoding="ascii")
    screen = Screen(plain)
    await write(screen, "d1", "Müller")
    assert await pipe.read(6) == "M?ller"
    screen.close()
    plain.close()


async def test_a_closed_screen_writes_no_more() -> None:
    out = io.StringIO()
    screen = Screen(out)
    screen.close()
    with pytest.raises(OSError, match="no longer served"):
        await write(screen, "d1", "one")
    assert out.getvalue() == ""


STUCK = """
import asyncio, sys
from monitor.notify.screen import Screen

async def main():
    screen = Screen(sys.stdout)
    try:
        async with asyncio.timeout(0.2):
            await screen.write("d1", "x" * 1_000_000)
    except TimeoutError:
        screen.close()
        print("gave up", file=sys.stderr)

asyncio.run(main())
"""


def test_the_program_ends_in_good_order_although_nobody_reads() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STUCK], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.wait(PATIENCE) == 0
            assert program.stderr is not None
            assert program.stderr.read() == "gave up\n"
        finally:
            program.kill()
