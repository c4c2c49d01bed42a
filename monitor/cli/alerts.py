"""`monitor alerts`: what was alerted and why, and what does not belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from monitor.cli.context import ask_store
from monitor.cli.deliveries import delivery_record
from monitor.cli.joins import report_lines
from monitor.cli.output import JSON_HELP, counted, say, shown_time, write_json, write_line, write_table
from monitor.text import clean_line

if TYPE_CHECKING:
    from monitor.model import Alert, AlertId, ArticleId, DeliveryRecord, Report, RuleId, Snippet
    from monitor.store.store import Store

app = typer.Typer(help="Alerts: list, show, split.", no_args_is_help=True)


@app.command("list")
def list_alerts(
    context: typer.Context,
    rule: Annotated[str, typer.Option(metavar="ID", help="Only alerts of this rule.")] = "",
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many.")] = 50,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List alerts, the newest first.

    Keys: id, rule, rule_title, rule_version, severity, labels, story, created, lead, why, terms, language, status,
    reason, channels, is_late, drill, sources.

    Example: monitor alerts list --rule minister-ceasefire-middle-east --limit 10
    """
    from monitor.model import RuleId

    rows = ask_store(context, lambda store: _list(store, RuleId(rule) if rule else None, limit))
    if json:
        for alert, sources in rows:
            write_json({**alert_record(alert), "sources": sources})
    elif not rows:
        say(f"no alerts of a rule {rule!r}" if rule else "no alerts yet")
    else:
        write_table(
            ["ID", "TIME", "SEVERITY", "RULE", "SITES", "SOURCE", "HEADLINE"],
            [[a.id, a.created, a.severity, a.rule, sources, a.lead.source, a.lead.title] for a, sources in rows],
        )


async def _list(store: Store, rule: RuleId | None, limit: int) -> list[tuple[Alert, int]]:
    alerts = await store.alerts.list(limit, rule=rule)
    sources = await store.alerts.count_sources([alert.id for alert in alerts])
    return [(alert, sources[alert.id]) for alert in alerts]


