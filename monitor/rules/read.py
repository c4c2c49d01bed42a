"""Rule files into a RuleSet. All that is wrong in all files is found at once; good rules work beside bad ones."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from monitor.config.expect import Problems, check_keys, describe, expect_list, expect_mapping, note, warn
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Mapping, Node, Scalar, parse_yaml, read_source
from monitor.errors import Location, Problem
from monitor.model import Rule, RuleId
from monitor.rules.conditions import check_positive, read_condition
from monitor.rules.expression import About, Condition, Place, all_of, conjuncts, digest, walk
from monitor.rules.leaves import Names
from monitor.rules.lint import Linter
from monitor.rules.lists import read_lists
from monitor.rules.match import RuleSet, WrittenRule
from monitor.rules.regions import read_regions
from monitor.rules.schema import FILE_KEYS, RULE_KEYS, Defaults, is_enabled, read_defaults, read_rule, read_tests

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRules:
    """What rule files say, as far as they could be read; `problems` says what is wrong with them, in file order."""

    written: tuple[WrittenRule, ...]  # without errors, those that are switched off too
    switched_off: frozenset[RuleId]
    problems: tuple[Problem, ...]
    parsed: int  # files that had changed since the reader read them before
    street_words: frozenset[str]

    def in_force(self) -> RuleSet | None:
        """Return the rules that are switched on, compiled; None if there are errors and no rule is left."""
        on = [each for each in self.written if each.rule.id not in self.switched_off]
        if not on and any(problem.severity == "error" for problem in self.problems):
            return None
        return RuleSet(on, street_words=self.street_words)

    def to_test(self) -> RuleSet:
        """Return all rules, compiled: who switches a rule off for a while wants its tests to go on holding."""
        return RuleSet(self.written, street_words=self.street_words)


def read_rules(
    paths: Sequence[Path], *, channels: Collection[str] | None = None, today: date | None = None
) -> tuple[RuleSet | None, list[Problem]]:
    """Return the rules of the files and folders that are in force, and everything that is wrong; see `RuleReader`."""
    read = RuleReader().read(paths, channels=channels, today=today)
    return read.in_force(), list(read.problems)


@dataclass(frozen=True, slots=True)
class _Parsed:
    """A file as YAML."""

    source: bytes  # a hash of it
    root: Mapping | None
    problems: Problems


@dataclass(frozen=True, slots=True, eq=False)
class _Shared:
    """What the rules of all files are read against."""

    sections: tuple[tuple[Node | None, Node | None], ...]  # the lists and regions that `names` came from
    channels: Collection[str] | None
    today: date | None
    names: Names
    linter: Linter
    problems: Problems


@dataclass(frozen=True, slots=True)
class _Read:
    """A rule with an id; `written` is None if it has an error."""

    id: RuleId
    at: Location  # of the id
    enabled: bool
    written: WrittenRule | None


@dataclass(frozen=True, slots=True)
class _FileRules:
    """The rules of a file, read against lists and regions."""

    root: Mapping
    shared: _Shared
    rules: tuple[_Read, ...]
    problems: Problems


class RuleReader:
    """Reads rule files, and reads them again after edits, but not all of them.

    A file is parsed only if it has changed; its rules are read only if it, or a list or region of any
    file, has changed.
    """

    def __init__(self) -> None:
        self._parsed: dict[Path, _Parsed] = {}
        self._rules: dict[Path, _FileRules] = {}
        self._shared: _Shared | None = None

    def read(
        self, paths: Sequence[Path], *, channels: Collection[str] | None = None, today: date | None = None
    ) -> ReadRules:
        """Return all rules of the files and folders, and everything that is wrong with them.

        Of a folder all *.yaml and *.yml files in it and below are read, by name. Lists and regions of any file serve
        the rules of all. A rule with an error is left out, the others work. Names of channels are checked if `channels`
        are given, and whether rules have expired if `today` (UTC) is.
        """
        with without_collector():
            problems: Problems = []
            before = self._parsed
            self._parsed = {file: self._parse(file) for file in rule_files(paths, problems)}
            for parsed in self._parsed.values():
                problems += parsed.problems
            roots = {file: parsed.root for file, parsed in self._parsed.items() if parsed.root is not None}
            shared = self._shared = self._share(tuple(roots.values()), channels, today)
            self._rules = {file: self._read_file(file, root, shared) for file, root in roots.items()}
            problems += shared.problems
            for each in self._rules.values():
                problems += each.problems
            rules = list(_unlike(self._rules.values(), problems))
            written = tuple(rule.written for rule in rules if rule.written is not None)
            # The gazetteer is read only if a rule asks for a place.
            has_places = any(isinstance(node, Place) for each in written for node in walk(each.condition))
            return ReadRules(
                written=written,
                switched_off=frozenset(rule.id for rule in rules if not rule.enabled),
                problems=tuple(sorted(problems, key=lambda problem: problem.at)),
                parsed=sum(parsed is not before.get(file) for file, parsed in self._parsed.items()),
                street_words=shared.names.gazetteer.street_words if has_places else frozenset(),
            )

    def _parse(self, file: Path) -> _Parsed:
        source = read_source(file)
        if isinstance(source, Problem):
            return _Parsed(b"", None, [source])
        hashed = hashlib.blake2b(source).digest()
        known = self._parsed.get(file)
        if known is not None and known.source == hashed:
            return known
        node, problems = parse_yaml(source, file=str(file))
        root = expect_mapping(node, problems, what="a rule file") if node is not None else None
        if root is not None:
            root = check_keys(root, FILE_KEYS, problems, what="rule file")
        return _Parsed(hashed, root, problems)

    def _share(self, roots: Sequence[Mapping], channels: Collection[str] | None, today: date | None) -> _Shared:
        sections = tuple((root.get("lists"), root.get("regions")) for root in roots)
        sections = tuple(section for section in sections if section != (None, None))
        known = self._shared
        if known is not None and (known.sections, known.channels, known.today) == (sections, channels, today):
            return known
        problems: Problems = []
        names = Names(read_regions(roots, problems), {}, problems)
        names.lists = read_lists(roots, names)
        linter = Linter(names.gazetteer, names.lists)
        return _Shared(sections, channels, today, names, linter, problems)

    def _read_file(self, file: Path, root: Mapping, shared: _Shared) -> _FileRules:
        known = self._rules.get(file)
        if known is not None and known.root is root and known.shared is shared:
            return known
        names = replace(shared.names, problems=[])
        rules = tuple(_read_rules(root, names, shared))
        return _FileRules(root, shared, rules, names.problems)


@contextmanager
def without_collector() -> Iterator[None]:
    """Keep the garbage collector from looking through what is read here, now or ever: it stays until the next edit.

    It would take half as long again to read, and later stop a daemon of a thousand rules for 0.1 s at a time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()


