"""Conditions in one line, for those who think in Boolean: `(envoy OR title:mediator) NEAR/15 talks AND country:QA`.

Phrases bind tightest, then NEAR, NOT, AND, OR. Trees are the same as those of the YAML form. As in the search fields of
media databases AND and OR must not be mixed without brackets: there half the readers get it wrong.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from monitor.config.expect import note
from monitor.config.spelling import quoted
from monitor.config.yaml_marks import Scalar
from monitor.errors import Location
from monitor.rules.expression import Condition, NoneOf, all_of, any_of, within
from monitor.rules.leaves import FIELDS, Names
from monitor.rules.operators import MAX_WITHIN, make_near

MAX_DEPTH = 50  # brackets in brackets
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<bracket>[()])
    | (?P<near>O?NEAR)(?P<slash>/(?P<words>\d{1,9})?)?(?![\w:*])
    | (?P<operator>AND|OR|NOT)(?![\w:*/-])
    | (?P<field>[a-z]+):\s*(?=\()
    | (?P<term>(?:[a-z_-]+:)*[=~]?["“”](?P<quoted>[^"“”]*)["“”]\*?|[^\s()"“”]+)
    | (?P<open>["“”])
    )""",
    re.VERBOSE,
)

# How search fields of other tools say what is said otherwise here.
_ELSEWHERE = tuple(
    (re.compile(pattern, re.IGNORECASE), here)
    for pattern, here in (
        (r"(?:near|w/|within/|n/|/n)(\d{1,4})/?", r"NEAR/\1"),
        (r"(?:onear|adj|adj/|pre/|p/)(\d{1,4})", r"ONEAR/\1"),
        (r"&&?|\+", "AND"),
        (r"\|\|?", "OR"),
        (r"!|and[-_]?not", "NOT"),
        (r"[-!](\w.*)", r"NOT \1"),
        (r"\+(\w.*)", r"\1, joined to others by AND"),
        (r"~(\d{1,4})", r"NEAR/\1 between the words, each by itself"),
    )
)


@dataclass(frozen=True, slots=True)
class _Token:
    """A piece of a query. `kind` is one of ( ) AND OR NOT NEAR ONEAR field term end."""

    kind: str
    text: str
    at: Location
    number: int = -1


class _Refused(Exception):
    """The query cannot be read on; a problem was noted."""


def read_query(
    scalar: Scalar, names: Names, read_text: Callable[[Scalar, Names], Condition | None]
) -> Condition | None:
    """Return the condition that a query writes, None if it has an error, which is noted at its place.

    Args:
        scalar: the query.
        names: what it may refer to.
        read_text: reads a term with its prefixes, as the YAML form does.
    """
    try:
        return _Parser(scalar, names, read_text).whole()
    except _Refused:
        return None


