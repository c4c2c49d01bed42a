"""`monitor rules match` on streams: it answers line by line, in constant memory, and shows how far it is."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

import pytest

from tests.support.daemon import clean_environment

ANSWER_SECONDS = 20
LINES = 6_000
TEXT = "Talks on a truce. " + " ".join(f"word{number}" for number in range(400))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text("rules: [{id: halt, when: {any: [cease-fire, truce]}}]\n")
    return tmp_path


async def start(folder: Path, *, out: int = PIPE, err: int = PIPE) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "monitor", "rules", "match", "-", "--rules", "rules.yaml"),
        cwd=folder,
        env=clean_environment(),
        stdin=PIPE,
        stdout=out,
        stderr=err,
    )


async def send(process: Process, **article: str) -> None:
    assert process.stdin is not None
    process.stdin.write(json.dumps(article, ensure_ascii=False).encode() + b"\n")
    await process.stdin.drain()


async def answer(process: Process) -> dict[str, object]:
    assert process.stdout is not None
    found: dict[str, object] = json.loads(await asyncio.wait_for(process.stdout.readline(), ANSWER_SECONDS))
    return found


async def test_a_line_is_answered_before_the_next_one_is_there(folder: Path) -> None:
    process = await start(folder)
    for number in ("1", "2", "3"):
        await send(process, id=number, title="Truce")
        assert (await answer(process))["article"] == number
    out, err = await process.communicate(b"")
    assert (process.returncode, out, err) == (0, b"", b"")


async def test_invisible_characters_stay_where_they_are(folder: Path) -> None:
    text = "The cease\u00adfire, the \u200ftruce\u200f and the tr\u202euce"
    process = await start(folder)
    await send(process, id="1", title="T", text=text)
    found = (await answer(process))["evidence"]
    assert isinstance(found, list)
    assert [text[each["start"] : each["end"]] for each in found] == ["cease\u00adfire", "truce", "tr\u202euce"]
    assert "\u202e" not in json.dumps(found, ensure_ascii=False)
    await process.communicate(b"")


async def test_memory_does_not_grow_with_the_stream(folder: Path) -> None:
    process = await start(folder, out=DEVNULL)
    sizes = []
    for number in range(LINES):
        await send(process, id=str(number), title="Truce", text=f"{TEXT} only{number}")
        if number in (LINES // 3, LINES - 1):
            sizes.append(_memory(process))
    await process.communicate(b"")
    assert process.returncode == 0
    assert sizes[1] - sizes[0] < 12 << 20


async def test_the_reader_may_have_enough(folder: Path) -> None:
    reading, writing = os.pipe()
    process = await start(folder, out=writing)
    os.close(writing)
    await send(process, id="1", title="Truce")
    assert await asyncio.to_thread(os.read, reading, 1000)
    os.close(reading)
    await send(process, id="2", title="Truce")
    _, err = await process.communicate(b"")
    assert (process.returncode, err) == (0, b"")


async def test_a_terminal_is_shown_how_many_and_how_fast(folder: Path) -> None:
    terminal, child = pty.openpty()
    process = await start(folder, err=child)
    os.close(child)
    await send(process, id="1", title="Truce")
    await answer(process)
    await asyncio.sleep(0.3)
    await send(process, id="2", title="Truce")
    await answer(process)
    assert process.stdin is not None
    process.stdin.write(b"{broken\n")
    out, _ = await process.communicate(b"")
    shown = os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert (process.returncode, out) == (1, b"")
    assert "articles: 2, " in shown
    assert " per second" in shown
    assert "\r\x1b[Kerror: -:3: not JSON" in shown


async def test_an_endless_line_is_refused(folder: Path) -> None:
    process = await start(folder)
    await send(process, id="1", title="Truce")
    assert process.stdin is not None
    process.stdin.write(b'{"id": "2", "title": "' + b"x" * (65 << 20))
    out, err = await process.communicate(b"")
    assert (process.returncode, out.count(b"\n"), err) == (1, 1, b"error: -:2: longer than 64 MiB\n")


def _memory(process: Process) -> int:
    """Return how many bytes of memory a process has."""
    status = Path(f"/proc/{process.pid}/statm").read_text().split()
    return int(status[1]) * os.sysconf("SC_PAGE_SIZE")
