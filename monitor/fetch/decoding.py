"""Packed bodies (gzip, deflate, br, zstd) unpacked in small steps, so that a bomb ends at the cap and not in memory."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

OFFERED_ENCODINGS = "gzip, br, zstd"  # deflate is read if it comes, but servers disagree on what it means
STEP = 64 * 1024  # bytes unpacked at once
MAX_LAYERS = 2  # gzip of gzip happens by mistake, more only on purpose
MAX_MEMBERS = 1_024  # packed streams one after the other; empty ones cost time and give nothing
ZSTD_WINDOW_LOG = 23  # 8 MiB, the most that HTTP allows (RFC 9659)


class Undecodable(Exception):
    """The body is packed in another way than it says, or in one that we do not know."""


class TooLarge(Exception):
    """The body, or what lies between two layers, exceeds the cap."""


class Decoder:
    """Unpacks the body of one answer.

    A body whose end is missing gives what there is of it, as browsers do; what follows the packed stream is dropped.

    Args:
        encodings: the answer's Content-Encoding.
        max_bytes: cap on what lies between two layers; how much of what comes out is kept is the caller's matter.

    Raises:
        Undecodable: an unknown encoding, or too many layers.
    """

    def __init__(self, encodings: str, max_bytes: int) -> None:
        names = [name.strip().lower() for name in encodings.split(",")]
        names = [name for name in names if name not in ("", "identity")]
        if len(names) > MAX_LAYERS or not all(name in _UNPACKERS for name in names):
            raise Undecodable(encodings)
        self._layers = [_UNPACKERS[name]() for name in reversed(names)]
        self._between = 0
        self._max_bytes = max_bytes

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the unpacked pieces that `data`, the next piece of the body, leads to.

        Raises:
            Undecodable: the data are not packed as announced.
            TooLarge: the cap is exceeded.
        """
        return self._pass(0, data)

    def _pass(self, layer: int, data: bytes) -> Iterator[bytes]:
        if layer == len(self._layers):
            yield data
            return
        try:
            for piece in self._layers[layer].feed(data):
                if layer + 1 < len(self._layers):
                    self._between += len(piece)
                    if self._between > self._max_bytes:
                        raise TooLarge
                yield from self._pass(layer + 1, piece)
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise Undecodable(str(error)) from error


class _Unpacker(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack what has come and hand it on."""
        ...


class _Stream(Protocol):
    """One packed stream from its beginning to its end."""

    @property
    def eof(self) -> bool:
        """Whether the packed stream has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        ...

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what is unpacked, in bounded steps."""
        ...


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._stream = zlib.decompressobj(wbits=wbits)

    @property
    def eof(self) -> bool:
        """Whether the packed stream has ended."""
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        return self._stream.unused_data

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what is unpacked, in bounded steps."""
        while True:
            piece = self._stream.decompress(data, STEP)
            if piece:
                yield piece
            data = self._stream.unconsumed_tail
            if self._stream.eof or (not data and len(piece) < STEP):
                return


class _Zstd:
    def __init__(self) -> None:
        self._stream = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})

    @property
    def eof(self) -> bool:
        """Whether the packed stream has ended."""
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        """What came after its end."""
        return self._stream.unused_data

    def pieces(self, data: bytes) -> Iterator[bytes]:
        """Yield what is unpacked, in bounded steps."""
        while True:
            piece = self._stream.decompress(data, STEP)
            if piece:
                yield piece
            if self._stream.eof or self._stream.needs_input:
                return
            data = b""


class _Members:
    """Packed streams one after the other, as gzip and zstd allow; `magic` begins each."""

    def __init__(self, open_stream: Callable[[], _Stream], magic: bytes) -> None:
        self._open = open_stream
        self._magic = magic
        self._stream: _Stream | None = open_stream()
        self._opened = 1
        self._begun = b""  # the first bytes of what may be the next stream
        self._over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack what has come and hand it on."""
        data = self._begun + data
        self._begun = b""
        while data and not self._over:
            if self._stream is None:
                if len(data) < len(self._magic):
                    self._begun = data
                    return
                if not data.startswith(self._magic) or self._opened == MAX_MEMBERS:
                    self._over = True
                    return
                self._stream = self._open()
                self._opened += 1
            yield from self._stream.pieces(data)
            if not self._stream.eof:
                return
            data = self._stream.unused_data
            self._stream = None


class _Deflate:
    """zlib's format as the standard says, or raw deflate as many servers understood it: the first byte tells."""

    def __init__(self) -> None:
        self._stream: _Zlib | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack what has come and hand it on."""
        if not data:
            return
        if self._stream is None:
            is_zlib = data[0] & 0x0F == zlib.DEFLATED and data[0] >> 4 <= 7
            self._stream = _Zlib(zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS)
        if not self._stream.eof:
            yield from self._stream.pieces(data)


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._is_over = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Unpack what has come and hand it on."""
        while not self._is_over:
            piece = self._stream.process(data, output_buffer_limit=STEP)
            # It may take more, or be finished, while it holds back what is over the limit: only nothing is the end.
            if not piece:
                self._is_over = self._stream.is_finished()
                return
            yield piece
            data = b""


def _gzip() -> _Unpacker:
    return _Members(lambda: _Zlib(16 + zlib.MAX_WBITS), b"\x1f\x8b")


def _zstd() -> _Unpacker:
    return _Members(_Zstd, b"\x28\xb5\x2f\xfd")


_UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _zstd,
}
