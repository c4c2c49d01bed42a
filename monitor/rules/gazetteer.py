"""Countries and regions as texts name them: names, people, cities, and which of them need a hint. Data in data/*."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import resources
from typing import TypeVar

import msgspec

from monitor.config import yaml_marks
from monitor.rules.fold import fold_term
from monitor.rules.terms import is_unspaced


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNames:
    """What stands for a place in texts. All are written as terms: =EXACT CASE, stem*."""

    plain: tuple[str, ...]  # in any case
    capitalised: tuple[str, ...]  # with a capital, in scripts that have them
    weak: tuple[str, ...]  # capitalised, and with a hint elsewhere in the article
    locative: tuple[str, ...]  # weak, but "in NAME" or "NAME's government" is hint enough
    stops: tuple[str, ...]  # longer words in which a name does not mean the place
    hints: tuple[str, ...]  # names of neighbours, which show that a weak name means the place
    version: str  # hash of all these


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Countries that are written of as one, and how the region itself is called."""

    title: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


class _Listed(msgspec.Struct, frozen=True):
    """A line of countries.jsonl: a country, or the names of a continent."""

    code: str = ""
    name: str = ""
    regions: tuple[str, ...] = ()
    english: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    region: str = ""


class _Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What places.yaml says of a country."""

    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    locative: bool = False
    stops: tuple[str, ...] = ()


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    countries: dict[str, _Noted]
    street_words: tuple[str, ...]
    capitalised: tuple[str, ...]
    never: tuple[str, ...]


class _Regions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    regions: dict[str, Region]


_File = TypeVar("_File", _Places, _Regions)


@dataclass(slots=True)
class _Collected:
    """The names of several countries, on their way into PlaceNames."""

    written: list[str] = field(default_factory=list)
    plain: list[str] = field(default_factory=list)
    capitalised: list[str] = field(default_factory=list)
    weak: list[str] = field(default_factory=list)
    locative: list[str] = field(default_factory=list)
    stops: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)


class Gazetteer:
    """All countries and regions. Reads its files when first asked for a place: rules without places pay nothing."""

    def __init__(self, regions: Mapping[str, Region] | None = None) -> None:
        """Add the user's `regions` to those that are shipped; one of the same name adds to it."""
        self._own = dict(regions or {})
        self._known: dict[str, PlaceNames] = {}

    @property
    def countries(self) -> Mapping[str, str]:
        """English names by ISO 3166 code, in upper case."""
        return {code: listed.name for code, listed in self._listed.items()}

    @property
    def regions(self) -> Mapping[str, Region]:
        """All regions by name."""
        return self._regions

    def country(self, code: str) -> PlaceNames:
        """Return the names of a country.

        Raises:
            KeyError: there is no such code.
        """
        label = f"country:{code}"
        if label not in self._known:
            if code not in self._listed:
                raise KeyError(code)
            self._known[label] = self._expand((code,), ())
        return self._known[label]

    def region(self, name: str) -> PlaceNames:
        """Return the names of a region and of all countries in it.

        Raises:
            KeyError: there is no such region.
        """
        label = f"region:{name}"
        if label not in self._known:
            if name not in self._regions:
                raise KeyError(name)
            codes: dict[str, None] = {}
            own: dict[str, None] = {}
            for region in self._below(name, set()):
                codes.update(dict.fromkeys(region.countries))
                own.update(dict.fromkeys(region.names))
            self._known[label] = self._expand(tuple(codes), tuple(own))
        return self._known[label]

    def _below(self, name: str, seen: set[str]) -> Iterator[Region]:
        if name in seen or name not in self._regions:
            return
        seen.add(name)
        region = self._regions[name]
        yield region
        for other in region.regions:
            yield from self._below(other, seen)

    def _expand(self, codes: tuple[str, ...], own: tuple[str, ...]) -> PlaceNames:
        """Return the names of countries and, beside them, the `own` names of the region that they form."""
        collected = _Collected(plain=list(own))
        for code in codes:
            self._collect(code, collected)
        # Only names that are written by hand, English or unspaced are looked for inside others: the rest are too many.
        ours = {_bare(name) for name in (*collected.written, *own)}
        ours.update(_bare(name) for name in collected.capitalised if is_unspaced(name[-1]))
        stops = [*collected.stops, *self._longer(ours)]
        lists = {
            "plain": _once(collected.plain),
            "capitalised": _once(collected.capitalised),
            "weak": _once(collected.weak),
            "locative": _once(collected.locative),
            "stops": tuple(name for name in _once(stops) if _bare(name) not in ours),
            "hints": _once(collected.hints),
        }
        version = hashlib.blake2b(repr(lists).encode(), digest_size=8).hexdigest()
        return PlaceNames(**lists, version=version)

    def _collect(self, code: str, collected: _Collected) -> None:
        listed, noted = self._listed[code], self._places.countries.get(code, _Noted())
        weak = {fold_term(name) for name in noted.weak}
        (collected.locative if noted.locative else collected.weak).extend(noted.weak)
        written = (*noted.people, *noted.names, *listed.english)
        collected.written += (*written, *noted.weak)
        for name in written:
            if not weak or fold_term(name) not in weak:
                (collected.capitalised if _bare(name) in self._lower_words else collected.plain).append(name)
        others = (*listed.names, *listed.cities)
        collected.capitalised += [name for name in others if not weak or fold_term(name) not in weak]
        collected.stops += noted.stops
        for neighbour in noted.near:
            other, its = self._places.countries.get(neighbour, _Noted()), self._listed[neighbour]
            names = (*other.people, *other.names, *its.english, *its.names)
            collected.hints += [name for name in names if _bare(name) not in self._lower_words]

    def _longer(self, ours: set[str]) -> Iterator[str]:
        """Yield names of other places that have one of ours in them: Papua New Guinea, 印度尼西亚."""
        for name in ours:
            for whole in self._by_word.get(name.split(" ", 1)[0], ()):
                if f" {name} " in f" {whole} " and whole not in ours:
                    yield whole
            if is_unspaced(name[:1] or " "):
                yield from (whole for whole in self._unspaced if name in whole and whole not in ours)

    @cached_property
    def street_words(self) -> frozenset[str]:
        """Words after a capitalised name that make a street or a firm of it, folded."""
        return frozenset(fold_term(word) for word in self._places.street_words)

    @cached_property
    def _listed(self) -> Mapping[str, _Listed]:
        return {line.code: line for line in self._lines if line.code}

    @cached_property
    def _lines(self) -> tuple[_Listed, ...]:
        text = resources.files("monitor.rules").joinpath("data", "countries.jsonl").read_bytes()
        return tuple(msgspec.json.decode(line, type=_Listed) for line in text.splitlines())

    @cached_property
    def _places(self) -> _Places:
        return _read("places.yaml", _Places)

    @cached_property
    def _lower_words(self) -> frozenset[str]:
        return frozenset(_bare(name) for name in self._places.capitalised)

    @cached_property
    def _regions(self) -> Mapping[str, Region]:
        regions = dict(_read("regions.yaml", _Regions).regions)
        by_region: dict[str, list[str]] = defaultdict(list)
        for code, listed in self._listed.items():
            for name in listed.regions:
                by_region[name].append(code)
        names = {line.region: line.names for line in self._lines if line.region}
        for name, codes in by_region.items():
            if name not in regions:
                title = name.replace("-", " ").title()
                regions[name] = Region(title=title, countries=tuple(codes), names=(*names.get(name, ()), title))
        for name, extra in self._own.items():
            first = regions.get(name, Region())
            regions[name] = Region(
                title=extra.title or first.title,
                countries=(*first.countries, *extra.countries),
                regions=(*first.regions, *extra.regions),
                names=(*first.names, *extra.names),
            )
        return regions

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[str, ...]]:
        """English and hand-written names of several words, folded, by each of their words."""
        found: dict[str, dict[str, None]] = defaultdict(dict)
        for code, listed in self._listed.items():
            noted = self._places.countries.get(code, _Noted())
            for name in (*listed.english, *noted.people, *noted.names, *noted.weak):
                bare = _bare(name)
                if " " in bare:
                    for word in bare.split():
                        found[word][bare] = None
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def _unspaced(self) -> tuple[str, ...]:
        names = (name for listed in self._listed.values() for name in listed.names)
        return tuple(fold_term(name) for name in names if is_unspaced(name[-1]))


def _read(file: str, kind: type[_File]) -> _File:
    """Return one of our own YAML files as `kind`."""
    source = resources.files("monitor.rules").joinpath("data", file).read_bytes()
    root, problems = yaml_marks.parse_yaml(source, file=file)
    if root is None or problems:
        raise ValueError("\n".join(map(str, problems)))
    return msgspec.convert(_plain(root), kind)


_MARKS = re.compile(r"^=|\*$")


def _bare(name: str) -> str:
    """Return a name folded, without the signs of a term."""
    return fold_term(_MARKS.sub("", name))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _plain(node: yaml_marks.Node) -> object:
    """Return a node of our own files as plain values."""
    match node:
        case yaml_marks.Mapping():
            return {key.text: _plain(value) for key, value in node.items()}
        case yaml_marks.Sequence():
            return [_plain(each) for each in node]
        case yaml_marks.Scalar():
            return node.value
