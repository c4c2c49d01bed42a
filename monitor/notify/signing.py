"""Signatures of outgoing webhooks, as the Standard Webhooks specification 1.0 wants them. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from datetime import datetime

_PREFIX = "whsec_"


def signing_key(secret: str) -> bytes:
    """Return the key bytes of a secret: base64 after "whsec_", or any other text as it stands.

    Raises:
        ValueError: the secret is empty, or is not base64 after the prefix.
    """
    if not secret.startswith(_PREFIX):
        key = secret.encode()
    else:
        encoded = secret.removeprefix(_PREFIX)
        try:
            key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except binascii.Error:
            raise ValueError(
                'is not base64 after "whsec_"; make one with: echo whsec_$(openssl rand -base64 32)'
            ) from None
    if not key:
        raise ValueError("is empty; make one with: echo whsec_$(openssl rand -base64 32)")
    return key


def signed_headers(key: bytes, *, id: str, at: datetime, body: bytes) -> dict[str, str]:  # noqa: A002 - their word
    """Return webhook-id, webhook-timestamp and webhook-signature for `body` sent at `at`.

    The signature covers id and time, so that a recorded request can neither be altered nor replayed later.
    """
    timestamp = str(int(at.timestamp()))
    content = f"{id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": f"v1,{signature}"}
