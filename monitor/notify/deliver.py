"""Takes deliveries of one channel from the queue, lets the notifier send them, and settles each by its outcome.

Promise: a delivery is settled only after the receiver's answer, so each reaches it at least once; twice only if this
process dies, or the receiver falls silent, between its acceptance and our note of it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar, assert_never

import structlog

from monitor.clock import Clock
from monitor.config.sections import DeliverySettings
from monitor.errors import MonitorError, StoreError
from monitor.model import Alert, ChannelName, Delivery, DeliveryId
from monitor.notify.backoff import backoff
from monitor.notify.compose import compose, span_words
from monitor.notify.notifier import Delivered, Outcome, Permanent, Throttled, Transient
from monitor.notify.registry import Channel
from monitor.text import clean_line

SEND_TIMEOUT = timedelta(seconds=15)  # well under take_over_after, or another consumer would send the same again
DRAIN_TIMEOUT = timedelta(seconds=3)  # for what is in flight when the daemon stops: with BLOCK, under 5 s in all
BLOCK = timedelta(seconds=1)  # one wait for new deliveries; also how late a retry may start
PAUSE = timedelta(seconds=1)  # between tries while the store cannot be reached
LEAST_TRIES = 3  # before a delivery is given up for its age
REASON_LIMIT = 300  # characters kept of a reason

log = structlog.get_logger("monitor.notify")


class Taken(Protocol):
    """A delivery handed to this consumer, with what the store needs to settle it."""

    @property
    def delivery(self) -> Delivery:
        """What is to be sent."""
        ...

    @property
    def alert(self) -> Alert:
        """The alert it speaks of."""
        ...


TakenT = TypeVar("TakenT", bound=Taken)


class Deliveries(Protocol[TakenT]):
    """The queue of deliveries, one stream for each channel. Settling the same thing twice changes nothing."""

    async def take(self, channel: ChannelName, consumer: str, *, count: int, block: timedelta) -> Sequence[TakenT]:
        """Return up to `count` deliveries, waiting up to `block` for the first; dead consumers' ones included."""
        ...

    async def done(self, taken: TakenT) -> object:
        """Note that it was delivered."""
        ...

    async def retry(self, taken: TakenT, *, wait: timedelta, reason: str) -> object:
        """Put it back for after `wait`, one attempt older."""
        ...

    async def bury(self, taken: TakenT, *, reason: str) -> object:
        """Move it to the dead letters."""
        ...

    async def move_due(self, channel: ChannelName) -> object:
        """Make those whose wait is over available to take."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to send, as told to whoever counts."""

    channel: ChannelName
    delivery: Delivery
    outcome: Outcome
    seconds: float


