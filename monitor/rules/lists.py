"""Lists of terms that rules share: `lists:` of all files, names with their aliases, lists within lists."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from monitor.config import yaml_marks
from monitor.config.expect import check_keys, describe, expect_list, expect_mapping, expect_scalar, expect_scalars, note
from monitor.config.spelling import did_you_mean, quoted
from monitor.config.yaml_marks import Node, Scalar
from monitor.errors import Location
from monitor.rules.expression import AnyOf, Term, version_of
from monitor.rules.leaves import FIELDS, LEAVES, Names, read_term
from monitor.rules.lint import check_list

PREFIX = "list:"
MAX_DEPTH = 50  # lists within lists
_CONDITION = re.compile(rf"(?:{'|'.join((*FIELDS, *LEAVES))}):\S")


def read_lists(roots: Sequence[yaml_marks.Mapping], names: Names) -> Mapping[str, AnyOf]:
    """Return each list of all files as any of its terms; of a list defined twice the first counts."""
    nodes: dict[str, tuple[Location, Node]] = {}
    for root in roots:
        node = root.get("lists")
        section = expect_mapping(node, names.problems, what="lists") if node is not None else None
        for key, value in section.items() if section else ():
            if key.text in nodes:
                message = f"the list {quoted(key.text)} is defined twice; the first is at {nodes[key.text][0]}"
                note(names.problems, key.at, message, "give it another name, or put both into one")
            else:
                nodes[key.text] = (key.at, value)
    reader = _ListReader(nodes, names)
    return {
        name: AnyOf(conditions=(terms := reader.terms(name)), label=f"list:{name}", version=version_of(terms), at=at)
        for name, (at, _) in nodes.items()
    }


class _ListReader:
    """Reads each list once, and the lists that it includes before it."""

    def __init__(self, nodes: Mapping[str, tuple[Location, Node]], names: Names) -> None:
        self._nodes = nodes
        self._names = names
        self._done: dict[str, tuple[Term, ...]] = {}
        self._open: list[str] = []

    def terms(self, name: str) -> tuple[Term, ...]:
        """Return the terms of a list."""
        if name in self._done:
            return self._done[name]
        at, node = self._nodes[name]
        self._open.append(name)
        self._done[name] = tuple(dict.fromkeys(self._read(name, at, node)))
        self._open.pop()
        return self._done[name]

    def _read(self, name: str, at: Location, node: Node) -> Iterator[Term]:
        sequence = expect_list(node, self._names.problems, what=f"the list {quoted(name)}")
        if sequence is not None and not len(sequence):
            note(self._names.problems, at, f"the list {quoted(name)} is empty", "write terms, or delete it")
        plain: list[Term] = []
        named: list[Term] = []
        for each in sequence or ():
            match each:
                case Scalar() if each.text.startswith(PREFIX):
                    yield from self._include(each)
                case Scalar():
                    if (term := self._read_term(each)) is not None:
                        plain.append(term)
                        yield term
                case yaml_marks.Mapping():
                    entry = tuple(self._read_entry(each))
                    named += entry
                    yield from entry
                case _:
                    hint = "an entry is a term, or {name: …, aliases: […]}"
                    note(self._names.problems, each.at, f"an entry of a list cannot be {describe(each)}", hint)
        check_list(plain, named, self._names.problems)

    def _read_entry(self, mapping: yaml_marks.Mapping) -> Iterator[Term]:
        """Yield the terms of a name with aliases; evidence calls all of them by the name."""
        problems = self._names.problems
        mapping = check_keys(mapping, ("name", "aliases"), problems, what="list entry")
        name_node, aliases_node = mapping.get("name"), mapping.get("aliases")
        if name_node is None:
            note(problems, mapping.at, 'an entry without "name"', "write {name: …, aliases: […]}")
            return
        name = expect_scalar(name_node, problems, what="name")
        if name is None:
            return
        aliases = expect_scalars(aliases_node, problems, what="aliases") if aliases_node is not None else ()
        label = name.text.strip().removeprefix("=")
        for each in (name, *aliases):
            if (term := self._read_term(each, label=label)) is not None:
                yield term

    def _read_term(self, scalar: Scalar, *, label: str = "") -> Term | None:
        if _CONDITION.match(scalar.text):
            hint = f"name it beside the list: any: [list:…, {scalar.text}]"
            note(self._names.problems, scalar.at, f"{quoted(scalar.text)} is a condition, a list has terms", hint)
            return None
        return read_term(scalar, self._names, label=label)

    def _include(self, scalar: Scalar) -> Iterator[Term]:
        other = scalar.text.removeprefix(PREFIX).strip()
        if other not in self._nodes:
            hint = did_you_mean(other, self._nodes)
            note(self._names.problems, scalar.at, f"unknown list {quoted(other)}", hint)
        elif other in self._open:
            path = " → ".join((*self._open[self._open.index(other) :], other))
            note(self._names.problems, scalar.at, f"lists that include one another: {path}", "take one of them out")
        elif len(self._open) > MAX_DEPTH and other not in self._done:
            note(self._names.problems, scalar.at, f"lists within lists more than {MAX_DEPTH} deep", "write it flatter")
        else:
            yield from self.terms(other)
