"""The embedded Valkey: it starts, stops, survives kills, is adopted, refuses a second owner, reports damage."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.errors import StoreUnavailable
from monitor.store.server import EmbeddedServer, ask, find_running

# A daemon in miniature: starts the server, prints its address, then waits to be killed.
DAEMON = """
import asyncio, sys
from pathlib import Path
from monitor.store.server import EmbeddedServer

async def main() -> None:
    server = EmbeddedServer(Path(sys.argv[1]), die_with_parent=sys.argv[2] == "yes")
    print(await server.start(), flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


def start_daemon(directory: Path, *, die_with_parent: bool) -> subprocess.Popen[str]:
    daemon = subprocess.Popen(
        [sys.executable, "-c", DAEMON, str(directory), "yes" if die_with_parent else "no"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert daemon.stdout is not None
    assert daemon.stdout.readline().startswith("unix://")
    return daemon


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


def wait_until(condition: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "condition did not become true"
        time.sleep(0.01)


def pid_of(directory: Path) -> int:
    return int((directory / "valkey.pid").read_text())


def is_running(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


async def test_server_starts_on_a_private_socket_and_stops_in_order(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "store")
    url = await server.start()
    assert url == f"unix://{tmp_path}/store/valkey.sock"
    assert await server.is_alive()
    assert await find_running(tmp_path / "store") == url
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "store" / "valkey.sock").stat().st_mode) == 0o700
    pid = pid_of(tmp_path / "store")
    await server.stop()
    await server.stop()
    assert not is_running(pid)
    assert not await server.is_alive()
    assert await find_running(tmp_path / "store") is None


async def test_a_restart_finds_what_was_written(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert await ask(tmp_path / "valkey.sock", "SET story 1") == "+OK"
    await server.stop()
    await server.start()
    assert await ask(tmp_path / "valkey.sock", "EXISTS story") == ":1"
    await server.stop()


async def test_a_killed_server_is_started_again_with_its_data(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    watch = asyncio.create_task(server.watch())
    assert await ask(tmp_path / "valkey.sock", "SET story 1") == "+OK"
    first = pid_of(tmp_path)
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while not await server.is_alive() or pid_of(tmp_path) == first:  # watch() has no event to wait for
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert await ask(tmp_path / "valkey.sock", "EXISTS story") == ":1"
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    await server.stop()


async def test_a_second_daemon_is_refused_and_told_who_is_first(tmp_path: Path) -> None:
    first = EmbeddedServer(tmp_path)
    await first.start()
    with pytest.raises(StoreUnavailable, match=rf"in use by another monitor \(process {os.getpid()}\)"):
        await EmbeddedServer(tmp_path).start()
    assert await first.is_alive()
    await first.stop()


async def test_the_server_ends_with_a_killed_daemon(tmp_path: Path) -> None:
    daemon = start_daemon(tmp_path, die_with_parent=True)
    assert await ask(tmp_path / "valkey.sock", "SET story 1") == "+OK"
    orphan = pid_of(tmp_path)
    kill(daemon)
    wait_until(lambda: not is_running(orphan))
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert await ask(tmp_path / "valkey.sock", "EXISTS story") == ":1"
    await server.stop()


async def test_an_orphan_is_adopted_with_its_data_and_stopped_in_order(tmp_path: Path) -> None:
    daemon = start_daemon(tmp_path, die_with_parent=False)
    assert await ask(tmp_path / "valkey.sock", "SET story 1") == "+OK"
    orphan = pid_of(tmp_path)
    kill(daemon)
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert pid_of(tmp_path) == orphan
    assert await server.is_alive()
    assert await ask(tmp_path / "valkey.sock", "EXISTS story") == ":1"
    await server.stop()
    assert not is_running(orphan)


async def test_ctrl_c_in_the_terminal_does_not_reach_the_server(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert os.getpgid(pid_of(tmp_path)) != os.getpgid(0)
    await server.stop()


async def test_a_cut_tail_of_the_data_file_costs_only_the_last_write(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    await ask(tmp_path / "valkey.sock", "SET first 1")
    await ask(tmp_path / "valkey.sock", "SET second 1")
    await server.stop()
    data = next((tmp_path / "appendonlydir").glob("*.incr.aof"))
    data.write_bytes(data.read_bytes()[:-5])
    await server.start()
    assert await ask(tmp_path / "valkey.sock", "EXISTS first second") == ":1"
    await server.stop()


async def test_damaged_data_are_reported_with_the_way_out_and_kept(tmp_path: Path) -> None:
    directory = tmp_path / "a folder"
    server = EmbeddedServer(directory)
    await server.start()
    await ask(directory / "valkey.sock", "SET first 1")
    await ask(directory / "valkey.sock", "SET second 1")
    await server.stop()
    data = next((directory / "appendonlydir").glob("*.incr.aof"))
    damaged = data.read_bytes().replace(b"first", b"f\r\nst", 1).replace(b"SET", b"!!!!!", 1)
    data.write_bytes(damaged)
    with pytest.raises(StoreUnavailable, match="damaged; nothing was deleted") as caught:
        await server.start()
    assert data.read_bytes() == damaged
    # The advice, taken literally, works.
    command = str(caught.value).split("repair it with: ")[1]
    repair = await asyncio.to_thread(
        subprocess.run, ["/bin/bash", "-c", command], input=b"y\n", capture_output=True, check=False
    )
    assert repair.returncode == 0, repair.stdout
    await server.start()
    await server.stop()


async def test_a_server_that_cannot_start_is_reported_in_its_own_words(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("a file where a folder should be")
    with pytest.raises(StoreUnavailable, match=r"ended at once \(exit 1\): Can't open or create append-only dir"):
        await EmbeddedServer(tmp_path).start()


async def test_a_server_that_is_killed_while_it_starts_is_no_riddle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = tmp_path / "valkey-server"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    monkeypatch.setattr("monitor.store.server.find_binary", lambda: killed)
    with pytest.raises(StoreUnavailable, match=r"was killed while it started \(signal 9\)"):
        await EmbeddedServer(tmp_path / "store").start()


async def test_a_path_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    directory = tmp_path / ("long" * 30)
    server = EmbeddedServer(directory)
    url = await server.start()
    assert len(url) < 100
    assert await find_running(directory) == url
    folder = Path(url.removeprefix("unix://")).parent
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    await server.stop()
    assert not folder.exists()


async def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="choose another with --state"):
        await EmbeddedServer(tmp_path / "file" / "store").start()
