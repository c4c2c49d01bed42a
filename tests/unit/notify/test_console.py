from __future__ import annotations

import io
import os
from datetime import UTC, timedelta
from typing import TextIO, cast
from zoneinfo import ZoneInfo

import pytest

from monitor.fetch.client import Fetcher
from monitor.model import Severity
from monitor.notify.console import ConsoleNotifier, ConsoleOptions, block, columns, wrap
from monitor.notify.notifier import Delivered, Message, Run, Tools, Transient
from tests.support.alerts import (
    CREATED,
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
from tests.support.clock import ManualClock


def plain(message: Message, width: int = 100) -> str:
    return block(message, zone=UTC, color=False, width=width)


def test_a_new_alert_is_a_readable_block() -> None:
    assert plain(a_message()) == (
        "12:00:00  HIGH  A foreign minister calls for a ceasefire\n"
        "          Wang Yi urges immediate ceasefire in Gaza\n"
        "          Demo Wire · news.example.org · published 11:56, 4 min ago\n"
        "          title: “[Wang Yi] urges immediate [ceasefire] in [Gaza]”\n"
        "          “Chinese Foreign Minister [Wang Yi] called on Tuesday for an immediate [ceasefire] in\n"
        "          [Gaza] & aid for all.”\n"
        "          https://news.example.org/world/gaza?id=7&page=1\n"
        "          rule minister-ceasefire · more: monitor alerts show 7q2kz4abcdef\n"
        "\n"
    )


def test_what_is_no_news_has_no_age() -> None:
    assert plain(an_ops_message()).splitlines()[2].strip() == "monitor · news.example.org"


def test_colours_light_up_the_words_instead_of_brackets() -> None:
    lines = block(a_message(), zone=UTC, color=True, width=120).splitlines()
    assert lines[0] == "12:00:00  \x1b[1;31mHIGH\x1b[0m  \x1b[1mA foreign minister calls for a ceasefire\x1b[0m"
    assert lines[1] == (
        "          \x1b[1;33mWang Yi\x1b[0m\x1b[1m urges immediate \x1b[0m\x1b[1;33mceasefire\x1b[0m"
        "\x1b[1m in \x1b[0m\x1b[1;33mGaza\x1b[0m"
    )
    assert lines[3] == (
        "          “Chinese Foreign Minister \x1b[1;33mWang Yi\x1b[0m called on Tuesday for an immediate "
        "\x1b[1;33mceasefire\x1b[0m in \x1b[1;33mGaza\x1b[0m & aid for all.”"
    )


def test_a_further_source_takes_few_lines() -> None:
    assert plain(a_source_message()) == (
        "12:05:12  +1 source  Wang Yi urges immediate ceasefire in Gaza — 2 sources so far\n"
        "          Gazette: China's top diplomat presses for truce\n"
        "          gazette.example.net · published 12:04, 1 min ago · a copy, 80% alike\n"
        "          https://gazette.example.net/truce\n"
        "\n"
    )


def test_folded_sources_are_counted() -> None:
    first = plain(a_folded_source_message()).splitlines()[0]
    assert first == "12:05:12  +4 sources  Wang Yi urges immediate ceasefire in Gaza — 6 sources so far"


def test_an_update_says_first_what_changed() -> None:
    assert plain(an_update_message()) == (
        "12:31:00  UPDATE  A foreign minister calls for a ceasefire\n"
        "          changed: figures: 12 → 17, 2,300 → 3,200\n"
        "          changed: it is marked as a correction\n"
        "          changed: the headline now denies\n"
        "          changed: severity: low → high\n"
        "          CORRECTED-Wang Yi denies call for ceasefire in Gaza\n"
        "          Gazette · gazette.example.net · published 12:30, 1 min ago\n"
        "          “He spoke of 17 trucks with aid for [Gaza], not 12.”\n"
        "          https://gazette.example.net/corrected\n"
        "          was: Wang Yi urges immediate ceasefire in Gaza\n"
        "          rule minister-ceasefire · more: monitor alerts show 7q2kz4abcdef\n"
        "\n"
    )


def test_a_hostile_headline_can_neither_steer_the_terminal_nor_forge_a_line() -> None:
    escape = "\x1b]0;owned\x07\x1b[2J"
    told = plain(a_message(a_hostile_alert())) + plain(a_message(an_alert(lead=a_report(title=f"{escape}a\nb"))))
    assert "\x1b" not in told
    assert "\x07" not in told
    assert "\u202e" not in told
    assert "          ]0;owned[2Ja b\n" in told


def test_a_critical_alert_stands_out() -> None:
    told = block(a_message(an_alert(severity=Severity.CRITICAL)), zone=UTC, color=True, width=100)
    assert told.startswith("12:00:00  \x1b[1;97;41m CRITICAL \x1b[0m  ")


def test_a_test_is_called_a_test() -> None:
    told = plain(a_message(an_alert(drill=True)))
    assert told.startswith("12:00:00  TEST  ")
    assert "note: a test of this channel, not news\n" in told
    assert "monitor alerts show" not in told


def test_yesterdays_article_shows_its_day() -> None:
    message = a_message(an_alert(lead=a_report(published=CREATED - timedelta(hours=15))))
    assert "published 23 Nov 21:00, 15 h ago" in plain(message)


def test_times_stand_on_the_readers_clock() -> None:
    told = block(a_message(), zone=ZoneInfo("Asia/Tokyo"), color=False, width=100)
    assert told.startswith("21:00:00  ")
    assert "published 20:56, 4 min ago" in told


def test_chinese_text_is_broken_by_columns_and_not_before_a_comma() -> None:
    why = (snippet("中国外交部长王毅周二呼吁在加沙立即实现停火，并提供援助。", "王毅", "停火"),)
    lines = plain(a_message(an_alert(why=why)), width=53).splitlines()
    assert lines[3:5] == [
        "          “中国外交部长[王毅]周二呼吁在加沙立即实现",
        "          [停火]，并提供援助。”",
    ]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        pytest.param("one two three", 7, ["one two", "three"], id="lines break at spaces"),
        pytest.param("incomprehensible", 6, ["incomp", "rehens", "ible"], id="a word that is too long is cut"),
        pytest.param("", 6, [], id="nothing gives no line"),
        pytest.param("停火停火", 5, ["停火", "停火"], id="wide characters count twice"),
        pytest.param("停火，停", 4, ["停", "火，", "停"], id="a comma stays with its character"),
        pytest.param("x", 1, ["x"], id="one character fits one column"),
        pytest.param("停", 1, ["停"], id="what fits nowhere gets its own line"),
    ],
)
def test_wrapping(text: str, width: int, lines: list[str]) -> None:
    assert ["".join(run.text for run in line) for line in wrap([Run(text)], width)] == lines


