"""Where settings come from: monitor.yaml, the environment and secret files, each as nodes that know their place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from monitor.config.expect import Problems, expect_mapping, note, warn
from monitor.config.secrets import SECRETS_DIR_VARIABLE, read_secret_file, secrets_folder
from monitor.config.spelling import did_you_mean, quoted
from monitor.config.yaml_marks import Mapping as MappingNode
from monitor.config.yaml_marks import Node, Scalar, Sequence, parse_yaml
from monitor.errors import Location, Problem

PREFIX = "MONITOR_"
CONFIG_VARIABLE = "MONITOR_CONFIG"
REDIS_VARIABLE = "MONITOR_REDIS_URL"  # the name that hosting services and people expect

# Kubernetes sets these by itself when there is a service named "monitor".
_KUBERNETES = re.compile(r"MONITOR_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT(_.*)?)")

Key: TypeAlias = tuple[str, ...]
"""("state",) or ("poll", "budget")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """Which settings there are: those that stand alone, and those of each section."""

    alone: frozenset[str]
    sections: Mapping[str, frozenset[str]]
    structured: frozenset[str]  # written as YAML even in a variable

    @property
    def names(self) -> tuple[str, ...]:
        """All keys at the top of monitor.yaml."""
        return (*sorted(self.alone), *sorted(self.sections))

    def section_of(self, name: str) -> str:
        """Return the section in which a key stands, or "" if none or several have it."""
        found = [section for section, keys in self.sections.items() if name in keys]
        return found[0] if len(found) == 1 else ""


@dataclass(frozen=True, slots=True)
class Written:
    """A value as written, and the folder to which its paths are relative."""

    node: Node
    base: Path


Layer: TypeAlias = dict[Key, Written]


def document_layer(root: Node, *, base: Path, shape: Shape, problems: Problems) -> Layer:
    """Return the settings of monitor.yaml; unknown keys become problems."""
    document = expect_mapping(root, problems, what="the settings")
    layer: Layer = {}
    for key, value in document.items() if document else ():
        if key.text in shape.sections:
            layer |= _section_layer(key.text, value, base=base, shape=shape, problems=problems)
        elif key.text in shape.alone:
            layer[(key.text,)] = Written(value, base)
        else:
            _note_unknown(key, problems, known=shape.names, shape=shape, where="the settings")
    return layer


def environment_layer(
    environ: Mapping[str, str], *, shape: Shape, referenced: frozenset[str], problems: Problems
) -> Layer:
    """Return the settings of MONITOR_… variables, and above them those of secret files.

    `referenced` are the variables that monitor.yaml names by env:…; they need not be settings.
    """
    reader = _EnvironmentReader(shape, problems)
    plain: Layer = {}
    from_files: Layer = {}
    for name, text in sorted(_secret_files(environ, problems)):
        if reader.key_of(name):
            from_files |= reader.read(name, text)
    # MONITOR_REDIS_URL sorts after MONITOR_REDIS, so it wins.
    for name, text in sorted(environ.items()):
        if not name.startswith(PREFIX) or name in (CONFIG_VARIABLE, SECRETS_DIR_VARIABLE) or not text.strip():
            continue
        base_name = name.removesuffix("_FILE")
        if reader.key_of(name):
            plain |= reader.read(name, text)
        elif base_name != name and reader.key_of(base_name):
            content = read_secret_file(Path(text.strip()), at=Location(name))
            if isinstance(content, Problem):
                problems.append(content)
            else:
                from_files |= reader.read(base_name, content.get_secret_value(), place=name)
        elif not _KUBERNETES.fullmatch(name) and name not in referenced and base_name not in referenced:
            reader.note_unknown(name)
    return {**plain, **from_files}


def referenced_variables(node: Node) -> frozenset[str]:
    """Return the names of all variables that the document refers to by env:NAME."""
    return frozenset(name for text in _texts(node) if text.startswith("env:") for name in (text[4:].strip(),))


def _texts(node: Node) -> Iterator[str]:
    match node:
        case Scalar():
            yield node.text
        case Sequence():
            for item in node:
                yield from _texts(item)
        case MappingNode():
            for _, value in node.pairs:
                yield from _texts(value)


