"""Looking and remembering in one script, against a model in plain Python; and many daemons that race for one text."""

from __future__ import annotations

import asyncio
import itertools
import logging
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import ArticleId, Assignment, StoryId
from monitor.remembered import NOTHING_KNOWN, Look, Story, TextPrint
from monitor.store.alerts import Conflict
from monitor.store.store import Store
from monitor.store.telling import Telling
from tests.support.clock import ManualClock
from tests.support.memory_model import Memory
from tests.support.store import HOUR, a_draft, a_telling, an_article, repeating_store

STEPS = 250
FAMILIES, COPIES, DAEMONS = 40, 15, 8

log = logging.getLogger(__name__)


class Walk:
    """Articles whose probes, terms and addresses overlap by chance, told to the store and to the model."""

    def __init__(self, store: Store, clock: ManualClock, seed: int) -> None:
        self.store, self.clock, self.rng = store, clock, random.Random(seed)
        self.model = Memory()
        self.names = itertools.count(1)
        self.known: list[TextPrint] = []
        self.trips: Counter[int] = Counter()

    def an_article(self) -> TextPrint:
        """Return a new text, a variation of one that was told, or one told again."""
        if self.known and self.rng.random() < 0.15:
            return self.rng.choice(self.known)
        probes = {self.rng.getrandbits(32) for _ in range(self.rng.choice([0, 3, 24]))}
        if self.known and self.rng.random() < 0.6:
            other = self.rng.choice(self.known).probes
            probes |= set(self.rng.sample(other, min(len(other), self.rng.choice([1, 2, 9]))))
        words = self.rng.randint(12, 300)
        return TextPrint(
            article=ArticleId(f"a{next(self.names)}"),
            text_hash="h",
            probes=tuple(sorted(probes)),
            sequence=tuple(self.rng.getrandbits(16) for _ in range(9)),
            by_character=False,
            numbers=frozenset(),
            names=frozenset(),
            title_words=frozenset({"word"}),
            words=words,
        )

    async def step(self) -> None:
        """Tell one article, and compare what was found with what the model knows."""
        self.clock.advance(self.rng.choice([timedelta(0), HOUR, 2 * HOUR, 20 * HOUR]) + timedelta(milliseconds=1))
        now, text = self.clock.now(), self.an_article()
        heavy = {self.rng.randrange(60): self.rng.choice([0.02, 0.04, 0.2]) for _ in range(self.rng.choice([0, 3, 6]))}
        address = f"one.example/{self.rng.randrange(200)}"
        copies, stories = self.model.near_copies(text, now), self.model.near_stories(heavy, now)
        look, trips = NOTHING_KNOWN, 1
        telling = self.a_telling(text, heavy, address, look)
        while isinstance(answer := await self.store.alerts.enqueue(telling, look=look, drafts=[]), Conflict):
            trips += 1
            assert trips == 2, "nobody else is there: the second trip holds"
            look = answer.look
            telling = self.a_telling(text, heavy, address, look)
        self.trips[trips] += 1
        found = {copy.id: copy for copy in look.copies}
        assert found.keys() <= copies
        assert len(found) == min(len(copies), 8)
        for name, copy in found.items():
            known = self.model.copies[name]
            assert (copy.story, copy.first, copy.longest) == (known.story, known.first, known.longest)
        assert {story.id for story in look.stories} <= stories
        assert len(look.stories) == min(len(stories), 8)
        for story in look.stories:
            told = self.model.stories[story.id]
            assert (story.centroid, story.texts) == (told.centroid, told.texts)
            assert (story.first, story.last) == (told.first, told.last)
        assert (look.by_address.id if look.by_address else None) == self.model.at(address, now)
        assert telling.story is not None
        seen = {story.id: story.texts for story in look.stories}
        copy_of = telling.assignment.copy_of or text.article
        seen_texts = seen.get(telling.story.id, 0)
        self.model.remember(text, copy_of, telling.story, address, seen_texts=seen_texts, now=now)
        self.known.append(text)

    def a_telling(self, text: TextPrint, heavy: dict[int, float], address: str, look: Look) -> Telling:
        """Join the first copy, else the first story, else open one."""
        copy = next((copy for copy in look.copies if copy.id != text.article), None)
        seen = look.stories[0] if look.stories else None
        if copy:
            joined = Assignment(story=copy.story, joined="copy", copy_of=copy.id)
            seen = next((story for story in look.stories if story.id == copy.story), None)
        elif seen:
            joined = Assignment(story=seen.id, joined="story")
        else:
            joined = Assignment(story=StoryId(text.article), joined="opened")
        now = self.clock.now()
        return Telling(
            assignment=joined,
            fingerprint=text,
            site="one.example",
            seen=now,
            addresses=[address],
            heavy=tuple(heavy.items()),
            story=Story(id=joined.story, centroid=dict.fromkeys(heavy, 0.25), texts=1, first=now, last=now)
            if not seen
            else replace(seen, centroid=dict.fromkeys(heavy, 0.5), texts=seen.texts + 1),
        )


