"""`monitor stories`: which articles tell one event, and why they were joined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import ask_store
from monitor.cli.joins import report_lines
from monitor.cli.output import JSON_HELP, counted, say, shown_time, write_json, write_line
from monitor.text import clean_line

if TYPE_CHECKING:
    from monitor.model import Alert, Report, StoryId
    from monitor.store.store import Store
    from monitor.store.stories import StoryRecord

app = typer.Typer(help="Stories: show.", no_args_is_help=True)

MOST_ALERTS = 100_000  # looked through for a story that is over; people ask for one story at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldStory:
    """A story as people were told of it."""

    id: StoryId
    record: StoryRecord | None  # None: it is over, nothing joins it any more
    alerts: tuple[Alert, ...]
    reports: tuple[Report, ...]  # of all its alerts, the first seen first
    related: tuple[tuple[StoryId, Alert | None], ...]  # with an alert that tells it, if there is one


@app.callback()
def stories() -> None:
    """Stories: show."""


@app.command("show")
def show(
    context: typer.Context,
    story: Annotated[str, typer.Argument(metavar="ID", help="Of the story, of an alert, or of an article.")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show a story: its articles and why each was joined, its alerts, related stories; exit 1 if there is none.

    Keys: id, first, last, is_open, sites, articles, alerts, related.

    Example: monitor stories show k3v7q2mnp5ra
    """
    found = ask_store(context, lambda store: find_story(store, story))
    if found is None:
        say(f"no story, alert or article {story!r} is remembered; `monitor alerts list --json` shows their ids")
        raise typer.Exit(1)
    if json:
        write_json(_record(found))
    else:
        for line in _page(found):
            write_line(line)


async def find_story(store: Store, name: str) -> ToldStory | None:
    """Return the story of an id, whether it is the story's, an alert's or an article's; None if none is remembered."""
    from monitor.model import AlertId, ArticleId, StoryId

    record = await store.stories.get(StoryId(name))
    if record is not None:
        return await _told(store, StoryId(name), record)
    alert = await store.alerts.get(AlertId(name))
    if alert is not None:
        return await _told(store, alert.story, await store.stories.get(alert.story), alert)
    copy = await store.stories.copy(ArticleId(name))
    if copy is not None:
        return await _told(store, copy.story, await store.stories.get(copy.story))
    # A story that is over, or an article that is remembered by an alert alone.
    known = await store.alerts.list(MOST_ALERTS)
    alert = next((each for each in known if each.story == name), None) or await _with_article(store, known, name)
    return await _told(store, alert.story, await store.stories.get(alert.story), alert) if alert else None


async def _with_article(store: Store, alerts: Sequence[Alert], article: str) -> Alert | None:
    for alert in alerts:
        if any(report.article == article for report in await store.alerts.reports(alert.id)):
            return alert
    return None


async def _told(store: Store, id_: StoryId, record: StoryRecord | None, alert: Alert | None = None) -> ToldStory:
    """Return a story with its alerts; `alert` is one of them that the story's own record may not know any more."""
    alerts = [each for name in (record.alerts if record else ()) if (each := await store.alerts.get(name))]
    if record is None:
        alerts = [each for each in await store.alerts.list(MOST_ALERTS) if each.story == id_]
    if alert is not None and alert.id not in [each.id for each in alerts]:
        alerts.append(alert)
    reports: dict[str, Report] = {}
    for each in alerts:
        for report in await store.alerts.reports(each.id):
            reports.setdefault(report.article, report)
    related = [(name, await _an_alert(store, name)) for name in (record.related if record else ())]
    return ToldStory(
        id=id_,
        record=record,
        alerts=tuple(sorted(alerts, key=lambda one: (one.created, one.id))),
        reports=tuple(sorted(reports.values(), key=lambda one: (one.seen, one.article))),
        related=tuple(related),
    )


async def _an_alert(store: Store, story: StoryId) -> Alert | None:
    record = await store.stories.get(story)
    for name in record.alerts if record else ():
        if alert := await store.alerts.get(name):
            return alert
    return None


def _span(found: ToldStory) -> tuple[datetime, datetime]:
    times = [report.seen for report in found.reports]
    if found.record is not None:
        times += [found.record.story.first, found.record.story.last]
    return min(times, default=datetime.min.replace(tzinfo=UTC)), max(times, default=datetime.min.replace(tzinfo=UTC))


def _sites(found: ToldStory) -> int:
    return len({report.site for report in found.reports})


def _page(found: ToldStory) -> Iterator[str]:
    first, last = _span(found)
    told = f"{counted(len(found.reports), 'article')} of {counted(_sites(found), 'site')}"
    yield f"story {found.id}"
    over = "" if found.record else ", over: nothing joins it any more"
    yield f"{shown_time(first)} to {shown_time(last)}, {told}{over}"
    yield ""
    yield "articles" if found.reports else "no articles: its alerts are gone"
    yield from report_lines(found.reports)
    yield ""
    yield "alerts" if found.alerts else "no alerts"
    for alert in found.alerts:
        yield f"  {alert.id}  {shown_time(alert.created)}  {alert.severity}  {alert.rule}"
    if found.related:
        yield ""
        yield "related stories, not joined"
    for story, known in found.related:
        yield f"  {story}  {clean_line(known.lead.title) if known else ''}".rstrip()


def _record(found: ToldStory) -> dict[str, Any]:
    first, last = _span(found)
    return {
        "id": found.id,
        "first": first,
        "last": last,
        "is_open": found.record is not None,
        "sites": _sites(found),
        "articles": found.reports,
        "alerts": [
            {"id": alert.id, "rule": alert.rule, "severity": alert.severity, "created": alert.created}
            for alert in found.alerts
        ],
        "related": [story for story, _ in found.related],
    }
