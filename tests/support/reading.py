"""A reader of news for tests of deduplication: the real middle over a real store, each article told at its own time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from monitor.config.channels import Route
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.daemon.replaying import ArticleClock
from monitor.model import Alert, Article, ArticleId, ArticleStatus, ChannelName, JoinedBy
from monitor.rules.match import RuleSet
from monitor.rules.read import read_rules
from monitor.store.store import Store
from monitor.urls import canonical_url, site

START = datetime(2026, 3, 2, 6, tzinfo=UTC)
DESK = ChannelName("desk")
ALL = r"rules: [{id: all, when: {regex: '(?s)\S.*'}}]"

_numbers = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one article."""

    article: ArticleId
    story: str
    joined: JoinedBy
    copy_of: str | None
    kinds: Mapping[str, str]  # rule id → new, repeat or update

    @property
    def kind(self) -> str:
        """What the only rule said: new, repeat, update, or nothing."""
        assert len(self.kinds) <= 1
        return next(iter(self.kinds.values()), "")


@dataclass(slots=True)
class Reader:
    """Reads articles one after another, as a daemon does that knows no feeds."""

    store: Store
    clock: ArticleClock
    middle: Middle
    policy: list[Policy]  # the one in force is the last

    async def read(self, article: Article) -> Outcome:
        """Carry an article to its alerts; the clock shows when it was seen."""
        self.clock.show(article.seen)
        judged = await self.middle.judge(article, always_assign=True)
        assert judged.assignment is not None
        return Outcome(
            article=article.id,
            story=judged.assignment.story,
            joined=judged.assignment.joined,
            copy_of=judged.assignment.copy_of,
            kinds={item.rule: item.kind for item in judged.enqueued},
        )

    async def read_all(self, articles: Sequence[Article]) -> list[Outcome]:
        """Carry articles to their alerts in this order."""
        return [await self.read(article) for article in articles]

    def follow(self, rules: RuleSet) -> None:
        """Go on by other rules, as after an edit of the files."""
        self.policy.append(policy_of(rules))

    async def alerts(self) -> tuple[Alert, ...]:
        """Return all alerts, the oldest first."""
        return tuple(reversed(await self.store.alerts.list(9_999)))


def policy_of(rules: RuleSet) -> Policy:
    """Return a policy by which everything goes to one channel."""
    return Policy(rules=rules, routes=(Route(channels=(DESK,)),), followers=frozenset())


def rules_of(folder: Path, text: str = ALL) -> RuleSet:
    """Return the rules that a file with this text holds."""
    folder.mkdir(exist_ok=True)
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return rules_in(folder)


def rules_in(folder: Path) -> RuleSet:
    """Return the rules of a folder."""
    read, problems = read_rules([folder], channels={DESK})
    assert read is not None, problems
    return read


def open_reader(store: Store, rules: RuleSet, clock: ArticleClock) -> Reader:
    """Return a reader over a store that goes by the same clock."""
    policy = [policy_of(rules)]
    middle = Middle(store=store, policy=lambda: policy[-1], clock=clock, metrics=Metrics())
    return Reader(store=store, clock=clock, middle=middle, policy=policy)


def news(
    title: str,
    text: str,
    *,
    at: timedelta | float = 0.0,
    site_name: str = "",
    url: str = "",
    name: str = "",
    summary: str = "",
    language: str = "",
    published: datetime | None = None,
    status: ArticleStatus = ArticleStatus.FULL,
) -> Article:
    """Return an article as it is read some time after START, of a site of its own if none is named.

    Args:
        title: the headline.
        text: what the page says.
        at: a span or hours after START: when it is read, and published unless that is said.
        site_name: the host, for an address that no other article has.
        url: the whole address, where two articles share it.
        name: the id; by itself it is one that no other article has.
        summary: what the feed says.
        language: as the page declares it.
        published: what the page says of its time.
        status: what the extraction said.
    """
    number = next(_numbers)
    seen = START + (at if isinstance(at, timedelta) else timedelta(hours=at))
    address = url or f"https://{site_name or f'paper-{number}.example'}/news/{number}"
    return Article(
        id=ArticleId(name or f"n{number}"),
        title=title,
        url=address,
        canonical_url=canonical_url(address),
        summary=summary,
        text=text,
        published=published or seen,
        seen=seen,
        language=language,
        status=status,
        source=site(address),
    )
