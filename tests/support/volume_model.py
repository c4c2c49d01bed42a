"""What a volume rule's window holds, worked out anew from everything that ever came: the plainest way there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from monitor.model import Volume
from monitor.remembered import Tally


@dataclass
class Ledger:
    """All that a rule met, and when somebody listened for it."""

    volume: Volume
    since: datetime | None = None  # when the history began
    first_met: dict[str, datetime] = field(default_factory=dict)  # story -> when
    told: set[tuple[str, str]] = field(default_factory=set)  # (site, story)

    def count(self, story: str, site: str, at: datetime) -> None:
        """Write a telling down."""
        self.first_met.setdefault(story, at)
        self.told.add((site, story))

    def tally(self, story: str, site: str, now: datetime) -> Tally:
        """Return what the window holds once the site has told the story."""
        within = self.volume.within
        start = max((at for at in self.first_met.values() if now <= at < now + within), default=now) - within
        before = self._inside(self.first_met, self.told, start, start + within)
        met = {story: now, **self.first_met}
        after = self._inside(met, {*self.told, (site, story)}, start, start + within)
        tally = Tally(stories=len(after[0]), sources=len(after[1]), adds=before != after, start=start)
        return tally if self.volume.baseline is None else self._with_baseline(tally, start)

    def _with_baseline(self, tally: Tally, start: datetime) -> Tally:
        assert self.volume.baseline is not None
        begin = max(start - self.volume.baseline, self.since or start)
        return Tally(
            stories=tally.stories,
            sources=tally.sources,
            adds=tally.adds,
            start=start,
            before=sum(begin <= at <= start for at in self.first_met.values()),
            watched=max(start - begin, timedelta(0)),
        )

    @staticmethod
    def _inside(
        met: dict[str, datetime], told: set[tuple[str, str]], start: datetime, end: datetime
    ) -> tuple[set[str], set[str]]:
        """Return the stories first met after `start`, by `end`, and the sites that told them."""
        stories = {story for story, at in met.items() if start < at <= end}
        return stories, {site for site, story in told if story in stories}
