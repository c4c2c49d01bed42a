"""The sample newsroom beside the daemon: its feeds, and the only loopback addresses that may be dialled for it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from monitor.clock import Clock
from monitor.config.settings import Settings
from monitor.errors import ConfigError, Location, Problem
from monitor.model import Feed, FeedKey
from monitor.sample.newsroom import LOOPBACK, Newsroom, read_programme

# The newsroom is on this machine and has little to do.
INTERVAL = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What the daemon needs to know of the newsroom."""

    feeds: Mapping[FeedKey, Feed] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()  # ADDRESS:PORT of each site, for the allow-list


@asynccontextmanager
async def open_sample(settings: Settings, *, clock: Clock, wanted: bool) -> AsyncIterator[Sample]:
    """Serve the newsroom while the context lasts; without `wanted` an empty one.

    The feeds' keys are the same in every run, whatever the ports, so that a second run finds what the first has seen.

    Raises:
        ConfigError: the newsroom's files are not beside the feed lists.
    """
    if not wanted:
        yield Sample()
        return
    folder = next((path / "sample" for path in settings.feeds if (path / "sample" / "newsroom.yaml").is_file()), None)
    if folder is None:
        hint = "run from a checkout of the project, or without --sample"
        at = Location(str(settings.feeds[0] / "sample") if settings.feeds else "seeds/sample")
        raise ConfigError([Problem(at=at, message="the sample newsroom is not here", hint=hint)])
    newsroom = Newsroom(read_programme(folder), clock)
    memory = settings.state / "sample-ports.json"
    await newsroom.start(_remembered_ports(memory))
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        memory.write_text(json.dumps(newsroom.ports))
        yield Sample(
            feeds={
                FeedKey(f"sample-{name}"): Feed(
                    key=FeedKey(f"sample-{name}"),
                    url=url,
                    title=title,
                    source=title,
                    interval=INTERVAL,
                    origin=str(folder / "newsroom.yaml"),
                )
                for name, (url, title) in newsroom.feeds.items()
            },
            addresses=tuple(f"{LOOPBACK}:{port}" for port in newsroom.ports.values()),
        )
    finally:
        await newsroom.stop()


def _remembered_ports(memory: Path) -> dict[str, int]:
    """Return the ports of the last run: with them the addresses stay the same, as they do on the web."""
    try:
        ports = json.loads(memory.read_text())
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError):
        return {}
