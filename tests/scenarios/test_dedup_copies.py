"""Which texts are one report, and which only share passages: syndication, round-ups, walls, bare headlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.model import ArticleStatus
from tests.support.editing import BOILERPLATE, EDITS, cut, cut_short, lengthened, retitled
from tests.support.events import EVENTS, Event, event
from tests.support.reading import START, Reader, news

PAYWALL = (
    "This article is for subscribers. Log in or choose a plan to go on reading: four weeks for one maren, then "
    "nine marens a month. You can cancel at any time. Already a subscriber? Sign in with your address."
)
CONSENT = (
    "We value your privacy. We and our 842 partners store and read information on your device, such as identifiers in "
    "cookies, in order to process personal data. You may accept or manage your choices by clicking below, including "
    "your right to object where legitimate interest is used, or at any time on the privacy page. These choices will be "
    "told to our partners and will not affect browsing data. We and our partners process data to provide: use precise "
    "geolocation data, actively scan device characteristics for identification, store and access information on a "
    "device, personalised advertising and content, measurement of advertising and content, audience research and "
    "development of services. Some partners do not ask for your consent but rely on their interest in doing business."
)
HEADLINES = ("Norvik Freight buys an old rival", "Why the bees of Ostrel are silent", "A court frees the tram mayor")
LIVE = "Fire at Port Ellisford refinery: what happens now"


@pytest.mark.parametrize("edit", list(EDITS))
@pytest.mark.parametrize("name", ["quake", "merger", "vaccine"])
async def test_an_edited_copy_is_the_same_report(reader: Reader, name: str, edit: str) -> None:
    first, copy = event(name), EDITS[edit](event(name))
    one, other = await reader.read_all([news(first.title, first.text), news(copy.title, copy.text, at=2)])
    assert (one.kind, other.kind) == ("new", "repeat")
    assert (other.story, other.copy_of) == (one.article, one.article)


@pytest.mark.parametrize("edit", ["cut", "cut_short", "lengthened", "retitled"])
async def test_the_original_after_its_copy_is_the_same_report(reader: Reader, edit: str) -> None:
    first = event("refinery")
    copy = EDITS[edit](first)
    one, other = await reader.read_all([news(copy.title, copy.text), news(first.title, first.text, at=2)])
    assert (one.kind, other.kind, other.copy_of) == ("new", "repeat", one.article)


async def test_a_report_on_eight_sites_is_one_alert_that_names_them_all(reader: Reader) -> None:
    told = event("ferry")
    edits = ("exact", "typography", "cut", "lengthened", "retitled", "cut_middle", "dateline", "boilerplate")
    versions = [EDITS[edit](told) for edit in edits]
    articles = [
        news(one.title, one.text, at=number * timedelta(minutes=9), site_name=f"daily-{number}.example")
        for number, one in enumerate(versions)
    ]
    outcomes = await reader.read_all(articles)
    assert [outcome.kind for outcome in outcomes] == ["new"] + ["repeat"] * 7
    (alert,) = await reader.alerts()
    reports = await reader.store.alerts.reports(alert.id)
    assert len({report.site for report in reports}) == 8
    assert await reader.store.alerts.count_sources([alert.id]) == {alert.id: 8}
    assert all(report.joined != "opened" and report.grounds for report in reports[1:])


async def test_all_events_are_told_apart(reader: Reader) -> None:
    told = [event(name) for name in EVENTS]
    outcomes = await reader.read_all([news(one.title, one.text, at=n / 4) for n, one in enumerate(told)])
    assert [outcome.kind for outcome in outcomes] == ["new"] * len(told), outcomes


def roundup(*names: str, title: str) -> Event:
    """Return news in brief: the first two sentences of several reports, under one headline."""
    blocks = [f"{event(name).title}\n{'. '.join(event(name).text.split('. ')[:2])}." for name in names]
    return Event(title=title, text="\n\n".join(blocks))


@pytest.mark.parametrize("title", ["Evening briefing: five things to know", "What we read today", "News in brief"])
@pytest.mark.parametrize("is_first", [True, False])
async def test_a_round_up_does_not_hide_what_it_holds(reader: Reader, title: str, is_first: bool) -> None:
    told = event("verdict")
    brief = roundup("merger", "vaccine", "verdict", "launch", "strike", title=title)
    verbatim = replace(brief, text=f"{brief.text}\n\n{cut(told).text}")
    articles = [news(verbatim.title, verbatim.text), news(told.title, told.text, at=1)]
    outcomes = await reader.read_all(articles if is_first else articles[::-1])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"], outcomes


async def test_a_short_item_is_not_hidden_by_the_round_up_that_holds_it(reader: Reader) -> None:
    brief = roundup("merger", "vaccine", "verdict", "launch", "strike", title="Evening briefing: five things to know")
    item = ". ".join(event("strike").text.split(". ")[:2]) + "."
    outcomes = await reader.read_all([news(brief.title, brief.text), news(event("strike").title, item, at=1)])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"], outcomes


async def test_two_round_ups_that_share_a_block_are_two(reader: Reader) -> None:
    one = roundup("quake", "merger", "vaccine", "verdict", title="Morning briefing: a quake, a merger, a vaccine")
    other = roundup("quake", "flood", "launch", "strike", title="World news in brief")
    outcomes = await reader.read_all([news(one.title, one.text), news(other.title, other.text, at=1)])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"], outcomes


async def test_the_morning_briefing_is_news_each_day(reader: Reader) -> None:
    blocks = [("quake", "merger", "vaccine"), ("merger", "flood", "launch"), ("launch", "strike", "final")]
    told = [roundup(*names, title="Morning briefing: what you need to know today") for names in blocks]
    greeting = "Good morning. Here is what you need to know before your first coffee, gathered by the night desk.\n\n"
    articles = [
        news(one.title, greeting + one.text, at=24 * n, site_name="courier.example") for n, one in enumerate(told)
    ]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new"] * 3


async def test_a_live_blog_that_grows_at_one_address_is_one_alert(reader: Reader) -> None:
    sentences = event("refinery").text.split("\n")
    articles = [
        news(
            LIVE,
            "\n".join(reversed(sentences[: n + 1])),
            at=n,
            url="https://courier.example/live/refinery",
            name="live",
            status=ArticleStatus.LIVE,
        )
        for n in range(len(sentences))
    ]
    outcomes = await reader.read_all(articles)
    assert outcomes[0].kind == "new"
    assert {outcome.kind for outcome in outcomes[1:]} <= {"repeat", "update"}
    assert len(await reader.alerts()) == 1


@pytest.mark.parametrize("status", [ArticleStatus.PAYWALLED, ArticleStatus.CONSENT, ArticleStatus.BLOCKED])
@pytest.mark.parametrize("stub", [PAYWALL, CONSENT], ids=["short", "long"])
async def test_a_wall_over_three_articles_is_three_alerts(reader: Reader, stub: str, status: ArticleStatus) -> None:
    articles = [news(title, stub, at=n, site_name="closed.example", status=status) for n, title in enumerate(HEADLINES)]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new"] * 3


@pytest.mark.parametrize("stub", [PAYWALL, CONSENT, " ".join(BOILERPLATE)], ids=["short", "long", "boilerplate"])
async def test_a_wall_that_was_taken_for_the_text_hides_nothing(reader: Reader, stub: str) -> None:
    articles = [news(title, stub, at=n, site_name="closed.example") for n, title in enumerate(HEADLINES)]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new"] * 3


async def test_a_wall_on_three_sites_of_one_house_hides_nothing(reader: Reader) -> None:
    articles = [news(title, CONSENT, at=n, site_name=f"house-{n}.example") for n, title in enumerate(HEADLINES)]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new"] * 3


@pytest.mark.parametrize("text", ["", " ", "\n\n", "…", "Photo: Lena Voss", "Advertisement"])
async def test_articles_without_a_text_are_not_one(reader: Reader, text: str) -> None:
    articles = [news(title, text, at=n, status=ArticleStatus.EMPTY) for n, title in enumerate(HEADLINES)]
    assert [outcome.kind for outcome in await reader.read_all(articles)] == ["new"] * 3


async def test_a_headline_alone_is_joined_by_its_text_at_the_same_address(reader: Reader) -> None:
    told = event("strike")
    url = "https://courier.example/lindhaven-walkout"
    bare = news(told.title, "", url=url, name="walkout", status=ArticleStatus.UNREACHABLE)
    summed_up = news(told.title, "", url=url, name="walkout", at=0.2, summary="Airlines cancel 340 of 520 flights.")
    whole = news(told.title, told.text, url=url, name="walkout", at=0.5)
    outcomes = await reader.read_all([bare, summed_up, whole])
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat", "repeat"]
    assert {outcome.story for outcome in outcomes} == {"walkout"}
    copy = await reader.read(news("Lindhaven stands still", lengthened(told).text, at=1))
    assert (copy.kind, copy.story) == ("repeat", "walkout")


@pytest.mark.parametrize(("hours", "kind"), [(1, "repeat"), (40, "repeat"), (60, "new")])
async def test_an_equal_headline_without_a_text_joins_for_two_days(reader: Reader, hours: int, kind: str) -> None:
    title = "Baggage handlers walk out at Lindhaven airport, 340 flights cancelled"
    told = [news(title, "", at=0), news(title, "", at=hours)]
    assert [outcome.kind for outcome in await reader.read_all(told)] == ["new", kind]


async def test_an_equal_headline_joins_a_bare_one_to_the_text(reader: Reader) -> None:
    told = event("launch")
    outcomes = await reader.read_all([news(told.title, told.text), news(told.title, "", at=3)])
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat"]


@pytest.mark.parametrize("title", ["Live updates", "Breaking news", "Weather", "In pictures", "Market report"])
async def test_headlines_that_name_nothing_join_nothing(reader: Reader, title: str) -> None:
    outcomes = await reader.read_all([news(title, ""), news(title, "", at=3)])
    assert [outcome.kind for outcome in outcomes] == ["new", "new"]


async def test_titles_under_test_are_one_item(reader: Reader) -> None:
    told = event("vaccine")
    url = "https://clicks.example/health/malaria"
    titles = [
        told.title,
        "Doctors stunned: what this jab does to malaria",
        "You won't believe how many children it saved",
    ]
    outcomes = await reader.read_all(
        [
            news(title, told.text, at=n, url=f"{url}?utm_source=feed{n}", name=f"item-{n}")
            for n, title in enumerate(titles)
        ]
    )
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat", "repeat"]
    assert {outcome.story for outcome in outcomes} == {"item-0"}


async def test_another_guid_and_another_slug_are_no_news(reader: Reader) -> None:
    told = [event(name) for name in EVENTS[:6]]
    site = "moved.example"
    before = [news(one.title, one.text, at=0, url=f"https://{site}/?p={n}") for n, one in enumerate(told)]
    after = [
        news(one.title, one.text, at=24, url=f"https://www.{site}/2026/03/{n}-story/") for n, one in enumerate(told)
    ]
    outcomes = await reader.read_all([*before, *after])
    assert [outcome.kind for outcome in outcomes] == ["new"] * 6 + ["repeat"] * 6


async def test_the_first_copy_is_a_scrapers(reader: Reader) -> None:
    told = event("final")
    stolen = replace(cut_short(told), text=f"READ MORE >> {cut_short(told).text} CLICK HERE for cup tickets!!!")
    scraper = news(retitled(told).title, stolen.text, site_name="all-news-4u.example")
    paper = news(told.title, told.text, at=0.2, site_name="rivermouth-gazette.example")
    one, other = await reader.read_all([scraper, paper])
    assert (one.kind, other.kind, other.story) == ("new", "repeat", one.story)
    (alert,) = await reader.alerts()
    reports = await reader.store.alerts.reports(alert.id)
    assert {report.site for report in reports} == {"all-news-4u.example", "rivermouth-gazette.example"}


@pytest.mark.parametrize("seen", [1.0, 6 * 24.0])
async def test_a_copy_is_known_for_a_week(reader: Reader, seen: float) -> None:
    told = event("verdict")
    outcomes = await reader.read_all([news(told.title, told.text), news(told.title, lengthened(told).text, at=seen)])
    assert [outcome.kind for outcome in outcomes] == ["new", "repeat"]


async def test_a_copy_after_forty_days_is_late_news(reader: Reader) -> None:
    told = event("verdict")
    first = news(told.title, told.text)
    other = [news(f"Nothing happened {n}", "", at=24 * n) for n in range(1, 40)]
    again = news(told.title, told.text, at=40 * 24, published=START)
    outcomes = await reader.read_all([first, *other, again])
    assert (outcomes[0].kind, outcomes[-1].kind) == ("new", "new")
    assert (await reader.alerts())[-1].is_late


@pytest.mark.parametrize(("days", "is_late"), [(0, False), (1, False), (3, True)])
async def test_an_article_seen_long_after_its_day_says_so(reader: Reader, days: int, is_late: bool) -> None:
    told = event("launch")
    await reader.read(news(told.title, told.text, at=24 * days, published=START))
    assert [alert.is_late for alert in await reader.alerts()] == [is_late]
