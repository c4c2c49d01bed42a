"""What every notifier must do, ours and plugins alike, against a real receiver of its kind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from pydantic import BaseModel

from monitor.clock import SystemClock
from monitor.config.channels import ChannelSpec
from monitor.errors import Location
from monitor.fetch.client import Fetcher
from monitor.model import ChannelName
from monitor.notify.notifier import Delivered, Message, Notifier, Permanent, Throttled, Tools, Transient
from monitor.notify.registry import build_channel, check_channel, load_notifier, notifier_kinds
from tests.support.alerts import a_hostile_alert, a_message, a_report, a_source_message, an_alert
from tests.support.notifier_rigs import HAS_IDS, NEVER_REFUSES, RIGS, SECRET, Rig

KINDS = notifier_kinds()
UNSAFE = ("\u202e", "\x1b", "\x07", "\u200f")


@dataclass(frozen=True, slots=True)
class Line:
    """A notifier connected to its receiver."""

    notifier: Notifier
    rig: Rig
    options: BaseModel


@asynccontextmanager
async def connected(kind: str, *, vanished: bool = False) -> AsyncIterator[Line]:
    """Build the notifier as the daemon does: options checked, secrets read."""
    assert kind in RIGS, f"write a rig for {kind} in tests/support/notifier_rigs.py"
    async with (
        RIGS[kind]() as rig,
        Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=10)) as fetcher,
    ):
        if vanished:
            await rig.vanish()
        spec = ChannelSpec(name=ChannelName("desk"), type=kind, options=rig.options, at=Location("monitor.yaml", 3, 3))
        options = check_channel(spec, environ=rig.environ, secrets_dir=None)
        assert isinstance(options, BaseModel), options
        tools = Tools(fetcher=fetcher, clock=SystemClock(), stdout=rig.stdout)
        channel = build_channel(spec, options, tools)
        try:
            yield Line(channel.notifier, rig, options)
        finally:
            await channel.notifier.close()


@pytest.mark.parametrize("kind", KINDS)
def test_it_declares_what_the_deliverer_needs_to_know(kind: str) -> None:
    notifier = load_notifier(kind)
    assert notifier is not None
    assert notifier.kind == kind
    assert issubclass(notifier.Options, BaseModel)
    assert notifier.Options.model_config.get("frozen") is True
    assert 1 <= notifier.max_in_flight <= 100
    assert isinstance(notifier.follows_sources, bool)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_accepted_message_arrives_once_with_headline_source_and_link(kind: str) -> None:
    async with connected(kind) as line:
        assert isinstance(await line.notifier.send(a_message()), Delivered)
        (text,) = line.rig.received()
    assert "Wang Yi urges immediate ceasefire in Gaza" in text
    assert "Demo Wire" in text
    assert "https://news.example.org/world/gaza?id=7&" in text
    assert "minister-ceasefire" in text


@pytest.mark.parametrize("kind", KINDS)
async def test_the_message_says_why(kind: str) -> None:
    async with connected(kind) as line:
        await line.notifier.send(a_message())
        (text,) = line.rig.received()
    assert "called on Tuesday for an immediate" in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("message", "mark"),
    [
        pytest.param(a_message(kind="update"), "update", id="an update"),
        pytest.param(a_source_message(), "source", id="a further source"),
        pytest.param(a_message(an_alert(drill=True)), "not news", id="a drill"),
    ],
)
async def test_every_kind_of_message_is_said_as_what_it_is(kind: str, message: Message, mark: str) -> None:
    async with connected(kind) as line:
        assert isinstance(await line.notifier.send(message), Delivered)
        (text,) = line.rig.received()
    assert mark in text.lower()


@pytest.mark.parametrize("kind", KINDS)
async def test_a_hostile_alert_is_delivered_and_disarmed(kind: str) -> None:
    async with connected(kind) as line:
        assert isinstance(await line.notifier.send(a_message(a_hostile_alert())), Delivered)
        (text,) = line.rig.received()
    assert [char for char in UNSAFE if char in text] == []
    assert "gnp.exe Bcc: x@y.z" in text


@pytest.mark.parametrize("kind", KINDS)
async def test_the_longest_possible_alert_is_delivered(kind: str) -> None:
    long = an_alert(lead=a_report(title="&<>" * 2000, source="<" * 500, url="https://a.example/" + "x" * 8000))
    async with connected(kind) as line:
        assert isinstance(await line.notifier.send(a_message(long)), Delivered)


@pytest.mark.parametrize("kind", KINDS)
async def test_an_alert_with_next_to_nothing_in_it_is_delivered(kind: str) -> None:
    empty = an_alert(
        lead=a_report(title="", url="", source="", site="", published=None), rule_title="", why=(), terms=(), labels={}
    )
    async with connected(kind) as line:
        assert isinstance(await line.notifier.send(a_message(empty)), Delivered)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_failure_that_may_pass_is_transient(kind: str) -> None:
    async with connected(kind) as line:
        line.rig.fail()
        assert isinstance(await line.notifier.send(a_message()), Transient | Throttled)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - NEVER_REFUSES))
async def test_a_refusal_for_good_is_permanent(kind: str) -> None:
    async with connected(kind) as line:
        line.rig.refuse()
        assert isinstance(await line.notifier.send(a_message()), Permanent)
        assert line.rig.received() == []


@pytest.mark.parametrize("kind", KINDS)
async def test_a_receiver_that_is_not_there_is_transient(kind: str) -> None:
    async with connected(kind, vanished=True) as line:
        assert isinstance(await line.notifier.send(a_message()), Transient)


@pytest.mark.parametrize("kind", KINDS)
async def test_no_outcome_and_no_repr_shows_a_secret(kind: str) -> None:
    async with connected(kind) as line:
        outcomes = [await line.notifier.send(a_message())]
        line.rig.fail()
        outcomes.append(await line.notifier.send(a_message()))
        line.rig.refuse()
        outcomes.append(await line.notifier.send(a_message()))
        shown = repr(outcomes) + repr(line.options) + str(line.options) + repr(line.notifier)
    async with connected(kind, vanished=True) as line:
        shown += repr(await line.notifier.send(a_message()))
    assert SECRET not in shown


@pytest.mark.parametrize("kind", sorted(set(KINDS) & HAS_IDS))
async def test_all_attempts_of_a_delivery_carry_one_id(kind: str) -> None:
    async with connected(kind) as line:
        await line.notifier.send(a_message())
        await line.notifier.send(a_message(attempt=1))
        first, second = line.rig.ids()
        await line.notifier.send(a_message(id="another"))
        assert first == second
        assert line.rig.ids()[2] != first


@pytest.mark.parametrize("kind", KINDS)
async def test_several_messages_at_once_all_arrive(kind: str) -> None:
    async with connected(kind) as line:
        messages = [a_message(id=f"d{number}") for number in range(line.notifier.max_in_flight + 2)]
        outcomes = await asyncio.gather(*(line.notifier.send(message) for message in messages))
        assert [type(outcome) for outcome in outcomes] == [Delivered] * len(messages)
        assert len(line.rig.received()) == len(messages)
