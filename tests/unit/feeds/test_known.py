"""What a poll brought against what is remembered, poll after poll as publishers really behave."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.feeds.identity import assign_keys
from monitor.feeds.known import (
    FIRST_UNDATED,
    GROWING_PAUSE,
    LONGEST_PAUSE,
    MOST_REKEYED,
    Offer,
    Sorted,
    age,
    growing,
    publication_delay,
    sort_out,
)
from monitor.model import Entry, FeedKey, Mark

NOON = datetime(2026, 11, 24, 12, 0, 7, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)

HEADLINES = (
    "Minister resigns over leaked letters",
    "Central bank holds its rate at 3.5 %",
    "Rescue teams reach the flooded valley",
    "Court stops the sale of the harbour",
    "Port workers end their strike",
    "Parliament votes on the water bill",
    "Storm cuts power to ten thousand homes",
    "Talks on the border river resume",
)


class Reader:
    """A feed's reader with a memory of its own: what `sort_out` says is done at once, as the pipeline does."""

    def __init__(self) -> None:
        self.now = NOON
        self.marks: dict[str, Mark] = {}
        self.last_read: datetime | None = None

    def poll(self, entries: Iterable[Entry], *, after: timedelta = 5 * MINUTE) -> Sorted:
        """Read a document some time after the last; repeated and empty entries are left out, as parse.py does."""
        self.now += after
        unlike: dict[str, tuple[Entry, tuple[str, ...]]] = {}
        document = list(entries)
        for entry, own in zip(document, assign_keys(document), strict=True):
            if own:
                unlike.setdefault(own[0], (entry, own))
        listed, keys = [entry for entry, _ in unlike.values()], [own for _, own in unlike.values()]
        found = [tuple(self.marks.get(key) for key in own) for own in keys]
        plan = sort_out(
            listed,
            keys,
            found,
            now=self.now,
            first_poll=not self.marks,
            max_age=DAY,
            last_read=self.last_read,
        )
        for offer in (*plan.quiet, *plan.new, *plan.updated):
            self.marks |= dict.fromkeys(offer.keys, offer.mark)
        self.last_read = self.now
        return plan


def news(count: int = len(HEADLINES), **fields: object) -> list[Entry]:
    """Return a feed's entries, the newest first."""
    made = [
        Entry(
            feed=FeedKey("paper"),
            id=f"https://paper.example/?p={4700 - number}",
            link=f"https://paper.example/2026/11/{title.lower().replace(' ', '-')}",
            title=title,
            published=NOON - (number + 1) * 37 * MINUTE,
            summary=f"{title}. All that is known so far.",
        )
        for number, title in enumerate(HEADLINES[:count])
    ]
    return [replace(entry, **fields) for entry in made]  # type: ignore[arg-type]


def titles(offers: Iterable[Offer]) -> list[str]:
    return titles_of(offer.entry for offer in offers)


def titles_of(entries: Iterable[Entry]) -> list[str]:
    return [entry.title for entry in entries]


@pytest.fixture
def reader() -> Reader:
    return Reader()


def silent(plan: Sorted) -> bool:
    return not plan.new and not plan.updated and plan.again is None


def test_a_feed_that_says_the_same_again_has_no_news(reader: Reader) -> None:
    assert titles(reader.poll(news()).new) == list(HEADLINES)
    assert reader.poll(news()) == Sorted()


def test_a_new_entry_is_new_and_the_others_are_not(reader: Reader) -> None:
    reader.poll(news()[1:])
    assert titles(reader.poll(news()).new) == [HEADLINES[0]]


def test_bbc_counts_revisions_in_the_fragment_of_the_guid(reader: Reader) -> None:
    link = "https://www.bbc.com/news/articles/c5y0pzz1xw2o"
    first = replace(news(1)[0], id=f"{link}#0", link=f"{link}?at_medium=RSS&at_campaign=rss")
    reader.poll([first])
    assert silent(reader.poll([replace(first, id=f"{link}#3")]))
    changed = replace(first, id=f"{link}#4", title="Minister resigns over leaked letters, two more follow")
    plan = reader.poll([changed])
    assert (titles(plan.new), titles(plan.updated)) == ([], [changed.title])
    assert reader.poll([changed]) == Sorted()


# ---- Guids that change


def test_a_feed_that_changes_all_guids_and_links_is_known_by_title_and_second(reader: Reader) -> None:
    reader.poll(news())
    assert silent(reader.poll([replace(entry, id=f"urn:uuid:{entry.title}", link="") for entry in news()]))


