"""Volume rules: when what came together makes an alert, in a table, and against every order of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts.volume import Verdict, decide_volume, usual_stories, volume_alert
from monitor.model import AlertId, Volume
from monitor.remembered import Tally
from tests.support.alerts import an_alert
from tests.support.volume_model import Ledger
from tests.unit.alerts.values import match_of

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
THREE = Volume(within=30 * MINUTE, stories=3, sources=3)
SPIKE = Volume(within=6 * HOUR, stories=5, factor=4, baseline=14 * DAY)


def a_tally(**changes: Any) -> Tally:
    tally = Tally(stories=3, sources=3, adds=True, start=NOON - 30 * MINUTE)
    return replace(tally, **changes)


def a_spike(**changes: Any) -> Tally:
    """Return the tally of 12 stories where 2 are usual."""
    tally = a_tally(stories=12, sources=7, start=NOON - 6 * HOUR, before=2 * 56, watched=14 * DAY)
    return replace(tally, **changes)


def decided(volume: Volume, tally: Tally, *, repeat_after: timedelta | None = None) -> Verdict:
    return decide_volume(volume, tally, repeat_after=repeat_after, now=NOON)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({}, "fires", id="the third story from a third source"),
        pytest.param({"stories": 2}, "quiet", id="too few stories"),
        pytest.param({"sources": 2}, "quiet", id="too few sources"),
        pytest.param({"stories": 9, "sources": 9}, "fires", id="more than enough"),
        pytest.param({"adds": False}, "quiet", id="read again"),
        pytest.param({"met": NOON - 5 * MINUTE}, "joins", id="the surge goes on"),
        pytest.param({"met": NOON - 5 * MINUTE, "stories": 1}, "joins", id="its last reports"),
        pytest.param({"met": NOON - 30 * MINUTE}, "joins", id="it goes on for the length of the window"),
        pytest.param({"met": NOON - 31 * MINUTE}, "fires", id="it was over"),
        pytest.param({"met": NOON - 31 * MINUTE, "stories": 1}, "quiet", id="over, and no other has begun"),
        pytest.param({"met": NOON + MINUTE}, "joins", id="another daemon is ahead"),
    ],
)
def test_so_many_stories_from_so_many_sources(changes: dict[str, Any], kind: str) -> None:
    assert decided(THREE, a_tally(**changes)).kind == kind


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        pytest.param({}, "fires", id="six times the usual"),
        pytest.param({"stories": 8}, "fires", id="exactly four times"),
        pytest.param({"stories": 7}, "quiet", id="less than four times"),
        pytest.param({"stories": 5, "before": 0}, "fires", id="the least where nothing is usual"),
        pytest.param({"stories": 4, "before": 0}, "quiet", id="below the absolute minimum"),
        pytest.param({"stories": 0, "sources": 0, "before": 0}, "quiet", id="0 over 0"),
        pytest.param({"watched": timedelta(0), "before": 0}, "quiet", id="a new rule"),
        pytest.param({"watched": 7 * DAY - MINUTE, "before": 10}, "quiet", id="less than half the baseline is known"),
        pytest.param({"watched": 7 * DAY, "before": 56}, "fires", id="half of it is, and says the same"),
        pytest.param({"watched": 7 * DAY, "before": 4 * 28}, "quiet", id="half of it is, and says twice as much"),
        pytest.param({"caught_up": 12 * HOUR}, "quiet", id="the news of a long pause came at once"),
        pytest.param({"caught_up": 12 * HOUR, "stories": 24}, "fires", id="more than the pause explains"),
    ],
)
def test_so_many_times_the_usual(changes: dict[str, Any], kind: str) -> None:
    assert decided(SPIKE, a_spike(**changes)).kind == kind


@pytest.mark.parametrize(
    ("minutes_ago", "changes", "kind"),
    [
        (59, {}, "joins"),
        (60, {}, "fires"),
        (60, {"adds": False}, "joins"),
        (60, {"stories": 2}, "joins"),
    ],
)
def test_a_surge_that_goes_on_is_told_anew_after_repeat_after(
    minutes_ago: int, changes: dict[str, Any], kind: str
) -> None:
    tally = a_tally(met=NOON - MINUTE, alert=AlertId("a"), alerted=NOON - minutes_ago * MINUTE, **changes)
    assert decided(THREE, tally, repeat_after=HOUR).kind == kind
    assert decided(THREE, tally).kind == "joins"


@pytest.mark.parametrize(
    ("volume", "tally", "words"),
    [
        (THREE, a_tally(), "3 stories from 3 sources within 30 min"),
        (replace(THREE, within=90 * MINUTE), a_tally(sources=1), "3 stories from 1 source within 1 h 30 min"),
        (replace(THREE, within=2 * DAY), a_tally(stories=1), "1 story from 3 sources within 2 days"),
        (SPIKE, a_spike(), "12 stories from 7 sources within 6 h, usually 2"),
        (SPIKE, a_spike(before=0), "12 stories from 7 sources within 6 h, usually none"),
        (SPIKE, a_spike(before=84), "12 stories from 7 sources within 6 h, usually 1.5"),
        (SPIKE, a_spike(before=1), "12 stories from 7 sources within 6 h, usually fewer than 0.1"),
        (SPIKE, a_spike(stories=99, before=56 * 21), "99 stories from 7 sources within 6 h, usually 21"),
    ],
)
def test_the_reason_is_said_in_words(volume: Volume, tally: Tally, words: str) -> None:
    assert decided(volume, tally).reason == words


def test_the_alert_of_a_surge_is_that_of_the_article_that_begins_it() -> None:
    fires = decided(THREE, a_tally())
    alert = volume_alert(an_alert(), match_of(), a_tally(), fires)
    assert alert.reason == "3 stories from 3 sources within 30 min"
    assert alert.id != an_alert().id
    assert alert == replace(an_alert(), id=alert.id, reason=alert.reason)
    assert volume_alert(an_alert(), match_of(), a_tally(), fires).id == alert.id
    later = a_tally(met=NOON, alert=alert.id)
    assert volume_alert(an_alert(), match_of(), later, decided(THREE, later)).id == alert.id


# Any order of events, over the plainest tally.

events = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from("abcdefgh"), st.sampled_from("xyz")), min_size=1, max_size=40
)


@settings(max_examples=300, deadline=None)
@given(events, st.integers(1, 4), st.integers(1, 3), st.integers(5, 60))
def test_a_surge_is_told_once_and_only_when_so_much_came(
    told: list[tuple[int, str, str]], stories: int, sources: int, minutes: int
) -> None:
    volume = Volume(within=minutes * MINUTE, stories=stories, sources=sources)
    ledger, now = Ledger(volume), NOON
    met: datetime | None = None
    fired: list[datetime] = []
    for wait, story, site in told:
        now += wait * MINUTE
        tally = replace(ledger.tally(story, site, now), met=met)
        verdict = decide_volume(volume, tally, repeat_after=None, now=now)
        ledger.count(story, site, now)
        if verdict.is_met:
            assert tally.stories >= stories
            assert tally.sources >= sources
        if verdict.kind == "fires":
            assert verdict.is_met
            assert met is None or now - met > volume.within
            fired.append(now)
        # Nothing that is enough stays untold: a surge was told when it began.
        assert not verdict.is_met or verdict.kind == "fires" or (met is not None and now - met <= volume.within)
        if verdict.is_met and verdict.kind != "quiet":
            met = now
    assert all(later - earlier > volume.within for earlier, later in pairwise(fired))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 50), st.integers(0, 500), st.integers(0, 14 * 24), st.integers(0, 48))
def test_a_spike_is_never_less_than_the_factor_and_the_minimum(
    stories: int, before: int, hours: int, pause: int
) -> None:
    tally = a_spike(stories=stories, before=before, watched=hours * HOUR, caught_up=pause * HOUR)
    usual = usual_stories(SPIKE, tally)
    assert (usual is None) == (hours * HOUR < 7 * DAY)
    if decided(SPIKE, tally).kind == "fires":
        assert usual is not None
        assert stories >= max(5, 4 * usual)
