"""WebSub without a network: where pushes are had, what is asked, what an answer and a signature mean."""

from __future__ import annotations

import hashlib
import hmac
import random
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor.feeds.websub import (
    Advertised,
    Confirmed,
    Denied,
    Ended,
    NotOurs,
    Push,
    answer,
    ask,
    check_signature,
    discover,
    granted,
    link_targets,
    redirected,
    refusal,
    renewal_wait,
    retry_wait,
    safety_wait,
)
from monitor.model import FeedKey, Subscription

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FEED = "https://news.example/feed.xml"
HUB = "https://hub.example/"


def a_subscription(*, leaving: bool = False, asked: datetime | None = NOON) -> Subscription:
    return Subscription(
        token="0token", feed=FeedKey("f"), hub=HUB, topic=FEED, secret="s3cret", leaving=leaving, asked=asked
    )


def found(document: Advertised, *links: str, address: str = FEED) -> Advertised:
    return discover(document, links, address=address, base=address)


# Where pushes are had


def test_the_feed_itself_names_hub_and_topic() -> None:
    document = Advertised(hub=HUB, topic="https://news.example/self.xml")
    assert found(document) == document


def test_link_headers_stand_above_the_document() -> None:
    document = Advertised(hub="https://old.example/", topic="https://news.example/old.xml")
    links = ['<https://hub.example/>; rel="hub", <https://news.example/new.xml>; rel="self"']
    assert found(document, *links) == Advertised(hub=HUB, topic="https://news.example/new.xml")


def test_a_header_that_names_the_hub_only_leaves_the_topic_to_the_document() -> None:
    document = Advertised(topic="https://news.example/self.xml")
    assert found(document, "<https://hub.example/>; rel=hub").topic == "https://news.example/self.xml"


def test_the_polled_address_is_the_topic_where_none_is_named() -> None:
    assert found(Advertised(hub=HUB)) == Advertised(hub=HUB, topic=FEED)


def test_without_a_hub_there_is_nothing_to_subscribe_to() -> None:
    assert found(Advertised(topic=FEED), '</self.xml>; rel="self"') == Advertised()


def test_relative_addresses_are_read_against_the_document() -> None:
    assert found(Advertised(hub="/hub", topic="self.xml")) == Advertised(
        hub="https://news.example/hub", topic="https://news.example/self.xml"
    )


@pytest.mark.parametrize(
    "hub",
    [
        pytest.param("ftp://hub.example/", id="no web address"),
        pytest.param("https://user:word@hub.example/", id="with a password"),
        pytest.param("https://hub.example/a b", id="with a blank"),
        pytest.param("https://hub.example/\r\nX: y", id="with a line break"),
        pytest.param("https://hub.example/" + "x" * 2_048, id="too long"),
        pytest.param("https://[::1/", id="no host at all"),
        pytest.param("javascript:alert(1)", id="a script"),
    ],
)
def test_an_unusable_hub_is_left_out_for_the_next(hub: str) -> None:
    assert found(Advertised(hub=hub)) == Advertised()
    assert found(Advertised(hub=HUB), f"<{hub}>; rel=hub").hub == HUB


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/feeds/videos.xml?channel_id=UC_x-1",
        "http://youtube.com/feeds/videos.xml?orderby=date&channel_id=UC_x-1",
        "https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC_x-1",
    ],
)
def test_youtube_names_no_hub_but_has_one_and_a_topic_of_its_own(address: str) -> None:
    document = Advertised(topic="http://www.youtube.com/feeds/videos.xml?channel_id=UC_x-1")
    assert found(document, address=address) == Advertised(
        hub="https://pubsubhubbub.appspot.com/subscribe",
        topic="https://www.youtube.com/xml/feeds/videos.xml?channel_id=UC_x-1",
    )


def test_another_sites_address_with_youtubes_in_it_is_not_youtube() -> None:
    assert found(Advertised(), address="https://x.example/?www.youtube.com/feeds/videos.xml?channel_id=1").hub == ""


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param('<https://h.example/>; rel="hub"', ["https://h.example/"], id="quoted"),
        pytest.param("<https://h.example/>;rel=hub;title=x", ["https://h.example/"], id="plain"),
        pytest.param("<https://h.example/> rel=hub", ["https://h.example/"], id="no semicolon, as Known sends it"),
        pytest.param('<https://h.example/>; REL="Self HUB"', ["https://h.example/"], id="several relations"),
        pytest.param('<https://h.example/a,b>; rel="hub"', ["https://h.example/a,b"], id="a comma in the address"),
        pytest.param('<a>; rel="x", <b>; rel=hub, <c>; rel=hub', ["b", "c"], id="several links"),
        pytest.param('<a>; title="<b>"; rel="hub"', ["a"], id="a bracket in quotes"),
        pytest.param('<a>; rel="hub"; anchor="https://other.example/"', [], id="of another document"),
        pytest.param('<a>; rel="github"', [], id="a longer word"),
        pytest.param("<a; rel=hub", [], id="not closed"),
    ],
)
def test_a_link_header_is_read(header: str, expected: list[str]) -> None:
    assert link_targets([header], "hub") == expected


