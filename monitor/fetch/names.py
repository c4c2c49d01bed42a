"""Name look-ups in threads of their own: those that hang hold up no delivery, no other work and not the end.

asyncio's own look-ups share a few threads with everything else, and the program waits for those threads when it ends.
A system look-up cannot be broken off, so a thread whose answer nobody awaits any more keeps its place until it is done.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import SimpleQueue

KEPT_SECONDS = 60  # how long an answer is trusted; the guard looks at the address of each connection anyway
SWEEP_FROM = 4_096  # answers kept before old ones are looked for

# A host name -> its addresses as numbers. It may block; raises OSError, or UnicodeError for what cannot be a name.
LookUp = Callable[[str], Sequence[str]]


def system_look_up(host: str) -> Sequence[str]:
    """Return what the system knows of a name, of the families that this machine has addresses of."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [_numeric(address) for _, _, _, _, address in found]


_Job = tuple[str, asyncio.AbstractEventLoop, "asyncio.Future[Sequence[str] | Exception]"]


class Names:
    """Looks names up for one lane of requests, at most `at_once` at a time; the others wait their turn.

    Must be closed, or its threads stay until the program ends.
    """

    def __init__(self, at_once: int, *, look_up: LookUp = system_look_up) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._look_up = look_up
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._threads = 0
        self._idle = 0
        self._known: dict[tuple[str, int], tuple[float, Sequence[str]]] = {}
        self._sweep_at = SWEEP_FROM

    async def resolve(self, host: str, port: int = 0) -> Sequence[str]:
        """Return a name's addresses of any family, or raise as the look-up does; cancelling ends the waiting only.

        An answer is kept for a minute for the same host and port: a redirect, or the articles after the feed.
        """
        now = asyncio.get_running_loop().time()
        until, known = self._known.get((host, port), (now, ()))
        if until > now:
            return known
        found = await self._ask(host)
        if len(self._known) >= self._sweep_at:
            self._known = {key: kept for key, kept in self._known.items() if kept[0] > now}
            self._sweep_at = max(SWEEP_FROM, 2 * len(self._known))
        self._known[host, port] = (now + KEPT_SECONDS, found)
        return found

    def close(self) -> None:
        """Let the threads end, those that hang once they have their answer."""
        for _ in range(self._threads):
            self._jobs.put(None)
        self._threads = self._idle = 0

    async def _ask(self, host: str) -> Sequence[str]:
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str] | Exception] = loop.create_future()
        try:
            self._provide_thread()
        except RuntimeError:
            self._turns.release()
            raise OSError("the system gives no thread to look the name up") from None
        self._jobs.put((host, loop, answer))
        outcome = await answer
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def _provide_thread(self) -> None:
        """Count on an idle thread or begin another; they are kept, as beginning one costs more than most look-ups."""
        if self._idle:
            self._idle -= 1
            return
        threading.Thread(target=self._work, name="look-up", daemon=True).start()
        self._threads += 1

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            host, loop, answer = job
            with suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(self._deliver, answer, self._try(host))

    def _try(self, host: str) -> Sequence[str] | Exception:
        try:
            return self._look_up(host)
        except (OSError, UnicodeError) as error:
            return error
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, and the thread go on
            return OSError(f"the look-up of the name broke off: {error!r}")

    def _deliver(self, answer: asyncio.Future[Sequence[str] | Exception], outcome: Sequence[str] | Exception) -> None:
        self._turns.release()
        self._idle += 1
        if not answer.done():  # it is, if cancelled
            answer.set_result(outcome)


def _numeric(address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> str:
    zone = address[3] if len(address) == 4 else 0
    return f"{address[0]}%{zone}" if zone else str(address[0])
