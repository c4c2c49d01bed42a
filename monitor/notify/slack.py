"""Alerts in a Slack channel, through an incoming webhook.

Everything foreign is escaped: no headline can ping a channel, forge a link or change the formatting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from monitor.notify.compose import field_words, moment, sources_words, span_words
from monitor.notify.http import encode, post
from monitor.notify.notifier import Excerpt, Message, Outcome, Run, Tools
from monitor.notify.options import WebAddress

SECTION_LIMIT = 2_900  # Slack refuses the whole message when a text has more than 3000 characters
LINK_LIMIT = 1_500

# Slack has no escape for its own formatting characters, so foreign ones become letters that look the same.
_LOOKALIKES = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ITALIC = re.compile(r"(?<!\w)_|_(?!\w)")


class SlackOptions(BaseModel):
    """Options of a slack channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: WebAddress = Field(description="The incoming webhook's address. It is a password: env:NAME or file:PATH.")


class SlackNotifier:
    """Posts one message for each alert."""

    kind: ClassVar[str] = "slack"
    Options: ClassVar[type[BaseModel]] = SlackOptions
    follows_sources: ClassVar[bool] = False
    max_in_flight: ClassVar[int] = 1  # Slack allows one message a second and webhook

    def __init__(self, options: SlackOptions, tools: Tools) -> None:
        self._url = options.url.get_secret_value()
        self._tools = tools

    async def send(self, message: Message) -> Outcome:
        """Post `message`. Slack cannot recognise a repetition: an accepted post whose answer is lost comes twice."""
        return await post(self._tools, self._url, body=encode(payload(message)))

    async def close(self) -> None:
        """Nothing to let go: the HTTP client is shared."""


def payload(message: Message) -> dict[str, object]:
    """Return the request's document: blocks for the channel, `text` for notifications and screen readers."""
    changed = "".join(f"\n*{escape(change)}*" for change in message.changed)
    blocks = [_section(f"*{escape(message.label)}* · {escape(message.rule)}{changed}\n{_linked_headline(message)}")]
    blocks.append(_context(_facts(message)))
    if message.kind == "source":
        blocks.append(_context(f"adds to: {escape(message.first_headline)}"))
    if message.kind == "update":
        blocks.append(_context(f"was: {escape(message.first_headline)}"))
    quotes = _within(SECTION_LIMIT, (_quote(excerpt) for excerpt in message.excerpts if not excerpt.in_headline))
    if quotes:
        blocks.append(_section(quotes))
    blocks += [_context(f"Note: {escape(note)}") for note in message.notes]
    found = f"found: {escape(', '.join(message.terms))} · " if message.terms else ""
    blocks.append(
        _context(
            f"{found}{sources_words(message)} · rule {escape(message.alert.rule)} · alert {escape(message.alert.id)}"
        )
    )
    return {"text": escape(message.subject), "blocks": blocks, "unfurl_links": False, "unfurl_media": False}


def escape(text: str) -> str:
    """Return foreign text so that Slack shows it as it is."""
    return _ITALIC.sub("ˍ", text.translate(_LOOKALIKES))


def marked(runs: Iterable[Run]) -> str:
    """Return the runs with the matched words in bold."""
    # Bold needs a word boundary on both sides, which a zero-width space gives inside words and in Chinese.
    return "".join(f"\u200b*{escape(run.text.strip())}*\u200b" if run.marked else escape(run.text) for run in runs)


def _linked_headline(message: Message) -> str:
    headline = escape(message.headline)
    if not message.link or len(message.link) > LINK_LIMIT:
        return f"*{headline}*"
    return f"*<{message.link.replace('&', '&amp;')}|{headline}>*"


def _facts(message: Message) -> str:
    facts = [escape(message.source)]
    if message.host and message.host != message.source:
        facts.append(escape(message.host))
    if not message.is_news:
        return " · ".join(facts)
    if message.published is None or message.age is None:
        facts.append("no date given")
    else:
        facts.append(f"published {_reader_time(message.published)}, {span_words(message.age)} before this alert")
    return " · ".join(facts)


def _reader_time(at: datetime) -> str:
    """Return a time that Slack shows on each reader's own clock."""
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{moment(at, UTC)}>"


def _quote(excerpt: Excerpt) -> str:
    return f">{field_words(excerpt)}{marked(excerpt.runs)}"


def _within(limit: int, lines: Iterable[str]) -> str:
    """Return as many whole lines as fit."""
    text = ""
    for line in lines:
        if len(text) + len(line) + 1 > limit:
            break
        text = f"{text}\n{line}" if text else line
    return text


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": _mrkdwn(text)}


def _context(text: str) -> dict[str, object]:
    return {"type": "context", "elements": [_mrkdwn(text[:SECTION_LIMIT])]}


def _mrkdwn(text: str) -> dict[str, object]:
    # verbatim: Slack must not turn bare addresses, #names and @names into links and pings.
    return {"type": "mrkdwn", "text": text, "verbatim": True}