@pytest.mark.parametrize("published", [None, MIDNIGHT], ids=["no dates", "days only"])
def test_entries_without_a_second_are_known_by_their_titles_when_all_guids_change(
    reader: Reader, published: datetime | None
) -> None:
    reader.poll(news(published=published))
    reader.poll(news(published=published))
    moved = [replace(each, id=f"post-{n}", link=f"https://new.example/{n}") for n, each in enumerate(news())]
    fresh = replace(moved[0], id="post-99", link="https://new.example/99", title="Something else happened today")
    plan = reader.poll(replace(each, published=published) for each in (fresh, *moved))
    assert titles(plan.new) == ["Something else happened today"]
    assert plan.guids_changed == len(moved)
    again = reader.poll(replace(each, published=published) for each in (fresh, *moved))
    assert again == Sorted()


def test_dates_made_anew_with_the_guids_do_not_make_news(reader: Reader) -> None:
    reader.poll(news())
    moved = [replace(each, id=f"post-{n}", link="", published=NOON + HOUR) for n, each in enumerate(news())]
    plan = reader.poll(moved, after=HOUR)
    assert silent(plan)
    assert plan.guids_changed == len(moved)


@pytest.mark.parametrize("listed", [news(), news(published=MIDNIGHT)], ids=["dated", "days only"])
def test_a_text_made_anew_with_the_guids_makes_neither_news_nor_updates(reader: Reader, listed: list[Entry]) -> None:
    reader.poll(listed)
    moved = [replace(each, id=f"post-{n}", link="", summary="Read more") for n, each in enumerate(listed)]
    assert silent(reader.poll(moved))
    assert reader.poll(moved) == Sorted()


def test_a_mirror_on_ever_other_hosts_with_short_chinese_headlines_has_no_news(reader: Reader) -> None:
    """As paopao.rss in greatfire/feeds."""
    names = ("大数据：中国统治工具？", "编程救香港：求变的一代", "早间新闻", "谁让港台渐行渐远？", "云南书记落马", "雨")

    def listed(mirror: str) -> list[Entry]:
        return [
            replace(each, id="", title=name, link=f"https://{mirror}.cloudfront.example/article/{number}")
            for number, (name, each) in enumerate(zip(names, news(), strict=False))
        ]

    reader.poll(listed("d3t8jz6506hbdb"))
    for mirror in ("divgearcmrfs2", "d2s8qxo7hs115t"):
        assert silent(reader.poll(listed(mirror)))


def test_messages_without_titles_are_known_by_their_texts_when_all_guids_change(reader: Reader) -> None:
    reader.poll(news(title="", published=None))
    assert silent(
        reader.poll(replace(each, id=f"m-{n}", link="") for n, each in enumerate(news(title="", published=None)))
    )


def test_what_a_moved_feed_lists_of_old_is_no_news_and_what_came_in_an_outage_is(reader: Reader) -> None:
    reader.poll(news(published=None))
    old = replace(news(1)[0], id="post-50", title="A report of last year", published=NOON - 300 * DAY)
    missed = replace(news(1)[0], id="post-51", title="A report of the outage", published=NOON + HOUR)
    moved = [replace(each, id=f"post-{n}", link="", published=None) for n, each in enumerate(news())]
    plan = reader.poll([*moved, missed, old], after=3 * DAY)
    assert titles(plan.new) == ["A report of the outage"]


def test_guids_made_at_random_for_each_request_are_told_of_once_and_fill_no_store(reader: Reader) -> None:
    told = 0
    for number in range(40):
        plan = reader.poll(
            replace(each, id=f"random-{number}-{each.title}", link="", published=None) for each in news()
        )
        told += bool(plan.guids_changed)
        assert number == 0 or silent(plan)
    assert told == 1
    assert len(reader.marks) <= len(HEADLINES) * (MOST_REKEYED + 2)


def test_links_with_a_token_for_each_request_are_known_by_title_and_second(reader: Reader) -> None:
    for number in range(40):
        plan = reader.poll(
            replace(each, id="", link=f"https://paper.example/a/{n}?token={number}") for n, each in enumerate(news())
        )
        assert number == 0 or silent(plan)
    assert len(reader.marks) <= len(HEADLINES) * (MOST_REKEYED + 3)


@pytest.mark.parametrize("first", [NOON, MIDNIGHT, None], ids=["dated", "days only", "undated"])
def test_columns_that_have_the_same_titles_every_day_are_news_every_day(reader: Reader, first: datetime | None) -> None:
    columns = ("Morning briefing", "Markets today", "Weather", "What to read", "Letters", "Crossword")

    def day(number: int) -> list[Entry]:
        return [
            Entry(
                feed=FeedKey("paper"),
                id=f"{title}-{number}",
                title=title,
                published=first and first + number * DAY,
                summary=f"{title} of day {number}",
            )
            for title in columns
        ]

    reader.poll(day(0))
    for number in (1, 2, 3):
        assert titles(reader.poll(day(number), after=DAY).new) == list(columns)


