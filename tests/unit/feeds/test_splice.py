"""What is left after known items are cut out is read as if the whole were there."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.formats.format import Document
from monitor.feeds.parse import Identified, NothingNew, Request, read_document, spare
from monitor.feeds.scan import scan
from monitor.feeds.splice import item_digest, splice

URL = "https://gulf.example/rss.xml"
RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Gulf Courier</title><link>https://gulf.example/</link><language>en-gb</language><ttl>15</ttl>{}
<description>after the items</description></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://rund.example/blog/">
<title>Rundblick</title><id>urn:feed</id>{}<rights>after the entries</rights></feed>"""
RDF = """<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://old.example/"><title>Old</title>
<items><rdf:Seq><rdf:li rdf:resource="https://old.example/1"/></rdf:Seq></items></channel>{}
<image><title>logo</title></image></rdf:RDF>"""

RSS_ITEMS = (
    "<item><title>Truce</title><link>/1</link><guid>gc-1</guid><pubDate>Tue, 24 Nov 2026 12:00:07 GMT</pubDate></item>",
    "<item><title>Truce</title><guid>gc-2</guid><media:content><media:title>x</media:title></media:content></item>",
    "<item><title><![CDATA[Rain & wind]]></title><link>https://gulf.example/3?utm_source=rss</link></item>",
    "<item><title>Rain</title><link>http://www.gulf.example/3/</link></item>",  # the same page, differently written
    "<item><title>Live</title><guid>https://gulf.example/live#1</guid></item>",
    "<item><title>Live</title><guid>https://gulf.example/live#2</guid></item>",
    "<item><description>no title, &lt;b&gt;no link&lt;/b&gt;</description></item>",
    "<item></item>",
    "<item><title>Again</title><guid>gc-1</guid><source url='https://x.example/'>X</source></item>",
    "<item><title>Ministers</title><link>/1</link><dc:creator>A</dc:creator><category>W</category></item>",
)
ATOM_ENTRIES = (
    """<entry><id>urn:1</id><title type="html">A &amp;amp; B</title><link href="one"/><content type="xhtml">
    <div xmlns="http://www.w3.org/1999/xhtml"><p>text</p></div></content></entry>""",
    "<entry><id>urn:2</id><title>zwei</title><link rel='alternate' href='https://rund.example/blog/one'/></entry>",
    "<entry xml:base='https://other.example/'><id>urn:3</id><title>drei</title><link href='three'/></entry>",
    "<entry><source><title>Planet</title><id>urn:4</id></source><id>urn:4</id><title>vier</title></entry>",
    "<entry xml:lang='fr'><id>urn:4</id><title>quatre</title><author><name>N</name></author></entry>",
)
RDF_ITEMS = (
    "<item rdf:about='https://old.example/1'><title>eins</title><link>https://old.example/1</link></item>",
    "<item rdf:about='https://old.example/2'><title>zwei</title><dc:date>2026-11-24</dc:date></item>",
    "<item rdf:about='https://old.example/1'><title>drei</title></item>",
)
DOCUMENTS = {"rss": (RSS, RSS_ITEMS), "atom": (ATOM, ATOM_ENTRIES), "rdf": (RDF, RDF_ITEMS)}


@cache
def read(body: bytes, known: frozenset[str] = frozenset()) -> Identified | NothingNew:
    answer = read_document(Request(document=Document(body=body, url=URL), known=known))
    assert isinstance(answer, Identified | NothingNew)
    return answer


@given(data=st.data(), kind=st.sampled_from(sorted(DOCUMENTS)))
def test_new_entries_and_their_keys_are_those_of_the_whole_reading(data: st.DataObject, kind: str) -> None:
    template, items = DOCUMENTS[kind]
    chosen = data.draw(st.lists(st.sampled_from(items), min_size=1, max_size=8))
    body = template.format("\n".join(chosen)).encode()
    digests = [item_digest(item.encode()) for item in chosen]
    known = frozenset(data.draw(st.sets(st.sampled_from(digests))))
    whole, part = read(body), read(body, known)
    assert isinstance(whole, Identified)
    assert whole.items == part.items == tuple(digests)
    if isinstance(part, NothingNew):
        assert known == set(digests)
        return
    expected = dict(zip(whole.parsed.entries, whole.keys, strict=True))
    # Which entry came of which item is known from readings of documents with that item alone.
    fresh = [item for item, digest in zip(chosen, digests, strict=True) if digest not in known]
    told = [entry_of(template, item) for item in fresh]
    assert list(part.parsed.entries) == [entry for entry in whole.parsed.entries if entry in told]
    assert list(part.keys) == [expected[entry] for entry in part.parsed.entries]
    assert part.parsed.title == whole.parsed.title
    assert part.parsed.ttl == whole.parsed.ttl
    check_the_short_way(body, known, part)


@cache
def entry_of(template: str, item: str) -> object:
    alone = read(template.format(item).encode())
    assert isinstance(alone, Identified)
    return next(iter(alone.parsed.entries), None)


