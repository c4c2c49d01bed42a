"""What a poll costs the whole program: claim, fetch, compare, read, identities, marks, settle, in a real store."""

from __future__ import annotations

import asyncio
import io
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import redis.asyncio
import structlog
import yaml

from bench.material import DATA, HAS_DATA
from bench.polling.documents import NEWER, documents
from bench.polling.peers import PEERS, Peer
from bench.polling.site import Round, Site
from bench.table import figure, grid
from monitor.clock import SystemClock
from monitor.daemon.build import Graph
from monitor.daemon.run import Options, open_daemon
from monitor.model import Article, ArticleId, Entry, Feed
from monitor.store.scripts import Pace
from tests.support.daemon import write_settings
from tests.support.processes import cpu_seconds, descendants

RULES = Path(__file__).parents[2] / "rules"
LONG_AGO = "3650d"  # so that the first poll's entries count as news, however old the real feeds are
PATIENCE = 120.0  # seconds for one round


ALL, SAME, STAMPED, ONE, UNCHANGED = (
    "200, all new",
    "200, nothing new: the same bytes",
    "200, nothing new: another lastBuildDate",
    "200, one new entry",
    "304",
)
ROUNDS = (
    Round(row=ALL, version=0, validators=True),
    *(Round(row=UNCHANGED, version=0, validators=True) for _ in range(5)),
    *(Round(row=SAME, version=0) for _ in range(2)),
    *(Round(row=STAMPED, version=0, stamp=stamp) for stamp in (1, 2)),
    *(Round(row=ONE, version=version, stamp=2) for version in range(1, NEWER + 1)),
)
ROWS = (UNCHANGED, SAME, STAMPED, ONE, ALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """CPU seconds of one round."""

    row: str
    own: float  # our process
    children: float  # that read documents
    server: float  # of the store


def run() -> str:
    """Return the table of what our polls cost, with other programs beside it if the user asks for them."""
    return _table(peers=PEERS if "--peers" in sys.argv else ())


def _table(*, peers: Sequence[Peer]) -> str:
    if not HAS_DATA:
        return f"Polls are not measured: {DATA} is not there"
    found = documents()
    columns, notes = ["CPU s per 1,000 polls", "ours", "our process", "its children", "the store"], list[str]()
    with tempfile.TemporaryDirectory() as folder, Site(found, Path(folder)) as site:
        own, other = Path(folder) / "own", Path(folder) / "other"
        own.mkdir()
        other.mkdir()
        spent = asyncio.run(measure(own, site))
        carried = asyncio.run(measure(other, site, rounds=ROUNDS[:1], max_age=LONG_AGO))
        bare = Path(folder) / "bare"
        bare.mkdir()
        polled = asyncio.run(measure(bare, site, reads_articles=False))
        others: list[dict[str, float]] = []
        for peer in peers:
            costs = peer.measure(Path(folder), site, ROUNDS)
            if isinstance(costs, str):
                notes.append(f"{peer.name} is not measured: {costs}")
                continue
            columns.append(peer.name)
            others.append(_means(costs, len(found)))
    rows = []
    for row in ROWS:
        cells = [figure(other[row]) if row in other else "–" for other in others]
        rows.append([row, *_parts(spent, row, len(found)), *cells])
    for what, costs, row in (
        (f"{ONE}: the poll alone, without article and rules", polled, ONE),
        (f"{ALL}, and carried as news", carried, ALL),
    ):
        rows.append([what, *_parts(costs, row, len(found)), *("–" for _ in others)])
    size = sum(len(versions[-1]) for versions in found) / len(found)
    head = (
        f"{len(found)} real feeds of {size / 1e3:.0f} KB in the mean, each at an address of its own, no article pages"
    )
    return "\n\n".join((head, grid(columns, rows), *notes))


def _means(costs: Sequence[tuple[str, float]], feeds: int) -> dict[str, float]:
    """Return the CPU seconds for a thousand polls by row."""
    rows: dict[str, list[float]] = {}
    for row, seconds in costs:
        rows.setdefault(row, []).append(seconds / feeds * 1_000)
    return {row: sum(known) / len(known) for row, known in rows.items()}


def _parts(spent: Sequence[Spent], row: str, feeds: int) -> list[str]:
    own, children, server = (
        _means([(one.row, getattr(one, part)) for one in spent], feeds)[row] for part in ("own", "children", "server")
    )
    return [f"**{figure(own + children)}**", figure(own), figure(children), figure(server)]


async def measure(
    folder: Path,
    site: Site,
    *,
    rounds: Sequence[Round] = ROUNDS,
    max_age: str = "24h",
    reads_articles: bool = True,
) -> list[Spent]:
    """Return what each round costs the daemon's polling, with or without what follows for each new entry."""
    spent = []
    async with _daemon(folder, site.urls, max_age) as graph:
        assert graph.server is not None
        if not reads_articles:
            graph.polls._pipeline._reader = _NoArticles()
        client = redis.asyncio.Redis.from_url(graph.server.url, decode_responses=True)
        others = {site.pid, int((await client.info("server"))["process_id"])}
        for number, one in enumerate(rounds):
            if number:
                for feed in graph.current.feeds:
                    assert await graph.store.schedule.make_due(feed)
            site.serve(one)
            graph.polls.polled.clear()
            before, here, there = _children(others), time.process_time(), await _server_seconds(client)
            async with asyncio.timeout(PATIENCE):
                await _poll_all(graph)
            own, server = time.process_time() - here, await _server_seconds(client) - there
            spent.append(Spent(row=one.row, own=own, children=_children(others) - before, server=server))
            answers = site.answers()
            expected = {"304" if one.row == UNCHANGED else "200": len(site.urls)}
            assert answers == expected, f"{one}: {answers}"
        await client.aclose()
    return spent


async def _poll_all(graph: Graph) -> None:
    """Poll every feed once, as the daemon's ticks do."""
    # A tick asks all shards of the schedule; more of them than the daemon makes would be counted as the polls' cost.
    while len(graph.polls.polled) < len(graph.current.feeds):
        await graph.polls.tick()
        while graph.polls.active:
            await graph.polls.wait_for_one()


class _NoArticles:
    """Stands for the reader of articles where only the poll is measured: what no rule matches costs nothing."""

    async def read(self, entry: Entry, feed: Feed, *, feed_title: str = "") -> Article:
        """Return an article of which nothing was read."""
        return Article(id=ArticleId(f"{feed.key} {feed_title} {entry.id}"), title="")


@asynccontextmanager
async def _daemon(folder: Path, urls: Sequence[str], max_age: str) -> AsyncIterator[Graph]:
    """Open the daemon's parts with the starter rules; nothing is delivered."""
    poll = {"budget": "1000000/h", "first_poll_max_age": max_age}
    network = {"allow": ["127.0.0.0/8"], "host_delay": "0s"}
    write_settings(
        folder, poll=poll, network=network, rules=[str(RULES)], feeds=[str(folder / "seeds")], log={"level": "error"}
    )
    feeds = [{"url": url, "full_text": "feed"} for url in urls]
    (folder / "seeds" / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    options = Options(config=folder / "monitor.yaml", state=folder / "var", environ={})
    clock, rng = SystemClock(), random.Random(1)
    async with open_daemon(options, clock=clock, rng=rng, stdout=io.StringIO()) as (graph, _):
        assert len(graph.current.feeds) == len(urls)
        # Gates are asked as those of strangers' hosts are; one that were shut for 5 s would only make it longer.
        graph.polls._pace = lambda: Pace(spacing=timedelta(0))
        yield graph


def _children(others: set[int]) -> float:
    """Return the CPU seconds of all processes that read documents: of all that we started but the others."""
    return sum(cpu_seconds(pid) for pid in descendants() if pid not in others)


async def _server_seconds(client: redis.asyncio.Redis) -> float:
    facts = await client.info("cpu")
    return float(facts["used_cpu_user"]) + float(facts["used_cpu_sys"])
