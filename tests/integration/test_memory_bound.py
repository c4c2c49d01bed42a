"""The bound on what is remembered: reached, texts are remembered for less time, what is stored already too."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
import structlog

from monitor.model import StoryId
from monitor.remembered import NOTHING_KNOWN, Story
from monitor.store.connect import connect
from monitor.store.keys import COPY_LIFETIME, SLOT
from monitor.store.memory import SHORTEST, Sizes, fitting_window
from monitor.store.store import Store
from monitor.store.volume import unix_ms
from tests.support.clock import ManualClock
from tests.support.store import HOUR, NOON, a_telling, an_article, look_for

DAY = timedelta(days=1)
MANY = 10**9


def sizes(*, window: timedelta = COPY_LIFETIME, ages: dict[timedelta, int]) -> Sizes:
    slots = {unix_ms(NOON - age) // (SLOT // timedelta(milliseconds=1)): size for age, size in ages.items()}
    return Sizes(texts=dict.fromkeys(slots, 1), bytes=slots, window=window)


@pytest.mark.parametrize(
    ("stands", "fits"),
    [
        pytest.param(sizes(ages={}), COPY_LIFETIME, id="nothing is remembered"),
        pytest.param(sizes(ages={DAY: 99, 5 * DAY: 1}), COPY_LIFETIME, id="just full"),
        pytest.param(sizes(ages={DAY: 99, 5 * DAY: 2}), COPY_LIFETIME / 2, id="half of the time fits"),
        pytest.param(sizes(ages={DAY: 99, 2 * DAY: 2, 5 * DAY: 9}), COPY_LIFETIME / 4, id="a quarter fits"),
        pytest.param(sizes(ages={HOUR: 200}), SHORTEST, id="never less than six hours"),
        pytest.param(sizes(window=2 * DAY, ages={DAY: 45}), 4 * DAY, id="less than half is used"),
        pytest.param(sizes(window=2 * DAY, ages={DAY: 46}), 2 * DAY, id="twice as long would be too tight"),
        pytest.param(sizes(window=5 * DAY, ages={DAY: 1}), COPY_LIFETIME, id="never longer than a week"),
        pytest.param(sizes(window=3 * DAY, ages={DAY: 9, 5 * DAY: 99}), 3 * DAY, id="what was forgotten would not fit"),
    ],
)
def test_the_window_is_as_long_as_fits(stands: Sizes, fits: timedelta) -> None:
    assert fitting_window(stands, 100, NOON) == fits


def text_of(number: int) -> str:
    rng = random.Random(number)
    return " ".join("".join(rng.choices("abcdefghiklmnoprstuvw", k=7)) for _ in range(120))


async def tell(store: Store, clock: ManualClock, number: int) -> None:
    article = an_article(f"n{number}", site=f"{number}.example", text=text_of(number), seen=clock.now())
    heavy = [(1000 * number + term, 0.1) for term in range(3)]
    story = Story(id=StoryId(article.id), centroid=dict(heavy), texts=1, first=clock.now(), last=clock.now())
    telling = a_telling(article, story=story, heavy=heavy)
    assert await store.alerts.enqueue(telling, look=NOTHING_KNOWN, drafts=[]) == ()


async def count_keys(store: Store, kind: str) -> int:
    pattern = store.stories._keys.copies.replace("copies:", f"{kind}:*")
    return int(await store.stories._connection.call("EVAL", "return #redis.call('KEYS', ARGV[1])", 0, pattern))


async def test_with_the_bound_reached_older_texts_are_forgotten_and_the_log_says_so_once(
    store: Store, clock: ManualClock
) -> None:
    for number in range(7):
        await tell(store, clock, number)
        clock.advance(DAY)
    standing = await store.memory.standing()
    assert (standing.texts, standing.window, standing.is_shortened) == (7, COPY_LIFETIME, False)
    with structlog.testing.capture_logs() as logged:
        assert await store.memory.keep_within(MANY) == standing
        standing = await store.memory.keep_within(standing.bytes - 1)
        assert (standing.texts, standing.window, standing.is_shortened) == (3, COPY_LIFETIME / 2, True)
        assert await store.memory.keep_within(standing.bytes) == standing
    assert [(line["event"], line["remembered_for"]) for line in logged] == [("memory_bound_reached", "84h")]
    assert [await count_keys(store, kind) for kind in ("copies", "story", "addresses")] == [3, 2, 7]
    look = await look_for(store, an_article("n6", site="6.example", text=text_of(6)))
    assert [copy.id for copy in look.copies] == ["n6"]
    look = await look_for(store, an_article("x", site="0.example", text=text_of(0)))
    assert (look.copies, look.by_address) == ((), None)


async def test_with_room_again_texts_are_remembered_for_longer(store: Store, clock: ManualClock) -> None:
    for number in range(4):
        await tell(store, clock, number)
    assert (await store.memory.keep_within(1)).window == SHORTEST
    clock.advance(DAY)
    for days in (0.5, 1, 2, 4, 7, 7):
        assert (await store.memory.keep_within(MANY)).window == days * DAY
    await tell(store, clock, 9)
    clock.advance(6 * DAY)
    look = await look_for(store, an_article("x", site="x.example", text=text_of(9)))
    assert [copy.id for copy in look.copies] == ["n9"]


async def test_the_index_of_what_is_forgotten_is_emptied(store: Store, clock: ManualClock) -> None:
    await tell(store, clock, 1)
    assert await count_keys(store, "probes") > 10
    clock.advance(COPY_LIFETIME)
    await tell(store, clock, 2)
    clock.advance(COPY_LIFETIME)
    await tell(store, clock, 3)
    await store.memory.keep_within(MANY)
    assert await count_keys(store, "probes:1") == 0
    assert await count_keys(store, "probes:2") > 10


async def test_another_daemon_goes_on_where_one_was_killed(
    valkey_url: str, workspace: str, store: Store, clock: ManualClock
) -> None:
    for number in range(4):
        await tell(store, clock, number)
        clock.advance(2 * DAY)
    connection = await connect(valkey_url)
    key = f"{{{workspace}}}:remembered"
    # One that set the window and died at its first step, just now.
    ms = int(SHORTEST.total_seconds() * 1000)
    await connection.call("HSET", key, "window", ms, "shortening", unix_ms(clock.now()))
    await store.memory.keep_within(1)
    assert await count_keys(store, "copies") == 4
    clock.advance(timedelta(minutes=1))
    await store.memory.keep_within(1)
    assert await count_keys(store, "copies") == 0
    assert await connection.call("HEXISTS", key, "shortening") == 0
    await connection.close()


async def test_the_estimate_is_near_the_memory_that_a_real_server_uses(store: Store, clock: ManualClock) -> None:
    connection = store.stories._connection
    before = (await store.info()).used_memory_bytes
    for number in range(1500):
        await tell(store, clock, 10_000 + number)
    used = (await store.info()).used_memory_bytes - before
    estimated = (await store.memory.standing()).bytes
    assert await connection.call("PING") == "PONG"
    assert 0.6 * used < estimated < 1.6 * used
