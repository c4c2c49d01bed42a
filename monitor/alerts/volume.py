"""Volume rules: does what came together make an alert, and which words say so? Pure: the tally is handed in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from monitor.alerts.decide import alert_id
from monitor.model import Alert, Match, StoryId, Volume
from monitor.remembered import Tally

# How much of the baseline somebody must have listened before it says what is usual.
ENOUGH_HISTORY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an article means for a volume rule that it matches.

    quiet = it is counted, no more · joins = one more report of the surge that is going on · fires = a surge begins, or
    goes on after the rule's repeat_after: people are told.
    """

    kind: Literal["quiet", "joins", "fires"]
    is_met: bool  # the article makes the window hold as much as the rule asks for
    reason: str  # in words: what the window holds


def decide_volume(volume: Volume, tally: Tally, *, repeat_after: timedelta | None, now: datetime) -> Verdict:
    """Return what the article in hand, which `tally` counts in, means.

    One surge is one alert. It goes on until no article has met the threshold for the length of the window.

    Args:
        volume: what the rule asks for.
        tally: what its window holds.
        repeat_after: the rule's: from then on a surge that goes on is told anew.
        now: when the article was seen.
    """
    usual = usual_stories(volume, tally)
    # What adds nothing (an article that is read again, one more copy of a known story) is no news.
    is_enough = tally.stories >= volume.stories and tally.sources >= volume.sources
    is_met = tally.adds and is_enough and _is_spike(volume, tally, usual)
    goes_on = tally.met is not None and now - tally.met <= volume.within
    is_due = repeat_after is not None and tally.alerted is not None and now - tally.alerted >= repeat_after
    kind: Literal["quiet", "joins", "fires"] = "joins" if goes_on else "quiet"
    if is_met and (is_due or not goes_on):
        kind = "fires"
    return Verdict(kind=kind, is_met=is_met, reason=_words(volume, tally, usual))


def usual_stories(volume: Volume, tally: Tally) -> float | None:
    """Return how many stories a window usually holds, None without a baseline or enough history of it.

    Enough is half of the baseline; time in which nobody listened does not count.
    """
    if volume.baseline is None or tally.watched < ENOUGH_HISTORY * volume.baseline:
        return None
    return tally.before / (tally.watched / volume.within)


def _is_spike(volume: Volume, tally: Tally, usual: float | None) -> bool:
    if volume.factor is None:
        return True
    if usual is None:
        return False
    # After a pause the window also holds what came meanwhile: that much is to be expected.
    expected = usual * ((volume.within + tally.caught_up) / volume.within)
    return tally.stories >= volume.factor * expected


def volume_alert(alert: Alert, match: Match, tally: Tally, verdict: Verdict) -> Alert:
    """Return the alert of a surge that begins with `match`, or of the one that goes on.

    Args:
        alert: as the article alone would make it.
        match: of the volume rule.
        tally: knows the surge's alert.
        verdict: fires or joins.
    """
    if verdict.kind == "joins" and tally.alert is not None:
        return replace(alert, id=tally.alert, reason=verdict.reason)
    # By the article, so that it is the same when the store lost its last second and the article is read again.
    return replace(alert, id=alert_id(match.rule.id, StoryId(f"surge {match.article}")), reason=verdict.reason)


def _words(volume: Volume, tally: Tally, usual: float | None) -> str:
    found = f"{_counted(tally.stories, 'story', 'stories')} from {_counted(tally.sources, 'source', 'sources')}"
    usually = "" if usual is None else f", usually {_figure(usual)}"
    return f"{found} within {_span(volume.within)}{usually}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _figure(usual: float) -> str:
    if usual == 0:
        return "none"
    return "fewer than 0.1" if usual < 0.1 else f"{usual:.0f}" if usual >= 10 else f"{usual:.1f}".removesuffix(".0")


def _span(span: timedelta) -> str:
    """Return a span as people say it: 30 min, 6 h, 1 h 30 min, 2 days."""
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds % 3600 // 60
    seconds = span.seconds % 60
    parts = (_counted(days, "day", "days"), f"{hours} h", f"{minutes} min", f"{seconds} s")
    return " ".join(part for part, number in zip(parts, (days, hours, minutes, seconds), strict=True) if number)
