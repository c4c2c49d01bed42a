"""Writes to the screen in a thread of its own: a paused terminal or an unread pipe holds up nothing else.

Nothing can break off a write that nobody reads, and asyncio cannot wait for a terminal. So the thread is a daemon
thread: it ends with the program, even in the middle of a write.
"""

from __future__ import annotations

import asyncio
import io
import os
import select
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TextIO

LONGEST_QUEUE = 16  # texts that wait, are being written, or were written after their writer had given up waiting


@dataclass(slots=True, eq=False)
class _Job:
    text: str
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Exception | None]
    begun: bool = False


class Screen:
    """Writes texts whole and in the order in which they come.

    Args:
        out: where to. What it buffers itself must be flushed before: its file is written to directly, since a buffer
            that a stuck thread holds would abort the interpreter when it ends.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._jobs: dict[str, _Job] = {}
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False

    async def write(self, key: str, text: str) -> None:
        """Write `text` and return when it is out.

        Cancelled, a text that has not begun is not written; one that has begun is finished as soon as somebody reads,
        and the next call with its key waits for that, or has the answer at once, instead of writing it again.

        Args:
            key: what the text is known by.
            text: what to write.

        Raises:
            OSError: it cannot be written, or too many texts wait already.
            ValueError: the output is closed.
        """
        job = self._jobs.get(key) or self._enqueue(key, text)
        try:
            failure = await asyncio.shield(job.done)
        except asyncio.CancelledError:
            with self._changed:
                if not job.begun:
                    del self._jobs[key]
            raise
        with self._changed:
            self._jobs.pop(key, None)
        if failure is not None:
            raise failure

    def close(self) -> None:
        """Let the thread end after the text it is writing; does not wait for it."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _enqueue(self, key: str, text: str) -> _Job:
        loop = asyncio.get_running_loop()
        job = _Job(text, loop, loop.create_future())
        with self._changed:
            if self._closed:
                raise OSError("it is no longer served")
            if len(self._jobs) >= LONGEST_QUEUE:
                self._forget_finished()
            if len(self._jobs) >= LONGEST_QUEUE:
                raise OSError("nobody reads it, and too much waits already")
            if self._thread is None or not self._thread.is_alive():
                self._thread = _started(self._work)
            self._jobs[key] = job
            self._changed.notify()
        return job

    def _forget_finished(self) -> None:
        """Forget what was written late and never asked for again: another daemon has taken it over."""
        self._jobs = {key: job for key, job in self._jobs.items() if not job.done.done()}

    def _work(self) -> None:
        while (job := self._next()) is not None:
            failure: Exception | None = OSError("the writing broke off")
            try:
                _put(self._out, job.text)
                failure = None
            except (OSError, ValueError) as error:
                failure = error
            finally:
                with suppress(RuntimeError):  # the loop is closed: nobody waits
                    job.loop.call_soon_threadsafe(job.done.set_result, failure)

    def _next(self) -> _Job | None:
        """Wait for the next text; None when there will be none."""
        with self._changed:
            while not self._closed:
                for job in self._jobs.values():
                    if not job.begun:
                        job.begun = True
                        return job
                self._changed.wait()
        return None


def _started(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="screen", daemon=True)
    try:
        thread.start()
    except RuntimeError:
        raise OSError("the system gives no thread to write with") from None
    return thread


def _put(out: TextIO, text: str) -> None:
    try:
        file = out.fileno()
    except io.UnsupportedOperation:  # text in memory
        out.write(text)
        out.flush()
        return
    left = memoryview(text.encode(out.encoding, "replace"))
    while left:
        try:
            left = left[os.write(file, left) :]
        except BlockingIOError:  # somebody who shares the terminal has made it so
            writable = select.poll()
            writable.register(file, select.POLLOUT)
            writable.poll()
