"""A failed poll is told in plain words, with the next step."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import Crashed, FetchRefused, FetchTransient, OutOfMemory, SandboxError, TimedOut
from monitor.feeds.failures import failed_child, failed_fetch, failed_reading, failed_status
from monitor.feeds.poll_result import FailureKind, PollFailed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def status(number: int, headers: dict[str, str] | None = None, body: bytes = b"") -> PollFailed:
    return failed_status(number, headers or {}, body, now=NOW)


@pytest.mark.parametrize(
    ("number", "kind", "reason"),
    [
        (301, "status", "the site redirects without saying where to (HTTP 301)"),
        (401, "status", "the site asks for a password (HTTP 401)"),
        (403, "status", "the site refuses us (HTTP 403)"),
        (404, "status", "the site has no such page (HTTP 404)"),
        (410, "gone", "the site has removed this feed for good (HTTP 410)"),
        (418, "status", "the site gives an answer we cannot use (HTTP 418)"),
        (429, "throttled", "the site asks us to come less often (HTTP 429)"),
        (500, "server", "the site has trouble of its own (HTTP 500)"),
        (503, "server", "the site has trouble of its own (HTTP 503)"),
    ],
)
def test_each_status_has_words_and_a_next_step(number: int, kind: FailureKind, reason: str) -> None:
    failure = status(number)
    assert (failure.kind, failure.reason) == (kind, reason)
    assert failure.hint


@pytest.mark.parametrize(
    ("number", "header", "kind", "wait"),
    [
        pytest.param(429, "120", "throttled", timedelta(minutes=2), id="seconds"),
        pytest.param(503, "Tue, 24 Nov 2026 13:00:00 GMT", "throttled", timedelta(hours=1), id="a date"),
        pytest.param(503, "soon", "server", None, id="no time at all"),
        pytest.param(500, "60", "server", timedelta(minutes=1), id="any failure may name a time"),
    ],
)
def test_retry_after_is_read(number: int, header: str, kind: FailureKind, wait: timedelta | None) -> None:
    failure = status(number, {"Retry-After": header})
    assert (failure.kind, failure.retry_after) == (kind, wait)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param({"cf-mitigated": "challenge"}, b"", id="Cloudflare's header"),
        pytest.param({}, b"<html><head><title>Just a moment...</title>", id="Cloudflare's page"),
        pytest.param({}, b"<script src='https://geo.captcha-delivery.com/x.js'>", id="DataDome"),
        pytest.param({"x-amzn-waf-action": "captcha"}, b"", id="AWS"),
    ],
)
def test_a_check_for_robots_is_told_from_a_refusal(headers: dict[str, str], body: bytes) -> None:
    failure = status(403, headers, body)
    assert failure.kind == "blocked"
    assert failure.reason == "the site answers with a check for robots (HTTP 403)"
    assert not failure.gone


def test_requests_without_an_answer_keep_the_door_s_words() -> None:
    assert failed_fetch(FetchTransient("https://a.example", "name not found")) == PollFailed(
        kind="unreachable", reason="name not found", hint="nothing to do now: it is tried again by itself"
    )
    assert failed_fetch(FetchRefused("https://a.example", "redirects more than 5 times")) == PollFailed(
        kind="refused", reason="redirects more than 5 times", hint="check the feed's address"
    )


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TimedOut("job", "x"), "reading it took too long and was stopped"),
        (OutOfMemory("job", "x"), "reading it takes more memory than we allow"),
        (Crashed("job", "x"), "the process that read it died of it"),
    ],
)
def test_a_lost_child_is_the_feeds_failure(error: SandboxError, reason: str) -> None:
    assert (failed_child(error).kind, failed_child(error).reason) == ("hostile", reason)


def test_an_unreadable_body_is_marked() -> None:
    failure = failed_reading("the answer is empty", body_hash="abc")
    assert failure.kind == "unreadable"
    assert failure.body_hash.startswith("unreadable:")
    assert failure.body_hash.endswith(":abc")
