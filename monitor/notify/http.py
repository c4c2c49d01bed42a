"""One POST for all notifiers that speak HTTP: through the guarded client, never redirected, answered by an Outcome."""

from __future__ import annotations

import json
from collections.abc import Mapping

from monitor.errors import FetchRefused, FetchTransient
from monitor.fetch.caching import retry_after
from monitor.notify.notifier import Outcome, Permanent, Tools, Transient, classify
from monitor.text import clean_line

_SAID_LIMIT = 120  # characters of a refusal that are worth a line in the delivery log


async def post(tools: Tools, url: str, *, body: bytes, headers: Mapping[str, str] | None = None) -> Outcome:
    """Return what became of a POST of JSON `body` to `url`. Never raises for what the network or the receiver does."""
    sent = {"Content-Type": "application/json", **(headers or {})}
    try:
        answer = await tools.fetcher.post(url, body=body, headers=sent)
    except FetchTransient as error:
        return Transient(str(error))
    except FetchRefused as error:
        return Permanent(str(error))
    said = "" if 200 <= answer.status < 300 else _said(answer.headers.get("Content-Type", ""), answer.body)
    return classify(answer.status, retry_after(answer.headers, tools.clock.now()), said=said)


def encode(document: Mapping[str, object]) -> bytes:
    """Return a JSON document as compact UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _said(content_type: str, body: bytes) -> str:
    """Return the start of a refusal in one line; a page of HTML explains nothing in a log."""
    if "html" in content_type.lower():
        return ""
    return clean_line(body[: 4 * _SAID_LIMIT].decode("utf-8", "replace"), _SAID_LIMIT)
