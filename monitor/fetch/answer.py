"""One answer as it comes in: the caps on headers and body, and when enough of it has been read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from multidict import CIMultiDict

from monitor.fetch.decoding import Decoder, TooLarge, Undecodable

# Real news sites send up to some 12 KB in one header (Content-Security-Policy, Link).
MAX_HEADER_BYTES = 32 * 1024
MAX_HEADERS = 200
MAX_ALL_HEADERS_BYTES = 256 * 1024
MAX_REDIRECT_PAGE = 16 * 1024  # bytes of a redirect's page that are read (and dropped) to keep the connection

BODILESS = frozenset({204, 304})  # their Content-Length speaks of the answer not sent
REDIRECTS = frozenset({301, 302, 303, 307, 308})

STOP = 0  # what libcurl's callbacks return to end a transfer; None goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How much of an answer is wanted. What is `cut` gives its first bytes only; what is not must fit."""

    max_bytes: int
    max_error_page: int  # with status 400 and above, where the status says it all
    cut: bool = False


class Answer:
    """Takes in an answer as libcurl hands it out. `stopped` tells that we ended it, `flaw` why it is of no use."""

    def __init__(self, wanted: Wanted) -> None:
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.begun = False  # all headers are there
        self.stopped = False
        self.flaw: Exception | None = None
        self.is_cut = wanted.cut
        self.wanted = wanted
        self._lines: list[bytes] = []
        self._header_count = 0
        self._header_bytes = 0
        self._pieces: list[bytes] = []
        self._size = 0
        self._wire_size = 0
        self._limit = wanted.max_bytes
        self._decoder: Decoder | None = None
        self._skips_body = False

    @property
    def body(self) -> bytes:
        """What was read of the body, unpacked."""
        return b"".join(self._pieces)

    @property
    def ends_by_closing(self) -> bool:
        """Whether the end of the body is where the connection ends."""
        return self.begun and "Content-Length" not in self.headers and "Transfer-Encoding" not in self.headers

    def take_header(self, line: bytes) -> int | None:
        """Take one line, the status line and the empty line at the end included."""
        self._header_count += 1
        self._header_bytes += len(line)
        if (
            len(line) > MAX_HEADER_BYTES
            or self._header_count > MAX_HEADERS
            or self._header_bytes > MAX_ALL_HEADERS_BYTES
        ):
            return self._end(HeaderFlood())
        if self.begun:
            return None  # trailers
        if line.strip():
            self._lines.append(line)
            return None
        status_line, *lines = self._lines or [b""]
        self._lines = []
        status = status_line.split(maxsplit=2)[1:2]
        if not status or not status[0].isdigit() or len(status[0]) != 3:
            return self._end(NotHttp())
        self.status = int(status[0])
        if 100 <= self.status < 200:
            return None
        self.headers = CIMultiDict(_fields(lines))
        self.begun = True
        return self._begin_body()

    def take_body(self, data: bytes) -> int | None:
        """Take the next bytes of the body as they came over the wire."""
        if self._skips_body:
            return None
        self._wire_size += len(data)
        try:
            if self._decoder is None:
                self._keep(data)
            else:
                for piece in self._decoder.feed(data):
                    self._keep(piece)
            # Packing never adds much: whoever sends more than the cap and gives less is playing a game.
            if self._wire_size > self._limit + MAX_REDIRECT_PAGE:
                raise TooLarge
        except (TooLarge, Undecodable) as error:
            return self._end(None if self.is_cut else error)
        return None

    def _begin_body(self) -> int | None:
        if self.status in REDIRECTS and "Location" in self.headers:
            self._skips_body = True
            length = self._announced()
            return None if length is not None and length <= MAX_REDIRECT_PAGE else self._end(None)
        if self.status >= 400 and not self.is_cut:
            self.is_cut = True
            self._limit = min(self._limit, self.wanted.max_error_page)
        elif not self.is_cut and self.status not in BODILESS and (self._announced() or 0) > self._limit:
            return self._end(TooLarge())
        encodings = self.headers.get("Content-Encoding", "")
        if not encodings or self.status in BODILESS:
            return None
        try:
            self._decoder = Decoder(encodings, self._limit)
        except Undecodable as error:
            return self._end(None if self.is_cut else error)
        return None

    def _keep(self, piece: bytes) -> None:
        room = self._limit - self._size
        if len(piece) > room or (self.is_cut and len(piece) == room):
            if self.is_cut:
                self._pieces.append(piece[:room])
                self._size = self._limit
            raise TooLarge
        self._pieces.append(piece)
        self._size += len(piece)

    def _announced(self) -> int | None:
        text = self.headers.get("Content-Length", "").strip()
        return int(text) if text.isdecimal() and len(text) < 20 else None

    def _end(self, flaw: Exception | None) -> int:
        self.stopped = True
        self.flaw = flaw
        return STOP


class NotHttp(Exception):
    """A status line that is none."""


class HeaderFlood(Exception):
    """More or longer headers than we accept."""


def _fields(lines: list[bytes]) -> list[tuple[str, str]]:
    fields: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in (b" ", b"\t") and fields:  # the old way to go on with a long value
            name, value = fields.pop()
            fields.append((name, f"{value} {_text(line)}"))
        else:
            name_bytes, _, value_bytes = line.partition(b":")
            fields.append((_text(name_bytes), _text(value_bytes)))
    return fields


def _text(raw: bytes) -> str:
    try:
        return raw.decode().strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
