"""The scan sees what a document is, and stops attacks before the costly parse."""

from __future__ import annotations

import pytest

from monitor.feeds.scan import Scan, scan

LAUGHS = b"""<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;">]>
<rss><channel><title>&lol2;</title></channel></rss>"""


def test_a_feed_is_described_by_root_and_items() -> None:
    body = b"<rss><channel><item><title>a</title></item><item/></channel></rss>"
    found = scan(body, max_items=10)
    assert (found.root, found.items, found.is_well_formed) == ("rss", 2, True)


def test_prefixes_do_not_hide_items() -> None:
    body = b"<a:feed xmlns:a='x'><a:entry/><a:entry/></a:feed>"
    found = scan(body, max_items=10)
    assert (found.root, found.items) == ("feed", 2)


def test_a_broken_document_is_counted_to_its_end() -> None:
    found = scan(b"<rss><item>a & b</item><item/><items/></rss>", max_items=10)
    assert (found.root, found.items, found.refusal) == ("rss", 2, "")
    assert not found.is_well_formed
    assert "not well-formed" in found.error


def test_a_document_without_elements_has_no_root() -> None:
    assert scan(b"<!-- nothing -->", max_items=10).root == ""


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        pytest.param(
            b"<rss>" + b"<a>" * 300 + b"</a>" * 300 + b"</rss>",
            "the document nests its elements more than 256 deep",
            id="depth",
        ),
        pytest.param(
            b"<rss " + b" ".join(b'a%d="1"' % number for number in range(300)) + b"/>",
            "an element of the document has more than 256 attributes",
            id="attributes",
        ),
        pytest.param(
            b"<rss>" + b"".join(b'<n%d:x xmlns:n%d="urn:%d"/>' % (n, n, n) for n in range(300)) + b"</rss>",
            "the document declares more than 256 namespaces",
            id="namespaces",
        ),
        pytest.param(b"<rss>" + b"<item/>" * 11 + b"</rss>", "the document holds more than 10 entries", id="items"),
        pytest.param(b"<rss>" + b"<item>&" * 11, "the document holds more than 10 entries", id="items past a fault"),
        pytest.param(
            LAUGHS, "the document declares entities of its own, which attackers use and feeds do not need", id="laughs"
        ),
        pytest.param(
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>',
            "the document declares entities of its own, which attackers use and feeds do not need",
            id="a local file",
        ),
        pytest.param(
            b'<!DOCTYPE r [<!ENTITY x "' + b"a" * 100_000 + b'">]><rss>&x;&x;</rss>',
            "the document declares entities of its own, which attackers use and feeds do not need",
            id="quadratic blow-up",
        ),
    ],
)
def test_attacks_are_refused_with_a_reason(body: bytes, refusal: str) -> None:
    assert scan(body, max_items=10).refusal == refusal


def test_short_literal_entities_are_harmless() -> None:
    body = b'<!DOCTYPE rss [<!ENTITY copy "(C)"><!ENTITY nbsp "&#160;">]><rss><title>&copy;</title></rss>'
    assert scan(body, max_items=10) == Scan(root="rss", items=0)


def test_one_namespace_may_be_declared_in_every_entry() -> None:
    body = b"<feed>" + b'<entry><div xmlns="http://www.w3.org/1999/xhtml">a</div></entry>' * 1_000 + b"</feed>"
    found = scan(body, max_items=2_000)
    assert (found.items, found.refusal) == (1_000, "")


def test_items_are_found_with_what_names_them() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><link href="/1"/>
    <link rel="self" href="/x"/>
    <title>a</title><source><id>urn:2</id></source></entry></feed>"""
    (item,) = scan(body, max_items=10).spans
    assert body[item.start : item.end].startswith(b"<entry>")
    assert body[item.start : item.end].endswith(b"</entry>")
    named = [(naming.name, naming.value or body[naming.start : naming.end]) for naming in item.naming]
    assert [name for name, _ in named] == ["id", "link", "link", "title"]
    assert (named[0][1], named[1][1]) == (b"<id>urn:1", "/1")
