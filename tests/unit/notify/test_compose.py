from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from monitor.model import ArticleStatus, Change, Snippet
from monitor.notify.compose import compose, moment, plain_text, span_words
from monitor.notify.notifier import Excerpt, Run
from tests.support.alerts import (
    CREATED,
    a_delivery,
    a_folded_source_message,
    a_hostile_alert,
    a_message,
    a_report,
    a_source_message,
    an_alert,
    an_ops_message,
    an_update_message,
    snippet,
)


def test_a_new_alert_as_plain_text() -> None:
    assert a_message().text == (
        "HIGH · A foreign minister calls for a ceasefire\n"
        "\n"
        "Wang Yi urges immediate ceasefire in Gaza\n"
        "Demo Wire (news.example.org) · published 24 Nov 2026, 11:56 UTC, 4 min before this alert\n"
        "https://news.example.org/world/gaza?id=7&page=1\n"
        "\n"
        "Why it matched (the words in [brackets]):\n"
        "  title: [Wang Yi] urges immediate [ceasefire] in [Gaza]\n"
        "  Chinese Foreign Minister [Wang Yi] called on Tuesday for an immediate [ceasefire] in [Gaza] & aid for all.\n"
        "\n"
        "1 source so far · rule minister-ceasefire · alert 7q2kz4abcdef"
    )


def test_what_is_no_news_does_not_pretend_to_be() -> None:
    assert an_ops_message().text == (
        "HIGH · A feed fails, or is back\n"
        "\n"
        "Feed Demo Wire is failing: the name cannot be found\n"
        "monitor (news.example.org) · 24 Nov 2026, 12:00 UTC\n"
        "https://news.example.org/rss\n"
        "\n"
        "Note: 3 polls in a row failed since 24 Nov 2026, 11:00 UTC\n"
        "\n"
        "about this monitor, no news · rule minister-ceasefire · alert 7q2kz4abcdef"
    )


def test_what_came_together_is_said_once() -> None:
    alert = an_alert(reason="3 stories from 3 sources within 30 min", status=ArticleStatus.TEASER)
    assert a_message(alert).notes == (
        "3 stories from 3 sources within 30 min",
        "only a teaser of the article could be read",
    )
    assert a_message(alert, kind="source", report=a_report()).notes == ()


def test_a_further_source_as_plain_text() -> None:
    assert a_source_message().text == (
        "+1 source · A foreign minister calls for a ceasefire\n"
        "\n"
        "China's top diplomat presses for truce\n"
        "Gazette (gazette.example.net) · published 24 Nov 2026, 12:04 UTC, 1 min before this alert\n"
        "https://gazette.example.net/truce\n"
        "\n"
        "One more source for the alert:\n"
        "  Wang Yi urges immediate ceasefire in Gaza\n"
        "\n"
        "2 sources so far · rule minister-ceasefire · alert 7q2kz4abcdef"
    )


def test_an_update_as_plain_text() -> None:
    assert an_update_message().text == (
        "UPDATE · A foreign minister calls for a ceasefire\n"
        "\n"
        "Changed: figures: 12 → 17, 2,300 → 3,200\n"
        "Changed: it is marked as a correction\n"
        "Changed: the headline now denies\n"
        "Changed: severity: low → high\n"
        "\n"
        "CORRECTED-Wang Yi denies call for ceasefire in Gaza\n"
        "Gazette (gazette.example.net) · published 24 Nov 2026, 12:30 UTC, 1 min before this alert\n"
        "https://gazette.example.net/corrected\n"
        "\n"
        "The alert was:\n"
        "  Wang Yi urges immediate ceasefire in Gaza\n"
        "\n"
        "Why it matched (the words in [brackets]):\n"
        "  He spoke of 17 trucks with aid for [Gaza], not 12.\n"
        "\n"
        "3 sources so far · rule minister-ceasefire · alert 7q2kz4abcdef"
    )