def test_a_mark_survives_a_line_break() -> None:
    lines = wrap([Run("the "), Run("foreign minister", marked=True), Run(" said")], 12)
    assert lines == [
        [Run("the "), Run("foreign", marked=True)],
        [Run("minister", marked=True)],
        [Run("said")],
    ]


def test_combining_marks_take_no_column() -> None:
    assert columns("e\u0301a") == 2


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise io.UnsupportedOperation("no file behind it")


def notifier(out: TextIO, color: str = "auto") -> ConsoleNotifier:
    options = ConsoleOptions.model_validate({"color": color, "timezone": "UTC"})
    return ConsoleNotifier(options, Tools(fetcher=cast("Fetcher", None), clock=ManualClock(), stdout=out))


@pytest.mark.parametrize(
    ("out", "color", "colored"),
    [
        pytest.param(io.StringIO(), "auto", False, id="a file gets plain text"),
        pytest.param(Terminal(), "auto", True, id="a terminal gets colours"),
        pytest.param(Terminal(), "never", False, id="unless it shall not"),
        pytest.param(io.StringIO(), "always", True, id="a file gets colours on request"),
    ],
)
async def test_colour_follows_the_output_and_the_option(out: io.StringIO, color: str, colored: bool) -> None:
    assert await notifier(out, color).send(a_message()) == Delivered("printed")
    assert ("\x1b[" in out.getvalue()) is colored


async def test_a_closed_output_is_worth_another_try() -> None:
    out = io.StringIO()
    console = notifier(out)
    out.close()
    answer = await console.send(a_message())
    assert isinstance(answer, Transient)
    assert answer.reason.startswith("standard output cannot be written: ")


async def test_a_reader_that_has_ended_is_named() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        console = notifier(out)
        assert await console.send(a_message()) == Transient(
            "standard output is closed: the program that read it has ended"
        )
        await console.close()
