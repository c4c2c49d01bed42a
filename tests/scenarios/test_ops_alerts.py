"""A feed that is gone for good is told where the routes send such news, once, by however many daemons."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.failing import FailingFeed
from monitor.store.store import Store
from tests.scenarios.world import open_world
from tests.support.daemon import Daemon

ROUTES = [{"match": {"labels": {"kind": "ops"}}, "channels": ["hook"]}, {"channels": ["mail"]}]


async def noted(store: Store) -> FailingFeed:
    """Return the one failing feed as soon as a daemon has noted it."""
    async with asyncio.timeout(20):
        while True:
            failing, _ = await store.failing.all()
            if failing:
                return failing[0]
            await asyncio.sleep(0.1)


async def test_a_feed_that_is_gone_is_one_alert(tmp_path: Path, valkey_url: str, workspace: str, store: Store) -> None:
    async with open_world(tmp_path, redis=valkey_url, workspace=workspace, routes=ROUTES) as world:
        world.publisher.serve("/gone.xml", "gone", status=410)
        world.list_feeds(world.publisher.url("/gone.xml"))
        async with Daemon(tmp_path), Daemon(tmp_path):
            feed = await noted(store)
            # As if a minute had passed in which others might have joined it.
            await store.failing.settle({}, [feed.feed])
            await store.failing.note(replace(feed, noted=feed.noted - timedelta(minutes=1)))
            await world.hook.wait_until(lambda: bool(world.hook.accepted), within=30)
            await asyncio.sleep(1)
        assert len(world.hook.accepted) == 1
        assert world.hook.headlines()[0].endswith("is gone: the site has removed this feed for good (HTTP 410)")
        assert world.mailbox.messages == []
