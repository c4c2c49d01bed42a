"""Rule files into a RuleSet. All that is wrong in all files is found at once; good rules work beside bad ones."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.config.expect import Problems, check_keys, describe, expect_list, expect_mapping, expect_strs, note, warn
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Mapping, Node, Scalar, read_yaml
from monitor.errors import Location, Problem
from monitor.model import Rule
from monitor.rules.conditions import Names, check_positive, read_condition
from monitor.rules.expression import AllOf, Condition, Place, digest, walk
from monitor.rules.gazetteer import Gazetteer, Region
from monitor.rules.lists import read_lists
from monitor.rules.match import RuleSet, WrittenRule
from monitor.rules.schema import FILE_KEYS, REGION_KEYS, Defaults, is_enabled, read_defaults, read_rule, read_tests

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class _Known:
    """What rules are read against."""

    names: Names
    channels: Collection[str] | None
    ids: dict[str, Location]  # of the rules read so far
    today: date | None


def read_rules(
    paths: Sequence[Path], *, channels: Collection[str] | None = None, today: date | None = None
) -> tuple[RuleSet | None, list[Problem]]:
    """Return all rules of the files and folders, compiled, and everything that is wrong with them.

    Of a folder all *.yaml and *.yml files in it and below are read, by name. Lists and regions of any file serve the
    rules of all. A rule with an error is left out, the others work; the set is None if there are errors and no rule is
    left. Names of channels are checked if `channels` are given, and whether rules have expired if `today` (UTC) is.
    """
    problems: Problems = []
    roots = [root for file in rule_files(paths, problems) if (root := _read_root(file, problems)) is not None]
    gazetteer = Gazetteer(_read_regions(roots, problems))
    _check_regions(roots, gazetteer, problems)
    names = Names(gazetteer, {}, problems)
    names.lists = read_lists(roots, names)
    known = _Known(names, channels, {}, today)
    written = [rule for root in roots for rule in _read_file(root, known)]
    has_places = any(isinstance(node, Place) for rule in written for node in walk(rule.condition))
    has_errors = any(problem.severity == "error" for problem in problems)
    problems.sort(key=lambda problem: problem.at)
    if has_errors and not written:
        return None, problems
    return RuleSet(written, street_words=gazetteer.street_words if has_places else frozenset()), problems


def rule_files(paths: Sequence[Path], problems: Problems) -> Iterator[Path]:
    """Yield the rule files among files and in folders, each once."""
    seen = set()
    for path in paths:
        if path.is_dir():
            inside = (file for file in path.rglob("*") if file.suffix in SUFFIXES and file.is_file())
            files = sorted(
                file for file in inside if not any(part.startswith(".") for part in file.relative_to(path).parts)
            )
            if not files:
                warn(problems, Location(str(path)), "no rule files in this folder", "rules are in *.yaml files")
        else:
            files = [path]
        for file in files:
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield file


def _read_root(file: Path, problems: Problems) -> Mapping | None:
    node, found = read_yaml(file)
    problems += found
    if node is None:
        return None
    root = expect_mapping(node, problems, what="a rule file")
    if root is not None:
        check_keys(root, FILE_KEYS, problems, what="rule file")
    return root


def _read_regions(roots: Sequence[Mapping], problems: Problems) -> dict[str, Region]:
    """Return the regions that the user's files add."""
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
    return regions


def _strings(mapping: Mapping, name: str, problems: Problems) -> tuple[str, ...]:
    node = mapping.get(name)
    return expect_strs(node, problems, what=name) if node is not None else ()


def _check_regions(roots: Sequence[Mapping], gazetteer: Gazetteer, problems: Problems) -> None:
    """Note countries and regions that a user's region refers to and that are not known; then it goes without them."""
    names = Names(gazetteer, {}, problems)
    for root in roots:
        section = root.get("regions")
        for _, mapping in section.items() if isinstance(section, Mapping) else ():
            for kind, what in (("countries", "country"), ("regions", "region")):
                node = mapping.get(kind) if isinstance(mapping, Mapping) else None
                for each in node if node is not None and not isinstance(node, Scalar | Mapping) else ():
                    read_condition(Mapping(((Scalar(what, each.at), each),), each.at), names)


def _read_file(root: Mapping, known: _Known) -> Iterator[WrittenRule]:
    problems = known.names.problems
    defaults = read_defaults(root.get("defaults"), problems, channels=known.channels)
    node = root.get("rules")
    rules = expect_list(node, problems, what="rules") if node is not None else None
    for each in rules or ():
        if not isinstance(each, Mapping):
            note(problems, each.at, f"a rule must be a mapping, found {describe(each)}", 'write "- id: …", "  when: …"')
        elif (rule := _read_rule(each, defaults, known)) is not None:
            yield rule


def _read_rule(mapping: Mapping, defaults: Defaults, known: _Known) -> WrittenRule | None:
    """Return a rule, or None if it is switched off or has an error."""
    problems = known.names.problems
    before = len(problems)
    rule = read_rule(mapping, defaults, problems, channels=known.channels, today=known.today)
    when = mapping.get("when")
    condition = _read_when(when, defaults, known.names) if when is not None else None
    enabled = is_enabled(mapping, problems)
    if rule is not None:
        _check_id(rule, mapping, known)
    tests = read_tests(mapping.get("tests"), rule.id, mapping.at, problems) if rule is not None else ()
    has_errors = any(problem.severity == "error" for problem in problems[before:])
    if rule is None or condition is None or has_errors or not enabled:
        return None
    return WrittenRule(
        rule=replace(rule, version=_version(rule, condition)), condition=condition, at=mapping.at, tests=tests
    )


def _check_id(rule: Rule, mapping: Mapping, known: _Known) -> None:
    node = mapping.get("id")
    at = node.at if node is not None else mapping.at
    first = known.ids.setdefault(rule.id, at)
    if first is not at:
        message = f"the id {quoted(rule.id)} is used twice; the first is at {first}"
        note(known.names.problems, at, message, "give this rule another id: alerts are told apart by it")


def _read_when(node: Node, defaults: Defaults, names: Names) -> Condition | None:
    condition = read_condition(node, names)
    if condition is None or not check_positive(condition, node.at, names):
        return None
    asks_language = isinstance(node, Mapping) and "language" in node
    if defaults.language is None or asks_language:
        return condition
    language = read_condition(Mapping(((Scalar("language", node.at), defaults.language),), node.at), names)
    return AllOf(conditions=(condition, language)) if language else None


def _version(rule: Rule, condition: Condition) -> str:
    """Return a hash of what the rule means and says: with it an alert tells by which wording it was raised."""
    says = (rule.id, rule.title, rule.severity, sorted(rule.labels.items()), rule.channels)
    alerts = (rule.repeat_after, rule.volume, rule.expires)
    return hashlib.blake2b(f"{says!r} {alerts!r} {digest(condition)}".encode(), digest_size=6).hexdigest()
