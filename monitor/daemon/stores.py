"""The store of the settings, opened: the user's server, or the embedded one. Apart, so that commands start fast."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.store.server import EmbeddedServer, find_running
from monitor.store.store import Store


@asynccontextmanager
async def open_store(
    settings: Settings, clock: Clock, *, adopt: bool = False
) -> AsyncIterator[tuple[Store, EmbeddedServer | None]]:
    """Open the store of the settings: the user's server, or the embedded one.

    Args:
        settings: where it is.
        clock: for the times in records.
        adopt: use the embedded server of a running daemon if there is one (for commands), instead of refusing.

    Raises:
        StoreUnavailable: it cannot be reached, or another daemon owns it.
    """
    async with AsyncExitStack() as stack:
        server = None
        url = settings.redis.get_secret_value()
        if url == "embedded":
            directory = settings.state / "store"
            running = await find_running(directory) if adopt else None
            if running is None:
                server = EmbeddedServer(directory, durability=settings.durability)
                stack.push_async_callback(server.stop)
                running = await server.start()
            url = running
        store = await Store.open(
            url, settings.workspace, clock=clock, take_over_after=settings.delivery.take_over_after
        )
        stack.push_async_callback(store.close)
        if server is not None:
            # The server is ours alone: what is claimed or in flight was left by a crash, no lease need be waited for.
            await store.schedule.release_all()
            for channel in await store.deliveries.channels():
                await store.deliveries.release(channel)
        yield store, server
