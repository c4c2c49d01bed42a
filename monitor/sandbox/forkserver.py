"""The process that forks children: it holds the preloaded modules, so that a new child costs some milliseconds.

One thread, one loop, no foreign bytes. Forked processes stay unreaped until the supervisor ends them, so a process id
never comes to mean another process.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence

from monitor.sandbox import child, limits, wire


def main() -> None:
    """Serve the socket whose number is the first argument until the supervisor hangs up."""
    control = socket.socket(fileno=int(sys.argv[1]))
    (size,) = wire.LENGTH.unpack(wire.receive(control, wire.LENGTH.size))
    orders = json.loads(wire.receive(control, size))
    limits.leave_signals_to_the_parent()
    limits.die_with(orders["parent"])
    problem = preload(orders["preload"])
    content = json.dumps(problem).encode()
    control.sendall(wire.LENGTH.pack(len(content)) + content)
    if not problem:
        serve(control, memory_bytes=orders["memory_bytes"])


def preload(modules: Sequence[str]) -> str:
    """Import what every child needs; return what went wrong, or "" if nothing did."""
    for module in modules:
        try:
            importlib.import_module(module)
        except Exception as error:  # noqa: BLE001 - a foreign import may raise anything; the supervisor tells it
            return f"cannot import {module}: {child.told(error)}"
    # Keeps the collector from touching, and so copying, pages that children share with us.
    gc.freeze()
    return ""


def serve(control: socket.socket, *, memory_bytes: int) -> None:
    """Fork and end children as told; when the supervisor is gone, end them all."""
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, wire.COMMAND.size, 1)
        if len(message) < wire.COMMAND.size:
            break
        command, pid = wire.COMMAND.unpack(message)
        if command == wire.FORK:
            reply = _fork(control, descriptors[0], children, memory_bytes=memory_bytes)
        else:
            reply = _end(pid, children)
        control.sendall(wire.REPLY.pack(*reply))
    for pid in tuple(children):
        _end(pid, children)


def _fork(control: socket.socket, descriptor: int, children: set[int], *, memory_bytes: int) -> tuple[int, int]:
    server = os.getpid()
    try:
        pid = os.fork()
    except OSError as error:
        os.close(descriptor)
        return 0, error.errno or 0
    if pid == 0:
        control.close()
        child.start(socket.socket(fileno=descriptor), parent=server, memory_bytes=memory_bytes)
    os.close(descriptor)
    children.add(pid)
    return pid, 0


def _end(pid: int, children: set[int]) -> tuple[int, int]:
    if pid not in children:
        return 0, 0
    os.kill(pid, signal.SIGKILL)  # one that has ended already keeps its own status
    _, status = os.waitpid(pid, 0)
    children.discard(pid)
    return pid, status


if __name__ == "__main__":
    main()
