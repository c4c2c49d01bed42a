"""Records as they lie in the server: JSON of the model's values behind one version character, packed where many."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from monitor.errors import StoreError
from monitor.model import ArticleId, StoryId
from monitor.remembered import Headline, TextPrint

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = "1"
PRINT_VERSION = b"2"  # 1 was JSON

T = TypeVar("T")


class _PackedPrint(msgspec.Struct, array_like=True, frozen=True):
    """A TextPrint as its fields in order, hashes as packed numbers: 1.0 kB for 316 words. New fields go to the end."""

    article: str
    text_hash: str
    probes: bytes
    sequence: bytes
    by_character: bool
    numbers: list[str]
    names: bytes
    title_words: list[str]
    words: int
    is_roundup: bool


class _PackedHeadline(msgspec.Struct, array_like=True, frozen=True):
    """A Headline as its fields in order."""

    article: ArticleId
    story: StoryId
    site: str
    has_text: bool
    seen: datetime


def encode(record: object) -> str:
    """Return a value of the model as the text that is stored."""
    return VERSION + msgspec.json.encode(record).decode()


def encode_sparse(record: DataclassInstance) -> str:
    """Return a value of the model all of whose fields have defaults as the text that is stored: what differs only."""
    differing = {name: value for name, usual in _defaults(type(record)) if (value := getattr(record, name)) != usual}
    return VERSION + msgspec.json.encode(differing).decode()


@cache
def _defaults(kind: type[DataclassInstance]) -> tuple[tuple[str, object], ...]:
    return tuple((field.name, field.default) for field in fields(kind))


def decode(text: str, kind: type[T]) -> T:
    """Return the value of the model that `encode` made the text from; fields unknown to us are ignored.

    Raises:
        StoreError: it was written by another version, or is no such record.
    """
    if text[:1] != VERSION:
        raise StoreError(
            f"a stored {kind.__name__} has the unknown version {text[:1]!r}; was it written by a newer monitor?"
        )
    try:
        return msgspec.json.decode(text[1:], type=kind)
    except msgspec.MsgspecError as error:
        raise StoreError(f"a stored {kind.__name__} cannot be read: {error}") from error


def encode_print(fingerprint: TextPrint) -> bytes:
    """Return a TextPrint as the bytes that are stored."""
    packed = _PackedPrint(
        article=fingerprint.article,
        text_hash=fingerprint.text_hash,
        probes=pack("I", fingerprint.probes),
        sequence=pack("H", fingerprint.sequence),
        by_character=fingerprint.by_character,
        numbers=sorted(fingerprint.numbers),
        names=pack("H", sorted(fingerprint.names)),
        title_words=sorted(fingerprint.title_words),
        words=fingerprint.words,
        is_roundup=fingerprint.is_roundup,
    )
    return PRINT_VERSION + msgspec.msgpack.encode(packed)


def decode_print(record: bytes) -> TextPrint:
    """Return the TextPrint that `encode_print` made the bytes from.

    Raises:
        StoreError: it was written by another version, or is no such record.
    """
    if record[:1] != PRINT_VERSION:
        raise StoreError(
            f"a stored TextPrint has the unknown version {record[:1]!r}; was it written by a newer monitor?"
        )
    try:
        packed = msgspec.msgpack.decode(record[1:], type=_PackedPrint)
        return TextPrint(
            article=ArticleId(packed.article),
            text_hash=packed.text_hash,
            probes=unpack("I", packed.probes),
            sequence=unpack("H", packed.sequence),
            by_character=packed.by_character,
            numbers=frozenset(packed.numbers),
            names=frozenset(unpack("H", packed.names)),
            title_words=frozenset(packed.title_words),
            words=packed.words,
            is_roundup=packed.is_roundup,
        )
    except (msgspec.MsgspecError, UnicodeDecodeError, struct.error) as error:
        raise StoreError(f"a stored TextPrint cannot be read: {error}") from error


def encode_headline(headline: Headline) -> str:
    """Return a Headline as the text that is stored."""
    return encode(_PackedHeadline(headline.article, headline.story, headline.site, headline.has_text, headline.seen))


def decode_headline(text: str) -> Headline:
    """Return the Headline that `encode_headline` made the text from.

    Raises:
        StoreError: as `decode`.
    """
    packed = decode(text, _PackedHeadline)
    return Headline(
        article=packed.article, story=packed.story, site=packed.site, has_text=packed.has_text, seen=packed.seen
    )


def encode_weights(weights: Mapping[int, float]) -> bytes:
    """Return terms and their weights as the bytes that are stored, 6 for each; a weight keeps three digits."""
    terms = sorted(weights)
    # The greatest number that fits stands for all greater ones; a story of so many texts moves no more.
    return pack("I", terms) + struct.pack(f"<{len(terms)}e", *(min(weights[term], 65_504.0) for term in terms))


def decode_weights(record: bytes) -> dict[int, float]:
    """Return the terms and weights that `encode_weights` made the bytes from."""
    count = len(record) // 6
    terms, weights = struct.unpack_from(f"<{count}I", record), struct.unpack_from(f"<{count}e", record, 4 * count)
    return dict(zip(terms, weights, strict=True))


def pack(size: Literal["H", "I"], numbers: Collection[int]) -> bytes:
    """Return whole numbers of 16 or 32 bits as bytes, the lowest first."""
    return struct.pack(f"<{len(numbers)}{size}", *numbers)


def unpack(size: Literal["H", "I"], record: bytes) -> tuple[int, ...]:
    """Return the numbers that `pack` made the bytes from."""
    return struct.unpack(f"<{len(record) // struct.calcsize(size)}{size}", record)
