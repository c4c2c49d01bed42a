"""What libyaml says, in words for people: what is wrong, where, and the usual way out."""

from __future__ import annotations

import re

import yaml
from yaml._yaml import CParser
from yaml.events import ScalarEvent

from monitor.config.spelling import quoted
from monitor.errors import Location, Problem

QUOTE_IT = 'put the whole value in quotes: "…"'

_TAB = "a tab where YAML wants spaces"
_TAB_HINT = "indent with spaces"

# libyaml's words -> (ours, the way out). {context} is the line on which the surrounding value began.
_TRANSLATED = {
    "mapping values are not allowed in this context": (
        'a ":" where no key can stand',
        f'if the text itself holds ": ", {QUOTE_IT}; else check the indentation of this line and the one above',
    ),
    "did not find expected key": (
        "this line does not fit the block that began on line {context}",
        f"check the indentation; if a value goes on after its closing quote, {QUOTE_IT}",
    ),
    "did not find expected '-' indicator": (
        "this line is not an item of the list that began on line {context}",
        'items of one list stand in the same column and begin with "- "',
    ),
    "could not find expected ':'": (
        'no ": " after the key',
        'a key needs a colon and a space after it, an item of a list needs "- " before it',
    ),
    "did not find expected node content": ("a value is missing here", f"if the value is meant as text, {QUOTE_IT}"),
    "block sequence entries are not allowed in this context": (
        'a "- " where no list can stand',
        "begin the list on its own line, below its key",
    ),
    "found unknown escape character": (
        'in double quotes "\\" is special, and this combination has no meaning',
        "use single quotes, in which nothing is special",
    ),
    "did not find expected <document start>": (
        "the file goes on after its end",
        "check the indentation of this line; a file holds one mapping or list",
    ),
    "did not find expected comment or line break": (
        'text after "|" or ">", which begin a block of lines',
        f"write the lines below it, indented; if it is meant as text, {QUOTE_IT}",
    ),
    "found unexpected ':'": ('a ":" that could be a key or text', f"if the text itself holds a colon, {QUOTE_IT}"),
    "mapping keys are not allowed in this context": ('a "? " where no key can stand', f"if meant as text, {QUOTE_IT}"),
    "found unexpected document indicator": ('a "---" inside a text in quotes', "close the quote first"),
    "exceeded maximum nesting depth": ("nested far too deep", "check the brackets of this line"),
    "found incompatible YAML document": ("this %YAML version is not known", "delete the %YAML line"),
}
LINE_END = re.compile(r"\r\n?|[\n\x85\u2028\u2029]")
"""What ends a line for YAML."""

_UNCLOSED = {
    "did not find expected ',' or ']'": "the list that opens here is not closed or lacks a comma; noticed on line ",
    "did not find expected ',' or '}'": "the braces that open here are not closed or lack a comma; noticed on line ",
}


def syntax_problem(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """Return libyaml's complaint about `text` as a Problem."""
    if not isinstance(error, yaml.MarkedYAMLError):
        return Problem(at=Location(file, 1, 1), message=f"not readable as YAML: {error}")
    mark = error.problem_mark or error.context_mark
    context = error.context_mark or mark
    said = error.problem or error.context or "not readable as YAML"
    here, opened = _location(mark, text, file), _location(context, text, file)
    if said.startswith("found a tab") or _character(text, mark) == "\t":
        return Problem(at=here, message=_TAB, hint=_TAB_HINT)
    if said in _UNCLOSED:
        return Problem(at=opened, message=f"{_UNCLOSED[said]}{here.line}", hint=f"if it is meant as text, {QUOTE_IT}")
    if said == "found unexpected end of stream":
        return Problem(at=opened, message="the quote that opens here is never closed", hint="add the closing quote")
    if said == "found character that cannot start any token":
        first = quoted(_character(text, mark))
        return Problem(at=here, message=f"an unquoted value cannot begin with {first}", hint=QUOTE_IT)
    if said == "did not find expected alphabetic or numeric character":
        return tag_problem(_character(text, context), "", opened)
    if (cause := _cause_above(said, mark, text, file)) is not None:
        return cause
    message, hint = _TRANSLATED.get(said, (f"not readable as YAML: {said}", ""))
    # libyaml notices a key without a colon only on the next line.
    at = opened if said == "could not find expected ':'" else here
    return Problem(at=at, message=message.format(context=opened.line), hint=hint)


def _cause_above(said: str, mark: yaml.Mark | None, text: str, file: str) -> Problem | None:
    """Return the slip on a line above that makes libyaml stumble here, if it shows."""
    lines = LINE_END.split(text)
    here = mark.line if mark else 0
    if said == "mapping values are not allowed in this context":
        above = next((number for number in range(here - 1, -1, -1) if lines[number].strip()), here)
        glued = _GLUED.match(lines[above])
        if glued and above != here:
            at = Location(file, above + 1, glued.start(1) + 1)
            return Problem(at=at, message=f"no space after {quoted(glued[1])}", hint=f'write "{glued[1]} …"')
    if said == "did not find expected key":
        quote = _quote_that_ends_on(here, text)
        if quote is not None:
            message = f"the quote that opens here is closed on line {here + 1} only"
            return Problem(at=Location(file, *quote), message=message, hint="add the closing quote on its own line")
        if lines[here].lstrip().startswith("- "):
            return _dash_missing(lines, here, file)
    return None


_GLUED = re.compile(r" *(?:- +)*([a-z_]+:)(?=[^\s/])")


def _quote_that_ends_on(line: int, text: str) -> tuple[int, int] | None:
    """Return line and column where a text in quotes begins that goes over several lines and ends on this one."""
    found = None
    parser = CParser(text)
    try:
        while (event := parser.get_event()) is not None:
            if isinstance(event, ScalarEvent) and event.style in ("'", '"') and event.start_mark and event.end_mark:
                is_long = event.start_mark.line < line == event.end_mark.line
                found = (event.start_mark.line + 1, event.start_mark.column + 1) if is_long else None
    except yaml.YAMLError:
        return found
    return None


def _dash_missing(lines: list[str], here: int, file: str) -> Problem | None:
    """Return the Problem of a first item without "- " above an item that has it."""
    column = _indent(lines[here])
    first = here
    for number in range(here - 1, -1, -1):
        if lines[number].strip() and not lines[number].lstrip().startswith("#"):
            if _indent(lines[number]) < column:
                break
            first = number
    if first == here or lines[first].lstrip().startswith("- "):
        return None
    message = f'no "- " before this item; the one on line {here + 1} has it'
    return Problem(
        at=Location(file, first + 1, _indent(lines[first]) + 1), message=message, hint='write "- " before it'
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def tag_problem(sign: str, name: str, at: Location) -> Problem:
    """Return the Problem of an anchor (&), alias (*) or tag (!): words that begin so are YAML's own, and refused."""
    kind = {"&": "an anchor", "*": "an alias", "!": "a tag"}.get(sign, "a special form of YAML")
    return Problem(
        at=at,
        message=f"{quoted(sign + name)} is {kind}, which is not accepted here",
        hint=f'if it is meant as text, put it in quotes: "{sign}…"; repeated values are written out',
    )


def _location(mark: yaml.Mark | None, text: str, file: str) -> Location:
    visible = text.rstrip()
    if mark and mark.index < len(visible):
        return Location(file, mark.line + 1, mark.column + 1)
    # At the end of the file, show the end of what was written, not the empty line behind it.
    return Location(file, visible.count("\n") + 1, len(visible) - visible.rfind("\n"))


def _character(text: str, mark: yaml.Mark | None) -> str:
    return text[mark.index : mark.index + 1] if mark else ""
