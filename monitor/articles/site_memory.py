"""On which sites the fast way to an article's text has proven right: there its pages need no third opinion. No IO."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

from monitor.urls import host_key

PROVEN = 5  # confirmations in a row after which a site is trusted
CHECK_EVERY = 10  # of a trusted site's pages one in so many is checked again: layouts change
MOST_SITES = 10_000  # remembered, those used last: some hundred bytes each


@dataclass(frozen=True, slots=True)
class SiteRecord:
    """What is known of one site."""

    confirmed: int = 0  # pages in a row
    unchecked: int = 0  # pages read on trust since the last check

    @property
    def is_trusted(self) -> bool:
        """Whether the next page is read on trust."""
        return self.confirmed >= PROVEN and self.unchecked < CHECK_EVERY - 1


def after_page(record: SiteRecord, *, trusted: bool, confirmed: bool | None) -> SiteRecord:
    """Return what is known after a page.

    Args:
        record: before.
        trusted: whether it was read on trust.
        confirmed: whether another extractor found the same; False starts all anew, None says nothing.
    """
    if confirmed is False:
        return SiteRecord()
    if trusted:
        return replace(record, unchecked=record.unchecked + 1)
    # A check that is due stays due until another extractor was really asked: most pages need none.
    return SiteRecord(confirmed=record.confirmed + 1) if confirmed else record


class SiteMemory:
    """The records of this process's sites, by host and port of their pages."""

    def __init__(self, most: int = MOST_SITES) -> None:
        self._most = most
        self._records: OrderedDict[str, SiteRecord] = OrderedDict()

    def trusts(self, url: str) -> bool:
        """Return whether the page at an address is read on trust."""
        return self._records.get(host_key(url), SiteRecord()).is_trusted

    def learn(self, url: str, *, trusted: bool, confirmed: bool | None) -> None:
        """Take in how the reading of a page went, see `after_page`."""
        host = host_key(url)
        before = self._records.pop(host, SiteRecord())
        after = after_page(before, trusted=trusted, confirmed=confirmed)
        if host and after != SiteRecord():
            self._records[host] = after
            if len(self._records) > self._most:
                self._records.popitem(last=False)
