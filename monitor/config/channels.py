"""channels: and routes: of monitor.yaml. Options stay raw here; the notifier of each type checks them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.config import expect
from monitor.config.expect import Problems, note, warn
from monitor.config.spelling import did_you_mean, quoted
from monitor.config.yaml_marks import Mapping as MappingNode
from monitor.config.yaml_marks import Node, Scalar, Sequence
from monitor.errors import Location
from monitor.model import ChannelName, Severity

BUILT_IN = Location("(built in)")  # place of what nobody wrote
MATCHERS = ("severity", "rule", "labels", "source", "language", "feed", "tag")

_CHANNEL_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel as written: name, type, and options that only the notifier of that type understands.

    Options are text, whole numbers, true/false, None, and lists and mappings of them; decimals stay text. They may hold
    a secret that someone wrote in spite of the advice, so they are not shown by repr().
    """

    name: ChannelName
    type: str
    options: Mapping[str, object] = field(default_factory=dict, repr=False)
    at: Location = BUILT_IN
    # Dotted path (smtp.port, to.0) -> place of the key, of the item in a list.
    option_at: Mapping[str, Location] = field(default_factory=dict, repr=False)
    base: Path = Path()  # folder to which file:PATH is relative


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which alerts go to which channels. All matchers must hold, each by one of its values; no matcher holds always.

    Names of matchers: severity, rule, labels.NAME, source, language, feed, tag.
    """

    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    channels: tuple[ChannelName, ...]
    continue_: bool = False  # go on to the next routes after this one matched
    at: Location = BUILT_IN


SCREEN = ChannelSpec(name=ChannelName("screen"), type="console")


def read_channels(node: Node | None, problems: Problems, *, base: Path) -> tuple[ChannelSpec, ...]:
    """Return the channels under `channels:`; without any, one that writes to the terminal."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return (SCREEN,)
    mapping = expect.expect_mapping(node, problems, what="channels")
    if mapping is None:
        return ()
    specs = (_read_channel(key, value, problems, base=base) for key, value in mapping.items())
    return tuple(spec for spec in specs if spec) or (() if len(mapping) else (SCREEN,))


