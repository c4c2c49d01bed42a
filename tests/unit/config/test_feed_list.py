from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config.feed_list import feed_address, feed_key, read_feed_lists, read_listed
from monitor.errors import Location, Problem
from monitor.model import Feed, FeedKey
from monitor.urls import address_key

SEEDS = Path(__file__).parents[3] / "seeds"


def read(folder: Path, text: str, name: str = "a.yaml") -> tuple[tuple[Feed, ...], list[str]]:
    (folder / name).write_text(text, encoding="utf-8")
    feeds, problems = read_feed_lists([folder / name])
    return feeds, [f"{p.at.line}:{p.at.column} {p.severity}: {p.message} | {p.hint}" for p in problems]


def test_addresses_and_mappings_are_read_with_the_defaults(tmp_path: Path) -> None:
    feeds, problems = read(
        tmp_path,
        "defaults: {language: en, tags: [me], interval: 10m, source: Wire}\n"
        "feeds:\n"
        "  - https://A.example/rss.xml#top\n"
        "  - {url: https://b.example/rss, title: B  News, language: pt_BR, tags: [x, me], interval: 1h30m,\n"
        "     full_text: fetch, source: B}\n",
    )
    assert problems == []
    file = tmp_path / "a.yaml"
    assert feeds == (
        Feed(
            key=FeedKey("a.example-ddd20800"),
            url="https://a.example/rss.xml",
            language="en",
            tags=("me",),
            interval=timedelta(minutes=10),
            source="Wire",
            origin=f"{file}:3:5",
        ),
        Feed(
            key=FeedKey("b.example-0058b207"),
            url="https://b.example/rss",
            title="B News",
            source="B",
            language="pt-BR",
            tags=("me", "x"),
            interval=timedelta(minutes=90),
            full_text="fetch",
            origin=f"{file}:4:5",
        ),
    )


def test_a_bare_list_of_addresses_is_a_feed_list(tmp_path: Path) -> None:
    feeds, problems = read(tmp_path, "- https://a.example/\n- https://b.example/\n")
    assert [feed.url for feed in feeds] == ["https://a.example/", "https://b.example/"]
    assert problems == []


def test_an_opml_list_is_read(tmp_path: Path) -> None:
    outline = '<outline text="A" xmlUrl="https://a.example/" language="EN"/>'
    text = f'<opml><body><outline text="Asia">{outline}</outline></body></opml>'
    feeds, problems = read(tmp_path, text, name="a.opml")
    assert problems == []
    assert [(feed.url, feed.title, feed.language, feed.tags) for feed in feeds] == [
        ("https://a.example/", "A", "en", ("Asia",))
    ]


def test_a_feed_listed_twice_counts_once(tmp_path: Path) -> None:
    feeds, problems = read(tmp_path, "- https://a.example/x\n- {url: HTTPS://A.example/x#y, title: Second}\n")
    assert [feed.title for feed in feeds] == [""]
    assert problems == [
        (
            f"2:3 warning: this feed is listed twice; the first is at {tmp_path}/a.yaml:1:3 | "
            "the first one counts; delete one of them"
        )
    ]


def test_two_feeds_whose_keys_collide_are_not_taken_for_one(tmp_path: Path) -> None:
    feeds, problems = read(tmp_path, "- https://h.example/13048\n- https://h.example/104132\n")
    assert [feed.url for feed in feeds] == ["https://h.example/13048"]
    assert [problem.split(" | ")[0] for problem in problems] == [
        '2:3 error: the key h.example-e1054f26 of this feed is also that of "https://h.example/13048"'
    ]


