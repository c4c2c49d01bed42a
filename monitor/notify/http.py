"""One POST for all notifiers that speak HTTP: through the guarded client, never redirected, answered by an Outcome."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote, urlsplit

from monitor.errors import FetchRefused, FetchTransient
from monitor.fetch.caching import retry_after
from monitor.notify.notifier import Outcome, Permanent, Tools, Transient, classify
from monitor.text import clean_line

_SHORTEST_SECRET = 6  # characters; shorter words of an address (hook, api, v1) protect nothing
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
    said = ""
    if not 200 <= answer.status < 300:
        secrets = _secrets(url, (headers or {}).values())
        said = _said(answer.headers.get("Content-Type", ""), answer.body, secrets=secrets)
    return classify(answer.status, retry_after(answer.headers, tools.clock.now()), said=said)


def encode(document: Mapping[str, object]) -> bytes:
    """Return a JSON document as compact UTF-8."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _secrets(url: str, headers: Iterable[str]) -> list[str]:
    """Return what a refusal must not repeat into our logs: the parts of address and headers that may be passwords."""
    parts = urlsplit(url)
    words = [*re.split(r"[/?&=]", f"{parts.path}?{parts.query}"), *(word for text in headers for word in text.split())]
    words += [unquote(word) for word in words]
    return sorted({word for word in words if len(word) >= _SHORTEST_SECRET}, key=len, reverse=True)


def _said(content_type: str, body: bytes, *, secrets: Iterable[str]) -> str:
    """Return the start of a refusal in one line; a page of HTML explains nothing in a log."""
    if "html" in content_type.lower():
        return ""
    text = body[: 40 * _SAID_LIMIT].decode("utf-8", "replace")
    for secret in secrets:  # before it is shortened: half a secret would not be found
        text = text.replace(secret, "…")
    return clean_line(text[: 4 * _SAID_LIMIT], _SAID_LIMIT)
