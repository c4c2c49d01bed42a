from __future__ import annotations

import json
from typing import Any

from monitor.notify.notifier import Message, Run
from monitor.notify.slack import escape, marked, payload
from tests.support.alerts import (
    a_hostile_alert,
    a_message,
    a_report,
    a_source_message,
    an_alert,
    an_ops_message,
    an_update_message,
    snippet,
)

WORD = "\u200b"  # zero-width space: the word boundary that bold needs
RULE = "A foreign minister calls for a ceasefire"
LINK = "https://news.example.org/world/gaza?id=7&amp;page=1"
QUOTE = (
    ">Chinese Foreign Minister \u200b*Wang Yi*\u200b called on Tuesday for an immediate \u200b*ceasefire*\u200b in "
    "\u200b*Gaza*\u200b &amp; aid for all."
)
PUBLISHED = "<!date^1795521360^{date_short_pretty} {time}|24 Nov 2026, 11:56 UTC>"
LATER = "<!date^1795521840^{date_short_pretty} {time}|24 Nov 2026, 12:04 UTC>"


def texts(message: Message) -> list[str]:
    blocks: Any = payload(message)["blocks"]
    return [part["text"] for block in blocks for part in block.get("elements", [block.get("text")])]


def test_a_new_alert_as_blocks() -> None:
    assert texts(a_message()) == [
        f"*HIGH* · {RULE}\n*<{LINK}|Wang Yi urges immediate ceasefire in Gaza>*",
        f"Demo Wire · news.example.org · published {PUBLISHED}, 4 min before this alert",
        QUOTE,
        "found: Wang Yi, ceasefire, Gaza · 1 source so far · rule minister-ceasefire · alert 7q2kz4abcdef",
    ]


def test_what_is_no_news_has_no_age() -> None:
    assert texts(an_ops_message())[1] == "monitor · news.example.org"


def test_the_notification_text_says_the_headline_without_previews() -> None:
    document = payload(a_message())
    assert document["text"] == "[HIGH] Wang Yi urges immediate ceasefire in Gaza (Demo Wire)"
    assert document["unfurl_links"] is False
    assert document["unfurl_media"] is False


def test_a_hostile_alert_pings_nobody_and_forges_no_link() -> None:
    told = json.dumps(payload(a_message(a_hostile_alert())), ensure_ascii=False)
    assert "<!channel" not in told
    assert "<https://evil.example|Reuters" not in told
    assert "&lt;!channel&gt; &lt;https://evil.example|Reuters&gt;" in told
    assert "*bold*" not in told
    assert "\u202e" not in told


def test_the_only_markup_in_a_hostile_headline_is_ours() -> None:
    assert texts(a_message(a_hostile_alert()))[0] == (
        "*HIGH* · &lt;!channel&gt; &lt;https://evil.example|Reuters&gt; @everyone [click](https://evil.example) ∗bold∗ "
        "gnp.exe Bcc: x@y.z\n"
        "*<https://evil.example/a%7Cb%3Ec%3Cd%22e'f%20g|&lt;!channel&gt; &lt;https://evil.example|Reuters&gt; "
        "@everyone [click](https://evil.example) ∗bold∗ gnp.exe Bcc: x@y.z>*"
    )


def test_bare_addresses_and_names_are_not_turned_into_links() -> None:
    blocks: Any = payload(a_message(a_hostile_alert()))["blocks"]
    assert all(part["verbatim"] for block in blocks for part in block.get("elements", [block.get("text")]))


def test_no_text_is_longer_than_slack_accepts() -> None:
    long = snippet("&" * 230 + " ceasefire", "ceasefire")
    alert = an_alert(
        lead=a_report(title="&" * 300, url="https://a.example/" + "x" * 4000),
        why=(long, long, long),
        terms=("&" * 900,),
    )
    assert max(len(text) for text in texts(a_message(alert))) <= 3000


def test_an_address_that_is_too_long_is_left_out_but_its_host_stays() -> None:
    lines = texts(a_message(an_alert(lead=a_report(url="https://a.example/" + "x" * 4000))))
    assert lines[0].endswith("\n*Wang Yi urges immediate ceasefire in Gaza*")
    assert "a.example" in lines[1]


def test_a_further_source_names_the_alert_it_adds_to() -> None:
    assert texts(a_source_message())[:3] == [
        f"*+1 source* · {RULE}\n*<https://gazette.example.net/truce|China's top diplomat presses for truce>*",
        f"Gazette · gazette.example.net · published {LATER}, 1 min before this alert",
        "adds to: Wang Yi urges immediate ceasefire in Gaza",
    ]


def test_an_update_says_first_what_changed() -> None:
    told = texts(an_update_message())
    assert told[0] == (
        f"*UPDATE* · {RULE}\n*figures: 12 → 17, 2,300 → 3,200*\n*it is marked as a correction*\n"
        "*the headline now denies*\n*severity: low → high*\n"
        "*<https://gazette.example.net/corrected|CORRECTED-Wang Yi denies call for ceasefire in Gaza>*"
    )
    assert told[2] == "was: Wang Yi urges immediate ceasefire in Gaza"


def test_a_note_is_shown() -> None:
    assert "Note: a test of this channel, not news" in texts(a_message(an_alert(drill=True)))


def test_chinese_words_can_be_bold_too() -> None:
    runs = (Run("外长"), Run("王毅", marked=True), Run("呼吁"))
    assert marked(runs) == f"外长{WORD}*王毅*{WORD}呼吁"


def test_underscores_inside_words_stay() -> None:
    assert escape("snake_case and _not italic_") == "snake_case and ˍnot italicˍ"
