"""Addresses: their canonical form, the key by which two are the same, the site they belong to, and safe display.

Pure text work, nothing is asked of the network. The canonical form is for comparing; what is fetched and shown is the
link as published, because some sites answer only with the `www.` that we leave out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote_to_bytes, urljoin, urlsplit

from monitor.url_forms import is_tracking, publishers_host, short_path, wrapped_address

MAX_LENGTH = 8_192  # longer addresses are nobody's article, and cost time
MAX_WRAPPERS = 3  # a wrapper around a wrapper is seen, a longer chain is somebody's game

# A place on the page, a text highlight, or what the BBC appends to one article's guid (#0, #3).
_IDLE_FRAGMENT = re.compile(
    r"\d{1,2}|top|main|content|main-content|article|story|comments|comment|respond|reply|disqus_thread|kommentare|:~:.*",
    re.IGNORECASE | re.ASCII,
)

_INDEX_PAGE = re.compile(r"index\.(html?|php)", re.IGNORECASE)
_ENDINGS = frozenset({"amp", "htm", "html", "shtml", "xhtml"})  # no site has a.html beside another article at a
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.ASCII)
# Letters that need no escape, and escapes of others in the form that we give them.
_PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*(?:%[89A-F][0-9A-F][A-Za-z0-9/_.~-]*)*", re.ASCII)
_PLAIN_ADDRESS = re.compile(
    r"(https?)://([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3})((?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+)/?", re.ASCII
)
_PLAIN_ENDING = re.compile(r"\.(?:html?|[sx]html)$", re.IGNORECASE)
_NOTHING_TO_HIDE = re.compile(r"https?://[a-z0-9.-]+(?::[1-9]\d{0,3})?(?:/[A-Za-z0-9_.~/-]*)?", re.ASCII)
# Of wrappers, index pages and pages for phones; in doubt more than there are.
_NEEDS_CARE = (
    *("google", "yahoo", "bing", "ampproject", "/index.", "/amp", "-amp", ".amp", "amp-"),
    *("/a/", "/article/", "/mobile/", "tml.", "htm."),
)
_AMP_SEGMENTS = frozenset({"amp", "amphtml", "sn-amp"})
_KIND_SEGMENTS = frozenset({"a", "article", "mobile"})
_SEGMENT_SAFE = "-._~!$&'()*+,;=:@"
_QUERY_SAFE = "-._~!$'()*,;:@/?"
_UNSAFE_IN_LINK = frozenset(' "<>`|')


class _Parts(NamedTuple):
    scheme: str
    host: str  # lower case, ASCII, an IPv6 address in brackets
    port: int | None
    split: SplitResult

    @property
    def netloc(self) -> str:
        """Host with its port, unless that is a default one."""
        return self.host if self.port in (None, 80, 443) else f"{self.host}:{self.port}"


def canonical_url(url: str) -> str:
    """Return the form that all addresses of one article share, except for http/https; "" if not a web address.

    For comparing and storing, not for fetching. Source: own rules, after the forms that news sites hand out.
    """
    parts = _canonical(url)
    return f"{parts[0]}://{parts[1]}" if parts else ""


def address_key(url: str) -> str:
    """Return the identity of an address: its canonical form without the scheme; "" if it is not a web address."""
    parts = _canonical(url)
    return parts[1] if parts else ""


def page_key(url: str) -> str:
    """Return the address key of what is more than a site's front page; "" otherwise.

    A front page says nothing of an article: broken feeds and templates name it as the address of everything.
    """
    key = address_key(url)
    return key if leads_past_front(key) else ""


def leads_past_front(key: str) -> bool:
    """Return whether an address key leads further than to a site's front page."""
    return bool(key.partition("/")[2])


def names_article(url: str) -> bool:
    """Return whether an address names an article, by a long name, a number or a query, rather than a section."""
    path, _, query = page_key(url).partition("/")[2].partition("?")
    return bool(query) or _is_slug(path.rpartition("/")[2])


def host_key(url: str) -> str:
    """Return host[:port] in lower case, by which requests are spaced; default ports are left out; "" if none."""
    parts = _split(url)
    return parts.netloc if parts else ""


def host_slug(url: str) -> str:
    """Return the host[:port] of an address as it stands in feeds' keys and names the host's gate; "feed" if none."""
    # No bracket or colon of an IPv6 address, and no hyphen in front: a key is an argument of commands.
    return re.sub(r"[^a-z0-9._]+", "-", host_key(url)).strip("-") or "feed"


def site(url: str) -> str:
    """Return the registrable domain (`bbc.co.uk`, `name.blogspot.com`), host and port if there is none, "" if no URL.

    Uses the public suffix list that comes with tldextract; never the network. Servers behind one bare address, such as
    127.0.0.1:8001 and 127.0.0.1:8002, are different sites.
    """
    parts = _split(url)
    return (_registrable(parts.host) or parts.netloc) if parts else ""


