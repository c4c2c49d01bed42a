"""Which feeds a verb means: addresses or keys from the command line, or all that are listed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

from monitor.errors import Location, Problem
from monitor.model import Feed

if TYPE_CHECKING:
    from monitor.config.settings import Settings


def listed_feeds(settings: Settings) -> tuple[Feed, ...]:
    """Return the feeds of the lists.

    Raises:
        ConfigError: a list has errors.
    """
    from monitor.config.expect import insist
    from monitor.config.feed_list import read_feed_lists

    feeds, problems = read_feed_lists(settings.feeds)
    insist(problems)
    return feeds


def feeds_to_check(words: Sequence[str] | None, settings: Settings) -> list[Feed]:
    """Return the feeds for addresses or keys; all listed feeds without any.

    Raises:
        ConfigError: no word is given, and a list has errors.
        typer.BadParameter: a word is neither an http(s) address nor the key of a listed feed.
    """
    from monitor.config.feed_list import read_feed_lists

    if not words:
        return list(listed_feeds(settings))
    # An address can be tried while the lists are being edited: what is wrong with them does not matter here.
    feeds, _ = read_feed_lists(settings.feeds)
    known = {name: feed for feed in feeds for name in (feed.key, feed.url)}
    return [known.get(word) or _unlisted_feed(word) for word in words]


def _unlisted_feed(word: str) -> Feed:
    from monitor.config.feed_list import feed_address, feed_key
    from monitor.config.spelling import quoted

    if not word.startswith(("http://", "https://")):
        raise typer.BadParameter(
            f"{quoted(word)} is neither a web address nor the key of a listed feed; an address begins with https:// or "
            "http://, and `monitor feeds list` shows the keys",
            param_hint="URL",
        )
    address = feed_address(word, at=Location("URL"))
    if isinstance(address, Problem):
        raise typer.BadParameter(f"{address.message}; {address.hint}", param_hint="URL")
    return Feed(key=feed_key(address), url=address)
