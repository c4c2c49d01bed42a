"""What the kill loops share: receivers with bad days, news without end, and the invariants that must hold after all.

I1 each matching story has exactly one alert record. I2 each alert was accepted by each channel, or is a dead letter
with a reason. I3 what arrives twice has the same id, and only so much of it does as can be in flight at a kill.
I5 nothing is left in the queues. (I4, order, is promised by no channel yet.)
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiohttp import web

from monitor.clock import SystemClock
from monitor.model import ChannelName, DeliveryRecord
from monitor.store.deliveries import Depth
from monitor.store.server import find_running
from monitor.store.store import Store
from tests.scenarios.world import World, open_world
from tests.support.news import NewsSite, filler
from tests.support.publisher import Publisher, cut
from tests.support.receivers import Hook, Mailbox

HOOK, MAIL = ChannelName("hook"), ChannelName("mail")
IN_FLIGHT = {HOOK: 4, MAIL: 2}  # what the notifiers allow, and the settings do not lower
REFUSED_FOR_GOOD = 10  # every tenth story
DELIVERY = {"base_delay": "0.1s", "max_delay": "1s", "take_over_after": "30s"}
PUBLISH_SECONDS = 0.15  # between two articles
DRAIN_SECONDS = 120.0  # a lease of a killed poller, a killed deliverer's work, and the last retries


def the_seed() -> int:
    """Return the seed of this run: MONITOR_TEST_SEED, else a new one; printed, so that a failure can be repeated."""
    seed = int(os.environ.get("MONITOR_TEST_SEED") or secrets.randbelow(1_000_000))
    print(f"MONITOR_TEST_SEED={seed}")  # noqa: T201
    return seed


def the_kills(default: int) -> int:
    """Return how many kills a loop makes: MONITOR_TEST_KILLS, else `default`."""
    return int(os.environ.get("MONITOR_TEST_KILLS") or default)


def story_of(headline: str) -> int:
    """Return the number of the story in a headline or subject; all articles of a story have it."""
    found = re.search(r"report (\d+)", headline)
    assert found, headline
    return int(found[1])


class FaultyHook(Hook):
    """A webhook receiver that fails by chance, and refuses every tenth story for good."""

    def __init__(self, publisher: Publisher, rng: random.Random) -> None:
        super().__init__(publisher)
        self._rng = rng
        self.refusals: Counter[str] = Counter()

    def refuse(self, request: web.Request, body: dict[str, Any]) -> web.Response | None:
        """Answer 400, 500, 429 or nothing at all; None is fine."""
        if story_of(body["data"]["headline"]) % REFUSED_FOR_GOOD == 0:
            return web.Response(status=400, text="not in this channel")
        fault = self._rng.choices(["", "500", "429", "reset"], weights=[80, 8, 4, 8])[0]
        self.refusals[fault] += 1
        match fault:
            case "500":
                return web.Response(status=500)
            case "429":
                return web.Response(status=429, headers={"Retry-After": "1"})
            case "reset":
                return cut(request)
        return None


class FaultyMailbox(Mailbox):
    """A mail server that is busy by chance."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def refuse(self, message: EmailMessage) -> str:
        """Answer 451 to every tenth message."""
        return "451 busy, try again later" if self._rng.random() < 0.1 else ""