def check_the_short_way(body: bytes, known: frozenset[str], expected: Identified) -> None:
    """What the daemon's own look leaves over is read to the same."""
    spared = spare(Request(document=Document(body=body, url=URL), known=known))
    if spared is None:
        assert not known
        return
    assert spared.items == expected.items
    assert spared.request is not None
    answer = read_document(spared.request)
    assert isinstance(answer, Identified)
    assert (answer.parsed, answer.keys) == (expected.parsed, expected.keys)


def cut(items: str, known: list[str]) -> tuple[str, tuple[bool, ...]]:
    body = RSS.format(items).encode()
    found = splice(body, scan(body, max_items=100), frozenset(item_digest(item.encode()) for item in known), base=URL)
    return found.body.decode(), found.is_new


def test_known_items_are_cut_out_and_the_head_stays() -> None:
    old, new = "<item><title>old</title></item>", "<item><title>new</title></item>"
    body, is_new = cut(old + new, [old])
    assert body == RSS.format(new)
    assert is_new == (True,)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<guid>1</guid><title>a</title>", "<guid> 1 </guid><title>b</title>"),
        ("<link>https://gulf.example/a</link>", "<link>http://www.gulf.example/a/?utm_source=x</link>"),
        ("<guid>https://gulf.example/a#1</guid>", "<link>https://gulf.example/a</link>"),
        ("<link>/a</link>", "<link>https://gulf.example/a</link>"),
        ("<title>A &amp; B</title>", "<title><![CDATA[a  & b]]></title>"),
        ("<title>the &lt;b&gt;news&lt;/b&gt;</title>", "<title><div>the <b>news</b></div></title>"),
        ("<guid>https://gulf.example/%D1%8F/Caf%C3%A9</guid>", "<link>http://gulf.example/я/Café</link>"),
    ],
)
def test_a_known_item_stays_if_a_new_one_could_be_mistaken_for_it(old: str, new: str) -> None:
    old, new, other = f"<item>{old}</item>", f"<item>{new}</item>", "<item><title>other</title></item>"
    body, is_new = cut(old + other + new, [old, other])
    assert body == RSS.format(old + new)
    assert is_new == (False, True)


@pytest.mark.parametrize(
    "items",
    [
        pytest.param("<item><description><p><title>x</title></p></description></item>", id="raw HTML"),
        pytest.param("<item><title>a</title><item><title>b</title></item></item>", id="an item in an item"),
        pytest.param("<item xml:base='https://x.example/'><link>a</link></item>", id="a base that stays on"),
        pytest.param("<media:group><item/></media:group>", id="an item elsewhere"),
        pytest.param("<item/>", id="an empty tag"),
    ],
)
def test_what_cannot_be_cut_without_harm_goes_whole(items: str) -> None:
    old = "<item><title>old</title></item>"
    body, _ = cut(old + items, [old])
    assert body == RSS.format(old + items)


def test_a_document_with_its_own_type_goes_whole() -> None:
    body = b"<!DOCTYPE rss SYSTEM 'x.dtd'><rss><channel><item>a</item><item>&nbsp;</item></channel></rss>"
    found = splice(body, scan(body, max_items=10), frozenset({item_digest(b"<item>a</item>")}))
    assert found.body == body
    assert found.is_new == (False, True)


def test_a_broken_document_has_no_items_to_know() -> None:
    body = RSS.format("<item><title>a & b</title></item><item><title>c</title></item>").encode()
    part = read(body, frozenset({item_digest(b"<item><title>c</title></item>")}))
    assert isinstance(part, Identified)
    assert [entry.title for entry in part.parsed.entries] == ["a & b", "c"]
    assert part.items == ()


def test_json_feeds_are_known_item_by_item() -> None:
    body = b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "a"}, {"id": "2"}]}'
    whole = read(body)
    assert isinstance(whole, Identified)
    part = read(body, frozenset(whole.items[:1]))
    assert isinstance(part, Identified)
    assert [entry.id for entry in part.parsed.entries] == ["2"]
    respelt = body.replace(b'"id": "1", "title": "a"', b'"title":"a","id":"1"')
    assert read(respelt, frozenset(whole.items)) == NothingNew(items=whole.items)


@pytest.mark.parametrize("naming", ["<guid><![CDATA[&#{};]]></guid>", "<title>&amp;#{};</title>"])
def test_a_number_that_python_does_not_read_names_an_item_as_it_stands(naming: str) -> None:
    old, new = "<item><guid>old</guid></item>", f"<item>{naming.format('9' * 5_000)}</item>"
    body, is_new = cut(old + new, [old])
    assert body == RSS.format(new)
    assert is_new == (True,)


@pytest.mark.parametrize(("names", "is_looked_through"), [(2_000, True), (2_001, False)])
def test_a_document_with_more_names_than_any_feed_is_left_to_the_sandbox(names: int, is_looked_through: bool) -> None:
    old = "<item><guid>old</guid></item>"
    new = f"<item>{''.join(f'<guid>/{number}</guid>' for number in range(names - 1))}</item>"
    document = Document(body=RSS.format(old + new).encode(), url=URL)
    spared = spare(Request(document=document, known=frozenset({item_digest(old.encode())})))
    assert (spared is not None) == is_looked_through
