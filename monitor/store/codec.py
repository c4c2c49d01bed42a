"""Records as they lie in the server: JSON of the model's values behind one version character."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Literal, TypeVar

import msgspec

from monitor.errors import StoreError
from monitor.model import ArticleId
from monitor.remembered import TextPrint

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VERSION = "1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class _PackedPrint:
    """A TextPrint with its hashes as base64 of numbers: 1.3 kB for 316 words."""

    article: ArticleId
    text_hash: str
    probes: str
    sequence: str
    by_character: bool
    numbers: tuple[str, ...]
    names: str
    title_words: tuple[str, ...]
    words: int
    is_roundup: bool


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


def encode_print(fingerprint: TextPrint) -> str:
    """Return a TextPrint as the text that is stored."""
    return encode(
        _PackedPrint(
            article=fingerprint.article,
            text_hash=fingerprint.text_hash,
            probes=_pack("I", fingerprint.probes),
            sequence=_pack("H", fingerprint.sequence),
            by_character=fingerprint.by_character,
            numbers=tuple(sorted(fingerprint.numbers)),
            names=_pack("H", sorted(fingerprint.names)),
            title_words=tuple(sorted(fingerprint.title_words)),
            words=fingerprint.words,
            is_roundup=fingerprint.is_roundup,
        )
    )


def decode_print(text: str) -> TextPrint:
    """Return the TextPrint that `encode_print` made the text from.

    Raises:
        StoreError: as `decode`.
    """
    packed = decode(text, _PackedPrint)
    return TextPrint(
        article=packed.article,
        text_hash=packed.text_hash,
        probes=_unpack("I", packed.probes),
        sequence=_unpack("H", packed.sequence),
        by_character=packed.by_character,
        numbers=frozenset(packed.numbers),
        names=frozenset(_unpack("H", packed.names)),
        title_words=frozenset(packed.title_words),
        words=packed.words,
        is_roundup=packed.is_roundup,
    )


def _pack(size: Literal["H", "I"], numbers: Collection[int]) -> str:
    return b64encode(struct.pack(f"<{len(numbers)}{size}", *numbers)).decode()


def _unpack(size: Literal["H", "I"], text: str) -> tuple[int, ...]:
    raw = b64decode(text)
    return struct.unpack(f"<{len(raw) // struct.calcsize(size)}{size}", raw)
