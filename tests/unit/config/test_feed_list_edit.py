from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config.feed_list import Listed, read_list_text
from monitor.config.feed_list_edit import add_feeds, remove_feed
from monitor.config.feed_list_write import list_text
from monitor.errors import ConfigError, Location
from tests.unit.config.test_opml_write import feeds, listed

NEW = listed("https://new.example/rss", title="New: one", tags=("x",))
LINE = '- {url: "https://new.example/rss", title: "New: one", tags: [x]}\n'


def added(text: str, *more: Listed) -> str:
    return add_feeds(text.encode(), more or (NEW,), file="f.yaml").decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param("", f"# Feeds; docs/feeds.md says what may stand here.\nfeeds:\n  {LINE}", id="no file"),
        pytest.param("# mine\n", f"# mine\nfeeds:\n  {LINE}", id="comments only"),
        pytest.param(
            "# top\nfeeds:\n  - https://a.example/  # why\n\n# below\n",
            f"# top\nfeeds:\n  - https://a.example/  # why\n  {LINE}\n# below\n",
            id="after the last item, its comment stays beside it",
        ),
        pytest.param("feeds:\n- https://a.example/", f"feeds:\n- https://a.example/\n{LINE}", id="no line end"),
        pytest.param("- https://a.example/\n", f"- https://a.example/\n{LINE}", id="a list alone"),
        pytest.param(
            "feeds:\n    -   url: https://a.example/\n        tags:\n        - b\n\ndefaults: {}\n",
            f"feeds:\n    -   url: https://a.example/\n        tags:\n        - b\n    {LINE}\ndefaults: {{}}\n",
            id="in the middle, at its own indentation",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/\n    title: >\n      Long\n      words\n\ndefaults: {tags: [c]}\n",
            "feeds:\n  - url: https://a.example/\n    title: >\n      Long\n      words\n\n"
            f"  {LINE}defaults: {{tags: [c]}}\n",
            id="after a folded text",
        ),
        pytest.param("feeds: []  # none yet\n", f"feeds:  # none yet\n  {LINE}", id="an empty list"),
        pytest.param("[]\n", LINE, id="an empty list alone"),
        pytest.param(
            "feeds: [https://a.example/,  # why\n  https://b.example/]\n",
            f"feeds: [https://a.example/,  # why\n  https://b.example/, {LINE[2:-1]}]\n",
            id="in brackets",
        ),
        pytest.param("defaults: {tags: [c]}\n", f"defaults: {{tags: [c]}}\nfeeds:\n  {LINE}", id="defaults alone"),
        pytest.param("\ufefffeeds: []\n", f"\ufefffeeds:\n  {LINE}", id="a byte order mark"),
        pytest.param(
            "feeds:\r\n  - https://a.example/\r\n",
            f"feeds:\r\n  - https://a.example/\r\n  {LINE}",
            id="lines of Windows",
        ),
    ],
)
def test_a_feed_is_added_and_the_rest_stays(before: str, after: str) -> None:
    assert added(before) == after


def test_a_feed_too_long_for_one_line_takes_several() -> None:
    long = listed("https://new.example/" + "x" * 60, title="T" * 40, tags=("one", "two"), description="停火")
    assert added("feeds:\n  - https://a.example/\n", long).splitlines()[2:] == [
        f'  - url: "https://new.example/{"x" * 60}"',
        f"    title: {'T' * 40}",
        "    tags: [one, two]",
        "    description: 停火",
    ]


def test_words_that_yaml_takes_for_something_else_are_quoted() -> None:
    assert 'title: "NO", tags: ["on", "1:30", x-y]' in added(
        "", listed("https://a/", title="NO", tags=("on", "1:30", "x-y"))
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("feeds:\n  - nonsense\n", "f.yaml:2:5: error: ", id="errors are named with their places"),
        pytest.param("{feeds: [], defaults: {}}", "by hand", id="all in braces"),
        pytest.param("feeds:\n  - https://a.example/\n...\n", "", id="an end mark is passed"),
    ],
)
def test_what_cannot_be_added_to_is_left_alone(text: str, said: str) -> None:
    if not said:
        assert LINE in added(text)
        return
    with pytest.raises(ConfigError, match=said):
        added(text)


def test_a_list_does_not_grow_beyond_what_is_read() -> None:
    many = [listed(f"https://h{number}.example/{'x' * 1_000}") for number in range(1_100)]
    with pytest.raises(ConfigError, match="the list would be larger than 1 MiB"):
        added("", *many)


def taken_out(text: str, address: str) -> str:
    found, _ = read_list_text(text.encode(), file="f.yaml")
    one = next(one for one in found if one.feed.url == address)
    return remove_feed(text.encode(), one, file="f.yaml").decode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            "feeds:\n  - https://b.example/\n  - https://a.example/  # why\n  # about c\n  - https://c.example/\n",
            "feeds:\n  - https://b.example/\n  # about c\n  - https://c.example/\n",
            id="one of several",
        ),
        pytest.param(
            "feeds:\n  - url: https://a.example/\n    tags: [b,\n      c]\n  - https://c.example/\n",
            "feeds:\n  - https://c.example/\n",
            id="all its lines",
        ),
        pytest.param("feeds:  # mine\n  - https://a.example/\n", "feeds: []  # mine\n", id="the last one"),
    ],
)
def test_a_feed_is_taken_out_and_the_rest_stays(before: str, after: str) -> None:
    assert taken_out(before, "https://a.example/") == after


def test_a_feed_in_brackets_is_taken_out_by_hand() -> None:
    with pytest.raises(ConfigError, match="by hand: line 2"):
        taken_out("feeds: [https://b.example/,\n  https://a.example/]\n", "https://a.example/")


def bare(text: str) -> list[Listed]:
    found, problems = read_list_text(text.encode(), file="f.yaml")
    assert problems == []
    return [replace(one, at=Location("x"), feed=replace(one.feed, origin="")) for one in found]


@settings(deadline=None, max_examples=100)
@given(feeds())
def test_what_is_written_is_read_back(written: list[Listed]) -> None:
    assert bare(list_text(written, comment="Mine")) == written


@settings(deadline=None, max_examples=100)
@given(feeds(), feeds(), st.data())
def test_feeds_are_added_to_any_list_and_taken_out_again(
    old: list[Listed], more: list[Listed], data: st.DataObject
) -> None:
    renamed = [listed(f"https://more{number}.example/", title=it.feed.title) for number, it in enumerate(more)]
    before = list_text(old)
    text = added(before, *renamed)
    assert bare(text) == [*old, *renamed]
    for address in data.draw(st.permutations([it.feed.url for it in renamed])):
        text = taken_out(text, address)
    assert text == before
