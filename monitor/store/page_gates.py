"""How hosts take it when we ask for articles' pages: whose are left alone and until when, and which texts repeat.

Apart from the gates of feeds: a host that refuses its articles still gives its feeds, and they must not starve.
"""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from monitor.store.connect import Connection
from monitor.store.keys import GATE_LIFETIME, Keys, digest
from monitor.store.scripts import Scripts

FIRST_WAIT = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=6)
LEAST_ASKED = timedelta(minutes=1)  # a Retry-After of nothing beside a refusal is no invitation
FINDING_OUT = timedelta(minutes=1)  # for one request: longer than it may take
MOST_ADDRESSES = 3  # with the same text: it is the site's, not an article's
MOST_TEXTS = 120  # of a host: up to 128 fields the server keeps a hash packed


class Knock(NamedTuple):
    """Whether a page may be asked for: how long not, and how often the host refused its pages in a row before."""

    wait: timedelta
    refusals: int


class PageGates:
    """Gates before the pages of hosts, and the short texts that stand on them, for all daemons of a workspace."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._scripts = Scripts(connection, keys)

    async def knock(self, host: str) -> Knock:
        """Ask whether a page of a host may be fetched; when a wait is over, one caller is told to go and find out."""
        wait, refusals = await self._scripts.knock(host, finding_out=FINDING_OUT)
        return Knock(wait, refusals)

    async def shut(self, host: str, asked: timedelta | None = None, *, patience: int = 1) -> timedelta:
        """Leave a host's pages alone after a refusal, for as long as it asks or longer each time; return how long.

        Unless the host asks, that begins with so many refusals in a row as there is patience; before, zero is returned.
        """
        wait = min(max(asked, LEAST_ASKED), GATE_LIFETIME) if asked is not None else timedelta(0)
        return await self._scripts.shut_pages(
            host, asked=wait, first=FIRST_WAIT, longest=LONGEST_WAIT, patience=patience
        )

    async def open(self, host: str) -> None:
        """Forget the refusals of a host: it gave a page."""
        await self._connection.call("DEL", self._keys.page_gate(host))

    async def is_repeated(self, host: str, *, text: str, address: str) -> bool:
        """Note a short text of a page, given by its digest, and return whether three addresses of its host have it."""
        addresses = await self._scripts.note_text(
            host, text=text, address=digest(address)[:8], kept=MOST_ADDRESSES, most_texts=MOST_TEXTS
        )
        return addresses >= MOST_ADDRESSES
