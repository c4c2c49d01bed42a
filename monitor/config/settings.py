"""Settings: defaults < monitor.yaml < MONITOR_* < secret files < command line. All errors at once, with places."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, SkipValidation, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from monitor.config.channels import SCREEN, ChannelSpec, Route, read_channels, read_routes
from monitor.config.expect import Problems, describe, expect_scalars, note, warn
from monitor.config.layers import (
    CONFIG_VARIABLE,
    Key,
    Layer,
    Shape,
    Written,
    document_layer,
    environment_layer,
    referenced_variables,
)
from monitor.config.paths import is_existing_file, user_path
from monitor.config.secrets import is_reference, resolve_secret, secrets_folder
from monitor.config.sections import (
    ArticleSettings,
    DeliverySettings,
    LogSettings,
    NetworkSettings,
    OpsSettings,
    PollSettings,
    RedisAddress,
    Section,
    StorySettings,
    WebSettings,
    WebSubSettings,
    Workspace,
)
from monitor.config.spelling import did_you_mean, nearest, quoted
from monitor.config.yaml_marks import Mapping as MappingNode
from monitor.config.yaml_marks import Scalar, Sequence, read_yaml
from monitor.errors import Location, Problem
from monitor.model import ChannelName

DEFAULT_FILE = Path("monitor.yaml")

_LISTS = frozenset({("feeds",), ("rules",), ("network", "allow"), ("ops", "channels")})
_PATHS = frozenset({("feeds",), ("rules",), ("state",)})
_SECRETS = frozenset({("redis",)})
_PLAIN_WORDS = {  # pydantic's kinds of error -> the way out
    "int_parsing": "it should be a whole number",
    "int_from_float": "it should be a whole number",
    "int_type": "it should be a whole number",
    "bool_parsing": "it should be true or false",
    "bool_type": "it should be true or false",
}


class Settings(BaseSettings):
    """All settings, checked and frozen. Objects get their part of it, not the whole."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    feeds: tuple[Path, ...] = Field((Path("seeds"),), description="Feed lists: files, or folders of them.")
    rules: tuple[Path, ...] = Field((Path("rules"),), description="Rules: files, or folders of them.")
    state: Path = Field(Path("var"), description="Folder of all that is kept between runs.")
    redis: RedisAddress = Field(
        SecretStr("embedded"), description='"embedded", or redis://, rediss://, unix:// of your own server.'
    )
    durability: Literal["everysec", "always"] = Field(
        "everysec", description="When the embedded server writes to disk: each second, or before each answer."
    )
    workspace: Workspace = Field("monitor", description="Prefix of all keys; several can share one server.")
    network: NetworkSettings = NetworkSettings()
    web: WebSettings = WebSettings()
    websub: WebSubSettings = WebSubSettings()
    poll: PollSettings = PollSettings()
    articles: ArticleSettings = ArticleSettings()
    stories: StorySettings = StorySettings()
    delivery: DeliverySettings = DeliverySettings()
    ops: OpsSettings = OpsSettings()
    log: LogSettings = LogSettings()
    # Checked by channels.py already; options may hold a secret written against the advice.
    channels: SkipValidation[tuple[ChannelSpec, ...]] = Field((SCREEN,), repr=False, description="Where alerts can go.")
    routes: SkipValidation[tuple[Route, ...]] = Field(
        (Route(channels=(SCREEN.name,)),), description="Which alerts go where; the first match wins."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the caller hands over: load_settings reads file and environment, for it keeps their places."""
        return (init_settings,)


def find_settings_file(environ: Mapping[str, str]) -> Path | None:
    """Return the file named by MONITOR_CONFIG, else ./monitor.yaml if it exists, else None."""
    named = environ.get(CONFIG_VARIABLE, "").strip()
    if named:
        return Path(named)
    return DEFAULT_FILE if is_existing_file(DEFAULT_FILE) else None


def load_settings(
    path: Path | None, *, state: Path | None = None, environ: Mapping[str, str]
) -> tuple[Settings, list[Problem]]:
    """Return the settings and every problem with them. With errors, the values in question have their defaults.

    Args:
        path: monitor.yaml; None means defaults and environment only.
        state: --state of the command line; stands above all.
        environ: the environment; MONITOR_* are settings, MONITOR_*_FILE name files that hold one.
    """
    problems: list[Problem] = []
    shape = _shape()
    root, found = read_yaml(path) if path else (None, [])
    problems += found
    base = path.parent if path else Path()
    layer = document_layer(root, base=base, shape=shape, problems=problems) if root else {}
    referenced = referenced_variables(root) if root else frozenset[str]()
    layer |= environment_layer(environ, shape=shape, referenced=referenced, problems=problems)
    channels, routes, names = _channels_and_routes(layer, problems)
    values = _plain_values(layer, problems, environ=environ)
    _check_ops_channels(values, layer, problems, channels=names)
    if state is not None:
        values[("state",)] = state
        layer.pop(("state",), None)
    settings = _checked(values, layer, problems)
    problems.sort(key=lambda problem: problem.at)
    return settings.model_copy(update={"channels": channels, "routes": routes}), problems


def _shape() -> Shape:
    sections = {
        name: frozenset(field.annotation.model_fields)
        for name, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section)
    }
    alone = frozenset(Settings.model_fields) - frozenset(sections)
    return Shape(alone=alone, sections=sections, structured=frozenset({"channels", "routes"}))


def _channels_and_routes(
    layer: Layer, problems: Problems
) -> tuple[tuple[ChannelSpec, ...], tuple[Route, ...], list[ChannelName]]:
    """Return the channels, the routes and the names that stand for channels."""
    written, written_routes = layer.pop(("channels",), None), layer.pop(("routes",), None)
    node = written.node if written else None
    channels = read_channels(node, problems, base=written.base if written else Path())
    # A channel with an error of its own is still a known name: one slip, one message.
    names = node.keys() if isinstance(node, MappingNode) and len(node) else [spec.name for spec in channels]
    known = [ChannelName(name) for name in names]
    routes = read_routes(written_routes.node if written_routes else None, problems, channels=known)
    return channels, routes, known


def _check_ops_channels(
    values: dict[Key, object], layer: Layer, problems: Problems, *, channels: list[ChannelName]
) -> None:
    key = ("ops", "channels")
    names = values.get(key)
    for index, name in enumerate(names if isinstance(names, list) else ()):
        if name not in channels:
            at, _ = _place(key, (str(index),), layer)
            note(problems, at, f"unknown channel {quoted(name)}", did_you_mean(name, channels))
            values.pop(key, None)


def _plain_values(layer: Layer, problems: Problems, *, environ: Mapping[str, str]) -> dict[Key, object]:
    """Return each setting as text, list of texts, path or secret; what is none of them becomes a problem."""
    values: dict[Key, object] = {}
    for key, written in layer.items():
        dotted = ".".join(key)
        node = written.node
        if isinstance(node, Sequence) and key in _LISTS:
            texts = [scalar.text.strip() for scalar in expect_scalars(node, problems, what=dotted)]
            values[key] = _paths(texts, written.base) if key in _PATHS else texts
        elif not isinstance(node, Scalar):
            note(problems, node.at, f"{dotted} must be a single value, found {describe(node)}")
        elif node.is_null:
            note(problems, node.at, f"{dotted} is empty", "write a value, or delete the line to have the default")
        elif key in _SECRETS:
            secret = _secret(node, written, problems, environ=environ)
            if secret:
                values[key] = secret
        elif key in _LISTS:
            # Commas are how a list is written in a variable.
            texts = [part.strip() for part in node.text.split(",") if part.strip()]
            values[key] = _paths(texts, written.base) if key in _PATHS else texts
        else:
            values[key] = user_path(node.text.strip(), base=written.base) if key in _PATHS else node.text.strip()
    return values


def _paths(texts: list[str], base: Path) -> list[Path]:
    return [user_path(text, base=base) for text in texts]


def _secret(node: Scalar, written: Written, problems: Problems, *, environ: Mapping[str, str]) -> SecretStr | None:
    text = node.text.strip()
    if not is_reference(text):
        if node.at.line and "@" in text:
            hint = "write env:NAME or file:PATH here, or set MONITOR_REDIS_URL"
            warn(problems, node.at, "this address seems to hold a password", hint)
        return SecretStr(text)
    folder = secrets_folder(environ)
    secret = resolve_secret(text, at=node.at, base=written.base, environ=environ, secrets_dir=folder)
    if isinstance(secret, Problem):
        problems.append(secret)
        return None
    return secret


def _checked(values: dict[Key, object], layer: Layer, problems: Problems) -> Settings:
    """Return the settings of the good values, after noting what is wrong with the others."""
    while True:
        try:
            return Settings(**_nested(values))
        except ValidationError as error:
            bad: set[Key] = set()
            for details in error.errors(include_url=False, include_input=False):
                bad |= _note_error(details, values, layer, problems)
            # Each round takes something away, so this ends at the defaults.
            values = {key: value for key, value in values.items() if key not in bad} if bad else {}


def _nested(values: dict[Key, object]) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for key, value in values.items():
        if len(key) == 1:
            nested[key[0]] = value
        else:
            nested.setdefault(key[0], {})[key[1]] = value
    return nested


def _note_error(details: ErrorDetails, values: dict[Key, object], layer: Layer, problems: Problems) -> set[Key]:
    """Note one error of pydantic with its place; return the settings that are to blame."""
    location = tuple(str(part) for part in details["loc"])
    message = details["msg"].removeprefix("Value error, ")
    if location[:2] in values or location[:1] in values:
        key = location[:2] if location[:2] in values else location[:1]
        at, shown = _place(key, location[len(key) :], layer)
        said = (
            f"{'.'.join(key)} cannot be {shown}" if shown and key not in _SECRETS else f"{'.'.join(key)} is not usable"
        )
        note(problems, at, said, _PLAIN_WORDS.get(details["type"]) or _way_out(message, shown))
        return {key}
    # An error of a whole section: those of its settings are to blame that the message names.
    blamed = {key for key in values if key[:1] == location[:1] and key[-1] in message}
    places = [layer[key].node.at for key in sorted(blamed) if key in layer]
    note(problems, places[0] if places else Location("settings"), f"{'.'.join(location)}: {message}")
    return blamed


def _place(key: Key, rest: tuple[str, ...], layer: Layer) -> tuple[Location, str]:
    """Return where the value (or the item of a list) stands, and how it is shown."""
    written = layer.get(key)
    if written is None:
        return Location("--" + key[-1]), ""
    node = written.node
    if rest and rest[0].isdigit() and isinstance(node, Sequence) and int(rest[0]) < len(node):
        node = node.nodes[int(rest[0])]
    return node.at, quoted(node.text) if isinstance(node, Scalar) else ""


def _way_out(message: str, shown: str) -> str:
    """Return pydantic's advice in our words, with the nearest choice if it names some."""
    if not message.startswith("Input should be"):
        return message
    choices = message.split("'")[1::2]
    near = nearest(shown.strip('"'), choices)
    advice = f"it {message.removeprefix('Input ')}"
    return f"did you mean {quoted(near)}? {advice}" if near else advice
