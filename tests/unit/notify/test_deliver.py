from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel
from structlog.testing import capture_logs

from monitor.config.sections import DeliverySettings
from monitor.errors import StoreUnavailable
from monitor.model import ChannelName, DeliveryId
from monitor.notify import deliver
from monitor.notify.deliver import Attempt, Deliverer
from monitor.notify.notifier import Delivered, Message, Outcome, Permanent, Throttled, Transient
from monitor.notify.registry import Channel
from tests.support.alerts import CREATED, a_delivery, an_alert
from tests.support.clock import ManualClock
from tests.support.deliveries import MemoryDeliveries, MemoryTaken

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


class Scripted:
    """A notifier that answers as the test says; records what it was asked to send."""

    kind: ClassVar[str] = "scripted"
    Options: ClassVar[type[BaseModel]] = BaseModel
    follows_sources: ClassVar[bool] = False
    max_in_flight: ClassVar[int] = 3

    def __init__(self, *answers: Outcome | BaseException | Callable[[], Any]) -> None:
        self._answers = list(answers)
        self.sent: list[Message] = []
        self.now_flying = 0
        self.most_flying = 0

    async def send(self, message: Message) -> Outcome:
        self.sent.append(message)
        self.now_flying += 1
        self.most_flying = max(self.most_flying, self.now_flying)
        try:
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            if isinstance(answer, BaseException):
                raise answer
            result: Outcome = await answer() if callable(answer) else answer
            return result
        finally:
            self.now_flying -= 1

    async def close(self) -> None:
        pass


def taken(number: int = 1, **changes: Any) -> MemoryTaken:
    return MemoryTaken(delivery=a_delivery(id=DeliveryId(f"d{number}"), **changes), alert=an_alert())


class Setup:
    """A deliverer with its surroundings."""

    def __init__(self, *answers: Outcome | BaseException | Callable[[], Any], in_flight: int = 2) -> None:
        self.clock = ManualClock()
        self.queue = MemoryDeliveries(self.clock)
        self.notifier = Scripted(*answers)
        self.attempts: list[Attempt] = []
        notifier: Any = self.notifier
        self.deliverer = Deliverer(
            Channel(name=ChannelName("desk"), kind="scripted", notifier=notifier, follows_sources=False),
            self.queue,
            patience=DeliverySettings(in_flight=in_flight),
            clock=self.clock,
            rng=random.Random(1),
            consumer="test",
            on_attempt=self.attempts.append,
        )


async def test_a_delivered_message_is_settled_as_done() -> None:
    setup = Setup(Delivered("ok"))
    setup.queue.put(taken(1), taken(2))
    assert await setup.deliverer.drain() == 2
    assert setup.queue.finished == ["d1", "d2"]
    assert [message.id for message in setup.notifier.sent] == ["d1", "d2"]
    assert [attempt.outcome for attempt in setup.attempts] == [Delivered("ok"), Delivered("ok")]


async def test_a_transient_failure_waits_at_most_the_base_delay_at_first() -> None:
    setup = Setup(Transient("HTTP 500"))
    setup.queue.put(taken())
    await setup.deliverer.drain()
    ((delivery, wait, reason),) = setup.queue.retried
    assert (delivery, reason) == ("d1", "HTTP 500")
    assert timedelta(0) <= wait <= timedelta(seconds=5)


async def test_a_delayed_message_is_sent_when_its_time_has_come() -> None:
    setup = Setup(Transient("HTTP 500"), Delivered())
    setup.queue.put(taken())
    await setup.deliverer.drain()
    setup.clock.advance(timedelta(seconds=5))
    await setup.deliverer.drain()
    assert setup.queue.finished == ["d1"]


async def test_a_receiver_that_asks_for_patience_gets_exactly_that() -> None:
    setup = Setup(Throttled(HOUR, "HTTP 429"), Delivered())
    setup.queue.put(taken(1))
    await setup.deliverer.drain()
    assert setup.queue.retried == [("d1", HOUR, "HTTP 429")]


async def test_the_whole_channel_is_quiet_while_the_receiver_asks_for_patience() -> None:
    setup = Setup(Throttled(HOUR, "HTTP 429"), Delivered(), in_flight=1)
    setup.queue.put(taken(1), taken(2))
    assert await setup.deliverer.drain() == 1
    assert await setup.deliverer.drain() == 0
    setup.clock.advance(HOUR)
    assert await setup.deliverer.drain() == 2
    assert sorted(setup.queue.finished) == ["d1", "d2"]


