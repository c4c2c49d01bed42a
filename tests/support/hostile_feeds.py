"""Feeds made to hurt: documents that cost a parser time or memory, and servers that never come to an end.

All are made in code; what is random comes from SEED.
"""

from __future__ import annotations

import gzip
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import brotli
from backports import zstd

from tests.support.publisher import Publisher

SEED = 20_261_124
MIB = 2**20
MAX_FEED_BYTES = 10 * MIB  # the setting's default; documents are made to stay below it, or to pass it

ITEM = "<item><title>Ministers agree on a ceasefire</title><link>/news/1</link><guid>gc-1</guid></item>"
RSS = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Gulf Courier</title>{}</channel></rss>'
GOOD = RSS.format(ITEM).encode()

Outcome = str
"""read = entries came of it · else the FailureKind of a poll that failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostileFeed:
    """A feed and what may come of a poll of it."""

    name: str
    serve: Callable[[Publisher, str], None]  # at this path
    outcomes: frozenset[Outcome]

    def __str__(self) -> str:
        return self.name


def _feed(name: str, serve: Callable[[Publisher, str], None], *outcomes: Outcome) -> HostileFeed:
    return HostileFeed(name=name, serve=serve, outcomes=frozenset(outcomes))


def _document(
    name: str,
    make: Callable[[], bytes | str],
    *outcomes: Outcome,
    content_type: str = "application/xml",
    packed: str = "",
) -> HostileFeed:
    def serve(site: Publisher, path: str) -> None:
        made = make()
        body = made.encode() if isinstance(made, str) else made
        site.serve(path, body, content_type=content_type, headers={"Content-Encoding": packed} if packed else {})

    return _feed(name, serve, *outcomes)


# Entities


def _doctype(declarations: str, title: str) -> str:
    item = f"<item><title>{title}</title><guid>1</guid></item>"
    return f'<?xml version="1.0"?><!DOCTYPE rss [{declarations}]><rss version="2.0"><channel>{item}</channel></rss>'


def _laughs() -> str:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 11))
    return _doctype(f'<!ENTITY l0 "ha">{levels}', "&l10;")


def _parameter_laughs() -> str:
    levels = "".join(f'<!ENTITY % p{n} "{f"&#37;p{n - 1};" * 10}">' for n in range(1, 9))
    return _doctype(f"<!ENTITY % p0 '<!ENTITY x \"ha\">'>{levels}%p8;", "x")


def _quadratic() -> str:
    return _doctype(f'<!ENTITY a "{"a" * 100_000}">', "&a;" * 3_000)


def _external_dtd() -> str:
    return (
        '<?xml version="1.0"?><!DOCTYPE rss SYSTEM "http://127.0.0.1:9/rss.dtd">' + RSS.format(ITEM).partition("?>")[2]
    )


# Structure


def _attributes(count: int) -> str:
    attributes = " ".join(f'a{n}="{n}"' for n in range(count))
    return RSS.format(f"<item {attributes}><title>x</title><guid>1</guid></item>")


def _html_attributes(count: int) -> str:
    """Return HTML attributes, inside CDATA where only the tolerant parser looks."""
    attributes = " ".join(f"a{n}=1" for n in range(count))
    return RSS.format(f"<item><guid>1</guid><description><![CDATA[<p {attributes}>]]></description></item>")


def _broken(document: str) -> str:
    """Return a document that the strict parser refuses at its first element, so that the tolerant one gets it."""
    return document.replace("<channel>", "<channel><a b=c>&nope;</x>", 1)


def _items(count: int, text: str = "") -> str:
    rows = (
        f"<item><title>Story {n}</title><link>http://e.example/{n}</link><guid>{n}</guid><description>{text}</description></item>"
        for n in range(count)
    )
    return RSS.format("".join(rows))


def _namespaces(count: int) -> str:
    declared = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(count))
    return RSS.format(ITEM).replace("<rss ", f"<rss {declared} ", 1)


def _namespaces_by_element(count: int) -> str:
    return RSS.format("".join(f'<n{n}:x xmlns:n{n}="urn:{n}"/>' for n in range(count)) + ITEM)


def _huge_fields() -> str:
    huge = "x" * MIB
    return RSS.format(
        f"<item><title>{huge}</title><link>http://e.example/{huge}</link><guid>{huge}</guid><category>{huge}</category></item>"
    )


def _shared_long_links(count: int, length: int) -> str:
    link = "http://e.example/" + "a/" * (length // 2)
    return RSS.format("".join(f"<item><title>{n}</title><link>{link}{n}</link></item>" for n in range(count)))


def _dates() -> str:
    dates = (
        "Fri, 31 Dec 999999 23:59:59 GMT",
        "9" * 5_000,
        "0000-00-00T00:00:00Z",
        "Mon, 01 Jan 0001 00:00:00 +9999",
        "2026-11-24T12:00:00+99:99",
        "1-" * 50_000,
        "2026-W" + "1" * 100_000,
    )
    return RSS.format(
        "".join(f"<item><guid>{n}</guid><pubDate>{date}</pubDate></item>" for n, date in enumerate(dates))
    )


def _random_bytes() -> bytes:
    return random.Random(SEED).randbytes(3 * MIB)


def _random_tags() -> bytes:
    rng = random.Random(SEED)
    pieces = (
        b"<item>",
        b"</item>",
        b"<![CDATA[",
        b"]]>",
        b"<!--",
        b"-->",
        b"<?x ",
        b"&#x;",
        b"&amp",
        b"<a b='",
        b'">',
        b"\xff\xfe",
        b"x",
    )
    return b"<rss><channel>" + b"".join(rng.choices(pieces, k=300_000))


# JSON


def _json_feed(items: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Gulf Courier", "items": items})


def _deep_json() -> str:
    return '{"version": "https://jsonfeed.org/version/1.1", "items": ' + "[" * 100_000 + "]" * 100_000 + "}"


def _huge_numbers() -> str:
    item = f'{{"id": {"9" * 100_000}, "url": 1e999999, "title": -{"1" * 4_000}, "date_published": {"9" * 4_000}}}'
    return f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{item}]}}'


# Sitemaps

SITEMAP = '<?xml version="1.0"?><{0} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{1}</{0}>'


def _sitemap_loop(site: Publisher, path: str) -> None:
    """Serve an index that names itself, and another that names the first."""
    rows = "".join(f"<sitemap><loc>{site.url(one)}</loc></sitemap>" for one in (path, f"{path}.b"))
    for one in (path, f"{path}.b"):
        site.serve(one, SITEMAP.format("sitemapindex", rows), content_type="application/xml")


def _sitemap_fan_out(site: Publisher, path: str) -> None:
    """Serve an index of 20 000 indexes of the same kind."""
    rows = "".join(f"<sitemap><loc>{site.url(path)}?{n}</loc></sitemap>" for n in range(20_000))
    site.serve(path, SITEMAP.format("sitemapindex", rows), content_type="application/xml")


def _sitemap_of(count: int) -> str:
    return SITEMAP.format("urlset", "".join(f"<url><loc>http://e.example/{n}</loc></url>" for n in range(count)))


# Bombs


class _Packer(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._packer = brotli.Compressor(quality=5)

    def compress(self, data: bytes, /) -> bytes:
        return bytes(self._packer.process(data))

    def flush(self) -> bytes:
        return bytes(self._packer.finish())


def _bomb(packer: _Packer, megabytes: int) -> bytes:
    """Return so many zeros, packed piece by piece, so that only the victim may need the room."""
    piece = bytes(MIB)
    return b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()


def _wide_window() -> bytes:
    """Return a feed whose unpacking asks for 128 MB of memory before the first byte."""
    wide, far = zstd.CompressionParameter.window_log, zstd.CompressionParameter.enable_long_distance_matching
    options: dict[int, int] = {wide: 27, far: 1}
    return zstd.compress(RSS.format(ITEM + f"<!--{'x' * 6 * MIB}-->").encode(), options=options)


# Servers


def _endless_headers(site: Publisher, path: str) -> None:
    site.raw(path, b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"x" * 1_000) for n in range(20_000)))


def _one_endless_header(site: Publisher, path: str) -> None:
    site.raw(path, b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20 * MIB)


def _endless_chunk_size(site: Publisher, path: str) -> None:
    site.raw(path, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"0" * 5 * MIB)


def _packed_often(site: Publisher, path: str) -> None:
    """Serve a feed packed ten times over, and say so."""
    body = GOOD
    for _ in range(10):
        body = gzip.compress(body)
    site.serve(path, body, headers={"Content-Encoding": ", ".join(["gzip"] * 10)})


def _redirect_loop(site: Publisher, path: str) -> None:
    site.redirect(path, path)


def _redirect(to: str) -> Callable[[Publisher, str], None]:
    return lambda site, path: site.redirect(path, to)


def _slow_headers(site: Publisher, path: str) -> None:
    site.hang(path)


STOPPED = ("unreadable", "hostile")
EITHER = ("read", *STOPPED)
ANY = ("unreachable", "refused", *EITHER)
UTF7 = b"<?xml version='1.0' encoding='utf-7'?>" + RSS.format(ITEM).partition("?>")[2].encode("utf-7")
CDATA = "<item><guid>1</guid><description><![CDATA[{}]]></description></item>"

FEEDS: tuple[HostileFeed, ...] = (
    _document(
        "an entity that is a file",
        lambda: _doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        "unreadable",
        "read",
    ),
    _document(
        "an entity at a private address",
        lambda: _doctype('<!ENTITY x SYSTEM "http://127.0.0.1:9/">', "&x;"),
        "unreadable",
        "read",
    ),
    _document("an external DTD", _external_dtd, "unreadable", "read"),
    _document("billion laughs", _laughs, "unreadable"),
    _document("billion laughs by parameter entities", _parameter_laughs, "unreadable"),
    _document("one long entity used 3,000 times", _quadratic, "unreadable"),
    _document("200,000 nested elements", lambda: RSS.format("<a>" * 200_000), "unreadable"),
    _document(
        "200,000 nested elements, not well-formed",
        lambda: _broken(RSS.format("<a>" * 200_000)),
        *STOPPED,
    ),
    _document(
        "200,000 nested elements and an item",
        lambda: _broken(RSS.format(ITEM + "<a>" * 200_000)),
        *EITHER,
    ),
    _document("100,000 open <div> in CDATA", lambda: RSS.format(CDATA.format("<div>" * 100_000)), "read"),
    _document("100,000 items never closed", lambda: RSS.format("<item>" * 100_000), "unreadable"),
    _document("40,000 items, 22 MB", lambda: _items(40_000, "x" * 450), "refused"),
    _document("40,000 items, 8 MB", lambda: _items(40_000, "x" * 80), "unreadable"),
    _document("5,000 items, 9 MB", lambda: _items(5_000, "x" * 1_700), "read", "hostile"),
    _document(
        "5,000 items, 9 MB, not well-formed",
        lambda: _broken(_items(5_000, "x" * 1_700)),
        *EITHER,
    ),
    _document("one attribute of 20 MB", lambda: RSS.format(f'<item a="{"x" * 20 * MIB}"/>'), "refused"),
    _document(
        "one attribute of 9 MB",
        lambda: RSS.format(f'<item a="{"x" * 9 * MIB}"><guid>1</guid></item>'),
        *EITHER,
    ),
    _document("200,000 attributes on one element", lambda: _attributes(200_000), *STOPPED),
    _document("20,000 attributes on one element", lambda: _attributes(20_000), "unreadable"),
    _document("20,000 attributes, not well-formed", lambda: _broken(_attributes(20_000)), "read", "unreadable"),
    _document("20,000 attributes in CDATA", lambda: _html_attributes(20_000), "read"),
    _document("100,000 namespaces on one element", lambda: _namespaces(100_000), *EITHER),
    _document(
        "50,000 elements, each with a namespace",
        lambda: _namespaces_by_element(50_000),
        *EITHER,
    ),
    _document("5 MB of NUL", lambda: bytes(5 * MIB), "unreadable"),
    _document(
        "a feed with 5 MB of NUL inside",
        lambda: RSS.format(ITEM).encode().replace(b"<item>", bytes(5 * MIB) + b"<item>"),
        "read",
        "unreadable",
    ),
    _document("3 MB of random bytes", _random_bytes, *STOPPED),
    _document("300,000 random pieces of markup", _random_tags, "unreadable", "read"),
    _document(
        "CDATA never closed",
        lambda: RSS.format(ITEM + "<item><guid>2</guid><title><![CDATA[" + "x" * 5 * MIB),
        *EITHER,
    ),
    _document("100,000 CDATA never closed", lambda: RSS.format(ITEM + "<![CDATA[" * 100_000), "read", "unreadable"),
    _document("a comment never closed", lambda: RSS.format(ITEM + "<!--" + "-" * 5 * MIB), *EITHER),
    _document("300,000 comments never closed", lambda: RSS.format(ITEM + "<!-- <!" * 300_000), *EITHER),
    _document("300,000 processing instructions", lambda: RSS.format("<?x y?>" * 300_000 + ITEM), "read"),
    _document(
        "300,000 processing instructions never closed",
        lambda: RSS.format(ITEM + "<?x " * 300_000),
        "read",
        "unreadable",
    ),
    _document("1,000,000 open brackets", lambda: RSS.format(ITEM + "<" * 1_000_000), *EITHER),
    _document("1,000,000 ampersands", lambda: RSS.format(ITEM + "&" * 1_000_000), *EITHER),
    _document(
        "500,000 character references",
        lambda: RSS.format(CDATA.format("&#1;" * 500_000) + "&#0;"),
        *EITHER,
    ),
    _document("title, link, guid and category of 1 MB each", _huge_fields, "read", "hostile"),
    _document(
        "3,000 items with links of 3,000 characters", lambda: _shared_long_links(3_000, 3_000), "read", "hostile"
    ),
    _document("dates of the year 999999 and worse", _dates, "read"),
    _document("UTF-7", lambda: UTF7, "read", "unreadable"),
    _document("UTF-16 that says it is UTF-8", lambda: RSS.format(ITEM).encode("utf-16"), "read", "unreadable"),
    _document(
        "UTF-8 that says it is UTF-16", lambda: RSS.format(ITEM).replace("utf-8", "utf-16"), "read", "unreadable"
    ),
    _document("UTF-32", lambda: RSS.format(ITEM).encode("utf-32"), "read", "unreadable"),
    _document(
        "5 MB of half surrogates in UTF-16",
        lambda: b"\xff\xfe" + b"<\x00" + b"\x00\xd8" * (5 * MIB // 2),
        *STOPPED,
    ),
    _document("an unknown encoding", lambda: RSS.format(ITEM).replace("utf-8", "x" * 100_000), "read", "unreadable"),
    _document("JSON nested 100,000 deep", _deep_json, "unreadable", content_type="application/feed+json"),
    _document(
        "JSON with numbers of 100,000 digits", _huge_numbers, "unreadable", "read", content_type="application/feed+json"
    ),
    _document(
        "JSON with 400,000 items",
        lambda: _json_feed([{"id": n} for n in range(400_000)]),
        "unreadable",
        content_type="application/feed+json",
    ),
    _document(
        "JSON with 4,000,000 empty lists",
        lambda: _json_feed([[]] * 2_000_000),
        "unreadable",
        content_type="application/feed+json",
    ),
    _document("a sitemap of 50,000 addresses", lambda: _sitemap_of(50_000), "read", "unreadable"),
    _feed("a sitemap index that names itself", _sitemap_loop, "read", "unreadable"),
    _feed("a sitemap index of 20,000 indexes", _sitemap_fan_out, "read", "unreadable"),
    _document("gzip: 300 MB in 300 KB", lambda: _bomb(zlib.compressobj(6, wbits=31), 300), "refused", packed="gzip"),
    _document("brotli: 1 GB in a few kilobytes", lambda: _bomb(_Brotli(), 1_000), "refused", packed="br"),
    _document("zstd: 1 GB in a few kilobytes", lambda: _bomb(zstd.ZstdCompressor(), 1_000), "refused", packed="zstd"),
    _document("zstd that asks for 128 MB at once", _wide_window, *ANY, packed="zstd"),
    _document("gzip that is none", lambda: GOOD, "unreachable", packed="gzip"),
    _feed("a feed packed ten times", _packed_often, "unreachable", "refused", "read"),
    _feed("a body without end", lambda site, path: site.flood(path), "refused"),
    _feed("a body that drips", lambda site, path: site.drip(path), "unreachable"),
    _feed("no answer", _slow_headers, "unreachable"),
    _feed("20,000 headers", _endless_headers, "unreachable", "refused"),
    _feed("one header of 20 MB", _one_endless_header, "unreachable", "refused"),
    _feed("a chunk whose size does not end", _endless_chunk_size, "unreachable", "refused"),
    _feed("a redirect to itself", _redirect_loop, "refused"),
    _feed("a redirect to a file", _redirect("file:///etc/passwd"), "refused"),
    _feed("a redirect to a private address", _redirect("http://10.0.0.1/"), "refused"),
    _feed("a redirect to the cloud's metadata", _redirect("http://169.254.169.254/latest/"), "refused"),
    _feed("a redirect to a private address in disguise", _redirect("http://[::ffff:10.0.0.1]/"), "refused"),
    _feed("a redirect to an address of 1 MB", _redirect("/" + "a" * MIB), "unreachable", "refused", "status"),
    _feed("a connection that is cut", lambda site, path: site.reset(path), "unreachable"),
)
