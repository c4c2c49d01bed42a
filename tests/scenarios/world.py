"""A small world around one daemon: a news site, a webhook receiver, a mail server, rules and settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.support.daemon import write_settings
from tests.support.news import NewsSite
from tests.support.publisher import Publisher
from tests.support.receivers import Hook, Mailbox

RULES = """
rules:
  - id: ceasefire
    title: Somebody speaks of a ceasefire
    severity: high
    when: {any: [ceasefire, truce]}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a scenario plays with."""

    folder: Path
    publisher: Publisher
    site: NewsSite
    hook: Hook
    mailbox: Mailbox

    def list_feeds(self, *urls: str) -> None:
        """Write the feed list; every feed is asked each second."""
        feeds = [{"url": url, "interval": "1s"} for url in urls]
        (self.folder / "seeds" / "feeds.yaml").write_text(yaml.safe_dump({"feeds": feeds}))

    def write_rules(self, text: str) -> None:
        """Write the one rule file."""
        (self.folder / "rules" / "rules.yaml").write_text(text)


def channels(hook: Hook, mailbox: Mailbox) -> dict[str, dict[str, object]]:
    """Return the channels of a world, as monitor.yaml has them."""
    server = {"host": "127.0.0.1", "port": mailbox.port, "security": "none"}
    return {
        "hook": {"type": "webhook", "url": hook.url},
        "mail": {"type": "email", "to": ["desk@example.org"], "from": "monitor@example.org", "smtp": server},
    }


@asynccontextmanager
async def open_world(
    folder: Path,
    *,
    make_hook: Callable[[Publisher], Hook] = Hook,
    make_mailbox: Callable[[], Mailbox] = Mailbox,
    **settings: object,
) -> AsyncIterator[World]:
    """Open a world whose files are complete; the daemon is not started. `settings` are sections of monitor.yaml."""
    async with Publisher() as publisher, Publisher() as receiver, make_mailbox() as mailbox:
        site, hook = NewsSite(publisher), make_hook(receiver)
        sections: dict[str, object] = {
            "poll": {"min_interval": "1s"},
            "delivery": {"base_delay": "1s", "max_delay": "1s"},
            "channels": channels(hook, mailbox),
            "routes": [{"channels": ["hook", "mail"]}],
        }
        write_settings(folder, **{**sections, **settings})
        world = World(folder=folder, publisher=publisher, site=site, hook=hook, mailbox=mailbox)
        world.list_feeds(site.feed_url)
        world.write_rules(RULES)
        yield world
