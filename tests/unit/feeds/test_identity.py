"""An entry is known again when it is the same, and never when it is another."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.identity import assign_keys, entry_keys, is_weak
from monitor.model import Entry, FeedKey

NOON = datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def entry(
    guid: str = "", link: str = "", title: str = "", published: datetime | None = None, summary: str = ""
) -> Entry:
    return Entry(feed=FeedKey("f"), id=guid, link=link, title=title, published=published, summary=summary)


def kinds(keys: tuple[str, ...]) -> list[str]:
    """Return the kinds of the keys that stand for an entry by themselves."""
    return [key.partition(":")[0] for key in keys if not is_weak(key)]


def strong(keys: tuple[str, ...]) -> set[str]:
    return {key for key in keys if not is_weak(key)}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        pytest.param(entry("g1", "https://a.example/1", "T"), ["guid"], id="a guid comes first"),
        pytest.param(
            entry("https://a.example/1"), ["guid", "address"], id="a guid that is an address has a second key"
        ),
        pytest.param(entry("https://a.example/"), ["guid"], id="but not the front page"),
        pytest.param(entry("", "https://a.example/1", "T"), ["link"], id="without guid the link"),
        pytest.param(entry("", "https://a.example/", "T"), ["title"], id="a link to the front page is no key"),
        pytest.param(entry("", "", "T"), ["title"], id="without link the title with its date"),
        pytest.param(entry("g1", title="A whole headline", published=NOON), ["guid", "moment"], id="title and second"),
        pytest.param(
            entry("g1", title="A whole headline", published=MIDNIGHT), ["guid"], id="midnight means a day only"
        ),
        pytest.param(entry("g1", title="Update", published=NOON), ["guid"], id="a short title may come again"),
        pytest.param(entry(summary="text"), ["whole"], id="a text alone"),
        pytest.param(entry(), [], id="nothing"),
    ],
)
def test_keys_of_an_entry_alone(one: Entry, expected: list[str]) -> None:
    assert kinds(entry_keys(one)) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(entry("g1", "https://a.example/1"), entry("g1", "https://a.example/2"), id="same guid, new link"),
        pytest.param(
            entry("https://www.bbc.co.uk/news/articles/c1#0", "https://www.bbc.co.uk/news/articles/c1?at_medium=RSS"),
            entry("https://www.bbc.co.uk/news/articles/c1#3", "https://www.bbc.co.uk/news/articles/c1?at_medium=RSS"),
            id="BBC counts its revisions in the fragment",
        ),
        pytest.param(entry("http://www.a.example/1"), entry("https://a.example/1"), id="the site went to https"),
        pytest.param(
            entry("", "https://a.example/1?utm_source=rss", "T"), entry("", "http://a.example/1", "T2"), id="tracking"
        ),
        pytest.param(
            entry("1", "https://a.example/1", "A whole headline", NOON),
            entry("a-1", "https://b.example/x", "A whole headline", NOON),
            id="new guids and a new domain after a move",
        ),
        pytest.param(
            entry("", "https://a.example/1?token=1", "A whole headline", NOON),
            entry("", "https://a.example/1?token=2", "A whole headline", NOON),
            id="a link that changes with every request",
        ),
        pytest.param(
            entry("", "https://www.wsj.com/articles/fed-holds-rates-11732?mod=rss_markets_main", "Fed Holds Rates"),
            entry("", "https://www.wsj.com/articles/fed-holds-rates-11732?mod=pls_whats_news", "Fed Holds Rates Again"),
            id="WSJ without guids",
        ),
        pytest.param(
            entry("https://a.example/2026/minster-resigns", "", "Minister resigns over leak", NOON),
            entry("https://a.example/2026/minister-resigns", "", "Minister resigns over leak", NOON),
            id="the slug was fixed after publication",
        ),
        pytest.param(
            entry("https://old.example/world/minister-resigns", "", "Minister resigns over leak"),
            entry("https://new.example/world/minister-resigns", "", "Minister resigns over leak"),
            id="the site moved, and its feed has no dates",
        ),
        pytest.param(
            entry("", "https://cdn1.example/a/4711.html", "Minister resigns over leak", MIDNIGHT),
            entry("", "https://cdn2.example/a/4711.html", "Minister resigns over leak", MIDNIGHT),
            id="another host of the CDN, and the day only",
        ),
        pytest.param(
            entry("urn:a:7f3", "https://a.example/1", "Minister resigns over leak", NOON),
            entry("urn:a:9c1", "https://a.example/1", "Minister resigns over leak", NOON),
            id="another guid, the rest is the same",
        ),
    ],
)
def test_the_same_entry_is_known_again(before: Entry, after: Entry) -> None:
    assert strong(entry_keys(before)) & strong(entry_keys(after))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            entry("https://a.example/live#1", "https://a.example/live#1", "T1"),
            entry("https://a.example/live#2", "https://a.example/live#2", "T2"),
            id="parts of a live page",
        ),
        pytest.param(
            entry("https://a.example/live#1", "https://a.example/one", "T1"),
            entry("https://a.example/live#2", "https://a.example/two", "T2"),
            id="guids made of a fragment",
        ),
        pytest.param(
            entry("", "https://a.example/live#1"), entry("", "https://a.example/live#2"), id="links with fragments"
        ),
        pytest.param(entry("https://a.example/?p=12"), entry("https://b.example/?p=12"), id="one number on two sites"),
        pytest.param(
            entry("https://a.example/2026/11/24/links", "", "Links for Tuesday"),
            entry("https://b.example/2026/11/24/links", "", "What I read on Tuesday"),
            id="one path on two blogs that a feed gathers",
        ),
        pytest.param(
            entry("id-1", "https://a.example/warnings", "Storm warning for the coast"),
            entry("id-2", "https://a.example/warnings", "Storm warning for the coast"),
            id="two warnings on one page, without dates",
        ),
        pytest.param(
            entry("", "https://a.example/", "Storm warning", MIDNIGHT),
            entry("", "https://a.example/", "Storm warning", NOON),
            id="one title on two days with a link to the front page",
        ),
        pytest.param(
            entry("1", title="Storm warning for the coast", published=MIDNIGHT),
            entry("2", title="Storm warning for the coast", published=MIDNIGHT),
            id="two entries of one day",
        ),
    ],
)
def test_another_entry_is_never_taken_for_a_known_one(one: Entry, other: Entry) -> None:
    assert not strong(entry_keys(one)) & strong(entry_keys(other))
    together = assign_keys([one, other])
    assert not set(together[0]) & set(together[1])


def test_a_link_that_several_entries_share_is_no_key() -> None:
    keys = assign_keys([entry("", "https://a.example/live", "One"), entry("", "https://a.example/live", "Two")])
    assert [kinds(own) for own in keys] == [["title"], ["title"]]


def test_a_guid_that_several_entries_share_is_no_key() -> None:
    keys = assign_keys([entry("0", "https://a.example/1", "One"), entry("0", "https://a.example/2", "Two")])
    assert [kinds(own) for own in keys] == [["link"], ["link"]]


def test_second_keys_never_join_two_entries_of_one_document() -> None:
    keys = assign_keys(
        [
            entry("https://a.example/x#0", "https://a.example/x", "One whole headline", NOON),
            entry("https://a.example/x#1", "https://a.example/x", "Another whole headline", NOON),
        ]
    )
    assert not set(keys[0]) & set(keys[1])


def test_a_repeated_entry_has_the_same_keys() -> None:
    one = entry("g1", "https://a.example/1", "A whole headline", NOON)
    assert assign_keys([one, one]) == [entry_keys(one), entry_keys(one)]


def test_entries_that_share_guid_link_and_title_without_guid_differ_by_date() -> None:
    keys = assign_keys(
        [entry("", "https://a.example/w", "Storm", NOON), entry("", "https://a.example/w", "Storm", MIDNIGHT)]
    )
    assert keys[0][0] != keys[1][0]


def test_two_hosts_with_one_path_and_title_in_one_document_stay_apart() -> None:
    keys = assign_keys(
        [
            entry("https://a.example/2026/48", "", "This week in our garden"),
            entry("https://b.example/2026/48", "", "This week in our garden"),
        ]
    )
    assert not set(keys[0]) & set(keys[1])


def test_the_title_alone_is_a_weak_key_and_the_last() -> None:
    keys = entry_keys(entry("g1", "https://a.example/1", "Morning  Briefing", NOON))
    assert [is_weak(key) for key in keys] == [False, False, True]
    assert keys[-1] == entry_keys(entry("g2", "", "morning briefing"))[-1]


def test_a_title_that_several_entries_share_is_no_weak_key() -> None:
    keys = assign_keys([entry("1", title="Morning briefing"), entry("2", title="Morning briefing")])
    assert not any(is_weak(key) for own in keys for key in own)


@given(
    st.lists(
        st.builds(
            entry,
            st.sampled_from(["", "1", "2", "https://a.example/x", "https://b.example/x", "https://a.example/x#0"]),
            st.sampled_from(["", "https://a.example/", "https://a.example/x", "https://b.example/x#1"]),
            st.sampled_from(["", "Update", "A whole headline", "Another whole headline"]),
            st.sampled_from([None, NOON, MIDNIGHT]),
            st.sampled_from(["", "text"]),
        ),
        max_size=8,
    )
)
def test_entries_of_one_document_share_all_keys_or_none(entries: list[Entry]) -> None:
    """Under one guid a new date or text is the same entry; all else that differs tells entries apart."""
    keys = assign_keys(entries)
    for one, own in zip(entries, keys, strict=True):
        assert own or not any((one.id, one.title, one.summary))
        for other, others in zip(entries, keys, strict=True):
            if (one.id, one.link, one.title) != (other.id, other.link, other.title):
                assert not set(own) & set(others)
            elif one == other:
                assert own == others
