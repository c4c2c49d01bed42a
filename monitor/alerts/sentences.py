"""Where sentences end, well enough to show one: U.S. and 2.5 stay whole, 。 ends one without a blank. Pure."""

from __future__ import annotations

import re

# Closing quotes and brackets belong to the sentence that they end.
_CLOSING = r"[\"'”’»)\]」』）]*"
_END = re.compile(
    rf"(?P<sure>\n+|[。！？｡]{_CLOSING}\s*)|(?P<mark>[.…!?؟।॥։።]){_CLOSING}\s+",
)

# A full stop after one of these ends no sentence, or seldom; in doubt a snippet is rather long than broken.
_ABBREVIATIONS = frozenset(
    {
        *("adm", "bzw", "ca", "capt", "cf", "cmdr", "co", "col", "corp", "dr", "etc", "fr", "gen", "gov", "hon", "inc"),
        *("jr", "lt", "ltd", "maj", "mme", "mlle", "mr", "mrs", "ms", "mt", "no", "nr", "nos", "pres", "prof", "rep"),
        *("reps", "rev", "sec", "sen", "sens", "sgt", "sr", "sra", "st", "ste", "supt", "vgl", "vol", "vs", "usw"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
    }
)
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_LONGEST_WORD = 24


def sentence_ends(text: str) -> list[int]:
    """Return the offsets at which a sentence is over, white space included; the last is the end of the text."""
    ends = [found.end() for found in _END.finditer(text) if found["sure"] or _is_end(text, found)]
    return ends if ends and ends[-1] == len(text) else [*ends, len(text)]


def _is_end(text: str, found: re.Match[str]) -> bool:
    # A small letter goes on with the sentence: "Stop!" she said.
    return not text[found.end() : found.end() + 1].islower() and not _abbreviates(text, found.start("mark"))


def _abbreviates(text: str, stop: int) -> bool:
    """Return whether the full stop at `stop` belongs to the word before it."""
    if text[stop] != ".":
        return False
    found = _LAST_WORD.search(text, max(0, stop - _LONGEST_WORD), stop)
    if found is None:
        return False
    word = found[0]
    # Initials, U.S, p.m, z.B: letters with stops between them; a single letter; a known short form.
    return word.lower() in _ABBREVIATIONS or all(len(part) == 1 and part.isalpha() for part in word.split("."))
