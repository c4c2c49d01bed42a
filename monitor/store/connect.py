"""The one door to the server: addresses, time-outs, repeats, and what its errors mean. Nothing else imports redis."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.client import NEVER_DECODE
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    ClusterDownError,
    NoPermissionError,
    NoScriptError,
    ReadOnlyError,
    RedisError,
    TryAgainError,
)

from monitor.errors import StoreError, StoreFull, StoreUnavailable

SCHEMES = ("redis", "rediss", "unix")

# A blocking read must end well before the socket's time-out: with redis-py's defaults a read that blocks for 8 s is
# silently repeated and fails after a minute (delivery.md section 1).
LONGEST_BLOCK_MS = 2_000
ANSWER_SECONDS = 5.0
CONNECT_SECONDS = 3.0
# Repeats bridge a restart of the server. All that we send may be repeated: scripts are written for it.
REPEATS = 2
# The end of one command with all its repeats. Without it a frozen server held a command for 36 s: redis-py repeats the
# greeting of each new connection within each repeat.
CALL_SECONDS = 8.0

# redis-py reports what goes wrong while it connects as a ConnectionError of these words.
REFUSALS = re.compile("NOAUTH|WRONGPASS|invalid username-password pair|Authentication required")

Command = tuple[str | bytes | int | float, ...]


class Script:
    """A Lua script: its name for messages, its source, and the digest by which the server knows it."""

    def __init__(self, name: str, source: str, digest: str) -> None:
        self.name = name
        self.source = source
        self.digest = digest


class Connection:
    """A pool of connections to one server. An answer is text (or bytes), a whole number, None or a list of these."""

    def __init__(self, client: redis.asyncio.Redis, where: str) -> None:
        self._client = client
        self.where = where  # the address without its password, for messages

    async def call(self, *command: str | bytes | int | float) -> Any:
        """Return the answer to one command, whose words are given one by one.

        Raises:
            StoreError: StoreUnavailable or StoreFull where the server's state is the reason.
        """
        with _translated(self.where):
            return await self._execute(*command)

    async def read(self, key: str) -> bytes | None:
        """Return the bytes of a string, None if there is none.

        Raises:
            StoreError: as `call`.
        """
        with _translated(self.where):
            answer: bytes | None = await self._execute("GET", key, as_bytes=True)
            return answer

    async def read_hash(self, key: str) -> dict[str, bytes]:
        """Return the fields of a hash with their bytes.

        Raises:
            StoreError: as `call`.
        """
        with _translated(self.where):
            flat: list[bytes] = await self._execute("HGETALL", key, as_bytes=True)
            return {name.decode(): value for name, value in zip(flat[::2], flat[1::2], strict=True)}

    async def read_list(self, key: str, most: int) -> list[bytes]:
        """Return the bytes of the first elements of a list.

        Raises:
            StoreError: as `call`.
        """
        with _translated(self.where):
            answer: list[bytes] = await self._execute("LRANGE", key, 0, most - 1, as_bytes=True)
            return answer

    async def call_all(self, commands: Sequence[Command]) -> list[Any]:
        """Return the answers to many commands sent together. Others may come between them: this is not atomic.

        Raises:
            StoreError: of the first command that failed; the others were carried out.
        """
        with _translated(self.where):
            return await self._execute_all(commands)

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int], *, as_bytes: bool = False
    ) -> Any:
        """Return what a script answers, sending its source only to a server that does not know it yet.

        Args:
            script: what to run.
            keys: names of the keys that it touches.
            arguments: what else it needs.
            as_bytes: the answer has bytes in the place of text.

        Raises:
            StoreError: as `call`.
        """
        with _translated(f"{self.where}: {script.name}"):
            try:
                return await self._execute("EVALSHA", script.digest, len(keys), *keys, *arguments, as_bytes=as_bytes)
            except NoScriptError:
                return await self._execute("EVAL", script.source, len(keys), *keys, *arguments, as_bytes=as_bytes)

    async def run_all(self, script: Script, calls: Sequence[tuple[Sequence[str], Sequence[str | int]]]) -> list[Any]:
        """Return what a script answers to each of many calls, (keys, arguments) each, that are sent together.

        Raises:
            StoreError: of the first call that failed; the others were carried out.
        """
        commands: list[Command] = [("EVALSHA", script.digest, len(keys), *keys, *rest) for keys, rest in calls]
        with _translated(f"{self.where}: {script.name}"):
            try:
                return await self._execute_all(commands)
            except NoScriptError:  # of all: one server knows a script or does not
                await self._execute("SCRIPT", "LOAD", script.source)
                return await self._execute_all(commands)

    async def _execute_all(self, commands: Sequence[Command]) -> list[Any]:
        if not commands:
            return []
        async with asyncio.timeout(CALL_SECONDS), self._client.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return list(await pipeline.execute())

    async def _execute(self, *command: str | bytes | int | float, as_bytes: bool = False) -> Any:
        options = {NEVER_DECODE: True} if as_bytes else {}
        async with asyncio.timeout(CALL_SECONDS):
            return await self._client.execute_command(  # type: ignore[no-untyped-call]  # redis-py's own gap
                *command, **options
            )

    async def close(self) -> None:
        """Close all connections."""
        await self._client.aclose()


async def connect(url: str) -> Connection:
    """Return a connection to the server at a redis://, rediss:// or unix:// address, after it has answered.

    Raises:
        StoreUnavailable: the address is none of ours, nobody answers, or the password is refused.
    """
    where = shown(url)
    if urlsplit(url).scheme not in SCHEMES:
        raise StoreUnavailable(f"{where}: not an address of a store; give redis://, rediss:// or unix:///path")
    try:
        client = redis.asyncio.Redis.from_url(
            url,
            decode_responses=True,
            protocol=2,  # the same answers from Redis 6.2 to Valkey 9
            socket_timeout=ANSWER_SECONDS,
            socket_connect_timeout=CONNECT_SECONDS,
            retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=0.5), REPEATS),
            client_name="monitor",
        )
    except (ValueError, TypeError) as error:  # an option in the address that redis-py cannot read
        raise StoreUnavailable(f"{where}: {error}") from error
    # Answers stay as the server gives them: redis-py's readings of them change with its versions.
    client.response_callbacks.clear()
    connection = Connection(client, where)
    try:
        await connection.call("PING")
    except BaseException:
        await connection.close()
        raise
    return connection


def shown(url: str) -> str:
    """Return the address without user, password and options, for messages."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}"
    return f"{parts.scheme or 'redis'}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except (RedisError, OSError) as error:
        raise meaning(error, where) from error