def test_folded_sources_are_told_together() -> None:
    message = a_folded_source_message()
    assert message.label == "+4 sources"
    assert "4 more sources for the alert, the newest of them here:\n" in message.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param([Change(kind="denial")], ("the headline no longer denies",), id="a denial that is gone"),
        pytest.param(
            [Change(kind="correction", after=("retraction",))], ("it is marked as withdrawn",), id="withdrawn"
        ),
        pytest.param(
            [Change(kind="correction", after=("update 3",))], ("it is numbered as update 3",), id="a numbered update"
        ),
        pytest.param(
            [Change(kind="figures", before=(str(n),), after=(str(n + 1),)) for n in range(8)],
            ("figures: 0 → 1, 1 → 2, 2 → 3, 3 → 4, 4 → 5, 5 → 6 and 2 more",),
            id="many figures",
        ),
        pytest.param(
            [Change(kind="figures", before=("1\n2",), after=("\u202e3",))], ("figures: 1 2 → 3",), id="hostile figures"
        ),
        pytest.param([Change(kind="denial")] * 3, ("the headline no longer denies",), id="each line once"),
    ],
)
def test_changes_in_words(changes: list[Change], words: tuple[str, ...]) -> None:
    assert a_message(kind="update", report=a_report(), changes=tuple(changes)).changed == words


def test_a_late_article_says_so() -> None:
    alert = an_alert(is_late=True, lead=a_report(published=CREATED - timedelta(days=5)))
    assert a_message(alert).notes == ("late: it was 4 days old when it was first seen, and nobody had told it before",)
    assert a_message(alert, kind="update", report=a_report()).notes == ()


def test_subject_says_how_loud_what_and_who() -> None:
    assert a_message().subject == "[HIGH] Wang Yi urges immediate ceasefire in Gaza (Demo Wire)"


def test_a_long_headline_is_cut_in_the_subject_but_its_source_stays() -> None:
    subject = a_message(an_alert(lead=a_report(title="ceasefire " * 50))).subject
    assert len(subject) <= 180
    assert subject.startswith("[HIGH] ceasefire ceasefire")
    assert subject.endswith("… (Demo Wire)")


def test_the_headline_carries_its_own_marks() -> None:
    message = a_message()
    assert message.headline_runs == (
        Run("Wang Yi", marked=True),
        Run(" urges immediate "),
        Run("ceasefire", marked=True),
        Run(" in "),
        Run("Gaza", marked=True),
    )
    assert [excerpt.in_headline for excerpt in message.excerpts] == [True, False]


def test_a_hostile_alert_is_one_clean_line_wherever_it_shows() -> None:
    message = a_message(a_hostile_alert())
    clean = (
        "<!channel> <https://evil.example|Reuters> @everyone [click](https://evil.example) *bold* gnp.exe Bcc: x@y.z"
    )
    assert message.headline == clean
    assert message.rule == clean
    assert message.source == "<!channel> <https://evil.example|Reuters> @everyone…"
    assert message.excerpts[0].runs == (
        Run(f"{clean} "),
        Run("ceasefire", marked=True),
        Run(" & "),
        Run("<b>Gaza</b>", marked=True),
    )
    assert "\u202e" not in message.text
    assert "\r" not in message.text + message.subject
    assert "\n" not in message.subject


@pytest.mark.parametrize(
    ("url", "link", "host"),
    [
        pytest.param("https://a.example/x y", "https://a.example/x%20y", "a.example", id="spaces are encoded"),
        pytest.param(
            "https://a.example/<b>|c", "https://a.example/%3Cb%3E%7Cc", "a.example", id="brackets and bars too"
        ),
        pytest.param("javascript:alert(1)", "", "", id="a script is no link"),
        pytest.param("https://reuters.com@evil.example/", "", "", id="a forged host is no link"),
        pytest.param("", "", "", id="no address"),
    ],
)
def test_links_are_safe_to_show(url: str, link: str, host: str) -> None:
    message = a_message(an_alert(lead=a_report(url=url)))
    assert (message.link, message.host) == (link, host)


