"""`monitor channels`: list and test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.command_line import NOTHING_LISTENS, monitor
from tests.support.daemon import write_settings
from tests.support.publisher import Publisher
from tests.support.receivers import Hook, Mailbox


@pytest.fixture
async def receiver() -> AsyncIterator[Publisher]:
    async with Publisher() as publisher:
        yield publisher


async def test_without_settings_there_is_the_terminal(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "channels", "list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "NAME    TYPE     WRITTEN AT\nscreen  console  (built in)\n"


async def test_channels_are_listed_with_their_places_and_without_their_secrets(tmp_path: Path) -> None:
    (tmp_path / "monitor.yaml").write_text(
        "channels:\n  screen: {type: console}\n  desk: {type: slack, url: env:SLACK_DESK}\n"
    )
    ran = await monitor(tmp_path, "channels", "list", "--json", SLACK_DESK="https://hooks.slack.example/hunter2")
    assert (ran.code, ran.err) == (0, "")
    assert ran.records == [
        {"name": "screen", "type": "console", "origin": "monitor.yaml:2:3"},
        {"name": "desk", "type": "slack", "origin": "monitor.yaml:3:3"},
    ]


async def test_a_drill_is_marked_and_its_answer_told(tmp_path: Path, receiver: Publisher) -> None:
    hook = Hook(receiver)
    write_settings(tmp_path, channels={"ops": {"type": "webhook", "url": hook.url}})
    ran = await monitor(tmp_path, "channels", "test", "ops", "--json", MONITOR_REDIS_URL=NOTHING_LISTENS)
    assert (ran.code, ran.err) == (0, "")
    (record,) = ran.records
    assert list(record) == ["channel", "result", "detail", "seconds"]
    assert (record["channel"], record["result"]) == ("ops", "delivered")
    assert hook.accepted[0]["type"] == "alert.drill"
    assert not (tmp_path / "var").exists()
    ran = await monitor(tmp_path, "channels", "test", "ops")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("ops: delivered in ")
    assert len(set(hook.ids)) == 2


async def test_a_mail_is_a_mail(tmp_path: Path) -> None:
    async with Mailbox() as mailbox:
        smtp = {"host": "127.0.0.1", "port": mailbox.port, "security": "none"}
        write_settings(tmp_path, channels={"mail": {"type": "email", "to": ["desk@example.org"], "smtp": smtp}})
        ran = await monitor(tmp_path, "channels", "test", "mail")
    assert ran.code == 0
    assert "test" in mailbox.messages[0]["Subject"].lower()


async def test_the_terminal_shows_the_drill(tmp_path: Path) -> None:
    ran = await monitor(tmp_path, "channels", "test", "screen")
    assert ran.code == 0
    assert "[matched words]" in ran.out
    ran = await monitor(tmp_path, "channels", "test", "screen", "--json")
    assert (ran.code, len(ran.records)) == (0, 1)
    assert "[matched words]" in ran.err


@pytest.mark.parametrize(
    ("status", "result"),
    [
        pytest.param(500, "transient", id="an error that may pass"),
        pytest.param(429, "throttled", id="too many requests"),
        pytest.param(404, "permanent", id="a webhook that is gone"),
        pytest.param(302, "permanent", id="a redirect"),
    ],
)
async def test_a_refusal_is_told_with_exit_1(tmp_path: Path, receiver: Publisher, status: int, result: str) -> None:
    receiver.serve("/hook", "no", status=status, headers={"Location": "/elsewhere"})
    write_settings(tmp_path, channels={"ops": {"type": "webhook", "url": receiver.url("/hook")}})
    ran = await monitor(tmp_path, "channels", "test", "ops", "--json")
    assert (ran.code, ran.records[0]["result"]) == (1, result)
    assert str(status) in ran.records[0]["detail"]
    assert receiver.hits_on("/elsewhere") == []


async def test_nobody_there_is_told_with_exit_1(tmp_path: Path) -> None:
    write_settings(tmp_path, channels={"ops": {"type": "webhook", "url": "http://127.0.0.1:9/secret-path"}})
    ran = await monitor(tmp_path, "channels", "test", "ops")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("ops: transient in ")
    assert "secret-path" not in ran.err


async def test_an_unknown_channel_names_the_nearest(tmp_path: Path) -> None:
    write_settings(tmp_path, channels={"desk": {"type": "console"}})
    ran = await monitor(tmp_path, "channels", "test", "dsek")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown channel 'dsek'; did you mean \"desk\"?" in ran.err


async def test_another_channels_mistake_does_not_hinder_a_test(tmp_path: Path) -> None:
    write_settings(tmp_path, channels={"good": {"type": "console"}, "bad": {"type": "slack", "url": "env:NOT_SET"}})
    assert (await monitor(tmp_path, "channels", "test", "good")).code == 0
    ran = await monitor(tmp_path, "channels", "test", "bad")
    assert (ran.code, ran.out) == (2, "")
    assert 'the environment variable "NOT_SET" is not set' in ran.err
