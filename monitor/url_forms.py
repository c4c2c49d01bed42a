"""What is put around an article's address: wrappers, marks of the way a reader came, second hosts, pages for phones."""

from __future__ import annotations

import re
from urllib.parse import unquote

_PREFIX_LABELS = frozenset({"www", "www1", "www2", "m", "mobile", "amp"})
_PREFIXES = re.compile(r"(amp|m)-(?=.)")  # amp-section.paper.example

# One publisher, one article, two domains.
_HOST_ALIASES = {
    "bbc.co.uk": "bbc.com",
    "edition.cnn.com": "cnn.com",
    "abcnews.com": "abcnews.go.com",
    "huffingtonpost.com": "huffpost.com",
    "the-independent.com": "independent.co.uk",
    "dailymail.com": "dailymail.co.uk",
}

_TRACKING_PREFIXES = (
    *("utm_", "at_", "ns_", "mc_", "_ga", "pk_", "mtm_", "hsa_", "_hs", "oly_", "vero_", "guce_", "wt_", "wt.", "lmd_"),
    "sara_",
)
_TRACKING = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ysclid", "twclid", "ttclid"),
        *("igshid", "igsh", "li_fat_id", "epik", "srsltid", "mkt_tok", "_openstat", "guccounter", "xtor", "cmp"),
        *("cmpid", "icid", "ocid", "smid", "smtyp", "emc", "ncid", "ito", "wpisrc", "wpmm", "s_cid", "sr_share"),
        *("traffic_source", "echobox", "intcid", "jsessionid", "phpsessid", "xtref", "fsrc", "ftag", "soc_src"),
        *("soc_trk", ".tsrc", "mbid", "__twitter_impression", "feedtype", "feedname", "wtmc", "wtrid", "ftcamp"),
        *("chash",),  # TYPO3's checksum of the other fields
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
# Beside a name of an article in the path these say from which list it was opened.
_VIEW_NAMES = frozenset({"section", "channel", "print"})

# Names that are tracking on these sites and identity elsewhere.
_SITE_TRACKING = {
    "wsj.com": frozenset({"mod", "reflink", "st"}),
    "marketwatch.com": frozenset({"mod"}),
    "barrons.com": frozenset({"mod"}),
    "nytimes.com": frozenset({"partner", "referringsource", "unlocked_article_code"}),
    "news.google.com": frozenset({"oc", "hl", "gl", "ceid"}),
    "dw.com": frozenset({"maca"}),
    "cnn.com": frozenset({"cid", "iid", "sr"}),
    "nbcnews.com": frozenset({"cid"}),
    "abcnews.go.com": frozenset({"cid"}),
    "bloomberg.com": frozenset({"srnd", "sref"}),
    "reuters.com": frozenset({"taid", "rpc"}),
    "blogspot.com": frozenset({"m"}),
}

# Sites whose paths hold a number that alone says which article it is, and their own short form of the address.
_NUMBERED = {
    "heise.de": (re.compile(r"-(\d{7,9})$", re.ASCII), "/-{}"),
    "medium.com": (re.compile(r"(?:/p/|-)([0-9a-f]{11,12})$", re.ASCII), "/p/{}"),
    "nbcnews.com": (re.compile(r"[-/]n(?:cna)?(\d{6,8})$", re.ASCII), "/ncna{}"),
    "reuters.com": (re.compile(r"[-/]id([A-Z]{2}[A-Z0-9]{7,12})$", re.ASCII), "/article/id{}"),
    "taz.de": (re.compile(r"/!(\d{6,8})$", re.ASCII), "/!{}"),
    "time.com": (re.compile(r"^/(\d{7})(?:/[^/]+)?$", re.ASCII), "/{}"),
}