async def test_a_permanent_failure_becomes_a_dead_letter_with_its_reason() -> None:
    setup = Setup(Permanent("HTTP 400: no_text"))
    setup.queue.put(taken())
    await setup.deliverer.drain()
    assert setup.queue.dead == [("d1", "HTTP 400: no_text")]


async def test_a_destination_that_is_gone_is_told_loudly() -> None:
    setup = Setup(Permanent("HTTP 404", gone=True))
    setup.queue.put(taken())
    with capture_logs() as logs:
        await setup.deliverer.drain()
    assert [(entry["event"], entry["log_level"], entry["channel"]) for entry in logs] == [
        ("channel_gone", "error", "desk")
    ]


async def test_after_a_day_of_failures_a_delivery_is_given_up() -> None:
    setup = Setup(Transient("connection refused"))
    setup.queue.put(taken(queued=CREATED - timedelta(hours=24), attempt=99))
    await setup.deliverer.drain()
    assert setup.queue.dead == [("d1", "gave up after 24 h: connection refused")]


async def test_just_before_that_it_is_still_tried() -> None:
    setup = Setup(Transient("connection refused"))
    setup.queue.put(taken(queued=CREATED - timedelta(hours=23, minutes=59), attempt=99))
    await setup.deliverer.drain()
    assert setup.queue.dead == []
    ((_, wait, _),) = setup.queue.retried
    assert timedelta(0) <= wait <= timedelta(minutes=15)


async def test_age_alone_gives_nothing_up() -> None:
    setup = Setup(Transient("connection refused"))
    setup.queue.put(taken(queued=CREATED - timedelta(days=3), attempt=0))
    await setup.deliverer.drain()
    assert setup.queue.dead == []


async def test_a_notifier_that_forgets_its_answer_is_not_asked_again() -> None:
    async def forgetful() -> None:
        return None

    setup = Setup(forgetful)
    setup.queue.put(taken())
    with capture_logs() as logs:
        await setup.deliverer.drain()
    assert setup.queue.dead == [("d1", "bug in the notifier scripted: it answered None and not an Outcome")]
    assert logs[0]["event"] == "bug"


async def test_a_bug_in_a_notifier_is_logged_and_tried_again() -> None:
    setup = Setup(KeyError("oops"), Delivered())
    setup.queue.put(taken(1), taken(2))
    with capture_logs() as logs:
        await setup.deliverer.drain()
    assert [(delivery, reason) for delivery, _, reason in setup.queue.retried] == [
        ("d1", "bug in the notifier scripted: KeyError: 'oops'")
    ]
    assert setup.queue.finished == ["d2"]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["bug"]


async def test_a_notifier_that_hangs_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "SEND_TIMEOUT", timedelta(milliseconds=20))
    setup = Setup(lambda: asyncio.Event().wait())
    setup.queue.put(taken())
    await setup.deliverer.drain()
    assert [reason for _, _, reason in setup.queue.retried] == ["no answer within 0 s"]


async def test_no_more_are_in_flight_than_allowed() -> None:
    gate = asyncio.Event()

    async def wait() -> Outcome:
        if setup.notifier.now_flying == 3:
            gate.set()
        await gate.wait()
        return Delivered()

    setup = Setup(wait, in_flight=10)
    setup.queue.put(*(taken(number) for number in range(8)))
    assert await asyncio.wait_for(setup.deliverer.drain(), 5) == 8
    assert setup.notifier.most_flying == 3
    assert len(setup.queue.finished) == 8


async def test_one_warning_when_a_channel_starts_to_fail_and_one_line_when_it_recovers() -> None:
    setup = Setup(Transient("down"), Transient("down"), Delivered(), in_flight=1)
    setup.queue.put(taken(1), taken(2), taken(3), taken(4))
    with capture_logs() as logs:
        await setup.deliverer.drain()
    told = [(entry["event"], entry["log_level"]) for entry in logs if entry["log_level"] != "debug"]
    assert told == [("delivery_failed", "warning"), ("channel_recovered", "info")]


async def test_running_delivers_until_told_to_stop() -> None:
    setup = Setup(Delivered())
    stop = asyncio.Event()
    running = asyncio.create_task(setup.deliverer.run(stop))
    setup.queue.put(taken(1))
    await setup.queue.wait_until(lambda: setup.queue.finished == ["d1"])
    setup.queue.put(taken(2))
    await setup.queue.wait_until(lambda: setup.queue.finished == ["d1", "d2"])
    stop.set()
    await asyncio.wait_for(running, 2)


