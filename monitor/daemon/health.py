"""How the feeds do, told once: a failing feed is one line when it starts to fail and one when it is back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import structlog

from monitor.model import FeedKey

log = structlog.get_logger()

# Up to this many feeds with one reason are named each; more (an offline machine) are one line.
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a poll failed, in plain words, and what to do."""

    feed: FeedKey
    reason: str
    hint: str = ""


class FeedHealth:
    """Gathers what polls report and tells what changed, in batches so that an outage is one line and not fifty."""

    def __init__(self) -> None:
        self._failing: dict[FeedKey, str] = {}
        self._news: dict[FeedKey, Failure] = {}
        self._back: set[FeedKey] = set()
        self._outages: set[str] = set()  # reasons told for many feeds at once; who joins them is no news

    def failed(self, failure: Failure) -> None:
        """Note a failed poll; only a feed that was fine, or fails for another reason now, is news."""
        if self._failing.get(failure.feed) != failure.reason:
            self._news[failure.feed] = failure
        self._failing[failure.feed] = failure.reason
        self._back.discard(failure.feed)

    def succeeded(self, feed: FeedKey) -> None:
        """Note a good poll."""
        if feed in self._failing:
            del self._failing[feed]
            if self._news.pop(feed, None) is None:  # a failure never told needs no all-clear
                self._back.add(feed)

    def keep_only(self, feeds: set[FeedKey]) -> None:
        """Forget feeds that are no longer listed."""
        for feed in self._failing.keys() - feeds:
            del self._failing[feed]
            self._news.pop(feed, None)
        self._back &= feeds

    @property
    def failing(self) -> int:
        """How many feeds fail now."""
        return len(self._failing)

    def report(self) -> None:
        """Log what changed since the last report."""
        by_reason: defaultdict[str, list[Failure]] = defaultdict(list)
        for failure in self._news.values():
            by_reason[failure.reason].append(failure)
        self._outages &= set(self._failing.values())
        for reason, failures in by_reason.items():
            if reason in self._outages:
                log.debug("feeds_failing_too", count=len(failures), reason=reason)
            elif len(failures) <= _NAMED:
                for failure in failures:
                    log.warning("feed_failing", feed=failure.feed, reason=reason, hint=failure.hint)
            else:
                self._outages.add(reason)
                names = ", ".join(sorted(failure.feed for failure in failures)[:_NAMED])
                log.warning(
                    "feeds_failing",
                    count=len(failures),
                    reason=reason,
                    feeds=f"{names} …",
                    hint="they are tried again by themselves; monitor feeds list shows each",
                )
        if self._back:
            log.info("feeds_recovered", count=len(self._back), feeds=", ".join(sorted(self._back)[:_NAMED]))
        self._news.clear()
        self._back.clear()
