"""Countries and regions as texts name them: names, people, cities, and which of them need a hint. Data in data/*."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib import resources

import msgspec

from monitor.rules.fold import fold_term
from monitor.rules.terms import is_unspaced


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNames:
    """What stands for one country, or for a region itself, in texts. All are written as terms: =EXACT CASE, stem*."""

    code: str  # of the country; empty for a region
    plain: tuple[str, ...]  # in any case
    capitalised: tuple[str, ...]  # with a capital, in scripts that have them
    guarded: tuple[str, ...]  # capitalised, but neither a town in a state nor a team
    weak: tuple[str, ...]  # also people or words: capitalised, and "in NAME", "NAME's government", or a hint elsewhere
    shared: tuple[str, ...]  # also other places: capitalised, and "NAME's government", or a hint elsewhere
    near: tuple[str, ...]  # names of neighbours, which are a hint that a weak or shared name means the place
    against: tuple[str, ...]  # names which show that a shared name means another place, whatever the neighbours


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceNames:
    """What stands for a place in texts: the names of each of its parts."""

    parts: tuple[PartNames, ...]
    stops: tuple[str, ...]  # longer words in which a name does not mean the place
    tags: frozenset[str]  # of a feed, in lower case with hyphens: with one of them, its articles mean the place
    version: str  # hash of all these


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Countries that are written of as one, and how the region itself is called."""

    title: str = ""
    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()  # names that need a hint
    stops: tuple[str, ...] = ()  # longer words in which a name does not mean the region
    aliases: tuple[str, ...] = ()  # other keys that rules may write for it
    m49: str = ""  # its number at the United Nations


class _Listed(msgspec.Struct, frozen=True):
    """A line of countries.jsonl: a country, or the names of a region of the United Nations."""

    code: str = ""
    name: str = ""
    english: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    cities: tuple[str, ...] = ()
    m49: str = ""


