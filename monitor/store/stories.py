"""What was told before: texts and stories as they are found again; written by `Alerts.enqueue` alone."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import structlog

from monitor.errors import StoreError
from monitor.model import AlertId, ArticleId, StoryId
from monitor.remembered import Copy, Headline, Look, Story, TextPrint
from monitor.store.codec import decode_headline, decode_print, decode_weights
from monitor.store.connect import Connection
from monitor.store.keys import Keys

log = structlog.get_logger()

# As enqueue.lua writes them: number, words, ms of the last article; number, texts, ms of the first and last.
_COPY_HEAD, _STORY_HEAD = struct.Struct("<IId"), struct.Struct("<IIdd")
_LENGTH = struct.Struct("<H")

_WITHOUT_TEXT = TextPrint(
    article=ArticleId(""),
    text_hash="",
    probes=(),
    sequence=(),
    by_character=False,
    numbers=frozenset(),
    names=frozenset(),
    title_words=frozenset(),
    words=0,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryRecord:
    """A story with what people were told of it."""

    story: Story
    alerts: tuple[AlertId, ...]
    related: tuple[StoryId, ...]  # other stories that an article showed to be of the same event


class Stories:
    """The texts and stories of one workspace."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys

    async def copy(self, id_: ArticleId) -> Copy | None:
        """Return the text that an article told first, None if there is none or it is forgotten.

        Raises:
            StoreError: it cannot be read.
        """
        record = await self._connection.read(f"{self._keys.copies}{id_}")
        return read_copy(id_, record) if record else None

    async def get(self, id_: StoryId) -> StoryRecord | None:
        """Return a story, None if there is none or it is over.

        Raises:
            StoreError: it cannot be read.
        """
        record = await self._connection.read(f"{self._keys.stories}{id_}")
        return read_story(id_, record) if record else None


def read_look(answer: Sequence[Any]) -> Look:
    """Return what enqueue.lua found, from its answer."""
    revision, is_series, pinned, address, address_copy, headline, met, copies, stories = answer
    return Look(
        copies=tuple(copy for copy in map(_readable_copy, copies[::2], copies[1::2]) if copy),
        stories=tuple(story for story in map(_readable_story, stories[::2], stories[1::2]) if story),
        by_address=_read_address(address, address_copy) if address else None,
        by_headline=_read_headline(headline) if headline else None,
        pinned=StoryId(pinned.decode()) if pinned else None,
        is_series=bool(is_series),
        revision=revision,
        met=frozenset(met.decode().split()),
    )


def read_copy(id_: ArticleId, record: bytes) -> Copy:
    """Return a copy from its record.

    Raises:
        StoreError: it is of a newer program, or damaged.
    """
    story, at = _read_field(record, _COPY_HEAD.size)
    first, at = _read_field(record, at)
    version = decode_print(first)
    longest = decode_print(record[at:]) if at < len(record) else version
    return Copy(id=id_, story=StoryId(story.decode()), first=version, longest=longest)


def read_story(id_: StoryId, record: bytes) -> StoryRecord:
    """Return a story from its record.

    Raises:
        StoreError: it is damaged.
    """
    try:
        _, texts, first, last = _STORY_HEAD.unpack_from(record)
        words, at = _read_field(record, _STORY_HEAD.size)
        lines = [line.partition(" ") for line in record[at:].decode().split("\n")]
        story = Story(id=id_, centroid=decode_weights(words), texts=texts, first=_moment(first), last=_moment(last))
    except (struct.error, UnicodeDecodeError) as error:
        raise StoreError(f"the stored story {id_} cannot be read: {error}") from error
    return StoryRecord(
        story=story,
        alerts=tuple(AlertId(name) for kind, _, name in lines if kind == "alert"),
        related=tuple(StoryId(name) for kind, _, name in lines if kind == "related"),
    )


def _readable_copy(id_: bytes, record: bytes) -> Copy | None:
    try:
        return read_copy(ArticleId(id_.decode()), record)
    except StoreError as error:  # of a newer program: one alert too many is better than none
        log.warning("copy_unreadable", copy=id_.decode(), reason=str(error))
        return None


def _readable_story(id_: bytes, record: bytes) -> Story | None:
    try:
        return read_story(StoryId(id_.decode()), record).story
    except StoreError as error:
        log.warning("story_unreadable", story=id_.decode(), reason=str(error))
        return None


def _read_address(address: bytes, record: bytes) -> Copy | None:
    name, story, title_words = json.loads(address)
    copy = _readable_copy(name.encode(), record) if record else None
    bare = replace(_WITHOUT_TEXT, article=ArticleId(name), title_words=frozenset(title_words))
    return copy or Copy(id=ArticleId(name), story=StoryId(story), first=bare, longest=bare)


def _read_headline(headline: bytes) -> Headline | None:
    try:
        return decode_headline(headline.decode())
    except StoreError as error:
        log.warning("headline_unreadable", reason=str(error))
        return None


def _read_field(record: bytes, at: int) -> tuple[bytes, int]:
    """Return what stands at a place behind its length, and the place behind it."""
    start = at + _LENGTH.size
    try:
        (length,) = _LENGTH.unpack_from(record, at)
    except struct.error as error:
        raise StoreError(f"a stored record is cut: {error}") from error
    return record[start : start + length], start + length


def _moment(ms: float) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