def redact(url: str, *, keep_path: bool = False) -> str:
    """Return an address that is safe to log: no user, password, query or fragment, and no path unless asked for.

    Paths hide by default because a webhook's path is its password; feeds are public, theirs may stay. Never raises.
    """
    if keep_path and len(url) <= MAX_LENGTH and _NOTHING_TO_HIDE.fullmatch(url):
        return url
    try:
        split = urlsplit(url[:MAX_LENGTH])
        host = split.hostname or ""
        port = f":{split.port}" if split.port is not None else ""
    except ValueError:
        return "(unreadable address)"
    if not split.scheme or not host:
        return "(not a web address)"
    if ":" in host:
        host = f"[{host}]"
    start = f"{split.scheme}://{_escape_unsafe(host)}{port}"
    rest = split.path.strip("/") or split.query
    if keep_path:
        return start + _escape_unsafe(split.path) + ("?…" if split.query else "")
    return f"{start}/…" if rest else f"{start}/"


def resolve(base: str, link: str) -> str:
    """Return `link` as an absolute http(s) address, relative ones against `base`; "" if it cannot be one.

    Addresses with a user name are refused: nobody publishes articles there, and `https://reuters.com@evil.example` is
    made to deceive. Spaces, control and bidi characters come out percent-encoded.
    """
    link = link.strip()
    if not link or len(link) > MAX_LENGTH:
        return ""
    try:
        joined = urljoin(base.strip(), _browser_slashes(link))
    except ValueError:
        return ""
    parts = _split(joined)
    if parts is None or "@" in parts.split.netloc:
        return ""
    return _escape_unsafe(joined)


def _browser_slashes(url: str) -> str:
    """Return `url` with the backslashes before its query as browsers read them: a host could hide behind one."""
    if "\\" not in url:
        return url
    end = next((place for place, char in enumerate(url) if char in "?#"), len(url))
    return url[:end].replace("\\", "/") + url[end:]


def _escape_unsafe(text: str) -> str:
    if text.isascii() and text.isprintable() and _UNSAFE_IN_LINK.isdisjoint(text):
        return text
    return "".join(
        char if char.isprintable() and char not in _UNSAFE_IN_LINK else quote(char.encode("utf-8", "replace"), safe="")
        for char in text
    )


def _split(url: str) -> _Parts | None:
    """Return the parts of an http(s) address with a usable host, else None."""
    if len(url) > MAX_LENGTH:
        return None
    if url[:1] > " " and url[0] not in "hH":  # most guids that are no addresses; urlsplit is slow to say so
        return None
    try:
        split = urlsplit(_browser_slashes(url.strip()))
        host, port = split.hostname, split.port
    except ValueError:
        return None
    if split.scheme not in ("http", "https") or not host:
        return None
    ascii_host = _ascii_host(host)
    return _Parts(split.scheme, ascii_host, port, split) if ascii_host else None


def _ascii_host(host: str) -> str:
    """Return the host in lower case and ASCII, without a final dot; "" if no such host can exist."""
    if ":" in host:
        return f"[{host}]"
    host = host.rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    return host if len(host) <= 253 and _HOST.fullmatch(host) else ""


@lru_cache(maxsize=4096)
def _registrable(host: str) -> str:
    """Return the registrable domain of a host, "" if it has none."""
    if _is_address(host) or "." not in host:
        return ""
    return _suffix_reader()(host)


def _is_address(host: str) -> bool:
    # No top level domain is a number, and whoever writes 127.1 means an address too.
    return host.startswith("[") or host.rpartition(".")[2].isdigit()


@cache
def _suffix_reader() -> Callable[[str], str]:
    """Load the suffix list on first use: it costs 0.2 s, and most commands never ask."""
    import tldextract

    extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)

    def registrable(host: str) -> str:
        """Return the registrable domain of a host."""
        found = extract.extract_str(host)
        # The list's own default rule: a top level domain that it does not know is a suffix too.
        return found.top_domain_under_public_suffix if found.suffix else ".".join(host.split(".")[-2:])

    return registrable


def _canonical(url: str) -> tuple[str, str] | None:
    return _plainly_canonical(url) or _carefully_canonical(url)


def _plainly_canonical(url: str) -> tuple[str, str] | None:
    """Return what `_carefully_canonical` does if an address needs no care, as most links; None for others."""
    plain = _PLAIN_ADDRESS.fullmatch(url) if len(url) <= MAX_LENGTH else None
    if plain is None:
        return None
    folded = url.lower()
    if any(sign in folded for sign in _NEEDS_CARE):
        return None
    scheme, host, path = plain.groups()
    ending = _PLAIN_ENDING.search(path)
    path = path[: ending.start()] if ending else path
    host = _plain_host(host)
    return scheme, host + (short_path(host, path) or path)


