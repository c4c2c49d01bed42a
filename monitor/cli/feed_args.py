"""Which feeds a verb means: addresses or keys from the command line, or all that are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from monitor.model import Feed, FeedKey

if TYPE_CHECKING:
    from monitor.daemon.files import Files


def feeds_to_check(addresses: Sequence[str] | None, files: Files) -> list[Feed]:
    """Return the feeds for addresses or keys; all listed feeds without any.

    Raises:
        typer.BadParameter: neither an http(s) address nor the key of a listed feed.
    """
    from monitor.config.feed_list import feed_key

    if not addresses:
        return list(files.feeds.values())
    by_url = {feed.url: feed for feed in files.feeds.values()}
    feeds = []
    for address in addresses:
        listed = files.feeds.get(FeedKey(address)) or by_url.get(address)
        if listed is None and not address.startswith(("http://", "https://")):
            raise typer.BadParameter(f"{address!r} is neither an http(s) address nor the key of a listed feed")
        feeds.append(listed or Feed(key=feed_key(address), url=address))
    return feeds