def rule_files(paths: Sequence[Path], problems: Problems) -> Iterator[Path]:
    """Yield the files to read, each once."""
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


def _unlike(files: Collection[_FileRules], problems: Problems) -> Iterator[_Read]:
    """Yield the rules of all files without those whose id another rule has before them."""
    first: dict[RuleId, Location] = {}
    for rule in (rule for file in files for rule in file.rules):
        if first.setdefault(rule.id, rule.at) == rule.at:
            yield rule
        else:
            message = f"the id {quoted(rule.id)} is used twice; the first is at {first[rule.id]}"
            note(problems, rule.at, message, "give this rule another id: alerts are told apart by it")


def _read_rules(root: Mapping, names: Names, shared: _Shared) -> Iterator[_Read]:
    """Yield the rules of a file that have an id; problems go to `names`."""
    problems, channels = names.problems, shared.channels
    defaults = read_defaults(root.get("defaults"), problems, channels=channels)
    language = _read_language(defaults, names)
    node = root.get("rules")
    rules = expect_list(node, problems, what="rules") if node is not None else None
    for each in rules or ():
        if not isinstance(each, Mapping):
            note(problems, each.at, f"a rule must be a mapping, found {describe(each)}", 'write "- id: …", "  when: …"')
            continue
        before = len(problems)
        each = check_keys(each, RULE_KEYS, problems, what="rule")
        rule = read_rule(each, defaults, problems, channels=channels, today=shared.today)
        condition = _read_conditions(each, defaults, language, names)
        if condition is not None:
            shared.linter.check(condition, each.at, problems)
        enabled = is_enabled(each, problems)
        if rule is None:
            continue
        tests = read_tests(each.get("tests"), rule.id, each.at, problems)
        written = None
        if condition is not None and not any(problem.severity == "error" for problem in problems[before:]):
            rule = replace(rule, version=_version(rule, condition))
            written = WrittenRule(rule=rule, condition=condition, at=each.at, tests=tests)
        id_node = each.get("id")
        yield _Read(rule.id, id_node.at if id_node is not None else each.at, enabled, written)


def _read_language(defaults: Defaults, names: Names) -> Condition | None:
    """Return what the file's defaults ask of the language, None if nothing or if it cannot be used."""
    node = defaults.language
    return read_condition(Mapping(((Scalar("language", node.at), node),), node.at), names) if node is not None else None


def _read_conditions(rule: Mapping, defaults: Defaults, language: Condition | None, names: Names) -> Condition | None:
    """Return what `when` and `query` of a rule ask for together; None if something of it cannot be used."""
    when, query = rule.get("when"), rule.get("query")
    read = []
    if when is not None:
        read.append(read_condition(when, names))
    if query is not None:
        key = Scalar("query", query.at)
        read.append(read_condition(Mapping(((key, query),), query.at), names))
    known = [condition for condition in read if condition]
    if len(known) < len(read) or not known:
        return None
    condition = all_of(known, at=rule.at)
    node = when if when is not None else query
    if node is None or not check_positive(condition, node.at, names):
        return None
    if defaults.language is None or any(
        isinstance(each, About) and each.aspect == "language" for each in conjuncts(condition)
    ):
        return condition
    return all_of((condition, language)) if language else None


def _version(rule: Rule, condition: Condition) -> str:
    """Return a hash of what the rule means and says: with it an alert tells by which wording it was raised."""
    says = (rule.id, rule.title, rule.severity, sorted(rule.labels.items()), rule.channels)
    alerts = (rule.repeat_after, rule.volume, rule.expires, rule.dedup, rule.group_window, rule.realert_after_edit)
    return hashlib.blake2b(f"{says!r} {alerts!r} {digest(condition)}".encode(), digest_size=6).hexdigest()
