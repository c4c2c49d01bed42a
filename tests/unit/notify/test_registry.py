from __future__ import annotations

import io
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel

import monitor.notify
from monitor.config.channels import ChannelSpec, read_channels
from monitor.config.yaml_marks import Mapping, read_yaml
from monitor.errors import Location, Problem
from monitor.model import ChannelName
from monitor.notify.notifier import Tools
from monitor.notify.registry import build_channel, check_channel, load_notifier, notifier_kinds
from monitor.notify.webhook import WebhookOptions
from tests.support.clock import ManualClock

WHERE = "Where to POST; the answer must be 2xx. Redirects are not followed."
WAY = "set it where the daemon starts, or name a file of it in NOWHERE_FILE"
ENVIRON = {"DESK": "https://hooks.slack.example/services/T0PS3CRET", "KEY": "whsec_YWJjZGVmZ2hpamtsbW5vcA=="}


def spec(kind: str, options: dict[str, object], **option_at: Location) -> ChannelSpec:
    return ChannelSpec(
        name=ChannelName("desk"), type=kind, options=options, at=Location("monitor.yaml", 2, 3), option_at=option_at
    )


def checked(kind: str, options: dict[str, object]) -> BaseModel | list[Problem]:
    return check_channel(spec(kind, options), environ=ENVIRON, secrets_dir=None)


def problems(kind: str, options: dict[str, object]) -> list[str]:
    found = checked(kind, options)
    assert isinstance(found, list)
    return [f"{problem.message} | {problem.hint}" for problem in found]


def test_our_four_kinds_are_known() -> None:
    assert {"console", "email", "slack", "webhook"} <= set(notifier_kinds())


@pytest.mark.parametrize("kind", ["console", "email", "slack", "webhook"])
def test_a_notifier_is_found_by_its_own_kind(kind: str) -> None:
    notifier = load_notifier(kind)
    assert notifier is not None
    assert notifier.kind == kind


def test_every_file_with_a_notifier_has_an_entry_point() -> None:
    folder = Path(str(monitor.notify.__file__)).parent
    with_notifier = {
        path.stem for path in folder.glob("*.py") if "kind: ClassVar[str] =" in path.read_text(encoding="utf-8")
    }
    assert with_notifier == {kind for kind in notifier_kinds() if (folder / f"{kind}.py").exists()}


def test_every_option_is_described_and_unknown_ones_are_refused() -> None:
    models: list[Any] = [notifier.Options for kind in notifier_kinds() if (notifier := load_notifier(kind))]
    for model in models:
        assert model.model_config["extra"] == "forbid"
        assert [name for name, field in model.model_fields.items() if not field.description] == []


def test_secrets_are_read_where_the_notifier_wants_them() -> None:
    options = checked(
        "webhook", {"url": "https://example.org/hook", "secret": "env:KEY", "headers": {"X-Key": "env:KEY"}}
    )
    assert isinstance(options, WebhookOptions)
    assert options.secret is not None
    assert options.secret.get_secret_value() == ENVIRON["KEY"]
    assert options.headers["X-Key"].get_secret_value() == ENVIRON["KEY"]
    assert options.url.get_secret_value() == "https://example.org/hook"


def test_an_address_that_may_stand_plain_may_also_be_a_reference() -> None:
    options = checked("webhook", {"url": "env:DESK"})
    assert isinstance(options, WebhookOptions)
    assert options.url.get_secret_value() == ENVIRON["DESK"]


def test_a_secret_in_a_nested_option_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text("hunter2\n")
    smtp = {"host": "mail.example.org", "user": "me", "password": f"file:{tmp_path / 'smtp'}"}
    options: Any = checked("email", {"to": ["a@b.example"], "smtp": smtp})
    assert options.smtp.password.get_secret_value() == "hunter2"


