"""What an entry says, as a short digest: another digest means that the publisher changed its words. Pure."""

from __future__ import annotations

import re
import string
from base64 import urlsafe_b64encode
from hashlib import blake2b

from monitor.model import Entry

# Live pages grow at the top: what stands below this many characters is an older part. Bounds the work, too.
LONGEST = 20_000

_MARKUP = re.compile(r"<[^<>]*>|&#?\w{1,8};")
_ADDRESS = re.compile(r"https?://[^\s<>\"']*")
# Counters of what readers do, and times of day with which feeds stamp what they serve. Every other number may be news:
# votes, points and shares too.
_COUNTED = ("comment", "repl", "view", "like", "reaction")
_COUNTER = rf"(?:{'|'.join(_COUNTED)})\w{{0,3}}\b"
_AGO = r"(?:second|minute|min|hour|day)s? ago\b"
_AFTER_NUMBER = re.compile(rf"(?<!\d)\d{{1,9}}(?::\d\d(?::\d\d)?|\W{{1,2}}(?:{_COUNTER}|{_AGO}))")
_BEFORE_NUMBER = re.compile(rf"\b(?:{_COUNTER}|points): ?\d{{1,9}}")
# 3.5 % is not 35 %.
_IDLE_ASCII = bytes(code for code in range(128) if chr(code) not in string.ascii_letters + string.digits + ".")


def content_digest(entry: Entry) -> str:
    """Return six characters that stand for the entry's title and text.

    The same for another markup, other addresses, dates, spaces and punctuation, counters of comments and views, and
    times of day: none of these is a reason to read the article again.
    """
    parts = (_bare(text[:LONGEST]) for text in (entry.title, entry.content or entry.summary))
    key = b"\n".join(part.encode("utf-8", "replace").translate(None, _IDLE_ASCII) for part in parts)
    return urlsafe_b64encode(blake2b(key, digest_size=6).digest()).decode()[:6]


def _bare(text: str) -> str:
    """Return a text in lower case without markup, addresses and idle numbers."""
    text = text.casefold()
    if "<" in text or "&" in text:
        text = _MARKUP.sub(" ", text)
    if "http" in text:
        text = _ADDRESS.sub(" ", text)
    text = _AFTER_NUMBER.sub(" ", text)
    return _BEFORE_NUMBER.sub(" ", text) if ": " in text else text
