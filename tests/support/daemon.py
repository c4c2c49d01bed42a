"""The real daemon as a subprocess, as an operator starts it, with its files in a folder of the test's own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import yaml

START_SECONDS = 30.0
MONITOR = ("-m", "monitor")


class Daemon:
    """`monitor run` in `folder`; its log is read as JSON Lines, its alerts as the lines of stdout."""

    def __init__(self, folder: Path, *arguments: str, program: tuple[str, ...] = MONITOR, **environ: str) -> None:
        self.folder = folder
        self.log: list[dict[str, Any]] = []
        self.out: list[str] = []
        self._arguments = arguments
        self._program = program
        self._environ = environ
        self._process: asyncio.subprocess.Process | None = None
        self._readers: list[asyncio.Task[None]] = []
        self._spoke = asyncio.Condition()

    async def __aenter__(self) -> Daemon:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.stop()

    async def start(self) -> None:
        """Start it and wait until it says that it runs."""
        before = self.events("daemon_started")
        await self.spawn()
        await self.wait_until(lambda: len(self.events("daemon_started")) > len(before), within=START_SECONDS)

    async def spawn(self) -> None:
        """Start it without waiting."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self._program,
            "run",
            *self._arguments,
            cwd=self.folder,
            env={**clean_environment(), **self._environ},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=1 << 20,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [
            asyncio.create_task(self._read(self._process.stdout, self.out.append)),
            asyncio.create_task(self._read(self._process.stderr, self._note)),
            asyncio.create_task(self._note_end(self._process)),
        ]

    async def stop(self, *, within: float = START_SECONDS) -> int:
        """Send SIGTERM; return the exit code; fails if that takes longer than `within` seconds."""
        return await self._end(signal.SIGTERM, within=within)

    async def kill(self) -> None:
        """Send SIGKILL: no goodbye, no clean-up."""
        await self._end(signal.SIGKILL)

    def send(self, number: signal.Signals) -> None:
        """Send another signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def events(self, name: str) -> list[dict[str, Any]]:
        """Return the log lines of one event."""
        return [line for line in self.log if line.get("event") == name]

    async def wait_for_event(self, name: str, *, within: float = 20.0, **fields: object) -> dict[str, Any]:
        """Wait for a log line of this event whose fields contain these texts."""

        def found() -> list[dict[str, Any]]:
            return [
                line
                for line in self.events(name)
                if all(str(value) in str(line.get(key, "")) for key, value in fields.items())
            ]

        await self.wait_until(lambda: bool(found()), within=within)
        return found()[0]

    async def wait_until(self, condition: Callable[[], bool], *, within: float = 20.0) -> None:
        """Wait until a condition on log or output holds; fails with what the daemon said."""
        try:
            async with asyncio.timeout(within), self._spoke:
                await self._spoke.wait_for(lambda: condition() or self._ended())
        except TimeoutError:
            raise AssertionError(f"not within {within} s; the daemon said:\n{self.said()}") from None
        assert condition(), f"the daemon ended; it said:\n{self.said()}"

    def said(self) -> str:
        """Return log and output, for the messages of failing tests."""
        return "\n".join([*(json.dumps(line, ensure_ascii=False) for line in self.log), *self.out])

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    def _ended(self) -> bool:
        return self._process is not None and self._process.returncode is not None

    async def _end(self, number: signal.Signals, *, within: float = START_SECONDS) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        code = await asyncio.wait_for(self._process.wait(), within)
        await asyncio.gather(*self._readers)
        return code

    async def _read(self, stream: asyncio.StreamReader, take: Callable[[str], None]) -> None:
        async for line in stream:
            async with self._spoke:
                take(line.decode().rstrip("\n"))
                self._spoke.notify_all()

    async def _note_end(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        await asyncio.wait(self._readers[:2], timeout=1)  # its last words
        async with self._spoke:
            self._spoke.notify_all()

    def _note(self, line: str) -> None:
        try:
            self.log.append(json.loads(line))
        except json.JSONDecodeError:
            self.log.append({"event": "raw", "line": line})


async def run_monitor(folder: Path, *arguments: str, stdin: bytes = b"", **environ: str) -> tuple[int, str, str]:
    """Run one command to its end; returns exit code, stdout, stderr."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *MONITOR,
        *arguments,
        cwd=folder,
        env={**clean_environment(), **environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(process.communicate(stdin), 120)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


def clean_environment() -> dict[str, str]:
    """Return an environment without settings of the machine's user."""
    return {name: value for name, value in os.environ.items() if not name.startswith("MONITOR_")}


def write_settings(folder: Path, **settings: object) -> Path:
    """Write monitor.yaml for a test: own folders for feeds and rules, any free web port, loopback allowed."""
    (folder / "seeds").mkdir(exist_ok=True)
    (folder / "rules").mkdir(exist_ok=True)
    base: dict[str, object] = {
        "web": {"listen": "127.0.0.1:0"},
        "network": {"allow": ["127.0.0.0/8"], "timeout": "4s"},
        "log": {"format": "json", "level": "debug"},
    }
    path = folder / "monitor.yaml"
    path.write_text(yaml.safe_dump({**base, **settings}, allow_unicode=True))
    return path
