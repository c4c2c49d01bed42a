"""Mail against a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import io
import socket
from typing import Any, cast

import pytest

from monitor.notify import email as email_module
from monitor.notify.email import EmailNotifier, EmailOptions
from monitor.notify.notifier import Delivered, Permanent, Tools, Transient
from tests.support.alerts import a_hostile_alert, a_message
from tests.support.clock import ManualClock
from tests.support.smtp import CERTIFICATE, MailServer

LOGIN = ("alerts", "T0PS3CRET")


def notifier(server: MailServer, *, to: object = "desk@example.org", **smtp: Any) -> EmailNotifier:
    options = {"to": to, "smtp": {"host": "localhost", "port": server.port, **smtp}, "timezone": "UTC"}
    tools = Tools(fetcher=cast("Any", None), clock=ManualClock(), stdout=io.StringIO())
    return EmailNotifier(EmailOptions.model_validate(options), tools)


async def test_a_mail_arrives_with_text_html_and_a_stable_id() -> None:
    async with MailServer() as server:
        outcome = await notifier(server).send(a_message())
    assert outcome == Delivered("OK queued as 1")
    (mail,) = server.mails
    assert server.envelopes == [("monitor@example.org", ["desk@example.org"])]
    assert mail["Subject"] == "[HIGH] Wang Yi urges immediate ceasefire in Gaza (Demo Wire)"
    assert mail["Message-ID"] == "<7q2kz4abcdef-desk-new@example.org>"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


async def test_a_hostile_headline_arrives_and_adds_no_recipient() -> None:
    async with MailServer() as server:
        assert isinstance(await notifier(server).send(a_message(a_hostile_alert())), Delivered)
    assert server.envelopes == [("monitor@example.org", ["desk@example.org"])]
    assert server.mails[0]["Bcc"] is None


async def test_all_recipients_get_it_in_one_transaction() -> None:
    async with MailServer() as server:
        await notifier(server, to=["a@x.example", "b@x.example"]).send(a_message())
    assert server.envelopes == [("monitor@x.example", ["a@x.example", "b@x.example"])]
    assert len(server.mails) == 1


async def test_a_recipient_put_off_is_tried_again_alone() -> None:
    async with MailServer() as server:
        mail = notifier(server, to=["a@x.example", "b@x.example", "c@x.example"])
        server.refusals = {"b@x.example": "450 4.2.0 greylisted", "c@x.example": "550 5.1.1 no such user"}
        first = await mail.send(a_message())
        server.refusals = {}
        second = await mail.send(a_message(attempt=1))
    assert first == Transient("b@x.example: SMTP 450: 4.2.0 greylisted")
    assert second == Delivered("OK queued as 2; refused for c@x.example: SMTP 550: 5.1.1 no such user")
    assert [to for _, to in server.envelopes] == [["a@x.example"], ["b@x.example"]]


async def test_recipients_that_are_all_unknown_make_a_dead_letter() -> None:
    async with MailServer() as server:
        server.refusals = {"desk@example.org": "550 5.1.1 no such user"}
        outcome = await notifier(server).send(a_message())
    assert outcome == Permanent("desk@example.org: SMTP 550: 5.1.1 no such user")


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        pytest.param("452 4.3.1 disk full", Transient("SMTP 452: 4.3.1 disk full"), id="4yz is tried again"),
        pytest.param("552 5.3.4 too big", Permanent("SMTP 552: 5.3.4 too big"), id="5yz is not"),
    ],
)
async def test_the_reply_to_the_message_decides(reply: str, outcome: object) -> None:
    async with MailServer() as server:
        server.data_reply = reply
        assert await notifier(server).send(a_message()) == outcome


async def test_a_login_goes_over_starttls() -> None:
    async with MailServer(security="starttls", login=LOGIN) as server:
        mail = notifier(server, user=LOGIN[0], password=LOGIN[1], ca_file=CERTIFICATE)
        assert isinstance(await mail.send(a_message()), Delivered)
    assert server.encrypted == [True]
    assert server.envelopes[0][0] == "alerts@example.org"


async def test_implicit_tls_works_too() -> None:
    async with MailServer(security="tls", login=LOGIN) as server:
        mail = notifier(server, user=LOGIN[0], password=LOGIN[1], ca_file=CERTIFICATE, security="tls")
        assert isinstance(await mail.send(a_message()), Delivered)
    assert server.encrypted == [True]


async def test_mail_is_encrypted_even_without_a_login_where_the_server_can() -> None:
    async with MailServer(security="starttls") as server:
        assert isinstance(await notifier(server, ca_file=CERTIFICATE).send(a_message()), Delivered)
    assert server.encrypted == [True]


async def test_a_password_is_never_sent_in_the_clear() -> None:
    async with MailServer(login=LOGIN) as server:
        outcome = await notifier(server, user=LOGIN[0], password=LOGIN[1]).send(a_message())
    assert outcome == Permanent(
        f"localhost:{server.port} offers no encryption, so the password was not sent: "
        "use port 465 or 587, or smtp.security: none if the network is your own"
    )
    assert server.mails == []


async def test_a_password_in_the_clear_must_be_asked_for() -> None:
    async with MailServer(login=LOGIN) as server:
        mail = notifier(server, user=LOGIN[0], password=LOGIN[1], security="none")
        assert isinstance(await mail.send(a_message()), Delivered)
    assert server.encrypted == [False]


async def test_a_wrong_password_says_what_to_check_and_does_not_show_it() -> None:
    async with MailServer(security="starttls", login=LOGIN) as server:
        mail = notifier(server, user="alerts", password="WR0NG", ca_file=CERTIFICATE)
        outcome = await mail.send(a_message())
    assert isinstance(outcome, Permanent)
    assert outcome.reason.startswith("SMTP 535: ")
    assert outcome.reason.endswith("(check smtp.user and password; some providers want an app password)")
    assert "WR0NG" not in outcome.reason


async def test_a_server_without_starttls_is_refused_if_it_must_have_it() -> None:
    async with MailServer() as server:
        outcome = await notifier(server, security="starttls").send(a_message())
    assert isinstance(outcome, Permanent)
    assert "offers no STARTTLS" in outcome.reason


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_an_unknown_certificate_is_named_with_the_way_out(security: str) -> None:
    async with MailServer(security=security) as server:
        outcome = await notifier(server, security=security).send(a_message())
    assert isinstance(outcome, Transient)
    assert "certificate not valid: self-signed certificate" in outcome.reason
    assert "smtp.ca_file" in outcome.reason
    assert server.mails == []


async def test_the_check_of_the_certificate_can_be_switched_off() -> None:
    async with MailServer(security="starttls") as server:
        assert isinstance(await notifier(server, verify=False).send(a_message()), Delivered)


async def test_plain_text_to_an_encrypted_port_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_module, "SERVER_TIMEOUT", 0.3)
    async with MailServer(security="none") as server:
        outcome = await notifier(server, security="tls").send(a_message())
    assert isinstance(outcome, Transient)
    assert "smtp.security or smtp.port does not fit this server" in outcome.reason


async def test_nobody_listening_is_worth_another_try() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = MailServer()
        server.port = taken.getsockname()[1]
        outcome = await notifier(server, host="127.0.0.1").send(a_message())
    assert outcome == Transient(f"127.0.0.1:{server.port}: connection refused")


async def test_a_silent_server_is_worth_another_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(email_module, "SERVER_TIMEOUT", 0.05)
    async with MailServer() as server:
        server.silent = True
        outcome = await notifier(server).send(a_message())
    assert isinstance(outcome, Transient)
    assert "does not answer within" in outcome.reason


async def test_being_cut_off_closes_the_connection() -> None:
    async with MailServer() as server:
        server.silent = True
        sending = asyncio.create_task(notifier(server).send(a_message()))
        await asyncio.wait_for(server.connected.wait(), 5)
        for _ in range(10):  # until our own side has seen it: asyncio.wait_for swallows a cancellation right then
            await asyncio.sleep(0)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await asyncio.wait_for(server.hung_up.wait(), 5)
