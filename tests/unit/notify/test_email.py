from __future__ import annotations

import email
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from pydantic import ValidationError

from monitor.model import Severity
from monitor.notify.email import EmailOptions, Progress, by_code, compose_html, compose_mail, load_template
from monitor.notify.notifier import Delivered, Message, Permanent, Transient
from tests.support.alerts import (
    CREATED,
    a_hostile_alert,
    a_message,
    a_report,
    a_source_message,
    an_alert,
    an_update_message,
)

SERVER = {"host": "mail.example.org"}


def options(**changes: Any) -> EmailOptions:
    return EmailOptions.model_validate({"to": "desk@example.org", "smtp": SERVER, "timezone": "UTC", **changes})


def received(message: Message, **changes: Any) -> EmailMessage:
    """Return the mail as a mail program reads it."""
    sent = compose_mail(message, options(**changes), template=load_template(), now=CREATED).as_bytes()
    assert sent.isascii()
    assert max(len(line) for line in sent.split(b"\r\n")) <= 998
    mail = email.message_from_bytes(sent, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body(preferencelist=(kind,))
    assert body is not None
    return str(body.get_content())


def test_headers_say_who_what_and_when() -> None:
    mail = received(a_message(), to=["desk@example.org", "night@example.net"])
    assert mail["From"] == "monitor <monitor@example.org>"
    assert mail["To"] == "desk@example.org, night@example.net"
    assert mail["Subject"] == "[HIGH] Wang Yi urges immediate ceasefire in Gaza (Demo Wire)"
    assert mail["Date"] == "Tue, 24 Nov 2026 12:00:00 +0000"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Monitor-Rule"] == "minister-ceasefire"
    assert mail["X-Monitor-Severity"] == "high"


def test_message_id_is_the_deliverys_whatever_the_attempt() -> None:
    first, later = received(a_message()), received(a_message(attempt=7))
    assert first["Message-ID"] == "<7q2kz4abcdef-desk-new@example.org>"
    assert later["Message-ID"] == first["Message-ID"]


def test_all_mails_of_an_alert_are_one_thread() -> None:
    assert received(a_message())["References"] == "<alert.7q2kz4abcdef@example.org>"
    assert received(a_source_message())["References"] == "<alert.7q2kz4abcdef@example.org>"


def test_an_update_is_in_the_thread_and_says_first_what_changed() -> None:
    mail = received(an_update_message())
    assert mail["References"] == "<alert.7q2kz4abcdef@example.org>"
    assert mail["Subject"].strip() == "[UPDATE] CORRECTED-Wang Yi denies call for ceasefire in Gaza (Gazette)"
    html = part(mail, "html")
    changed = html.index("<b>Changed:</b> figures: 12 → 17, 2,300 → 3,200")
    assert changed < html.index("<h1") < html.index("The alert was:")


def test_text_part_is_the_plain_message() -> None:
    assert part(received(a_message()), "plain").strip().replace("\r\n", "\n") == a_message().text


def test_html_part_marks_the_words_and_links_the_article() -> None:
    html = part(received(a_message()), "html")
    mark = '<mark style="background:#fde68a;color:#202124;border-radius:2px;padding:0 1px">'
    assert f"called on Tuesday for an immediate {mark}ceasefire</mark> in {mark}Gaza</mark> &amp; aid for all." in html
    assert 'href="https://news.example.org/world/gaza?id=7&amp;page=1"' in html
    assert "Demo Wire · news.example.org · published 24 Nov 2026, 11:56 UTC, 4 min before this alert" in html
    assert "Found: Wang Yi, ceasefire, Gaza<br>1 source so far · rule minister-ceasefire" in html


def test_html_part_fetches_nothing_when_it_is_opened() -> None:
    html = compose_html(a_message(), options(), template=load_template())
    assert "<img" not in html
    assert "<script" not in html
    assert "url(" not in html
    assert "src=" not in html


def test_a_hostile_alert_adds_no_header_and_no_markup() -> None:
    mail = received(a_message(a_hostile_alert()))
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("[HIGH] <!channel> <https://evil.example|Reuters> @everyone")
    html = part(mail, "html")
    assert "<!channel>" not in html
    assert "&lt;!channel&gt; &lt;https://evil.example|Reuters&gt;" in html
    assert "<b>Gaza</b>" not in html
    assert "&lt;b&gt;Gaza&lt;/b&gt;</mark>" in html
    assert 'href="https://evil.example/a%7Cb%3Ec%3Cd%22e&#39;f%20g"' in html


def test_other_scripts_arrive_as_they_were() -> None:
    title = "王毅呼吁加沙立即停火 – دعا وزير الخارجية إلى وقف إطلاق النار – Ministr zahraničí"
    mail = received(a_message(an_alert(lead=a_report(title=title))))
    assert mail["Subject"] == f"[HIGH] {title} (Demo Wire)"
    assert title in part(mail, "plain")
    assert f">{title}</a></h1>" in part(mail, "html")


def test_only_critical_alerts_are_marked_urgent() -> None:
    assert received(a_message())["X-Priority"] is None
    assert received(a_message(an_alert(severity=Severity.CRITICAL)))["X-Priority"] == "1"
    assert received(a_message(an_alert(severity=Severity.CRITICAL, drill=True)))["X-Priority"] is None


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        pytest.param({"from": "a@b.example"}, "a@b.example", id="as written"),
        pytest.param({"smtp": {**SERVER, "user": "me@c.example", "password": "x"}}, "me@c.example", id="the user"),
        pytest.param({"smtp": {**SERVER, "user": "me", "password": "x"}}, "me@example.org", id="the user's name"),
        pytest.param({}, "monitor@example.org", id="a name at the first recipient's domain"),
    ],
)
def test_sender_is_found(changes: dict[str, object], sender: str) -> None:
    assert options(**changes).from_address == sender


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"to": []}, "at least 1", id="somebody must get it"),
        pytest.param({"to": "desk"}, "is not an email address", id="a name is no address"),
        pytest.param({"to": "a@b.example\r\nBcc: c@d.example"}, "is not an email address", id="no header injection"),
        pytest.param({"to": "Desk <a@b.example>"}, "is not an email address", id="the bare address only"),
        pytest.param({"smtp": {**SERVER, "user": "me"}}, "belong together", id="a user needs a password"),
        pytest.param({"smtp": {**SERVER, "port": 0}}, "greater than or equal to 1", id="ports start at 1"),
        pytest.param({"smtp": {**SERVER, "security": "ssl"}}, "'tls'", id="the kinds of security are named"),
        pytest.param({"smtp": {**SERVER, "ca_file": "/no/such/file"}}, "is not a file", id="certificates must exist"),
        pytest.param({"timezone": "Mars/Olympus"}, "is not a known time zone", id="zones must exist"),
    ],
)
def test_options_that_cannot_work_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        options(**changes)


