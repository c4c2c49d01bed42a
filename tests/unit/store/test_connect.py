"""What the server's errors mean, and how its address is shown."""

from __future__ import annotations

import pytest
from redis import exceptions
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

from monitor.errors import StoreError, StoreFull, StoreUnavailable
from monitor.store.connect import ANSWER_SECONDS, LONGEST_BLOCK_MS, connect, meaning, shown


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        pytest.param(
            exceptions.ConnectionError("refused"), StoreUnavailable, "is the server running", id="nobody listens"
        ),
        pytest.param(exceptions.TimeoutError(""), StoreUnavailable, "no answer", id="no answer in time"),
        pytest.param(FileNotFoundError("no socket"), StoreUnavailable, "no answer", id="the socket is gone"),
        pytest.param(BusyLoadingError("loading"), StoreUnavailable, "loading", id="it reads its data"),
        pytest.param(
            AuthenticationError("WRONGPASS"), StoreUnavailable, "check user and password", id="wrong password"
        ),
        pytest.param(
            exceptions.ConnectionError("invalid username-password pair or user is disabled."),
            StoreUnavailable,
            "check user and password",
            id="wrong password, noticed while connecting",
        ),
        pytest.param(ResponseError("NOAUTH Authentication required."), StoreUnavailable, "password", id="no password"),
        pytest.param(ReadOnlyError("replica"), StoreUnavailable, "failing over", id="a replica"),
        pytest.param(ClusterDownError("CLUSTERDOWN"), StoreUnavailable, "failing over", id="a cluster without a node"),
        pytest.param(ResponseError("NOREPLICAS Not enough"), StoreUnavailable, "replicas", id="too few replicas"),
        pytest.param(
            OutOfMemoryError("command not allowed when used memory > 'maxmemory'."), StoreFull, "maxmemory", id="full"
        ),
        pytest.param(
            ResponseError("Error running script: @user_script:1: -OOM command not allowed when used memory"),
            StoreFull,
            "maxmemory",
            id="full within a script of Redis 6.2",
        ),
        pytest.param(
            ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
            StoreFull,
            "free some space",
            id="a full disk",
        ),
        pytest.param(
            ResponseError("WRONGTYPE wrong kind"), StoreError, "WRONGTYPE", id="anything else keeps its words"
        ),
    ],
)
def test_an_error_of_the_server_becomes_one_of_ours(error: Exception, kind: type[StoreError], words: str) -> None:
    translated = meaning(error, "redis://db:6379")
    assert type(translated) is kind
    assert str(translated).startswith("redis://db:6379: ")
    assert words in str(translated)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://user:secret@db.example:6379/2?password=secret", "redis://db.example:6379/2"),
        ("rediss://:secret@db.example", "rediss://db.example"),
        ("unix:///run/valkey.sock?password=secret", "unix:///run/valkey.sock"),
    ],
)
def test_an_address_is_shown_without_its_secrets(url: str, expected: str) -> None:
    assert shown(url) == expected


@pytest.mark.parametrize("url", ["", "db.example:6379", "http://db.example", "embedded"])
async def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(StoreUnavailable, match="not an address of a store; give redis://"):
        await connect(url)


async def test_an_option_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match=r"^redis://db\.example/0: "):
        await connect("redis://db.example/0?socket_timeout=soon")


def test_a_blocking_read_ends_well_before_the_time_out() -> None:
    assert LONGEST_BLOCK_MS <= 2_000
    assert ANSWER_SECONDS * 1000 >= 2 * LONGEST_BLOCK_MS