async def test_stopping_lets_what_is_in_flight_finish() -> None:
    gate, stop = asyncio.Event(), asyncio.Event()

    async def wait() -> Outcome:
        stop.set()
        await gate.wait()
        return Delivered()

    setup = Setup(wait)
    setup.queue.put(taken())
    running = asyncio.create_task(setup.deliverer.run(stop))
    await stop.wait()
    gate.set()
    await asyncio.wait_for(running, 2)
    assert setup.queue.finished == ["d1"]


async def test_what_cannot_finish_in_time_is_left_for_the_next_daemon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "DRAIN_TIMEOUT", timedelta(milliseconds=20))
    stop = asyncio.Event()

    async def hang() -> Outcome:
        stop.set()
        await asyncio.Event().wait()
        return Delivered()

    setup = Setup(hang)
    setup.queue.put(taken())
    await asyncio.wait_for(setup.deliverer.run(stop), 2)
    assert list(setup.queue.pending) == ["d1"]
    assert setup.queue.finished + [each for each, *_ in setup.queue.retried + setup.queue.dead] == []


async def test_a_store_that_goes_away_is_warned_of_once_and_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deliver, "PAUSE", timedelta(milliseconds=1))
    setup = Setup(Delivered())
    setup.queue.away = True
    stop = asyncio.Event()
    with capture_logs() as logs:
        running = asyncio.create_task(setup.deliverer.run(stop))
        await setup.queue.wait_until(lambda: setup.queue.calls > 5)
        setup.queue.away = False
        setup.queue.put(taken())
        await setup.queue.wait_until(lambda: setup.queue.finished == ["d1"])
        stop.set()
        await asyncio.wait_for(running, 2)
    assert [entry["event"] for entry in logs if entry["log_level"] == "warning"] == ["queue_unreachable"]


async def test_a_message_that_was_accepted_is_not_sent_again_because_the_store_was_away(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(deliver, "PAUSE", timedelta(milliseconds=1))

    async def accept() -> Outcome:
        setup.queue.away = True
        return Delivered()

    setup = Setup(accept)
    setup.queue.put(taken())
    draining = asyncio.create_task(setup.deliverer.drain())
    await setup.queue.wait_until(lambda: setup.queue.away and setup.queue.calls > 6)
    setup.queue.away = False
    await asyncio.wait_for(draining, 2)
    assert setup.queue.finished == ["d1"]
    assert len(setup.notifier.sent) == 1


async def test_an_error_of_ours_inside_a_notifier_is_told_in_its_own_words() -> None:
    setup = Setup(StoreUnavailable("the store cannot be reached"))
    setup.queue.put(taken())
    await setup.deliverer.drain()
    assert [reason for _, _, reason in setup.queue.retried] == ["the store cannot be reached"]


async def test_an_error_in_whoever_counts_sends_nothing_twice() -> None:
    setup = Setup(Delivered())

    def explode(attempt: Attempt) -> None:
        raise RuntimeError("no metrics today")

    setup.deliverer._on_attempt = explode
    setup.queue.put(taken())
    with capture_logs() as logs:
        await setup.deliverer.drain()
    assert setup.queue.finished == ["d1"]
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["bug"]


async def test_what_the_queue_hands_out_again_while_we_hold_it_is_not_sent_again() -> None:
    # After a long outage of the store the queue takes us for a dead reader, whose work is to be redone.
    answered = asyncio.Event()

    async def wait() -> Outcome:
        await answered.wait()
        return Delivered()

    setup = Setup(wait)
    setup.queue.put(taken(1))
    stop = asyncio.Event()
    running = asyncio.create_task(setup.deliverer.run(stop))
    await setup.queue.wait_until(lambda: bool(setup.queue.pending))
    setup.queue.put(taken(1))
    await setup.queue.wait_until(lambda: not setup.queue.waiting)
    calls = setup.queue.calls
    await setup.queue.wait_until(lambda: setup.queue.calls > calls + 2)
    answered.set()
    await setup.queue.wait_until(lambda: setup.queue.finished == ["d1"])
    stop.set()
    await running
    assert [message.id for message in setup.notifier.sent] == ["d1"]
