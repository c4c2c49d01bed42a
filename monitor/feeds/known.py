"""What a poll brought against what is remembered: which entries are new, which have changed, which are known. Pure.

When in doubt an entry is new: that costs one more look, and the other way an alert would be lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from monitor.feeds.content import content_digest
from monitor.feeds.identity import is_by_title, is_weak
from monitor.model import Entry, Mark

# A feed whose entries are nearly all unknown at once, while the titles are known, has got new guids.
FLOOD, FLOOD_SHARE, TITLES_SHARE = 5, 0.8, 0.5
# An entry whose text changes is looked at again after 2 minutes, then after 6, 18, 54 … : six times in the first half
# day, then daily, until it was quiet for two days. News grows fast at first, and a page that changes with every poll is
# not to be fetched with each.
FIRST_PAUSE, PAUSE_FACTOR, LONGEST_PAUSE = timedelta(minutes=2), 3.0, timedelta(days=1)
# Further keys of a known entry are noted so many times: links that change with every request would fill the store.
MOST_REKEYED = 8
# Of a feed's first document so many entries count as news whose age is not known: those of the last day or two.
FIRST_UNDATED = 10
ONE_DATE = 5  # entries, all with the same date: the document's, not theirs
# Clocks of publishers are fast by a little, and time zones are mistaken; who is further ahead announces events.
CLOCK_SKEW, MOST_AHEAD = timedelta(minutes=5), timedelta(days=1)
# A page that grows by itself is looked at again after this time though its entry says the same. The mark says so in
# place of the digest of what the entry said.
GROWING, GROWING_PAUSE = "grows", timedelta(minutes=10)
LONGEST_DELAY = timedelta(days=1)  # entries with older dates were not late, but dated back

_MOST = 15  # what a mark's counter holds
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry with its keys, and the mark that stands for it once it is processed."""

    entry: Entry
    keys: tuple[str, ...]
    mark: Mark
    grew: bool = False  # it was marked as one whose page grows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An entry against what is remembered."""

    offer: Offer
    mark: Mark | None  # of this very entry
    told: Mark | None  # of an entry with the same title that says the same, or was there when the title was marked
    is_named: bool  # it came under the same name before: its guid, its link, or whatever it has instead
    is_complete: bool  # all its keys are marked


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorted:
    """The entries of a poll by what is to be done with them. What is in none of these needs nothing."""

    new: tuple[Offer, ...] = ()
    updated: tuple[Offer, ...] = ()
    quiet: tuple[Offer, ...] = ()  # to be remembered without a look
    again: timedelta | None = None  # when the first of the changes may be looked at that come too soon after another
    guids_changed: int = 0  # entries known by their titles only, the first time that it happens


def sort_out(
    entries: Sequence[Entry],
    keys: Sequence[tuple[str, ...]],
    marks: Sequence[tuple[Mark | None, ...]],
    *,
    now: datetime,
    first_poll: bool,
    max_age: timedelta,
    last_read: datetime | None = None,
) -> Sorted:
    """Return what is to be done with each entry of a poll.

    Args:
        entries: as the feed lists them.
        keys: of each entry, see identity.assign_keys.
        marks: of each of these keys, None where there is none.
        now: the time of the poll.
        first_poll: nothing of the feed is remembered: what is older than `max_age` is no news.
        max_age: also for what a feed lists of old when it changes all its guids.
        last_read: when the feed was last read.
    """
    found = [_find(*each, now=now) for each in zip(entries, keys, marks, strict=True)]
    moved = [] if first_poll else _moved(found)
    if first_poll:
        is_news = _first_news(entries, now=now, max_age=max_age)
    else:
        is_news = _later_news(min(now - max_age, last_read) if moved and last_read else None)
    new: list[Offer] = []
    updated: list[Offer] = []
    quiet: list[Offer] = []
    waits: list[timedelta] = []
    for each in found:
        offer, mark = each.offer, each.mark or (each.told if moved else None)
        if mark is None:
            (new if is_news(offer.entry) else quiet).append(offer)
        elif (moved and not each.is_named) or offer.mark.content == mark.content:
            # Another text of a feed that moved is no update: another system behind it writes other summaries.
            if not each.is_complete and mark.rekeyed < MOST_REKEYED:
                rekeyed = replace(mark, content=offer.mark.content, rekeyed=mark.rekeyed + 1)
                quiet.append(replace(offer, mark=rekeyed))
        elif (pause := _pause(mark, now)) > timedelta(0):
            waits.append(pause)
        else:
            updated.append(replace(offer, mark=_updated(mark, offer.mark), grew=mark.content == GROWING))
    return Sorted(
        new=tuple(new),
        updated=tuple(updated),
        quiet=tuple(quiet),
        again=min(waits, default=None),
        # Guids that change with every poll are told of once.
        guids_changed=len(moved) if 2 * sum(not mark.rekeyed for mark in moved) > len(moved) else 0,
    )


