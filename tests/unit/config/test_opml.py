import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.opml import Outline, read_opml
from monitor.errors import Location

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <body>
    <outline text="World">
      <outline type="rss" text="停火 &amp; news" xmlUrl="https://a.example/rss?x=1&amp;y=2" language="en"/>
      <outline title="Asia">
        <outline type="rss" title="B" xmlUrl="https://b.example/rss" category="/news/asia,wire"/>
      </outline>
    </outline>
  </body>
</opml>
"""


def messages(text: str) -> list[str]:
    return [f"{p.at.line}:{p.at.column} {p.severity}: {p.message}" for p in read_opml(text.encode(), file="f.opml")[1]]


def test_feeds_folders_languages_and_places_are_read() -> None:
    assert read_opml(LIST.encode(), file="f.opml") == (
        (
            Outline(
                url="https://a.example/rss?x=1&y=2",
                title="停火 & news",
                language="en",
                folder=("World",),
                at=Location("f.opml", 5, 7),
            ),
            Outline(
                url="https://b.example/rss",
                title="B",
                categories=("news", "asia", "wire"),
                folder=("World", "Asia"),
                at=Location("f.opml", 7, 9),
            ),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [("utf-8", ""), ("utf-16", ' encoding="UTF-16"'), ("utf-16", ""), ("windows-1251", ' encoding="windows-1251"')],
)
def test_letters_survive_every_encoding(encoding: str, declared: str) -> None:
    text = f'<?xml version="1.0"{declared}?><opml><body><outline text="Новости" xmlUrl="https://a/"/></body></opml>'
    outlines, problems = read_opml(text.encode(encoding), file="f.opml")
    assert [outline.title for outline in outlines] == ["Новости"]
    assert problems == []


def test_a_broken_list_gives_what_can_be_read_and_a_warning() -> None:
    text = '<opml><body><outline text="BBC & co" xmlUrl="https://a.example/x&y"/></body></opml>'
    outlines, problems = read_opml(text.encode(), file="f.opml")
    assert [(outline.title, outline.url) for outline in outlines] == [("BBC & co", "https://a.example/x&y")]
    assert [str(problem) for problem in problems] == [
        (
            "f.opml:1:33: warning: not well-formed XML: not well-formed (invalid token)\n"
            "    1 feeds were read all the same; the rest of the file may be missing"
        )
    ]


def test_a_broken_list_without_feeds_is_an_error() -> None:
    assert messages("<opml>\n<body>\n</opml>") == ["3:3 error: not well-formed XML: mismatched tag"]


def test_a_list_without_feeds_is_named() -> None:
    assert messages("<opml><body/></opml>") == ["0:0 warning: no feeds in this OPML file"]


def test_entities_are_refused() -> None:
    text = '<!DOCTYPE opml [\n<!ENTITY a "aaaaaaaaaa">\n<!ENTITY b "&a;&a;&a;">]><opml><outline text="&b;"/></opml>'
    assert messages(text) == ['2:12 error: declares the entity "a", which no feed list needs']


def test_lists_on_other_servers_are_named_not_fetched() -> None:
    text = '<opml><body>\n<outline type="include" text="x" url="https://o.example/l.opml"/></body></opml>'
    assert messages(text) == [
        '2:1 warning: "https://o.example/l.opml" is a list on another server; it is not fetched',
        "0:0 warning: no feeds in this OPML file",
    ]


def test_a_list_of_ten_megabytes_is_refused() -> None:
    assert messages(" " * (10 * 1024 * 1024 + 1)) == ["0:0 error: larger than 10 MiB"]


def test_whatever_stands_at_a_feed_is_kept() -> None:
    text = (
        '<opml xmlns:frss="https://freshrss.org/opml" xmlns:monitor="urn:monitor:feeds"><body>\n'
        '<outline type="atom" text="A" title="Another title" xmlUrl="https://a.example/" htmlUrl="https://a.example/w"'
        ' description="Says  much" version="RSS2" frss:priority="main" unbound:x="y" monitor:interval="5m"/>\n'
        "</body></opml>"
    )
    outlines, problems = read_opml(text.encode(), file="f.opml")
    assert problems == []
    assert outlines == (
        Outline(
            url="https://a.example/",
            title="A",
            homepage="https://a.example/w",
            description="Says much",
            own=(("interval", "5m"),),
            others=(
                ("type", "atom"),
                ("title", "Another title"),
                ("version", "RSS2"),
                ("{https://freshrss.org/opml}priority", "main"),
            ),
            at=Location("f.opml", 2, 1),
        ),
    )


def test_a_feed_in_two_folders_is_given_once_and_says_so() -> None:
    text = (
        '<opml><body><outline text="News"><outline text="A" xmlUrl="https://a/"/></outline>\n'
        '<outline text="Asia"><outline text="A" xmlUrl="https://a/" category="x"/></outline></body></opml>'
    )
    outlines, _ = read_opml(text.encode(), file="f.opml")
    assert [(outline.folder, outline.categories) for outline in outlines] == [(("News",), ("x", "Asia"))]
    assert outlines[0].repeats == (Location("f.opml", 2, 22),)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_give_feeds_or_problems(source: bytes) -> None:
    outlines, problems = read_opml(source, file="f.opml")
    assert outlines or problems


PIECES = [
    "<opml>",
    "</opml>",
    "<body>",
    "</body>",
    "<outline ",
    "</outline>",
    "/>",
    ">",
    'text="a" ',
    'xmlUrl="https://a/" ',
    'xmlUrl="x" ',
    'type="include" url="u" ',
    "<!DOCTYPE x [",
    "<!ENTITY a 'b'>",
    "]>",
    "&a;",
    "&#0;",
    "&#xD800;",
    "停",
    "<?xml version='1.0' encoding='x'?>",
    "<?xml version='1.0' encoding='utf-32'?>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "\0",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_scrap_of_xml_gives_feeds_or_problems(text: str) -> None:
    outlines, problems = read_opml(text.encode(), file="f.opml")
    assert outlines or problems