class Deliverer(Generic[TakenT]):
    """Serves one channel until it is told to stop.

    Args:
        channel: whom to serve.
        deliveries: the queue.
        patience: how hard to try.
        clock: time of day and waits.
        rng: the jitter's chance.
        consumer: this process's name in the queue, unique among all daemons.
        on_attempt: told of every attempt, after it is settled.
    """

    def __init__(
        self,
        channel: Channel,
        deliveries: Deliveries[TakenT],
        *,
        patience: DeliverySettings,
        clock: Clock,
        rng: random.Random,
        consumer: str,
        on_attempt: Callable[[Attempt], None] = lambda attempt: None,
    ) -> None:
        self._channel = channel
        self._deliveries = deliveries
        self._patience = patience
        self._clock = clock
        self._rng = rng
        self._consumer = consumer
        self._on_attempt = on_attempt
        self._slots = max(1, min(patience.in_flight, channel.notifier.max_in_flight))
        self._flying: set[asyncio.Task[None]] = set()
        self._in_hand: set[DeliveryId] = set()
        self._quiet_until = 0.0  # monotonic: the receiver asked for patience
        self._failing = False
        self._store_lost = False

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set; then finish what is in flight, for at most 3 s.

        What could not be finished stays in the queue and is taken over by the next daemon.
        """
        stopped = asyncio.ensure_future(stop.wait())
        try:
            while not stop.is_set():
                if not await self._is_free(stopped):
                    continue
                for taken in await self._take(block=BLOCK, stopped=stopped):
                    self._start(taken)
        finally:
            stopped.cancel()
            await self._land()

    async def drain(self) -> int:
        """Deliver what is queued now and return how many attempts that took. Failed ones wait for their retry."""
        attempts = 0
        never: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        try:
            while self._clock.monotonic() >= self._quiet_until:
                batch = await self._take(block=timedelta(milliseconds=1), stopped=never)
                attempts += len(batch)
                for taken in batch:
                    self._start(taken)
                if self._flying:
                    await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
                elif not batch:
                    break
        finally:
            never.cancel()
            await self._land()
        return attempts

    async def _is_free(self, stopped: asyncio.Future[Any]) -> bool:
        """Wait a while for a free slot and for the end of a pause; False if there is still nothing to be done."""
        if len(self._flying) >= self._slots:
            await asyncio.wait([stopped, *self._flying], return_when=asyncio.FIRST_COMPLETED)
            return False
        left = self._quiet_until - self._clock.monotonic()
        if left > 0:
            await asyncio.wait({stopped}, timeout=min(left, BLOCK.total_seconds()))
            return False
        return True

    async def _take(self, *, block: timedelta, stopped: asyncio.Future[Any]) -> Sequence[TakenT]:
        free = self._slots - len(self._flying)
        if free <= 0:
            return ()
        try:
            await self._deliveries.move_due(self._channel.name)
            taken = await self._deliveries.take(self._channel.name, self._consumer, count=free, block=block)
        except StoreError as error:
            # Whoever watches the store says it loudly; here it must not become a line each second.
            (log.debug if self._store_lost else log.warning)(
                "queue_unreachable", channel=self._channel.name, reason=str(error)
            )
            self._store_lost = True
            await asyncio.wait({stopped}, timeout=PAUSE.total_seconds())
            return ()
        self._store_lost = False
        return taken

    def _start(self, taken: TakenT) -> None:
        # After a long outage the queue hands us again what we hold ourselves, sent but not yet noted as sent.
        if taken.delivery.id in self._in_hand:
            return
        task = asyncio.create_task(self._deliver(taken), name=f"deliver-{self._channel.name}")
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _land(self) -> None:
        """Wait for what is in flight, then cut it off: unsettled, it will be taken over."""
        if not self._flying:
            return
        _, late = await asyncio.wait(set(self._flying), timeout=DRAIN_TIMEOUT.total_seconds())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late)

    async def _deliver(self, taken: TakenT) -> None:
        """Send one delivery and settle it. The unit of work: nothing but cancellation leaves it."""
        self._in_hand.add(taken.delivery.id)
        try:
            started = self._clock.monotonic()
            outcome = await self._send(taken)
            seconds = self._clock.monotonic() - started
            # Settled first: an error in what follows must not send a message twice.
            await self._settle(taken, outcome)
            self._on_attempt(
                Attempt(channel=self._channel.name, delivery=taken.delivery, outcome=outcome, seconds=seconds)
            )
        except MonitorError as error:
            log.error("delivery_unsettled", channel=self._channel.name, delivery=taken.delivery.id, reason=str(error))
        except Exception:  # where a unit of work ends: a bug in it is told, and ends nothing else
            log.exception("bug", channel=self._channel.name, delivery=taken.delivery.id)
        finally:
            self._in_hand.discard(taken.delivery.id)

    async def _send(self, taken: TakenT) -> Outcome:
        """Return the notifier's outcome; whatever goes wrong inside it is worth another try."""
        try:
            message = compose(taken.alert, taken.delivery, now=self._clock.now())
            async with asyncio.timeout(SEND_TIMEOUT.total_seconds()):
                answer: object = await self._channel.notifier.send(message)
            if isinstance(answer, Outcome):
                return answer
            # A forgotten return: it may have been sent, and sent again with every try.
            log.error("bug", channel=self._channel.name, delivery=taken.delivery.id, reason=f"answered {answer!r}")
            return Permanent(f"bug in the notifier {self._channel.kind}: it answered {answer!r} and not an Outcome")
        except TimeoutError:
            return Transient(f"no answer within {span_words(SEND_TIMEOUT)}")
        except MonitorError as error:
            return Transient(str(error))
        except Exception as error:  # a plugin may raise anything; its delivery is tried again
            log.exception("bug", channel=self._channel.name, delivery=taken.delivery.id)
            return Transient(f"bug in the notifier {self._channel.kind}: {type(error).__name__}: {error}")

    async def _settle(self, taken: TakenT, outcome: Outcome) -> None:
        match outcome:
            case Delivered():
                self._tell_success(taken.delivery)
                await self._persist(lambda: self._deliveries.done(taken))
            case Throttled(wait, reason):
                wait = max(wait, self._backoff(taken.delivery))
                self._quiet_until = max(self._quiet_until, self._clock.monotonic() + wait.total_seconds())
                await self._try_later(taken, wait=wait, reason=reason or "the receiver asks for patience")
            case Transient(reason):
                await self._try_later(taken, wait=self._backoff(taken.delivery), reason=reason)
            case Permanent(reason, gone):
                await self._bury(taken, reason=reason, gone=gone)
            case _:
                assert_never(outcome)

    def _backoff(self, delivery: Delivery) -> timedelta:
        return backoff(
            delivery.attempt, base=self._patience.base_delay, ceiling=self._patience.max_delay, rng=self._rng
        )

    async def _try_later(self, taken: TakenT, *, wait: timedelta, reason: str) -> None:
        reason = clean_line(reason, REASON_LIMIT)
        # Age alone does not count: a machine that was off for a weekend has not tried yet.
        tries = taken.delivery.attempt + 1
        if tries >= LEAST_TRIES and self._clock.now() - taken.delivery.queued >= self._patience.give_up_after:
            given_up = f"gave up after {span_words(self._patience.give_up_after)}: {reason}"
            await self._bury(taken, reason=given_up, gone=False)
            return
        # One warning when a channel starts to fail; then each delivery only says so to those who listen closely.
        (log.debug if self._failing else log.warning)(
            "delivery_failed",
            channel=self._channel.name,
            alert=taken.alert.id,
            attempt=taken.delivery.attempt + 1,
            reason=reason,
            next_try_seconds=round(wait.total_seconds(), 1),
        )
        self._failing = True
        await self._persist(lambda: self._deliveries.retry(taken, wait=wait, reason=reason))

    async def _bury(self, taken: TakenT, *, reason: str, gone: bool) -> None:
        reason = clean_line(reason, REASON_LIMIT)
        self._failing = True
        log.error(
            "channel_gone" if gone else "delivery_dead",
            channel=self._channel.name,
            alert=taken.alert.id,
            attempt=taken.delivery.attempt + 1,
            reason=reason,
            next_step="mend the channel, then: monitor deliveries retry",
        )
        await self._persist(lambda: self._deliveries.bury(taken, reason=reason))

    def _tell_success(self, delivery: Delivery) -> None:
        log.debug(
            "delivered",
            channel=self._channel.name,
            alert=delivery.alert,
            delivery=delivery.id,
            attempt=delivery.attempt + 1,
        )
        if self._failing:
            self._failing = False
            log.info("channel_recovered", channel=self._channel.name)

    async def _persist(self, note: Callable[[], Awaitable[object]]) -> None:
        """Write an outcome down, however long the store is away: a forgotten "delivered" is a second message."""
        while True:
            try:
                await note()
            except StoreError as error:
                log.debug("outcome_not_noted", channel=self._channel.name, reason=str(error))
                await asyncio.sleep(PAUSE.total_seconds())
            else:
                return
