import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feed_list import feed_key
from monitor.config.opml import Outline, read_opml, write_opml
from monitor.errors import Location
from monitor.model import Feed
from monitor.text import clean_line

LIST = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <body>
    <outline text="World">
      <outline type="rss" text="停火 &amp; news" xmlUrl="https://a.example/rss?x=1&amp;y=2" language="en"/>
      <outline text="Asia">
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
                tags=("World",),
                at=Location("f.opml", 5, 7),
            ),
            Outline(
                url="https://b.example/rss",
                title="B",
                tags=("news", "asia", "wire", "World", "Asia"),
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


def feed(url: str, **options: object) -> Feed:
    return Feed(key=feed_key(url), url=url, **options)  # type: ignore[arg-type]


def test_feeds_are_written_in_folders_by_their_first_tag() -> None:
    feeds = [
        feed("https://a.example/rss?x=1&y=2", title='A "quoted" & <b>', tags=("me", "wire"), language="en"),
        feed("https://b.example/rss"),
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


WORDS = st.text(st.characters(categories=("L", "N", "Po", "Sc"), exclude_characters=",/"), min_size=1, max_size=12)
CLEAN_WORDS = WORDS.filter(lambda word: clean_line(word) == word)


@settings(deadline=None)
@given(CLEAN_WORDS, st.lists(CLEAN_WORDS, max_size=3, unique=True))
def test_what_is_written_is_read_back(title: str, tags: list[str]) -> None:
    written = write_opml([feed("https://h.example/", title=title, tags=tuple(tags))])
    outlines, _ = read_opml(written.encode(), file="f.opml")
    assert [(outline.url, outline.title, outline.tags) for outline in outlines] == [
        ("https://h.example/", title, tuple(tags))
    ]


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
