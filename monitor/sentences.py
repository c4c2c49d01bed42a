"""Where sentences and paragraphs end: U.S. and 2.5 stay whole, 。 ends one without a blank. Pure.

Paragraphs are told apart by blank lines, and line breaks inside them mean nothing. In a text without any blank line
each line is a paragraph, as our own extraction writes them; but a line that begins in lower case goes on with the last.
"""

from __future__ import annotations

import re

# Closing quotes and brackets belong to the sentence that they end.
_CLOSING = r"[\"'”’»)\]」』）]*"
_END = re.compile(
    rf"(?P<break>\n\s*)|(?P<sure>[。！？｡]{_CLOSING}\s*)|(?P<mark>[.…!?؟।॥։።۔]){_CLOSING}\s+",
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_BREAK = re.compile(r"\n\s*")

# A full stop after one of these ends no sentence, or seldom; in doubt a snippet is rather long than broken.
_ABBREVIATIONS = frozenset(
    {
        *(
            "adm",
            "brig",
            "bzw",
            "ca",
            "capt",
            "cf",
            "cmdr",
            "co",
            "col",
            "corp",
            "dr",
            "etc",
            "fr",
            "gen",
            "gov",
            "hon",
            "inc",
        ),
        *("jr", "lt", "ltd", "maj", "mme", "mlle", "mr", "mrs", "ms", "mt", "pres", "prof", "rep"),
        *("reps", "rev", "sec", "sen", "sens", "sgt", "sr", "sra", "st", "ste", "supt", "vgl", "vol", "vs", "usw"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    }
)
# After a short form that no name follows, one of these begins a sentence: "… by the U.S. The envoy …"
_OPENER = re.compile(r"(?:The|A|An|In|On|At|It|He|She|They|We|But|And|This|That|His|Her|Their|After|As)\s")
_MAY_END = frozenset({"co", "corp", "etc", "inc", "jr", "ltd", "sr", "usw"})
_BEFORE_NUMBERS = frozenset({"no", "nos", "nr", "art"})
_LONGEST_ORDINAL = 2  # digits
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_LONGEST_WORD = 24


def sentence_ends(text: str) -> list[int]:
    """Return the offsets at which a sentence is over, white space included; the last is the end of the text."""
    has_blank_lines = _BLANK_LINE.search(text) is not None
    ends = [found.end() for found in _END.finditer(text) if _is_end(text, found, has_blank_lines=has_blank_lines)]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def paragraph_ends(text: str) -> list[int]:
    """Return the offsets at which a paragraph is over, white space included; the last is the end of the text."""
    has_blank_lines = _BLANK_LINE.search(text) is not None
    ends = [
        found.end()
        for found in _BREAK.finditer(text)
        if _is_paragraph_end(text, found, has_blank_lines=has_blank_lines)
    ]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def _is_end(text: str, found: re.Match[str], *, has_blank_lines: bool) -> bool:
    if found["break"]:
        return _is_paragraph_end(text, found, has_blank_lines=has_blank_lines)
    if found["sure"] or ("\n" in found[0] and _is_paragraph_end(text, found, has_blank_lines=has_blank_lines)):
        return True
    # A small letter goes on with the sentence: "Stop!" she said.
    goes_on = text[found.end() : found.end() + 1].islower()
    return not goes_on and not _abbreviates(text, found.start("mark"), found.end())


def _is_paragraph_end(text: str, found: re.Match[str], *, has_blank_lines: bool) -> bool:
    if has_blank_lines:
        return found[0].count("\n") > 1
    return not text[found.end() : found.end() + 1].islower()


def _abbreviates(text: str, stop: int, after: int) -> bool:
    """Return whether the full stop at `stop` belongs to the word before it only; the text goes on at `after`."""
    if text[stop] != ".":
        return False
    found = _LAST_WORD.search(text, max(0, stop - _LONGEST_WORD), stop)
    if found is None:
        return False
    word = found[0]
    # Initials, U.S, p.m, z.B: letters with stops between them; a single letter; a known short form.
    are_initials = all(len(part) == 1 and part.isalpha() for part in word.split("."))
    # In German and its neighbours a number with a full stop is an ordinal: am 3. Oktober, der 2. Weltkrieg.
    is_ordinal = word.isdecimal() and len(word) <= _LONGEST_ORDINAL
    if is_ordinal or word.lower() in _BEFORE_NUMBERS:
        return not _OPENER.match(text, after) and (is_ordinal or text[after : after + 1].isdecimal())
    if not are_initials and word.lower() not in _ABBREVIATIONS:
        return False
    may_end = (are_initials and "." in word) or word.lower() in _MAY_END
    return not (may_end and _OPENER.match(text, after))
