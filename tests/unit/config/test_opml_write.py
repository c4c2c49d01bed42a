from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feed_list import Listed, feed_key, read_opml_text
from monitor.config.opml_write import write_opml
from monitor.errors import Location
from monitor.model import Feed
from monitor.text import clean_line

# As a reader exports it: folders in folders, feeds and folders mixed, attributes of three programs.
EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0" xmlns:frss="https://freshrss.org/opml">
  <head><title>Subscriptions</title><dateCreated>Tue, 24 Nov 2026 08:00:00 GMT</dateCreated></head>
  <body>
    <outline text="Loose one" type="rss" xmlUrl="https://loose.example/rss" htmlUrl="https://loose.example/"/>
    <outline text="News" title="News">
      <outline text="Wire" type="rss" xmlUrl="https://wire.example/rss" description="All &amp; everything"/>
      <outline text="Asia">
        <outline text="停火日报" type="rss" xmlUrl="https://zh.example/feed?a=1&amp;b=2" language="zh"/>
        <outline text="Japan"><outline text="J" type="atom" xmlUrl="https://j.example/atom" version="ATOM"/></outline>
      </outline>
      <outline text="After Asia" type="rss" xmlUrl="https://after.example/rss" frss:priority="main"/>
    </outline>
    <outline text="Sport"><outline text="S" type="rss" xmlUrl="https://s.example/rss" language="English"/></outline>
  </body>
</opml>
"""


def listed(url: str, **options: Any) -> Listed:
    """Return a feed as a reader of lists would."""
    tags, folder = options.pop("tags", ()), options.pop("folder", ())
    others = {name: options.pop(name) for name in ("enabled", "homepage", "description", "others") if name in options}
    feed = Feed(key=feed_key(url), url=url, tags=tuple(dict.fromkeys((*tags, *folder))), **options)
    return Listed(feed=feed, at=Location("x"), tags=tags, folder=folder, **others)


def read(text: str) -> tuple[Listed, ...]:
    found, problems = read_opml_text(text.encode(), file="f.opml")
    assert problems == []
    return tuple(replace(one, at=Location("x"), feed=replace(one.feed, origin="")) for one in found)


def tree(text: str) -> list[Any]:
    """Return the outlines as nested lists: (name, address) of feeds, (name, [members]) of folders."""

    def members(parent: ElementTree.Element) -> list[Any]:
        return [(node.get("text"), node.get("xmlUrl") or members(node)) for node in parent.findall("outline")]

    body = ElementTree.fromstring(text).find("body")
    assert body is not None
    return members(body)


def test_feeds_without_a_folder_stand_in_one_of_their_first_tag() -> None:
    feeds = [
        listed("https://a.example/rss?x=1&y=2", title='A "quoted" & <b>', tags=("me", "wire"), language="en"),
        listed("https://b.example/rss"),
    ]
    assert write_opml(feeds) == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<opml version="2.0">\n'
        "  <head>\n"
        "    <title>Feeds of monitor</title>\n"
        "  </head>\n"
        "  <body>\n"
        '    <outline text="me">\n'
        '      <outline type="rss" text="A &quot;quoted&quot; &amp; &lt;b&gt;" '
        'xmlUrl="https://a.example/rss?x=1&amp;y=2" category="me,wire" language="en"/>\n'
        "    </outline>\n"
        '    <outline type="rss" text="https://b.example/rss" xmlUrl="https://b.example/rss"/>\n'
        "  </body>\n"
        "</opml>\n"
    )


def test_what_another_reader_exported_comes_out_as_the_same_tree_with_all_it_said() -> None:
    written = write_opml(read(EXPORT))
    assert tree(written) == tree(EXPORT)
    assert read(written) == read(EXPORT)
    root = ElementTree.fromstring(written)
    nodes = {node.get("xmlUrl"): node for node in root.iter("outline")}
    assert nodes["https://after.example/rss"].get("{https://freshrss.org/opml}priority") == "main"
    assert nodes["https://j.example/atom"].get("type") == "atom"
    assert nodes["https://j.example/atom"].get("version") == "ATOM"
    assert nodes["https://s.example/rss"].get("language") == "English"
    assert nodes["https://wire.example/rss"].get("description") == "All & everything"


def test_what_opml_has_no_word_for_is_written_in_a_namespace_of_our_own() -> None:
    feed = listed(
        "https://a.example/", source="A", interval=timedelta(minutes=5), full_text="fetch", enabled=False, title="T"
    )
    written = write_opml([feed])
    assert '<opml version="2.0" xmlns:monitor="urn:monitor:feeds">' in written
    assert 'monitor:source="A" monitor:interval="5m" monitor:full_text="fetch" monitor:enabled="false"/>' in written
    assert read(written) == (feed,)


def test_what_is_wrong_among_our_own_attributes_is_not_there() -> None:
    text = (
        '<opml xmlns:monitor="urn:monitor:feeds"><body>'
        '<outline text="A" xmlUrl="https://a/" monitor:interval="often" monitor:new="1"/></body></opml>'
    )
    assert read(text) == (listed("https://a/", title="A"),)


WORD = st.text(st.characters(categories=("L", "N", "Po", "Sc"), exclude_characters=",/"), min_size=1, max_size=12)
WORDS = WORD.filter(lambda word: clean_line(word) == word)
OTHERS = (("type", "atom"), ("{https://x.example/y}z", "1"), ("version", "2"))
NAMES = st.lists(WORDS, max_size=3, unique=True).map(tuple)


@st.composite
def feeds(draw: st.DrawFn) -> list[Listed]:
    count = draw(st.integers(1, 6))
    made = []
    for number in range(count):
        folder = draw(NAMES)
        made.append(
            listed(
                f"https://h{number}.example/feed?a=1&b='2",
                title=draw(WORDS),
                source=draw(st.sampled_from(["", "BBC"])),
                language=draw(st.sampled_from(["", "en", "zh-Hant"])),
                interval=draw(st.sampled_from([None, timedelta(minutes=5), timedelta(days=1, seconds=1)])),
                full_text=draw(st.sampled_from(["auto", "fetch", "feed"])),
                enabled=draw(st.booleans()),
                # With a folder the tags beside it; the order of those that name it as well would be lost.
                tags=tuple(tag for tag in draw(NAMES) if tag not in folder),
                folder=folder,
                homepage=draw(st.sampled_from(["", "https://h.example/?a=1&b=2"])),
                description=draw(st.one_of(st.just(""), WORDS)),
                others=draw(
                    st.sampled_from([(), (("type", "atom"), ("{https://x.example/y}z", "1"), ("version", "2"))])
                ),
            )
        )
    return made


@settings(deadline=None, max_examples=150)
@given(feeds())
def test_what_is_written_is_read_back(written: list[Listed]) -> None:
    back = read(write_opml(written))
    by_address = {one.feed.url: one for one in back}
    assert len(back) == len(written)
    for one in written:
        twin = by_address[one.feed.url]
        # A feed that has tags only gets a folder by the first of them: for our purposes it is the same feed.
        assert twin.feed == one.feed
        assert twin.folder == (one.folder or one.tags[:1])
        assert replace(twin, folder=one.folder) == one