def meaning(error: Exception, where: str) -> StoreError:
    """Return the error of ours that stands for one of the server or of the way to it; `where` names the server."""
    text = str(error)
    if isinstance(error, AuthenticationError | AuthorizationError | NoPermissionError) or REFUSALS.search(text):
        return StoreUnavailable(f"{where}: refuses us ({text}); check user and password in MONITOR_REDIS_URL")
    # Errors inside a script keep the words but not always the class.
    if "OOM command not allowed" in text or "used memory > 'maxmemory'" in text:
        return StoreFull(f"{where}: the store's memory is full; raise maxmemory, or wait until old records expire")
    if "MISCONF" in text:
        return StoreFull(
            f"{where}: the store cannot write to its disk ({text}); free some space, then it goes on by itself"
        )
    if "NOREPLICAS" in text:
        return StoreUnavailable(f"{where}: too few replicas confirm writes ({text}); it goes on when they are back")
    if isinstance(error, ReadOnlyError | ClusterDownError | TryAgainError) or "READONLY" in text:
        return StoreUnavailable(f"{where}: failing over ({text})")
    if isinstance(error, redis.exceptions.ConnectionError | redis.exceptions.TimeoutError | OSError):
        return StoreUnavailable(f"{where}: no answer ({text or type(error).__name__}); is the server running?")
    return StoreError(f"{where}: {text}")