@app.command("show")
def show(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ID", help="As `monitor alerts list` shows it.")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show one alert: why it matched, who told the story, where it was delivered; exit 1 if there is none.

    Keys: those of `monitor alerts list`, untold_updates (beyond its budget), reports, and deliveries, these as in
    `monitor deliveries list`.

    Example: monitor alerts show k3v7q2mnp5ra
    """
    from monitor.model import AlertId

    found, sources, untold, reports, deliveries = ask_store(context, lambda store: _show(store, AlertId(alert)))
    if found is None:
        say(f"no alert {alert!r}; `monitor alerts list` shows their ids")
        raise typer.Exit(1)
    if json:
        records = [delivery_record(delivery) for delivery in deliveries]
        counts = {"sources": sources, "untold_updates": untold}
        write_json({**alert_record(found), **counts, "reports": reports, "deliveries": records})
    else:
        for line in _page(found, sources, untold, reports, deliveries):
            write_line(line)


async def _show(
    store: Store, wanted: AlertId
) -> tuple[Alert | None, int, int, Sequence[Report], Sequence[DeliveryRecord]]:
    alert = await store.alerts.get(wanted)
    if alert is None:
        return None, 0, 0, [], []
    sources = (await store.alerts.count_sources([wanted]))[wanted]
    untold = await store.alerts.untold_updates(wanted)
    return alert, sources, untold, await store.alerts.reports(wanted), await store.deliveries.of_alert(wanted)


@app.command("split")
def split(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ALERT", help="The alert that the article does not belong to.")],
    article: Annotated[str, typer.Argument(metavar="ARTICLE", help="Its id, as `monitor alerts show` lists it.")],
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the log.")] = "",
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Make an alert of its own of an article that was wrongly joined, and send it; it stays apart; exit 1 if it cannot.

    Keys: article, from, alert, story, channels, result (split, or again).

    Example: monitor alerts split k3v7q2mnp5ra 0123456789abcdef --reason "another quake"
    """
    from monitor.model import AlertId, ArticleId

    done = ask_store(context, lambda store: _split(store, AlertId(alert), ArticleId(article), reason), log_level="info")
    if isinstance(done, str):
        say(done)
        raise typer.Exit(1)
    made, outcome = done
    if json:
        record = {"article": article, "from": alert, "alert": made.id, "story": made.story, "channels": made.channels}
        write_json({**record, "result": outcome})
        return
    queued = f"queued for {', '.join(made.channels)}" if made.channels else "no route leads to a channel"
    write_line(f"{article} is alert {made.id} now: {queued}" if outcome == "split" else _again(made))
    if outcome == "split":
        write_line(f"it left alert {alert}, and will not join it again")


def _again(made: Alert) -> str:
    return f"{made.lead.article} was split off before: it is alert {made.id}"


async def _split(
    store: Store, wanted: AlertId, article: ArticleId, reason: str
) -> tuple[Alert, Literal["split", "again"]] | str:
    """Return the new alert and whether it was made now; or why there is none."""
    import structlog

    from monitor.alerts.split import split_alert, split_id, why_not_split
    from monitor.clock import SystemClock

    alert = await store.alerts.get(wanted)
    if alert is None:
        return f"no alert {wanted!r}; `monitor alerts list` shows their ids"
    report = next((each for each in await store.alerts.reports(wanted) if each.article == article), None)
    before = await store.alerts.get(split_id(alert, article))
    if report is None and before is not None:
        return before, "again"
    refusal = why_not_split(alert, report)
    if refusal or report is None:
        return f"{article}: {refusal}"
    made = split_alert(alert, report, now=SystemClock().now())
    outcome = await store.splitting.split(made, old=wanted)
    if outcome == "missing":
        return f"{article}: {why_not_split(alert, None)}"
    if outcome == "split":
        structlog.get_logger().info(
            "alert_split", article=article, old=wanted, alert=made.id, story=made.story, reason=reason
        )
    return made, outcome


def _page(
    alert: Alert, sources: int, untold: int, reports: Sequence[Report], deliveries: Sequence[DeliveryRecord]
) -> Sequence[str]:
    """Return the lines of an alert for people."""
    return [
        f"{alert.severity.upper()}  {clean_line(alert.rule_title) or alert.rule}",
        clean_line(alert.lead.title),
        f"{clean_line(alert.lead.source)}  {clean_line(alert.lead.url)}",
        "",
        f"alert {alert.id} of {shown_time(alert.created)}, rule {alert.rule}, story {alert.story}",
        *([alert.reason] if alert.reason else []),
        "",
        "why",
        *(f"  {snippet.field}: {clean_line(_marked(snippet))}" for snippet in alert.why),
        "",
        f"told by {counted(sources, 'site')}",
        *report_lines(reports),
        "",
        "deliveries" if deliveries else "no deliveries: no route leads to a channel",
        *(_delivered(record) for record in deliveries),
        *([f"  {counted(untold, 'further update')} beyond the budget: nobody was told"] if untold else []),
    ]


def _delivered(record: DeliveryRecord) -> str:
    delivery = record.delivery
    tries = f" after {record.attempts} tries" if record.attempts > 1 else ""
    reason = f": {clean_line(record.reason)}" if record.reason else ""
    from monitor.notify.compose import change_words

    changed = "; ".join(change_words(delivery.changes))
    kind = f"{delivery.kind} ({changed})" if changed else delivery.kind
    return f"  {shown_time(record.changed)}  {delivery.channel}  {kind}  {record.status}{tries}{reason}"


def _marked(snippet: Snippet) -> str:
    text = snippet.text
    for start, end in sorted(snippet.marks, reverse=True):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text


def alert_record(alert: Alert) -> dict[str, Any]:
    """Return an alert as the JSON object that other tools read."""
    import msgspec

    record: dict[str, Any] = msgspec.to_builtins(alert)
    return record
