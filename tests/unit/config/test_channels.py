from pathlib import Path

import pytest

from monitor.config.channels import BUILT_IN, ChannelSpec, Route, read_channels, read_routes
from monitor.config.yaml_marks import Mapping, parse_yaml
from monitor.errors import Location, Problem
from monitor.model import ChannelName

KNOWN = [ChannelName("screen"), ChannelName("desk"), ChannelName("ops")]


def read(text: str) -> tuple[tuple[ChannelSpec, ...], tuple[Route, ...], list[Problem]]:
    node, problems = parse_yaml(text.encode(), file="m.yaml")
    assert isinstance(node, Mapping)
    channels = read_channels(node.get("channels"), problems, base=Path("/etc/monitor"))
    return channels, read_routes(node.get("routes"), problems, channels=KNOWN), problems


def problems_of(text: str) -> list[str]:
    return [f"{p.at.line}:{p.at.column} {p.severity}: {p.message} | {p.hint}" for p in read(text)[2]]


def test_without_channels_alerts_go_to_the_terminal() -> None:
    problems: list[Problem] = []
    assert read_channels(None, problems, base=Path()) == (ChannelSpec(name=ChannelName("screen"), type="console"),)
    assert problems == []


def test_without_routes_everything_goes_to_every_channel() -> None:
    assert read_routes(None, [], channels=KNOWN) == (Route(channels=tuple(KNOWN), at=BUILT_IN),)


def test_options_stay_as_written_and_keep_their_places() -> None:
    (mail,), _, problems = read(
        "channels:\n"
        "  mail:\n"
        "    type: email\n"
        "    to: [desk@example.org, 007]\n"
        "    smtp: {host: mail.example.org, port: 587, tls: true, version: 1.10, user: NO}\n"
    )
    assert problems == []
    assert mail == ChannelSpec(
        name=ChannelName("mail"),
        type="email",
        options={
            "to": ["desk@example.org", "007"],
            "smtp": {"host": "mail.example.org", "port": 587, "tls": True, "version": "1.10", "user": "NO"},
        },
        at=Location("m.yaml", 2, 3),
        option_at={
            "to": Location("m.yaml", 4, 5),
            "to.0": Location("m.yaml", 4, 10),
            "to.1": Location("m.yaml", 4, 28),
            "smtp": Location("m.yaml", 5, 5),
            "smtp.host": Location("m.yaml", 5, 12),
            "smtp.port": Location("m.yaml", 5, 36),
            "smtp.tls": Location("m.yaml", 5, 47),
            "smtp.version": Location("m.yaml", 5, 58),
            "smtp.user": Location("m.yaml", 5, 73),
        },
        base=Path("/etc/monitor"),
    )


def test_a_secret_written_as_option_is_not_shown() -> None:
    (desk,), _, _ = read("channels:\n  desk: {type: slack, url: hunter2}\n")
    assert "hunter2" not in repr(desk)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "channels:\n  a b: {type: x}",
            '2:3 error: "a b" cannot be the name of a channel | a name has letters, digits, - and _, at most 64',
            id="a name with a space",
        ),
        pytest.param(
            "channels:\n  desk: console",
            '2:9 error: channel "desk" must be a mapping | write {type: …, and its options}',
            id="a type instead of a mapping",
        ),
        pytest.param(
            "channels:\n  desk: {url: x}",
            '2:9 error: channel "desk" has no "type" | add a line "type: …"',
            id="no type",
        ),
        pytest.param(
            "channels:\n  desk: {type: [x]}",
            "2:16 error: type must be a single value, found a list | ",
            id="a list as type",
        ),
        pytest.param(
            "channels: [screen]",
            '1:11 error: channels must be a mapping, found a list | write "key: value" lines below it',
            id="a list of channels",
        ),
    ],
)
def test_a_wrong_channel_is_named(text: str, expected: str) -> None:
    assert problems_of(text) == [expected]


def test_a_route_is_read_with_all_matchers() -> None:
    _, routes, problems = read(
        "routes:\n"
        "  - match:\n"
        "      severity: [high, critical]\n"
        "      labels: {desk: world, team: [a, b]}\n"
        "      labels.area: me\n"
        "      rule: r1\n"
        "      source: Reuters\n"
        "      language: [en, NO]\n"
        "      feed: f\n"
        "      tag: t\n"
        "    channels: [desk, ops]\n"
        "    continue: true\n"
        "  - channels: screen\n"
    )
    assert problems == []
    assert routes == (
        Route(
            match={
                "severity": ("high", "critical"),
                "labels.desk": ("world",),
                "labels.team": ("a", "b"),
                "labels.area": ("me",),
                "rule": ("r1",),
                "source": ("Reuters",),
                "language": ("en", "NO"),
                "feed": ("f",),
                "tag": ("t",),
            },
            channels=(ChannelName("desk"), ChannelName("ops")),
            continue_=True,
            at=Location("m.yaml", 2, 5),
        ),
        Route(channels=(ChannelName("screen"),), at=Location("m.yaml", 13, 5)),
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "routes:\n  - {channels: [dekc]}",
            ['2:17 error: unknown channel "dekc" | did you mean "desk"?'],
            id="unknown channel",
        ),
        pytest.param(
            "routes:\n  - {match: {severity: urgent}, channels: [desk]}",
            ['2:24 error: unknown severity "urgent" | known: info, low, high, critical'],
            id="unknown severity",
        ),
        pytest.param(
            "routes:\n  - {match: {sevrity: high}, channels: [desk]}",
            ['2:14 error: unknown matcher "sevrity" | did you mean "severity"?'],
            id="unknown matcher",
        ),
        pytest.param(
            "routes:\n  - {match: {rule: a}}",
            ['2:5 error: a route has no "channels" | add a line "channels: …"'],
            id="no channels",
        ),
        pytest.param(
            "routes:\n  - {channels: []}",
            ["2:16 error: a route without channels leads nowhere | known: screen, desk, ops"],
            id="empty channels",
        ),
        pytest.param(
            "routes:\n  - {channels: [desk], continue: yes}",
            [
                '2:34 error: continue must be true or false, found "yes" | ',
            ],
            id="yes for true",
        ),
        pytest.param(
            "routes:\n  - {match: {rule: a}, channels: [desk]}",
            [
                (
                    "2:5 warning: alerts that match no route go nowhere | "
                    "end with a route without match, such as {channels: [screen]}"
                )
            ],
            id="no route for the rest",
        ),
        pytest.param(
            "routes:\n  - {channels: [desk]}\n  - {channels: [ops]}",
            ["3:5 warning: this route is never reached | the route on line 2 catches everything; move it to the end"],
            id="behind a route that catches everything",
        ),
    ],
)
def test_a_wrong_route_is_named(text: str, expected: list[str]) -> None:
    assert problems_of(text) == expected


def test_a_route_with_a_wrong_matcher_is_left_out() -> None:
    _, routes, _ = read("routes:\n  - {match: {severity: hihg}, channels: [desk]}\n  - {channels: [screen]}\n")
    assert [route.channels for route in routes] == [("screen",)]
