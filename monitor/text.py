"""Cleaning of foreign text, so that nothing from outside can steer a terminal, a mail header or a reader's eye."""

from __future__ import annotations

import re
import unicodedata

# Controls, bidi overrides and isolates, invisible separators, byte order mark, soft hyphen, interlinear marks and
# tag characters. Zero-width joiner and non-joiner stay: Persian, Indic scripts and emoji need them.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)
_SPACE = re.compile(r"\s+")
_LINE_SPACE = re.compile(r"[^\S\n]+")
_ODD_SPACE = re.compile(r"[^\S\n ]")
_LINE_BREAKS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
_BLANK_LINES = re.compile(r" *\n[ \n]*")


# Letters, digits and blanks end a run of combining marks.
_MARKS = re.compile(r"[^\w\s\x00-\u02ff]{31,}")
_MOST_MARKS = 30


def nfc(text: str) -> str:
    """Return a text in Unicode's composed form (NFC), with at most 30 combining marks in a row.

    No language needs more (Stream-Safe Text Format, UAX #15), and the time to put them in order grows with the square.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub(_with_fewer_marks, text))


def _with_fewer_marks(found: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in found[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def clean_line(text: str, limit: int = 500) -> str:
    """Return `text` as one line of at most `limit` characters: NFC, white space collapsed, harmful characters gone."""
    # Cut before the costly steps: a title of 5 MB is somebody's joke.
    text = _HARMFUL.sub("", text[: limit * 4 + 1000])
    return shorten(_SPACE.sub(" ", nfc(text)).strip(), limit)


def clean_text(text: str, limit: int = 64_000) -> str:
    """Return `text` with paragraphs as single line breaks, at most `limit` characters, cleaned like a line."""
    text = text[: limit * 2 + 1000]
    # Looking is ten times as fast as replacing, and most text comes clean.
    if any(mark in text for mark in "\r\u0085\u2028\u2029"):
        text = _LINE_BREAKS.sub("\n", text)
    text = nfc(_HARMFUL.sub("", text))
    if "  " in text or _ODD_SPACE.search(text):
        text = _LINE_SPACE.sub(" ", text)
    if any(blank in text for blank in ("\n\n", " \n", "\n ")):
        text = _BLANK_LINES.sub("\n", text)
    return text.strip()[:limit]


def shorten(text: str, limit: int) -> str:
    """Return `text` cut at a word to at most `limit` characters, the cut shown by an ellipsis."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    # Scripts without spaces are cut where they stand.
    return (cut[:space] if space > limit // 2 else cut).rstrip(" ,;:.-–—") + "…"