def growing(mark: Mark) -> Mark:
    """Return the mark of an entry whose page is to be looked at again though the entry stays the same."""
    return replace(mark, content=GROWING)


def age(entry: Entry, now: datetime) -> timedelta | None:
    """Return how old an entry is by its dates, never negative; None if they cannot be believed."""
    date = entry.updated or entry.published
    if date is None or date - now > MOST_AHEAD:
        return None
    return max(now - date, timedelta(0))


def publication_delay(entry: Entry, now: datetime) -> timedelta | None:
    """Return how long after its publication a new entry was first seen; None if its date does not say."""
    date = entry.published
    # Publishers who know the day only write midnight.
    if date is None or date.timetz().replace(tzinfo=None) == _MIDNIGHT:
        return None
    delay = now - date
    return max(delay, timedelta(0)) if -CLOCK_SKEW <= delay <= LONGEST_DELAY else None


def _first_news(entries: Sequence[Entry], *, now: datetime, max_age: timedelta) -> Callable[[Entry], bool]:
    """Return what tells news from the back catalogue in a feed's first document, asked for each entry in order."""
    dates = {entry.updated or entry.published for entry in entries}
    oldest = min((date for date in dates if date is not None), default=now)
    # A date that all share is the document's; if that is old, all are.
    is_dated = len(entries) < ONE_DATE or len(dates) > 1 or now - oldest > max_age
    undated = 0

    def is_news(entry: Entry) -> bool:
        """Return whether an entry is news."""
        nonlocal undated
        known = age(entry, now) if is_dated else None
        if known is not None:
            return known <= max_age
        undated += 1
        return undated <= FIRST_UNDATED

    return is_news


def _later_news(oldest: datetime | None) -> Callable[[Entry], bool]:
    """Return what tells news in a known feed; `oldest` is None unless it lists anew what it listed long ago."""

    def is_news(entry: Entry) -> bool:
        """Return whether an entry is news."""
        date = entry.updated or entry.published
        return oldest is None or date is None or date >= oldest

    return is_news


def _find(entry: Entry, keys: tuple[str, ...], marks: tuple[Mark | None, ...], *, now: datetime) -> _Found:
    offer = Offer(entry, keys, Mark(content=content_digest(entry), carried=now))
    hits = [(key, mark) for key, mark in zip(keys, marks, strict=True) if mark]
    return _Found(
        offer=offer,
        mark=next((mark for key, mark in hits if not is_weak(key)), None),
        told=next((mark for _, mark in hits if _is_told(offer, mark)), None),
        is_named=any(not is_by_title(key) for key, _ in hits),
        is_complete=len(hits) == len(keys),
    )


def _is_told(offer: Offer, mark: Mark) -> bool:
    """Return whether an entry is the one whose title was marked: it says the same, or was there before the mark."""
    date = offer.entry.published or offer.entry.updated
    return offer.mark.content == mark.content or (date is not None and date <= mark.carried)


def _moved(found: Sequence[_Found]) -> list[Mark]:
    """Return the marks of entries that came under other names before; empty unless nearly all of the feed's did."""
    renamed = [each for each in found if not each.is_named]
    if len(renamed) < FLOOD or len(renamed) <= FLOOD_SHARE * len(found):
        return []
    marks = [mark for each in renamed if (mark := each.mark or each.told)]
    return marks if len(marks) >= TITLES_SHARE * len(renamed) else []


def _pause(mark: Mark, now: datetime) -> timedelta:
    """Return how long an entry's change still has to wait."""
    since = now - mark.carried
    if not timedelta(0) <= since < LONGEST_PAUSE:
        return timedelta(0)
    if mark.content == GROWING:
        return GROWING_PAUSE - since
    return min(FIRST_PAUSE * PAUSE_FACTOR**mark.updates, LONGEST_PAUSE) - since


def _updated(before: Mark, after: Mark) -> Mark:
    if before.content == GROWING:  # it was looked at again, whether or not the entry had changed
        return replace(after, updates=before.updates, rekeyed=before.rekeyed)
    # Of a page that changes with every poll the next change is carried after the longest pause, of a quiet one later.
    follows = timedelta(0) <= after.carried - before.carried < 2 * LONGEST_PAUSE
    updates = min(before.updates + 1, _MOST) if follows else 1
    return replace(after, updates=updates, rekeyed=before.rekeyed)
