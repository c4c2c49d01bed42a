"""Alerts as signed JSON to any program: Standard Webhooks (standardwebhooks.com). The body: docs/channels.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from monitor.model import Report
from monitor.notify.http import encode, post
from monitor.notify.notifier import Excerpt, Message, Outcome, Tools
from monitor.notify.options import PlainWebAddress
from monitor.notify.signing import signed_headers, signing_key

_OURS = frozenset({"content-type", "content-length", "host", "transfer-encoding", "connection"})


class WebhookOptions(BaseModel):
    """Options of a webhook channel."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: PlainWebAddress = Field(description="Where to POST; the answer must be 2xx. Redirects are not followed.")
    secret: SecretStr | None = Field(
        None, description="Signs each request: whsec_ and base64, or any text. Without it requests are not signed."
    )
    headers: Mapping[str, SecretStr] = Field(
        default_factory=dict, description="More request headers, such as Authorization; values by env: or file:."
    )
    follow_sources: bool = Field(default=False, description="Also send alert.source when more sites tell the story.")

    @field_validator("secret")
    @classmethod
    def _usable_key(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            signing_key(value.get_secret_value())
        return value

    @field_validator("headers")
    @classmethod
    def _usable_headers(cls, value: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, content in value.items():
            text = content.get_secret_value()
            if not name or not name.isascii() or not name.replace("-", "").replace("_", "").isalnum():
                raise ValueError(f"{name!r} is not a header name")
            if name.lower() in _OURS or name.lower().startswith("webhook-"):
                raise ValueError(f"{name} is set by the notifier itself")
            if not text.isascii() or not text.isprintable():
                raise ValueError(f"the value of {name} holds characters that a header cannot carry")
        return value


class WebhookNotifier:
    """Posts one JSON document for each message."""

    kind: ClassVar[str] = "webhook"
    Options: ClassVar[type[BaseModel]] = WebhookOptions
    follows_sources: ClassVar[bool] = False
    max_in_flight: ClassVar[int] = 4

    def __init__(self, options: WebhookOptions, tools: Tools) -> None:
        self._url = options.url.get_secret_value()
        self._key = signing_key(options.secret.get_secret_value()) if options.secret else None
        self._headers = {name: value.get_secret_value() for name, value in options.headers.items()}
        self._tools = tools

    async def send(self, message: Message) -> Outcome:
        """Post `message`; webhook-id stays the same over all attempts, so receivers can drop repetitions."""
        now = self._tools.clock.now()
        body = encode(document(message, at=now))
        headers = {**self._headers, "webhook-id": message.id, "webhook-timestamp": str(int(now.timestamp()))}
        if self._key:
            headers |= signed_headers(self._key, id=message.id, at=now, body=body)
        return await post(self._tools, self._url, body=body, headers=headers)

    async def close(self) -> None:
        """Nothing to let go: the HTTP client is shared."""


def document(message: Message, *, at: datetime) -> dict[str, object]:
    """Return the JSON document for `message`, sent `at`. Fields are only ever added (docs/channels.md)."""
    alert = message.alert
    return {
        "type": f"alert.{message.kind}",
        "timestamp": _iso(at),
        "data": {
            "delivery": message.id,
            "channel": message.channel,
            "alert": alert.id,
            "story": alert.story,
            "created": _iso(alert.created),
            "severity": alert.severity.value,
            "rule": {"id": alert.rule, "title": message.rule, "version": alert.rule_version},
            "labels": dict(alert.labels),
            "headline": message.headline,
            "article": _report(message.report, message),
            "language": alert.language,
            "status": alert.status.value,
            "sources": message.sources,
            "added": message.added,
            "changes": [
                {"kind": change.kind, "before": list(change.before), "after": list(change.after)}
                for change in message.changes
            ],
            "terms": list(message.terms),
            "why": [_excerpt(excerpt) for excerpt in message.excerpts],
            "notes": list(message.notes),
            "drill": message.kind == "drill",
        },
    }


def _report(report: Report, message: Message) -> dict[str, object]:
    return {
        "id": report.article,
        "title": message.headline,
        "url": message.link,
        "source": message.source,
        "site": report.site,
        "published": _iso(report.published),
        "seen": _iso(report.seen),
    }


def _excerpt(excerpt: Excerpt) -> dict[str, object]:
    """Return the sentence and where in it, in characters, the matched words stand."""
    text, marks = "", []
    for run in excerpt.runs:
        if run.marked:
            marks.append([len(text), len(text) + len(run.text)])
        text += run.text
    return {"field": excerpt.field, "text": text, "marks": marks}


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None