def test_a_long_hostile_link_header_costs_nothing() -> None:
    assert link_targets(['<a>; rel="' + '"<' * 16_000, "<" * 32_000, '"' * 32_000], "hub") == []


addresses = st.text(max_size=30) | st.from_regex(r"(https?:)?//?[\[\]a-z0-9:@%/?#.é]{0,20}")


@given(hub=addresses, topic=addresses, header=st.text(max_size=60) | addresses.map(lambda at: f"<{at}>; rel=hub"))
@example(hub="http://[", topic="http://a:99999/", header="<http://a:b>; rel=hub")
def test_whatever_a_publisher_writes_what_is_found_are_web_addresses_or_nothing(
    hub: str, topic: str, header: str
) -> None:
    advertised = found(Advertised(hub=hub, topic=topic), header)
    assert bool(advertised.hub) is bool(advertised.topic)
    assert all(at.startswith(("http://", "https://")) for at in (advertised.hub, advertised.topic) if at)


# What is asked


def test_a_subscription_is_asked_for_with_secret_and_lease() -> None:
    request = ask("subscribe", a_subscription(), callback="https://we.example/websub/0token", lease=10 * DAY)
    assert request.url == HUB
    assert request.headers == {"Content-Type": "application/x-www-form-urlencoded"}
    assert parse_qs(request.body.decode()) == {
        "hub.mode": ["subscribe"],
        "hub.topic": [FEED],
        "hub.callback": ["https://we.example/websub/0token"],
        "hub.verify": ["async"],
        "hub.secret": ["s3cret"],
        "hub.lease_seconds": ["864000"],
    }


def test_the_end_of_a_subscription_is_asked_for_without_its_secret() -> None:
    request = ask("unsubscribe", a_subscription(), callback="https://we.example/websub/0token", lease=10 * DAY)
    assert sorted(parse_qs(request.body.decode())) == ["hub.callback", "hub.mode", "hub.topic", "hub.verify"]


@pytest.mark.parametrize(
    ("status", "location", "target"),
    [
        pytest.param(307, "/there", "https://hub.example/there", id="307"),
        pytest.param(308, "https://other.example/", "https://other.example/", id="308 to another host"),
        pytest.param(302, "/there", "", id="302 would turn the POST into a GET"),
        pytest.param(307, "http://hub.example/", "", id="the secret does not leave TLS"),
        pytest.param(307, "", "", id="nowhere"),
        pytest.param(307, "file:///etc/passwd", "", id="no web address"),
    ],
)
def test_only_redirects_that_keep_a_post_are_followed(status: int, location: str, target: str) -> None:
    request = ask("subscribe", a_subscription(), callback="https://we.example/", lease=DAY)
    assert redirected(request, status=status, location=location) == target


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (202, b"", ""),
        (204, b"", ""),
        (400, b"", "answers HTTP 400"),
        (422, b"topic\r\nunknown\x1b[31m", 'answers HTTP 422: "topic unknown'),
        (302, b"", "answers HTTP 302"),
    ],
)
def test_a_refusal_is_told_in_words(status: int, body: bytes, words: str) -> None:
    assert refusal(status, body).startswith(words)
    assert bool(refusal(status, body)) is bool(words)


# What a hub asks


def asked(subscription: Subscription, now: datetime = NOON, /, **changes: str) -> object:
    query = {"hub.mode": "subscribe", "hub.topic": FEED, "hub.challenge": "abc", "hub.lease_seconds": "3600"}
    query |= {f"hub.{name}": value for name, value in changes.items()}
    return answer(subscription, query, lease=10 * DAY, now=now)


def test_what_we_asked_for_is_confirmed() -> None:
    assert asked(a_subscription()) == Confirmed(challenge="abc", lease=HOUR)


def test_a_topic_with_other_escapes_is_the_same() -> None:
    assert isinstance(asked(a_subscription(), topic="https://news.example/%66eed.xml"), Confirmed)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"topic": "https://news.example/other.xml"}, id="another topic"),
        pytest.param({"mode": "unsubscribe"}, id="the end of it"),
        pytest.param({"mode": "publish"}, id="no mode of ours"),
        pytest.param({"mode": ""}, id="no mode"),
        pytest.param({"challenge": ""}, id="no challenge"),
        pytest.param({"challenge": "x" * 5_000}, id="a page as challenge"),
    ],
)
def test_what_we_did_not_ask_for_is_not_confirmed(changes: dict[str, str]) -> None:
    assert asked(a_subscription(), **changes) == NotOurs()


