"""Addresses: one key for one article, different keys for different ones, nothing secret in a log line."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.urls import (
    _carefully_canonical,
    _plainly_canonical,
    address_key,
    canonical_url,
    host_key,
    names_article,
    page_key,
    redact,
    resolve,
    site,
)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        pytest.param("https://www.example.org/a/b/", "example.org/a/b", id="www and the final slash are left out"),
        pytest.param("http://EXAMPLE.org:80/a/b", "example.org/a/b", id="scheme, case and default port do not count"),
        pytest.param("https://m.example.co.uk/a", "example.co.uk/a", id="the mobile host is the same site"),
        pytest.param("https://m.example/a", "m.example/a", id="a label is dropped only if two remain"),
        pytest.param("https://www.bbc.co.uk/news/world-1", "bbc.com/news/world-1", id="one publisher on two domains"),
        pytest.param("https://example.org", "example.org/", id="the home page"),
        pytest.param("https://example.org/x/./y/../b//c", "example.org/x/b/c", id="dots and double slashes resolve"),
        pytest.param(
            "https://example.org/news/amp/story-1", "example.org/news/story-1", id="an amp marker is left out"
        ),
        pytest.param("https://example.org/amp/guide", "example.org/amp/guide", id="a section called amp stays"),
        pytest.param("https://example.org/a/b.amp", "example.org/a/b", id="an amp suffix is left out"),
        pytest.param("https://example.org/a/index.html", "example.org/a", id="an index page is its folder"),
        pytest.param("https://example.org/A/%7eb", "example.org/A/~b", id="case stays and escapes become one form"),
        pytest.param("https://example.org/a%2Fb", "example.org/a%2Fb", id="an escaped slash stays escaped"),
        pytest.param("https://example.org/%E9", "example.org/%E9", id="bytes that are no UTF-8 stay themselves"),
        pytest.param("https://example.org/статья", "example.org/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F", id="Cyrillic"),
        pytest.param("https://例え.jp/a", "xn--r8jz45g.jp/a", id="an international host"),
        pytest.param("https://example.org/a?b=2&a=1&utm_source=x&fbclid=y", "example.org/a?a=1&b=2", id="tracking"),
        pytest.param("https://example.org/a?ref=rss&source=twitter.com", "example.org/a", id="ways the reader came"),
        pytest.param("https://example.org/a?source=12", "example.org/a?source=12", id="a source that is no channel"),
        pytest.param("https://wsj.com/a?mod=rss_x", "wsj.com/a", id="tracking on one site"),
        pytest.param("https://example.org/a?mod=x", "example.org/a?mod=x", id="the same name elsewhere"),
        pytest.param("https://example.org/a?q=a+b", "example.org/a?q=a%20b", id="plus and %20 are one space"),
        pytest.param("https://example.org/a?x=", "example.org/a?x", id="an empty value is no value"),
        pytest.param("https://example.org/a#comments", "example.org/a", id="a place on the page is left out"),
        pytest.param("https://example.org/a#0", "example.org/a", id="a small number after a guid"),
        pytest.param("https://example.org/a#xtor=RSS-1&ref=rss", "example.org/a", id="tracking in the fragment"),
        pytest.param("https://example.org/a#:~:text=word", "example.org/a", id="a highlighted text"),
        pytest.param("https://example.org/a#b c", "example.org/a#b%20c", id="another fragment stays"),
        pytest.param("https://example.org/#!/a/1", "example.org/#!/a/1", id="a fragment that is a path stays"),
        pytest.param("https://user:pw@example.org/a", "example.org/a", id="user and password are no identity"),
        pytest.param("http://127.0.0.1:8080/a", "127.0.0.1:8080/a", id="an address with a port"),
        pytest.param("http://[::1]:8080/a", "[::1]:8080/a", id="an IPv6 address"),
        pytest.param("https://example.org/a;jsessionid=5F", "example.org/a", id="a session in the path"),
        pytest.param(
            "https://www.google.com/url?sa=t&url=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1&usg=x",
            "example.org/a?id=1",
            id="a Google redirect",
        ),
        pytest.param("https://www.google.co.uk/amp/s/example.org/a/b.amp", "example.org/a/b", id="a Google AMP link"),
        pytest.param("https://example-org.cdn.ampproject.org/c/s/example.org/a", "example.org/a", id="an AMP cache"),
        pytest.param("https://www.bing.com/amp/s/example.org/a/b", "example.org/a/b", id="a Bing AMP link"),
        pytest.param(
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fexample.org%2Fa%3Fid%3D1&h=AT3x",
            "example.org/a?id=1",
            id="Facebook",
        ),
        pytest.param(
            "https://l.instagram.com/?u=https%3A%2F%2Fexample.org%2Fa&e=AT3x", "example.org/a", id="Instagram"
        ),
        pytest.param("https://out.reddit.com/?url=https%3A%2F%2Fexample.org%2Fa&token=x", "example.org/a", id="Reddit"),
        pytest.param("https://vk.com/away.php?to=https%3A%2F%2Fexample.org%2Fa", "example.org/a", id="VK"),
        pytest.param(
            "https://www.bing.com/news/apiclick.aspx?ref=x&url=https%3a%2f%2fexample.org%2fa",
            "example.org/a",
            id="Bing",
        ),
        pytest.param(
            "https://r.search.yahoo.com/_ylt=x/RV=2/RU=https%3a%2f%2fexample.org%2fa/RK=2/RS=y",
            "example.org/a",
            id="Yahoo",
        ),
        pytest.param(
            "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexample.org%2Fa&data=x",
            "example.org/a",
            id="a link in a checked e-mail",
        ),
        pytest.param("https://www.google.com/url?sa=t", "google.com/url?sa=t", id="a redirect to nowhere"),
        pytest.param("https://example.org/2026/a.html", "example.org/2026/a", id="an ending is no name"),
        pytest.param("https://example.org/2026/a.amp.html", "example.org/2026/a", id="an ending for phones"),
        pytest.param("https://example.org/a/b.html/amp", "example.org/a/b", id="an ending before the mark for phones"),
        pytest.param("https://example.org/a.html?id=1", "example.org/a?id=1", id="a query behind an ending"),
        pytest.param("https://example.org/a/b.html/index.html", "example.org/a/b", id="an index page of a page"),
        pytest.param(
            "https://example.org/rates-held-again/amp", "example.org/rates-held-again", id="amp behind a name"
        ),
        pytest.param(
            "https://example.org/markets/amp/Rates-held-again-14847624.php",
            "example.org/markets/Rates-held-again-14847624.php",
            id="amp instead of article",
        ),
        pytest.param(
            "https://example.org/markets/article/Rates-held-again-14847624.php",
            "example.org/markets/Rates-held-again-14847624.php",
            id="article before a name with a number",
        ),
        pytest.param("https://example.org/article/rates", "example.org/article/rates", id="article before other names"),
        pytest.param("https://example.org/platform/amp/2026/1/2/a", "example.org/2026/1/2/a", id="a platform's page"),
        pytest.param("https://amp-city.example.org/a/b", "city.example.org/a/b", id="a section's host for phones"),
        pytest.param("https://example.org/a?amp", "example.org/a", id="amp as a field"),
        pytest.param("https://example.org/a?amp=2", "example.org/a?amp=2", id="a field of that name with a meaning"),
        pytest.param("https://example.org/a?outputType=amp", "example.org/a", id="another field for phones"),
        pytest.param("https://example.org/rates-held-again?section=money", "example.org/rates-held-again", id="a list"),
        pytest.param(
            "https://example.org/list?section=money", "example.org/list?section=money", id="a list of its own"
        ),
        pytest.param("https://example.org/a?wt_mc=rss.ho&cHash=0f2&feedType=RSS", "example.org/a", id="more tracking"),
        pytest.param("https://edition.cnn.com/2026/a/index.html", "cnn.com/2026/a", id="another publisher's two hosts"),
        pytest.param(
            "https://news.google.com/rss/articles/CBMiAAA?oc=5", "news.google.com/articles/CBMiAAA", id="feed"
        ),
        pytest.param("https://news.google.com/read/CBMiAAA?hl=en-US", "news.google.com/articles/CBMiAAA", id="reader"),
        pytest.param("https://www.heise.de/news/Ein-Fall-11272239.html?wt_mc=x", "heise.de/-11272239", id="numbered"),
        pytest.param("http://heise.de/-11272239", "heise.de/-11272239", id="the number alone"),
        pytest.param(
            "https://someone.medium.com/a-b-417d97952d42?source=rss-1", "medium.com/p/417d97952d42", id="posts"
        ),
        pytest.param("https://example-org.cdn.ampproject.org/c/s/", "example-org.cdn.ampproject.org/c/s", id="hollow"),
    ],
)
def test_an_article_has_one_key(url: str, key: str) -> None:
    assert address_key(url) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://site.example/a/b?id=12", "https://site.example/a/b?id=13"),
        ("https://site.example/en/x", "https://site.example/fr/x"),
        ("https://news.google.com/rss/articles/CBMiAAA?oc=5", "https://news.google.com/rss/articles/CBMiBBB?oc=5"),
        ("https://site.example/Story-A", "https://site.example/story-a"),
        ("https://site.example:8080/a", "https://site.example/a"),
        ("https://site.example/live?post=1", "https://site.example/live?post=2"),
        ("https://site.example/live#block-65f1", "https://site.example/live#block-65f2"),
        ("https://site.example/all.html#s/3aa9", "https://site.example/all.html#s/0315"),
        ("https://site.example/a#page=1&ref=rss", "https://site.example/a#page=2&ref=rss"),
        ("https://site.example/caf%E9", "https://site.example/caf%E8"),
        ("https://news.site.example/a", "https://sport.site.example/a"),
        ("https://site.example/?p=1", "https://site.example/?p=2"),
        (
            "https://site.example/markets/asia/market-wrap-2026-03-01",
            "https://site.example/markets/market-wrap-2026-03-01",
        ),
        ("https://site.example/a-long-name-here?lang=en", "https://site.example/a-long-name-here?lang=fr"),
        ("https://site.example/comments/#comment-210335", "https://site.example/comments/#comment-210324"),
        ("https://site.example/a?cid=1", "https://site.example/a?cid=2"),
        ("https://site.example/a?partner=12", "https://site.example/a?partner=13"),
        ("https://site.example/a?share=12", "https://site.example/a?share=13"),
        ("https://site.example/a?mod=12", "https://site.example/a?mod=13"),
        ("https://site.example/a?via=12", "https://site.example/a?via=13"),
        ("https://site.example/a?feature=12", "https://site.example/a?feature=13"),
        ("https://www.heise.de/a-b-11272239.html", "https://www.heise.de/a-b-11272240.html"),
    ],
)
def test_different_articles_keep_different_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "not an address",
        "ftp://example.org/a",
        "javascript:alert(1)",
        "//example.org/a",
        "https://",
        "https://[::1/a",
        "https://example.org:99999/a",
        "https://exa mple.org/",
        "https://a..b/",
        "https://example.org/" + "a" * 9000,
        "https://example.org/\ud800",
    ],
)
def test_what_is_no_web_address_has_no_key(url: str) -> None:
    assert (address_key(url), canonical_url(url)) == ("", "")


def test_the_canonical_form_keeps_the_scheme() -> None:
    assert canonical_url("http://www.example.org/a/?utm_medium=x") == "http://example.org/a"


def test_the_canonical_form_of_a_canonical_form_is_itself() -> None:
    url = "https://M.Example.org/a//b/index.php?z=%20&a=%C3%BC&q=a+b#!/x y"

    assert canonical_url(canonical_url(url)) == canonical_url(url)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://example.org/", ""),
        ("https://www.example.org/index.html", ""),
        ("https://example.org/?utm_source=rss", ""),
        ("https://example.org/?p=12", "example.org/?p=12"),
        ("https://example.org/a", "example.org/a"),
        ("not an address", ""),
    ],
)
def test_a_front_page_is_the_page_of_nothing(url: str, key: str) -> None:
    assert page_key(url) == key


@pytest.mark.parametrize(
    ("url", "answer"),
    [
        ("https://example.org/world/ministers-meet-in-rome", True),
        ("https://example.org/a123456.html", True),
        ("https://example.org/?p=12", True),
        ("https://example.org/world", False),
        ("https://example.org/world/?utm_source=x", False),
        ("https://example.org/", False),
        ("not an address", False),
    ],
)
def test_an_address_names_an_article_or_a_section(url: str, answer: bool) -> None:
    assert names_article(url) is answer


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://WWW.Example.org/a", "www.example.org"),
        ("http://example.org:8080/a", "example.org:8080"),
        ("https://example.org:443/", "example.org"),
        ("http://[2001:DB8::1]:81/", "[2001:db8::1]:81"),
        ("mailto:a@example.org", ""),
    ],
)
def test_requests_are_spaced_by_host_and_port(url: str, key: str) -> None:
    assert host_key(url) == key


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://news.bbc.co.uk/a", "bbc.co.uk"),
        ("https://www.example.com/a", "example.com"),
        ("https://name.blogspot.com/a", "name.blogspot.com"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("http://[::1]:8080/a", "[::1]:8080"),
        ("http://localhost:8080/a", "localhost:8080"),
        ("https://co.uk/a", "co.uk"),
        ("https://www.news.example/a", "news.example"),
        ("nothing", ""),
    ],
)
def test_a_site_is_the_registrable_domain(url: str, expected: str) -> None:
    assert site(url) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://hooks.slack.com/services/T0/B0/secret", "https://hooks.slack.com/…"),
        ("https://user:pw@example.org/?token=1", "https://example.org/…"),
        ("redis://:pw@db.example:6379/0", "redis://db.example:6379/…"),
        ("https://example.org/", "https://example.org/"),
        ("https://[::1/secret", "(unreadable address)"),
        ("secret", "(not a web address)"),
    ],
)
def test_a_redacted_address_shows_no_secret(url: str, expected: str) -> None:
    assert redact(url) == expected


def test_a_feed_keeps_its_path_in_logs_but_not_its_query() -> None:
    assert redact("https://u:p@example.org/feeds/world.xml?key=s#f", keep_path=True) == (
        "https://example.org/feeds/world.xml?…"
    )


def test_a_redacted_address_cannot_break_a_log_line() -> None:
    assert redact("https://example.org/a\x1b[31m\u202eb", keep_path=True) == "https://example.org/a%1B[31m%E2%80%AEb"


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param("/a/b", "https://example.org/a/b", id="from the root"),
        pytest.param("b", "https://example.org/feeds/b", id="beside the base"),
        pytest.param("//other.example/a", "https://other.example/a", id="without a scheme"),
        pytest.param(" https://other.example/a b ", "https://other.example/a%20b", id="a space is encoded"),
        pytest.param("https://other.example/статья", "https://other.example/статья", id="letters stay readable"),
        pytest.param("https://other.example/\u202ea", "https://other.example/%E2%80%AEa", id="bidi is encoded"),
        pytest.param("https://other.example\\@example.org/", "https://other.example/@example.org/", id="backslash"),
        pytest.param("", "", id="no link is not the base"),
        pytest.param("javascript:alert(1)", "", id="a script"),
        pytest.param("data:text/html,x", "", id="a data address"),
        pytest.param("https://reuters.com@evil.example/", "", id="a user name that poses as a host"),
        pytest.param("https://[bad", "", id="a broken host"),
    ],
)
def test_links_resolve_to_web_addresses_or_nothing(link: str, expected: str) -> None:
    assert resolve("https://example.org/feeds/world.xml", link) == expected


def test_importing_addresses_does_not_load_the_suffix_list() -> None:
    code = "import sys, monitor.urls; sys.exit('tldextract' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


PIECES = st.sampled_from(
    (
        *(
            "https://",
            "http:",
            "//",
            "/",
            "?",
            "#",
            "&",
            "=",
            "@",
            ":",
            ";",
            "%",
            "%2F",
            "%zz",
            "..",
            ".",
            "amp",
            "www.",
        ),
        *(
            "example.org",
            "[::1]",
            "127.0.0.1",
            "google.com/url?q=",
            "cdn.ampproject.org/c/s/",
            "utm_source=x",
            "ref=rss",
        ),
        *(
            "a",
            "é",
            "停",
            ".html",
            ".amp",
            "/amp",
            "/article/",
            "a-b-c",
            "12345",
            "amp-",
            "\u202e",
            "\ud800",
            " ",
            "\n",
            "\\",
            "+",
            "!",
            "m.",
            "index.html",
        ),
    )
)


@settings(deadline=None)  # two busy cores
@given(pieces=st.lists(PIECES, max_size=12))
def test_no_address_makes_trouble(pieces: list[str]) -> None:
    url = "https://" + "".join(pieces)
    canonical = canonical_url(url)

    assert canonical_url(canonical) == canonical
    assert resolve("https://example.org/", resolve("https://example.org/", url)) == resolve("https://example.org/", url)
    assert redact(url).isprintable()
    assert host_key(url) == host_key(url).lower()


PLAIN = st.sampled_from(
    (
        *(
            "/",
            "/",
            "/a",
            "/B-2",
            "/amp",
            ".amp",
            "/index.html",
            "index.php",
            ".",
            "..",
            "~",
            "_",
            "news",
            "2026",
            "a.html",
            ".htm",
            "/article",
            "/mobile",
            "a-b-c",
            "1234567",
        ),
    )
)
HOSTS = st.sampled_from(
    (
        "example.org",
        "www.example.co.uk",
        "m.example",
        "www1.m.example.org",
        "www.bbc.co.uk",
        "google.com",
        "127.0.0.1",
        "www.heise.de",
    )
)


@settings(deadline=None)
@given(scheme=st.sampled_from(("http", "https")), host=HOSTS, pieces=st.lists(PLAIN, max_size=8))
def test_plain_addresses_have_the_form_that_care_would_give_them(scheme: str, host: str, pieces: list[str]) -> None:
    url = f"{scheme}://{host}{''.join(pieces)}"
    plain = _plainly_canonical(url)
    assert plain is None or plain == _carefully_canonical(url)
