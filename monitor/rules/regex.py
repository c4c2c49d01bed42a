"""Regular expressions of rules: RE2, so the time is linear whatever the pattern and the text (Cox 2010, RE2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import re2

from monitor.rules.reading import Found, Reading, Scope, Span

MAX_PATTERN = 1_000  # characters
IN_A_SET = 50  # patterns of which one pass over a field tells which match
MAX_MATCHES = 1_000  # of one pattern in a field


def complaint(pattern: str) -> str:
    """Return why a pattern cannot be used, "" if it can: RE2 has no look-around and no back-references."""
    if len(pattern) > MAX_PATTERN:
        return f"it has {len(pattern)} characters, {MAX_PATTERN} are allowed"
    try:
        compiled = re2.compile(pattern, _options())
    except re2.error as error:
        return str(error.args[0].decode() if isinstance(error.args[0], bytes) else error.args[0])
    return "it matches the empty text, so it would match every article" if compiled.match("") else ""


class Regexes:
    """All patterns of a rule set: one pass over a field tells which of them match."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Take patterns that `complaint` has nothing against."""
        self._patterns = [re2.compile(pattern, _options()) for pattern in patterns]
        # Patterns that are too much for one set are asked one by one.
        self._sets = [
            (number, found)
            for number in range(0, len(patterns), IN_A_SET)
            if (found := _set_of(patterns[number : number + IN_A_SET]))
        ]
        self._alone = frozenset(range(len(patterns))).difference(
            *(range(number, number + IN_A_SET) for number, _ in self._sets)
        )

    def matching(self, text: str) -> frozenset[int]:
        """Return the numbers of the patterns that match somewhere in a text."""
        if not text:
            return frozenset()
        together = (number + found for number, each in self._sets for found in each.Match(text) or ())
        alone = (number for number in self._alone if self._patterns[number].search(text))
        return frozenset((*together, *alone))

    def spans(self, number: int, text: str) -> Iterator[tuple[int, int]]:
        """Yield where a pattern matches."""
        for count, found in enumerate(self._patterns[number].finditer(text)):
            if count == MAX_MATCHES:
                return
            if found.end() > found.start():
                yield found.span()


@dataclass(frozen=True, slots=True, eq=False)
class RegexPlan:
    """A pattern, in a scope."""

    number: int
    label: str
    regexes: Callable[[], Regexes]  # all of the rule set, known only when it is complete
    scope: Scope

    def holds(self, reading: Reading) -> bool:
        """Return whether the pattern matches somewhere in the scope."""
        return any(True for _ in self.found(reading))

    def found(self, reading: Reading) -> Iterator[Found]:
        """Yield what it matches."""
        for name in self.scope.fields:
            original = reading.texts[name].original
            if name not in reading.regexes:
                reading.regexes[name] = self.regexes().matching(original)
            if self.number not in reading.regexes[name]:
                continue
            for start, end in self.regexes().spans(self.number, original):
                if not (self.scope.lead and name == "text" and start >= reading.lead_end_in_original):
                    yield Found(Span(name, start, end), self.label)

    def groups(self) -> tuple[frozenset[int], ...]:
        """Return nothing: it may match without any word of the rules."""
        return ()

    is_exact = False


def _set_of(patterns: Sequence[str]) -> re2.Set | None:
    """Return patterns as one set, None if its automaton would be too large."""
    found = re2.Set.SearchSet(_options())
    try:
        for pattern in patterns:
            found.Add(pattern)
        found.Compile()
    except re2.error:
        return None
    return found


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 << 20  # bytes of a pattern's automaton: a{1000}{1000} is refused
    return options
