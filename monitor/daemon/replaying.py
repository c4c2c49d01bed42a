"""The middle over articles from a file: same code as the daemon, over a throw-away store and a simulated clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from monitor.clock import SystemClock
from monitor.config.settings import Settings
from monitor.daemon.metrics import Metrics
from monitor.daemon.middle import Middle, Policy
from monitor.model import Article
from monitor.rules.match import RuleSet
from monitor.store.server import EmbeddedServer
from monitor.store.store import Store

FAR_AWAY = datetime.max.replace(tzinfo=UTC)
AHEAD = timedelta(days=1)  # an article may be dated so far ahead, by its own clock and zone
WORKSPACE: str = Settings.model_fields["workspace"].default

Judge = Callable[[Article], Awaitable[dict[str, object]]]


class ArticleClock:
    """Shows the time of the article in hand, never going back; undated articles happen when the last one did.

    So do those dated after `latest`: no article is published in the future, and one that says so must not end what
    all others remember.
    """

    def __init__(self, latest: datetime = FAR_AWAY) -> None:
        self._now = datetime.fromtimestamp(0, UTC)
        self._latest = latest

    def show(self, moment: datetime | None) -> datetime:
        """Move to `moment` if it is later, and return the time."""
        if moment is not None and self._now < moment <= self._latest:
            self._now = moment
        return self._now

    def now(self) -> datetime:
        """Return the time of the article in hand."""
        return self._now

    def monotonic(self) -> float:
        """Return the same in seconds."""
        return (self._now - datetime.fromtimestamp(0, UTC)).total_seconds()


@asynccontextmanager
async def open_replay(rules: RuleSet, folder: Path) -> AsyncIterator[Judge]:
    """Yield a function that judges one article and returns its line: article, story, copy_of, matches, alerts.

    Args:
        rules: what to match.
        folder: for the store: empty, or that of an earlier replay. Commands read it as a state folder.
    """
    clock = ArticleClock(latest=SystemClock().now() + AHEAD)
    policy = Policy(rules=rules, routes=(), followers=frozenset())
    async with AsyncExitStack() as stack:
        server = EmbeddedServer(folder / "store")
        stack.push_async_callback(server.stop)
        url = await server.start()
        store = await Store.open(url, WORKSPACE, clock=clock)
        stack.push_async_callback(store.close)
        middle = Middle(store=store, policy=lambda: policy, clock=clock, metrics=Metrics())

        async def judge(article: Article) -> dict[str, object]:
            """Carry one article to its alerts."""
            seen = clock.show(article.seen or article.published)
            judged = await middle.judge(replace(article, seen=seen), always_assign=True)
            assert judged.assignment is not None
            return {
                "article": article.id,
                "story": judged.assignment.story,
                "copy_of": judged.assignment.copy_of,
                "matches": [match.rule.id for match in judged.matches],
                "alerts": [{"rule": item.rule, "kind": item.kind} for item in judged.enqueued],
            }

        yield judge
