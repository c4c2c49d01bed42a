"""The sandbox: jobs on hostile bytes run in child processes that may hang, swell or die without harm to us.

Not concurrent.futures: there one killed worker fails all pending jobs and the pool with them.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import signal
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from types import TracebackType, UnionType
from typing import Any, TypeVar, cast, get_args

import msgspec

from monitor.errors import Crashed, OutOfMemory, SandboxError, TimedOut
from monitor.sandbox import wire
from monitor.sandbox.forking import Child, ForkServer, receive
from monitor.text import clean_line

A = TypeVar("A")
R = TypeVar("R")

CPU_SHARE = 0.4  # of the wall limit: a job that is given less of a core is slow for the machine's sake, not its own
MAX_JOBS = 500  # then a child is replaced: parsers leak and fragment
MAX_RESIDENT_BYTES = 300 * 2**20
KINDS = (wire.VALUE, wire.RAISED, wire.NO_MEMORY)
MAX_ANSWER_BYTES = 32 * 2**20  # a feed may have 10 MiB and give its text twice


@dataclass(slots=True, eq=False)
class _Place:
    """Room for one child; it is filled when a job comes."""

    child: Child | None = None


class _LostAmongOthers(Exception):
    """A child was lost, and the job may not be to blame; carries the error of the job, should it be lost again."""

    def __init__(self, error: SandboxError) -> None:
        self.error = error
        super().__init__(str(error))


class SandboxPool:
    """Runs plain functions in child processes, one job per child at a time; an async context manager.

    A job is a function at the top of an importable module with one picklable argument. It may not write files, and sees
    no environment beyond PATH and language. What it returns crosses as data, so it must be what msgspec can encode:
    dataclasses, containers, str, bytes, numbers, dates.

    Args:
        workers: children at most, >= 1.
        wall_limit: longest time for a job, after which its child is killed.
        memory_bytes: address space of a child.
        preload: modules with jobs, imported once before children are forked.
    """

    def __init__(self, workers: int, wall_limit: timedelta, *, memory_bytes: int, preload: Sequence[str] = ()) -> None:
        self._workers = workers
        self._wall_limit = wall_limit
        self._memory_bytes = memory_bytes
        self._server = ForkServer(preload=preload, memory_bytes=memory_bytes)
        self._idle: asyncio.LifoQueue[_Place] = asyncio.LifoQueue()
        self._turn_alone = asyncio.Lock()
        self._is_open = False

    async def __aenter__(self) -> SandboxPool:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Start the fork server and import the preloaded modules.

        Raises:
            SandboxError: a module cannot be imported, or no process can be started.
        """
        await self._server.start()
        for _ in range(self._workers):
            self._idle.put_nowait(_Place())
        self._is_open = True

    async def close(self) -> None:
        """End all children; jobs still running fail with SandboxError."""
        was_open, self._is_open = self._is_open, False
        await self._server.close()
        for _ in range(self._workers if was_open else 0):
            place = await self._idle.get()
            if place.child is not None:
                place.child.connection.close()
        await self._server.close()  # once more: what the last jobs left to be done

    async def run(
        self,
        job: Callable[[A], R],
        argument: A,
        result: object,
        *,
        wall_limit: timedelta | None = None,
        alone: bool = False,
    ) -> R:
        """Return job(argument), done in a child. Waiting for a free child does not count towards the limit.

        A job whose child was killed by something else, or ran out of memory after other jobs, is done once more, alone.
        One that was too slow is not: where the machine is at fault, more work would not help it.

        Args:
            job: a function at the top of an importable module.
            argument: pickled; ours, not the child's.
            result: the type of the answer, as the job declares it, e.g. Page, list[str] or Page | Refusal; of a union
                of classes the answer's class name picks the member.
            wall_limit: instead of the pool's.
            alone: in a new child, and while no other job runs.

        Raises:
            TimedOut, OutOfMemory, Crashed: this job's child was lost, or the job raised. Others are not affected.
            SandboxError: the pool is closed, or the system gives no process.
            ValueError: the job cannot be found by name.
        """
        name = job_name(job)
        limit = self._wall_limit if wall_limit is None else wall_limit
        request = _request(job, argument, limit)
        try:
            content = await self._attempt(request, limit=limit, name=name, result=result, alone=alone)
        except _LostAmongOthers as lost:
            if alone:
                raise lost.error from None
            return await self.run(job, argument, result, wall_limit=wall_limit, alone=True)
        decoded: R = content
        return decoded

    async def _attempt(self, request: bytes, *, limit: timedelta, name: str, result: object, alone: bool) -> Any:
        self._check_open(name)
        async with self._room(self._workers if alone else 1) as place:
            self._check_open(name)
            if alone:
                await self._end(place)
            child = await self._child_for(place)
            kind, content = await self._ask(place, child, request, limit=limit, name=name)
            if kind == wire.RAISED:
                raise Crashed(name, clean_line(content.decode("utf-8", "replace")))
            try:
                return _decoded(content, result, name)
            except Crashed:
                self._discard(place)  # a child that answers nonsense may be anybody's
                raise

    @asynccontextmanager
    async def _room(self, count: int) -> AsyncIterator[_Place]:
        """Hold so many places, of which the one returned is used."""
        held: list[_Place] = []
        # Of two that want them all, each would hold what the other waits for.
        turn = self._turn_alone if count > 1 else nullcontext()
        async with turn:
            try:
                while len(held) < count:
                    held.append(await self._idle.get())
                yield held[-1]
            finally:
                for place in held:
                    self._idle.put_nowait(place)

    async def _child_for(self, place: _Place) -> Child:
        if place.child is not None and not _is_waiting(place.child):
            await self._end(place)
        if place.child is None:
            place.child = await self._server.fork()
        return place.child

    async def _ask(
        self, place: _Place, child: Child, request: bytes, *, limit: timedelta, name: str
    ) -> tuple[bytes, bytes]:
        """Return kind and content of the child's answer; whatever else happens, the place is left without it."""
        try:
            async with asyncio.timeout(limit.total_seconds()):
                await asyncio.get_running_loop().sock_sendall(child.connection, request)
                kind, resident, size = wire.ANSWER.unpack(await receive(child.connection, wire.ANSWER.size))
                is_acceptable = size <= MAX_ANSWER_BYTES and kind in KINDS
                content = await receive(child.connection, size if is_acceptable else 0)
        except TimeoutError:
            await self._end(place)
            raise TimedOut(name, f"took longer than {limit.total_seconds():g} s and was killed") from None
        except (OSError, EOFError):
            status = await self._end(place)
            self._check_open(name)
            if _is_innocent(status):
                raise _LostAmongOthers(_loss(name, status)) from None
            raise _loss(name, status) from None
        except BaseException:
            self._discard(place)
            raise
        if kind == wire.NO_MEMORY:
            await self._end(place)
            full = OutOfMemory(name, f"needs more than {self._memory_bytes / 2**20:.0f} MiB")
            if child.jobs:  # what those before it left behind may be what was too much
                raise _LostAmongOthers(full)
            raise full
        if not is_acceptable:
            await self._end(place)
            raise Crashed(name, f"answers with {size} bytes of kind {kind!r}, which is not an answer we take")
        child.jobs += 1
        if child.jobs >= MAX_JOBS or resident > MAX_RESIDENT_BYTES:
            self._discard(place)
        return kind, content

    async def _end(self, place: _Place) -> int | None:
        child, place.child = place.child, None
        return None if child is None else await self._server.end(child)

    def _discard(self, place: _Place) -> None:
        child, place.child = place.child, None
        if child is not None:
            self._server.discard(child)

    def _check_open(self, name: str) -> None:
        if not self._is_open:
            raise SandboxError(name, "the sandbox is closed")


