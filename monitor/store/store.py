"""The store as a whole: one connection, one workspace, and the parts that others use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from monitor.clock import Clock
from monitor.errors import StoreUnavailable
from monitor.store.alerts import Alerts
from monitor.store.connect import Connection, connect
from monitor.store.deliveries import Deliveries
from monitor.store.failing import FailingFeeds
from monitor.store.feed_state import FeedStates
from monitor.store.keys import PROBE_LIFETIME, Keys
from monitor.store.memory import Memory
from monitor.store.page_gates import PageGates
from monitor.store.scripts import milliseconds
from monitor.store.seen import Seen
from monitor.store.splitting import Splitting
from monitor.store.stories import Stories
from monitor.store.subscriptions import Subscriptions
from monitor.store.term_counts import TermCounting
from monitor.store.volume import Volumes

OLDEST_SERVER = (6, 2)  # XAUTOCLAIM


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreInfo:
    """What the server says of itself."""

    server: str  # "valkey 9.1.2"
    used_memory_bytes: int
    max_memory_bytes: int  # 0: no limit
    policy: str  # of eviction; anything but noeviction loses alerts
    append_only: bool


class Store:
    """Everything that is kept in Redis or Valkey, of one workspace."""

    def __init__(
        self,
        connection: Connection,
        workspace: str,
        *,
        clock: Clock,
        take_over_after: timedelta = timedelta(seconds=60),
    ) -> None:
        keys = Keys(workspace)
        self._connection = connection
        self._probe = keys.probe
        self.schedule = FeedStates(connection, keys, clock)
        self.pages = PageGates(connection, keys)
        self.subscriptions = Subscriptions(connection, keys)
        self.failing = FailingFeeds(connection, keys)
        self.seen = Seen(connection, keys, clock)
        self.stories = Stories(connection, keys)
        self.memory = Memory(connection, keys, clock)
        self.terms = TermCounting(connection, keys)
        self.alerts = Alerts(connection, keys, clock, self.terms)
        self.splitting = Splitting(connection, keys, clock)
        self.volumes = Volumes(connection, keys)
        self.deliveries = Deliveries(connection, keys, clock, take_over_after=take_over_after)

    @classmethod
    async def open(
        cls, url: str, workspace: str, *, clock: Clock, take_over_after: timedelta = timedelta(seconds=60)
    ) -> Store:
        """Return the store at a redis://, rediss:// or unix:// address.

        Args:
            url: where the server is.
            workspace: keeps several monitors on one server apart.
            clock: ours; the server's own is used for what many daemons must agree on.
            take_over_after: how long a delivery may be in one reader's hands; longer than an attempt can take.

        Raises:
            StoreUnavailable: nobody answers, the password is refused, or the server is too old.
        """
        connection = await connect(url)
        store = cls(connection, workspace, clock=clock, take_over_after=take_over_after)
        try:
            server = (await store.info()).server
        except BaseException:
            await store.close()
            raise
        if _version(server) < OLDEST_SERVER:
            await store.close()
            raise StoreUnavailable(f"{connection.where}: {server} is too old; use Valkey, or Redis 6.2 or newer")
        return store

    @property
    def where(self) -> str:
        """The server's address without its password."""
        return self._connection.where

    async def ping(self) -> None:
        """Return when the server has answered.

        Raises:
            StoreUnavailable: it does not.
        """
        await self._connection.call("PING")

    async def probe(self) -> None:
        """Return when the server has taken something down.

        Raises:
            StoreError: it does not, e.g. because it is full.
        """
        await self._connection.call("SET", self._probe, "1", "PX", milliseconds(PROBE_LIFETIME))

    async def info(self) -> StoreInfo:
        """Return what the server says of itself: version, memory, durability."""
        facts: dict[str, str] = {}
        for line in (await self._connection.call("INFO")).splitlines():
            name, _, value = line.partition(":")
            facts[name] = value
        name = facts.get("server_name", "redis")
        version = facts.get("valkey_version") or facts.get("redis_version", "0")
        return StoreInfo(
            server=f"{name} {version}",
            used_memory_bytes=int(facts.get("used_memory", 0)),
            max_memory_bytes=int(facts.get("maxmemory", 0)),
            policy=facts.get("maxmemory_policy", ""),
            append_only=facts.get("aof_enabled") == "1",
        )

    async def close(self) -> None:
        """Close all connections; nothing needs to be saved."""
        await self._connection.close()


def _version(server: str) -> tuple[int, ...]:
    return tuple(int(part) for part in server.split()[-1].split(".")[:2] if part.isdigit())
