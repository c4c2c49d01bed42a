"""Feeds that fail and come back: what the people who run the monitor are told, and when. Pure.

One alert when a feed has failed three times, one when it is back. Many feeds that fail for one reason, as all do when
the network is away, are one alert; a feed that comes and goes is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from monitor.alerts.decide import alert_id
from monitor.alerts.route import channels_for
from monitor.config.channels import Route
from monitor.failing import FailingFeed, ToldFailing
from monitor.model import (
    Alert,
    Article,
    ArticleId,
    ChannelName,
    Feed,
    FeedKey,
    FeedState,
    Report,
    Rule,
    RuleId,
    Severity,
    StoryId,
)
from monitor.text import clean_line
from monitor.urls import redact

RULE = RuleId("monitor-feed-failing")
LABELS = {"kind": "ops"}

FAILED_POLLS = 3
FAILED_FOR = timedelta(minutes=10)  # a short outage of the network is not worth an alert, however often we asked
GATHER = timedelta(minutes=1)  # so long others may join with the same reason
NAMED = 3  # up to this many feeds with one reason are told one by one
JOINED_FOR = timedelta(hours=6)  # who joins a told outage later than this is told anew
CALM = timedelta(minutes=10)  # a feed is back when it was well for so long
MOSTLY_BACK = 0.1  # of many feeds that failed together: when so few are still away, or after the next line's time
SOME_BACK = timedelta(hours=1)

_SOURCE = "monitor"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpsNews:
    """An alert about feeds, and what is to be remembered once it is queued."""

    alert: Alert
    told: Mapping[FeedKey, ToldFailing] = field(default_factory=dict)
    forgotten: tuple[FeedKey, ...] = ()  # back: nothing more to say


def has_failed_long(state: FeedState, *, now: datetime) -> bool:
    """Return whether people should know of a feed after a failed poll."""
    since = state.failing_since or now
    return state.gone or (state.failures >= FAILED_POLLS and now - since >= FAILED_FOR)


def failing_feed(feed: Feed, state: FeedState, *, now: datetime) -> FailingFeed:
    """Return what there is to know of a feed after a failed poll."""
    return FailingFeed(
        feed=feed.key,
        name=feed_name(feed, state),
        url=_shown(feed),
        since=state.failing_since or now,
        noted=now,
        failures=state.failures,
        reason=state.error,
        hint=state.error_hint,
        gone=state.gone,
    )


def feed_name(feed: Feed, state: FeedState) -> str:
    """Return how people know the feed."""
    return clean_line(feed.title or state.title, 80) or clean_line(_shown(feed), 80)


def _shown(feed: Feed) -> str:
    return redact(feed.url, keep_path=True).partition("?")[0]  # a query may hold a password


def ops_news(
    failing: Iterable[FailingFeed],
    told: Mapping[FeedKey, ToldFailing],
    *,
    channels: Sequence[ChannelName],
    routes: Sequence[Route],
    now: datetime,
) -> tuple[OpsNews, ...]:
    """Return the alerts that are due now: the same again, with the same ids, until it is settled that they were told.

    Args:
        failing: feeds that failed for long enough, and those of them that are back but were not yet told so.
        told: what people know of them.
        channels: where these alerts go; none: where the routes lead.
        routes: may ask for the rule `monitor-feed-failing`, or the label `kind: ops`.
        now: becomes the time of the alerts.
    """
    feeds = {feed.feed: feed for feed in failing}
    known = {key: what for key, what in told.items() if key in feeds}
    maker = _Maker(channels=channels, routes=routes, now=now)
    return (*_failures(feeds, known, maker, now=now), *_recoveries(feeds, known, maker, now=now))


def needless(failing: Iterable[FailingFeed], told: Collection[FeedKey]) -> tuple[FeedKey, ...]:
    """Return the feeds that were back before anybody was told of them."""
    return tuple(feed.feed for feed in failing if feed.back is not None and feed.feed not in told)


def _failures(
    feeds: Mapping[FeedKey, FailingFeed], told: Mapping[FeedKey, ToldFailing], maker: _Maker, *, now: datetime
) -> Iterable[OpsNews]:
    waiting: defaultdict[str, list[FailingFeed]] = defaultdict(list)
    for feed in feeds.values():
        if feed.back is None and feed.feed not in told:
            waiting[feed.reason].append(feed)
    lately: defaultdict[str, list[FeedKey]] = defaultdict(list)
    for key, what in told.items():
        if feeds[key].back is None and now - what.at < JOINED_FOR:
            lately[what.reason].append(key)
    for reason, news in waiting.items():
        if now - min(feed.noted for feed in news) < GATHER:
            continue
        if any(told[key].feeds > NAMED for key in lately[reason]):
            continue  # an outage that people know of
        together = [*news, *(feeds[key] for key in lately[reason])]
        if len(together) <= NAMED:
            yield from (maker.fails([feed]) for feed in news)
        else:
            yield maker.fails(together)


def _recoveries(
    feeds: Mapping[FeedKey, FailingFeed], told: Mapping[FeedKey, ToldFailing], maker: _Maker, *, now: datetime
) -> Iterable[OpsNews]:
    members: defaultdict[str, list[FailingFeed]] = defaultdict(list)
    for key, what in told.items():
        members[what.alert].append(feeds[key])
    for group in members.values():
        back = [feed for feed in group if feed.back is not None and now - feed.back >= CALM]
        away = [feed for feed in group if feed.back is None]
        if not back:
            continue
        longest = max(now - feed.back for feed in back if feed.back is not None)
        if len(away) <= len(group) * MOSTLY_BACK or longest >= SOME_BACK:
            rest = {feed.feed: told[feed.feed] for feed in group if feed not in back}
            yield maker.back(back, rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Makes the alerts."""

    channels: Sequence[ChannelName]
    routes: Sequence[Route]
    now: datetime

    def fails(self, feeds: Sequence[FailingFeed]) -> OpsNews:
        """Return that feeds fail for one reason."""
        feeds = sorted(feeds, key=lambda feed: (feed.noted, feed.feed))
        first = feeds[0]
        if len(feeds) == 1:
            title = f"Feed {first.name} is {'gone' if first.gone else 'failing'}: {first.reason}"
            note = f"{_polls(first.failures)} failed since {_time(first.since)}"
            if first.gone:
                note = "it is not polled any more"
        else:
            title = f"{len(feeds)} feeds are failing: {first.reason}"
            note = f"{_names(feeds)}; monitor feeds list shows each"
        alert = self._alert("failing", feeds, title=title, note=f"{note}; {first.hint}" if first.hint else note)
        what = ToldFailing(alert=alert.id, reason=first.reason, at=self.now, feeds=len(feeds))
        return OpsNews(alert=alert, told={feed.feed: what for feed in feeds})

    def back(self, feeds: Sequence[FailingFeed], rest: Mapping[FeedKey, ToldFailing]) -> OpsNews:
        """Return that feeds are back, of which people were told together with the rest."""
        feeds = sorted(feeds, key=lambda feed: (feed.noted, feed.feed))
        first = feeds[0]
        if len(feeds) == 1:
            title, note = f"Feed {first.name} is back", f"it failed since {_time(first.since)}"
        else:
            title, note = f"{len(feeds)} feeds are back", _names(feeds)
        if rest:
            note += f"; {len(rest)} that failed with {'it' if len(feeds) == 1 else 'them'} are still away"
        alert = self._alert("back", feeds, title=title, note=note)
        return OpsNews(
            alert=alert,
            # A group of their own from now on, or this alert would be made again.
            told={key: replace(what, alert=alert.id, feeds=len(rest)) for key, what in rest.items()},
            forgotten=tuple(feed.feed for feed in feeds),
        )

    def _alert(self, what: str, feeds: Sequence[FailingFeed], *, title: str, note: str) -> Alert:
        """Return an alert whose id is the same whoever makes it of the same feeds' failures."""
        first = feeds[0]
        story = StoryId(f"{what} {first.feed} {first.since.isoformat()} {len(feeds)}")
        id_ = alert_id(RULE, story)
        rule = Rule(
            id=RULE,
            title="A feed fails, or is back" if len(feeds) == 1 else "Feeds fail, or are back",
            severity=Severity.LOW if len(feeds) == 1 else Severity.HIGH,
            labels=LABELS,
        )
        channels = self.channels
        if not channels:
            feed = first.feed if len(feeds) == 1 else None
            about = Article(id=ArticleId(id_), title=title, source=_SOURCE, feed=feed, feed_title=first.name)
            channels = channels_for(rule, about, self.routes)
        return Alert(
            id=id_,
            rule=rule.id,
            rule_title=rule.title,
            rule_version="",
            severity=rule.severity,
            labels=rule.labels,
            story=StoryId(id_),
            created=self.now,
            lead=Report(
                article=ArticleId(""),  # no article stands behind it
                title=title,
                url=first.url if len(feeds) == 1 else "",
                site=_SOURCE,
                source=_SOURCE,
                seen=self.now,
            ),
            why=(),
            terms=(),
            reason=note,
            channels=tuple(channels),
        )


def _names(feeds: Sequence[FailingFeed]) -> str:
    named = ", ".join(feed.name for feed in feeds[:NAMED])
    return named if len(feeds) <= NAMED else f"{named} and {len(feeds) - NAMED} more"


def _polls(count: int) -> str:
    return f"{count} polls in a row" if count > 1 else "a poll"


def _time(at: datetime) -> str:
    return f"{at.day} {at:%b %Y, %H:%M} UTC"