def test_many_entries_at_once_with_titles_never_seen_are_news(reader: Reader) -> None:
    reader.poll(news()[4:])
    assert titles(reader.poll(news()[:4] + news()[5:]).new) == list(HEADLINES[:4])


def test_few_entries_are_never_a_flood(reader: Reader) -> None:
    few = news(3, published=None, summary="")
    reader.poll(few)
    plan = reader.poll([replace(each, id=f"post-{n}", link="") for n, each in enumerate(few)])
    assert titles(plan.new) == list(HEADLINES[:3])


def test_a_changed_slug_is_no_news(reader: Reader) -> None:
    wrong = replace(
        news(1)[0], id="https://paper.example/minster-resigns", link="https://paper.example/minster-resigns"
    )
    reader.poll([wrong, *news()[1:]])
    right = replace(wrong, id="https://paper.example/minister-resigns", link="https://paper.example/minister-resigns")
    assert silent(reader.poll([right, *news()[1:]]))
    assert silent(reader.poll([replace(right, published=None), *news()[1:]]))


# ---- Entries that change


def test_another_title_or_text_is_an_update_and_another_date_is_not(reader: Reader) -> None:
    one, two, three = news(3)
    reader.poll([one, two, three])
    changed = [
        replace(one, summary="Minister resigns. Two more follow."),
        replace(two, title="Central bank raises its rate to 4 %"),
        replace(three, updated=NOON + MINUTE),
    ]
    plan = reader.poll(changed)
    assert titles(plan.updated) == [one.title, "Central bank raises its rate to 4 %"]
    assert not plan.new
    assert reader.poll(changed) == Sorted()


def test_an_update_that_comes_too_soon_is_offered_again(reader: Reader) -> None:
    one = news(1)[0]
    reader.poll([one])
    changed = replace(one, summary="More is known.")
    plan = reader.poll([changed], after=MINUTE)
    assert (plan.updated, plan.again) == ((), MINUTE)
    assert titles(reader.poll([changed], after=plan.again or MINUTE).updated) == [one.title]


def test_a_page_that_changes_with_every_poll_is_looked_at_six_times_in_half_a_day_then_daily(reader: Reader) -> None:
    one = news(1)[0]
    reader.poll([one])
    looks = []
    start = reader.now
    for number in range(1, 4 * 24 * 30):
        plan = reader.poll([replace(one, summary=f"State number {number}.")], after=2 * MINUTE)
        assert bool(plan.updated) != bool(plan.again)
        looks += [round((reader.now - start) / MINUTE)] * len(plan.updated)
    assert looks[0] == 2
    assert sum(look <= 24 * 60 for look in looks) == 6
    assert all(later - look > 23 * 60 for look, later in pairwise(looks[6:]))


def test_after_two_quiet_days_updates_are_carried_as_of_a_new_entry(reader: Reader) -> None:
    one = news(1)[0]
    reader.poll([one])
    for number in range(5):
        reader.poll([replace(one, summary=f"State number {number}.")], after=HOUR)
    assert reader.poll([replace(one, summary="The end.")], after=2 * LONGEST_PAUSE).updated
    assert reader.poll([replace(one, summary="After the end.")], after=3 * MINUTE).again is not None
    assert reader.poll([replace(one, summary="After the end.")], after=4 * MINUTE).updated


def test_a_clock_that_went_back_holds_nothing_up(reader: Reader) -> None:
    one = news(1)[0]
    reader.poll([one])
    assert reader.poll([replace(one, summary="More is known.")], after=-10 * DAY).updated


# ---- First documents and odd dates


def test_the_back_catalogue_of_a_new_feed_is_no_news(reader: Reader) -> None:
    old = [replace(each, published=NOON - 2 * DAY) for each in news()[2:]]
    plan = reader.poll([*news()[:2], *old])
    assert titles(plan.new) == list(HEADLINES[:2])
    assert titles(plan.quiet) == list(HEADLINES[2:])


def test_an_entry_that_was_updated_today_is_news_for_a_new_feed(reader: Reader) -> None:
    assert reader.poll(news(1, published=NOON - 20 * DAY, updated=NOON)).new


def many(published: datetime | None) -> list[Entry]:
    """Return more entries than count as news while their age is not known."""
    return [
        replace(each, id=f"{each.id}&part={part}", title=f"{each.title}, part {part}", published=published)
        for part in (1, 2)
        for each in news()
    ]


def test_of_a_new_feed_without_dates_the_first_few_are_news(reader: Reader) -> None:
    listed = many(None)
    assert titles(reader.poll(listed).new) == titles_of(listed)[:FIRST_UNDATED]
    fresh = replace(news(1)[0], id="x", title="A further report", published=None)
    assert titles(reader.poll([fresh, *listed]).new) == ["A further report"]