class _Noted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What places.yaml says of a country; the file says what each means."""

    people: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    guarded: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


class _Places(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """places.json: what places.yaml and regions.yaml say, compiled by .ci/build-gazetteer.py."""

    countries: dict[str, _Noted]
    regions: dict[str, Region]
    street_words: frozenset[str]  # folded
    capitalised: frozenset[str]
    lower_words: frozenset[str]  # the same folded
    longer: tuple[str, ...]  # English and hand-written names of several words, folded


_NOTHING = _Noted()


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
        """All regions by name, and again by each of their aliases."""
        return self._regions

    @property
    def region_names(self) -> tuple[str, ...]:
        """The names of all regions without the aliases, in the order of the files: what an editor may offer."""
        aliases = {alias for region in self._regions.values() for alias in region.aliases}
        return tuple(name for name in self._regions if name not in aliases)

    def country(self, code: str) -> PlaceNames:
        """Return the names of a country.

        Raises:
            KeyError: there is no such code.
        """
        label = f"country:{code}"
        if label not in self._known:
            listed = self._listed[code]
            tags = {code.lower(), *map(_as_tag, listed.english), *self._regions_of[code]}
            self._known[label] = self._expand((code,), (), tags)
        return self._known[label]

    def region(self, name: str) -> PlaceNames:
        """Return the names of a region, of the regions in it and of all their countries.

        Raises:
            KeyError: there is no such region.
        """
        label = f"region:{name}"
        if label not in self._known:
            region = self._regions[name]
            below = tuple(self._below(name))
            codes = dict.fromkeys(code for each in below for code in each.countries)
            self._known[label] = self._expand(codes, below, {name, *region.aliases, _as_tag(region.title)})
        return self._known[label]

    def _below(self, name: str) -> Iterator[Region]:
        """Yield a region and those in it, each once, in the order written."""
        seen, waiting = set(), [name]
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self._regions:
                seen.add(name)
                yield self._regions[name]
                waiting.extend(reversed(self._regions[name].regions))

    def _expand(self, codes: Iterable[str], regions: Sequence[Region], tags: Iterable[str]) -> PlaceNames:
        """Return the names of countries and of the regions that they form or that are in them."""
        parts = [self._part(code) for code in codes]
        if regions:
            parts.append(self._whole(regions))
        # Only names that are written by hand, English or unspaced are looked for inside others: the rest are too many.
        ours = {_bare(name) for part in parts for name in (*part.plain, *part.guarded, *part.weak, *part.shared)}
        ours.update(_bare(name) for part in parts for name in part.capitalised if self._is_looked_for(name))
        stops = [name for code in codes for name in self._noted(code).stops]
        stops += [name for region in (*regions, *self._areas(codes)) for name in region.stops]
        stops += self._longer(ours)
        names = tuple(parts), tuple(name for name in dict.fromkeys(stops) if _bare(name) not in ours)
        version = hashlib.blake2b(repr((names, sorted(tags))).encode(), digest_size=8).hexdigest()
        return PlaceNames(parts=names[0], stops=names[1], tags=frozenset(tags), version=version)

    def _part(self, code: str) -> PartNames:
        """Return the names of a country."""
        listed, noted = self._listed[code], self._noted(code)
        areas = self._areas((code,))
        weak = (*noted.weak, *(name for area in areas for name in area.weak))
        doubtful = {_bare(name) for name in (*noted.guarded, *weak, *noted.shared)}
        written = [*_and_plurals((*noted.people, *(name for area in areas for name in area.names)))]
        written += [*noted.names, *listed.english]
        others = [*listed.names, *listed.cities]
        if doubtful:
            written = [name for name in written if _bare(name) not in doubtful]
            others = [name for name in others if _bare(name) not in doubtful]
        plain, capitalised = self._sorted(written)
        return PartNames(
            code=code,
            plain=plain,
            capitalised=_once((*capitalised, *others)),
            guarded=noted.guarded,
            weak=weak,
            shared=noted.shared,
            near=_once(self._names_nearby(noted.near)) if doubtful else (),
            against=noted.against,
        )

    def _whole(self, regions: Iterable[Region]) -> PartNames:
        """Return the names of regions themselves."""
        plain, capitalised = self._sorted(_and_plurals(name for region in regions for name in region.names))
        weak = _once(name for region in regions for name in region.weak)
        return PartNames(
            code="", plain=plain, capitalised=capitalised, guarded=(), weak=weak, shared=(), near=(), against=()
        )

    def _sorted(self, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return names that count in any case, and those that are other words in lower case."""
        several = _once(names)
        lower = {name for name in several if _bare(name) in self._places.lower_words}
        return tuple(name for name in several if name not in lower), tuple(name for name in several if name in lower)

    def _names_nearby(self, codes: Iterable[str]) -> Iterator[str]:
        """Yield the names of neighbours that mean them alone."""
        for code in codes:
            listed, noted = self._listed[code], self._noted(code)
            unsure = {*noted.guarded, *noted.weak, *noted.shared, *self._places.capitalised}
            for names in (noted.people, noted.names, listed.english, listed.names):
                yield from (name for name in names if name not in unsure)

    def _noted(self, code: str) -> _Noted:
        return self._places.countries.get(code, _NOTHING)

    def _areas(self, codes: Iterable[str]) -> tuple[Region, ...]:
        return tuple(self._regions[area] for code in codes for area in self._noted(code).areas)

    def _is_looked_for(self, name: str) -> bool:
        return is_unspaced(name[-1]) or (name.isascii() and _bare(name) in self._places.lower_words)

    def _longer(self, ours: set[str]) -> Iterator[str]:
        """Yield names of other places that have one of ours in them: Papua New Guinea, 印度尼西亚."""
        for name in ours:
            for whole in self._by_word.get(name.split(" ", 1)[0], ()):
                if whole not in ours and f" {name} " in f" {whole} ":
                    yield whole
            if is_unspaced(name[:1] or " "):
                yield from (whole for whole in self._unspaced_with(name) if whole not in ours)

    def _unspaced_with(self, name: str) -> Iterator[str]:
        """Yield the names without spaces that have one inside them."""
        names = self._unspaced
        at = names.find(name)
        while at >= 0:
            start, end = names.rfind("\n", 0, at) + 1, names.find("\n", at)
            if end - start > len(name):
                yield names[start:end]
            at = names.find(name, end)

    @property
    def street_words(self) -> frozenset[str]:
        """Words after a capitalised name that make a street or a firm of it, folded."""
        return self._places.street_words

    @cached_property
    def _regions_of(self) -> Mapping[str, set[str]]:
        """The regions in which each country is, by its code."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in self._regions:
            for region in self._below(name):
                for code in region.countries:
                    found[code].add(name)
        return found

    @cached_property
    def _listed(self) -> Mapping[str, _Listed]:
        return {line.code: line for line in self._lines if line.code}

    @cached_property
    def _lines(self) -> tuple[_Listed, ...]:
        return tuple(msgspec.json.decode(line, type=_Listed) for line in _data("countries.jsonl").splitlines())

    @cached_property
    def _places(self) -> _Places:
        return msgspec.json.decode(_data("places.json"), type=_Places)

    @cached_property
    def _regions(self) -> Mapping[str, Region]:
        names = {line.m49: line.names for line in self._lines if line.m49}
        regions: dict[str, Region] = {}
        for name, region in self._places.regions.items():
            if region.m49:
                region = replace(region, names=(*region.names, *names[region.m49]))
            regions.update(dict.fromkeys((name, *region.aliases), region))
        for name, extra in self._own.items():
            first = regions.get(name, Region())
            # Whatever name the author writes for it, it is the same region by all its names.
            same = [other for other, region in regions.items() if region is first]
            merged = Region(
                title=extra.title or first.title or name,
                countries=(*first.countries, *extra.countries),
                regions=(*first.regions, *extra.regions),
                names=(*first.names, *extra.names),
                weak=(*first.weak, *extra.weak),
                stops=(*first.stops, *extra.stops),
                aliases=first.aliases,
            )
            regions.update(dict.fromkeys((name, *same), merged))
        return regions

    @cached_property
    def _by_word(self) -> Mapping[str, tuple[str, ...]]:
        """English and hand-written names of several words by each of their words."""
        found: dict[str, list[str]] = defaultdict(list)
        for name in self._places.longer:
            for word in set(name.split()):
                found[word].append(name)
        return {word: tuple(names) for word, names in found.items()}

    @cached_property
    def _unspaced(self) -> str:
        """All names in scripts without spaces, folded, each on a line."""
        listed = (name for each in self._listed.values() for name in (*each.names, *each.cities))
        noted = (name for each in self._places.countries.values() for name in (*each.names, *each.weak))
        regions = (name for region in self._regions.values() for name in region.names)
        unspaced = dict.fromkeys(name for name in (*listed, *noted, *regions) if is_unspaced(name[-1]))
        # The dot in foreign names is all that folding changes in these.
        return "\n".join(("", *unspaced, "")).replace("・", " ")


def _data(file: str) -> bytes:
    return resources.files("monitor.rules").joinpath("data", file).read_bytes()


_MARKS = re.compile(r"^=|\*$")


def _bare(name: str) -> str:
    """Return a name folded, without the signs of a term."""
    return fold_term(_MARKS.sub("", name))


def _and_plurals(names: Iterable[str]) -> Iterator[str]:
    """Yield names of people and of regions, each with its plural. Names of countries have none: Frances is a person."""
    for name in names:
        yield name
        if name.isascii() and name[-1].isalpha() and not name.endswith(("s", "x", "h")) and name[0] != "=":
            yield f"{name}s"


def _as_tag(name: str) -> str:
    """Return a name as tags of feeds are compared."""
    return name.lower().replace(" ", "-")


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
