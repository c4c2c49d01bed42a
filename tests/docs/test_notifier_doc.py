"""The example in docs/writing-a-notifier.md is run as it stands."""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import AsyncIterator
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType
from typing import Any, cast

import pytest
import yaml
from pydantic import BaseModel

from monitor.clock import SystemClock
from monitor.config.channels import ChannelSpec
from monitor.fetch.client import Fetcher
from monitor.model import ChannelName
from monitor.notify import registry
from monitor.notify.notifier import Delivered, Notifier, Permanent, Throttled, Tools
from tests.support.alerts import a_hostile_alert, a_message
from tests.support.publisher import Publisher

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-notifier.md"


def block(language: str) -> str:
    """Return the page's first code block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The example as a module, announced as the page says."""
    loaded = ModuleType("monitor.notify.mattermost")
    monkeypatch.setitem(__import__("sys").modules, loaded.__name__, loaded)
    exec(compile(block("python"), str(PAGE), "exec"), loaded.__dict__)  # our own page
    entries = tomllib.loads(block("toml"))["project"]["entry-points"]["monitor.notifiers"]
    announced = [EntryPoint(name, value, registry.GROUP) for name, value in entries.items()]
    monkeypatch.setattr(registry, "entry_points", lambda group: announced)
    return loaded


@pytest.fixture
async def receiver() -> AsyncIterator[Publisher]:
    async with Publisher() as site:
        site.serve("/hooks/T0PS3CRET", b"ok")
        yield site


@pytest.fixture
async def notifier(module: ModuleType, receiver: Publisher) -> AsyncIterator[Notifier]:
    """The example, built from the page's own YAML."""
    ((name, written),) = yaml.safe_load(block("yaml"))["channels"].items()
    kind = written.pop("type")
    spec = ChannelSpec(name=ChannelName(name), type=kind, options=written)
    options = registry.check_channel(
        spec, environ={"MATTERMOST_DESK": receiver.url("/hooks/T0PS3CRET")}, secrets_dir=None
    )
    assert isinstance(options, BaseModel), options
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=10)) as fetcher:
        tools = Tools(fetcher=fetcher, clock=SystemClock(), stdout=io.StringIO())
        channel = registry.build_channel(spec, options, tools)
        yield channel.notifier
        await channel.notifier.close()


async def test_the_example_delivers(notifier: Notifier, receiver: Publisher) -> None:
    assert await notifier.send(a_message()) == Delivered("HTTP 200")
    (hit,) = receiver.hits
    document = json.loads(hit.body)
    assert document["username"] == "monitor"
    assert document["text"].splitlines()[2] == (
        "[Wang Yi urges immediate ceasefire in Gaza](<https://news.example.org/world/gaza?id=7&page=1>) "
        "(news.example.org)"
    )
    assert "called on Tuesday for an immediate **ceasefire** in **Gaza** & aid" in document["text"]


async def test_the_example_disarms_a_hostile_headline(notifier: Notifier, receiver: Publisher) -> None:
    await notifier.send(a_message(a_hostile_alert()))
    (hit,) = receiver.hits
    text = json.loads(hit.body)["text"]
    assert "@everyone" not in text
    assert "](https" not in text
    assert r"\[click\]\(https\://evil.example\)" in text


async def test_the_example_obeys_and_gives_up_as_the_page_says(notifier: Notifier, receiver: Publisher) -> None:
    receiver.serve("/hooks/T0PS3CRET", b"", status=429, headers={"Retry-After": "7"})
    assert await notifier.send(a_message()) == Throttled(timedelta(seconds=7), "HTTP 429")
    receiver.serve("/hooks/T0PS3CRET", b"", status=404)
    assert await notifier.send(a_message()) == Permanent("HTTP 404", gone=True)


def test_the_example_keeps_its_secret(module: ModuleType) -> None:
    options = cast("Any", module).MattermostOptions(url="https://chat.example/hooks/T0PS3CRET")
    assert "T0PS3CRET" not in repr(options)
