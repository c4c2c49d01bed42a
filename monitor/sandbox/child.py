"""Inside a sandboxed process: take one job, do it, answer, until the socket closes."""

from __future__ import annotations

import importlib
import os
import pickle
import socket
import traceback
from pathlib import PurePath
from typing import Any, NoReturn

import msgspec

from monitor.sandbox import limits, wire

MAX_REASON = 500  # characters of an exception's text


def work(connection: socket.socket, *, memory_bytes: int) -> None:
    """Serve jobs until the supervisor hangs up."""
    limits.confine(memory_bytes)
    while True:
        try:
            size, cpu_seconds = wire.REQUEST.unpack(wire.receive(connection, wire.REQUEST.size))
            request = wire.receive(connection, size)
        except EOFError:
            return
        limits.allow_cpu(cpu_seconds)
        kind, content = answer(request)
        connection.sendall(wire.ANSWER.pack(kind, limits.resident_bytes(), len(content)) + content)


def answer(request: bytes) -> tuple[bytes, bytes]:
    """Do a pickled (module, function, argument) and return kind and content of the answer."""
    try:
        module, function, argument = pickle.loads(request)  # noqa: S301 - only the supervisor writes to this socket
        job: Any = importlib.import_module(module)
        for name in function.split("."):
            job = getattr(job, name)
        value = job(argument)
        return wire.VALUE, msgspec.msgpack.encode((type(value).__qualname__, value))
    except MemoryError:
        return wire.NO_MEMORY, b""
    except (KeyboardInterrupt, SystemExit, Exception) as error:  # noqa: BLE001 - the job's end; the supervisor tells
        return wire.RAISED, told(error).encode("utf-8", "backslashreplace")


def told(error: BaseException) -> str:
    """Return class, message and place of an exception in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({PurePath(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    message = " ".join(str(error).split())[:MAX_REASON]
    return f"{type(error).__name__}: {message}{place}" if message else f"{type(error).__name__}{place}"


def silence() -> None:
    """Send what libraries print to nowhere: it may be foreign text, and terminals obey it."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def start(connection: socket.socket, *, parent: int, memory_bytes: int) -> NoReturn:
    """Turn a freshly forked process into a child that works; never returns."""
    status = 1
    try:
        limits.die_with(parent)
        silence()
        work(connection, memory_bytes=memory_bytes)
        status = 0
    finally:
        # No exit handlers, no flushing of buffers: they belong to the fork server.
        os._exit(status)
