"""docs/channels.md names every option, and its messages are those that are really sent."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from monitor.config.channels import ChannelSpec
from monitor.model import ChannelName
from monitor.notify.console import block
from monitor.notify.registry import check_channel, load_notifier, notifier_kinds
from monitor.notify.signing import signed_headers, signing_key
from monitor.notify.webhook import document
from tests.support.alerts import CREATED, a_message, a_source_message, an_update_message

PAGE = (Path(__file__).parents[2] / "docs" / "channels.md").read_text(encoding="utf-8")


MESSAGES = (a_message(), a_source_message(), an_update_message())


def section(kind: str) -> str:
    """Return the part of the page on one kind of channel."""
    return PAGE.split(f"\n## {kind}\n")[1].split("\n## ")[0]


def blocks(language: str, text: str = PAGE) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def option_names(model: type[BaseModel], prefix: str = "") -> list[str]:
    names: list[str] = []
    for name, field in model.model_fields.items():
        path = prefix + (field.alias or name)
        inner: Any = field.annotation
        nested = isinstance(inner, type) and issubclass(inner, BaseModel)
        names += option_names(inner, f"{path}.") if nested else [path]
    return names


@pytest.mark.parametrize("kind", notifier_kinds())
def test_every_option_has_a_row(kind: str) -> None:
    notifier = load_notifier(kind)
    assert notifier is not None
    rows = [line for line in section(kind).splitlines() if line.startswith("| `")]
    assert [name for name in option_names(notifier.Options) if not any(f"`{name}`" in row for row in rows)] == []


def test_the_example_channels_are_accepted() -> None:
    channels: dict[str, dict[str, Any]] = yaml.safe_load(blocks("yaml")[0])["channels"]
    environ = {"SLACK_DESK": "https://hooks.slack.example/x", "OPS_SECRET": "whsec_YWJjZGVmZ2hpamts", "SMTP": "x"}
    channels["mail"]["smtp"]["password"] = "env:SMTP"
    for name, options in channels.items():
        kind = options.pop("type")
        spec = ChannelSpec(name=ChannelName(name), type=kind, options=options)
        assert isinstance(check_channel(spec, environ=environ, secrets_dir=None), BaseModel)


def test_the_console_blocks_are_what_is_printed() -> None:
    printed = "".join(block(message, zone=UTC, color=False, width=100) for message in MESSAGES)
    assert blocks("text", section("console")) == [printed.rstrip("\n") + "\n"]


def test_the_mail_text_is_what_is_sent() -> None:
    assert blocks("text", section("email")) == [a_message().text + "\n"]


def test_the_json_is_what_is_posted() -> None:
    assert json.loads(blocks("json", section("webhook"))[0]) == document(a_message(), at=CREATED)


def test_the_receiver_in_the_page_verifies(capsys: pytest.CaptureFixture[str]) -> None:
    scope: dict[str, Any] = {}
    exec(blocks("python", section("webhook"))[0], scope)  # our own page
    secret = re.findall(r"whsec_[A-Za-z0-9+/=]+", blocks("python", section("webhook"))[0])[0]
    now = datetime.now(UTC)
    body = json.dumps(document(a_message(), at=now)).encode()
    scope["receive"](body, signed_headers(signing_key(secret), id="d1", at=now, body=body))
    assert capsys.readouterr().out == "alert.new Wang Yi urges immediate ceasefire in Gaza\n"
