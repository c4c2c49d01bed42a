"""Formats are found by entry points, and tell their documents by the head."""

from __future__ import annotations

import pytest

from monitor.feeds.formats.format import find_format, load_formats


def test_every_format_module_has_an_entry_point() -> None:
    assert [known.name for known in load_formats()] == ["jsonfeed", "sitemap", "xml"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"<?xml version='1.0'?>", "xml"),
        (b"-<rss>", "xml"),
        (b'{"version": "x"}', "jsonfeed"),
        (b"[1]", "jsonfeed"),
        (b"<urlset>", "sitemap"),
        (b"<?xml version='1.0'?><!-- <rss> --><s:sitemapindex xmlns:s='x'>", "sitemap"),
        (b"<rss><!-- <urlset> -->", "xml"),
        (b"a < b", ""),
    ],
)
def test_a_document_is_known_by_its_head(head: bytes, name: str) -> None:
    found = find_format(head, load_formats())
    assert (found.name if found else "") == name
