from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from monitor.notify.http import encode
from monitor.notify.webhook import WebhookOptions, document
from tests.support.alerts import (
    CREATED,
    a_hostile_alert,
    a_message,
    a_report,
    a_source_message,
    an_alert,
    an_update_message,
)

SENTENCE = "Chinese Foreign Minister Wang Yi called on Tuesday for an immediate ceasefire in Gaza & aid for all."
URL = "https://example.org/hook"


def test_a_new_alert_as_json() -> None:
    assert document(a_message(), at=CREATED) == {
        "type": "alert.new",
        "timestamp": "2026-11-24T12:00:00Z",
        "data": {
            "delivery": "7q2kz4abcdef:desk:new",
            "channel": "desk",
            "alert": "7q2kz4abcdef",
            "story": "0123456789abcdef",
            "created": "2026-11-24T12:00:00Z",
            "severity": "high",
            "rule": {"id": "minister-ceasefire", "title": "A foreign minister calls for a ceasefire", "version": "v1"},
            "labels": {"desk": "mideast"},
            "headline": "Wang Yi urges immediate ceasefire in Gaza",
            "article": {
                "id": "0123456789abcdef",
                "title": "Wang Yi urges immediate ceasefire in Gaza",
                "url": "https://news.example.org/world/gaza?id=7&page=1",
                "source": "Demo Wire",
                "site": "example.org",
                "published": "2026-11-24T11:56:00Z",
                "seen": "2026-11-24T11:59:58Z",
            },
            "language": "en",
            "status": "full",
            "sources": 1,
            "added": 1,
            "changes": [],
            "terms": ["Wang Yi", "ceasefire", "Gaza"],
            "why": [
                {
                    "field": "title",
                    "text": "Wang Yi urges immediate ceasefire in Gaza",
                    "marks": [[0, 7], [24, 33], [37, 41]],
                },
                {
                    "field": "text",
                    "text": SENTENCE,
                    "marks": [[25, 32], [68, 77], [81, 85]],
                },
            ],
            "notes": [],
            "drill": False,
        },
    }


def test_a_further_source_has_its_own_type_and_article() -> None:
    told: Any = document(a_source_message(), at=CREATED)
    assert told["type"] == "alert.source"
    assert told["data"]["article"]["site"] == "example.net"
    assert told["data"]["sources"] == 2
    assert told["data"]["alert"] == "7q2kz4abcdef"


def test_an_update_lists_what_changed() -> None:
    told: Any = document(an_update_message(), at=CREATED)
    assert told["type"] == "alert.update"
    assert told["data"]["article"]["id"] == "aaaaaaaaaaaaaaaa"
    assert told["data"]["changes"] == [
        {"kind": "figures", "before": ["12"], "after": ["17"]},
        {"kind": "figures", "before": ["2,300"], "after": ["3,200"]},
        {"kind": "correction", "before": [], "after": ["correction"]},
        {"kind": "denial", "before": [], "after": ["denies"]},
        {"kind": "severity", "before": ["low"], "after": ["high"]},
    ]


def test_a_drill_is_told_apart_by_type_and_flag() -> None:
    told: Any = document(a_message(an_alert(drill=True)), at=CREATED)
    assert (told["type"], told["data"]["drill"]) == ("alert.drill", True)


def test_an_unknown_date_is_null() -> None:
    told: Any = document(a_message(an_alert(lead=a_report(published=None))), at=CREATED)
    assert told["data"]["article"]["published"] is None


def test_a_hostile_alert_stays_one_json_document() -> None:
    told: Any = document(a_message(a_hostile_alert()), at=CREATED)
    again = json.loads(encode(told))
    assert again == told
    assert "\n" not in encode(told).decode()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"url": "ftp://a.example/"}, "is not a web address", id="only http and https"),
        pytest.param({"url": "https://"}, "is not a web address", id="a host is needed"),
        pytest.param({"url": "https://me:pw@a.example/"}, "holds a user name", id="credentials go into headers"),
        pytest.param({"url": URL, "secret": "whsec_?"}, "is not base64", id="a secret must be a key"),
        pytest.param({"url": URL, "headers": {"a b": "x"}}, "is not a header name", id="header names have no spaces"),
        pytest.param(
            {"url": URL, "headers": {"X": "a\r\nb: c"}}, "cannot carry", id="header values have no line breaks"
        ),
        pytest.param({"url": URL, "headers": {"Webhook-Id": "1"}}, "set by the notifier", id="our headers are ours"),
        pytest.param({"url": URL, "sekret": "x"}, "Extra inputs", id="unknown options are refused"),
    ],
)
def test_options_that_cannot_work_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        WebhookOptions.model_validate(options)


def test_secrets_show_neither_in_repr_nor_in_errors() -> None:
    options = WebhookOptions(url=SecretStr("https://example.org/T0PS3CRET"), secret=SecretStr("T0PS3CRET"))
    assert "T0PS3CRET" not in repr(options)
    with pytest.raises(ValidationError) as error:
        WebhookOptions.model_validate({"url": URL, "secret": SecretStr("whsec_T0PS3CRET?")})
    assert "T0PS3CRET" not in str(error.value)