def test_only_the_lists_directly_in_a_folder_are_read(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text("- https://b.example/")
    (tmp_path / "a.yaml").write_text("- https://a.example/")
    (tmp_path / "c.opml").write_text('<opml><body><outline text="C" xmlUrl="https://c.example/"/></body></opml>')
    (tmp_path / ".hidden.yaml").write_text("[")
    (tmp_path / "notes.txt").write_text("[")
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "d.yaml").write_text("[")
    feeds, problems = read_feed_lists([tmp_path, tmp_path / "a.yaml"])
    assert [feed.url for feed in feeds] == ["https://a.example/", "https://b.example/", "https://c.example/"]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "feeds:\n  - www.bbc.co.uk/rss",
            '2:5 error: "www.bbc.co.uk/rss" is not a web address | write "https://www.bbc.co.uk/rss"',
            id="no scheme",
        ),
        pytest.param(
            "feeds:\n  - feed://a.example/rss",
            '2:5 error: "feed://a.example/rss" is not a web address | write "https://a.example/rss"',
            id="feed scheme",
        ),
        pytest.param(
            "feeds:\n  - feed:http://a.example/rss",
            '2:5 error: "feed:http://a.example/rss" is not a web address | write "http://a.example/rss"',
            id="feed scheme before another",
        ),
        pytest.param(
            "feeds:\n  - file:///etc/passwd",
            '2:5 error: "file:///etc/passwd" is not a web address | it begins with https:// or http://',
            id="file scheme",
        ),
        pytest.param(
            "feeds:\n  - https://user:hunter2@a.example/rss",
            "2:5 error: an address with a user name or password is not accepted | use the address without it",
            id="password, not repeated",
        ),
        pytest.param(
            "feeds:\n  - https://a.example:99999/",
            '2:5 error: "https://a.example:99999/" is not a web address | check the host name and the port',
            id="port too high",
        ),
        pytest.param(
            "feeds:\n  - {url: https://a.example/, intervall: 5m}",
            '2:31 error: unknown key "intervall" in a feed | did you mean "interval"?',
            id="unknown key",
        ),
        pytest.param("feeds:\n  - {title: x}", '2:5 error: a feed has no "url" | add a line "url: …"', id="no address"),
        pytest.param(
            "feeds:\n  - {url: https://a.example/, interval: 5}",
            '2:41 error: interval "5" is not a time span | '
            "a time span is a number with a unit: 30s, 15m, 1h30m, 2d, 1w",
            id="interval without unit",
        ),
        pytest.param(
            "feeds:\n  - {url: https://a.example/, interval: 0s}",
            '2:41 error: interval "0s" is too short | at least 1s; 5m is brisk for a news site',
            id="interval of nothing",
        ),
        pytest.param(
            "feeds:\n  - {url: https://a.example/, full_text: fecth}",
            '2:42 error: unknown full_text "fecth" | did you mean "fetch"?',
            id="unknown full_text",
        ),
        pytest.param(
            "feeds:\n  - {url: https://a.example/, language: english}",
            '2:41 error: "english" is not the code of a language | write a code: en, ar, zh-Hant, pt-BR',
            id="language by name",
        ),
        pytest.param(
            "feeds:\n  - [https://a.example/]",
            "2:5 error: a feed is an address or a mapping, found a list | write - https://…",
            id="list in a list",
        ),
        pytest.param(
            "feed:\n  - https://a.example/",
            '1:1 error: unknown key "feed" in a feed list | did you mean "feeds"?',
            id="misspelt feeds",
        ),
        pytest.param(
            "feeds: https://a.example/",
            '1:8 error: feeds must be a list, found "https://a.example/" | write [a, b], or one "- item" a line',
            id="an address instead of a list",
        ),
        pytest.param(
            "defaults: {tag: [x]}\nfeeds: [https://a.example/]",
            '1:12 error: unknown key "tag" in defaults | did you mean "tags"?',
            id="unknown default",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    assert expected in read(tmp_path, text)[1]


def test_a_feed_with_an_error_is_left_out_and_the_others_stay(tmp_path: Path) -> None:
    feeds, problems = read(tmp_path, "feeds:\n  - nonsense\n  - https://a.example/\n  - {url: gopher://x}\n")
    assert [feed.url for feed in feeds] == ["https://a.example/"]
    assert len(problems) == 2


def test_a_missing_path_is_named(tmp_path: Path) -> None:
    assert read_feed_lists([tmp_path / "none.yaml"]) == (
        (),
        [
            Problem(
                at=Location(f"{tmp_path}/none.yaml"),
                message="no such file or folder",
                hint="create it, or correct feeds: in monitor.yaml",
            )
        ],
    )


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "feeds.txt").write_text("x")
    assert [p.message for p in read_feed_lists([tmp_path / "feeds.txt"])[1]] == ["unknown kind of feed list"]


def test_a_folder_without_lists_is_named(tmp_path: Path) -> None:
    assert [p.message for p in read_feed_lists([tmp_path])[1]] == ["no feed lists in this folder"]


def test_an_empty_list_is_named(tmp_path: Path) -> None:
    assert read(tmp_path, "# nothing yet\n")[1] == [
        '1:1 warning: no feeds in this list | write the addresses below a line "feeds:"'
    ]