def read_routes(node: Node | None, problems: Problems, *, channels: Collection[ChannelName]) -> tuple[Route, ...]:
    """Return the routes under `routes:`; without any, one that sends everything to every channel."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return (Route(channels=tuple(channels)),) if channels else ()
    listed = expect.expect_list(node, problems, what="routes")
    if listed is None:
        return ()
    routes = tuple(route for item in listed if (route := _read_route(item, problems, channels=channels)))
    _check_order(routes, problems)
    return routes


def _read_channel(key: Scalar, value: Node, problems: Problems, *, base: Path) -> ChannelSpec | None:
    if not _CHANNEL_NAME.fullmatch(key.text):
        hint = "a name has letters, digits, - and _, at most 64"
        note(problems, key.at, f"{quoted(key.text)} cannot be the name of a channel", hint)
        return None
    if isinstance(value, Scalar) and not value.is_null:
        note(problems, value.at, f"channel {quoted(key.text)} must be a mapping", "write {type: …, and its options}")
        return None
    mapping = expect.expect_mapping(value, problems, what=f"channel {quoted(key.text)}")
    if mapping is None or not expect.require_keys(mapping, ["type"], problems, what=f"channel {quoted(key.text)}"):
        return None
    places: dict[str, Location] = {}
    options = {
        option.text: _plain(node, option.text, option.at, places)
        for option, node in mapping.items()
        if option.text != "type"
    }
    type_node = mapping.get("type")
    kind = expect.expect_str(type_node, problems, what="type") if type_node else None
    if kind is None:
        return None
    name = ChannelName(key.text)
    return ChannelSpec(name=name, type=kind, options=options, at=key.at, option_at=places, base=base)


def _plain(node: Node, path: str, at: Location, places: dict[str, Location]) -> object:
    """Return the node as plain values and note the place of each part by its dotted path."""
    places[path] = at
    match node:
        case Scalar():
            # 1.10 may be a version or a name: only the option's own type can tell.
            return node.text if isinstance(node.value, float) else node.value
        case Sequence():
            return [_plain(item, f"{path}.{index}", item.at, places) for index, item in enumerate(node)]
        case MappingNode():
            return {key.text: _plain(value, f"{path}.{key.text}", key.at, places) for key, value in node.items()}


def _read_route(node: Node, problems: Problems, *, channels: Collection[ChannelName]) -> Route | None:
    mapping = expect.expect_mapping(node, problems, what="a route")
    if mapping is None:
        return None
    expect.check_keys(mapping, ("match", "channels", "continue"), problems, what="a route")
    if not expect.require_keys(mapping, ["channels"], problems, what="a route"):
        return None
    names = _channel_names(mapping.get("channels"), problems, channels=channels)
    match_node, continue_node = mapping.get("match"), mapping.get("continue")
    match = _read_match(match_node, problems) if match_node else {}
    goes_on = expect.expect_bool(continue_node, problems, what="continue") if continue_node else False
    if match is None or not names:
        return None
    return Route(match=match, channels=names, continue_=bool(goes_on), at=mapping.at)


def _channel_names(
    node: Node | None, problems: Problems, *, channels: Collection[ChannelName]
) -> tuple[ChannelName, ...]:
    known: dict[ChannelName, None] = {}
    written = expect.expect_scalars(node, problems, what="channels") if node else ()
    if isinstance(node, Sequence) and not node.nodes:
        note(problems, node.at, "a route without channels leads nowhere", did_you_mean("", channels))
    for scalar in written:
        if scalar.text in channels:
            known[ChannelName(scalar.text)] = None
        else:
            note(problems, scalar.at, f"unknown channel {quoted(scalar.text)}", did_you_mean(scalar.text, channels))
    return tuple(known)


def _read_match(node: Node, problems: Problems) -> dict[str, tuple[str, ...]] | None:
    """Return the matchers, or None if one is wrong: a route with fewer matchers would catch too much."""
    mapping = expect.expect_mapping(node, problems, what="match")
    if mapping is None:
        return None
    before = len(problems)
    match: dict[str, tuple[str, ...]] = {}
    for key, value in mapping.items():
        if key.text == "labels":
            labels = expect.expect_mapping(value, problems, what="labels")
            for label, wanted in labels.items() if labels else ():
                match[f"labels.{label.text}"] = expect.expect_strs(wanted, problems, what=f"label {label.text}")
        elif key.text.startswith("labels.") and len(key.text) > len("labels."):
            match[key.text] = expect.expect_strs(value, problems, what=key.text)
        elif key.text == "severity":
            match[key.text] = _severities(value, problems)
        elif key.text in MATCHERS:
            match[key.text] = expect.expect_strs(value, problems, what=key.text)
        else:
            note(problems, key.at, f"unknown matcher {quoted(key.text)}", did_you_mean(key.text, MATCHERS))
    return match if len(problems) == before else None


def _severities(node: Node, problems: Problems) -> tuple[str, ...]:
    choices = [severity.value for severity in Severity]
    written = expect.expect_scalars(node, problems, what="severity")
    found = (expect.expect_choice(scalar, choices, problems, what="severity") for scalar in written)
    return tuple(severity for severity in found if severity)


def _check_order(routes: tuple[Route, ...], problems: Problems) -> None:
    """Warn of routes that are never reached, and of alerts that no route catches."""
    catch_all = next((index for index, route in enumerate(routes) if not route.match and not route.continue_), None)
    if catch_all is None:
        if routes:
            at = routes[-1].at
            hint = "end with a route without match, such as {channels: [screen]}"
            warn(problems, at, "alerts that match no route go nowhere", hint)
    elif catch_all + 1 < len(routes):
        at = routes[catch_all + 1].at
        hint = f"the route on line {routes[catch_all].at.line} catches everything; move it to the end"
        warn(problems, at, "this route is never reached", hint)
