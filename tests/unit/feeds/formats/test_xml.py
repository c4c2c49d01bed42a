"""RSS and Atom, as they should be and as they are."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import FeedMalformed
from monitor.feeds.formats.format import Document, ParsedFeed
from monitor.feeds.parse import parse_document
from monitor.model import Entry, FeedKey

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:atom="http://www.w3.org/2005/Atom">
 <channel>
  <title>Gulf Courier</title><link>https://gulf.example/</link><language>en-gb</language><ttl>15</ttl>
  <atom:link rel="self" href="https://gulf.example/rss.xml"/><atom:link rel="hub" href="https://hub.example/"/>
  <item>
   <title>Ministers &amp; envoys agree</title><link>/news/1?a=1&amp;b=2</link><guid isPermaLink="false">gc-1</guid>
   <dc:creator>Amal Haddad</dc:creator><category>World</category><category>World</category>
   <pubDate>Tue, 24 Nov 2026 13:00:00 +0300</pubDate>
   <description>&lt;p&gt;Short&lt;/p&gt;</description>
   <content:encoded><![CDATA[<p>Long <script>x()</script></p>]]></content:encoded>
  </item>
 </channel>
</rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de">
 <title>Rundblick</title><link href="https://rund.example/"/>
 <entry><title>Waffenruhe</title><id>urn:x:1</id><link href="https://rund.example/1"/>
  <author><name>A</name></author><author><name>B</name></author>
  <updated>2026-11-24T10:00:00Z</updated><content type="html">eins</content><content type="html">zwei</content></entry>
</feed>"""


def parse(body: str | bytes, url: str = "https://gulf.example/rss.xml") -> ParsedFeed:
    return parse_document(Document(body=body.encode() if isinstance(body, str) else body, url=url))


def test_an_rss_feed_is_read_whole() -> None:
    assert parse(RSS) == ParsedFeed(
        format="rss20",
        title="Gulf Courier",
        language="en-gb",
        link="https://gulf.example/",
        hub="https://hub.example/",
        topic="https://gulf.example/rss.xml",
        ttl=timedelta(minutes=15),
        entries=(
            Entry(
                feed=FeedKey(""),
                id="gc-1",
                link="https://gulf.example/news/1?a=1&b=2",
                title="Ministers & envoys agree",
                authors=("Amal Haddad",),
                published=datetime(2026, 11, 24, 10, tzinfo=UTC),
                updated=None,
                summary="<p>Short</p>",
                content="<p>Long <script>x()</script></p>",
                categories=("World",),
                language="en-gb",
            ),
        ),
    )


def test_atom_has_several_authors_and_contents_and_only_an_update_time() -> None:
    entry = parse(ATOM).entries[0]
    assert entry.authors == ("A", "B")
    assert entry.content == "einszwei"
    assert (entry.published, entry.updated) == (None, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert entry.language == "de"


def test_links_stay_as_they_are_when_the_address_of_the_feed_is_not_known() -> None:
    assert parse(RSS, url="").entries[0].link == "/news/1?a=1&b=2"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "file:///etc/passwd", "https://user:pw@gulf.example/"])