def test_the_seed_lists_are_read_without_a_problem_and_few_are_on() -> None:
    listed, problems = read_listed([SEEDS])
    assert problems == []
    assert len(listed) >= 200
    on, problems = read_feed_lists([SEEDS])
    assert problems == []
    assert {Path(feed.origin.rsplit(":", 2)[0]).name for feed in on} == {"middle-east.yaml", "world.yaml"}
    assert len(on) == 15


def test_no_seed_is_listed_twice_and_each_has_a_name_a_language_and_a_mark() -> None:
    listed, _ = read_listed([SEEDS])
    keys = Counter(address_key(one.feed.url) for one in listed)
    assert [key for key, count in keys.items() if count > 1] == []
    lines = {file.name: file.read_text(encoding="utf-8").splitlines() for file in SEEDS.glob("*.yaml")}
    for one in listed:
        assert one.feed.title, one.at
        assert one.feed.language, one.at
        assert lines[Path(one.at.file).name][one.at.line - 1].endswith("  # not verified here"), one.at


def test_a_feed_that_is_off_is_not_polled_but_listed(tmp_path: Path) -> None:
    text = "defaults: {enabled: false}\nfeeds:\n  - https://a.example/\n  - {url: https://b.example/, enabled: true}\n"
    (tmp_path / "a.yaml").write_text(text)
    (tmp_path / "b.yaml").write_text("- https://a.example/\n- {url: https://c.example/, enabled: maybe}\n")
    feeds, problems = read_feed_lists([tmp_path])
    # The one that is on counts, wherever it stands, and being off elsewhere is no repeat.
    assert [feed.url for feed in feeds] == ["https://b.example/", "https://a.example/"]
    assert [problem.message for problem in problems] == ['enabled must be true or false, found "maybe"']
    listed, _ = read_listed([tmp_path])
    assert [(one.feed.url, one.enabled) for one in listed] == [
        ("https://a.example/", False),
        ("https://b.example/", True),
        ("https://a.example/", True),
    ]


def test_what_other_readers_know_of_a_feed_is_kept(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "defaults: {tags: [me]}\nfeeds:\n  - {url: https://a.example/, folder: [News, Asia], tags: [x, Asia],"
        " homepage: https://a.example/w, description: All, opml: {version: RSS2, '{https://f.org/}p': '1'}}\n"
        "  - {url: https://b.example/, opml: {'a b': c}}\n"
    )
    listed, problems = read_listed([tmp_path])
    assert [problem.message for problem in problems] == ['"a b" cannot be the name of an attribute']
    one = listed[0]
    assert one.feed.tags == ("me", "x", "Asia", "News")
    assert (one.tags, one.folder) == (("me", "x", "Asia"), ("News", "Asia"))
    assert (one.homepage, one.description) == ("https://a.example/w", "All")
    assert one.others == (("version", "RSS2"), ("{https://f.org/}p", "1"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "https://feeds.bbci.co.uk/news/world/rss.xml",
            "feeds.bbci.co.uk-2519d7e9",
            id="host and hash of the address",
        ),
        pytest.param("http://127.0.0.1:8080/rss", "127.0.0.1-8080-0d658c1e", id="address and port"),
        pytest.param("http://[::1]:8080/rss", "1-8080-70644989", id="no hyphen in front"),
    ],
)
def test_the_key_of_a_feed_is_short_and_never_changes(url: str, expected: str) -> None:
    assert feed_key(url) == expected


@settings(deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_an_address_or_a_problem(text: str) -> None:
    address = feed_address(text, at=Location("f"))
    assert isinstance(address, Problem) or address.startswith(("http://", "https://"))


LINES = """
defaults: {language: en, tags: [me]}
defaults:
feeds:
  - https://a.example/rss
  - {url: 'https://b.example/',
     title: x, interval: 5m}
  - url: https://c.example/
    tags: [a, {b: c}]
    interval: ~
    language: [en]
  -\x20
- https://d.example/
  -\t
    full_text: auto
    title: "\\e[31m"
  - *a
  - !x y
\ttitle: z
  - [
]
""".splitlines()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12).map("\n".join))
def test_any_mixture_of_lines_gives_feeds_or_problems(tmp_path: Path, text: str) -> None:
    feeds, problems = read(tmp_path, text)
    assert feeds or problems
