"""Bytes in any encoding -> UTF-8: what a page is in, when headers, meta tags and bytes disagree."""

from __future__ import annotations

import codecs
import re

# Browsers read these names as the larger sets that pages really use. Nothing else is looked up by a page's own word:
# Python also knows "encodings" that are compressors or quadratic.
_KNOWN = {
    **dict.fromkeys(("utf8", "utf-8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "latin1", "latin-1", "l1", "ascii", "us-ascii", "windows-1252", "cp1252"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb18030", "gb_2312-80", "chinese"), "gb18030"),
    **dict.fromkeys(("big5", "big5-hkscs", "x-x-big5", "cn-big5"), "big5hkscs"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms_kanji"), "cp932"),
    **dict.fromkeys(("euc-jp", "x-euc-jp"), "euc_jp"),
    **dict.fromkeys(("euc-kr", "ks_c_5601-1987", "windows-949", "korean", "ksc5601"), "cp949"),
    **dict.fromkeys(("iso-8859-9", "latin5", "windows-1254"), "cp1254"),
    **dict.fromkeys(("tis-620", "iso-8859-11", "windows-874"), "cp874"),
    **{f"windows-125{n}": f"cp125{n}" for n in (0, 1, 3, 5, 6, 7, 8)},
    **{f"iso-8859-{n}": f"iso8859_{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "koi8-r": "koi8_r",
    "koi8-u": "koi8_u",
    "macintosh": "mac_roman",
    "iso-2022-jp": "iso2022_jp",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
}
# Encodings whose bytes are also valid UTF-8, so that only a declaration tells.
_ASCII_BYTES = frozenset({"iso2022_jp", "utf-16", "utf-16-le", "utf-16-be"})

_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE | re.ASCII)
_GUESSED_FROM = 200_000  # bytes
_LANGUAGE = re.compile(rb"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([a-zA-Z]{2})\b", re.IGNORECASE)
# Languages that browsers read in windows-1252 where a page names no encoding.
_WESTERN = frozenset(
    {
        *("af", "ca", "da", "de", "en", "es", "eu", "fi", "fr", "ga", "gl"),
        *("id", "is", "it", "ms", "nb", "nl", "nn", "no", "pt", "sv", "sw"),
    }
)
_META_WITHIN = 4096  # bytes; browsers look at 1,024, careless pages put it later


def to_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return a page in valid UTF-8; bytes that fit no encoding become U+FFFD, never an error.

    Nearly all pages are in UTF-8 and come back as they are: the parser takes bytes, and twice as long for a string.

    Byte order mark, then UTF-8 if the bytes are valid UTF-8 (nothing else looks like it by accident), then the HTTP
    header, the page's own meta tag, and a guess from the bytes.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return _recoded(body, encoding)
    header = _named_in(content_type)
    meta = _named_in(body[:_META_WITHIN].decode("latin-1"))
    # Latin-1 in the header is a server's default more often than a statement.
    declared = meta if meta and header in ("", "cp1252") else header
    if declared in _ASCII_BYTES and not (declared == meta and declared.startswith("utf-16")):
        return _recoded(body, declared)
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        # Some broken bytes make no other encoding; but pages that only call themselves UTF-8 are broken throughout.
        if declared in ("", "utf-8") and _mostly_utf8(body):
            return _recoded(body, "utf-8")
        return _recoded(body, declared if declared not in ("", "utf-8") else _guess(body))
    return body


def _recoded(body: bytes, encoding: str) -> bytes:
    return body.decode(encoding, "replace").encode("utf-8", "replace")


def _named_in(text: str) -> str:
    found = _CHARSET.search(text)
    return _KNOWN.get(found[1].lower(), "") if found else ""


def _mostly_utf8(body: bytes) -> bool:
    text = body[:_GUESSED_FROM].decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not char.isascii() for char in text) > 2 * broken


def _guess(body: bytes) -> str:
    from charset_normalizer import from_bytes  # comes with trafilatura; only pages that declare nothing need it

    matches = from_bytes(body[:_GUESSED_FROM])
    best = matches.best()
    if best is None:
        return "cp1252"
    # Western and central European letters lie at the same bytes, so of equals what the page's language is written with.
    equals = {match.encoding for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)}
    language = _LANGUAGE.search(body[:_META_WITHIN])
    is_western = language is not None and language[1].lower().decode() in _WESTERN
    return "cp1252" if is_western and "cp1252" in equals else best.encoding