@pytest.mark.parametrize(
    ("refusals", "outcome"),
    [
        pytest.param({}, Delivered("queued as 1"), id="all accepted"),
        pytest.param(
            {"a@x.example": (550, "no such user")},
            Delivered("queued as 1; refused for a@x.example: SMTP 550: no such user"),
            id="one refused for good does not keep the other from counting",
        ),
        pytest.param(
            {"a@x.example": (450, "greylisted")},
            Transient("a@x.example: SMTP 450: greylisted"),
            id="one put off is tried again",
        ),
        pytest.param(
            {"a@x.example": (550, "no"), "b@x.example": (551, "no")},
            Permanent("a@x.example: SMTP 550: no; b@x.example: SMTP 551: no"),
            id="all refused for good",
        ),
    ],
)
def test_each_recipient_counts(refusals: dict[str, tuple[int, str]], outcome: object) -> None:
    progress = Progress()
    assert progress.settle(["a@x.example", "b@x.example"], refusals, said="queued as 1") == outcome


def test_a_later_attempt_completes_an_earlier_one() -> None:
    progress = Progress()
    asked = ["a@x.example", "b@x.example", "c@x.example"]
    first = progress.settle(asked, {"a@x.example": (450, "later"), "b@x.example": (550, "no")}, said="queued as 1")
    second = progress.settle(["a@x.example"], {}, said="queued as 2")
    assert first == Transient("a@x.example: SMTP 450: later")
    assert second == Delivered("queued as 2; refused for b@x.example: SMTP 550: no")
    assert progress.accepted == {"a@x.example", "c@x.example"}


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        pytest.param(421, Transient("SMTP 421: closing"), id="a busy server is tried again"),
        pytest.param(554, Permanent("SMTP 554: closing"), id="a refusal is not"),
    ],
)
def test_reply_codes(code: int, outcome: object) -> None:
    assert by_code(code, "closing\r\n") == outcome
