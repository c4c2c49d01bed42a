"""Bytes of a feed -> clean UTF-8, whatever the publisher declared. Pure.

The declarations are wrong so often that the bytes are asked first: text that is valid UTF-8 is UTF-8. Only then the
XML declaration counts, then the header, then windows-1252, which is what Western publishers mean.
"""

from __future__ import annotations

import codecs
import re
from contextlib import suppress

CLEAN_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF16_STARTS = ((b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"), (b"{\x00", "utf-16-le"), (b"\x00{", "utf-16-be"))

_DECLARED_IN_XML = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s*=\s*[\"']\s*([A-Za-z0-9._:-]{2,40})\s*[\"']")
_DECLARED_IN_HEADER = re.compile(r"charset\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{2,40})", re.IGNORECASE)

# What browsers read under these names (WHATWG Encoding), by Python's own names.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "johab": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "tis-620": "cp874",
    "iso8859-11": "cp874",
}
# Codecs that publishers use. Python knows others that are slow or no charset at all (idna, punycode, utf-7 …).
_CHARSETS = re.compile(
    r"utf-8|utf-16(-[bl]e)?|cp(125\d|874|932|949|950|866|437|850|1006)|iso8859-\d+|koi8-[rtu]|gb18030|hz|big5hkscs"
    r"|euc_jp|iso2022_(jp|kr)\w*|mac-\w+|ptcp154|kz1048"
)
_SEVEN_BIT = re.compile(r"iso2022_\w+|hz")  # ASCII bytes that mean something else

# Not allowed in XML, and of no use in JSON either.
_FORBIDDEN = bytes(code for code in range(32) if code not in b"\t\n\r")
_BLANK = b" \t\r\n"
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())
_STRAY = re.compile("[\udc80-\udcff]")
_HIGH_RUN = re.compile(rb"[\xc0-\xff]{3,}")  # words made of high bytes only: Cyrillic, not accents among Latin letters
_HIGH = bytes(range(0x80, 0x100))
_XML_DECLARATION = re.compile(rb"<\?xml\s[^>]*>")
_FEED_ROOT = re.compile(rb"<(?:\w+:)?(rss|feed|rdf|channel|html|urlset)\b", re.IGNORECASE)
_JUNK_LIMIT = 4_096  # comments, blank lines or a warning of the script before the declaration; more was never seen


def clean_utf8(body: bytes, content_type: str = "") -> bytes:
    """Return a feed's body as UTF-8 without byte order mark, forbidden characters and whatever precedes its start.

    An XML declaration comes out as UTF-8, version 1.0. Never raises: what cannot be decoded becomes U+FFFD.
    """
    clean = decode(body, content_type).lstrip("\ufeff").encode().translate(None, _FORBIDDEN)
    for code in _NO_CHARACTERS:
        clean = clean.replace(code, b"")
    clean = clean.lstrip(_BLANK)
    declaration = _XML_DECLARATION.search(clean, 0, _JUNK_LIMIT)
    if declaration and not _FEED_ROOT.search(clean, 0, declaration.start()):
        clean = CLEAN_DECLARATION + clean[declaration.end() :]
    return clean


def decode(body: bytes, content_type: str = "") -> str:
    """Return a feed's text; the bytes are believed before the declarations, stray bytes are read as windows-1252."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    for start, charset in _UTF16_STARTS:
        if body.startswith(start):
            return body.decode(charset, "replace")
    declared = _declared(body, content_type)
    if body.isascii():
        seven_bit = next((charset for charset in declared if _SEVEN_BIT.fullmatch(charset)), "ascii")
        return body.decode(seven_bit, "replace")
    with suppress(UnicodeDecodeError):
        return body.decode()
    text = body.decode("utf-8", "surrogateescape")
    stray = len(text) - len(body.decode("utf-8", "ignore"))  # counted so, because a list of them takes 100 MB
    # One broken byte must not turn a whole feed into mojibake: what is mostly UTF-8 is UTF-8. Text in another charset
    # forms valid sequences by accident only, far fewer than it breaks.
    if stray * 5 <= len(text) - len(text.encode("ascii", "ignore")):
        return _STRAY.sub(_as_windows_1252, text)
    return _by_declaration(body, declared)


def _by_declaration(body: bytes, declared: list[str]) -> str:
    for charset in declared:
        try:
            return body.decode(charset)
        except (UnicodeDecodeError, LookupError):
            continue
    named = [charset for charset in declared if charset != "utf-8"]
    return body.decode(named[0] if named else _guess(body), "replace")


def _guess(body: bytes) -> str:
    """Return the charset that an 8-bit text without a true declaration is most likely in."""
    in_runs = sum(len(run) for run in _HIGH_RUN.findall(body))
    high = len(body) - len(body.translate(None, _HIGH))
    return "cp1251" if in_runs * 2 > high else "cp1252"


def _declared(body: bytes, content_type: str) -> list[str]:
    """Return the codecs that the document and the header name, the document's first, unknown ones left out."""
    in_xml = _DECLARED_IN_XML.search(body, 0, _JUNK_LIMIT)
    in_header = _DECLARED_IN_HEADER.search(content_type[:500])
    names = [in_xml[1].decode("ascii")] if in_xml else []
    names += [in_header[1]] if in_header else []
    found: list[str] = []
    for name in names:
        try:
            codec = codecs.lookup(name).name
        except LookupError:
            continue
        codec = _MEANT.get(codec, codec)
        if _CHARSETS.fullmatch(codec) and codec not in found:
            found.append(codec)
    return found


def _as_windows_1252(stray: re.Match[str]) -> str:
    return bytes([ord(stray[0]) - 0xDC00]).decode("cp1252", "replace")
