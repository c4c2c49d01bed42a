"""Which feeds a verb means: addresses, keys or files from the command line, or all that are listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from monitor.errors import Location, Problem
from monitor.model import Feed

if TYPE_CHECKING:
    from monitor.config.feed_list import Listed
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
    """Return the feeds for addresses, keys, or lists and folders of them; all listed feeds without any.

    Of lists that are named all feeds count, those that are switched off too: they are checked before somebody needs
    them.

    Raises:
        ConfigError: no word is given or one is a list, and a list has errors.
        typer.BadParameter: a word is neither an http(s) address nor the key of a listed feed nor a list.
    """
    from monitor.config.feed_list import read_listed

    if not words:
        return list(listed_feeds(settings))
    # An address can be tried while the lists are being edited: what is wrong with them does not matter here.
    listed, _ = read_listed(settings.feeds)
    known = {name: one.feed for one in reversed(listed) for name in (one.feed.key, one.feed.url)}
    chosen = {feed.key: feed for word in words for feed in _feeds_meant(word, known)}
    return list(chosen.values())


def _feeds_meant(word: str, known: dict[str, Feed]) -> Iterator[Feed]:
    if word in known:
        yield known[word]
    elif _is_list(word):
        from monitor.config.expect import insist
        from monitor.config.feed_list import read_listed

        listed, problems = read_listed([Path(word)])
        insist(problems)
        yield from (one.feed for one in listed)
    else:
        address = typed_address(word)
        yield known.get(address) or unlisted_feed(address)


def _is_list(word: str) -> bool:
    from monitor.config.feed_list import OPML_SUFFIXES, YAML_SUFFIXES

    path = Path(word)
    return "://" not in word and (path.suffix.lower() in (*YAML_SUFFIXES, *OPML_SUFFIXES) or path.is_dir())


def find_listed(word: str, settings: Settings) -> Listed:
    """Return the listed feed with a key or an address; one that is not switched off before others.

    Raises:
        typer.BadParameter: there is none.
    """
    from monitor.config.feed_list import read_listed
    from monitor.config.spelling import did_you_mean, quoted

    listed, _ = read_listed(settings.feeds)
    by_choice = sorted(listed, key=lambda one: not one.enabled)
    for one in by_choice:
        if word in (one.feed.key, one.feed.url):
            return one
    if word.startswith(("http://", "https://")):
        address = typed_address(word)
        for one in by_choice:
            if one.feed.url == address:
                return one
    hint = did_you_mean(word, [one.feed.key for one in listed]) if listed else "no feeds are listed"
    raise typer.BadParameter(f"{quoted(word)} is not the key or the address of a listed feed; {hint}", param_hint="KEY")


def unlisted_feed(address: str) -> Feed:
    """Return a feed for a checked address that is in no list."""
    from monitor.config.feed_list import feed_key

    return Feed(key=feed_key(address), url=address)


def typed_address(word: str, *, bare_host: bool = False) -> str:
    """Return an address as lists have it; `bare_host` takes bbc.com for https://bbc.com.

    Raises:
        typer.BadParameter: it is none.
    """
    from monitor.config.feed_list import feed_address
    from monitor.config.spelling import quoted

    if bare_host and "://" not in word and "." in word.split("/", 1)[0]:
        word = f"https://{word}"
    if not word.lower().startswith(("http://", "https://")):
        raise typer.BadParameter(
            f"{quoted(word)} is neither a web address nor the key of a listed feed; an address begins with https:// or "
            "http://, and `monitor feeds list` shows the keys",
            param_hint="URL",
        )
    address = feed_address(word, at=Location("URL"))
    if isinstance(address, Problem):
        raise typer.BadParameter(f"{address.message}; {address.hint}", param_hint="URL")
    return address
