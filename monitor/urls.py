"""Addresses: their canonical form, the key by which two are the same, the site they belong to, and safe display.

Pure text work, nothing is asked of the network. The canonical form is for comparing; what is fetched and shown is the
link as published, because some sites answer only with the `www.` that we leave out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import NamedTuple
from urllib.parse import SplitResult, quote, unquote, unquote_to_bytes, urljoin, urlsplit

MAX_LENGTH = 8_192  # longer addresses are nobody's article, and cost time
MAX_WRAPPERS = 3  # a wrapper around a wrapper is seen, a longer chain is somebody's game

_PREFIX_LABELS = frozenset({"www", "www1", "www2", "m", "mobile", "amp"})

# A place on the page, a text highlight, or what the BBC appends to one article's guid (#0, #3).
_IDLE_FRAGMENT = re.compile(
    r"\d{1,2}|top|main|content|main-content|article|story|comments|comment|respond|reply|:~:.*",
    re.IGNORECASE | re.ASCII,
)

# One publisher, one article, two domains.
_HOST_ALIASES = {"bbc.co.uk": "bbc.com"}

_TRACKING_PREFIXES = ("utm_", "at_", "ns_", "mc_", "_ga", "pk_", "mtm_", "hsa_", "_hs", "oly_", "vero_", "guce_")
_TRACKING = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
        *("igshid", "igsh", "li_fat_id", "epik", "srsltid", "mkt_tok", "_openstat", "guccounter", "xtor", "cmp"),
        *("cmpid", "icid", "ocid", "smid", "smtyp", "emc", "ncid", "ito", "wpisrc", "wpmm", "s_cid", "sr_share"),
        *("traffic_source", "echobox", "intcid", "jsessionid", "phpsessid"),
    }
)

# These names carry identity on some sites (`source=123`), so their value must look like a way the reader came.
_CHANNEL_NAMES = frozenset({"ref", "source", "src", "from", "medium", "campaign", "share", "via", "partner", "feature"})
_CHANNEL_VALUE = re.compile(
    r"(rss|atom|feeds?|twitter|facebook|fb|telegram|whatsapp|reddit|linkedin|mastodon|bluesky|instagram|tiktok|flipboard"
    r"|newsletter|e?mail|push|social|share|shared|home(page)?|frontpage|search|google(news)?|applenews|app|web|mobile"
    r"|youtu\.?be|emb_\w+)([._ +/-].*)?",
    re.IGNORECASE | re.ASCII,
)

# Names that are tracking on these sites and identity elsewhere.
_SITE_TRACKING = {
    "wsj.com": frozenset({"mod", "reflink", "st"}),
    "marketwatch.com": frozenset({"mod"}),
    "barrons.com": frozenset({"mod"}),
    "nytimes.com": frozenset({"partner", "referringsource", "unlocked_article_code"}),
    "news.google.com": frozenset({"oc", "hl", "gl", "ceid"}),
    "dw.com": frozenset({"maca"}),
}

_GOOGLE = re.compile(r"(www\.)?google\.(com|co|[a-z]{2})(\.[a-z]{2})?", re.ASCII)
_AMP_CACHE = re.compile(r"/[cviw]/(s/)?")
_INDEX_PAGE = re.compile(r"index\.(html?|php)", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", re.ASCII)
_PLAIN = re.compile(r"[A-Za-z0-9/_.~-]*", re.ASCII)
_PLAIN_ADDRESS = re.compile(
    r"(https?)://([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,3})((?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)+)/?", re.ASCII
)
_NOTHING_TO_HIDE = re.compile(r"https?://[a-z0-9.-]+(?::[1-9]\d{0,3})?(?:/[A-Za-z0-9_.~/-]*)?", re.ASCII)
# Wrappers, index pages, AMP: in doubt more than there are.
_NEEDS_CARE = re.compile(r"google|ampproject|/index\.|[./]amp\b", re.IGNORECASE | re.ASCII)
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
    if plain is None or _NEEDS_CARE.search(url):
        return None
    scheme, host, path = plain.groups()
    return scheme, _plain_host(host) + path


@lru_cache(maxsize=4096)
def _plain_host(host: str) -> str:
    return _canonical_host(_Parts("https", host, None, SplitResult("https", host, "", "", "")))


def _carefully_canonical(url: str) -> tuple[str, str] | None:
    parts = _split(url)
    if parts is None:
        return None
    for _ in range(MAX_WRAPPERS):
        wrapped = _unwrapped(parts)
        inner = _split(wrapped) if wrapped else None
        if inner is None or "." not in inner.host:
            break
        parts = inner
    netloc = _canonical_host(parts)
    try:
        path = _canonical_path(parts.split.path)
        query = _canonical_query(parts.split.query, host=netloc)
        fragment = _canonical_fragment(parts.split.fragment, host=netloc)
    except UnicodeEncodeError:
        return None  # half a surrogate pair: no server can be asked for it
    key = netloc + path + (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    return parts.scheme, key


def _unwrapped(parts: _Parts) -> str:
    """Return the address inside a Google redirect or an AMP cache address, "" if there is none."""
    path = parts.split.path
    if parts.host.endswith(".cdn.ampproject.org"):
        inner = _AMP_CACHE.sub("https://", path, count=1)
        return _with_query(inner, parts) if inner != path else ""
    if not _GOOGLE.fullmatch(parts.host):
        return ""
    if path.startswith("/amp/s/"):
        return _with_query("https://" + path.removeprefix("/amp/s/"), parts)
    if path == "/url":
        pairs = [pair.partition("=") for pair in parts.split.query.split("&")]
        return next((unquote(value) for name, _, value in pairs if name in ("url", "q")), "")
    return ""


def _with_query(url: str, parts: _Parts) -> str:
    return f"{url}?{parts.split.query}" if parts.split.query else url


def _canonical_host(parts: _Parts) -> str:
    host = parts.host
    if not _is_address(host):
        labels = host.split(".")
        while len(labels) > 2 and labels[0] in _PREFIX_LABELS:
            del labels[0]
        host = ".".join(labels)
        host = _HOST_ALIASES.get(host, host)
    return parts._replace(host=host).netloc


def _canonical_path(path: str) -> str:
    segments: list[str] = []
    for raw in path.split("/"):
        segment = raw if _PLAIN.fullmatch(raw) else _requoted(raw, safe=_SEGMENT_SAFE)
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    if segments:
        last = segments[-1]
        name, _, parameter = last.partition(";")
        if parameter.lower().startswith(("jsessionid=", "phpsessid=")):
            last = name
        segments[-1] = last.removesuffix(".amp")
        if not segments[-1] or _INDEX_PAGE.fullmatch(segments[-1]):
            del segments[-1]
    # A section may be called "amp"; a marker stands beside a real path.
    if sum(segment != "amp" for segment in segments) >= 2:
        segments = [segment for segment in segments if segment != "amp"]
    return "/" + "/".join(segments)


def _canonical_query(query: str, *, host: str) -> str:
    if not query:
        return ""
    kept = [pair for pair in _pairs(query.split("&")) if not _is_tracking(*pair, host=host)]
    return "&".join(f"{name}={value}" if value else name for name, value in sorted(kept))


def _canonical_fragment(fragment: str, *, host: str) -> str:
    """Return the fragment unless it is known to be idle: live pages and some feeds tell their items apart by it."""
    if not fragment or _IDLE_FRAGMENT.fullmatch(fragment):
        return ""
    if "=" in fragment and all(_is_tracking(name, value, host=host) for name, value in _pairs(fragment.split("&"))):
        return ""
    return quote(unquote_to_bytes(fragment), safe=_QUERY_SAFE + "=&")


def _pairs(fields: Iterable[str]) -> Iterable[tuple[str, str]]:
    for field in fields:
        name, _, value = field.partition("=")
        if name:
            yield _requoted_query(name), _requoted_query(value)


def _is_tracking(name: str, value: str, *, host: str) -> bool:
    folded = name.lower()
    if folded in _TRACKING or folded.startswith(_TRACKING_PREFIXES):
        return True
    if folded in _CHANNEL_NAMES and _CHANNEL_VALUE.fullmatch(unquote(value)):
        return True
    parent = host.partition(".")[2]
    return folded in _SITE_TRACKING.get(host, ()) or folded in _SITE_TRACKING.get(parent, ())


def _requoted_query(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else _requoted(text.replace("+", "%20"), safe=_QUERY_SAFE)


def _requoted(text: str, *, safe: str) -> str:
    # By bytes: decoding as UTF-8 would make one replacement character of two different Latin-1 letters.
    return quote(unquote_to_bytes(text), safe=safe)