class _Parser:
    """Recursive descent over the tokens, one method for each level of binding."""

    def __init__(self, scalar: Scalar, names: Names, read_text: Callable[[Scalar, Names], Condition | None]) -> None:
        self._scalar = scalar
        self._names = names
        self._read_text = read_text
        self._depth = 0
        self._is_block = "\n" in scalar.text
        self._quotes = [offset for offset, character in enumerate(scalar.text) if character == "'"]
        self._tokens = self._split()
        self._next = 0

    def whole(self) -> Condition | None:
        """Read the query to its end."""
        condition = self._sequence()
        if self._token.kind == ")":
            raise self._refuse(self._token.at, 'a ")" without "("', "delete it, or open a bracket before")
        return condition

    def _split(self) -> list[_Token]:
        text, tokens, at = self._scalar.text.rstrip(), [], 0
        while at < len(text):
            found = _TOKEN.match(text, at)
            assert found is not None, "every character is a token, or a part of one"
            start = found.end() - len(found[0].lstrip())
            tokens.append(self._token_of(found, self._place(start)))
            at = found.end()
        tokens.append(_Token("end", "the end", self._place(len(text))))
        return tokens

    def _token_of(self, found: re.Match[str], at: Location) -> _Token:
        if found["open"]:
            raise self._refuse(at, "a quotation mark that is never closed", 'write "…" around the whole phrase')
        if found["near"]:
            if found["words"] is None:
                raise self._refuse(
                    at, f"{found['near']} without a number", f"write {found['near']}/10: at most 10 words"
                )
            return _Token(found["near"], found[0].strip(), at, int(found["words"]))
        for kind in ("bracket", "operator"):
            if found[kind]:
                return _Token(found[kind], found[kind], at)
        kind = "field" if found["field"] else "term"
        return _Token(kind, found[kind], at)

    def _place(self, offset: int) -> Location:
        """Return where a character of the query stands in its file; of a block only the start is known."""
        scalar = self._scalar
        if self._is_block:
            return scalar.at
        # Inside single quotes a quote is written twice.
        extra = 0 if scalar.plain else 1 + bisect_left(self._quotes, offset)
        return Location(scalar.at.file, scalar.at.line, scalar.at.column + offset + extra)

    @property
    def _token(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next = min(self._next + 1, len(self._tokens) - 1)
        return token

    def _sequence(self) -> Condition | None:
        """Read operands joined by AND (and NOT), or by OR."""
        start = self._token.at
        operands = [self._unary()]
        joint = ""
        while self._token.kind in ("AND", "OR", "NOT"):
            token = self._token
            word = "AND" if token.kind == "NOT" else token.kind
            if joint and word != joint:
                hint = "write (a AND b) OR c, or a AND (b OR c)"
                raise self._refuse(token.at, "AND and OR mixed without brackets", hint)
            joint = word
            if token.kind != "NOT":
                self._take()
            operands.append(self._unary())
        if self._token.kind not in ("end", ")"):
            self._refuse_neighbours()
        known = [operand for operand in operands if operand is not None]
        if len(known) < len(operands):
            return None
        return any_of(known, at=start) if joint == "OR" else all_of(known, at=start)

    def _refuse_neighbours(self) -> None:
        before, token = self._tokens[self._next - 1], self._token
        if token.kind == "term" and token.text.upper() in ("AND", "OR", "NOT"):
            hint = f"write {token.text.upper()} in capitals"
            raise self._refuse(token.at, f"{quoted(token.text)} is a word like others here", hint)
        if token.kind == "term" and re.fullmatch(r"o?near/\d+", token.text):
            raise self._refuse(token.at, f"{quoted(token.text)} is a word", f"write {token.text.upper()} in capitals")
        if before.text.endswith(":"):
            raise self._refuse(before.at, f"nothing after {quoted(before.text)}", f"write {before.text}{token.text}")
        self._check_elsewhere(token)
        both = re.sub("[\"',]", "", f"{before.text} {token.text}")
        hint = f"write AND or OR between them, or quotes around a phrase: {quoted(both)}"
        raise self._refuse(token.at, "two terms side by side", hint)

    def _check_elsewhere(self, token: _Token) -> None:
        for pattern, here in _ELSEWHERE:
            if found := pattern.fullmatch(token.text):
                raise self._refuse(token.at, f"{quoted(token.text)} is of another tool", f"here: {found.expand(here)}")

    def _unary(self) -> Condition | None:
        if self._token.kind != "NOT":
            return self._near()
        at = self._take().at
        if self._token.kind == "NOT":
            raise self._refuse(self._token.at, "NOT NOT", "delete both")
        inner = self._near()
        return NoneOf(conditions=(inner,), at=at) if inner is not None else None

    def _near(self) -> Condition | None:
        """Read operands joined by NEAR/n or ONEAR/n."""
        start = self._token.at
        operands, first = [self._primary()], self._token
        if first.kind not in ("NEAR", "ONEAR"):
            return operands[0]
        while self._token.kind in ("NEAR", "ONEAR"):
            token = self._take()
            if (token.kind, token.number) != (first.kind, first.number):
                message = f"{first.text} and {token.text} in a row"
                raise self._refuse(token.at, message, "use one of them for all, or AND two conditions")
            operands.append(self._primary())
        if first.number > MAX_WITHIN:
            raise self._refuse(first.at, f"{first.text}: at most {MAX_WITHIN} words")
        known = tuple(operand for operand in operands if operand is not None)
        if len(known) < len(operands):
            return None
        return make_near(known, within=first.number, ordered=first.kind == "ONEAR", at=start, names=self._names)

    def _primary(self) -> Condition | None:
        token = self._take()
        match token.kind:
            case "(":
                return self._bracket(token)
            case "field":
                inner = self._bracket(self._take())
                return self._within(token, inner) if inner is not None else None
            case "term":
                return self._read_term(token)
            case "end" | ")":
                last = self._tokens[max(0, self._next - (2 if token.kind == ")" else 1))]
                what = f"nothing after {quoted(last.text)}" if last is not token else "an empty query"
                raise self._refuse(token.at, what, "write a term there")
            case _:
                raise self._refuse(token.at, f"{token.text} without a term before it", "write a term there")

    def _bracket(self, opened: _Token) -> Condition | None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._refuse(opened.at, f"brackets nested more than {MAX_DEPTH} deep", "write it flatter")
        inner = self._sequence()
        if self._token.kind != ")":
            raise self._refuse(opened.at, 'a "(" that is never closed', 'write ")" where it ends')
        self._take()
        self._depth -= 1
        return inner

    def _within(self, token: _Token, inner: Condition) -> Condition | None:
        field = next((name for name in FIELDS if name == token.text), None)
        if field is None:
            raise self._refuse(token.at, f"unknown field {quoted(token.text)}", f"known: {', '.join(FIELDS)}")
        return within(field, inner, at=token.at)

    def _read_term(self, token: _Token) -> Condition | None:
        if token.text[0] in "-+!":
            # As a term it would ask for the very word that must not be there.
            self._check_elsewhere(token)
        text = re.sub('["“”]', "", token.text)
        return self._read_text(Scalar(text, token.at, plain=False), self._names)

    def _refuse(self, at: Location, message: str, hint: str = "") -> _Refused:
        note(self._names.problems, at, message, hint)
        return _Refused()
