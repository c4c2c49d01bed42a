"""The supervisor's side of the fork server: start it, have children forked and ended, restart it if it is lost."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from monitor.errors import SandboxError
from monitor.sandbox import wire

T = TypeVar("T")

NAME = "sandbox"  # what errors of the machinery itself name as their job
GOODBYE_SECONDS = 5.0

# All of the environment that a process reading hostile bytes gets: no tokens, no addresses of servers.
HARMLESS_VARIABLES = ("PATH", "HOME", "TMPDIR", "TZ", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH")
# Libraries that start threads while preloaded would make fork() unsafe.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


@dataclass(slots=True, eq=False)
class Child:
    """A forked process and our end of its socket."""

    pid: int
    connection: socket.socket
    server: int  # which start of the fork server it belongs to: process ids are only unique within one
    jobs: int = 0


class ForkServer:
    """A helper process that forks children for us. Every method is safe to cancel.

    Args:
        preload: modules that children find imported.
        memory_bytes: address space of each child.
    """

    def __init__(self, *, preload: Sequence[str], memory_bytes: int) -> None:
        self._orders = {"preload": list(preload), "memory_bytes": memory_bytes}
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._starts = 0
        self._turn = asyncio.Lock()  # one question at a time on the control socket
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        """Start the process and wait until its modules are imported.

        Raises:
            SandboxError: it does not start, or a module cannot be imported.
        """
        await self._shielded(self._locked_start())

    async def fork(self) -> Child:
        """Return a new child, restarting a lost fork server first.

        Raises:
            SandboxError: the system gives us no process.
        """
        task = self._background(self._fork())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.add_done_callback(self._abandon)
            raise

    async def end(self, child: Child) -> int | None:
        """Kill a child if it still runs, and return its wait status; None if the fork server was lost with it."""
        return await self._shielded(self._end(child))

    def discard(self, child: Child) -> None:
        """End a child without waiting for it."""
        self._background(self._end(child))

    async def close(self) -> None:
        """End all children and the process itself."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._shielded(self._stop())

    # Run as tasks of their own: a question that is cancelled half-way would leave its answer to the next one.

    async def _fork(self) -> Child:
        async with self._turn:
            if not self._is_running():
                await self._stop()
                await self._start()
            try:
                return await self._ask_for_child()
            except (OSError, EOFError):
                await self._stop()
                await self._start()
            try:
                return await self._ask_for_child()
            except (OSError, EOFError) as error:
                raise SandboxError(NAME, f"the fork server is lost again at once: {error}") from error

    async def _ask_for_child(self) -> Child:
        ours, theirs = socket.socketpair()
        try:
            ours.settimeout(0)
            pid, problem = await self._exchange(wire.FORK, 0, descriptors=(theirs.fileno(),))
            if not pid:
                raise SandboxError(NAME, f"cannot start a process: {os.strerror(problem)}")
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Child(pid=pid, connection=ours, server=self._starts)

    async def _end(self, child: Child) -> int | None:
        child.connection.close()
        async with self._turn:
            if child.server != self._starts or not self._is_running():
                return None
            try:
                pid, status = await self._exchange(wire.END, child.pid)
            except (OSError, EOFError):
                return None
            return status if pid else None

    async def _exchange(self, command: bytes, pid: int, *, descriptors: Sequence[int] = ()) -> tuple[int, int]:
        assert self._control is not None
        socket.send_fds(self._control, [wire.COMMAND.pack(command, pid)], list(descriptors))
        answered, status = wire.REPLY.unpack(await receive(self._control, wire.REPLY.size))
        return answered, status

    async def _locked_start(self) -> None:
        async with self._turn:
            await self._start()

    async def _start(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(0)
        with theirs:
            command = [sys.executable, "-B", "-P", "-s", "-m", "monitor.sandbox.forkserver", str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - returns after exec; asyncio's needs a thread
                command,
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment(),
                process_group=0,  # Ctrl-C in the terminal is ours alone
            )
        self._control = ours
        self._starts += 1
        orders = json.dumps({**self._orders, "parent": os.getpid()}).encode()
        try:
            await asyncio.get_running_loop().sock_sendall(ours, wire.LENGTH.pack(len(orders)) + orders)
            (size,) = wire.LENGTH.unpack(await receive(ours, wire.LENGTH.size))
            problem = json.loads(await receive(ours, size))
        except (OSError, EOFError):
            problem = "the fork server ended before it was ready"
        if problem:
            await self._stop()
            raise SandboxError(NAME, str(problem))

    async def _stop(self) -> None:
        control, process = self._control, self._process
        self._control = self._process = None
        if control is None or process is None:
            return
        try:
            control.shutdown(socket.SHUT_WR)
            async with asyncio.timeout(GOODBYE_SECONDS):
                await receive(control, 1)
        except (OSError, EOFError):
            pass  # hung up, as it should; a time-out is an OSError too
        finally:
            control.close()
            process.kill()
            process.wait()

    def _is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def _shielded(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return await asyncio.shield(self._background(coroutine))

    def _background(self, coroutine: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _abandon(self, task: asyncio.Task[Child]) -> None:
        if not task.cancelled() and task.exception() is None:
            self.discard(task.result())


def environment() -> dict[str, str]:
    """Return the variables for the fork server, with our module path."""
    kept = {name: os.environ[name] for name in HARMLESS_VARIABLES if name in os.environ}
    path = os.pathsep.join(entry or str(os.getcwd()) for entry in sys.path)  # noqa: PTH109 - as Python itself reads ""
    return {**kept, **ONE_THREAD, "PYTHONPATH": path}


async def receive(connection: socket.socket, size: int) -> bytes:
    """Return exactly so many bytes from a non-blocking socket; EOFError if the other side is gone."""
    loop = asyncio.get_running_loop()
    received = bytearray(size)
    view = memoryview(received)
    while view:
        count = await loop.sock_recv_into(connection, view)
        if not count:
            raise EOFError
        view = view[count:]
    return bytes(received)
