"""`monitor alerts`: what was alerted, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli.context import read_user_files, run_async
from monitor.cli.output import JSON_HELP, write_json, write_table

if TYPE_CHECKING:
    from monitor.daemon.files import Files
    from monitor.model import Alert, DeliveryRecord, Report

app = typer.Typer(help="Alerts: list, show.", no_args_is_help=True)


@app.command("list")
def list_alerts(
    context: typer.Context,
    rule: Annotated[str, typer.Option(help="Only alerts of this rule.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 50,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """List alerts, the newest first.

    Example: monitor alerts list --limit 10
    """
    rows = run_async(_list(read_user_files(context), rule, limit))
    if json:
        for alert, sources in rows:
            write_json({**alert_record(alert), "sources": sources})
        return
    if not rows:
        typer.echo("no alerts yet", err=True)
        return
    write_table(
        ["ID", "TIME", "SEVERITY", "RULE", "SITES", "SOURCE", "HEADLINE"],
        [
            [
                alert.id,
                alert.created,
                alert.severity,
                alert.rule,
                sources,
                alert.lead.source,
                alert.lead.title,
            ]
            for alert, sources in rows
        ],
    )


async def _list(files: Files, rule: str, limit: int) -> list[tuple[Alert, int]]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import RuleId

    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        alerts = await store.alerts.list(limit, rule=RuleId(rule) if rule else None)
        return [(alert, len({report.site for report in await store.alerts.reports(alert.id)})) for alert in alerts]


@app.command("show")
def show(
    context: typer.Context,
    alert: Annotated[str, typer.Argument(metavar="ID")],
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Show one alert: why it matched, who told the story, where it was delivered.

    Example: monitor alerts show k3v7q2mnp5ra
    """
    found, reports, deliveries = run_async(_show(read_user_files(context), alert))
    if found is None:
        typer.echo(f"no alert {alert!r}; `monitor alerts list` shows their ids", err=True)
        raise typer.Exit(1)
    if json:
        write_json({**alert_record(found), "reports": reports, "deliveries": deliveries})
        return
    typer.echo(f"{found.severity.upper()}  {found.rule_title or found.rule}  ({found.rule}, story {found.story})")
    typer.echo(f"{found.lead.title}\n{found.lead.source}  {found.lead.url}\n\nwhy")
    for snippet in found.why:
        typer.echo(f"  {snippet.field}: {_marked(snippet.text, snippet.marks)}  [{', '.join(snippet.terms)}]")
    typer.echo("\nreports")
    for report in reports:
        score = "" if report.score is None else f" {report.score:.2f}"
        typer.echo(
            f"  {report.seen.astimezone():%d %b %H:%M:%S}  {report.site}  {report.title}  ({report.joined}{score})"
        )
    typer.echo("\ndeliveries")
    for record in deliveries:
        reason = f"  {record.reason}" if record.reason else ""
        changed = f"{record.changed.astimezone():%d %b %H:%M:%S}"
        delivery = record.delivery
        typer.echo(f"  {changed}  {delivery.channel}  {delivery.kind}  {record.status} ({record.attempts}){reason}")


async def _show(files: Files, wanted: str) -> tuple[Alert | None, Sequence[Report], Sequence[DeliveryRecord]]:
    from monitor.clock import SystemClock
    from monitor.daemon.build import open_store
    from monitor.model import AlertId

    async with open_store(files.settings, SystemClock(), adopt=True) as (store, _):
        alert = await store.alerts.get(AlertId(wanted))
        if alert is None:
            return None, [], []
        reports = await store.alerts.reports(alert.id)
        return alert, reports, await store.deliveries.of_alert(alert.id)


def alert_record(alert: Alert) -> dict[str, Any]:
    """Return an alert as the JSON object that other tools read."""
    import msgspec

    record: dict[str, Any] = msgspec.to_builtins(alert)
    return record


def _marked(text: str, marks: tuple[tuple[int, int], ...]) -> str:
    for start, end in sorted(marks, reverse=True):
        text = f"{text[:start]}[{text[start:end]}]{text[end:]}"
    return text
