"""The scripts against a model in plain Python, with answers lost, and on a cluster node that refuses careless keys."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.model import Assignment, DeliveryId, Feed, FeedKey, FeedState, Mark, Rule, RuleId, StoryId, Volume
from monitor.remembered import NOTHING_KNOWN, Story, TermCounts
from monitor.store.deliveries import Taken
from monitor.store.server import ask, find_binary
from monitor.store.store import Store
from monitor.store.term_counts import BLOCK
from monitor.store.volume import Count
from monitor.stories.fingerprint import text_print
from tests.support.clock import ManualClock
from tests.support.delivery_model import Channel, Entry
from tests.support.store import (
    DESK,
    HOUR,
    MAIL,
    NOON,
    a_draft,
    a_telling,
    an_article,
    look_for,
    offer,
    put,
    repeating_store,
)

NOW = timedelta(0)
STEPS = 400

log = logging.getLogger(__name__)


class Run:
    """One random walk: each step is made in the store and in the model, and must have the same answer."""

    def __init__(self, store: Store, clock: ManualClock, seed: int, *, lost_count: int | None) -> None:
        self.store = store
        self.clock = clock
        self.lost_count = lost_count
        self.model = Channel()
        self.rng = random.Random(seed)
        self.hands: list[tuple[Taken, Entry]] = []  # everything ever taken, settled or not: late calls happen
        self.names = itertools.count()
        self.ids: dict[str, DeliveryId] = {}

    async def enqueue(self) -> None:
        # Now and then a story that was queued before, as feeds offer their entries again and again.
        known = list(self.model.letters)
        name = self.rng.choice(known) if known and self.rng.random() < 0.3 else f"s{next(self.names)}"
        self.clock.advance(timedelta(milliseconds=1))
        await put(self.store, name)
        self.model.enqueue(name)
        for record in await self.store.deliveries.list(1):
            self.ids.setdefault(record.delivery.alert.removeprefix("ceasefire-"), record.delivery.id)

    async def take(self) -> None:
        reader, count = self.rng.choice(["r1", "r2", "r3"]), self.rng.randint(1, 4)
        taken = await self.store.deliveries.take(DESK, reader, count=count, block=NOW)
        entries = self.model.take(reader, count)
        assert [one.alert.story for one in taken] == [entry.letter.name for entry in entries]
        assert [one.delivery.attempt for one in taken] == [entry.letter.attempts for entry in entries]
        self.hands += zip(taken, entries, strict=True)

    async def done(self) -> None:
        taken, entry = self.rng.choice(self.hands)
        assert await self.store.deliveries.done(taken) == self.model.done(entry, taken.token)

    async def retry(self) -> None:
        taken, entry = self.rng.choice(self.hands[-12:])
        is_due = self.rng.random() < 0.7
        answer = await self.store.deliveries.retry(taken, wait=NOW if is_due else HOUR, reason="reset")
        assert answer == self.model.retry(entry, taken.token, is_due=is_due)
        await asyncio.sleep(0.0011 if is_due else 0)  # so that due retries keep the order in which they were planned

    async def bury(self) -> None:
        taken, entry = self.rng.choice(self.hands[-12:])
        assert await self.store.deliveries.bury(taken, reason="HTTP 404") == self.model.bury(entry, taken.token)

    async def move_due(self) -> None:
        # The count of a call whose answer was lost is gone; what it did is not.
        assert await self.store.deliveries.move_due(DESK) in (self.model.move_due(), self.lost_count)

    async def requeue(self) -> None:
        name = self.rng.choice(list(self.model.letters))
        sent = await self.store.deliveries.requeue([self.ids[name]])
        assert bool(sent) == self.model.requeue(name)

    async def drop(self) -> None:
        name = self.rng.choice(list(self.model.letters))
        dropped = await self.store.deliveries.drop([self.ids[name]])
        assert bool(dropped) == self.model.drop(name)

    async def release(self) -> None:
        reader = self.rng.choice(["r1", "r2", "r3"])
        assert await self.store.deliveries.release(DESK, reader) == self.model.release(reader)

    async def check(self) -> None:
        found = await self.store.deliveries.depth(DESK)
        assert (found.waiting, found.pending, found.delayed, found.dead) == self.model.depth()

    async def check_all(self) -> None:
        records = {record.delivery.id: record for record in await self.store.deliveries.list(9999)}
        found = {name: (records[id_].status, records[id_].attempts) for name, id_ in self.ids.items()}
        assert found == {name: (letter.status, letter.attempts) for name, letter in self.model.letters.items()}
        for name, letter in self.model.letters.items():
            assert self.model.places(name) == 1 or letter.status in ("delivered", "dropped"), f"{name} is lost or twice"

    def steps(self) -> list[Callable[[], Awaitable[None]]]:
        always = [self.enqueue] * 4 + [self.take] * 8 + [self.move_due] * 3 + [self.release]
        with_letters = [self.requeue] * 2 + [self.drop] if self.model.letters else []
        with_hands = [self.done] * 4 + [self.retry] * 6 + [self.bury] * 2 if self.hands else []
        return [*always, *with_letters, *with_hands]

    async def drain(self) -> None:
        """Deliver everything that is left, as a working channel would."""
        await self.store.deliveries.requeue()
        await self.store.deliveries.release(DESK)
        for _ in range(1000):
            await self.store.deliveries.move_due(DESK)
            taken = await self.store.deliveries.take(DESK, "drain", count=50, block=NOW)
            for one in taken:
                await self.store.deliveries.done(one)
            if not taken and (await self.store.deliveries.depth(DESK)).waiting == 0:
                return


@pytest.mark.parametrize("answers_lost", [False, True], ids=["every answer arrives", "every first answer is lost"])
@pytest.mark.parametrize("fixed_seed", [1, 2, None], ids=["seed 1", "seed 2", "a new seed"])
async def test_the_scripts_do_what_the_model_does(
    valkey_url: str, workspace: str, clock: ManualClock, fixed_seed: int | None, answers_lost: bool
) -> None:
    seed = random.randrange(1 << 32) if fixed_seed is None else fixed_seed
    log.warning("seed %s", seed)  # pytest shows it, and the steps, when the test fails
    opened = await (repeating_store if answers_lost else Store.open)(
        valkey_url, workspace, clock=clock, take_over_after=HOUR
    )
    run = Run(opened, clock, seed, lost_count=0 if answers_lost else None)
    for number in range(STEPS):
        step = run.rng.choice(run.steps())
        log.warning("step %s: %s", number, step.__name__)
        await step()
        await run.check()
        if number % 40 == 0:
            await run.check_all()
    await run.check_all()
    await run.drain()
    depth = await opened.deliveries.depth(DESK)
    assert (depth.waiting, depth.pending, depth.dead) == (0, 0, 0)
    assert depth.delayed == sum(1 for is_due in run.model.delayed.values() if not is_due)
    statuses = {record.status for record in await opened.deliveries.list(9999)}
    assert statuses <= {"delivered", "dropped", "retrying"}
    await opened.close()


async def until_answer(socket: Path, command: str) -> None:
    """Send a command until it is carried out."""
    deadline = asyncio.get_running_loop().time() + 15
    while True:
        answer = await ask(socket, command)
        if answer == "+OK":
            return
        assert asyncio.get_running_loop().time() < deadline, answer
        await asyncio.sleep(0.02)


@pytest.fixture
async def cluster_store(tmp_path: Path) -> AsyncIterator[Store]:
    """A store on a server in cluster mode that owns all slots: it refuses calls whose keys do not share a tag."""
    socket = tmp_path / "cluster.sock"
    server = subprocess.Popen(  # noqa: ASYNC220 - starts in a few milliseconds
        [
            find_binary(),
            "--port",
            "0",
            "--unixsocket",
            socket,
            "--cluster-enabled",
            "yes",
            "--save",
            "",
            "--dir",
            tmp_path,
        ],
        stdout=subprocess.DEVNULL,
    )
    try:
        await until_answer(socket, "CLUSTER ADDSLOTSRANGE 0 16383")
        await until_answer(socket, "SET ready 1")  # it takes writes two seconds after it knows all slots
        opened = await Store.open(f"unix://{socket}", "news", clock=ManualClock())
        yield opened
        await opened.close()
    finally:
        server.kill()
        server.wait()


async def count(store: Store, volume: Volume) -> object:
    """Count an article for a volume rule, and make its alert."""
    article, opened = an_article("v1"), Assignment(story=StoryId("v1"), joined="opened")
    draft = replace(a_draft(article, opened, rule="r1", channels=()), gathers=True)
    tally = await store.volumes.tally(RuleId("r1"), volume, story=opened.story, site="one.example", now=NOON)
    counted = Count(
        rule=RuleId("r1"),
        volume=volume,
        story=opened.story,
        report=draft.alert.lead,
        tally=tally,
        at=NOON,
        is_met=True,
        alert=draft.alert.id,
    )
    telling = a_telling(article, fingerprint=replace(text_print(article), probes=()), addresses=())
    answer = await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=[draft], counts=[counted])
    assert isinstance(answer, tuple)
    return tuple(item for item in answer if item.kind != "new")


async def test_every_script_runs_on_a_cluster_node(cluster_store: Store) -> None:
    store, clock = cluster_store, ManualClock()
    keys = ["a.example-1", "b.example-1", "c.example-2"]
    await store.schedule.sync([Feed(key=FeedKey(key), url=f"https://{key}/") for key in keys], spread=NOW)
    claims = await store.schedule.claim(9, HOUR)
    assert len(claims) == 3
    assert await store.schedule.renew(claims, HOUR) == 3
    assert await store.schedule.complete(claims[0], FeedState(etag="x"), clock.now() + HOUR)
    assert await store.schedule.release(claims[1], clock.now() + HOUR)
    assert len(await store.schedule.all()) == 3
    mark = Mark(content="aaaaaa", carried=NOON)
    await store.seen.mark(claims[0].feed, [(("guid", "link"), mark)])
    found = await store.seen.look(claims[0].feed, [("guid", "link"), ("other",)])
    assert found.marks == [(mark, mark), (None,)]
    assert await store.pages.shut("a.example") > NOW
    assert (await store.pages.knock("a.example")).refusals == 1
    assert not await store.pages.is_repeated("a.example", text="t", address="a")
    await offer(store, an_article("a1"), channels=(DESK, MAIL), follow=(DESK,))
    (answer,) = await offer(store, an_article("b1", site="two.example"), channels=(DESK, MAIL), follow=(DESK,))
    assert (answer.kind, answer.new_site) == ("repeat", True)
    volume = Volume(within=HOUR, factor=2, baseline=HOUR * 9)
    await store.volumes.watch([Rule(id=RuleId(name), volume=volume) for name in ("r1", "r2")], now=clock.now())
    assert await count(store, volume) == ()
    first, second = await store.deliveries.take(DESK, "reader", count=9, block=NOW)
    (third,) = await store.deliveries.take(MAIL, "reader", count=9, block=NOW)
    assert await store.deliveries.done(first)
    assert await store.deliveries.retry(second, wait=NOW, reason="reset")
    assert await store.deliveries.move_due(DESK) == 1
    assert await store.deliveries.bury(third, reason="HTTP 404")
    assert await store.deliveries.requeue() == (third.delivery.id,)
    assert await store.deliveries.drop([third.delivery.id]) == (third.delivery.id,)
    assert await store.deliveries.release(DESK) == 0
    heavy = ((7, 0.5), (8, 0.5))
    story = Story(id=StoryId("c1"), centroid=dict(heavy), texts=1, first=NOON, last=NOON)
    telling = a_telling(an_article("c1", text=""), story=story, heavy=heavy, headline="h", series="s", terms={7, 8})
    assert await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=[]) == ()
    found_again = await look_for(store, an_article("d1", text=""), heavy=heavy, headline="h", series="s")
    assert (found_again.stories, found_again.by_headline is not None) == ((story,), True)
    await store.terms.note_read([{7}] * BLOCK, now=NOON)
    counts = await store.terms.current(lambda before, read, now: TermCounts(version=1, documents=len(read)))
    assert (counts.version, counts.documents) == (1, BLOCK)
    assert (await store.memory.keep_within(1)).is_shortened
