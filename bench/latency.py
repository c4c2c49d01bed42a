"""The whole daemon as a process: from an article's publication to the webhook's acceptance."""

from __future__ import annotations

import asyncio
import json
import random
import tempfile
import time
from pathlib import Path

from bench.material import prose
from bench.table import Row, percentiles
from tests.scenarios.world import open_world
from tests.support.daemon import Daemon
from tests.support.publisher import Publisher
from tests.support.receivers import Hook

ARTICLES = 40
GAP_SECONDS = 0.7  # mean time between two publications


async def run() -> list[Row]:
    """Return medians and 95th percentiles, with and without the wait for the poll."""
    rng = random.Random(1)
    published: dict[str, float] = {}
    receivers: list[Publisher] = []

    def make_hook(publisher: Publisher) -> Hook:
        receivers.append(publisher)
        return Hook(publisher)

    with tempfile.TemporaryDirectory() as folder:
        async with open_world(Path(folder), make_hook=make_hook) as world, Daemon(Path(folder)):
            await world.publisher.wait_for("/feed.xml")
            for number in range(ARTICLES):
                await asyncio.sleep(rng.expovariate(1 / GAP_SECONDS))
                headline = f"Ceasefire report {number}"
                world.site.publish(f"a{number}", headline, prose(number))
                published[headline] = time.monotonic()
            await world.hook.wait_until(lambda: len(world.hook.accepted) == ARTICLES)
            # The loop's time is the monotonic one.
            accepted = {json.loads(hit.body)["data"]["headline"]: hit.at for hit in receivers[0].hits}
            asked = [hit.at for hit in world.publisher.hits_on("/feed.xml")]
    told = {headline: min(at for at in asked if at >= moment) for headline, moment in published.items()}
    whole = percentiles([accepted[one] - published[one] for one in accepted])
    after = percentiles([accepted[one] - told[one] for one in accepted])
    note = f"{ARTICLES} articles, feed asked every 1 s; p50 / p95, wall clock"
    return [
        Row(what="published → accepted by the webhook", ours=whole, note=note),
        Row(what="feed answers → accepted", ours=after, note="the same without the wait for the poll"),
    ]
