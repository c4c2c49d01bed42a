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

from aiohttp.abc import AbstractResolver, ResolveResult

# A host name -> its addresses as numbers. It may block; raises OSError, or UnicodeError for what cannot be a name.
LookUp = Callable[[str], Sequence[str]]


def system_look_up(host: str) -> Sequence[str]:
    """Return what the system knows of a name, of the families that this machine has addresses of."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [_numeric(address) for _, _, _, _, address in found]


class Names(AbstractResolver):
    """Looks names up for one lane of requests, at most `at_once` at a time; the others wait their turn."""

    def __init__(self, at_once: int, *, look_up: LookUp = system_look_up) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._look_up = look_up

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return a name's addresses of any family, or raise as the look-up does; cancelling ends the waiting only."""
        await self._turns.acquire()
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Sequence[str] | Exception] = loop.create_future()

        def deliver(outcome: Sequence[str] | Exception) -> None:
            self._turns.release()
            if not answer.done():  # it is, if cancelled
                answer.set_result(outcome)

        def work() -> None:
            outcome: Sequence[str] | Exception = OSError("the look-up of the name broke off")
            try:
                outcome = self._look_up(host)
            except (OSError, UnicodeError) as error:
                outcome = error
            finally:
                with suppress(RuntimeError):  # the loop is closed: nobody waits
                    loop.call_soon_threadsafe(deliver, outcome)

        try:
            threading.Thread(target=work, name=f"look-up {host}", daemon=True).start()
        except RuntimeError:
            self._turns.release()
            raise OSError("the system gives no thread to look the name up") from None
        outcome = await answer
        if isinstance(outcome, Exception):
            raise outcome
        return [_result(host, address, port) for address in outcome]

    async def close(self) -> None:
        """Nothing to close: threads end with their look-ups, or with the program."""


def _numeric(address: tuple[str, int] | tuple[str, int, int, int] | tuple[int, bytes]) -> str:
    zone = address[3] if len(address) == 4 else 0
    return f"{address[0]}%{zone}" if zone else str(address[0])


def _result(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=socket.AI_NUMERICHOST)
