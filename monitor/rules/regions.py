"""The regions that users add: `regions:` of all files."""

from __future__ import annotations

from collections.abc import Sequence

from monitor.config.expect import Problems, check_keys, expect_mapping, expect_strs
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Mapping, Scalar
from monitor.rules.conditions import read_condition
from monitor.rules.gazetteer import Gazetteer, Region
from monitor.rules.leaves import Names
from monitor.rules.schema import REGION_KEYS


def read_regions(roots: Sequence[Mapping], problems: Problems) -> Gazetteer:
    """Return the places that rules may name: those that come with the program, and the regions of all files."""
    regions: dict[str, Region] = {}
    for node in (root.get("regions") for root in roots):
        section = expect_mapping(node, problems, what="regions") if node is not None else None
        for key, value in section.items() if section else ():
            mapping = expect_mapping(value, problems, what=f"the region {quoted(key.text)}")
            if mapping is None:
                continue
            check_keys(mapping, REGION_KEYS, problems, what="region")
            title = mapping.get("title")
            regions[key.text] = Region(
                title=title.text if isinstance(title, Scalar) else "",
                countries=tuple(code.upper() for code in _strings(mapping, "countries", problems)),
                regions=_strings(mapping, "regions", problems),
                names=_strings(mapping, "names", problems),
            )
    gazetteer = Gazetteer(regions)
    _check_members(roots, gazetteer, problems)
    return gazetteer


def _strings(mapping: Mapping, name: str, problems: Problems) -> tuple[str, ...]:
    node = mapping.get(name)
    return expect_strs(node, problems, what=name) if node is not None else ()


def _check_members(roots: Sequence[Mapping], gazetteer: Gazetteer, problems: Problems) -> None:
    """Note countries and regions that a user's region refers to and that are not known; then it goes without them."""
    names = Names(gazetteer, {}, problems)
    for root in roots:
        section = root.get("regions")
        for _, mapping in section.items() if isinstance(section, Mapping) else ():
            for kind, what in (("countries", "country"), ("regions", "region")):
                node = mapping.get(kind) if isinstance(mapping, Mapping) else None
                for each in node if node is not None and not isinstance(node, Scalar | Mapping) else ():
                    read_condition(Mapping(((Scalar(what, each.at), each),), each.at), names)
