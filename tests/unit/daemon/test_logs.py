"""Log lines for people: what happened, why, and the way out, harmless whatever they repeat."""

from __future__ import annotations

import io
import json

import pytest
import structlog

from monitor.daemon.logs import configure_logs


@pytest.fixture
def lines() -> io.StringIO:
    return io.StringIO()


def test_a_line_says_what_why_and_what_to_do(lines: io.StringIO) -> None:
    configure_logs("info", "console", lines)
    structlog.get_logger().warning("feed_failing", feed="a.example", reason="name not found", hint="check it")
    assert lines.getvalue()[8:] == "  warn  feed failing: name not found  feed=a.example  → check it\n"


def test_foreign_text_cannot_steer_the_terminal(lines: io.StringIO) -> None:
    configure_logs("info", "console", lines)
    structlog.get_logger().error("bug", entry="x\x1b[2J\nERROR fake")
    assert "\x1b" not in lines.getvalue()
    assert lines.getvalue().count("\n") == 1


def test_what_is_seen_anyway_is_left_out_of_the_terminal(lines: io.StringIO) -> None:
    configure_logs("info", "console", lines)
    structlog.get_logger().info("alert_queued", alert="a")
    assert lines.getvalue() == ""


def test_elsewhere_each_line_is_an_object(lines: io.StringIO) -> None:
    configure_logs("info", "json", lines)
    structlog.get_logger().info("alert_queued", alert="a")
    assert {key: value for key, value in json.loads(lines.getvalue()).items() if key != "timestamp"} == {
        "event": "alert_queued",
        "alert": "a",
        "level": "info",
    }