def test_before_we_asked_nothing_is_confirmed() -> None:
    assert asked(a_subscription(asked=None)) == NotOurs()


def test_a_day_after_we_asked_nothing_is_confirmed() -> None:
    assert asked(a_subscription(), NOON + DAY + MINUTE) == NotOurs()


def test_the_end_that_we_asked_for_is_confirmed_and_nothing_else() -> None:
    leaving = a_subscription(leaving=True)
    assert asked(leaving, mode="unsubscribe") == Ended(challenge="abc")
    assert asked(leaving, mode="subscribe") == NotOurs()


def test_a_denial_is_believed_with_its_reason_in_plain_text() -> None:
    assert asked(a_subscription(), mode="denied", reason="topic\x1b[2J gone") == Denied(reason="topic[2J gone")
    assert asked(a_subscription(), mode="denied") == Denied(reason="no reason given")


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [
        ("60", MINUTE),
        ("864000", 10 * DAY),
        ("99999999999", 30 * DAY),
        ("0", DAY),
        ("", DAY),
        ("-5", DAY),
        ("9" * 5_000, DAY),
        ("١٢", DAY),
    ],
)
def test_a_hub_decides_on_the_lease_within_reason(seconds: str, lease: timedelta) -> None:
    assert granted(seconds, asked=DAY) == lease


# When


@pytest.mark.parametrize("seed", range(20))
def test_a_lease_is_renewed_between_half_and_two_thirds_of_it(seed: int) -> None:
    assert 5 * DAY <= renewal_wait(10 * DAY, random.Random(seed)) <= 10 * DAY * 2 / 3


def test_a_hub_that_grants_seconds_is_not_asked_each_second() -> None:
    assert renewal_wait(timedelta(seconds=1), random.Random(1)) == 5 * MINUTE


def test_a_hub_that_does_not_confirm_is_asked_ever_more_rarely() -> None:
    rng = random.Random(1)
    assert 5 * MINUTE <= retry_wait(1, rng) <= 7 * MINUTE
    assert 40 * MINUTE <= retry_wait(4, rng) <= 50 * MINUTE
    assert DAY <= retry_wait(30, rng) <= 1.25 * DAY
    assert DAY <= retry_wait(10**9, rng) <= 1.25 * DAY


@pytest.mark.parametrize(
    ("wait", "safety"),
    [(2 * MINUTE, 8 * MINUTE), (15 * MINUTE, HOUR), (40 * MINUTE, HOUR), (3 * HOUR, 3 * HOUR)],
)
def test_with_pushes_polls_are_four_times_rarer_but_one_an_hour(wait: timedelta, safety: timedelta) -> None:
    assert safety_wait(wait) == safety


# Signatures


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512", "SHA256"])
def test_a_push_signed_with_the_secret_is_valid(method: str) -> None:
    digest = hmac.new(b"s3cret", b"<feed/>", getattr(hashlib, method.lower())).hexdigest()
    assert check_signature(Push(body=b"<feed/>", signature=f"{method}={digest}"), "s3cret") == "valid"
    assert check_signature(Push(body=b"<feed/>", signature=f" {method}={digest.upper()} "), "s3cret") == "valid"
    assert check_signature(Push(body=b"<feed />", signature=f"{method}={digest}"), "s3cret") == "wrong"
    assert check_signature(Push(body=b"<feed/>", signature=f"{method}={digest}"), "other") == "wrong"
    assert check_signature(Push(body=b"<feed/>", signature=f"{method}={digest[:-1]}"), "s3cret") == "wrong"


def test_a_push_without_a_signature_is_told_apart() -> None:
    assert check_signature(Push(body=b"<feed/>"), "s3cret") == "missing"


@pytest.mark.parametrize(
    "signature",
    [
        "md5=" + hmac.new(b"s3cret", b"x", hashlib.md5).hexdigest(),
        hmac.new(b"s3cret", b"x", hashlib.sha256).hexdigest(),
        "sha256=",
        "=",
        "sha256=é",
        "new=x",
        "__init__=x",
    ],
)
def test_no_other_method_is_taken(signature: str) -> None:
    assert check_signature(Push(body=b"x", signature=signature), "s3cret") == "wrong"


@pytest.mark.parametrize(
    ("push", "light"),
    [
        (Push(body=b""), True),
        (Push(body=b" \r\n"), True),
        (Push(body=b"\x1f\x8b", content_encoding="gzip"), True),
        (Push(body=b"<feed/>"), False),
        (Push(body=b"<feed/>", content_encoding="Identity"), False),
    ],
)
def test_a_push_without_a_document_only_says_that_there_is_news(push: Push, light: bool) -> None:
    assert push.is_light is light


def test_a_secret_is_not_shown() -> None:
    assert "s3cret" not in repr(a_subscription())