@lru_cache(maxsize=4096)
def _plain_host(host: str) -> str:
    return _canonical_host(_Parts("https", host, None, SplitResult("https", host, "", "", "")))


def _carefully_canonical(url: str) -> tuple[str, str] | None:
    parts = _split(url)
    if parts is None:
        return None
    for _ in range(MAX_WRAPPERS):
        wrapped = wrapped_address(parts.host, parts.split.path, parts.split.query)
        inner = _split(wrapped) if wrapped else None
        if inner is None or "." not in inner.host:
            break
        parts = inner
    netloc = _canonical_host(parts)
    try:
        path = _canonical_path(parts.split.path, host=netloc)
        query = _canonical_query(parts.split.query, host=netloc, is_named=_is_slug(path.rpartition("/")[2]))
        fragment = _canonical_fragment(parts.split.fragment, host=netloc)
    except UnicodeEncodeError:
        return None  # half a surrogate pair: no server can be asked for it
    key = netloc + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    return parts.scheme, key


def _canonical_host(parts: _Parts) -> str:
    host = parts.host if _is_address(parts.host) else publishers_host(parts.host)
    return parts._replace(host=host).netloc


def _canonical_path(path: str, *, host: str) -> str:
    segments: list[str] = []
    for raw in path.split("/"):
        segment = raw if _PLAIN.fullmatch(raw) else _requoted(raw, safe=_SEGMENT_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    segments = _without_ending(_without_amp(_without_ending(segments)))
    if host == "news.google.com" and len(segments) > 1 and segments[-2] in ("articles", "read"):
        segments = ["articles", segments[-1]]  # one of several views of it; the id itself says nothing
    path = "/" + "/".join(segments)
    return short_path(host, path) or path


def _without_ending(segments: list[str]) -> list[str]:
    """Return a path without an index page, and its last name without what tells how it is shown."""
    while segments:
        name = _bare_name(segments[-1])
        if name:
            return [*segments[:-1], name]
        segments = segments[:-1]
    return segments


def _bare_name(segment: str) -> str:
    """Return the last segment of a path without session, ending and mark for phones; "" for an index page."""
    name, _, parameter = segment.partition(";")
    if parameter.lower().startswith(("jsessionid=", "phpsessid=")):
        segment = name
    if _INDEX_PAGE.fullmatch(segment):
        return ""
    stem, dot, ending = segment.rpartition(".")
    while dot and ending.lower() in _ENDINGS:
        segment = stem
        stem, dot, ending = segment.rpartition(".")
    return segment if segment.strip(".") else ""  # what is left may be one that leads up


def _without_amp(segments: list[str]) -> list[str]:
    """Return a path without the marks of its page for phones."""
    if segments[:2] == ["platform", "amp"] and len(segments) > 3:
        segments = segments[1:]
    segments = _without(_AMP_SEGMENTS, segments)
    # Publishers write /amp/ instead of /article/, before a name that is enough by itself.
    return _without(_KIND_SEGMENTS, segments) if segments and _has_number(segments[-1]) else segments


def _without(marks: frozenset[str], segments: list[str]) -> list[str]:
    """Return a path without the marks if they stand beside the name of an article; a section may be called "amp"."""
    others = [segment for segment in segments if segment not in marks]
    return others if len(others) >= 2 or any(map(_is_slug, others)) else segments


def _is_slug(segment: str) -> bool:
    """Return whether a segment names an article rather than a section."""
    return segment.count("-") >= 2 or _has_number(segment)


def _has_number(segment: str) -> bool:
    return sum(map(str.isdigit, segment)) >= 5


def _canonical_query(query: str, *, host: str, is_named: bool) -> str:
    if not query:
        return ""
    kept = [pair for pair in _pairs(query.split("&")) if not is_tracking(*pair, host=host, is_named=is_named)]
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(kept))


def _canonical_fragment(fragment: str, *, host: str) -> str:
    """Return the fragment unless it is known to be idle: live pages and some feeds tell their items apart by it."""
    if not fragment or _IDLE_FRAGMENT.fullmatch(fragment):
        return ""
    if "=" in fragment and all(is_tracking(name, value, host=host) for name, value in _pairs(fragment.split("&"))):
        return ""
    return quote(unquote_to_bytes(fragment), safe=_QUERY_SAFE + "=&")


def _pairs(fields: Iterable[str]) -> Iterable[tuple[str, str]]:
    for field in fields:
        name, _, value = field.partition("=")
        if name:
            yield _requoted_query(name), _requoted_query(value)


def _requoted_query(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _requoted(text.replace("+", "%20"), safe=_QUERY_SAFE)


def _requoted(text: str, *, safe: str) -> str:
    # By bytes: decoding as UTF-8 would make one replacement character of two different Latin-1 letters.
    return quote(unquote_to_bytes(text), safe=safe)
