"""Webhooks against a real HTTP server on loopback, verified as a receiver would: with the standardwebhooks package."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from monitor.clock import SystemClock
from monitor.fetch.client import Fetcher
from monitor.notify.notifier import Delivered, Permanent, Throttled, Tools, Transient
from monitor.notify.webhook import WebhookNotifier, WebhookOptions
from tests.support.alerts import a_hostile_alert, a_message
from tests.support.publisher import Publisher

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def receiver() -> AsyncIterator[Publisher]:
    async with Publisher() as site:
        site.serve("/hook", b"")
        yield site


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(SystemClock(), allow=["127.0.0.0/8"], timeout=timedelta(seconds=10)) as opened:
        yield opened


def notifier(fetcher: Fetcher, url: str, **options: Any) -> WebhookNotifier:
    tools = Tools(fetcher=fetcher, clock=SystemClock(), stdout=io.StringIO())
    return WebhookNotifier(WebhookOptions.model_validate({"url": url, **options}), tools)


async def test_a_receiver_can_verify_the_signature(receiver: Publisher, fetcher: Fetcher) -> None:
    outcome = await notifier(fetcher, receiver.url("/hook"), secret=SECRET).send(a_message())
    assert outcome == Delivered("HTTP 200")
    (hit,) = receiver.hits_on("/hook")
    told = Webhook(SECRET).verify(hit.body, dict(hit.headers))
    assert told["type"] == "alert.new"
    assert told["data"]["headline"] == "Wang Yi urges immediate ceasefire in Gaza"


async def test_a_secret_of_plain_text_verifies_as_bytes(receiver: Publisher, fetcher: Fetcher) -> None:
    await notifier(fetcher, receiver.url("/hook"), secret="correct horse").send(a_message())
    (hit,) = receiver.hits_on("/hook")
    assert Webhook(b"correct horse").verify(hit.body, dict(hit.headers))


async def test_another_secret_or_another_body_does_not_verify(receiver: Publisher, fetcher: Fetcher) -> None:
    await notifier(fetcher, receiver.url("/hook"), secret=SECRET).send(a_message())
    (hit,) = receiver.hits_on("/hook")
    with pytest.raises(WebhookVerificationError):
        Webhook(b"another").verify(hit.body, dict(hit.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(hit.body.replace(b"high", b"info"), dict(hit.headers))


async def test_all_attempts_carry_the_same_id(receiver: Publisher, fetcher: Fetcher) -> None:
    hook = notifier(fetcher, receiver.url("/hook"), secret=SECRET)
    await hook.send(a_message())
    await hook.send(a_message(attempt=1))
    assert [hit.headers["webhook-id"] for hit in receiver.hits_on("/hook")] == ["7q2kz4abcdef:desk:new"] * 2


async def test_without_a_secret_there_is_an_id_but_no_signature(receiver: Publisher, fetcher: Fetcher) -> None:
    await notifier(fetcher, receiver.url("/hook")).send(a_message())
    (hit,) = receiver.hits_on("/hook")
    assert hit.headers["webhook-id"] == "7q2kz4abcdef:desk:new"
    assert "webhook-signature" not in hit.headers


async def test_more_headers_are_sent_as_asked(receiver: Publisher, fetcher: Fetcher) -> None:
    headers = {"Authorization": "Bearer T0PS3CRET"}
    await notifier(fetcher, receiver.url("/hook"), headers=headers).send(a_message())
    (hit,) = receiver.hits_on("/hook")
    assert hit.headers["Authorization"] == "Bearer T0PS3CRET"
    assert hit.headers["Content-Type"] == "application/json"


async def test_a_hostile_headline_arrives_as_data(receiver: Publisher, fetcher: Fetcher) -> None:
    await notifier(fetcher, receiver.url("/hook")).send(a_message(a_hostile_alert()))
    (hit,) = receiver.hits_on("/hook")
    assert json.loads(hit.body)["data"]["headline"].startswith("<!channel> <https://evil.example|Reuters>")


async def test_a_receiver_that_asks_for_patience_gets_it(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.serve("/hook", b"slow down", status=429, content_type="text/plain", headers={"Retry-After": "120"})
    outcome = await notifier(fetcher, receiver.url("/hook")).send(a_message())
    assert outcome == Throttled(timedelta(seconds=120), "HTTP 429: slow down")


async def test_a_receiver_that_is_gone_is_called_gone(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.serve("/hook", b'{"error": "no such hook"}', status=410, content_type="application/json")
    outcome = await notifier(fetcher, receiver.url("/hook")).send(a_message())
    assert outcome == Permanent('HTTP 410: {"error": "no such hook"}', gone=True)


async def test_an_error_page_is_not_quoted(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.serve("/hook", b"<html>sorry</html>", status=502)
    assert await notifier(fetcher, receiver.url("/hook")).send(a_message()) == Transient("HTTP 502")


async def test_a_redirect_is_not_followed(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.serve("/elsewhere", b"")
    receiver.redirect("/hook", receiver.url("/elsewhere"), status=307)
    outcome = await notifier(fetcher, receiver.url("/hook"), secret=SECRET).send(a_message())
    assert isinstance(outcome, Permanent)
    assert receiver.hits_on("/elsewhere") == []


async def test_an_address_that_may_not_be_dialled_is_refused_with_the_way_out(receiver: Publisher) -> None:
    async with Fetcher(SystemClock()) as guarded:
        outcome = await notifier(guarded, receiver.url("/hook/T0PS3CRET")).send(a_message())
    assert isinstance(outcome, Permanent)
    assert "is not a public address" in outcome.reason
    assert "network.allow" in outcome.reason
    assert "T0PS3CRET" not in outcome.reason
    assert receiver.hits == []


async def test_a_connection_that_breaks_is_tried_again(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.reset("/hook")
    outcome = await notifier(fetcher, receiver.url("/hook")).send(a_message())
    assert isinstance(outcome, Transient)
    assert "/hook" not in outcome.reason


async def test_an_endless_answer_does_no_harm(receiver: Publisher, fetcher: Fetcher) -> None:
    receiver.flood("/hook")
    assert await notifier(fetcher, receiver.url("/hook")).send(a_message()) == Delivered("HTTP 200")


async def test_the_document_is_utf8_json_in_one_piece(receiver: Publisher, fetcher: Fetcher) -> None:
    async def echo(request: web.Request) -> web.Response:
        return web.json_response(await request.json())

    receiver.serve("/hook", echo)
    assert await notifier(fetcher, receiver.url("/hook")).send(a_message()) == Delivered("HTTP 200")


async def test_a_refusal_that_repeats_our_secrets_is_told_without_them(receiver: Publisher, fetcher: Fetcher) -> None:
    words = "no /hooks/s3cret path here for Bearer t0ken-1234"
    receiver.serve("/hooks/s3cret path", words, status=400, content_type="text/plain")
    hook = notifier(fetcher, receiver.url("/hooks/s3cret%20path"), headers={"Authorization": "Bearer t0ken-1234"})
    assert await hook.send(a_message()) == Permanent("HTTP 400: no /hooks/… here for … …")