# Hosts that lead to the address in a field of their query, each with the path where they do.
_REDIRECTS = {
    "google": ("/url", ("url", "q")),
    "news.google.com": ("/news/url", ("url",)),
    "l.facebook.com": ("/l.php", ("u",)),
    "lm.facebook.com": ("/l.php", ("u",)),
    "l.instagram.com": ("/", ("u",)),
    "out.reddit.com": ("/", ("url",)),
    "t.umblr.com": ("/redirect", ("z",)),
    "vk.com": ("/away.php", ("to",)),
    "youtube.com": ("/redirect", ("q",)),
    "slack-redir.net": ("/link", ("url",)),
    "bing.com": ("/news/apiclick.aspx", ("url",)),
    "safelinks.protection.outlook.com": ("/", ("url",)),
}
_GOOGLE = re.compile(r"google\.(com|co|[a-z]{2})(\.[a-z]{2})?", re.ASCII)
_AMP_CACHES = (".cdn.ampproject.org", ".ampproject.net", ".bing-amp.com")
_AMP_CACHE = re.compile(r"/[cviw]/(s/)?")
_AMP_VIEWER = "/amp/s/"  # of Google and Bing
_YAHOO = re.compile(r"/RU=([^/]+)")


def publishers_host(host: str) -> str:
    """Return a host without the labels of a page for phones, by the name that its publisher goes by here."""
    labels = host.split(".")
    while len(labels) > 2:
        if labels[0] in _PREFIX_LABELS:
            del labels[0]
        elif (bare := _PREFIXES.sub("", labels[0])) != labels[0]:
            labels[0] = bare
        else:
            break
    host = ".".join(labels)
    if host.endswith(".medium.com"):  # each writer has a host
        return "medium.com"
    return _HOST_ALIASES.get(host, host)


def short_path(host: str, path: str) -> str:
    """Return the path by which a site that numbers its articles calls one for short, "" if it is no such path."""
    pattern, form = _NUMBERED.get(host, (None, ""))
    found = pattern.search(path) if pattern else None
    return form.format(found[1]) if found else ""


def wrapped_address(host: str, path: str, query: str) -> str:
    """Return the address inside a redirect or an AMP cache address, "" if there is none."""
    if host.endswith(_AMP_CACHES):
        inner = _AMP_CACHE.sub("https://", path, count=1)
        return _with_query(inner, query) if inner != path else ""
    host = host.removeprefix("www.")
    if host == "r.search.yahoo.com":
        found = _YAHOO.search(path)
        return unquote(found[1]) if found else ""
    host = "google" if _GOOGLE.fullmatch(host) else host
    if host in ("google", "bing.com") and path.startswith(_AMP_VIEWER):
        return _with_query("https://" + path.removeprefix(_AMP_VIEWER), query)
    if host.endswith(".safelinks.protection.outlook.com"):
        host = host.partition(".")[2]
    where, names = _REDIRECTS.get(host, ("", ()))
    if not where or (path or "/") != where:
        return ""
    pairs = [pair.partition("=") for pair in query.split("&")]
    return next((unquote(value) for name, _, value in pairs if name in names), "")


def _with_query(url: str, query: str) -> str:
    return f"{url}?{query}" if query else url


def is_tracking(name: str, value: str, *, host: str, is_named: bool = False) -> bool:
    """Return whether a field of a query says how the reader came or how the page is shown, not which article it is.

    Args:
        name: of the field.
        value: of the field.
        host: the publisher's.
        is_named: the path names the article already.
    """
    folded = name.lower()
    if is_named and folded in _VIEW_NAMES:
        return True
    if folded in _TRACKING or folded.startswith(_TRACKING_PREFIXES):
        return True
    if folded in _CHANNEL_NAMES and _CHANNEL_VALUE.fullmatch(unquote(value)):
        return True
    if (folded == "amp" and value.lower() in ("", "1", "true")) or (folded == "outputtype" and value == "amp"):
        return True
    parent = host.partition(".")[2]
    return folded in _SITE_TRACKING.get(host, ()) or folded in _SITE_TRACKING.get(parent, ())
