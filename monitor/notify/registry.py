"""Which notifiers there are, and a configured channel -> checked options -> a notifier ready to send.

Notifiers come from the entry points of the group `monitor.notifiers`, ours and those of other packages alike.
"""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from monitor.config.channels import ChannelSpec
from monitor.config.secrets import is_reference, resolve_secret
from monitor.config.spelling import did_you_mean, quoted
from monitor.errors import Location, Problem
from monitor.model import ChannelName
from monitor.notify.notifier import Notifier, Tools
from monitor.notify.options import PlainAllowed

GROUP = "monitor.notifiers"

# The options models say "input should be …"; in a message about a file there is no input but a value.
_PYDANTIC_SUBJECT = "Input should"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A configured destination with the notifier that serves it."""

    name: ChannelName
    kind: str
    notifier: Notifier
    follows_sources: bool  # it wants "+1 source" messages


def notifier_kinds() -> tuple[str, ...]:
    """Return the types that a channel may have, sorted."""
    return tuple(sorted(_found()))


def load_notifier(kind: str) -> type[Notifier] | None:
    """Return the notifier of a type, None if there is no such type.

    Only this one is imported, so that a console does not wait for the mail library.

    Raises:
        ImportError, AttributeError: the package that offers it is broken.
    """
    entry = _found().get(kind)
    return None if entry is None else entry.load()


def check_channel(
    spec: ChannelSpec, *, environ: Mapping[str, str], secrets_dir: Path | None
) -> BaseModel | list[Problem]:
    """Return the checked options of a channel with its secrets read, or every problem found, each with its place.

    Args:
        spec: the channel as written.
        environ: the environment, for env:NAME.
        secrets_dir: folder of secret files, or None.
    """
    try:
        notifier = load_notifier(spec.type)
    except (ImportError, AttributeError) as error:
        return [Problem(at=spec.at, message=f"channel type {quoted(spec.type)} cannot be loaded: {error}")]
    if notifier is None:
        hint = did_you_mean(spec.type, notifier_kinds())
        return [Problem(at=spec.at, message=f"unknown channel type {quoted(spec.type)}", hint=hint)]
    reading = _Reading(spec=spec, environ=environ, secrets_dir=secrets_dir)
    options = reading.resolved(notifier.Options, spec.options, path="")
    try:
        checked = notifier.Options.model_validate(options, context={"base": spec.base})
    except ValidationError as error:
        # A secret that could not be read has its own message already.
        known = {problem.at for problem in reading.problems}
        found = (
            _problem(spec, notifier.Options, each) for each in error.errors(include_url=False, include_input=False)
        )
        return reading.problems + [problem for problem in found if problem.at not in known]
    return reading.problems or checked


def build_channel(spec: ChannelSpec, options: BaseModel, tools: Tools) -> Channel:
    """Return the channel, ready to send; `options` are what check_channel returned for the same spec."""
    notifier = load_notifier(spec.type)
    if notifier is None:
        raise ValueError(f"channel {spec.name} has the unknown type {spec.type}: check_channel would have said so")
    follows = bool(getattr(options, "follow_sources", notifier.follows_sources))
    return Channel(name=spec.name, kind=spec.type, notifier=notifier(options, tools), follows_sources=follows)


def _found() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=GROUP)}


@dataclass(slots=True, kw_only=True)
class _Reading:
    """Replaces references in raw options by the secrets they name, as the options model asks for."""

    spec: ChannelSpec
    environ: Mapping[str, str]
    secrets_dir: Path | None
    problems: list[Problem] = field(default_factory=list)

    def resolved(self, annotation: Any, value: object, *, path: str, plain: bool = False) -> object:
        """Return `value` with secrets in the places where `annotation` has SecretStr."""
        origin = get_origin(annotation)
        if annotation is SecretStr:
            return self._secret(value, path=path, plain=plain)
        if origin is Annotated:
            inner, *marks = get_args(annotation)
            return self.resolved(inner, value, path=path, plain=plain or _is_plain(marks))
        if origin in (Union, types.UnionType):
            inner = next((each for each in get_args(annotation) if each is not type(None)), None)
            return value if value is None else self.resolved(inner, value, path=path, plain=plain)
        if isinstance(value, Mapping):
            return self._mapping(annotation, origin, value, path=path, plain=plain)
        if isinstance(value, Sequence) and not isinstance(value, str) and get_args(annotation):
            item = get_args(annotation)[0]
            return [self.resolved(item, each, path=f"{path}.{index}", plain=plain) for index, each in enumerate(value)]
        return value

    def _mapping(
        self, annotation: Any, origin: Any, value: Mapping[str, object], *, path: str, plain: bool
    ) -> dict[str, object]:
        if origin is None and isinstance(annotation, type) and issubclass(annotation, BaseModel):
            fields = _fields(annotation)
            return {
                name: self.resolved(
                    fields[name].annotation, each, path=_joined(path, name), plain=_is_plain(fields[name].metadata)
                )
                if name in fields
                else each
                for name, each in value.items()
            }
        if len(get_args(annotation)) == 2:
            item = get_args(annotation)[1]
            return {
                name: self.resolved(item, each, path=_joined(path, name), plain=plain) for name, each in value.items()
            }
        return dict(value)

    def _secret(self, value: object, *, path: str, plain: bool) -> object:
        if value is None or isinstance(value, Mapping | list):
            return value  # the options model says what is wrong with it
        text = str(value)
        if plain and not is_reference(text):
            return SecretStr(text)
        found = resolve_secret(
            text, at=_place(self.spec, path), base=self.spec.base, environ=self.environ, secrets_dir=self.secrets_dir
        )
        if isinstance(found, Problem):
            self.problems.append(found)
            return None
        return found


def _is_plain(marks: Sequence[object]) -> bool:
    return any(isinstance(mark, PlainAllowed) for mark in marks)


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _fields(model: type[BaseModel]) -> dict[str, Any]:
    """Return the fields by the name that users write."""
    return {each.alias or name: each for name, each in model.model_fields.items()}


def _place(spec: ChannelSpec, path: str) -> Location:
    """Return where an option is written, else what it belongs to."""
    while path:
        if path in spec.option_at:
            return spec.option_at[path]
        path = path.rpartition(".")[0]
    return spec.at


def _problem(spec: ChannelSpec, options: type[BaseModel], error: ErrorDetails) -> Problem:
    path = ".".join(str(part) for part in error["loc"])
    at = _place(spec, path)
    siblings = _fields(_model_at(options, error["loc"][:-1]))
    name = str(error["loc"][-1]) if error["loc"] else ""
    channel = f"channel {quoted(spec.name)}"
    if error["type"] == "extra_forbidden":
        return Problem(
            at=at, message=f"{channel} has the unknown option {quoted(path)}", hint=did_you_mean(name, siblings)
        )
    if error["type"] == "missing":
        hint = siblings[name].description or "" if name in siblings else ""
        return Problem(at=at, message=f"{channel} lacks the option {quoted(path)}", hint=hint)
    message, _, hint = error["msg"].removeprefix("Value error, ").partition("; ")
    message = message.replace(_PYDANTIC_SUBJECT, "must")
    return Problem(at=at, message=f"{channel}: {path or 'options'}: {message}", hint=hint)


def _model_at(model: type[BaseModel], loc: Sequence[int | str]) -> type[BaseModel]:
    """Return the options model in which the last part of an error's place stands."""
    for part in loc:
        found = _fields(model).get(str(part))
        if found is not None and isinstance(found.annotation, type) and issubclass(found.annotation, BaseModel):
            model = found.annotation
    return model
