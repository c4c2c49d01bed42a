"""Several daemons on one store poll each feed once, whichever of them comes first."""

from __future__ import annotations

import asyncio
import io
import shutil
from collections import Counter
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from random import Random

from monitor.clock import SystemClock
from monitor.daemon.build import Graph
from monitor.daemon.run import Options, open_daemon
from monitor.model import FeedKey
from tests.support.publisher import Publisher

DAEMONS, FEEDS = 3, 12

RSS = """<rss version="2.0"><channel><title>News {name}</title><item><guid>{name}</guid>
<title>Talks in town {name}</title>
<link>{link}</link><pubDate>{published}</pubDate>
<description>They meet.</description></item>
</channel></rss>"""


async def polled_by_all(graphs: list[Graph], *, rounds: int) -> None:
    """Let all daemons look for due feeds at the same instants, again and again."""
    for _ in range(rounds):
        await asyncio.gather(*(graph.polls.tick() for graph in graphs))
        while any(graph.polls.active for graph in graphs):
            await asyncio.gather(*(graph.polls.wait_for_one() for graph in graphs))


async def test_three_daemons_poll_each_feed_once_an_interval(valkey_url: str, workspace: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        site = await stack.enter_async_context(Publisher())
        published = format_datetime(datetime.now(UTC))  # the daemons run by the real clock, and old news raise no alert
        for number in range(FEEDS):
            document = RSS.format(name=number, link=site.url(f"/{number}.html"), published=published)
            site.serve(f"/{number}.xml", document, etag=f'"{number}"')
        feeds = "".join(
            f'  - {{url: "{site.url(f"/{n}.xml")}", interval: 1h, full_text: feed}}\n' for n in range(FEEDS)
        )
        (tmp_path / "feeds.yaml").write_text(f"feeds:\n{feeds}")
        (tmp_path / "rules.yaml").write_text("rules: [{id: talks, when: talks, tests: []}]\n")
        (tmp_path / "monitor.yaml").write_text(
            f"feeds: [feeds.yaml]\nrules: [rules.yaml]\nredis: '{valkey_url}'\nworkspace: {workspace}\n"
            "web: {listen: 'off'}\n"
            "network: {allow: [127.0.0.0/8]}\nchannels: {screen: {type: console}}\nroutes: [{channels: [screen]}]\n"
        )
        options = Options(config=tmp_path / "monitor.yaml", environ={})
        graphs = []
        for number in range(DAEMONS):
            daemon = open_daemon(
                options, clock=SystemClock(), rng=Random(number), stdout=io.StringIO(), spread=timedelta(0)
            )
            graph, _ = await stack.enter_async_context(daemon)
            graphs.append(graph)
        await polled_by_all(graphs, rounds=5)
        assert Counter(hit.path for hit in site.hits) == {f"/{number}.xml": 1 for number in range(FEEDS)}
        assert sum(graph.middle.new_alerts for graph in graphs) == FEEDS
        for key in list(graphs[0].current.feeds):
            assert await graphs[0].store.schedule.make_due(FeedKey(key))
        await polled_by_all(graphs, rounds=5)
        assert Counter(hit.path for hit in site.hits) == {f"/{number}.xml": 2 for number in range(FEEDS)}
        assert all(hit.headers.get("If-None-Match") for hit in site.hits[FEEDS:])
        assert sum(graph.middle.new_alerts for graph in graphs) == FEEDS
        for graph in graphs:
            await graph.polls.stop(timedelta(0))


async def test_the_samples_sites_are_our_own_and_have_no_gate(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("rules: [{id: talks, when: talks, tests: []}]\n")
    shutil.copytree(Path(__file__).parents[2] / "seeds" / "sample", tmp_path / "seeds" / "sample")
    (tmp_path / "monitor.yaml").write_text("feeds: [seeds]\nrules: [rules.yaml]\nweb: {listen: 'off'}\n")
    options = Options(config=tmp_path / "monitor.yaml", state=tmp_path / "var", sample=True, environ={})
    daemon = open_daemon(options, clock=SystemClock(), rng=Random(1), stdout=io.StringIO(), spread=timedelta(0))
    async with daemon as (graph, _):
        feeds = len(graph.current.feeds)
        assert feeds > 1
        await polled_by_all([graph], rounds=2)
        assert len(graph.polls.polled) == feeds  # at once: the second does not wait for five seconds
        await graph.polls.stop(timedelta(0))
