"""Feed health is told once, and never as a wall of lines."""

from __future__ import annotations

from structlog.testing import capture_logs

from monitor.daemon.health import Failure, FeedHealth
from monitor.model import FeedKey


def failure(name: str, reason: str = "name not found") -> Failure:
    return Failure(feed=FeedKey(name), reason=reason, hint="check the address")


def told(health: FeedHealth) -> list[str]:
    with capture_logs() as lines:
        health.report()
    return [f"{line['event']} {line.get('feed') or line['count']}" for line in lines]


def test_a_failing_feed_is_told_once() -> None:
    health = FeedHealth()
    health.failed(failure("a"))
    assert told(health) == ["feed_failing a"]
    health.failed(failure("a"))
    assert told(health) == []


def test_another_reason_is_news() -> None:
    health = FeedHealth()
    health.failed(failure("a"))
    told(health)
    health.failed(failure("a", reason="HTTP 404"))
    assert told(health) == ["feed_failing a"]


def test_an_outage_of_many_feeds_is_one_line() -> None:
    health = FeedHealth()
    for name in "abcdef":
        health.failed(failure(name))
    assert told(health) == ["feeds_failing 6"]


def test_who_joins_an_outage_later_is_no_news() -> None:
    health = FeedHealth()
    for name in "abcdef":
        health.failed(failure(name))
    told(health)
    health.failed(failure("g"))
    assert told(health) == ["feeds_failing_too 1"]  # at debug level


def test_a_recovery_is_told() -> None:
    health = FeedHealth()
    health.failed(failure("a"))
    told(health)
    health.succeeded(FeedKey("a"))
    assert told(health) == ["feeds_recovered 1"]
    assert health.failing == 0


def test_a_failure_that_was_over_before_it_was_told_is_silence() -> None:
    health = FeedHealth()
    health.failed(failure("a"))
    health.succeeded(FeedKey("a"))
    assert told(health) == []


def test_feeds_that_left_the_lists_are_forgotten() -> None:
    health = FeedHealth()
    health.failed(failure("a"))
    health.keep_only(set())
    assert told(health) == []
    assert health.failing == 0