def _section_layer(name: str, node: Node, *, base: Path, shape: Shape, problems: Problems) -> Layer:
    if isinstance(node, Scalar) and node.is_null:
        return {}  # a heading whose lines are all commented out
    section = expect_mapping(node, problems, what=name)
    layer: Layer = {}
    for key, value in section.items() if section else ():
        if key.text in shape.sections[name]:
            layer[(name, key.text)] = Written(value, base)
        else:
            _note_unknown(key, problems, known=sorted(shape.sections[name]), shape=shape, where=name)
    return layer


def _note_unknown(
    key: Scalar, problems: Problems, *, known: tuple[str, ...] | list[str], shape: Shape, where: str
) -> None:
    section = shape.section_of(key.text)
    if section:
        hint = f'it stands under "{section}:"'
    elif key.text in shape.names:
        hint = "it stands at the top, not inside another key"
    else:
        hint = did_you_mean(key.text, known)
    note(problems, key.at, f"unknown key {quoted(key.text)} in {where}", hint)


def _secret_files(environ: Mapping[str, str], problems: Problems) -> Iterator[tuple[str, str]]:
    """Yield (variable name, content) of the files in the secrets folder that are named like a setting."""
    folder = secrets_folder(environ)
    if folder is None:
        return
    try:
        files = [file for file in folder.iterdir() if file.name.upper().startswith(PREFIX)]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"the folder of secrets {quoted(str(folder))} cannot be read: {reason}"
        note(problems, Location(SECRETS_DIR_VARIABLE), message, f"check {SECRETS_DIR_VARIABLE}")
        return
    for file in files:
        content = read_secret_file(file, at=Location(str(file)))
        if isinstance(content, Problem):
            problems.append(content)
        else:
            yield file.name.upper(), content.get_secret_value()


@dataclass(frozen=True, slots=True)
class _EnvironmentReader:
    """Variables into settings: MONITOR_STATE, MONITOR_POLL__BUDGET; lists and whole sections as YAML."""

    shape: Shape
    problems: Problems

    def key_of(self, name: str) -> Key | None:
        """Return the setting that a variable stands for, or None."""
        if name == REDIS_VARIABLE:
            return ("redis",)
        key = tuple(name.removeprefix(PREFIX).lower().split("__"))
        section = self.shape.sections.get(key[0], frozenset())
        if len(key) == 1:
            return key if key[0] in self.shape.alone or key[0] in self.shape.sections else None
        return key if len(key) == 2 and key[1] in section else None

    def read(self, name: str, text: str, *, place: str = "") -> Layer:
        """Return the settings that a known variable holds; `place` is shown in its stead."""
        key, at = self.key_of(name), Location(place or name)
        if key is None:
            return {}
        is_section = len(key) == 1 and key[0] in self.shape.sections
        if not is_section and key[-1] not in self.shape.structured and not text.lstrip().startswith("["):
            return {key: Written(Scalar(text.strip(), at, plain=False), Path())}
        node, found = parse_yaml(text.encode("utf-8", "replace"), file=at.file)
        self.problems.extend(found)
        if node is None:
            return {}
        if is_section:
            return _section_layer(key[0], node, base=Path(), shape=self.shape, problems=self.problems)
        return {key: Written(node, Path())}

    def note_unknown(self, name: str) -> None:
        """Note a variable that is no setting: an error inside a section, else a warning, for it may be another's."""
        section, nested, key = name.removeprefix(PREFIX).lower().partition("__")
        at = Location(name)
        if nested and section in self.shape.sections:
            known = [f"{PREFIX}{section}__{each}".upper() for each in sorted(self.shape.sections[section])]
            note(self.problems, at, f"unknown setting {quoted(key)} in {section}", did_you_mean(name, known))
        else:
            known = [f"{PREFIX}{each}".upper() for each in self.shape.names]
            warn(self.problems, at, "this variable is no setting", did_you_mean(name, [*known, REDIS_VARIABLE]))