@pytest.mark.parametrize("published", [NOON + 2 * DAY, NOON], ids=["events to come", "all made at one second"])
def test_dates_that_cannot_be_the_entries_count_as_none(reader: Reader, published: datetime) -> None:
    listed = many(published)
    assert titles(reader.poll(listed).new) == titles_of(listed)[:FIRST_UNDATED]


def test_an_old_date_that_all_entries_share_makes_them_old(reader: Reader) -> None:
    assert titles(reader.poll(many(NOON - 400 * DAY)).new) == []


def test_a_known_feed_takes_entries_of_any_date(reader: Reader) -> None:
    reader.poll(news()[3:])
    odd = [
        replace(news()[0], published=NOON + 300 * DAY),
        replace(news()[1], published=NOON - 300 * DAY),
        replace(news()[2], published=None),
    ]
    assert titles(reader.poll([*odd, *news()[3:]]).new) == list(HEADLINES[:3])


@pytest.mark.parametrize(
    ("published", "updated", "expected"),
    [
        pytest.param(NOON - HOUR, None, HOUR, id="plain"),
        pytest.param(NOON - DAY, NOON - HOUR, HOUR, id="the update counts"),
        pytest.param(NOON + HOUR, None, timedelta(0), id="a little ahead is now"),
        pytest.param(NOON + 2 * DAY, None, None, id="far ahead is unknown"),
        pytest.param(None, None, None, id="no date"),
    ],
)
def test_age(published: datetime | None, updated: datetime | None, expected: timedelta | None) -> None:
    assert age(replace(news(1)[0], published=published, updated=updated), NOON) == expected


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        pytest.param(NOON - 4 * MINUTE, 4 * MINUTE, id="plain"),
        pytest.param(NOON + 2 * MINUTE, timedelta(0), id="a fast clock"),
        pytest.param(NOON + HOUR, None, id="in the future"),
        pytest.param(NOON - 2 * DAY, None, id="dated back"),
        pytest.param(MIDNIGHT, None, id="the day only"),
        pytest.param(None, None, id="no date"),
    ],
)
def test_publication_delay(published: datetime | None, expected: timedelta | None) -> None:
    assert publication_delay(replace(news(1)[0], published=published), NOON) == expected


# ---- What holds for any documents


ENTRY = st.builds(
    lambda guid, page, title, published, summary: Entry(
        feed=FeedKey("f"), id=guid, link=page, title=title, published=published, summary=summary
    ),
    st.sampled_from(["", "1", "2", "3", "https://a.example/x", "https://a.example/x#1", "https://b.example/x"]),
    st.sampled_from(["", "https://a.example/", "https://a.example/x", "https://a.example/y"]),
    st.sampled_from(["", "Update", *HEADLINES[:3]]),
    st.sampled_from([None, NOON, MIDNIGHT, NOON - 3 * DAY, NOON + HOUR]),
    st.sampled_from(["", "One text", "Another text"]),
)
DOCUMENTS = st.lists(st.lists(ENTRY, max_size=7), max_size=5)


@given(DOCUMENTS)
def test_each_entry_is_in_one_heap_at_most_and_a_second_look_finds_nothing_new(documents: list[list[Entry]]) -> None:
    reader = Reader()
    for document in documents:
        plan = reader.poll(document)
        heaps = [id(offer.entry) for offer in (*plan.new, *plan.updated, *plan.quiet)]
        assert len(heaps) <= len(document)
        if len({entry.id or entry.title for entry in document}) == len(document):
            assert not reader.poll(document).new


@given(DOCUMENTS, st.lists(st.sampled_from(HEADLINES[3:]), unique=True, max_size=5))
def test_an_entry_with_a_guid_and_a_title_never_seen_is_always_new(
    documents: list[list[Entry]], headlines: list[str]
) -> None:
    reader = Reader()
    reader.poll(news(1, title="Some first report"))
    for document in documents:
        reader.poll(document)
    fresh = [
        Entry(feed=FeedKey("f"), id=f"new {title}", title=title, published=reader.now + MINUTE) for title in headlines
    ]
    plan = reader.poll([*fresh, *(documents[-1] if documents else [])])
    assert titles(plan.new)[: len(fresh)] == headlines


def test_an_entry_whose_page_grows_is_offered_again_though_it_stays_the_same(reader: Reader) -> None:
    blog = news(1)
    reader.poll(blog)
    for _ in range(20):
        reader.marks = {key: growing(mark) for key, mark in reader.marks.items()}
        early = reader.poll(blog, after=GROWING_PAUSE - MINUTE)
        assert (titles(early.updated), early.again) == ([], MINUTE)
        assert titles(reader.poll(blog, after=MINUTE).updated) == [HEADLINES[0]]
    assert silent(reader.poll(blog))
    changed = [replace(blog[0], summary="It is over.")]
    assert titles(reader.poll(changed).updated) == [HEADLINES[0]]