@dataclass(slots=True, kw_only=True)
class Chaos:
    """A world under test: what was published, and what must have come of it."""

    world: World
    second: NewsSite
    rng: random.Random
    seed: int
    stories: int = 0
    _later: list[int] = field(default_factory=list)  # stories whose copy is still to come

    def publish(self) -> None:
        """Publish one article: a story, a copy of an earlier one on the second site, or one that matches no rule."""
        kind = self.rng.choices(["story", "copy", "other"], weights=[4, 2, 3])[0]
        if kind == "copy" and self._later:
            number = self._later.pop(self.rng.randrange(len(self._later)))
            self.second.publish(f"copy-{number}", f"A reprint of report {number}", story_text(number))
        elif kind == "other":
            number = self.rng.randrange(1 << 30)
            self.world.site.publish(f"other-{number}", f"Bridge repairs {number}", filler(number))
        else:
            self.stories += 1
            self.world.site.publish(
                f"story-{self.stories}", f"Ceasefire report {self.stories}", story_text(self.stories)
            )
            self._later.append(self.stories)

    @asynccontextmanager
    async def publishing(self) -> AsyncIterator[None]:
        """Publish all the time."""

        async def go_on() -> None:
            while True:
                self.publish()
                await asyncio.sleep(PUBLISH_SECONDS)

        task = asyncio.create_task(go_on())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def check(self, store: Store, *, kills: int) -> None:
        """Wait until everything has arrived, then check the invariants; `kills` of processes that send."""
        numbers = set(range(1, self.stories + 1))
        refused = {number for number in numbers if number % REFUSED_FOR_GOOD == 0}

        async def has_arrived() -> bool:
            hooked = {story_of(headline) for headline in self.world.hook.headlines()}
            mailed = {story_of(message["Subject"]) for message in self.world.mailbox.messages}
            return hooked == numbers - refused and mailed == numbers and await open_deliveries(store) == 0

        await until(has_arrived, within=DRAIN_SECONDS, told=lambda: self._missing(numbers))
        await self._check_records(store, numbers)
        await self._check_dead(store, refused)
        self._check_repeats(kills)

    async def _check_records(self, store: Store, numbers: set[int]) -> None:
        alerts = await store.alerts.list(10 * len(numbers) + 10)
        assert Counter(story_of(alert.lead.title) for alert in alerts) == Counter(numbers), "I1"

    async def _check_dead(self, store: Store, refused: set[int]) -> None:
        dead: tuple[DeliveryRecord, ...] = await store.deliveries.dead()
        alerts = {alert.id: alert for alert in await store.alerts.list(10_000)}
        told = [(record.delivery.channel, story_of(alerts[record.delivery.alert].lead.title)) for record in dead]
        assert sorted(told) == sorted((HOOK, number) for number in refused), "I2"
        assert all("HTTP 400" in record.reason for record in dead), "I2"

    def _check_repeats(self, kills: int) -> None:
        hook, mailbox = self.world.hook, self.world.mailbox
        stories = {id_: story_of(body["data"]["headline"]) for id_, body in zip(hook.ids, hook.accepted, strict=True)}
        assert len(stories) == len(set(stories.values())), "I3: a story came under two ids"
        mails = {message["Message-ID"]: story_of(message["Subject"]) for message in mailbox.messages}
        assert len(mails) == len(set(mails.values())), "I3: a story came under two Message-IDs"
        extra = {HOOK: len(hook.ids) - len(stories), MAIL: len(mailbox.messages) - len(mails)}
        print(f"seed {self.seed}: {self.stories} stories, {kills} kills, extra deliveries {extra}")  # noqa: T201
        assert all(extra[channel] <= kills * IN_FLIGHT[channel] for channel in extra), f"I3: {extra}"

    def _missing(self, numbers: set[int]) -> str:
        hooked = {story_of(headline) for headline in self.world.hook.headlines()}
        mailed = {story_of(message["Subject"]) for message in self.world.mailbox.messages}
        return f"seed {self.seed}: not on the hook {sorted(numbers - hooked)}, not mailed {sorted(numbers - mailed)}"


@asynccontextmanager
async def open_chaos(folder: Path, **settings: object) -> AsyncIterator[Chaos]:
    """Open a world with two sites and faulty receivers."""
    seed = the_seed()
    rng = random.Random(seed)
    async with (
        Publisher("127.0.0.2") as elsewhere,
        open_world(
            folder,
            make_hook=lambda publisher: FaultyHook(publisher, random.Random(seed + 1)),
            make_mailbox=lambda: FaultyMailbox(random.Random(seed + 2)),
            **{"delivery": DELIVERY, **settings},
        ) as world,
    ):
        second = NewsSite(elsewhere, title="Second")
        world.list_feeds(world.site.feed_url, second.feed_url)
        yield Chaos(world=world, second=second, rng=rng, seed=seed)


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """Open the daemon's store from outside."""
    store = await Store.open(url, "monitor", clock=SystemClock())
    try:
        yield store
    finally:
        await store.close()


async def embedded_url(folder: Path) -> str:
    """Return the address of the server that a daemon in `folder` has started."""
    found = await find_running(folder / "var" / "store")
    assert found is not None
    return found


async def open_deliveries(store: Store) -> int:
    """Return how many deliveries are still to be settled."""
    depths: list[Depth] = [await store.deliveries.depth(channel) for channel in (HOOK, MAIL)]
    return sum(depth.open for depth in depths)


async def until(condition: Callable[[], Awaitable[bool]], *, within: float, told: Callable[[], str]) -> None:
    """Wait until a condition holds that nobody announces; fails with what `told` returns."""
    deadline = time.monotonic() + within
    while not await condition():
        assert time.monotonic() < deadline, f"not within {within} s; {told()}"
        await asyncio.sleep(0.05)


def story_text(number: int) -> str:
    """Return the text of a story; its copies have the same."""
    return f"{filler(number)}\nBoth sides agreed on a ceasefire for the holidays.\n{filler(number + 1_000_000)}"


def left_running(folder: Path) -> list[int]:
    """Return the processes that work in `folder` or below: what a killed daemon left behind."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            where = (entry / "cwd").resolve()
            if where == folder or folder in where.parents:
                found.append(int(entry.name))
    return found