@pytest.mark.parametrize("answers_lost", [False, True], ids=["every answer arrives", "every first answer is lost"])
@pytest.mark.parametrize("fixed_seed", [1, 2, None], ids=["seed 1", "seed 2", "a new seed"])
async def test_the_store_finds_and_remembers_what_the_model_does(
    valkey_url: str, workspace: str, clock: ManualClock, fixed_seed: int | None, answers_lost: bool
) -> None:
    seed = random.randrange(1 << 32) if fixed_seed is None else fixed_seed
    log.warning("seed %s", seed)  # pytest shows it when the test fails
    opened = await (repeating_store if answers_lost else Store.open)(valkey_url, workspace, clock=clock)
    walk = Walk(opened, clock, seed)
    for number in range(STEPS):
        log.warning("step %s", number)
        await walk.step()
    assert min(walk.trips[1], walk.trips[2]) > 20, "both ways were taken"
    await opened.close()


async def race(url: str, workspace: str, *, daemons: int) -> tuple[Counter[str], int]:
    """Return the alerts of each family, and the third trips, after daemons told bursts of copies at once."""
    stores = [await Store.open(url, workspace, clock=ManualClock()) for _ in range(daemons)]
    queue = [f"f{family:03}c{copy:02}" for family in range(FAMILIES) for copy in range(COPIES)]
    again = 0

    async def work(store: Store) -> None:
        """Tell what is left."""
        nonlocal again
        while queue:
            article = an_article(name := queue.pop(0), site=f"{name}.example", text=family_text(name[:4]))
            look = NOTHING_KNOWN
            for trip in itertools.count(1):
                telling = a_telling(article, look)
                answer = await store.alerts.enqueue(telling, look=look, drafts=[a_draft(article, telling.assignment)])
                if not isinstance(answer, Conflict):
                    break
                look = answer.look
                again += trip > 1

    await asyncio.gather(*(work(store) for store in stores))
    alerts = Counter(alert.story[:4] for alert in await stores[0].alerts.list(9999))
    for store in stores:
        await store.close()
    return alerts, again


def family_text(family: str) -> str:
    rng = random.Random(family)
    return " ".join("".join(rng.choices("abcdefghiklmnoprstuvw", k=7)) for _ in range(120))


@pytest.mark.parametrize("daemons", [1, DAEMONS])
async def test_bursts_of_copies_make_one_alert_each_however_many_daemons_tell_them(
    valkey_url: str, workspace: str, daemons: int
) -> None:
    alerts, again = await race(valkey_url, workspace, daemons=daemons)
    assert alerts == {f"f{family:03}": 1 for family in range(FAMILIES)}
    assert again <= (0 if daemons == 1 else 0.2 * FAMILIES * COPIES)