def test_links_that_are_no_public_web_address_are_dropped(link: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>t</title><link>{link}</link></item></channel></rss>"
    assert parse(body).entries[0].link == ""


@pytest.mark.parametrize("date", ["Mon, 99 Foo 20266 99:99:99", "0000-00-00T00:00:00Z", "24 hours ago", "tomorrow"])
def test_impossible_dates_are_no_dates(date: str) -> None:
    body = f"<rss version='2.0'><channel><item><title>t</title><pubDate>{date}</pubDate></item></channel></rss>"
    assert parse(body).entries[0].published is None


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        pytest.param("\n\n<!-- hello -->\n" + RSS, ["Ministers & envoys agree"], id="junk before the declaration"),
        pytest.param(
            RSS.replace("<title>Gulf Courier", "<title>Gulf & Courier"),
            ["Ministers & envoys agree"],
            id="a bare ampersand",
        ),
        pytest.param(
            RSS.replace("Ministers", "Ministers&#0;&#xD800;&#99999999;"),
            ["Ministers & envoys agree"],
            id="references to no character",
        ),
        pytest.param(
            RSS.replace("Ministers", "Ministers\x00\x1b"), ["Ministers & envoys agree"], id="control characters"
        ),
        pytest.param(
            RSS.replace('encoding="UTF-8"', 'encoding="UTF-16"'), ["Ministers & envoys agree"], id="a wrong charset"
        ),
        pytest.param(RSS.encode("utf-16"), ["Ministers & envoys agree"], id="UTF-16 declared as UTF-8"),
        pytest.param(
            RSS.partition("</item>")[0], ["Ministers & envoys agree"], id="cut off inside an item that has a guid"
        ),
        pytest.param(
            RSS.replace("</item>", "</item><item><title>Half a ti"),
            ["Ministers & envoys agree"],
            id="cut off in a title",
        ),
        pytest.param(
            RSS.replace("</item>", "</item><item><title>Half</title>")[:-30],
            ["Ministers & envoys agree"],
            id="cut off before a guid",
        ),
        pytest.param("<html><body><pre>" + ATOM + "</pre></body></html>", ["Waffenruhe"], id="a feed inside a page"),
        pytest.param("<rss version='2.0'><channel><title>empty</title></channel></rss>", [], id="a feed without news"),
        pytest.param(
            "<rss version='2.0'><channel><title>a &nbsp; b</title></channel></rss>", [], id="a broken feed without news"
        ),
    ],
)
def test_broken_feeds_are_read_as_far_as_they_go(body: str | bytes, titles: list[str]) -> None:
    assert [entry.title for entry in parse(body).entries] == titles


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("", "the answer is empty", id="nothing"),
        pytest.param(" \n ", "the answer is empty", id="white space"),
        pytest.param(
            "<!DOCTYPE html><html><head><title>We value your privacy</title></head><body><p>Accept<br></body></html>",
            "the address answers with a page that asks for consent to cookies, not a feed",
            id="a consent page",
        ),
        pytest.param(
            "<html><body><form><input name='pw' type='password'></form></body></html>",
            "the address answers with a login page, not a feed",
            id="a login page",
        ),
        pytest.param(
            "<html><head><title>Just a moment...</title></head><body></body></html>",
            "the address answers with a check for robots, not a feed",
            id="a check for robots",
        ),
        pytest.param(
            "<!DOCTYPE html><html><head><title>Gulf Courier</title></head><body><p>News<br></body></html>",
            "the address answers with an HTML page, not a feed",
            id="a page",
        ),
        pytest.param(
            "<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>",
            "the address answers with an HTML page, not a feed",
            id="a well-formed page",
        ),
        pytest.param(
            "<urlset><url><loc>https://a.example/</loc></url></urlset>",
            "the sitemap does not say when its pages were changed",
            id="a sitemap",
        ),
        pytest.param(
            "<note><to>you</to></note>", "the address answers with XML, but <note> is no feed", id="other XML"
        ),
        pytest.param("Not found\n", 'the address answers with neither XML nor JSON; it begins "Not found"', id="text"),
        pytest.param(
            "<rss version='2.0'><channel><title>Gulf",
            "the document is cut off before its first entry (no element found: line 1, column 39)",
            id="cut off early",
        ),
    ],
)
def test_what_is_no_feed_is_named(body: str, reason: str) -> None:
    with pytest.raises(FeedMalformed) as raised:
        parse(body)
    assert raised.value.reason == reason
    assert str(raised.value) == f"https://gulf.example/rss.xml: {reason}"


def test_items_that_no_parser_can_read_are_an_error_and_not_an_empty_feed() -> None:
    body = "<?xml?xml version='1.0'?><rss rss:version=2.0><rss:channel><rss:item>1</rss:item></rss:channel></rss>"
    with pytest.raises(FeedMalformed, match="none of the document's 1 items can be read"):
        parse(body)


def test_the_body_is_never_taken_for_a_file_name() -> None:
    with pytest.raises(FeedMalformed, match="neither XML nor JSON"):
        parse("/etc/hostname")