def test_a_look_alike_host_is_shown_as_it_really_is() -> None:
    message = a_message(an_alert(lead=a_report(url="https://rеuters.com/a")))  # the е is Cyrillic
    assert message.host == "xn--ruters-3of.com"


def test_marks_that_overlap_or_lie_outside_do_no_harm() -> None:
    why = (Snippet(field="text", text="aid for Gaza", marks=((8, 12), (4, 10), (11, 40), (-3, 2)), terms=()),)
    assert a_message(an_alert(why=why)).excerpts == (
        Excerpt(
            field="text",
            runs=(Run("ai", marked=True), Run("d "), Run("for Ga", marked=True), Run("za", marked=True)),
        ),
    )


def test_at_most_three_excerpts_are_told() -> None:
    why = tuple(snippet(f"ceasefire {number}", "ceasefire") for number in range(5))
    assert len(a_message(an_alert(why=why)).excerpts) == 3


@pytest.mark.parametrize(
    ("status", "notes"),
    [
        pytest.param(ArticleStatus.FULL, (), id="a full text needs no note"),
        pytest.param(
            ArticleStatus.PAYWALLED,
            ("the article is behind a paywall: only headline and teaser were read",),
            id="a paywall is named",
        ),
        pytest.param(
            ArticleStatus.UNREACHABLE,
            ("the page did not load: only the feed's own text was read",),
            id="a page that did not load is named",
        ),
    ],
)
def test_the_reader_learns_how_much_was_read(status: ArticleStatus, notes: tuple[str, ...]) -> None:
    assert a_message(an_alert(status=status)).notes == notes


def test_a_late_message_says_so() -> None:
    message = compose(an_alert(), a_delivery(attempt=9), now=CREATED + timedelta(hours=3))
    assert message.notes == ("sent 3 h late: the channel did not take it earlier",)
    assert "Note: sent 3 h late: the channel did not take it earlier\n" in message.text


def test_a_drill_is_marked_in_every_line_that_is_read_first() -> None:
    message = a_message(an_alert(drill=True))
    assert message.kind == "drill"
    assert message.subject.startswith("[TEST] ")
    assert message.text.startswith("TEST · ")
    assert message.notes == ("a test of this channel, not news",)


def test_an_article_without_date_is_not_given_one() -> None:
    message = a_message(an_alert(lead=a_report(published=None)))
    assert message.age is None
    assert "no date given, first seen 24 Nov 2026, 11:59 UTC" in message.text


def test_a_date_in_the_future_gives_no_negative_age() -> None:
    message = a_message(an_alert(lead=a_report(published=CREATED + timedelta(hours=1))))
    assert message.age == timedelta(0)


def test_an_article_without_title_and_source_still_makes_a_message() -> None:
    message = a_message(an_alert(lead=a_report(title="", source="", site="", url=""), rule_title="", why=()))
    assert (message.headline, message.source, message.rule) == ("(no headline)", "unknown source", "minister-ceasefire")
    assert message.subject == "[HIGH] (no headline) (unknown source)"


def test_times_stand_on_the_readers_clock() -> None:
    assert "published 24 Nov 2026, 12:56 CET, 4 min" in plain_text(a_message(), ZoneInfo("Europe/Berlin"))


def test_moment_has_no_leading_zero_in_the_day() -> None:
    assert moment(datetime(2026, 7, 4, 9, 5, tzinfo=UTC), UTC) == "4 Jul 2026, 09:05 UTC"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(0), "0 s"),
        (timedelta(seconds=59), "59 s"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=2), "2 days"),
    ],
)
def test_spans_are_told_in_one_unit(span: timedelta, words: str) -> None:
    assert span_words(span) == words
