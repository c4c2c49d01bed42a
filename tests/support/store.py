"""Stores and what goes into them, for tests: plain articles told by sites, and doors to the server that misbehave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from monitor.errors import StoreUnavailable
from monitor.model import (
    Alert,
    AlertId,
    Article,
    ArticleId,
    Assignment,
    ChannelName,
    Report,
    RuleId,
    Severity,
)
from monitor.remembered import NOTHING_KNOWN, Look
from monitor.store.alerts import Conflict, Draft, Enqueued
from monitor.store.connect import Connection, Script, connect
from monitor.store.store import Store
from monitor.store.telling import Telling
from monitor.stories.assign import Newcomer, assign_story
from monitor.stories.fingerprint import text_print
from monitor.stories.frequencies import SEED
from monitor.stories.terms import read_terms
from tests.support.clock import ManualClock

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
DESK = ChannelName("desk")
MAIL = ChannelName("mail")
BLOCK = timedelta(seconds=1)
HOUR = timedelta(hours=1)

LOREM = (
    "Foreign minister Wang Yi called on Tuesday for an immediate ceasefire in Gaza and said that all sides must return "
    "to talks without delay, after eleven days of shelling that left hospitals short of fuel, water and bandages. "
    "Egypt and Qatar offered to host the delegations, while aid groups asked for corridors through the north."
)


class RepeatingConnection(Connection):
    """Sends every script twice and keeps the second answer, as a client does whose first answer was lost."""

    async def run(
        self, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int], *, as_bytes: bool = False
    ) -> Any:
        """Return the second answer."""
        await super().run(script, keys, arguments, as_bytes=as_bytes)
        return await super().run(script, keys, arguments, as_bytes=as_bytes)

    async def run_all(self, script: Script, calls: Sequence[tuple[Sequence[str], Sequence[str | int]]]) -> list[Any]:
        """Return the second answers."""
        await super().run_all(script, calls)
        return await super().run_all(script, calls)


async def repeating_store(url: str, workspace: str, clock: ManualClock, **options: Any) -> Store:
    """Return a store all of whose scripts run twice."""
    ordinary = await connect(url)
    return Store(RepeatingConnection(ordinary._client, ordinary.where), workspace, clock=clock, **options)


def an_article(name: str, *, site: str = "one.example", text: str = LOREM, seen: datetime = NOON) -> Article:
    """Return an article of a site whose text is that of the story."""
    return Article(
        id=ArticleId(name),
        title=f"Call for a ceasefire ({name})",
        url=f"https://{site}/{name}",
        text=text,
        seen=seen,
        source=site,
    )


def a_draft(
    article: Article,
    assignment: Assignment,
    *,
    rule: str = "ceasefire",
    channels: Sequence[ChannelName] = (DESK,),
    follow: Sequence[ChannelName] = (),
    repeat_after: timedelta | None = None,
) -> Draft:
    """Return the alert that the article would make."""
    assert article.seen is not None
    site = article.url.split("/")[2]
    alert = Alert(
        id=AlertId(f"{rule}-{assignment.story}"),
        rule=RuleId(rule),
        rule_title="A minister calls for a ceasefire",
        rule_version="v1",
        severity=Severity.HIGH,
        labels={"desk": "mideast"},
        story=assignment.story,
        created=article.seen,
        lead=Report(
            article=article.id,
            title=article.title,
            url=article.url,
            site=site,
            source=article.source,
            seen=article.seen,
            joined=assignment.joined,
            score=assignment.score,
        ),
        why=(),
        terms=("ceasefire",),
        channels=tuple(channels),
    )
    return Draft(alert=alert, follow=tuple(follow), repeat_after=repeat_after)


async def offer(store: Store, article: Article, **options: Any) -> tuple[Enqueued, ...]:
    """Carry an article to the queues as the daemon does: assign, enqueue, and again with what was found."""
    rules = options.pop("rules", ("ceasefire",))
    look = NOTHING_KNOWN
    for _ in range(20):
        telling = a_telling(article, look)
        drafts = [a_draft(article, telling.assignment, rule=rule, **options) for rule in rules]
        answer = await store.alerts.enqueue(telling, look=look, drafts=drafts)
        if not isinstance(answer, Conflict):
            return answer
        look = answer.look
    raise StoreUnavailable("conflicts without end")


def a_telling(article: Article, look: Look = NOTHING_KNOWN, **changes: Any) -> Telling:
    """Return what is remembered of an article, under one address, in the story that it joins as a copy if at all."""
    assert article.seen is not None
    fingerprint = text_print(article)
    newcomer = Newcomer(article=article, fingerprint=fingerprint, terms=read_terms(article))
    telling = Telling(
        assignment=assign_story(newcomer, look, SEED, now=article.seen),
        fingerprint=fingerprint,
        addresses=[article.url.removeprefix("https://")],
        site=article.url.split("/")[2],
        seen=article.seen,
    )
    return replace(telling, **changes)


async def look_for(store: Store, article: Article, **changes: Any) -> Look:
    """Return what an article is compared with; it is remembered itself if nothing is found."""
    answer = await store.alerts.enqueue(a_telling(article, **changes), look=NOTHING_KNOWN, drafts=[])
    return answer.look if isinstance(answer, Conflict) else NOTHING_KNOWN


async def put(store: Store, name: str, *, channels: Sequence[ChannelName] = (DESK,)) -> None:
    """Queue one alert of a story of its own on the channels."""
    article = Article(id=ArticleId(name), title=name, url=f"https://one.example/{name}", seen=NOON)
    await offer(store, article, channels=channels)
