"""Packed bodies arrive whole however they are cut, and bombs end at the cap."""

from __future__ import annotations

import gzip
import random
import sys
import tracemalloc
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.fetch.answer import Answer, Wanted
from monitor.fetch.decoding import MAX_MEMBERS, STEP, ZSTD_WINDOW_LOG, Decoder, TooLarge, Undecodable

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MIB = 2**20
Pack = Callable[[bytes], bytes]


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def brotli_fast(data: bytes) -> bytes:
    packed: bytes = brotli.compress(data, quality=3)
    return packed


PACKERS: dict[str, tuple[str, Pack]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("X-GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "raw deflate": ("deflate", raw_deflate),
    "br": ("br", brotli_fast),
    "zstd": ("zstd", zstd.compress),
    "gzip of br": ("br, gzip", lambda data: gzip.compress(brotli_fast(data))),
    "zstd of gzip": ("gzip, zstd", lambda data: zstd.compress(gzip.compress(data))),
    "nothing": ("identity", bytes),
}
EACH = pytest.mark.parametrize("kind", PACKERS)


def unpack(encoding: str, packed: bytes, *, cut: int = 16_384, max_bytes: int = 100 * MIB) -> bytes:
    decoder = Decoder(encoding, max_bytes)
    pieces = [piece for at in range(0, len(packed), cut) for piece in decoder.feed(packed[at : at + cut])]
    assert all(len(piece) <= max(2 * STEP, cut) for piece in pieces)
    return b"".join(pieces)


@EACH
@pytest.mark.parametrize("cut", [1, 7, 1_000, 10**9])
def test_a_body_arrives_whole_however_it_is_cut(kind: str, cut: int) -> None:
    encoding, pack = PACKERS[kind]
    body = random.Random(1).randbytes(2_000) + b"a feed " * 30_000
    assert unpack(encoding, pack(body), cut=cut) == body


@EACH
@settings(max_examples=30)
@given(body=st.binary(max_size=500), cut=st.integers(1, 50))
def test_any_body_arrives_whole(kind: str, body: bytes, cut: int) -> None:
    encoding, pack = PACKERS[kind]
    assert unpack(encoding, pack(body), cut=cut) == body


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("zstd", zstd.compress)])
@pytest.mark.parametrize("cut", [1, 3, 10**9])
def test_members_follow_one_another_and_padding_is_dropped(encoding: str, pack: Pack, cut: int) -> None:
    packed = pack(b"one, ") + pack(b"") + pack(b"two") + bytes(50)
    assert unpack(encoding, packed, cut=cut) == b"one, two"


@EACH
def test_a_missing_end_gives_what_there_is(kind: str) -> None:
    encoding, pack = PACKERS[kind]
    body = random.Random(1).randbytes(300_000)
    packed = pack(body)
    assert body.startswith(unpack(encoding, packed[: len(packed) // 2]))


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd", "deflate", "gzip, br"])
def test_what_is_not_packed_as_it_says_is_undecodable(encoding: str) -> None:
    with pytest.raises(Undecodable):
        unpack(encoding, b"<rss>plain</rss>" * 100)


@pytest.mark.parametrize("encoding", ["compress", "gzip, x-strange", "gzip, gzip, gzip", "br;q=1"])
def test_unknown_encodings_and_more_than_two_layers_are_refused(encoding: str) -> None:
    with pytest.raises(Undecodable):
        Decoder(encoding, MIB)


def test_a_window_of_more_than_eight_mebibytes_is_refused() -> None:
    wide: dict[int, int] = {
        zstd.CompressionParameter.window_log: ZSTD_WINDOW_LOG + 2,
        zstd.CompressionParameter.compression_level: 1,
    }
    packer = zstd.ZstdCompressor(options=wide)  # in pieces, so that the size is not known and the window stays wide
    packed = packer.compress(b"x" * 100_000) + packer.flush()
    with pytest.raises(Undecodable):
        unpack("zstd", packed)


@EACH
def test_a_bomb_ends_at_the_cap_and_stays_small_in_memory(kind: str) -> None:
    if kind == "nothing":
        return
    encoding, pack = PACKERS[kind]
    packed = pack(bytes(50 * MIB))
    answer = Answer(Wanted(max_bytes=10 * MIB, max_error_page=MIB))
    for line in (b"HTTP/1.1 200 OK\r\n", f"Content-Encoding: {encoding}\r\n".encode(), b"\r\n"):
        assert answer.take_header(line) is None
    tracemalloc.start()
    taken = [answer.take_body(packed[at : at + 65_536]) for at in range(0, len(packed), 65_536)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 in taken
    assert isinstance(answer.flaw, TooLarge)
    assert peak < 25 * MIB


def test_a_bomb_between_two_layers_is_one_too() -> None:
    # A thousandth of a thousandth: what comes out at the end is nothing, what lies between is 50 MiB.
    between = gzip.compress(b"") * (50 * MIB // 20)
    with pytest.raises(TooLarge):
        unpack("gzip, gzip", gzip.compress(between), max_bytes=10 * MIB)


def test_endless_empty_members_come_to_an_end() -> None:
    decoder = Decoder("gzip", MIB)
    packed = gzip.compress(b"") * (2 * MAX_MEMBERS) + gzip.compress(b"late")
    assert b"".join(decoder.feed(packed)) == b""