def test_a_relative_path_starts_at_the_folder_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-")
    options = {"to": "a@b.example", "smtp": {"host": "mail.example.org", "ca_file": "ca.pem"}}
    written = ChannelSpec(name=ChannelName("mail"), type="email", options=options, base=tmp_path)
    found: Any = check_channel(written, environ={}, secrets_dir=None)
    assert found.smtp.ca_file == tmp_path / "ca.pem"


def test_a_plain_secret_is_refused_and_not_repeated() -> None:
    found = problems("slack", {"url": "https://hooks.slack.example/services/T0PS3CRET"})
    assert len(found) == 1
    assert found[0].startswith("a secret must not stand in this file | write env:NAME")
    assert "T0PS3CRET" not in found[0]


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        pytest.param(
            "slak",
            {},
            ['unknown channel type "slak" | did you mean "slack"?'],
            id="an unknown type names the nearest",
        ),
        pytest.param(
            "webhook",
            {"url": "https://a.example/", "secrt": "x"},
            ['channel "desk" has the unknown option "secrt" | did you mean "secret"?'],
            id="an unknown option names the nearest",
        ),
        pytest.param(
            "email",
            {"to": ["a@b.example"], "smtp": {"hst": "x", "host": "y"}},
            ['channel "desk" has the unknown option "smtp.hst" | did you mean "host"?'],
            id="a nested one too",
        ),
        pytest.param(
            "webhook",
            {},
            [f'channel "desk" lacks the option "url" | {WHERE}'],
            id="a missing option is explained",
        ),
        pytest.param(
            "email",
            {"to": ["a@b.example", "nobody"], "smtp": {"host": "x", "port": "submission"}},
            [
                'channel "desk": to.1: is not an email address | write name@example.org',
                'channel "desk": smtp.port: must be a valid integer, unable to parse string as an integer | ',
            ],
            id="all findings come at once",
        ),
        pytest.param(
            "webhook",
            {"url": "env:NOWHERE"},
            [f'the environment variable "NOWHERE" is not set | {WAY}'],
            id="a secret that is missing is told once",
        ),
        pytest.param(
            "console",
            {"timezone": "Berlin"},
            ['channel "desk": timezone: is not a known time zone | write local, UTC or a name like Europe/Berlin'],
            id="a wrong value comes with the way out",
        ),
    ],
)
def test_findings_say_what_and_how(kind: str, options: dict[str, object], expected: list[str]) -> None:
    assert problems(kind, options) == expected


def test_findings_point_at_the_option(tmp_path: Path) -> None:
    text = (
        "channels:\n  mail:\n    type: email\n    to: [a@b.example, nobody]\n    smtp:\n      host: x\n      prot: 25\n"
    )
    path = tmp_path / "monitor.yaml"
    path.write_text(text)
    noted: list[Problem] = []
    root, _ = read_yaml(path)
    assert isinstance(root, Mapping)
    (channel,) = read_channels(root.get("channels"), noted, base=tmp_path)
    found = check_channel(channel, environ={}, secrets_dir=None)
    assert isinstance(found, list)
    assert sorted((problem.at.line, problem.at.column) for problem in found) == [(4, 23), (7, 7)]


def test_a_missing_option_points_at_the_channel() -> None:
    found = checked("webhook", {})
    assert isinstance(found, list)
    assert found[0].at == Location("monitor.yaml", 2, 3)


def tools() -> Tools:
    return Tools(fetcher=cast("Any", None), clock=ManualClock(), stdout=io.StringIO())


@pytest.mark.parametrize(
    ("kind", "options", "follows"),
    [
        pytest.param("console", {}, True, id="the console does"),
        pytest.param("webhook", {"url": "https://a.example/"}, False, id="a webhook does not"),
        pytest.param(
            "webhook", {"url": "https://a.example/", "follow_sources": True}, True, id="unless it asks for it"
        ),
    ],
)
def test_who_follows_further_sources(kind: str, options: dict[str, object], follows: bool) -> None:
    found = checked(kind, options)
    assert isinstance(found, BaseModel)
    assert build_channel(spec(kind, options), found, tools()).follows_sources is follows
