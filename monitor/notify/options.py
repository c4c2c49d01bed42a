"""Types that options of several notifiers share. Messages never show the value: it may be a secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, SecretStr


class PlainAllowed:
    """Marks a SecretStr option that may also stand in the file as it is, because it often is no secret."""


def _web_address(value: SecretStr) -> SecretStr:
    try:
        parts = urlsplit(value.get_secret_value())
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("is not a web address; write https://host/path")
    if "@" in parts.netloc:
        raise ValueError("holds a user name; send credentials by the option headers instead")
    return value


WebAddress = Annotated[SecretStr, AfterValidator(_web_address)]
"""An http or https address that is a password in itself, as Slack's are: by env:NAME or file:PATH only."""

PlainWebAddress = Annotated[SecretStr, AfterValidator(_web_address), PlainAllowed()]
"""An http or https address that may stand in the file, or come by env:NAME or file:PATH."""


def _zone(value: object) -> ZoneInfo | None:
    if value is None or isinstance(value, ZoneInfo):
        return value
    if not isinstance(value, str):
        raise ValueError("is not a time zone; write local, UTC or a name like Europe/Berlin")
    if value == "local":
        return None
    try:
        return ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a known time zone; write local, UTC or a name like Europe/Berlin") from None


Zone = Annotated[ZoneInfo | None, BeforeValidator(_zone)]
"""Where the reader's clock stands; None = that of this machine."""


def one_or_more(value: object) -> object:
    """Return a single value as a list of one, so that both forms may be written; lists pass."""
    return [value] if isinstance(value, str | int | Mapping) else value
