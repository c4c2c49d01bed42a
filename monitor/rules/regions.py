"""The regions that users add: `regions:` of all files."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.config import yaml_marks
from monitor.config.expect import Problems, check_keys, expect_mapping, expect_scalars, expect_str, note
from monitor.config.spelling import did_you_mean, quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Location
from monitor.rules.gazetteer import Gazetteer, Region
from monitor.rules.leaves import Names, country_hint, read_term, region_key
from monitor.rules.schema import REGION_KEYS

MEMBERS = ("countries", "regions")
NAMES = ("names", "weak", "stops")


@dataclass(slots=True)
class _Written:
    """A region as a file has it: each list as the values in it, with their places."""

    at: Location
    title: str = ""
    lists: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the values of a list."""
        return tuple(scalar.text.strip() for scalar in self.lists.get(key, ()))


def read_regions(roots: Sequence[yaml_marks.Mapping], problems: Problems) -> Gazetteer:
    """Return the places that rules may name: those that come with the program, and the regions of all files.

    What a region refers to and is not known is noted, and it goes without it; of a region defined twice the first
    counts.
    """
    written: dict[str, _Written] = {}
    names = Names(Gazetteer(), {}, problems)
    for root in roots:
        node = root.get("regions")
        section = expect_mapping(node, problems, what="regions") if node is not None else None
        for key, value in section.items() if section else ():
            name = region_key(key.text)
            if name in written:
                message = f"the region {quoted(name)} is defined twice; the first is at {written[name].at}"
                note(problems, key.at, message, "give it another name, or put both into one")
            elif (region := _read_region(key, value, names)) is not None:
                written[name] = region
    _drop_unknown(written, names)
    gazetteer = Gazetteer({name: _region(region) for name, region in written.items()})
    _check_circles(written, gazetteer, problems)
    return gazetteer


def _read_region(key: Scalar, value: Node, names: Names) -> _Written | None:
    problems = names.problems
    mapping = expect_mapping(value, problems, what=f"the region {quoted(key.text)}")
    if mapping is None:
        return None
    check_keys(mapping, REGION_KEYS, problems, what="region")
    title = mapping.get("title")
    region = _Written(key.at, (expect_str(title, problems, what="title") or "") if title is not None else "")
    for name in (*MEMBERS, *NAMES):
        node = mapping.get(name)
        if node is None:
            continue
        if isinstance(node, yaml_marks.Sequence) and not len(node):
            note(problems, node.at, f"{quoted(name)} has an empty list", "write a name, or delete it")
        scalars = expect_scalars(node, problems, what=name)
        if name in NAMES:
            scalars = tuple(scalar for scalar in scalars if read_term(scalar, names) is not None)
        region.lists[name] = scalars
    keys = set(mapping.keys())
    # Beside a key that is misspelt, nothing is missing.
    if keys <= {"title", "stops"}:
        hint = "write countries: [IL], regions: [sahel] or names: [Red Sea]"
        note(problems, key.at, f"the region {quoted(key.text)} has no countries, regions or names", hint)
    _check_weak(region, problems)
    return region


def _check_weak(region: _Written, problems: Problems) -> None:
    """Note names that count alone and are said to need a hint."""
    strong = set(region.texts("names"))
    for scalar in region.lists.get("weak", ()):
        if scalar.text.strip() in strong:
            hint = "a name in names counts alone, one in weak needs a hint: keep one of them"
            note(problems, scalar.at, f"{quoted(scalar.text)} is in names and in weak", hint)


def _drop_unknown(written: Mapping[str, _Written], names: Names) -> None:
    """Note the countries and regions that are not known, and take them out."""
    countries, problems = names.gazetteer.countries, names.problems
    regions = (*names.gazetteer.regions, *written)
    for region in written.values():
        known: dict[str, list[Scalar]] = {"countries": [], "regions": []}
        for scalar in region.lists.get("countries", ()):
            if scalar.text.strip().upper() in countries:
                known["countries"].append(scalar)
            else:
                hint = country_hint(scalar.text, countries)
                note(problems, scalar.at, f"unknown country {quoted(scalar.text)}", hint)
        for scalar in region.lists.get("regions", ()):
            if region_key(scalar.text) in regions:
                known["regions"].append(scalar)
            else:
                hint = did_you_mean(scalar.text, regions)
                note(problems, scalar.at, f"unknown region {quoted(scalar.text)}", hint)
        region.lists |= {key: tuple(scalars) for key, scalars in known.items()}


def _region(written: _Written) -> Region:
    return Region(
        title=written.title,
        countries=tuple(code.upper() for code in written.texts("countries")),
        regions=tuple(map(region_key, written.texts("regions"))),
        names=written.texts("names"),
        weak=written.texts("weak"),
        stops=written.texts("stops"),
    )


def _check_circles(written: Mapping[str, _Written], gazetteer: Gazetteer, problems: Problems) -> None:
    """Note regions that include one another, each circle once."""
    seen: set[frozenset[str]] = set()
    for name, region in written.items():
        for scalar in region.lists["regions"]:
            path = _path(region_key(scalar.text), name, gazetteer)
            if path and frozenset(path) not in seen:
                seen.add(frozenset(path))
                message = f"regions that include one another: {' → '.join((name, *path))}"
                note(problems, scalar.at, message, "take one of them out")


def _path(start: str, end: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the shortest way from a region to another by what each includes; nothing if there is none."""
    came_from: dict[str, tuple[str, ...]] = {start: (start,)}
    waiting = deque((start,))
    while waiting:
        name = waiting.popleft()
        if name == end:
            return came_from[name]
        for other in gazetteer.regions[name].regions:
            if other not in came_from:
                came_from[other] = (*came_from[name], other)
                waiting.append(other)
    return ()
