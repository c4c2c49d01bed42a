"""The tallies of volume rules: which stories each rule met, when, on which sites, and since when somebody listens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from monitor.model import AlertId, Report, Rule, RuleId, StoryId, Volume
from monitor.remembered import Tally
from monitor.store.connect import Connection
from monitor.store.keys import VOLUME_LIFETIME, Keys
from monitor.store.scripts import Scripts, milliseconds

PAUSE = timedelta(minutes=10)  # shorter ones do not count
CATCH_UP = timedelta(days=1)  # what came in a pause of this length is still listed by feeds when it ends
# Another daemon's clock may be behind by as much as a window.
SLACK = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What an article adds to the tally of a volume rule; written by `Alerts.enqueue` with the article's alerts."""

    rule: RuleId
    volume: Volume
    story: StoryId
    report: Report
    tally: Tally  # on which the verdict was made; if the rule's tally is another by now, there is a Conflict
    at: datetime  # when the story counts, if the rule has not met it before
    is_met: bool  # the article makes the window hold as much as the rule asks for
    alert: AlertId | None = None  # that this article makes


class Volumes:
    """The tallies of one workspace. The clock is the caller's: the times at which articles were seen."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._keys = keys
        self._scripts = Scripts(connection, keys)

    async def tally(self, rule: RuleId, volume: Volume, *, story: StoryId, site: str, now: datetime) -> Tally:
        """Return what the window of a rule that contains `now` holds, as if a site had just told it the story."""
        answer = await self._scripts.tally(
            rule,
            now=unix_ms(now),
            within=volume.within,
            baseline=volume.baseline or timedelta(0),
            story=story,
            site=site,
            catch_up=CATCH_UP,
        )
        revision, stories, sources, adds, start, before, watched, caught_up, alert, alerted, met = answer
        return Tally(
            revision=int(revision),
            stories=int(stories),
            sources=int(sources),
            adds=bool(int(adds)),
            start=_moment(start),
            before=int(before),
            watched=timedelta(milliseconds=int(watched)),
            caught_up=timedelta(milliseconds=int(caught_up)),
            alert=AlertId(alert) if alert else None,
            alerted=_moment(alerted) if alerted else None,
            met=_moment(met) if met else None,
        )

    async def watch(self, rules: Sequence[Rule], *, now: datetime) -> None:
        """Note that somebody listens for the rules that have a baseline; call it again within `PAUSE`.

        A rule's history begins with the first call. A longer time without a call is a gap in it.
        """
        watched = [(rule.id, lifetime(rule.volume)) for rule in rules if rule.volume and rule.volume.baseline]
        if watched:
            await self._scripts.watch(watched, now=unix_ms(now), pause=PAUSE)


def lifetime(volume: Volume) -> timedelta:
    """Return how long a rule's stories are remembered: as long as they count, and while copies of them are known."""
    return max(volume.within * SLACK + (volume.baseline or timedelta(0)), VOLUME_LIFETIME)


def count_plan(count: Count, keys: Keys, *, most_reports: int) -> tuple[tuple[str, ...], dict[str, object]]:
    """Return the keys that enqueue.lua needs for a count, and the values without their positions."""
    names = (
        keys.volume(count.rule),
        keys.volume_stories(count.rule),
        keys.volume_sites(count.rule),
        keys.volume_articles(count.rule),
        keys.volume_reports(count.rule),
    )
    at = unix_ms(count.at)
    keep = milliseconds(lifetime(count.volume))
    return names, {
        "revision": count.tally.revision,
        "story": count.story,
        "site": count.report.site,
        "article": count.report.article,
        "at": at,
        "start": unix_ms(count.tally.start),
        "met": count.is_met,
        "alert": count.alert or "",
        "most": most_reports,
        "lifetime": keep,
        "stories_from": at - keep,
        "window_from": at - milliseconds(count.volume.within * SLACK),
    }


def unix_ms(moment: datetime) -> int:
    """Return a time in milliseconds since 1970."""
    return round(moment.timestamp() * 1000)


def _moment(ms: str | int) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)