def job_name(job: Callable[[Any], Any]) -> str:
    """Return module.function of a job; ValueError if a child could not find it by that name."""
    module, function = getattr(job, "__module__", None), getattr(job, "__qualname__", "")
    if not module or module == "__main__" or not function or "<" in function:
        raise ValueError(f"{job!r} is not a function at the top of an importable module")
    return f"{module}.{function}"


def _request(job: Callable[[A], Any], argument: A, limit: timedelta) -> bytes:
    pickled = pickle.dumps((job.__module__, job.__qualname__, argument), protocol=pickle.HIGHEST_PROTOCOL)
    return wire.REQUEST.pack(len(pickled), max(1, int(limit.total_seconds() * CPU_SHARE))) + pickled


def _decoded(content: bytes, result: object, name: str) -> Any:
    try:
        answered, value = msgspec.msgpack.decode(content, type=tuple[str, msgspec.Raw])
        members = get_args(result) if isinstance(result, UnionType) else (result,)
        expected = next((member for member in members if getattr(member, "__qualname__", "") == answered), result)
        return msgspec.msgpack.decode(value, type=cast("Any", expected))
    except (msgspec.DecodeError, RecursionError) as error:
        raise Crashed(name, f"answers with something unexpected: {clean_line(str(error), 200)}") from error


def _is_waiting(child: Child) -> bool:
    """Tell whether an idle child is there and silent; one that died or talks out of turn is replaced."""
    try:
        child.connection.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _is_innocent(status: int | None) -> bool:
    """Tell whether a child that hung up may have been ended for another's sake, as a system out of memory does."""
    return status is None or os.waitstatus_to_exitcode(status) == -signal.SIGKILL


def _loss(name: str, status: int | None) -> SandboxError:
    """Return the error for a child that hung up during a job, by its wait status."""
    if status is None:
        return Crashed(name, "the sandbox's fork server was lost during the job")
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return TimedOut(name, "used up its CPU time and was ended by the system")
    if code == -signal.SIGKILL:
        return Crashed(name, "was killed from outside, perhaps by the system for lack of memory")
    if code < 0:
        return Crashed(name, f"ended by {signal.Signals(-code).name}")
    return Crashed(name, f"ended by itself with exit code {code}")
