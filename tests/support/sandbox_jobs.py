"""Jobs for the sandbox's tests: good ones, and every way of being a bad one."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import signal
import socket
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.feeds.formats.format import ParsedFeed
from monitor.feeds.parse import Identified, Request
from monitor.model import Entry, FeedKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    words: tuple[str, ...]
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    text: str
    size: int
    at: datetime
    span: timedelta
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    text: str


def join(question: Question) -> Answer:
    return Answer(
        text=" ".join(question.words),
        size=len(question.body),
        at=datetime(2026, 11, 24, tzinfo=UTC),
        span=timedelta(minutes=5),
        body=question.body,
    )


def join_or_refuse(question: Question) -> Answer | Refusal:
    return join(question) if question.words else Refusal(text="no words")


def double(number: int) -> int:
    return number * 2


def process_id(_: None) -> int:
    return os.getpid()


def parent_process_id(_: None) -> int:
    return os.getppid()


def variables(_: None) -> dict[str, str]:
    return dict(os.environ)


def loaded(module: str) -> bool:
    return module in sys.modules


def open_descriptors(_: None) -> list[str]:
    found = []
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.append(str(entry.readlink()))
        except OSError:
            continue  # the listing's own
    return found


def prints(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
    os.write(1, text.encode())
    os.write(2, text.encode())


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def waits_for_the_end(folder: str) -> int:
    """Leaves its process id as a file in a folder, and waits for a file named "end" there."""
    (Path(folder) / str(os.getpid())).touch()
    while not (Path(folder) / "end").exists():
        time.sleep(0.01)
    return os.getpid()


def raises(message: str) -> None:
    raise ValueError(message)


def raises_unprintable(_: None) -> None:
    raise ValueError("\udce9\x1b[31m\n\x00")


def exits(code: int) -> None:
    sys.exit(code)


def leaves(code: int) -> None:
    os._exit(code)


def spins_in_c(begun: str | None) -> bool:
    """Backtracks for ever inside one C call: no signal handler of Python's would run. Leaves a file once it begins."""
    if begun:
        Path(begun).touch()
    return re.fullmatch(r"(a+)+b", "a" * 60) is not None


def spins_deaf(begun: str | None) -> None:
    """Ignores every signal that can be ignored, and never ends. Leaves a file once it begins."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if begun:
        Path(begun).touch()
    while True:
        time.sleep(0.01)


def burns_cpu(_: None) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    while True:
        pass


def hogs_memory(_: None) -> int:
    kept = []
    while True:
        kept.append(bytearray(16 * 2**20))


def holds_memory(size_bytes: int) -> int:
    kept.append(b"x" * size_bytes)
    return os.getpid()


kept: list[bytes] = []


def segfaults(_: None) -> None:
    ctypes.string_at(0)


def is_killed(folder: str) -> None:
    """Leaves its process id as a file in a folder, and is killed as the system out of memory would."""
    (Path(folder) / str(os.getpid())).touch()
    os.kill(os.getpid(), signal.SIGKILL)


def is_killed_at_first(folder: str) -> int:
    """Is killed, and leaves a file; if that is there, it does its work."""
    if not (Path(folder) / "killed").exists():
        (Path(folder) / "killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def stops(_: None) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def hangs_up(_: None) -> None:
    """Closes its socket but goes on running."""
    _connection().detach_and_close()
    while True:
        time.sleep(0.01)


def lies_about_length(_: None) -> None:
    os.write(_connection().number, b"V" + b"\xff" * 12 + b"x" * 100_000)
    time.sleep(60)


def answers_nonsense(_: None) -> None:
    os.write(_connection().number, b"V" + bytes(8) + (5).to_bytes(4, "big") + b"\xc1\xff\xff\xff\xff")
    time.sleep(60)


def answers_an_unknown_kind(_: None) -> None:
    os.write(_connection().number, b"?" + bytes(8) + bytes(4))
    time.sleep(60)


def talks_out_of_turn(done: str) -> int:
    """Answers, and then answers once more; leaves a file when it has."""
    pid = os.fork()
    if pid == 0:
        time.sleep(0.2)
        os.write(_connection().number, b"V" + bytes(12))
        Path(done).touch()
        os._exit(0)
    return os.getpid()


def reads_for_ever(_: Request) -> Identified:
    while True:
        time.sleep(60)


def answers_with_too_few_keys(_: Request) -> Identified:
    entry = Entry(feed=FeedKey(""), id="1")
    return Identified(parsed=ParsedFeed(format="rss", entries=(entry, entry)), keys=(("guid:1",),))


def returns_an_object(_: None) -> Any:
    return object()


def returns_much(size_bytes: int) -> bytes:
    return bytes(size_bytes)


def writes_a_file(path: str) -> None:
    Path(path).write_text("x" * 10_000)


@dataclass(frozen=True, slots=True)
class _Connection:
    number: int

    def detach_and_close(self) -> None:
        os.close(self.number)


def _connection() -> _Connection:
    """Find the child's socket as hostile code would: by trying all descriptors."""
    for number in range(3, 64):
        try:
            socket.socket(fileno=os.dup(number)).close()
        except OSError:
            continue
        return _Connection(number)
    raise LookupError("no socket")
